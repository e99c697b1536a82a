# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fault injection: which request, when, and how its answer fails."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from xcisandbox.messages import JSON_TYPE, Answer, html_answer

Options = dict[str, Any]


def _status(options: Options, _answer: Answer | None) -> Answer:
    status = options["status"]
    retry = options.get("retry_after")
    headers = () if retry is None else (("Retry-After", str(retry)),)
    body = options.get("body")
    if body is None:
        return replace(html_answer("Error", f"status {status} on demand", status), headers=headers)
    return replace(_text(body, options, "text/plain; charset=utf-8"), status=status, headers=headers)


def _delivered(delivery: str) -> Callable[[Options, Answer | None], Answer]:
    return lambda _options, answer: replace(answer or Answer(), delivery=delivery)


def _cut(_options: Options, answer: Answer | None) -> Answer:
    whole = answer or Answer()
    # A 204 has no content length that could be wrong.
    return replace(whole, delivery="cut", status=200 if whole.status == 204 else whole.status)


def _slow(options: Options, answer: Answer | None) -> Answer:
    return replace(answer or Answer(), delivery="slow", seconds=float(options["seconds"]))


def _delay(options: Options, answer: Answer | None) -> Answer | None:
    time.sleep(options["seconds"])
    return answer


def _redirect(options: Options, _answer: Answer | None) -> Answer:
    return Answer(options.get("status", 303), headers=(("Location", options["location"]),))


def _html(_options: Options, _answer: Answer | None) -> Answer:
    return html_answer("XiVO Centralized Interface", "A page where an answer was expected.")


def _body(options: Options, answer: Answer | None) -> Answer:
    return _text(options["body"], options, JSON_TYPE, answer)


def _text(body: Any, options: Options, default: str, answer: Answer | None = None) -> Answer:
    """The text is encoded with *charset*; the content type may claim another one."""
    text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
    encoded = text.encode(options.get("charset", "utf-8"), "replace")
    return replace(answer or Answer(), body=encoded, content_type=options.get("content_type", default))


def _huge(options: Options, _answer: Answer | None) -> Answer:
    return Answer(content_type=JSON_TYPE, delivery="huge", length=options["bytes"])


def _unchanged(_options: Options, answer: Answer | None) -> Answer | None:
    return answer


@dataclass(frozen=True)
class Kind:
    build: Callable[[Options, Answer | None], Answer | None]
    """Build the answer from the options and, if the request was already processed, its answer; None: process it now."""
    when: str = "before"
    needed: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()


KINDS = {
    "status": Kind(_status, needed=("status",), optional=("when", "retry_after", "body", "content_type", "charset")),
    "reset": Kind(_delivered("reset"), optional=("when",)),
    "close": Kind(_delivered("close"), optional=("when",)),
    "cut": Kind(_cut, when="after"),
    "slow_body": Kind(_slow, when="after", needed=("seconds",)),
    "delay": Kind(_delay, needed=("seconds",), optional=("when",)),
    "logout": Kind(_unchanged),
    "redirect": Kind(_redirect, needed=("location",), optional=("status",)),
    "html": Kind(_html),
    "body": Kind(_body, when="after", needed=("body",), optional=("when", "content_type", "charset")),
    "huge": Kind(_huge, needed=("bytes",), optional=("when",)),
}
TYPES: dict[str, tuple[type, ...]] = {
    "status": (int,),
    "seconds": (int, float),
    "bytes": (int,),
    "location": (str,),
    "content_type": (str,),
    "charset": (str,),
    "retry_after": (int, float, str),
}


def check(fault: Any) -> Options:
    if not isinstance(fault, dict) or fault.get("kind") not in KINDS:
        raise ValueError(f"a fault has a kind: one of {', '.join(KINDS)}")
    kind = KINDS[fault["kind"]]
    for key in kind.needed:
        if key not in fault:
            raise ValueError(f"a fault of kind {fault['kind']} needs {key}")
    for key, value in fault.items():
        if key not in ("kind", *kind.needed, *kind.optional):
            raise ValueError(f"a fault of kind {fault['kind']} has no {key}")
        if key in TYPES and (isinstance(value, bool) or not isinstance(value, TYPES[key])):
            raise ValueError(f"{key} of a fault can't be {value!r}")
    if fault.get("when", "before") not in ("before", "after"):
        raise ValueError("when is before or after")
    "".encode(fault.get("charset", "utf-8"))
    return fault


def carry_out(fault: Options, work: Callable[[], Answer], end_session: Callable[[], None]) -> Answer:
    kind = KINDS[fault["kind"]]
    if fault["kind"] == "logout":
        end_session()
    done = work() if fault.get("when", kind.when) == "after" else None
    return kind.build(fault, done) or work()


@dataclass
class Rule:
    method: str
    path: re.Pattern[str]
    nth: int
    times: int
    """How often from the n-th on; 0 is always."""
    at_once: int
    """Only while more than so many requests that match are being processed; 0 is always."""
    fault: Options
    seen: int = 0
    fired: int = 0
    running: int = 0

    def matches(self, method: str, path: str) -> bool:
        return self.method in ("*", method) and bool(self.path.search(path))

    def fires(self) -> bool:
        """Count a request that matches, and return whether it fails."""
        self.seen += 1
        self.running += 1
        hit = self.seen >= self.nth and (not self.times or self.seen < self.nth + self.times)
        hit = hit and (not self.at_once or self.running > self.at_once)
        self.fired += hit
        return hit

    def as_dict(self) -> Options:
        return {
            "method": self.method,
            "path": self.path.pattern,
            "nth": self.nth,
            "times": self.times,
            "at_once": self.at_once,
            "fault": self.fault,
            "seen": self.seen,
            "fired": self.fired,
        }


def rule_of(data: Any) -> Rule:
    if not isinstance(data, dict) or set(data) - {"method", "path", "nth", "times", "at_once", "fault"}:
        raise ValueError("a rule has method, path, nth, times, at_once and fault")
    nth, times, at_once = data.get("nth", 1), data.get("times", 1), data.get("at_once", 0)
    whole = [isinstance(one, int) and not isinstance(one, bool) for one in (nth, times, at_once)]
    if not all(whole) or nth < 1 or min(times, at_once) < 0:
        raise ValueError("nth is 1 or more, times and at_once 0 or more")
    try:
        pattern = re.compile(data.get("path", ""))
    except (re.error, TypeError) as error:
        raise ValueError(f"the path is not a regular expression: {error}") from None
    return Rule(str(data.get("method", "*")).upper(), pattern, nth, times, at_once, check(data.get("fault")))


class Faults:
    def __init__(self) -> None:
        self._rules: list[Rule] = []
        self._lock = threading.Lock()

    def add(self, data: Any) -> Options:
        rule = rule_of(data)
        with self._lock:
            self._rules.append(rule)
            return rule.as_dict()

    @contextmanager
    def of(self, method: str, path: str) -> Iterator[Options | None]:
        """Give the fault of a request while it is processed: of the first rule that fires; every rule counts it."""
        with self._lock:
            matching = [rule for rule in self._rules if rule.matches(method, path)]
            firing = [rule.fault for rule in matching if rule.fires()]
        try:
            yield firing[0] if firing else None
        finally:
            with self._lock:
                for rule in matching:
                    rule.running -= 1

    def as_list(self) -> list[Options]:
        with self._lock:
            return [rule.as_dict() for rule in self._rules]

    def clear(self) -> None:
        with self._lock:
            self._rules.clear()

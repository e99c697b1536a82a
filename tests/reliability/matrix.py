# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a module while one of its requests meets a fault, and judges what came of it."""

from __future__ import annotations

import atexit
import json
import re
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from typing import Any
from unittest import mock

from xcisandbox import Sandbox, storage
from xcisandbox import faults as sandbox_faults

from ansible_collections.xivo.xci.plugins.module_utils.api import pace, transport
from ansible_collections.xivo.xci.plugins.module_utils.api.cancellation import Cancellation
from ansible_collections.xivo.xci.plugins.module_utils.engine import record, verify
from ansible_collections.xivo.xci.plugins.module_utils.modules.context import Context
from ansible_collections.xivo.xci.plugins.module_utils.modules.registry import MODULES
from ansible_collections.xivo.xci.plugins.module_utils.state import lists, recent
from ansible_collections.xivo.xci.tests.reliability import faults
from ansible_collections.xivo.xci.tests.reliability.faults import Fault
from ansible_collections.xivo.xci.tests.reliability.scenarios import CTI_PASSWORDS, PASSWORDS, START, Scenario
from ansible_collections.xivo.xci.tests.support import server
from ansible_collections.xivo.xci.tests.support.clock import Held
from ansible_collections.xivo.xci.tests.support.modules import defaults
from ansible_collections.xivo.xci.tests.support.objects import ADMIN, PASSWORD, SYNCHRONIZE

ALLOWED_TWICE = {"duplicate_names": "allowed", "duplicate_numbers": "allowed"}
REFUSED_TWICE = {"duplicate_names": "refused", "duplicate_numbers": "refused"}
ONLY_XCI_KNOWS = ("id", "provisioningNumber", "passwordStamp", "used", "uuid")
MOST_REQUESTS = 100
"""No run makes more requests, whatever happens; without a fault the longest makes 20."""


class Clock:
    """Time in which a pause seems to take as long as it was *asked* for; it takes what happens *meanwhile*."""

    def __init__(self, meanwhile: Callable[[], object] = lambda: None) -> None:
        self.meanwhile = meanwhile
        self.asked = [0.0]

    def monotonic(self) -> float:
        return time.monotonic() + sum(self.asked)

    def sleep(self, seconds: float) -> None:
        self.meanwhile()
        self.asked.append(seconds)


@dataclass
class Tap:
    """Stands between the client and its connection: counts, listens, and makes single requests fail or hurry.

    *answers* are in the order of *sent*, whichever of several side by side ends first.
    """

    fault: Fault | None = None
    first: int = 0
    last: int = 0
    sent: list[str] = field(default_factory=list)
    answers: list[bytes] = field(default_factory=list)
    cookies: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def send(self, original: Callable[..., Any], to: transport.Transport, *request: Any) -> Any:
        with self._lock:
            number = len(self.sent)
            self.sent.append(f"{request[0]} {request[1]}")
            self.answers.append(b"")
        self.cookies.update(request[3:])
        normal = to.settings
        if self.fault and self.first <= number <= self.last:
            if self.fault.refused:
                nowhere = transport.Transport(replace(normal, url=f"http://127.0.0.1:{closed_port()}/api/1.0"))
                nowhere.calls = to.calls
                to = nowhere
            elif self.fault.timeout:
                to.settings = replace(normal, timeout=self.fault.timeout)
        try:
            answer = original(to, *request)
        finally:
            to.settings = normal
        self.answers[number] = answer.body
        return answer


@cache
def closed_port() -> int:
    """Return a port on which nobody listens, and that nobody else gets as long as this process runs."""
    one = socket.socket()
    atexit.register(one.close)
    one.bind(("127.0.0.1", 0))
    return int(one.getsockname()[1])


@contextmanager
def tapped(tap: Tap, clock: Clock) -> Iterator[None]:
    original = transport.Transport.send
    with ExitStack() as stack:
        for place, name, replacement in (
            (transport.Transport, "send", lambda to, *request: tap.send(original, to, *request)),
            (transport, "LARGEST_ANSWER", 2**20),
            *((module, "time", clock) for module in (pace, record, verify, lists, recent)),
            (Cancellation, "pause", lambda _self, seconds: clock.sleep(seconds)),
        ):
            stack.enter_context(mock.patch.object(place, name, replacement))
        yield


@dataclass
class Run:
    """What a run of a module did, and what it left on the server."""

    result: dict[str, Any]
    tap: Tap
    state: Counter[str]
    clock: Clock

    @property
    def failed(self) -> bool:
        return bool(self.result.get("failed"))

    @property
    def msg(self) -> str:
        return str(self.result.get("msg", ""))

    @property
    def comparable(self) -> Any:
        """The result without the number of requests and what XCI chooses itself."""
        return _without(self.result, ("calls", "provisioning_number"))


def _without(value: Any, names: tuple[str, ...]) -> Any:
    if isinstance(value, dict):
        return {name: _without(one, names) for name, one in value.items() if name not in names}
    return [_without(one, names) for one in value] if isinstance(value, list) else value


def state_of(sandbox: Sandbox) -> Counter[str]:
    """Return each object of a server as text, with names in place of ids, and how often it is there."""
    state = sandbox.state()
    with sandbox._store.transaction() as db:
        # What is stored is salted: which of our passwords it is can only be tried.
        stored = dict(db.execute("SELECT id, password FROM administrators").fetchall())
    for one in state["administrators"]:
        one["password"] = [text for text in PASSWORDS if storage.password_matches(text, stored[one["id"]])]
    names = {("xivo", one["id"]): one["name"] for one in state["xivos"]}
    names |= {("entity", one["id"]): f"{one['name']}@{names['xivo', one['xivo']]}" for one in state["entities"]}
    names |= {("template", one["id"]): one["name"] for one in state["templates"]}
    found: Counter[str] = Counter()
    for kind, objects in state.items():
        for one in objects if isinstance(objects, list) else [{"count": objects}]:
            found[f"{kind} {json.dumps(_named(one, names), sort_keys=True)}"] += 1
    return found


def _named(one: dict[str, Any], names: dict[Any, str]) -> dict[str, Any]:
    shown = {key: value for key, value in one.items() if key not in ONLY_XCI_KNOWS}
    for key, kind in (("xivo", "xivo"), ("entity", "entity"), ("template", "template")):
        if shown.get(key) is not None:
            shown[key] = names.get((kind, shown[key]), "gone")
    for key, kind in (("xivos", "xivo"), ("entities", "entity")):
        if key in shown:
            shown[key] = sorted(names.get((kind, identity), "gone") for identity in shown[key])
    return shown


@dataclass(frozen=True)
class Row:
    """One case of the matrix: what met which fault, how it ended, and what is wrong with that."""

    scenario: str
    request: str
    role: str
    fault: str
    lasting: bool
    outcome: str
    wrong: tuple[str, ...] = ()

    def figures(self) -> list[str]:
        """Return what the table of outcomes counts."""
        return [self.fault, self.role, "lasting" if self.lasting else "once", self.outcome]

    def complaint(self) -> str:
        how = "lasting" if self.lasting else "once"
        return f"{self.scenario}: {self.fault} ({how}) at {self.request} ends '{self.outcome}': {'; '.join(self.wrong)}"


class Bench:
    """One scenario on a sandbox of its own, and a second server to which nothing may ever go."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        dialects = {**ALLOWED_TWICE, **scenario.dialects}
        self.sandbox = server.made(dialects=dialects)
        self.other = Sandbox(port=0)

    def __enter__(self) -> Bench:
        self.sandbox.start()
        self.other.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.sandbox.stop()
        self.other.stop()

    def prepare(self) -> None:
        self.sandbox.reset()
        with self.sandbox._store.transaction() as db:
            # The same ids each time, so that an answer of one run fits into another.
            db.execute("DELETE FROM sqlite_sequence")
            storage.empty(db)
            storage.ensure_first_administrator(db, ADMIN, PASSWORD)
        self.sandbox.load(START)

    def run(self, tap: Tap | None = None, meanwhile: Callable[[], object] = lambda: None) -> Run:
        """Run the module once, as the server is; in its pauses something may happen *meanwhile*."""
        tap, clock = tap or Tap(), Clock(meanwhile)
        options = self._options()
        with tapped(tap, clock):
            context = Context.start(options)
            result = MODULES[self.scenario.module](options, context)
            context.client.close()
        return Run(result, tap, state_of(self.sandbox), clock)

    def _options(self) -> dict[str, Any]:
        given = {**defaults(self.scenario.module), **server.connection(self.sandbox), **self.scenario.options}
        if self.scenario.id_of:
            users = self.sandbox.state()["users"]
            known = {user["internalNumber"]: user["id"] for user in users}
            given["id"] = known.get(self.scenario.id_of, max(known.values()) + 100)
        return given

    @cached_property
    def start(self) -> Counter[str]:
        self.prepare()
        return state_of(self.sandbox)

    @cached_property
    def plain(self) -> Run:
        """The run without a fault."""
        self.prepare()
        return self.run()

    def requests(self) -> list[tuple[str, str]]:
        """Return the requests of the run without a fault, each with its role."""
        sent = self.plain.tap.sent
        return [
            (one, faults.VERIFY if n and role_of(one) == faults.LOGIN else role_of(one)) for n, one in enumerate(sent)
        ]

    # -- one case -------------------------------------------------------------------------------------------

    def case(self, fault: Fault, number: int, lasting: bool) -> Row:
        """Let the request of that number, and with *lasting* all that follow, meet the fault."""
        goal, (sent, role) = self.plain, self.requests()[number]
        self.prepare()
        self.sandbox.dialects.change(REFUSED_TWICE if fault.blinds else ALLOWED_TWICE)
        if fault.what:
            self.sandbox.faults.add(self._rule(fault.what, number, lasting))
        tap, held = Tap(fault, number, 10**6 if lasting else number), Held()
        with mock.patch.object(sandbox_faults, "time", held) if fault.delays else nullcontext():
            run = self.run(tap, lambda: self._let_finish(tap, held) if fault.looked_for else None)
            if fault.delays:
                self._let_finish(tap, held)
        run.state = state_of(self.sandbox)
        self.sandbox.faults.clear()
        outcome = self._outcome(run)
        wrong = [*self._leaks(run), *self._unexpected(fault, role, lasting, run, outcome)]
        wrong += [*self._lies(run, outcome, role), *self._next_run(goal)]
        if outcome == faults.MISLED and not lasting and run.state != self.start:
            wrong.append("it was misled into writing")
        return Row(self.scenario.name, sent, role, fault.name, lasting, outcome, tuple(wrong))

    def _unexpected(self, fault: Fault, role: str, lasting: bool, run: Run, outcome: str) -> Iterator[str]:
        """Yield what is wrong with the outcome; a fault that does not end may end a run in any way that is true."""
        expected = fault.expected[role]
        # A XiVO that is saved may not have been configured.
        unsure = bool(self.scenario.options.get("configure")) and role == faults.CREATE and faults.DONE in expected
        if not lasting and outcome not in expected and not (unsure and outcome == faults.UNKNOWN):
            yield f"ends with '{outcome}', not with '{' or '.join(sorted(expected))}': {run.msg}"

    def _rule(self, what: dict[str, Any], number: int, lasting: bool) -> dict[str, Any]:
        """Return the sandbox's rule for a fault; a body is of use where the same is asked for again, and not beyond."""
        rule: dict[str, Any] = {"nth": number + 1, "times": 0 if lasting else 1, "fault": self._filled(what, number)}
        if what["kind"] == "body":
            sent = self.plain.tap.sent
            method, _space, path = sent[number].partition(" ")
            rule |= {"nth": sent[: number + 1].count(sent[number]), "method": method, "path": f"^{re.escape(path)}$"}
        return rule

    def _filled(self, what: dict[str, Any], number: int) -> dict[str, Any]:
        body = what.get("body")
        original = self.plain.tap.answers[number].decode()
        if original[:1] not in ("{", "["):
            # The page that refuses a login.
            return {**what, "body": original} if body in (faults.ORIGINAL, faults.TWISTED) else what
        if body == faults.ORIGINAL:
            return {**what, "body": json.dumps(json.loads(original), ensure_ascii=False)}
        if body == faults.EMPTY:
            return {**what, "body": [] if self.plain.tap.sent[number].endswith("/templates") else {"items": []}}
        if body == faults.TWISTED:
            return {**what, "body": _twisted(json.loads(original))}
        if what.get("location") == faults.OTHER:
            return {**what, "location": f"{self.other.url}/xivo"}
        return what

    def _let_finish(self, tap: Tap, held: Held) -> None:
        """Let the sandbox do now what it was asked for, also where nobody waits for the answer."""
        until = time.monotonic() + held.LONGEST
        while len(self.sandbox.requests()) < len(tap.sent):
            assert time.monotonic() < until, (self.sandbox.requests(), tap.sent)
            held.release()
            time.sleep(0.001)

    def _outcome(self, run: Run) -> str:
        if run.failed:
            return faults.UNKNOWN if "not known" in run.msg else faults.ERROR
        if self.scenario.reads_only:
            if run.comparable == self.plain.comparable:
                return faults.DONE
            return faults.NOT_SHOWN if run.result["not_shown"] else faults.MISLED
        return faults.DONE if run.state == self.plain.state else faults.MISLED

    def _lies(self, run: Run, outcome: str, role: str) -> Iterator[str]:
        """Yield what is wrong with the state of the server, and with what the module says about it."""
        between = self.start | self.plain.state
        kept = self.start & self.plain.state
        if run.state - between:
            yield f"there is what should not be: {dict(run.state - between)}"
        if kept - run.state:
            yield f"something is lost: {dict(kept - run.state)}"
        twice = [key for key, count in Counter(map(_key, run.state.elements())).items() if count > 1]
        if twice:
            yield f"twice: {twice}"
        writes = not self.scenario.reads_only and outcome == faults.DONE
        # Who seems to be refused has his password written, also where it is right.
        writes &= role != faults.VERIFY and not self.scenario.always_changes
        if writes and run.result["changed"] != (run.state != self.start):
            yield f"changed is {run.result['changed']}"
        if outcome == faults.DONE and len(run.tap.sent) > len(self.plain.tap.sent) + 12:
            yield f"took {len(run.tap.sent)} requests"

    def _leaks(self, run: Run) -> Iterator[str]:
        shown = json.dumps(run.result, ensure_ascii=False, default=str)
        cookies = {cookie for cookie in run.tap.cookies if cookie}
        secrets = {*PASSWORDS, *CTI_PASSWORDS, *cookies, *(cookie.partition("=")[2] for cookie in cookies)}
        if any(secret in shown for secret in secrets):
            yield "a secret is shown"
        if run.failed and not (run.msg and "\n" not in run.msg and len(run.msg) < 1500):
            yield f"the message is no message: {run.msg!r:.200}"
        if run.failed and "Traceback" in run.msg:
            yield "a traceback"
        if len(run.tap.sent) > MOST_REQUESTS:
            yield f"{len(run.tap.sent)} requests"
        if max(run.clock.asked) > 30:
            yield f"a pause of {max(run.clock.asked)} seconds"
        if self.other.requests():
            yield f"it followed a redirect: {self.other.requests()}"
            self.other.reset()

    def _next_run(self, goal: Run) -> Iterator[str]:
        """Yield what is wrong when the fault is gone: the next run has to do what is left, the one after nothing."""
        if self.scenario.reads_only:
            return
        again = self.run()
        if again.failed or (again.state != goal.state and not self.scenario.always_changes):
            yield f"the next run does not converge: {again.msg or dict(again.state - goal.state)}"
        elif not self.scenario.always_changes and again.result["changed"]:
            last = self.run()
            if last.failed or last.result["changed"]:
                yield f"the run after the next still changes: {last.msg}"


def _twisted(answer: Any, depth: int = 0) -> Any:
    """Return an answer in which the values of the objects are of other types than they should be."""
    if isinstance(answer, list) and depth < 2:
        return [_twisted(one, 2) for one in answer]
    if isinstance(answer, dict):
        if depth == 0 and "items" in answer:
            return {**answer, "items": _twisted(answer["items"], 1)}
        return {key: [7] if isinstance(value, (str, dict, bool)) else value for key, value in answer.items()}
    return [answer]


def role_of(sent: str) -> str:
    method, _space, path = sent.partition(" ")
    if path == "/login":
        return faults.LOGIN
    if path == SYNCHRONIZE:
        return faults.ACT
    if method == "GET":
        is_list = path in ("/xivo", "/entities", "/templates", "/administrators") or path.endswith(
            ("/users", "_numbers")
        )
        return faults.READ if is_list else faults.ONE
    return {"POST": faults.CREATE, "PUT": faults.EDIT, "DELETE": faults.DELETE}[method]


def _key(text: str) -> str:
    """Return what no two objects may have in common."""
    kind, _space, values = text.partition(" ")
    one = json.loads(values)
    names = {"xivos": ("name",), "entities": ("name", "xivo"), "templates": ("name",), "administrators": ("login",)}
    of = names.get(kind, ("entity", "internalNumber"))
    return f"{kind} {[one.get(name) for name in of]}"

# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A sandbox with something on it, and real ansible-playbook runs against that.

What has to hold for every task is checked here for every task: see Site.play.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ansible_collections.xivo.xci.tests.support import playbook, server
from ansible_collections.xivo.xci.tests.support.objects import ADMIN, PASSWORD, START, SYNCHRONIZE
from ansible_collections.xivo.xci.tests.support.playbook import Task

ONLY_XCI_KNOWS = {"id", "uuid", "combined_id", "remaining_slots", "external_number", "mail", "provisioning_number"}


def xivo(**options: Any) -> Task:
    return {"xivo.xci.xci_xivo": options}


def entity(**options: Any) -> Task:
    return {"xivo.xci.xci_entity": options}


def template(**options: Any) -> Task:
    return {"xivo.xci.xci_template": options}


def user(**options: Any) -> Task:
    return {"xivo.xci.xci_user": options}


def admin(**options: Any) -> Task:
    return {"xivo.xci.xci_admin": options}


def in_check(task: Task) -> Task:
    return {**task, "check_mode": True}


PREDICTED = "is predicted; in ordinary modules"
"""What an ordinary module warns of in check mode where it chooses a number; older releases break the line after it."""


@dataclass(frozen=True)
class Sent:
    """A request that reached the sandbox."""

    method: str
    path: str
    status: int | None
    body: Any
    fault: str | None

    def __str__(self) -> str:
        return f"POST /login {self.body['login']}" if self.is_login else f"{self.method} {self.path}"

    @property
    def is_login(self) -> bool:
        return (self.method, self.path) == ("POST", "/login")

    @property
    def acts(self) -> bool:
        """Judged by route and not by method: one GET acts, and a login does not."""
        return self.path == SYNCHRONIZE or not (self.method == "GET" or self.is_login)


@dataclass(frozen=True)
class Outcome:
    """What a task returned, and what it asked of the sandbox."""

    task: Task
    check: bool
    status: str
    result: dict[str, Any]
    sent: list[Sent]

    @property
    def changed(self) -> bool:
        return bool(self.result["changed"])

    @property
    def msg(self) -> str:
        return str(self.result.get("msg", ""))

    @property
    def warnings(self) -> list[str]:
        return list(self.result.get("warnings", []))

    @property
    def requests(self) -> list[str]:
        return [str(one) for one in self.sent]

    @property
    def writes(self) -> list[Sent]:
        return [one for one in self.sent if one.acts]

    @property
    def object(self) -> dict[str, Any]:
        """The object that a module returns, whatever its kind."""
        kinds = ("xivo", "entity", "template", "user", "admin")
        return next(self.result[kind] for kind in kinds if kind in self.result)

    def public(self, *unknown: str) -> dict[str, Any]:
        """Return what check mode and a real run must say alike: all but what XCI alone knows and the requests made."""
        hidden = {*ONLY_XCI_KNOWS, *unknown}
        return {
            key: without(value, hidden) if isinstance(value, dict) and key != "diff" else value
            for key, value in self.result.items()
            if key not in ("calls", "time", "invocation", "_ansible_no_log", "_ansible_parsed")
        }

    def logins(self, login: str = ADMIN) -> int:
        return self.requests.count(f"POST /login {login}")


def without(values: Mapping[str, Any], keys: set[str]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if key not in keys}


class Site:
    """A sandbox in its starting state, and playbook runs against it in one *way*: ``module`` or ``worker``."""

    def __init__(
        self, way: str, directory: Path, start: Any = None, dialects: Mapping[str, Any] | None = None, **settings: Any
    ) -> None:
        self.way = way
        self.directory = directory
        self.sandbox = server.made(START if start is None else start, dialects=dict(dialects or {}), **settings)
        self.connection: dict[str, Any] = server.connection(self.sandbox)
        self.output = ""
        self._runs = 0

    def load(self, document: Any) -> None:
        self.sandbox.load(document)

    def folder(self) -> Path:
        """Return the folder of the next playbook, so that files can be laid beside it."""
        folder = self.directory / f"run{self._runs + 1}"
        folder.mkdir(exist_ok=True)
        return folder

    def users(self) -> list[dict[str, Any]]:
        return list(self.sandbox.state()["users"])

    def play(
        self,
        *tasks: Task,
        check: bool = False,
        may_fail: bool = False,
        may_warn: bool = False,
        may_write: bool = False,
        logins: int = 1,
        connection: Mapping[str, Any] | None = None,
        environment: Mapping[str, str] | None = None,
        **play: Any,
    ) -> list[Outcome]:
        """Run the tasks as one play, and check what has to hold for each.

        Neither check mode nor a task that changes nothing writes; a task logs in once at most (*logins*), and a run in
        the worker once in all; ``calls`` counts exactly the requests that arrived; no secret is shown, even with -vvvv;
        nobody is warned, and nothing fails, unless the test says that it may. With *may_write*, a write may change
        nothing, because XCI keeps what it has.
        """
        connection = self.connection if connection is None else connection
        outcomes = self._run(list(tasks), check, {"connection": connection, "ignore_errors": True, **play}, environment)
        self._check_output([connection, *tasks], may_warn)
        for outcome in outcomes:
            if outcome.warnings and all(map(self._is_expected, outcome.warnings)):
                del outcome.result["warnings"]
            self._check_outcome(outcome, may_fail, may_warn, may_write, logins)
        if self.way == "worker":
            assert sum(outcome.logins() for outcome in outcomes) <= logins
        return outcomes

    def _run(
        self, tasks: list[Task], check: bool, play: dict[str, Any], environment: Mapping[str, str] | None
    ) -> list[Outcome]:
        folder = self.folder()
        self._runs += 1
        book = playbook.written(folder, playbook.play_of(tasks, way=self.way, **play))
        arguments = ["-vvvv", "--diff", "-i", "localhost,", *(["--check"] if check else []), book]
        env = playbook.environment(folder, self.sandbox, **(environment or {}))
        done = playbook.run(folder, "ansible-playbook", *arguments, env=env)
        self.output = done.output
        assert done.code == 0, self.output
        assert len(done.results) == len(tasks), self.output
        return [
            Outcome(task, check or task.get("check_mode") is True, line["status"], line["result"], list(_sent(line)))
            for task, line in zip(tasks, done.results, strict=True)
        ]

    def _check_output(self, given: Any, may_warn: bool) -> None:
        for secret in {PASSWORD, *_secrets(given)}:
            assert secret not in self.output, f"{secret} is shown"
        assert "[DEPRECATION" not in self.output, self.output
        assert may_warn or not self.warned(self.output), self.output

    def warned(self, output: str) -> list[str]:
        """Return the warnings in an output, without those that each ordinary module may give."""
        return [line for line in output.splitlines() if "[WARNING]" in line and not self._is_expected(line)]

    def _is_expected(self, warning: str) -> bool:
        return self.way == "module" and PREDICTED in warning

    def _check_outcome(self, outcome: Outcome, may_fail: bool, may_warn: bool, may_write: bool, logins: int) -> None:
        shown = json.dumps([outcome.task, outcome.result], indent=1, ensure_ascii=False, default=str)
        assert may_fail or outcome.status == "ok", shown
        assert may_warn or not outcome.warnings, shown
        if outcome.check or (outcome.status == "ok" and not outcome.changed and not may_write):
            assert not outcome.writes, shown
        assert outcome.logins() <= logins, shown
        # A task that was repeated has the requests of its last attempt.
        if "calls" in outcome.result and "attempts" not in outcome.result:
            arrived, counted = Counter(one.method for one in outcome.sent), Counter(outcome.result["calls"])
            # What failed may have been sent to another server, or be still on its way.
            assert arrived == counted if outcome.status == "ok" else arrived <= counted, shown


def _sent(line: Any) -> Iterator[Sent]:
    for one in line["requests"]:
        yield Sent(one["method"], one["path"], one["status"], one["body"], one["fault"])


def _secrets(given: Any) -> Iterator[str]:
    """Yield the secrets in what a test gives; a short one may stand in the output by chance."""
    pairs = (
        given.items() if isinstance(given, Mapping) else enumerate(given) if isinstance(given, (list, tuple)) else ()
    )
    for name, value in pairs:
        if name in ("xci_password", "password", "cti_password") and len(str(value)) > 6 and "{{" not in value:
            yield value
        yield from _secrets(value)

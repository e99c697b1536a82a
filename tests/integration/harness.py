# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A sandbox with something on it, and real ansible-playbook runs against that.

What has to hold for every task is checked here for every task: see Site.play.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xcisandbox import Sandbox

HERE = Path(__file__).parent
ADMIN, PASSWORD = "admin", "a-made-up-password"
NORD, SUD = "8f159082-4b25-48b3-afec-1873491a60be", "15585b75-1d75-45b1-8678-520d1210ec59"
TEMPLATE = "Modèle standard"
SYNCHRONIZE = "/xivo/synchronize_config_files"
ONLY_XCI_KNOWS = {"id", "uuid", "combined_id", "remaining_slots", "external_number", "mail", "provisioning_number"}

START: dict[str, Any] = {
    "xivos": [
        {"name": "xivo-nord", "host": "192.0.2.10", "uuid": NORD},
        {"name": "xivo-sud", "host": "192.0.2.20", "uuid": SUD},
    ],
    "entities": [
        {
            "name": "accueil",
            "xivo": "xivo-nord",
            "displayName": "Accueil général",
            "intervals": [{"start": "1000", "end": "1999"}],
        },
        {"name": "urgences", "xivo": "xivo-nord", "intervals": [{"start": "2000", "end": "2999"}]},
        {"name": "compta", "xivo": "xivo-nord", "intervals": [{"start": "3000", "end": "3999"}]},
        {"name": "accueil", "xivo": "xivo-sud", "intervals": [{"start": "1000", "end": "1999"}]},
    ],
    "templates": [{"name": TEMPLATE, "xivos": ["xivo-nord", "xivo-sud"]}],
    "users": [
        {
            "entity": "accueil@xivo-nord",
            "template": TEMPLATE,
            "firstName": "Camille",
            "lastName": "Durand",
            "internalNumber": "1001",
            "ctiLogin": "cdurand",
            "ctiPassword": "camille-1001",
        }
    ],
    "administrators": [
        {
            "login": "mlefevre",
            "name": "Marie Lefèvre",
            "password": "another-made-up-password",
            "entities": ["accueil@xivo-nord"],
        }
    ],
}

Task = dict[str, Any]


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

    def told(self, *unknown: str) -> dict[str, Any]:
        """Return what check mode and a real run must say alike: all but what XCI alone knows and the requests made."""
        hidden = {*ONLY_XCI_KNOWS, *unknown}
        return {
            key: without(value, hidden) if isinstance(value, dict) and key != "diff" else value
            for key, value in self.result.items()
            if key not in ("calls", "invocation", "_ansible_no_log", "_ansible_parsed")
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
        self.sandbox = Sandbox(port=0, login=ADMIN, password=PASSWORD, dialects=dict(dialects or {}), **settings)
        self.load(START if start is None else start)
        self.connection: dict[str, Any] = {
            "xci_url": self.sandbox.origin + self.sandbox.settings.prefix,
            "xci_login": ADMIN,
            "xci_password": PASSWORD,
        }
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
        logins: int = 1,
        connection: Mapping[str, Any] | None = None,
        environment: Mapping[str, str] | None = None,
        **play: Any,
    ) -> list[Outcome]:
        """Run the tasks as one play, and check what has to hold for each.

        Neither check mode nor a task that changes nothing writes; a task logs in once at most (*logins*), and a run in
        the worker once in all; ``calls`` counts exactly the requests that arrived; no secret is shown, even with -vvvv;
        nobody is warned, and nothing fails, unless the test says that it may.
        """
        connection = self.connection if connection is None else connection
        outcomes = self._run(list(tasks), check, connection, dict(environment or {}), play)
        self._check_output([connection, *tasks], may_warn)
        for outcome in outcomes:
            self._check_outcome(outcome, may_fail, may_warn, logins)
        if self.way == "worker":
            assert sum(outcome.logins() for outcome in outcomes) <= logins
        return outcomes

    def _run(
        self,
        tasks: list[Task],
        check: bool,
        connection: Mapping[str, Any],
        environment: dict[str, str],
        play: dict[str, Any],
    ) -> list[Outcome]:
        folder = self.folder()
        self._runs += 1
        playbook, record = folder / "play.yml", folder / "record.jsonl"
        playbook.write_text(json.dumps([self._play(tasks, connection, play)], indent=1), encoding="utf-8")
        record.touch()
        (folder / "ansible.cfg").touch()
        command = [str(Path(sys.executable).with_name("ansible-playbook")), "-vvvv", "--diff", "-i", "localhost,"]
        done = subprocess.run(
            [*command, *(["--check"] if check else []), str(playbook)],
            env=self._environment(folder, record) | environment,
            capture_output=True,
            text=True,
            check=False,
        )
        self.output = done.stdout + done.stderr
        assert done.returncode == 0, self.output
        lines = [json.loads(line) for line in record.read_text(encoding="utf-8").splitlines()]
        assert len(lines) == len(tasks), self.output
        return [
            Outcome(task, check or task.get("check_mode") is True, line["status"], line["result"], list(_sent(line)))
            for task, line in zip(tasks, lines, strict=True)
        ]

    def _play(self, tasks: list[Task], connection: Mapping[str, Any], play: dict[str, Any]) -> dict[str, Any]:
        variables = {
            "ansible_connection": "local",
            "ansible_python_interpreter": "{{ ansible_playbook_python }}",
            **({"xci_in_worker": False} if self.way == "module" else {}),
        }
        return {
            "hosts": "localhost",
            "gather_facts": False,
            "ignore_errors": True,
            "module_defaults": {"group/xivo.xci.xci": dict(connection)},
            **play,
            "vars": {**variables, **play.get("vars", {})},
            "tasks": [{"name": f"Task {number}", **task} for number, task in enumerate(tasks, 1)],
        }

    def _environment(self, folder: Path, record: Path) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "XCI_"))}
        return kept | {
            "ANSIBLE_COLLECTIONS_PATH": os.environ["ANSIBLE_COLLECTIONS_PATH"],
            "ANSIBLE_CONFIG": str(folder / "ansible.cfg"),
            "ANSIBLE_HOME": str(folder / "home"),
            "ANSIBLE_REMOTE_TMP": str(folder / "tmp"),
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_CALLBACK_PLUGINS": str(HERE / "callback_plugins"),
            "ANSIBLE_CALLBACKS_ENABLED": "record",
            "RECORD_FILE": str(record),
            "RECORD_CONTROL": self.sandbox.control,
        }

    def _check_output(self, given: Any, may_warn: bool) -> None:
        for secret in {PASSWORD, *_secrets(given)}:
            assert secret not in self.output, f"{secret} is shown"
        assert "[DEPRECATION" not in self.output, self.output
        assert may_warn or "[WARNING]" not in self.output, self.output

    def _check_outcome(self, outcome: Outcome, may_fail: bool, may_warn: bool, logins: int) -> None:
        told = json.dumps([outcome.task, outcome.result], indent=1, ensure_ascii=False, default=str)
        assert may_fail or outcome.status == "ok", told
        assert may_warn or not outcome.warnings, told
        if outcome.check or (outcome.status == "ok" and not outcome.changed):
            assert not outcome.writes, told
        assert outcome.logins() <= logins, told
        # A task that was repeated tells the requests of its last attempt.
        if "calls" in outcome.result and "attempts" not in outcome.result:
            arrived, counted = Counter(one.method for one in outcome.sent), Counter(outcome.result["calls"])
            # What failed may have been sent to another server, or be still on its way.
            assert arrived == counted if outcome.status == "ok" else arrived <= counted, told


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

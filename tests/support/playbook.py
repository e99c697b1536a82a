# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs ansible-playbook and Ansible's other commands in a folder, with nothing of the settings of whoever runs it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from ansible_collections.xivo.xci.tests.support import warm

if TYPE_CHECKING:
    from xcisandbox import Sandbox

CALLBACKS = Path(__file__).resolve().parent / "callback_plugins"
PROGRAMS = Path(sys.executable).parent
LOCAL = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
FOREIGN = (
    "ANSIBLE_", "XCI_", "PYTHON", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY",
    "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_",
)  # fmt: skip
"""How the variables begin that a run does not get.

They configure Ansible, lead to another XCI or past a proxy, or name trusted CAs.
"""

OFTEN = ("ansible-playbook", "ansible-inventory")
"""The programs that tests run often."""

Task = dict[str, Any]


@dataclass(frozen=True)
class Done:
    """What a command printed; *results* are the lines of the callback plugin, one for each result of a task.

    Such a line is ``{"status": "ok", "result": {"changed": false, ..}, "requests": [{"method": "GET", ..}]}``.
    """

    code: int
    stdout: str
    stderr: str
    results: list[dict[str, Any]] = field(default_factory=list)

    @property
    def output(self) -> str:
        return self.stdout + self.stderr


class Running:
    """A command in the background; *record* is the file that its callback plugin writes."""

    def __init__(
        self, command: Sequence[str], folder: Path, env: Mapping[str, str], stdin: Path | None, session: bool = False
    ) -> None:
        self._env = env
        # Files and no pipes: nobody need read while it runs, and they are not in the folder that a test looks through.
        self._out, self._err = _unnamed_file(), _unnamed_file()
        with (stdin or Path(os.devnull)).open("rb") as given:
            self.process = subprocess.Popen(
                command,
                cwd=folder,
                env=env,
                stdin=given,
                stdout=self._out,
                stderr=self._err,
                start_new_session=session,
            )

    def finish(self, seconds: float | None = None) -> Done:
        """Wait for the end, at most that long."""
        code = self.process.wait(seconds)
        texts = []
        for file in (self._out, self._err):
            with file:
                file.seek(0)
                texts.append(file.read())
        return Done(code, texts[0], texts[1], _recorded(self._env))


def _unnamed_file() -> IO[str]:
    return tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")


def environment(folder: Path, record: Sandbox | None = None, /, **more: str) -> dict[str, str]:
    """Return ours, but for what is FOREIGN; what Ansible keeps goes into *folder*.

    With a sandbox in *record*, the callback plugin writes each task's result, and the requests that were made of the
    sandbox for it, to record.jsonl.
    """
    kept = {name: value for name, value in os.environ.items() if not name.upper().startswith(FOREIGN)}
    settings = {
        "ANSIBLE_COLLECTIONS_PATH": os.environ["ANSIBLE_COLLECTIONS_PATH"],
        "ANSIBLE_CONFIG": str(folder / "ansible.cfg"),
        "ANSIBLE_HOME": str(folder / "home"),
        "HOME": str(folder / "home"),
        "ANSIBLE_REMOTE_TMP": str(folder / "tmp"),
        "ANSIBLE_NOCOLOR": "1",
        "PATH": f"{PROGRAMS}:{os.environ['PATH']}",
    }
    recorded = {
        "ANSIBLE_CALLBACK_PLUGINS": str(CALLBACKS),
        "ANSIBLE_CALLBACKS_ENABLED": "record",
        "RECORD_FILE": str(folder / "record.jsonl"),
    }
    asked = {"RECORD_CONTROL": record.control, "RECORD_TOKEN": record.token} if record else {}
    return kept | settings | (recorded | asked if record else {}) | more


def start(
    folder: Path,
    command: str,
    *arguments: object,
    env: Mapping[str, str] | None = None,
    stdin: Path | None = None,
    session: bool = False,
) -> Running:
    """Start a command of this virtual environment, such as ansible-inventory, in a folder; *env* is all it gets.

    In a *session* of its own, it can be killed with all that it started.
    """
    env = environment(folder) if env is None else env
    _prepare(folder, env)
    return Running([str(PROGRAMS / command), *map(str, arguments)], folder, env, stdin, session)


def run(folder: Path, command: str, *arguments: object, env: Mapping[str, str] | None = None) -> Done:
    """Run a command to its end; see start. What runs often is started from a process that is warm already."""
    env = environment(folder) if env is None else env
    if command not in OFTEN or any(name.startswith("PYTHON") for name in env):
        return start(folder, command, *arguments, env=env).finish()
    _prepare(folder, env)
    with tempfile.TemporaryDirectory() as beside:
        output = Path(beside, "out"), Path(beside, "err")
        for file in output:
            file.touch()
        process = warm.start([str(PROGRAMS / command), *map(str, arguments)], folder, env, output)
        process.join()
        texts = [file.read_text(encoding="utf-8", errors="replace") for file in output]
    return Done(process.exitcode or 0, texts[0], texts[1], _recorded(env))


def _prepare(folder: Path, env: Mapping[str, str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "ansible.cfg").touch()
    if "RECORD_FILE" in env:
        Path(env["RECORD_FILE"]).touch()


def _recorded(env: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the lines that the callback plugin wrote."""
    lines = Path(env["RECORD_FILE"]).read_text(encoding="utf-8").splitlines() if "RECORD_FILE" in env else []
    return [json.loads(line) for line in lines]


def play_of(
    tasks: Sequence[Task], connection: Mapping[str, Any], way: str = "worker", **keywords: Any
) -> dict[str, Any]:
    """Return a play of these tasks, all on this machine.

    *connection* are the options that each module of the collection gets; *way* is worker, or module for ordinary
    modules; *keywords* are the play's own, ``vars={"xci_session": "task"}`` besides the variables that it has anyway.
    """
    return {
        "hosts": "all",
        "gather_facts": False,
        "module_defaults": {"group/xivo.xci.xci": dict(connection)},
        **keywords,
        "vars": {**LOCAL, **in_way(way), **keywords.get("vars", {})},
        "tasks": [{"name": f"Task {number}", **task} for number, task in enumerate(tasks, 1)],
    }


def in_way(way: str) -> dict[str, Any]:
    """Return the variables with which tasks run as ordinary modules, where *way* says so."""
    return {"xci_in_worker": False} if way == "module" else {}


def written(folder: Path, *plays: Mapping[str, Any], name: str = "play.yml") -> Path:
    """Write a playbook of these plays."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / name
    file.write_text(json.dumps(plays, indent=1), encoding="utf-8")
    return file

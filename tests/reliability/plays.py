# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs ansible-playbook as people do, several at a time if need be, and looks at what it leaves behind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from xcisandbox import Sandbox

from ansible_collections.xivo.xci.tests.reliability.scenarios import ADMIN, PASSWORD

KEPT = ("PATH", "LANG", "LC_ALL", "HOME")


class Play:
    """One run of ansible-playbook, in the background; *home* is the folder that Ansible keeps its things in."""

    def __init__(
        self, folder: Path, sandbox: Sandbox, tasks: list[dict[str, Any]], hosts: int = 1, forks: int = 5, **play: Any
    ) -> None:
        folder.mkdir(parents=True)
        self.home = folder / "home"
        names = [f"host{number}" for number in range(hosts)]
        connection = {"xci_url": sandbox.url, "xci_login": ADMIN, "xci_password": PASSWORD}
        variables = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
        content = {
            "hosts": "all",
            "gather_facts": False,
            "module_defaults": {"group/xivo.xci.xci": {**connection, **play.pop("connection", {})}},
            "vars": {**variables, **play.pop("vars", {})},
            **play,
            "tasks": tasks,
        }
        book = folder / "play.yml"
        book.write_text(json.dumps([content]), encoding="utf-8")
        (folder / "ansible.cfg").touch()
        self._log = (folder / "output").open("w+", encoding="utf-8")
        self.process = subprocess.Popen(
            [str(Path(sys.executable).with_name("ansible-playbook")), "-i", ",".join([*names, ""]), str(book)],
            env={name: os.environ[name] for name in KEPT if name in os.environ}
            | {
                "ANSIBLE_COLLECTIONS_PATH": os.environ["ANSIBLE_COLLECTIONS_PATH"],
                "ANSIBLE_CONFIG": str(folder / "ansible.cfg"),
                "ANSIBLE_HOME": str(self.home),
                "ANSIBLE_FORKS": str(forks),
                "ANSIBLE_NOCOLOR": "1",
                "ANSIBLE_STDOUT_CALLBACK": "default",
                "ANSIBLE_CALLBACK_RESULT_FORMAT": "yaml",
            },
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )

    def finish(self, fails: bool = False) -> str:
        """Wait for the end, and return what was printed."""
        code = self.process.wait(180)
        self._log.seek(0)
        output = self._log.read()
        self._log.close()
        assert bool(code) is fails, output
        assert PASSWORD not in output
        return output

    def left_behind(self) -> list[str]:
        return [str(path) for path in (self.home / "tmp").glob("*")]

    def shared(self, kind: str = "session") -> list[Path]:
        """Return the files that its workers share at this moment."""
        return list(self.home.glob(f"tmp/*/xci-{kind}-*"))

    def children(self) -> list[int]:
        """Return its workers."""
        listed = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text(encoding="ascii")
        return [int(pid) for pid in listed.split()]


def logins(sandbox: Sandbox) -> int:
    return sum(one["path"] == "/login" for one in sandbox.requests())


def wait_until(true: Callable[[], object], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, "this took too long"
        time.sleep(0.01)

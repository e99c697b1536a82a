# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs ansible-playbook as people do, several at a time if need be, and looks at what it leaves behind."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from xcisandbox import Sandbox

from ansible_collections.xivo.xci.tests.support import playbook, server
from ansible_collections.xivo.xci.tests.support.objects import PASSWORD
from ansible_collections.xivo.xci.tests.support.playbook import Task


class Play:
    """One run of ansible-playbook, in the background; *home* is the folder that Ansible keeps its things in."""

    def __init__(
        self, folder: Path, sandbox: Sandbox, tasks: list[Task], hosts: int = 1, forks: int = 5, **play: Any
    ) -> None:
        self.home = folder / "home"
        connection = server.connection(sandbox, **play.pop("connection", {}))
        book = playbook.written(folder, playbook.play_of(tasks, connection, **play))
        names = "".join(f"host{number}," for number in range(hosts))
        env = playbook.environment(folder, ANSIBLE_FORKS=str(forks), ANSIBLE_CALLBACK_RESULT_FORMAT="yaml")
        self._running = playbook.start(folder, "ansible-playbook", "-i", names, book, env=env)
        self.process = self._running.process

    def finish(self, fails: bool = False) -> str:
        """Wait for the end, and return what was printed."""
        done = self._running.finish(180)
        assert bool(done.code) is fails, done.output
        assert PASSWORD not in done.output
        return done.output

    def left_behind(self) -> list[str]:
        return [str(path) for path in (self.home / "tmp").glob("*")]

    def shared(self, kind: str = "session") -> list[Path]:
        """Return the files that its workers share at this moment."""
        return list(self.home.glob(f"tmp/*/xci-{kind}-*"))

    def children(self) -> list[int]:
        """Return its workers."""
        listed = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text(encoding="ascii")
        return [int(pid) for pid in listed.split()]


def wait_until(true: Callable[[], object], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, "this took too long"
        time.sleep(0.01)

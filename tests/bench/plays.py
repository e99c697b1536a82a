# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plays a playbook and weighs it: seconds of wall, seconds of processor, memory, requests."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ansible_collections.xivo.xci.tests.bench.server import Server, Traffic
from ansible_collections.xivo.xci.tests.support import playbook
from ansible_collections.xivo.xci.tests.support.objects import ADMIN, PASSWORD
from ansible_collections.xivo.xci.tests.support.playbook import Done, Running, Task

MIB = 2**20
SAMPLE = 0.2


@dataclass(frozen=True)
class Run:
    """One run of a playbook, from the start of its process to the end."""

    seconds: float
    cpu: float
    memory: float
    """The most that its processes held at once, in MiB; memory that they share is counted once."""
    traffic: Traffic


@dataclass
class Stage:
    """Where playbooks are played: a folder for their files, and the server that they work on."""

    folder: Path
    server: Server
    _number: int = field(default=0)

    def play(
        self,
        *tasks: Task,
        hosts: Sequence[str] = ("localhost",),
        forks: int = 5,
        writes: int | None = None,
        **variables: Any,
    ) -> Run:
        """Run the tasks as one play; raise RuntimeError when it fails, or does not make that many *writes*."""
        self._number += 1
        play = playbook.play_of(tasks, self._connection(), vars=variables)
        book = playbook.written(self.folder, play, name=f"play{self._number}.yml")
        env = playbook.environment(self.folder, ANSIBLE_CONFIG=os.environ["ANSIBLE_CONFIG"])
        command = ["ansible-playbook", "-i", f"{','.join(hosts)},", "--forks", str(forks), str(book)]
        self.server.forget()
        weight, done = _weigh(lambda: playbook.start(self.folder, *command, env=env))
        if done.code:
            raise RuntimeError(f"{' '.join(command)} failed: {done.output[-2000:]}")
        traffic = self.server.traffic()
        if writes is not None and traffic.writes != writes:
            raise RuntimeError(f"{book} made {traffic.writes} writes, not {writes}: it is not what was meant")
        return Run(*weight, traffic)

    def _connection(self) -> dict[str, Any]:
        return {"xci_url": self.server.url, "xci_login": ADMIN, "xci_password": PASSWORD}


def _weigh(start: Callable[[], Running]) -> tuple[tuple[float, float, float], Done]:
    """Run a command; return seconds of wall and of processor and MiB of memory, and what it printed."""
    started = time.perf_counter()
    running = start()
    process = running.process
    scales = _Scales(process.pid)
    _pid, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    memory = scales.stop()
    return (seconds, usage.ru_utime + usage.ru_stime, memory), running.finish()


class _Scales:
    """Looks at the memory of a process and of those below it, five times a second."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._most = 0
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def _watch(self) -> None:
        while not self._end.wait(SAMPLE):
            self._most = max(self._most, sum(map(_held, _tree(self._pid))))

    def stop(self) -> float:
        self._end.set()
        self._thread.join()
        return self._most / MIB


def _tree(pid: int) -> Iterator[int]:
    yield pid
    try:
        children = [
            child for file in Path(f"/proc/{pid}/task").glob("*/children") for child in file.read_text().split()
        ]
    except OSError:
        return
    for child in children:
        yield from _tree(int(child))


def _held(pid: int) -> int:
    """Return the bytes that a process holds; each page counts for its share of the processes that hold it."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)

# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs ansible-playbook against a sandbox, ends it while it writes, and counts what reaches the sandbox afterwards."""

from __future__ import annotations

import contextlib
import os
import pty
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from xcisandbox import Sandbox

from ansible_collections.xivo.xci.tests.support import playbook, server
from ansible_collections.xivo.xci.tests.support.objects import TEMPLATE

HOSPITAL: dict[str, Any] = {
    "xivos": [{"name": "nord"}],
    "entities": [{"name": "accueil", "xivo": "nord", "intervals": [{"start": "1000", "end": "1199"}]}],
    "templates": [{"name": TEMPLATE}],
}
USERS = 100
PARALLELISM = 4
WRITE = 0.2
"""Seconds that the sandbox takes for a write."""
LATER = 1.5
"""Seconds that it takes for one that begins when the run is ended: on a busy machine, nobody begins two of them."""
TIMEOUT = 3
"""Seconds of the task's own time-out."""
QUIET = 1.5
"""Seconds without a write after which none is expected any more."""
START = """
import fcntl, os, signal, sys, termios
signal.signal(signal.SIGINT, signal.SIG_DFL)
if os.isatty(0):
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.argv[1], sys.argv[1:])
"""
"""Starts a command as a shell does in the foreground; what is started in the background ignores SIGINT."""
TIME_OUT = "time-out"
ENDS = ("SIGINT group", "SIGTERM group", "SIGTERM", "SIGKILL group", "SIGKILL", TIME_OUT)
"""How a run is ended: a signal to the process group of ansible-playbook, or to itself alone; the task's time-out."""


@dataclass(frozen=True)
class Case:
    """One run that is ended after some writes; with a *terminal*, SIGINT is what Ctrl-C there sends.

    *way* is worker or module; *work* is a document, a loop of users, or a user at whose creation XCI is always busy.
    """

    end: str
    way: str = "worker"
    work: str = "document"
    terminal: bool = False
    programs: Path = playbook.PROGRAMS
    after: int = 6

    @property
    def most(self) -> int:
        """How many writes may reach the sandbox after the end: those that are on the wire."""
        return PARALLELISM if self.work == "document" else 1


@dataclass
class Ended:
    """What was found: how many writes had begun before the end and after it, what was printed, and what is wrong."""

    before: int
    later: int
    output: str
    wrong: list[str] = field(default_factory=list)


def users() -> list[dict[str, Any]]:
    return [
        {"entity": "accueil@nord", "internal_number": str(1000 + n), "last_name": f"Durand {n}", "template": TEMPLATE}
        for n in range(USERS)
    ]


def task_of(case: Case) -> dict[str, Any]:
    limit = {"timeout": TIMEOUT} if case.end == TIME_OUT else {}
    if case.work == "document":
        return {"xivo.xci.xci_config": {"users": users(), "parallelism": PARALLELISM}, **limit}
    if case.work == "loop":
        each = {name: f"{{{{ item.{name} }}}}" for name in users()[0]}
        return {"xivo.xci.xci_user": each, "loop": users(), **limit}
    return {"xivo.xci.xci_user": {**users()[0], "retries": 100}, **limit}


class Run:
    """ansible-playbook in a session of its own, as a shell starts it in the foreground."""

    def __init__(self, case: Case, folder: Path, sandbox: Sandbox, task: dict[str, Any]) -> None:
        connection = server.connection(sandbox)
        book = playbook.written(folder, playbook.play_of([task], connection, case.way))
        (folder / "ansible.cfg").touch()
        env = playbook.environment(folder)
        env["PATH"] = f"{case.programs}:{env['PATH']}"
        ansible = [str(case.programs / "ansible-playbook"), "-i", "localhost,", str(book)]
        command = [sys.executable, "-c", START, *ansible]
        self._output: list[bytes] = []
        self.leader, follower = pty.openpty() if case.terminal else os.pipe()
        self.process = subprocess.Popen(
            command,
            cwd=folder,
            env=env,
            stdin=follower if case.terminal else subprocess.DEVNULL,
            stdout=follower,
            stderr=follower,
            start_new_session=True,
        )
        os.close(follower)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        # A terminal whose last process is gone says so with an error.
        with contextlib.suppress(OSError):
            while piece := os.read(self.leader, 65536):
                self._output.append(piece)

    def end(self, case: Case) -> None:
        name, _blank, group = case.end.partition(" ")
        if case.terminal and name == "SIGINT":
            os.write(self.leader, b"\x03")
            return
        with contextlib.suppress(ProcessLookupError):
            (os.killpg if group else os.kill)(self.process.pid, signal.Signals[name])

    def finish(self) -> str:
        self.process.wait(120)
        self._reader.join(2)
        return b"".join(self._output).decode(errors="replace")

    def close(self) -> None:
        with contextlib.suppress(OSError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self._reader.join(2)
        with contextlib.suppress(OSError):
            os.close(self.leader)


def begun(sandbox: Sandbox) -> int:
    """Return how many writes have reached the sandbox, answered or not."""
    return sum(int(rule["fired"]) for rule in sandbox.faults.as_list())


def run(case: Case, folder: Path) -> Ended:
    """Run the case, then once more without an end, and say what is wrong with either."""
    with server.running(HOSPITAL) as sandbox:
        busy = {"kind": "status", "status": 429, "retry_after": 1}
        fault = busy if case.work == "retry" else {"kind": "delay", "seconds": WRITE}
        sandbox.faults.add({"method": "POST", "path": "^/users$", "times": 0, "fault": fault})
        ended = _ended(case, folder / "ended", sandbox)
        sandbox.faults.clear()
        # What was begun goes on as one document, which is quicker than a loop.
        document = {"xivo.xci.xci_config": {"users": users()}}
        again = Run(Case("", programs=case.programs), folder / "again", sandbox, document)
        output = again.finish()
        again.close()
        numbers = Counter(one["internalNumber"] for one in sandbox.state()["users"])
    if again.process.returncode or numbers != Counter(one["internal_number"] for one in users()):
        ended.wrong.append(f"the next run does not finish: {output}")
    return ended


def _ended(case: Case, folder: Path, sandbox: Sandbox) -> Ended:
    running = Run(case, folder, sandbox, task_of(case))
    try:
        first = 1 if case.work == "retry" or case.end == TIME_OUT else case.after
        _until(lambda: begun(sandbox) >= first or running.process.poll() is not None)
        if case.end == TIME_OUT:
            # The task began before its first write, so that its time is over by then.
            time.sleep(TIMEOUT)
        else:
            for rule in sandbox.faults.as_list():
                rule["fault"].update({"seconds": LATER} if "seconds" in rule["fault"] else {})
            running.end(case)
        before = begun(sandbox)
        output = running.finish()
        total = _quiet(sandbox)
    finally:
        running.close()
    return Ended(before, total - before, output, list(_wrong(case, before, total, output)))


def _wrong(case: Case, before: int, total: int, output: str) -> Iterator[str]:
    # A module may take longer to start than its task has time.
    if not before and case.end != TIME_OUT:
        yield f"nothing was written before the end: {output}"
    if total - before > case.most:
        yield f"{total - before} writes after the end"
    if case.work != "retry" and total >= USERS:
        yield "the run was over before its end"
    if case.end == TIME_OUT and (case.work, case.way) == ("document", "worker"):
        counts = re.search(
            r"within \d+ seconds \(timeout\), and was ended: 0 of \d+ writes failed, (\d+) were done", output
        )
        if not counts or int(counts[1]) != total:
            yield f"{total} writes were done, and the result says: {output}"


def _until(true: Callable[[], object]) -> None:
    until = time.monotonic() + 120
    while not true():
        assert time.monotonic() < until, "this took too long"
        time.sleep(0.002)


def _quiet(sandbox: Sandbox) -> int:
    """Return how many writes have begun when no more come."""
    count, since = begun(sandbox), time.monotonic()
    while time.monotonic() < since + QUIET:
        time.sleep(0.05)
        if begun(sandbox) != count:
            count, since = begun(sandbox), time.monotonic()
    return count

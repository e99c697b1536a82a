# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When a run is cancelled, and what goes on then: nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from xcisandbox import Sandbox

from ansible_collections.xivo.xci.plugins.module_utils.api import cancellation
from ansible_collections.xivo.xci.plugins.module_utils.api.cancellation import ANCESTOR, Cancellation, threads
from ansible_collections.xivo.xci.plugins.module_utils.api.client import Client
from ansible_collections.xivo.xci.plugins.module_utils.api.errors import Cancelled
from ansible_collections.xivo.xci.plugins.module_utils.api.settings import Settings

LONG = 60.0
"""Seconds that nothing waits in the end, unless a test fails."""


def test_nothing_is_cancelled_by_itself() -> None:
    for one in (Cancellation(), Cancellation.of_worker(os.getppid()), Cancellation.of_module()):
        assert not one.requested
        one.check()
        one.pause(0.0)


def test_a_pause_ends_when_the_run_is_cancelled() -> None:
    run = Cancellation()
    threading.Timer(0.05, run.request).start()
    begun = time.monotonic()
    with pytest.raises(Cancelled):
        run.pause(LONG)
    assert time.monotonic() - begun < LONG / 2


def test_a_pause_takes_its_time() -> None:
    begun = time.monotonic()
    Cancellation().pause(0.05)
    assert time.monotonic() - begun >= 0.05


def test_no_request_is_begun_in_a_cancelled_run(sandbox: Sandbox) -> None:
    client = Client(Settings(sandbox.url, "admin", "superpass", timeout=5.0))
    client.read("/xivo")
    client.cancellation.request()
    for send in (
        lambda: client.read("/xivo"),
        lambda: client.write("POST", "/xivo", {}),
        lambda: client.accepts("a", "b"),
    ):
        with pytest.raises(Cancelled, match="the run was cancelled"):
            send()
    client.close()
    assert [one["path"] for one in sandbox.requests()] == ["/login", "/xivo"]


def test_a_retry_ends_when_the_run_is_cancelled(sandbox: Sandbox) -> None:
    sandbox.faults.add({"path": "^/xivo$", "times": 0, "fault": {"kind": "status", "status": 429, "retry_after": 20}})
    client = Client(Settings(sandbox.url, "admin", "superpass", timeout=LONG))

    def cancel() -> None:
        wait_until(lambda: len(sandbox.requests()) == 2, "the read")
        client.cancellation.request()

    threading.Thread(target=cancel).start()
    begun = time.monotonic()
    with pytest.raises(Cancelled):
        client.read("/xivo")
    client.close()
    assert time.monotonic() - begun < 20
    assert [one["path"] for one in sandbox.requests()] == ["/login", "/xivo"]


# -- whose process is gone ----------------------------------------------------------------------------------

WORKS = """
import os, sys, time
sys.path[:0] = [{path!r}]
from ansible_collections.xivo.xci.plugins.module_utils.api.cancellation import Cancellation
run = Cancellation.of_{what}
open({begun!r}, "w").close()
while not run.requested:
    time.sleep(0.01)
open({ended!r}, "w").close()
"""


def wait_for(path: Path) -> None:
    wait_until(path.exists, str(path))


def wait_until(true: Callable[[], bool], what: str) -> None:
    until = time.monotonic() + LONG
    while not true():
        assert time.monotonic() < until, f"{what} is not there"
        time.sleep(0.01)


@pytest.fixture
def work(tmp_path: Path) -> Callable[..., str]:
    """Return a shell command that runs until its run is cancelled."""

    def command(what: str) -> str:
        places = {name: str(tmp_path / name) for name in ("begun", "ended")}
        (tmp_path / "work.py").write_text(
            WORKS.format(path=os.environ["ANSIBLE_COLLECTIONS_PATH"], what=what, **places)
        )
        return f"{sys.executable} {tmp_path / 'work.py'}"

    return command


@pytest.mark.parametrize("between", ["", "sh -c "], ids=["directly", "through-a-shell"])
def test_a_run_whose_ancestor_is_gone_is_cancelled(work: Callable[..., str], tmp_path: Path, between: str) -> None:
    """The shell between the two stays, and is the direct parent all the time."""
    command = work("module()")
    inner = f"{between}'{command} && true'" if between else f"exec {command}"
    main = subprocess.Popen(["bash", "-c", f"export {ANCESTOR}=$$; ({inner}) & wait"])
    wait_for(tmp_path / "begun")
    time.sleep(0.1)
    assert not (tmp_path / "ended").exists()
    main.send_signal(signal.SIGKILL)
    main.wait()
    wait_for(tmp_path / "ended")


def test_a_worker_whose_parent_is_gone_is_cancelled(work: Callable[..., str], tmp_path: Path) -> None:
    command = work("worker(int(os.environ['MAIN']))")
    main = subprocess.Popen(["bash", "-c", f"export MAIN=$$; {command} & wait"])
    wait_for(tmp_path / "begun")
    main.send_signal(signal.SIGKILL)
    main.wait()
    wait_for(tmp_path / "ended")


def test_a_worker_that_begins_when_its_parent_is_gone_is_cancelled() -> None:
    assert Cancellation.of_worker(2**30).requested


def test_a_run_whose_output_nobody_reads_is_cancelled(work: Callable[..., str], tmp_path: Path) -> None:
    with subprocess.Popen(work("module()").split(), stdout=subprocess.PIPE) as one:
        wait_for(tmp_path / "begun")
        time.sleep(0.1)
        assert not (tmp_path / "ended").exists()
        assert one.stdout
        one.stdout.close()
        wait_for(tmp_path / "ended")


def test_who_is_no_ancestor_can_go(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on another host, where that number is another process."""
    other = subprocess.Popen(["sleep", "60"])
    monkeypatch.setenv(ANCESTOR, str(other.pid))
    run = Cancellation.of_module()
    other.kill()
    other.wait()
    assert not run.requested
    monkeypatch.setenv(ANCESTOR, "nonsense")
    assert not Cancellation.of_module().requested


def test_a_process_whose_name_is_odd_has_a_parent(tmp_path: Path) -> None:
    odd = tmp_path / "a) R 1 (b"
    odd.symlink_to("/bin/sleep")
    with subprocess.Popen([str(odd), "60"]) as one:
        assert cancellation._parent_of(one.pid) == os.getpid()
        one.kill()
    assert cancellation._parent_of(2**30) == 0


# -- threads ------------------------------------------------------------------------------------------------


def test_threads_after_an_error_drop_their_queue_and_the_run_goes_on() -> None:
    run = Cancellation()
    done: list[int] = []
    count = 2000  # more than could be done meanwhile

    def work(number: int) -> None:
        time.sleep(0.01)
        done.append(number)

    def fail() -> None:
        with threads(1, run) as pool:
            pool.map(work, range(count))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert not run.requested
    assert len(done) < count


def test_threads_that_are_interrupted_cancel_the_run_and_are_not_waited_for() -> None:
    run, go_on = Cancellation(), threading.Event()

    def interrupted() -> None:
        with threads(1, run) as pool:
            pool.submit(go_on.wait, LONG)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert run.requested
    go_on.set()

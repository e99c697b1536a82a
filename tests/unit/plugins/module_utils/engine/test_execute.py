# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is called while many operations are carried out side by side."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from ansible_collections.xivo.xci.plugins.module_utils.engine import execute
from ansible_collections.xivo.xci.plugins.module_utils.engine.execute import Execution
from ansible_collections.xivo.xci.plugins.module_utils.model.change import CREATE, Operation
from ansible_collections.xivo.xci.plugins.module_utils.model.resources import TEMPLATE
from ansible_collections.xivo.xci.plugins.module_utils.state.state import State

LONG = 60.0
"""Seconds that nothing waits in the end, unless a test fails."""


def creations(count: int) -> list[Operation]:
    return [Operation(CREATE, TEMPLATE, {}, {}, {"name": f"t{n}"}) for n in range(count)]


def test_only_the_thread_that_waits_shows_the_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    """While writes are under way, too: they wait here until it was shown twice."""
    shown: list[tuple[int, int]] = []
    threads: dict[str, set[int]] = {"progress": set(), "apply": set()}
    twice = threading.Event()

    def write(*_arguments: Any, **_options: Any) -> None:
        threads["apply"].add(threading.get_ident())
        assert twice.wait(LONG)

    def progress(done: int, total: int) -> None:
        threads["progress"].add(threading.get_ident())
        shown.append((done, total))
        if len(shown) == 2:
            twice.set()

    monkeypatch.setattr(execute, "apply", write)
    monkeypatch.setattr(execute, "PROGRESS_INTERVAL", 0.001)
    run = Execution(State(None), parallelism=2, progress=progress)  # type: ignore[arg-type]
    run.run(creations(5))
    assert shown[:2] == [(0, 5), (0, 5)]
    assert shown[-1] == (5, 5)
    assert threads["progress"] == {threading.get_ident()}
    assert threading.get_ident() not in threads["apply"]
    assert (len(run.done), run.failed) == (5, {})


def test_nobody_waits_an_interval_longer_than_the_work_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(execute, "apply", lambda *_arguments, **_options: None)
    monkeypatch.setattr(execute, "PROGRESS_INTERVAL", LONG)
    shown: list[tuple[int, int]] = []
    Execution(State(None), progress=lambda *counts: shown.append(counts)).run(creations(3))  # type: ignore[arg-type]
    assert shown == [(3, 3)]


def test_what_is_wrong_in_a_worker_is_not_swallowed(monkeypatch: pytest.MonkeyPatch) -> None:
    def write(*_arguments: Any, **_options: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(execute, "apply", write)
    with pytest.raises(ZeroDivisionError):
        Execution(State(None)).run(creations(3))  # type: ignore[arg-type]


def test_nothing_is_begun_after_an_interruption(monkeypatch: pytest.MonkeyPatch) -> None:
    interrupted, begun = threading.Event(), []

    class Pool(ThreadPoolExecutor):
        def shutdown(self, *arguments: Any, **options: Any) -> None:
            interrupted.set()
            super().shutdown(*arguments, **options)

    def write(operation: Operation, *_arguments: Any, **_options: Any) -> None:
        begun.append(operation.key)
        assert interrupted.wait(LONG)

    def progress(_done: int, _total: int) -> None:
        if len(begun) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(execute, "ThreadPoolExecutor", Pool)
    monkeypatch.setattr(execute, "apply", write)
    monkeypatch.setattr(execute, "PROGRESS_INTERVAL", 0.001)
    run = Execution(State(None), parallelism=2, progress=progress)  # type: ignore[arg-type]
    with pytest.raises(KeyboardInterrupt):
        run.run(creations(9))
    assert (sorted(begun), len(run.done)) == (["t0", "t1"], 2)

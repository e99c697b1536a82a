# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many operations side by side: who is called meanwhile, and what becomes of each."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.xivo.xci.plugins.module_utils.api.cancellation import Cancellation, threads
from ansible_collections.xivo.xci.plugins.module_utils.api.errors import (
    ApiError,
    Cancelled,
    ConnectionFailed,
    InputError,
    LoginRefused,
)
from ansible_collections.xivo.xci.plugins.module_utils.engine import creation, execute
from ansible_collections.xivo.xci.plugins.module_utils.engine.exchange import break_rings
from ansible_collections.xivo.xci.plugins.module_utils.engine.execute import Execution
from ansible_collections.xivo.xci.plugins.module_utils.engine.order import Order, Step
from ansible_collections.xivo.xci.plugins.module_utils.model.change import CREATE, UPDATE, Operation
from ansible_collections.xivo.xci.plugins.module_utils.model.resources import ENTITY, TEMPLATE, USER
from ansible_collections.xivo.xci.plugins.module_utils.state.planned import PlannedState
from ansible_collections.xivo.xci.plugins.module_utils.state.state import State
from ansible_collections.xivo.xci.tests.unit.plugins.fakes import WORLD, FakeClient

LONG = 60.0
"""Seconds that nothing waits in the end, unless a test fails."""


def ordered(operations: list[Operation], state: State | None = None) -> Order:
    view = PlannedState(state or State(FakeClient(WORLD)))  # type: ignore[arg-type]
    steps = [
        Step.of(one, one.before.get("id", -number), one.resource.title(one.before or one.after), view)
        for number, one in enumerate(operations, 1)
    ]
    for one in operations:
        if one.before and one.resource is USER:
            view.plan(one)
    order = Order(steps, view)
    assert list(break_rings(order, view)) == []
    return order


def patch_write(monkeypatch: pytest.MonkeyPatch, write: Callable[..., Any]) -> None:
    for place in (execute, creation):
        monkeypatch.setattr(place, "write", write)


def creations(count: int) -> list[Operation]:
    return [Operation(CREATE, TEMPLATE, {}, {}, {"name": f"t{n}"}) for n in range(count)]


def test_only_the_thread_that_waits_shows_the_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    """While writes are under way, too: they wait here until it was shown twice."""
    shown: list[tuple[int, int]] = []
    threads: dict[str, set[int]] = {"progress": set(), "write": set()}
    twice = threading.Event()

    def write(*_arguments: Any, **_options: Any) -> None:
        threads["write"].add(threading.get_ident())
        assert twice.wait(LONG)

    def progress(done: int, total: int) -> None:
        threads["progress"].add(threading.get_ident())
        shown.append((done, total))
        if len(shown) == 2:
            twice.set()

    patch_write(monkeypatch, write)
    monkeypatch.setattr(execute, "PROGRESS_INTERVAL", 0.001)
    run = Execution(State(FakeClient()), parallelism=2, progress=progress)  # type: ignore[arg-type]
    run.run(ordered(creations(5)))
    assert shown[:2] == [(0, 5), (0, 5)]
    assert shown[-1] == (5, 5)
    assert threads["progress"] == {threading.get_ident()}
    assert threading.get_ident() not in threads["write"]
    assert (len(run.done), run.failed) == (5, {})


def test_nobody_waits_an_interval_longer_than_the_work_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    patch_write(monkeypatch, lambda *_arguments, **_options: None)
    monkeypatch.setattr(execute, "PROGRESS_INTERVAL", LONG)
    shown: list[tuple[int, int]] = []
    Execution(State(FakeClient()), progress=lambda *counts: shown.append(counts)).run(ordered(creations(3)))  # type: ignore[arg-type]
    assert shown == [(3, 3)]


def test_what_is_wrong_in_a_worker_is_not_swallowed(monkeypatch: pytest.MonkeyPatch) -> None:
    def write(*_arguments: Any, **_options: Any) -> None:
        raise ZeroDivisionError

    patch_write(monkeypatch, write)
    with pytest.raises(ZeroDivisionError):
        Execution(State(FakeClient())).run(ordered(creations(3)))  # type: ignore[arg-type]


def test_nothing_is_begun_after_an_interruption(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[str] = []
    client = FakeClient()

    def write(operation: Operation, *_arguments: Any, **_options: Any) -> None:
        begun.append(operation.key)
        until = time.monotonic() + LONG
        while not client.cancellation.requested:
            assert time.monotonic() < until
            time.sleep(0.001)

    def progress(_done: int, _total: int) -> None:
        if len(begun) == 2:
            raise KeyboardInterrupt

    patch_write(monkeypatch, write)
    monkeypatch.setattr(execute, "PROGRESS_INTERVAL", 0.001)
    run = Execution(State(client), parallelism=2, progress=progress)  # type: ignore[arg-type]
    with pytest.raises(KeyboardInterrupt):
        run.run(ordered(creations(9)))
    # XCI's answers to what was sent are waited for.
    assert (sorted(begun), len(run.done), run.failed) == (["t0", "t1"], 2, {})


def test_what_has_no_answer_when_a_run_is_interrupted_is_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    begun, answered = threading.Event(), threading.Event()

    def write(*_arguments: Any, **_options: Any) -> None:
        begun.set()
        assert answered.wait(LONG)

    def progress(_done: int, _total: int) -> None:
        if begun.is_set():
            raise KeyboardInterrupt

    patch_write(monkeypatch, write)
    monkeypatch.setattr(execute, "PROGRESS_INTERVAL", 0.001)
    monkeypatch.setattr(execute, "LAST_ANSWERS", 0.001)
    run = Execution(State(FakeClient()), parallelism=1, progress=progress)  # type: ignore[arg-type]
    operations = creations(2)
    with pytest.raises(KeyboardInterrupt):
        run.run(ordered(operations))
    answered.set()
    assert run.failed.keys() == {id(operations[0])}
    assert run.failed[id(operations[0])] == (
        "create template t0: XCI had not answered when the task was interrupted, and it is not known whether it "
        "happened; run again to see"
    )


def test_what_was_not_sent_because_the_run_is_cancelled_is_not_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    def write(*_arguments: Any, **_options: Any) -> None:
        raise Cancelled("cancelled")

    patch_write(monkeypatch, write)
    run = Execution(State(FakeClient()), stop=False)  # type: ignore[arg-type]
    run.run(ordered(creations(3)))
    assert (run.done, run.failed) == (set(), {})


# -- what becomes of each operation -------------------------------------------------------------------------


class Writes:
    """In the place of ``write``: fails for the operations that are named, and remembers all."""

    def __init__(self, failing: dict[str, Exception] | None = None) -> None:
        self.failing = failing or {}
        self.done: list[str] = []
        self.read_at: list[float] = []

    def __call__(self, operation: Operation, _state: State, many: bool = False) -> Operation | None:
        self.read_at.append(operation.read_at)
        changed = operation.resource.title(operation.after) if operation.action == UPDATE else ""
        self.done.append(f"{operation}{' to ' * bool(changed)}{changed}")
        if str(operation) in self.failing:
            raise self.failing[str(operation)]
        return operation


@pytest.fixture
def writes(monkeypatch: pytest.MonkeyPatch) -> Writes:
    made = Writes()
    patch_write(monkeypatch, made)
    return made


def execution(**more: Any) -> Execution:
    return Execution(State(FakeClient(WORLD)), 1, **more)  # type: ignore[arg-type]


def outcome(run: Execution, operations: list[Operation]) -> tuple[list[str], dict[str, str], list[str]]:
    """Return what was done, what failed and why, and what was not tried, by the names before the run."""
    names = {id(one): str(one) for one in operations}
    run.run(ordered(operations, run.state))
    failed = {names[key]: run.failed[key] for key in names if key in run.failed}
    return (
        [name for key, name in names.items() if key in run.done],
        failed,
        [name for key, name in names.items() if key not in run.done and key not in run.failed],
    )


def user(identity: int, before: str, after: str) -> Operation:
    values = {"id": identity, "entity": "default@paris", "first_name": "A"}
    old, new = ({**values, "internal_number": number} for number in (before, after))
    return Operation(UPDATE, USER, {}, old, new, ["internal_number"])


def test_all_is_done(writes: Writes) -> None:
    operations = creations(3)
    assert outcome(execution(), operations) == ([f"create template t{n}" for n in range(3)], {}, [])
    assert writes.done == [f"create template t{n}" for n in range(3)]


@pytest.mark.parametrize(
    ("stop", "error", "tried"),
    [
        pytest.param(True, ApiError("no", 409), 2, id="stop"),
        pytest.param(False, ApiError("no", 409), 4, id="continue"),
        pytest.param(False, InputError("no"), 4, id="continue-after-another-error"),
        pytest.param(False, ConnectionFailed("nobody"), 2, id="nobody-is-there"),
        pytest.param(False, LoginRefused("who?"), 2, id="the-login-is-refused"),
    ],
)
def test_what_follows_a_failure(writes: Writes, stop: bool, error: Exception, tried: int) -> None:
    writes.failing = {"create template t1": error}
    done, failed, left = outcome(execution(stop=stop), creations(4))
    assert len(writes.done) == tried
    assert failed == {"create template t1": str(error)}
    assert (len(done), len(left)) == (tried - 1, 4 - tried)


def test_what_depends_on_a_creation_that_failed_is_not_tried(writes: Writes) -> None:
    writes.failing = {"create entity new@paris": ApiError("no", 409)}
    values = {"entity": "new@paris", "first_name": "A", "internal_number": "1"}
    operations = [
        Operation(CREATE, ENTITY, {}, {}, {"name": "new", "xivo": "paris"}),
        Operation(CREATE, USER, {}, {}, {**values, "template": "t"}),
        Operation(CREATE, USER, {"template": "t"}, {}, {**values, "entity": "default@paris"}),
        Operation(CREATE, TEMPLATE, {}, {}, {"name": "x", "entities": ["default@paris", "new@paris"]}),
        Operation(CREATE, TEMPLATE, {}, {}, {"name": "y", "entities": ["default@paris"]}),
    ]
    done, _failed, left = outcome(execution(stop=False), operations)
    assert left == ["create user 1@new@paris", "create template x"]
    assert done == ["create user 1@default@paris", "create template y"]


def test_what_depends_on_an_edit_that_failed_is_tried(writes: Writes) -> None:
    """The object is there all the same."""
    entity = {"name": "default", "xivo": "paris", "display_name": "x"}
    writes.failing = {"update entity default@paris": ApiError("no", 409)}
    operations = [
        Operation(UPDATE, ENTITY, {}, entity, {**entity, "display_name": "y"}),
        Operation(CREATE, USER, {}, {}, {"entity": "default@paris", "internal_number": "1"}),
    ]
    assert outcome(execution(stop=False), operations)[0] == ["create user 1@default@paris"]


# -- two that swap their numbers ----------------------------------------------------------------------------

SWAP = [
    "update user 201@default@paris to 202@default@paris",
    "update user 200@default@paris to 201@default@paris",
    "update user 202@default@paris to 200@default@paris",
]


@pytest.fixture
def swap() -> list[Operation]:
    return [user(5, "200", "201"), user(6, "201", "200")]


def test_a_swap_goes_by_a_number_that_nobody_has(writes: Writes, swap: list[Operation]) -> None:
    """The object is read again after that: what XCI keeps with it may have changed by the first write."""
    run = execution()
    done, failed, left = outcome(run, swap)
    assert writes.done == SWAP
    assert [at == 0.0 for at in writes.read_at] == [False, False, True]
    assert (len(done), failed, left, run.written) == (2, {}, [], 3)
    assert [one.changed for one in swap] == [["internal_number"]] * 2


@pytest.mark.parametrize("stop", [True, False])
def test_who_gave_his_number_up_for_nothing_gets_it_back(writes: Writes, swap: list[Operation], stop: bool) -> None:
    writes.failing = {"update user 200@default@paris": ApiError("no", 409)}
    run = execution(stop=stop)
    done, failed, left = outcome(run, swap)
    back = "update user 202@default@paris to 201@default@paris"
    assert writes.done == [*SWAP[:2], back]
    assert writes.read_at[-1] == 0.0
    assert (done, failed, left) == (
        [],
        {"update user 200@default@paris": "no"},
        ["update user 201@default@paris"],
    )
    assert (run.begun, run.written) == ([], 0)


@pytest.mark.parametrize(
    ("error", "failing"),
    [
        pytest.param(ConnectionFailed("nobody"), "update user 200@default@paris", id="nobody-is-there"),
        pytest.param(ZeroDivisionError(), "update user 200@default@paris", id="interrupted"),
    ],
)
def test_who_can_not_get_it_back_is_reported(
    writes: Writes, swap: list[Operation], error: Exception, failing: str
) -> None:
    writes.failing = {failing: error}
    run = execution(stop=False)
    with contextlib.suppress(ZeroDivisionError):
        run.run(ordered(swap, run.state))
    assert writes.done == SWAP[:2]
    assert run.failed[id(swap[1])] == (
        "update user 201@default@paris: it has internal_number '202' for the moment, since an exchange did not end; "
        "run again to finish it"
    )
    assert len(run.begun) == 1


def test_after_a_failure_no_number_is_given_up(writes: Writes, swap: list[Operation]) -> None:
    writes.failing = {"create template t0": ApiError("no", 409)}
    assert len(outcome(execution(), [*creations(1), *swap])[2]) == 2
    assert writes.done == ["create template t0"]


def test_what_fails_counts_as_progress(writes: Writes) -> None:
    writes.failing = {"create template t1": ApiError("no", 409)}
    shown: list[tuple[int, int]] = []
    execution(stop=False, progress=lambda *counts: shown.append(counts)).run(ordered(creations(3)))
    assert shown[-1] == (3, 3)


def test_eight_at_once_and_no_more_after_a_failure_unless_said_otherwise() -> None:
    run = Execution(State(FakeClient()))  # type: ignore[arg-type]
    assert (run.parallelism, run.stop, run.progress) == (8, True, None)


@pytest.mark.parametrize("parallelism", [1, 3, 64])
def test_no_more_workers_than_there_is_work(monkeypatch: pytest.MonkeyPatch, writes: Writes, parallelism: int) -> None:
    made: list[int] = []

    def counted(count: int, cancellation: Cancellation) -> Any:
        made.append(count)
        return threads(count, cancellation)

    monkeypatch.setattr(execute, "threads", counted)
    Execution(State(FakeClient()), parallelism).run(ordered(creations(3)))  # type: ignore[arg-type]
    assert made == [min(parallelism, 3)]
    assert len(writes.done) == 3

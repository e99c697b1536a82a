# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What all threads of a client do when XCI is busy: wait together, and fewer at once then."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from ansible_collections.xivo.xci.plugins.module_utils.api import pace as pace_module
from ansible_collections.xivo.xci.plugins.module_utils.api.cancellation import Cancellation
from ansible_collections.xivo.xci.plugins.module_utils.api.client import Client
from ansible_collections.xivo.xci.plugins.module_utils.api.errors import Cancelled, XciError
from ansible_collections.xivo.xci.plugins.module_utils.api.pace import Pace, Patience
from ansible_collections.xivo.xci.plugins.module_utils.api.settings import Settings
from ansible_collections.xivo.xci.tests.unit.plugins.conftest import Clock
from ansible_collections.xivo.xci.tests.unit.plugins.stub import LOGGED_IN, Say, Stub


@pytest.fixture
def pace(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Pace:
    monkeypatch.setattr("random.uniform", lambda _low, high: high)
    return Pace(Cancellation())


def test_all_wait_for_the_end_of_a_pause(pace: Pace, clock: Clock) -> None:
    with pace.turn():
        pass
    assert clock.sleeps == []
    assert pace.busy() == pytest.approx(0.25)
    with pace.turn():
        assert clock.sleeps == [pytest.approx(0.25)]


def test_what_was_sent_before_a_pause_makes_it_no_longer(pace: Pace, clock: Clock) -> None:
    assert [pace.busy() for _answer in range(8)] == [pytest.approx(0.25)] * 8
    clock.now += 0.25
    assert pace.busy() == pytest.approx(0.5)


def test_xci_says_how_long(pace: Pace) -> None:
    assert pace.busy(7.0) == pytest.approx(7.0)
    assert pace.busy(9.0) == pytest.approx(9.0)
    assert pace.busy(1.0) == pytest.approx(9.0)


def test_pauses_grow_up_to_a_limit_and_shrink_again(pace: Pace, clock: Clock) -> None:
    for pause in (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0):
        assert pace.busy() == pytest.approx(pause)
        clock.now += pause
    pace.answered()
    assert pace.busy() == pytest.approx(15.0)


def test_fewer_go_at_once_and_more_again_after_a_while(pace: Pace, clock: Clock) -> None:
    turns = [pace.turn() for _number in range(8)]
    for turn in turns:
        turn.__enter__()
    pace.busy()
    assert pace._most == 4
    pace.busy()
    assert pace._most == 4
    for turn in turns:
        turn.__exit__(None, None, None)
    clock.now += 1
    for _number in range(9):
        pace.answered()
    assert pace._most == 5


def test_a_turn_waits_for_the_end_of_another(monkeypatch: pytest.MonkeyPatch) -> None:
    pace, order = Pace(Cancellation()), []
    pace.busy(0.01)
    first = pace.turn()
    first.__enter__()

    def second() -> None:
        with pace.turn():
            order.append("second")

    thread = threading.Thread(target=second)
    thread.start()
    time.sleep(0.05)
    order.append("first")
    first.__exit__(None, None, None)
    thread.join(10)
    assert order == ["first", "second"]


def test_who_waits_for_a_turn_stops_when_the_run_is_cancelled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace_module, "TURN", 0.01)
    run = Cancellation()
    pace = Pace(run)
    pace.busy(0.01)
    with pace.turn():
        threading.Timer(0.05, run.request).start()
        with pytest.raises(Cancelled), pace.turn():
            pass


def test_who_was_refused_goes_before_who_was_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """Though it is the last to notice that the pause is over."""
    run = Cancellation()
    pace, order = Pace(run), list[str]()
    patience = Patience(Settings("http://127.0.0.1/api/1.0", "admin", "made-up"), pace)

    def wait() -> None:
        with pace.turn():
            order.append("new")

    monkeypatch.setattr(run, "pause", lambda _seconds: None)
    patience.wait(XciError("busy"), 1.0)
    others = [threading.Thread(target=wait) for _number in range(3)]
    for other in others:
        other.start()
    for other in others:
        other.join(0.05)
    with pace.turn(patience):
        order.append("refused")
    for other in others:
        other.join(10)
    assert order == ["refused", "new", "new", "new"]


@pytest.mark.parametrize("end", [Cancelled("no"), KeyboardInterrupt()], ids=["cancelled", "interrupted"])
def test_who_does_not_come_back_holds_nobody_up(monkeypatch: pytest.MonkeyPatch, end: BaseException) -> None:
    run = Cancellation()
    pace = Pace(run)
    patience = Patience(Settings("http://127.0.0.1/api/1.0", "admin", "made-up"), pace)

    def pause(_seconds: float) -> None:
        raise end

    with monkeypatch.context() as patched:
        patched.setattr(run, "pause", pause)
        with pytest.raises(type(end)):
            patience.wait(XciError("busy"), 1.0)
    with pace.turn():
        pass


class Limited(Stub):
    """Answers no more than some requests in each window of time, and the rest with 429 without a Retry-After."""

    MOST, WINDOW = 10, 0.2

    def __init__(self) -> None:
        super().__init__(LOGGED_IN)
        self.times: list[float] = []
        self.refused = 0
        limited = self

        class Says(list[Say]):
            def __len__(self) -> int:
                return 1

            def __getitem__(self, _index: object) -> Say:  # type: ignore[override]
                now = time.monotonic()
                limited.times = [one for one in limited.times if now - one < limited.WINDOW]
                if len(limited.times) >= limited.MOST:
                    limited.refused += 1
                    return Say(429)
                limited.times.append(now)
                return Say(201, "{}", LOGGED_IN.headers)

        self.says = Says()


@pytest.fixture
def limited() -> Iterator[Limited]:
    stub = Limited()
    with stub:
        yield stub


def test_no_write_fails_where_xci_limits_the_rate(limited: Limited) -> None:
    client = Client(Settings(limited.url, "admin", "made-up", timeout=60.0, retries=3))
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda number: client.write("POST", "/xivo", {"n": number}), range(60)))
    client.close()
    assert answers == [{}] * 60
    # Threads that wait alone would be refused hundreds of times.
    assert limited.refused < 60

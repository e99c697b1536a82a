# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The time of the doctor and of its server, so that what is seen does not depend on how fast this machine is."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from xcisandbox import faults, server, storage, traffic, wire
from xcisandbox.messages import Answer, Request
from xcisandbox.traffic import Traffic

from ansible_collections.xivo.xci.plugins.module_utils.api.cancellation import Cancellation, threads
from ansible_collections.xivo.xci.plugins.module_utils.doctor import changes, scratch
from ansible_collections.xivo.xci.tests.support.clock import Clock


class Meeting(Clock):
    """The clock of writes of which the server takes one at a time: where several come, one lasts until they met."""

    def __init__(self) -> None:
        super().__init__()
        self.several = False
        self.met = threading.Event()

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        if self.several:
            self.met.wait(60)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Time that passes when the doctor or the server waits, and only then; but how long an answer takes is real."""
    clock, meeting = Clock(), Meeting()
    for module in (faults, server, storage, wire, scratch):
        monkeypatch.setattr(module, "time", clock)
    monkeypatch.setattr(Cancellation, "pause", lambda _self, seconds: clock.sleep(seconds))
    busy = Traffic._busy

    @contextmanager
    def at_once(count: int, cancellation: Cancellation) -> Iterator[ThreadPoolExecutor]:
        meeting.several = True
        with threads(count, cancellation) as pool:
            yield pool
        meeting.several = False

    def meet(self: Traffic, request: Request) -> Answer:
        meeting.met.set()
        return busy(self, request)

    monkeypatch.setattr(meeting, "monotonic", clock.monotonic)
    monkeypatch.setattr(traffic, "time", meeting)
    monkeypatch.setattr(Traffic, "_busy", meet)
    monkeypatch.setattr(changes, "threads", at_once)
    return clock

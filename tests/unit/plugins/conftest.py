# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sandbox for the tests that need a real server."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from xcisandbox import Sandbox

from ansible_collections.xivo.xci.plugins.module_utils.api import client, pace, transport
from ansible_collections.xivo.xci.plugins.module_utils.api.cancellation import Cancellation
from ansible_collections.xivo.xci.plugins.module_utils.engine import record, verify
from ansible_collections.xivo.xci.plugins.module_utils.state import lists, recent
from ansible_collections.xivo.xci.tests.support.clock import Clock, held

__all__ = ["Clock", "clock", "held", "leaping", "sandbox"]


@pytest.fixture
def sandbox(start: Callable[..., Sandbox]) -> Sandbox:
    return start()


class Ticking(Clock):
    """A clock that never shows the same time twice."""

    def monotonic(self) -> float:
        self.now += 1e-9
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of what sends again and of what looks again."""
    clock = Ticking(time.monotonic())
    for module in (client, pace, record, verify, lists, recent):
        monkeypatch.setattr(module, "time", clock)
    monkeypatch.setattr(Cancellation, "pause", lambda _self, seconds: clock.sleep(seconds))
    return clock


class Leaping(Clock):
    """A clock that has gone on for hours whenever it is looked at."""

    def monotonic(self) -> float:
        self.now += 10_000
        return self.now


@pytest.fixture
def leaping(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets all answers come too slowly of which a part has come."""
    monkeypatch.setattr(transport, "time", Leaping())

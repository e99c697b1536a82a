# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sandbox for the tests that need a real server."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

FILES = Path(__file__).resolve().parents[3] / "roles" / "xci_sandbox" / "files"
if str(FILES) not in sys.path:
    sys.path.insert(0, str(FILES))

from xcisandbox import Sandbox  # noqa: E402 (found on the path just made)


@pytest.fixture
def start() -> Iterator[Callable[..., Sandbox]]:
    """Starts sandboxes on free ports, and stops them after the test."""
    with ExitStack() as stack:
        yield lambda **options: stack.enter_context(Sandbox(**{"port": 0, **options}))


@pytest.fixture
def sandbox(start: Callable[..., Sandbox]) -> Sandbox:
    return start()


@pytest.fixture
def sleeps(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses that would have been made, in seconds; none is."""
    slept: list[float] = []
    monkeypatch.setattr("time.sleep", slept.append)
    return slept

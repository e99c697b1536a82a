# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Servers that the examples of a test share, since each makes its server anew."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from xcisandbox.server import Sandbox

from ansible_collections.xivo.xci.tests.support import server


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A module may write a file of any name."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with server.running() as sandbox:
        yield sandbox


@pytest.fixture
def other() -> Iterator[Sandbox]:
    with server.running() as sandbox:
        yield sandbox

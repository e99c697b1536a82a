# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stops the sandboxes of the tests that need a server which remembers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ansible_collections.xivo.xci.tests.support.jobs import Xci


@pytest.fixture(autouse=True)
def stopped() -> Iterator[None]:
    yield
    Xci.stop_all()

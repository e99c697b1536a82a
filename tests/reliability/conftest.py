# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Prints what the fault matrix found, and writes it into a file where RELIABILITY_FIGURES names one."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.xivo.xci.tests.support.clock import held

__all__ = ["held"]

ROWS = "matrix rows"


@pytest.fixture
def requests_follow_the_api() -> None:
    """Stand in for the check of the same name: these requests are too many for it, and it has seen their like."""


def pytest_terminal_summary(terminalreporter: Any) -> None:
    reports = [report for found in ("passed", "failed") for report in terminalreporter.stats.get(found, [])]
    rows = [row for report in reports for name, value in report.user_properties if name == ROWS for row in value]
    if not rows:
        return
    from ansible_collections.xivo.xci.tests.reliability.figures import table, written_into  # noqa: PLC0415

    figures = table(rows)
    terminalreporter.write_sep("-", "the fault matrix")
    terminalreporter.write_line(figures)
    file = os.environ.get("RELIABILITY_FIGURES")
    if file:
        written_into(Path(file), figures)

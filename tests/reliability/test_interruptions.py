# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run that is ended sends nothing more, whatever ends it; tests/tools/interrupts.py does this many times."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.xivo.xci.tests.reliability.interruptions import ENDS, TIME_OUT, Case, run

QUICK = [
    Case("SIGINT group", terminal=True),
    Case("SIGTERM"),
    Case("SIGKILL", way="module"),
    Case(TIME_OUT),
]
SLOW = [
    *(Case(end, way) for end in ENDS for way in ("worker", "module")),
    *(Case(end, "worker", "loop") for end in ("SIGTERM", "SIGKILL", "SIGKILL group")),
    *(Case(end, way, "retry") for end in ("SIGTERM", "SIGKILL group", TIME_OUT) for way in ("worker", "module")),
]


def name(case: Case) -> str:
    return "-".join((case.end.replace(" ", "-"), case.way, case.work, *(["terminal"] if case.terminal else [])))


@pytest.mark.parametrize(
    "case",
    [*QUICK, *(pytest.param(case, marks=pytest.mark.slow) for case in SLOW if case not in QUICK)],
    ids=name,
)
def test_nothing_is_sent_after_the_end(case: Case, tmp_path: Path) -> None:
    assert run(case, tmp_path).wrong == []

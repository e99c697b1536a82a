# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What each section needs: a stage, the report, and how much time there is."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from ansible_collections.xivo.xci.tests.bench.plays import Run, Stage
from ansible_collections.xivo.xci.tests.bench.report import Report


@dataclass
class Bench:
    """One run of the benchmark; the quick mode makes fewer rounds over fewer items."""

    folder: Path
    stage: Stage
    report: Report
    quick: bool = False

    def either(self, full: int, quick: int) -> int:
        return quick if self.quick else full


def above(runs: Sequence[Run], empty: Sequence[Run], items: int = 1) -> list[float]:
    """Return the seconds an item of each run above the median of an empty play."""
    floor = median(run.seconds for run in empty)
    return [(run.seconds - floor) / items for run in runs]


def processor_above(runs: Sequence[Run], empty: Sequence[Run], items: int) -> float:
    """Return the seconds of processor time an item above an empty play; other work on the machine bears less on it."""
    return (median(run.cpu for run in runs) - median(run.cpu for run in empty)) / items


def most(runs: Sequence[Run], kind: str) -> int:
    """Return the most logins, reads or writes that one of the runs made."""
    return max(getattr(run.traffic, kind) for run in runs)


def timed(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started

# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table that a run prints: each figure with its rounds, and what was promised of it."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any


@dataclass(frozen=True)
class Row:
    """One figure: the median of its rounds, and the most or the least that it may be."""

    section: str
    what: str
    value: float
    unit: str
    rounds: list[float]
    target: str
    passed: bool | None

    def as_markdown(self) -> str:
        spread = f"{len(self.rounds)}: {_short(min(self.rounds))} to {_short(max(self.rounds))}" if self.rounds else ""
        verdict = "" if self.passed is None else "PASS" if self.passed else "**FAIL**"
        figure = f"{_short(self.value)} {self.unit}".rstrip()
        return f"| {self.what} | {figure} | {spread} | {self.target} | {verdict} |"


@dataclass
class Report:
    """The rows so far; *section* is what they belong to.

    Without *judges*, targets of time and memory are shown only: less was measured than what they were set for.
    """

    section: str = ""
    judges: bool = True
    rows: list[Row] = field(default_factory=list)

    def figure(self, what: str, rounds: Sequence[float], unit: str) -> float:
        """Add the median of some rounds and return it."""
        value = median(rounds)
        self._add(Row(self.section, what, value, unit, list(rounds), "", None))
        return value

    def ratio(self, what: str, value: float) -> None:
        """Add a figure that follows from others, and of which nothing was promised."""
        self._add(Row(self.section, what, value, "times", [], "", None))

    def count(self, what: str, value: float, *, exactly: float | None = None, most: float | None = None) -> None:
        """Add a number of requests, which is the same in each round."""
        limit = exactly if exactly is not None else most
        target = "" if limit is None else f"{'=' if exactly is not None else '≤'} {_short(limit)}"
        passed = None if limit is None else value == limit if exactly is not None else value <= limit
        self._add(Row(self.section, what, value, "", [], target, passed))

    def at_most(self, what: str, value: float, limit: float, unit: str = "times") -> None:
        passed = value <= limit if self.judges else None
        self._add(Row(self.section, what, value, unit, [], f"≤ {_short(limit)} {unit}", passed))

    def at_least(self, what: str, value: float, limit: float, unit: str = "times") -> None:
        passed = value >= limit if self.judges else None
        self._add(Row(self.section, what, value, unit, [], f"≥ {_short(limit)} {unit}", passed))

    def _add(self, row: Row) -> None:
        self.rows.append(row)
        print(f"{row.section:9} {row.as_markdown()}", file=sys.stderr, flush=True)

    @property
    def failed(self) -> list[Row]:
        return [row for row in self.rows if row.passed is False]

    def as_markdown(self, facts: Mapping[str, str]) -> str:
        lines = [f"- {name}: {value}" for name, value in facts.items()]
        lines += ["", "| what | median | rounds: lowest to highest | target | |", "|---|---|---|---|---|"]
        section = ""
        for row in self.rows:
            if row.section != section:
                section = row.section
                lines.append(f"| **{section}** | | | | |")
            lines.append(row.as_markdown())
        judged = [row for row in self.rows if row.passed is not None]
        lines += ["", f"{len(judged) - len(self.failed)} of {len(judged)} targets are met."]
        return "\n".join(lines) + "\n"

    def as_json(self, facts: Mapping[str, str]) -> dict[str, Any]:
        return {"facts": dict(facts), "figures": [asdict(row) for row in self.rows]}


def _short(value: float) -> str:
    """Return three digits that count, or a whole number as it is."""
    if value == int(value) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"

# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The outcomes of the fault matrix as a table, for the terminal and for docs/reliability.md."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from ansible_collections.xivo.xci.tests.reliability.faults import DONE, ERROR, FAULTS, MISLED, NOT_SHOWN, ROLES, UNKNOWN

BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"
OUTCOMES = (DONE, ERROR, UNKNOWN, NOT_SHOWN, MISLED)


def table(rows: Sequence[Sequence[str]]) -> str:
    """Return a table of the outcomes by fault and by what the request was for; *rows* are Row.figures()."""
    once = [row for row in rows if row[2] == "once"]
    counts = Counter((fault, role, outcome) for fault, role, _often, outcome in once)
    lines = [f"| one request meets | {' | '.join(ROLES)} |", f"|---|{'---|' * len(ROLES)}"]
    lines += [
        f"| {fault.name} | {' | '.join(_cell(counts, fault.name, role) for role in ROLES)} |"
        for fault in FAULTS
        if any((fault.name, role, outcome) in counts for role in ROLES for outcome in OUTCOMES)
    ]
    return "\n".join([_total("One request", once), _total("All requests from one on", _lasting(rows)), "", *lines])


def _lasting(rows: Sequence[Sequence[str]]) -> list[Sequence[str]]:
    return [row for row in rows if row[2] == "lasting"]


def _total(what: str, rows: Sequence[Sequence[str]]) -> str:
    found = Counter(row[3] for row in rows)
    return f"- {what} met a fault in {len(rows)} runs: " + ", ".join(f"{found[name]} {name}" for name in OUTCOMES) + "."


def _cell(counts: Counter[tuple[str, str, str]], fault: str, role: str) -> str:
    found = [(outcome, counts[fault, role, outcome]) for outcome in OUTCOMES if counts[fault, role, outcome]]
    return ", ".join(f"{outcome} {count}" for outcome, count in found)


def written_into(file: Path, figures: str) -> None:
    """Put the figures between the two marks of a document."""
    text = file.read_text(encoding="utf-8")
    before, _begin, rest = text.partition(BEGIN)
    _old, _end, after = rest.partition(END)
    file.write_text(f"{before}{BEGIN}\n\n{figures}\n\n{END}{after}", encoding="utf-8")

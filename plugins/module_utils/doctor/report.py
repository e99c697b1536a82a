# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was found, row by row: as a table on screen, and as a file without any value of the site."""

from __future__ import annotations

import platform
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Union

from ..api.version import VERSION
from .meanings import meaning
from .rows import ROWS

FORMAT = 1
API = "2017.03"
"""The edition of the API's page on which all of this rests."""
AS_ASSUMED, DIFFERENT, NOT_SEEN = "as assumed", "DIFFERENT", "not seen"
WORKS, DIFFERS, FAILS = "works", "differs", "fails"
MOST = 3
_PLAIN = re.compile("[A-Za-z_][A-Za-z0-9_-]{0,39}")


@dataclass(frozen=True)
class Spoken:
    """That XCI speaks a dialect of the sandbox in a certain way; *value* may be the usual one."""

    dialect: str
    value: str


@dataclass(frozen=True)
class Note:
    """Something that no dialect says; *text* holds no value of the site."""

    text: str
    differs: bool = False
    advice: str = ""
    stops: bool = False


Finding = Union[Spoken, Note]


@dataclass
class Report:
    """What was found so far; *usual* is what the sandbox does by itself, by dialect."""

    usual: Mapping[str, str]
    notes: dict[int, list[Note]] = field(default_factory=dict)
    dialects: dict[str, str] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)

    def add(self, number: int, findings: Iterable[Finding]) -> None:
        """Add what was found for a row."""
        for finding in findings:
            note = finding if isinstance(finding, Note) else self._said(finding)
            known = self.notes.setdefault(number, [])
            if note not in known:
                known.append(note)

    def _said(self, spoken: Spoken) -> Note:
        usual = self.usual[spoken.dialect] == spoken.value
        found = None if usual and spoken.dialect != "edit_cti_password" else meaning(spoken.dialect, spoken.value)
        if not usual:
            self.dialects[spoken.dialect] = spoken.value
        if found is None:
            return Note("")
        shown = {"text": found.text.format(value=spoken.value), "advice": found.advice.format(value=spoken.value)}
        return Note(differs=found.differs, stops=found.stops, **shown)

    @property
    def verdict(self) -> str:
        """Whether this collection works with this XCI, with something that is not as assumed, or not at all."""
        notes = [note for several in self.notes.values() for note in several]
        if any(note.stops for note in notes):
            return FAILS
        return DIFFERS if any(note.differs for note in notes) else WORKS

    def outcome(self, number: int) -> str:
        """Return what the table says of a row."""
        notes = self.notes.get(number)
        if not notes:
            return NOT_SEEN
        different = [note.text for note in notes if note.differs]
        if different:
            return f"{DIFFERENT}: {'; '.join(different)}"
        said = "; ".join(note.text for note in notes if note.text)
        return f"{AS_ASSUMED} ({said})" if said else AS_ASSUMED

    def lines(self) -> list[str]:
        """Return the table, a line for each row."""
        return [f"{row.number:>2} {row.assumption}: {self.outcome(row.number)}" for row in ROWS]

    def advice(self) -> list[str]:
        """Return what follows from it, a sentence for each."""
        found = [note.advice for several in self.notes.values() for note in several if note.advice]
        return list(dict.fromkeys(found))

    def different(self) -> int:
        """Return how many rows are not as assumed."""
        return sum(any(note.differs for note in notes) for notes in self.notes.values())


def as_file(
    report: Report, shapes: Mapping[str, Any], unknown: Mapping[str, list[str]], seconds: Mapping[str, list[float]]
) -> dict[str, Any]:
    """Return what can go into a bug report: no value, name, number or address of the site is in it."""
    return {
        "format": FORMAT,
        "versions": {"collection": VERSION, "api": API, "python": platform.python_version(), "ansible": _ansible()},
        "verdict": report.verdict,
        "dialects": dict(sorted(report.dialects.items())),
        "rows": {str(row.number): report.outcome(row.number) for row in ROWS},
        "advice": report.advice(),
        "shapes": shapes,
        "unknown_keys": unknown,
        "counts": dict(sorted(report.counts.items())),
        "seconds": {route: timing(times) for route, times in sorted(seconds.items())},
    }


def timing(times: list[float]) -> dict[str, float]:
    """Return how often a request was made, and how long it took."""
    ordered = sorted(times)
    return {
        "count": len(ordered),
        "median": round(ordered[len(ordered) // 2], 3),
        "longest": round(ordered[-1], 3),
    }


def timings(seconds: Mapping[str, list[float]]) -> list[str]:
    """Return a line for each route."""
    lines = []
    for route, times in sorted(seconds.items()):
        known = timing(times)
        lines.append(f"{route}: {known['count']} requests, median {known['median']} s, longest {known['longest']} s")
    return lines


def plain_key(key: Any) -> str:
    """Return a key of an object if it is a word, as those of an API are; what is none may be a name."""
    return key if isinstance(key, str) and _PLAIN.fullmatch(key) else "(a key that is no word)"


def _ansible() -> str:
    from ansible.module_utils.ansible_release import __version__

    return str(__version__)

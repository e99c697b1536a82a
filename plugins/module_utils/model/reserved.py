# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ranges of numbers that nobody gets without asking for them, such as those of people who left a while ago."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ..api.errors import InputError, Problem
from .intervals import Interval, contains, parse_interval, refused_interval, show_interval
from .parsing import index_place
from .resources import NUMBERS
from .spelling import brief, type_name
from .suggestion import suggestion
from .values import Text

OPTION = "numbering"
NUMBERING: dict[str, Any] = {"type": "raw"}
"""The option: ``{"reserved": [{"entity": .., "start": .., "end": .., "reason": .., "until": ..}]}``."""
LIST = "reserved"
SCOPE, REASON, UNTIL = NUMBERS.entities.kind, "reason", "until"
BOUNDS = ("start", "end")
NAMES = (SCOPE, *BOUNDS, REASON, UNTIL)


@dataclass(frozen=True)
class Range:
    """A reserved range in an entity, as a person names that; *until* is its last day, None where it has none."""

    entity: str
    interval: Interval
    reason: str = ""
    until: date | None = None

    def holds(self, number: str, today: date) -> bool:
        return contains(self.interval, number) and (self.until is None or today <= self.until)

    def __str__(self) -> str:
        end = f" until {self.until}" if self.until else ""
        return f"{show_interval(self.interval)} reserved{f' ({self.reason})' if self.reason else ''}{end}"


def parse_numbering(value: Any) -> list[Range]:
    """Return the reserved ranges of the option; raise InputError with all that is wrong with it."""
    if value in (None, "", {}):
        return []
    if not isinstance(value, Mapping):
        raise InputError(Problem(f"expected a mapping with {LIST}, got {type_name(value)}", OPTION))
    unknown = [str(name) for name in value if name != LIST]
    entries = value.get(LIST) or []
    if unknown or not isinstance(entries, (list, tuple)):
        what = f"unsupported key {unknown[0]}; use {LIST}" if unknown else f"{LIST} is not a list"
        raise InputError(Problem(what, OPTION))
    ranges: list[Range] = []
    problems: list[Problem] = []
    for index, entry in enumerate(entries):
        found = list(_problems(entry))
        if found:
            place = f"{OPTION}.{index_place(LIST, index)}"
            problems += [problem.at(place=place) for problem in found]
        else:
            ranges.append(_range(entry))
    if problems:
        raise InputError(*problems)
    return ranges


def _problems(entry: Any) -> Iterator[Problem]:
    if not isinstance(entry, Mapping):
        yield Problem(f"expected a mapping of {', '.join(NAMES)}, got {type_name(entry)}")
        return
    for name in entry:
        if name not in NAMES:
            yield Problem(
                f"unsupported option; {suggestion(name, NAMES) or 'use one of ' + ', '.join(NAMES)}", str(name)
            )
    for name in (SCOPE, BOUNDS[0]):
        if not entry.get(name):
            yield Problem("missing required option", name)
    try:
        _range(entry)
    except ValueError as error:
        yield Problem(f"invalid value: {error}")


def _range(entry: Mapping[str, Any]) -> Range:
    interval = parse_interval({name: entry[name] for name in BOUNDS if entry.get(name)} or {BOUNDS[0]: "0"})
    if why := refused_interval(interval):
        raise ValueError(why)
    until = entry.get(UNTIL)
    reason = Text().parse(entry.get(REASON) or "")
    return Range(Text().parse(entry.get(SCOPE) or ""), interval, reason, _day(until) if until else None)


def _day(value: Any) -> date:
    if isinstance(value, date):
        return date(value.year, value.month, value.day)
    try:
        return date.fromisoformat(str(value).strip())
    except ValueError:
        raise ValueError(f"{brief(value)} is not a date such as 2027-01-31") from None

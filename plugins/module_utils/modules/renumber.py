# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Gives the people of an entity other numbers: widens its intervals, moves the people, narrows the intervals.

Where numbers are exchanged, a list of who had which number is kept, so that a run that broke off can be finished.
"""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from ..api.errors import InputError, Problem, first_of
from ..model.change import who
from ..model.fields import Values
from ..model.intervals import Interval, bounds, contains, numbers_of, parse_interval, show_interval, subtract
from ..model.resources import PEOPLE
from ..state.index import Item
from ..state.numbers import MOST_NUMBERS
from .context import Context
from .files import MODE, read_file, write_file
from .jobs import SHARED, Document, carry_out
from .spec import ModuleSpec
from .tables import read_table, write_table

OPTIONS: dict[str, Any] = {
    PEOPLE.entity: {"type": "str", "required": True},
    "from": {"type": "list", "elements": "str"},
    "to": {"type": "list", "elements": "str"},
    "map": {"type": "path"},
    "narrow": {"type": "bool", "default": True},
    "dest": {"type": "path"},
    "mode": MODE,
    **SHARED,
}
OLD, NEW, IDENTITY = "old", "new", "id"
HEADER = [OLD, NEW, PEOPLE.entity, PEOPLE.last, PEOPLE.first, IDENTITY]
STATE = os.path.join("~", ".local", "state", "xci", "renumber")
"""Where the list of an exchange is kept."""


def renumber(options: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """Give people other numbers; return the result of the documents, with who is ``renumbered``."""
    context.reserve(options.get("numbering"))
    pairs = _pairs(options)
    state = context.current()
    scope = state.resolve(PEOPLE.entities.kind, options[PEOPLE.entity])
    label = state.label_of(PEOPLE.entities, scope)
    lists = _Lists(options, pairs, label, context.client.settings.url)
    people = state.listing(PEOPLE.users.kind, scope).items.values()
    _check_known(pairs, scope, label, people)
    moves = lists.moves(sorted(people, key=lambda item: (len(item.values[PEOPLE.number]), item.values[PEOPLE.number])))
    documents = _documents(options, pairs, scope, moves)
    _check_left(options, pairs, people, moves)
    rows = [_row(item, new, label) for item, new in moves]

    def place(plural: str, index: int) -> str:
        """Return the numbers of somebody, or what widens the intervals."""
        return f"{rows[index][OLD]} to {rows[index][NEW]}" if plural == PEOPLE.users.plural else options["map"] or "to"

    names = {PEOPLE.number: "", PEOPLE.intervals: ""}
    result = carry_out(documents, options, context, begin=lambda: lists.write(rows), place=place, names=names)
    left = {(one["kind"], one["key"]) for one in [*result["errors"], *result["not_tried"]]}
    done = [row for row in rows if not left or (PEOPLE.users.kind, f"{row[OLD]}@{label}") not in left]
    return {**result, "renumbered": done, "count": len(done), "list": lists.shown if rows or lists.known else ""}


def _row(item: Item, new: str, label: str) -> Values:
    names = {name: item.values[name] for name in (PEOPLE.last, PEOPLE.first)}
    return {OLD: item.values[PEOPLE.number], NEW: new, PEOPLE.entity: label, **names, IDENTITY: item.id}


def _documents(
    options: Mapping[str, Any], pairs: Mapping[str, str], scope: Item, moves: list[tuple[Item, str]]
) -> list[Document]:
    """Return what is to be, one after the other: wider intervals, people with other numbers, narrower intervals."""
    now = scope.values[PEOPLE.intervals]
    wide = now + subtract(_ranges(pairs.values()), now)
    narrow = subtract(wide, _ranges(pairs.keys() - {*pairs.values()})) if options["narrow"] else wide
    entries = [{"id": item.id, PEOPLE.number: new} for item, new in moves]

    def entity(intervals: list[Interval]) -> Document:
        return {PEOPLE.entities.plural: [{"id": scope.id, PEOPLE.intervals: intervals}]}

    first, last = [entity(wide)] if wide != now else [], [entity(narrow)] if narrow != wide else []
    return [*first, *([{PEOPLE.users.plural: entries}] if entries else []), *last]


def _check_known(pairs: Mapping[str, str], scope: Item, label: str, people: Iterable[Item]) -> None:
    """Raise InputError where the old numbers are another entity's, or mistyped: nobody would get another number."""
    intervals = scope.values[PEOPLE.intervals]
    inside = {number for number in {*pairs, *pairs.values()} if any(contains(one, number) for one in intervals)}
    known = inside | {item.values[PEOPLE.number] for item in people}
    # After the first run, only the new ones are left.
    if pairs and not known & pairs.keys() and not inside >= {*pairs.values()}:
        shown = first_of(map(show_interval, intervals)) or "none"
        raise InputError(f"{label} has none of the numbers that are to change; its intervals are {shown}")


def _check_left(
    options: Mapping[str, Any], pairs: Mapping[str, str], people: Iterable[Item], moves: list[tuple[Item, str]]
) -> None:
    """Raise InputError where somebody stays in numbers that are to leave the intervals."""
    moving = {item.id for item, _new in moves}
    emptied = pairs.keys() - {*pairs.values()}
    left = [item for item in people if item.id not in moving and item.values[PEOPLE.number] in emptied]
    if left and options["narrow"]:
        names = first_of(who(PEOPLE.users, item.values) for item in left)
        raise InputError(
            f"{PEOPLE.users.counted(len(left))} would stay in numbers that leave the intervals: {names}; nothing was "
            "changed. Renumber them too, or set narrow: false"
        )


# -- which number becomes which -------------------------------------------------------------------------------------


def _pairs(options: Mapping[str, Any]) -> dict[str, str]:
    """Return the new numbers by the old ones; raise InputError where that is not clear."""
    given = [name for name in ("from", "to", "map") if options.get(name)]
    if given not in (["from", "to"], ["map"]):
        raise InputError("missing required option: from and to, or map alone")
    pairs = _of_map(options["map"]) if given == ["map"] else _of_ranges(options["from"], options["to"])
    return {old: new for old, new in pairs.items() if old != new}


def _of_ranges(old: Iterable[str], new: Iterable[str]) -> dict[str, str]:
    sides = [_numbers(texts, name) for texts, name in ((old, "from"), (new, "to"))]
    if len(sides[0]) != len(sides[1]):
        raise InputError(Problem(f"it has {len(sides[1])} numbers, but from has {len(sides[0])}", "to"))
    if len({len(number) for number in sides[0]}) > 1 or len({len(number) for number in sides[1]}) > 1:
        raise InputError("from and to need numbers of one length each")
    return dict(zip(*sides))


def _numbers(texts: Iterable[str], option: str) -> list[str]:
    try:
        intervals = [parse_interval(text) for text in texts]
    except ValueError as error:
        raise InputError(Problem(f"invalid value: {error}", option)) from None
    backwards = [show_interval(one) for one in intervals if bounds(one)[1] < bounds(one)[0]]
    if backwards:
        raise InputError(Problem(f"invalid value: {first_of(backwards)} ends before it begins", option))
    if sum(last - first + 1 for first, last in map(bounds, intervals)) > MOST_NUMBERS:
        raise InputError(Problem(f"more than {MOST_NUMBERS} numbers", option))
    numbers = list(numbers_of(intervals))
    if len({*numbers}) < len(numbers):
        raise InputError(Problem("intervals that overlap", option))
    return numbers


def _of_map(path: str) -> dict[str, str]:
    rows = read_table(read_file(path), path, of_users=False)
    columns = {name.casefold(): name for name in rows.columns}
    texts = [(line, row.get(columns.get(OLD, ""), ""), row.get(columns.get(NEW, ""), "")) for line, row in rows]
    if not {OLD, NEW} <= columns.keys():
        raise InputError(Problem(f"it needs the columns {OLD} and {NEW}", place=path))
    problems = [
        Problem(f"not a pair of numbers: {old!r}, {new!r}", place=f"{path} line {line}")
        for line, old, new in texts
        if not (old.isdecimal() and new.isdecimal())
    ]
    for numbers in ([old for _line, old, _new in texts], [new for _line, _old, new in texts]):
        repeated = {number for number, times in Counter(numbers).items() if number and times > 1}
        where = {number: line for (line, *_pair), number in zip(texts, numbers) if number in repeated}
        problems += [Problem(f"duplicate: {number}", place=f"{path} line {line}") for number, line in where.items()]
    if problems:
        raise InputError(*problems)
    return {old: new for _line, old, new in texts}


def _ranges(numbers: Iterable[str]) -> list[Interval]:
    """Return numbers as few intervals."""
    ranges: list[Interval] = []
    for number in sorted(numbers, key=lambda one: (len(one), one)):
        last = ranges[-1]["end"] if ranges else ""
        if len(last) == len(number) and int(number) == int(last) + 1:
            ranges[-1]["end"] = number
        else:
            ranges.append({"start": number, "end": number})
    return ranges


# -- the lists of who had which number ------------------------------------------------------------------------------


class _Lists:
    """The files that say who had which number; *known* are the new numbers in them, by the ids of people."""

    def __init__(self, options: Mapping[str, Any], pairs: Mapping[str, str], label: str, url: str) -> None:
        self._mode, self._pairs = options["mode"], pairs
        self._exchange = bool(pairs.keys() & {*pairs.values()})
        digest = hashlib.sha256(repr((url, label, sorted(pairs.items()))).encode()).hexdigest()
        own = [os.path.expanduser(os.path.join(STATE, f"{digest[:16]}.csv"))] if self._exchange else []
        self._paths = [*([options["dest"]] if options.get("dest") else []), *own]
        self.shown = self._paths[0] if self._paths else ""
        self._rows = {path: self._read(path) for path in self._paths}
        every = [row for rows in self._rows.values() for row in rows if row[PEOPLE.entity] == label]
        ours = [row for row in every if pairs.get(row[OLD]) == row[NEW]]
        self.known = {int(row[IDENTITY]): row[NEW] for row in ours}
        self._listed = {row[OLD] for row in ours}

    def moves(self, people: Iterable[Item]) -> list[tuple[Item, str]]:
        """Return who gets which number; in an exchange that was begun, that is what the lists say."""
        known = self.known if self._exchange else {}
        # Who has such a number now and is in no list has it from somebody who is.
        pairs = {old: new for old, new in self._pairs.items() if not known or old not in self._listed}
        wanted = [(item, known.get(item.id) or pairs.get(item.values[PEOPLE.number], "")) for item in people]
        return [(item, new) for item, new in wanted if new and new != item.values[PEOPLE.number]]

    @staticmethod
    def _read(path: str) -> list[dict[str, str]]:
        if not os.path.exists(path):
            return []
        rows = [row for _line, row in read_table(read_file(path), path, of_users=False)]
        if not all(row.get(OLD) and row.get(NEW) and row.get(IDENTITY, "").isdecimal() for row in rows):
            raise InputError(Problem("this file is no list of an earlier run; choose another one", "dest", place=path))
        return [{name: row.get(name, "") for name in HEADER} for row in rows]

    def write(self, rows: list[Values]) -> None:
        """Add people to the lists, before the first of them gets another number."""
        for path, earlier in self._rows.items():
            known = {(row[IDENTITY], row[NEW]) for row in earlier}
            new = [row for row in rows if (str(row[IDENTITY]), row[NEW]) not in known]
            if new or not os.path.exists(path):
                write_file(path, write_table(HEADER, [*earlier, *new]), self._mode)


MODULE = ModuleSpec(OPTIONS, renumber)

# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The people of a personnel system: which columns of its table mean what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..api.errors import InputError, Problem, first_of
from ..model.field import Field
from ..model.resources import PEOPLE
from ..model.spelling import brief, normal, type_name
from ..model.suggestion import suggestion
from ..model.values import Ref
from .files import read_file
from .tables import Rows, read_table

OPTION = "map"
FIELDS: dict[str, Field] = {one.name: one for one in PEOPLE.users.writable if not isinstance(one.codec, Ref)}
"""What a column can mean."""
COLUMNS, COLUMN, VALUES, VALUE = "columns", "column", "values", "value"
READ_BY = ("delimiter", "encoding")
KEYS = (*READ_BY, COLUMNS, PEOPLE.entity, PEOPLE.template)


@dataclass(frozen=True)
class Rule:
    """How a row gets an entity or a template: a fixed *value*, or what *values* have for its cell in a *column*."""

    value: str = ""
    column: str = ""
    values: Mapping[str, str] | None = None

    def of(self, cells: Mapping[str, str]) -> tuple[str, str]:
        """Return what a row gets, and why it gets nothing."""
        if not self.column:
            return self.value, ""
        cell = cells.get(self.column, "")
        if self.values is None:
            return cell, "" if cell else f"{self.column} is empty"
        found = self.values.get(cell, "")
        return (
            found,
            "" if found else f"{self.column} {cell!r} is not in the map" if cell else f"{self.column} is empty",
        )


@dataclass
class Person:
    """One row: its *line*, what it says of a user, where the user belongs, and the *problem* for which it is left.

    *no_template* is why a new user would have no template.
    """

    line: int
    values: dict[str, str]
    entity: str = ""
    template: str = ""
    problem: str = ""
    no_template: str = ""

    @property
    def login(self) -> str:
        return self.values.get(PEOPLE.login, "")


@dataclass(frozen=True)
class PeopleMap:
    """What the columns of a table mean."""

    columns: Mapping[str, str]
    entity: Rule
    template: Rule
    read_by: Mapping[str, str] = field(default_factory=dict)

    def given(self) -> dict[str, str]:
        """Return what says a field of a user: a column of the table, or a key of the map."""
        rules = ((PEOPLE.entity, self.entity), (PEOPLE.template, self.template))
        places = {name: rule.column or f"{OPTION}.{name}" for name, rule in rules if rule.column or rule.value}
        return {**{name: column for column, name in self.columns.items()}, **places}

    def read(self, path: str) -> list[Person]:
        """Return the people of a table; raise InputError where it is not whole or not the one that is described."""
        wanted = [*self.columns, *filter(None, (self.entity.column, self.template.column))]
        rows = read_table(read_file(path), path, of_users=False, used=wanted, **self.read_by)
        self._check(rows, wanted, path)
        if not rows:
            raise InputError(Problem("nobody is in the file; nothing was changed", place=path))
        return [self._person(line, cells, path) for line, cells in rows]

    @staticmethod
    def _check(rows: Rows, wanted: Iterable[str], path: str) -> None:
        missing = [name for name in wanted if name not in rows.columns]
        if missing:
            has = f"has {first_of(rows.columns, 20)}" if rows.columns else "is empty"
            hint = suggestion(missing[0], rows.columns)
            raise InputError(
                Problem(f"no column {first_of(missing)}{f'; {hint}' if hint else ''}; the file {has}", place=path)
            )

    def _person(self, line: int, cells: Mapping[str, str], path: str) -> Person:
        person = Person(line, {})
        for column, name in self.columns.items():
            if cells.get(column):
                try:
                    value = FIELDS[name].codec.parse(cells[column])
                    why = FIELDS[name].codec.refused(value)
                    person.values[name] = value
                except ValueError as error:
                    why = str(error)
                person.problem = person.problem or (f"{column}: {why}" if why else "")
        person.entity, problem = self.entity.of(cells)
        person.template, person.no_template = self.template.of(cells)
        person.problem = person.problem or problem
        return person


def parse_map(given: Any) -> PeopleMap:
    """Return what the option says; raise InputError with all that is wrong with it."""
    if not isinstance(given, Mapping):
        raise InputError(Problem(f"expected a mapping with {', '.join(KEYS)}, got {type_name(given)}", OPTION))
    problems = list(_problems(given))
    if problems:
        raise InputError(*(one.at(option=f"{OPTION}.{one.option}" if one.option else OPTION) for one in problems))
    return PeopleMap(
        {normal(str(column)): name for column, name in given[COLUMNS].items()},
        _rule(given[PEOPLE.entity]),
        _rule(given.get(PEOPLE.template) or {}),
        {name: str(given[name]) for name in READ_BY if given.get(name)},
    )


def _rule(given: Mapping[str, Any]) -> Rule:
    values = given.get(VALUES)
    known = None if values is None else {normal(str(cell)): normal(str(text)) for cell, text in values.items()}
    return Rule(normal(str(given.get(VALUE) or "")), normal(str(given.get(COLUMN) or "")), known)


def _problems(given: Mapping[str, Any]) -> Iterator[Problem]:
    for key in given:
        if key not in KEYS:
            yield Problem(f"unsupported key; {suggestion(key, KEYS) or 'use one of ' + ', '.join(KEYS)}", str(key))
    if len(str(given.get("delimiter") or ",")) != 1:
        yield Problem(f"invalid value: {brief(given['delimiter'])} is not one character", "delimiter")
    columns = given.get(COLUMNS)
    if not isinstance(columns, Mapping):
        yield Problem(f"missing: which column is {PEOPLE.login}, {PEOPLE.last} and so on", COLUMNS)
    else:
        yield from _column_problems(columns)
    if PEOPLE.entity not in given:
        yield Problem(f"missing: {{{COLUMN}: .., {VALUES}: ..}} or {{{VALUE}: ..}}", PEOPLE.entity)
    for key in (PEOPLE.entity, PEOPLE.template):
        if given.get(key) is not None:
            yield from (Problem(why, key) for why in _rule_problems(given[key]))


def _column_problems(columns: Mapping[Any, Any]) -> Iterator[Problem]:
    for column, name in columns.items():
        if name not in FIELDS:
            hint = suggestion(name, FIELDS) or f"use one of {', '.join(FIELDS)}"
            yield Problem(f"{brief(name)} is nothing that a column can mean; {hint}", f"{COLUMNS}.{column}")
    meanings = list(columns.values())
    for name in sorted({str(name) for name in meanings if meanings.count(name) > 1}):
        yield Problem(f"two columns mean {name}", COLUMNS)
    if PEOPLE.login not in meanings:
        yield Problem(f"no column means {PEOPLE.login}, by which people are known", COLUMNS)


def _rule_problems(rule: Any) -> Iterator[str]:
    if not isinstance(rule, Mapping) or not set(rule) <= {COLUMN, VALUES, VALUE}:
        yield f"expected {{{COLUMN}: .., {VALUES}: ..}} or {{{VALUE}: ..}}"
    elif bool(rule.get(COLUMN)) == bool(rule.get(VALUE)):
        yield f"give either {COLUMN} or {VALUE}"
    elif rule.get(VALUES) is not None and not (isinstance(rule[VALUES], Mapping) and rule.get(COLUMN)):
        yield f"{VALUES} is a mapping of what is in {COLUMN}"

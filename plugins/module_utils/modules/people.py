# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Brings users to what a personnel system says: who joined, who moved, who left. Who has no login is never touched."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..api.errors import InputError, Problem, UnknownReference, first_of
from ..model.change import who
from ..model.fields import Values
from ..model.resources import PEOPLE
from ..state.index import Item
from ..state.state import State
from . import people_lists
from .context import Context
from .files import MODE, permissions
from .jobs import DEFAULT, SHARED, carry_out, everybody, may_keep
from .people_lists import CODE, NUMBER, person_of
from .people_map import OPTION as MAP
from .people_map import PeopleMap, Person, parse_map
from .shown import Shown
from .spec import ModuleSpec

REMOVE = "remove"
OPTIONS: dict[str, Any] = {
    "src": {"type": "path", "required": True},
    MAP: {"type": "raw", "required": True},
    "scope": {"type": "str", "choices": ["with_login"], "default": "with_login"},
    "leavers": {"type": "str", "choices": ["report", REMOVE], "default": "report"},
    "max_leavers": {"type": "str", "default": "5%"},
    "dest": {"type": "path"},
    "mode": MODE,
    **SHARED,
}
LEAST = 3
"""How many people may leave at once however few there are, where the bound is a percentage."""


def synchronize_people(options: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """Bring users to what a table says; return the result of the document, with who joins, moves and leaves."""
    context.reserve(options.get("numbering"))
    permissions(options["mode"])
    people_map = parse_map(options[MAP])
    people = people_map.read(options["src"])
    matched = Matched(context.current(), people_map, options["parallelism"])
    matched.match(people)
    matched.check_leavers(options["max_leavers"])
    context.warnings += _still_admins(matched.leavers, context.current())
    default = options.get(DEFAULT) or people_map.template.value
    entries = matched.entries(remove=options["leavers"] == REMOVE, template_of_rows=not default)
    documents = [{PEOPLE.users.plural: entries}] if entries else []
    lists, dest, mode = matched.lists(), options.get("dest") or "", options["mode"]
    result = carry_out(
        documents,
        {**options, DEFAULT: default},
        context,
        place=lambda _plural, index: matched.place(options["src"], index),
        names=people_map.given(),
        begin=lambda: people_lists.begin(lists, dest, mode, context.current()),
        max_deletions=len(matched.leavers),
    )
    lists = people_lists.complete(lists, dest, context.current())
    if dest:
        result["written"] = people_lists.write(lists, dest, mode)
        if not context.check and not result.get("failed"):
            people_lists.finish(dest)
    counts = {f"{name}_count": len(rows) for name, rows in lists.items()}
    return {**result, **lists, **counts, "updated_count": len(matched.updated), "count": len(result["plan"])}


def _still_admins(leavers: Sequence[Item], state: State) -> list[str]:
    """Return a warning of those who leave and can still log in to XCI."""
    admins = Shown(state).items(PEOPLE.admins) if leavers else []
    logins = {item.values[PEOPLE.admins.login_field].casefold() for item in admins}
    both = [login for login in (item.values[PEOPLE.login] for item in leavers) if login.casefold() in logins]
    return [f"who left, but is still an administrator of XCI: {first_of(both)}"] if both else []


@dataclass
class Matched:
    """The people of a table, each with the user that they are."""

    state: State
    people_map: PeopleMap
    parallelism: int = 8
    joiners: list[Person] = field(default_factory=list)
    movers: list[tuple[Person, Item, str]] = field(default_factory=list)
    updated: list[tuple[Person, Item, dict[str, str]]] = field(default_factory=list)
    leavers: list[Item] = field(default_factory=list)
    unmatched: list[Person] = field(default_factory=list)
    in_scope: int = 0
    _claimed: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    _scopes: dict[str, tuple[Item, str]] = field(default_factory=dict)
    _free: dict[str, Iterator[str]] = field(default_factory=dict)

    def match(self, people: Sequence[Person]) -> None:
        """Find out who joins, moves, changes and leaves."""
        self._resolve(people)
        users = [item for item in everybody(self.state, self.parallelism) if item.values[PEOPLE.login]]
        by_login: dict[str, list[Item]] = defaultdict(list)
        for item in users:
            by_login[item.values[PEOPLE.login].casefold()].append(item)
        counts = Counter(person.login.casefold() for person in people)
        known: list[tuple[Person, Item]] = []
        for person in people:
            found = by_login.get(person.login.casefold(), []) if person.login else []
            person.problem = self._problem(person, counts, found)
            if person.problem:
                self.unmatched.append(person)
            elif found:
                known.append((person, found[0]))
            else:
                self.joiners.append(person)
        for person, item in known:
            self._compare(person, item)
        self.joiners = [person for person in self.joiners if self._has_number(person)]
        covered = self._covered()
        scope = [item for item in users if covered is None or item.values[PEOPLE.entity] in covered]
        self.in_scope = len(scope)
        self.leavers = [item for item in scope if item.values[PEOPLE.login].casefold() not in counts]

    def _resolve(self, people: Sequence[Person]) -> None:
        """Find the entities that the table and its map name; raise InputError for those that do not exist."""
        rule = self.people_map.entity
        problems = []
        for text in sorted({person.entity for person in people} | {rule.value, *(rule.values or {}).values()} - {""}):
            if text:
                try:
                    scope = self.state.resolve(PEOPLE.entities.kind, text)
                    self._scopes[text] = scope, self.state.label_of(PEOPLE.entities, scope)
                except UnknownReference as error:
                    problems += [one.at(option=f"{MAP}.{PEOPLE.entity}") for one in error.problems]
        if problems and (rule.value or rule.values is not None):
            raise InputError(*problems)

    def _covered(self) -> set[str] | None:
        """Return the entities that the table is about; None where it may be about all."""
        rule = self.people_map.entity
        named = [rule.value] if rule.value else None if rule.values is None else rule.values.values()
        return None if named is None else {self._scopes[text][1] for text in named}

    def _problem(self, person: Person, counts: Mapping[str, int], found: Sequence[Item]) -> str:
        """Return why nothing is done about a row, or an empty text."""
        if person.problem or not person.login:
            return person.problem or "no login"
        if counts[person.login.casefold()] > 1:
            return "this login is in several rows"
        if person.entity not in self._scopes:
            return f"no entity {person.entity!r} on XCI"
        if len(found) > 1:
            return f"several users have this login: {first_of(who(PEOPLE.users, item.values) for item in found)}"
        return "" if found else self._cannot_join(person)

    def _cannot_join(self, person: Person) -> str:
        if not person.values.get(PEOPLE.first) and not person.values.get(PEOPLE.last):
            return "no name"
        return person.no_template or self._taken(person)

    def _taken(self, person: Person) -> str:
        """Return why somebody new can't have the number that a row says."""
        number = person.values.get(PEOPLE.number, "")
        scope, label = self._scopes[person.entity]
        others = self.state.listing(PEOPLE.users.kind, scope).by_index((PEOPLE.number,), (number,)) if number else []
        if others:
            return f"number {number} in {label} is that of {who(PEOPLE.users, others[0].values)}"
        if number and number in self._claimed[label]:
            return f"number {number} in {label} is in several rows"
        self._claimed[label].add(number)
        return ""

    def _compare(self, person: Person, item: Item) -> None:
        """Find out whether somebody moves, or is called otherwise.

        The number in a row counts for who comes to an entity: it may be that of before a move, for a long time.
        """
        scope, label = self._scopes[person.entity]
        names = self._names(person, item)
        if item.values[PEOPLE.entity] == label:
            if names:
                self.updated.append((person, item, names))
            return
        wanted = [person.values.get(PEOPLE.number, ""), item.values[PEOPLE.number]]
        number = next((one for one in wanted if self._is_free(scope, label, one)), "") or self._next(scope, label)
        if number:
            self._claimed[label].add(number)
            self.movers.append((person, item, number))
        else:
            self._nothing_left(person, label)

    @staticmethod
    def _names(person: Person, item: Item) -> dict[str, str]:
        """Return the names of somebody who is called otherwise now; case and accents do not matter."""
        return {
            name: person.values[name]
            for name in (PEOPLE.last, PEOPLE.first)
            if name in person.values and not PEOPLE.users[name].codec.is_true_of(person.values[name], item.values[name])
        }

    def _is_free(self, scope: Item, label: str, number: str) -> bool:
        return number not in self._claimed[label] and may_keep(self.state, scope, number)

    def _next(self, scope: Item, label: str) -> str:
        numbers = self.state.numbers
        if label not in self._free:
            self._free[label] = (one for one in numbers.unused(label) if not numbers.kept(scope, one))
        return next((one for one in self._free[label] if one not in self._claimed[label]), "")

    def _has_number(self, person: Person) -> bool:
        """Return whether there is a number for somebody new; which one it is, is found out when it is needed."""
        scope, label = self._scopes[person.entity]
        number = person.values.get(PEOPLE.number) or self._next(scope, label)
        self._claimed[label].add(number)
        if not number:
            self._nothing_left(person, label)
        return bool(number)

    def _nothing_left(self, person: Person, label: str) -> None:
        person.problem = f"no number is left in {label}"
        self.unmatched.append(person)

    def check_leavers(self, most: str) -> None:
        """Raise InputError where more people leave than may: the file may be cut, or another one."""
        found = re.fullmatch(r"\s*([0-9]{1,9})\s*(%?)\s*", str(most))
        if not found:
            raise InputError(
                Problem(f"invalid value: {most!r} is no number and no percentage such as 5%", "max_leavers")
            )
        number = int(found.group(1))
        bound = max(LEAST, self.in_scope * number // 100) if found.group(2) else number
        if len(self.leavers) > bound:
            names = first_of(who(PEOPLE.users, item.values) for item in self.leavers)
            raise InputError(
                f"nothing was changed: {len(self.leavers)} of {self.in_scope} people with a login are not in the file, "
                f"and max_leavers allows {bound} ({most}). The file may be cut, or be another one. The first: {names}"
            )

    # -- what is to be done -------------------------------------------------------------------------------------

    def entries(self, remove: bool, template_of_rows: bool) -> list[Values]:
        """Return the users of a document; those who are there get the template of their row only if nothing else is."""
        entries: list[Values] = []
        for person in self.joiners:
            template = {PEOPLE.template: person.template} if person.template else {}
            place = {PEOPLE.entity: self._scopes[person.entity][1], "match_on": PEOPLE.login, **template}
            entries.append({**place, **person.values})
        changes = [
            (
                person,
                item,
                {PEOPLE.entity: self._scopes[person.entity][1], PEOPLE.number: number, **self._names(person, item)},
            )
            for person, item, number in self.movers
        ]
        for person, item, changed in [*changes, *self.updated]:
            template = {PEOPLE.template: person.template} if template_of_rows and person.template else {}
            entries.append({"id": item.id, **changed, **template})
        return [*entries, *({"id": item.id, "state": "absent"} for item in self.leavers if remove)]

    def place(self, path: str, index: int) -> str:
        """Return which row an entry is made of; who leaves has none."""
        people = [*self.joiners, *(person for person, *_more in (*self.movers, *self.updated))]
        return f"{path} line {people[index].line}" if index < len(people) else ""

    def lists(self) -> dict[str, list[Values]]:
        """Return who joins, moves, leaves, and what nothing is done about; numbers may be known later only."""
        return {
            "joiners": [self._joined(person) for person in self.joiners],
            "movers": [self._moved(item, number, person) for person, item, number in self.movers],
            "leavers": [{**person_of(item.values), **_place(item)} for item in self.leavers],
            "unmatched": [{"line": one.line, **person_of(one.values), "reason": one.problem} for one in self.unmatched],
        }

    def _joined(self, person: Person) -> Values:
        return {
            **person_of(person.values),
            PEOPLE.entity: self._scopes[person.entity][1],
            NUMBER: person.values.get(PEOPLE.number, ""),
            CODE: "",
        }

    def _moved(self, item: Item, number: str, person: Person) -> Values:
        before = {f"from_{name}": value for name, value in _place(item).items()}
        place = {"to_entity": self._scopes[person.entity][1], "to_number": number}
        return {**person_of(item.values), **before, **place, CODE: item.values[PEOPLE.code] or ""}


def _place(item: Item) -> Values:
    return {PEOPLE.entity: item.values[PEOPLE.entity], NUMBER: item.values[PEOPLE.number]}


MODULE = ModuleSpec(OPTIONS, synchronize_people)

# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A whole XCI as one document: checked as a whole, planned on the state that it predicts itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..api.errors import InputError, Problem
from ..model.change import DELETE, Operation
from ..model.fields import WARN, Values
from ..model.parsing import Parsed, Place, index_place, parse
from ..model.resources import RESOURCES
from ..model.spelling import type_name
from ..state.planned import PlannedState, PlannedWrite
from ..state.state import ObjectName
from .conflicts import conflicts
from .entry import Entry
from .exchange import break_rings
from .identity import identify
from .leaving import Leaving
from .order import Order, Step, label_of
from .plan import Plan, Record, problem_of
from .propose import propose
from .purge import Purge

NOTHING = Parsed({}, [], [])
KINDS = tuple(resource.plural for resource in RESOURCES.values())
PURGEABLE = tuple(resource.plural for resource in RESOURCES.values() if not resource.immutable)


class New(dict[str, Any]):
    """An entry for an object that is to be created, even if another one has its name or number until then."""


@dataclass
class Planner:
    """Plans a document on a view that records each planned write, so that the next can build on it.

    *operations* are the writes, *entries* where each comes from, by its ``id()``; *problems* are collected and reported
    together at the end.
    """

    view: PlannedState
    parallelism: int = 8
    defaults: Mapping[str, Values] = field(default_factory=dict)
    operations: list[Operation] = field(default_factory=list)
    entries: dict[int, Entry] = field(default_factory=dict)
    unchanged: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    planned: list[PlannedWrite] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    order: Order | None = None
    _places: dict[tuple[str, int], Entry] = field(default_factory=dict)
    _listed: set[ObjectName] = field(default_factory=set)

    def plan(self, document: Mapping[str, Any], purge: list[str], place: Place = index_place) -> list[Operation]:
        """Return the writes that bring XCI to what the document says; raise InputError with all its problems.

        Even then *operations* has what could be planned.
        """
        entries = list(self._parse(document, place))
        self._prefetch(entries)
        self._listed.update(entry.identity for entry in entries if entry.match in entry.resource.likenesses)
        valid = [entry for entry in entries if not entry.parsed.problems]
        present = [entry for entry in valid if not entry.absent]
        leaving = Leaving(self.view, [one for one in reversed(valid) if one.absent], self._listed, self._places)
        named = [entry for entry in leaving.entries if not entry.resource.scope]
        self.view.leaving |= {(one.resource.kind, found) for one in named if (found := self._meant(one))}
        purging = Purge(self.view, document, entries, self._places, purge, self.parallelism)
        for resource in RESOURCES.values():
            leaving.find(resource)
            same = [entry for entry in present if entry.resource is resource]
            self._plan_present(sorted(same, key=lambda entry: entry.chooses), purging)
            self.view.leaving.difference_update(self._places)
        leaving.take_left_overs()
        leaving.refuse_referred(present)
        self._plan_leaving(leaving, [kind for kind, resource in RESOURCES.items() if resource.plural in purge])
        # What an entry is about that is not understood must not look as if nobody listed it.
        unknown = {problem.kind for problem in self.problems}
        for resource in reversed(RESOURCES.values()):
            if not unknown & {resource.kind, resource.contains}:
                for operation in purging.operations(resource):
                    self._add(operation)
        deleted = {(one.resource.kind, one.before["id"]) for one in self.operations if one.action == DELETE}
        self.problems += purging.problems
        self.warnings += [*leaving.not_found(deleted), *purging.warnings]
        self.problems += [*self._ambiguous(), *self._impossible()]
        if self.problems:
            raise InputError(*self.problems)
        return self.operations

    def result(self) -> Plan:
        """Return what was planned, as far as it could be."""
        return Plan(self.operations, self.unchanged, self.records, self.order, self._locate)

    def unchanged_objects(self) -> set[tuple[str, int]]:
        """Return the objects that the document names and the plan does not write, by kind and id."""
        written = {(one.resource.kind, planned.id) for one, planned in zip(self.operations, self.planned)}
        return self._places.keys() - written

    def _locate(self, operation: Operation) -> Problem:
        entry, problem = self.entries.get(id(operation)), problem_of(operation)
        return next(entry.locate([problem])) if entry else problem.at(place="purge")

    def _parse(self, document: Mapping[str, Any], place: Place) -> Iterator[Entry]:
        for resource in RESOURCES.values():
            for index, options in enumerate(document.get(resource.plural) or []):
                is_mapping = isinstance(options, Mapping)
                defaults = self.defaults.get(resource.plural, {}) if is_mapping else {}
                missing = {name: value for name, value in defaults.items() if options.get(name) is None}
                parsed = parse(resource, {**options, **missing} if missing else options) if is_mapping else NOTHING
                entry = Entry(resource, options, parsed, index, place, missing)
                if not is_mapping:
                    why = f"expected a mapping of options, got {type_name(options)}"
                    self.problems += entry.locate([Problem(why)])
                self.problems += entry.locate(parsed.problems)
                self.warnings += entry.locate(parsed.warnings)
                if is_mapping and parsed.problems:
                    self.view.assume_exists(resource, parsed.desired)
                if is_mapping:
                    yield entry

    def _prefetch(self, entries: list[Entry]) -> None:
        """Read the lists that the entries need side by side."""
        for resource in RESOURCES.values():
            if resource.scope:
                names = {e.parsed.desired.get(resource.scope) for e in entries if e.resource is resource} - {None}
                scopes = {item.id: item for name in names for item in self.view.named(resource.scope, str(name))}
                self.view.prefetch(resource.kind, scopes.values(), self.parallelism)

    def _meant(self, entry: Entry) -> int | None:
        """Return the id of what an entry means as XCI is now; None where that is nothing, or not certain."""
        try:
            current = identify(entry.resource, entry.options, entry.parsed.desired, self.view, self._listed).current
        except InputError:
            return None
        return current.id if current else None

    def _plan_present(self, entries: list[Entry], purging: Purge) -> None:
        """Plan the entries of one kind that are to be there.

        One that is not found may be somebody whom the purge would delete, known by his login: he is edited, and so is
        never without his number.
        """
        later = {id(entry) for entry in entries if purging.predecessor(entry) and not self._meant(entry)}
        for entry in entries:
            if id(entry) not in later:
                self._plan(entry)
        for entry in entries if later else ():
            if id(entry) in later:
                predecessor = purging.predecessor(entry)
                is_same = predecessor is not None and purging.is_same(entry, predecessor)
                self._plan(entry, predecessor.id if predecessor and is_same else None)

    def _plan_leaving(self, leaving: Leaving, purged: list[str]) -> None:
        """Plan what entries delete; of *purged* kinds, what is in something goes with it."""
        for entry in leaving.entries:
            self.view.assume_exists(entry.resource, entry.parsed.desired)
        for entry, identity in leaving.targets():
            if identity is None:
                self.unchanged[entry.resource.kind] += 1
            else:
                self._plan(entry, identity, force=entry.resource.contains in purged)
        self.problems += leaving.problems
        self.warnings += leaving.warnings

    def _plan(self, entry: Entry, identity: int | None = None, force: bool = False) -> None:
        """Plan one entry, whose object is that of an id where one is given.

        With *force*, what is in the object that it deletes is deleted first in any case.
        """
        resource, desired = entry.resource, entry.parsed.desired
        options = entry.options
        if entry.defaults or force:
            options = {**options, **entry.defaults, **({"force": True} if force else {})}
        if identity:
            desired = {**desired, "id": identity}
        try:
            new = isinstance(entry.options, New)
            proposal = propose(resource, options, desired, self.view, complete=False, listed=self._listed, new=new)
        except InputError as error:
            self.problems += entry.locate(error.problems)
            self.view.assume_exists(resource, desired)
            return
        current, operation = proposal.current, proposal.operation
        self.warnings += entry.locate(proposal.warnings)
        if operation is None:
            self.unchanged[resource.kind] += 1
        else:
            self.problems += entry.locate(Problem(why, option) for option, why in operation.conflicts)
            self.problems += entry.locate(Problem(text, remedy=entry.remedy) for text in operation.missing)
            operation.losses += self._replaced(entry, operation)
            for inner in proposal.contents:
                self._plan_inner(entry, inner)
            self.entries[id(operation)] = entry
            self._add(operation)
        if current is not None or operation is not None:
            self._check_first(entry, current.id if current else self.planned[-1].id)

    @staticmethod
    def _replaced(entry: Entry, operation: Operation) -> Iterator[tuple[str, str]]:
        """Yield what an edit sends because the entry omits it; it may be something else now, which XCI never shows."""
        for name in entry.defaults.keys() & operation.sends().keys():
            option = entry.resource[name].default_option
            value = operation.desired[name]
            yield name, f"XCI does not show which one it is; the change sets {value!r} ({option})"

    def _plan_inner(self, entry: Entry, operation: Operation) -> None:
        """Plan to delete what is in the object that an entry deletes, unless the document lists it."""
        listed = self._places.get((operation.resource.kind, operation.before["id"]))
        if listed is not None:
            why = f"is in {entry.resource.kind} {entry.key}, which is to be deleted"
            self.problems += listed.locate([Problem(why, entry.resource.kind)])
        self.entries[id(operation)] = entry
        self._add(operation)

    def _add(self, operation: Operation) -> None:
        label = label_of(operation.resource, operation.before.get("id"), self.view)
        operation.inside = self.view.scope_id(operation.resource, operation.before)
        self.records.append(Record.of(operation, self.view))
        self.operations.append(operation)
        self.planned.append(self.view.plan(operation))
        self.steps.append(Step.of(operation, self.planned[-1].id, label, self.view))

    def _ambiguous(self) -> Iterator[Problem]:
        """Yield the problems of entries that would stand for several objects after this plan, such as namesakes."""
        for entry in self._places.values():
            resource, desired = entry.resource, entry.parsed.desired
            is_unique = any(resource[name].unique_in for name in resource.lookup_keys[entry.match])
            if not (is_unique or entry.absent or "id" in desired or isinstance(entry.options, New)):
                try:
                    self.view.find(resource, desired, entry.match)
                except InputError as error:
                    yield from entry.locate(one.at(msg=f"after this, {one.msg}") for one in error.problems)

    def _impossible(self) -> Iterator[Problem]:
        """Put the plan in order; yield the problems of what can't be done."""
        indexes = {place: entry.index for place, entry in self._places.items()}
        found = list(conflicts(self.steps, self.view, indexes))
        if not found and not self.problems:
            self.order = Order(self.steps, self.view)
            found = list(break_rings(self.order, self.view))
        for operation, problem in found:
            entry = self.entries.get(id(operation))
            yield from entry.locate([problem]) if entry else [problem.at(option="purge", kind=operation.resource.kind)]

    def _check_first(self, entry: Entry, identity: int) -> None:
        first = self._places.setdefault((entry.resource.kind, identity), entry)
        if first is not entry:
            self.problems += entry.locate([Problem("duplicate: already defined at", others=(first.index,))])


def defaults_in(options: Mapping[str, Any]) -> dict[str, Values]:
    """Return what the entries of each list have that omit an option, such as ``{"users": {"template": "desk"}}``."""
    return {
        resource.plural: {
            **{
                one.name: options[one.default_option]
                for one in resource.fields
                if one.default_option and options.get(one.default_option)
            },
            **{one.policy: options[one.policy] for one in resource.fields if options.get(one.policy, WARN) != WARN},
        }
        for resource in RESOURCES.values()
    }

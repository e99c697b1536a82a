# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A whole XCI as one document: checked as a whole, planned on the state that it predicts itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from ..api.errors import InputError, Problem
from ..model.change import CREATE, DELETE, UPDATE, Operation, compare
from ..model.fields import Resource, Values
from ..model.parsing import Parsed, Place, index_place, parse
from ..model.resources import RESOURCES
from ..model.values import type_name
from ..state.index import Item
from ..state.planned import PlannedState, PlannedWrite
from .propose import propose

KINDS = tuple(resource.plural for resource in RESOURCES.values())
PURGEABLE = tuple(resource.plural for resource in RESOURCES.values() if not resource.immutable)


@dataclass
class Entry:
    """One object of a document: what is said of it, and where."""

    resource: Resource
    options: Mapping[str, Any]
    parsed: Parsed
    index: int
    place_of: Place

    @property
    def absent(self) -> bool:
        return self.options.get("state") == "absent"

    @property
    def key(self) -> str:
        """The name of the object for a person, as far as the entry says it."""
        names = (*self.resource.identity, self.resource.scope)
        known = all(self.parsed.desired.get(name) for name in names if name)
        return self.resource.title(self.parsed.desired) if known else ""

    @property
    def match(self) -> str:
        """The way in which the object is found, such as ``cti_login``."""
        return str(self.options.get("match_on") or self.resource.default_lookup)

    @property
    def identity(self) -> tuple[str, tuple[Any, ...]]:
        """The kind, and the values by which the object is found, such as ``("admin", ("anna",))``."""
        known = self.match if self.match in self.resource.lookup_keys else ""
        return self.resource.kind, self.resource.lookup_key(known, self.parsed.desired)

    def locate(self, problems: Iterable[Problem]) -> Iterator[Problem]:
        """Yield problems with where they are in the document."""
        place = partial(self.place_of, self.resource.plural)
        for one in problems:
            yield one.at(kind=self.resource.kind, key=one.key or self.key, index=self.index).located(place)


@dataclass
class Planner:
    """Plans a document on a view that records each planned write, so that the next can build on it.

    *operations* are the writes, *entries* where each comes from, by its ``id()``; *problems* are collected and reported
    together at the end.
    """

    view: PlannedState
    parallelism: int = 8
    operations: list[Operation] = field(default_factory=list)
    entries: dict[int, Entry] = field(default_factory=dict)
    unchanged: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    planned: list[PlannedWrite] = field(default_factory=list)
    _places: dict[tuple[str, int], Entry] = field(default_factory=dict)

    def plan(self, document: Mapping[str, Any], purge: list[str], place: Place = index_place) -> list[Operation]:
        """Return the writes that bring XCI to what the document says; raise InputError with all its problems.

        Even then *operations* has what could be planned.
        """
        entries = list(self._parse(document, place))
        self._prefetch(entries)
        self.view.written.update(entry.identity for entry in entries if entry.match in entry.resource.likenesses)
        valid = [entry for entry in entries if not entry.parsed.problems]
        leaving = [entry for entry in reversed(valid) if entry.absent]
        for entry in [entry for entry in valid if not entry.absent]:
            self._plan(entry)
        for entry in leaving:
            # What is in something that is gone is gone as well: no problem when the document is applied again.
            self.view.assume_exists(entry.resource, entry.parsed.desired)
        for entry in leaving:
            self._plan(entry)
        for resource in reversed(RESOURCES.values()):
            if resource.plural in purge:
                self._purge(resource, document, entries)
        for operation in self.operations:
            if operation.action != DELETE and id(operation) in self.entries:
                self.problems += self._duplicates(self.entries[id(operation)], operation)
        if self.problems:
            raise InputError(*self.problems)
        return self.operations

    def _parse(self, document: Mapping[str, Any], place: Place) -> Iterator[Entry]:
        for resource in RESOURCES.values():
            for index, options in enumerate(document.get(resource.plural) or []):
                is_mapping = isinstance(options, Mapping)
                parsed = parse(resource, options) if is_mapping else Parsed({}, [], [])
                entry = Entry(resource, options, parsed, index, place)
                if not is_mapping:
                    parsed.problems.append(Problem(f"expected a mapping of options, got {type_name(options)}"))
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

    def _plan(self, entry: Entry) -> None:
        resource, desired = entry.resource, entry.parsed.desired
        try:
            proposal = propose(resource, entry.options, desired, self.view, complete=False)
        except InputError as error:
            self.problems += entry.locate(error.problems)
            self.view.assume_exists(resource, desired)
            return
        current, operation = proposal.current, proposal.operation
        self.warnings += entry.locate(map(Problem, proposal.warnings))
        if operation is None:
            self.unchanged[resource.kind] += 1
        else:
            self.problems += entry.locate(Problem(why, option) for option, why in operation.conflicts)
            self.problems += entry.locate(map(Problem, operation.missing))
            self.entries[id(operation)] = entry
            self._add(operation)
        if current is not None or operation is not None:
            self._check_first(entry, current.id if current else self.planned[-1].id)

    def _add(self, operation: Operation) -> None:
        self.operations.append(operation)
        self.planned.append(self.view.plan(operation))

    def _check_first(self, entry: Entry, identity: int) -> None:
        first = self._places.setdefault((entry.resource.kind, identity), entry)
        if first is not entry:
            self.problems += entry.locate([Problem("duplicate: already defined at", others=(first.index,))])

    def _duplicates(self, entry: Entry, operation: Operation) -> Iterator[Problem]:
        """Yield the problem that, all writes done, two objects would have the same name or number."""
        resource, values = operation.resource, operation.after
        fields = resource.identity
        scope = self.view.scope_of(resource, values)
        if scope is not None and scope.label:
            return
        same = self.view.listing(resource.kind, scope).by_index(fields, tuple(values[name] for name in fields))
        title = f"{resource.kind} {resource.title(values)}"
        if len(same) < 2:
            return
        entries = {item.id: self._places.get((resource.kind, item.id)) for item in same}
        others = tuple(other.index for other in entries.values() if other and other is not entry)
        ids = ", ".join(str(identity) for identity, other in entries.items() if other is None)
        if others:
            yield from entry.locate([Problem(f"duplicate: {title} is also defined at", others=others)])
        if ids:
            yield from entry.locate([Problem(f"duplicate: {title} already exists on XCI, with id {ids}")])

    def _purge(self, resource: Resource, document: Mapping[str, Any], entries: list[Entry]) -> None:
        """Plan the removal of what is in the document's scope and not in the document."""
        kind, plural = resource.kind, resource.plural
        if document.get(plural) is None:
            problem = f"purge includes {plural}, but the document has no {plural} list"
            self.problems.append(Problem(f"{problem} (an empty list would delete all of them)", kind=kind))
            return
        items = [item for item in self._in_scope(resource, entries) if (kind, item.id) not in self._places]
        if items and resource.login_field:
            items = self._others(resource, items)
        # XCI may show a list in another order each time; the plan has one order.
        for item in sorted(items, key=lambda item: (resource.title(item.values), item.id)):
            operation = compare(resource, {}, item.values, absent=True)
            if operation is not None:
                operation.raw = item.raw
                self._add(operation)

    def _others(self, resource: Resource, items: list[Item]) -> list[Item]:
        """Return the accounts that can be deleted, which are none where the own one is not known."""
        own, certain = self.view.own_accounts(resource)
        if not certain:
            login = self.view.client.settings.login
            why = f"no {resource.kind} was deleted, because XCI lists none with the login {login!r} of this run"
            self.warnings.append(Problem(why, "purge", kind=resource.kind))
            return []
        return [item for item in items if item.values[resource.login_field] not in own]

    def _in_scope(self, resource: Resource, entries: list[Entry]) -> list[Item]:
        if resource.scope:
            listed = self._listed(resource.scope) | self._referred(resource, entries)
            scopes = [item for item in self.view.listing(resource.scope).items.values() if item.id in listed]
            return self.view.items_in(resource, scopes, self.parallelism)
        items = list(self.view.listing(resource.kind).items.values())
        for name, ref in resource.references.items():
            if name in resource.identity:
                known = self.view.listing(ref.kind).items
                labels = {self.view.label_of(RESOURCES[ref.kind], known[one]) for one in self._listed(ref.kind)}
                items = [item for item in items if item.values[name] in labels]
        return items

    def _listed(self, kind: str) -> set[int]:
        """Return the ids of the objects of a kind that the document lists."""
        known = self.view.listing(kind).items
        return {identity for (of, identity) in self._places if of == kind and identity in known}

    def _referred(self, resource: Resource, entries: list[Entry]) -> set[int]:
        """Return the ids of the scopes of which the document lists an object."""
        present = [e for e in entries if e.resource is resource and not e.absent]
        names = {e.parsed.desired.get(resource.scope) for e in present} - {None}
        return {item.id for name in names for item in self.view.named(resource.scope, str(name))}


def summary(operations: list[Operation], unchanged: Mapping[str, int]) -> dict[str, dict[str, int]]:
    """Return how many objects of each kind are created, updated, deleted and left as they are.

    Such as ``{"user": {"create": 2, "update": 1, "delete": 0, "unchanged": 40}, ...}``.
    """
    counts: Counter[tuple[str, str]] = Counter((op.resource.kind, op.action) for op in operations)
    return {
        kind: {
            **{action: counts[(kind, action)] for action in (CREATE, UPDATE, DELETE)},
            "unchanged": unchanged.get(kind, 0),
        }
        for kind in RESOURCES
    }


def as_plan(operation: Operation) -> Values:
    """Return an operation as an entry of the result ``plan``."""
    who = {"kind": operation.resource.kind, "key": operation.key, "name": operation.name}
    return {"action": operation.action, **who, "changes": operation.changes()}


def with_defaults(document: Mapping[str, Any], options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the document in which the entries that omit an option have its default of the task."""
    filled = dict(document)
    for resource in RESOURCES.values():
        defaults = {one.name: options.get(one.default_option) for one in resource.fields if one.default_option}
        given = {name: value for name, value in defaults.items() if value}
        if given and filled[resource.plural] is not None:
            filled[resource.plural] = [_filled(entry, given) for entry in filled[resource.plural]]
    return filled


def _filled(entry: Any, defaults: Values) -> Any:
    if not isinstance(entry, Mapping):
        return entry
    return {**defaults, **{name: value for name, value in entry.items() if value is not None}}

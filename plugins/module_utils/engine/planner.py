# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A whole XCI as one document: checked as a whole, planned on what it foretells itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..api.errors import InputError
from ..model.change import CREATE, DELETE, UPDATE, Operation, decide
from ..model.fields import Resource, Values
from ..model.parsing import Parsed, parse
from ..model.resources import RESOURCES
from ..model.values import sort_of
from ..modules.context import Place, index_place
from ..modules.present import propose
from ..state.index import Item
from ..state.planned import Foresight, Foretold

KINDS = tuple(resource.plural for resource in RESOURCES.values())
PURGEABLE = tuple(resource.plural for resource in RESOURCES.values() if not resource.missing)


@dataclass
class Entry:
    """One object of a document: what is said of it, and where."""

    resource: Resource
    options: Mapping[str, Any]
    place: str
    parsed: Parsed

    @property
    def absent(self) -> bool:
        return self.options.get("state") == "absent"


@dataclass
class Planner:
    """Plans a document on a view that takes in each planned write, so that the next can build on it.

    Faults are collected and told together at the end.
    """

    view: Foresight
    parallelism: int = 8
    operations: list[Operation] = field(default_factory=list)
    unchanged: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    foretold: list[Foretold] = field(default_factory=list)
    _places: dict[tuple[str, int], str] = field(default_factory=dict)
    _checks: list[tuple[str, Operation]] = field(default_factory=list)

    def plan(self, document: Mapping[str, Any], purge: list[str], place: Place = index_place) -> list[Operation]:
        """Return the writes that bring XCI to what the document says; raise InputError with all its faults.

        Also then *operations* has what could be planned.
        """
        entries = list(self._entries(document, place))
        self._prefetch(entries)
        sound = [entry for entry in entries if not entry.parsed.faults]
        leaving = [entry for entry in reversed(sound) if entry.absent]
        for entry in [entry for entry in sound if not entry.absent]:
            self._plan(entry)
        for entry in leaving:
            # What is in something that is gone is gone as well: no fault when the document is applied again.
            self.view.pretend(entry.resource, entry.parsed.wanted)
        for entry in leaving:
            self._plan(entry)
        for resource in reversed(RESOURCES.values()):
            if resource.plural in purge:
                self._purge(resource, document, entries)
        self.faults += [fault for where, operation in self._checks for fault in self._taken(where, operation)]
        if self.faults:
            raise InputError(*self.faults)
        return self.operations

    def _entries(self, document: Mapping[str, Any], place: Place) -> Iterator[Entry]:
        for resource in RESOURCES.values():
            for index, options in enumerate(document.get(resource.plural) or []):
                where = place(resource.plural, index)
                if not isinstance(options, Mapping):
                    self.faults.append(f"{where}: it has to be a mapping of options, and is {sort_of(options)}")
                    continue
                parsed = parse(resource, options, f"{where}.")
                self.faults += parsed.faults
                self.warnings += parsed.warnings
                if parsed.faults:
                    self.view.pretend(resource, parsed.wanted)
                yield Entry(resource, options, where, parsed)

    def _prefetch(self, entries: list[Entry]) -> None:
        """Read the lists that the entries need side by side."""
        for resource in RESOURCES.values():
            if resource.scope:
                spelled = {e.parsed.wanted.get(resource.scope) for e in entries if e.resource is resource}
                scopes = {item.id: item for text in spelled if text for item in self._known(resource.scope, text)}
                self.view.prefetch(resource.kind, scopes.values(), self.parallelism)

    def _known(self, kind: str, text: str) -> list[Item]:
        listing = self.view.listing(kind)
        return [item for spelling in RESOURCES[kind].spellings for item in listing.by(spelling, text)]

    def _plan(self, entry: Entry) -> None:
        resource = entry.resource
        try:
            current, operation = propose(resource, entry.options, entry.parsed.wanted, self.view, whole=False)
        except InputError as error:
            where = f"{entry.place}.{error.option}" if error.option else entry.place
            self.faults += [f"{where}: {fault}" for fault in error.faults]
            self.view.pretend(resource, entry.parsed.wanted)
            return
        if operation is None:
            self.unchanged[resource.kind] += 1
        else:
            self._note(entry.place, operation)
            self._take(entry.place, operation)
        if current is not None or operation is not None:
            self._once(entry, current.id if current else self.foretold[-1].id)

    def _note(self, where: str, operation: Operation) -> None:
        self.warnings += [f"{where}: {warning}" for warning in operation.warnings]
        self.faults += [f"{where}.template: {doubt}" for doubt in operation.doubts]
        self.faults += [f"{where}: {lack}" for lack in operation.lacks]

    def _take(self, where: str, operation: Operation) -> None:
        self.operations.append(operation)
        self.foretold.append(self.view.take_in(operation))
        if operation.action != DELETE:
            self._checks.append((where, operation))

    def _once(self, entry: Entry, identity: int) -> None:
        first = self._places.setdefault((entry.resource.kind, identity), entry.place)
        if first != entry.place:
            self.faults.append(f"{entry.place}: this {entry.resource.kind} stands at {first} already")

    def _taken(self, where: str, operation: Operation) -> Iterator[str]:
        """Tell when, all writes done, two objects would bear the same name or number."""
        resource, values = operation.resource, operation.after
        fields = resource.identity
        scope = self.view.resolve(resource.scope, values[resource.scope]) if resource.scope else None
        if scope is not None and scope.label:
            return
        same = self.view.listing(resource.kind, scope).by(fields, tuple(values[name] for name in fields))
        if len(same) > 1:
            others = [self._places.get((resource.kind, item.id), f"id {item.id} on XCI") for item in same]
            also = ", ".join(other for other in others if other != where)
            yield f"{where}: {resource.kind} {resource.title(values)} would be there twice, see {also}"

    def _purge(self, resource: Resource, document: Mapping[str, Any], entries: list[Entry]) -> None:
        """Plan the removal of what lies in the document's scope and is not in it."""
        if document.get(resource.plural) is None:
            self.faults.append(
                f"purge includes {resource.plural}, but the document has no {resource.plural} list (an empty list "
                "would delete all of them)"
            )
            return
        items = self._in_scope(resource, entries)
        if resource.login:
            items = self._others(resource, items)
        # XCI may show a list in another order each time; the plan has one order.
        for item in sorted(items, key=lambda item: (resource.title(item.values), item.id)):
            if (resource.kind, item.id) not in self._places:
                operation = decide(resource, {}, item.values, absent=True)
                if operation is not None:
                    operation.raw = item.raw
                    self._take("purge", operation)

    def _others(self, resource: Resource, items: list[Item]) -> list[Item]:
        """Return the accounts that can be deleted, which are none where the own one is not known."""
        own, certain = self.view.own_accounts(resource)
        if not certain:
            login = self.view.client.settings.login
            self.warnings.append(
                f"purge: no {resource.kind} was deleted, because XCI lists none with the login {login!r} of this run"
            )
            return []
        return [item for item in items if item.values[resource.login] not in own]

    def _in_scope(self, resource: Resource, entries: list[Entry]) -> list[Item]:
        if resource.scope:
            listed = self._listed(resource.scope) | self._referred(resource, entries)
            scopes = [item for item in self.view.listing(resource.scope).items.values() if item.id in listed]
            self.view.prefetch(resource.kind, scopes, self.parallelism)
            return [item for scope in scopes for item in list(self.view.listing(resource.kind, scope).items.values())]
        items = list(self.view.listing(resource.kind).items.values())
        for name, ref in resource.references.items():
            if name in resource.identity:
                labels = {self._label(ref.kind, identity) for identity in self._listed(ref.kind)}
                items = [item for item in items if item.values[name] in labels]
        return items

    def _label(self, kind: str, identity: int) -> str:
        return self.view.label_of(RESOURCES[kind], self.view.listing(kind).items[identity])

    def _listed(self, kind: str) -> set[int]:
        """Return the ids of the objects of a kind that the document lists."""
        there = self.view.listing(kind).items
        return {identity for (of, identity) in self._places if of == kind and identity in there}

    def _referred(self, resource: Resource, entries: list[Entry]) -> set[int]:
        """Return the ids of the scopes of which the document lists an object."""
        spelled = {e.parsed.wanted.get(resource.scope) for e in entries if e.resource is resource and not e.absent}
        return {item.id for text in spelled if text for item in self._known(resource.scope, text)}


def summary(operations: list[Operation], unchanged: Mapping[str, int]) -> dict[str, dict[str, int]]:
    """Return how many objects of each kind are created, updated, deleted and left as they are."""
    counts: Counter[tuple[str, str]] = Counter((op.resource.kind, op.action) for op in operations)
    return {
        kind: {
            **{action: counts[(kind, action)] for action in (CREATE, UPDATE, DELETE)},
            "unchanged": unchanged.get(kind, 0),
        }
        for kind in RESOURCES
    }


def as_plan(operation: Operation) -> dict[str, Any]:
    """Return an operation as the result of a module shows it."""
    return {
        "action": operation.action,
        "kind": operation.resource.kind,
        "key": operation.key,
        "changes": operation.changes(),
    }


def with_default(document: Mapping[str, Any], template: str | None) -> Mapping[str, Any]:
    """Return the document in which each user without a template has this one."""
    if not template:
        return document
    users = document["users"]
    filled = [{"template": template, **_given(user)} if isinstance(user, Mapping) else user for user in users or []]
    return {**document, "users": filled if users is not None else None}


def _given(options: Mapping[str, Any]) -> Values:
    return {name: value for name, value in options.items() if value is not None}

# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state as planned writes will leave it, so that later plans can build on them.

It is what lets check mode predict a whole play, and a document refer to what it creates itself.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from ..model.change import CREATE, DELETE, Operation
from ..model.fields import Resource, Values
from ..model.resources import RESOURCES
from .index import Index, Item
from .numbers import Numbers, PlannedNumbers
from .state import State

Renames = Mapping[str, str]
"""New labels by old ones, all at once: two objects may exchange theirs."""


@dataclass(frozen=True)
class PlannedWrite:
    """A write that is only planned, as far as later plans must know of it; it has no secrets.

    The *id* of an object to come is a negative number of our own.
    """

    kind: str
    action: str
    id: int
    values: Values


class PlannedState(State):
    """A state over another one (*base*), with planned writes laid over what that one reads.

    With *assume*, an unknown reference is assumed to be an object that an earlier task would create.
    """

    def __init__(self, base: State, assume: bool = False) -> None:
        super().__init__(base.client, base.reservations)
        self.base = base
        self._never_listed = base._never_listed
        self.kept = base.kept
        self._refused = base._refused
        self._assume = assume
        self._placeholders: dict[tuple[str, str], Item] = {}
        self._writes: list[PlannedWrite] = []
        self._renames: list[tuple[Resource, Renames]] = []

    @cached_property
    def numbers(self) -> Numbers:
        return PlannedNumbers(self, self.base.numbers)

    # -- what differs from the state below

    def _read(self, kind: str, scope: Item | None) -> Index:
        below = self.base.listing(kind, scope)
        listing = Index(self._renamed(kind, below.items.values()), below.read_at)
        for write in self._writes:
            if write.kind == kind:
                self._overlay(listing, write, scope.id if scope else 0)
        return listing

    def _renamed(self, kind: str, items: Iterable[Item]) -> Iterable[Item]:
        """Return items of the state below, which knows nothing of the names to come."""
        for resource, renames in self._renames:
            if RESOURCES[kind].refers_to(resource.kind):
                items = [_relabelled_item(RESOURCES[kind], item, resource.kind, renames) for item in items]
        return items

    def prefetch(self, kind: str, scopes: Iterable[Item | None], parallelism: int = 8) -> None:
        self.base.prefetch(kind, scopes, parallelism)

    def lists_read(self, resource: Resource, scope: str = "") -> list[Index]:
        self.scopes_read(resource)
        return super().lists_read(resource, scope)

    def scopes_read(self, resource: Resource) -> list[Item]:
        for scope in self.base.scopes_read(resource):
            self.listing(resource.kind, scope)
        return super().scopes_read(resource)

    def by_id(self, resource: Resource, identity: int) -> Item | None:
        writes = [write for write in self._writes if (write.kind, write.id) == (resource.kind, identity)]
        if writes:
            return None if writes[-1].action == DELETE else Item(dict(writes[-1].values))
        if not resource.scope:
            return super().by_id(resource, identity)
        known = self._known(resource, identity)
        below = None if known else self.base.by_id(resource, identity)
        return next(iter(self._renamed(resource.kind, [below]))) if below else known and self.completed(resource, known)

    def _unlisted(self, resource: Resource, text: str) -> Item:
        return self.base._unlisted(resource, text)

    def _unknown(self, resource: Resource, text: str) -> Item:
        if (resource.kind, text) not in self._placeholders:
            if not self._assume:
                return super()._unknown(resource, text)
            self.assumed.append((resource.kind, text))
            self._placeholders[(resource.kind, text)] = _placeholder(resource, text)
        return self._placeholders[(resource.kind, text)]

    def assume_exists(self, resource: Resource, desired: Values) -> None:
        """Accept references to an object that could not be planned, so that one problem is reported once."""
        for alias in resource.aliases:
            text = alias.format_map(defaultdict(str, desired))
            self._placeholders.setdefault((resource.kind, text), _placeholder(resource, text))

    # -- planning

    def plan(self, operation: Operation) -> PlannedWrite:
        """Record a planned write for the plans that follow."""
        resource = operation.resource
        values = dict(operation.before or operation.after) if operation.action == DELETE else dict(operation.after)
        if operation.action == CREATE:
            values["id"] = -random.getrandbits(62) - 1
            if resource.id_field != "id":
                values[resource.id_field] = f"planned{values['id']}"
        shown = {name: value for name, value in values.items() if resource[name].reads and not resource[name].secret}
        if operation.before:
            # What XCI shows of it now is no longer true.
            shown.update({one.name: None for one in resource.secrets if one.reads and one.name in operation.changed})
        write = PlannedWrite(resource.kind, operation.action, values["id"], shown)
        self.record(write)
        return write

    def record(self, write: PlannedWrite) -> None:
        """Lay a planned write over what was read and what will be."""
        resource = RESOURCES[write.kind]
        old = None if write.action == CREATE else self._known(resource, write.id)
        self._writes.append(write)
        item = None if write.action == DELETE else _planned_item(write, old)
        labels = self._labels(resource, old, item)
        self.place(resource, write.id, item, *([old.values] if old else []), write.values)
        if write.action != CREATE:
            self.numbers.forget()
        self._rename(resource, labels, self._labels(resource, old, item))

    def is_read(self, kind: str) -> bool:
        """Return whether the list of all of a kind was read, so that it costs no request."""
        return (kind, 0) in {*self._lists, *self.base._lists}

    def _labels(self, resource: Resource, old: Item | None, new: Item | None) -> dict[int, str]:
        """Return the labels of all that have the title of an object before or after a write, by id.

        As long as their list is not read, nothing has a label of it.
        """
        if resource.scope or not self.is_read(resource.kind):
            return {}
        titles = {resource.title(item.values) for item in (old, new) if item}
        listing = self.listing(resource.kind)
        same = [item for title in titles for item in listing.by_index(resource.display_format, title)]
        return {item.id: self.label_of(resource, item) for item in same}

    def _known(self, resource: Resource, identity: int) -> Item | None:
        """Return an object if it is in a list that was read; what has scopes has no list of all."""
        if not resource.scope:
            return self.listing(resource.kind).items.get(identity)
        lists = [listing.items for (kind, _scope), listing in self._lists.items() if kind == resource.kind]
        return next((items[identity] for items in lists if identity in items), None)

    def _overlay(self, listing: Index, write: PlannedWrite, scope_id: int) -> None:
        old = listing.items.get(write.id)
        listing.delete(write.id)
        if write.action != DELETE and self.scope_id(RESOURCES[write.kind], write.values) == scope_id:
            listing.put(_planned_item(write, old))

    def _rename(self, resource: Resource, before: Mapping[int, str], after: Mapping[int, str]) -> None:
        """Let what was read or planned before refer to objects by their new labels."""
        renames = {label: after[identity] for identity, label in before.items() if label != after.get(identity, label)}
        if not renames:
            return
        self._renames.append((resource, renames))
        for (kind, _scope), listing in self._lists.items():
            if RESOURCES[kind].refers_to(resource.kind):
                for item in list(listing.items.values()):
                    listing.put(_relabelled_item(RESOURCES[kind], item, resource.kind, renames))
        for write in self._writes:
            if RESOURCES[write.kind].refers_to(resource.kind):
                write.values.update(_relabelled(RESOURCES[write.kind], write.values, resource.kind, renames))


def _planned_item(write: PlannedWrite, old: Item | None) -> Item:
    """Return an object as it will be; a secret that XCI shows of it now stays, unless it will be another one."""
    return (
        replace(old, values={**old.values, **write.values}, left_out=frozenset()) if old else Item(dict(write.values))
    )


def _relabelled_item(resource: Resource, item: Item, kind: str, renames: Renames) -> Item:
    return replace(item, values=_relabelled(resource, item.values, kind, renames))


def _relabelled(resource: Resource, values: Values, kind: str, renames: Renames) -> Values:
    """Return values in which references of one kind have new labels."""
    changed = dict(values)
    for name, ref in resource.references.items():
        if ref.kind == kind and resource[name].reads:
            value = values[name]
            many = isinstance(value, list)
            labels = [renames.get(label, label) for label in (value if many else [value])]
            changed[name] = sorted(labels) if many else labels[0]
    return changed


def _placeholder(resource: Resource, text: str) -> Item:
    """Return an object for a name that an earlier task may have planned where this one can't see it."""
    values = {one.name: one.empty for one in resource.fields if one.reads}
    values.update({resource.identity[0]: text, "id": -random.getrandbits(62) - 1})
    return Item(values, label=text)

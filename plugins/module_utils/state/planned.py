# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A view of the server in which planned writes seem to be done, so that later plans can build on them.

It is what lets check mode foretell a whole play, and a document refer to what it creates itself.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice

from ..model.change import CREATE, DELETE, Operation
from ..model.fields import Resource, Values
from ..model.intervals import contains, numbers_of
from ..model.resources import RESOURCES
from .index import Item, Listing
from .state import Directory

MOST_NUMBERS = 100_000
"""How many numbers of an interval that is only foretold are looked at; one of eight digits has a hundred million."""


@dataclass(frozen=True)
class Foretold:
    """A write that is only planned, as far as later plans must know of it; it has no secrets.

    The *id* of an object to come is a negative number of our own.
    """

    kind: str
    action: str
    id: int
    values: Values


class Foresight(Directory):
    """A directory over another one, with planned writes laid over what that one reads.

    With *assume*, a reference that is unknown is taken for an object that is yet to come: *assumed* holds these.
    """

    def __init__(self, base: Directory, assume: bool = False) -> None:
        super().__init__(base.client)
        self._base = base
        self._assume = assume
        self._stand_ins: dict[tuple[str, str], Item] = {}
        self._foretold: list[Foretold] = []
        self._renames: list[tuple[Resource, str, str]] = []

    # -- what differs from the directory below --------------------------------------------------------------

    def _read(self, kind: str, scope: Item | None) -> Listing:
        listing = Listing(self._renamed(kind, self._base.listing(kind, scope).items.values()))
        for change in self._foretold:
            if change.kind == kind:
                self._overlay(listing, change, scope.id if scope else 0)
        return listing

    def _renamed(self, kind: str, items: Iterable[Item]) -> Iterable[Item]:
        """Return items of the directory below, which knows nothing of the names to come."""
        for resource, old, new in self._renames:
            if RESOURCES[kind].refers_to(resource.kind):
                items = [_relabelled_item(RESOURCES[kind], item, resource.kind, old, new) for item in items]
        return items

    def prefetch(self, kind: str, scopes: Iterable[Item], parallelism: int = 8) -> None:
        self._base.prefetch(kind, scopes, parallelism)

    def by_id(self, resource: Resource, identity: int) -> Item | None:
        fate = [change for change in self._foretold if (change.kind, change.id) == (resource.kind, identity)]
        if fate:
            return None if fate[-1].action == DELETE else Item(dict(fate[-1].values))
        if not resource.scope:
            return super().by_id(resource, identity)
        known = self._known(resource, identity)
        below = None if known else self._base.by_id(resource, identity)
        return next(iter(self._renamed(resource.kind, [below]))) if below else known

    def _unknown(self, resource: Resource, text: str) -> Item:
        if (resource.kind, text) not in self._stand_ins:
            if not self._assume:
                return super()._unknown(resource, text)
            self.assumed.append((resource.kind, text))
            self._stand_ins[(resource.kind, text)] = _stand_in(resource, text)
        return self._stand_ins[(resource.kind, text)]

    def pretend(self, resource: Resource, wanted: Values) -> None:
        """Let an object that could not be planned be referred to, so that the fault is told once."""
        for spelling in resource.spellings:
            text = spelling.format_map(defaultdict(str, wanted))
            self._stand_ins.setdefault((resource.kind, text), _stand_in(resource, text))

    def first_available(self, entity: str) -> str:
        is_stand_in = bool(self.resolve("entity", entity).label)
        return "" if is_stand_in else super().first_available(entity)

    def _read_numbers(self, scope: Item) -> Iterable[str]:
        intervals, there = scope.values["intervals"], self._base.by_id(RESOURCES["entity"], scope.id)
        if there is None:
            return islice(numbers_of(intervals), MOST_NUMBERS)
        numbers = list(self._base.available_numbers(there))
        freed = _numbers_in_use(self._base, there) - _numbers_in_use(self, scope)
        old = there.values["intervals"]
        if old != intervals:
            free = {*numbers, *freed}
            new = (number for number in numbers_of(intervals) if number in free or not _is_inside(number, old))
            return islice(new, MOST_NUMBERS)
        inside = [number for number in freed if _is_inside(number, intervals)]
        return sorted({*numbers, *inside}, key=lambda number: (len(number), number)) if inside else numbers

    # -- foretelling ----------------------------------------------------------------------------------------

    def take_in(self, operation: Operation) -> Foretold:
        """Let a planned write seem to be done, for the plans that follow."""
        resource = operation.resource
        values = dict(operation.before or operation.after) if operation.action == DELETE else dict(operation.after)
        if operation.action == CREATE:
            values["id"] = -random.getrandbits(62) - 1
            if resource.unique != "id":
                values[resource.unique] = f"foretold{values['id']}"
        shown = {name: value for name, value in values.items() if resource[name].reads and not resource[name].secret}
        if operation.before:
            # What XCI shows of it now is no longer true.
            shown.update({one.name: None for one in resource.secrets if one.reads and one.name in operation.changed})
        change = Foretold(resource.kind, operation.action, values["id"], shown)
        self.foretell(change)
        return change

    def foretell(self, change: Foretold) -> None:
        """Lay a planned write over what was read and what will be."""
        resource = RESOURCES[change.kind]
        old = None if change.action == CREATE else self._known(resource, change.id)
        old_label = self.label_of(resource, old) if old and not resource.scope else ""
        self._foretold.append(change)
        item = None if change.action == DELETE else _foretold_item(change, old)
        self.place(resource, change.id, item, *([old.values] if old else []), change.values)
        if change.action != CREATE:
            self.forget_numbers()
        if old_label and item:
            self._rename(resource, old_label, self.label_of(resource, item))

    def _known(self, resource: Resource, identity: int) -> Item | None:
        """Return an object if it stands in a list that was read; what has scopes has no list of all."""
        if not resource.scope:
            return self.listing(resource.kind).items.get(identity)
        lists = [listing.items for (kind, _scope), listing in self._listings.items() if kind == resource.kind]
        return next((items[identity] for items in lists if identity in items), None)

    def _overlay(self, listing: Listing, change: Foretold, scope_id: int) -> None:
        resource = RESOURCES[change.kind]
        old = listing.items.get(change.id)
        listing.drop(change.id)
        if change.action != DELETE and self._scope_id(resource, change.values) == scope_id:
            listing.put(_foretold_item(change, old))

    def _rename(self, resource: Resource, old: str, new: str) -> None:
        """Let what was read or foretold before refer to an object by its new label."""
        if old == new:
            return
        self._renames.append((resource, old, new))
        for (kind, _scope), listing in self._listings.items():
            if RESOURCES[kind].refers_to(resource.kind):
                for item in list(listing.items.values()):
                    listing.put(_relabelled_item(RESOURCES[kind], item, resource.kind, old, new))
        for change in self._foretold:
            if RESOURCES[change.kind].refers_to(resource.kind):
                change.values.update(_relabelled(RESOURCES[change.kind], change.values, resource.kind, old, new))


def _foretold_item(change: Foretold, old: Item | None) -> Item:
    """Return an object as it will be; a secret that XCI shows of it now stays, unless it will be another one."""
    return Item({**old.values, **change.values}, old.raw) if old else Item(dict(change.values))


def _relabelled_item(resource: Resource, item: Item, kind: str, old: str, new: str) -> Item:
    return Item(_relabelled(resource, item.values, kind, old, new), item.raw)


def _relabelled(resource: Resource, values: Values, kind: str, old: str, new: str) -> Values:
    """Return values in which references of one kind have a new label."""
    changed = dict(values)
    for name, ref in resource.references.items():
        if ref.kind == kind and resource[name].reads:
            value = values[name]
            many = isinstance(value, list)
            labels = [new if label == old else label for label in (value if many else [value])]
            changed[name] = sorted(labels) if many else labels[0]
    return changed


def _stand_in(resource: Resource, text: str) -> Item:
    """Return an object for a name that an earlier task may have foretold where this one can't see it."""
    values = {one.name: one.empty for one in resource.fields if one.reads}
    identity = -random.getrandbits(62) - 1
    values.update({"name": text, "id": identity})
    return Item(values, label=text)


def _is_inside(number: str, intervals: Iterable[Mapping[str, str]]) -> bool:
    return any(contains(interval, number) for interval in intervals)


def _numbers_in_use(directory: Directory, scope: Item) -> set[str]:
    return {item.values["internal_number"] for item in directory.listing("user", scope).items.values()}

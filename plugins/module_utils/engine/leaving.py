# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the entries of a document delete: the objects that they name now, before others may get their names."""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ..api.errors import InputError, Problem, UnknownReference, first_of
from ..model.change import who
from ..model.fields import Resource, Values, shown_id
from ..model.parsing import index_place
from ..state.index import Item
from ..state.planned import PlannedState
from ..state.state import ObjectName
from .entry import Entry
from .identity import Identified, NotAsDescribed, identify, is_left_as


@dataclass
class Leaving:
    """The *entries* of a document that delete something.

    *view* is the state with what was planned so far, *listed* the objects that the document names, and *places* the
    entries by the kind and the id of what they are about.
    """

    view: PlannedState
    entries: Sequence[Entry]
    listed: Collection[ObjectName]
    places: Mapping[tuple[str, int], Entry]
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    _found: dict[int, Identified] = field(default_factory=dict)
    _others: dict[int, NotAsDescribed] = field(default_factory=dict)

    def find(self, resource: Resource) -> None:
        """Find what the entries of one kind delete, with the names that all of earlier kinds will have."""
        entries = [entry for entry in self.entries if entry.resource is resource]
        if not entries:
            return
        before = PlannedState(self.view)
        before.leaving = self.view.leaving
        for entry in self.entries:
            # What is in something that is gone is gone as well: no problem when the document is applied again.
            before.assume_exists(entry.resource, entry.parsed.desired)
        for entry in entries:
            try:
                found = identify(resource, entry.options, entry.parsed.desired, before, self.listed)
            except NotAsDescribed as error:
                self._others[id(entry)] = error
            except InputError as error:
                self.problems += entry.locate(error.problems)
            else:
                self._found[id(entry)] = found

    def take_left_overs(self) -> None:
        """Take what a run that broke off left with a temporary name, for entries whose name another object gets."""
        for entry in self.entries:
            found = self._found.get(id(entry)) or self._others.get(id(entry))
            holder = self._staying(entry, self._now(entry, found.desired)) if found else None
            if not found or not holder or self._contradicts(entry, holder):
                continue
            left = list(self._left_overs(entry, found.desired))
            if len(left) == 1 and self._is_left_over(entry, found.desired, left[0], whole=True):
                self._others.pop(id(entry), None)
                self._found[id(entry)] = Identified(found.desired, left[0])
                self.view.leaving.add((entry.resource.kind, left[0].id))
            elif left:
                names = first_of(f"{who(entry.resource, item.values)} ({shown_id(item.values)})" for item in left)
                text = f"the one to be deleted may be {names}, left by a run that broke off; give its id in that case"
                self.warnings += entry.locate([Problem(text)])

    def _left_overs(self, entry: Entry, desired: Values) -> Iterator[Item]:
        """Yield the objects that no entry is about, and that have a temporary name for what an entry says."""
        listing = self.view.listing(entry.resource.kind, self.view.scope_of(entry.resource, desired))
        for item in listing.items.values():
            is_free = (entry.resource.kind, item.id) not in self.places
            if is_free and self._is_left_over(entry, desired, item):
                yield item

    @staticmethod
    def _is_left_over(entry: Entry, desired: Values, item: Item, whole: bool = False) -> bool:
        pairs = [
            (entry.resource[name], desired.get(name), item.values[name])
            for name in entry.resource.lookup_keys[entry.match]
        ]
        return all(said == actual or is_left_as(one, said, actual, whole) for one, said, actual in pairs)

    def refuse_referred(self, present: Iterable[Entry]) -> None:
        """Refuse to delete what entries that are *present* refer to."""
        referring = self._referring(present)
        for entry in self.entries:
            found = self._found.get(id(entry))
            names = referring.get((entry.resource.kind, found.current.id)) if found and found.current else None
            if names:
                del self._found[id(entry)]
                self.problems += entry.locate(
                    [Problem(f"not deleted, since the document refers to it: {first_of(names)}")]
                )

    def _referring(self, present: Iterable[Entry]) -> Mapping[tuple[str, int], list[str]]:
        """Return which entries refer to what is to be deleted, by its kind and id, such as ``["user 1001@..."]``."""
        found: dict[tuple[str, int], list[str]] = defaultdict(list)
        kinds = {kind for kind, _identity in self.view.leaving}
        for entry in present:
            name = (
                f"{entry.resource.kind} {entry.key}" if entry.key else index_place(entry.resource.plural, entry.index)
            )
            for option, ref in entry.resource.references.items():
                # Who is listed in something that is to be deleted is found in it.
                if ref.kind in kinds and option != entry.resource.scope:
                    value = entry.parsed.desired.get(option) or []
                    for text in value if isinstance(value, list) else [value]:
                        with contextlib.suppress(UnknownReference):
                            found[(ref.kind, self.view.resolve(ref.kind, text).id)].append(name)
        return {place: names for place, names in found.items() if place in self.view.leaving}

    def targets(self) -> Iterator[tuple[Entry, int | None]]:
        """Yield the entries, each with the id of the object that it deletes; None where there is none, or it stays."""
        for entry in self.entries:
            if id(entry) in self._found:
                yield entry, self._target(entry, self._found[id(entry)])
            elif id(entry) in self._others:
                yield from self._other(entry, self._others[id(entry)])

    def _target(self, entry: Entry, found: Identified) -> int | None:
        current = found.current.id if found.current else None
        if current is not None and self._staying(entry, current) is None:
            return current
        holder = self._staying(entry, self._now(entry, found.desired))
        if holder is not None:
            self._explain(entry, holder)
        return None

    def _other(self, entry: Entry, error: NotAsDescribed) -> Iterator[tuple[Entry, None]]:
        """Yield the entry where another one says what has its name now: its own object may be gone already."""
        holder = self._staying(entry, error.current.id)
        if holder is None:
            self.problems += entry.locate(error.problems)
        else:
            self._explain(entry, holder)
            yield entry, None

    def _explain(self, entry: Entry, holder: Entry) -> None:
        """Say why nothing is deleted, by a problem where the two entries contradict each other."""
        others = (holder.index,)
        if self._contradicts(entry, holder):
            self.problems += entry.locate([Problem("duplicate: already defined at", others=others)])
        else:
            text = f"nothing was deleted, since this is the {entry.resource.kind} that is defined at"
            self.warnings += entry.locate([Problem(text, others=others)])

    @staticmethod
    def _contradicts(entry: Entry, holder: Entry) -> bool:
        """Return whether two entries can mean one object only, so that it can't be there and be gone."""
        of_same_name = holder.match == entry.match and holder.identity == entry.identity
        return "id" in entry.parsed.desired or (of_same_name and "id" not in holder.parsed.desired)

    def _staying(self, entry: Entry, identity: int | None) -> Entry | None:
        """Return the entry by which an object is to be there, if there is one."""
        other = self.places.get((entry.resource.kind, identity or 0))
        return None if other is None or other.absent else other

    def _now(self, entry: Entry, desired: Values) -> int | None:
        """Return the id of the object that has what an entry says once all that is to be there is planned."""
        search = entry.options.get("search") or ""
        with contextlib.suppress(InputError):
            item = self.view.find(entry.resource, desired, entry.match, search)
            return item.id if item else None
        return None

    def not_found(self, deleted: Collection[tuple[str, int]]) -> Iterator[Problem]:
        """Yield the warnings of entries for which nothing was found, unless what looks like it is *deleted* anyway."""
        for entry in self.entries:
            found = self._found.get(id(entry))
            if found and not any((entry.resource.kind, identity) in deleted for identity in found.similar):
                yield from entry.locate(found.warnings)

# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names: what a person writes for an object, and what XCI takes for it."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from typing import Any

from ..api.errors import NotFound, UnknownReference, first_of
from ..model.fields import Resource, Values, is_planned, shown_id
from ..model.resources import RESOURCES
from ..model.spelling import whole_number
from ..model.suggestion import closest, did_you_mean, folded
from ..model.values import Refs
from .index import Index, Item


class Names:
    """Finds objects by the names that people and XCI use for them, in the lists that a subclass reads."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self._lists: dict[tuple[str, int], Index] = {}
        self._seen: dict[tuple[str, Any], str] = {}
        self.leaving: set[tuple[str, int]] = set()
        """What is to be deleted, by kind and id: another object may get its name."""
        self._refused: set[str] = set()
        self._unreadable: dict[tuple[str, str], list[str]] = {}

    def listing(self, kind: str, scope: Item | None = None) -> Index:
        """Return the list of a kind; of those of one scope where the kind has scopes."""
        raise NotImplementedError

    def shown(self, kind: str) -> Index | None:
        """Return the list of a kind; None where XCI refuses it to this administrator."""
        raise NotImplementedError

    def _unlisted(self, resource: Resource, text: str) -> Item:
        """Return the object that an id names, of a kind whose list is refused."""
        raise NotImplementedError

    def resolve(self, kind: str, text: str) -> Item:
        """Return the object that a person names; raise UnknownReference for none and for several."""
        listing, resource = self.shown(kind), RESOURCES[kind]
        if listing is None:
            return self._unlisted(resource, text)
        if text in listing.named:
            return listing.named[text]
        for alias in resource.aliases:
            found = listing.by_index(alias, text)
            found = [item for item in found if (kind, item.id) not in self.leaving] or found
            if len(found) > 1:
                labels = sorted(self._distinct(resource, item) for item in found)
                raise UnknownReference(f"{kind} {text!r} is ambiguous; give one of: {first_of(labels, 10)}")
            if found:
                listing.named[text] = found[0]
                return found[0]
        return self._unknown(resource, text)

    def _distinct(self, resource: Resource, item: Item) -> str:
        """Return what to give to mean one object of several that a name stands for."""
        label, title = self.label_of(resource, item), resource.title(item.values)
        return f"{title} ({shown_id(item.values)})" if is_planned(item.values) and label != title else label

    def named(self, kind: str, text: str) -> list[Item]:
        """Return all objects that a name may stand for, none included."""
        listing = self.listing(kind)
        return [item for alias in RESOURCES[kind].aliases for item in listing.by_index(alias, text)]

    def _unknown(self, resource: Resource, text: str) -> Item:
        listing = self.listing(resource.kind)
        if text not in listing.hints and listing.may_hint:
            listing.hints[text] = self._hint(resource, text)
        hint = listing.hints.get(text, "")
        raise NotFound(f"{resource.kind} {text!r} not found{'; ' if hint else ''}{hint}")

    def _hint(self, resource: Resource, text: str) -> str:
        """Return what may be meant by a name that stands for nothing, whatever its case and accents."""
        labels: dict[str, set[str]] = {}
        for item in self.listing(resource.kind).items.values():
            label = self.label_of(resource, item)
            for name in (label, resource.name(item.values)):
                labels.setdefault(folded(name), set()).add(label)
        key = folded(text)
        close = [key] if key in labels else closest(key, labels, 3, 0.5) or sorted(n for n in labels if key in n)[:3]
        meant = dict.fromkeys(label for name in close for label in sorted(labels[name]))
        if meant:
            return did_you_mean([*meant][:3])
        every = sorted({label for same in labels.values() for label in same})
        return f"XCI has {first_of(every, 10)}" if every else f"XCI shows no {resource.plural} to this login"

    def note_unreadable(self, kind: str, key: str, seen: str) -> None:
        """Note that the value of a *key* of one of XCI's objects can't be understood, and is taken as unknown."""
        self._unreadable.setdefault((kind, key), []).append(seen)

    def unreadable(self) -> Iterator[str]:
        """Yield a warning for each kind and key of which values could not be understood since the last time."""
        noted, self._unreadable = self._unreadable, {}
        for (kind, key), seen in noted.items():
            more = f" and {len(seen) - 1} more" if len(seen) > 1 else ""
            yield f"{kind} {seen[0]}{more}: XCI's value for {key} can't be read and is taken as unknown"

    def label_of(self, resource: Resource, item: Item) -> str:
        """Return the shortest name that means this object and no other, such as ``accueil@xivo-nord``."""
        if item.label:
            return item.label
        listing = self.listing(resource.kind)
        labels = listing.labels
        if item not in labels:
            title = resource.title(item.values)
            same = listing.by_index(resource.display_format, title)
            staying = [one for one in same if (resource.kind, one.id) not in self.leaving] or same
            unique = {one.id for one in staying} <= {item.id}
            labels[item] = title if unique else str(item.values[resource.id_field])
        return labels[item]

    def label(self, kind: str, element: Any, field: str = "id") -> str:
        """Return the label of what XCI refers to by an id, a combinedId or the whole object.

        What is in no list that we are shown is called by its *field*, which is what XCI takes for it.
        """
        resource = RESOURCES[kind]
        whole = isinstance(element, Mapping)
        shown = element.get("id") if whole else element
        number = whole_number(shown)
        identity = shown if number is None else number
        if not isinstance(identity, (int, str)) or isinstance(identity, bool):
            raise ValueError(f"expected a reference to a {kind}")
        if (kind, 0) not in self._lists:
            # Its list is not worth a request as long as other objects show what we need of it.
            if whole and resource.is_whole(element):
                self._seen[(kind, identity)] = resource.title(resource.load(element, self))
            if (kind, identity) in self._seen:
                return self._seen[(kind, identity)]
        listing = Index() if kind in self._refused else self.listing(kind)
        found = listing.items.get(identity) if isinstance(identity, int) else None
        if found is None:
            found = next(iter(listing.by_index((resource.id_field,), (identity,))), None)
        if found is not None:
            return self.label_of(resource, found)
        return str(element.get(resource[field].reads, identity) if whole else identity)

    def key(self, kind: str, label: str, field: str) -> Any:
        """Return the id or combinedId that XCI takes for the object with that label."""
        try:
            return self.resolve(kind, label).values[field]
        except UnknownReference:
            # A reference that this administrator is not shown goes back as it came.
            if field == "id" and not label.isdecimal():
                raise
            return int(label) if field == "id" else label

    def with_labels(
        self, resource: Resource, desired: Values, write_only: bool = False, known: Values | None = None
    ) -> Values:
        """Return *desired* with each reference as its object's label; raise UnknownReference for one that is unknown.

        What is write-only is left until there is a write, since it may cost a list. What the object refers to already,
        by its *known* values, may be in no list.
        """
        labelled = dict(desired)
        for name, ref in resource.references.items():
            if name in desired and resource[name].write_only == write_only:
                many = isinstance(ref, Refs)
                kept = (known or {}).get(name) or ()
                texts = desired[name] if many else [desired[name]]
                labels = [text if text in kept else self._label_for(ref.kind, text, name) for text in texts]
                labelled[name] = sorted(set(labels)) if many else labels[0]
        return labelled

    def _label_for(self, kind: str, text: str, option: str) -> str:
        try:
            return self.label_of(RESOURCES[kind], self.resolve(kind, text))
        except UnknownReference as error:
            raise type(error)(*(one.at(option=option) for one in error.problems)) from None

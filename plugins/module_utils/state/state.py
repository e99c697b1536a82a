# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is on XCI: read once, found by any name, kept up to date with what is written."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..api.client import Client
from ..api.errors import ApiError, UnknownReference, first_of
from ..model.fields import EVERYWHERE, Resource, Values, shown_id
from .index import Index, Item
from .lists import Lists
from .recent import Recent
from .reservations import Reservations

if TYPE_CHECKING:
    from ..model.reserved import Range
    from .numbers import Numbers

REFUSED = (401, 403)
"""How XCI answers what an administrator may not see."""
ObjectName = tuple[str, tuple[Any, ...]]
"""How a document names an object: its kind and the values by which it is found, such as ``("admin", ("anna",))``."""


class State(Lists):
    """The lists of one XCI, and how to find something in them.

    *reservations* are the numbers that somebody in this run is about to take; *recent* is what it wrote. *assumed* are
    the references that were assumed to exist, as kind and name; only a planned state does that. *stubborn* are the
    fields, as kind and name, of which XCI kept the value that it had.
    """

    def __init__(self, client: Client, reservations: Reservations | None = None, recent: Recent | None = None) -> None:
        super().__init__(client, recent)
        self.reservations = reservations or Reservations()
        self.kept: Sequence[Range] = ()
        """The ranges of numbers that nobody gets without asking for them."""
        self.stubborn: set[tuple[str, str]] = set()
        self.assumed: list[tuple[str, str]] = []
        self._by_ids: dict[tuple[str, str], Item | None] = {}

    @cached_property
    def numbers(self) -> Numbers:
        """The free numbers of the entities."""
        from .numbers import Numbers

        return Numbers(self)

    def shown(self, kind: str) -> Index | None:
        if kind not in self._refused:
            try:
                return self.listing(kind)
            except ApiError as error:
                if error.status not in REFUSED:
                    raise
                self._refused.add(kind)
        return None

    def _unlisted(self, resource: Resource, text: str) -> Item:
        place = (resource.kind, text)
        is_id = text.isdecimal() and len(text) < 19 and resource.key == "id"
        if is_id and place not in self._by_ids:
            for ref in resource.references.values():
                self.shown(ref.kind)  # what it refers to may be in a list that is refused, too
            self._by_ids[place] = found = self.read_shown(resource, {"id": int(text)})
            if found:
                found.label = resource.title(found.values)
                self._by_ids[resource.kind, found.label] = found
        known = self._by_ids.get(place)
        if known is None:
            hidden = f"since XCI does not show {resource.plural} to {self.client.settings.login}; give its id"
            why = f"with id {text} not found" if is_id else f"{text!r} can't be looked up, {hidden}"
            raise UnknownReference(f"{resource.kind} {why}")
        return known

    def find(self, resource: Resource, desired: Values, match: str = "", search: str = "") -> Item | None:
        """Return the object that is meant, or None; its references must be labels. *match* is one of the lookup keys.

        *search* says where to look when the scope that *desired* names has none, such as ``xivo`` or ``everywhere``.
        """
        if "id" in desired:
            return self.by_id(resource, desired["id"])
        fields = resource.lookup_keys[match or resource.default_lookup]
        scope = self.scope_of(resource, desired)
        key = resource.lookup_key(match, desired)
        listing = self.listing(resource.kind, scope)
        self.read_whole(resource, [listing], fields)
        found = listing.by_index(fields, key)
        if not found and scope is not None and search not in ("", resource.scope):
            others = list(self._others(resource, scope, search))
            self.read_whole(resource, others, fields)
            found = [item for listing in others for item in listing.by_index(fields, key)]
        if len(found) > 1:
            what = first_of(sorted(f"{resource.title(item.values)} ({shown_id(item.values)})" for item in found))
            values = f"{', '.join(fields)} {' '.join(map(str, key))!r}"
            raise UnknownReference(f"several {resource.plural} have {values}: {what}; give the id of one")
        return found[0] if found else None

    def alike(
        self, resource: Resource, desired: Values, match: str, listed: Collection[ObjectName] = ()
    ) -> tuple[list[Item], list[Item]]:
        """Return what is in the scope that *desired* names and differs from it in case only, and what differs in more.

        The latter has the same letters and digits, without accents. What is *listed* itself is never one of these: who
        writes two names that are alike means two objects.
        """
        if match not in resource.likenesses:
            return [], []
        listing = self.listing(resource.kind, self.scope_of(resource, desired))
        keys = [(one, one(desired)) for one in resource.likenesses[match]]
        caseless, similar = (
            [
                item
                for item in ([] if likeness.is_blank(key) else listing.by_index(likeness, key))
                if (resource.kind, resource.lookup_key(match, item.values)) not in listed
            ]
            for likeness, key in keys
        )
        return caseless, [item for item in similar if item not in caseless]

    def by_id(self, resource: Resource, identity: int) -> Item | None:
        """Return the object of that id; read alone where XCI has no list of all of its kind."""
        lists = self.lists_read(resource) if resource.scope else [self.listing(resource.kind)]
        known = next((listing.items[identity] for listing in lists if identity in listing.items), None)
        if known:
            return self.completed(resource, known)
        found = self.read_shown(resource, {"id": identity}) if resource.scope else None
        if found is None or found.values[resource.scope]:
            return found
        # XCI does not say of the object alone in which list it is.
        scopes = list(self.listing(resource.scope).items.values())
        self.prefetch(resource.kind, scopes)
        listings = (self.listing(resource.kind, one) for one in scopes)
        known = next((listing.items[identity] for listing in listings if identity in listing.items), None)
        return self.completed(resource, known) if known else found

    def _others(self, resource: Resource, scope: Item, search: str) -> Iterator[Index]:
        """Yield the lists of the other scopes in which the same object may be."""
        others = [item for item in self.listing(resource.scope).items.values() if item.id != scope.id]
        if search != EVERYWHERE:
            others = [item for item in others if item.values[search] == scope.values[search]]
        self.prefetch(resource.kind, others)
        for item in others:
            yield self.listing(resource.kind, item)

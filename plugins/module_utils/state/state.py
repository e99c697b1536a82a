# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is on XCI: read once, found by any name, kept up to date with what is written."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from ..api.cancellation import threads
from ..api.client import Client
from ..api.errors import ApiError, UnexpectedResponse, UnknownReference, first_of
from ..model.fields import EVERYWHERE, Resource, Values, is_planned
from ..model.resources import RESOURCES
from ..model.spelling import whole_number
from .answers import elements
from .index import Index, Item
from .names import Names
from .next_id import NextId
from .reservations import Reservations

if TYPE_CHECKING:
    from ..model.reserved import Range
    from .numbers import Numbers

GONE = (400, 404, 410)
"""XCI's page does not say how it answers for an object that it does not know."""
ObjectName = tuple[str, tuple[Any, ...]]
"""How a document names an object: its kind and the values by which it is found, such as ``("admin", ("anna",))``."""


class State(Names):
    """The lists of one XCI. Each is read when it is first needed.

    *reservations* are the numbers that somebody in this run is about to take. *assumed* are the references that were
    assumed to exist, as kind and name; only a planned state does that.
    """

    def __init__(self, client: Client, reservations: Reservations | None = None) -> None:
        super().__init__()
        self.client = client
        self.reservations = reservations or Reservations()
        self.next_id = NextId()
        self.kept: Sequence[Range] = ()
        """The ranges of numbers that nobody gets without asking for them."""
        self.assumed: list[tuple[str, str]] = []

    @cached_property
    def numbers(self) -> Numbers:
        """The free numbers of the entities."""
        from .numbers import Numbers

        return Numbers(self)

    # -- reading

    def listing(self, kind: str, scope: Item | None = None) -> Index:
        place = (kind, scope.id if scope else 0)
        found = self._lists.get(place)
        if found is None:
            with self.lock:
                found = self._lists.get(place) or self._read(kind, scope)
                self._lists[place] = found
                self._check_titles(RESOURCES[kind], found)
        return found

    def known_listing(self, resource: Resource, values: Values) -> Index | None:
        """Return the list in which an object is or will be if it was read."""
        return self._lists.get((resource.kind, self._scope_id(resource, values)))

    def _check_titles(self, resource: Resource, listing: Index) -> None:
        """Forget what was read before this list and may call several of its objects by the same name."""
        titles = [] if resource.scope else [resource.title(item.values) for item in listing.items.values()]
        if len(set(titles)) < len(titles):
            self.forget_referring(resource)

    def _read(self, kind: str, scope: Item | None) -> Index:
        if scope is not None and is_planned(scope.values):
            return Index()
        resource = RESOURCES[kind]
        return self._index(resource, self.client.read(self._list_path(resource, scope)), scope)

    def _index(self, resource: Resource, answer: Any, scope: Item | None = None) -> Index:
        items = [self.item(resource, raw) for raw in elements(answer, resource.plural)]
        return Index(items if scope is None else self._of_scope(resource, items, scope))

    def _of_scope(self, resource: Resource, items: list[Item], scope: Item) -> Iterator[Item]:
        """Yield those of a scope's list that belong there: where an object says that it belongs, if it says so."""
        # A view over this state may call the scope by the name that it will have.
        known = self.listing(resource.scope).items.get(scope.id, scope)
        label = self.label_of(RESOURCES[resource.scope], known)
        for item in items:
            if item.values[resource.scope] in (label, ""):
                item.values[resource.scope] = label
                yield item

    def _list_path(self, resource: Resource, scope: Item | None) -> str:
        return resource.path if scope is None else self.path(RESOURCES[resource.scope], scope.values) + resource.path

    def item(self, resource: Resource, raw: Any) -> Item:
        """Return one of XCI's objects in normal form; raise UnexpectedResponse for what has no id."""
        item = Item(resource.load(raw, self), raw)
        if not isinstance(item.values["id"], int):
            raise UnexpectedResponse(f"invalid {resource.kind} from XCI: no id: {resource.title(item.values)}")
        self.next_id.see(resource.kind, item.id)
        return item

    def prefetch(self, kind: str, scopes: Iterable[Item], parallelism: int = 8) -> None:
        """Read the lists of several scopes side by side."""
        resource = RESOURCES[kind]
        todo = [scope for scope in scopes if (kind, scope.id) not in self._lists and not is_planned(scope.values)]
        if not todo:
            return
        with threads(min(parallelism, len(todo)), self.client.cancellation) as pool:
            answers = pool.map(self.client.read, [self._list_path(resource, scope) for scope in todo])
            for scope, answer in zip(todo, answers):
                self._lists[(kind, scope.id)] = self._index(resource, answer, scope)

    def scope_of(self, resource: Resource, values: Values) -> Item | None:
        """Return the object in whose list one is; None where there is one list of all."""
        return self.resolve(resource.scope, values[resource.scope]) if resource.scope else None

    def items_in(self, resource: Resource, scopes: list[Item], parallelism: int = 8) -> list[Item]:
        """Return all objects of some scopes, whose lists are read side by side."""
        self.prefetch(resource.kind, scopes, parallelism)
        return [item for scope in scopes for item in self.listing(resource.kind, scope).items.values()]

    def lists_read(self, resource: Resource) -> list[Index]:
        """Return the lists of a kind that were read, without a request."""
        with self.lock:
            return [listing for (kind, _scope), listing in self._lists.items() if kind == resource.kind]

    def items_read(self, resource: Resource) -> list[Item]:
        """Return the objects of a kind in all lists that were read, without a request."""
        return [item for listing in self.lists_read(resource) for item in listing.items.values()]

    def scopes_read(self, resource: Resource) -> list[Item]:
        """Return the scopes whose lists of a kind were read."""
        if not resource.scope:
            return []
        with self.lock:
            read = {scope for kind, scope in self._lists if kind == resource.kind}
        return [item for item in self.listing(resource.scope).items.values() if item.id in read] if read else []

    @staticmethod
    def path(resource: Resource, values: Values) -> str:
        """Return the path of one object, such as ``/users/7``; its key is one segment, whatever is in it."""
        return f"{resource.path}/{quote(str(values[resource.key]), safe='', errors='surrogatepass')}"

    def read_one(self, resource: Resource, values: Values) -> Item | None:
        """Read one object afresh; None where XCI does not know it."""
        try:
            return self.item(resource, self.client.read(self.path(resource, values)))
        except ApiError as error:
            if error.status == 404:
                return None
            raise

    def read_shown(self, resource: Resource, values: Values) -> Item | None:
        """Read one object afresh; None where XCI does not know it, or does not say that it does."""
        try:
            return self.read_one(resource, values)
        except ApiError as error:
            if error.status in GONE:
                return None
            raise

    # -- finding

    def find(self, resource: Resource, desired: Values, match: str = "", search: str = "") -> Item | None:
        """Return the object that is meant, or None; its references must be labels. *match* is one of the lookup keys.

        *search* says where to look when the scope that *desired* names has none, such as ``xivo`` or ``everywhere``.
        """
        if "id" in desired:
            return self.by_id(resource, desired["id"])
        fields = resource.lookup_keys[match or resource.default_lookup]
        scope = self.scope_of(resource, desired)
        key = resource.lookup_key(match, desired)
        found = self.listing(resource.kind, scope).by_index(fields, key)
        if not found and scope is not None and search not in ("", resource.scope):
            others = self._others(resource, scope, search)
            found = [item for listing in others for item in listing.by_index(fields, key)]
        if len(found) > 1:
            what = first_of(f"{resource.title(item.values)} (id {item.id})" for item in found)
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
        if not resource.scope:
            return self.listing(resource.kind).items.get(identity)
        lists = self.lists_read(resource)
        known = next((listing.items[identity] for listing in lists if identity in listing.items), None)
        return known or self.read_shown(resource, {"id": identity})

    def _others(self, resource: Resource, scope: Item, search: str) -> Iterator[Index]:
        """Yield the lists of the other scopes in which the same object may be."""
        others = [item for item in self.listing(resource.scope).items.values() if item.id != scope.id]
        if search != EVERYWHERE:
            others = [item for item in others if item.values[search] == scope.values[search]]
        self.prefetch(resource.kind, others)
        for item in others:
            yield self.listing(resource.kind, item)

    # -- keeping up to date

    def place(self, resource: Resource, identity: int, item: Item | None, *states: Values) -> None:
        """Let the lists that were read show an object as it is now, if it still exists.

        *states* are its values before and after, the last of them saying in which scope it is.
        """
        if not any(kind == resource.kind for kind, _scope in self._lists):
            return
        for state in states:
            listing = self._lists.get((resource.kind, self._scope_id(resource, state)))
            if listing is not None:
                listing.delete(identity)
        listing = self._lists.get((resource.kind, self._scope_id(resource, states[-1])))
        if item is not None and listing is not None:
            listing.put(item)

    def _scope_id(self, resource: Resource, values: Values) -> int:
        """Return what distinguishes the list in which an object is from those of other scopes."""
        if not resource.scope or not values:
            return 0
        try:
            return self.resolve(resource.scope, values[resource.scope]).id
        except UnknownReference:
            return 0

    def read_again(self, resource: Resource, scope: str) -> None:
        """Read a list afresh, parsing only what is not as it was; a loop of creations may need it for each."""
        item = self.resolve(resource.scope, scope) if scope else None
        listing = self._lists.get((resource.kind, item.id if item else 0))
        if listing is None:
            return
        shown, now = set(), time.monotonic()
        raws = elements(self.client.read(self._list_path(resource, item)), resource.plural)
        items = [_unchanged(listing, raw) or self.item(resource, raw) for raw in raws]
        for known in self._of_scope(resource, items, item) if item else items:
            known.read_at = now
            shown.add(known.id)
            if known is not listing.items.get(known.id):
                listing.put(known)
        for identity in listing.items.keys() - shown:
            listing.delete(identity)
        listing.read_at = now
        self._check_titles(resource, listing)

    def forget_referring(self, resource: Resource) -> None:
        """Forget the lists whose objects refer to those of a resource."""
        for other in RESOURCES.values():
            if other.refers_to(resource.kind):
                self.forget(other.kind)

    def forget(self, kind: str, scope: str = "") -> None:
        """Forget the lists of a kind, or the one of a scope, so that they are read again."""
        with self.lock:
            self._seen = {place: label for place, label in self._seen.items() if place[0] != kind}
            only = self.resolve(RESOURCES[kind].scope, scope).id if scope else None
            for place in [p for p in self._lists if p[0] == kind and only in (None, p[1])]:
                del self._lists[place]


def _unchanged(listing: Index, raw: Any) -> Item | None:
    """Return the item of a list that XCI shows just as it did before."""
    identity = whole_number(raw.get("id")) if isinstance(raw, Mapping) else None
    known = None if identity is None else listing.items.get(identity)
    return known if known is not None and known.raw == raw else None

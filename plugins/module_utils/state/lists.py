# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lists of one XCI: read once, completed with what was written a moment ago, kept up to date."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from ..api.cancellation import threads
from ..api.client import Client
from ..api.errors import ApiError, UnexpectedResponse, UnknownReference
from ..model.fields import Resource, Values, is_planned
from ..model.resources import RESOURCES
from ..model.spelling import whole_number
from .answers import elements, left_out
from .index import Index, Item
from .names import Names
from .next_id import NextId
from .recent import Recent, complete

GONE = (400, 404, 410)
"""XCI's page does not say how it answers for an object that it does not know."""
LATE_PAUSE = 0.25
"""Seconds until a list is read again that does not show what was written."""


class Lists(Names):
    """The lists of one XCI. Each is read when it is first needed. *recent* is what this run wrote."""

    def __init__(self, client: Client, recent: Recent | None = None) -> None:
        super().__init__()
        self.client = client
        self.recent = recent or Recent()
        self.next_id = NextId()
        self._never_listed: dict[str, frozenset[str]] = {}

    # -- reading

    def listing(self, kind: str, scope: Item | None = None) -> Index:
        place = (kind, scope.id if scope else 0)
        found = self._lists.get(place)
        if found is None or found.outdated:
            with self.lock:
                found = self._lists.get(place)
                if found is None:
                    found = self._lists[place] = self._read(kind, scope)
                    self._check_titles(RESOURCES[kind], found)
                elif found.outdated:
                    self.read_again(RESOURCES[kind], scope)
        return found

    def known_listing(self, resource: Resource, values: Values) -> Index | None:
        """Return the list in which an object is or will be if it was read."""
        return self._lists.get((resource.kind, self.scope_id(resource, values)))

    def _check_titles(self, resource: Resource, listing: Index) -> None:
        """Forget what was read before this list and may call several of its objects by the same name."""
        titles = [] if resource.scope else [resource.title(item.values) for item in listing.items.values()]
        if len(set(titles)) < len(titles):
            self.forget_referring(resource)

    def _read(self, kind: str, scope: Item | None) -> Index:
        is_new = scope is not None and is_planned(scope.values)
        return Index() if is_new else self._index(RESOURCES[kind], scope)

    def _index(
        self,
        resource: Resource,
        scope: Item | None,
        known: Index | None = None,
        answer: Any = None,
        asked: float | None = None,
    ) -> Index:
        """Return a list, completed with what was written a moment ago.

        Only what is not as it was in the list that is *known* is parsed. *answer* is what XCI said when it was *asked*,
        if it was.
        """
        path, seconds = self._list_path(resource, scope), self.client.settings.read_back_timeout
        while True:
            if asked is None:
                asked, answer = time.monotonic(), self.client.read(path)
            raws = elements(answer, resource.plural)
            items = [(_unchanged(known, raw, asked) if known else None) or self.item(resource, raw) for raw in raws]
            hidden = left_out(resource, raws)
            if raws:
                self._never_listed[resource.kind] = hidden & self._never_listed.get(resource.kind, hidden)
            for item in items:
                item.left_out = frozenset() if item.alone else hidden
            index = Index(items if scope is None else self._of_scope(resource, items, scope), asked)
            writes = self.recent.of(resource.kind, seconds)
            if not writes or complete(index, resource, scope.id if scope else 0, writes, self):
                return index
            self.client.cancellation.pause(LATE_PAUSE)
            asked = None

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

    def prefetch(self, kind: str, scopes: Iterable[Item | None], parallelism: int = 8) -> None:
        """Read the lists of several scopes side by side."""
        existing = [one for one in scopes if one is None or not is_planned(one.values)]
        self.read_since(RESOURCES[kind], existing, -1.0, parallelism)

    def read_since(self, resource: Resource, scopes: Sequence[Item | None], since: float, parallelism: int = 8) -> None:
        """Read the lists of some scopes side by side, unless they were read since then."""
        places = {(resource.kind, scope.id if scope else 0): scope for scope in scopes}
        todo = {place: scope for place, scope in places.items() if not self._is_fresh(place, since)}
        paths = [self._list_path(resource, scope) for scope in todo.values()]
        asked = time.monotonic()
        if len(paths) < 2:
            self._take(resource, todo, map(self.client.read, paths), asked)
            return
        with threads(min(parallelism, len(paths)), self.client.cancellation) as pool:
            self._take(resource, todo, pool.map(self.client.read, paths), asked)

    def read_again(self, resource: Resource, scope: Item | None) -> None:
        """Read a list afresh, parsing only what is not as it was; a loop of creations may need it for each."""
        self.read_since(resource, [scope], math.inf)

    def _is_fresh(self, place: tuple[str, int], since: float) -> bool:
        listing = self._lists.get(place)
        return listing is not None and not listing.outdated and listing.read_at > since

    def _take(
        self, resource: Resource, scopes: Mapping[tuple[str, int], Item | None], answers: Iterable[Any], asked: float
    ) -> None:
        """Let lists be as XCI has just shown them, with the indexes that they have."""
        for (place, scope), answer in zip(scopes.items(), answers):
            known = self._lists.get(place)
            fresh = self._index(resource, scope, known, answer, asked)
            if known is None:
                self._lists[place] = fresh
            else:
                known.become(fresh)
            self._check_titles(resource, fresh)

    def scope_of(self, resource: Resource, values: Values) -> Item | None:
        """Return the object in whose list one is; None where there is one list of all."""
        return self.resolve(resource.scope, values[resource.scope]) if resource.scope else None

    def items_in(self, resource: Resource, scopes: Sequence[Item | None], parallelism: int = 8) -> list[Item]:
        """Return all objects of some scopes, or of the one list (None), with all that XCI shows; read side by side."""
        self.prefetch(resource.kind, scopes, parallelism)
        listings = [self.listing(resource.kind, scope) for scope in scopes]
        self.read_whole(resource, listings, [one.name for one in resource.fields if not one.secret], parallelism)
        return [item for listing in listings for item in listing.items.values()]

    def read_whole(
        self, resource: Resource, listings: Iterable[Index], names: Iterable[str], parallelism: int = 8
    ) -> None:
        """Read each object alone, side by side, whose list leaves out one of these fields, and let its list show it."""
        keys = self._never_listed.get(resource.kind, frozenset()).intersection(resource[name].reads for name in names)
        short = [listing for listing in listings if not keys <= listing.whole]
        todo = [item for listing in short for item in listing.items.values() if keys & self.hidden(resource, item)]
        if todo:
            with threads(min(parallelism, len(todo)), self.client.cancellation) as pool:
                answers = pool.map(lambda item: self._alone(resource, item.values), todo)
                for item, found in zip(todo, answers):
                    self._whole(resource, item, found)
        for listing in short:
            listing.whole |= keys

    def hidden(self, resource: Resource, item: Item) -> frozenset[str]:
        """Return the keys that no list of a kind shows, and that may be read of this object alone."""
        keys = item.left_out & self._never_listed.get(resource.kind, item.left_out)
        return frozenset() if is_planned(item.values) else keys

    def lists_read(self, resource: Resource, scope: str = "") -> list[Index]:
        """Return the lists of a kind that were read, or the one of a scope, without a request."""
        if scope:
            return [one for one in [self.known_listing(resource, {resource.scope: scope})] if one]
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
        return next((self.item(resource, raw) for raw in self._alone(resource, values, (404, 410))), None)

    def read_shown(self, resource: Resource, values: Values) -> Item | None:
        """Read one object afresh; None where XCI does not know it, or does not say that it does."""
        return next((self.item(resource, raw) for raw in self._alone(resource, values)), None)

    def _alone(self, resource: Resource, values: Values, gone: tuple[int, ...] = GONE) -> list[Any]:
        """Return what XCI shows of one object in a list, which is empty where it does not know it."""
        try:
            return [self.client.read(self.path(resource, values))]
        except ApiError as error:
            if error.status in gone:
                return []
            raise

    def completed(self, resource: Resource, item: Item) -> Item:
        """Return an object of a list with what XCI leaves out of its lists and shows of the object alone."""
        if not self.hidden(resource, item):
            return item
        return self._whole(resource, item, self._alone(resource, item.values))

    def _whole(self, resource: Resource, item: Item, found: list[Any]) -> Item:
        alone = self.item(resource, found[0]) if found else None
        more = frozenset(alone.raw.keys() - item.raw.keys()) if alone and alone.id == item.id else frozenset[str]()
        names = [one.name for one in resource.fields if one.reads in more and item.values[one.name] == one.empty]
        values = {**item.values, **{name: alone.values[name] for name in names}} if alone else item.values
        raw = {**item.raw, **{key: alone.raw[key] for key in more}} if alone else item.raw
        whole = replace(item, values=values, raw=raw, left_out=frozenset(), alone=more)
        listing = self.known_listing(resource, item.values)
        if listing is not None and listing.items.get(item.id) is item:
            listing.put(whole)
        return whole

    # -- keeping up to date

    def place(self, resource: Resource, identity: int, item: Item | None, *states: Values) -> None:
        """Let the lists that were read show an object as it is now, if it still exists.

        *states* are its values before and after, the last of them saying in which scope it is.
        """
        if not any(kind == resource.kind for kind, _scope in self._lists):
            return
        for state in states:
            listing = self._lists.get((resource.kind, self.scope_id(resource, state)))
            if listing is not None:
                listing.delete(identity)
        listing = self._lists.get((resource.kind, self.scope_id(resource, states[-1])))
        if item is not None and listing is not None:
            listing.put(item)

    def scope_id(self, resource: Resource, values: Values) -> int:
        """Return what distinguishes the list in which an object is from those of other scopes."""
        if not resource.scope or not values:
            return 0
        try:
            return self.resolve(resource.scope, values[resource.scope]).id
        except UnknownReference:
            return 0

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


def _unchanged(listing: Index, raw: Any, asked: float) -> Item | None:
    """Return the item of a list that XCI shows just as it did before."""
    identity = whole_number(raw.get("id")) if isinstance(raw, Mapping) else None
    known = None if identity is None else listing.items.get(identity)
    if known is None or known.raw != {**raw, **{key: known.raw[key] for key in known.alone}}:
        return None
    if not known.alone:
        known.read_at = asked
    return known

# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is on the server: read once, found by any name, kept right by what is written."""

from __future__ import annotations

import difflib
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote

from ..api.client import Client
from ..api.errors import BadAnswer, InputError, ReferenceError_, Refused
from ..model.fields import Resource, Values, is_foretold
from ..model.resources import RESOURCES
from ..model.values import Refs, sort_of
from .index import Item, Listing

GONE = (400, 404, 410)
"""XCI's page does not say how it answers for an object that it does not know."""


class Directory:
    """The lists of one XCI. Each is read when it is first needed.

    *assumed* holds the references that were taken for granted, as kind and name; only a foresight does that.
    """

    def __init__(self, client: Client) -> None:
        self.client = client
        self.assumed: list[tuple[str, str]] = []
        self.lock = threading.RLock()
        self._listings: dict[tuple[str, int], Listing] = {}
        self._numbers: dict[int, deque[str]] = {}
        self._seen: dict[tuple[str, Any], str] = {}

    # -- reading --------------------------------------------------------------------------------------------

    def listing(self, kind: str, scope: Item | None = None) -> Listing:
        """Return the list of a kind; of those of one scope where the kind has scopes."""
        place = (kind, scope.id if scope else 0)
        with self.lock:
            if place not in self._listings:
                self._listings[place] = self._read(kind, scope)
                self._check_labels(RESOURCES[kind], self._listings[place])
            return self._listings[place]

    def _check_labels(self, resource: Resource, listing: Listing) -> None:
        """Forget what was read before this list and may call several of its objects by the same name."""
        titles = [] if resource.scope else [resource.title(item.values) for item in listing.items.values()]
        if len(set(titles)) < len(titles):
            self.forget_referring(resource)

    def _read(self, kind: str, scope: Item | None) -> Listing:
        resource = RESOURCES[kind]
        if scope is not None and is_foretold(scope.values):
            return Listing()
        return self._take(resource, self.client.read(self._list_path(resource, scope)))

    def _take(self, resource: Resource, answer: Any) -> Listing:
        return Listing(self.item(resource, raw) for raw in self._raws(resource, answer))

    def _list_path(self, resource: Resource, scope: Item | None) -> str:
        return resource.path if scope is None else self.path(RESOURCES[resource.scope], scope.values) + resource.path

    @staticmethod
    def _raws(resource: Resource, answer: Any) -> list[Any]:
        raws = answer if resource.bare else answer.get("items") if isinstance(answer, Mapping) else None
        if not isinstance(raws, list):
            raise BadAnswer(f"XCI shows its {resource.plural} in a form that its API does not have: {sort_of(answer)}")
        return raws

    def item(self, resource: Resource, raw: Any) -> Item:
        """Return one of XCI's objects in normal form; raise BadAnswer for what has no id."""
        item = Item(resource.load(raw, self), raw)
        if not isinstance(item.values["id"], int):
            raise BadAnswer(f"XCI shows a {resource.kind} without an id: {resource.title(item.values)}")
        return item

    def prefetch(self, kind: str, scopes: Iterable[Item], parallelism: int = 8) -> None:
        """Read the lists of several scopes side by side."""
        resource = RESOURCES[kind]
        todo = [scope for scope in scopes if (kind, scope.id) not in self._listings and not is_foretold(scope.values)]
        with ThreadPoolExecutor(max(1, min(parallelism, len(todo)))) as pool:
            answers = pool.map(self.client.read, [self._list_path(resource, scope) for scope in todo])
            for scope, answer in zip(todo, answers):
                self._listings[(kind, scope.id)] = self._take(resource, answer)

    @staticmethod
    def path(resource: Resource, values: Values) -> str:
        """Return the path of one object; its key is one segment, whatever stands in it."""
        return f"{resource.path}/{quote(str(values[resource.key]), safe='', errors='surrogatepass')}"

    def read_one(self, resource: Resource, values: Values) -> Item | None:
        """Read one object afresh; None where XCI does not know it."""
        try:
            return self.item(resource, self.client.read(self.path(resource, values)))
        except Refused as error:
            if error.status == 404:
                return None
            raise

    # -- names ----------------------------------------------------------------------------------------------

    def resolve(self, kind: str, text: str) -> Item:
        """Return the object that a person names; raise ReferenceError_ for none and for several."""
        listing = self.listing(kind)
        return listing.named.get(text) or self._resolve(RESOURCES[kind], listing, text)

    def _resolve(self, resource: Resource, listing: Listing, text: str) -> Item:
        named = listing.named
        for spelling in resource.spellings:
            found = listing.by(spelling, text)
            if len(found) > 1:
                labels = ", ".join(sorted(self.label_of(resource, item) for item in found))
                raise ReferenceError_(f"{resource.kind} {text!r} is ambiguous; say which one: {labels}")
            if found:
                named[text] = found[0]
                return found[0]
        return self._unknown(resource, text)

    def _unknown(self, resource: Resource, text: str) -> Item:
        raise ReferenceError_(f"there is no {resource.kind} {text!r} on this XCI; {self._candidates(resource, text)}")

    def _candidates(self, resource: Resource, text: str) -> str:
        labels = sorted(self.label_of(resource, item) for item in self.listing(resource.kind).items.values())
        if not labels:
            return f"it has no {resource.plural} at all"
        near = difflib.get_close_matches(text, labels, 3, 0.5) or [label for label in labels if text in label][:3]
        return f"did you mean {' or '.join(near)}?" if near else f"it has {', '.join(labels[:10])}"

    def label_of(self, resource: Resource, item: Item) -> str:
        """Return the shortest name that means this object and no other."""
        if item.label:
            return item.label
        listing = self.listing(resource.kind)
        labels = listing.labels
        if item not in labels:
            title = resource.title(item.values)
            unique = len(listing.by(resource.label, title)) < 2
            labels[item] = title if unique else str(item.values[resource.unique])
        return labels[item]

    def label(self, kind: str, element: Any, field: str = "id") -> str:
        """Return the label of what XCI refers to by an id, a combinedId or the whole object.

        What is in no list that we are shown is called by its *field*, which is what XCI takes for it.
        """
        resource = RESOURCES[kind]
        whole = isinstance(element, Mapping)
        identity = element.get("id") if whole else element
        if isinstance(identity, bool) or not isinstance(identity, (int, str)):
            raise ValueError(f"a reference to a {kind} was expected")
        if (kind, 0) not in self._listings:
            # Its list is not worth a request as long as other objects show what we need of it.
            if whole and resource.is_whole(element):
                self._seen[(kind, identity)] = resource.title(resource.load(element, self))
            if (kind, identity) in self._seen:
                return self._seen[(kind, identity)]
        listing = self.listing(kind)
        found = [listing.items[identity]] if identity in listing.items else listing.by((resource.unique,), (identity,))
        if found:
            return self.label_of(resource, found[0])
        return str(element.get(resource[field].reads, identity) if whole else identity)

    def key(self, kind: str, label: str, field: str) -> Any:
        """Return the id or combinedId that XCI takes for the object with that label."""
        try:
            return self.resolve(kind, label).values[field]
        except ReferenceError_:
            # A reference that this administrator is not shown goes back as it came.
            if field == "id" and not label.isdecimal():
                raise
            return int(label) if field == "id" else label

    def with_labels(
        self, resource: Resource, wanted: Values, riding: bool = False, known: Values | None = None
    ) -> Values:
        """Return *wanted* with each reference as its object's label; raise ReferenceError_ for those that mean nothing.

        What only rides along with a write is left until there is one (*riding*), since it may cost a list. What the
        object refers to already, by its *known* values, may be in no list.
        """
        labelled = dict(wanted)
        for name, ref in resource.references.items():
            if name in wanted and resource[name].rides == riding:
                many, kind = isinstance(ref, Refs), ref.kind
                texts = wanted[name] if many else [wanted[name]]
                kept = (known or {}).get(name) or ()
                labels = [
                    text if text in kept else self.label_of(RESOURCES[kind], self._named(kind, text, name))
                    for text in texts
                ]
                labelled[name] = sorted(set(labels)) if many else labels[0]
        return labelled

    def _named(self, kind: str, text: str, option: str) -> Item:
        try:
            return self.resolve(kind, text)
        except ReferenceError_ as error:
            raise ReferenceError_(*error.faults, option=option) from None

    # -- finding --------------------------------------------------------------------------------------------

    def find(self, resource: Resource, wanted: Values, match: str = "", moves: bool = True) -> Item | None:
        """Return the object that is meant, or None; its references must be labels. *match* is a key of matches.

        With *moves*, an object that is not in the scope that *wanted* names may be one that is to move there.
        """
        if "id" in wanted:
            return self.by_id(resource, wanted["id"])
        fields = resource.matches[match or resource.usual]
        scope = self.resolve(resource.scope, wanted[resource.scope]) if resource.scope else None
        key = tuple(wanted.get(name, resource[name].empty) for name in fields)
        found = self.listing(resource.kind, scope).by(fields, key)
        if not found and scope is not None and moves and match not in ("", resource.usual):
            found = [item for listing in self._siblings(resource, scope) for item in listing.by(fields, key)]
        if len(found) > 1:
            what = ", ".join(f"{resource.title(item.values)} (id {item.id})" for item in found)
            raise ReferenceError_(
                f"several {resource.plural} have {' and '.join(fields)} {' '.join(map(str, key))!r}: {what}; "
                "say which one by its id"
            )
        return found[0] if found else None

    def own_accounts(self, resource: Resource) -> tuple[set[str], bool]:
        """Return the logins of a list that may be the one that this run logs in as, and whether that is certain.

        Whether case counts is XCI's, or its LDAP server's, to say. XCI may list ``me`` for ``me@corp`` or ``CORP\\me``.
        """
        own = self.client.settings.login
        logins = {item.values[resource.login] for item in self.listing(resource.kind).items.values()}
        same = {login for login in logins if login.casefold() == own.casefold()}
        return same or {login for login in logins if _account(login) == _account(own)}, bool(same)

    def by_id(self, resource: Resource, identity: int) -> Item | None:
        """Return the object of that id; read alone where XCI has no list of all of its kind."""
        with self.lock:
            for (kind, _scope), listing in self._listings.items():
                if kind == resource.kind and identity in listing.items:
                    return listing.items[identity]
        if resource.scope:
            try:
                return self.read_one(resource, {"id": identity})
            except Refused as refused:
                if refused.status not in GONE:
                    raise
                return None
        return self.listing(resource.kind).items.get(identity)

    def _siblings(self, resource: Resource, scope: Item) -> Iterator[Listing]:
        """Yield the lists of the other scopes in which the same object may be."""
        same = scope.values[resource.wider]
        every = self.listing(resource.scope).items.values()
        others = [item for item in every if item.id != scope.id and item.values[resource.wider] == same]
        self.prefetch(resource.kind, others)
        for item in others:
            yield self.listing(resource.kind, item)

    # -- available numbers ----------------------------------------------------------------------------------

    def first_available(self, entity: str) -> str:
        """Return the first number of an entity's intervals that no user has."""
        scope = self.resolve("entity", entity)
        users, numbers = self.listing("user", scope), self.available_numbers(scope)
        while numbers and users.by(("internal_number",), (numbers[0],)):
            numbers.popleft()
        if not numbers:
            raise InputError(
                f"entity {entity} has no available number left; give internal_number, or widen its intervals"
            )
        return numbers[0]

    def available_numbers(self, scope: Item) -> deque[str]:
        """Return the numbers of an entity that were available when XCI was asked, in order."""
        if scope.id not in self._numbers:
            self._numbers[scope.id] = deque(self._read_numbers(scope))
        return self._numbers[scope.id]

    def _read_numbers(self, scope: Item) -> Iterable[str]:
        answer = self.client.read(self.path(RESOURCES["entity"], scope.values) + "/available_numbers")
        numbers = answer.get("items") if isinstance(answer, Mapping) else None
        if not isinstance(numbers, list) or not all(isinstance(number, (str, int)) for number in numbers):
            raise BadAnswer(f"XCI shows available numbers in a form that its API does not have: {sort_of(answer)}")
        return [str(number) for number in numbers]

    # -- keeping up ----------------------------------------------------------------------------------------

    def place(self, resource: Resource, identity: int, item: Item | None, *states: Values) -> None:
        """Let the lists that were read show an object as it is now, if it still is.

        *states* are its values before and after, the last of them saying in which scope it is.
        """
        if not any(kind == resource.kind for kind, _scope in self._listings):
            return
        for state in states:
            listing = self._listings.get((resource.kind, self._scope_id(resource, state)))
            if listing is not None:
                listing.drop(identity)
        listing = self._listings.get((resource.kind, self._scope_id(resource, states[-1])))
        if item is not None and listing is not None:
            listing.put(item)

    def _scope_id(self, resource: Resource, values: Values) -> int:
        """Return what tells the list in which an object is from those of other scopes."""
        if not resource.scope or not values:
            return 0
        try:
            return self.resolve(resource.scope, values[resource.scope]).id
        except ReferenceError_:
            return 0

    def read_again(self, resource: Resource, scope: str) -> None:
        """Read a list afresh, taking apart only what is not as it was; a loop of creations may need it for each."""
        item = self.resolve(resource.scope, scope) if scope else None
        listing = self._listings.get((resource.kind, item.id if item else 0))
        if listing is None:
            return
        shown = set()
        for raw in self._raws(resource, self.client.read(self._list_path(resource, item))):
            known = _unchanged(listing, raw) or self.item(resource, raw)
            shown.add(known.id)
            if known is not listing.items.get(known.id):
                listing.put(known)
        for identity in listing.items.keys() - shown:
            listing.drop(identity)
        self._check_labels(resource, listing)

    def forget_numbers(self, entity: int | None = None) -> None:
        """Forget which numbers are available in an entity, or in all."""
        if entity is None:
            self._numbers.clear()
        else:
            self._numbers.pop(entity, None)

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
            for place in [p for p in self._listings if p[0] == kind and only in (None, p[1])]:
                del self._listings[place]


def _account(login: str) -> str:
    return login.rpartition("\\")[2].partition("@")[0].casefold()


def _unchanged(listing: Listing, raw: Any) -> Item | None:
    """Return the item of a list that XCI shows just as it did before."""
    identity = raw.get("id") if isinstance(raw, Mapping) else None
    known = listing.items.get(identity) if isinstance(identity, int) else None
    return known if known is not None and known.raw == raw else None

# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects that the doctor makes to see what a write does, and removes in any case."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Callable

from ..model.spelling import normal, whole_number
from .counts import spans_of, xivo_of
from .probe import Probe, Seen
from .reading import LISTS

PREFIX = "xci-doctor-"
"""How each name of a scratch object begins, whatever XCI makes of its case."""
BLOCK = 100
HIGHEST = 99_999_900
"""Scratch numbers have eight digits, and no interval of the XiVO has them."""
BLOCKS = 5000
"""They are drawn from so many blocks: what a killed run left, and no list shows yet, must not be in the way."""
POLL = 0.1
GUESSES = 5
"""How many ids after the highest known one may be that of a new object which no list shows."""
NAMES = {"users": "lastName", "administrators": "login", "templates": "name", "entities": "name"}
"""The key that begins with PREFIX, in the order in which objects are removed."""

Raw = dict[str, Any]


class NotWhole(Exception):
    """A new object does not show in its list, so that nothing could be removed again; *made* says that it exists.

    Where it was not found by its path either, that is not known, and *name* is what it is called.
    """

    def __init__(self, made: bool, name: str) -> None:
        super().__init__()
        self.made = made
        self.name = name


@dataclass
class Scratch:
    """What was made so far on one XiVO; *wait* is how many seconds a write may take to show.

    *lag* is how long it took, *first* the answer to the first creation and *refusal* the last answer that was none.
    """

    probe: Probe
    xivo: Raw
    entities: list[Raw]
    wait: float = 30.0
    tag: str = field(default_factory=lambda: f"{PREFIX}{secrets.token_hex(3)}")
    lag: float | None = None
    first: Seen | None = None
    refusal: Seen | None = None
    _made: list[tuple[str, Raw]] = field(default_factory=list)
    _polls: int = 0

    def __post_init__(self) -> None:
        self.start = self._free_block()

    def _free_block(self) -> int:
        mine = str(self.xivo.get("uuid"))
        hosts = (str(self.xivo.get("id")), mine)
        spans = [
            (int(start), int(end))
            for entity in self.entities
            for start, end in spans_of(entity)
            if len(start) == 8 and (mine in str(entity.get("combinedId")) or xivo_of(entity) in hosts)
        ]
        block = HIGHEST - BLOCK * secrets.randbelow(BLOCKS)
        while any(start < block + BLOCK and end >= block for start, end in spans):
            block -= BLOCK
        return block

    def number(self, offset: int) -> str:
        """Return one of the scratch numbers."""
        return str(self.start + offset)

    def name(self, what: str) -> str:
        """Return the name of a scratch object."""
        return f"{self.tag}-{what}"

    # -- making

    def make(self, kind: str, body: Raw, within: Raw | None = None) -> Raw | None:
        """Create an object and return it as XCI shows it by itself; None where it is refused."""
        known = [one.get("id") for one in self._list(kind, within)] if kind != "entities" else []
        seen = self.probe.write("POST", f"/{kind}", body)
        self.first = self.first or seen
        if seen.is_refusal:
            self.refusal = seen
            return None
        return self._made_object(kind, body, seen, within, known)

    def _made_object(self, kind: str, body: Raw, seen: Seen, within: Raw | None, known: list[Any]) -> Raw | None:
        is_new: Callable[[Raw], bool] = lambda one: one.get("id") not in known and self._is(kind, one, body)  # noqa: E731
        shown = seen.object if seen.object.get("id") is not None else None
        if shown is None and seen.answer.headers.get("Location"):
            shown = self.probe.get(self._below(seen.answer.headers["Location"])).object or None
        if kind == "entities" or shown is None:
            started = time.monotonic()
            found = self._poll(lambda: next((one for one in self._list(kind, within) if is_new(one)), None))
            if found is None:
                raise NotWhole(self._note_unlisted(kind, body, shown, known), body[NAMES[kind]])
            if self.lag is None:
                self.lag = time.monotonic() - started if self._polls > 1 else 0.0
            shown = found
        self._made.append((kind, shown))
        return self.show(kind, shown) or shown

    def _note_unlisted(self, kind: str, body: Raw, shown: Raw | None, known: list[Any]) -> bool:
        """Find an object that no list shows by its path, so that it can be removed; return whether it is there."""
        if kind == "entities" and not (shown or {}).get("combinedId"):
            entity = {"combinedId": f"{body['name']}@{self.xivo.get('uuid')}"}
            shown = self.probe.get(self.path(kind, entity)).object or None
        elif shown is None:
            highest = max((whole_number(one) or 0 for one in known), default=0)
            guesses = (self.probe.get(f"/{kind}/{highest + step}").object for step in range(1, GUESSES + 1))
            shown = next((one for one in guesses if one and self._is(kind, one, body)), None)
        if shown is not None:
            self._made.append((kind, shown))
        return shown is not None

    def _is(self, kind: str, shown: Raw, body: Raw) -> bool:
        key = NAMES[kind]
        return _same(shown.get(key), body[key])

    def _below(self, location: str) -> str:
        """Return the path below the API of an address that XCI gives."""
        return f"/{location.rpartition('/api/1.0/')[2]}"

    def _poll(self, look: Callable[[], Any]) -> Any:
        """Look until something is there, at most as long as a write may take to show."""
        deadline, self._polls = time.monotonic() + self.wait, 0
        while True:
            self._polls += 1
            found = look()
            if found or time.monotonic() > deadline:
                return found
            self.probe.client.cancellation.pause(POLL)

    def wait_for(self, look: Callable[[], Any], seconds: float) -> Any:
        """Look until something is there, at most that long."""
        deadline = time.monotonic() + min(seconds, self.wait)
        while not (found := look()) and time.monotonic() < deadline:
            self.probe.client.cancellation.pause(POLL)
        return found

    # -- looking

    def entities_now(self) -> list[Raw]:
        """Read the entities again."""
        return self._list("entities")

    def named(self, kind: str, what: str) -> list[Raw]:
        """Return the objects of this run whose names go on like that."""
        start = f"{self.tag}{what}".lower()
        return [one for one in self._list(kind) if str(one.get(NAMES[kind])).strip().lower().startswith(start)]

    def _list(self, kind: str, within: Raw | None = None) -> list[Raw]:
        return self.probe.get(f"{self.path('entities', within)}/users" if within else LISTS[kind]).items

    def path(self, kind: str, one: Mapping[str, Any]) -> str:
        """Return the path of an object."""
        return self.probe.path_of(one) if kind == "entities" else f"/{kind}/{whole_number(one.get('id'))}"

    def show(self, kind: str, one: Raw) -> Raw:
        """Read an object by itself; empty where it is not there."""
        return self.probe.get(self.path(kind, one)).object

    def edit(self, kind: str, one: Raw, body: Raw) -> Seen:
        """Send a PUT, and return its answer."""
        return self.probe.write("PUT", self.path(kind, one), body)

    # -- removing

    def drop(self, kind: str, one: Raw) -> Seen:
        """Remove an object now."""
        return self.probe.write("DELETE", self.path(kind, one))

    def drop_all(self) -> list[str]:
        """Remove all that was made, and what an earlier run left; return the names of what is still there.

        A list may still show what is gone; what it does not show yet is looked for when that is over.
        """
        for kind in NAMES:
            for made, one in self._made:
                if made == kind:
                    self.drop(kind, one)
        if self.lag:
            self.probe.client.cancellation.pause(self.lag)
        self.sweep()
        still = self.wait_for(lambda: None if list(self.leftovers()) else [""], min(self.wait, 2 * (self.lag or 0) + 1))
        return [] if still else [str(one.get(NAMES[kind])) for kind, one in self.leftovers()]

    def sweep(self) -> int:
        """Remove what any run left; return how many objects these were."""
        found = list(self.leftovers())
        for kind, one in found:
            self.drop(kind, one)
        return len(found)

    def leftovers(self) -> Iterator[tuple[str, Raw]]:
        """Yield the objects of any run, in the order in which they can be removed."""
        entities = [one for one in self._list("entities") if _is_scratch(one.get("name"))]
        for entity in entities:
            for user in self._list("users", entity):
                if _is_scratch(user.get("lastName")):
                    yield "users", user
        for kind in ("administrators", "templates"):
            for one in self._list(kind):
                if _is_scratch(one.get(NAMES[kind])):
                    yield kind, one
        for entity in entities:
            yield "entities", entity


def scratch_names(lists: Mapping[str, list[Raw]]) -> list[str]:
    """Return the names of objects that a run left."""
    return [
        str(one.get(key)) for kind, key in NAMES.items() for one in lists.get(kind, ()) if _is_scratch(one.get(key))
    ]


def _is_scratch(text: Any) -> bool:
    return isinstance(text, str) and text.strip().lower().startswith(PREFIX)


def _same(shown: Any, sent: str) -> bool:
    return isinstance(shown, str) and normal(shown).lower() == normal(sent).lower()

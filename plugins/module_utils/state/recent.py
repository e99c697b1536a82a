# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was written a moment ago, which XCI's lists may show some seconds later."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..api.errors import ApiError, UnexpectedResponse
from ..model.change import CREATE, DELETE
from ..model.fields import Resource, Values
from .index import Index, Item

if TYPE_CHECKING:
    from .lists import Lists

FEW = 4
"""Of so many objects that a list does not show yet, each is read alone; of more, the list is read again."""


@dataclass(frozen=True)
class Written:
    """A write that was done, as far as lists have to be completed with it; it has no secrets.

    *id* is 0, and *key* empty, where XCI has not said what it is. *scope* is the id of the object in whose list it is
    now, 0 where there is one list of all. *names* is what identified the object before the write, or identifies a new
    one; *before* and *after* are the values of the fields that an edit changed. *at* is in seconds of
    ``time.monotonic``, *item* the object afterwards where this process knows it.
    """

    kind: str
    action: str
    id: int
    key: Any
    scope: int
    names: Values
    before: Values
    after: Values
    at: float
    item: Item | None = field(default=None, repr=False, compare=False)

    @property
    def name(self) -> tuple[Any, ...]:
        """What the object was called, and where."""
        return (self.scope, *self.names.values())


class Recent:
    """The writes of one process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._writes: dict[str, list[Written]] = defaultdict(list)

    def add(self, write: Written) -> None:
        """Note a write that was done."""
        with self._lock:
            self._writes[write.kind].append(write)

    def of(self, kind: str, seconds: float) -> list[Written]:
        """Return the writes of a kind that were done in the last *seconds*, in their order.

        Those of a creation of which more is known since are left out.
        """
        since = time.monotonic() - seconds
        with self._lock:
            young = sorted((write for write in self._writes[kind] if write.at > since), key=lambda write: write.at)
            self._writes[kind] = young
        last = {write.name: write.id for write in young}
        return [write for write in young if write.action != CREATE or write.id == last[write.name]]


def complete(index: Index, resource: Resource, scope: int, writes: Sequence[Written], state: Lists) -> bool:
    """Complete a list that was just read with some writes; return whether it has all of them now.

    What it still shows as it was before is in its *late*.
    """
    last = {write.id: write for write in writes if write.id}
    before: dict[int, list[Values]] = defaultdict(list)
    for write in writes:
        # XCI may keep what it had: then its list is not late.
        if write.before and any(last[write.id].after.get(name) != value for name, value in write.before.items()):
            before[write.id].append(write.before)
    left = [write for write in last.values() if not _is_right(index, scope, write, before[write.id])]
    if sum(write.id not in index.items for write in left) > FEW:
        return False
    return all(_complete(index, resource, write, before[write.id], state) for write in left) and all(
        write.id or write.scope != scope or created(index, resource, write.names) for write in writes
    )


def _is_right(index: Index, scope: int, write: Written, before: list[Values]) -> bool:
    """Return whether a list shows a write, where it has to; what must not be in it is taken out."""
    listed = index.items.get(write.id)
    if write.action != DELETE and write.scope == scope:
        return listed is not None and not any(shows(listed, values) for values in before)
    if listed is not None:
        index.late[write.id] = listed
        index.delete(write.id)
    return True


def _complete(index: Index, resource: Resource, write: Written, before: list[Values], state: Lists) -> bool:
    """Let a list show a write that it does not show; somebody else may have deleted the object since."""
    listed = index.items.get(write.id)
    item = write.item if listed is not None else None
    if item is not None:
        index.late[write.id] = listed
    else:
        item = _alone(resource, write, before, state)
    if item is not None:
        index.put(item)
    return item is not None


def _alone(resource: Resource, write: Written, before: list[Values], state: Lists) -> Item | None:
    """Read the object of a write alone; None where that does not show the write either."""
    if not write.key:
        return None
    try:
        item = state.read_shown(resource, {resource.key: write.key})
    except (ApiError, UnexpectedResponse):
        return None
    if item is None or item.id != write.id or state.scope_id(resource, item.values) != write.scope:
        return None
    return None if any(shows(item, values) for values in before) else item


def created(index: Index, resource: Resource, names: Values) -> list[Item]:
    """Return the objects of a list that a creation may have made; XCI may keep texts in another case."""
    found = index.by_index(resource.identity, resource.lookup_key("", names))
    return found or [item for item in index.items.values() if is_named(resource, item, names)]


def is_named(resource: Resource, item: Item, names: Values) -> bool:
    """Return whether these are an object's names, case, accents and blanks aside."""
    return all(resource[name].codec.is_true_of(text, item.values[name]) for name, text in names.items())


def shows(item: Item, values: Values) -> bool:
    """Return whether an object has these values, such as those before a write that its list does not show yet."""
    return all(item.values.get(name) == value for name, value in values.items())

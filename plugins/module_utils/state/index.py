# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One list of XCI's objects, found by id or by any of their fields."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Callable, Union

from ..model.fields import Values

IndexName = Union[str, tuple[str, ...], Callable[[Values], Any]]
"""How to look something up: by a format of its fields such as ``{name}@{xivo}``, by several, or by a function."""


@dataclass(eq=False)
class Item:
    """One object: its normal form, and as XCI shows it (empty for one that is only planned).

    *label* is set for a placeholder: the name by which check mode assumes that there will be one. *read_at* is when XCI
    showed it, in seconds of ``time.monotonic``. *left_out* are the keys that no object of its list has, and that it may
    have all the same; *alone* those of them that were read of the object alone since.
    """

    values: Values
    raw: Mapping[str, Any] = field(default_factory=dict)
    label: str = ""
    read_at: float = field(default_factory=time.monotonic)
    left_out: frozenset[str] = frozenset()
    alone: frozenset[str] = frozenset()

    @property
    def id(self) -> int:
        return self.values["id"]


MOST_HINTS = 20
"""For how many names a list is searched for what else may be meant, which takes a while."""


class Index:
    """One list of XCI, by id (*items*), with an index for each way in which something was looked up.

    *named* and *labels* cache what names mean; each change of the list begins them anew. *read_at* is when XCI was
    asked for it, in seconds of ``time.monotonic``; what was written since and it did not show yet is in *late*, by id,
    as it showed that. *outdated* says that it has to be read again before it is used. *whole* are the keys that XCI
    leaves out of it and that were read of each of its objects alone.
    """

    def __init__(self, items: Iterable[Item] = (), read_at: float | None = None) -> None:
        self.items: dict[int, Item] = {item.id: item for item in items}
        self.read_at = time.monotonic() if read_at is None else read_at
        self.late: dict[int, Item | None] = {}
        self.outdated = False
        self.whole: frozenset[str] = frozenset()
        self.hints: dict[str, str] = {}
        self._indexes: dict[IndexName, dict[Any, dict[int, Item]]] = {}
        # An index that is half made would hide what exists, and a write would go to the wrong place or fail.
        self._lock = threading.RLock()
        self._clear_caches()

    def by_index(self, name: IndexName, key: Any) -> list[Item]:
        """Return the items that have that *key*, such as ``by_index(("internal_number",), ("1001",))``."""
        with self._lock:
            index = self._indexes.get(name)
            if index is None:
                index = self._indexes[name] = {}
                for item in self.items.values():
                    index.setdefault(_key(name, item.values), {})[item.id] = item
            return list(index.get(key, {}).values())

    def put(self, item: Item) -> None:
        """Add an item, or replace the one of its id."""
        with self._lock:
            self.delete(item.id)
            self.items[item.id] = item
            self._clear_caches()
            for name, index in self._indexes.items():
                index.setdefault(_key(name, item.values), {})[item.id] = item

    def delete(self, identity: int) -> None:
        """Remove an item if it is there."""
        with self._lock:
            item = self.items.pop(identity, None)
            if item is not None:
                self._clear_caches()
                for name, index in self._indexes.items():
                    index.get(_key(name, item.values), {}).pop(identity, None)

    def become(self, fresh: Index) -> None:
        """Let it be as it was just read."""
        with self._lock:
            for item in fresh.items.values():
                if item is not self.items.get(item.id):
                    self.put(item)
            for identity in self.items.keys() - fresh.items.keys():
                self.delete(identity)
            self.read_at, self.late, self.outdated, self.whole = fresh.read_at, fresh.late, False, frozenset()

    @property
    def may_hint(self) -> bool:
        return len(self.hints) < MOST_HINTS

    def _clear_caches(self) -> None:
        # New ones, not emptied ones: a thread that is still looking something up must not add what is outdated.
        self.named: dict[str, Item] = {}
        self.labels: dict[Item, str] = {}


def _key(name: IndexName, values: Values) -> Any:
    if isinstance(name, str):
        return name.format_map(values)
    return name(values) if callable(name) else tuple(values[field] for field in name)

# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One list of XCI's objects, found by id or by any of their fields."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Union

from ..model.fields import Values

Way = Union[str, tuple[str, ...]]
"""How to look something up: by a format of its fields, or by several fields at once."""


@dataclass(eq=False)
class Item:
    """One object: its normal form, and as XCI shows it (empty for one that is only foretold)."""

    values: Values
    raw: Mapping[str, Any] = field(default_factory=dict)
    label: str = ""

    @property
    def id(self) -> int:
        return self.values["id"]


class Listing:
    """One list of XCI, by id, with an index for each way that was asked for.

    *named* and *labels* are for the directory to remember what names mean; each change of the list begins them anew.
    """

    def __init__(self, items: Iterable[Item] = ()) -> None:
        self.items: dict[int, Item] = {item.id: item for item in items}
        self._indexes: dict[Way, dict[Any, dict[int, Item]]] = {}
        # An index that is half made would hide what is there, and a write would go to the wrong place or fail.
        self._lock = threading.RLock()
        self._begin_anew()

    def by(self, way: Way, key: Any) -> list[Item]:
        """Return the items whose *way* gives *key*."""
        with self._lock:
            index = self._indexes.get(way)
            if index is None:
                index = self._indexes[way] = {}
                for item in self.items.values():
                    index.setdefault(_key(way, item.values), {})[item.id] = item
            return list(index.get(key, {}).values())

    def put(self, item: Item) -> None:
        """Add an item, or replace the one of its id."""
        with self._lock:
            self.drop(item.id)
            self.items[item.id] = item
            self._begin_anew()
            for way, index in self._indexes.items():
                index.setdefault(_key(way, item.values), {})[item.id] = item

    def drop(self, identity: int) -> None:
        """Remove an item if it is there."""
        with self._lock:
            item = self.items.pop(identity, None)
            if item is not None:
                self._begin_anew()
                for way, index in self._indexes.items():
                    index.get(_key(way, item.values), {}).pop(identity, None)

    def _begin_anew(self) -> None:
        # New ones, not emptied ones: a thread that is still looking something up must not add what is outdated.
        self.named: dict[str, Item] = {}
        self.labels: dict[Item, str] = {}


def _key(way: Way, values: Values) -> Any:
    return way.format_map(values) if isinstance(way, str) else tuple(values[name] for name in way)

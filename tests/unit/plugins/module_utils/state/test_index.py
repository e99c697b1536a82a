# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One list, found by any of its fields, whatever is put in and taken out."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from ansible_collections.xivo.xci.plugins.module_utils.state.index import Index, Item

ONE, TWO, THREE = (Item({"id": n, "name": name, "at": "x"}) for n, name in ((1, "a"), (2, "b"), (3, "a")))


def ids(found: list[Item]) -> list[int]:
    return [item.id for item in found]


def test_found_by_fields_and_by_formats() -> None:
    listing = Index([ONE, TWO, THREE])
    assert ids(listing.by_index("{name}", "a")) == [1, 3]
    assert ids(listing.by_index("{name}@{at}", "b@x")) == [2]
    assert ids(listing.by_index(("name", "at"), ("a", "x"))) == [1, 3]
    assert ids(listing.by_index(("id",), (2,))) == [2]
    assert listing.by_index("{id}", 2) == []
    assert ids(listing.by_index("{id}", "2")) == [2]
    assert listing.by_index("{name}", "c") == []


def test_what_is_put_in_and_taken_out_is_seen_at_once() -> None:
    listing = Index([ONE])
    assert listing.by_index("{name}", "b") == []
    listing.put(TWO)
    assert ids(listing.by_index("{name}", "b")) == [2]
    listing.put(Item({"id": 2, "name": "c", "at": "x"}))
    assert listing.by_index("{name}", "b") == []
    assert ids(listing.by_index("{name}", "c")) == [2]
    listing.delete(2)
    listing.delete(2)
    listing.delete(99)
    assert listing.by_index("{name}", "c") == []
    assert list(listing.items) == [1]


def test_what_is_found_is_the_callers() -> None:
    listing = Index([ONE])
    listing.by_index("{name}", "a").clear()
    assert ids(listing.by_index("{name}", "a")) == [1]


class Slow(dict[str, Any]):
    """Values that take their time the first time that they are looked at."""

    def __init__(self, values: dict[str, Any], looked_at: threading.Event, go_on: threading.Event) -> None:
        super().__init__(values)
        self.looked_at, self.go_on = looked_at, go_on

    def __getitem__(self, name: str) -> Any:
        if name == "name":
            self.looked_at.set()
            self.go_on.wait(0.1)
        return super().__getitem__(name)


def test_two_threads_that_ask_for_the_first_time() -> None:
    """An index that is half made hides nothing: a write would go to the wrong object, or fail."""
    looked_at, go_on = threading.Event(), threading.Event()
    listing = Index([Item(Slow(ONE.values, looked_at, go_on)), TWO])
    first = threading.Thread(target=listing.by_index, args=("{name}", "b"))
    first.start()
    looked_at.wait(5)
    found: list[list[Item]] = []
    second = threading.Thread(target=lambda: found.append(listing.by_index("{name}", "b")))
    second.start()
    second.join(0.02)
    go_on.set()
    for thread in (first, second):
        thread.join(5)
    assert [ids(one) for one in found] == [[2]]


def test_what_names_mean_is_forgotten_with_each_change() -> None:
    listing = Index([ONE])
    changes: list[Callable[[], None]] = [lambda: listing.put(TWO), lambda: listing.delete(2)]
    for change in changes:
        listing.named["a"], listing.labels[ONE] = ONE, "a"
        change()
        assert (listing.named, listing.labels) == ({}, {})
    listing.named["a"] = ONE
    listing.delete(99)
    assert listing.named == {"a": ONE}


def test_an_index_is_made_once() -> None:
    looked_at: list[str] = []

    class Watched(dict[str, Any]):
        def __getitem__(self, name: str) -> Any:
            looked_at.append(name)
            return super().__getitem__(name)

    listing = Index([Item(Watched(ONE.values))])
    looked_at.clear()
    assert [ids(listing.by_index(("name",), ("a",))) for _again in range(2)] == [[1], [1]]
    assert looked_at.count("name") == 1

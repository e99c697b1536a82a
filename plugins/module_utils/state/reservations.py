# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The numbers that are reserved in this run, and for whom: nobody else gets them."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any


class Reservations:
    """The reservations of one process.

    *between* is what objects have for the moment in the exchanges of an approved plan, by kind and id.
    """

    def __init__(self) -> None:
        self.between: Mapping[tuple[str, int], list[dict[str, Any]]] = {}
        self._lock = threading.Lock()
        self._by_number: dict[str, dict[str, str]] = defaultdict(dict)
        self._by_asker: dict[tuple[str, str], list[str]] = {}

    def take(
        self, entity: str, asker: str, free: Iterable[str], count: int = 1, consecutive: bool = False
    ) -> list[str]:
        """Return *count* of an entity's *free* numbers; or as many as there are, and then nobody has taken them.

        Who asks again gets the same ones as long as they are free, so that a number is the same wherever a task names
        it, and another one once a user has it. *consecutive* numbers follow each other without a gap.
        """
        if consecutive:
            # Numbers that were shown one by one before stay reserved, too.
            asker = f"{asker} in a row"
        with self._lock:
            return self._take(entity, asker, free, count, consecutive)

    def _take(self, entity: str, asker: str, free: Iterable[str], count: int, consecutive: bool) -> list[str]:
        if consecutive:
            return self._take_block(entity, asker, free, count)
        taken, mine = self._by_number[entity], self._by_asker.get((entity, asker), [])
        kept: list[str] = []
        fresh: list[str] = []
        for number in free:
            if number in mine:
                kept.append(number)
            elif number not in taken:
                fresh.append(number)
            if len(kept) >= count or (not mine and len(fresh) >= count):
                break
        chosen = (kept + fresh)[:count]
        if len(kept) < count == len(chosen):
            self._give(entity, asker, chosen)
        return chosen

    def _take_block(self, entity: str, asker: str, free: Iterable[str], count: int) -> list[str]:
        taken, mine = self._by_number[entity], self._by_asker.get((entity, asker), [])
        numbers = sorted((one for one in free if one in mine or one not in taken), key=lambda one: (len(one), one))
        blocks = [block for block in _blocks(numbers) if len(block) >= count]
        if not blocks:
            return max(_blocks(numbers), key=len, default=[])[:count]
        if len(mine) == count and any(set(mine) <= set(block) for block in blocks):
            return mine
        self._give(entity, asker, blocks[0][:count])
        return blocks[0][:count]

    def _give(self, entity: str, asker: str, numbers: list[str]) -> None:
        """Reserve numbers, and no longer those that were reserved before for the same."""
        taken = self._by_number[entity]
        for number in self._by_asker.get((entity, asker), []):
            taken.pop(number, None)
        self._by_asker[entity, asker] = numbers
        taken.update(dict.fromkeys(numbers, asker))


def _blocks(numbers: Iterable[str]) -> list[list[str]]:
    """Return numbers that are in order as blocks without a gap."""
    blocks: list[list[str]] = []
    for number in numbers:
        last = blocks[-1][-1] if blocks else ""
        if last and number.isdecimal() and len(number) == len(last) and int(number) == int(last) + 1:
            blocks[-1].append(number)
        else:
            blocks.append([number])
    return blocks

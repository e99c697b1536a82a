# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The numbers that are reserved in this run, and for whom: nobody else gets them."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterable


class Reservations:
    """The reservations of one process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_number: dict[str, dict[str, str]] = defaultdict(dict)
        self._by_asker: dict[tuple[str, str], list[str]] = {}

    def take(self, entity: str, asker: str, free: Iterable[str], count: int = 1) -> list[str]:
        """Return *count* of an entity's *free* numbers; or as many as there are, and then nobody has taken them.

        Who asks again gets the same ones as long as they are free, so that a number is the same wherever a task names
        it, and another one once a user has it.
        """
        with self._lock:
            return self._take(entity, asker, free, count)

    def _take(self, entity: str, asker: str, free: Iterable[str], count: int) -> list[str]:
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

    def _give(self, entity: str, asker: str, numbers: list[str]) -> None:
        """Reserve numbers, and no longer those that were reserved before for the same."""
        taken = self._by_number[entity]
        for number in self._by_asker.get((entity, asker), []):
            taken.pop(number, None)
        self._by_asker[entity, asker] = numbers
        taken.update(dict.fromkeys(numbers, asker))

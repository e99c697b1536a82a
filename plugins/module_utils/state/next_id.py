# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Guesses the id of an object that was just created, where XCI's answer does not show it."""

from __future__ import annotations

from collections import defaultdict

MOST_MISSES = 2
"""After so many wrong guesses in a row, XCI's ids follow another rule, or others create objects as well."""


class NextId:
    """Ids by kind: the highest that was seen, and how often one more than that was wrong."""

    def __init__(self) -> None:
        self._highest: dict[str, int] = defaultdict(int)
        self._misses: dict[str, int] = defaultdict(int)

    def see(self, kind: str, identity: int) -> None:
        """Note an id that XCI showed."""
        self._highest[kind] = max(self._highest[kind], identity)

    def highest(self, kind: str) -> int:
        """Return the highest id that XCI showed."""
        return self._highest[kind]

    def guess(self, kind: str) -> int | None:
        """Return the id to try, such as 560 where 559 is the highest known; None where guessing is of no use."""
        return self._highest[kind] + 1 if self._highest[kind] and self._misses[kind] < MOST_MISSES else None

    def judge(self, kind: str, right: bool) -> None:
        """Note whether a guess was right."""
        self._misses[kind] = 0 if right else self._misses[kind] + 1

# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The result of a command, and how to put it into words in English or French."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Outcome:
    """The result of a command's module, and how to put it into words.

    *check* says that nothing was written; each method returns the text in the language.
    """

    result: Mapping[str, Any]
    french: bool = False
    check: bool = False

    def say(self, english: str, french: str) -> str:
        return french if self.french else english

    def either(self, done: tuple[str, str], planned: tuple[str, str]) -> str:
        return self.say(*(planned if self.check else done))

    def count(self, number: int, english: tuple[str, str], french: tuple[str, str]) -> str:
        """Return such as ``2 people``; each language gives one and several. French has one for none, too."""
        words = french if self.french else english
        is_one = number < 2 if self.french else number == 1
        return f"{number} {words[0] if is_one else words[1]}"

    @property
    def not_shown(self) -> list[str]:
        """What XCI does not show to the administrator of the run."""
        return list(self.result.get("not_shown", ()))

    def partial(self, left_out: Collection[str]) -> Iterator[str]:
        """Yield a sentence where something is left out, because XCI does not show it."""
        if left_out:
            yield self.say("This login does not see all of XCI.", "Cet identifiant ne voit pas tout XCI.")

    def people(self, number: int) -> str:
        return self.count(number, ("person", "people"), ("personne", "personnes"))

    def differences(self, number: int) -> str:
        return self.count(number, ("difference", "differences"), ("différence", "différences"))

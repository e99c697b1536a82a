# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What reading and writing one object needs of the others."""

from __future__ import annotations

from typing import Any, Protocol


class References(Protocol):
    """What a codec needs to know of other objects: their labels and their keys."""

    def label(self, kind: str, element: Any, field: str) -> str:
        """Return the label of the object that XCI means by *element*: an id, a combinedId or a whole object.

        It is the object's *field* where there is no other name for it.
        """

    def note_unreadable(self, kind: str, key: str, seen: str) -> None:
        """Note that the value of a *key* of one of XCI's objects can't be understood, and is taken as unknown."""

    def key(self, kind: str, label: str, field: str) -> Any:
        """Return the value of *field* of the object with that label, such as the id 17."""

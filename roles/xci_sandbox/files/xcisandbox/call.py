# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One API request: the caller, the request and the database."""

from __future__ import annotations

import json
import random
import re
import sqlite3
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from typing import Any

from xcisandbox.dialects import Dialects
from xcisandbox.messages import Refusal, Request
from xcisandbox.settings import Settings

NUMBER = re.compile(r"-?[0-9]{1,18}")


@dataclass(frozen=True)
class Caller:
    """An administrator who is logged in."""

    id: int
    login: str
    super_admin: bool
    entities: frozenset[int] = frozenset()
    xivos: frozenset[int] = frozenset()


@dataclass
class Call:
    db: sqlite3.Connection
    dialects: Dialects
    settings: Settings
    request: Request
    key: str = ""
    """The variable part of the path, decoded."""
    caller: Caller = field(default=Caller(0, "", super_admin=True))
    listed: sqlite3.Connection | None = None
    """What lists show, where that is not the database itself."""

    def as_listed(self) -> Call:
        """Return the same request on the data that lists show."""
        return replace(self, db=self.listed) if self.listed else self

    def body(self) -> Any:
        if not self.request.is_json:
            raise Refusal(415, "Expecting text/json or application/json body")
        return parse(self.request.body)

    def number(self) -> int:
        if not NUMBER.fullmatch(self.key):
            raise Refusal(400, f'Cannot parse parameter id as Int: For input string: "{self.key}"')
        return int(self.key)

    def unknown(self, what: str) -> Refusal:
        return Refusal(int(self.dialects["deleted_status"]), f"{what} not found")

    def conflict(self, reason: str) -> Refusal:
        """What is refused because of other objects, not because of the request itself."""
        return Refusal(409, reason)

    def only_super(self) -> None:
        if not self.caller.super_admin:
            raise Refusal(403, "only a super-administrator may do this")

    def only_with(self, entities: AbstractSet[int], xivos: AbstractSet[int] = frozenset()) -> None:
        if not self.caller.super_admin and not (entities <= self.caller.entities and xivos <= self.caller.xivos):
            raise Refusal(403, "this belongs to entities that you do not manage")

    def ordered(self, items: list[Any]) -> list[Any]:
        if self.dialects["list_order"] == "shuffled":
            random.shuffle(items)
        return items

    def hides_list(self) -> bool:
        """Return whether a list that is not all the caller's is shown to him as an empty one; refuse it, maybe."""
        mode = self.dialects["limited_admins"]
        if self.caller.super_admin or mode == "shorter":
            return False
        if mode == "forbidden":
            raise Refusal(403, "only a super-administrator may do this")
        return True

    def names_are_unique(self) -> bool:
        return self.dialects["duplicate_names"] == "refused"


def _no_constant(text: str) -> None:
    raise ValueError(f"{text} is not JSON")


def parse(body: bytes) -> Any:
    try:
        return json.loads(body.decode("utf-8"), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise Refusal(400, f"Invalid Json: {error}") from None


def caller_of(db: sqlite3.Connection, row: Any) -> Caller:
    if row["super_admin"]:
        return Caller(row["id"], row["login"], super_admin=True)
    owned = db.execute(
        "SELECT id, xivo FROM entities WHERE id IN (SELECT entity FROM administrator_entities WHERE administrator = ?)",
        (row["id"],),
    ).fetchall()
    return Caller(
        row["id"], row["login"], False, frozenset(e["id"] for e in owned), frozenset(e["xivo"] for e in owned)
    )

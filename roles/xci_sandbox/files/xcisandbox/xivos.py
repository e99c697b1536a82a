# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""XiVOs: listed, read and created; the API can neither update nor delete them."""

from __future__ import annotations

import uuid
from typing import Any

from xcisandbox import storage
from xcisandbox.call import Call
from xcisandbox.checks import Field, take
from xcisandbox.messages import Refusal
from xcisandbox.tidy import tidied

SLOTS = 1000
COLUMNS = "x.id AS xivo_id, x.uuid, x.name AS xivo_name, x.host, x.used"
SELECT = f"SELECT {COLUMNS} FROM xivos x"  # noqa: S608 (all of it is written here)
FIELDS = (Field("name", str, filled=True), Field("host", str, filled=True), Field("configure", bool))


def shape(call: Call, row: Any) -> dict[str, Any]:
    """The JSON of a row with the columns COLUMNS."""
    return {
        "id": row["xivo_id"],
        "uuid": row["uuid"],
        "name": row["xivo_name"],
        "host": "" if call.dialects["hosts"] == "blank" else row["host"],
        "remainingSlots": SLOTS if call.dialects["remaining_slots"] == "fixed" else max(0, SLOTS - row["used"]),
    }


def listing(call: Call) -> list[Any]:
    call = call.as_listed()
    if call.hides_list():
        return []
    rows = call.db.execute(f"{SELECT} ORDER BY x.id")
    mine = call.caller
    return call.ordered([shape(call, row) for row in rows if mine.super_admin or row["xivo_id"] in mine.xivos])


def one(call: Call) -> dict[str, Any]:
    return by_id(call, call.number())


def one_of(call: Call, number: int) -> dict[str, Any]:
    return shape(call, call.db.execute(f"{SELECT} WHERE x.id = ?", (number,)).fetchone())


def by_id(call: Call, number: int) -> dict[str, Any]:
    row = call.db.execute(f"{SELECT} WHERE x.id = ?", (number,)).fetchone()
    if row is None:
        raise call.unknown(f"XiVO {number}")
    call.only_with(set(), {number})
    return shape(call, row)


def create(call: Call, body: Any) -> int:
    call.only_super()
    return insert(call, tidied(call, take(body, FIELDS)))


def insert(call: Call, values: dict[str, Any], identity: str = "") -> int:
    name = values["name"]
    if call.names_are_unique() and call.db.execute("SELECT 1 FROM xivos WHERE name = ?", (name,)).fetchone():
        raise call.conflict(f"a XiVO named '{name}' exists already")
    identity = identity or str(uuid.uuid4())
    return storage.insert(
        call.db, "xivos", uuid=identity, name=name, host=values["host"], configured=values["configure"]
    )


def configuration_fails(call: Call, body: Any) -> bool:
    """Return whether the configuration fails; XCI saves the XiVO first, then connects to it."""
    return bool(body["configure"]) and call.dialects["configure"] == "fails"


def require(call: Call, where: str, number: int) -> None:
    if call.db.execute("SELECT 1 FROM xivos WHERE id = ?", (number,)).fetchone() is None:
        raise Refusal(400, f"{where}: there is no XiVO {number}")


def synchronize(call: Call) -> None:
    storage.count(call.db, storage.SYNCHRONIZED)

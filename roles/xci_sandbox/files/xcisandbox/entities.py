# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Entities: the combinedId is their key in paths; users belong to them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from xcisandbox import storage, xivos
from xcisandbox.call import Call
from xcisandbox.checks import Field, intervals, take
from xcisandbox.messages import Refusal
from xcisandbox.tidy import tidied

FIELDS = (
    Field("name", str, filled=True),
    Field("displayName", str),
    Field("xivoId", int),
    Field("intervals", list),
    Field("presentedNumber", str),
)
CAP = 5
"""How many available numbers are listed where not all of them are; as many as on the API's page."""
OFTEN = 4
"""Each number of that many belongs to no user and is not available, where something else has numbers, too."""
# Keys that a client may send back unchanged; any other key is an extra one.
KNOWN = {field.key for field in FIELDS} | {"id", "combinedId", "xivo"}
OPAQUE = re.compile("entity-([0-9]{1,18})")
EXTRA = {"mdsName": "default"}
INTERVAL_EXTRA = {"routingMode": "sda"}
COLUMNS = f"e.id, e.name, e.display_name, e.intervals, e.presented_number, e.extra, {xivos.COLUMNS}"
SELECT = f"SELECT {COLUMNS} FROM entities e JOIN xivos x ON x.id = e.xivo"  # noqa: S608 (all of it is written here)


def shape(call: Call, row: Any) -> dict[str, Any]:
    entity = {
        "id": row["id"],
        "combinedId": combined_id(call, row),
        "name": row["name"],
        "displayName": row["display_name"],
        "xivo": row["xivo_id"] if call.dialects["entity_xivo"] == "id" else xivos.shape(call, row),
        "intervals": call.ordered([_interval_shape(call, interval) for interval in json.loads(row["intervals"])]),
        "presentedNumber": row["presented_number"],
    }
    if call.dialects["extra_keys"] != "no":
        entity.update(json.loads(row["extra"]))
    return entity


def combined_id(call: Call, row: Any) -> str:
    opaque = call.dialects["combined_id"] == "opaque"
    return f"entity-{row['id']}" if opaque else f"{row['name']}@{row['uuid']}"


def _interval_shape(call: Call, stored: dict[str, Any]) -> dict[str, Any]:
    shown = {"start": stored["start"], "end": stored["end"]} if call.dialects["extra_keys"] == "no" else stored
    if not shown["end"]:
        mode = call.dialects["interval_end"]
        if mode == "absent":
            del shown["end"]
        else:
            shown["end"] = {"same": shown["start"], "null": None}.get(mode, "")
    return shown


def find(call: Call, combined: str) -> Any:
    """The row of a combinedId; the oldest one if names are duplicates."""
    if call.dialects["combined_id"] == "opaque":
        number = OPAQUE.fullmatch(combined)
        return row_of(call, int(number[1])) if number else None
    name, _at, uuid = combined.rpartition("@")
    return call.db.execute(f"{SELECT} WHERE x.uuid = ? AND e.name = ? ORDER BY e.id LIMIT 1", (uuid, name)).fetchone()


def mine(call: Call) -> Any:
    """The row of the path's combinedId, if the caller can see it."""
    row = find(call, call.key)
    if row is None:
        raise call.unknown(f"entity {call.key}")
    call.only_with({row["id"]})
    return row


def referred(call: Call, where: str, combined: str) -> Any:
    row = find(call, combined)
    if row is None:
        raise Refusal(400, f"{where}: there is no entity {combined}")
    return row


def row_of(call: Call, number: int) -> Any:
    return call.db.execute(f"{SELECT} WHERE e.id = ?", (number,)).fetchone()


def listing(call: Call) -> list[Any]:
    call = call.as_listed()
    who = call.caller
    rows = call.db.execute(f"{SELECT} ORDER BY e.id")
    return call.ordered([shape(call, row) for row in rows if who.super_admin or row["id"] in who.entities])


def one(call: Call) -> dict[str, Any]:
    return shape(call, mine(call))


def by_id(call: Call, number: int) -> dict[str, Any]:
    return shape(call, row_of(call, number))


def create(call: Call, body: Any) -> int:
    call.only_super()
    values = _checked(call, body)
    spans = [{**INTERVAL_EXTRA, **span} for span in values["intervals"]]
    return storage.insert(
        call.db,
        "entities",
        xivo=values["xivoId"],
        name=values["name"],
        display_name=values["displayName"],
        intervals=json.dumps(spans),
        presented_number=values["presentedNumber"],
        extra=json.dumps({**EXTRA, **_extra(body)}),
    )


def edit(call: Call, body: Any) -> int:
    row = mine(call)
    number, xivo = int(row["id"]), row["xivo_id"]
    if call.dialects["put"] == "merge":
        body = _merged(row, body)
    values = _checked(call, body, number)
    if values["xivoId"] != xivo:
        call.only_with(set(), {values["xivoId"]})
        _move_users(call, number, values["xivoId"])
    call.db.execute(
        "UPDATE entities SET name = ?, display_name = ?, xivo = ?, intervals = ?, presented_number = ? WHERE id = ?",
        (
            values["name"],
            values["displayName"],
            values["xivoId"],
            json.dumps(_kept(call, row, values["intervals"])),
            values["presentedNumber"],
            number,
        ),
    )
    if call.dialects["extra_keys"] != "no":
        extra = {} if call.dialects["extra_keys"] == "lost" else _extra(body)
        call.db.execute("UPDATE entities SET extra = ? WHERE id = ?", (json.dumps(extra), number))
    if call.dialects["references"] == "dangle":
        _let_dangle(call, number, combined_id(call, row))
    return number


def _let_dangle(call: Call, number: int, before: str) -> None:
    """Leave templates with the combinedId that an entity had until now, if it has another one."""
    if combined_id(call, row_of(call, number)) == before:
        return
    named = "SELECT template, ? FROM template_entities WHERE entity = ?"
    call.db.execute(f"INSERT OR IGNORE INTO dangling (template, combined) {named}", (before, number))
    call.db.execute("DELETE FROM template_entities WHERE entity = ?", (number,))


def _checked(call: Call, body: Any, number: int = 0) -> dict[str, Any]:
    values = take(body, FIELDS)
    values = tidied(call, {**values, "intervals": intervals(values["intervals"])})
    xivos.require(call, "xivoId", values["xivoId"])
    if call.names_are_unique():
        twins = "SELECT 1 FROM entities WHERE xivo = ? AND name = ? AND id <> ?"
        if call.db.execute(twins, (values["xivoId"], values["name"], number)).fetchone():
            raise call.conflict(f"an entity named '{values['name']}' exists already on this XiVO")
    if call.dialects["overlapping_intervals"] == "refused":
        _refuse_overlaps(call, values, number)
    return values


def _refuse_overlaps(call: Call, values: dict[str, Any], number: int) -> None:
    others = "SELECT name, intervals FROM entities WHERE xivo = ? AND id <> ? ORDER BY id"
    for name, stored in call.db.execute(others, (values["xivoId"], number)).fetchall():
        for span in values["intervals"]:
            for other in json.loads(stored):
                if overlap(span, other):
                    raise call.conflict(f"intervals: {_text(span)} overlaps {_text(other)} of '{name}' on this XiVO")


def _extra(body: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in body.items() if key not in KNOWN}


def _merged(row: Any, body: Any) -> Any:
    if not isinstance(body, dict):
        return body
    current = {
        "name": row["name"],
        "displayName": row["display_name"],
        "xivoId": row["xivo_id"],
        "intervals": json.loads(row["intervals"]),
        "presentedNumber": row["presented_number"],
    }
    return {**json.loads(row["extra"]), **current, **body}


def _kept(call: Call, row: Any, wanted: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The intervals with their extra keys: as sent, or as stored if the dialect ignores sent ones."""
    before = {(old["start"], old["end"]): old for old in json.loads(row["intervals"])}
    known = [(span, before.get((span["start"], span["end"]), INTERVAL_EXTRA)) for span in wanted]
    if call.dialects["extra_keys"] == "lost":
        return [{"start": span["start"], "end": span["end"]} for span in wanted]
    if call.dialects["extra_keys"] == "no":
        return [{**old, "start": span["start"], "end": span["end"]} for span, old in known]
    if call.dialects["put"] == "merge":
        return [{**old, **span} for span, old in known]
    return wanted


def _move_users(call: Call, entity: int, xivo: int) -> None:
    clash = (
        "SELECT u.cti_login FROM users u JOIN users o ON o.cti_login = u.cti_login AND o.xivo = ?"
        " WHERE u.entity = ? AND o.entity <> u.entity"
    )
    found = call.db.execute(clash, (xivo, entity)).fetchone()
    if found and call.dialects["cti_logins"] == "xivo":
        raise call.conflict(f"the CTI login '{found[0]}' exists already on XiVO {xivo}")
    call.db.execute("UPDATE users SET xivo = ? WHERE entity = ?", (xivo, entity))


def delete(call: Call) -> None:
    number = mine(call)["id"]
    if call.dialects["delete_dependents"] == "refused":
        users = call.db.execute("SELECT COUNT(*) FROM users WHERE entity = ?", (number,)).fetchone()[0]
        if users:
            raise call.conflict(f"the entity {call.key} still has {users} users")
    call.db.execute("DELETE FROM users WHERE entity = ?", (number,))
    call.db.execute("DELETE FROM entities WHERE id = ?", (number,))


def available_numbers(call: Call) -> list[Any]:
    mode = call.dialects["available_numbers"]
    limit = min(filter(None, (call.settings.available_limit, CAP if mode == "capped" else 0)), default=0)
    free = _free(call, limit, OFTEN if mode == "used_elsewhere" else 0)
    if mode == "unsorted":
        return free[::-1]
    return [int(number) for number in free] if mode == "integers" else free


def _free(call: Call, limit: int, leave_out: int) -> list[str]:
    """Return the free numbers, at most *limit* and without each *leave_out*-th, as if something else had it."""
    row = mine(call)
    taken = {user[0] for user in call.as_listed().db.execute("SELECT number FROM users WHERE entity = ?", (row["id"],))}
    free: list[str] = []
    for place, number in enumerate(_numbers(json.loads(row["intervals"])), 1):
        if number not in taken and (not leave_out or place % leave_out):
            taken.add(number)
            free.append(number)
            if len(free) == limit:
                break
    return free


def _numbers(spans: Iterable[dict[str, Any]]) -> Iterable[str]:
    for span in spans:
        first, last = _bounds(span)
        for number in range(first, last + 1):
            yield str(number).zfill(len(span["start"]))


def _bounds(span: dict[str, Any]) -> tuple[int, int]:
    return int(span["start"]), int(span["end"] or span["start"])


def contains(row: Any, number: str) -> bool:
    """Return whether a number is inside of an entity's intervals."""
    spans = json.loads(row["intervals"])
    bounds = [_bounds(span) for span in spans if len(span["start"]) == len(number)]
    return any(first <= int(number) <= last for first, last in bounds)


def overlap(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Return whether two intervals have a number in common; 0100 and 100 are two numbers."""
    first, last = max(_bounds(one)[0], _bounds(other)[0]), min(_bounds(one)[1], _bounds(other)[1])
    widths = {len(one["start"]), len(other["start"])}
    # A number that is as long as the longer start is written the same way in both.
    return max(first, 10 ** (max(widths) - 1) if len(widths) > 1 else 0) <= last


def _text(span: dict[str, Any]) -> str:
    return f"{span['start']}-{span['end'] or span['start']}"

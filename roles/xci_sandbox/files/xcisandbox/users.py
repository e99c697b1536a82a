# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Users: created with a template, found through their entity."""

from __future__ import annotations

import secrets
from typing import Any

from xcisandbox import entities, storage, templates
from xcisandbox.call import Call
from xcisandbox.checks import Field, digits, take
from xcisandbox.messages import Refusal

FIELDS = (
    Field("entityCId", str),
    Field("templateId", int),
    Field("firstName", str),
    Field("lastName", str),
    Field("internalNumber", str),
    Field("ctiLogin", str, needed=False),
    Field("ctiPassword", str, needed=False),
)
WITHOUT_TEMPLATE = tuple(
    Field("templateId", int, needed=False) if field.key == "templateId" else field for field in FIELDS
)
MASK = "********"
# Where a CTI login is unique, by the dialect cti_logins.
SAME_LOGIN = {
    "entity": "SELECT 1 FROM users WHERE cti_login = :login AND id <> :id AND entity = :entity",
    "xivo": "SELECT 1 FROM users WHERE cti_login = :login AND id <> :id AND xivo = :xivo",
    "xci": "SELECT 1 FROM users WHERE cti_login = :login AND id <> :id",
}


def shape(call: Call, row: Any, entity: dict[str, Any], external: str | None) -> dict[str, Any]:
    user = {
        "id": row["id"],
        "entity": entity,
        "firstName": row["first_name"],
        "lastName": row["last_name"],
        "internalNumber": row["number"] or None,
        "externalNumber": external,
        "mail": None,
        "ctiLogin": row["cti_login"],
        "ctiPassword": _shown_password(call, row["cti_password"]),
        "provisioningNumber": row["provisioning"],
    }
    mode = call.dialects["missing_number"]
    if not row["number"] and mode == "absent":
        del user["internalNumber"]
    elif not row["number"] and mode == "empty":
        user["internalNumber"] = ""
    return user


def _shown_password(call: Call, password: str | None) -> str | None:
    mode = call.dialects["cti_password"]
    if password is None or mode == "hidden":
        return None
    return MASK if mode == "masked" else password


def listing(call: Call) -> list[Any]:
    """The users of the path's entity. As on the API's page, list and get differ in externalNumber."""
    row = entities.mine(call)
    call = call.as_listed()
    column, number = ("xivo", row["xivo_id"]) if call.dialects["entity_users"] == "xivo" else ("entity", row["id"])
    found = call.db.execute(f"SELECT * FROM users WHERE {column} = ? ORDER BY id", (number,)).fetchall()  # noqa: S608
    shown = {owner: entities.by_id(call, owner) for owner in {user["entity"] for user in found}}
    return call.ordered([shape(call, user, shown[user["entity"]], f'"{full_name(user)}"') for user in found])


def full_name(row: Any) -> str:
    return f"{row['first_name']} {row['last_name']}".strip()


def one(call: Call) -> dict[str, Any]:
    return by_id(call, mine(call)["id"])


def by_id(call: Call, number: int) -> dict[str, Any]:
    row = call.db.execute("SELECT * FROM users WHERE id = ?", (number,)).fetchone()
    return shape(call, row, entities.by_id(call, row["entity"]), None)


def mine(call: Call) -> Any:
    number = call.number()
    row = call.db.execute("SELECT * FROM users WHERE id = ?", (number,)).fetchone()
    if row is None:
        raise call.unknown(f"user {number}")
    call.only_with({row["entity"]})
    return row


def create(call: Call, body: Any) -> int:
    values = take(body, FIELDS)
    entity = entities.referred(call, "entityCId", values["entityCId"])
    call.only_with({entity["id"]})
    _require_template(call, values["templateId"], entity)
    return insert(call, values, entity)


def insert(call: Call, values: dict[str, Any], entity: Any) -> int:
    """Add a user; a number that is None makes one without a number, as XCI may find it on a XiVO."""
    _check_free(call, values, entity, 0)
    number = f"{secrets.randbelow(900000) + 100000}"
    return storage.insert(call.db, "users", **_columns(values, entity), provisioning=number)


def edit(call: Call, body: Any) -> int:
    row = mine(call)
    if call.dialects["put"] == "merge":
        body = _merged(call, row, body)
    values = take(body, FIELDS if call.dialects["edit_template"] == "required" else WITHOUT_TEMPLATE)
    entity = entities.referred(call, "entityCId", values["entityCId"])
    call.only_with({entity["id"]})
    if values["templateId"] is None:
        values["templateId"] = row["template"]
    else:
        _require_template(call, values["templateId"], entity)
    _check_free(call, values, entity, row["id"])
    call.db.execute(
        "UPDATE users SET entity = ?, xivo = ?, template = ?, first_name = ?, last_name = ?, number = ?, cti_login = ?,"
        " cti_password = ? WHERE id = ?",
        (*_columns(values, entity).values(), row["id"]),
    )
    return int(row["id"])


def delete(call: Call) -> None:
    call.db.execute("DELETE FROM users WHERE id = ?", (mine(call)["id"],))


def _columns(values: dict[str, Any], entity: Any) -> dict[str, Any]:
    return {
        "entity": entity["id"],
        "xivo": entity["xivo_id"],
        "template": values["templateId"],
        "first_name": values["firstName"],
        "last_name": values["lastName"],
        "number": values["internalNumber"] or "",
        "cti_login": values["ctiLogin"] or None,
        "cti_password": values["ctiPassword"] or None,
    }


def _merged(call: Call, row: Any, body: Any) -> Any:
    """Without the template: the dialect edit_template decides whether an edit needs one."""
    if not isinstance(body, dict):
        return body
    current = {
        "entityCId": entities.combined_id(entities.row_of(call, row["entity"])),
        "firstName": row["first_name"],
        "lastName": row["last_name"],
        "internalNumber": row["number"],
        "ctiLogin": row["cti_login"],
        "ctiPassword": row["cti_password"],
    }
    return {**current, **body}


def _require_template(call: Call, number: int, entity: Any) -> None:
    if call.db.execute("SELECT 1 FROM templates WHERE id = ?", (number,)).fetchone() is None:
        raise Refusal(400, f"templateId: there is no template {number}")
    if call.dialects["template_scope"] == "enforced":
        _require_scope(call, number, entity)


def _require_scope(call: Call, template: int, entity: Any) -> None:
    available = templates.scope(call, template)
    if not any(available) and call.dialects["template_without_scope"] == "everybody":
        return
    if entity["id"] not in available[0] and entity["xivo_id"] not in available[1]:
        raise Refusal(400, f"templateId: template {template} is not available to {entities.combined_id(entity)}")


def _check_free(call: Call, values: dict[str, Any], entity: Any, number: int) -> None:
    extension, login = values["internalNumber"], values["ctiLogin"]
    if extension is not None:
        digits("internalNumber", extension)
    if extension and call.dialects["duplicate_numbers"] == "refused":
        twins = "SELECT 1 FROM users WHERE entity = ? AND number = ? AND id <> ?"
        if call.db.execute(twins, (entity["id"], extension, number)).fetchone():
            raise call.conflict(f"internalNumber: {extension} is taken already in {entities.combined_id(entity)}")
    scope = call.dialects["cti_logins"]
    if login and scope in SAME_LOGIN:
        where = {"login": login, "id": number, "entity": entity["id"], "xivo": entity["xivo_id"]}
        if call.db.execute(SAME_LOGIN[scope], where).fetchone():
            places = {"entity": f"in {entities.combined_id(entity)}", "xivo": f"on XiVO {entity['xivo_id']}"}
            raise call.conflict(f"ctiLogin: '{login}' exists already {places.get(scope, 'on XCI')}")

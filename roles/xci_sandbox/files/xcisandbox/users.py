# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Users: created with a template, found through their entity."""

from __future__ import annotations

import json
import secrets
from typing import Any

from xcisandbox import entities, storage, templates
from xcisandbox.call import Call
from xcisandbox.checks import Field, digits, take
from xcisandbox.messages import Refusal
from xcisandbox.tidy import tidied

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
LATE = 3.0
"""How many seconds after a user's creation the provisioning number shows, where it is late."""
# What a list leaves out that says less of a user than he himself.
NOT_LISTED = ("ctiLogin", "ctiPassword", "provisioningNumber")
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
        "externalNumber": row["external"] or external,
        "mail": None,
        "ctiLogin": row["cti_login"],
        "ctiPassword": _shown_password(call, row["cti_password"]),
        "provisioningNumber": _shown_provisioning(call, row),
    }
    mode = call.dialects["missing_number"]
    if not row["number"] and mode == "absent":
        del user["internalNumber"]
    elif not row["number"] and mode == "empty":
        user["internalNumber"] = ""
    return _with_entity(call, user)


def _with_entity(call: Call, user: dict[str, Any]) -> dict[str, Any]:
    mode = call.dialects["user_entity"]
    if mode == "absent":
        return {key: value for key, value in user.items() if key != "entity"}
    other = {"null": None, "combined_id": user["entity"]["combinedId"]}
    return {**user, "entity": other[mode]} if mode in other else user


def _shown_provisioning(call: Call, row: Any) -> str | None:
    mode = call.dialects["provisioning"]
    late = mode == "late" and storage.now() < row["created"] + LATE
    return None if late or mode == "never" else row["provisioning"]


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
    return call.ordered([_listed(call, user, shown[user["entity"]]) for user in found])


def _listed(call: Call, row: Any, entity: dict[str, Any]) -> dict[str, Any]:
    mode = call.dialects["listed_user"]
    user = shape(call, row, entity, None if mode == "as_alone" else f'"{full_name(row)}"')
    return {key: value for key, value in user.items() if key not in NOT_LISTED} if mode == "short" else user


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
    values = tidied(call, take(body, FIELDS))
    entity = entities.referred(call, "entityCId", values["entityCId"])
    call.only_with({entity["id"]})
    _require_template(call, values["templateId"], entity)
    return insert(call, values, entity)


def insert(call: Call, values: dict[str, Any], entity: Any, created: float | None = None) -> int:
    """Add a user; a number that is None makes one without a number, as XCI may find it on a XiVO."""
    _check_free(call, values, entity, 0)
    outside = external(call, values["templateId"], values["internalNumber"] or "")
    new = {"provisioning": new_code(), "external": outside, "created": storage.now() if created is None else created}
    return storage.insert(call.db, "users", **_columns(values, entity), **new)


def new_code() -> str:
    return f"{secrets.randbelow(900000) + 100000}"


def external(call: Call, template: int | None, number: str) -> str | None:
    """Return what a template makes of a number: its prefix stands before it, if it can be called from outside."""
    row = call.db.execute("SELECT options FROM templates WHERE id = ?", (template,)).fetchone()
    options = json.loads(row["options"]) if row else {}
    return f"{options['routedInboundPrefix']}{number}" if options.get("routedInbound") else None


def edit(call: Call, body: Any) -> int:
    row = mine(call)
    if call.dialects["put"] == "merge":
        body = _merged(call, row, body)
    values = tidied(call, take(body, FIELDS if call.dialects["edit_template"] == "required" else WITHOUT_TEMPLATE))
    entity = entities.referred(call, "entityCId", values["entityCId"])
    call.only_with({entity["id"]})
    if values["templateId"] is None:
        values["templateId"] = row["template"]
    else:
        _require_template(call, values["templateId"], entity)
    _check_free(call, values, entity, row["id"])
    keeps = call.dialects["edit_cti_password"] == "kept"  # noqa: S105 (not a password)
    if keeps and values["ctiLogin"] and not values["ctiPassword"]:
        values["ctiPassword"] = row["cti_password"]
    call.db.execute(
        "UPDATE users SET entity = ?, xivo = ?, template = ?, first_name = ?, last_name = ?, number = ?, cti_login = ?,"
        " cti_password = ? WHERE id = ?",
        (*_columns(values, entity).values(), row["id"]),
    )
    _keep_line(call, row, values, entity)
    return int(row["id"])


def _keep_line(call: Call, row: Any, values: dict[str, Any], entity: Any) -> None:
    """Set what an edit does to a user's line beside what it says."""
    outside, number = row["external"], values["internalNumber"] or ""
    if call.dialects["edit_template_effect"] == "reapplied":
        outside = external(call, values["templateId"], number)
    elif outside:
        outside = outside.removesuffix(row["number"]) + number
    moved = entity["id"] != row["entity"] and call.dialects["provisioning"] == "renewed"
    line = (outside, new_code() if moved else row["provisioning"], row["id"])
    call.db.execute("UPDATE users SET external = ?, provisioning = ? WHERE id = ?", line)


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
        "entityCId": entities.combined_id(call, entities.row_of(call, row["entity"])),
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
    if not templates.is_available(call, template, entity["id"], entity["xivo_id"]):
        raise Refusal(400, f"templateId: template {template} is not available to {entities.combined_id(call, entity)}")


def _check_free(call: Call, values: dict[str, Any], entity: Any, number: int) -> None:
    extension, login = values["internalNumber"], values["ctiLogin"]
    if extension is not None:
        digits("internalNumber", extension)
    if extension and call.dialects["numbers_outside"] == "refused" and not entities.contains(entity, extension):
        raise Refusal(400, f"internalNumber: {extension} is outside of {entities.combined_id(call, entity)}")
    if extension and call.dialects["duplicate_numbers"] == "refused":
        twins = "SELECT 1 FROM users WHERE entity = ? AND number = ? AND id <> ?"
        if call.db.execute(twins, (entity["id"], extension, number)).fetchone():
            raise call.conflict(f"internalNumber: {extension} is taken already in {entities.combined_id(call, entity)}")
    scope = call.dialects["cti_logins"]
    if login and scope in SAME_LOGIN:
        where = {"login": login, "id": number, "entity": entity["id"], "xivo": entity["xivo_id"]}
        if call.db.execute(SAME_LOGIN[scope], where).fetchone():
            places = {"entity": f"in {entities.combined_id(call, entity)}", "xivo": f"on XiVO {entity['xivo_id']}"}
            raise call.conflict(f"ctiLogin: '{login}' exists already {places.get(scope, 'on XCI')}")

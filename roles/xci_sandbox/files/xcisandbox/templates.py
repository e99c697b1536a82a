# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Line templates: a bare JSON array, with keys that exist only if they apply."""

from __future__ import annotations

import json
from typing import Any

from xcisandbox import entities, storage, xivos
from xcisandbox.call import Call
from xcisandbox.checks import Field, take
from xcisandbox.messages import Refusal
from xcisandbox.tidy import tidied

# In the order of the API's page.
OPTIONS = (
    Field("peerSipName", str, choices=("auto", "model")),
    Field("routedInbound", bool),
    Field("routedInboundPrefix", str, needed=False),
    Field("callerIdMode", str, choices=("incomingNo", "anonymous", "custom")),
    Field("customCallerId", str, needed=False),
    Field("ringingTime", int),
    Field("voiceMailEnabled", bool),
    # A Boolean in the page's table, a string in its examples, omitted in its script.
    Field("voiceMailNumberMode", str, needed=False, choices=("short_number", "custom")),
    Field("voiceMailCustomNumber", str, needed=False),
    Field("voiceMailSendEmail", bool, needed=False),
)
FIELDS = (
    Field("name", str, filled=True),
    *OPTIONS,
    Field("xivos", list, items=int),
    Field("entities", list, items=str),
)
MISSING = {
    "peerSipName": "auto",
    "routedInbound": False,
    "callerIdMode": "incomingNo",
    "ringingTime": 30,
    "voiceMailEnabled": False,
    "voiceMailNumberMode": "short_number",
}
"""What an option is where a document does not say it."""
# A key, and the value of another key that makes it required.
CONDITIONS = (
    ("routedInboundPrefix", "routedInbound", True),
    ("customCallerId", "callerIdMode", "custom"),
    ("voiceMailCustomNumber", "voiceMailNumberMode", "custom"),
)
ENTITIES = (
    "SELECT e.id, e.name, x.uuid FROM template_entities t JOIN entities e ON e.id = t.entity"
    " JOIN xivos x ON x.id = e.xivo WHERE t.template = ? ORDER BY e.id"
)
DANGLING = "SELECT combined FROM dangling WHERE template = ? ORDER BY combined"
XIVOS = "SELECT xivo FROM template_xivos WHERE template = ? ORDER BY xivo"


def shape(call: Call, row: Any) -> dict[str, Any]:
    options = json.loads(row["options"])
    if call.dialects["voice_mail_mode"] == "absent" and options["voiceMailNumberMode"] == "short_number":
        del options["voiceMailNumberMode"]
    return {
        "id": row["id"],
        "name": row["name"],
        **options,
        "xivos": call.ordered([_xivo(call, xivo[0]) for xivo in call.db.execute(XIVOS, (row["id"],)).fetchall()]),
        "entities": call.ordered(_entities(call, row["id"])),
    }


def _xivo(call: Call, number: int) -> Any:
    return number if call.dialects["template_references"] == "documented" else xivos.one_of(call, number)


def _entities(call: Call, number: int) -> list[Any]:
    """Return the entities that a template names, with those that are called otherwise by now."""
    dangling = [row[0] for row in call.db.execute(DANGLING, (number,))]
    rows = call.db.execute(ENTITIES, (number,)).fetchall()
    if call.dialects["template_references"] == "documented":
        return [*(entities.combined_id(call, row) for row in rows), *dangling]
    return [*(entities.by_id(call, row["id"]) for row in rows), *dangling]


def scope(call: Call, number: int) -> tuple[set[int], set[int]]:
    """Return the entities and the XiVOs that a template is available to."""
    owned = {entity["id"] for entity in call.db.execute(ENTITIES, (number,))}
    return owned, {xivo[0] for xivo in call.db.execute(XIVOS, (number,))}


def is_available(call: Call, template: int, entity: int, xivo: int) -> bool:
    """Return whether a template may be used in an entity."""
    owned, hosts = scope(call, template)
    if not owned and not hosts:
        return call.dialects["template_without_scope"] == "everybody"
    return entity in owned or xivo in hosts


def _visible(call: Call, number: int) -> bool:
    if call.caller.super_admin:
        return True
    owned, hosts = scope(call, number)
    return bool(owned & call.caller.entities or hosts & call.caller.xivos)


def listing(call: Call) -> list[Any]:
    call = call.as_listed()
    if call.hides_list():
        return []
    rows = call.db.execute("SELECT * FROM templates ORDER BY id").fetchall()
    return call.ordered([shape(call, row) for row in rows if _visible(call, row["id"])])


def _found(call: Call) -> Any:
    number = call.number()
    row = call.db.execute("SELECT * FROM templates WHERE id = ?", (number,)).fetchone()
    if row is None:
        raise call.unknown(f"template {number}")
    if not _visible(call, number):
        raise Refusal(403, "this template is not available to entities that you manage")
    return row


def one(call: Call) -> dict[str, Any]:
    return shape(call, _found(call))


def by_id(call: Call, number: int) -> dict[str, Any]:
    return shape(call, call.db.execute("SELECT * FROM templates WHERE id = ?", (number,)).fetchone())


def create(call: Call, body: Any) -> int:
    values = _checked(call, body, 0)
    number = storage.insert(call.db, "templates", name=values["name"], options=json.dumps(_applying(values)))
    _link(call, number, values)
    return number


def edit(call: Call, body: Any) -> int:
    row = _found(call)
    number = int(row["id"])
    call.only_with(*scope(call, number))
    if call.dialects["put"] == "merge":
        body = _merged(call, row, body)
    values = _checked(call, body, number)
    row = (values["name"], json.dumps(_applying(values)), number)
    call.db.execute("UPDATE templates SET name = ?, options = ? WHERE id = ?", row)
    _link(call, number, values)
    return number


def delete(call: Call) -> None:
    number = _found(call)["id"]
    call.only_with(*scope(call, number))
    mode = call.dialects["delete_used_template"]
    users = call.db.execute("SELECT COUNT(*) FROM users WHERE template = ?", (number,)).fetchone()[0]
    if users and mode == "refused":
        raise call.conflict(f"template {number} is still used by {users} users")
    if mode == "cascade":
        call.db.execute("DELETE FROM users WHERE template = ?", (number,))
    call.db.execute("DELETE FROM templates WHERE id = ?", (number,))


def _merged(call: Call, row: Any, body: Any) -> Any:
    if not isinstance(body, dict):
        return body
    owned = [entities.combined_id(call, entity) for entity in call.db.execute(ENTITIES, (row["id"],))]
    hosts = [xivo[0] for xivo in call.db.execute(XIVOS, (row["id"],))]
    return {"name": row["name"], **json.loads(row["options"]), "xivos": hosts, "entities": owned, **body}


def _checked(call: Call, body: Any, number: int) -> dict[str, Any]:
    values = tidied(call, take(body, FIELDS))
    values["voiceMailNumberMode"] = values["voiceMailNumberMode"] or "short_number"
    for key, condition, value in CONDITIONS:
        if values[condition] == value and not values[key]:
            raise Refusal(400, f"{key}: missing, and compulsory if {condition} is {json.dumps(value)}")
    for xivo in values["xivos"]:
        xivos.require(call, "xivos", xivo)
    values["entities"] = {entities.referred(call, "entities", combined)["id"] for combined in values["entities"]}
    if not (values["entities"] or values["xivos"]):
        call.only_super()  # nobody else could see it
    call.only_with(values["entities"], set(values["xivos"]))
    twins = "SELECT 1 FROM templates WHERE name = ? AND id <> ?"
    if call.names_are_unique() and call.db.execute(twins, (values["name"], number)).fetchone():
        raise call.conflict(f"a template named '{values['name']}' exists already")
    return values


def _applying(values: dict[str, Any]) -> dict[str, Any]:
    idle = {key for key, condition, value in CONDITIONS if values[condition] != value}
    keys = [field.key for field in OPTIONS if field.key not in idle]
    return {key: values[key] for key in keys if values[key] is not None}


def _link(call: Call, number: int, values: dict[str, Any]) -> None:
    call.db.execute("DELETE FROM template_xivos WHERE template = ?", (number,))
    call.db.execute("DELETE FROM template_entities WHERE template = ?", (number,))
    call.db.execute("DELETE FROM dangling WHERE template = ?", (number,))
    hosts = [(number, xivo) for xivo in set(values["xivos"])]
    owned = [(number, entity) for entity in values["entities"]]
    call.db.executemany("INSERT INTO template_xivos (template, xivo) VALUES (?, ?)", hosts)
    call.db.executemany("INSERT INTO template_entities (template, entity) VALUES (?, ?)", owned)

# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Administrators, who can log in; only super-administrators can read and write them."""

from __future__ import annotations

from typing import Any

from xcisandbox import entities, storage
from xcisandbox.call import Call
from xcisandbox.checks import Field, take
from xcisandbox.messages import Refusal
from xcisandbox.tidy import tidied

FIELDS = (
    Field("login", str, filled=True),
    Field("name", str),
    Field("ldap", bool),
    Field("password", str, needed=False),
    Field("superAdmin", bool),
    Field("entityIds", list, items=int),
)
OWNED = "SELECT entity FROM administrator_entities WHERE administrator = ? ORDER BY entity"


def log_in(call: Call, body: Any) -> str:
    """The token of a new session; empty if the login is refused. There is no LDAP server."""
    values = take(body, (Field("login", str), Field("password", str)))
    row = call.db.execute("SELECT * FROM administrators WHERE login = ?", (values["login"],)).fetchone()
    if row is None or not _is_he(call, row, values["password"]):
        return ""
    if call.dialects["sessions"] == "one":
        storage.end_sessions_of(call.db, row["id"])
    return storage.open_session(call.db, row["id"], call.settings.session_seconds)


def _is_he(call: Call, row: Any, password: str) -> bool:
    settings = call.settings
    if settings.snapshot and row["login"] == settings.login and password == settings.password:
        # Who rehearses on a twin can log in again, whatever the document makes of his own account.
        return True
    return not row["ldap"] and storage.password_matches(password, row["password"])


def shape(call: Call, row: Any) -> dict[str, Any]:
    return {
        "id": row["id"],
        "login": row["login"],
        "name": row["name"],
        "password": row["password"],
        "superAdmin": bool(row["super_admin"]),
        "ldap": bool(row["ldap"]),
        "entities": _entities(call, row["id"]),
    }


def _entities(call: Call, number: int) -> list[Any] | None:
    if call.dialects["admin_entities"] == "null":
        return None
    return call.ordered([_entity(call, owned[0]) for owned in call.db.execute(OWNED, (number,)).fetchall()])


def _entity(call: Call, number: int) -> Any:
    mode = call.dialects["admin_entities"]
    if mode == "ids":
        return number
    row = entities.row_of(call, number)
    return entities.combined_id(call, row) if mode == "combined_ids" else entities.shape(call, row)


def listing(call: Call) -> list[Any]:
    call = call.as_listed()
    if call.hides_list():
        return []
    call.only_super()
    rows = call.db.execute("SELECT * FROM administrators ORDER BY id").fetchall()
    return call.ordered([shape(call, row) for row in rows])


def one(call: Call) -> dict[str, Any]:
    return shape(call, _found(call))


def by_id(call: Call, number: int) -> dict[str, Any]:
    return shape(call, call.db.execute("SELECT * FROM administrators WHERE id = ?", (number,)).fetchone())


def _found(call: Call) -> Any:
    call.only_super()
    number = call.number()
    row = call.db.execute("SELECT * FROM administrators WHERE id = ?", (number,)).fetchone()
    if row is None:
        raise call.unknown(f"administrator {number}")
    return row


def create(call: Call, body: Any) -> int:
    call.only_super()
    values = _checked(call, body, 0)
    number = storage.insert(
        call.db,
        "administrators",
        login=values["login"],
        name=values["name"],
        password=_hashed(values),
        super_admin=values["superAdmin"],
        ldap=values["ldap"],
    )
    _link(call, number, values)
    return number


def edit(call: Call, body: Any) -> int:
    row = _found(call)
    number = int(row["id"])
    if call.dialects["put"] == "merge":
        body = _merged(call, row, body)
    values = _checked(call, body, number)
    if values["ldap"] or not values["superAdmin"]:
        _keep_one_super(call, number)
    kept = row["password"] if call.dialects["edit_password"] == "optional" else ""  # noqa: S105 (not a password)
    call.db.execute(
        "UPDATE administrators SET login = ?, name = ?, password = ?, super_admin = ?, ldap = ? WHERE id = ?",
        (values["login"], values["name"], _hashed(values, kept), values["superAdmin"], values["ldap"], number),
    )
    _link(call, number, values)
    return number


def delete(call: Call) -> None:
    number = _found(call)["id"]
    _keep_one_super(call, number)
    call.db.execute("DELETE FROM administrators WHERE id = ?", (number,))


def _checked(call: Call, body: Any, number: int) -> dict[str, Any]:
    values = tidied(call, take(body, FIELDS))
    for entity in values["entityIds"]:
        if entities.row_of(call, entity) is None:
            raise Refusal(400, f"entityIds: there is no entity {entity}")
    twins = "SELECT 1 FROM administrators WHERE login = ? AND id <> ?"
    if call.db.execute(twins, (values["login"], number)).fetchone():
        raise call.conflict(f"login: '{values['login']}' exists already")
    return values


def _hashed(values: dict[str, Any], current: str = "") -> str:
    if values["ldap"]:
        return ""
    if values["password"]:
        return storage.hash_password(values["password"])
    if not current:
        raise Refusal(400, "password: missing, and compulsory if ldap is false")
    return current


def _merged(call: Call, row: Any, body: Any) -> Any:
    """Without the password: the dialect edit_password decides whether an edit needs one."""
    if not isinstance(body, dict):
        return body
    current = {
        "login": row["login"],
        "name": row["name"],
        "ldap": bool(row["ldap"]),
        "superAdmin": bool(row["super_admin"]),
        "entityIds": [owned[0] for owned in call.db.execute(OWNED, (row["id"],))],
    }
    return {**current, **body}


def _keep_one_super(call: Call, number: int) -> None:
    others = "SELECT 1 FROM administrators WHERE super_admin = 1 AND ldap = 0 AND id <> ?"
    if call.db.execute(others, (number,)).fetchone() is None:
        raise Refusal(400, "the last super-administrator has to stay")


def _link(call: Call, number: int, values: dict[str, Any]) -> None:
    call.db.execute("DELETE FROM administrator_entities WHERE administrator = ?", (number,))
    pairs = [(number, entity) for entity in set(values["entityIds"])]
    call.db.executemany("INSERT INTO administrator_entities (administrator, entity) VALUES (?, ?)", pairs)

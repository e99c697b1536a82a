# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Loads a whole server from one document in one transaction, and returns everything that is stored."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from typing import Any

from xcisandbox import administrators, entities, storage, templates, users, xivos
from xcisandbox.call import Call
from xcisandbox.checks import expect, take
from xcisandbox.messages import Refusal

KINDS = ("xivos", "entities", "templates", "users", "administrators")
USER = {"firstName": "", "lastName": "", "templateId": None}
ADMINISTRATOR = {"name": "", "ldap": False, "superAdmin": False}


class Seed:
    """Resolves names to ids, then handles each object like a request of a super-administrator."""

    def __init__(self, call: Call) -> None:
        self._call = call
        self._entities: dict[str, Any] = {}

    def load(self, document: Any) -> dict[str, int]:
        expect("document", document, dict)
        unknown = set(document) - set(KINDS)
        if unknown:
            raise Refusal(400, f"a document has {', '.join(KINDS)}, not {', '.join(sorted(unknown))}")
        loaded = {}
        for kind in KINDS:
            items = document.get(kind, [])
            expect(kind, items, list)
            for number, item in enumerate(items):
                self._add(kind, number, item)
            loaded[kind] = len(items)
        return loaded

    def _add(self, kind: str, number: int, item: Any) -> None:
        try:
            expect(kind, item, dict)
            getattr(self, f"_add_{kind}")(item)
        except Refusal as refusal:
            raise Refusal(400, f"{kind}({number}): {refusal.reason}") from None

    def _add_xivos(self, item: dict[str, Any]) -> None:
        values = {"configure": False, "host": "", **item}
        expect("host", values["host"], str)
        take({**values, "host": values["host"] or "-"}, xivos.FIELDS)
        xivos.insert(self._call, values, item.get("uuid", ""))

    def _add_entities(self, item: dict[str, Any]) -> None:
        body = {"displayName": item.get("name"), "intervals": [], "presentedNumber": "inbNo", **item}
        body["xivoId"] = self._xivo(body.pop("xivo", None))
        entities.create(self._call, body)

    def _add_templates(self, item: dict[str, Any]) -> None:
        body = {**templates.MISSING, **item}
        body["xivos"] = [self._xivo(name) for name in item.get("xivos", [])]
        body["entities"] = [entities.combined_id(self._call, self._entity(name)) for name in item.get("entities", [])]
        templates.create(self._call, body)

    def _add_users(self, item: dict[str, Any]) -> None:
        entity = self._entity(item.get("entity"))
        body = {**USER, **item, "entityCId": ""}
        if "template" in item:
            body["templateId"] = self._template(item["template"])
        without_number = body.get("internalNumber", "") is None
        values = take({**body, "internalNumber": ""} if without_number else body, users.WITHOUT_TEMPLATE)
        # Who is loaded was there before: XCI found him on a XiVO.
        users.insert(self._call, {**values, "internalNumber": None} if without_number else values, entity, created=0)

    def _add_administrators(self, item: dict[str, Any]) -> None:
        body = {**ADMINISTRATOR, **item}
        body["entityIds"] = [self._entity(name)["id"] for name in item.get("entities", [])]
        administrators.create(self._call, body)

    def _xivo(self, name: Any) -> int:
        return int(self._one("SELECT id FROM xivos WHERE name = ?", name, "XiVO")["id"])

    def _template(self, name: Any) -> int:
        return int(self._one("SELECT id FROM templates WHERE name = ?", name, "template")["id"])

    def _one(self, query: str, name: Any, what: str) -> Any:
        row = self._call.db.execute(query, (name,)).fetchone() if isinstance(name, str) else None
        if row is None:
            raise Refusal(400, f"there is no {what} named {name!r}")
        return row

    def _entity(self, full: Any) -> Any:
        if full not in self._entities:
            expect("entity", full, str)
            name, _at, xivo = full.rpartition("@")
            query = f"{entities.SELECT} WHERE e.name = ? AND x.name = ?"
            row = self._call.db.execute(query, (name, xivo)).fetchone()
            self._entities[full] = row or entities.referred(self._call, "entity", full)
        return self._entities[full]


def state(db: sqlite3.Connection) -> dict[str, Any]:
    """All that is stored except sessions, without secrets; equal before and after means that nothing was written."""
    return {
        "xivos": [{**dict(row), "configured": bool(row["configured"])} for row in _rows(db, "xivos")],
        "entities": [_entity(row) for row in _rows(db, "entities")],
        "templates": [_template(db, row) for row in _rows(db, "templates")],
        "users": [_user(row) for row in _rows(db, "users")],
        "administrators": [_administrator(db, row) for row in _rows(db, "administrators")],
        "synchronized": storage.counter(db, storage.SYNCHRONIZED),
    }


def _rows(db: sqlite3.Connection, table: str) -> list[Any]:
    return db.execute(f"SELECT * FROM {table} ORDER BY id").fetchall()  # noqa: S608 (the names are ours)


def _ids(db: sqlite3.Connection, query: str, number: int) -> list[int]:
    return [row[0] for row in db.execute(query, (number,))]


def _stamp(secret: str | None) -> str | None:
    return hashlib.sha256(secret.encode()).hexdigest() if secret else None


def _entity(row: Any) -> dict[str, Any]:
    return {
        "id": row["id"],
        "xivo": row["xivo"],
        "name": row["name"],
        "displayName": row["display_name"],
        "intervals": json.loads(row["intervals"]),
        "presentedNumber": row["presented_number"],
        "extra": json.loads(row["extra"]),
    }


def _template(db: sqlite3.Connection, row: Any) -> dict[str, Any]:
    return {
        "id": row["id"],
        "name": row["name"],
        **json.loads(row["options"]),
        "xivos": _ids(db, templates.XIVOS, row["id"]),
        "entities": _ids(db, templates.ENTITIES, row["id"]),
        "dangling": [named[0] for named in db.execute(templates.DANGLING, (row["id"],))],
    }


def _user(row: Any) -> dict[str, Any]:
    return {
        "id": row["id"],
        "entity": row["entity"],
        "template": row["template"],
        "firstName": row["first_name"],
        "lastName": row["last_name"],
        "internalNumber": row["number"] or None,
        "ctiLogin": row["cti_login"],
        "ctiPasswordSha256": _stamp(row["cti_password"]),
        "provisioningNumber": row["provisioning"],
        "externalNumber": row["external"],
    }


def _administrator(db: sqlite3.Connection, row: Any) -> dict[str, Any]:
    return {
        "id": row["id"],
        "login": row["login"],
        "name": row["name"],
        "superAdmin": bool(row["super_admin"]),
        "ldap": bool(row["ldap"]),
        "entities": _ids(db, administrators.OWNED, row["id"]),
        # Of the salted hash, which changes with every write of a password, even of the same one.
        "passwordStamp": _stamp(row["password"]),
    }

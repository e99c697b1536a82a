# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads an export of an XCI and stores it as it is, so that the sandbox is the twin of that XCI.

What the rules of the sandbox would refuse is stored, too: the real XCI had it. What XCI never shows is made up.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from xcisandbox import entities, storage, templates, users
from xcisandbox.call import Call
from xcisandbox.documents import parsed
from xcisandbox.settings import ADMINISTRATOR, Settings

KINDS = ("xivos", "entities", "templates", "users", "admins")
ENDINGS = (".json", ".yml", ".yaml")
WHOLE = "config"
"""Under which key a document is in the result of the module that reads XCI."""

Item = Mapping[str, Any]
Document = dict[str, list[Item]]


# -- reading ----------------------------------------------------------------------------------------------------------


def read(place: str) -> Document:
    """Return the document in a file, or in all files below a folder; raise ValueError if there is none."""
    document: Document = {}
    for file in _files(Path(place)):
        for kind, items in _parsed(file).items():
            if str(kind).startswith("x-"):
                continue  # as in a document: what others refer to
            if kind not in KINDS or not isinstance(items, (list, type(None))):
                raise ValueError(f"{file}: '{kind}' is not a list of an export; there are {', '.join(KINDS)}")
            for item in items or ():
                if not isinstance(item, Mapping):
                    raise ValueError(f"{file}: an entry of {kind} is not a mapping")
            document.setdefault(kind, []).extend(items or ())
    if not document:
        raise ValueError(f"the snapshot {place} holds no export: none of {', '.join(KINDS)} is in it")
    return document


def digest(place: str) -> str:
    """Return a digest of all that is in a snapshot."""
    content = hashlib.sha256()
    for file in _files(Path(place)):
        content.update(file.read_bytes())
    return content.hexdigest()


def _files(place: Path) -> list[Path]:
    """Return the files of a snapshot, without hidden ones, in a stable order."""
    if not place.exists():
        raise ValueError(f"the snapshot {place} does not exist")
    if not place.is_dir():
        return [place]
    found = []
    for folder, below, names in os.walk(place):
        below[:] = sorted(name for name in below if not name.startswith("."))
        found += [Path(folder, name) for name in sorted(names) if not name.startswith(".")]
    tables = [file for file in found if file.suffix.lower() == ".csv"]
    if tables:
        raise ValueError(f"{tables[0]} is not part of an export; a snapshot is what the playbook export writes")
    return [file for file in found if file.suffix.lower() in ENDINGS]


def _parsed(file: Path) -> Item:
    data = parsed(file)
    if not isinstance(data, (Mapping, type(None))):
        raise ValueError(f"{file} is not an export: a mapping of {', '.join(KINDS)} is needed")
    whole = (data or {}).get(WHOLE)
    return whole if isinstance(whole, Mapping) else data or {}


# -- who logs in ------------------------------------------------------------------------------------------------------


def login_of(document: Document, settings: Settings) -> str:
    """Return the login of the super-administrator to log in as; raise ValueError if the snapshot does not have him."""
    known = [str(admin.get("login")) for admin in document.get("admins", ())]
    supers = [str(admin.get("login")) for admin in document.get("admins", ()) if admin.get("super_admin")]
    if settings.login and settings.login not in supers and (supers or settings.login in known):
        there = f"; there are {', '.join(supers)}" if supers else ""
        raise ValueError(f"the login {settings.login} is no super-administrator of the snapshot{there}")
    if settings.login:
        return settings.login
    return settings.preferred_login if settings.preferred_login in supers else [*supers, ADMINISTRATOR][0]


# -- storing ----------------------------------------------------------------------------------------------------------


def store(call: Call, document: Document) -> None:
    """Store a document on an empty server; raise ValueError where it refers to what is not in it."""
    writer = _Writer(call)
    for kind in KINDS:
        for number, item in enumerate(document.get(kind, ())):
            try:
                getattr(writer, f"add_{kind}")(item)
            except ValueError as error:
                raise ValueError(f"snapshot, {kind}[{number}]: {error}") from None


class _Writer:
    """Stores objects in the order of KINDS, and knows those that it stored by what others call them."""

    def __init__(self, call: Call) -> None:
        self._call = call
        self._db = call.db
        self._xivos: dict[str, tuple[int, str]] = {}
        self._entities: dict[str, tuple[int, int]] = {}
        self._templates: dict[str, int] = {}
        self._available: dict[tuple[int, int], int | None] = {}

    def add_xivos(self, item: Item) -> None:
        name = _text(item, "name")
        # An export does not have it; each twin of an XCI has the same one.
        identity = _text(item, "uuid") or str(uuid.uuid5(uuid.NAMESPACE_OID, f"{len(self._xivos)} {name}"))
        values = {"uuid": identity, "name": name, "host": _text(item, "host"), "configured": False}
        number = storage.insert(self._db, "xivos", **values)
        for key in (identity, name):
            self._xivos.setdefault(key, (number, identity))

    def add_entities(self, item: Item) -> None:
        name, on = _text(item, "name"), _text(item, "xivo")
        xivo, identity = _known(self._xivos, "XiVO", on)
        spans = [{**entities.INTERVAL_EXTRA, **_interval(span)} for span in item.get("intervals") or ()]
        number = storage.insert(
            self._db,
            "entities",
            xivo=xivo,
            name=name,
            display_name=_text(item, "display_name", name),
            intervals=json.dumps(spans),
            presented_number=_text(item, "presented_number", "inbNo"),
            extra=json.dumps(entities.EXTRA),
        )
        for key in (_text(item, "combined_id"), f"{name}@{on}", f"{name}@{identity}"):
            if key:
                self._entities.setdefault(key, (number, xivo))

    def add_templates(self, item: Item) -> None:
        values = {_key(name): value for name, value in item.items()}
        options = {field.key: values.get(field.key, templates.MISSING.get(field.key)) for field in templates.OPTIONS}
        kept = {key: value for key, value in options.items() if value not in (None, "")}
        name = _text(item, "name")
        number = storage.insert(self._db, "templates", name=name, options=json.dumps(kept))
        self._templates.setdefault(name, number)
        for xivo in item.get("xivos") or ():
            values = {"template": number, "xivo": _known(self._xivos, "XiVO", xivo)[0]}
            storage.insert(self._db, "template_xivos", **values)
        for named in item.get("entities") or ():
            if named in self._entities:
                values = {"template": number, "entity": self._entities[named][0]}
                storage.insert(self._db, "template_entities", **values)
            else:
                # As where an entity was renamed: the template goes on with the name that it had.
                storage.insert(self._db, "dangling", template=number, combined=str(named))

    def add_users(self, item: Item) -> None:
        entity, xivo = _known(self._entities, "entity", item.get("entity"))
        template, number = self._template(item, entity, xivo), _text(item, "internal_number")
        login = _text(item, "cti_login") or None
        storage.insert(
            self._db,
            "users",
            entity=entity,
            xivo=xivo,
            template=template,
            first_name=_text(item, "first_name"),
            last_name=_text(item, "last_name"),
            number=number,
            cti_login=login,
            cti_password=secrets.token_hex(8) if login else None,
            provisioning=users.new_code(),
            external=users.external(self._call, template, number),
            created=0,  # long ago
        )

    def add_admins(self, item: Item) -> None:
        ldap = bool(item.get("ldap"))
        number = storage.insert(
            self._db,
            "administrators",
            login=_text(item, "login"),
            name=_text(item, "name"),
            password="" if ldap else storage.hash_password(secrets.token_hex(16)),
            super_admin=bool(item.get("super_admin")),
            ldap=ldap,
        )
        for named in item.get("entities") or ():
            entity, _xivo = _known(self._entities, "entity", named)
            storage.insert(self._db, "administrator_entities", administrator=number, entity=entity)

    def _template(self, item: Item, entity: int, xivo: int) -> int | None:
        """Return the template of a user: the one that the snapshot names, or the first that his entity may use."""
        named = self._templates.get(_text(item, "template"))
        if named and templates.is_available(self._call, named, entity, xivo):
            return named
        if (entity, xivo) not in self._available:
            usable = (one for one in self._templates.values() if templates.is_available(self._call, one, entity, xivo))
            self._available[entity, xivo] = next(usable, None)
        return self._available[entity, xivo]


def _known(known: Mapping[str, Any], what: str, name: Any) -> Any:
    if name not in known:
        raise ValueError(f"there is no {what} '{name}' in the snapshot")
    return known[name]


def _text(item: Item, name: str, default: str = "") -> str:
    """Return a text of an object; what is there and null is empty."""
    value = item.get(name, default)
    if value is not None and not isinstance(value, str):
        raise ValueError(f"{name} is {value!r}, not text; put it in quotes")
    return value or ""


def _interval(span: Any) -> dict[str, str]:
    if not isinstance(span, Mapping):
        raise ValueError(f"{span!r} is not an interval")
    start, end = _text(span, "start"), _text(span, "end")
    return {"start": start, "end": "" if end == start else end}


def _key(option: str) -> str:
    """Return how the API calls an option, such as ``ringingTime`` for ``ringing_time``."""
    return re.sub("_([a-z])", lambda found: found[1].upper(), option)


def first_administrator(call: Call, settings: Settings) -> None:
    """Add who logs in where the snapshot does not have him: it shows no administrators, or no super-administrator."""
    row = call.db.execute("SELECT 1 FROM administrators WHERE login = ?", (settings.login,)).fetchone()
    if row is None:
        hashed = storage.hash_password(settings.password)
        values: dict[str, Any] = {"login": settings.login, "name": "", "password": hashed}
        storage.insert(call.db, "administrators", **values, super_admin=True, ldap=False)

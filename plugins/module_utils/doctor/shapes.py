# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which keys XCI's objects have, and what stands in them: types, never values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .reading import Reading
from .report import plain_key

XIVO = {"id", "uuid", "name", "host", "remainingSlots"}
ENTITY = {"id", "combinedId", "name", "displayName", "xivo", "intervals", "presentedNumber"}
INTERVAL = {"start", "end"}
USER = {
    "id", "entity", "firstName", "lastName", "internalNumber", "externalNumber", "mail", "ctiLogin", "ctiPassword",
    "provisioningNumber",
}  # fmt: skip
TEMPLATE = {
    "id", "name", "xivos", "entities", "peerSipName", "ringingTime", "routedInbound", "routedInboundPrefix",
    "callerIdMode", "customCallerId", "voiceMailEnabled", "voiceMailNumberMode", "voiceMailCustomNumber",
    "voiceMailSendEmail",
}  # fmt: skip
ADMINISTRATOR = {"id", "login", "name", "password", "superAdmin", "ldap", "entities"}
KNOWN = {
    "xivos": XIVO,
    "entities": ENTITY,
    "intervals": INTERVAL,
    "users": USER,
    "templates": TEMPLATE,
    "administrators": ADMINISTRATOR,
    "lists": {"items"},
}
"""The keys of the API's page, by what has them."""
WHOLE_NUMBERS = ("id", "remainingSlots", "ringingTime")
FLAGS = ("routedInbound", "voiceMailEnabled", "voiceMailSendEmail", "superAdmin", "ldap")
TYPES = {str: "text", bool: "flag", int: "number", float: "number with a fraction", type(None): "null", dict: "object"}


def objects(reading: Reading) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield all objects that were seen, each with what it is, also those inside of others."""
    for kind in ("xivos", "entities", "templates", "administrators"):
        for one in reading.of(kind):
            yield kind, one
    for _entity, user in reading.all_users():
        yield "users", user
    for user in (seen.object for _listed, seen in reading.alone):
        yield "users", user
    for kind, seen in reading.singles.items():
        yield kind, seen.object
    for entity in reading.of("entities"):
        yield from inside(entity)


def inside(entity: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the objects inside of an entity."""
    if isinstance(entity.get("xivo"), dict):
        yield "xivos", entity["xivo"]
    spans = entity.get("intervals")
    yield from (("intervals", span) for span in (spans if isinstance(spans, list) else ()) if isinstance(span, dict))


def shapes_of(reading: Reading) -> dict[str, dict[str, list[str]]]:
    """Return the types of each key, such as ``{"users": {"mail": ["null"]}}``."""
    found: dict[str, dict[str, set[str]]] = {}
    for kind, one in objects(reading):
        keys = found.setdefault(kind, {})
        for key, value in one.items():
            keys.setdefault(plain_key(key), set()).add(type_of(value))
    return {kind: {key: sorted(types) for key, types in sorted(keys.items())} for kind, keys in sorted(found.items())}


def type_of(value: Any) -> str:
    """Return the type of a value, and of what is in a list."""
    if isinstance(value, list):
        inner = sorted({type_of(one) for one in value})
        return f"list of {' and '.join(inner)}" if inner else "empty list"
    if value == "":
        return "empty text"
    return TYPES.get(type(value), "something else")


def unknown_keys(reading: Reading) -> dict[str, list[str]]:
    """Return the keys that the API's page does not know, by what has them."""
    found: dict[str, set[str]] = {}
    for kind, one in objects(reading):
        _add(found, kind, one.keys() - KNOWN[kind])
    for seen in reading.every_list():
        if isinstance(seen.data, dict):
            _add(found, "lists", seen.data.keys() - KNOWN["lists"])
    return {kind: sorted(keys) for kind, keys in sorted(found.items())}


def _add(found: dict[str, set[str]], kind: str, keys: Iterable[Any]) -> None:
    for key in keys:
        found.setdefault(kind, set()).add(plain_key(key))


def values_of(reading: Reading, names: Iterable[str]) -> list[Any]:
    """Return what stands in some keys, in all objects; lists of references are taken apart."""
    wanted = set(names)
    return [value for _kind, one in objects(reading) for key, value in one.items() if key in wanted]

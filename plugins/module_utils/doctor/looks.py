# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What reading alone shows of each assumption."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..model.spelling import whole_number
from .probe import Seen
from .reading import Reading
from .report import Finding, Note, Report, Spoken, plain_key
from .shapes import FLAGS, WHOLE_NUMBERS, unknown_keys, values_of

TOTALS = ("total", "totalCount", "count")
NEXT = ("next", "nextPage", "hasMore")
READ_ONLY = {"externalNumber", "mail", "provisioningNumber"}
SHORT = {"ctiLogin", "ctiPassword"}


def login(reading: Reading, _report: Report) -> Iterator[Finding]:
    pairs = [pair.partition("=")[0] for pair in reading.entry.answer.cookie.split("; ") if pair]
    if not pairs:
        return
    yield Spoken("cookies", "several" if reading.cookies_needed else "one")
    yield Spoken("cookie_name", pairs[0])
    if len(pairs) > 1 and not reading.cookies_needed:
        yield Note(f"{len(pairs)} cookies, of which one is enough")


def no_session(reading: Reading, _report: Report) -> Iterator[Finding]:
    seen = reading.stranger
    if seen.is_data:
        yield Note("XCI answers without a session", differs=True, advice="report this: nobody has to log in")
    elif seen.status < 300:
        yield Spoken("expired", "html")
    elif seen.status < 400:
        yield Spoken("expired", "redirect")
    elif seen.status in (401, 403):
        yield Spoken("expired", str(seen.status))
    elif seen.status < 500:
        yield Spoken("expired", "440")
    else:
        yield Note(f"status {seen.status}", differs=True, advice="report this")


def sessions(reading: Reading, _report: Report) -> Iterator[Finding]:
    yield Spoken("session_cookie", "renewed" if reading.probe.renews else "lasting")
    yield Spoken("sessions", "one" if reading.earlier_session_ends else "many")


def list_shape(reading: Reading, _report: Report) -> Iterator[Finding]:
    bare = {kind: isinstance(seen[0].data, list) for kind, seen in reading.lists.items() if seen[0].is_data}
    others = [is_bare for kind, is_bare in bare.items() if kind != "templates"]
    if "templates" not in bare or not others:
        return
    if len(set(others)) > 1:
        yield Note("lists have different shapes", differs=True)
    elif others[0]:
        yield Spoken("list_shape", "bare") if bare["templates"] else Note("another shape for each", differs=True)
    else:
        yield Spoken("list_shape", "documented" if bare["templates"] else "items")


def list_part(reading: Reading, _report: Report) -> Iterator[Finding]:
    lists = list(reading.every_list())
    beside = [(seen, key) for seen in lists if isinstance(seen.data, dict) for key in seen.data if key != "items"]
    if any(seen.answer.has_more for seen in lists):
        yield Spoken("list_part", "link")
    elif any(key in NEXT for _seen, key in beside):
        yield Spoken("list_part", "next")
    elif any(key in TOTALS and (whole_number(seen.data[key]) or 0) > len(seen.elements) for seen, key in beside):
        yield Spoken("list_part", "total")
    elif any(map(_shows_others, reading.lists.values())):
        yield Spoken("list_part", "silent")
    elif any(key in TOTALS for _seen, key in beside):
        yield Spoken("list_part", "counted")
    elif lists:
        yield Spoken("list_part", "whole")
    others = sorted({plain_key(key) for _seen, key in beside if key not in (*TOTALS, *NEXT)})
    if others:
        yield Note(f"beside the items of a list: {', '.join(others)}", differs=True, advice="report these keys")


def _shows_others(reads: Sequence[Seen]) -> bool:
    """Return whether a list shows as many objects as before, and others: it is a part, in another order each time."""
    shown = [sorted(str(one.get("id")) for one in read.items) for read in reads if read.is_data]
    return any(len(one) == len(shown[0]) and one != shown[0] for one in shown)


def list_order(reading: Reading, _report: Report) -> Iterator[Finding]:
    several_there = False
    for seen in reading.lists.values():
        ids = [[str(one.get("id")) for one in read.items] for read in seen if read.is_data]
        several_there = several_there or any(len(one) > 1 for one in ids)
        if any(one != ids[0] and len(one) == len(ids[0]) for one in ids):
            yield Spoken("list_order", "shuffled")
            return
    if several_there:
        yield Spoken("list_order", "sorted")


def spelling(reading: Reading, _report: Report) -> Iterator[Finding]:
    numbers = {type(value) for value in values_of(reading, WHOLE_NUMBERS)}
    flags = {type(value) for value in values_of(reading, FLAGS)} - {type(None)}
    for dialect, usual, types, named in (
        ("whole_numbers", int, numbers - {type(None)}, {int: "numbers", str: "text", float: "floats"}),
        ("flags", bool, flags, {bool: "booleans", str: "text", int: "numbers"}),
    ):
        if len(types) > 1:
            yield Note(f"{dialect.replace('_', ' ')} in several spellings", differs=True)
        for one in types if len(types) == 1 else types - {usual}:
            yield Spoken(dialect, named[one]) if one in named else Note("of another type", differs=True)


def encoding(reading: Reading, _report: Report) -> Iterator[Finding]:
    probe = reading.probe
    kinds = {"application/json": "json", "text/html": "html", "text/plain": "plain", "": "none"}
    for kind in sorted(probe.kinds, key=lambda one: one == "application/json")[:1]:
        yield Spoken("content_type", kinds[kind]) if kind in kinds else Note("another content type", differs=True)
    charsets = [one for one in ("latin-1", "utf-8-bom") if probe.charsets[one]]
    if charsets or probe.charsets["utf-8"]:
        yield Spoken("charset", charsets[0] if charsets else "utf-8")
    if probe.slashes:
        yield Spoken("slashes", "plain" if "plain" in probe.slashes else "escaped")


def extra_keys(reading: Reading, _report: Report) -> Iterator[Finding]:
    found = unknown_keys(reading)
    in_entities = found.get("entities", []) + found.get("intervals", [])
    if reading.of("entities"):
        yield Spoken("extra_keys", "yes" if in_entities else "no")
    for kind, keys in found.items():
        if kind != "lists":
            yield Note(f"unknown keys of {kind}: {', '.join(keys)}", differs=True, advice="report the unknown keys")


def combined_ids(reading: Reading, _report: Report) -> Iterator[Finding]:
    if reading.of("entities"):
        usual = [_is_usual(one) for one in reading.of("entities")]
        yield Spoken("combined_id", "name_at_uuid" if all(usual) else "opaque")
    plain, encoded = reading.plain_path, reading.encoded_path
    if plain is not None and encoded is not None and (plain.is_data or encoded.is_data):
        yield Spoken("entity_path", "raw" if not encoded.is_data else "any" if plain.is_data else "encoded")


def _is_usual(entity: Mapping[str, Any]) -> bool:
    """Return whether a combinedId is made of the name, and of the uuid of the XiVO where that is shown."""
    name, at, uuid = str(entity.get("combinedId")).rpartition("@")
    xivo = entity.get("xivo")
    return bool(at) and name == entity.get("name") and (not isinstance(xivo, dict) or uuid == xivo.get("uuid"))


def user_entity(reading: Reading, _report: Report) -> Iterator[Finding]:
    users = reading.all_users()
    shapes = {type(user["entity"]) if "entity" in user else "absent" for _entity, user in users}
    named = {dict: "object", str: "combined_id", type(None): "null", "absent": "absent"}
    if len(shapes) > 1:
        yield Note("users show their entity in several shapes", differs=True)
    for shape in shapes if len(shapes) == 1 else ():
        yield Spoken("user_entity", named[shape]) if shape in named else Note("of another type", differs=True)
    owners = [(key_of(entity), key_of(user.get("entity"))) for entity, user in users]
    stated = [(listed, own) for listed, own in owners if own]
    if stated:
        yield Spoken("entity_users", "own" if all(listed == own for listed, own in stated) else "xivo")


def key_of(entity: Any) -> str:
    """Return the combinedId of an entity, however it is referred to."""
    found = entity.get("combinedId") if isinstance(entity, Mapping) else entity
    return found if isinstance(found, str) else ""


def references(reading: Reading, _report: Report) -> Iterator[Finding]:
    hosts = {type(entity.get("xivo")) for entity in reading.of("entities")}
    for shape in hosts if len(hosts) == 1 else ():
        yield Spoken("entity_xivo", "object" if shape is dict else "id")
    keys = ("xivos", "entities")
    named = [one for template in reading.of("templates") for key in keys for one in _list(template, key)]
    if named:
        yield Spoken("template_references", "objects" if any(isinstance(one, dict) for one in named) else "documented")
    if reading.of("templates"):
        modes = ["voiceMailNumberMode" in template for template in reading.of("templates")]
        yield Spoken("voice_mail_mode", "shown" if all(modes) else "absent")
    if reading.of("xivos"):
        yield Spoken("hosts", "shown" if any(one.get("host") for one in reading.of("xivos")) else "blank")


def _list(raw: Mapping[str, Any], key: str) -> list[Any]:
    return raw[key] if isinstance(raw.get(key), list) else []


def admin_entities(reading: Reading, _report: Report) -> Iterator[Finding]:
    yield from admin_entities_of(reading.of("administrators"))


def admin_entities_of(admins: list[dict[str, Any]]) -> Iterator[Finding]:
    """Yield how administrators show their entities."""
    if admins and all(one.get("entities") is None for one in admins):
        yield Spoken("admin_entities", "null")
    named = [entity for one in admins for entity in _list(one, "entities")]
    if named:
        by_type = {dict: "objects", int: "ids", float: "ids", str: "combined_ids"}
        shape = by_type.get(type(named[0]), "ids")
        ids = isinstance(named[0], str) and whole_number(named[0]) is not None
        yield Spoken("admin_entities", "ids" if ids else shape)


def cti_password(reading: Reading, _report: Report) -> Iterator[Finding]:
    users = [user for _entity, user in reading.all_users()] + [seen.object for _listed, seen in reading.alone]
    passwords = [user.get("ctiPassword") for user in users if user.get("ctiLogin")]
    shown = [one for one in passwords if one]
    if shown:
        masked = all(len(set(str(one))) == 1 for one in shown)
        yield Spoken("cti_password", "masked" if masked else "shown")
    elif passwords:
        yield Spoken("cti_password", "hidden")


def interval_end(reading: Reading, _report: Report) -> Iterator[Finding]:
    spans = [span for entity in reading.of("entities") for span in _list(entity, "intervals") if isinstance(span, dict)]
    ends = {span.get("end", "absent") for span in spans if span.get("end") in ("", None)}
    if any(span.get("end") == span.get("start") for span in spans):
        ends.add("same")
    named = {"": "empty", None: "null", "absent": "absent", "same": "same"}
    for end in ends if len(ends) == 1 else ():
        yield Spoken("interval_end", named[end])
    if len(ends) > 1:
        yield Note("in several ways", differs=True)


def listed_user(reading: Reading, _report: Report) -> Iterator[Finding]:
    pairs = [(listed, seen.object) for listed, seen in reading.alone if seen.object]
    if not pairs:
        return
    different = {
        key
        for listed, alone in pairs
        for key in listed.keys() | alone.keys()
        if canonical(listed.get(key)) != canonical(alone.get(key)) or (key in listed) != (key in alone)
    }
    if SHORT & {key for listed, alone in pairs for key in alone.keys() - listed.keys()}:
        yield Spoken("listed_user", "short")
    elif not different:
        yield Spoken("listed_user", "as_alone")
    elif different <= READ_ONLY:
        yield Spoken("listed_user", "documented")
    else:
        keys = sorted(plain_key(key) for key in different - READ_ONLY)
        yield Note(f"they differ in {', '.join(keys)}", differs=True, advice="report this")


def canonical(value: Any) -> str:
    """Return a value as text in which the order of lists and keys does not matter."""
    if isinstance(value, list):
        return json.dumps(sorted(map(canonical, value)))
    if isinstance(value, dict):
        return json.dumps({key: canonical(one) for key, one in sorted(value.items())})
    return json.dumps(value)


def unknown_id(reading: Reading, _report: Report) -> Iterator[Finding]:
    seen = reading.unknown
    if seen is None:
        return
    yield from status_of_unknown(seen)
    yield from error_style(seen)


def status_of_unknown(seen: Seen) -> Iterator[Finding]:
    """Yield what the answer for an id that is unknown says."""
    if seen.status in (404, 400, 410, 500):
        yield Spoken("deleted_status", str(seen.status))
    else:
        yield Note(f"status {seen.status}", differs=True, advice="report this")


def error_style(seen: Seen) -> Iterator[Finding]:
    """Yield how an error is written."""
    if seen.status >= 400 and seen.answer.body.strip():
        yield Spoken("errors", "json" if isinstance(seen.data, dict) else "html")

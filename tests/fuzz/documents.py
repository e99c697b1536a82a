# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole documents drawn at random, a server made from one, and what is still missing on a server.

Names come from small pools, so that two documents speak of the same objects in different ways.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from hypothesis import strategies as st

from ansible_collections.xivo.xci.tests.support.objects import PASSWORD

XIVOS = ("nord", "sud", "L'Été 88:40")
ENTITIES = ("accueil", "urgences", 'a/b %40 "é"')
NUMBERS = ("101", "102", "0103", "39990000")
STANDARD = "Modèle standard"
TEXTS = st.sampled_from(["", "Zoé", "D'Arc", "CLF 88:40 P3", "on", "0123", "=1", "名前", "x" * 128])
# Entities of one XiVO may not overlap: an interval tells whose it is.
BLOCKS = {
    "accueil": ({"start": "100", "end": "199"}, {"start": "0300", "end": "0399"}),
    "urgences": ({"start": "1961", "end": "1961"}, {"start": "39990000", "end": "39999999"}),
    'a/b %40 "é"': ({"start": "5", "end": "7"},),
}

Document = dict[str, Any]


@st.composite
def documents(draw: st.DrawFn, beside: Document | None = None) -> Document:
    """Draw a document that a server can hold; one *beside* another may refer to what that one has."""
    named = draw(st.sets(st.sampled_from(XIVOS), min_size=1)) | {x["name"] for x in (beside or {}).get("xivos", [])}
    xivos = [{"name": name, "host": f"192.0.2.{len(name)}"} for name in sorted(named)]
    places = [(name, xivo["name"]) for name in ENTITIES for xivo in xivos]
    entities = [_entity(draw, *place) for place in draw(st.lists(st.sampled_from(places), unique=True, max_size=4))]
    labels = [f"{entity['name']}@{entity['xivo']}" for entity in entities]
    some = st.lists(st.sampled_from(labels), unique=True) if labels else st.just([])
    # Everybody may have the first template, whatever the server makes of the scope of one.
    templates = [{"name": STANDARD, "xivos": sorted(named)}]
    templates += [
        _template(draw, name, sorted(named), some) for name in draw(st.sets(st.sampled_from(["bureau", "0"])))
    ]
    seats = [(label, number) for label in labels for number in NUMBERS]
    users = (
        [_user(draw, *seat) for seat in draw(st.lists(st.sampled_from(seats), unique=True, max_size=6))]
        if seats
        else []
    )
    admins = [_admin(draw, login, some) for login in sorted(draw(st.sets(st.sampled_from(["claire", "on", "é"]))))]
    return {"xivos": xivos, "entities": entities, "templates": templates, "users": users, "admins": admins}


def _some(draw: st.DrawFn, options: Mapping[str, st.SearchStrategy[Any]]) -> dict[str, Any]:
    return draw(st.fixed_dictionaries({}, optional=dict(options)))


def _entity(draw: st.DrawFn, name: str, xivo: str) -> dict[str, Any]:
    more = {
        "display_name": TEXTS,
        "intervals": st.lists(st.sampled_from(BLOCKS[name]), unique_by=lambda one: one["start"]),
        "presented_number": st.sampled_from(["inbNo", "0123456789", ""]),
    }
    return {"name": name, "xivo": xivo, **_some(draw, more)}


def _template(draw: st.DrawFn, name: str, xivos: list[str], some: st.SearchStrategy[list[str]]) -> dict[str, Any]:
    more: dict[str, st.SearchStrategy[Any]] = {
        "xivos": st.lists(st.sampled_from(xivos), unique=True),
        "entities": some,
        "peer_sip_name": st.sampled_from(["auto", "model"]),
        "ringing_time": st.integers(0, 60),
        "voice_mail_enabled": st.booleans(),
    }
    options = {"name": name, **_some(draw, more)}
    if draw(st.booleans()):
        options |= {"routed_inbound": True, "routed_inbound_prefix": draw(st.sampled_from(["0", "0123"]))}
    mode = draw(st.sampled_from(["", "incomingNo", "anonymous", "custom"]))
    options |= {"caller_id_mode": mode} if mode else {}
    options |= {"custom_caller_id": draw(st.sampled_from(["0", "0123"]))} if mode == "custom" else {}
    if draw(st.booleans()):
        options |= {"voice_mail_number_mode": "custom", "voice_mail_custom_number": "0888"}
    if options.get("voice_mail_enabled") and draw(st.booleans()):
        options["voice_mail_send_email"] = draw(st.booleans())
    return options


def _user(draw: st.DrawFn, entity: str, number: str) -> dict[str, Any]:
    user = {"entity": entity, "internal_number": number, "template": STANDARD, "first_name": "Zoé"}
    user |= _some(draw, {"first_name": TEXTS.filter(bool), "last_name": TEXTS})
    # A login is there once on XCI, as some servers require: it tells the seat.
    name, _at, xivo = entity.rpartition("@")
    login = f"u{ENTITIES.index(name)}.{XIVOS.index(xivo)}.{number}"
    if draw(st.booleans()):
        user |= {"cti_login": login, "cti_password": draw(st.sampled_from(["1234", "made-up"]))}
    return user


def _admin(draw: st.DrawFn, login: str, some: st.SearchStrategy[list[str]]) -> dict[str, Any]:
    admin = {"login": login, **_some(draw, {"name": TEXTS, "super_admin": st.booleans(), "entities": some})}
    return {**admin, **({"ldap": True} if draw(st.booleans()) else {"ldap": False, "password": f"{login}-made-up"})}


# -- a server out of a document -----------------------------------------------------------------------------

KEYS = {
    "entities": {"display_name": "displayName", "presented_number": "presentedNumber"},
    "templates": {
        "peer_sip_name": "peerSipName",
        "ringing_time": "ringingTime",
        "routed_inbound": "routedInbound",
        "routed_inbound_prefix": "routedInboundPrefix",
        "caller_id_mode": "callerIdMode",
        "custom_caller_id": "customCallerId",
        "voice_mail_enabled": "voiceMailEnabled",
        "voice_mail_number_mode": "voiceMailNumberMode",
        "voice_mail_custom_number": "voiceMailCustomNumber",
        "voice_mail_send_email": "voiceMailSendEmail",
    },
    "users": {
        "first_name": "firstName",
        "last_name": "lastName",
        "internal_number": "internalNumber",
        "cti_login": "ctiLogin",
        "cti_password": "ctiPassword",
    },
    "admins": {"super_admin": "superAdmin"},
}


def seed(document: Document) -> Document:
    """Return a document as the sandbox loads it."""
    return {
        {"admins": "administrators"}.get(plural, plural): [
            {KEYS.get(plural, {}).get(name, name): value for name, value in entry.items()} for entry in entries
        ]
        for plural, entries in document.items()
    }


def lacking(document: Document, state: Mapping[str, Any]) -> Iterator[str]:
    """Yield what a server does not have of a document; it knows nothing of how the collection compares."""
    ids = {xivo["name"]: xivo["id"] for xivo in state["xivos"]}
    labels = {
        e["id"]: f"{e['name']}@{x['name']}" for e in state["entities"] for x in state["xivos"] if x["id"] == e["xivo"]
    }
    there = {
        "xivos": {xivo["name"]: xivo for xivo in state["xivos"]},
        "entities": {labels[entity["id"]]: entity for entity in state["entities"]},
        "templates": {template["name"]: template for template in state["templates"]},
        "users": {f"{user['internalNumber']} {labels[user['entity']]}": user for user in state["users"]},
        "admins": {admin["login"]: admin for admin in state["administrators"]},
    }
    for plural, entries in document.items():
        for entry in entries:
            key = _key(plural, entry)
            if key not in there[plural]:
                yield f"{plural}: {key} is not there"
                continue
            found = there[plural][key]
            for name, value in entry.items():
                if _shown(plural, name, found, labels, ids) not in (value, _UNKNOWN):
                    yield f"{plural}: {key} has {name} {_shown(plural, name, found, labels, ids)!r} and not {value!r}"


_UNKNOWN = object()


def _key(plural: str, entry: Mapping[str, Any]) -> str:
    if plural == "entities":
        return f"{entry['name']}@{entry['xivo']}"
    if plural == "users":
        return f"{entry['internal_number']} {entry['entity']}"
    return str(entry["login" if plural == "admins" else "name"])


def _shown(plural: str, name: str, found: Mapping[str, Any], labels: Mapping[int, str], ids: Mapping[str, int]) -> Any:
    if name in ("password", "cti_password", "template", "xivo", "entity"):
        return _UNKNOWN
    value = found.get(KEYS.get(plural, {}).get(name, name))
    if name == "intervals":
        spans = [{"start": one["start"], "end": one["end"] or one["start"]} for one in value or []]
        return Unordered(spans)
    if name == "entities":
        return Unordered([labels[one] for one in value or []])
    if name == "voice_mail_send_email":
        return bool(value)  # XCI does not show what does not apply, and may leave out what is false
    if name == "xivos":
        return Unordered([label for label, identity in ids.items() if identity in (value or [])])
    return value


class Unordered(list[Any]):
    """A list that equals any with the same elements."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, list) and sorted(map(repr, self)) == sorted(map(repr, other))

    __hash__ = None


def completed(config: Document) -> Document:
    """Return an export with what XCI does not show, as a person would add it."""
    users = [{**user, "template": STANDARD} for user in config["users"]]
    admins = [admin if admin.get("ldap") else {**admin, "password": PASSWORD} for admin in config["admins"]]
    return {**config, "users": users, "admins": admins}

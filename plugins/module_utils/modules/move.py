# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Moves one person to another entity, which may be on another XiVO."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..api.errors import InputError, UnknownReference, first_of
from ..engine.losses import loss
from ..model.change import who
from ..model.fields import Values, shown_id
from ..model.resources import PEOPLE
from ..model.suggestion import did_you_mean, is_but_for_zeros, mistyped
from ..state.index import Item
from ..state.state import State
from .context import Context
from .info import has_part
from .jobs import SHARED, carry_out, everybody, may_keep, next_number
from .spec import ModuleSpec

KEEP, NEXT = "keep", "next"
OPTIONS: dict[str, Any] = {
    "who": {"type": "str", "required": True},
    "to": {"type": "str", "required": True},
    "number": {"type": "str", "default": ""},
    **SHARED,
}
GIVEN = {PEOPLE.number: "number", PEOPLE.entity: "to"}
LOST = "it moves to another XiVO: the telephone has to be assigned again, and voice mail and call lists stay behind"


def move(options: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """Move one person; return the result of the document, with ``moved``: where the person was and is."""
    context.reserve(options.get("numbering"))
    state = context.current()
    scope = state.resolve(PEOPLE.entities.kind, options["to"])
    to = state.label_of(PEOPLE.entities, scope)
    person = _person(options["who"], scope, state, options["parallelism"])
    before = dict(person.values)
    number = _number(options["number"].strip(), before, scope, to, state)
    entry = {"id": person.id, PEOPLE.entity: to, PEOPLE.number: number}
    result = carry_out([{PEOPLE.users.plural: [entry]}], options, context, names=GIVEN)
    old = state.resolve(PEOPLE.entities.kind, before[PEOPLE.entity])
    elsewhere = old.values[PEOPLE.xivo] != scope.values[PEOPLE.xivo]
    if elsewhere and result["plan"]:
        result["losses"] = [*result["losses"], loss(PEOPLE.users, before, PEOPLE.code, LOST)]
        context.warnings.append(f"{who(PEOPLE.users, before)}: {LOST}")
    if result.get("failed"):
        return result
    now = context.current().by_id(PEOPLE.users, person.id)
    after = dict(now.values) if now else {**before, PEOPLE.entity: to, PEOPLE.number: number}
    moved = {
        "label": PEOPLE.users.name(before),
        "before": _place(before),
        "after": _place(after),
        "elsewhere": elsewhere,
    }
    return {**result, "moved": moved, "count": int(bool(result["changed"]))}


def _place(values: Values) -> Values:
    return {name: values[name] for name in (PEOPLE.number, PEOPLE.entity, PEOPLE.code)}


def _person(text: str, scope: Item, state: State, parallelism: int) -> Item:
    """Return who is meant by an id, a number@entity, or a login; raise InputError for nobody and for several."""
    found = _by_id(text, state) or _by_number(text, state) or _by_login(text, state, parallelism)
    if len(found) > 1:
        names = first_of(f"{who(PEOPLE.users, item.values)} ({shown_id(item.values)})" for item in found)
        raise UnknownReference(f"{PEOPLE.users.kind} {text!r} is ambiguous: {names}; give the id of one")
    return state.completed(PEOPLE.users, found[0]) if found else _moved_already(text, scope, state, parallelism)


def _by_id(text: str, state: State) -> list[Item]:
    item = state.by_id(PEOPLE.users, int(text)) if text.isdecimal() and 0 < len(text) < 19 else None
    return [item] if item else []


def _by_number(text: str, state: State) -> list[Item]:
    number, _at, entity = text.partition("@")
    scopes = state.named(PEOPLE.entities.kind, entity) if number.isdecimal() and entity else []
    listings = [state.listing(PEOPLE.users.kind, scope) for scope in scopes]
    return [item for listing in listings for item in listing.by_index((PEOPLE.number,), (number,))]


def _by_login(text: str, state: State, parallelism: int) -> list[Item]:
    wanted, people = text.casefold(), everybody(state, parallelism) if text else []
    return [item for item in people if (item.values[PEOPLE.login] or "").casefold() == wanted]


def _moved_already(text: str, scope: Item, state: State, parallelism: int) -> Item:
    """Return who has the number in the new entity, so that a second run finds who kept the number in the first one."""
    number, _at, entity = text.partition("@")
    known = state.named(PEOPLE.entities.kind, entity) if number.isdecimal() and entity else []
    there = state.listing(PEOPLE.users.kind, scope).by_index((PEOPLE.number,), (number,)) if known else []
    if len(there) == 1:
        return there[0]
    people = everybody(state, parallelism)
    logins = {item.values[PEOPLE.login]: item for item in people if item.values[PEOPLE.login]}
    called = [item for item in people if text and has_part(PEOPLE.users, item.values, text)]
    numbers = {f"{item.values[PEOPLE.number]}@{item.values[PEOPLE.entity]}": item for item in people}
    zeros = [one for one in numbers if is_but_for_zeros(text, one)]
    close = [logins[login] for login in mistyped(text, logins)] or [numbers[one] for one in zeros] or called[:3]
    meant = [who(PEOPLE.users, item.values) for item in close]
    hint = f"; {did_you_mean(meant)}" if meant else ""
    raise InputError(f"nobody is meant by {text!r}: no id, number@entity or login on XCI{hint}")


def _number(wanted: str, person: Values, scope: Item, to: str, state: State) -> str:
    """Return the number that somebody gets in an entity."""
    own = person[PEOPLE.number]
    if person[PEOPLE.entity] == to and wanted in ("", KEEP, NEXT):
        return str(own)
    if wanted == KEEP or (not wanted and may_keep(state, scope, own)):
        return str(own)
    return next_number(state, to, person) if wanted in ("", NEXT) else wanted


MODULE = ModuleSpec(OPTIONS, move)

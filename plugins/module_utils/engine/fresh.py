# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A write as it has to be now: the object is read again if it was read a while ago, and others may have changed it."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

from ..api.errors import UnknownReference, XciError
from ..model.change import CREATE, DELETE, Operation, compare
from ..model.fields import Resource, Values
from ..model.kept import may_be_kept
from ..model.resources import RESOURCES
from ..state.index import Item
from ..state.state import State

STALE = 2.0
"""Seconds after which somebody else may have changed an object that was read."""


class Outdated(XciError):
    """The object is not what it was when the write was planned, so that the write may mean something else now."""


def approve(operation: Operation, state: State) -> None:
    """Let an operation be written just like this, for the object just as it is now."""
    operation.exact = True
    shown = {name: operation.raw.get(operation.resource[name].reads) for name in operation.resource.references}
    for name, ref in operation.resource.references.items():
        if shown[name] is not None:
            operation.refers[name] = _ids(ref.kind, ref.load(shown[name], state), state)


def _ids(kind: str, value: Any, state: State) -> set[Any]:
    """Return the ids of what some names stand for; what this administrator is not shown has only a name."""
    found: set[Any] = set()
    for name in value if isinstance(value, list) else [value]:
        try:
            found.add(state.resolve(kind, name).id)
        except UnknownReference:
            found.add(name)
    return found


def refreshed(operation: Operation, state: State, many: bool = False) -> Operation | None:
    """Return the write for the object as it is now; None where nothing is left to do.

    Fields that nobody asked to change keep what XCI has now. With *many*, its whole list is read again, since other
    objects of it are to be written too. What was approved is for an object that is just as it was; it is always read.
    """
    if operation.action == CREATE or (not operation.exact and time.monotonic() - operation.read_at <= STALE):
        return operation
    current = _again(operation, state, many and not operation.exact)
    if operation.exact:
        return _approved(operation, current, state)
    if operation.action == DELETE:
        return _removal(operation, current, state)
    if current is None:
        raise Outdated(f"{operation}: it was deleted on XCI meanwhile; run again")
    return _edit(operation, current)


def _approved(operation: Operation, current: Item | None, state: State) -> Operation:
    """Return the write for an object that is as it was when the write was approved."""
    resource, before = operation.resource, operation.before
    now = dict(current.values) if current else {}
    if resource.scope and resource.scope not in operation.refers:
        now[resource.scope] = before[resource.scope]
    # What it refers to may have another name by now, also by this very run.
    kinds = {name: resource.references[name].kind for name in operation.refers}
    moved = [name for name, ids in operation.refers.items() if ids != _ids(kinds[name], now.get(name) or [], state)]
    names = [one.name for one in resource.comparable if one.name in moved or one.name not in operation.refers]
    if not operation.read_at:
        # It was written for an exchange a moment ago, and XCI may keep something else than it was sent.
        names = [name for name in names if name not in before or not may_be_kept(resource, name, before, now)]
    differences = _differences(resource, names, before, now) or " and ".join(moved)
    secrets = ((before.get(one.name), now.get(one.name)) for one in resource.secrets)
    if any(old and new and old != new for old, new in secrets):
        differences = differences or "its password is another one"
    if current is None or differences:
        why = differences if current else "it does not exist any more"
        raise Outdated(f"{operation}: it is not as it was when this was approved, and was not changed: {why}")
    if operation.action == DELETE:
        if resource.contains:
            _check_contents(operation, current, state)
        return replace(operation, before=now, raw=current.raw, read_at=current.read_at)
    # What only XCI sets may be another one, such as the key of an entity that was renamed in an exchange.
    known = {one.name: now[one.name] for one in resource.fields if one.name in now and not one.writes}
    after = {**operation.after, **known}
    return replace(operation, before=now, after=after, raw=current.raw, read_at=current.read_at)


def _again(operation: Operation, state: State, many: bool) -> Item | None:
    """Read the object of a write again; a list shows it where XCI does not under its key of before."""
    resource, before = operation.resource, operation.before
    if not many:
        found = state.read_shown(resource, before)
        # An entity that was renamed may have left its key to another one; who is in an entity, its list says, too.
        if found is not None and found.id == before["id"] and says_scope(resource, found):
            state.place(resource, found.id, found, before, found.values)
            return found
    with state.lock:
        scope = scope_now(operation, state)
        known = state.listing(resource.kind, scope).items.get(before["id"])
        if known is None or not many or time.monotonic() - known.read_at > STALE:
            state.read_again(resource, scope)
            known = state.listing(resource.kind, scope).items.get(before["id"])
    return known and state.completed(resource, known)


def scope_now(operation: Operation, state: State) -> Item | None:
    """Return what the object of a write is in, whatever that is called by now; None where there is one list of all."""
    resource = operation.resource
    listing = state.shown(resource.scope) if operation.inside else None
    known = listing.items.get(operation.inside) if listing else None
    return known or state.scope_of(resource, operation.before)


def says_scope(resource: Resource, item: Item) -> bool:
    """Return whether XCI shows with an object in which list it is, such as the entity of a user."""
    return not resource.scope or bool(item.values[resource.scope])


def _removal(operation: Operation, current: Item | None, state: State) -> Operation | None:
    if current is None:
        return None
    resource = operation.resource
    said = [name for name in resource.descriptive if name in operation.desired]
    # What the plan renames may have another name by now than its operations call it by.
    then = resource.load(operation.raw, state)
    kept = [name for name in resource.references if then.get(name) in ("", current.values.get(name))]
    names = [name for name in dict.fromkeys((*resource.identifying, resource.scope, *said)) if name not in kept]
    differences = _differences(resource, names, operation.before, current.values)
    if differences:
        raise Outdated(f"{operation}: it was changed on XCI meanwhile, and was not deleted ({differences}); run again")
    if resource.contains:
        _check_contents(operation, current, state)
    return replace(operation, before=current.values, raw=current.raw, read_at=current.read_at)


def _check_contents(operation: Operation, current: Item, state: State) -> None:
    """Refuse to delete what somebody put something into meanwhile."""
    inner = RESOURCES[operation.resource.contains]
    state.forget(inner.kind, state.label_of(operation.resource, current))
    inside = state.listing(inner.kind, current).items
    if inside:
        raise Outdated(f"{operation}: it has {inner.counted(len(inside))} meanwhile, and was not deleted; run again")


def _edit(operation: Operation, current: Item) -> Operation | None:
    resource, before, now = operation.resource, operation.before, current.values
    if all(now.get(name) == value for name, value in before.items() if resource[name].reads):
        return replace(operation, raw=current.raw, read_at=current.read_at)
    wanted = {**operation.desired, **{name: operation.after[name] for name in operation.changed}}
    found_by = [
        name for name in (*resource.identity, resource.scope) if name in wanted and name not in operation.changed
    ]
    moved = _differences(resource, found_by, before, now)
    if moved:
        raise Outdated(f"{operation}: it is another one meanwhile, and was not changed ({moved}); run again")
    secrets = [one.name for one in resource.secrets if one.name in operation.changed]
    again = compare(resource, wanted, now, stale=secrets)
    if again is None:
        return None
    names = [one.name for one in resource.comparable if one.name in wanted]
    differences = _differences(resource, names, before, now)
    meanwhile = [f"{operation}: it was changed on XCI meanwhile ({differences})"] if differences else []
    again.desired, again.inside = operation.desired, operation.inside
    return replace(again, raw=current.raw, read_at=current.read_at, meanwhile=meanwhile)


def _differences(resource: Resource, names: tuple[str, ...] | list[str], before: Values, now: Values) -> str:
    """Return what is different now of the fields that matter, such as ``last_name: 'A' is now 'B'``."""
    changed = [name for name in names if name and now.get(name) != before.get(name) and not resource[name].secret]
    return ", ".join(f"{name}: {before.get(name)!r} is now {now.get(name)!r}" for name in changed)

# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps the state up to date after our own writes, so that nothing has to be read twice."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any

from ..api.errors import UnexpectedResponse, XciError
from ..model.change import CREATE, DELETE, Operation
from ..model.fields import Resource
from ..model.resources import NUMBERS
from ..model.spelling import whole_number
from ..state.index import Item
from ..state.state import State


def record(state: State, operation: Operation, answer: Any, sent: Mapping[str, Any], eager: bool = True) -> None:
    """Record a write that was done: from XCI's answer where it shows the object, otherwise what was sent.

    What can't be known without reading is read at once when *eager*, with as little as shows it; otherwise it is
    forgotten, and read when it is next needed.
    """
    with state.lock:
        try:
            _record(state, operation, answer, sent, eager)
        except XciError:
            # It is done all the same: whoever tries again must see it, and not do it twice.
            state.forget(operation.resource.kind)
            raise
        finally:
            _forget_dependents(state, operation)


def _record(state: State, operation: Operation, answer: Any, sent: Mapping[str, Any], eager: bool) -> None:
    resource = operation.resource
    if operation.action == DELETE:
        state.place(resource, operation.before["id"], None, operation.before)
    elif item := _shown(state, operation, answer):
        state.place(resource, item.id, item, operation.before, item.values)
    elif operation.action != CREATE:
        shown = {key: value for key, value in sent.items() if key in operation.raw}
        item = Item({**operation.before, **operation.after}, {**operation.raw, **shown})
        state.place(resource, item.id, item, operation.before, item.values)
    elif eager:
        _read_back(state, operation, answer)
    else:
        state.forget(resource.kind, operation.after.get(resource.scope, ""))


def _shown(state: State, operation: Operation, answer: Any) -> Item | None:
    """Return the object that an answer shows; the write is done, whatever its answer looks like."""
    resource = operation.resource
    if not resource.is_whole(answer):
        return None
    with contextlib.suppress(UnexpectedResponse):
        item = state.item(resource, answer)
        readable = all(item.values[one.name] is not None for one in resource.comparable)
        return item if readable and _is_same(operation, item) else None
    return None


def _is_same(operation: Operation, item: Item) -> bool:
    """Return whether this is the object that was written; XCI may keep texts in another case."""
    if operation.action != CREATE:
        return item.id == operation.before["id"]
    resource = operation.resource
    return all(
        resource[name].codec.is_true_of(operation.after[name], item.values[name]) for name in _identity(resource)
    )


def _identity(resource: Resource) -> list[str]:
    """Return the fields that say which object it is, its scope included."""
    return [name for name in (resource.scope, *resource.identity) if name]


def _read_back(state: State, operation: Operation, answer: Any) -> None:
    """Find out what a creation made when its answer does not show it: by its id, which is cheaper than by its list."""
    resource = operation.resource
    identity = whole_number(answer.get("id")) if isinstance(answer, Mapping) else None
    if resource.key != "id":
        item = None
    elif isinstance(identity, int):
        item = _read_one(state, resource, identity)
    else:
        item = _guess(state, operation)
    if item is not None:
        state.place(resource, item.id, item, item.values)
    else:
        state.read_again(resource, operation.after.get(resource.scope, ""))


def _guess(state: State, operation: Operation) -> Item | None:
    """Return the object of the next id if it is the one that was created.

    Its scope and what identifies it there must be the same; XCI may keep other texts in another case.
    """
    resource = operation.resource
    identity = state.next_id.guess(resource.kind)
    if identity is None:
        return None
    item = _read_one(state, resource, identity)
    names = _identity(resource)
    right = item is not None and all(item.values[name] == operation.after[name] for name in names)
    state.next_id.judge(resource.kind, right)
    return item if right else None


def _read_one(state: State, resource: Resource, identity: int) -> Item | None:
    with contextlib.suppress(UnexpectedResponse):
        return state.read_shown(resource, {"id": identity})
    return None


def _forget_dependents(state: State, operation: Operation) -> None:
    """Forget what XCI may now show otherwise because of a write to something else."""
    resource = operation.resource
    if operation.action == CREATE:
        for kind in resource.finds:
            state.forget(kind)
        return
    if NUMBERS.intervals in operation.changed:
        state.numbers.forget(operation.before["id"])
    if resource.scope:
        state.numbers.forget()
    elif operation.key != resource.title(operation.after):
        if operation.action != DELETE:
            state.forget(resource.kind)
        state.forget_referring(resource)

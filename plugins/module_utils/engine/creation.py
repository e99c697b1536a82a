# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Creations while others create as well: the same object, or one with the number that was free a moment ago."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ..api.errors import ApiError, InputError, Unfinished, XciError
from ..model.change import CREATE, UPDATE, Operation, is_done
from ..state.index import Item
from ..state.state import State
from .fresh import Outdated
from .write import write

REFUSED = (400, 409, 422)
"""How XCI may refuse what exists already."""
LAST_PAUSE = 1.0
"""The longest pause before a new object takes another number, in seconds; the first one is a tenth of it."""


def place_of(operation: Operation) -> str:
    """Return where it creates, such as ``user accueil@xivo-nord``."""
    return f"{operation.resource.kind} {operation.after.get(operation.resource.scope, '')}"


def names_of(operation: Operation) -> list[str]:
    """Return all by which an object can be found in its place."""
    values = operation.after
    keys = {match: [values.get(name) for name in names] for match, names in operation.resource.lookup_keys.items()}
    return [f"{place_of(operation)} {match} {key}" for match, key in keys.items() if any(key)]


def carry_out(operation: Operation, state: State, many: bool = False, doubted: bool = False) -> Operation | None:
    """Do a write; return it as it was done, or None where XCI already has the object as it is wanted.

    A creation that is *doubted*, or that XCI refuses, is proposed anew: somebody else may have made the object, or
    taken the number that was chosen for it. Each turn needs somebody else's success, so that they end.
    """
    proposed: Operation | None = operation
    if doubted and operation.exact:
        raise Outdated(f"{operation}: somebody else created such an object since this was approved; it was not created")
    if doubted and operation.again:
        with state.lock:
            proposed = operation.again(state).operation
    while proposed is not None:
        try:
            return write(proposed, state, many)
        except ApiError as refused:
            proposed = _instead(proposed, state, refused)
    return None


def _instead(operation: Operation, state: State, refused: ApiError) -> Operation | None:
    """Return what to do instead of a creation that was refused; raise the refusal where nothing else is known now."""
    if operation.action != CREATE or refused.status not in REFUSED or operation.again is None or operation.exact:
        raise refused
    with state.lock:
        forget(operation, state)
        try:
            proposed = operation.again(state).operation
        except XciError:
            raise refused from None
    if proposed is not None and (proposed.action != CREATE or _chosen(proposed) == _chosen(operation)):
        raise refused
    return proposed


def forget(operation: Operation, state: State) -> None:
    """Forget what shows whether something can be created: the list that it would be in, and the free numbers."""
    state.forget(operation.resource.kind, operation.after.get(operation.resource.scope, ""))
    state.numbers.forget()


def keep_apart(made: Sequence[Operation], state: State) -> list[Operation | XciError]:
    """Return creations as they are in the end: of two objects with one number, the later one takes the next.

    Only what nobody gave is looked at: another run may have chosen the same at the same time. Who took the next one is
    the later one there in any case, since the other one may not look any more. An error stands in the place of what has
    no number of its own now.
    """
    final: list[Operation | XciError] = [*made]
    places: dict[str, list[int]] = {}
    for index, operation in enumerate(made):
        places.setdefault(place_of(operation), []).append(index)
    tried: set[tuple[Any, ...]] = set()
    for indexes in places.values():
        todo, pause = [(index, made[index]) for index in indexes], 0.0
        while todo:
            try:
                _read_since(todo[0][1], state, max(operation.written.at for _index, operation in todo))
                moved = [(index, _moved(operation, state, tried, pause)) for index, operation in todo]
            except XciError as error:
                moved = [(index, _not_compared(operation, error)) for index, operation in todo]
            pause = min(pause + 0.1, LAST_PAUSE)
            final_of = {index: new for index, new in moved if new is not None}
            for index, new in final_of.items():
                final[index] = new
            todo = [(index, new) for index, new in final_of.items() if isinstance(new, Operation)]
    return final


def _not_compared(operation: Operation, error: XciError) -> XciError:
    """Return the error for an object that was created where nothing shows whether another one has the same."""
    what = f"whether another {operation.resource.kind} has its {' and '.join(operation.chosen)}"
    return Unfinished(f"{operation}: it was created, but {what} can't be seen: {error}")


def _read_since(operation: Operation, state: State, since: float) -> None:
    """Let the list of an object be one that XCI was asked for since then."""
    resource = operation.resource
    state.read_since(resource, [state.scope_of(resource, operation.after)], since)
    state.numbers.forget()


def _moved(
    operation: Operation, state: State, tried: set[tuple[Any, ...]], pause: float
) -> Operation | XciError | None:
    """Give a new object another number where an earlier one has the same; return None where that is not so.

    With a *pause*, of random length, it was done before: those who do so together must not do it again together.
    """
    own = _later(operation, state, moved=bool(pause))
    if own is None:
        return None
    if operation.exact:
        why = "it was created, and somebody else has the same; another one was not approved"
        return Unfinished(f"{operation}: {why}")
    if pause:
        state.client.cancellation.pause(random.uniform(0, pause))  # noqa: S311
        _read_since(operation, state, math.inf)
    desired = {name: value for name, value in operation.desired.items() if name not in operation.chosen}
    try:
        chosen = {name: operation.resource[name].default(desired, state) for name in operation.chosen}
        desired, after = {**desired, **chosen}, {**own.values, **chosen}
        edit = Operation(UPDATE, operation.resource, desired, own.values, after, [*chosen], raw=own.raw)
        edit.read_at = own.read_at
        done = write(edit, state) or edit
    except XciError as error:
        if isinstance(error, ApiError) and error.status in REFUSED and (own.id, *chosen.values()) not in tried:
            # Somebody took that one as well: look again.
            tried.add((own.id, *chosen.values()))
            return operation
        if isinstance(error, InputError) and pause < LAST_PAUSE:
            # While others do the same, one list may show a number that is given up already, and the other one not yet.
            return operation
        return Unfinished(
            f"{operation}: it was created, and an earlier {operation.resource.kind} has the same: {error}"
        )
    return replace(
        operation, desired=desired, after={**operation.after, **chosen}, seen=done.seen, written=done.written
    )


def _later(operation: Operation, state: State, moved: bool) -> Item | None:
    """Return the object that was created, if an earlier one, or any once it *moved*, has what was chosen for it."""
    resource = operation.resource
    listing = state.listing(resource.kind, state.scope_of(resource, operation.after))
    same = listing.by_index(resource.identity, resource.lookup_key("", operation.after))
    identity = operation.written.id
    own = [item for item in same if (item.id == identity if identity else is_done(operation, item.values))]
    if len(own) != 1 or len(same) == 1:
        return None
    return own[0] if moved or own[0].id > min(item.id for item in same) else None


def _chosen(operation: Operation) -> dict[str, Any]:
    return {name: operation.after[name] for name in operation.chosen}

# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One write: sent once; if its answer is lost, found out whether it happened."""

from __future__ import annotations

from typing import Any

from ..api.errors import AmbiguousResult, ApiError, Unfinished, XciError
from ..model.change import CREATE, DELETE, UPDATE, Operation, body, is_done, secrets
from ..state.index import Item
from ..state.lists import GONE
from ..state.state import State
from .fresh import refreshed, says_scope, scope_now
from .record import record

LOOKS = 4
"""How often to look for what a write did while XCI may still be at work on it."""


def write(operation: Operation, state: State, many: bool = False) -> Operation | None:
    """Do one write and record it; return it as it was done, or None where nothing was left to do.

    Raise XciError when it failed, or when that can't be found out. *many* objects of the same list are to be written:
    see refreshed. What XCI has then is read back by verify.
    """
    now = refreshed(operation, state, many)
    if now is None:
        return None
    _write(now, state)
    return now


def _write(operation: Operation, state: State) -> None:
    payload = None if operation.action == DELETE else body(operation, state)
    operation.newest = state.next_id.highest(operation.resource.kind)
    try:
        answer = _send(operation, state, payload)
    except AmbiguousResult as lost:
        answer = _recover(operation, state, payload, lost)
    except ApiError as refused:
        answer = _contradicted(operation, state, refused)
    try:
        record(state, operation, answer, payload or {})
    except XciError as error:
        raise unreadable(operation, error) from None


def unreadable(operation: Operation, error: XciError) -> XciError:
    """Return the error for a write that is done and can't be read back."""
    return Unfinished(f"{operation}: it is done, but what XCI shows of it can't be read: {error}")


def _send(operation: Operation, state: State, payload: Any) -> Any:
    resource, client = operation.resource, state.client
    if operation.action == CREATE:
        return client.write("POST", resource.path, payload, secrets(operation))
    path = state.path(resource, operation.before)
    if operation.action == UPDATE:
        return client.write("PUT", path, payload, secrets(operation))
    return client.write("DELETE", path)


def _recover(operation: Operation, state: State, payload: Any, lost: AmbiguousResult) -> Any:
    """Find out what a write did whose answer was lost, and send it once more only if it provably did nothing.

    While XCI may still be at work, nothing is proof that a creation will not happen after all.
    """
    for look in range(1 if lost.finished else LOOKS):
        found = _look(operation, state, lost, min(0.5 * 2**look, state.client.settings.timeout) if look else 0.0)
        if _is_done(operation, found):
            if _unsaved(operation):
                raise _unknown(operation, lost, "it was saved, but XCI may not have done the rest", written=True)
            return _found(operation, found)
    may_repeat = _is_untouched(operation, found) and (lost.finished or operation.action != CREATE)
    if not may_repeat:
        outcome = "it is in neither the old nor the requested state" if found else "it was not found"
        raise _unknown(operation, lost, outcome)
    try:
        return _send(operation, state, payload)
    except AmbiguousResult as again:
        if _is_done(operation, found := _look(operation, state, again)):
            return _found(operation, found)
        raise _unknown(operation, again, "this happened twice in a row") from None
    except ApiError as refused:
        return _contradicted(operation, state, refused)


def _contradicted(operation: Operation, state: State, refused: ApiError) -> Any:
    """Return what XCI shows of a write that was done although its answer speaks of an error; otherwise raise that.

    What is deleted already has an answer of its own, which is not always 404; and a proxy says 404 of what is there.
    """
    is_gone = operation.action == DELETE and (refused.status in GONE or refused.status >= 500)
    looked = is_gone or (refused.status < 300 and not _unsaved(operation))
    if looked:
        found = _look(operation, state, refused)
        if _is_done(operation, found):
            return _found(operation, found)
    raise _explained(operation, state, refused, looked)


def _found(operation: Operation, found: Item | None) -> Any:
    """Return what XCI shows of a write in the place of its answer; what is deleted need not be looked for again."""
    operation.seen = found.values if found else {}
    return found.raw if found else None


def _look(operation: Operation, state: State, lost: XciError, pause: float = 0.0) -> Item | None:
    """Read afresh the object that a write is about, after a pause."""
    resource = operation.resource
    try:
        if pause:
            state.client.cancellation.pause(pause)
        if operation.before:
            return _read(operation, state) or _renamed(operation, state)
        state.forget(resource.kind, operation.after.get(resource.scope, ""))
        return state.find(resource, {name: value for name, value in operation.after.items() if name != "id"})
    except XciError as error:
        raise _unknown(operation, lost, f"looking for it failed too: {error}") from None


def _read(operation: Operation, state: State) -> Item | None:
    """Read the object that a write changes or removes; where XCI does not show all of it, see whether its list does."""
    resource, before, found = operation.resource, operation.before, None
    try:
        found = state.read_one(resource, before)
        if found is None or says_scope(resource, found):
            return found
    except ApiError as refused:
        if refused.status not in GONE and refused.status < 500:
            raise
    scope = scope_now(operation, state)
    state.read_again(resource, scope)
    return state.listing(resource.kind, scope).items.get(before["id"], found)


def _renamed(operation: Operation, state: State) -> Item | None:
    """Return the object where an edit gave it another key, such as an entity that was renamed."""
    resource = operation.resource
    if operation.action != UPDATE or resource.key == "id":
        return None
    state.forget(resource.kind)
    return state.listing(resource.kind).items.get(operation.before["id"])


def _is_done(operation: Operation, found: Item | None) -> bool:
    """Return whether the object shows that the write happened; that of a hidden field does not show."""
    readable = {one.name for one in operation.resource.comparable}
    if operation.action == UPDATE and not readable & set(operation.changed):
        return False
    return is_done(operation, found.values if found else None)


def _is_untouched(operation: Operation, found: Item | None) -> bool:
    if found is None or not operation.before:
        return found is None and not operation.before
    names = [one.name for one in operation.resource.comparable]
    return all(found.values.get(name) == operation.before.get(name) for name in names)


def _unsaved(operation: Operation) -> list[str]:
    """Return what XCI does after it has saved the object, if this was asked for."""
    return [one.unsaved for one in operation.resource.fields if one.unsaved and operation.desired.get(one.name)]


def _unknown(operation: Operation, lost: XciError, outcome: str, written: bool = False) -> XciError:
    what = "XCI's answer was lost" if isinstance(lost, AmbiguousResult) else "XCI refused"
    error = AmbiguousResult(
        f"{operation}: {what} ({lost}), and it is not known whether it happened: {outcome}. "
        "Nothing was sent twice; run again to see, and to do what is left",
        finished=False,
    )
    error.written = written
    return error


def _explained(operation: Operation, state: State, refused: ApiError, looked: bool) -> XciError:
    """Return XCI's refusal with what it was about, what is known of the outcome, and what may help."""
    parts, done = [f"{operation}: {refused}"], False
    if refused.status < 300 or refused.status >= 500:
        done = not looked and _is_done(operation, _look(operation, state, refused))
        parts.append("The object now has the requested state" if done else "The change was not applied")
        parts += _unsaved(operation) if done else []
    required = [one for one in operation.resource.write_only if one.required]
    omitted = [one for one in required if one.name not in operation.desired]
    if operation.action == UPDATE and refused.status in (400, 422) and omitted:
        names = ", ".join(one.name for one in omitted)
        default = "".join(f", or {one.default_option} to the document" for one in omitted if one.default_option)
        parts.append(f"XCI may need {names} in every change, since it does not show it: add it to the task{default}")
    error = ApiError(". ".join(parts), refused.status)
    error.written = done
    return error

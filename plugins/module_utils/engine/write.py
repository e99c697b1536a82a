# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Carries operations out: sends each write once, and finds out what happened when an answer is lost."""

from __future__ import annotations

import time
from typing import Any

from ..api.errors import Refused, Unclear, XciError
from ..model import change as plan
from ..state.index import Item
from ..state.state import GONE, Directory
from .record import settle

LOOKS = 4
"""How often to look for what a write did while XCI may still be at work on it."""


def apply(operation: plan.Operation, directory: Directory, eager: bool = True) -> None:
    """Do one write and let the directory know. Raise XciError when it failed, or when that can't be found out.

    With *eager*, what XCI made is read back at once where its answer does not show it.
    """
    payload = None if operation.action == plan.DELETE else plan.body(operation, directory)
    try:
        answer = _send(operation, directory, payload)
    except Unclear as lost:
        answer = _recover(operation, directory, payload, lost)
    except Refused as refused:
        raise _explained(operation, directory, refused) from None
    try:
        settle(directory, operation, answer, payload or {}, eager)
    except XciError as error:
        raise unread(operation, error) from None


def unread(operation: plan.Operation, error: XciError) -> XciError:
    """Return what to tell when a write is done and only reading it back fails."""
    return XciError(f"{operation}: it is done, but what XCI shows of it can't be read: {error}")


def _send(operation: plan.Operation, directory: Directory, payload: Any) -> Any:
    resource, client, secrets = operation.resource, directory.client, plan.secrets(operation)
    if operation.action == plan.CREATE:
        return client.write("POST", resource.path, payload, secrets)
    path = directory.path(resource, operation.before)
    if operation.action == plan.UPDATE:
        return client.write("PUT", path, payload, secrets)
    try:
        return client.write("DELETE", path)
    except Refused as refused:
        # A proxy says 404 too: what is still there was not removed.
        if refused.status in GONE and _look(operation, directory, refused) is None:
            return None
        raise


def _recover(operation: plan.Operation, directory: Directory, payload: Any, lost: Unclear) -> Any:
    """Find out what a write did whose answer was lost, and send it once more only if it provably did nothing.

    While XCI may still be at work, nothing is proof that a creation will not happen after all.
    """
    for look in range(1 if lost.settled else LOOKS):
        pause = min(0.5 * 2**look, directory.client.settings.timeout) if look else lost.pause
        if pause:
            time.sleep(pause)
        found = _look(operation, directory, lost)
        if _is_done(operation, found):
            if operation.wanted.get("configure"):
                raise _unknown(operation, lost, "it is saved there, but XCI may not have configured it")
            return found.raw if found else None
    may_repeat = _is_untouched(operation, found) and (lost.settled or operation.action != plan.CREATE)
    if not may_repeat:
        raise _unknown(
            operation, lost, "it is not as it was, nor as it should be" if found else "nothing is to be seen of it"
        )
    try:
        return _send(operation, directory, payload)
    except Unclear as again:
        if _is_done(operation, found := _look(operation, directory, again)):
            return found.raw if found else None
        raise _unknown(operation, again, "this happened twice in a row") from None
    except Refused as refused:
        raise _explained(operation, directory, refused) from None


def _look(operation: plan.Operation, directory: Directory, lost: XciError) -> Item | None:
    """Read afresh the object that a write is about."""
    resource = operation.resource
    try:
        if operation.before:
            return _read(operation, directory) or _moved(operation, directory)
        directory.forget(resource.kind, operation.after.get(resource.scope, ""))
        wanted = {name: value for name, value in operation.after.items() if name != "id"}
        return directory.find(resource, wanted)
    except XciError as error:
        raise _unknown(operation, lost, f"looking for it failed too: {error}") from None


def _read(operation: plan.Operation, directory: Directory) -> Item | None:
    """Read the object that a write changes or removes; where XCI refuses to show it, see whether its list does."""
    resource, before = operation.resource, operation.before
    try:
        return directory.read_one(resource, before)
    except Refused as refused:
        if refused.status not in GONE:
            raise
    directory.forget(resource.kind, before.get(resource.scope, ""))
    scope = directory.resolve(resource.scope, before[resource.scope]) if resource.scope else None
    return directory.listing(resource.kind, scope).items.get(before["id"])


def _moved(operation: plan.Operation, directory: Directory) -> Item | None:
    """Return the object where an edit gave it another key, such as an entity that was renamed."""
    resource = operation.resource
    if operation.action != plan.UPDATE or resource.key == "id":
        return None
    directory.forget(resource.kind)
    return directory.listing(resource.kind).items.get(operation.before["id"])


def _is_done(operation: plan.Operation, found: Item | None) -> bool:
    """Tell whether the object shows that the write happened; one that writes what XCI hides can't be told."""
    if operation.action == plan.UPDATE and not set(operation.changed) & set(_readable(operation)):
        return False
    return plan.is_reached(operation, found.values if found else None)


def _is_untouched(operation: plan.Operation, found: Item | None) -> bool:
    if found is None or not operation.before:
        return found is None and not operation.before
    return all(found.values.get(name) == operation.before.get(name) for name in _readable(operation))


def _readable(operation: plan.Operation) -> list[str]:
    return [one.name for one in operation.resource.fields if one.reads and one.writes and not one.secret]


def _unknown(operation: plan.Operation, lost: XciError, what: str) -> XciError:
    return Unclear(
        f"{operation}: {_what_is_lost(lost)} ({lost}), and it is not known whether it happened: {what}. "
        f"Nothing was sent twice; run again to see, and to do what is left",
        settled=False,
    )


def _what_is_lost(error: XciError) -> str:
    return "XCI's answer was lost" if isinstance(error, Unclear) else "XCI refused"


def _explained(operation: plan.Operation, directory: Directory, refused: Refused) -> XciError:
    """Return XCI's refusal with what it concerned, what is known of the outcome, and what may help."""
    told = [f"{operation}: {refused}"]
    if refused.status >= 500:
        found = _look(operation, directory, refused)
        done = _is_done(operation, found)
        told.append("All the same it is there now as wanted" if done else "It was not done, as far as XCI shows")
        if done and operation.wanted.get("configure"):
            told.append(
                "XCI saves a XiVO before it configures it: look at what keeps XCI from reaching its host by SSH"
            )
    riding = [one.name for one in operation.resource.riding if one.required]
    forgotten = [name for name in riding if name not in operation.wanted]
    if operation.action == plan.UPDATE and refused.status in (400, 422) and forgotten:
        told.append(
            f"XCI may want {' and '.join(forgotten)} in every change, since it does not show it: add it to the task"
        )
    return Refused(". ".join(told), refused.status)

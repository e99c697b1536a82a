# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What XCI shows of the writes that were done: read back until it shows them, and compared with what was sent."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ..api.errors import ApiError, Cancelled, LoginRefused, Problem, UnexpectedResponse, UnknownReference, XciError
from ..model.change import CREATE, DELETE, UPDATE, Operation, differs, is_done
from ..model.fields import Resource, Values
from ..model.resources import RESOURCES
from ..state.index import Index, Item
from ..state.recent import created
from ..state.state import State
from .claims import show
from .record import in_scope, is_same, note, readable
from .write import unreadable

FIRST_PAUSE, LONGEST_PAUSE = 0.1, 1.0
"""How long to wait until XCI is asked again, in seconds; each time twice as long."""


@dataclass
class Verdict:
    """What became of a write: as it was done, whether anything is different now, and what XCI keeps otherwise.

    *kept* has the field, what was sent and what XCI has. *problem* is the error where that is not known.
    """

    operation: Operation
    changed: bool = True
    kept: list[tuple[str, Any, Any]] = field(default_factory=list)
    problem: XciError | None = None


def verify(operations: Sequence[Operation], state: State, alone: bool = False) -> list[Verdict]:
    """Return what XCI shows of some writes, which is read until it shows all of them, for a limited time.

    Nothing is read of those whose answers show the object. Each list is read once for all of its objects; or, with
    *alone*, each object.
    """
    look = _Look(state, alone)
    pending = [one for one in operations if is_open(one) and not _ends_own_session(one, state)]
    until, pause = time.monotonic() + state.client.settings.read_back_timeout, FIRST_PAUSE
    while pending:
        pending = look.pending(pending)
        left = until - time.monotonic()
        if not pending or left <= 0:
            break
        state.client.cancellation.pause(min(pause, left))
        pause = min(2 * pause, LONGEST_PAUSE)
    for operation in pending:
        state.stubborn.update((operation.resource.kind, name) for name in readable(operation) if operation.seen)
    late = {id(operation) for operation in pending}
    return [_verdict(one, id(one) in late, look.failed.get(id(one)), state) for one in operations]


def is_open(operation: Operation) -> bool:
    """Return whether XCI has to be asked for what a write did; its answer may show what was there before."""
    if operation.action == UPDATE:
        return bool(readable(operation)) and (operation.seen is None or _is_as_before(operation, operation.seen))
    return operation.seen is None


def _ends_own_session(operation: Operation, state: State) -> bool:
    """Return whether XCI may not let this run in any more, so that another login would only be refused."""
    resource = operation.resource
    if not resource.login_field:
        return False
    login = operation.before.get(resource.login_field) or ""
    changed = [resource[name] for name in operation.changed]
    is_risky = any(one.secret or one.name == resource.login_field or one.locks_out is not None for one in changed)
    return login.casefold() == state.client.settings.login.casefold() and (operation.action == DELETE or is_risky)


def _is_as_before(operation: Operation, values: Values) -> bool:
    return all(values.get(name) == operation.before.get(name) for name in readable(operation))


class _Look:
    """Reads what XCI shows of writes; *failed* says of which that can't be read, and why."""

    def __init__(self, state: State, alone: bool) -> None:
        self.failed: dict[int, XciError] = {}
        self._state = state
        self._alone = alone
        self._since = 0.0

    def pending(self, operations: Iterable[Operation]) -> list[Operation]:
        """Look for some writes; return those that XCI does not show."""
        lists: dict[Resource, list[Operation]] = defaultdict(list)
        for operation in operations:
            lists[operation.resource].append(operation)
        left = []
        for resource in [one for one in RESOURCES.values() if one in lists]:
            try:
                if not self._alone:
                    self._read(resource, lists[resource])
                left += [operation for operation in lists[resource] if not self._shows(operation)]
            except Cancelled:
                raise
            except LoginRefused:
                # It may be the own password that was changed.
                continue
            except XciError as error:
                self.failed.update((id(operation), unreadable(operation, error)) for operation in lists[resource])
        self._since = time.monotonic()
        return left

    def _read(self, resource: Resource, operations: list[Operation]) -> None:
        """Read the lists of some writes side by side, unless they were read since."""
        scopes = [self._scope(operation) for operation in operations]
        since = max(self._since, *(operation.written.at for operation in operations))
        self._state.read_since(resource, [one for one in scopes if one or not resource.scope], since)

    def _scope(self, operation: Operation) -> Item | None:
        scope = operation.resource.scope
        return self._state.listing(scope).items.get(operation.written.scope) if scope else None

    def _shows(self, operation: Operation) -> bool:
        """Return whether XCI shows a write now; what it shows of the object is in *seen*."""
        resource, state = operation.resource, self._state
        if resource.scope and self._scope(operation) is None:
            # It is gone together with what it was in.
            return True
        found = self._find(operation)
        if operation.action == DELETE or found is None:
            operation.seen = {} if operation.action == DELETE and found is None else None
            return operation.seen is not None
        operation.seen = found.values
        is_stubborn = {(resource.kind, name) for name in readable(operation)} <= state.stubborn
        if operation.action == UPDATE and _is_as_before(operation, found.values) and not is_stubborn:
            return False
        note(state, operation, found)
        return True

    def _find(self, operation: Operation) -> Item | None:
        """Return what XCI shows of an object now."""
        resource, state = operation.resource, self._state
        since = max(self._since, operation.written.at)
        listing = state.known_listing(resource, operation.after or operation.before)
        if self._alone and not (listing and not listing.outdated and listing.read_at > since):
            found, is_certain = self._read_alone(operation)
            if is_certain:
                if found is not None and listing is not None:
                    state.place(resource, found.id, found, operation.before, found.values)
                    listing.outdated = False
                return found
        scope = self._scope(operation)
        state.read_since(resource, [scope], since)
        listed = _in_list(operation, state.listing(resource.kind, scope))
        return listed if listed is None or operation.action == DELETE else state.completed(resource, listed)

    def _read_alone(self, operation: Operation) -> tuple[Item | None, bool]:
        """Read the object of a write by its key or the next id; return whether that shows what became of it."""
        resource, state, key = operation.resource, self._state, operation.written.key
        is_guess = operation.action == CREATE and not key and resource.key == "id" and not self._since
        if is_guess:
            key = state.next_id.guess(resource.kind)
        if not key:
            return None, False
        try:
            found = state.read_shown(resource, {resource.key: key})
            found = found and in_scope(operation, found)
        except (ApiError, UnexpectedResponse):
            return None, False
        if found is not None and operation.written.id not in (0, found.id):
            # Another object has the same key.
            return None, False
        is_right = found is not None and (operation.action != CREATE or is_same(operation, found))
        if is_guess:
            state.next_id.judge(resource.kind, is_right)
        return found, is_right or (found is None and operation.action == DELETE)


def _in_list(operation: Operation, listing: Index) -> Item | None:
    """Return what a list that was just read shows of the object of a write."""
    identity = operation.written.id
    if identity in listing.late:
        return listing.late[identity]
    if identity in listing.items or operation.action != CREATE:
        return listing.items.get(identity)
    found = created(listing, operation.resource, operation.written.names)
    if not found:
        # XCI may keep its name otherwise.
        new = [item for item in listing.items.values() if item.id > operation.newest]
        found = new if len(new) == 1 and _has_something(operation, new[0]) else []
    return max(found, key=lambda item: (is_done(operation, item.values), item.id), default=None)


def _has_something(operation: Operation, item: Item) -> bool:
    """Return whether an object has any of the texts that a creation sent."""
    sent = [one for one in operation.resource.comparable if one.codec.has_likeness and operation.desired.get(one.name)]
    return any(one.codec.is_true_of(operation.desired[one.name], item.values[one.name]) for one in sent)


def _verdict(operation: Operation, late: bool, failure: XciError | None, state: State) -> Verdict:
    if failure:
        return Verdict(operation, problem=failure)
    seen, seconds = operation.seen, state.client.settings.read_back_timeout
    if late and not (seen and operation.action == UPDATE):
        what = "still shows it" if operation.action == DELETE else "does not show it"
        text = f"{operation}: XCI accepted it, but {what} after {seconds:g} seconds (read_back_timeout)"
        problem = XciError(f"{text}, and it is not known whether it happened; run again to see")
        return Verdict(operation, changed=False, problem=problem)
    if not seen:
        return Verdict(operation)
    resource, after = operation.resource, operation.after
    asked = operation.changed if operation.action == UPDATE else operation.desired
    names = [one.name for one in resource.comparable if one.name in asked and one.name in after]
    kept = [(name, after[name], seen[name]) for name in names if differs(resource[name], after, seen, after)]
    kept = [one for one in kept if one[2] is not None and not _is_the_same(resource, *one, state)]
    hidden = {one.name for one in resource.fields if one.secret or (one.empty_means_unknown and not seen[one.name])}
    shown = {one.name: seen[one.name] for one in resource.fields if one.reads and one.name not in hidden}
    is_different = any(seen[one.name] != operation.before.get(one.name) for one in resource.comparable)
    is_secret = any(one.name in operation.changed for one in resource.secrets)
    return Verdict(replace(operation, after={**after, **shown}), is_different or is_secret, kept)


def _is_the_same(resource: Resource, name: str, sent: Any, kept: Any, state: State) -> bool:
    """Return whether references mean the same objects, which may be called otherwise meanwhile."""
    if name not in resource.references:
        return False
    kind = resource.references[name].kind
    try:
        several = [{state.resolve(kind, one).id for one in _listed(value)} for value in (sent, kept)]
    except UnknownReference:
        return True
    return several[0] == several[1]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def kept_values(verdicts: Iterable[Verdict], where: str, known: set[tuple[str, str]]) -> Iterator[Problem]:
    """Yield a warning for each field of which XCI keeps other values than were sent, with an example.

    Such as ``XCI keeps 'DUPONT' where 'Dupont' was sent (last_name), 80 users; ...``. *where* is what can be changed.
    Those that are *known* are left out, and new ones added to them.
    """
    found: dict[tuple[Resource, str], list[tuple[Any, Any]]] = defaultdict(list)
    for verdict in verdicts:
        for name, sent, kept in verdict.kept:
            found[verdict.operation.resource, name].append((sent, kept))
    for (resource, name), several in found.items():
        if (resource.kind, name) in known:
            continue
        known.add((resource.kind, name))
        sent, kept = map(_shown, several[0])
        yield Problem(
            f"XCI keeps {kept} where {sent} was sent ({name}), {resource.counted(len(several))}; take XCI's spelling "
            f"into the {where}, or each run writes it again",
            kind=resource.kind,
        )


def _shown(value: Any) -> str:
    if isinstance(value, list) and (not value or isinstance(value[0], str)):
        return ", ".join(value) or "nothing"
    return show(value)

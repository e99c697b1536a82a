# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One object: found, compared with what the playbook wants, and the write that it needs."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from ansible.module_utils.parsing.convert_bool import boolean

from ..api.client import Client
from ..api.errors import InputError, Problem
from ..model.change import DELETE, Operation, check_creation, compare
from ..model.field import Field
from ..model.fields import ANY, INSIDE, WARN, Resource, Values, is_planned
from ..state.accounts import own_accounts
from ..state.index import Item
from ..state.state import ObjectName, State
from .contents import deletions, refusal
from .identity import identify


@dataclass
class Proposal:
    """What an entry means for XCI: the object that it is about, or None, and the write that it needs, or None."""

    current: Item | None
    operation: Operation | None
    warnings: list[Problem] = field(default_factory=list)
    contents: list[Operation] = field(default_factory=list)
    """The deletions of what is in the object that is to be deleted, which come first."""


def propose(
    resource: Resource,
    options: Mapping[str, Any],
    desired: Values,
    state: State,
    complete: bool = True,
    listed: Collection[ObjectName] = (),
    new: bool = False,
) -> Proposal:
    """Return what an entry means for XCI as it is; raise InputError for what is not possible.

    When it is to be *complete*, InputError is raised for a write of which something is missing that XCI never shows.
    *listed* are the objects that a document names, also where the entry is proposed anew. A *new* object is created,
    whatever there is like it.
    """
    found = identify(resource, options, desired, state, listed, new)
    again = partial(propose, resource, options, desired, complete=complete, listed=listed, new=new)
    chosen: tuple[str, ...] = ()
    current, desired = found.current, found.desired
    absent = options.get("state") == "absent"
    if current is None and not absent:
        if "id" in desired:
            raise InputError(f"{resource.kind} with id {desired['id']} not found")
        _refuse(_refusals(resource, list(desired), {}, desired))
        missing = check_creation(resource, desired)
        _refuse(missing if complete else [])
        chosen = _fill(resource, desired, state)
    current, operation = _compared(resource, options, desired, current, state)
    if operation is None:
        return Proposal(current, None, found.warnings)
    operation.again, operation.chosen = again, chosen
    _refuse(operation.missing if complete else [])
    _refuse([] if absent else _refusals(resource, operation.changed, operation.before, operation.after))
    if current is not None:
        operation.raw, operation.read_at = current.raw, current.read_at
        if not boolean(options.get("allow_self") or False):
            _protect_own_account(operation, state)
    if not absent:
        operation.desired = state.with_labels(resource, operation.desired, write_only=True)
        operation.conflicts = _conflicts(operation, state)
        found.warnings += _unusual(operation, options, state)
    contents = _contents(operation, options, current, state) if absent and current else []
    return Proposal(current, operation, [*found.warnings, *map(Problem, operation.warnings)], contents)


def _compared(
    resource: Resource, options: Mapping[str, Any], desired: Values, current: Item | None, state: State
) -> tuple[Item | None, Operation | None]:
    """Return an object and the write that it needs; what its list leaves out is read first where it may matter."""
    if options.get("state") == "absent":
        return current, compare(resource, desired, current.values if current else None, absent=True)
    hidden = state.hidden(resource, current) if current else frozenset()
    if current and any(resource[name].reads in hidden for name in desired):
        current = state.completed(resource, current)
    # A document has no argument spec that would fill in the default.
    policy = options.get("update_password") or resource.default_policy
    stale = _stale(resource, desired, current, policy, state.client)
    operation = compare(resource, desired, current.values if current else None, stale=stale)
    if operation and current and state.hidden(resource, current):
        return _compared(resource, options, desired, state.completed(resource, current), state)
    return current, operation


def _contents(operation: Operation, options: Mapping[str, Any], current: Item, state: State) -> list[Operation]:
    """Return the deletions of what is in an object; raise InputError where nobody said that it is to be deleted."""
    inside = deletions(operation, current, state)
    if inside and not boolean(options.get("force") or False):
        raise InputError(
            f"{refusal(operation.resource, current, inside)}; set force: true to delete them too, or move them first"
        )
    return inside


def _refuse(problems: Sequence[Problem | str]) -> None:
    if problems:
        raise InputError(*problems)


def _refusals(resource: Resource, names: list[str], before: Values, after: Values) -> list[Problem]:
    """Return the problems of new values that most likely nobody meant; what XCI has already is never one."""
    fields = [resource[name] for name in names]
    found = [(one.name, one.codec.refused(after.get(one.name), before.get(one.name))) for one in fields]
    found += [(one.name, "it is empty") for one in fields if before and one.required and after.get(one.name) == ""]
    return [Problem(f"invalid value: {why}", name) for name, why in found if why]


def _protect_own_account(operation: Operation, state: State) -> None:
    """Refuse a write that takes from the account that this run logs in with what it needs to go on."""
    resource = operation.resource
    if not resource.login_field:
        return
    own, certain = own_accounts(resource, state)
    if operation.before[resource.login_field] not in own:
        return
    lost = [
        one.name
        for one in resource.fields
        if one.name in operation.changed
        if one.name == resource.login_field
        or (one.locks_out is not None and operation.after[one.name] == one.locks_out)
    ]
    if operation.action == DELETE or lost:
        what = f"change {', '.join(lost)} of" if lost else "delete"
        who = f"the {resource.kind} that this task logs in as"
        if not certain:
            who = f"who may be {who} (XCI lists none with the login {state.client.settings.login!r})"
        raise InputError(f"this would {what} {operation.key}, {who}; set allow_self: true if that is intended")


def _conflicts(operation: Operation, state: State) -> list[tuple[str, str]]:
    """Return why XCI may refuse a write, each with the option that it is about."""
    values = {**operation.after, **operation.desired}
    checked = [one for one in operation.resource.fields if one.name in operation.desired and not one.policy]
    found = [(one.name, one.validator(values, state)) for one in checked if one.validator]
    return [(name, why) for name, why in found if why]


def _unusual(operation: Operation, options: Mapping[str, Any], state: State) -> Iterator[Problem]:
    """Yield what is unusual about values that are new; raise InputError where that is to be an error."""
    resource = operation.resource
    for one in resource.fields:
        policy = options.get(one.policy) or WARN
        is_new = {one.name, resource.scope} & set(operation.changed)
        if not one.policy or policy == ANY or not one.validator or not is_new:
            continue
        why = one.validator(operation.after, state)
        if why and policy == INSIDE:
            raise InputError(Problem(why, one.name))
        if why:
            yield Problem(why, one.name)


def _fill(resource: Resource, desired: Values, state: State) -> tuple[str, ...]:
    """Add what a creation takes where the playbook says nothing and the answer depends on the rest of it.

    Return the fields of which only one object of a list can have a value.
    """
    filled = [one for one in resource.fields if callable(one.default) and one.name not in desired]
    for one in filled:
        desired[one.name] = one.default(desired, state)
    return tuple(one.name for one in filled if one.name in resource.identity)


def _stale(resource: Resource, desired: Values, current: Item | None, policy: str | None, client: Client) -> list[str]:
    """Return the secrets of an object that have to be written."""
    if current is None:
        return []
    given = [one for one in resource.secrets if desired.get(one.name) is not None]
    return [
        one.name
        for one in given
        if one.applies({**current.values, **desired})
        if _is_stale(resource, one, desired, current.values, policy, client)
    ]


def _is_stale(
    resource: Resource, one: Field, desired: Values, current: Values, policy: str | None, client: Client
) -> bool:
    if policy == "on_create":
        return False
    if policy == "verify":
        return not is_planned(current) and not client.accepts(current[resource.login_field], desired[one.name])
    if current.get(one.name) is not None:
        return desired[one.name] != current[one.name]
    return policy == "always"

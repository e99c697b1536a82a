# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Brings one object to the state that a playbook wants; knows neither AnsibleModule nor ActionBase."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Union

from ansible.module_utils.common.yaml import HAS_YAML, yaml_dump
from ansible.module_utils.parsing.convert_bool import boolean

from ..api.client import Client
from ..api.errors import InputError, ReferenceError_, XciError
from ..engine.write import apply, unread
from ..model import change as plan
from ..model.fields import Field, Resource, Values, is_foretold
from ..model.parsing import parse
from ..state.index import Item
from ..state.state import Directory
from .context import CONNECTION, Task


def manage(resource: Resource, options: Mapping[str, Any], task: Task) -> dict[str, Any]:
    """Bring one object to the state that the options want; return the module's result."""
    own = {name: value for name, value in options.items() if name not in CONNECTION}
    parsed = parse(resource, own).checked()
    task.warnings += parsed.warnings
    before, operation, after = (_foretell if task.check else _act)(resource, own, parsed.wanted, task)
    result = {"changed": operation is not None, resource.kind: resource.public(after) if after else {}}
    if operation is not None:
        task.warnings += operation.warnings + operation.doubts
    if task.diff:
        result["diff"] = as_text(operation.diff() if operation else plan.diff(resource, before, before))
    return result


def as_text(diff: dict[str, Any]) -> dict[str, Any]:
    """Return a diff whose two sides are YAML, as in a playbook; Ansible would show a mapping as JSON in ASCII."""
    if not HAS_YAML:
        return diff
    sides = {side: yaml_dump(diff[side], allow_unicode=True, sort_keys=False) for side in ("before", "after")}
    return {**diff, **{side: text if diff[side] else "" for side, text in sides.items()}}


Outcome = tuple[Values, Union[plan.Operation, None], Values]
"""An object before, the write that it needed, the object after; empty where there is none."""


def _act(resource: Resource, options: Mapping[str, Any], wanted: Values, task: Task) -> Outcome:
    directory = task.directory
    current, operation = propose(resource, options, wanted, directory)
    before = current.values if current else {}
    if operation is None:
        return before, None, before
    apply(operation, directory)
    if operation.action == plan.DELETE:
        return before, operation, {}
    known = {"id": operation.before["id"]} if operation.before else {}
    made = {name: value for name, value in operation.after.items() if name != "id"}
    try:
        found = directory.find(resource, known or made, options.get("match_on") or "")
    except XciError as error:
        raise unread(operation, error) from None
    return before, operation, found.values if found else operation.after


def _foretell(resource: Resource, options: Mapping[str, Any], wanted: Values, task: Task) -> Outcome:
    directory = task.foresight()
    current, operation = propose(resource, options, wanted, directory)
    task.tell_assumed(directory)
    before = current.values if current else {}
    if operation is None:
        return before, None, before
    change = directory.take_in(operation)
    if task.journal:
        task.journal.add(change)
    return before, operation, {} if operation.action == plan.DELETE else {**operation.after, "id": change.id}


def propose(
    resource: Resource, options: Mapping[str, Any], wanted: Values, directory: Directory, whole: bool = True
) -> tuple[Item | None, plan.Operation | None]:
    """Return the object that is meant, and the write that it needs.

    When it is to be *whole*, InputError is raised for a write that lacks something of what XCI never shows.
    """
    match = options.get("match_on") or resource.usual
    _need_identity(resource, wanted, match)
    absent = options.get("state") == "absent"
    if absent:
        # Only what tells which object is meant counts; the rest may speak of things that are gone too.
        wanted = {
            name: value for name, value in wanted.items() if name in ("id", resource.scope, *resource.matches[match])
        }
    wanted = _with_labels(resource, wanted, match, directory)
    current = directory.find(resource, wanted, match, moves=not absent)
    if current is None:
        if "id" in wanted and not absent:
            raise InputError(f"there is no {resource.kind} with id {wanted['id']} on this XCI")
        if not absent:
            lacks = plan.check_creation(resource, wanted)
            _refuse(lacks if whole else [])
            _fill(resource, wanted, directory)
    # A document has no argument spec that would fill in what is usual.
    policy = options.get("update_password") or resource.policy
    stale = [] if absent else _stale(resource, wanted, current, policy, directory.client)
    operation = plan.decide(resource, wanted, current.values if current else None, absent=absent, stale=stale)
    _refuse(operation.lacks if operation and whole else [])
    _spare_self(operation, options, directory)
    if operation is not None and current is not None:
        operation.raw = current.raw
    if operation is not None and not absent:
        operation.wanted = directory.with_labels(resource, operation.wanted, riding=True)
        operation.doubts = _doubts(operation, directory)
    return current, operation


def _with_labels(resource: Resource, wanted: Values, match: str, directory: Directory) -> Values:
    try:
        return directory.with_labels(resource, wanted)
    except ReferenceError_:
        # An administrator may see that an object refers to something, and not what that is: then it can stay.
        names = ("id", resource.scope, *resource.matches[match])
        identity = {name: value for name, value in wanted.items() if name in names}
        current = directory.find(resource, directory.with_labels(resource, identity), match)
        return directory.with_labels(resource, wanted, known=current.values if current else None)


def _refuse(faults: list[str]) -> None:
    if faults:
        raise InputError(*faults)


def _spare_self(operation: plan.Operation | None, options: Mapping[str, Any], directory: Directory) -> None:
    """Refuse a write that takes from the account that this run logs in with what it needs to go on."""
    resource = operation.resource if operation else None
    if operation is None or resource is None or not resource.login or boolean(options.get("allow_self") or False):
        return
    if not operation.before or operation.before[resource.login] not in directory.own_accounts(resource)[0]:
        return
    lost = [
        one.name
        for one in resource.fields
        if one.name in operation.changed
        if one.name == resource.login or (one.locks_out is not None and operation.after[one.name] == one.locks_out)
    ]
    if operation.action == plan.DELETE or lost:
        what = f"change {' and '.join(lost)} of" if lost else "delete"
        raise InputError(
            f"this would {what} {operation.key}, the {resource.kind} that this task logs in as; "
            "set allow_self: true if that is intended"
        )


def _doubts(operation: plan.Operation, directory: Directory) -> list[str]:
    values = {**operation.after, **operation.wanted}
    doubtful = [one for one in operation.resource.fields if one.doubt and one.name in operation.wanted]
    return [said for one in doubtful if one.doubt for said in [one.doubt(values, directory)] if said]


def _need_identity(resource: Resource, wanted: Values, match: str) -> None:
    if "id" in wanted:
        return
    fields = resource.matches[match]
    missing = [] if any(wanted.get(name) for name in fields) else [" or ".join(fields)]
    if len(resource.matches) == 1:
        missing = [name for name in fields if not wanted.get(name)]
    if resource.scope and resource.scope not in wanted:
        missing.append(resource.scope)
    if missing:
        raise InputError(f"to know which {resource.kind} is meant, {' and '.join(missing)} must be given (or id)")


def _fill(resource: Resource, wanted: Values, directory: Directory) -> None:
    """Add what a creation takes where the playbook says nothing and the answer needs the rest of it."""
    for one in resource.fields:
        if callable(one.default) and one.name not in wanted:
            wanted[one.name] = one.default(wanted, directory)


def _stale(resource: Resource, wanted: Values, current: Item | None, policy: str | None, client: Client) -> list[str]:
    """Return the secrets of an object that have to be written."""
    if current is None:
        return []
    return [
        one.name
        for one in resource.secrets
        if wanted.get(one.name) is not None and one.applies({**current.values, **wanted})
        if _is_stale(one, wanted, current.values, policy, client)
    ]


def _is_stale(one: Field, wanted: Values, current: Values, policy: str | None, client: Client) -> bool:
    if policy == "on_create":
        return False
    if policy == "verify":
        return not is_foretold(current) and not client.accepts(current["login"], wanted[one.name])
    if current.get(one.name) is not None:
        return wanted[one.name] != current[one.name]
    return policy == "always"

# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Brings one object to the state that a playbook wants; knows neither AnsibleModule nor ActionBase."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..api.errors import XciError
from ..api.settings import CONNECTION
from ..engine.propose import propose
from ..model.change import DELETE, Operation, diff
from ..model.fields import Resource, Values
from ..model.parsing import parse
from .context import Context
from .text import as_text


def present(resource: Resource, options: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """Bring one object to the state that the options want.

    Return the module's result, such as ``{"changed": True, "user": {"id": 7, ...}, "diff": {...}}``.
    """
    own = {name: value for name, value in options.items() if name not in CONNECTION}
    parsed = parse(resource, own).checked()
    context.warnings += parsed.warnings
    state = context.current()
    proposal = propose(resource, own, parsed.desired, state)
    context.warn_of_assumed(state)
    context.warnings += proposal.warnings
    operation = proposal.operation
    before = proposal.current.values if proposal.current else {}
    if operation is None:
        after, diffs = before, [diff(resource, before, before)]
    else:
        context.warnings += [why for _option, why in operation.conflicts]
        context.warnings += [f"{operation.who}: {option}: {why}" for option, why in operation.losses]
        act = _plan if context.check else _write
        after = act([*proposal.contents, operation], own.get("match_on") or "", context)
        diffs = [one.diff() for one in (*proposal.contents, operation)]
    result = {"changed": operation is not None, resource.kind: resource.public(after) if after else {}}
    if context.diff:
        result["diff"] = as_text(diffs[0]) if len(diffs) == 1 else list(map(as_text, diffs))
    return result


def _plan(operations: list[Operation], match: str, context: Context) -> Values:
    """Plan writes in check mode; return the object of the last one as it will be, empty where it is deleted."""
    planned = [context.plan(operation) for operation in operations]
    last = operations[-1]
    return {} if last.action == DELETE else {**last.after, "id": planned[-1].id}


def _write(operations: list[Operation], match: str, context: Context) -> Values:
    """Do writes; return the object of the last one as it is now, empty where it is deleted."""
    from ..engine.write import unreadable, write

    last, state = operations[-1], context.state
    for count, operation in enumerate(operations):
        try:
            done = write(operation, state)
            context.warnings += done.meanwhile if done else []
        except XciError as error:
            if not count:
                raise
            raise XciError(f"{error}. Before that, {count} of {len(operations) - 1} in it were deleted") from None
    if last.action == DELETE:
        return {}
    known = {"id": last.before["id"]} if last.before else {}
    made = {name: value for name, value in last.after.items() if name != "id"}
    try:
        found = state.find(last.resource, known or made, match)
    except XciError as error:
        raise unreadable(last, error) from None
    return found.values if found else last.after

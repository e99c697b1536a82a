# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Brings one object to the state that a playbook wants; knows neither AnsibleModule nor ActionBase."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Union

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
    before, operation, after = _act(resource, own, parsed.desired, context)
    result = {"changed": operation is not None, resource.kind: resource.public(after) if after else {}}
    if operation is not None:
        context.warnings += [why for _option, why in operation.conflicts]
    if context.diff:
        result["diff"] = as_text(operation.diff() if operation else diff(resource, before, before))
    return result


Outcome = tuple[Values, Union[Operation, None], Values]
"""An object before, the write that it needed, the object after; empty where there is none."""


def _act(resource: Resource, options: Mapping[str, Any], desired: Values, context: Context) -> Outcome:
    state = context.current()
    proposal = propose(resource, options, desired, state)
    current, operation = proposal.current, proposal.operation
    context.warn_of_assumed(state)
    context.warnings += proposal.warnings
    before = current.values if current else {}
    if operation is None:
        return before, None, before
    if context.check:
        planned = context.plan(operation)
        return before, operation, {} if operation.action == DELETE else {**operation.after, "id": planned.id}
    from ..engine.write import unreadable, write

    write(operation, state)
    if operation.action == DELETE:
        return before, operation, {}
    known = {"id": operation.before["id"]} if operation.before else {}
    made = {name: value for name, value in operation.after.items() if name != "id"}
    try:
        found = state.find(resource, known or made, options.get("match_on") or "")
    except XciError as error:
        raise unreadable(operation, error) from None
    return before, operation, found.values if found else operation.after

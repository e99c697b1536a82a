# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Brings one object to the state that a playbook wants; knows neither AnsibleModule nor ActionBase."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from ..api.errors import InputError, Problem, XciError
from ..api.settings import CONNECTION
from ..engine.propose import Proposal, propose
from ..model.change import DELETE, Operation, diff
from ..model.fields import Resource, Values
from ..model.parsing import parse
from ..model.reserved import NUMBERING, OPTION
from ..model.resources import NUMBERS, RESOURCES
from ..state.state import State
from .context import Context
from .spec import ModuleSpec
from .text import as_text


def object_options(resource: Resource) -> dict[str, Any]:
    """Return the options of the module for one object of a kind, without the connection."""
    numbering = {OPTION: NUMBERING} if resource is NUMBERS.users else {}
    return {**resource.argument_spec(), **numbering}


def present_module(kind: str) -> ModuleSpec:
    """Return the module for one object of a kind, such as ``user``."""
    resource = RESOURCES[kind]
    return ModuleSpec(object_options(resource), partial(present, resource))


def present(resource: Resource, options: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """Bring one object to the state that the options want.

    Return the module's result, such as ``{"changed": True, "user": {"id": 7, ...}, "diff": {...}}``.
    """
    own = {name: value for name, value in options.items() if name not in (*CONNECTION, OPTION)}
    if OPTION in options:
        context.reserve(options[OPTION])
    parsed = parse(resource, own).checked()
    context.warnings += parsed.warnings
    state = context.current()
    proposal = _proposed(resource, own, parsed.desired, state, context.check)
    context.warn_of_assumed(state)
    context.warnings += proposal.warnings
    operation = proposal.operation
    before = proposal.current.values if proposal.current else {}
    done: list[Operation] = []
    after = before
    if operation is not None:
        context.warnings += [why for _option, why in operation.conflicts]
        context.warnings += [f"{operation.who}: {option}: {why}" for option, why in operation.losses]
        act = _plan if context.check else _write
        done, after = act([*proposal.contents, operation], own.get("match_on") or "", context)
    result = {"changed": bool(done), resource.kind: resource.public(after) if after else {}}
    if context.diff:
        diffs = [one.diff() for one in done] or [diff(resource, after, after)]
        result["diff"] = as_text(diffs[0]) if len(diffs) == 1 else list(map(as_text, diffs))
    return result


Done = tuple[list[Operation], Values]
"""The writes that were done, and the object of the last one afterwards, empty where it is deleted."""


def _plan(operations: list[Operation], match: str, context: Context) -> Done:
    """Plan writes in check mode."""
    planned = [context.plan(operation) for operation in operations]
    last = operations[-1]
    context.warn_of_chosen(last)
    return operations, {} if last.action == DELETE else {**last.after, "id": planned[-1].id}


def _write(operations: list[Operation], match: str, context: Context) -> Done:
    """Do writes; what is in an object that is deleted is gone when that is."""
    from ..engine.verify import kept_values, verify

    last, made, done = operations[-1], None, list[Operation]()
    for operation in operations:
        try:
            made = _carried_out(operation, context)
        except BaseException as error:
            if done:
                _note(error, f"{len(done)} of {len(operations) - 1} in it were deleted", context)
            raise
        if made is not None:
            context.warnings += made.meanwhile
            done.append(made)
    if made is None:
        return done, {} if last.action == DELETE else _as_wanted(last, match, context)
    (verdict,) = verify([made], context.state, alone=True)
    if verdict.problem:
        raise verdict.problem
    context.warnings += kept_values([verdict], "playbook", context.kept)
    done[-1:] = [verdict.operation] if verdict.changed else []
    return done, {} if last.action == DELETE else verdict.operation.after


def _as_wanted(operation: Operation, match: str, context: Context) -> Values:
    """Return the object that is as a write would have left it."""
    known = {"id": operation.before["id"]} if operation.before else {}
    wanted = {name: value for name, value in operation.after.items() if name != "id"}
    found = context.state.find(operation.resource, known or wanted, match)
    return found.values if found else operation.after


def _note(error: BaseException, before: str, context: Context) -> None:
    """Let an error say what was done before it, or the result of what a signal or a time-out ends."""
    if isinstance(error, XciError):
        error.args, error.written = (f"{error}. Before that, {before}",), True
    else:
        context.interrupted = {"failed": True, "changed": True, "msg": f"before that, {before}"}


def _proposed(resource: Resource, options: Mapping[str, Any], desired: Values, state: State, check: bool) -> Proposal:
    """Return what to do; raise InputError where two objects would have what only one can have, as far as is known."""
    proposal = propose(resource, options, desired, state)
    problems, scopes = _duplicates(proposal.operation, state)
    if problems and not check:
        # The lists may be of a while ago.
        for scope in scopes:
            state.read_again(resource, state.resolve(resource.scope, scope) if scope else None)
        proposal = propose(resource, options, desired, state)
        problems, scopes = _duplicates(proposal.operation, state)
    if problems:
        raise InputError(*problems)
    return proposal


def _duplicates(operation: Operation | None, state: State) -> tuple[list[Problem], set[str]]:
    """Return what others have in the lists that were read, as a document says it, and the scopes of these lists."""
    if operation is None or operation.action == DELETE:
        return [], set()
    resource = operation.resource
    names = {resource.scope, *(one.name for one in resource.unique)}
    if not names.intersection(operation.changed) or not state.lists_read(resource):
        return [], set()
    from ..engine.conflicts import problem_of, taken
    from ..engine.order import Step

    step = Step.of(operation, operation.before.get("id", 0), "", state)
    found = [(claim, others) for _step, claim, others in taken([step], state)]
    items = [item.values for _claim, others in found for _held, item in others]
    scopes = {values.get(resource.scope, "") for values in (*items, operation.after)}
    return [problem_of(operation, claim, others, {}) for claim, others in found], scopes


def _carried_out(operation: Operation, context: Context) -> Operation | None:
    """Do a write, and return it as it was done; None where XCI has the object already as it is wanted."""
    from ..engine.creation import carry_out, keep_apart

    with context.creating([operation]) as doubted:
        done = carry_out(operation, context.state, doubted=bool(doubted))
        if done is None or not done.chosen:
            return done
        (final,) = keep_apart([done], context.state)
    if isinstance(final, XciError):
        raise final
    return final

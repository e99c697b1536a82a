# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Brings XCI to what a document says."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..api.arguments import unchecked
from ..api.errors import InputError, Problem, XciError, counted, texts
from ..engine.creation import keep_apart
from ..engine.execute import Execution
from ..engine.losses import alike_losses
from ..engine.plan import BOUNDS, Plan
from ..engine.planner import PURGEABLE, Planner, defaults_in
from ..engine.verify import kept_values, verify
from ..model.fields import Resource
from ..model.renames import RENAME
from ..model.reserved import NUMBERING
from ..model.resources import RESOURCES
from ..state.planned import PlannedState
from ..state.state import State
from .approvals import OPTIONS as APPROVAL
from .approvals import Approvals
from .bounds import bounded
from .context import PARALLELISM, Context, check_parallelism
from .spec import ModuleSpec
from .text import as_text
from .undo import OPTIONS as UNDO
from .undo import Given, given
from .undo_file import UndoFile


def _entry_spec(resource: Resource) -> dict[str, Any]:
    """Return the options of an entry; what the document gives to entries that omit it has no default of its own."""
    spec = {name: unchecked(argument) for name, argument in resource.argument_spec().items()}
    for name in resource.policies():
        spec[name] = {key: value for key, value in spec[name].items() if key != "default"}
    return spec


OPTIONS: dict[str, Any] = {
    **{one.plural: {"type": "list", "elements": "dict", "options": _entry_spec(one)} for one in RESOURCES.values()},
    "src": {"type": "list", "elements": "path"},
    "purge": {"type": "list", "elements": "str", "choices": list(PURGEABLE), "default": []},
    **BOUNDS,
    **APPROVAL,
    **UNDO,
    "rename": RENAME,
    "numbering": NUMBERING,
    "parallelism": PARALLELISM,
    "on_error": {"type": "str", "choices": ["stop", "continue"], "default": "stop"},
    "on_invalid": {"type": "str", "choices": ["fail", "report"], "default": "fail"},
    **{name: spec for kind in RESOURCES.values() for name, spec in kind.policies().items()},
    **{one.default_option: {"type": "str"} for kind in RESOURCES.values() for one in kind.fields if one.default_option},
}


class InvalidDocument(InputError):
    """A document with problems that are found before XCI is asked for anything."""

    def result(self) -> dict[str, Any]:
        errors = [problem.as_dict() for problem in self.problems]
        return bounded({"msg": invalid_document(self.problems), "errors": errors})


def configure(options: Mapping[str, Any], context: Context, undo_file: UndoFile | None = None) -> dict[str, Any]:
    """Bring XCI to what a document says; return the module's result, with ``plan``, ``summary`` and ``errors``.

    *undo_file* is that of a run with several documents.
    """
    _check_numbers(options)
    context.reserve(options.get("numbering"))
    approvals, wanted = Approvals(options, context), given(options, context)
    # On a view of its own: what is not carried out in the end must not stay for the next item of a loop.
    below = context.current()
    approvals.reserve(below)
    planner, problems = _planned(below, wanted, options, context)
    problems = [one.at(option=context.given.get(one.option, one.option)) for one in problems]
    plan = planner.result()
    result: dict[str, Any] = {
        "changed": bool(plan.operations),
        **plan.as_dict(),
        "errors": [problem.as_dict() for problem in problems],
        "not_tried": [],
        **approvals.about(None if problems else plan),
    }
    result["losses"] += wanted.losses
    context.warnings += alike_losses(result["losses"])
    context.problems += problems
    if context.diff:
        result["diff"] = [as_text(operation.diff()) for operation in plan.operations]
    invalid = invalid_document(problems, wanted.called) if problems else ""
    if invalid and options["on_invalid"] == "report":
        result.update(changed=False, msg=invalid)
    elif refusal := invalid or _refusal(planner, plan, options, approvals, context, result):
        result.update(changed=False, failed=True, msg=refusal)
    elif isinstance(below, PlannedState):
        _keep_planned(planner, below, context)
    else:
        with contextlib.nullcontext(undo_file) if undo_file else UndoFile(options.get("undo_file")) as log:
            result = _apply(planner, plan, options, context, result, approvals, log)
    wanted.report(result, context)
    approvals.keep(result)
    return bounded(result) if result.get("failed") else result


def _keep_planned(planner: Planner, below: PlannedState, context: Context) -> None:
    """Let the tasks that follow in check mode see what was planned."""
    for planned in planner.planned:
        below.record(planned)
        context.keep(planned)
    for operation in planner.operations:
        context.warn_of_chosen(operation)


def _planned(
    below: State, wanted: Given, options: Mapping[str, Any], context: Context
) -> tuple[Planner, list[Problem]]:
    """Plan a document; return what is wrong with it, too."""
    while True:
        view = PlannedState(below, assume=context.check and context.journal is None)
        planner = Planner(view, options["parallelism"], defaults_in(options))
        problems: list[Problem] = []
        try:
            with _without_garbage_collection():
                planner.plan(wanted.document(below), options["purge"], context.place)
        except InputError as error:
            problems = error.problems
        if not wanted.refuse_all(problems):
            context.warn_of_assumed(view)
            context.warnings += planner.warnings
            return planner, problems


def _refusal(
    planner: Planner,
    plan: Plan,
    options: Mapping[str, Any],
    approvals: Approvals,
    context: Context,
    result: dict[str, Any],
) -> str:
    """Return why a plan is not to be carried out, or an empty text."""
    # An undo deletes nothing but what its run created.
    bounds = {**options, "max_deletions": None} if options.get("undo") else options
    refusal = plan.refusal(bounds, result["losses"])
    if refusal:
        return refusal
    refusal, differences = approvals.refusal(plan, planner)
    result["errors"] += [problem.as_dict() for problem in differences]
    context.problems += differences
    if not refusal and approvals.approved and plan.operations:
        result["plan_id"] = approvals.approved.plan_id
    return refusal


def _check_numbers(options: Mapping[str, Any]) -> None:
    check_parallelism(options)
    if options["max_deletions"] < 0 or (options["max_changes"] or 0) < 0:
        raise InputError("max_deletions and max_changes must be 0 or more")


@contextlib.contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """Let a plan grow: it makes a million small objects that stay, and looking for garbage takes a seventh of it."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def invalid_document(problems: Sequence[Problem], document: str = "document") -> str:
    """Return the text for a document's problems; *document* is what a person calls it, or empty if it is none."""
    count = counted(len(problems), "error")
    invalid = f"invalid {document}, " if document else ""
    return f"{invalid}nothing was changed ({count}): {'; '.join(texts(problems))}"


def _apply(
    planner: Planner,
    plan: Plan,
    options: Mapping[str, Any],
    context: Context,
    result: Mapping[str, Any],
    approvals: Approvals,
    undo_file: UndoFile,
) -> dict[str, Any]:
    # A name or number may change on the way.
    named = {id(operation): plan.locate(operation) for operation in plan.operations}
    execution = Execution(context.state, options["parallelism"], options["on_error"] == "stop", context.progress)
    execution.skipped, execution.log = approvals.done, undo_file
    undo_file.add(result, plan, planner.view, context.state)
    try:
        with context.creating(plan.operations) as execution.doubted:
            if plan.order:
                execution.run(plan.order)
            _keep_apart(execution, named, context)
            _verify(execution, named, context)
    except BaseException:
        context.interrupted = bounded(
            {**result, **_outcome(execution, named, context), **undo_file.as_result(), "failed": True}
        )
        raise
    return {**result, **_outcome(execution, named, context), **undo_file.as_result()}


def _keep_apart(execution: Execution, named: Mapping[int, Problem], context: Context) -> None:
    """Let no new object have the number of an earlier one, and say what it has in place of what was planned."""
    chosen = {key: operation for key, operation in execution.made.items() if operation.chosen}
    for key, final in zip(chosen, keep_apart([*chosen.values()], context.state)):
        if isinstance(final, XciError):
            execution.failed[key] = str(final)
            continue
        execution.made[key] = final
        if execution.log:
            execution.log.left(key, final)
        if final.key != named[key].key:
            why = f"created as {final.key}, since somebody else took what was available when this was planned"
            context.warnings.append(named[key].at(msg=why))


def _verify(execution: Execution, named: Mapping[int, Problem], context: Context) -> None:
    """Read back what was written; what XCI does not show has failed, and what changed nothing is no change."""
    if execution.lost:
        return
    made = {key: execution.made[key] for key in named if key in execution.made}
    verdicts = dict(zip(made, verify([*made.values()], context.state)))
    context.warnings += kept_values(verdicts.values(), context.document or "options", context.kept)
    for key, verdict in verdicts.items():
        if verdict.problem:
            execution.failed.setdefault(key, str(verdict.problem))
            execution.done.discard(key)
        elif execution.log:
            execution.log.left(key, verdict.operation)
        if not verdict.changed:
            execution.written -= 1
    if execution.log:
        execution.log.read_back(key for key, verdict in verdicts.items() if verdict.problem)


def _outcome(execution: Execution, named: Mapping[int, Problem], context: Context) -> dict[str, Any]:
    """Return the part of the result that says what became of the operations."""
    failed = [named[key].at(msg=execution.failed[key]) for key in named if key in execution.failed]
    context.problems += failed
    errors = [problem.as_dict() for problem in failed]
    left = [one for key, one in named.items() if key not in execution.failed and key not in execution.done]
    context.warnings += execution.meanwhile
    outcome: dict[str, Any] = {"changed": bool(execution.written), "errors": errors}
    outcome["not_tried"] = [{"action": one.action, "kind": one.kind, "key": one.key} for one in left]
    if errors or left:
        first = f". First: {errors[0]['msg']}" if errors else ""
        outcome["failed"] = True
        outcome["msg"] = (
            f"{len(errors)} of {counted(len(named), 'write')} failed, {len(execution.done)} were done and "
            f"{len(left)} not tried; run again to do what is left{first}"
        )
    return outcome


MODULE = ModuleSpec(OPTIONS, configure)

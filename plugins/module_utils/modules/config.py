# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Brings XCI to what a document says."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..api.arguments import unchecked
from ..api.errors import InputError, Problem
from ..engine.execute import Execution
from ..engine.planner import KINDS, PURGEABLE, Planner, as_plan, summary, with_defaults
from ..model.change import DELETE, Operation
from ..model.fields import Resource
from ..model.resources import RESOURCES
from ..state.planned import PlannedState
from .context import Context
from .present import as_text


def _entry_spec(resource: Resource) -> dict[str, Any]:
    return {name: unchecked(argument) for name, argument in resource.argument_spec().items()}


OPTIONS: dict[str, Any] = {
    **{one.plural: {"type": "list", "elements": "dict", "options": _entry_spec(one)} for one in RESOURCES.values()},
    "src": {"type": "list", "elements": "path"},
    "purge": {"type": "list", "elements": "str", "choices": list(PURGEABLE), "default": []},
    "max_deletions": {"type": "int", "default": 10},
    "parallelism": {"type": "int", "default": 8},
    "on_error": {"type": "str", "choices": ["stop", "continue"], "default": "stop"},
    **{one.default_option: {"type": "str"} for kind in RESOURCES.values() for one in kind.fields if one.default_option},
}
MOST_ALIKE = 5
"""How many problems that differ only in their place are shown one by one."""


class InvalidDocument(InputError):
    """A document with problems that are found before XCI is asked for anything."""

    def result(self) -> dict[str, Any]:
        return {"msg": invalid_document(self.problems), "errors": [problem.as_dict() for problem in self.problems]}


def configure(options: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """Bring XCI to what a document says; return the module's result, with ``plan``, ``summary`` and ``errors``."""
    if options["parallelism"] < 1 or options["max_deletions"] < 0:
        raise InputError("parallelism must be 1 or more, and max_deletions 0 or more")
    document = with_defaults({kind: options.get(kind) for kind in KINDS}, options)
    # On a view of its own: what is not carried out in the end must not stay for the next item of a loop.
    below = context.current()
    view = PlannedState(below, assume=context.check and context.journal is None)
    planner = Planner(view, options["parallelism"])
    problems: list[Problem] = []
    try:
        with _without_garbage_collection():
            planner.plan(document, options["purge"], context.place)
    except InputError as error:
        problems = error.problems
    finally:
        context.warn_of_assumed(view)
        context.warnings += planner.warnings
    operations = planner.operations
    result: dict[str, Any] = {
        "changed": bool(operations),
        "plan": [as_plan(operation) for operation in operations],
        "summary": summary(operations, planner.unchanged),
        "errors": [problem.as_dict() for problem in problems],
        "not_tried": [],
    }
    context.problems += problems
    if context.diff:
        result["diff"] = [as_text(operation.diff()) for operation in operations]
    refusal = invalid_document(problems) if problems else _too_many(operations, options["max_deletions"])
    if refusal:
        return {**result, "changed": False, "failed": True, "msg": refusal}
    if isinstance(below, PlannedState):
        for planned in planner.planned:
            below.record(planned)
            context.keep(planned)
        return result
    return _apply(planner, options, context, result)


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


def invalid_document(problems: Sequence[Problem]) -> str:
    """Return the text for a document's problems; of many that differ only in their place, the first few."""
    alike: dict[tuple[str, ...], list[Problem]] = {}
    for problem in problems:
        alike.setdefault((problem.kind, problem.option, problem.msg), []).append(problem)
    shown: list[str] = []
    for same in alike.values():
        few = same if len(same) <= MOST_ALIKE else same[:3]
        shown += map(str, few)
        shown += [f"and {len(same) - 3} more like these, see errors"] if len(few) < len(same) else []
    count = f"{len(problems)} error{'s' if len(problems) > 1 else ''}"
    return f"invalid document, nothing was changed ({count}): {'; '.join(shown)}"


def _too_many(operations: Sequence[Operation], most: int) -> str:
    deletions = [operation for operation in operations if operation.action == DELETE]
    if len(deletions) <= most:
        return ""
    first = ", ".join(f"{operation.resource.kind} {operation.key}" for operation in deletions[:5])
    return (
        f"nothing was changed: this would delete {len(deletions)} objects, and max_deletions is {most}. "
        f"The first are {first}; the plan shows all. Raise max_deletions if that is intended"
    )


def _apply(planner: Planner, options: Mapping[str, Any], context: Context, result: Mapping[str, Any]) -> dict[str, Any]:
    operations = planner.operations
    # A name or number may change on the way.
    named = {id(operation): _problem(planner, operation) for operation in operations}
    execution = Execution(context.state, options["parallelism"], options["on_error"] == "stop", context.progress)
    try:
        execution.run(operations)
    except BaseException:
        context.interrupted = {**result, "failed": True, **_outcome(execution, named, context)}
        raise
    return {**result, **_outcome(execution, named, context)}


def _outcome(execution: Execution, named: Mapping[int, Problem], context: Context) -> dict[str, Any]:
    """Return the part of the result that says what became of the operations."""
    failed = [named[key].at(msg=execution.failed[key]) for key in named if key in execution.failed]
    context.problems += failed
    errors = [problem.as_dict() for problem in failed]
    left = [one for key, one in named.items() if key not in execution.failed and key not in execution.done]
    outcome: dict[str, Any] = {"changed": bool(execution.done), "errors": errors}
    outcome["not_tried"] = [{"action": one.action, "kind": one.kind, "key": one.key} for one in left]
    if errors or left:
        first = f". First: {errors[0]['msg']}" if errors else ""
        outcome["failed"] = True
        outcome["msg"] = (
            f"{len(errors)} of {len(named)} writes failed, {len(execution.done)} were done and "
            f"{len(left)} not tried; run again to do what is left{first}"
        )
    return outcome


def _problem(planner: Planner, operation: Operation) -> Problem:
    """Return what is known of an operation, for the case that it fails."""
    entry = planner.entries.get(id(operation))
    problem = Problem("", action=operation.action, kind=operation.resource.kind, key=operation.key)
    return next(entry.locate([problem])) if entry else problem.at(place="purge")

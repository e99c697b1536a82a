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
from ..engine.losses import REFUSE, alike_losses, losses_of
from ..engine.planner import KINDS, PURGEABLE, Planner, as_plan, defaults_in, summary
from ..model.change import DELETE, Operation
from ..model.fields import WARN, Resource
from ..model.renames import RENAME, Renames, parse_pairs
from ..model.reserved import NUMBERING
from ..model.resources import RESOURCES
from ..state.planned import PlannedState
from .bounds import bounded
from .context import PARALLELISM, Context, check_parallelism
from .text import as_text


def _entry_spec(resource: Resource) -> dict[str, Any]:
    return {name: unchecked(argument) for name, argument in resource.argument_spec().items()}


OPTIONS: dict[str, Any] = {
    **{one.plural: {"type": "list", "elements": "dict", "options": _entry_spec(one)} for one in RESOURCES.values()},
    "src": {"type": "list", "elements": "path"},
    "purge": {"type": "list", "elements": "str", "choices": list(PURGEABLE), "default": []},
    "max_deletions": {"type": "int", "default": 10},
    "max_changes": {"type": "int"},
    "losses": {"type": "str", "choices": [WARN, REFUSE], "default": WARN},
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


def configure(options: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """Bring XCI to what a document says; return the module's result, with ``plan``, ``summary`` and ``errors``."""
    _check_numbers(options)
    context.reserve(options.get("numbering"))
    renames = Renames(parse_pairs(options.get("rename") or ()))
    document = renames.document({kind: options.get(kind) for kind in KINDS})
    context.warnings += renames.missing()
    # On a view of its own: what is not carried out in the end must not stay for the next item of a loop.
    below = context.current()
    view = PlannedState(below, assume=context.check and context.journal is None)
    planner = Planner(view, options["parallelism"], defaults_in(options))
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
    losses = losses_of(operations)
    context.warnings += alike_losses(losses)
    result: dict[str, Any] = {
        "changed": bool(operations),
        "plan": [as_plan(operation) for operation in operations],
        "summary": summary(operations, planner.unchanged),
        "losses": losses,
        "errors": [problem.as_dict() for problem in problems],
        "not_tried": [],
    }
    context.problems += problems
    if context.diff:
        result["diff"] = [as_text(operation.diff()) for operation in operations]
    if problems and options["on_invalid"] == "report":
        return {**result, "changed": False, "msg": invalid_document(problems)}
    refusal = invalid_document(problems) if problems else _too_many(operations, options)
    if losses and options["losses"] == REFUSE:
        alike = "; ".join(map(str, alike_losses(losses)))
        refusal = refusal or f"nothing was changed, because losses is {REFUSE}: {alike}"
    if refusal:
        return bounded({**result, "changed": False, "failed": True, "msg": refusal})
    if isinstance(below, PlannedState):
        for planned in planner.planned:
            below.record(planned)
            context.keep(planned)
        for operation in operations:
            context.warn_of_chosen(operation)
        return result
    return _apply(planner, options, context, result)


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


def invalid_document(problems: Sequence[Problem]) -> str:
    """Return the text for a document's problems."""
    count = counted(len(problems), "error")
    return f"invalid document, nothing was changed ({count}): {'; '.join(texts(problems))}"


def _too_many(operations: Sequence[Operation], options: Mapping[str, Any]) -> str:
    """Return why a plan has more writes than the task allows, or an empty text."""
    deletions = [operation for operation in operations if operation.action == DELETE]
    for verb, planned, bound in (("delete", deletions, "max_deletions"), ("change", operations, "max_changes")):
        most = options[bound]
        if most is not None and len(planned) > most:
            return (
                f"nothing was changed: this would {verb} {counted(len(planned), 'object')}, and {bound} is {most}. "
                f"The first: {', '.join(operation.who for operation in planned[:5])}. Raise {bound} if that is intended"
            )
    return ""


def _apply(planner: Planner, options: Mapping[str, Any], context: Context, result: Mapping[str, Any]) -> dict[str, Any]:
    operations = planner.operations
    # A name or number may change on the way.
    named = {id(operation): _problem(planner, operation) for operation in operations}
    execution = Execution(context.state, options["parallelism"], options["on_error"] == "stop", context.progress)
    try:
        with context.creating(operations) as execution.doubted:
            execution.run(planner.order)
            _keep_apart(execution, named, context)
    except BaseException:
        context.interrupted = bounded({**result, **_outcome(execution, named, context), "failed": True})
        raise
    outcome = {**result, **_outcome(execution, named, context)}
    return bounded(outcome) if outcome.get("failed") else outcome


def _keep_apart(execution: Execution, named: Mapping[int, Problem], context: Context) -> None:
    """Let no new object have the number of an earlier one, and say what it has in place of what was planned."""
    for key, final in zip(execution.made, keep_apart([*execution.made.values()], context.state)):
        if isinstance(final, XciError):
            execution.failed[key] = str(final)
        elif final.key != named[key].key:
            why = f"created as {final.key}, since somebody else took what was available when this was planned"
            context.warnings.append(named[key].at(msg=why))


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


def _problem(planner: Planner, operation: Operation) -> Problem:
    """Return what is known of an operation, for the case that it fails."""
    entry = planner.entries.get(id(operation))
    problem = Problem("", action=operation.action, kind=operation.resource.kind, key=operation.key)
    return next(entry.locate([problem])) if entry else problem.at(place="purge")

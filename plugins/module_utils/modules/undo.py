# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The option undo: brings back what an earlier run changed, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..api.errors import InputError, Problem, counted
from ..engine.planner import KINDS
from ..engine.undo import Document, Undo
from ..model.change import DELETE
from ..model.fields import Values
from ..model.renames import Renames, parse_pairs
from ..state.state import State
from .context import Context
from .files import read_file
from .undo_file import load

OPTIONS: dict[str, Any] = {"undo": {"type": "path"}, "undo_file": {"type": "path"}}


class Given:
    """The document of a task, as its options have it; *called* is what messages call it, empty if nobody wrote it."""

    losses: Sequence[Values] = ()

    def __init__(self, options: Mapping[str, Any], context: Context) -> None:
        self._options, self.called = options, context.document
        renames = Renames(parse_pairs(options.get("rename") or ()))
        self._document = renames.document({kind: options.get(kind) for kind in KINDS})
        context.warnings += renames.missing()

    def document(self, _state: State) -> Mapping[str, Any]:
        """Return the document to plan."""
        return self._document

    def refuse_all(self, _problems: list[Problem]) -> bool:
        """Leave out what a plan says is not possible, and return whether that was all that is wrong."""
        return False

    def report(self, result: dict[str, Any], context: Context) -> None:
        """Let what was left out be errors of the result."""


def given(options: Mapping[str, Any], context: Context) -> Given:
    """Return the document of a task: its own, or what brings back what an earlier run changed."""
    path = options.get("undo")
    if not path:
        return Given(options, context)
    others = [name for name in (*KINDS, "purge", "rename") if options.get(name)]
    if others:
        raise InputError(Problem(f"it can't be used together with {', '.join(others)}", "undo"))
    return Undoing(path, options, context)


class Undoing(Given):
    """What is to be brought back, by an undo file: what of that is possible, and what is not."""

    def __init__(self, path: str, options: Mapping[str, Any], context: Context) -> None:
        super().__init__(options, context)
        self.called = ""
        head, changes = load(read_file(path).decode("utf-8", "replace"))
        address = context.client.settings.url
        if head.get("address") != address:
            raise InputError(Problem(f"it is of {head.get('address')}, and this is {address}", "undo"))
        changes = [change for change in changes if change.status]
        for resource in {change.kind: change.resource for change in changes if change.action == DELETE}.values():
            missing = [one.default_option for one in resource.fields if one.default_option]
            if missing and not options.get(missing[0]):
                why = f"{resource.plural} that were deleted are created again, and XCI never shows which one they had"
                raise InputError(f"missing required option: {missing[0]}, since {why}")
        self._undo = Undo(changes)
        context.place = self._undo.place

    def document(self, state: State) -> Document:
        self._undo.read(state, self._options["parallelism"])
        document = self._undo.document(state)
        self.losses = self._undo.losses
        return document

    def refuse_all(self, problems: list[Problem]) -> bool:
        return self._undo.refuse_all(problems)

    def report(self, result: dict[str, Any], context: Context) -> None:
        refused = self._undo.problems
        if not refused:
            return
        context.problems += refused
        result["errors"] = [*(problem.as_dict() for problem in refused), *result["errors"]]
        why = f"{counted(len(refused), 'object')} not brought back: {'; '.join(map(str, refused[:5]))}"
        rest = f". {result['msg']}" if result.get("msg") else ""
        result.update(failed=True, msg=f"{why}{rest}")

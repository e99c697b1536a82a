# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What jobs that change people have in common: each makes documents, all of which are planned before any write."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Callable

from ..api.errors import InputError, XciError
from ..engine.plan import summary
from ..model.change import UPDATE
from ..model.parsing import Place
from ..model.resources import PEOPLE
from ..state.index import Item
from ..state.planned import PlannedWrite
from ..state.state import State
from .config import OPTIONS, configure
from .context import Context
from .undo_file import UndoFile

DEFAULT = PEOPLE.users[PEOPLE.template].default_option
NAMES = (DEFAULT, "losses", "numbers", "numbering", "parallelism", "undo_file")
SHARED: dict[str, Any] = {name: OPTIONS[name] for name in NAMES}
"""The options of a document that the jobs have, too."""
LISTS = ("plan", "losses", "errors", "not_tried", "diff")
Document = dict[str, Any]


class _Nowhere:
    """A journal of what is only planned in order to see whether it can be done."""

    def read(self) -> Iterable[PlannedWrite]:
        return ()

    def add(self, write: PlannedWrite) -> None:
        pass

    def clear(self) -> None:
        pass


def carry_out(
    documents: Sequence[Document],
    options: Mapping[str, Any],
    context: Context,
    begin: Callable[[], None] = lambda: None,
    place: Place = lambda plural, index: "",
    names: Mapping[str, str] = MappingProxyType({}),
    **more: Any,
) -> dict[str, Any]:
    """Bring XCI to what each of the documents says, one after the other; return the results as that of one document.

    All are planned first, so that what can't be done is an error before the first write; *begin* is called right before
    that. *place* says what a person wrote for an entry, such as ``people.csv line 7``, and *names* which option of the
    job an option of an entry is. *more* are options of xci_config that all of them get.
    """
    context.place, context.document, context.given = place, "", {PEOPLE.template: DEFAULT, **names}
    given = {**_defaults(), **{name: options.get(name) for name in SHARED}, **more}
    planning = context if context.check else replace(context, check=True, journal=_Nowhere(), warnings=[], problems=[])
    planned = _results(documents, given, planning, UndoFile(None))
    if planned.get("failed"):
        context.warnings += [] if context.check else planning.warnings
        return {**planned, "changed": False}
    _check_templates(planned["plan"])
    if context.check or not planned["changed"]:
        return planned
    begin()
    with UndoFile(given["undo_file"]) as undo_file:
        return _results(documents, given, context, undo_file)


def _defaults() -> dict[str, Any]:
    return {name: spec.get("default") for name, spec in OPTIONS.items()}


def _results(
    documents: Sequence[Document], given: Mapping[str, Any], context: Context, undo_file: UndoFile
) -> dict[str, Any]:
    whole: dict[str, Any] = {"changed": False, **{name: [] for name in LISTS if name != "diff" or context.diff}}
    whole["summary"] = summary([], {})
    for document in documents:
        try:
            result = configure({**given, **document}, context, undo_file)
        except XciError as error:
            if not whole["changed"]:
                raise
            # An earlier document was carried out.
            result = {"changed": False, "failed": True, **error.result()}
        whole["changed"] |= bool(result["changed"])
        for name in LISTS:
            if name in result:
                whole[name] = [*whole[name], *result[name]]
        for kind, counts in result.get("summary", {}).items():
            whole["summary"][kind] = {
                action: whole["summary"][kind][action] + count for action, count in counts.items()
            }
        if result.get("failed"):
            whole.update({name: value for name, value in result.items() if name not in whole})
            break
    return {**whole, **undo_file.as_result()}


def _check_templates(plan: Sequence[Mapping[str, Any]]) -> None:
    """Raise InputError where users would be changed without a template, which XCI may refuse half-way."""
    bare = [
        one
        for one in plan
        if one["kind"] == PEOPLE.users.kind and one["action"] == UPDATE
        if PEOPLE.template not in {*one["changes"], *one["sends"]}
    ]
    if bare:
        raise InputError(
            f"missing required option: {DEFAULT}. XCI needs the template of a user in every change and never shows it; "
            f"{PEOPLE.users.counted(len(bare))} would be changed, and nothing was"
        )


def everybody(state: State, parallelism: int) -> list[Item]:
    """Return all users."""
    return state.items_in(PEOPLE.users, list(state.listing(PEOPLE.entities.kind).items.values()), parallelism)


def next_number(state: State, entity: str, person: Mapping[str, Any]) -> str:
    """Return the first available number of an entity, reserved for somebody."""
    return state.numbers.first_available(entity, dict(person))


def may_keep(state: State, scope: Item, number: str) -> bool:
    """Return whether a number is free in an entity, inside of its intervals and not reserved."""
    if not number or state.listing(PEOPLE.users.kind, scope).by_index((PEOPLE.number,), (number,)):
        return False
    return state.numbers.is_inside(scope, number) and not state.numbers.kept(scope, number)

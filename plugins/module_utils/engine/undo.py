# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What brings back what a plan changes: a document, with what is known of each object and what is lost for good."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ..api.errors import Problem, UnknownReference, first_of
from ..model.change import CREATE, DELETE, UPDATE, Operation, as_options
from ..model.fields import Resource, Values
from ..model.resources import RESOURCES
from ..state.index import Item
from ..state.state import State
from .plan import Plan, Reference
from .planner import New

BEGUN, DONE, FAILED = "begun", "done", "failed"
"""What became of a write, as far as an undo file says."""
Document = dict[str, list[Values]]


@dataclass
class Change:
    """One operation of a plan as an undo file has it.

    *entry* is what a document says to bring its object back, None where that is impossible; *values* are the options
    of the object after the write, or before a deletion; *lost* is what can't be brought back, by option, and why.
    *status* is empty for what was never begun; then nothing is to be brought back.
    """

    action: str
    kind: str
    key: str
    name: str
    id: int | None
    values: Values
    lost: dict[str, str]
    entry: Values | None = None
    status: str = ""
    earlier: Change | None = field(default=None, repr=False)
    """What it was before its last write was begun: an exchange takes several."""

    @property
    def resource(self) -> Resource:
        return RESOURCES[self.kind]

    @property
    def who(self) -> str:
        return f"{self.kind} {self.key}" + (f" ({self.name})" if self.name not in ("", self.key) else "")


def changes_of(plan: Plan, view: State, base: State) -> list[Change]:
    """Return the operations of a plan that is about to be carried out.

    *view* is the state as the plan leaves it, *base* as it is. What is to be brought back calls objects as *base* does.
    """
    found = []
    for operation, record in zip(plan.operations, plan.records):
        resource = operation.resource
        ids = {(kind, label): identity for kind, label, identity in record.references}
        before = {name: _as_before(resource, name, value, ids, view, base) for name, value in operation.before.items()}
        values = record.before if operation.action == DELETE else record.after
        change = Change(
            operation.action, resource.kind, operation.key, operation.name, record.id, values, _lost(operation)
        )
        change.entry = _entry(operation, before)
        found.append(change)
    return found


def _as_before(
    resource: Resource, name: str, value: Any, ids: Mapping[Reference, int | None], view: State, base: State
) -> Any:
    """Return a value whose references are the labels of before the plan."""
    ref = resource.references.get(name)
    if ref is None or not value:
        return value
    texts = [value] if isinstance(value, str) else value
    labels = [_old_label(ref.kind, label, ids.get((ref.kind, label)), view, base) for label in texts]
    return labels[0] if isinstance(value, str) else sorted(labels)


def _old_label(kind: str, label: str, identity: int | None, view: State, base: State) -> str:
    try:
        known = identity or view.resolve(kind, label).id
    except UnknownReference:
        return label
    item = base.listing(kind).items.get(known)
    return base.label_of(RESOURCES[kind], item) if item else label


def _entry(operation: Operation, before: Values) -> Values | None:
    """Return what a document says to bring an object back; None where nothing can."""
    resource = operation.resource
    if operation.action == CREATE:
        names = (*resource.identity, resource.scope)
        known = {name: operation.after[name] for name in names if name}
        return None if resource.immutable else {"state": "absent", **known}
    if _unknown_secret(operation):
        return None
    options = as_options(resource, before)
    if operation.action == DELETE:
        return options
    changed = {name: value for name, value in options.items() if operation.before[name] != operation.after.get(name)}
    return {"id": operation.before["id"], **changed, **_sent_along(operation)}


def _sent_along(operation: Operation) -> Values:
    """Return what XCI never shows and an edit sent: nobody knows it better than the edit that brings back."""
    names = [one.name for one in operation.resource.write_only if not one.secret]
    return {name: operation.desired[name] for name in names if operation.desired.get(name)}


def _unknown_secret(operation: Operation) -> str:
    """Return the secret without which XCI takes no write of an object, if there is one."""
    needed = [one for one in operation.resource.secrets if one.required_if and one.applies(operation.before)]
    return needed[0].name if needed else ""


def _lost(operation: Operation) -> dict[str, str]:
    """Return what can't be brought back of an object."""
    resource, before = operation.resource, operation.before
    if operation.action == CREATE:
        return {"": resource.immutable} if resource.immutable else {}
    if name := _unknown_secret(operation):
        return {name: f"XCI takes no change of a {resource.kind} without it, and no file has it; do it by hand"}
    if operation.action == UPDATE:
        lost = {
            name: f"XCI does not show which one it was; it stays {value!r}"
            for name, value in _sent_along(operation).items()
        }
        changed = [one.name for one in resource.secrets if one.name in operation.changed]
        return {**lost, **dict.fromkeys(changed, "the one before is not known; the new one stays")}
    lost = {
        one.name: f"XCI does not show which one it was; it gets the {one.default_option}"
        for one in resource.fields
        if one.default_option
    }
    lost.update(
        {one.name: "it gets none, since no file has it" for one in resource.secrets if before.get(one.requires)}
    )
    hidden = [one for one in resource.fields if one.reads and not one.writes]
    names = [one.name for one in hidden if one.name not in ("id", resource.key, resource.id_field)]
    lost.update({name: f"XCI makes a new one, it was {before[name]!r}" for name in names if before.get(name)})
    return lost


# -- bringing back ---------------------------------------------------------------------------------------------


@dataclass
class Undo:
    """What is to be brought back of the *changes* of an undo file; *problems* are the objects that changed since."""

    changes: list[Change]
    problems: list[Problem] = field(default_factory=list)
    losses: list[Values] = field(default_factory=list)
    _listed: dict[tuple[str, int], Change] = field(default_factory=dict)
    _refused: set[int] = field(default_factory=set)

    def read(self, state: State, parallelism: int) -> None:
        """Read the lists of what was changed side by side."""
        for resource in RESOURCES.values():
            names = {one.values.get(resource.scope) for one in self.changes if one.kind == resource.kind and one.status}
            scopes = [item for name in names if name for item in state.named(resource.scope, name)]
            if scopes:
                state.prefetch(resource.kind, scopes, parallelism)

    def document(self, state: State) -> Document:
        """Return the document that brings back what is as it was left, but for what was refused."""
        document: Document = {}
        self._listed, self.losses = {}, []
        for change in reversed(self.changes):
            if not change.status or id(change) in self._refused:
                continue
            entry, why = _now(change, state)
            if why:
                self.refuse(change, why)
                continue
            if entry is not None:
                known = {"kind": change.kind, "key": change.key, "name": change.name}
                self.losses += [{**known, "option": option, "why": why} for option, why in change.lost.items()]
            if entry:
                entries = document.setdefault(change.resource.plural, [])
                self._listed[change.kind, len(entries)] = change
                entries.append(entry)
        return document

    def refuse(self, change: Change, why: str) -> None:
        """Leave out an object that can't be brought back, or that somebody changed."""
        self._refused.add(id(change))
        self.problems.append(Problem(why, action="undo", kind=change.kind, key=change.key, place=change.who))

    def place(self, plural: str, index: int) -> str:
        """Return what an entry of the document is about."""
        found = [one.who for (_kind, at), one in self._listed.items() if at == index and one.resource.plural == plural]
        return found[0] if found else ""

    def refuse_all(self, problems: list[Problem]) -> bool:
        """Leave out the entries of which a plan says that they are not possible; return whether these were all."""
        for problem in problems:
            change = self._listed.get((problem.kind, -1 if problem.index is None else problem.index))
            if change is None:
                return False
            if id(change) not in self._refused:
                self.refuse(change, problem.text)
        return bool(problems)


def _now(change: Change, state: State) -> tuple[Values | None, str]:
    """Return the entry for an object, and why it is refused.

    The entry is None where nothing was done after all, and empty where nothing can bring it back.
    """
    try:
        item = _found(change, state)
    except UnknownReference as several:
        return None, str(several)
    certain = change.status == DONE
    if change.action == DELETE:
        # Who has its name or number now may be somebody who gives that up again.
        is_untouched = item is not None and item.id == change.id and not certain
        return None if is_untouched else New(change.entry or {}), ""
    if item is None:
        return None, "it was deleted since" if certain or change.action == UPDATE else ""
    return _as_left(change, item, certain)


def _as_left(change: Change, item: Item, certain: bool) -> tuple[Values | None, str]:
    """Return the same for an object that exists: it has to be as the run left it."""
    differences = [
        f"{name} was {value!r}, now it is {item.values.get(name)!r}"
        for name, value in change.values.items()
        if item.values.get(name) != value
    ]
    if differences:
        is_untouched = not certain and change.action == UPDATE and _is_as_before(change, item)
        return None, "" if is_untouched else f"it was changed since: {first_of(differences)}"
    if not change.entry:
        return {}, ""
    return {**({"state": "absent"} if change.action == CREATE else change.entry), "id": item.id}, ""


def _found(change: Change, state: State) -> Item | None:
    resource = change.resource
    known = state.by_id(resource, change.id) if change.action == UPDATE and change.id is not None else None
    if known is not None:
        return known
    # What was deleted and brought back by the undo of a later run has another id.
    try:
        return state.find(resource, change.values)
    except UnknownReference:
        if resource.scope and not state.named(resource.scope, change.values[resource.scope]):
            # What was in something that is gone is gone as well.
            return None
        raise


def _is_as_before(change: Change, item: Item) -> bool:
    entry = change.entry or {}
    return all(item.values.get(name) == value for name, value in entry.items() if change.resource[name].reads)


def in_between(change: Change, values: Values) -> Change:
    """Return what a deletion did to an object that gave something up for an exchange and was not deleted yet."""
    given_up = {
        name: value for name, value in (change.entry or {}).items() if values.get(name) != change.values.get(name)
    }
    return replace(change, action=UPDATE, entry={"id": change.id, **given_up}, lost={})


def with_values(change: Change, values: Mapping[str, Any], status: str) -> Change:
    """Return a change whose object was left with other values than planned."""
    return replace(change, values={**change.values, **values}, status=status)

# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a plan changes, as an undo file has it: what a document says to bring it back, and what is lost for good."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ..api.errors import UnknownReference
from ..model.change import CREATE, DELETE, UPDATE, Operation, as_options
from ..model.fields import Resource, Values
from ..model.resources import RESOURCES
from ..state.state import State
from .plan import Plan, Reference

BEGUN, DONE, FAILED = "begun", "done", "failed"
"""What became of a write, as far as an undo file says."""


@dataclass
class Change:
    """One operation of a plan as an undo file has it.

    *entry* is what a document says to bring its object back, None where that is impossible; *values* are the options
    of the object after the write, or before a deletion; *lost* is what can't be brought back, by option, and why.
    *renamed* is what the object refers to before the write, as the plan calls it, where that is another name.
    *status* is empty for what was never begun; then nothing is to be brought back.
    """

    action: str
    kind: str
    key: str
    name: str
    id: int | None
    values: Values
    lost: dict[str, str]
    renamed: Values = field(default_factory=dict)
    entry: Values | None = None
    status: str = ""
    seen: bool = False
    """Whether the values are those that XCI showed after the write, and not what it was sent."""
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
        change.renamed = {
            name: record.before[name]
            for name in resource.references
            if name in (change.entry or {}) and name in record.before and record.before[name] != before[name]
        }
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


def _referring(resource: Resource) -> str:
    """Return which objects may refer to one of a kind, but for those in it."""
    others = [one.plural for one in RESOURCES.values() if one.refers_to(resource.kind) and one.scope != resource.kind]
    return " and ".join(others)


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
    others = _referring(resource)
    lost = {"": f"the {others} that referred to it do not again"} if others else {}
    lost.update(
        {
            one.name: f"XCI does not show which one it was; it gets the {one.default_option}"
            for one in resource.fields
            if one.default_option
        }
    )
    lost.update(
        {one.name: "it gets none, since no file has it" for one in resource.secrets if before.get(one.requires)}
    )
    hidden = [one for one in resource.fields if one.reads and not one.writes]
    names = [one.name for one in hidden if one.name not in ("id", resource.key, resource.id_field)]
    lost.update({name: f"XCI makes a new one, it was {before[name]!r}" for name in names if before.get(name)})
    return lost


def in_between(change: Change, values: Values) -> Change:
    """Return what a deletion did to an object that gave something up for an exchange and was not deleted yet."""
    given_up = {
        name: value for name, value in (change.entry or {}).items() if values.get(name) != change.values.get(name)
    }
    return replace(change, action=UPDATE, entry={"id": change.id, **given_up}, lost={})


def with_values(change: Change, values: Mapping[str, Any], status: str) -> Change:
    """Return a change whose object was left with other values than planned."""
    return replace(change, values={**change.values, **values}, status=status)

# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A plan: its operations, what they may lose, what bounds them, and what is signed of each.

As data, a plan is the result of xci_config, with an entry for each operation; it has no secrets.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ..api.errors import Problem, UnknownReference, counted
from ..model.change import CREATE, DELETE, UPDATE, Operation, sent
from ..model.fields import WARN, Values, is_planned
from ..model.resources import RESOURCES
from ..state.planned import PlannedState
from ..state.state import State
from .losses import REFUSE, alike_losses, losses_of
from .order import Order, Step
from .seal import Seal

BOUNDS: dict[str, Any] = {
    "max_deletions": {"type": "int", "default": 10},
    "max_changes": {"type": "int"},
    "losses": {"type": "str", "choices": [WARN, REFUSE], "default": WARN},
}
"""The options that say which plans are not carried out."""
Reference = tuple[str, str]
"""An object that another one refers to, by its kind and label."""


@dataclass
class Record:
    """What is signed of one operation.

    *before* are the writable options of the object now, *secrets* those that XCI shows, and *sent* is what it gets: a
    file has the signatures in place of these. *references* are the ids of what it refers to, None for what the plan
    creates; they are signed in place of the names, which change with what else is on XCI. *between* are the values that
    the object has for the moment, where it gives some up in an exchange. *after* is not signed: it follows.
    """

    action: str
    kind: str
    id: int | None
    before: Values
    after: Values
    secrets: Any = field(repr=False)
    sent: Any = field(repr=False)
    references: list[tuple[str, str, int | None]]
    between: list[Values] = field(default_factory=list)

    @classmethod
    def of(cls, operation: Operation, state: PlannedState) -> Record:
        """Return the record of an operation that is about to be planned, so that its references still mean that."""
        resource = operation.resource
        before, after = (
            {one.name: values[one.name] for one in resource.comparable if one.name in values}
            for values in (operation.before, operation.after)
        )
        values = {} if operation.action == DELETE else _sent(operation)
        known = {one.name: operation.before[one.name] for one in resource.secrets if operation.before.get(one.name)}
        # What is sent names all that an object refers to before, too, unless the write removes that.
        refers = [
            (ref.kind, state_of.get(name)) for name, ref in resource.references.items() for state_of in (values, before)
        ]
        names = {(kind, label) for kind, value in refers if values or state.is_read(kind) for label in _labels(value)}
        references = [(kind, label, _id_of(kind, label, state)) for kind, label in sorted(names)]
        return cls(
            operation.action, resource.kind, operation.before.get("id"), before, after, known, values, references
        )

    def signed(self, seal: Seal, created: Collection[Reference] = ()) -> Record:
        """Return it with the signature of what is sent; *created* may be there by now, and counts as still to come."""
        if isinstance(self.sent, str):
            return self
        return replace(self, secrets=seal.sign(self.secrets), sent=seal.sign(self._with_ids(self.sent, created)))

    def signature(self, seal: Seal, created: Collection[Reference] = ()) -> str:
        """Return the signature of it all."""
        before = self._with_ids(self.before, created)
        signed = self.signed(seal, created)
        return seal.sign([self.action, self.kind, self.id, before, signed.secrets, signed.sent, self.between])

    def _with_ids(self, values: Values, created: Collection[Reference]) -> Values:
        """Return values with the ids of what they refer to, as far as it exists, in any order."""
        resource = RESOURCES[self.kind]
        ids = {(kind, label): identity for kind, label, identity in self.references if (kind, label) not in created}
        known = {
            name: sorted(str(ids.get((ref.kind, label)) or label) for label in _labels(values[name]))
            for name, ref in resource.references.items()
            # What a deletion refers to may be in a list that was not read, but for that of its scope.
            if name in values and (self.action != DELETE or name == resource.scope)
        }
        return {**values, **known}


def _sent(operation: Operation) -> Values:
    """Return what XCI gets, without what is empty and may be left out: that depends on what it is before."""
    resource = operation.resource
    return {name: value for name, value in sent(operation).items() if value or not resource[name].omit_if_empty}


def _labels(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value] if value else []


def _id_of(kind: str, label: str, state: State) -> int | None:
    try:
        item = state.resolve(kind, label)
    except UnknownReference:
        # What this administrator is not shown goes back as it came.
        return None
    return None if is_planned(item.values) else item.id


def problem_of(operation: Operation) -> Problem:
    """Return what is known of an operation, for the case that it fails."""
    return Problem("", action=operation.action, kind=operation.resource.kind, key=operation.key)


@dataclass
class Plan:
    """The operations of a document, or of what is left of it; *locate* says where one comes from."""

    operations: Sequence[Operation]
    unchanged: Mapping[str, int] = field(default_factory=dict)
    records: Sequence[Record] = ()
    order: Order | None = None
    locate: Callable[[Operation], Problem] = problem_of

    def __post_init__(self) -> None:
        first = {id(step.operation): step.first for step in self.order.steps if not step.main} if self.order else {}
        for operation, record in zip(self.operations, self.records):
            record.between = list(_between(first.get(id(operation))))

    def as_dict(self) -> dict[str, Any]:
        """Return the part of a result that says what is planned."""
        return {
            "plan": [as_entry(operation) for operation in self.operations],
            "summary": summary(self.operations, self.unchanged),
            "losses": losses_of(self.operations),
        }

    def refusal(self, options: Mapping[str, Any], losses: Iterable[dict[str, Any]]) -> str:
        """Return why the bounds of a task do not allow it, or an empty text."""
        deletions = [operation for operation in self.operations if operation.action == DELETE]
        bounded = (("delete", deletions, "max_deletions"), ("change", self.operations, "max_changes"))
        for verb, planned, bound in bounded:
            most = options[bound]
            if most is not None and len(planned) > most:
                return (
                    f"nothing was changed: this would {verb} {counted(len(planned), 'object')}, and {bound} is {most}. "
                    f"The first: {', '.join(one.who for one in planned[:5])}. Raise {bound} if that is intended"
                )
        alike = "; ".join(map(str, alike_losses(losses)))
        is_refused = alike and options["losses"] == REFUSE
        return f"nothing was changed, because losses is {REFUSE}: {alike}" if is_refused else ""


def _between(step: Step | None) -> Iterator[Values]:
    """Yield what an object gives up before its own write: what it has in place of it."""
    while step:
        operation = step.operation
        yield {name: operation.after[name] for name in operation.changed}
        step = step.first


def summary(operations: Iterable[Operation], unchanged: Mapping[str, int]) -> dict[str, dict[str, int]]:
    """Return how many objects of each kind are created, updated, deleted and left as they are.

    Such as ``{"user": {"create": 2, "update": 1, "delete": 0, "unchanged": 40}, ...}``.
    """
    counts: Counter[tuple[str, str]] = Counter((op.resource.kind, op.action) for op in operations)
    return {
        kind: {
            **{action: counts[(kind, action)] for action in (CREATE, UPDATE, DELETE)},
            "unchanged": unchanged.get(kind, 0),
        }
        for kind in RESOURCES
    }


def as_entry(operation: Operation) -> Values:
    """Return an operation as an entry of the result ``plan``."""
    who = {"kind": operation.resource.kind, "key": operation.key, "name": operation.name}
    return {"action": operation.action, **who, "changes": operation.changes(), "sends": operation.sends()}

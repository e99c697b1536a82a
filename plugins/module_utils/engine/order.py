# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What has to come before what: one graph of all edits, creations and deletions.

A write waits for what makes what it refers to, and for what gives up a value that only one object may have. A deletion
waits for what leaves it; one that nothing needs comes last. Where objects exchange such values, so that each waits for
the next, one of them gives its value up by a write of its own: see exchange.py.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ..model.change import DELETE, Operation
from ..model.field import Field
from ..model.fields import Resource, Values
from ..model.resources import RESOURCES
from ..state.state import State
from .claims import Claim, claims, without

Label = tuple[str, str]
"""What an object refers to, as kind and label, such as ``("entity", "accueil@xivo-nord")``."""
KINDS = list(RESOURCES)


@dataclass
class Wait:
    """Why a write comes after another one: for the *fields* whose values that one gives up, or for a reference.

    It *needs* that one to succeed, unless the other order would only be less sure.
    """

    fields: set[Field] = field(default_factory=set)
    needs: bool = False


@dataclass(eq=False)
class Step:
    """One write of a graph.

    *identity* is the id of its object, negative for one to come, and *label* its name in the references of others;
    *takes* and *gives* are values that only one object may have. Where the object gives some of them up by a write of
    its own before this one, that is *first*; it has this one as *main*.
    """

    operation: Operation
    identity: int
    label: str
    takes: list[Claim] = field(default_factory=list)
    gives: list[Claim] = field(default_factory=list)
    waits: dict[Step, Wait] = field(default_factory=dict, repr=False)
    blocks: dict[Step, None] = field(default_factory=dict, repr=False)
    first: Step | None = field(default=None, repr=False)
    main: Step | None = field(default=None, repr=False)
    level: int = 0

    @classmethod
    def of(cls, operation: Operation, identity: int, label: str, state: State) -> Step:
        """Return the step of an operation that has just been planned, so that its references still mean something."""
        resource = operation.resource
        has, gets = (claims(resource, values, state) for values in (operation.before, operation.after))
        return cls(operation, identity, label, without(gets, has), without(has, gets))

    def wait(self, other: Step, fields: Iterable[Field] = (), needs: bool = True) -> None:
        """Let this one come after another one."""
        if other is not self:
            wait = self.waits.setdefault(other, Wait())
            wait.fields.update(fields)
            wait.needs |= needs
            other.blocks[self] = None

    def wait_no_more(self, other: Step, fields: Iterable[Field] = ()) -> None:
        """Let this one not wait for some values of another one, or for it at all."""
        wait = self.waits[other]
        wait.fields.difference_update(fields)
        if not wait.fields:
            del self.waits[other]
            other.blocks.pop(self, None)


def references(resource: Resource, values: Values) -> Iterator[Label]:
    """Yield what an object with these values refers to."""
    for name, ref in resource.references.items():
        value = values.get(name) or []
        for label in value if isinstance(value, list) else [value]:
            yield ref.kind, label


def label_of(resource: Resource, identity: int | None, state: State) -> str:
    """Return the name by which others refer to an object; nothing refers to what has a scope."""
    item = state.listing(resource.kind).items.get(identity) if identity and not resource.scope else None
    return state.label_of(resource, item) if item else ""


class Order:
    """The steps of a plan, each with what it waits for; *state* is as all of them leave it.

    See Schedule for how they are taken.
    """

    def __init__(self, steps: Iterable[Step], state: State) -> None:
        self.steps = list(steps)
        for step in self.steps:
            if step.operation.action != DELETE:
                step.label = label_of(step.operation.resource, step.identity, state) or step.label
        self.given: dict[tuple[object, ...], list[tuple[Claim, Step]]] = {}
        self._written = {self._name(step): step for step in self.steps if step.operation.action != DELETE}
        self._deleted = {self._name(step): step for step in self.steps if step.operation.action == DELETE}
        for step in self.steps:
            for claim in step.gives:
                self.given.setdefault(claim.bucket, []).append((claim, step))
        for step in self.steps:
            self._link(step)

    @staticmethod
    def _name(step: Step) -> Label:
        return step.operation.resource.kind, step.label

    def add(self, step: Step) -> None:
        """Add the step by which an object gives up a value.

        It refers to what it does already, by the names that this plan gives, and to what goes along with each write.
        """
        self.steps.append(step)
        operation = step.operation
        write_only = [one.name for one in operation.resource.write_only if one.name in operation.desired]
        for label in references(operation.resource, {name: operation.desired[name] for name in write_only}):
            if label in self._written:
                self.wait_for(step, label)
        for label in references(operation.resource, operation.before):
            if label in self._written and self._is_new(self._written[label].operation):
                self.wait_for(step, label)

    def _link(self, step: Step) -> None:
        operation = step.operation
        refers = {**operation.after, **operation.desired} if operation.action != DELETE else {}
        for label in references(operation.resource, refers):
            if label in self._written:
                self.wait_for(step, label)
        for label in references(operation.resource, operation.before) if self._deleted else ():
            if label in self._deleted:
                self._deleted[label].wait(step)
        for claim in step.takes:
            for other in self.givers(claim):
                step.wait(other, [claim.field])

    def wait_for(self, step: Step, label: Label) -> None:
        """Let a step come after the write of what it refers to; it needs that one if the label is new."""
        written = self._written[label]
        step.wait(written, needs=self._is_new(written.operation))

    @staticmethod
    def _is_new(operation: Operation) -> bool:
        """Return whether nothing had the name before that the object of a write has after it."""
        return not operation.before or operation.key != operation.resource.title(operation.after)

    def givers(self, claim: Claim) -> Iterator[Step]:
        """Yield the steps that give up what somebody claims."""
        return (step for held, step in self.given.get(claim.bucket, ()) if claim.conflicts(held))


class Schedule:
    """Which step can be begun next, given what became of others. One thread alone may use it.

    Of the steps that need not wait those of the earlier kind come first, and those of a later kind not while one of an
    earlier kind is under way: what XCI shows of an entity need not be read again for each user then.
    """

    def __init__(self, order: Order) -> None:
        self._left = {step: len(step.waits) for step in order.steps}
        self._ready: list[deque[Step]] = [deque() for _level in range(2 * len(KINDS))]
        self._running: Counter[int] = Counter()
        needed = _needed(order.steps)
        for step, count in self._left.items():
            level = KINDS.index(step.operation.resource.kind)
            is_last = step.operation.action == DELETE and step not in needed
            step.level = 2 * len(KINDS) - 1 - level if is_last else level
            if not count:
                self._ready[step.level].append(step)

    def take(self) -> Step | None:
        """Return a step to begin now, or None while there is none."""
        for level, ready in enumerate(self._ready):
            if ready:
                self._running[level] += 1
                return ready.popleft()
            if self._running[level]:
                return None
        return None

    def finish(self, step: Step, done: bool) -> None:
        """Let what waited for a step go on; what needs one that failed is never taken."""
        self._running[step.level] -= 1
        self._free(step, done)

    def _free(self, step: Step, done: bool) -> None:
        ended = [(step, done)]
        while ended:
            step, done = ended.pop()
            if self._left.pop(step, None) is None:
                continue
            for blocked in [one for one in step.blocks if one in self._left]:
                if not done and blocked.waits[step].needs:
                    ended.append((blocked, False))
                    continue
                self._left[blocked] -= 1
                if not self._left[blocked]:
                    self._ready[blocked.level].append(blocked)


def _needed(steps: Iterable[Step]) -> set[Step]:
    """Return the steps that some creation or edit waits for, directly or not."""
    found: set[Step] = set()
    todo = [step for step in steps if step.operation.action != DELETE]
    while todo:
        new = todo.pop().waits.keys() - found
        found |= new
        todo += new
    return found

# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects that exchange what only one of them may have: one gives its value up first, by one write more.

A number is exchanged for another one that is free, a name for a temporary one; what may be empty is cleared, and of
intervals stays what nobody else gets.
"""

from __future__ import annotations

import itertools
from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import replace

from ..api.errors import InputError, Problem
from ..model.change import UPDATE, Operation
from ..model.field import Field
from ..model.fields import Values
from ..model.resources import NUMBERS
from ..model.spelling import temporary
from ..state.state import State
from .claims import Claim, subtract
from .order import Order, Step

MOST_NUMBERS = 1000
"""How many of an entity's free numbers are in use for exchanges at most."""
MOST_TURNS = 2
"""How often an object takes another value for the moment at most; without a bound, some would do so for ever."""
Reason = tuple[Operation, Problem]
"""An operation that is not possible, and why."""


def break_rings(order: Order, state: State) -> Iterator[Reason]:
    """Let nobody wait in a ring; yield where that is not possible. *state* is as the whole plan leaves it."""
    exchange = _Exchange(order, state)
    left = {step: len(step.waits) for step in order.steps}
    seen = set(left)
    ready = [step for step, count in left.items() if not count]
    while left:
        while ready:
            step = ready.pop()
            del left[step]
            for blocked in [one for one in step.blocks if one in left]:
                left[blocked] -= 1
                if not left[blocked]:
                    ready.append(blocked)
        if left:
            changed, reason = exchange.break_ring(_ring(left))
            if reason:
                yield reason
            changed = {step for step in changed if step in left or step not in seen}
            seen |= changed
            left.update(dict.fromkeys(changed, 0))
            left.update({step: len(step.waits.keys() & left.keys()) for step in changed})
            ready = [step for step in changed if not left[step]]


def _depth(step: Step) -> int:
    """Return for how many steps of the same object a step comes first."""
    depth = 0
    while step.main:
        step, depth = step.main, depth + 1
    return depth


def _ring(left: dict[Step, int]) -> list[Step]:
    """Return some that wait for each other in a ring, each for the next, where each waits for some other."""
    step, path = next(iter(left)), dict[Step, int]()
    while step not in path:
        path[step] = len(path)
        step = next(other for other in step.waits if other in left)
    return list(path)[path[step] :]


def _cost(link: tuple[Step, Step, set[Field]]) -> tuple[int, int]:
    """Return how much it costs to give these values up; the table has what may be cleared after what must not be.

    Of those that cost the same, it is the same object each time: a plan that broke off goes on as it was approved.
    """
    _step, other, fields = link
    return max(other.operation.resource.fields.index(one) for one in fields), -other.identity


class _Exchange:
    def __init__(self, order: Order, state: State) -> None:
        self.order = order
        self.state = state
        self._numbers = _SpareNumbers(order, state)
        self._used: dict[Field, set[str]] = {}

    def break_ring(self, ring: list[Step]) -> tuple[set[Step], Reason | None]:
        """Let one of a ring give its value up first; return whose waits have changed, and why nobody can."""
        links = [(step, other, step.waits[other].fields) for step, other in zip(ring, [*ring[1:], ring[0]])]
        claims = sorted((link for link in links if link[2]), key=_cost)
        why = ""
        # Who waits for a value in between may come to wait for himself: first comes what is there at once.
        for may_wait, (_step, other, fields) in itertools.product((False, True), claims):
            try:
                return self._give_up(other, list(fields), may_wait), None
            except InputError as error:
                why = why or str(error)
        unsure = [link for link in links if not link[2] and not link[0].waits[link[1]].needs]
        step, other, fields = (unsure or claims)[0]
        step.wait_no_more(other, list(fields))
        changed = {step}
        names = ", ".join(dict.fromkeys(f"{one.operation.resource.kind} {one.operation.key}" for one in ring))
        what = ", ".join(sorted({one.name for link in claims for one in link[2]})) or "what only one can have"
        while step.main:
            step = step.main
        return changed, None if unsure else (step.operation, Problem(f"{names} exchange {what}, and {why}"))

    def _give_up(self, main: Step, fields: list[Field], may_wait: bool) -> set[Step]:
        """Add a step by which an object gives up the values of some fields; return whose waits have changed.

        Raise InputError where that is not possible, or only after others gave something up and it *may* not *wait*.
        """
        operation, first = main.operation, main.first
        if _depth(main) >= MOST_TURNS:
            raise InputError(f"{operation.key} has given up its value {MOST_TURNS} times already")
        if first and {one.name for one in fields} & set(first.operation.changed):
            raise InputError(f"{operation.key} has given up its value already")
        # A write that there is already has an order; one that waited for more might wait for itself.
        values, waits = self._values_in_between(main, fields, may_wait and not first)
        if first is None:
            sent = {one.name for one in operation.resource.fields if one.write_only or one.secret}
            desired = {name: value for name, value in operation.desired.items() if name in sent}
            after = {**operation.before}
            between = replace(operation, action=UPDATE, desired=desired, after=after, changed=[], warnings=[])
            first = main.first = Step(between, main.identity, main.label, main=main)
            main.wait(first)
            self.order.add(first)
        first.operation.after.update(values)
        first.operation.changed += values
        for other, one in waits:
            first.wait(other, [one])
        for blocked in [step for step in main.blocks if step.waits[main].fields.intersection(fields)]:
            blocked.wait(first, blocked.waits[main].fields.intersection(fields))
            blocked.wait_no_more(main, fields)
        return {first, main, *first.blocks}

    def _values_in_between(
        self, main: Step, fields: list[Field], may_wait: bool
    ) -> tuple[Values, list[tuple[Step, Field]]]:
        """Return what an object has for the moment, and which steps have to give that up before."""
        before, after = main.operation.before, main.operation.after
        values, waits = Values(), list[tuple[Step, Field]]()
        approved = self._approved(main)
        for one in fields:
            if one.name == NUMBERS.number:
                values[one.name], others = self._numbers.take(main, one, approved.get(one.name), may_wait)
                waits += [(other, one) for other in others]
            elif one.required:
                values[one.name] = self._temporary_name(main, one, approved.get(one.name))
            else:
                given_up = subtract(before[one.name], after.get(one.name, one.empty))
                values[one.name] = subtract(before[one.name], given_up)
        return values, waits

    def _approved(self, main: Step) -> Values:
        """Return what an object gets for the moment in the plan that was approved, of which a part may be done."""
        place = main.operation.resource.kind, main.identity
        return dict(enumerate(self.state.reservations.between.get(place, ()))).get(_depth(main), {})

    def _temporary_name(self, main: Step, one: Field, approved: str | None) -> str:
        """Return a name that no object has, before, after or in between."""
        if one not in self._used:
            items = self.state.items_read(main.operation.resource)
            given = [
                claim.value for claims in self.order.given.values() for claim, _step in claims if claim.field is one
            ]
            self._used[one] = {*(item.values[one.name] for item in items), *given}
        name, longest = main.operation.before[one.name], getattr(one.codec, "longest", 0)
        others = (temporary(name, number, longest) for number in itertools.count(1))
        tries = itertools.chain([approved] if approved else [], others)
        free = next(text for text in tries if text not in self._used[one])
        self._used[one].add(free)
        return free


class _SpareNumbers:
    """The numbers that nobody has before, after and in between; when all are in use, they are used again."""

    def __init__(self, order: Order, state: State) -> None:
        self.order = order
        self.state = state
        self._free: dict[str, deque[str]] = {}
        self._used: dict[str, deque[tuple[str, Step]]] = defaultdict(deque)

    def take(self, main: Step, one: Field, approved: str | None, may_wait: bool) -> tuple[str, list[Step]]:
        """Return a number, and the steps that have to give it up before; raise InputError where there is none.

        That is the *approved* one as long as it is free. Where it *may* not *wait*, nobody has to give it up.
        """
        entity = main.operation.before[main.operation.resource.scope]
        if entity not in self._free:
            self._free[entity] = deque(self._in_order_of_choice(one, entity))
        free, used = self._free[entity], self._used[entity]
        # What is reserved comes after what somebody gives up, so that it is only chosen where there is none of that.
        ready = itertools.takewhile(lambda number: may_wait or not self._givers(one, entity, number), free)
        for number in itertools.chain([approved] if approved and approved in free else [], ready):
            others = self._givers(one, entity, number)
            if not others or not main.first:
                free.remove(number)
                used.append((number, main))
                return number, others
        if used and may_wait:
            number, last = used.popleft()
            used.append((number, main))
            return number, [last]
        raise InputError(f"entity {entity} has no other number that is free meanwhile; widen its intervals")

    def _in_order_of_choice(self, one: Field, entity: str) -> list[str]:
        """Return the free numbers of an entity: last come those that are reserved, before them those of others."""
        numbers, scope = self.state.numbers, self.state.resolve(NUMBERS.entities.kind, entity)
        unused = itertools.islice(numbers.unused(entity), MOST_NUMBERS)
        reasons = {each: (bool(numbers.kept(scope, each)), bool(self._givers(one, entity, each))) for each in unused}
        return sorted(reasons, key=lambda each: reasons[each])

    def _givers(self, one: Field, entity: str, number: str) -> list[Step]:
        return list(self.order.givers(Claim(one, entity, number)))

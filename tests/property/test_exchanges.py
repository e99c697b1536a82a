# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An exchange of numbers and logins is refused only where no order of single writes leads there."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from ansible_collections.xivo.xci.plugins.module_utils.engine.exchange import break_rings
from ansible_collections.xivo.xci.plugins.module_utils.engine.order import Order, Schedule, Step
from ansible_collections.xivo.xci.plugins.module_utils.model.change import DELETE, UPDATE, Operation
from ansible_collections.xivo.xci.plugins.module_utils.model.resources import RESOURCES
from ansible_collections.xivo.xci.plugins.module_utils.state.planned import PlannedState
from ansible_collections.xivo.xci.plugins.module_utils.state.state import State
from ansible_collections.xivo.xci.tests.unit.plugins.fakes import (
    DEFAULT,
    WORLD,
    FakeClient,
    items,
    numbers,
    user,
    users,
)

Person = tuple[str, str] | None
"""The number and the login of a user; None is nobody."""
People = tuple[Person, ...]


@dataclass
class World:
    """The users of an entity as they are and as they are to be, and the numbers of its interval."""

    now: People
    wanted: People
    pool: list[str]

    @classmethod
    def drawn(cls, dice: random.Random) -> World:
        """Draw a world in which hardly a number is free: most that somebody is to get is somebody's."""
        held = [str(200 + number) for number in range(dice.choice([2, 3, 3, 4]))]
        pool = [*held, *dice.choice([[], [], ["250"]])]
        numbers_left, logins, now = dice.sample(pool, len(pool)), ["zoe", "ann"], list[Person]()
        for number in held:
            now.append((number, logins.pop() if logins and dice.random() < 0.5 else ""))
        logins, wanted = dice.sample(["zoe", "ann", "bob", "eve"], 4), list[Person]()
        for number in held:
            inside = dice.random() < 0.85
            new = numbers_left.pop() if inside else f"3{number[1:]}"
            wanted.append((new, logins.pop() if dice.random() < 0.6 else "") if dice.random() < 0.88 else None)
        return cls(tuple(now), tuple(wanted), pool)

    def can_be_reached(self) -> bool:
        """Search all states that single writes lead to; each user has what he has, is to have, or could meanwhile."""
        seen, todo = {self.now}, deque([self.now])
        while todo:
            state = todo.popleft()
            if state == self.wanted:
                return True
            for index in range(len(state)):
                for one in self._choices(index, state[index]):
                    new = (*state[:index], one, *state[index + 1 :])
                    if new not in seen and is_possible(new):
                        seen.add(new)
                        todo.append(new)
        return False

    def _choices(self, index: int, current: Person) -> Iterator[Person]:
        before, after = self.now[index], self.wanted[index]
        if after is None:
            yield None
        if current is not None:
            ends = [one for one in (before, after) if one]
            for number in {*self.pool, *(one[0] for one in ends)}:
                for login in {"", *(one[1] for one in ends)}:
                    yield number, login


def is_possible(people: People) -> bool:
    """Return whether no two have the same number, and no two the same login."""
    there = [one for one in people if one]
    logins = [login for _number, login in there if login]
    return len({number for number, _login in there}) == len(there) and len(set(logins)) == len(logins)


def values(index: int, person: Person) -> dict[str, Any]:
    """Return the options of a user."""
    names = dict(zip(("internal_number", "cti_login"), person, strict=True)) if person else {}
    return {"id": index, "entity": "default@paris", **names} if names else {}


def planned(world: World) -> tuple[Order, list[str]]:
    """Return what the planner makes of a world, and why it refuses some of it."""
    there = [(index, one) for index, one in enumerate(world.now) if one]
    free = [number for number in world.pool if number not in {one[0] for _index, one in there}]
    people = items(*(user(index, one[0], ctiLogin=one[1]) for index, one in there))
    view = PlannedState(State(FakeClient({**WORLD, users(DEFAULT): people, numbers(DEFAULT): items(*free)})))  # type: ignore[arg-type]
    view.listing("user", view.resolve("entity", "default@paris"))
    steps = []
    for index, (now, wanted) in enumerate(zip(world.now, world.wanted, strict=True)):
        before, after = values(index, now), values(index, wanted)
        if before != after:
            changed = [name for name in after if after[name] != before[name]]
            operation = Operation(UPDATE if after else DELETE, RESOURCES["user"], {}, before, after, changed)
            steps.append(Step.of(operation, index, operation.resource.title(after or before), view))
    for step in steps:
        view.plan(step.operation)
    order = Order(steps, view)
    return order, [str(why) for _operation, why in break_rings(order, view)]


def carried_out(world: World, order: Order) -> People:
    """Do all steps, one after the other; fail where one leads to what can't be."""
    schedule, state = Schedule(order), list(world.now)
    while step := schedule.take():
        after = step.operation.after
        state[step.identity] = (after["internal_number"], after["cti_login"]) if after else None
        assert is_possible(tuple(state)), step.operation
        schedule.finish(step, True)
    return tuple(state)


@pytest.mark.parametrize("part", range(4))
def test_what_single_writes_can_reach_is_planned_and_reached(part: int) -> None:
    refused = 0
    for seed in range(300 * part, 300 * (part + 1)):
        world = World.drawn(random.Random(seed))  # noqa: S311 (a test)
        order, reasons = planned(world)
        if reasons:
            refused += 1
            assert not world.can_be_reached(), (seed, world, reasons)
        else:
            assert carried_out(world, order) == world.wanted, (seed, world)
    assert 30 < refused < 150

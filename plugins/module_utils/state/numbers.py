# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The internal numbers of entities: which are free, now and after planned writes, and how full the intervals are."""

from __future__ import annotations

import hashlib
import json
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from typing import TYPE_CHECKING, Any

from ..api.cancellation import threads
from ..api.errors import InputError, UnexpectedResponse
from ..model.change import CREATE
from ..model.fields import Values
from ..model.intervals import Interval, bounds, contains, numbers_of, show_interval
from ..model.numbering import NumberPool
from ..model.resources import NUMBERS
from .answers import elements
from .index import Item

if TYPE_CHECKING:
    from ..model.reserved import Range
    from .state import State

PARALLELISM = 8
MOST_NUMBERS = 100_000
"""How many numbers of an interval that is only planned are looked at; one of eight digits has a hundred million."""


class Numbers:
    """The free numbers of the entities of one XCI, each list read once."""

    def __init__(self, state: State, pool: NumberPool = NUMBERS) -> None:
        self.state = state
        self.pool = pool
        self._available: dict[int, deque[str]] = {}
        self._used_up: set[int] = set()
        self._today = date.today()
        self._kept: tuple[Sequence[Range], dict[int, list[Range]]] | None = None

    def first_available(self, entity: str, user: Values) -> str:
        """Return the first number of an entity's intervals that no user has, and reserve it for the *user* to come.

        Raise InputError where none is left.
        """
        scope = self.state.resolve(self.pool.entities.kind, entity)
        found = self._take(scope, entity, user)
        if not found and scope.id not in self._used_up:
            # XCI may list only some of them at a time, and one may have become free since.
            self.read_again(scope, entity)
            found = self._take(scope, entity, user)
        if not found:
            self._used_up.add(scope.id)
            reserved = len(self.available(scope))
            others = f" ({reserved} are reserved, in this run or by numbering)" if reserved else ""
            raise InputError(
                f"entity {entity} has no available number left{others}; give {self.pool.number}, or widen its intervals"
            )
        return found[0]

    def reserve(self, entity: str, user: Values) -> None:
        """Reserve the number that a *user* to come has in a plan: he gets it again as long as it is free."""
        self.state.reservations.take(entity, self._asker(user), [user[self.pool.number]])

    def _take(self, scope: Item, entity: str, user: Values) -> list[str]:
        users, numbers = self.state.listing(self.pool.users.kind, scope), self.available(scope)
        while numbers and users.by_index((self.pool.number,), (numbers[0],)):
            numbers.popleft()
        numbers_left = (number for number in numbers if not users.by_index((self.pool.number,), (number,)))
        free = (number for number in numbers_left if not self.kept(scope, number))
        return self.state.reservations.take(entity, self._asker(user), free)

    def kept(self, scope: Item, number: str) -> Range | None:
        """Return the range for which a number of an entity is reserved today, if there is one."""
        ranges = self._kept_in(scope.id) if self.state.kept else ()
        return next((one for one in ranges if one.holds(number, self._today)), None)

    def is_inside(self, scope: Item, number: str) -> bool:
        """Return whether a number is in the intervals of an entity."""
        return _is_inside(number, scope.values[self.pool.intervals])

    def _kept_in(self, entity: int) -> list[Range]:
        kept = self.state.kept
        if self._kept is None or self._kept[0] is not kept:
            by_entity: dict[int, list[Range]] = {}
            for one in kept:
                for item in self.state.named(self.pool.entities.kind, one.entity):
                    by_entity.setdefault(item.id, []).append(one)
            self._kept = kept, by_entity
        return self._kept[1].get(entity, [])

    def unknown_kept(self) -> list[str]:
        """Return the entities of reserved ranges that XCI does not know, so that nothing is reserved in them."""
        names = dict.fromkeys(one.entity for one in self.state.kept)
        return [name for name in names if not self.state.named(self.pool.entities.kind, name)]

    def read_again(self, scope: Item, entity: str) -> None:
        """Let the users and the numbers of an entity be read afresh when they are next needed."""
        self.state.forget(self.pool.users.kind, entity)
        self.forget(scope.id)

    def _asker(self, user: Values) -> str:
        """Return for whom a number is reserved, without saying who that is."""
        names = [name for name in self.pool.users.identifying if name != self.pool.number]
        return hashlib.sha256(json.dumps([user.get(name) or "" for name in names]).encode()).hexdigest()

    def unused(self, entity: str) -> Iterator[str]:
        """Yield the numbers of an entity's intervals that no user has."""
        scope = self.state.resolve(self.pool.entities.kind, entity)
        users = self.state.listing(self.pool.users.kind, scope)
        return (one for one in list(self.available(scope)) if not users.by_index((self.pool.number,), (one,)))

    def available(self, scope: Item) -> deque[str]:
        """Return the numbers of an entity that were available when XCI was asked, in order, such as ``["1002"]``."""
        if scope.id not in self._available:
            self._available[scope.id] = deque(self._read(scope))
        return self._available[scope.id]

    def _read(self, scope: Item) -> Iterable[str]:
        state = self.state
        answer = state.client.read(state.path(self.pool.entities, scope.values) + self.pool.path)
        numbers = elements(answer, "available numbers")
        if not all(isinstance(number, (str, int)) for number in numbers):
            raise UnexpectedResponse("invalid list of available numbers from XCI: not all are numbers")
        recent = state.recent.of(self.pool.users.kind, state.client.settings.read_back_timeout)
        taken = {
            write.names[self.pool.number] for write in recent if write.action == CREATE and write.scope == scope.id
        }
        return [text for text in map(str, numbers) if text not in taken]

    def unusual(self, values: Mapping[str, Any]) -> str:
        """Return why a user's number may be a mistake, such as ``5001 is outside of the intervals of ...``, or ''."""
        number, scope = values[self.pool.number], self.state.scope_of(self.pool.users, dict(values))
        if not number or scope is None or scope.label:
            return ""
        users = self.state.listing(self.pool.users.kind, scope).by_index(self._significant, _significant(number))
        others = [user.values[self.pool.number] for user in users if user.id != values.get("id")]
        alike = next((other for other in others if other != number), None)
        if alike:
            return f"{number} and {alike}, which another user has, differ in leading zeros only"
        kept = self.kept(scope, number)
        if kept:
            return f"{number} is in {kept}"
        intervals = scope.values[self.pool.intervals]
        if _is_inside(number, intervals):
            return ""
        shown = ", ".join(map(show_interval, intervals)) or "which has none"
        return f"{number} is outside of the intervals of {self.pool.entities.title(scope.values)} ({shown})"

    def _significant(self, values: Mapping[str, Any]) -> str:
        return _significant(values[self.pool.number])

    def free(self, scopes: list[Item]) -> list[list[str]]:
        """Return for each entity the numbers that XCI calls available."""
        with threads(PARALLELISM, self.state.client.cancellation) as executor:
            return [list(numbers) for numbers in executor.map(self.available, scopes)]

    def usages(self, scopes: list[Item]) -> list[list[dict[str, Any]]]:
        """Return for each entity its intervals, each as ``{"start", "end", "size", "used", "free"}``."""
        self.state.prefetch(self.pool.users.kind, scopes, PARALLELISM)
        return [
            [_usage(interval, self.in_use(scope)) for interval in scope.values[self.pool.intervals]] for scope in scopes
        ]

    def in_use(self, scope: Item) -> set[str]:
        """Return the numbers that the users of an entity have."""
        users = self.state.listing(self.pool.users.kind, scope).items.values()
        return {user.values[self.pool.number] for user in users}

    def computed(self) -> Mapping[str, Callable[[list[Item]], Iterable[Any]]]:
        """Return how to compute the fields of entities that are added on request."""
        return {self.pool.available: self.free, self.pool.usage: self.usages}

    def forget(self, entity: int | None = None) -> None:
        """Forget which numbers are available in an entity, or in all."""
        if entity is None:
            self._available.clear()
            self._used_up.clear()
        else:
            self._available.pop(entity, None)
            self._used_up.discard(entity)


class PlannedNumbers(Numbers):
    """The free numbers as planned writes will leave them, over those (*base*) that are free now."""

    def __init__(self, state: State, base: Numbers) -> None:
        super().__init__(state, base.pool)
        self._base = base

    def first_available(self, entity: str, user: Values) -> str:
        is_placeholder = bool(self.state.resolve(self.pool.entities.kind, entity).label)
        return "" if is_placeholder else super().first_available(entity, user)

    def read_again(self, scope: Item, entity: str) -> None:
        current = self._base.state.by_id(self.pool.entities, scope.id)
        if current is not None:
            self._base.read_again(current, self._base.state.label_of(self.pool.entities, current))
        super().read_again(scope, entity)

    def free(self, scopes: list[Item]) -> list[list[str]]:
        """Return for each entity the available numbers for which no user is planned."""
        self.state.prefetch(self.pool.users.kind, scopes, PARALLELISM)
        taken = [self.in_use(scope) for scope in scopes]
        return [
            [number for number in numbers if number not in used] for numbers, used in zip(super().free(scopes), taken)
        ]

    def _read(self, scope: Item) -> Iterable[str]:
        intervals = scope.values[self.pool.intervals]
        current = self._base.state.by_id(self.pool.entities, scope.id)
        if current is None:
            return islice(numbers_of(intervals), MOST_NUMBERS)
        numbers = list(self._base.available(current))
        freed = self._base.in_use(current) - self.in_use(scope)
        old = current.values[self.pool.intervals]
        if old != intervals:
            free = {*numbers, *freed}
            new = (number for number in numbers_of(intervals) if number in free or not _is_inside(number, old))
            return islice(new, MOST_NUMBERS)
        inside = [number for number in freed if _is_inside(number, intervals)]
        return sorted({*numbers, *inside}, key=lambda number: (len(number), number)) if inside else numbers


def _usage(interval: Interval, taken: Iterable[str]) -> dict[str, Any]:
    first, last = bounds(interval)
    size, used = last - first + 1, sum(contains(interval, number) for number in taken)
    return {**interval, "size": size, "used": used, "free": size - used}


def _significant(number: str) -> str:
    return number.lstrip("0")


def _is_inside(number: str, intervals: Iterable[Mapping[str, str]]) -> bool:
    return any(contains(interval, number) for interval in intervals)

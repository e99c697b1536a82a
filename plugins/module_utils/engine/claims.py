# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What only one object may have, such as a number in its entity: who has it, who gives it up, who takes it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from ..api.errors import UnknownReference
from ..model import intervals
from ..model.field import Field
from ..model.fields import EVERYWHERE, Resource, Values
from ..model.intervals import show_interval
from ..model.spelling import brief
from ..state.index import Item
from ..state.state import State

FEW = 10
"""So many values are looked up in indexes; for more, it is cheaper to look at each object once."""


class Claim(NamedTuple):
    """A value that only one object may have in a *domain*, such as the number 1001 in the entity accueil@xivo-nord."""

    field: Field
    domain: str
    value: Any

    @property
    def bucket(self) -> tuple[Any, ...]:
        """What two claims have in common if they may conflict."""
        return self.field, self.domain, None if isinstance(self.value, list) else self.value

    def conflicts(self, other: Claim) -> bool:
        """Return whether two objects can't have both; they are of one bucket."""
        return bool(subtract(self.value, other.value) != self.value)

    def shared(self, other: Claim) -> Any:
        """Return what two objects would both have."""
        return subtract(self.value, subtract(self.value, other.value))


def subtract(value: Any, other: Any) -> Any:
    """Return what is left of a value without what another one has of it; of intervals that may be a part."""
    if isinstance(value, list):
        return intervals.subtract(value, other)
    return "" if value == other else value


def claims(resource: Resource, values: Values, state: State) -> list[Claim]:
    """Return what an object with these values has for itself."""
    found = [(one, values[one.name]) for one in resource.unique if values.get(one.name)]
    domains = [(one, _domain(resource, one, values, state), value) for one, value in found]
    return [Claim(one, domain, value) for one, domain, value in domains if domain]


def _domain(resource: Resource, one: Field, values: Values, state: State) -> str:
    """Return in what a value is unique, as the label of an object; empty where that is not known."""
    if one.unique_in == EVERYWHERE or not resource.scope:
        return values.get(one.unique_in, EVERYWHERE)
    try:
        scope = state.resolve(resource.scope, values[resource.scope])
    except UnknownReference:
        return ""
    if scope.label:
        return ""
    return values[resource.scope] if one.unique_in == resource.scope else scope.values[one.unique_in]


def without(some: Iterable[Claim], others: list[Claim]) -> list[Claim]:
    """Return what is left of claims that other ones of the same object do not have, too."""
    left = [] if others else list(some)
    for claim in some if others else ():
        value = claim.value
        for other in others:
            if other.field is claim.field and other.domain == claim.domain:
                value = subtract(value, other.value)
        if value:
            left.append(claim._replace(value=value))
    return left


class Holders:
    """Who has what of the objects of some lists, as far as somebody asks for it."""

    def __init__(self, resource: Resource, wanted: Iterable[Claim], state: State) -> None:
        buckets = {claim.bucket for claim in wanted}
        self._found: dict[tuple[Any, ...], list[tuple[Claim, Item]]] = defaultdict(list)
        for item in _candidates(resource, buckets, state):
            for claim in claims(resource, item.values, state):
                if claim.bucket in buckets:
                    self._found[claim.bucket].append((claim, item))

    def others(self, claim: Claim, identity: int) -> Iterator[tuple[Claim, Item]]:
        """Yield who else has what an object claims, and what that is."""
        for held, item in self._found.get(claim.bucket, ()):
            if item.id != identity and claim.conflicts(held):
                yield held, item


def _candidates(resource: Resource, buckets: set[tuple[Any, ...]], state: State) -> Iterable[Item]:
    """Return the objects of the lists that were read which may have some values; of one list all, if it has to be."""
    if len(buckets) > FEW or any(value is None for _field, _domain, value in buckets):
        return state.items_read(resource)
    found = [
        item
        for one, domain, value in buckets
        for listing in state.lists_read(resource, domain if one.unique_in == resource.scope else "")
        for item in listing.by_index((one.name,), (value,))
    ]
    return {item.id: item for item in found}.values()


def show(value: Any) -> str:
    """Return a value that only one object can have for a person, such as ``'zoe'`` or ``1000-1049``."""
    return ", ".join(map(show_interval, value)) if isinstance(value, list) else brief(value)

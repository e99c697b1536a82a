# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shows what is on XCI; one engine for all kinds, driven by the tables in resources.py."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from ..api.errors import InputError
from ..model.fields import Field, Resource, Values
from ..model.intervals import Interval, bounds, contains
from ..model.resources import RESOURCES
from ..model.values import Ref
from ..state.index import Item
from ..state.planned import Foresight
from ..state.state import Directory
from .context import Task

PARALLELISM = 8


def filters(resource: Resource) -> dict[str, Field]:
    """Return the options that narrow the answer, each with the field that it is compared with."""
    identity = {"id", resource.unique, *(name for way in resource.matches.values() for name in way)}
    narrow = {one.name: one for one in resource.fields if one.name in identity}
    narrow.update({ref.kind: resource[name] for name, ref in resource.references.items() if resource[name].reads})
    if resource.wider:
        narrow[resource.wider] = RESOURCES[resource.scope][resource.wider]
    return narrow


def argument_spec(resource: Resource) -> dict[str, Any]:
    """Return the options of a kind's info module, without the connection."""
    narrow = {
        name: {"type": "str"} if isinstance(one.codec, Ref) else one.codec.argument
        for name, one in filters(resource).items()
    }
    return {**narrow, **{one.name: {"type": "bool", "default": False} for one in resource.fields if one.asked}}


def show(resource: Resource, options: Mapping[str, Any], task: Task) -> dict[str, Any]:
    """Return what an info module returns. In check mode, the writes that earlier tasks foretold seem to be done."""
    directory = task.foresight() if task.check else task.directory
    found = find(resource, _parse(resource, options), directory)
    found.sort(key=lambda item: _place(resource, item.values))
    task.tell_assumed(directory)
    shown = [resource.public(item.values) for item in found]
    for one in resource.fields:
        if one.asked and options.get(one.name):
            for values, answer in zip(shown, ASKED[one.name](found, directory)):
                values[one.name] = answer
    return {"changed": False, resource.plural: shown}


def _parse(resource: Resource, options: Mapping[str, Any]) -> Values:
    """Return the filters that were given, in normal form."""
    wanted: Values = {}
    faults: list[str] = []
    for name, one in filters(resource).items():
        if options.get(name) is not None:
            # A filter names one object, also where the field holds several.
            codec = Ref(kind=one.codec.kind) if isinstance(one.codec, Ref) else one.codec
            try:
                wanted[name] = codec.parse(options[name])
            except ValueError as error:
                faults.append(f"{name}: {error}")
    if wanted.get("id", 1) <= 0:
        faults.append(f"id: {wanted['id']} is no id")
    if faults:
        raise InputError(*faults)
    return wanted


def _place(resource: Resource, values: Values) -> tuple[str, ...]:
    """Return where an object stands in an answer: beside its siblings, by its name, whatever order XCI has."""
    names = (resource.scope, *resource.identity, resource.unique)
    return tuple(str(values[name]) for name in names if name)


# -- finding ------------------------------------------------------------------------------------------------


def find(resource: Resource, wanted: Values, directory: Directory) -> list[Item]:
    """Return the objects that have all that is *wanted*; raise ReferenceError_ for a reference that means nothing."""
    narrow = filters(resource)
    for name, value in wanted.items():
        codec = narrow[name].codec
        if isinstance(codec, Ref):
            wanted = {**wanted, name: directory.label_of(RESOURCES[codec.kind], directory.resolve(codec.kind, value))}
    own = {narrow[name].name: value for name, value in wanted.items() if name != resource.wider}
    return [item for item in _candidates(resource, wanted, directory) if _fits(item.values, own)]


def _candidates(resource: Resource, wanted: Values, directory: Directory) -> list[Item]:
    """Return the objects among which those that are wanted must be, with as little reading as can be."""
    if not resource.scope:
        return list(directory.listing(resource.kind).items.values())
    if "id" in wanted and resource.wider not in wanted:
        return _by_id(resource, wanted["id"], directory)
    scopes = _scopes(resource, wanted, directory)
    if "id" in wanted:
        labels = {directory.label_of(RESOURCES[resource.scope], scope) for scope in scopes}
        return [item for item in _by_id(resource, wanted["id"], directory) if item.values[resource.scope] in labels]
    directory.prefetch(resource.kind, scopes, PARALLELISM)
    return [item for scope in scopes for item in directory.listing(resource.kind, scope).items.values()]


def _scopes(resource: Resource, wanted: Values, directory: Directory) -> list[Item]:
    above = RESOURCES[resource.scope]
    own = {resource.wider: wanted[resource.wider]} if resource.wider in wanted else {}
    scopes = [item for item in directory.listing(above.kind).items.values() if _fits(item.values, own)]
    if resource.scope in wanted:
        scopes = [item for item in scopes if directory.label_of(above, item) == wanted[resource.scope]]
    return scopes


def _by_id(resource: Resource, identity: int, directory: Directory) -> list[Item]:
    item = directory.by_id(resource, identity)
    return [item] if item else []


def _fits(values: Values, wanted: Values) -> bool:
    return all(
        value in values[name] if isinstance(values[name], list) else value == values[name]
        for name, value in wanted.items()
    )


# -- what stands in no object -------------------------------------------------------------------------------


def free_numbers(scope: Item, directory: Directory) -> list[str]:
    """Return the numbers of an entity that XCI calls available, without those that check mode foretold a user for."""
    numbers = directory.available_numbers(scope)
    if not isinstance(directory, Foresight):
        return list(numbers)
    users = directory.listing("user", scope)
    return [number for number in numbers if not users.by(("internal_number",), (number,))]


def _all_free_numbers(scopes: list[Item], directory: Directory) -> Iterable[list[str]]:
    if isinstance(directory, Foresight):
        directory.prefetch("user", scopes, PARALLELISM)
    with ThreadPoolExecutor(PARALLELISM) as pool:
        return list(pool.map(lambda scope: free_numbers(scope, directory), scopes))


def _usage(scopes: list[Item], directory: Directory) -> Iterable[list[dict[str, Any]]]:
    """Yield for each entity how much of its intervals is in use."""
    directory.prefetch("user", scopes, PARALLELISM)
    for scope in scopes:
        taken = {user.values["internal_number"] for user in directory.listing("user", scope).items.values()}
        yield [_used(interval, taken) for interval in scope.values["intervals"]]


def _used(interval: Interval, taken: Iterable[str]) -> dict[str, Any]:
    first, last = bounds(interval)
    size, used = last - first + 1, sum(contains(interval, number) for number in taken)
    return {**interval, "size": size, "used": used, "free": size - used}


ASKED: dict[str, Callable[[list[Item], Directory], Iterable[Any]]] = {
    "available_numbers": _all_free_numbers,
    "usage": _usage,
}

# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which object an entry means: never more than the entry says, and never one that only looks like it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..api.errors import InputError, NotFound, Problem, UnknownReference, first_of
from ..model.change import who
from ..model.field import Field
from ..model.fields import EVERYWHERE, Resource, Values, shown_id
from ..model.resources import RESOURCES
from ..model.spelling import is_temporary
from ..model.suggestion import did_you_mean, mistyped
from ..state.index import Item
from ..state.state import ObjectName, State


@dataclass
class Identified:
    """What an entry wants, with references as labels; the object that it means, or None; what is worth a warning.

    *similar* are the ids of the objects that a warning offers instead, since none is found that is to be deleted.
    """

    desired: Values
    current: Item | None
    warnings: list[Problem] = field(default_factory=list)
    similar: list[int] = field(default_factory=list)


class NotAsDescribed(InputError):
    """What is to be deleted is not what the entry says of it, which is *desired*; *current* is that object."""

    def __init__(self, text: str, desired: Values, current: Item) -> None:
        super().__init__(text)
        self.desired = desired
        self.current = current


def identify(
    resource: Resource,
    options: Mapping[str, Any],
    desired: Values,
    state: State,
    listed: Collection[ObjectName] = (),
    new: bool = False,
) -> Identified:
    """Find the object that an entry means; raise InputError where that is not certain.

    *listed* are the objects that its document names: none of these is taken for another one. A *new* one is not
    there.
    """
    match = options.get("match_on") or resource.default_lookup
    absent = options.get("state") == "absent"
    desired = desired if new else _without_qualifier(resource, desired, state, absent)
    # XCI may have an object without a name.
    _check_identity(resource, dict.fromkeys(desired, True) if len(resource.lookup_keys) == 1 else desired, match)
    search = options.get("search") or ("" if absent else resource.default_search.get(match, ""))
    if absent:
        # The rest may refer to things that are gone too.
        names = ("id", resource.scope, *resource.descriptive)
        desired = {name: value for name, value in desired.items() if name in names}
    try:
        desired = _with_labels(resource, desired, match, search, state)
    except NotFound as error:
        if not absent or ("id" in desired and state.find(resource, desired)):
            raise
        # What is in something that is gone is gone as well.
        return Identified(desired, None, [one.at(msg=f"nothing was deleted: {one.msg}") for one in error.problems])
    if new:
        return Identified(desired, None)
    found = Identified(desired, state.find(resource, desired, match, search))
    if found.current is None:
        _check_identity(resource, desired, match)
    if found.current is None and "id" not in desired:
        _take_look_alike(resource, found, match, absent, state.alike(resource, found.desired, match, listed))
    if absent and found.current is None and not found.warnings and "id" not in desired:
        _hint(resource, found, match, state)
        found.warnings += _mistaken(resource, found.desired, match)
    if found.current is None and search and not absent and not options.get("search"):
        found.warnings += map(Problem, _elsewhere(resource, desired, match, state))
    if absent and found.current is not None:
        found.current = state.completed(resource, found.current)
        _check_truth(resource, found.desired, found.current, search)
    return found


def _without_qualifier(resource: Resource, desired: Values, state: State, absent: bool) -> Values:
    """Take apart a name that repeats what it is in, such as ``oct@xivo-nord`` beside ``xivo: xivo-nord``.

    One that says something else is an error, unless an object is called like that, or is to be *absent* and so was.
    Where one is called like that in the same place, it is meant; to delete one of two takes an id.
    """
    name, by = resource.identity[0], resource.qualifier
    head, tail = resource.take_apart(desired.get(name))
    if not head or by not in desired:
        return desired
    kind = resource.references[by].kind
    said, given = ({item.id: item for item in state.named(kind, text)} for text in (tail, desired[by]))
    items = state.listing(resource.kind).items.values()
    if tail == desired[by] or said.keys() & given.keys():
        places = {state.label_of(RESOURCES[kind], item) for item in given.values()}
        names = {item.values[name] for item in items if item.values[by] in places}
        if desired[name] not in names:
            return {**desired, name: head}
        if absent and head in names and "id" not in desired:
            raise InputError(Problem(f"{kind} {tail!r} has {head!r} and {desired[name]!r}; give the id of one", name))
        return desired
    if absent or any(item.values[name] == desired[name] for item in items):
        return desired
    raise InputError(Problem(f"{desired[name]!r} says {kind} {tail!r}, but {by} is {desired[by]!r}", name))


def _check_identity(resource: Resource, desired: Values, match: str) -> None:
    if "id" in desired:
        return
    fields = resource.lookup_keys[match]
    missing = [] if any(desired.get(name) for name in fields) else [" or ".join(fields)]
    if len(resource.lookup_keys) == 1:
        missing = [name for name in fields if not desired.get(name)]
    if resource.scope and resource.scope not in desired:
        missing.append(resource.scope)
    if missing:
        options = "option" if len(missing) == 1 else "options"
        raise InputError(f"missing required {options}: {', '.join(missing)} (or id), to find the {resource.kind}")


def _with_labels(resource: Resource, desired: Values, match: str, search: str, state: State) -> Values:
    try:
        return state.with_labels(resource, desired)
    except UnknownReference:
        # An administrator may see that an object refers to something, and not what that is: then it can stay.
        names = ("id", resource.scope, *resource.lookup_keys[match])
        identity = state.with_labels(resource, {name: desired[name] for name in names if name in desired})
        current = state.find(resource, identity, match, search)
        return state.with_labels(resource, desired, known=current.values if current else None)


def _take_look_alike(
    resource: Resource, found: Identified, match: str, absent: bool, alike: tuple[list[Item], list[Item]]
) -> None:
    """Take an object that differs in case only for the one that is meant; refuse one that differs in more.

    Nothing is deleted that only looks like what an entry says.
    """
    caseless, similar = alike
    if not caseless and not similar:
        return
    names = resource.lookup_keys[match]
    wanted = _shown(names, found.desired)
    candidates = first_of(f"{_shown(names, item.values)} ({shown_id(item.values)})" for item in caseless or similar)
    if absent:
        found.similar += [item.id for item in caseless or similar]
        found.warnings.append(
            Problem(
                f"{resource.kind} {wanted} not found, nothing was deleted; XCI has {candidates}: write it like that if "
                "it is meant"
            )
        )
    elif len(caseless) == 1:
        found.current = caseless[0]
        found.desired.update({name: caseless[0].values[name] for name in names})
        found.warnings.append(
            Problem(
                f"{resource.kind} {wanted} was taken to be {candidates}, which differs in upper and lower case only; "
                "write it like that"
            )
        )
    else:
        what = "several" if caseless else "a similar one"
        raise InputError(
            f"{resource.kind} {wanted} not found, but XCI has {what}: {candidates}. If it is meant, write it like "
            f"that, or give its id; if there are to be both, {_both(resource)}"
        )


def _hint(resource: Resource, found: Identified, match: str, state: State) -> None:
    """Name the object that may be meant where there is none to delete: one whose name is almost the same."""
    names, desired = resource.lookup_keys[match], found.desired
    written = tuple(name for name in names if resource[name].codec.has_likeness)
    given = [name for name in names if name not in written]
    listing = state.listing(resource.kind, state.scope_of(resource, desired))
    if not written or not listing.may_hint:
        return
    same = [item for item in listing.items.values() if all(item.values[name] == desired.get(name) for name in given)]
    wanted = _shown(written, desired)
    shown = {_shown(written, item.values): item for item in same}
    meant = [shown[name] for name in mistyped(wanted, shown)]
    hint = listing.hints[wanted] = did_you_mean([who(resource, item.values) for item in meant])
    if hint:
        found.similar += [item.id for item in meant]
        found.warnings.append(Problem(f"{resource.kind} {wanted} not found, nothing was deleted; {hint}"))


def _mistaken(resource: Resource, desired: Values, match: str) -> Iterator[Problem]:
    """Yield why what was not found may be a mistake, since nothing new can be called like that."""
    for name in resource.lookup_keys[match]:
        why = resource[name].codec.refused(desired.get(name))
        if why:
            yield Problem(f"{resource.kind} not found, nothing was deleted; {why}", name)


def _both(resource: Resource) -> str:
    """Return how to say that two objects that look alike are meant."""
    other = " or identify the new one with match_on by another option" if len(resource.lookup_keys) > 1 else ""
    return f"list both in one document{other}"


def _shown(names: tuple[str, ...], values: Mapping[str, Any]) -> str:
    return repr(" ".join(str(values[name]) for name in names if values.get(name)))


def _elsewhere(resource: Resource, desired: Values, match: str, state: State) -> Iterator[str]:
    """Say so when what is about to be created exists where it was not searched for."""
    try:
        other = state.find(resource, desired, match, EVERYWHERE)
    except UnknownReference as several:
        yield str(several)
        return
    if other is not None:
        names = resource.lookup_keys[match]
        yield (
            f"{resource.kind} {resource.title(other.values)} ({shown_id(other.values)}) has the same "
            f"{' and '.join(names)} "
            f"{_shown(names, desired)}, and stays; set search: {EVERYWHERE} to move it instead of creating another one"
        )


def _check_truth(resource: Resource, desired: Values, current: Item, search: str) -> None:
    """Refuse to delete an object of which something else is true than what the entry says."""
    names = list(resource.descriptive)
    if resource.scope and search in ("", resource.scope):
        names.insert(0, resource.scope)
    wrong = [
        f"{name} is {current.values[name]!r}, not {desired[name]!r}"
        for name in names
        if name in desired and not _is_true(resource[name], desired[name], current.values[name])
    ]
    if wrong:
        what = f"{resource.kind} {resource.title(current.values)} ({shown_id(current.values)})"
        text = f"{what} is not as described, and was not deleted: {'; '.join(wrong)}"
        raise NotAsDescribed(f"{text}. Give what is true of it, or omit it", desired, current)


def _is_true(one: Field, said: Any, actual: Any) -> bool:
    """Return whether an object has what is said of it, or a temporary name for that, since it was to exchange it."""
    return one.codec.is_true_of(said, actual) or is_left_as(one, said, actual)


def is_left_as(one: Field, said: Any, actual: Any, whole: bool = False) -> bool:
    """Return whether an object has a temporary name for what is said of it; a *whole* name is not cut in it."""
    longest = 0 if whole else getattr(one.codec, "longest", 0)
    return bool(one.required and one.unique_in) and is_temporary(actual or "", said, longest)

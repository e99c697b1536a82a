# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shows what is on XCI; one engine for all kinds, driven by the tables in resources.py."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from ..api.errors import InputError, Problem
from ..model.change import who
from ..model.field import Field
from ..model.fields import Resource, Values
from ..model.resources import RESOURCES
from ..model.suggestion import did_you_mean, folded, mistyped
from ..model.values import Ref, Text
from ..state.index import Item
from ..state.state import State
from .context import Context
from .shown import Shown
from .spec import ModuleSpec

PART = "who"
"""The option that finds objects by a part of any of the texts by which people know them."""


def filters(resource: Resource) -> dict[str, Field]:
    """Return the options that narrow the answer, each with the field that it is compared with."""
    identity = {"id", resource.id_field, *(name for keys in resource.lookup_keys.values() for name in keys)}
    narrow = {one.name: one for one in resource.fields if one.name in identity}
    narrow.update({ref.kind: resource[name] for name, ref in resource.references.items() if resource[name].reads})
    if resource.moves_within:
        narrow[resource.moves_within] = RESOURCES[resource.scope][resource.moves_within]
    return narrow


def argument_spec(resource: Resource) -> dict[str, Any]:
    """Return the options of a kind's info module, without the connection."""
    narrow = {
        name: {"type": "str"} if isinstance(one.codec, Ref) else one.codec.argument
        for name, one in filters(resource).items()
    }
    narrow.update({PART: {"type": "str"}} if resource.searched else {})
    return {**narrow, **{one.name: {"type": "bool", "default": False} for one in resource.fields if one.computed}}


def info_module(kind: str) -> ModuleSpec:
    """Return the info module of a kind, such as ``user``."""
    resource = RESOURCES[kind]
    return ModuleSpec(argument_spec(resource), partial(show, resource))


def show(resource: Resource, options: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """Return what an info module returns, such as ``{"changed": False, "users": [{"id": 7, ...}], "not_shown": []}``.

    In check mode, it is the state as the writes that earlier tasks planned will leave it.
    """
    state = context.current()
    given = _parse(resource, options)
    found: list[Item] = []
    not_shown: list[str] = []
    with context.unless_hidden(resource, not_shown):
        if options.get(PART):
            shown = Shown(state)
            found = [
                item for item in find(resource, given, state, shown) if has_part(resource, item.values, options[PART])
            ]
            not_shown += shown.names
            context.warnings += shown.warnings()
        else:
            found = find(resource, given, state)
        found.sort(key=lambda item: _sort_key(resource, item.values))
        context.warn_of_assumed(state)
        if not found and not options.get(PART):
            context.warnings += _hints(resource, given, state)
    public = [resource.public(item.values) for item in found]
    for one in resource.fields:
        if one.computed and options.get(one.name):
            for values, answer in zip(public, state.numbers.computed()[one.name](found)):
                values[one.name] = answer
    return {"changed": False, resource.plural: public, "not_shown": not_shown}


def _hints(resource: Resource, given: Values, state: State) -> Iterator[str]:
    """Name the object that may be meant where nothing has a text that was given, but something has nearly the same."""
    narrow = filters(resource)
    for name in [name for name in given if isinstance(narrow[name].codec, Text)]:
        others = find(resource, {one: value for one, value in given.items() if one != name}, state)
        known = {item.values[name]: item for item in others if item.values[name]}
        meant = [who(resource, known[text].values) for text in mistyped(given[name], known)]
        if meant:
            yield f"no {resource.kind} has the {name} {given[name]!r}; {did_you_mean(meant)}"


def _parse(resource: Resource, options: Mapping[str, Any]) -> Values:
    """Return the filters that were given, in normal form."""
    given: Values = {}
    problems = []
    for name, one in filters(resource).items():
        if options.get(name) is not None:
            # A filter names one object, also where the field has several.
            codec = Ref(kind=one.codec.kind) if isinstance(one.codec, Ref) else one.codec
            try:
                given[name] = codec.parse(options[name])
            except ValueError as error:
                problems.append(Problem(f"invalid value: {error}", name))
    if given.get("id", 1) <= 0:
        problems.append(Problem(f"invalid id {given['id']}", "id"))
    if problems:
        raise InputError(*problems)
    return given


def has_part(resource: Resource, values: Values, text: str) -> bool:
    """Return whether each word of a text is in what an object is called, case and accents aside."""
    names = [folded(str(values[name] or "")) for name in resource.searched]
    return all(any(folded(word) in name for name in names) for word in text.split())


def _sort_key(resource: Resource, values: Values) -> tuple[str, ...]:
    """Return what sorts an answer: objects of one scope together, by their names, whatever order XCI has."""
    names = (resource.scope, *resource.identity, resource.id_field)
    return tuple(str(values[name]) for name in names if name)


def find(resource: Resource, given: Values, state: State, shown: Shown | None = None) -> list[Item]:
    """Return the objects that fit all filters; raise UnknownReference for a reference that is unknown.

    With *shown*, scopes whose list XCI refuses are left out.
    """
    narrow = filters(resource)
    name = resource.identity[0]
    if resource.take_apart(given.get(name))[0]:
        named = {item.id for item in state.named(resource.kind, given[name])}
        rest = {other: value for other, value in given.items() if other != name}
        return [item for item in find(resource, rest, state, shown) if item.id in named]
    for name, value in given.items():
        codec = narrow[name].codec
        if isinstance(codec, Ref):
            given = {**given, name: state.label_of(RESOURCES[codec.kind], _meant(resource, name, value, given, state))}
    own = {narrow[name].name: value for name, value in given.items() if name != resource.moves_within}
    return [item for item in _candidates(resource, given, state, shown) if _fits(item.values, own)]


def _meant(resource: Resource, name: str, value: str, given: Values, state: State) -> Item:
    """Return what a filter names; of several scopes with one name, the one in what another filter names."""
    codec = filters(resource)[name].codec
    kind = codec.kind if isinstance(codec, Ref) else ""
    same = state.named(kind, value) if name == resource.scope and resource.moves_within in given else []
    if len(same) > 1:
        above = RESOURCES[kind].references[resource.moves_within].kind
        inside = state.label_of(RESOURCES[above], state.resolve(above, given[resource.moves_within]))
        same = [item for item in same if item.values[resource.moves_within] == inside]
    return same[0] if len(same) == 1 else state.resolve(kind, value)


def _candidates(resource: Resource, given: Values, state: State, shown: Shown | None) -> list[Item]:
    """Return the objects among which those that are meant must be, with as little reading as possible."""
    if not resource.scope:
        return state.items_in(resource, [None])
    scopes = _scopes(resource, given, state) if "id" not in given or resource.moves_within in given else None
    if "id" in given:
        item = state.by_id(resource, given["id"])
        labels = [state.label_of(RESOURCES[resource.scope], scope) for scope in scopes or ()]
        return [item] if item and (scopes is None or item.values[resource.scope] in labels) else []
    return (shown or state).items_in(resource, scopes or [])


def _scopes(resource: Resource, given: Values, state: State) -> list[Item]:
    above = RESOURCES[resource.scope]
    own = {resource.moves_within: given[resource.moves_within]} if resource.moves_within in given else {}
    scopes = [item for item in state.listing(above.kind).items.values() if _fits(item.values, own)]
    if resource.scope in given:
        scopes = [item for item in scopes if state.label_of(above, item) == given[resource.scope]]
    return scopes


def _fits(values: Values, desired: Values) -> bool:
    return all(
        value in values[name] if isinstance(values[name], list) else value == values[name]
        for name, value in desired.items()
    )

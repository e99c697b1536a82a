# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads XCI back as a document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..api.errors import UnknownReference
from ..engine.planner import KINDS
from ..model.change import as_options
from ..model.fields import Resource, Values
from ..model.renames import RENAME, Renames, parse_pairs
from ..model.resources import RESOURCES, XIVO
from ..state.index import Item
from ..state.state import State
from .context import PARALLELISM, Context, check_parallelism
from .shown import Shown
from .spec import ModuleSpec

DEFAULTS = {
    resource.kind: {one.name: one.default_option for one in resource.fields if one.default_option}
    for resource in RESOURCES.values()
}
"""For each kind the options whose value an option of the task gives, such as ``{"template": "default_template"}``."""

OPTIONS: dict[str, Any] = {
    "kinds": {"type": "list", "elements": "str", "choices": list(KINDS), "default": list(KINDS)},
    "xivo": {"type": "str"},
    "entity": {"type": "str"},
    **{option: {"type": "str"} for defaults in DEFAULTS.values() for option in defaults.values()},
    "rename": RENAME,
    "parallelism": PARALLELISM,
}


def export(options: Mapping[str, Any], context: Context, shown: Shown | None = None) -> dict[str, Any]:
    """Read XCI back as a document; return the module's result, with ``config``, ``left_out`` and ``not_shown``.

    Where XCI refuses the users of one entity, that is an error, since the document would not be whole; with *shown*,
    they are left out.
    """
    check_parallelism(options)
    state = context.current()
    part = _Part(state, options, shown)
    config: dict[str, list[Values]] = {}
    left_out: list[str] = []
    not_shown: list[str] = []
    for resource in RESOURCES.values():
        if resource.plural in options["kinds"]:
            with context.unless_hidden(resource, not_shown):
                items = part.of(resource)
            if resource.plural in not_shown:
                continue
            defaults = _defaults(resource, options, state) if items else {}
            config[resource.plural] = [{**as_options(resource, item.values), **defaults} for item in items]
            left_out += [f"{resource.plural}.{name}" for name in _hidden(resource) if items and name not in defaults]
    renames = Renames(parse_pairs(options.get("rename") or ()))
    config = renames.document(config)
    whole: dict[str, Any] = {}
    if options.get(XIVO.kind):
        names = sorted(map(renames.name, part.names_of_all(XIVO)))
        whole = {XIVO.plural: names, XIVO.kind: renames.name(options[XIVO.kind])}
    context.warnings += renames.missing()
    return {"changed": False, "config": config, "left_out": left_out, "not_shown": not_shown, **whole}


def _hidden(resource: Resource) -> list[str]:
    """Return the options that XCI does not show, for a person to add."""
    return [one.name for one in resource.fields if one.secret or (one.write_only and one.required)]


def _defaults(resource: Resource, options: Mapping[str, Any], state: State) -> Values:
    """Return the options of each object that the task gives, with references as labels."""
    given = {name: options[option] for name, option in DEFAULTS[resource.kind].items() if options.get(option)}
    return state.with_labels(resource, given, write_only=True)


class _Part:
    """The part of an XCI that is asked for: all, or what belongs to one XiVO or entity."""

    def __init__(self, state: State, options: Mapping[str, Any], shown: Shown | None) -> None:
        self._state = state
        self._items_in = (shown or state).items_in
        self._parallelism = options["parallelism"]
        self._kept: dict[str, set[str]] = {}
        for kind in reversed(RESOURCES):
            if options.get(kind):
                item = state.resolve(kind, options[kind])
                self._kept[kind] = {state.label_of(RESOURCES[kind], item)}
                above = {ref.kind: item.values[name] for name, ref in RESOURCES[kind].references.items()}
                self._kept.update({other: {label} for other, label in above.items() if not options.get(other)})

    def names_of_all(self, resource: Resource) -> list[str]:
        """Return what all objects of a kind are called, also those that do not belong to it."""
        return sorted(self._state.label_of(resource, item) for item in self._all(resource))

    def of(self, resource: Resource) -> list[Item]:
        """Return the objects of a kind that belong to it, in a stable order."""
        items = [item for item in self._all(resource) if self._belongs(resource, item)]
        return sorted(items, key=lambda item: _sort_key(resource, item.values))

    def _all(self, resource: Resource) -> list[Item]:
        state = self._state
        if not resource.scope:
            return state.items_in(resource, [None])
        return self._items_in(resource, self.of(RESOURCES[resource.scope]), self._parallelism)

    def _belongs(self, resource: Resource, item: Item) -> bool:
        if resource.kind in self._kept:
            return self._state.label_of(resource, item) in self._kept[resource.kind]
        if resource.scope or not self._kept:
            return True
        shown = {name: ref.kind for name, ref in resource.references.items() if resource[name].reads}
        return any(self._is_kept(kind, item.values[name]) for name, kind in shown.items())

    def _is_kept(self, kind: str, value: Any) -> bool:
        """Return whether a reference leads to something that belongs to the part."""
        labels = set(value if isinstance(value, list) else [value])
        if kind in self._kept:
            return bool(labels & self._kept[kind])
        return any(self._leads_there(RESOURCES[kind], label) for label in labels)

    def _leads_there(self, resource: Resource, label: str) -> bool:
        try:
            return self._belongs(resource, self._state.resolve(resource.kind, label))
        except UnknownReference:
            # Another administrator may see it.
            return False


def _sort_key(resource: Resource, values: Values) -> tuple[Any, ...]:
    """Return what sorts the objects of a document so that a second export is like the first."""
    names = ([resource.scope] if resource.scope else []) + list(resource.identity)
    return tuple((len(values[name]) if values[name].isdigit() else 0, values[name]) for name in names)


MODULE = ModuleSpec(OPTIONS, export)

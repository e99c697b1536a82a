# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Brings what a playbook says of one object into normal form, and collects what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Callable

from ..api.errors import InputError, Problem
from .field import Field
from .fields import Resource, Values
from .suggestion import suggestion
from .values import Choice, Flag

Place = Callable[[str, int], str]
"""Returns where an entry of a document is written, such as ``people.csv line 7``, by its list and its index."""


def index_place(plural: str, index: int) -> str:
    """Return where an entry is in a document, such as ``users[5]``."""
    return f"{plural}[{index}]"


@dataclass
class Parsed:
    """What a person wrote, in normal form (*desired*), what is wrong with it, and what is worth a warning."""

    desired: Values
    problems: list[Problem]
    warnings: list[Problem]

    def checked(self) -> Parsed:
        """Raise InputError when something is wrong."""
        if self.problems:
            raise InputError(*self.problems)
        return self


def parse(resource: Resource, options: Mapping[Any, Any]) -> Parsed:
    """Bring what a playbook says of one object into normal form. Options that are None are not given."""
    parsed = Parsed({}, check_names(resource, options), [])
    for name, value in options.items():
        one = resource.by_name.get(name)
        if one is None:
            parsed.problems += _check_control(resource.controls.get(name), name, value)
        elif value is not None and (one.writes or name == "id"):
            _parse_field(one, value, parsed)
    head, tail = resource.take_apart(parsed.desired.get(resource.identity[0]))
    if head and resource.qualifier not in parsed.desired:
        parsed.desired.update({resource.identity[0]: head, resource.qualifier: tail})
    return parsed


def check_names(resource: Resource, options: Mapping[Any, Any]) -> list[Problem]:
    """Return the problems of options that do not exist."""
    unknown = options.keys() - resource.option_names
    hints = {name: suggestion(name, sorted(resource.option_names)) for name in unknown}
    return [
        Problem(f"unsupported option{f'; {hints[name]}' if hints[name] else ''}", str(name))
        for name in options
        if name in unknown
    ]


def _parse_field(one: Field, value: Any, parsed: Parsed) -> None:
    try:
        normal = one.codec.parse(value)
    except ValueError as error:
        parsed.problems.append(Problem(f"invalid value: {error}", one.name))
        return
    if one.name == "id" and normal <= 0:
        parsed.problems.append(Problem(f"invalid id {normal}", one.name))
    else:
        parsed.desired[one.name] = normal
        parsed.warnings += [Problem(warning, one.name) for warning in one.codec.warnings(normal)]


def _check_control(spec: Mapping[str, Any] | None, name: Any, value: Any) -> list[Problem]:
    if spec is None or value is None:
        return []
    if spec["type"] != "bool":
        why = Choice(words=tuple(spec["choices"])).refused(value)
        return [Problem(f"invalid value: {why}", name)] if why else []
    try:
        Flag().parse(value)
    except ValueError as error:
        return [Problem(f"invalid value: {error}", name)]
    return []

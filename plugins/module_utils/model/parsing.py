# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Brings what a playbook says of one object into normal form, and collects what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ansible.module_utils.parsing.convert_bool import BOOLEANS

from ..api.errors import InputError, Problem
from .fields import Field, Resource, Values
from .values import brief, suggestion


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
    parsed = Parsed({}, [], [])
    for name, value in options.items():
        one = resource.by_name.get(name)
        if one is None:
            parsed.problems += _check_control(resource, name, value)
        elif value is not None and (one.writes or name == "id"):
            _parse_field(one, value, parsed)
    return parsed


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


def _check_control(resource: Resource, name: Any, value: Any) -> list[Problem]:
    controls = resource.controls()
    if name not in controls:
        hint = suggestion(name, [*resource.by_name, *controls])
        return [Problem(f"unsupported option{f'; {hint}' if hint else ''}", str(name))]
    spec = controls[name]
    # A list, since not everything that a person may write can be looked up in a set.
    allowed = list(BOOLEANS) if spec["type"] == "bool" else spec["choices"]
    if value is None or value in allowed:
        return []
    choices = ", ".join(spec.get("choices", ("true", "false")))
    return [Problem(f"invalid value: {brief(value)} is none of {choices}", name)]

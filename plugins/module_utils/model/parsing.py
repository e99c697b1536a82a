# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Brings what a playbook says of one object into normal form, and collects what is wrong with it."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ansible.module_utils.parsing.convert_bool import BOOLEANS

from ..api.errors import InputError
from .fields import Field, Resource, Values
from .values import shown


@dataclass
class Parsed:
    """What a person wrote, in normal form, and what is to be said about it."""

    wanted: Values
    faults: list[str]
    warnings: list[str]

    def checked(self) -> Parsed:
        """Raise InputError when something is wrong."""
        if self.faults:
            raise InputError(*self.faults)
        return self


def parse(resource: Resource, options: Mapping[Any, Any], place: str = "") -> Parsed:
    """Bring what a playbook says of one object into normal form. Options that are None are not given.

    *place* stands before each complaint, such as ``users[5].``.
    """
    parsed = Parsed({}, [], [])
    for name, value in options.items():
        one = resource.by_name.get(name)
        if one is None:
            parsed.faults += _control_faults(resource, name, value, place)
        elif value is not None and (one.writes or name == "id"):
            _parse_field(one, value, place, parsed)
    return parsed


def _parse_field(one: Field, value: Any, place: str, parsed: Parsed) -> None:
    try:
        normal = one.codec.parse(value)
    except ValueError as error:
        parsed.faults.append(f"{place}{one.name}: {error}")
        return
    if one.name == "id" and normal <= 0:
        parsed.faults.append(f"{place}id: {normal} is no id")
    else:
        parsed.wanted[one.name] = normal
        parsed.warnings += [f"{place}{one.name} {remark}" for remark in one.codec.remarks(normal)]


def _control_faults(resource: Resource, name: Any, value: Any, place: str) -> list[str]:
    controls = resource.controls()
    if name not in controls:
        near = difflib.get_close_matches(str(name), [f.name for f in resource.fields] + list(controls), 1)
        return [f"{place}{name}: there is no such option{f'; did you mean {near[0]}?' if near else ''}"]
    spec = controls[name]
    if value is None or value in (BOOLEANS if spec["type"] == "bool" else spec["choices"]):
        return []
    return [f"{place}{name}: {shown(value)} is none of {', '.join(spec.get('choices', ('true', 'false')))}"]

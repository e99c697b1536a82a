# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds what is not text where text is meant, because somebody left out the quotes.

YAML reads 0501 as the number 321 and No as false. Ansible makes text of these before a module sees them, so the action
plugin looks at what the task says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from ansible_collections.xivo.xci.plugins.module_utils.api.arguments import SecretType
from ansible_collections.xivo.xci.plugins.module_utils.api.errors import InputError, Problem
from ansible_collections.xivo.xci.plugins.module_utils.model.fields import Resource
from ansible_collections.xivo.xci.plugins.module_utils.model.intervals import IntervalType
from ansible_collections.xivo.xci.plugins.module_utils.model.resources import RESOURCES
from ansible_collections.xivo.xci.plugins.module_utils.model.values import Secret, Text

TEXTS = ("str", "path")
NOT_TEXT = (int, float, Mapping, list, tuple, set, date)
"""What a play can hold beside text. Vaulted values are objects of their own and text."""
SHOWN = 3
"""How many numbers the warning shows; the rest is counted."""

Found = tuple[str, Mapping[str, Any], Any]
"""Where a value is, such as ``intervals[0].start``, the part of the argument spec for it, and the value."""


def _named_by_id() -> Iterator[str]:
    """Yield the options that name an object, for which its id is as good as its name."""
    for resource in RESOURCES.values():
        for name, ref in resource.references.items():
            if "{id}" in RESOURCES[ref.kind].aliases:
                yield from filter(None, (name, resource[name].default_option))


NAMED_BY_ID = frozenset(_named_by_id())


def not_text(spec: Mapping[str, Any], options: Mapping[Any, Any], path: str = "") -> Iterator[Found]:
    """Yield the values that are not text where an argument spec means text, in its sub-options too."""
    for name, value in options.items():
        if not isinstance(value, str) and isinstance(value, NOT_TEXT) and name in spec:
            yield from _in_value(spec[name], value, f"{path}{name}", name in NAMED_BY_ID)


def _in_value(argument: Mapping[str, Any], value: Any, path: str, by_id: bool) -> Iterator[Found]:
    if argument["type"] == "list" and "elements" in argument and isinstance(value, (list, tuple)):
        element = {**argument, "type": argument["elements"]}
        for index, one in enumerate(value):
            yield from _in_value(element, one, f"{path}[{index}]", by_id)
    elif isinstance(value, NOT_TEXT) and _is_text(argument["type"], value):
        if not (by_id and is_integer(value)):
            yield path, argument, value
    elif "options" in argument and isinstance(value, Mapping):
        yield from not_text(argument["options"], value, f"{path}.")


def _is_text(wanted: Any, value: Any) -> bool:
    return wanted in TEXTS or (isinstance(wanted, IntervalType) and not isinstance(value, Mapping))


def spelled_out(spec: Mapping[str, Any], options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options of a task with each interval as a mapping, which may be a text; raise InputError."""
    made = dict(options)
    for name, value in options.items():
        wanted = spec.get(name, {}).get("elements")
        if isinstance(wanted, IntervalType) and isinstance(value, (list, tuple)):
            try:
                made[name] = [wanted.spelled_out(one) for one in value]
            except ValueError as error:
                raise InputError(Problem(f"invalid value: {error}", name)) from None
    return made


def is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


@dataclass
class Unquoted:
    """The integers of a task where text is meant."""

    shown: list[str] = field(default_factory=list)
    count: int = 0

    def check(self, spec: Mapping[str, Any], options: Mapping[Any, Any]) -> None:
        """Note the integers of a task; raise InputError for what can't be taken as text."""
        problems = []
        for path, argument, value in not_text(spec, options):
            secret = isinstance(argument["type"], SecretType)
            if is_integer(value):
                self._add(path, value, secret)
                continue
            try:
                (Secret() if secret else Text()).parse(value)
            except ValueError as error:
                problems.append(Problem(f"invalid value: {error}", path))
        if problems:
            raise InputError(*problems)

    def add_entries(self, resource: Resource, entries: Any, place: Callable[[int], str]) -> None:
        """Note the integers in entries of a document; what else is not text is reported with their other errors."""
        spec = resource.argument_spec()
        for index, entry in enumerate(entries if isinstance(entries, (list, tuple)) else ()):
            if isinstance(entry, Mapping):
                for path, argument, value in not_text(spec, entry):
                    if is_integer(value):
                        where = Problem("", path, place=place(index)).where
                        self._add(where, value, isinstance(argument["type"], SecretType))

    def _add(self, where: str, value: int, secret: bool) -> None:
        self.count += 1
        if len(self.shown) < SHOWN:
            self.shown.append(where if secret else f"{where} is {int(value)}")

    def warnings(self) -> list[str]:
        """Return one warning of all integers, or none."""
        if not self.count:
            return []
        more = f" and {self.count - len(self.shown)} more" if self.count > len(self.shown) else ""
        return [
            f"a number without quotes where text is meant: {', '.join(self.shown)}{more}. It is used as it arrived. "
            "YAML reads 0501 as the octal number 321: put telephone numbers and names in quotes"
        ]

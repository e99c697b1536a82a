# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Types for argument specs that Ansible documents and checks by their names, and that do something else with a value.

Ansible takes the value of a ``no_log`` option out of all its output, since ansible-core 2.22 without a minimum length:
a password 1234 would hide the number 1234, and a whole list of users each name in it. What we return is free of
secrets, field by field; SecretType keeps them out of what Ansible itself shows of a module's options.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

HIDDEN = "********"


class Hidden:
    """The *value* of a secret option; as text it is only stars, so that a module's own log shows these."""

    __slots__ = ("value",)

    def __init__(self, value: str) -> None:
        self.value = value

    def __repr__(self) -> str:
        return HIDDEN


class SecretType(str):
    """The type ``str`` of a secret option; makes Hidden of what is given."""

    __slots__ = ()

    def __call__(self, value: Any, **_context: Any) -> Hidden:
        if isinstance(value, (str, int, float)):
            return Hidden(str(value))
        raise TypeError(f"it is of type {type(value).__name__}")


class Unchecked(str):
    """A type, such as ``int``, that Ansible leaves to us: a document reports all its errors together."""

    __slots__ = ()

    def __call__(self, value: Any, **_context: Any) -> Any:
        return value


class UncheckedList(Unchecked):
    """The type ``list``. Ansible looks into it for the elements; what is no list is passed on in Unlisted."""

    __slots__ = ()

    def __call__(self, value: Any, **_context: Any) -> list[Any]:
        return value if isinstance(value, list) else [Unlisted(value)]


class Unlisted:
    """A *value* that stands where a list should be."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value


class UncheckedChoices(list[str]):
    """Choices that Ansible leaves to us."""

    def __contains__(self, _value: object) -> bool:
        return True


SECRET: Mapping[str, Any] = {"type": SecretType("str"), "no_log": False}
"""The part of an argument spec for a secret option."""


def unchecked(argument: Mapping[str, Any]) -> dict[str, Any]:
    """Return the part of an argument spec for an option of an entry in a document; a secret is hidden all the same."""
    spec = {name: value for name, value in argument.items() if name != "options"}
    for name in ("type", "elements"):
        if name in spec and not isinstance(spec[name], SecretType):
            spec[name] = (UncheckedList if spec[name] == "list" else Unchecked)(spec[name])
    return {**spec, "choices": UncheckedChoices(spec["choices"])} if "choices" in spec else spec


def reveal(value: Any) -> Any:
    """Return options in which each Hidden and each list of one Unlisted is its value, however deep it is."""
    if isinstance(value, Hidden):
        return value.value
    if isinstance(value, Mapping):
        return {name: reveal(one) for name, one in value.items()}
    if isinstance(value, list):
        return value[0].value if value and isinstance(value[0], Unlisted) else [reveal(one) for one in value]
    return value

# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Validates the bodies of requests, with types as strict as those of a Scala case class."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from xcisandbox.messages import Refusal

TYPE_NAMES = {
    str: "String",
    int: "Integer",
    bool: "Boolean",
    list: "Array",
    dict: "Object",
    float: "Number",
    type(None): "null",
}
DIGITS = re.compile(r"[0-9]+")
LONGEST = 2**31 - 1


@dataclass(frozen=True)
class Field:
    key: str
    kind: type
    needed: bool = True
    filled: bool = False
    choices: tuple[str, ...] = ()
    items: type | None = None

    def read(self, body: dict[str, Any]) -> Any:
        value = body.get(self.key)
        if value is None and not self.needed:
            return None
        if self.key not in body:
            raise Refusal(400, f"{self.key}: missing")
        expect(self.key, value, self.kind)
        if self.filled and not value:
            raise Refusal(400, f"{self.key}: empty")
        if self.choices and value not in self.choices:
            raise Refusal(400, f"{self.key}: '{value}' is not one of {', '.join(self.choices)}")
        if self.items is not None:
            for number, item in enumerate(value or ()):
                expect(f"{self.key}({number})", item, self.items)
        return value


def expect(where: str, value: Any, kind: type) -> None:
    # Neither isinstance nor ==, because True is an integer in Python.
    got: type = type(value)
    if got is not kind:
        raise Refusal(400, f"{where}: expected {TYPE_NAMES[kind]}, got {TYPE_NAMES[got]}")
    if kind is int and not -LONGEST <= value <= LONGEST:
        raise Refusal(400, f"{where}: {value} is not a 32-bit integer")


def take(body: Any, fields: Iterable[Field]) -> dict[str, Any]:
    expect("body", body, dict)
    return {field.key: field.read(body) for field in fields}


def digits(where: str, value: str) -> None:
    if not DIGITS.fullmatch(value):
        raise Refusal(400, f"{where}: '{value}' is not a number")


def interval(where: str, value: Any) -> dict[str, Any]:
    """Return it in normal form: the end of a single number is empty, unknown keys are kept."""
    expect(where, value, dict)
    start = Field("start", str).read(value)
    end = Field("end", str, needed=False).read(value) or ""
    digits(f"{where}.start", start)
    if end:
        digits(f"{where}.end", end)
        if int(end) < int(start):
            raise Refusal(400, f"{where}: the end {end} is before the start {start}")
    return {**value, "start": start, "end": "" if end == start else end}


def intervals(values: list[Any]) -> list[dict[str, Any]]:
    return [interval(f"intervals({number})", value) for number, value in enumerate(values)]

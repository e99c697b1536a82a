# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How one value goes between a playbook and XCI; each kind of value is a codec.

A codec *parses* what a person wrote into the normal form, *loads* what XCI shows into the same form, and *dumps* the
normal form into what XCI takes. The normal form is plain data: str, int, bool, lists of these, and for intervals a list
of ``{"start": str, "end": str}``. A reference to another object is its label, the name that a person would write.
"""

from __future__ import annotations

import re
import reprlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from ansible.module_utils.parsing.convert_bool import boolean

DIGITS = re.compile("[0-9]{1,32}")
UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
"""What no name or number can hold: a control character, or half a surrogate pair."""

_BRIEF = reprlib.Repr()
_BRIEF.maxstring = _BRIEF.maxother = 80


def shown(value: Any) -> str:
    """Return what a person wrote as an error quotes it: short, however long or deep it is."""
    return _BRIEF.repr(value)


def sort_of(value: Any) -> str:
    """Return what sort of thing a value is, for errors about what may hold a secret."""
    if isinstance(value, Mapping):
        return f"an object of {', '.join(shown(key) for key in list(value)[:5]) or 'nothing'}"
    if isinstance(value, (list, tuple)):
        return f"a list of {len(value)}"
    return "nothing" if value is None else f"a value of type {type(value).__name__}"


class Names(Protocol):
    """What a codec asks of the directory: the labels and the keys of other objects."""

    def label(self, kind: str, element: Any, field: str) -> str:
        """Return the label of the object that XCI means by *element*: an id, a combinedId or a whole object.

        It is the object's *field* where there is no other name for it.
        """

    def key(self, kind: str, label: str, field: str) -> Any:
        """Return the value of *field* of the object with that label."""


@dataclass(frozen=True)
class Codec:
    """One kind of value. *argument* is its part of an argument spec, *empty* the value that means 'nothing'."""

    empty: Any = None

    @property
    def argument(self) -> dict[str, Any]:
        return {"type": "raw"}

    def parse(self, value: Any) -> Any:
        """Return the normal form of what a person wrote; raise ValueError with what is wrong with it."""
        return value

    def load(self, raw: Any, names: Names) -> Any:
        """Return the normal form of what XCI shows; raise ValueError when XCI can't have meant that."""
        return raw

    def dump(self, value: Any, raw: Any, names: Names) -> Any:
        """Return what XCI takes for *value*; *raw* is what it shows at present, or None."""
        return value

    def remarks(self, value: Any) -> list[str]:
        """Return what is lawful and yet probably not meant."""
        return []


@dataclass(frozen=True)
class Text(Codec):
    """A string; numbers that YAML made of digits are taken as written in decimal. *longest* and *allowed* only warn."""

    empty: Any = ""
    shortest: int = 0
    longest: int = 0
    allowed: str = ""

    @property
    def argument(self) -> dict[str, Any]:
        return {"type": "str"}

    def parse(self, value: Any) -> str:
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        if not isinstance(value, str):
            raise ValueError(f"{shown(value)} is not text; put it in quotes")
        bad = UNPRINTABLE.search(value)
        if bad:
            raise ValueError(f"{shown(value)} holds a character that can't be stored: {bad.group()!r}")
        return str(value)

    def load(self, raw: Any, names: Names) -> str | None:
        if isinstance(raw, str):
            return raw
        if isinstance(raw, int) and not isinstance(raw, bool):
            return str(raw)
        raise ValueError("a string was expected")

    def remarks(self, value: str) -> list[str]:
        if not value:
            return []
        if self.longest and not self.shortest <= len(value) <= self.longest:
            return [f"has {len(value)} characters; XiVO takes {self.shortest} to {self.longest}"]
        if self.allowed and not re.fullmatch(f"[{self.allowed}]*", value):
            return [f"has a character outside of those that XiVO takes: {self.allowed}"]
        return []


@dataclass(frozen=True)
class Digits(Text):
    """A telephone number inside: digits, of which leading zeros count."""

    def parse(self, value: Any) -> str:
        number = super().parse(value)
        if number and not DIGITS.fullmatch(number):
            raise ValueError(f"{shown(number)} is not a number in digits")
        return number


@dataclass(frozen=True)
class Secret(Text):
    """A string that never leaves; None stands for 'not known', since XCI hides or masks it."""

    empty: Any = None
    clear: str = ""

    def parse(self, value: Any) -> str:
        try:
            return super().parse(value)
        except ValueError:
            raise ValueError("it is not text, or holds a control character; put it in quotes") from None

    def load(self, raw: Any, names: Names) -> str | None:
        if not isinstance(raw, str) or not self.clear or (re.fullmatch(r"(.)\1*", raw or "*") and raw[:1] in "*xX"):
            return None
        return raw if re.fullmatch(f"[{self.clear}]+", raw) else None

    def remarks(self, value: str) -> list[str]:
        return [remark.split(":")[0] for remark in super().remarks(value)]


@dataclass(frozen=True)
class Number(Codec):
    """A whole number; *least* and *most* only warn."""

    least: int | None = None
    most: int | None = None

    @property
    def argument(self) -> dict[str, Any]:
        return {"type": "int"}

    def parse(self, value: Any) -> int:
        if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,18}", value.strip()):
            return int(value)
        if not isinstance(value, int) or isinstance(value, bool):
            raise ValueError(f"{shown(value)} is not a whole number")
        return int(value)

    def load(self, raw: Any, names: Names) -> int:
        if isinstance(raw, bool) or not isinstance(raw, int):
            raise ValueError("a whole number was expected")
        return raw

    def remarks(self, value: int) -> list[str]:
        if self.least is not None and self.most is not None and not self.least <= value <= self.most:
            return [f"is {value}; XiVO takes {self.least} to {self.most}"]
        return []


@dataclass(frozen=True)
class Flag(Codec):
    """True or false, in any of Ansible's spellings."""

    empty: Any = False

    @property
    def argument(self) -> dict[str, Any]:
        return {"type": "bool"}

    def parse(self, value: Any) -> bool:
        try:
            return boolean(value)
        except (TypeError, RecursionError):  # Ansible makes a text of whatever it is given
            raise ValueError(f"{shown(value)} is neither true nor false") from None

    def load(self, raw: Any, names: Names) -> bool:
        if not isinstance(raw, bool):
            raise ValueError("true or false was expected")
        return raw


@dataclass(frozen=True)
class Choice(Text):
    """One of a few words."""

    words: tuple[str, ...] = ()

    @property
    def argument(self) -> dict[str, Any]:
        return {"type": "str", "choices": list(self.words)}

    def parse(self, value: Any) -> str:
        if value not in self.words:
            raise ValueError(f"{shown(value)} is none of {', '.join(self.words)}")
        return str(value)


@dataclass(frozen=True)
class Ref(Codec):
    """One other object; XCI takes its *field* (an id, or a combinedId)."""

    empty: Any = ""
    kind: str = ""
    field: str = "id"

    @property
    def argument(self) -> dict[str, Any]:
        return {"type": "str"}

    def parse(self, value: Any) -> Any:
        label = Text().parse(value)
        if not label:
            raise ValueError(f"it is empty, and has to name a {self.kind}")
        return label

    def load(self, raw: Any, names: Names) -> Any:
        return names.label(self.kind, raw, self.field)

    def dump(self, value: Any, raw: Any, names: Names) -> Any:
        return names.key(self.kind, value, self.field)


@dataclass(frozen=True)
class Refs(Ref):
    """Several other objects, a set."""

    empty: Any = ()

    @property
    def argument(self) -> dict[str, Any]:
        return {"type": "list", "elements": "str"}

    def parse(self, value: Any) -> list[str]:
        if not isinstance(value, (list, tuple)):
            raise ValueError(f"{shown(value)} is not a list")
        return sorted({Text().parse(one) for one in value})

    def load(self, raw: Any, names: Names) -> list[str]:
        if not isinstance(raw, list):
            raise ValueError("a list was expected")
        return sorted({names.label(self.kind, one, self.field) for one in raw})

    def dump(self, value: Any, raw: Any, names: Names) -> Any:
        return [names.key(self.kind, one, self.field) for one in value]

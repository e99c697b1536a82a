# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How one value goes between a playbook and XCI; each kind of value is a codec.

A codec *parses* what a person wrote into the normal form, *loads* what XCI shows into the same form, and *dumps* the
normal form into what XCI takes. The normal form is plain data: str, int, bool, lists of these, and for intervals a list
of ``{"start": "1000", "end": "1999"}``. A reference to another object is its label, the name that a person would write,
such as ``accueil@xivo-nord``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from ansible.module_utils.parsing.convert_bool import boolean

from ..api.arguments import SECRET
from .references import References
from .spelling import brief, normal, refused, whole_number
from .suggestion import folded

DIGITS = re.compile("[0-9]{1,32}")
UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
"""What no password can contain: a control character, or half a surrogate pair."""
LEAST_LENGTH = 30
"""To fewer characters, XCI cuts no text."""
STEP = 5
"""To a multiple of this, XCI may round a number, as XiVO does with seconds."""


class Codec:
    """One kind of value, any at all. *empty* is the value that means 'nothing', *spec* its part of an argument spec."""

    empty: ClassVar[Any] = None
    spec: ClassVar[Mapping[str, Any]] = {"type": "raw"}
    has_likeness: ClassVar[bool] = False

    @property
    def argument(self) -> dict[str, Any]:
        return dict(self.spec)

    def parse(self, value: Any) -> Any:
        """Return the normal form of what a person wrote; raise ValueError with what is wrong with it."""
        return value

    def load(self, raw: Any, references: References) -> Any:
        """Return the normal form of what XCI shows; raise ValueError for what its API does not give."""
        return raw

    def dump(self, value: Any, raw: Any, references: References) -> Any:
        """Return what XCI takes for *value*, in the type of its API's page; *raw* is what it shows now, or None."""
        return value

    def warnings(self, value: Any) -> list[str]:
        """Return what is valid and yet probably not meant."""
        return []

    def refused(self, value: Any, current: Any = None) -> str:
        """Return why this is not taken in the place of the *current* value, or an empty text.

        What XCI has already is never an error.
        """
        return ""

    def caseless(self, value: Any) -> Any:
        """Return what two values share that differ in case only."""
        return value

    def skeleton(self, value: Any) -> Any:
        """Return what two values share of which a person may take one for the other."""
        return value

    def is_true_of(self, said: Any, actual: Any) -> bool:
        """Return whether what a person says is true of an object: case, accents and blanks aside."""
        return bool(said == actual)

    def may_be_kept(self, sent: Any, shown: Any) -> bool:
        """Return whether XCI may have made what it shows of another value that it was sent."""
        return False


@dataclass(eq=False, repr=False)
class Text(Codec):
    """A string; numbers that YAML made of digits are taken as written in decimal. *longest* and *allowed* only warn.

    What XCI shows and what a person writes may differ in blanks at an end and in how accents are composed, unless it is
    *exact*; where nothing else differs, a write sends back what XCI shows.
    """

    empty: ClassVar[Any] = ""
    spec: ClassVar[Mapping[str, Any]] = {"type": "str"}
    has_likeness: ClassVar[bool] = True
    shortest: int = 0
    longest: int = 0
    allowed: str = ""
    exact: bool = False

    def _normal(self, text: str) -> str:
        return text if self.exact else normal(text)

    def parse(self, value: Any) -> str:
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        if not isinstance(value, str):
            why = " (YAML reads Yes, No, On and Off as booleans)" if isinstance(value, bool) else ""
            raise ValueError(f"{brief(value)} is not text; put it in quotes{why}")
        if not value.isascii() and re.search("[\ud800-\udfff]", value):
            raise ValueError(f"{brief(value)} contains half a character")
        return self._normal(str(value))

    def load(self, raw: Any, references: References) -> str | None:
        if isinstance(raw, str):
            return self._normal(raw)
        if isinstance(raw, int) and not isinstance(raw, bool):
            return str(raw)
        raise ValueError("expected a string")

    def dump(self, value: Any, raw: Any, references: References) -> Any:
        return raw if isinstance(raw, str) and self._normal(raw) == value else value

    def refused(self, value: Any, current: Any = None) -> str:
        return refused(value) if value else ""

    def warnings(self, value: str) -> list[str]:
        if not value:
            return []
        if self.longest and not self.shortest <= len(value) <= self.longest:
            return [f"{len(value)} characters; XiVO accepts {self.shortest} to {self.longest}"]
        if self.allowed and not re.fullmatch(f"[{self.allowed}]*", value):
            return [f"contains a character that XiVO does not accept; accepted: {self.allowed}"]
        return []

    def caseless(self, value: str | None) -> str:
        return (value or "").casefold()

    def skeleton(self, value: str | None) -> str:
        return "".join(sign for sign in unicodedata.normalize("NFKD", self.caseless(value)) if sign.isalnum())

    def is_true_of(self, said: str, actual: str | None) -> bool:
        return folded(said) == folded(actual or "")

    def may_be_kept(self, sent: str, shown: Any) -> bool:
        is_cut = len(shown or "") >= LEAST_LENGTH and sent.startswith(shown)
        return self.has_likeness and (is_cut or self.is_true_of(sent, shown))


class Digits(Text):
    """An internal telephone number: digits, of which leading zeros count, such as ``0123``."""

    has_likeness: ClassVar[bool] = False

    def refused(self, value: Any, current: Any = None) -> str:
        return f"{brief(value)} is not a number in digits" if value and not DIGITS.fullmatch(value) else ""


@dataclass(eq=False, repr=False)
class Secret(Text):
    """A string that is never shown; None means 'not known', since XCI hides or masks it.

    *clear* are the characters of which a password in clear consists; XCI shows none where it is empty.
    """

    empty: ClassVar[Any] = None
    spec: ClassVar[Mapping[str, Any]] = SECRET
    clear: str = ""
    exact: bool = True

    def parse(self, value: Any) -> str:
        # The message of another text would quote it.
        is_text = isinstance(value, (str, int)) and not isinstance(value, bool)
        if not is_text or UNPRINTABLE.search(str(value)):
            raise ValueError("it is not text, or contains a control character; put it in quotes")
        return str(value)

    def refused(self, value: Any, current: Any = None) -> str:
        return ""

    def load(self, raw: Any, references: References) -> str | None:
        if not isinstance(raw, str) or not self.clear or (re.fullmatch(r"(.)\1*", raw or "*") and raw[:1] in "*xX"):
            return None
        return raw if re.fullmatch(f"[{self.clear}]+", raw) else None

    def warnings(self, value: str) -> list[str]:
        return [warning.split("; accepted")[0] for warning in super().warnings(value)]


@dataclass(eq=False, repr=False)
class Number(Codec):
    """A whole number; *least* and *most* only warn."""

    spec: ClassVar[Mapping[str, Any]] = {"type": "int"}
    least: int | None = None
    most: int | None = None

    def parse(self, value: Any) -> int:
        if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,18}", value.strip()):
            return int(value)
        if not isinstance(value, int) or isinstance(value, bool):
            raise ValueError(f"{brief(value)} is not a whole number")
        return int(value)

    def load(self, raw: Any, references: References) -> int:
        number = whole_number(raw)
        if number is None:
            raise ValueError("expected a whole number")
        return number

    def may_be_kept(self, sent: Any, shown: Any) -> bool:
        return isinstance(shown, int) and shown % STEP == 0 and abs(shown - sent) < STEP

    def warnings(self, value: int) -> list[str]:
        if self.least is not None and self.most is not None and not self.least <= value <= self.most:
            return [f"{value} is out of range; XiVO accepts {self.least} to {self.most}"]
        return []


class Flag(Codec):
    """True or false, in any of Ansible's spellings."""

    empty: ClassVar[Any] = False
    spec: ClassVar[Mapping[str, Any]] = {"type": "bool"}

    def parse(self, value: Any) -> bool:
        try:
            return boolean(value)
        except (TypeError, RecursionError):  # Ansible makes a text of whatever it gets
            raise ValueError(f"{brief(value)} is neither true nor false") from None

    def load(self, raw: Any, references: References) -> bool:
        if isinstance(raw, bool):
            return raw
        try:
            return boolean(raw)
        except (TypeError, RecursionError):
            raise ValueError("expected true or false") from None


@dataclass(eq=False, repr=False)
class Choice(Text):
    """One of a few words; XCI may have others."""

    words: tuple[str, ...] = ()

    def refused(self, value: Any, current: Any = None) -> str:
        return "" if value in self.words else f"{brief(value)} is none of {', '.join(self.words)}"


@dataclass(eq=False, repr=False)
class Ref(Codec):
    """One other object; XCI takes its *field* (an id, or a combinedId)."""

    empty: ClassVar[Any] = ""
    spec: ClassVar[Mapping[str, Any]] = {"type": "str"}
    kind: str = ""
    field: str = "id"

    def parse(self, value: Any) -> Any:
        label = Text().parse(value)
        if not label:
            raise ValueError(f"it is empty; give the name of a {self.kind}")
        return label

    def load(self, raw: Any, references: References) -> Any:
        return references.label(self.kind, raw, self.field)

    def dump(self, value: Any, raw: Any, references: References) -> Any:
        return references.key(self.kind, value, self.field)


class Refs(Ref):
    """Several other objects, a set."""

    empty: ClassVar[Any] = ()
    spec: ClassVar[Mapping[str, Any]] = {"type": "list", "elements": "str"}

    def parse(self, value: Any) -> list[str]:
        if not isinstance(value, (list, tuple)):
            raise ValueError(f"{brief(value)} is not a list")
        return sorted({Text().parse(one) for one in value})

    def load(self, raw: Any, references: References) -> list[str]:
        if not isinstance(raw, list):
            raise ValueError("expected a list")
        return sorted({references.label(self.kind, one, self.field) for one in raw})

    def dump(self, value: Any, raw: Any, references: References) -> Any:
        return [references.key(self.kind, one, self.field) for one in value]

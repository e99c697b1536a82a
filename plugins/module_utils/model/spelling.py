# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts: which of them are the same, which nobody means, and how an error shows what a person wrote."""

from __future__ import annotations

import re
import reprlib
import unicodedata
from collections.abc import Mapping
from typing import Any

_BRIEF = reprlib.Repr()
_BRIEF.maxstring = _BRIEF.maxother = 80


def brief(value: Any) -> str:
    """Return what a person wrote as an error quotes it: short, however long or deep it is."""
    return _BRIEF.repr(value)


def type_name(value: Any) -> str:
    """Return what kind of value it is, such as ``a list of 3``, for errors about what may contain a secret."""
    if isinstance(value, Mapping):
        return f"an object of {', '.join(brief(key) for key in list(value)[:5]) or 'nothing'}"
    if isinstance(value, (list, tuple)):
        return f"a list of {len(value)}"
    return "nothing" if value is None else f"a value of type {type(value).__name__}"


def whole_number(raw: Any) -> int | None:
    """Return a whole number that XCI shows in any spelling, such as 17 for ``"17"`` and ``17.0``; else None."""
    if isinstance(raw, bool) or not isinstance(raw, (int, float, str)):
        return None
    if isinstance(raw, str):
        return int(raw.partition(".")[0]) if _WHOLE_NUMBER.fullmatch(raw) else None
    return int(raw) if raw == raw // 1 else None


def normal(text: str) -> str:
    """Return a text without blanks at its ends, and with each accent composed in one character with its letter."""
    text = text.strip()
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def temporary(name: str, number: int, longest: int = 0) -> str:
    """Return what is called *name* for the moment, while it exchanges that with another object."""
    mark = f"{_TEMPORARY}{number}"
    return f"{name[: longest - len(mark)] if longest else name}{mark}"


def is_temporary(text: str, name: str, longest: int = 0) -> bool:
    """Return whether a text is a temporary name for *name*: an exchange may have been broken off."""
    number = text.rpartition(_TEMPORARY)[2]
    return number.isdecimal() and text == temporary(name, int(number), longest)


def refused(text: str) -> str:
    """Return why a text is not taken as the new value of anything, or an empty text: most likely nobody meant it."""
    if _SPREADSHEET_ERROR.fullmatch(text):
        return f"{brief(text)} is an error of a spreadsheet"
    if "\ufffd" in text:
        return f"{brief(text)} contains a character that was lost when its encoding changed (U+FFFD)"
    bad = "" if text.isprintable() else next((one for one in text if unicodedata.category(one) in _INVISIBLE), "")
    if not bad:
        return ""
    what = "a line break" if len(f"-{bad}-".splitlines()) > 1 else _INVISIBLE[unicodedata.category(bad)]
    return f"{brief(text)} contains {what} (U+{ord(bad):04X})"


_TEMPORARY = "-exchange-"
_WHOLE_NUMBER = re.compile(r"-?[0-9]{1,18}(\.0+)?")
_SPREADSHEET_ERROR = re.compile(r"#[A-ZÀ-Ý0-9_/]+[!?]|#N/[ADV]|#{3,}|Err:[0-9]+")
_INVISIBLE = {
    "Cc": "a control character",
    "Cf": "an invisible character",
    "Zl": "a line break",
    "Zp": "a line break",
}
"""What the categories of Unicode are that can't be seen; of them are zero-width and bidirectional characters."""

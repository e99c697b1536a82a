# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person may have meant: names that are close to what was written."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any


def suggestion(text: Any, names: Iterable[str], most: int = 1, cutoff: float = 0.6) -> str:
    """Return ``did you mean first_name?`` for a name that is close to *text*, or an empty text."""
    return did_you_mean(closest(str(text), names, most, cutoff))


def closest(text: str, names: Iterable[str], most: int, cutoff: float) -> list[str]:
    """Return the names that are most like a text; *cutoff* is how much at least, up to 1."""
    import difflib

    return difflib.get_close_matches(text, list(names), most, cutoff)


def did_you_mean(names: Sequence[str]) -> str:
    return f"did you mean {' or '.join(names)}?" if names else ""


def folded(text: str) -> str:
    """Return a text without what people leave out when they write a name: case, accents and blanks."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign) and not sign.isspace())


def is_but_for_zeros(text: str, name: str) -> bool:
    """Return whether two texts are the same but for leading zeros, such as ``110`` and ``0110``."""
    return text.lstrip("0") == name.lstrip("0")


def mistyped(text: str, names: Iterable[str]) -> list[str]:
    """Return the name that a text probably is with a slip of the finger, if any; other digits are no slip.

    Of a number, a spreadsheet or an unquoted value may have lost leading zeros.
    """
    if text.isdecimal():
        return [name for name in names if name != text and is_but_for_zeros(text, name)][:1]
    known = {folded(name): name for name in names}
    close = closest(folded(text), known, 3, 0.8)
    return [known[name] for name in close if _digits(name) == _digits(text)][:1]


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))

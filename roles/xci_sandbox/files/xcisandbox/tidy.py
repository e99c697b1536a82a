# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the server keeps otherwise than it was sent."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Any

from xcisandbox.call import Call
from xcisandbox.messages import Refusal

LONGEST = 64
TEXTS = ("firstName", "lastName", "displayName", "name")
LOGINS = ("ctiLogin", "login")


def _short(text: str) -> str:
    if len(text) > LONGEST:
        raise Refusal(400, f"a text of {len(text)} characters is too long; {LONGEST} are allowed")
    return text


def _merged(spans: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return intervals of which those that are side by side, or overlap, are one."""
    merged: list[dict[str, Any]] = []
    for span in sorted(spans, key=lambda one: (len(one["start"]), one["start"])):
        last = merged[-1] if merged else None
        end = span["end"] or span["start"]
        if last and len(last["start"]) == len(span["start"]) and int(span["start"]) <= _end(last) + 1:
            last["end"] = max(last["end"] or last["start"], end)
        else:
            merged.append(dict(span))
    return merged


def _end(span: dict[str, Any]) -> int:
    return int(span["end"] or span["start"])


# By dialect and its value: which keys, and what becomes of them.
RULES: dict[tuple[str, str], tuple[tuple[str, ...], Callable[[Any], Any]]] = {
    ("store_case", "upper_names"): (("lastName",), str.upper),
    ("store_case", "lower_logins"): (LOGINS, str.lower),
    ("store_blanks", "trimmed"): (TEXTS, str.strip),
    ("store_form", "composed"): (TEXTS, lambda text: unicodedata.normalize("NFC", text)),
    ("store_form", "decomposed"): (TEXTS, lambda text: unicodedata.normalize("NFD", text)),
    ("store_length", "cut"): (TEXTS, lambda text: text[:LONGEST]),
    ("store_length", "refused"): (TEXTS, _short),
    ("store_ringing_time", "rounded"): (("ringingTime",), lambda seconds: 5 * ((seconds + 2) // 5)),
    ("store_intervals", "merged"): (("intervals",), _merged),
}


def tidied(call: Call, values: dict[str, Any]) -> dict[str, Any]:
    """Return values as they are kept; what is not there stays away."""
    kept = dict(values)
    for (dialect, mode), (keys, rule) in RULES.items():
        if call.dialects[dialect] == mode:
            kept.update({key: rule(kept[key]) for key in keys if kept.get(key) is not None})
    return kept

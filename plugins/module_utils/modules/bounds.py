# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bounds a failed result: Ansible prints all of it, however many objects a document has."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

FIRST = 10
"""How many entries of each list a failed result has."""
LISTS = ("plan", "errors", "losses", "not_tried")
ROOM = 5500
"""How many bytes the lists and the message, which newer Ansibles print twice, have together."""
LONGEST = 200
"""To how many characters a text is cut where not all fits."""


def bounded(result: Mapping[str, Any]) -> dict[str, Any]:
    """Return a failed result with the first entries of each list, and the length of each under ``counts``.

    Where these are too long, the entries of the plan lose their ``changes``, texts are cut, and lists get shorter.
    """
    lists = {name: result[name] for name in LISTS if name in result}
    known = result.get("counts", {})
    counts = {name: max(len(entries), known.get(name, 0)) for name, entries in lists.items()}
    room = ROOM - 2 * _size(result.get("msg", ""))
    shown = {name: entries[:FIRST] for name, entries in lists.items()}
    if _size(shown) > room:
        shown = {name: [_brief(entry) for entry in entries] for name, entries in shown.items()}
    while _size(shown) > room and any(shown.values()):
        max(shown.values(), key=len).pop()
    few = {**result, **shown, "counts": counts} if lists else dict(result)
    if isinstance(few.get("diff"), list):
        few["diff"] = few["diff"][:FIRST]
    return few


def _brief(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _cut(value) for name, value in entry.items() if name != "changes"}


def _cut(value: Any) -> Any:
    return f"{value[: LONGEST - 1]}…" if isinstance(value, str) and len(value) > LONGEST else value


def _size(value: Any) -> int:
    return len(json.dumps(value, ensure_ascii=False, default=str).encode("utf-8", "replace"))

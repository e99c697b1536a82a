# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How an answer is written: the shape of a list, and the spelling of what is in it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from xcisandbox.call import Call
from xcisandbox.messages import Answer, encode

PAGE = 3
"""How many objects a list shows where it shows a part."""
TYPES = {
    "json": "application/json; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "plain": "text/plain; charset=utf-8",
    "none": "",
}
NUMBERS: dict[str, Callable[[int], Any]] = {"text": str, "floats": float}
FLAGS: dict[str, Callable[[bool], Any]] = {"text": lambda flag: str(flag).lower(), "numbers": int}
MARK = b"\xef\xbb\xbf"


def answer(call: Call, data: Any, status: int = 200, headers: tuple[tuple[str, str], ...] = ()) -> Answer:
    """Return data as JSON, spelled as the dialects say."""
    modes = call.dialects
    spelled = data
    if modes["whole_numbers"] != "numbers" or modes["flags"] != "booleans":
        spelled = _spelled(data, NUMBERS.get(modes["whole_numbers"]), FLAGS.get(modes["flags"]))
    body = _encoded(spelled, modes["slashes"], modes["charset"])
    return Answer(status, body, TYPES[modes["content_type"]], headers)


def listing(call: Call, items: list[Any], wrapped: bool = True) -> Answer:
    """Return a list: an object with `items`, or a bare array; all of it, or a part."""
    mode, shape = call.dialects["list_part"], call.dialects["list_shape"]
    wrapped = shape == "items" or (wrapped and shape != "bare")
    shown = items if mode in ("whole", "counted") else items[:PAGE]
    more = len(shown) < len(items)
    beside: dict[str, Any] = {}
    if mode in ("counted", "total"):
        beside = {"total": len(items)}
    elif mode == "next":
        beside = {"next": f"{call.request.path}?page=2" if more else None}
    elif mode == "link" and more:
        return answer(call, _wrap(shown, wrapped), headers=(("Link", f'<{call.request.path}?page=2>; rel="next"'),))
    # An array has no place for a key that says that it is a part.
    return answer(call, _wrap(shown, True, beside) if wrapped else (items if beside else shown))


def _wrap(items: list[Any], wrapped: bool, beside: Mapping[str, Any] | None = None) -> Any:
    return {"items": items, **(beside or {})} if wrapped else items


def _spelled(data: Any, number: Callable[[int], Any] | None, flag: Callable[[bool], Any] | None) -> Any:
    if isinstance(data, dict):
        return {key: _spelled(value, number, flag) for key, value in data.items()}
    if isinstance(data, list):
        return [_spelled(value, number, flag) for value in data]
    if isinstance(data, bool):
        return flag(data) if flag else data
    return number(data) if number and isinstance(data, int) else data


def _encoded(data: Any, slashes: str, charset: str) -> bytes:
    body = encode(data, slashes)
    if charset == "latin-1":
        text = body.decode("utf-8", "surrogatepass")
        # JSON can say in ASCII what this encoding has no sign for.
        return "".join(one if ord(one) < 256 else json.dumps(one)[1:-1] for one in text).encode("latin-1")
    return MARK + body if charset == "utf-8-bom" else body

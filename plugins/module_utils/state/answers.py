# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an answer of XCI holds: a list in one shape or the other, and whether it is the whole list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..api.errors import UnexpectedResponse
from ..model.fields import Resource
from ..model.spelling import type_name, whole_number

TOTALS = ("total", "totalCount", "total_count", "totalItems", "total_items", "totalElements", "count")
"""Keys beside a list that may say how many there are in all."""
MORE = ("next", "nextPage", "next_page", "nextPageToken", "nextCursor", "next_cursor", "hasMore", "has_more", "hasNext")
"""Keys beside a list that say that there is more, unless they are empty."""


def elements(answer: Any, what: str) -> list[Any]:
    """Return the elements of a list: of a JSON array, or of an object that has them under ``items``.

    *what* they are is for errors, such as ``users``. Raise UnexpectedResponse for anything else, and for a part of a
    list: what is not shown would be taken for missing.
    """
    found = answer.get("items") if isinstance(answer, Mapping) else answer
    if not isinstance(found, list):
        raise UnexpectedResponse(f"invalid list of {what} from XCI: got {type_name(answer)}")
    if isinstance(answer, Mapping):
        totals = [number for number in (whole_number(answer.get(key)) for key in TOTALS) if number is not None]
        if any(total > len(found) for total in totals) or any(answer.get(key) for key in MORE):
            shown = f"{len(found)} of {max(totals)}" if totals and max(totals) > len(found) else f"{len(found)}"
            raise part_of_a_list(f"list of {what}", shown)
    return found


def part_of_a_list(what: str, shown: str) -> UnexpectedResponse:
    """Return the error for a list of which XCI shows a part, such as ``20 of 100``."""
    return UnexpectedResponse(
        f"XCI shows a part of its {what} only ({shown}). Nothing was changed, because the rest would be taken for "
        "missing. The API does not describe how to read the rest"
    )


def left_out(resource: Resource, raws: Iterable[Any]) -> frozenset[str]:
    """Return the keys that no object of a list has, and that XCI may show of each alone, since they can be written."""
    missing = frozenset(
        one.reads
        for one in resource.fields
        if one.reads and one.writes and one.name != resource.scope
        if not one.condition and one.default_if_missing is None
    )
    for raw in raws:
        missing = missing.difference(raw) if isinstance(raw, Mapping) else missing
        if not missing:
            break
    return missing

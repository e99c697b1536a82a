# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists who joined, moved and left. What a run that broke off had begun is in the lists of the next one."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Mapping
from typing import Any

from ..api.errors import XciError
from ..model.fields import Values
from ..model.resources import PEOPLE
from ..state.state import State
from .files import write_file
from .tables import write_table

PERSON = [PEOPLE.login, PEOPLE.last, PEOPLE.first]
NUMBER, CODE = "number", "code"
HEADERS = {
    "joiners": [*PERSON, PEOPLE.entity, NUMBER, CODE],
    "movers": [*PERSON, "from_entity", "from_number", "to_entity", "to_number", CODE],
    "leavers": [*PERSON, PEOPLE.entity, NUMBER],
    "unmatched": ["line", *PERSON, "reason"],
}
"""The columns of the files that are written."""
PLACES = {"joiners": (PEOPLE.entity, NUMBER), "movers": ("to_entity", "to_number"), "leavers": (PEOPLE.entity, "")}
"""Where a row says the entity in which somebody is, and the number there."""
UNFINISHED = ".unfinished.json"
"""The file with the lists of a run that has begun to write."""

Lists = Mapping[str, list[Values]]


def complete(lists: Lists, dest: str, state: State) -> dict[str, list[Values]]:
    """Return lists with numbers and codes as they are now, and with what a run did that broke off."""
    earlier = _earlier(dest)
    whole: dict[str, list[Values]] = {}
    for name, rows in lists.items():
        known = {row[PEOPLE.login] for row in rows}
        begun = [row for row in earlier.get(name, ()) if row[PEOPLE.login] not in known]
        for row in rows:
            _as_it_is(name, row, state)
        whole[name] = [*rows, *(row for row in begun if _as_it_is(name, row, state))]
    return whole


def _earlier(dest: str) -> Lists:
    if not dest:
        return {}
    with contextlib.suppress(OSError, ValueError), open(os.path.join(dest, UNFINISHED), encoding="utf-8") as file:
        return dict(json.load(file))
    return {}


def _as_it_is(name: str, row: Values, state: State) -> bool:
    """Set the number and the code in a row to what they are now; return whether it is true of somebody."""
    if name not in PLACES:
        return False
    entity, number = PLACES[name]
    found = None
    with contextlib.suppress(XciError):
        found = state.find(PEOPLE.users, {PEOPLE.entity: row[entity], PEOPLE.login: row[PEOPLE.login]}, PEOPLE.login)
    if found and number:
        row.update({number: found.values[PEOPLE.number], CODE: found.values[PEOPLE.code] or ""})
    return bool(found) == bool(number)


def begin(lists: Lists, dest: str, mode: str, state: State) -> None:
    """Keep the lists until they are written to *dest*, since the run may break off."""
    if dest:
        write_file(os.path.join(dest, UNFINISHED), json.dumps(complete(lists, dest, state), ensure_ascii=False), mode)


def write(lists: Lists, dest: str, mode: str) -> bool:
    """Write a file for each list; return whether one of them was another one before."""
    written = [
        write_file(os.path.join(dest, f"{name}.csv"), write_table(HEADERS[name], rows), mode)
        for name, rows in lists.items()
    ]
    return any(written)


def finish(dest: str) -> None:
    """Forget what was begun, since all of it is in the lists."""
    with contextlib.suppress(OSError):
        os.unlink(os.path.join(dest, UNFINISHED))


def person_of(values: Values) -> dict[str, Any]:
    """Return the first columns of a row about somebody."""
    return {name: values.get(name) or "" for name in PERSON}

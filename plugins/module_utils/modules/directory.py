# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes a telephone directory."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..model.fields import Values
from ..model.resources import PEOPLE
from ..state.state import State
from .context import Context
from .files import MODE, write_file
from .info import find
from .shown import Shown
from .spec import ModuleSpec
from .tables import write_table

OPTIONS: dict[str, Any] = {
    "dest": {"type": "path", "required": True},
    "mode": MODE,
    PEOPLE.entity: {"type": "str"},
    PEOPLE.xivo: {"type": "str"},
}
COLUMNS = {"number": PEOPLE.number, **{name: name for name in (PEOPLE.last, PEOPLE.first, PEOPLE.outside, PEOPLE.mail)}}
HEADER = [PEOPLE.last, PEOPLE.first, "number", PEOPLE.entity, PEOPLE.xivo, PEOPLE.outside, PEOPLE.mail]


def write_directory(options: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """Write a telephone directory; return how many people it has under ``count``, and what is ``not_shown``."""
    state = context.current()
    narrow = {name: options[name] for name in (PEOPLE.entity, PEOPLE.xivo) if options.get(name)}
    seen = Shown(state)
    people = sorted((item.values for item in find(PEOPLE.users, narrow, state, seen)), key=PEOPLE.sort_key)
    context.warnings += seen.warnings()
    text = write_table(HEADER, (_row(values, state) for values in people))
    written = write_file(options["dest"], text, options["mode"])
    return {"changed": written, "count": len(people), "not_shown": seen.names}


def _row(values: Values, state: State) -> Values:
    scope = state.resolve(PEOPLE.entities.kind, values[PEOPLE.entity]).values
    place = {PEOPLE.entity: scope[PEOPLE.entities.identity[0]], PEOPLE.xivo: scope[PEOPLE.xivo]}
    return {**{column: values[name] for column, name in COLUMNS.items()}, **place}


MODULE = ModuleSpec(OPTIONS, write_directory)

# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares what XCI shows with what each XiVO itself exports, and lists what ends when XCI is switched off."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ..api.errors import InputError, Problem, first_of
from ..model.fields import Values
from ..model.renames import parse_pairs
from ..model.resources import PEOPLE
from ..model.spelling import normal
from ..state.index import Item
from ..state.state import State
from .context import Context
from .files import MODE, read_file, write_file
from .tables import read_table, write_table

OPTIONS: dict[str, Any] = {
    "exports": {"type": "list", "elements": "str", "required": True},
    "dest": {"type": "path"},
    "mode": MODE,
    "language": {"type": "str", "choices": ["en", "fr"], "default": "en"},
}
CONTEXT, NUMBER = "context", "exten"
COLUMNS = {
    PEOPLE.first: "firstname",
    PEOPLE.last: "lastname",
    PEOPLE.login: "username",
    PEOPLE.code: "provisioning_code",
}
"""The columns of a XiVO's own export of its users, by what they are compared with."""
HEADER = ["server", CONTEXT, "number", "what", "option", "xci", "export"]
ONLY_XCI, ONLY_XIVO, DIFFERS, UNKNOWN = "only on XCI", "only on the XiVO", "different", "context without entity"


def leave(options: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """Compare XCI with the exports; return the ``differences``, their ``count``, and what ``ends``."""
    state = context.current()
    differences: list[Values] = []
    compared = 0
    checked = {}
    for name, path in parse_pairs(options["exports"], "exports").items():
        xivo = state.resolve(PEOPLE.xivos.kind, name)
        checked[xivo.id] = state.label_of(PEOPLE.xivos, xivo)
        rows = _rows(path)
        contexts, people = _people(xivo, state)
        compared += len(people)
        differences += _differences(checked[xivo.id], contexts, people, rows)
    ends = _ends(state, checked, options["language"] == "fr")
    result = {"changed": False, "differences": differences, "count": len(differences), "compared": compared}
    if options.get("dest"):
        result["changed"] = _write(options["dest"], differences, ends, options["mode"])
    return {**result, "ends": ends}


def _rows(path: str) -> dict[tuple[str, str], Values]:
    """Return the users of a XiVO's export by context and number; those without a number are no telephone users."""
    table = read_table(read_file(path), path, of_users=False)
    if not {CONTEXT, NUMBER} <= {*table.columns}:
        columns = first_of(table.columns, 10)
        raise InputError(
            Problem(f"no columns {CONTEXT} and {NUMBER}, which a XiVO's own export has: {columns}", place=path)
        )
    return {(row.get(CONTEXT, ""), row[NUMBER]): row for _line, row in table if NUMBER in row}


def _people(xivo: Item, state: State) -> tuple[set[str], dict[tuple[str, str], Values]]:
    """Return the contexts of a XiVO that are entities, and its users as XCI shows them, by context and number."""
    label, kind = state.label_of(PEOPLE.xivos, xivo), PEOPLE.entities.kind
    name = PEOPLE.entities.identity[0]
    scopes = [item for item in state.listing(kind).items.values() if item.values[PEOPLE.xivo] == label]
    people: dict[tuple[str, str], Values] = {}
    state.prefetch(PEOPLE.users.kind, scopes)
    for scope in scopes:
        for item in state.listing(PEOPLE.users.kind, scope).items.values():
            if item.values[PEOPLE.number]:
                people[scope.values[name], item.values[PEOPLE.number]] = item.values
    return {scope.values[name] for scope in scopes}, people


def _differences(
    xivo: str,
    contexts: set[str],
    known: Mapping[tuple[str, str], Values],
    rows: Mapping[tuple[str, str], Values],
) -> Iterator[Values]:
    unknown = sorted({context for context, _number in rows} - contexts)
    for context in unknown:
        count = sum(place[0] == context for place in rows)
        yield _difference(xivo, (context, ""), UNKNOWN, export=f"{count}")
    for place in sorted(known.keys() | {place for place in rows if place[0] in contexts}):
        if place not in rows:
            yield _difference(xivo, place, ONLY_XCI, xci=PEOPLE.users.name(known[place]))
        elif place not in known:
            row = rows[place]
            name = " ".join(filter(None, (row.get(COLUMNS[part]) for part in (PEOPLE.first, PEOPLE.last))))
            yield _difference(xivo, place, ONLY_XIVO, export=name)
        else:
            yield from _changes(xivo, place, known[place], rows[place])


def _changes(xivo: str, place: tuple[str, str], values: Values, row: Values) -> Iterator[Values]:
    for option, column in COLUMNS.items():
        one, other = normal(values[option] or ""), normal(row.get(column, ""))
        # XCI may know a code later, and a login may be for one of the two only.
        optional = option in (PEOPLE.code, PEOPLE.login)
        if one != other and not (optional and not (one and other)):
            yield _difference(xivo, place, DIFFERS, option, one, other)


def _difference(
    xivo: str, place: tuple[str, str], what: str, option: str = "", xci: str = "", export: str = ""
) -> Values:
    return dict(zip(HEADER, (xivo, *place, what, option, xci, export)))


def _ends(state: State, checked: Mapping[int, str], french: bool) -> list[str]:
    """Return what ends with XCI, a line for each thing, for a person."""
    xivos = state.listing(PEOPLE.xivos.kind).items
    left = [state.label_of(PEOPLE.xivos, xivo) for identity, xivo in xivos.items() if identity not in checked]
    counts = {one.kind: _titles(state, one.kind) for one in (PEOPLE.entities, PEOPLE.templates, PEOPLE.admins)}
    entities, templates, admins = counts.values()
    if french:
        lines = [
            f"Les {len(admins)} administrateurs de XCI et leurs droits : {', '.join(admins)}",
            f"Les {len(templates)} modèles de ligne : {', '.join(templates)}",
            f"Les noms affichés, intervalles et numéros présentés de {len(entities)} entités : {', '.join(entities)}",
            "Les nouveaux numéros internes attribués par XCI, et l'interface REST avec tout ce qui l'utilise",
        ]
        lines += [f"Non vérifiés, faute d'export : {', '.join(sorted(left))}"] if left else []
        return lines
    lines = [
        f"The {len(admins)} administrators of XCI and their rights: {', '.join(admins)}",
        f"The {len(templates)} line templates: {', '.join(templates)}",
        f"The display names, intervals and presented numbers of {len(entities)} entities: {', '.join(entities)}",
        "New internal numbers that XCI gives out, and the REST API with all that uses it",
    ]
    return lines + ([f"Not checked, since there is no export: {', '.join(sorted(left))}"] if left else [])


def _titles(state: State, kind: str) -> list[str]:
    resource = next(one for one in (PEOPLE.entities, PEOPLE.templates, PEOPLE.admins) if one.kind == kind)
    return sorted(resource.title(item.values) for item in state.listing(kind).items.values())


def _write(dest: str, differences: list[Values], ends: list[str], mode: str) -> bool:
    """Write one file by the ending of its name, or into a folder a table of differences and a list of what ends."""
    ending = dest.lower().rpartition(".")[2] if "." in dest.rpartition("/")[2] else ""
    texts = {
        "csv": lambda: write_table(HEADER, differences),
        "json": lambda: json.dumps({"differences": differences, "ends": ends}, ensure_ascii=False, indent=1) + "\n",
        "md": lambda: _page(differences, ends),
    }
    if ending in texts:
        return write_file(dest, texts[ending](), mode)
    if ending:
        return write_file(dest, _page(differences, ends), mode)
    files = {"differences.csv": texts["csv"](), "what-ends.md": _page([], ends)}
    written = [write_file(f"{dest}/{name}", text, mode) for name, text in files.items()]
    return any(written)


def _page(differences: list[Values], ends: list[str]) -> str:
    shown = [" | ".join(str(one[name]).replace("|", "\\|") for name in HEADER) for one in differences]
    table = [f"| {' | '.join(HEADER)} |", f"|{'---|' * len(HEADER)}", *(f"| {line} |" for line in shown), ""]
    return "\n".join([*(table if shown else []), *(f"- {line}" for line in ends), ""])

# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares what XCI shows with what each XiVO itself exports, and lists what ends when XCI is switched off."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..api.errors import InputError, Problem, UnknownReference, first_of
from ..model.fields import Values
from ..model.renames import parse_pairs
from ..model.resources import PEOPLE
from ..model.spelling import normal
from ..state.state import State
from .context import Context
from .files import MODE, read_file, write_file
from .shown import Shown
from .spec import ModuleSpec
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
ENDS: dict[str, Any] = {
    "en": {
        PEOPLE.admins.kind: "The {count} administrators of XCI and their rights: {names}",
        PEOPLE.templates.kind: "The {count} line templates: {names}",
        PEOPLE.entities.kind: "The display names, intervals and presented numbers of {count} entities: {names}",
        "hidden": "The {what}, which are not shown to this login",
        "what": {PEOPLE.admins.kind: "administrators of XCI and their rights", PEOPLE.templates.kind: "line templates"},
        "more": "New internal numbers that XCI gives out, and the REST API with all that uses it",
        "left": "Not checked, since there is no export: {names}",
    },
    "fr": {
        PEOPLE.admins.kind: "Les {count} administrateurs de XCI et leurs droits : {names}",
        PEOPLE.templates.kind: "Les {count} modèles de ligne : {names}",
        PEOPLE.entities.kind: "Les noms affichés, intervalles et numéros présentés de {count} entités : {names}",
        "hidden": "Les {what}, que cet identifiant ne voit pas",
        "what": {
            PEOPLE.admins.kind: "administrateurs de XCI et leurs droits",
            PEOPLE.templates.kind: "modèles de ligne",
        },
        "more": "Les nouveaux numéros internes attribués par XCI, et l'interface REST avec tout ce qui l'utilise",
        "left": "Non vérifiés, faute d'export : {names}",
    },
}
ONLY_XCI, ONLY_XIVO, DIFFERS, UNKNOWN = "only on XCI", "only on the XiVO", "different", "context without entity"


def leave(options: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """Compare XCI with the exports; return the ``differences``, their ``count``, and what ``ends``.

    What is ``not_shown`` to the administrator of the run is not compared: contexts of other entities, too.
    """
    state = context.current()
    seen = Shown(state)
    exports = {_xivo(name, seen, state): path for name, path in parse_pairs(options["exports"], "exports").items()}
    differences: list[Values] = []
    compared = 0
    for xivo, path in exports.items():
        rows = _rows(path)
        contexts, people = _people(xivo, seen, state)
        if seen.limited:
            rows = {place: row for place, row in rows.items() if place[0] in contexts}
        compared += len(people)
        differences += _differences(xivo, contexts, people, rows)
    ends = _ends(seen, state, exports.keys(), options["language"] == "fr")
    result = {"changed": False, "differences": differences, "count": len(differences), "compared": compared}
    if options.get("dest"):
        result["changed"] = _write(options["dest"], differences, ends, options["mode"])
    context.warnings += seen.warnings()
    return {**result, "ends": ends, "not_shown": seen.names}


def _xivo(name: str, seen: Shown, state: State) -> str:
    """Return the label of a XiVO; where XCI does not show its XiVOs, that of one that an entity names."""
    if seen.items(PEOPLE.xivos) or PEOPLE.xivos.kind not in seen.kinds:
        return state.label_of(PEOPLE.xivos, state.resolve(PEOPLE.xivos.kind, name))
    known = {item.values[PEOPLE.xivo] for item in state.listing(PEOPLE.entities.kind).items.values()}
    if name not in known:
        raise UnknownReference(
            f"{PEOPLE.xivos.kind} {name!r} not found; the entities that XCI shows are on {first_of(sorted(known))}"
        )
    return name


def _rows(path: str) -> dict[tuple[str, str], Values]:
    """Return the users of a XiVO's export by context and number; those without a number are no telephone users."""
    table = read_table(read_file(path), path, of_users=False, used=(CONTEXT, NUMBER, *COLUMNS.values()))
    if not {CONTEXT, NUMBER} <= {*table.columns}:
        columns = first_of(table.columns, 10)
        raise InputError(
            Problem(f"no columns {CONTEXT} and {NUMBER}, which a XiVO's own export has: {columns}", place=path)
        )
    return {(row.get(CONTEXT, ""), row[NUMBER]): row for _line, row in table if NUMBER in row}


def _people(xivo: str, seen: Shown, state: State) -> tuple[set[str], dict[tuple[str, str], Values]]:
    """Return the contexts of a XiVO whose users XCI shows, and these users by context and number."""
    scopes = {
        state.label_of(PEOPLE.entities, item): item
        for item in state.listing(PEOPLE.entities.kind).items.values()
        if item.values[PEOPLE.xivo] == xivo
    }
    users = [item.values for item in seen.items_in(PEOPLE.users, list(scopes.values()))]
    names = {label: scope.values[PEOPLE.entities.identity[0]] for label, scope in scopes.items()}
    people = {(names[user[PEOPLE.entity]], user[PEOPLE.number]): user for user in users if user[PEOPLE.number]}
    return {name for label, name in names.items() if label not in seen.scopes}, people


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


def _ends(seen: Shown, state: State, checked: Iterable[str], french: bool) -> list[str]:
    """Return what ends with XCI, a line for each thing, for a person."""
    texts = ENDS["fr" if french else "en"]
    lines = []
    for resource in (PEOPLE.admins, PEOPLE.templates, PEOPLE.entities):
        titles = sorted(resource.title(item.values) for item in seen.items(resource))
        text = texts["hidden" if resource.kind in seen.kinds else resource.kind]
        lines.append(text.format(count=len(titles), names=", ".join(titles), what=texts["what"].get(resource.kind)))
    lines.append(texts["more"])
    left = {state.label_of(PEOPLE.xivos, item) for item in seen.items(PEOPLE.xivos)} - {*checked}
    return lines + ([texts["left"].format(names=", ".join(sorted(left)))] if left else [])


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


MODULE = ModuleSpec(OPTIONS, leave)

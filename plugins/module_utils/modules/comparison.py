# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares two XCIs, or one with an export of another one."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..api.arguments import SECRET
from ..api.client import Client
from ..api.errors import InputError
from ..api.settings import Settings, base_url
from ..engine.planner import KINDS
from ..model.fields import Resource, Values
from ..model.parsing import parse
from ..model.renames import RENAME, Renames, parse_pairs
from ..model.resources import PEOPLE, RESOURCES
from ..model.spelling import type_name
from ..state.state import State
from .context import PARALLELISM, Context
from .export import DEFAULTS, export
from .files import MODE, write_file
from .shown import Shown
from .spec import ModuleSpec
from .tables import write_table

HERE, THERE, BOTH = "here", "there", "both"
OPTIONS: dict[str, Any] = {
    "src": {"type": "list", "elements": "path"},
    "document": {"type": "dict"},
    "with_url": {"type": "str"},
    "with_login": {"type": "str"},
    "with_password": {**SECRET},
    "rename": RENAME,
    "dest": {"type": "path"},
    "mode": MODE,
    "parallelism": PARALLELISM,
}


@dataclass
class _Side:
    """One of the two XCIs: its objects, the kinds and the scopes that are *not_shown*, and whether that is a part."""

    config: dict[str, Any]
    not_shown: list[str] = field(default_factory=list)
    scopes: list[str] = field(default_factory=list)
    limited: bool = False

    def shows(self, config: Mapping[str, Any]) -> dict[str, Any]:
        """Return what of the other side this one would show if it had it."""
        titles = {one.kind: {one.title(entry) for entry in self.config.get(one.plural, ())} for one in KEPT}

        def is_shown(resource: Resource, entry: Values) -> bool:
            if resource.scope:
                label = entry[resource.scope]
                return label not in self.scopes and (not self.limited or label in titles[resource.scope])
            return not self.limited or resource.title(entry) in titles[resource.kind]

        def as_shown(resource: Resource, entry: Values) -> Values:
            """Return an object without its references to what is not shown."""
            references = resource.references.items() if self.limited else ()
            shown = {name: titles[ref.kind] for name, ref in references if isinstance(entry.get(name), list)}
            return {**entry, **{name: [one for one in entry[name] if one in seen] for name, seen in shown.items()}}

        kinds = [one for one in RESOURCES.values() if one.plural in config and one.plural not in self.not_shown]
        return {
            one.plural: [as_shown(one, entry) for entry in config[one.plural] if is_shown(one, entry)] for one in kinds
        }


KEPT = [resource for resource in RESOURCES.values() if not resource.scope]


def compare(options: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """Compare XCI with another one; return the ``differences``, their ``count``, and what is ``not_compared``."""
    here = _read(context, options["parallelism"])
    there = _other(options, context)
    renames = Renames(parse_pairs(options.get("rename") or ()))
    # Names may be those of the one or of the other.
    xivos = here.config.get(PEOPLE.xivos.plural, ())
    renamed = here if {entry.get(PEOPLE.xivos.identity[0]) for entry in xivos} & renames.pairs.keys() else there
    renamed.config = renames.document(renamed.config)
    renamed.scopes = [renames.label(PEOPLE.entities, scope) for scope in renamed.scopes]
    context.warnings += renames.missing()
    mine, theirs = there.shows(here.shows(here.config)), here.shows(there.shows(there.config))
    compared = [resource for resource in RESOURCES.values() if resource.plural in mine and resource.plural in theirs]
    found = [one for resource in compared for one in _differences(resource, mine, theirs)]
    result = {"changed": False, "differences": found, "count": len(found)}
    result["not_compared"] = [resource.plural for resource in RESOURCES.values() if resource not in compared]
    result["not_shown"] = [*here.not_shown, *there.not_shown]
    if options.get("dest"):
        result["changed"] = write_file(options["dest"], _written(options["dest"], found), options["mode"])
    return result


def _read(context: Context, parallelism: int) -> _Side:
    """Return what an XCI shows."""
    nothing = dict.fromkeys(option for defaults in DEFAULTS.values() for option in defaults.values())
    shown = Shown(context.current())
    read = export({**nothing, "kinds": KINDS, "rename": [], "parallelism": parallelism}, context, shown)
    context.warnings += shown.warnings()
    limited = PEOPLE.admins.plural in read["not_shown"] or shown.limited
    if limited:
        what = "what belongs to the entities of others is not compared"
        context.warnings.append(f"{context.client.settings.login} is no super-administrator: {what}")
    return _Side(read["config"], [*read["not_shown"], *shown.names], shown.scopes, limited)


def _other(options: Mapping[str, Any], context: Context) -> _Side:
    """Return what the other XCI has, by its export or by its address."""
    if bool(options.get("document")) == bool(options.get("with_url")):
        raise InputError("missing required option: src (an export of the other XCI) or with_url; not both")
    if options.get("document"):
        return _Side(_exported(options["document"]))
    own = context.client.settings
    connection = {
        "xci_url": base_url(options["with_url"], "with_url"),
        "xci_login": options.get("with_login") or own.login,
        "xci_password": options.get("with_password") or own.password,
        "validate_certs": own.validate_certs,
        "ca_path": own.ca_path,
        "timeout": own.timeout,
        "retries": own.retries,
    }
    settings = Settings.from_options(connection)
    if settings.url == own.url:
        raise InputError(f"with_url is the XCI that is compared: {settings.url}")
    context.warnings += settings.warnings()
    client = Client(settings, cancellation=context.client.cancellation)
    return _read(Context(client, State(client), warnings=context.warnings), options["parallelism"])


def _exported(document: Mapping[str, Any]) -> dict[str, list[Values]]:
    """Return the lists of an export, such as ``{"templates": [{"name": "Standard"}]}``, in normal form."""
    lists: dict[str, list[Values]] = {}
    for resource in [one for one in RESOURCES.values() if one.plural in document]:
        entries = document[resource.plural] or []
        if not isinstance(entries, list):
            raise InputError(f"{resource.plural}: expected a list, got {type_name(entries)}")
        for index, one in enumerate(entries):
            if not isinstance(one, Mapping):
                raise InputError(f"{resource.plural}[{index}]: expected a mapping of options, got {type_name(one)}")
        lists[resource.plural] = [parse(resource, one).checked().desired for one in entries]
    return lists


def _differences(resource: Resource, here: Mapping[str, Any], there: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the differences of one kind, in the order of the names of the objects."""
    one, other = (_by_key(resource, config.get(resource.plural, ())) for config in (here, there))
    for key in sorted(one.keys() | other.keys()):
        mine, theirs = one.get(key), other.get(key)
        changes = _changes(resource, mine, theirs) if mine is not None and theirs is not None else {}
        if mine is None or theirs is None or changes:
            where = THERE if mine is None else HERE if theirs is None else BOTH
            who = resource.name(mine or theirs or {})
            yield {"kind": resource.kind, "key": key[0], "label": who, "where": where, "changes": changes}


def _by_key(resource: Resource, entries: Iterable[Values]) -> dict[tuple[str, int], Values]:
    """Return the objects by their names, and which of those with the same name each is."""
    seen: Counter[str] = Counter()
    found = {}
    for entry in entries:
        title = resource.title(entry)
        found[title, seen[title]] = entry
        seen[title] += 1
    return found


def _changes(resource: Resource, here: Values, there: Values) -> dict[str, Any]:
    """Return what both say differently; what one does not say can't be compared."""
    names = [one.name for one in resource.comparable if one.name in here and one.name in there]
    return {name: {HERE: here[name], THERE: there[name]} for name in names if here[name] != there[name]}


def _written(path: str, found: list[dict[str, Any]]) -> str:
    """Return the differences as a file: a table where the name ends with .csv, otherwise JSON."""
    if not path.lower().endswith(".csv"):
        return json.dumps(found, ensure_ascii=False, indent=1) + "\n"
    header = ["kind", "key", "label", "where", "option", HERE, THERE]
    rows = [
        {**one, "option": option, **{side: _cell(value) for side, value in sides.items()}}
        for one in found
        for option, sides in (one["changes"] or {"": {}}).items()
    ]
    return write_table(header, rows)


def _cell(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


MODULE = ModuleSpec(OPTIONS, compare)

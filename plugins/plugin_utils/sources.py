# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads a document, or parts of it, from files: JSON, YAML, CSV for users, or a folder of these.

Files don't pass through Ansible's variables: 20,000 users would take half a minute there. Numbers stay as they are
written, so that a telephone number keeps its leading zero.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.xivo.xci.plugins.module_utils.api.errors import InputError, Problem
from ansible_collections.xivo.xci.plugins.module_utils.engine.planner import KINDS
from ansible_collections.xivo.xci.plugins.module_utils.model.resources import USER
from ansible_collections.xivo.xci.plugins.module_utils.model.suggestion import suggestion
from ansible_collections.xivo.xci.plugins.module_utils.modules.config import InvalidDocument
from ansible_collections.xivo.xci.plugins.module_utils.modules.tables import read_table, refuse_encoding
from ansible_collections.xivo.xci.plugins.plugin_utils.yaml_files import read_yaml

ENDINGS = (".json", ".yml", ".yaml", ".csv")
IGNORED = "x-"
"""How the names at the top of a file begin that are for its author, such as anchors."""
Read = Callable[[str], bytes]


@dataclass
class Source:
    """A document out of files; *places* says for each entry of a kind where it stands."""

    document: dict[str, list[Any]] = field(default_factory=dict)
    places: dict[str, list[str]] = field(default_factory=dict)
    silent: list[tuple[str, str]] = field(default_factory=list)
    """Files that name no object and don't say ``[]`` either, each with the kind that it is about, if that is known."""

    def add(self, kind: str, entries: list[Any], places: list[str]) -> None:
        self.document.setdefault(kind, []).extend(entries)
        self.places.setdefault(kind, []).extend(places)

    def join(self, other: Source) -> None:
        """Add what another one has."""
        self.silent += other.silent
        for kind, entries in other.document.items():
            self.add(kind, entries, other.places[kind])

    def check_purge(self, purge: Collection[str]) -> None:
        """Raise InputError where a list that is to be purged comes from a file that may have lost its content.

        Only ``[]`` says that there shall be none; what is empty, commented out or a header alone says nothing.
        """
        for name, kind in self.silent:
            for purged in sorted({kind} & set(purge) if kind else purge):
                raise InputError(
                    f"purge includes {purged}, but {name} has no {kind or 'objects'}, not even an empty list; nothing "
                    f"was changed. Remove the file if that is right, or write '{purged}: []' in a YAML file to delete "
                    f"all {purged}"
                )


def load(path: str, read: Read, decrypt: Callable[[str], str]) -> Source:
    """Read a file, or all files below a folder in the order of their paths.

    *read* returns a file's content without a vault's encryption, *decrypt* the text of a single vaulted value; both
    raise InputError. Raise InvalidDocument with all that is no part of a document.
    """
    source = Source()
    problems: list[Problem] = []
    files = list(_files(path, problems))
    if not files and not problems:
        problems.append(Problem(f"no file in this folder ends with {', '.join(ENDINGS)}", place=shown_name(path)))
    for name in files:
        shown = shown_name(name)
        try:
            _check_regular(name)
            _add_file(source, shown, read(name), decrypt)
        except InputError as error:
            problems += [one if one.place else one.at(place=shown) for one in error.problems]
    if problems:
        raise InvalidDocument(*problems)
    return source


def shown_name(path: str) -> str:
    """Return a file's name for a person: relative to where Ansible was started, or absolute if it is elsewhere."""
    relative = os.path.relpath(path)
    return os.path.abspath(path) if relative.startswith(os.pardir) else relative


def _files(path: str, problems: list[Problem]) -> Iterator[str]:
    if os.path.isdir(path):
        yield from _walk(path, set(), problems)
    elif _is_document(path):
        yield path
    else:
        problem = f"a file must end with {', '.join(ENDINGS)}; or give a folder of such files"
        problems.append(Problem(problem, place=shown_name(path)))


def _is_document(name: str) -> bool:
    return name.lower().endswith(ENDINGS)


def _walk(folder: str, seen: set[str], problems: list[Problem]) -> Iterator[str]:
    """Yield the files below a folder, also behind links; *seen* are the folders that were read, against circles."""
    real = os.path.realpath(folder)
    if real in seen:
        return
    seen.add(real)
    try:
        names = sorted(name for name in os.listdir(folder) if not name.startswith("."))
    except OSError as error:
        problems.append(Problem(f"the folder can't be read: {error.strerror}", place=shown_name(folder)))
        return
    folders = []
    for path in (os.path.join(folder, name) for name in names):
        if os.path.isdir(path):
            folders.append(path)
        elif _is_document(path) or not os.path.exists(path):
            # A link that leads nowhere may be a folder of documents.
            yield path
    for path in folders:
        yield from _walk(path, seen, problems)


def _check_regular(name: str) -> None:
    try:
        mode = os.stat(name).st_mode
    except OSError as error:
        raise InputError(f"can't be read: {error.strerror}") from None
    if not stat.S_ISREG(mode):
        raise InputError("not a regular file")


def _add_file(source: Source, shown: str, content: bytes, decrypt: Callable[[str], str]) -> None:
    if shown.lower().endswith(".csv"):
        rows = read_table(content, shown)
        if not rows:
            source.silent.append((shown, USER.plural))
            return
        source.add(USER.plural, [row for _line, row in rows], [f"{shown} line {line}" for line, _row in rows])
        return
    document, lines = _parse(content, shown, decrypt)
    if isinstance(document, Mapping):
        document = {name: value for name, value in document.items() if not str(name).startswith(IGNORED)}
    if document is None or document == {}:
        source.silent.append((shown, ""))
        return
    if not isinstance(document, Mapping):
        problem = f"no part of a document: it has to be a mapping of {', '.join(KINDS)}"
        raise InputError(Problem(problem, place=f"{shown} line 1"))
    places = {name: [f"{shown} line {line}" for line in lines.get(str(name), ())] for name in document}
    problems = [Problem(why, str(name), place=[*places[name], shown][0]) for name, why in _unlisted(document)]
    if problems:
        raise InputError(*problems)
    for kind, entries in document.items():
        if entries is None:
            source.silent.append((shown, kind))
        else:
            known = places[kind][1:] or [shown] * len(entries)
            source.add(kind, entries, [f"{place}: {kind}[{index}]" for index, place in enumerate(known)])


def _unlisted(document: Mapping[Any, Any]) -> Iterator[tuple[Any, str]]:
    """Yield what is no list of a document, and why."""
    for name, entries in document.items():
        if name not in KINDS:
            yield name, f"unsupported list; {suggestion(name, KINDS) or 'use one of ' + ', '.join(KINDS)}"
        elif not isinstance(entries, list) and entries is not None:
            yield name, "expected a list"


class _Duplicate(ValueError):
    """A key stands twice in an object of a JSON file."""


def _parse(content: bytes, shown: str, decrypt: Callable[[str], str]) -> tuple[Any, Mapping[str, list[int]]]:
    """Return what a file says, and for each key at its top its line and those of its entries, where they are known."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        refuse_encoding(content, error, shown)
    if not shown.lower().endswith(".json"):
        return read_yaml(text, shown, decrypt)
    try:
        return json.loads(text, object_pairs_hook=_once), {}
    except _Duplicate as error:
        read_yaml(text, shown, decrypt)  # knows the line
        raise InputError(str(error)) from None
    except json.JSONDecodeError as error:
        raise InputError(Problem(f"{error.msg}, column {error.colno}", place=f"{shown} line {error.lineno}")) from None
    except RecursionError:
        raise InputError("nested too deeply") from None
    except ValueError as error:
        raise InputError(str(error)) from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make a mapping; a key that stands twice would hide the first one, and all that it holds."""
    mapping = dict(pairs)
    if len(mapping) < len(pairs):
        names = [name for name, _value in pairs]
        raise _Duplicate(f"{next(name for name in names if names.count(name) > 1)!r} is a duplicate key")
    return mapping

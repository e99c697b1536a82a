# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads a document, or parts of it, from files: JSON, YAML, CSV for users, or a folder of these.

Files don't pass through Ansible's variables: 20,000 users would take half a minute there. Numbers stay as they are
written, so that a telephone number keeps its leading zero.
"""

from __future__ import annotations

import csv
import difflib
import io
import json
import os
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from ansible_collections.xivo.xci.plugins.module_utils.api.errors import InputError
from ansible_collections.xivo.xci.plugins.module_utils.engine.planner import KINDS

ENDINGS = (".json", ".yml", ".yaml", ".csv")
DELIMITERS = ",;\t|"
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

    *read* returns a file's content without a vault's encryption, *decrypt* the text of a single vaulted value. Raise
    InputError for what is no part of a document.
    """
    source = Source()
    files = list(_files(path))
    if not files:
        raise InputError(f"src {path!r} holds no file that ends with {', '.join(ENDINGS)}")
    for name in files:
        shown = os.path.relpath(name, path) if os.path.isdir(path) else os.path.basename(name)
        _add_file(source, shown, _text(read(name), shown), decrypt)
    return source


def _files(path: str) -> Iterator[str]:
    if not os.path.isdir(path):
        if not path.endswith(ENDINGS):
            raise InputError(f"src {path!r} must end with {', '.join(ENDINGS)}, or be a folder of such files")
        yield path
        return
    for folder, folders, names in os.walk(path):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (os.path.join(folder, n) for n in sorted(names) if n.endswith(ENDINGS) and not n.startswith("."))


def _text(content: bytes, shown: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"{shown} is not in UTF-8; save it so, with or without a byte order mark") from None


def _add_file(source: Source, shown: str, text: str, decrypt: Callable[[str], str]) -> None:
    if shown.endswith(".csv"):
        rows = list(_rows(text, shown))
        if not rows:
            source.silent.append((shown, "users"))
            return
        source.add("users", [row for _line, row in rows], [f"{shown} line {line}" for line, _row in rows])
        return
    document = _parse(text, shown, decrypt)
    if document is None or document == {}:
        source.silent.append((shown, ""))
        return
    if not isinstance(document, Mapping):
        raise InputError(f"{shown} is no part of a document: it has to be a mapping of {', '.join(KINDS)}")
    strangers = [name for name in document if name not in KINDS]
    if strangers:
        near = difflib.get_close_matches(str(strangers[0]), KINDS, 1)
        hint = f"did you mean {near[0]}?" if near else f"use one of {', '.join(KINDS)}"
        raise InputError(f"{shown}: {strangers[0]}: unsupported list; {hint}")
    for kind, entries in document.items():
        if entries is None:
            source.silent.append((shown, kind))
            continue
        if not isinstance(entries, list):
            raise InputError(f"{shown}: {kind} is not a list")
        source.add(kind, entries, [f"{shown}: {kind}[{index}]" for index in range(len(entries))])


def _parse(text: str, shown: str, decrypt: Callable[[str], str]) -> Any:
    try:
        if shown.endswith(".json"):
            return json.loads(text, object_pairs_hook=_once)
        loader = _loader(decrypt)(text)
        try:
            return loader.get_single_data()
        finally:
            loader.dispose()
    except (ValueError, RecursionError, yaml.YAMLError) as error:
        raise InputError(f"{shown} can't be read: {_brief(error)}") from None


def _brief(error: Exception) -> str:
    """Return what is wrong and where; the text around it may hold a password."""
    mark = getattr(error, "problem_mark", None)
    if mark is not None:
        return f"{getattr(error, 'problem', '')} in line {mark.line + 1}, column {mark.column + 1}"
    return "it is nested too deeply" if isinstance(error, RecursionError) else str(error)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make a mapping; a key that stands twice would hide the first one, and all that it holds."""
    mapping = dict(pairs)
    if len(mapping) < len(pairs):
        names = [name for name, _value in pairs]
        raise ValueError(f"{next(name for name in names if names.count(name) > 1)!r} is a duplicate key")
    return mapping


def _loader(decrypt: Callable[[str], str]) -> Any:
    """Return a loader of YAML that takes only true, false and null for more than text."""

    class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
        yaml_implicit_resolvers = {  # noqa: RUF012
            first: [(tag, expression) for tag, expression in resolvers if tag.endswith((":bool", ":null", ":merge"))]
            for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
        }

        def construct_mapping(self, node: Any, deep: bool = False) -> Any:
            keys = [key.value for key, _value in node.value]
            if len(set(map(str, keys))) < len(keys):
                twice = next(key for key in keys if keys.count(key) > 1)
                raise yaml.constructor.ConstructorError(None, None, f"{twice!r} is a duplicate key", node.start_mark)
            return super().construct_mapping(node, deep)

    Loader.add_constructor("!vault", lambda loader, node: decrypt(loader.construct_scalar(node)))
    Loader.add_constructor("!unsafe", lambda loader, node: loader.construct_scalar(node))
    return Loader


def _rows(text: str, shown: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the rows of a table of users, each with its line; an empty cell is an option that is not given."""
    header_line = text.partition("\n")[0]
    delimiter = max(DELIMITERS, key=header_line.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        header = [name.strip() for name in next(reader, [])]
        if len(set(header)) < len(header) or "" in header:
            raise InputError(f"{shown} line 1: each column needs a name of its own, the name of an option")
        for row in reader:
            cells = [_unguarded(cell) for cell in row]
            if not any(cells):
                continue
            if len(cells) != len(header):
                raise InputError(
                    f"{shown} line {reader.line_num}: it has {len(cells)} cells, and line 1 has {len(header)}"
                )
            yield reader.line_num, {name: cell for name, cell in zip(header, cells, strict=True) if cell != ""}
    except csv.Error as error:
        raise InputError(f"{shown} line {reader.line_num}: {error}") from None


def _unguarded(cell: str) -> str:
    """Return a cell without what spreadsheets put around a number to keep its leading zero: ``="0123"``."""
    guarded = re.fullmatch(r'="(.*)"', cell.strip())
    return guarded.group(1) if guarded else cell.strip()

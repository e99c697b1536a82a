# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes a document as a tree of YAML files: one folder for each XiVO, and in it one file of users for each entity.

It reads a JSON object with ``directory``, ``config``, ``left_out`` and ``xivo`` (of which it is a part, or null) from
standard input, and prints the files that it changed. With ``--dry-run`` it only prints those that it would change. It
needs the standard library only.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

MARK = "# Written by the role xivo.xci.xci_export; the next export replaces it."
PLACES = {
    "xivos": "{xivo}/xivo.yml",
    "entities": "{xivo}/entities.yml",
    "templates": "templates.yml",
    "users": "{xivo}/users/{entity}.yml",
    "admins": "admins.yml",
}
# JSON strings are valid YAML, except for these characters, which have to be escaped.
UNUSUAL = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]")

Item = Mapping[str, Any]


def main(arguments: Sequence[str]) -> int:
    try:
        return export(json.load(sys.stdin), "--dry-run" in arguments)
    except OSError as error:
        print(f"{error.strerror}: {error.filename}", file=sys.stderr)
        return 1


def export(given: Mapping[str, Any], dry_run: bool) -> int:
    root = Path(given["directory"])
    texts = {root / name: text for name, text in files(given["config"], given["left_out"], given["xivo"]).items()}
    written = [path for path, text in texts.items() if read(path) != text]
    removed = [path for path in ours(root, given["config"], given["xivo"]) if path not in texts]
    foreign = [str(path) for path in written if read(path) is not None and not is_ours(path)]
    if foreign:
        names = ", ".join(foreign)
        print(f"not written by an export: {names}; move these files away, or choose another folder", file=sys.stderr)
        return 1
    if not dry_run:
        for path in removed:
            path.unlink()
        for path in written:
            write(path, texts[path])
        tidy(root, removed)
    shown = {"written": written, "removed": removed}
    listed = {what: sorted(str(path.relative_to(root)) for path in paths) for what, paths in shown.items()}
    print(json.dumps({"changed": bool(written or removed), **listed}))
    return 0


# -- which files ----------------------------------------------------------------------------------------------------


def files(config: Mapping[str, Sequence[Item]], left_out: Sequence[str], xivo: str | None) -> dict[str, str]:
    """Return the files of a document with their content; for one XiVO, without what several XiVOs share."""
    entities = {f"{one['name']}@{one['xivo']}": (one["xivo"], one["name"]) for one in config.get("entities", ())}
    lists: dict[str, tuple[str, list[Item]]] = {}
    for kind in kinds(config, xivo):
        if "{" not in PLACES[kind]:
            lists[PLACES[kind]] = (kind, [])
        for item in config[kind]:
            lists.setdefault(place(kind, item, entities), (kind, []))[1].append(item)
    return {name: text_of(kind, items, left_out) for name, (kind, items) in lists.items()}


def kinds(config: Mapping[str, Any], xivo: str | None) -> list[str]:
    return [kind for kind, where in PLACES.items() if kind in config and (not xivo or "{xivo}" in where)]


def place(kind: str, item: Item, entities: Mapping[str, tuple[str, str]]) -> str:
    """Return the file that contains an object."""
    if kind == "users":
        name, _at, xivo = item["entity"].rpartition("@")
        xivo, name = entities.get(item["entity"], (xivo, name))
    else:
        name, xivo = "", item["name"] if kind == "xivos" else item.get("xivo", "")
    return PLACES[kind].format(xivo=safe(xivo), entity=safe(name))


def safe(name: str) -> str:
    """Return a name as a file name: what could leave the folder, hide the file or not be stored is escaped."""
    escaped = re.sub(r"[%/\\\x00-\x1f\x7f]|^\.|^$", lambda found: f"%{ord(found[0] or '_'):02X}", name)
    return UNUSUAL.sub(lambda found: f"%u{ord(found[0]):04X}", escaped)


def ours(root: Path, config: Mapping[str, Any], xivo: str | None) -> Iterator[Path]:
    """Yield the files that an earlier export of the same scope wrote."""
    for kind in kinds(config, xivo):
        folder = root / safe(xivo) if xivo else root
        pattern = PLACES[kind].format(xivo="*", entity="*")
        for path in folder.glob(pattern.partition("/")[2] if xivo else pattern):
            if is_ours(path):
                yield path


def is_ours(path: Path) -> bool:
    return MARK in (read(path) or "").splitlines()[:2]


def tidy(root: Path, removed: Sequence[Path]) -> None:
    """Delete the folders that are now empty."""
    folders = {parent for path in removed for parent in path.parents if root in parent.parents}
    for folder in sorted(folders, reverse=True):
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()


# -- what is in them ------------------------------------------------------------------------------------------------


def text_of(kind: str, items: Sequence[Item], left_out: Sequence[str]) -> str:
    hidden = [name.partition(".")[2] for name in left_out if name.startswith(f"{kind}.")]
    remark = [f"# XCI does not show {' and '.join(hidden)}."] if hidden else []
    body = [f"{kind}:", *(line for item in items for line in lines_of(item))] if items else [f"{kind}: []"]
    return "\n".join(["---", MARK, *remark, *body, ""])


def lines_of(item: Item) -> Iterator[str]:
    """Yield the lines of one object; the first starts its entry in the list."""
    start = "  - "
    for name, value in item.items():
        if isinstance(value, list) and value and isinstance(value[0], Mapping):
            yield f"{start}{name}:"
            for one in value:
                yield f"      - {{{', '.join(f'{key}: {scalar(text)}' for key, text in one.items())}}}"
        elif isinstance(value, list):
            yield f"{start}{name}: [{', '.join(map(scalar, value))}]"
        else:
            yield f"{start}{name}: {scalar(value)}"
        start = "    "


def scalar(value: Any) -> str:
    """Return a value as YAML; text is quoted, so that 0149 and no stay text."""
    return UNUSUAL.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(value, ensure_ascii=False))


# -- reading and writing --------------------------------------------------------------------------------------------


def read(path: Path) -> str | None:
    try:
        return path.read_bytes().decode("utf-8", "replace")
    except FileNotFoundError:
        return None


def write(path: Path, text: str) -> None:
    """Write a file atomically."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.new")
    beside.write_bytes(text.encode("utf-8"))
    beside.replace(path)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

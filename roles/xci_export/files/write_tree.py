# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes a document as a tree of YAML files: one folder for each XiVO, and in it one file of users for each entity.

It reads a JSON object with ``directory``, ``config``, ``left_out``, ``xivo`` (of which it is a part, or null),
``xivos`` (the names of all) and ``mode`` (the permissions of the files) from standard input, and prints the files that
it changed. With ``--dry-run`` it only prints those that it would change. It needs the standard library only.

The tree has a copy of the JSON Schema of a document, to which the first line of each file leads: editors find it
wherever the tree is checked out, with any release of the collection, and without a network.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

MARK = "# Written by the role xivo.xci.xci_export; the next export replaces it."
MODELINE = "# yaml-language-server: $schema="
SCHEMA = ".xci.schema.json"
"""A hidden file, which is not read as a part of the document."""
PLACES = {
    "xivos": "{xivo}/xivo.yml",
    "entities": "{xivo}/entities.yml",
    "templates": "templates.yml",
    "users": "{xivo}/users/{entity}.yml",
    "admins": "admins.yml",
}
SHARED = [where for where in PLACES.values() if "{" not in where]
"""What is beside the folders of the XiVOs."""
LONGEST = 100
"""How many bytes of a name are kept; file systems take 255 of a whole file name, and paths have a limit, too."""
UNSAFE = re.compile(r'[%/\\:*?"<>|\x00-\x1f\x7f]|^[. ]|[. ]$|^$')
DEVICE = re.compile("(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])([.].*)?", re.IGNORECASE)
"""What Windows takes for a device, whatever its ending."""
# JSON strings are valid YAML, except for these characters, which have to be escaped.
UNUSUAL = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]")

Item = Mapping[str, Any]


def main(arguments: Sequence[str]) -> int:
    try:
        return export(json.load(sys.stdin), "--dry-run" in arguments)
    except OSError as error:
        print(f"{error.strerror}: {error.filename}", file=sys.stderr)
    except ValueError as error:
        print(error, file=sys.stderr)
    return 1


def export(given: Mapping[str, Any], dry_run: bool) -> int:
    root, mode = Path(given["directory"]), permissions(given["mode"])
    config, xivo = given["config"], given["xivo"]
    folders = file_names({*given["xivos"], *(name for name, _entity in scopes(config))}, SHARED)
    texts = {root / name: text for name, text in files(config, given["left_out"], xivo, folders).items()}
    texts[root / SCHEMA] = Path(__file__).with_name("xci.schema.json").read_text(encoding="utf-8")
    written = [path for path, text in texts.items() if read(path) != text]
    removed = [path for path in ours(root, config, folders.get(xivo, safe(xivo)) if xivo else "") if path not in texts]
    foreign = [str(path) for path in written if path.name != SCHEMA and read(path) is not None and not is_ours(path)]
    if foreign:
        names = ", ".join(foreign)
        print(f"not written by an export: {names}; move these files away, or choose another folder", file=sys.stderr)
        return 1
    if not dry_run:
        for path in removed:
            path.unlink()
        for path in written:
            write(path, texts[path])
        for path in texts:
            permit(path, mode)
        tidy(root, removed)
    shown = {"written": written, "removed": removed}
    listed = {what: sorted(str(path.relative_to(root)) for path in paths) for what, paths in shown.items()}
    print(json.dumps({"changed": bool(written or removed), **listed}))
    return 0


# -- which files ----------------------------------------------------------------------------------------------------


def files(
    config: Mapping[str, Sequence[Item]], left_out: Sequence[str], xivo: str | None, folders: Mapping[str, str]
) -> dict[str, str]:
    """Return the files of a document with their content; for one XiVO, without what several XiVOs share.

    *folders* are the folders of the XiVOs.
    """
    known = known_entities(config)
    inside: dict[str, set[str]] = {}
    for name, entity in scopes(config):
        inside.setdefault(name, set()).add(entity)
    entities = {name: file_names(names) for name, names in inside.items()}
    lists: dict[str, tuple[str, list[Item]]] = {}
    for kind in kinds(config, xivo):
        if "{" not in PLACES[kind]:
            lists[PLACES[kind]] = (kind, [])
        for item in config[kind]:
            name, entity = scope(kind, item, known)
            file = PLACES[kind].format(xivo=folders.get(name), entity=entities.get(name, {}).get(entity))
            lists.setdefault(file, (kind, []))[1].append(item)
    return {name: modeline(name) + text_of(kind, items, left_out) for name, (kind, items) in lists.items()}


def kinds(config: Mapping[str, Any], xivo: str | None) -> list[str]:
    return [kind for kind, where in PLACES.items() if kind in config and (not xivo or "{xivo}" in where)]


def known_entities(config: Mapping[str, Sequence[Item]]) -> dict[str, tuple[str, str]]:
    """Return the XiVO and the name of each entity, by how a user names it."""
    return {f"{one['name']}@{one['xivo']}": (one["xivo"], one["name"]) for one in config.get("entities", ())}


def scopes(config: Mapping[str, Sequence[Item]]) -> Iterator[tuple[str, str]]:
    """Yield the XiVO and the entity of each object that has such."""
    known = known_entities(config)
    yield from known.values()
    for kind in ("xivos", "users"):
        yield from (scope(kind, item, known) for item in config.get(kind, ()))


def scope(kind: str, item: Item, known: Mapping[str, tuple[str, str]]) -> tuple[str, str]:
    """Return the XiVO and the entity of an object, each empty where it has none."""
    if kind == "users":
        name, _at, xivo = item["entity"].rpartition("@")
        return known.get(item["entity"], (xivo, name))
    return (item["name"] if kind == "xivos" else item.get("xivo", "")), ""


def file_names(names: Iterable[str], taken: Iterable[str] = ()) -> dict[str, str]:
    """Return for each name a file name that no other has, on Windows and macOS, too, which ignore case.

    It depends on the other names only where it would be the same as theirs.
    """
    safe_names = {name: safe(name) for name in names}
    counts = Counter(map(folded, [*safe_names.values(), *taken]))
    return {name: f"{file}~{digest(name)}" if counts[folded(file)] > 1 else file for name, file in safe_names.items()}


def folded(name: str) -> str:
    """Return what is the same for names that a file system may take for one."""
    return unicodedata.normalize("NFD", unicodedata.normalize("NFD", name).casefold())


def digest(name: str) -> str:
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]


def safe(name: str) -> str:
    """Return a name as a file name: what could leave the folder, hide the file or not be stored is escaped."""
    escaped = UNSAFE.sub(lambda found: f"%{ord(found[0] or '_'):02X}", name)
    escaped = UNUSUAL.sub(lambda found: f"%u{ord(found[0]):04X}", escaped)
    if DEVICE.fullmatch(escaped):
        escaped = f"%{ord(escaped[0]):02X}{escaped[1:]}"
    whole = escaped.encode()
    return escaped if len(whole) <= LONGEST else f"{whole[:LONGEST].decode(errors='ignore')}~{digest(name)}"


def ours(root: Path, config: Mapping[str, Any], folder: str) -> Iterator[Path]:
    """Yield the files that an earlier export of the same scope wrote; *folder* is that of the one XiVO, or empty."""
    for kind in kinds(config, folder):
        pattern = PLACES[kind].format(xivo="*", entity="*")
        for path in (root / folder).glob(pattern.partition("/")[2] if folder else pattern):
            if is_ours(path):
                yield path


def is_ours(path: Path) -> bool:
    return MARK in (read(path) or "").splitlines()[:3]


def tidy(root: Path, removed: Sequence[Path]) -> None:
    """Delete the folders that are now empty."""
    folders = {parent for path in removed for parent in path.parents if root in parent.parents}
    for folder in sorted(folders, reverse=True):
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()


# -- what is in them ------------------------------------------------------------------------------------------------


def modeline(name: str) -> str:
    """Return the first line of a file, which leads an editor to the schema."""
    return f"{MODELINE}{'../' * name.count('/')}{SCHEMA}\n"


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


def permissions(mode: str | int) -> int:
    """Return the permissions of files, such as 384 for ``"0600"`` and for the 384 that YAML makes of it."""
    try:
        number = int(mode, 8) if isinstance(mode, str) else int(mode)
    except ValueError:
        number = -1
    if not 0 <= number <= 0o777:
        raise ValueError(f'xci_file_mode is {mode}; give octal digits in quotes, such as "0600"')
    return number


def permit(path: Path, mode: int) -> None:
    """Set the permissions of a file, unless it belongs to somebody else."""
    if path.stat().st_mode & 0o777 != mode:
        with contextlib.suppress(PermissionError):
            path.chmod(mode)


def write(path: Path, text: str) -> None:
    """Write a file atomically, which only its owner can read at first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # Hosts that write their parts of one tree at the same time have the schema in common.
    beside = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(text.encode("utf-8"))
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Set where this project is published: in galaxy.yml, and in each link of the repository.

usage: address.py https://example.org/group/project | --check

Links to the repository have to be absolute where they are read elsewhere, such as in README.md. The address in
galaxy.yml is the one that counts; --check finds links to another one of the same project.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]


def address(root: Path = ROOT) -> str:
    return str(yaml.safe_load((root / "galaxy.yml").read_text(encoding="utf-8"))["repository"])


def texts(root: Path) -> Iterator[tuple[Path, str]]:
    """Yield the text files that git knows."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, text=True, check=True).stdout
    for path in (root / name for name in listed.split("\0") if name):
        try:
            yield path, path.read_text(encoding="utf-8")
        except (UnicodeDecodeError, FileNotFoundError, IsADirectoryError):
            continue


def strangers(root: Path, known: str) -> Iterator[str]:
    """Yield the files with a link to a repository of this name elsewhere."""
    other = re.compile(rf"https://[\w.-]+/[\w./-]*{re.escape(known.rpartition('/')[2])}(?=[/.)\s\"']|$)")
    for path, text in texts(root):
        for found in other.findall(text):
            if not found.startswith(known):
                yield f"{path.relative_to(root)}: {found}, not {known}"


def move(root: Path, old: str, new: str) -> None:
    for path, text in texts(root):
        moved = text.replace(old, new)
        if path == root / "docs" / "docsite" / "links.yml":
            moved = moved.replace(f"repository: {_tail(old)}\n", f"repository: {_tail(new)}\n")
        if moved != text:
            path.write_text(moved, encoding="utf-8")


def _tail(url: str) -> str:
    return "/".join(url.split("/")[-2:])


def main(arguments: list[str], root: Path = ROOT) -> int:
    if arguments == ["--check"]:
        wrong = list(strangers(root, address(root)))
        print(*wrong, sep="\n", end="\n" if wrong else "", file=sys.stderr)
        return 1 if wrong else 0
    if len(arguments) != 1 or not re.fullmatch(r"https://[\w.-]+(/[\w.-]+){2,}", arguments[0]):
        print(__doc__, file=sys.stderr)
        return 2
    move(root, address(root), arguments[0])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check links without a network: those inside of the built site, and those of Markdown files into the repository.

usage: links.py SITE REPOSITORY
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import yaml

MARKDOWN_LINK = re.compile(r"\]\(([^()\s]+)\)")
HEADING = re.compile(r"^#+ +(.*?)\s*$", re.MULTILINE)


class Page(HTMLParser):
    """The links of a page, and what a link can lead to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.anchors: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.anchors |= {value for name in ("id", "name") if (value := given.get(name))}
        self.links += [value for name in ("href", "src") if (value := given.get(name))]


@cache
def page(path: Path) -> Page:
    return Page(path.read_text(encoding="utf-8"))


@cache
def anchors(path: Path) -> set[str]:
    """Return the anchors of a Markdown file, as GitHub makes them of its headings."""
    titles = HEADING.findall(path.read_text(encoding="utf-8"))
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def broken_in_site(site: Path) -> Iterator[str]:
    for path in sorted(site.rglob("*.html")):
        for link in page(path).links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path.resolve()
            if not target.exists():
                yield f"{path.relative_to(site)}: {link}"
            elif parts.fragment and target.suffix == ".html" and unquote(parts.fragment) not in page(target).anchors:
                yield f"{path.relative_to(site)}: {link}: no such anchor"


def broken_in_markdown(root: Path) -> Iterator[str]:
    address = yaml.safe_load((root / "galaxy.yml").read_text(encoding="utf-8"))["repository"]
    inside = re.compile(rf"{re.escape(address)}/(?:blob|tree|raw)/main/")
    tracked = subprocess.run(["git", "ls-files", "-z", "*.md"], cwd=root, capture_output=True, text=True, check=True)
    for path in [root / name for name in tracked.stdout.split("\0") if name]:
        for link in MARKDOWN_LINK.findall(path.read_text(encoding="utf-8")):
            found = inside.match(link)
            if not found and urlsplit(link).scheme:
                continue
            name, _hash, fragment = (link[found.end() :] if found else link).partition("#")
            target = (root if found else path.parent) / unquote(name) if name else path
            if not target.exists():
                yield f"{path.relative_to(root)}: {link}"
            elif fragment and target.suffix == ".md" and fragment not in anchors(target):
                yield f"{path.relative_to(root)}: {link}: no such heading"


def main(arguments: list[str]) -> int:
    site, root = map(Path, arguments)
    broken = [*broken_in_site(site), *broken_in_markdown(root)]
    print(*broken, sep="\n", end="\n" if broken else "", file=sys.stderr)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

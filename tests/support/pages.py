# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What has to be true of each HTML page of the collection, as far as that is seen without a browser."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import Any

VOID = {"meta", "link", "input", "br", "img"}


class Page(HTMLParser):
    """A page that was read: its *text*, its *data* (script elements with JSON, by id), and what is *wrong* with it."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.wrong: list[str] = []
        self.text = ""
        self.data: dict[str, Any] = {}
        self.lang = ""
        self.tags: list[tuple[str, dict[str, str]]] = []
        self._open: list[tuple[str, dict[str, str]]] = []
        self.feed(source)
        self.close()
        self.wrong += [f"<{tag}> is not closed" for tag, _attributes in self._open]
        if not source.lstrip().startswith("<!DOCTYPE html>"):
            self.wrong.append("no doctype")
        ids = [attributes["id"] for _tag, attributes in self.tags if "id" in attributes]
        self.wrong += [f"id {one} is there twice" for one in {*ids} if ids.count(one) > 1]
        labels = [attributes.get("aria-labelledby") for _tag, attributes in self.tags]
        self.wrong += [f"no id {one}" for one in labels if one and one not in ids]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        self.tags.append((tag, attributes))
        self.wrong += [f"{tag} has {name}" for name in attributes if name.startswith("on")]
        if tag == "html":
            self.lang = attributes.get("lang", "")
        if tag == "th" and attributes.get("scope") not in ("col", "row"):
            self.wrong.append(f"a th has no scope: {self.get_starttag_text()}")
        links = [attributes.get(name, "") for name in ("src", "href", "action", "data", "poster", "srcset")]
        self.wrong += [f"{tag} loads {one}" for one in links if one and not one.startswith(("#", "data:"))]
        if tag not in VOID:
            self._open.append((tag, attributes))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open[-1][0] != tag:
            self.wrong.append(f"</{tag}> closes {self._open[-1][0] if self._open else 'nothing'}")
            return
        self._open.pop()

    def handle_data(self, data: str) -> None:
        tag, attributes = self._open[-1] if self._open else ("", {})
        if tag == "script" and attributes.get("type") == "application/json":
            self.data[attributes["id"]] = json.loads(data)
        elif tag in ("style", "script"):
            self.wrong += [f"{tag} names {one}" for one in re.findall(r"https?:|@import|url\(", data)]
        else:
            self.text += data

    def count(self, tag: str) -> int:
        return sum(one == tag for one, _attributes in self.tags)


def checked(source: str) -> Page:
    """Return a page; fail where something is wrong with it."""
    page = Page(source)
    assert not page.wrong, page.wrong[:10]
    assert page.lang in ("en", "fr")
    assert page.count("caption") == page.count("table")
    return page

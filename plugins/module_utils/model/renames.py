# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A document for one XCI as that for another one, where the same telephone servers have other names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..api.errors import InputError, Problem
from .fields import Resource
from .resources import PEOPLE, RESOURCES
from .values import Ref

RENAME: dict[str, Any] = {"type": "list", "elements": "str", "default": []}
"""The option with pairs such as ``test-xivo=prod-xivo``."""
Document = Mapping[str, Any]


def parse_pairs(texts: Iterable[str], option: str = "rename") -> dict[str, str]:
    """Return the new names by the old ones; raise InputError for what is no pair."""
    pairs: dict[str, str] = {}
    for text in texts:
        old, sign, new = (part.strip() for part in text.partition("="))
        if not (old and sign and new) or old in pairs:
            raise InputError(
                Problem(f"invalid value: {text!r} is no pair such as old=new, or its old one repeats", option)
            )
        pairs[old] = new
    return pairs


class Renames:
    """New names of XiVOs; *found* are the old ones that a document had."""

    def __init__(self, pairs: Mapping[str, str]) -> None:
        self.pairs = pairs
        self.found: set[str] = set()

    def document(self, document: Document) -> dict[str, Any]:
        """Return a document in which the XiVOs have their new names; what is no list of entries stays as it is."""
        if not self.pairs:
            return dict(document)
        by_plural = {resource.plural: resource for resource in RESOURCES.values()}
        return {
            plural: [self._entry(by_plural[plural], entry) for entry in entries]
            if plural in by_plural and isinstance(entries, (list, tuple))
            else entries
            for plural, entries in document.items()
        }

    def name(self, name: str) -> str:
        """Return the name of a XiVO."""
        return self._changed(name)

    def missing(self) -> Iterator[str]:
        """Yield a warning for the names that nothing had."""
        unknown = sorted(self.pairs.keys() - self.found)
        if unknown:
            yield f"rename: nothing in the document is called {', '.join(unknown)}"

    def _entry(self, resource: Resource, entry: Any) -> Any:
        if not isinstance(entry, Mapping):
            return entry
        renamed = {name: self._value(resource, name, value) for name, value in entry.items()}
        if resource is PEOPLE.xivos and renamed != entry:
            # Its address is that of the other one.
            kept = {*resource.identity, *resource.controls}
            return {name: value for name, value in renamed.items() if name in kept}
        return renamed

    def _value(self, resource: Resource, name: str, value: Any) -> Any:
        if isinstance(value, (list, tuple)):
            return [self._value(resource, name, one) for one in value]
        if not isinstance(value, str):
            return value
        if name == resource.identity[0]:
            return self.label(resource, value)
        ref = resource.references.get(name)
        return self.label(RESOURCES[ref.kind], value) if isinstance(ref, Ref) else value

    def label(self, resource: Resource, text: str) -> str:
        """Return a name of an object with the new name of its XiVO, such as ``accueil@prod-xivo``."""
        if resource is PEOPLE.xivos:
            return self._changed(text)
        head, tail = resource.take_apart(text)
        return f"{head}@{self._changed(tail)}" if head else text

    def _changed(self, name: str) -> str:
        if name in self.pairs:
            self.found.add(name)
        return self.pairs.get(name, name)

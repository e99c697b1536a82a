# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The entries of a document: what each says of an object, and where it is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from ..api.errors import Problem
from ..model.fields import Resource, Values
from ..model.parsing import Parsed, Place
from ..state.state import ObjectName


@dataclass
class Entry:
    """One object of a document: what is said of it, and where; *defaults* is what it has from the task."""

    resource: Resource
    options: Mapping[str, Any]
    parsed: Parsed
    index: int
    place_of: Place
    defaults: Values = field(default_factory=dict)

    @property
    def absent(self) -> bool:
        return self.options.get("state") == "absent"

    @property
    def chooses(self) -> bool:
        """Whether something is chosen for the entry, which must not be what a later one gives."""
        resource, desired = self.resource, self.parsed.desired
        return any(callable(resource[name].default) and name not in desired for name in resource.identity)

    @property
    def remedy(self) -> str:
        """What may be given once for all entries instead of an option that this one omits."""
        fields = [one for one in self.resource.fields if one.default_option and one.name not in self.parsed.desired]
        return "; ".join(
            f"set {one.default_option} for all {self.resource.plural} without {one.name}" for one in fields
        )

    @property
    def key(self) -> str:
        """The name of the object for a person, as far as the entry says it."""
        names = (*self.resource.identity, self.resource.scope)
        known = all(self.parsed.desired.get(name) for name in names if name)
        return self.resource.title(self.parsed.desired) if known else ""

    @property
    def match(self) -> str:
        """The way in which the object is found, such as ``cti_login``."""
        return str(self.options.get("match_on") or self.resource.default_lookup)

    @property
    def identity(self) -> ObjectName:
        """How the entry names its object, in its scope."""
        known = self.match if self.match in self.resource.lookup_keys else ""
        return self.resource.kind, self.resource.lookup_key(known, self.parsed.desired)

    def locate(self, problems: Iterable[Problem]) -> Iterator[Problem]:
        """Yield problems with where they are in the document."""
        place = partial(self.place_of, self.resource.plural)
        for one in problems:
            yield one.at(kind=self.resource.kind, key=one.key or self.key, index=self.index).located(place)

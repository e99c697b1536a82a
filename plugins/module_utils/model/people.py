# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The word of the tables for people: what the jobs of every day need to know of users and of what they are in."""

from __future__ import annotations

from dataclasses import dataclass

from .fields import Resource, Values


@dataclass(eq=False, repr=False)
class People:
    """Users as people; all but the resources are names of fields."""

    users: Resource
    entities: Resource
    templates: Resource
    admins: Resource
    xivos: Resource
    first: str
    last: str
    number: str
    login: str
    template: str
    code: str  #: what assigns a telephone to a user
    outside: str  #: the number under which others reach a user from outside
    mail: str
    intervals: str  #: of an entity
    manages_all: str  #: of an administrator

    @property
    def entity(self) -> str:
        """The field of a user that names the entity."""
        return self.users.scope

    @property
    def xivo(self) -> str:
        """The field of an entity that names its XiVO."""
        return self.users.moves_within

    def place(self, label: str) -> tuple[str, str]:
        """Return the entity and the XiVO of a label such as ``accueil@xivo-nord``."""
        name, _at, xivo = label.rpartition("@")
        return (name, xivo) if name else (label, "")

    def sort_key(self, values: Values) -> tuple[str, ...]:
        """Return what sorts people as a telephone directory does."""
        names = (self.last, self.first, self.number, self.entity)
        return (*(str(values.get(name) or "").casefold() for name in names), str(values.get("id")))

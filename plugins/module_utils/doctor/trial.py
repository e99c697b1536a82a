# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The scratch objects that all tries share, and what is sent for each."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Any

from ..model.spelling import whole_number
from .scratch import NotWhole, Raw, Scratch

CONTEXT = ("id", "combinedId", "xivo")
"""What an entity shows and a write does not send."""


@dataclass
class Trial:
    """The scratch objects that the tries share: two entities, templates, a user and an administrator."""

    scratch: Scratch
    here: Raw = field(default_factory=dict)
    there: Raw = field(default_factory=dict)
    templates: list[Raw] = field(default_factory=list)
    user: Raw = field(default_factory=dict)
    password: str = field(default_factory=lambda: f"Pw1{secrets.token_hex(8)}")

    # -- what is sent

    def entity(self, what: str, *spans: tuple[int, int]) -> Raw:
        number = self.scratch.number
        intervals = [{"start": number(start), "end": number(end) if end > start else ""} for start, end in spans]
        name = self.scratch.name(what)
        own = {"name": name, "displayName": name, "xivoId": whole_number(self.scratch.xivo["id"])}
        return {**own, "intervals": intervals, "presentedNumber": "inbNo"}

    def template(self, what: str, entities: list[Raw], prefix: str = "01", **more: Any) -> Raw:
        return {
            "name": self.scratch.name(what),
            "xivos": [],
            "entities": [one["combinedId"] for one in entities],
            "peerSipName": "auto",
            "ringingTime": 33,
            "routedInbound": True,
            "routedInboundPrefix": prefix,
            "callerIdMode": "incomingNo",
            "voiceMailEnabled": False,
            "voiceMailNumberMode": "short_number",
            **more,
        }

    def person(self, what: str, offset: int, entity: Raw | None = None, template: int = 0, **more: Any) -> Raw:
        return {
            "entityCId": (entity or self.here)["combinedId"],
            "templateId": whole_number(self.templates[template]["id"]),
            "firstName": "x",
            "lastName": self.scratch.name(what),
            "internalNumber": self.scratch.number(offset),
            **more,
        }

    @property
    def login(self) -> str:
        return f"{self.scratch.tag}-Cti"

    @property
    def whole(self) -> Raw:
        """The body of the first user as he was created."""
        return self.person("u1", 1, ctiLogin=self.login, ctiPassword=self.password)

    def can_write(self) -> bool:
        """Return whether a template can be created; its id may be guessed where no list shows it."""
        try:
            return self.add_template("t0", [], xivos=[whole_number(self.scratch.xivo["id"])]) is not None
        except NotWhole as missing:
            return missing.made

    def gone_if_made(self, kind: str, made: Raw | None) -> bool:
        """Remove what should not have been possible; return whether it was."""
        if made is not None:
            self.scratch.drop(kind, made)
        return made is not None

    def administrator(self, what: str, **more: Any) -> Raw:
        return {
            "login": self.scratch.name(what),
            "name": "x",
            "ldap": False,
            "password": self.password,
            "superAdmin": False,
            "entityIds": [whole_number(self.here["id"])],
            **more,
        }

    def add_template(self, what: str, entities: list[Raw], prefix: str = "01", **more: Any) -> int | None:
        """Create a template and return its place among the templates; None where it is refused."""
        made = self.scratch.make("templates", self.template(what, entities, prefix, **more))
        if made is None:
            return None
        self.templates.append(made)
        return len(self.templates) - 1

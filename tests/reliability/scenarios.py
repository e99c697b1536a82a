# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the fault matrix does to an XCI: each thing that a module can do, on a server that lets everything be twice."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ansible_collections.xivo.xci.tests.support import objects
from ansible_collections.xivo.xci.tests.support.objects import PASSWORD, TEMPLATE

PASSWORDS = (PASSWORD, "another-made-up-password", "made-up-too", "a-new-made-up-one", "the-workshop")
CTI_PASSWORDS = ("zoe-1001", "new-1001")

START: dict[str, Any] = {
    "xivos": objects.START["xivos"],
    "entities": [
        {"name": "accueil", "xivo": "xivo-nord", "displayName": "Été", "intervals": [{"start": "1000", "end": "1009"}]},
        {"name": "cave", "xivo": "xivo-nord", "displayName": "Été", "intervals": [{"start": "3000", "end": "3009"}]},
        {"name": "vide", "xivo": "xivo-sud", "intervals": [{"start": "2000", "end": "2009"}]},
    ],
    "templates": [{"name": TEMPLATE, "xivos": ["xivo-nord", "xivo-sud"]}, {"name": "Ancien modèle"}],
    "users": [
        {
            "entity": "accueil@xivo-nord",
            "template": TEMPLATE,
            "firstName": "Zoé",
            "lastName": "Durand",
            "internalNumber": "1001",
            "ctiLogin": "zdurand",
            "ctiPassword": "zoe-1001",
        },
        {
            "entity": "accueil@xivo-nord",
            "template": TEMPLATE,
            "firstName": "Noël",
            "lastName": "Petit",
            "internalNumber": "1002",
        },
        {"entity": "cave@xivo-nord", "template": TEMPLATE, "firstName": "Ève", "internalNumber": "3000"},
    ],
    "administrators": [
        {"login": "mlefevre", "name": "Lefèvre", "password": "another-made-up-password", "entities": ["cave@xivo-nord"]}
    ],
}
"""Accents everywhere, so that an answer in a wrong charset can't be read."""


@dataclass(frozen=True)
class Scenario:
    """One run of a module. *id_of* names the user to whose id the option id is set; *dialects* are the sandbox's."""

    name: str
    module: str
    options: dict[str, Any]
    dialects: dict[str, Any] = field(default_factory=dict)
    id_of: str = ""

    @property
    def reads_only(self) -> bool:
        return self.module.endswith("_info")

    @property
    def always_changes(self) -> bool:
        return self.module == "xci_sync" or self.options.get("update_password") == "always"


_USER = {"entity": "accueil@xivo-nord", "template": TEMPLATE}
_CONFIG: dict[str, Any] = {
    "entities": [
        {"name": "accueil", "xivo": "xivo-nord", "display_name": "Accueil général"},
        {"name": "atelier", "xivo": "xivo-nord", "intervals": [{"start": "4000", "end": "4009"}]},
    ],
    "templates": [
        {"name": "Modèle atelier", "entities": ["atelier@xivo-nord"]},
        {"name": "Ancien modèle", "state": "absent"},
    ],
    "users": [
        {"entity": "accueil@xivo-nord", "internal_number": "1001", "last_name": "Durand-Bœuf", "template": TEMPLATE},
        {"entity": "atelier@xivo-nord", "internal_number": "4001", "first_name": "Anaïs", "template": "Modèle atelier"},
        {"entity": "atelier@xivo-nord", "last_name": "Sans numéro", "template": "Modèle atelier", "match_on": "name"},
    ],
    "admins": [
        {"login": "admin", "super_admin": True, "update_password": "on_create"},
        {"login": "atelier", "password": "the-workshop", "entities": ["atelier@xivo-nord"]},
    ],
    "purge": ["users", "admins"],
    "parallelism": 1,
}
NO_BODY = {"write_body": "none"}

SCENARIOS = [
    Scenario("create a XiVO", "xci_xivo", {"name": "xivo-est", "host": "192.0.2.30"}),
    Scenario("create and configure a XiVO", "xci_xivo", {"name": "xivo-est", "host": "192.0.2.30", "configure": True}),
    Scenario("have a XiVO", "xci_xivo", {"name": "xivo-nord", "host": "192.0.2.10"}),
    Scenario("create an entity", "xci_entity", {"name": "labo", "xivo": "xivo-sud", "intervals": [{"start": "2100"}]}),
    Scenario("create an entity, not shown", "xci_entity", {"name": "labo", "xivo": "xivo-sud"}, NO_BODY),
    Scenario("have an entity", "xci_entity", {"name": "cave", "xivo": "xivo-nord", "display_name": "Été"}),
    Scenario("edit an entity", "xci_entity", {"name": "cave", "xivo": "xivo-nord", "display_name": "Cave à vin"}),
    Scenario("delete an entity", "xci_entity", {"name": "vide", "xivo": "xivo-sud", "state": "absent"}),
    Scenario("create a template", "xci_template", {"name": "Modèle labo", "entities": ["accueil@xivo-nord"]}),
    Scenario("have a template", "xci_template", {"name": "Ancien modèle", "ringing_time": 30}),
    Scenario("edit a template", "xci_template", {"name": TEMPLATE, "ringing_time": 45}),
    Scenario("edit a template, not shown", "xci_template", {"name": TEMPLATE, "ringing_time": 45}, NO_BODY),
    Scenario("delete a template", "xci_template", {"name": "Ancien modèle", "state": "absent"}),
    Scenario("create a user", "xci_user", {**_USER, "internal_number": "1005", "first_name": "Anaïs"}),
    Scenario("create a user, not shown", "xci_user", {**_USER, "internal_number": "1005", "first_name": "A"}, NO_BODY),
    Scenario(
        "create a user, id shown",
        "xci_user",
        {**_USER, "internal_number": "1005", "last_name": "A"},
        {"write_body": "id"},
    ),
    Scenario(
        "create a user, next number",
        "xci_user",
        {**_USER, "match_on": "cti_login", "cti_login": "anais", "last_name": "A"},
    ),
    Scenario("have a user", "xci_user", {**_USER, "internal_number": "1001", "first_name": "Zoé"}),
    Scenario("edit a user", "xci_user", {**_USER, "internal_number": "1001", "first_name": "Zoë"}),
    Scenario("edit a user, not shown", "xci_user", {**_USER, "internal_number": "1001", "first_name": "Zoë"}, NO_BODY),
    Scenario("edit a user by id", "xci_user", {"first_name": "Zoë", "template": TEMPLATE}, id_of="1001"),
    Scenario(
        "move a user",
        "xci_user",
        {
            "entity": "cave@xivo-nord",
            "template": TEMPLATE,
            "match_on": "cti_login",
            "cti_login": "zdurand",
            "internal_number": "3005",
        },
    ),
    Scenario(
        "set a CTI password",
        "xci_user",
        {**_USER, "internal_number": "1001", "cti_password": "new-1001", "update_password": "always"},
    ),
    Scenario("delete a user", "xci_user", {**_USER, "internal_number": "1002", "state": "absent"}),
    Scenario("delete a user by id", "xci_user", {"state": "absent"}, id_of="1002"),
    Scenario(
        "delete a user, 400 for unknown",
        "xci_user",
        {**_USER, "internal_number": "1002", "state": "absent"},
        {"deleted_status": "400"},
    ),
    Scenario("create an administrator", "xci_admin", {"login": "ndubois", "password": "made-up-too", "name": "Noël"}),
    Scenario("have an administrator", "xci_admin", {"login": "mlefevre", "password": "another-made-up-password"}),
    Scenario(
        "edit an administrator", "xci_admin", {"login": "mlefevre", "password": "another-made-up-password", "name": "É"}
    ),
    Scenario("set a password", "xci_admin", {"login": "mlefevre", "password": "a-new-made-up-one"}),
    Scenario("delete an administrator", "xci_admin", {"login": "mlefevre", "state": "absent"}),
    Scenario("apply a document", "xci_config", _CONFIG),
    Scenario("apply a document, not shown", "xci_config", _CONFIG, NO_BODY),
    Scenario("synchronise", "xci_sync", {}),
    Scenario("read XiVOs", "xci_xivo_info", {}),
    Scenario("read entities", "xci_entity_info", {"available_numbers": True}),
    Scenario("read templates", "xci_template_info", {}),
    Scenario("read users", "xci_user_info", {"entity": "accueil@xivo-nord"}),
    Scenario("read a user", "xci_user_info", {}, id_of="1001"),
    Scenario("read administrators", "xci_admin_info", {}),
    Scenario("read a document", "xci_config_info", {"parallelism": 1}),
]

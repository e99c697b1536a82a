# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What each module is taken through, and exactly what that costs; and the servers that it is taken through it on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ansible_collections.xivo.xci.tests.support.objects import NORD, TEMPLATE

# Each value of each of the sandbox's switches stands in one of these; test_completeness.py checks that.
DIALECTS: dict[str, dict[str, str]] = {
    # All that the sandbox does by itself.
    "as_documented": {"write_body": "none"},
    "terse": {
        "write_body": "no_content",
        "cookie_name": "XCI_SID",
        "admin_entities": "ids",
        "cti_password": "shown",
        "extra_keys": "yes",
        "list_order": "shuffled",
        "expired": "403",
        "login_refused": "403",
        "errors": "json",
        "duplicate_names": "allowed",
        "duplicate_numbers": "allowed",
        "missing_number": "absent",
        "cti_logins": "free",
        "overlapping_intervals": "allowed",
        "delete_dependents": "cascade",
        "delete_used_template": "allowed",
        "template_scope": "free",
        "edit_template": "optional",
        "edit_password": "optional",
        "interval_end": "absent",
        "hosts": "blank",
        "voice_mail_mode": "absent",
        "slashes": "plain",
        "deleted_status": "400",
    },
    "merging": {
        "write_body": "object",
        "admin_entities": "combined_ids",
        "cti_password": "masked",
        "extra_keys": "yes",
        "put": "merge",
        "missing_number": "empty",
        "cti_logins": "entity",
        "delete_used_template": "cascade",
        "template_without_scope": "nobody",
        "expired": "redirect",
        "login_refused": "no_cookie",
        "interval_end": "same",
        "configure": "fails",
        "deleted_status": "410",
    },
    "ids_only": {
        "write_body": "id",
        "put": "merge",
        "list_order": "shuffled",
        "cti_logins": "xci",
        "expired": "html",
        "login_refused": "useless_cookie",
        "interval_end": "null",
        "hosts": "blank",
    },
}

Options = dict[str, Any]


@dataclass(frozen=True)
class Cycle:
    """The life of one object.

    *name* says which, *create* and *change* are the other options, *created* is the object then and *changed* what is
    different of it later. *path* is where it is created, *one* where it is then; *posted* and *put* are what is sent.
    """

    kind: str
    name: Options
    create: Options
    change: Options
    created: Options
    changed: Options
    path: str
    one: str
    posted: Options
    put: Options
    find: list[str]
    """What is read to find it where the task says all of it."""
    find_by_name: list[str]
    """What is read to find it where the task says its name alone."""
    find_gone: list[str]
    """Likewise, when it is not there any more."""
    listed: str
    """The list that it stands in."""
    refer: list[str] = field(default_factory=list)
    """What only a write needs to know."""
    verify: list[str] = field(default_factory=list)
    """How its password is compared."""

    @property
    def module(self) -> str:
        return f"xivo.xci.xci_{self.kind}"

    def read_back(self, dialect: str) -> list[str]:
        """Return what is read after a creation, to know what only XCI knows."""
        if DIALECTS[dialect]["write_body"] == "object":
            return []
        return [self.listed if self.kind == "entity" else f"GET {self.one}"]

    def to_find(self, step: str, dialect: str) -> list[str]:
        """Return what a step reads to know how things stand."""
        if step not in ("delete", "gone"):
            return self.find
        labels = self.kind == "admin" and "admin_entities" in DIALECTS[dialect]
        return [*(self.find_by_name if step == "delete" else self.find_gone), *([ENTITIES] if labels else [])]


ENTITIES, XIVOS, TEMPLATES, ADMINS = "GET /entities", "GET /xivo", "GET /templates", "GET /administrators"
ACCUEIL = f"/entities/accueil%40{NORD}"
RADIOLOGIE = f"/entities/radiologie%40{NORD}"

CYCLES = {
    "entity": Cycle(
        kind="entity",
        name={"name": "radiologie", "xivo": "xivo-nord"},
        create={
            "display_name": "Radiologie (Hôpital de l'Ouest)",
            "intervals": [{"start": "4100", "end": "4199"}, {"start": "0400"}],
            "presented_number": "inbNo",
        },
        change={
            "intervals": [{"start": "4100", "end": "4299"}, {"start": "0400", "end": ""}],
            "presented_number": "0123",
        },
        created={
            "name": "radiologie",
            "xivo": "xivo-nord",
            "display_name": "Radiologie (Hôpital de l'Ouest)",
            "intervals": [{"start": "0400", "end": "0400"}, {"start": "4100", "end": "4199"}],
            "presented_number": "inbNo",
            "id": 5,
            "combined_id": f"radiologie@{NORD}",
        },
        changed={
            "intervals": [{"start": "0400", "end": "0400"}, {"start": "4100", "end": "4299"}],
            "presented_number": "0123",
        },
        path="/entities",
        one=RADIOLOGIE,
        find=[XIVOS, ENTITIES],
        find_by_name=[XIVOS, ENTITIES, f"GET {RADIOLOGIE}/users"],
        find_gone=[XIVOS, ENTITIES],
        listed=ENTITIES,
        posted={
            "name": "radiologie",
            "displayName": "Radiologie (Hôpital de l'Ouest)",
            "xivoId": 1,
            "intervals": [{"start": "0400", "end": "0400"}, {"start": "4100", "end": "4199"}],
            "presentedNumber": "inbNo",
        },
        put={
            "name": "radiologie",
            "displayName": "Radiologie (Hôpital de l'Ouest)",
            "xivoId": 1,
            "presentedNumber": "0123",
        },
    ),
    "template": Cycle(
        kind="template",
        name={"name": "Modèle de l'accueil"},
        create={
            "xivos": ["xivo-sud", "xivo-nord"],
            "entities": ["accueil@xivo-nord"],
            "ringing_time": 20,
            "routed_inbound": True,
            "routed_inbound_prefix": "01",
        },
        change={
            "xivos": ["xivo-nord"],
            "entities": ["urgences", "compta"],
            "routed_inbound": False,
            "voice_mail_number_mode": "custom",
            "voice_mail_custom_number": "*99",
        },
        created={
            "name": "Modèle de l'accueil",
            "xivos": ["xivo-nord", "xivo-sud"],
            "entities": ["accueil@xivo-nord"],
            "peer_sip_name": "auto",
            "ringing_time": 20,
            "routed_inbound": True,
            "routed_inbound_prefix": "01",
            "caller_id_mode": "incomingNo",
            "custom_caller_id": "",
            "voice_mail_enabled": False,
            "voice_mail_number_mode": "short_number",
            "voice_mail_custom_number": "",
            "voice_mail_send_email": False,
            "id": 2,
        },
        changed={
            "xivos": ["xivo-nord"],
            "entities": ["compta@xivo-nord", "urgences@xivo-nord"],
            "routed_inbound": False,
            "routed_inbound_prefix": "",
            "voice_mail_number_mode": "custom",
            "voice_mail_custom_number": "*99",
        },
        path="/templates",
        one="/templates/2",
        find=[XIVOS, ENTITIES, TEMPLATES],
        find_by_name=[TEMPLATES, XIVOS, ENTITIES],
        find_gone=[TEMPLATES, XIVOS],
        listed=TEMPLATES,
        posted={
            "name": "Modèle de l'accueil",
            "xivos": [1, 2],
            "entities": [f"accueil@{NORD}"],
            "peerSipName": "auto",
            "ringingTime": 20,
            "routedInbound": True,
            "routedInboundPrefix": "01",
            "callerIdMode": "incomingNo",
            "voiceMailEnabled": False,
            "voiceMailNumberMode": "short_number",
        },
        put={
            "name": "Modèle de l'accueil",
            "xivos": [1],
            "entities": [f"compta@{NORD}", f"urgences@{NORD}"],
            "peerSipName": "auto",
            "ringingTime": 20,
            "routedInbound": False,
            "callerIdMode": "incomingNo",
            "voiceMailEnabled": False,
            "voiceMailNumberMode": "custom",
            "voiceMailCustomNumber": "*99",
        },
    ),
    "user": Cycle(
        kind="user",
        name={"entity": "accueil@xivo-nord", "internal_number": "1042"},
        create={
            "template": TEMPLATE,
            "first_name": "Zoé",
            "last_name": "N'Guyen",
            "cti_login": "znguyen",
            "cti_password": "zoe-secret-1042",
        },
        change={
            "template": TEMPLATE,
            "first_name": "Zoë",
            "last_name": "CLF 88:40 P3",
            "cti_password": "zoe-secret-1042",
        },
        created={
            "entity": "accueil@xivo-nord",
            "first_name": "Zoé",
            "last_name": "N'Guyen",
            "internal_number": "1042",
            "cti_login": "znguyen",
            "id": 2,
        },
        changed={"first_name": "Zoë", "last_name": "CLF 88:40 P3"},
        path="/users",
        one="/users/2",
        find=[ENTITIES, f"GET {ACCUEIL}/users"],
        find_by_name=[ENTITIES, f"GET {ACCUEIL}/users"],
        find_gone=[ENTITIES, f"GET {ACCUEIL}/users"],
        refer=[TEMPLATES],
        listed=f"GET {ACCUEIL}/users",
        posted={
            "entityCId": f"accueil@{NORD}",
            "templateId": 1,
            "firstName": "Zoé",
            "lastName": "N'Guyen",
            "internalNumber": "1042",
            "ctiLogin": "znguyen",
            "ctiPassword": "********",
        },
        put={
            "entityCId": f"accueil@{NORD}",
            "templateId": 1,
            "firstName": "Zoë",
            "lastName": "CLF 88:40 P3",
            "internalNumber": "1042",
            "ctiLogin": "znguyen",
            "ctiPassword": "********",
        },
    ),
    "admin": Cycle(
        kind="admin",
        name={"login": "jmartin"},
        create={"name": "Julie Martin", "password": "julie-secret", "entities": ["compta", "urgences"]},
        change={"password": "julie-secret", "entities": ["accueil@xivo-sud"], "super_admin": True},
        created={
            "login": "jmartin",
            "name": "Julie Martin",
            "ldap": False,
            "super_admin": False,
            "entities": ["compta@xivo-nord", "urgences@xivo-nord"],
            "id": 3,
        },
        changed={"super_admin": True, "entities": ["accueil@xivo-sud"]},
        path="/administrators",
        one="/administrators/3",
        find=[ENTITIES, ADMINS],
        find_by_name=[ADMINS],
        find_gone=[ADMINS],
        verify=["POST /login jmartin"],
        listed=ADMINS,
        posted={
            "login": "jmartin",
            "name": "Julie Martin",
            "ldap": False,
            "password": "********",
            "superAdmin": False,
            "entityIds": [3, 2],
        },
        put={
            "login": "jmartin",
            "name": "Julie Martin",
            "ldap": False,
            "password": "********",
            "superAdmin": True,
            "entityIds": [4],
        },
    ),
}

# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""XCI's objects as its API shows them, what a sandbox starts with, and the names and passwords of both.

Nothing of the collection is needed here, so that every test can import it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

ADMIN, PASSWORD = "admin", "a-made-up-password"
NORD, SUD = "8f159082-4b25-48b3-afec-1873491a60be", "15585b75-1d75-45b1-8678-520d1210ec59"
TEMPLATE = "Modèle standard"
SYNCHRONIZE = "/xivo/synchronize_config_files"
"""The one GET that acts."""

# -- what a sandbox starts with -----------------------------------------------------------------------------

START: dict[str, Any] = {
    "xivos": [
        {"name": "xivo-nord", "host": "192.0.2.10", "uuid": NORD},
        {"name": "xivo-sud", "host": "192.0.2.20", "uuid": SUD},
    ],
    "entities": [
        {
            "name": "accueil",
            "xivo": "xivo-nord",
            "displayName": "Accueil général",
            "intervals": [{"start": "1000", "end": "1999"}],
        },
        {"name": "urgences", "xivo": "xivo-nord", "intervals": [{"start": "2000", "end": "2999"}]},
        {"name": "compta", "xivo": "xivo-nord", "intervals": [{"start": "3000", "end": "3999"}]},
        {"name": "accueil", "xivo": "xivo-sud", "intervals": [{"start": "1000", "end": "1999"}]},
    ],
    "templates": [{"name": TEMPLATE, "xivos": ["xivo-nord", "xivo-sud"]}],
    "users": [
        {
            "entity": "accueil@xivo-nord",
            "template": TEMPLATE,
            "firstName": "Camille",
            "lastName": "Durand",
            "internalNumber": "1001",
            "ctiLogin": "cdurand",
            "ctiPassword": "camille-1001",
        }
    ],
    "administrators": [
        {
            "login": "mlefevre",
            "name": "Marie Lefèvre",
            "password": "another-made-up-password",
            "entities": ["accueil@xivo-nord"],
        }
    ],
}
"""A hospital on two XiVOs, for real runs of ansible-playbook."""

SMALL: dict[str, Any] = {
    "xivos": [{"name": "nord", "host": "192.0.2.1", "uuid": NORD}],
    "entities": [{"name": "accueil", "xivo": "nord", "intervals": [{"start": "100", "end": "199"}]}],
    "templates": [{"name": "standard", "xivos": ["nord"]}],
    "users": [{"entity": "accueil@nord", "firstName": "Zoé", "lastName": "D'Arc", "internalNumber": "101"}],
    "administrators": [{"login": "claire", "password": "made-up", "entities": ["accueil@nord"]}],
}
"""One object of each kind."""

# -- objects as XCI shows them ------------------------------------------------------------------------------


def items(*raws: Any) -> dict[str, Any]:
    return {"items": list(raws)}


def path_of(raw: Mapping[str, Any], kind: str = "entities") -> str:
    key = raw["combinedId"] if kind == "entities" else raw["id"]
    return f"/{kind}/{quote(str(key), safe='')}"


def xivo(identity: int, name: str, **more: Any) -> dict[str, Any]:
    raw = {"id": identity, "uuid": f"uuid-{identity}", "name": name, "host": f"192.0.2.{identity}"}
    return {**raw, "remainingSlots": 100, **more}


PARIS, LYON = xivo(1, "paris"), xivo(2, "lyon")


def entity(identity: int, name: str, on: Mapping[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    on = on or PARIS
    return {
        "id": identity,
        "combinedId": f"{name}@{on['uuid']}",
        "name": name,
        "displayName": name,
        "xivo": dict(on),
        "intervals": [{"start": "200", "end": "299"}],
        "presentedNumber": "inbNo",
        **more,
    }


DEFAULT, SALES, LYON_DEFAULT = entity(17, "default"), entity(18, "sales"), entity(27, "default", LYON)


def template(identity: int, name: str, **more: Any) -> dict[str, Any]:
    return {
        "id": identity,
        "name": name,
        "peerSipName": "auto",
        "routedInbound": False,
        "callerIdMode": "incomingNo",
        "ringingTime": 30,
        "voiceMailEnabled": False,
        "voiceMailNumberMode": "short_number",
        "xivos": [1],
        "entities": [DEFAULT["combinedId"]],
        **more,
    }


DESK = template(3, "desk")


def user(identity: int, number: str, of: Mapping[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    of = of or DEFAULT
    return {
        "id": identity,
        "entity": dict(of),
        "firstName": "Zoé",
        "lastName": "D'Arc",
        "internalNumber": number,
        "externalNumber": None,
        "mail": None,
        "ctiLogin": None,
        "ctiPassword": None,
        "provisioningNumber": "114133",
        **more,
    }


def admin(identity: int, login: str, **more: Any) -> dict[str, Any]:
    raw = {"id": identity, "login": login, "name": "", "password": "+/opaque", "superAdmin": False, "ldap": False}
    return {**raw, "entities": [], **more}

# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server on which each dialect shows, the doctor on it, and which dialects it can see there."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from xcisandbox import Sandbox
from xcisandbox.dialects import SWITCHES

from ansible_collections.xivo.xci.plugins.module_utils.api.errors import texts
from ansible_collections.xivo.xci.plugins.module_utils.modules.context import Context
from ansible_collections.xivo.xci.plugins.module_utils.modules.registry import MODULES
from ansible_collections.xivo.xci.tests.support import server
from ansible_collections.xivo.xci.tests.support.modules import defaults
from ansible_collections.xivo.xci.tests.support.objects import ADMIN, NORD, PASSWORD, SUD

NAMES = ("Hôpital-Nord", "Hôpital-Sud", "Quévremont", "Zélie", "Bérangère", "Marchandeau", "Standardiste", "quevremont")
START: dict[str, Any] = {
    "xivos": [
        {"name": "Hôpital-Nord", "host": "192.0.2.117", "uuid": NORD},
        {"name": "Hôpital-Sud", "host": "192.0.2.118", "uuid": SUD},
    ],
    "entities": [
        {
            "name": "pédiatrie", "xivo": "Hôpital-Nord", "displayName": "Pédiatrie / néonatologie",
            "intervals": [{"start": "7100", "end": "7119"}, {"start": "7199"}], "presentedNumber": "0477-secret",
        },
        {"name": "geriatrie", "xivo": "Hôpital-Nord", "intervals": [{"start": "7200", "end": "7219"}]},
        {"name": "pharmacie", "xivo": "Hôpital-Sud", "intervals": [{"start": "7300", "end": "7319"}]},
        {"name": "lingerie", "xivo": "Hôpital-Sud"},
    ],
    "templates": [
        {"name": "Poste de soins", "xivos": ["Hôpital-Nord", "Hôpital-Sud"], "entities": ["pharmacie@Hôpital-Sud"]},
    ],
    "users": [
        {
            "entity": "pédiatrie@Hôpital-Nord", "template": "Poste de soins", "firstName": "Zélie",
            "lastName": "Quévremont", "internalNumber": "7101", "ctiLogin": "quevremont", "ctiPassword": "Pw-Zelie-77",
        },
        {
            "entity": "geriatrie@Hôpital-Nord", "template": "Poste de soins", "firstName": "Bérangère",
            "lastName": "Marchandeau", "internalNumber": "7203",
        },
        {"entity": "geriatrie@Hôpital-Nord", "lastName": "Salle d'attente", "internalNumber": None},
        {"entity": "pharmacie@Hôpital-Sud", "lastName": "Standardiste", "internalNumber": "7301"},
    ],
    "administrators": [
        {
            "login": "adm-pediatrie", "name": "Cadre", "password": "another-made-up",
            "entities": ["pédiatrie@Hôpital-Nord"],
        }
    ],
}  # fmt: skip
SEEDED = (
    *NAMES, NORD, SUD, "192.0.2", "127.0.0.1", "pédiatrie", "Pédiatrie", "geriatrie", "pharmacie", "lingerie", "0477",
    "7100", "7119", "7199", "7200", "7300", "7101", "7203", "7301", "Poste de soins", "Pw-Zelie", "adm-pediatrie",
    "Cadre", "another-made-up", "Salle", PASSWORD,
)  # fmt: skip
"""Texts of the site; each stands in the server, and none may stand in the doctor's file."""

NEVER = {("configure", "fails"), ("body_limit", "8k"), ("cti_logins", "xci"), ("synchronize_seconds", "1")}
"""What no doctor can see: it creates no XiVO, calls no synchronisation, sends nothing large, and has one XiVO."""
BY_TRYING = {
    "login_refused", "list_lag", "provisioning", "remaining_slots", "duplicate_names", "duplicate_numbers",
    "numbers_outside", "cti_logins", "overlapping_intervals", "template_scope", "template_without_scope",
    "edit_template", "edit_password", "write_body", "put", "edit_cti_password", "edit_template_effect",
    "delete_dependents", "delete_used_template", "references", "store_case", "store_blanks", "store_form",
    "store_length", "store_ringing_time", "store_intervals", "lies", "writes_at_once", "limited_admins",
}  # fmt: skip
"""What reading does not show, but for the exceptions."""
BY_READING = {("provisioning", "never")}
NEEDS_TRYING = {("extra_keys", "lost"): "yes", ("list_part", "silent"): None}
"""What reading shows in another way, or not at all."""
TOGETHER = {("edit_cti_password", "kept"): {"cti_password": "shown"}}
"""What another dialect has to be for one to be seen."""


def visible(name: str, value: str, scratch: bool) -> dict[str, str]:
    """Return what the doctor has to find where that dialect alone is turned."""
    if (name, value) in NEVER:
        return {}
    if not scratch and (name, value) in NEEDS_TRYING:
        shown = NEEDS_TRYING[name, value]
        return {name: shown} if shown else {}
    return {name: value} if scratch or name not in BY_TRYING or (name, value) in BY_READING else {}


@contextmanager
def site(dialects: Mapping[str, str] | None = None) -> Iterator[Sandbox]:
    """Run a server with the data of a hospital."""
    with Sandbox(port=0, login=ADMIN, password=PASSWORD, dialects=dict(dialects or {})) as sandbox:
        plain = {name: SWITCHES[name][0] for name in dialects or {}}
        sandbox.dialects.change(plain)
        sandbox.load(START)
        sandbox.dialects.change(dialects or {})
        yield sandbox


def examine(
    sandbox: Sandbox, login: Mapping[str, str] | None = None, warnings: list[str] | None = None, **options: Any
) -> dict[str, Any]:
    """Run the doctor's module in this process, as somebody else where *login* says so; *scratch* lets it try things.

    What it warns of is added to *warnings*.
    """
    connection = server.connection(sandbox, validate_certs=True, timeout=20.0, retries=1)
    context = Context.start({**connection, **(login or {})})
    scratch = {"xivo": "Hôpital-Nord", "wait": 3.0} if options.get("scratch") else {}
    try:
        return MODULES["xci_doctor"]({**defaults("xci_doctor"), **scratch, **options}, context)
    finally:
        if warnings is not None:
            warnings += texts(context.warnings)
        context.client.close()


def found(result: Mapping[str, Any]) -> dict[str, str]:
    """Return the dialects that the doctor saw."""
    assert "report" in result, result
    return dict(json.loads(json.dumps(result["report"]))["dialects"])

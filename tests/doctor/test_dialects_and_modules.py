# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each dialect with each module and a document: a second run changes nothing and creates nothing, or says why.

With DIALECTS_TABLE=docs/dialects.md the table of what came of each is written there.
"""

from __future__ import annotations

import os
import time
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from xcisandbox import Sandbox
from xcisandbox.dialects import SWITCHES

from ansible_collections.xivo.xci.plugins.module_utils.api.errors import texts
from ansible_collections.xivo.xci.plugins.module_utils.modules.context import Context
from ansible_collections.xivo.xci.plugins.module_utils.modules.registry import MODULES
from ansible_collections.xivo.xci.tests.support import server
from ansible_collections.xivo.xci.tests.support.dialects import VALUES
from ansible_collections.xivo.xci.tests.support.modules import defaults
from ansible_collections.xivo.xci.tests.support.objects import START, TEMPLATE

Options = dict[str, Any]
PERSON: Options = {
    "entity": "accueil@xivo-nord", "internal_number": "1042", "template": TEMPLATE, "first_name": "Zoé ",
    "last_name": "N'Guyen", "cti_login": "ZNguyen", "cti_password": "zoe-secret-1042",
}  # fmt: skip
ADMIN: Options = {"login": "JMartin", "name": "Julie Martin", "password": "julie-secret", "entities": ["compta"]}
ENTITY: Options = {
    "name": "radiologie", "xivo": "xivo-nord", "display_name": "Radiologie E\u0301",
    "intervals": [{"start": "4100", "end": "4149"}, {"start": "4150", "end": "4199"}, {"start": "0400"}],
}  # fmt: skip
PHONE: Options = {"name": "Modèle de l'accueil", "xivos": ["xivo-nord"], "entities": ["compta"], "ringing_time": 33}
STEPS: dict[str, list[Options]] = {
    "xci_xivo": [{"name": "xivo-île", "host": "192.0.2.30"}],
    "xci_entity": [ENTITY, {**ENTITY, "display_name": "x" * 100}, {"name": "radiologie@xivo-nord", "state": "absent"}],
    "xci_template": [PHONE, {**PHONE, "routed_inbound": True, "routed_inbound_prefix": "01"}],
    "xci_user": [
        PERSON,
        {**PERSON, "last_name": "Élie"},
        {**PERSON, "internal_number": "1043", "match_on": "cti_login"},
        {"entity": "accueil@xivo-nord", "internal_number": "1043", "state": "absent"},
    ],
    "xci_admin": [ADMIN, {**ADMIN, "name": "Julie", "super_admin": True}, {"login": "JMartin", "state": "absent"}],
    "xci_config": [
        {"entities": [ENTITY], "templates": [PHONE], "users": [PERSON], "admins": [ADMIN]},
        {"entities": [{**ENTITY, "display_name": "Radio"}], "users": [{**PERSON, "first_name": "Anne"}]},
    ],
}
"""What each module is taken through; each step twice."""
FINE, REPORTED, ERROR = "ok", "reported", "error"
MEANING = {
    FINE: "the second run wrote nothing",
    REPORTED: "the second run wrote again, changed nothing, and a warning says what XCI keeps",
    ERROR: "an error says why",
}


def run(sandbox: Sandbox, module: str, options: Options) -> tuple[Mapping[str, Any], list[str], int]:
    """Run a module as one task; return its result, its warnings, and how many writes it made."""
    retries = 6 if sandbox.dialects["rate_limit"] != "none" else 1
    connection = server.connection(sandbox, validate_certs=True, timeout=20.0, retries=retries, read_back_timeout=1.0)
    context = Context.start(connection)
    before = len(sandbox.requests())
    try:
        result = MODULES[module]({**defaults(module), **options}, context)
    finally:
        context.client.close()
    sent = sandbox.requests()[before:]
    writes = sum(one["method"] != "GET" and one["path"] != "/login" for one in sent)
    return result, texts(context.warnings), writes


def doubles(sandbox: Sandbox) -> list[str]:
    """Return what is there twice by what names it, however that is spelled."""
    state = sandbox.state()
    keys = {"xivos": "name", "entities": ("xivo", "name"), "templates": "name", "administrators": "login"}
    named: list[str] = []
    for kind, key in keys.items():
        for one in state[kind]:
            text = "@".join(str(one[part]) for part in ([key] if isinstance(key, str) else key))
            named.append(f"{kind} {unicodedata.normalize('NFC', text.strip().lower())}")
    named += [f"number {one['entity']}/{one['internalNumber']}" for one in state["users"] if one["internalNumber"]]
    named += [f"login {str(one['ctiLogin']).lower()}" for one in state["users"] if one["ctiLogin"]]
    return [name for name, count in Counter(named).items() if count > 1]


def cell(name: str, value: str, module: str) -> Iterator[str]:
    """Yield what came of each step, or what is wrong with it."""
    with server.made(dialects={"write_body": SWITCHES["write_body"][0]}) as sandbox:
        sandbox.load(START)
        sandbox.dialects.change({name: value})
        for step, options in enumerate(STEPS[module], 1):
            run(sandbox, module, options)
            if name == "list_lag":
                time.sleep(float(value))  # another run begins later
            result, warnings, writes = run(sandbox, module, options)
            if name == "list_lag":
                time.sleep(float(value))
            if doubles(sandbox):
                yield f"step {step}: there twice: {doubles(sandbox)}"
            elif result.get("failed"):
                yield ERROR if result.get("msg") else f"step {step}: no reason"
            elif not writes and not result["changed"]:
                yield FINE
            elif warnings and not result["changed"]:
                yield REPORTED
            else:
                yield f"step {step}: changed again: {warnings}"


def outcome(name: str, value: str, module: str) -> str:
    """Return the worst that came of the steps of a cell."""
    found = list(cell(name, value, module))
    wrong = [one for one in found if one not in MEANING]
    return "; ".join(wrong) if wrong else next((one for one in (ERROR, REPORTED) if one in found), FINE)


def table(cells: Mapping[tuple[str, str, str], str]) -> str:
    """Return the table as Markdown."""
    head = ["dialect", "value", *STEPS]
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    for name, value in VALUES:
        lines.append(f"| `{name}` | `{value}` | {' | '.join(cells[name, value, module] for module in STEPS)} |")
    return "\n".join(lines) + "\n"


@pytest.mark.slow
def test_a_second_run_changes_nothing_or_says_why() -> None:
    cells = {(name, value, module): outcome(name, value, module) for name, value in VALUES for module in STEPS}
    print(f"{len(cells)} cells: {dict(Counter(one if one in MEANING else 'wrong' for one in cells.values()))}")
    if os.environ.get("DIALECTS_TABLE"):
        file = Path(os.environ["DIALECTS_TABLE"])
        text = file.read_text(encoding="utf-8")
        start = text.index("| dialect |")
        file.write_text(text[:start] + table(cells), encoding="utf-8")
    assert {key: said for key, said in cells.items() if said not in MEANING} == {}

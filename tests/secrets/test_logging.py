# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An ordinary module writes its arguments to syslog or the journal; what it writes there holds no secret."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible.module_utils.basic import AnsibleModule, env_fallback
from ansible.module_utils.testing import patch_module_args

from ansible_collections.xivo.xci.plugins.module_utils.api.settings import Settings
from ansible_collections.xivo.xci.plugins.module_utils.model.change import CREATE, Operation
from ansible_collections.xivo.xci.plugins.module_utils.model.resources import RESOURCES
from ansible_collections.xivo.xci.plugins.module_utils.modules.registry import MODULES
from ansible_collections.xivo.xci.plugins.module_utils.modules.secrecy import SECRETS, without_secrets
from ansible_collections.xivo.xci.tests.secrets.canaries import canary

SECRET = canary("log")
ENTRIES: dict[str, Any] = {
    "xci_admin": {"login": "x", "password": SECRET},
    "xci_user": {"entity": "e", "internal_number": "1", "cti_password": SECRET},
    "xci_config": {
        "users": [{"entity": "e", "cti_password": SECRET}, {"cti_password": SECRET}],
        "admins": [{"login": "x", "password": SECRET}],
    },
    "xci_directory": {"dest": "x"},
    "xci_leave": {"exports": ["x=y"], "dest": "x"},
    "xci_move": {"who": "x", "to": "e"},
    "xci_people": {"src": "x", "map": "y"},
    "xci_renumber": {"entity": "e"},
}


@pytest.mark.parametrize("name", MODULES)
def test_what_ansible_logs(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    logged: list[str] = []

    def log(_module: AnsibleModule, msg: str, log_args: Any = None) -> None:
        logged.append(f"{msg} {json.dumps(log_args)}")

    monkeypatch.setattr(AnsibleModule, "log", log)
    with patch_module_args({"xci_password": SECRET, **ENTRIES.get(name, {})}):
        AnsibleModule(argument_spec=MODULES[name].argument_spec(env_fallback), supports_check_mode=True)
    assert any("********" in line for line in logged)
    assert not any(SECRET in line or json.dumps(SECRET)[1:-1] in line for line in logged)


@pytest.mark.parametrize("name", MODULES)
def test_each_option_for_a_secret_is_hidden_from_ansible(name: str) -> None:
    for option, spec in MODULES[name].argument_spec(env_fallback).items():
        if option in SECRETS:
            assert str(spec["type"](SECRET)) == "********", option
            assert spec["no_log"] is False, option
        if "password" in option and option not in SECRETS:
            assert spec["no_log"] is False, option  # says how, and is no secret


def test_what_is_shown_of_the_arguments() -> None:
    shown = json.dumps(without_secrets({"xci_password": SECRET, **ENTRIES["xci_config"], **ENTRIES["xci_user"]}))
    assert "canary" not in shown
    assert '"entity": "e"' in shown


def test_what_is_shown_where_something_else_should_stand() -> None:
    odd = {"users": SECRET, "admins": [SECRET, [SECRET]], "xci_url": f"http://admin:{SECRET}@example.org"}
    assert "canary" not in json.dumps(without_secrets(odd))
    plain = {"users": None, "purge": ["users"], "xci_url": "http://example.org", "update_password": "always"}
    assert without_secrets(plain) == plain


def test_no_object_shows_a_secret_in_its_text() -> None:
    settings = Settings("http://127.0.0.1:1/api/1.0", "admin", SECRET)
    operation = Operation(CREATE, RESOURCES["admin"], {"login": "x", "password": SECRET}, {}, {"login": "x"})
    for text in (repr(settings), str(settings), str(operation), repr(operation), str(operation.diff())):
        assert "canary" not in text

# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The description is valid, has the page's endpoints and examples, and the hook finds what departs from it."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from xcisandbox.api import ROUTES
from xcisandbox.server import Sandbox

from ansible_collections.xivo.xci.plugins.module_utils.api.session import USER_AGENT
from ansible_collections.xivo.xci.plugins.module_utils.model.resources import RESOURCES
from ansible_collections.xivo.xci.plugins.module_utils.modules.context import Context
from ansible_collections.xivo.xci.plugins.module_utils.modules.registry import MODULES
from ansible_collections.xivo.xci.tests.contract import contract, hook
from ansible_collections.xivo.xci.tests.support import objects
from ansible_collections.xivo.xci.tests.support.objects import NORD, SUD

COOKIE = {"cookie": "PLAY_SESSION=made-up"}
JSON = {"content-type": "application/json", **COOKIE}
# The examples of the page.
XIVO = objects.xivo(2, "xivo-221", uuid=SUD, host="", remainingSlots=280)
INTERVALS = [{"start": "3990000", "end": "3999999"}, {"start": "1961", "end": ""}]
ENTITY = objects.entity(22, "default_analogique", XIVO, intervals=INTERVALS)
USER = objects.user(559, "6260", ENTITY, firstName="Sous sol Logistique", lastName="CLF 88:40 P3")
TEMPLATE = objects.template(1, "Modèle 220", entities=[f"default@{NORD}"])
ADMINISTRATOR = objects.admin(1, "admin", password="+//rIncoyp", superAdmin=True)
# The page's own script writes these.
SCRIPT_TEMPLATE = {
    "name": "My line template",
    "xivos": [2],
    "entities": [f"default@{SUD}"],
    "peerSipName": "auto",
    "ringingTime": 30,
    "routedInbound": False,
    "callerIdMode": "anonymous",
    "voiceMailEnabled": False,
}
SCRIPT_USER = {
    "entityCId": f"default@{SUD}",
    "templateId": 1,
    "firstName": "Alice",
    "lastName": "In Wonderland",
    "internalNumber": "1700",
}


def test_the_schemas_are_schemas() -> None:
    for schema in contract.description()["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_it_has_the_endpoints_of_the_page_and_no_others() -> None:
    described = {(method, *path[1:].split("/")) for method, path, _one in contract.operations()}
    known = {tuple("*" if part.startswith("{") else part for part in key) for key in described}
    assert len(known) == 26
    assert known == set(ROUTES)


@pytest.mark.parametrize(
    ("schema", "example"),
    [
        ("Xivos", {"items": [XIVO]}),
        ("Entities", {"items": [ENTITY]}),
        ("Users", {"items": [USER]}),
        ("Templates", [TEMPLATE]),
        ("Administrators", {"items": [ADMINISTRATOR]}),
        ("Numbers", {"items": ["3990000"]}),
        ("WrittenTemplate", SCRIPT_TEMPLATE),
        ("NewUser", SCRIPT_USER),
        ("Login", {"login": "admin", "password": "superpass"}),
    ],
)
def test_the_page_s_examples_fit(schema: str, example: Any) -> None:
    assert contract.faults_of_value(f"#/components/schemas/{schema}", example) == []


def test_each_key_that_we_write_is_described() -> None:
    schemas = contract.description()["components"]["schemas"]
    written = {
        "xivo": schemas["NewXivo"],
        "entity": schemas["EditedEntity"],
        "template": schemas["WrittenTemplate"],
        "user": schemas["EditedUser"],
        "admin": schemas["EditedAdministrator"],
    }
    for kind, resource in RESOURCES.items():
        known = {key for key, schema in written[kind]["properties"].items() if schema != {"not": {}}}
        assert {one.writes for one in resource.writable} == known


GOOD_TEMPLATE = {**TEMPLATE, "routedInbound": True, "routedInboundPrefix": "0"}
del GOOD_TEMPLATE["id"]


@pytest.mark.parametrize(
    ("method", "path", "headers", "body", "fault"),
    [
        ("GET", "/users", COOKIE, b"", "XCI has no GET /users"),
        ("PATCH", "/users/1", JSON, b"{}", "XCI has no PATCH"),
        ("GET", "/entities?limit=1", COOKIE, b"", "XCI has no GET"),
        ("DELETE", "/xivo/1", COOKIE, b"", "XCI has no DELETE"),
        ("GET", "/entities/a@b", COOKIE, b"", "not percent-encoded"),
        ("GET", "/entities/a%2Fb", COOKIE, b"", "no combinedId"),
        ("GET", "/users/-1", COOKIE, b"", "no id"),
        ("GET", "/xivo", {}, b"", "no session"),
        ("GET", "/xivo", COOKIE, b"{}", "has a body"),
        ("POST", "/login", JSON, b'{"login":"a","password":"b"}', "carries a session"),
        ("POST", "/users", COOKIE, b"{}", "not application/json"),
        ("POST", "/users", JSON, b"{", "no JSON"),
        ("POST", "/users", JSON, json.dumps({**SCRIPT_USER, "templateId": "1"}).encode(), "templateId breaks type"),
        ("POST", "/users", JSON, json.dumps({**SCRIPT_USER, "mail": ""}).encode(), "mail"),
        ("POST", "/users", JSON, json.dumps({**SCRIPT_USER, "more": 1}).encode(), "propertyNames"),
        ("POST", "/users", JSON, json.dumps({**SCRIPT_USER, "ctiLogin": None}).encode(), "ctiLogin breaks type"),
        ("POST", "/templates", JSON, json.dumps({**SCRIPT_TEMPLATE, "routedInbound": True}).encode(), "required"),
        ("POST", "/templates", JSON, json.dumps({**SCRIPT_TEMPLATE, "customCallerId": "1"}).encode(), "customCallerId"),
        ("POST", "/administrators", JSON, b'{"login":"a","name":"","ldap":false,"superAdmin":true,"entityIds":[]}',
         "required"),
        ("PUT", "/entities/a%40b", JSON, json.dumps(ENTITY).encode(), "combinedId"),
    ],
)  # fmt: skip
def test_what_departs_from_it_is_found(
    method: str, path: str, headers: dict[str, str], body: bytes, fault: str
) -> None:
    found = contract.faults_of_request(method, path, headers, body)
    assert any(fault in one for one in found), found


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/entities/d%C3%A9faut%40paris%2Fnord/users", None),
        ("GET", "/xivo/synchronize_config_files", None),
        ("PUT", "/templates/1", GOOD_TEMPLATE),
        ("PUT", "/users/1", {**SCRIPT_USER, "kept": "as it was"}),
    ],
)
def test_what_fits_passes(method: str, path: str, body: Any) -> None:
    raw = b"" if body is None else json.dumps(body).encode()
    assert contract.faults_of_request(method, path, JSON if raw else COOKIE, raw) == []


def test_a_fault_never_shows_the_value() -> None:
    body = json.dumps({**SCRIPT_USER, "ctiPassword": ["hunter-2"]}).encode()
    found = contract.faults_of_request("POST", "/users", JSON, body)
    assert found
    assert "hunter-2" not in str(found)


def test_the_hook_sees_our_client_and_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    faults: list[str] = []
    hook.checked(monkeypatch, Sandbox, faults)
    assert hook.CLIENT == USER_AGENT
    with Sandbox(port=0) as sandbox:
        options: dict[str, Any] = {"xci_url": sandbox.origin, "xci_login": "admin", "xci_password": "superpass"}
        options |= {"validate_certs": True, "timeout": 9.0, "retries": 0}
        context = Context.start(options)
        assert not MODULES["xci_xivo_info"](options, context).get("failed")
        with pytest.raises(urllib.error.HTTPError):
            urllib.request.urlopen(f"{sandbox.url}/nothing")
        assert faults == []
        with pytest.raises(Exception, match="404"):
            context.client.read("/users")
        assert faults == ["XCI has no GET /users"]
        context.client.close()

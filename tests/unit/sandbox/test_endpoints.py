# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each endpoint does what the API's page says, in the shape in which the page shows it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from xcisandbox.api import ROUTES

if TYPE_CHECKING:
    from xcisandbox import Sandbox

    from ansible_collections.xivo.xci.tests.unit.sandbox.conftest import Client, Connect

XIVO = ["id", "uuid", "name", "host", "remainingSlots"]
ENTITY = ["id", "combinedId", "name", "displayName", "xivo", "intervals", "presentedNumber"]
USER = [
    "id", "entity", "firstName", "lastName", "internalNumber", "externalNumber", "mail", "ctiLogin", "ctiPassword",
    "provisioningNumber",
]  # fmt: skip
TEMPLATE = [
    "id", "name", "peerSipName", "routedInbound", "callerIdMode", "ringingTime", "voiceMailEnabled",
    "voiceMailNumberMode", "xivos", "entities",
]  # fmt: skip
ADMINISTRATOR = ["id", "login", "name", "password", "superAdmin", "ldap", "entities"]
WRITTEN = ("entities", "templates", "users", "administrators")


def test_there_are_as_many_endpoints_as_on_the_page() -> None:
    assert len(ROUTES) == 26


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/login"), ("GET", "/users"), ("PUT", "/xivo/1"), ("DELETE", "/xivo/1"), ("PATCH", "/users/1"),
        ("POST", "/xivo/synchronize_config_files"), ("GET", "/users/"), ("GET", "/users/1/entity"), ("GET", "/"),
        ("GET", "/nothing"), ("POST", "/logout"), ("OPTIONS", "/users/1"),
    ],
)  # fmt: skip
def test_anything_else_is_a_page_that_says_not_found(client: Client, method: str, path: str) -> None:
    reply = client.ask(method, path)
    assert reply.status == 404
    assert reply.headers["Content-Type"].startswith("text/html")
    assert reply.text.startswith("<!DOCTYPE html>")
    assert "<h1>Action Not Found</h1>" in reply.text


def test_the_root_is_not_the_api(client: Client) -> None:
    assert client.raw("GET", "/").status == 404
    assert client.raw("GET", "/api/1.1/xivo").status == 404


def test_login_sets_a_cookie_that_counts_also_with_its_attributes(sandbox: Sandbox, connect: Connect) -> None:
    client = connect(sandbox, None)
    assert client.ask("GET", "/xivo").status == 401
    cookie = client.log_in().headers["Set-Cookie"]
    assert re.fullmatch(r"PLAY_SESSION=[0-9a-f]{64}; Path=/; HTTPOnly", cookie)
    client.cookie = cookie  # as the page's own script sends it
    assert client.ask("GET", "/xivo").status == 200


@pytest.mark.parametrize(("login", "password"), [("admin", "wrong"), ("nobody", "superpass"), ("", "")])
def test_a_wrong_login_gets_no_cookie(sandbox: Sandbox, connect: Connect, login: str, password: str) -> None:
    client = connect(sandbox, None)
    assert client.log_in(login, password).status == 401
    assert not client.cookie


def test_every_endpoint_but_login_needs_the_cookie(sandbox: Sandbox, connect: Connect) -> None:
    client = connect(sandbox, None)
    for method, *parts in ROUTES:
        if parts != ["login"]:
            path = "/" + "/".join(parts).replace("*", "1")
            assert client.ask(method, path, {} if method in ("POST", "PUT") else None).status == 401, (method, path)


def test_xivos(client: Client, bodies: dict[str, Any]) -> None:
    created = client.ask("POST", "/xivo", bodies["xivo"])
    assert (created.status, created.keys) == (201, XIVO)
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", created.data["uuid"])
    assert created.data["remainingSlots"] == 1000
    assert client.get(f"/xivo/{created.data['id']}") == created.data
    items = client.get("/xivo")["items"]
    assert [(item["name"], item["remainingSlots"]) for item in items] == [
        ("paris", 999),
        ("lyon", 1000),
        ("nice", 1000),
    ]


def test_synchronize_acts(sandbox: Sandbox, client: Client) -> None:
    for number in (1, 2):
        reply = client.ask("GET", "/xivo/synchronize_config_files")
        assert (reply.status, reply.text) == (200, "")
        assert sandbox.state()["synchronized"] == number


def test_entities(client: Client, bodies: dict[str, Any]) -> None:
    created = client.ask("POST", "/entities", bodies["entities"])
    assert (created.status, created.keys, list(created.data["xivo"])) == (201, ENTITY, XIVO)
    assert created.data["combinedId"] == f"sales@{created.data['xivo']['uuid']}"
    assert created.data in client.get("/entities")["items"]
    path = f"/entities/{created.data['combinedId']}"
    assert client.get(path) == client.get(path.replace("@", "%40")) == created.data
    edited = client.ask("PUT", path, {**bodies["entities"], "name": "ventes", "intervals": []})
    assert edited.status == 200
    assert edited.data["combinedId"] == f"ventes@{created.data['xivo']['uuid']}"
    assert edited.data["intervals"] == []
    assert client.ask("GET", path).status == 404
    path = path.replace("sales", "ventes")
    assert client.ask("DELETE", path).data == {}
    assert client.ask("DELETE", path).status == 404


def test_a_name_of_an_entity_is_one_segment_of_the_path(client: Client, bodies: dict[str, Any]) -> None:
    client.ask("POST", "/entities", {**bodies["entities"], "name": "été/1@x +?"})
    uuid = client.entity()["xivo"]["uuid"]
    assert client.get(f"/entities/%C3%A9t%C3%A9%2F1%40x%20+%3F%40{uuid}")["name"] == "été/1@x +?"
    assert client.ask("GET", f"/entities/%C3%A9t%C3%A9/1@x%20+%3F@{uuid}").status == 404
    assert client.ask("GET", "/entities/%E9").status == 400


def test_an_entity_takes_its_users_to_another_xivo(sandbox: Sandbox, client: Client, bodies: dict[str, Any]) -> None:
    lyon = client.entity("lyon")["xivo"]
    moved = client.ask("PUT", client.entity()["path"], {**bodies["entities"], "xivoId": lyon["id"]})
    assert moved.data["combinedId"] == f"sales@{lyon['uuid']}"
    assert client.get("/users/1")["entity"]["xivo"] == {**lyon, "remainingSlots": 999}
    assert client.get("/xivo/1")["remainingSlots"] == 1000


def test_a_moving_entity_does_not_bring_a_cti_login_twice(client: Client, bodies: dict[str, Any]) -> None:
    lyon = client.entity("lyon")
    twin = {**bodies["users"], "entityCId": lyon["combinedId"], "ctiLogin": "zoe"}
    assert client.ask("POST", "/users", twin).status == 201
    moved = client.ask("PUT", client.entity()["path"], {**bodies["entities"], "xivoId": lyon["xivo"]["id"]})
    assert moved.status == 409
    assert "zoe" in moved.text


def test_users(client: Client, bodies: dict[str, Any]) -> None:
    created = client.ask("POST", "/users", {**bodies["users"], "ctiLogin": "alice", "ctiPassword": "1234"})
    assert (created.status, created.keys) == (201, USER)
    user = client.get(f"/users/{created.data['id']}")
    assert user == created.data
    assert user["entity"] == {key: value for key, value in client.entity().items() if key != "path"}
    assert (user["externalNumber"], user["mail"], user["ctiLogin"]) == (None, None, "alice")
    assert re.fullmatch(r"[0-9]{6}", user["provisioningNumber"])
    edited = client.ask("PUT", f"/users/{user['id']}", {**bodies["users"], "internalNumber": "999999"})
    assert edited.data == {**user, "internalNumber": "999999", "ctiLogin": None}
    assert client.ask("DELETE", f"/users/{user['id']}").data == {}
    assert client.ask("GET", f"/users/{user['id']}").status == 404


def test_the_list_of_users_names_an_external_number_that_the_get_does_not(client: Client) -> None:
    (listed,) = client.get(f"{client.entity()['path']}/users")["items"]
    assert list(listed) == USER
    assert listed["externalNumber"] == '"Zoé D\'Arc"'
    assert client.get("/users/1") == {**listed, "externalNumber": None}


def test_a_user_may_have_one_name_only(client: Client, bodies: dict[str, Any]) -> None:
    client.ask("POST", "/users", {**bodies["users"], "firstName": "", "lastName": "Accueil"})
    assert client.get(f"{client.entity()['path']}/users")["items"][1]["externalNumber"] == '"Accueil"'


def test_a_user_moves_between_entities(client: Client, bodies: dict[str, Any]) -> None:
    lyon = client.entity("lyon")
    client.ask("PUT", "/users/1", {**bodies["users"], "entityCId": lyon["combinedId"]})
    assert [user["id"] for user in client.get(f"{lyon['path']}/users")["items"]] == [1]
    assert [xivo["remainingSlots"] for xivo in client.get("/xivo")["items"]] == [1000, 999]


def test_available_numbers(client: Client, bodies: dict[str, Any]) -> None:
    path = f"{client.entity()['path']}/available_numbers"
    assert client.get(path) == {"items": ["101", "102", "103", "104", "200"]}
    client.ask("POST", "/users", bodies["users"])
    assert client.get(path)["items"][0] == "102"


def test_available_numbers_keep_zeros_and_come_once(client: Client, bodies: dict[str, Any]) -> None:
    spans = [{"start": "0098", "end": "0101"}, {"start": "0100", "end": "0102"}]
    created = client.ask("POST", "/entities", {**bodies["entities"], "intervals": spans}).data
    free = client.get(f"/entities/{created['combinedId']}/available_numbers")["items"]
    assert free == ["0098", "0099", "0100", "0101", "0102"]


def test_templates_are_a_bare_array(client: Client, bodies: dict[str, Any]) -> None:
    created = client.ask("POST", "/templates", bodies["templates"])
    assert (created.status, created.keys) == (201, TEMPLATE)
    assert created.data == {**bodies["templates"], "id": 2, "voiceMailNumberMode": "short_number"}
    assert client.get("/templates")[1] == client.get("/templates/2") == created.data
    edited = client.ask("PUT", "/templates/2", {**bodies["templates"], "ringingTime": 10, "xivos": []}).data
    assert (edited["ringingTime"], edited["xivos"]) == (10, [])
    assert client.ask("DELETE", "/templates/2").data == {}
    assert client.ask("GET", "/templates/2").status == 404


def test_conditional_keys_are_there_only_when_they_apply(client: Client, bodies: dict[str, Any]) -> None:
    conditional = {"routedInboundPrefix": "01", "customCallerId": "02", "voiceMailCustomNumber": "03"}
    idle = client.ask("POST", "/templates", {**bodies["templates"], **conditional}).data
    assert not set(conditional) & set(idle)
    apply = {"routedInbound": True, "callerIdMode": "custom", "voiceMailNumberMode": "custom"}
    body = {**bodies["templates"], **conditional, **apply, "voiceMailSendEmail": False}
    applied = client.ask("PUT", "/templates/2", body)
    assert applied.data == {**body, "id": 2}
    assert applied.keys == [
        "id", "name", "peerSipName", "routedInbound", "routedInboundPrefix", "callerIdMode", "customCallerId",
        "ringingTime", "voiceMailEnabled", "voiceMailNumberMode", "voiceMailCustomNumber", "voiceMailSendEmail",
        "xivos", "entities",
    ]  # fmt: skip


def test_a_template_that_is_deleted_leaves_its_users(sandbox: Sandbox, client: Client) -> None:
    sandbox.dialects.change({"delete_used_template": "allowed"})
    assert sandbox.state()["users"][0]["template"] == 1
    assert client.ask("DELETE", "/templates/1").status == 200
    assert sandbox.state()["users"][0]["template"] is None


def test_administrators(sandbox: Sandbox, client: Client, connect: Connect, bodies: dict[str, Any]) -> None:
    created = client.ask("POST", "/administrators", bodies["administrators"])
    assert (created.status, created.keys) == (201, ADMINISTRATOR)
    assert "bob's pass" not in created.text
    assert re.fullmatch(r"[A-Za-z0-9+/]{64}", created.data["password"])
    assert [entity["combinedId"] for entity in created.data["entities"]] == [client.entity()["combinedId"]]
    path = f"/administrators/{created.data['id']}"
    assert client.get(path) == client.get("/administrators")["items"][2] == created.data
    connect(sandbox, "bob", "bob's pass")
    edited = client.ask("PUT", path, {**bodies["administrators"], "password": "new", "entityIds": []})
    assert edited.data["entities"] == []
    connect(sandbox, "bob", "new")
    assert client.log_in("bob", "bob's pass").status == 401
    assert client.ask("DELETE", path).data == {}
    assert client.log_in("bob", "new").status == 401


def test_the_first_administrator_looks_as_on_the_page(client: Client) -> None:
    first = client.get("/administrators/1")
    del first["password"]
    assert first == {"id": 1, "login": "admin", "name": "", "superAdmin": True, "ldap": False, "entities": []}


def test_an_ldap_administrator_has_no_password_and_no_login(client: Client, bodies: dict[str, Any]) -> None:
    body = {**bodies["administrators"], "ldap": True}
    assert client.ask("POST", "/administrators", body).data["password"] == ""
    assert client.log_in("bob", "bob's pass").status == 401


def test_a_deleted_administrator_is_logged_out(sandbox: Sandbox, client: Client, connect: Connect) -> None:
    local = connect(sandbox, "local", "local pass")
    client.ask("DELETE", "/administrators/2")
    assert local.ask("GET", "/xivo").status == 401


def test_the_last_super_administrator_stays(client: Client, bodies: dict[str, Any]) -> None:
    assert client.ask("DELETE", "/administrators/1").status == 400
    for change in ({"superAdmin": False}, {"superAdmin": True, "ldap": True}):
        assert client.ask("PUT", "/administrators/1", {**bodies["administrators"], **change}).status == 400
    client.ask("POST", "/administrators", {**bodies["administrators"], "superAdmin": True})
    assert client.ask("DELETE", "/administrators/1").status == 200


def test_a_deleted_entity_leaves_templates_and_administrators(client: Client) -> None:
    client.ask("DELETE", "/users/1")
    for name in ("paris", "lyon"):
        assert client.ask("DELETE", client.entity(name)["path"]).status == 200
    assert client.get("/templates/1")["entities"] == []
    assert client.get("/administrators/2")["entities"] == []


def test_an_id_is_never_given_twice(client: Client, bodies: dict[str, Any]) -> None:
    first = client.ask("POST", "/users", bodies["users"]).data["id"]
    client.ask("DELETE", f"/users/{first}")
    assert client.ask("POST", "/users", bodies["users"]).data["id"] == first + 1


def test_slashes_are_escaped_and_letters_are_not(client: Client, bodies: dict[str, Any]) -> None:
    text = client.ask("POST", "/xivo", {**bodies["xivo"], "name": "été/1"}).text
    assert '"name":"été\\/1"' in text


@pytest.mark.parametrize("kind", WRITTEN)
def test_what_was_read_can_be_sent_along(client: Client, bodies: dict[str, Any], kind: str) -> None:
    """Keys that the server does not know in a body do not bother it."""
    created = client.ask("POST", f"/{kind}", {**bodies[kind], "id": 99, "whatever": [1]}).data
    assert "whatever" not in created
    assert created["id"] != 99

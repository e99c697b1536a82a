# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is not right is refused, and leaves no trace."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from xcisandbox import Sandbox

    from ansible_collections.xivo.xci.tests.unit.sandbox.conftest import Client

Bodies = dict[str, dict[str, Any]]

TYPES: dict[str, dict[str, type]] = {
    "xivo": {"name": str, "host": str, "configure": bool},
    "entities": {"name": str, "displayName": str, "xivoId": int, "intervals": list, "presentedNumber": str},
    "templates": {
        "name": str, "xivos": list, "entities": list, "peerSipName": str, "ringingTime": int, "routedInbound": bool,
        "callerIdMode": str, "voiceMailEnabled": bool,
    },
    "users": {"entityCId": str, "templateId": int, "firstName": str, "lastName": str, "internalNumber": str},
    "administrators": {"login": str, "name": str, "ldap": bool, "superAdmin": bool, "entityIds": list},
}  # fmt: skip
OPTIONAL: dict[str, dict[str, type]] = {
    "users": {"ctiLogin": str, "ctiPassword": str},
    "templates": {
        "routedInboundPrefix": str, "customCallerId": str, "voiceMailNumberMode": str, "voiceMailCustomNumber": str,
        "voiceMailSendEmail": bool,
    },
    "administrators": {"password": str},
}  # fmt: skip
VALUES: list[Any] = ["1", 1, True, 1.0, None, {}, []]
WRONG = [
    pytest.param(kind, key, value, id=f"{kind}-{key}-{value!r}")
    for kind in TYPES
    for key, right in {**TYPES[kind], **OPTIONAL.get(kind, {})}.items()
    for value in VALUES
    if value.__class__ is not right and not (value is None and key in OPTIONAL.get(kind, {}))
]


def refused(client: Client, sandbox: Sandbox, method: str, path: str, body: Any, status: int = 400) -> str:
    """The page of the refusal; nothing has changed."""
    before = sandbox.state()
    reply = client.ask(method, path, body)
    assert reply.status == status, reply.text
    assert f"For request '{method} {client.base}{path}' [" in reply.text
    assert f"<h1>{HTTPStatus(status).phrase}</h1>" in reply.text
    assert sandbox.state() == before
    return reply.text


@pytest.mark.parametrize(("kind", "key", "value"), WRONG)
def test_a_wrong_type(client: Client, sandbox: Sandbox, bodies: Bodies, kind: str, key: str, value: Any) -> None:
    assert key in refused(client, sandbox, "POST", f"/{kind}", {**bodies[kind], key: value})


@pytest.mark.parametrize(("kind", "key"), [(kind, key) for kind, keys in TYPES.items() for key in keys])
def test_a_missing_key(
    client: Client, sandbox: Sandbox, bodies: Bodies, paths: dict[str, str], kind: str, key: str
) -> None:
    del bodies[kind][key]
    assert f"{key}: missing" in refused(client, sandbox, "POST", f"/{kind}", bodies[kind])
    if kind != "xivo":
        assert f"{key}: missing" in refused(client, sandbox, "PUT", paths[kind], bodies[kind])


@pytest.mark.parametrize(("kind", "key"), [(kind, key) for kind, keys in OPTIONAL.items() for key in keys])
def test_null_is_as_good_as_absent_where_a_key_is_optional(client: Client, bodies: Bodies, kind: str, key: str) -> None:
    body = {**bodies[kind], key: None}
    if key == "password":
        body["ldap"] = True
    assert client.ask("POST", f"/{kind}", body).status == 201


@pytest.mark.parametrize(
    ("condition", "key"),
    [
        ({"routedInbound": True}, "routedInboundPrefix"),
        ({"callerIdMode": "custom"}, "customCallerId"),
        ({"voiceMailNumberMode": "custom"}, "voiceMailCustomNumber"),
    ],
)
@pytest.mark.parametrize("value", [{}, None, ""])
def test_a_condition_makes_a_key_compulsory(
    client: Client, sandbox: Sandbox, bodies: Bodies, condition: dict[str, Any], key: str, value: Any
) -> None:
    body = {**bodies["templates"], **condition}
    if value != {}:
        body[key] = value
    assert f"{key}: missing" in refused(client, sandbox, "POST", "/templates", body)
    assert client.ask("POST", "/templates", {**body, key: "0123"}).status == 201


@pytest.mark.parametrize("password", [{}, {"password": None}, {"password": ""}])
def test_who_does_not_use_ldap_needs_a_password(
    client: Client, sandbox: Sandbox, bodies: Bodies, password: dict[str, Any]
) -> None:
    del bodies["administrators"]["password"]
    body = {**bodies["administrators"], **password}
    assert "password: missing" in refused(client, sandbox, "POST", "/administrators", body)
    assert "password: missing" in refused(client, sandbox, "PUT", "/administrators/2", body)


@pytest.mark.parametrize(
    ("kind", "change", "said"),
    [
        ("templates", {"peerSipName": "other"}, "auto, model"),
        ("templates", {"callerIdMode": "Custom"}, "incomingNo, anonymous, custom"),
        ("templates", {"voiceMailNumberMode": ""}, "short_number, custom"),
        ("templates", {"xivos": ["1"]}, "xivos(0): expected Integer, got String"),
        ("templates", {"entities": [1]}, "entities(0): expected String, got Integer"),
        ("templates", {"xivos": [1, 77]}, "there is no XiVO 77"),
        ("templates", {"entities": ["default"]}, "there is no entity default"),
        ("templates", {"entities": ["default@nowhere"]}, "there is no entity default@nowhere"),
        ("templates", {"name": ""}, "name: empty"),
        ("entities", {"xivoId": 77}, "there is no XiVO 77"),
        ("entities", {"name": ""}, "name: empty"),
        ("entities", {"xivoId": 2**31}, "not a 32-bit integer"),
        ("users", {"entityCId": "nowhere"}, "there is no entity nowhere"),
        ("users", {"templateId": 77}, "there is no template 77"),
        ("users", {"internalNumber": ""}, "is not a number"),
        ("users", {"internalNumber": "10a"}, "is not a number"),
        ("users", {"internalNumber": "١٢"}, "is not a number"),
        ("administrators", {"entityIds": [77]}, "there is no entity 77"),
        ("administrators", {"entityIds": ["1"]}, "entityIds(0): expected Integer"),
        ("administrators", {"login": ""}, "login: empty"),
        ("xivo", {"name": ""}, "name: empty"),
        ("xivo", {"host": ""}, "host: empty"),
    ],
)
def test_a_value_that_can_not_be(
    client: Client, sandbox: Sandbox, bodies: Bodies, kind: str, change: dict[str, Any], said: str
) -> None:
    assert said in refused(client, sandbox, "POST", f"/{kind}", {**bodies[kind], **change})


@pytest.mark.parametrize(
    ("span", "said"),
    [
        ("100", "expected Object, got String"),
        ({}, "start: missing"),
        ({"end": "100"}, "start: missing"),
        ({"start": None}, "expected String, got null"),
        ({"start": 100}, "expected String, got Integer"),
        ({"start": ""}, "is not a number"),
        ({"start": "1x"}, "is not a number"),
        ({"start": "100", "end": "x"}, "is not a number"),
        ({"start": "100", "end": 101}, "expected String, got Integer"),
        ({"start": "100", "end": "99"}, "is before the start"),
    ],
)
def test_an_interval_that_is_none(client: Client, sandbox: Sandbox, bodies: Bodies, span: Any, said: str) -> None:
    assert said in refused(client, sandbox, "POST", "/entities", {**bodies["entities"], "intervals": [span]})


@pytest.mark.parametrize("span", [{"start": "7"}, {"start": "7", "end": None}, {"start": "7", "end": ""},
                                  {"start": "7", "end": "7"}])  # fmt: skip
def test_three_ways_to_write_a_single_number(client: Client, bodies: Bodies, span: Any) -> None:
    created = client.ask("POST", "/entities", {**bodies["entities"], "intervals": [span]}).data
    assert created["intervals"] == [{"start": "7", "end": ""}]


@pytest.mark.parametrize(
    ("kind", "twin"),
    [
        ("xivo", {"name": "paris"}),
        ("entities", {"name": "default"}),
        ("templates", {"name": "desk"}),
        ("users", {"internalNumber": "100"}),
        ("users", {"ctiLogin": "zoe"}),
        ("administrators", {"login": "local"}),
    ],
)
def test_a_duplicate(
    client: Client, sandbox: Sandbox, bodies: Bodies, paths: dict[str, str], kind: str, twin: dict[str, Any]
) -> None:
    said = refused(client, sandbox, "POST", f"/{kind}", {**bodies[kind], **twin}, status=409)
    assert "already" in said
    if kind != "xivo":
        number = client.ask("POST", f"/{kind}", bodies[kind]).data
        path = f"/{kind}/{number['combinedId' if kind == 'entities' else 'id']}"
        refused(client, sandbox, "PUT", path, {**bodies[kind], **twin}, status=409)
        assert client.ask("PUT", paths[kind], {**bodies[kind], **twin, **unlike(kind)}).status == 200


def unlike(kind: str) -> dict[str, Any]:
    """What keeps the first of its kind from being a twin of the second."""
    changes: dict[str, dict[str, Any]] = {"users": {"internalNumber": "102"}, "entities": {"intervals": []}}
    return changes.get(kind, {})


def test_names_numbers_and_logins_repeat_elsewhere(client: Client, bodies: Bodies) -> None:
    lyon = client.entity("lyon")
    user = {**bodies["users"], "entityCId": lyon["combinedId"], "internalNumber": "100", "ctiLogin": "zoe"}
    assert client.ask("POST", "/users", user).status == 201
    assert client.ask("POST", "/entities", bodies["entities"]).status == 201
    assert client.ask("POST", "/entities", {**bodies["entities"], "xivoId": lyon["xivo"]["id"]}).status == 201


@pytest.mark.parametrize("body", [b"", b"{", b"[1,", b"nothing", b'{"name": NaN}', b'{"name": "\xe9"}', b"[" * 100_000])
def test_a_body_that_is_not_json(client: Client, body: bytes) -> None:
    reply = client.raw("POST", f"{client.base}/xivo", body, **{"Content-Type": "application/json"})
    assert reply.status == 400
    assert "Invalid Json" in reply.text


@pytest.mark.parametrize("body", [[], "text", None, 1, True])
def test_a_body_that_is_no_object(client: Client, body: Any) -> None:
    encoded = {None: b"null"}.get(body) if body is None else None
    reply = client.raw("POST", f"{client.base}/xivo", encoded, **{"Content-Type": "application/json"}) if encoded else (
        client.ask("POST", "/xivo", body)
    )  # fmt: skip
    assert reply.status == 400
    assert "body: expected Object" in reply.text


def test_half_a_surrogate_pair(client: Client, sandbox: Sandbox, bodies: Bodies) -> None:
    refused(client, sandbox, "POST", "/xivo", {**bodies["xivo"], "name": "\ud800"})


@pytest.mark.parametrize("kind", ["", "text/plain", "application/x-www-form-urlencoded", "application/jsonx"])
def test_another_content_type(client: Client, kind: str) -> None:
    headers = {"Content-Type": kind} if kind else {}
    reply = client.raw("POST", f"{client.base}/xivo", b"{}", **headers)
    assert reply.status == 415
    assert "Expecting text/json or application/json body" in reply.text


@pytest.mark.parametrize("kind", ["application/json; charset=utf-8", "text/json", "Application/JSON"])
def test_a_content_type_that_will_do(client: Client, kind: str) -> None:
    reply = client.raw(
        "POST", f"{client.base}/xivo", b'{"name":"a","host":"b","configure":true}', **{"Content-Type": kind}
    )
    assert reply.status == 201


@pytest.mark.parametrize(
    "body", [{"login": "admin"}, {"login": "admin", "password": 1}, {"login": None, "password": ""}]
)
def test_a_login_that_is_malformed(client: Client, body: Any) -> None:
    assert client.ask("POST", "/login", body).status == 400


@pytest.mark.parametrize("kind", ["users", "templates", "administrators", "xivo"])
def test_ids_in_the_path(client: Client, kind: str) -> None:
    reply = client.ask("GET", f"/{kind}/abc")
    assert reply.status == 400
    assert "Cannot parse parameter id as Int" in reply.text
    for number in ("77", "-1", "999999999999999999"):
        assert client.ask("GET", f"/{kind}/{number}").status == 404


@pytest.mark.parametrize("kind", ["users", "templates", "administrators", "entities"])
def test_what_is_not_there_is_neither_edited_nor_deleted(client: Client, bodies: Bodies, kind: str) -> None:
    assert client.ask("PUT", f"/{kind}/77", bodies[kind]).status == 404
    assert client.ask("DELETE", f"/{kind}/77").status == 404


def test_what_is_said_is_escaped(client: Client) -> None:
    page = client.ask("GET", "/users/<b>").text
    assert "<b>" not in page
    assert "&lt;b&gt;" in page

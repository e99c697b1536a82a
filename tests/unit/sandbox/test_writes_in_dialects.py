# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Dialects of what the server refuses, what a write does beside what it says, and what is kept of it."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any

import pytest
from xcisandbox import Sandbox

if TYPE_CHECKING:
    from ansible_collections.xivo.xci.tests.unit.sandbox.conftest import Client

Bodies = dict[str, dict[str, Any]]


def test_an_answer_with_an_address(sandbox: Sandbox, client: Client, bodies: Bodies) -> None:
    sandbox.dialects.change({"write_body": "location"})
    for kind in ("xivo", "entities", "templates", "users", "administrators"):
        reply = client.ask("POST", f"/{kind}", bodies[kind])
        assert (reply.status, reply.text) == (201, "")
        path = reply.headers["Location"].removeprefix(client.base)
        assert client.get(path)["id"]
        if kind != "xivo":
            assert client.ask("PUT", path, bodies[kind]).status == 200
            assert client.ask("DELETE", path).headers["Location"] is None


def test_an_answer_that_is_a_word(sandbox: Sandbox, client: Client, bodies: Bodies) -> None:
    sandbox.dialects.change({"write_body": "text"})
    for method, path in (("POST", "/users"), ("PUT", "/users/2"), ("DELETE", "/users/2")):
        reply = client.ask(method, path, None if method == "DELETE" else bodies["users"])
        assert (reply.status, reply.text, reply.headers["Content-Type"][:10]) == (200, "OK", "text/plain")


def test_numbers_outside(sandbox: Sandbox, client: Client, bodies: Bodies) -> None:
    sandbox.dialects.change({"numbers_outside": "refused"})
    for number, status in (("105", 400), ("0101", 400), ("99", 400), ("200", 201), ("104", 201)):
        assert client.ask("POST", "/users", {**bodies["users"], "internalNumber": number}).status == status
    sandbox.dialects.change({"numbers_outside": "allowed"})
    assert client.ask("POST", "/users", {**bodies["users"], "internalNumber": "105"}).status == 201


def test_a_cti_password_that_stays(sandbox: Sandbox, client: Client, bodies: Bodies) -> None:
    sandbox.dialects.change({"edit_cti_password": "kept"})
    before = sandbox.state()["users"][0]["ctiPasswordSha256"]
    body = {**bodies["users"], "internalNumber": "100"}
    client.ask("PUT", "/users/1", {**body, "ctiLogin": "zoe"})
    assert sandbox.state()["users"][0]["ctiPasswordSha256"] == before
    client.ask("PUT", "/users/1", body)
    assert sandbox.state()["users"][0]["ctiPasswordSha256"] is None


@pytest.mark.parametrize(("mode", "shown"), [("none", "01102"), ("reapplied", "02102")])
def test_a_template_that_is_applied_again(
    sandbox: Sandbox, client: Client, bodies: Bodies, mode: str, shown: str
) -> None:
    sandbox.dialects.change({"edit_template_effect": mode})
    ids = []
    for prefix in ("01", "02"):
        template = {**bodies["templates"], "name": prefix, "routedInbound": True, "routedInboundPrefix": prefix}
        ids.append(client.ask("POST", "/templates", template).data["id"])
    user = client.ask("POST", "/users", {**bodies["users"], "templateId": ids[0]}).data
    assert user["externalNumber"] == "01101"
    body = {**bodies["users"], "templateId": ids[1], "internalNumber": "102"}
    assert client.ask("PUT", f"/users/{user['id']}", body).data["externalNumber"] == shown
    listed = client.get(f"{client.entity()['path']}/users")["items"]
    assert [one["externalNumber"] for one in listed] == ['"Zoé D\'Arc"', shown]


def test_references_that_dangle(sandbox: Sandbox, client: Client, bodies: Bodies) -> None:
    sandbox.dialects.change({"references": "dangle"})
    lyon = client.entity("lyon")
    body = {**bodies["entities"], "name": "default", "xivoId": 2, "intervals": lyon["intervals"]}
    assert client.ask("PUT", lyon["path"], body).status == 200
    assert client.get("/templates/1")["entities"] == [lyon["combinedId"]]
    assert sandbox.state()["templates"][0]["dangling"] == []
    assert client.ask("PUT", lyon["path"], {**body, "name": "siege"}).status == 200
    template = client.get("/templates/1")
    assert template["entities"] == [lyon["combinedId"]]
    assert sandbox.state()["templates"][0]["dangling"] == [lyon["combinedId"]]
    assert client.ask("PUT", "/templates/1", template).status == 400  # there is no such entity
    assert client.ask("PUT", "/templates/1", {**template, "entities": []}).status == 200
    assert client.get("/templates/1")["entities"] == []


LONG = "x" * 65
ODD = " E\u0301l "


@pytest.mark.parametrize(
    ("dialect", "kind", "sent", "kept"),
    [
        ({"store_case": "upper_names"}, "users", {"lastName": "Dupont"}, {"lastName": "DUPONT"}),
        ({"store_case": "upper_names"}, "users", {"firstName": "Zoé", "ctiLogin": "Zoe.D"}, {}),
        ({"store_case": "lower_logins"}, "users", {"ctiLogin": "Zoe.D"}, {"ctiLogin": "zoe.d"}),
        ({"store_case": "lower_logins"}, "administrators", {"login": "Bob"}, {"login": "bob"}),
        ({"store_blanks": "trimmed"}, "users", {"firstName": ODD}, {"firstName": ODD.strip()}),
        ({"store_blanks": "trimmed"}, "templates", {"name": ODD}, {"name": ODD.strip()}),
        ({"store_form": "composed"}, "entities", {"displayName": ODD}, {"displayName": " \xc9l "}),
        ({"store_form": "decomposed"}, "users", {"lastName": "\xc9l"}, {"lastName": "E\u0301l"}),
        ({"store_length": "cut"}, "users", {"lastName": LONG}, {"lastName": LONG[:64]}),
        ({"store_ringing_time": "rounded"}, "templates", {"ringingTime": 33}, {"ringingTime": 35}),
        ({"store_ringing_time": "rounded"}, "templates", {"ringingTime": 32}, {"ringingTime": 30}),
        (
            {"store_intervals": "merged"},
            "entities",
            {"intervals": [{"start": "310", "end": "319"}, {"start": "0309"}, {"start": "300", "end": "309"}]},
            {"intervals": [{"start": "300", "end": "319"}, {"start": "0309", "end": ""}]},
        ),
    ],
)
def test_what_is_kept_otherwise(
    sandbox: Sandbox, client: Client, bodies: Bodies, dialect: dict[str, str], kind: str, sent: Any, kept: Any
) -> None:
    sandbox.dialects.change(dialect)
    created = client.ask("POST", f"/{kind}", {**bodies[kind], **sent}).data
    assert {key: created[key] for key in sent} == {**sent, **kept}
    key = created["combinedId"] if kind == "entities" else created["id"]
    edited = client.ask("PUT", f"/{kind}/{key}", {**bodies[kind], **sent}).data
    assert {**edited, "password": ""} == {**created, "password": ""}  # which is salted anew


def test_texts_that_are_refused_for_their_length(sandbox: Sandbox, client: Client, bodies: Bodies) -> None:
    sandbox.dialects.change({"store_length": "refused"})
    refused = client.ask("POST", "/users", {**bodies["users"], "lastName": LONG})
    assert (refused.status, "65 characters" in refused.text) == (400, True)
    assert client.ask("POST", "/users", {**bodies["users"], "lastName": LONG[:64]}).status == 201


def test_by_itself_a_text_is_kept_as_it_is_sent(client: Client, bodies: Bodies) -> None:
    text = f"{ODD}Aé" + unicodedata.normalize("NFD", "é") * 60
    assert client.ask("POST", "/users", {**bodies["users"], "lastName": text}).data["lastName"] == text

# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An administrator who is not super sees and changes what belongs to their entities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from xcisandbox import Sandbox

    from ansible_collections.xivo.xci.tests.unit.sandbox.conftest import Client, Connect

Bodies = dict[str, dict[str, Any]]


@pytest.fixture
def local(sandbox: Sandbox, connect: Connect) -> Client:
    """Manages the default entity of paris."""
    return connect(sandbox, "local", "local pass")


def test_lists_hold_what_is_theirs(local: Client) -> None:
    assert [xivo["name"] for xivo in local.get("/xivo")["items"]] == ["paris"]
    assert [entity["xivo"]["name"] for entity in local.get("/entities")["items"]] == ["paris"]
    assert [template["name"] for template in local.get("/templates")] == ["desk"]


def test_what_is_theirs_can_be_changed(local: Client, bodies: Bodies) -> None:
    entity = local.entity()
    assert local.get(f"{entity['path']}/users")["items"]
    assert local.get(f"{entity['path']}/available_numbers")["items"]
    assert local.ask("POST", "/users", bodies["users"]).status == 201
    assert local.ask("PUT", "/users/1", {**bodies["users"], "internalNumber": "102"}).status == 200
    assert local.ask("DELETE", "/users/1").status == 200
    assert local.ask("PUT", entity["path"], {**bodies["entities"], "name": "default"}).status == 200
    assert local.ask("POST", "/templates", bodies["templates"]).status == 201
    assert local.ask("PUT", "/templates/2", {**bodies["templates"], "xivos": []}).status == 200
    assert local.ask("DELETE", "/templates/2").status == 200


def test_what_belongs_to_others_is_forbidden(sandbox: Sandbox, client: Client, local: Client, bodies: Bodies) -> None:
    lyon = client.entity("lyon")
    stranger = client.ask("POST", "/users", {**bodies["users"], "entityCId": lyon["combinedId"]}).data["id"]
    theirs = {**bodies["templates"], "entities": [lyon["combinedId"]], "xivos": []}
    template = client.ask("POST", "/templates", theirs).data["id"]
    before = sandbox.state()
    tries: list[tuple[str, str, Any]] = [
        ("GET", "/xivo/2", None),
        ("POST", "/xivo", bodies["xivo"]),
        ("GET", lyon["path"], None),
        ("GET", f"{lyon['path']}/users", None),
        ("GET", f"{lyon['path']}/available_numbers", None),
        ("PUT", lyon["path"], bodies["entities"]),
        ("DELETE", lyon["path"], None),
        ("POST", "/entities", bodies["entities"]),
        ("PUT", client.entity()["path"], {**bodies["entities"], "xivoId": 2}),
        ("GET", f"/users/{stranger}", None),
        ("PUT", f"/users/{stranger}", bodies["users"]),
        ("DELETE", f"/users/{stranger}", None),
        ("POST", "/users", {**bodies["users"], "entityCId": lyon["combinedId"]}),
        ("PUT", "/users/1", {**bodies["users"], "entityCId": lyon["combinedId"]}),
        ("GET", f"/templates/{template}", None),
        ("DELETE", f"/templates/{template}", None),
        ("PUT", "/templates/1", bodies["templates"]),  # also of lyon
        ("POST", "/templates", {**bodies["templates"], "xivos": [2]}),
        ("POST", "/templates", {**bodies["templates"], "xivos": [], "entities": []}),
        ("GET", "/administrators", None),
        ("GET", "/administrators/2", None),
        ("POST", "/administrators", bodies["administrators"]),
        ("PUT", "/administrators/2", bodies["administrators"]),
        ("DELETE", "/administrators/2", None),
    ]
    for method, path, body in tries:
        reply = local.ask(method, path, body)
        assert reply.status == 403, (method, path, reply.status)
        assert "<h1>Forbidden</h1>" in reply.text
    assert sandbox.state() == before


def test_rights_are_those_of_now(client: Client, local: Client, bodies: Bodies) -> None:
    change = {**bodies["administrators"], "login": "local", "entityIds": [2]}
    client.ask("PUT", "/administrators/2", change)
    assert [entity["xivo"]["name"] for entity in local.get("/entities")["items"]] == ["lyon"]

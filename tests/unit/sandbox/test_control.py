# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The control interface: the log, loading, the state, and the rest of what tests need."""

from __future__ import annotations

import hmac
import json
import os
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from xcisandbox.control import ACTIONS
from xcisandbox.dialects import SWITCHES
from xcisandbox.guard import is_ours

if TYPE_CHECKING:
    from xcisandbox import Sandbox

    from ansible_collections.xivo.xci.tests.unit.sandbox.conftest import Client, Connect, Start

ROLE = Path(__file__).resolve().parents[3] / "roles" / "xci_sandbox"
SECRETS = ("superpass", "local pass", '"1234"', "new secret")


def test_the_log_has_paths_as_they_came_and_no_secrets(sandbox: Sandbox, client: Client) -> None:
    path = client.entity()["path"]
    body = {"ctiPassword": "new secret", "ctiLogin": "x", "list": [{"password": "new secret"}], "firstName": None}
    client.ask("GET", path)
    client.ask("POST", "/users", body)
    client.ask("GET", "/xivo?x=1")
    items = client.control("GET", "requests").data["items"]
    assert items == sandbox.requests()
    assert [(item["n"], item["method"], item["path"], item["status"]) for item in items] == [
        (1, "POST", "/login", 200),
        (2, "GET", "/entities", 200),
        (3, "GET", path, 200),
        (4, "POST", "/users", 400),
        (5, "GET", "/xivo?x=1", 200),
    ]
    assert items[0]["body"] == {"login": "admin", "password": "********"}
    assert items[3]["body"] == {**body, "ctiPassword": "********", "list": [{"password": "********"}]}
    assert all(0 <= item["seconds"] < 5 and item["fault"] is None for item in items)
    assert not any(secret in json.dumps(items) for secret in SECRETS)


def test_the_log_shows_nothing_of_a_body_that_it_can_not_read(sandbox: Sandbox, client: Client) -> None:
    client.raw("POST", f"{client.base}/login", b'{"password": "new secret"', **{"Content-Type": "application/json"})
    assert sandbox.requests()[-1]["body"] is None


def test_the_log_can_be_emptied(sandbox: Sandbox, client: Client) -> None:
    assert client.control("DELETE", "requests").status == 200
    assert sandbox.requests() == []


def test_control_needs_no_cookie_and_is_not_in_the_log(sandbox: Sandbox, connect: Connect) -> None:
    client = connect(sandbox, None)
    for method, action in ACTIONS:
        assert client.control(method, action, {} if method in ("PUT", "POST") else None).status in (200, 400)
    assert sandbox.requests() == []


JSON = {"Content-Type": "application/json"}
WRITING = [(method, action) for method, action in [*ACTIONS, ("POST", "stop")] if method != "GET"]
READING = [(method, action) for method, action in ACTIONS if method == "GET"]
WITHOUT_TOKEN = ("GET", "ping")


def untouched(sandbox: Sandbox, client: Client, method: str, action: str, **headers: str) -> int:
    """The status of a request that must change nothing, neither of what is stored nor of the sandbox itself."""
    before = (sandbox.state(), sandbox.dialects.as_dict(), sandbox.faults.as_list(), len(sandbox.requests()))
    reply = client.raw(method, f"/_sandbox/{action}", b'{"put": "merge"}' if method != "GET" else None, **headers)
    assert "error" in reply.data
    assert (sandbox.state(), sandbox.dialects.as_dict(), sandbox.faults.as_list(), len(sandbox.requests())) == before
    assert client.control("GET", "ping").status == 200
    return reply.status


@pytest.mark.parametrize(("method", "action"), [one for one in [*READING, *WRITING] if one != WITHOUT_TOKEN])
def test_what_changes_or_shows_something_needs_the_token(
    sandbox: Sandbox, client: Client, method: str, action: str
) -> None:
    for given in ("", "Bearer ", "Bearer x", "Bearer \xe9", f"Basic {client.token}", client.token):
        headers = {"Authorization": given} if given else {}
        assert untouched(sandbox, client, method, action, **JSON, **headers) == 401


def test_another_sandbox_has_another_token(sandbox: Sandbox, client: Client, start: Start) -> None:
    wrong = f"Bearer {start().token}"
    assert untouched(sandbox, client, "POST", "reset", **JSON, Authorization=wrong) == 401


@pytest.mark.parametrize(("method", "action"), [*READING, *WRITING])
def test_a_name_that_leads_here_is_not_enough(sandbox: Sandbox, client: Client, method: str, action: str) -> None:
    """A page of evil.example.com whose address is 127.0.0.1 by now; not even the token opens the door."""
    token = {"Authorization": f"Bearer {client.token}"}
    for host in (
        "evil.example.com",
        "evil.example.com:9001",
        "127.0.0.1.example.com",
        "192.0.2.7",
        "[x",
        "",
    ):
        assert untouched(sandbox, client, method, action, **JSON, **token, Host=host) == 403


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:1", "127.0.0.1", "127.0.0.1:80", "127.3.2.1", "[::1]:9001"])
def test_how_this_machine_is_called(client: Client, host: str) -> None:
    assert client.raw("GET", "/_sandbox/ping", Host=host).status == 200


@pytest.mark.parametrize(
    ("bound", "host", "served"),
    [
        ("xci.example.org", "xci.example.org:9001", True),
        ("xci.example.org", "192.0.2.7:9001", False),
        ("192.0.2.7", "192.0.2.7:9001", True),
        ("192.0.2.7", "192.0.2.8:9001", False),
        ("0.0.0.0", "192.0.2.7:9001", True),  # noqa: S104
        ("::", "[2001:db8::7]:9001", True),
        ("0.0.0.0", "xci.example.org", False),  # noqa: S104
    ],
)
def test_how_it_is_called_by_others(bound: str, host: str, served: bool) -> None:
    assert is_ours(host, bound) is served


@pytest.mark.parametrize(("method", "action"), WRITING)
@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_a_form_of_another_site_changes_nothing(
    sandbox: Sandbox, client: Client, method: str, action: str, kind: str
) -> None:
    headers = {"Authorization": f"Bearer {client.token}", "Content-Type": kind}
    assert untouched(sandbox, client, method, action, **headers) == 415


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example.com"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
@pytest.mark.parametrize(("method", "action"), [("GET", "state"), ("POST", "reset"), ("POST", "stop")])
def test_a_page_of_another_site_gets_nothing(
    sandbox: Sandbox, client: Client, method: str, action: str, headers: dict[str, str]
) -> None:
    token = {"Authorization": f"Bearer {client.token}"}
    assert untouched(sandbox, client, method, action, **JSON, **token, **headers) == 403


def test_a_browser_gets_no_leave_to_send_what_a_form_can_not(client: Client) -> None:
    asking: dict[str, str] = {"Origin": "http://evil.example.com", "Access-Control-Request-Method": "POST"}
    for target in ("/_sandbox/reset", f"{client.base}/users"):
        reply = client.raw("OPTIONS", target, None, **asking)
        assert reply.status in (401, 403, 404)
        assert not [name for name in reply.headers if name.lower().startswith("access-control-")]


def test_the_address_line_of_a_browser_is_served(sandbox: Sandbox, client: Client) -> None:
    assert client.raw("GET", "/_sandbox/ping", None, **{"Sec-Fetch-Site": "none"}).status == 200
    same = {"Sec-Fetch-Site": "same-origin", "Origin": f"http://127.0.0.1:{sandbox.port}"}
    assert client.raw("GET", "/_sandbox/ping", None, **same).status == 200


def test_ping(sandbox: Sandbox, client: Client) -> None:
    assert client.control("GET", "ping").data == {"name": "xci_sandbox", "url": sandbox.url, "pid": os.getpid()}


@pytest.mark.parametrize(("method", "action"), [("GET", "nothing"), ("DELETE", "state"), ("GET", "stop")])
def test_what_control_does_not_know(client: Client, method: str, action: str) -> None:
    reply = client.control(method, action)
    assert reply.status == 404
    assert action in reply.data["error"]


def test_dialects(sandbox: Sandbox, client: Client) -> None:
    assert list(client.control("GET", "dialects").data) == list(SWITCHES)
    changed = client.control("PUT", "dialects", {"put": "merge", "extra_keys": True}).data
    assert (changed["put"], changed["extra_keys"], changed["errors"]) == ("merge", "yes", "html")
    for wrong in ({"put": "x"}, {"x": "y"}, ["put"]):
        assert client.control("PUT", "dialects", wrong).status == 400
    assert sandbox.dialects.as_dict() == changed


def test_expire(sandbox: Sandbox, client: Client, connect: Connect) -> None:
    other = connect(sandbox)
    assert client.control("POST", "expire").data == {"expired": 2}
    assert client.ask("GET", "/xivo").status == other.ask("GET", "/xivo").status == 401


def test_reset(sandbox: Sandbox, client: Client, start: Start) -> None:
    sandbox.faults.add({"fault": {"kind": "html"}})
    sandbox.dialects.change({"put": "merge"})
    client.ask("GET", "/xivo/synchronize_config_files")
    assert client.control("POST", "reset").data == {}
    empty = start().state()
    for administrator in (*empty["administrators"], *(state := sandbox.state())["administrators"]):
        assert administrator.pop("passwordStamp")
    assert state == empty
    assert (sandbox.requests(), sandbox.faults.as_list(), sandbox.dialects["put"]) == ([], [], "merge")
    assert client.ask("GET", "/xivo").status == 401
    assert client.log_in().status == 200


def test_load_and_state(sandbox: Sandbox, client: Client) -> None:
    state = client.control("GET", "state").data
    assert state == sandbox.state()
    assert not any(secret in json.dumps(state) for secret in SECRETS)
    assert [xivo["name"] for xivo in state["xivos"]] == ["paris", "lyon"]
    assert state["entities"][0]["presentedNumber"] == "inbNo"
    assert (state["templates"][0]["xivos"], state["templates"][0]["entities"]) == ([1], [2])
    user = state["users"][0]
    assert (user["entity"], user["template"], user["lastName"], user["ctiLogin"]) == (1, 1, "D'Arc", "zoe")
    assert [who["login"] for who in state["administrators"]] == ["admin", "local"]
    assert state["administrators"][1]["entities"] == [1]


def test_the_state_does_not_change_by_reading_and_logging_in(sandbox: Sandbox, client: Client) -> None:
    before = sandbox.state()
    client.log_in()
    for path in ("/xivo", "/entities", "/templates", "/administrators", "/users/1"):
        client.get(path)
    assert sandbox.state() == before


def test_the_state_tells_that_a_password_was_written(sandbox: Sandbox, client: Client) -> None:
    body = {
        "login": "local",
        "name": "",
        "ldap": False,
        "password": "local pass",
        "superAdmin": False,
        "entityIds": [1],
    }
    before = sandbox.state()["administrators"][1]
    client.ask("PUT", "/administrators/2", body)
    after = sandbox.state()["administrators"][1]
    assert before.pop("passwordStamp") != after.pop("passwordStamp")
    assert before == after


def test_load_adds_to_what_is_there(client: Client) -> None:
    document = {
        "xivos": [{"name": "nice", "uuid": "00000000-0000-4000-8000-000000000001"}],
        "entities": [{"name": "sales", "xivo": "paris"}, {"name": "sales", "xivo": "nice"}],
        "users": [{"entity": "sales@00000000-0000-4000-8000-000000000001", "internalNumber": "1"}],
    }
    assert client.control("POST", "load", document).data == {
        "loaded": {"xivos": 1, "entities": 2, "templates": 0, "users": 1, "administrators": 0}
    }
    assert client.get("/entities/sales@00000000-0000-4000-8000-000000000001/users")["items"]


def test_the_document_in_the_readme_loads(start: Start) -> None:
    readme = (ROLE / "README.md").read_text(encoding="utf-8")
    (document,) = re.findall(r"^```json\n(.*?)^```", readme, re.DOTALL | re.MULTILINE)
    (answer,) = re.findall(r'^\{"loaded".*', readme, re.MULTILINE)
    sandbox = start()
    assert {"loaded": sandbox.load(json.loads(document))} == json.loads(answer)
    (user,) = sandbox.state()["users"]
    assert (user["entity"], user["template"], user["internalNumber"], user["lastName"]) == (1, 1, "1701", "Martin")


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ([], "document: expected Object"),
        ({"user": []}, "not user"),
        ({"users": {}}, "users: expected Array"),
        ({"xivos": [1]}, "xivos(0): xivos: expected Object"),
        ({"xivos": [{"name": "new"}, {"name": "paris"}]}, "xivos(1): a XiVO named 'paris' exists already"),
        ({"xivos": [{"name": "new"}, {"name": "x", "host": 1}]}, "xivos(1): host: expected String"),
        ({"entities": [{"name": "x", "xivo": "nowhere"}]}, "there is no XiVO named 'nowhere'"),
        ({"entities": [{"name": "x"}]}, "there is no XiVO named None"),
        ({"templates": [{"name": "x", "entities": ["x@y"]}]}, "there is no entity x@y"),
        ({"users": [{"internalNumber": "1"}]}, "entity: expected String"),
        ({"users": [{"entity": "default@paris", "internalNumber": 1}]}, "internalNumber: expected String"),
        ({"users": [{"entity": "default@paris", "internalNumber": "1", "template": "x"}]}, "no template named 'x'"),
        ({"administrators": [{"login": "x"}]}, "administrators(0): password: missing"),
    ],
)
def test_a_document_is_loaded_whole_or_not_at_all(sandbox: Sandbox, client: Client, document: Any, said: str) -> None:
    before = sandbox.state()
    reply = client.control("POST", "load", document)
    assert reply.status == 400
    assert said in reply.data["error"]
    assert sandbox.state() == before


def test_a_site_of_twenty_thousand_users_loads_in_seconds(start: Start, connect: Connect) -> None:
    spans = [{"start": f"{number}0000", "end": f"{number}9999"} for number in range(1, 11)]
    document = {
        "xivos": [{"name": f"x{number}"} for number in range(20)],
        "entities": [
            {"name": f"e{number}", "xivo": f"x{number % 20}", "intervals": [spans[number // 20]]}
            for number in range(200)
        ],
        "users": [
            {
                "entity": f"e{entity}@x{entity % 20}",
                "internalNumber": str(10000 + number),
                "ctiLogin": f"{entity}.{number}",
            }
            for entity in range(200)
            for number in range(100)
        ],
    }
    sandbox = start()
    began = time.process_time()
    assert sandbox.load(document)["users"] == 20_000
    assert time.process_time() - began < 15
    client = connect(sandbox)
    assert {xivo["remainingSlots"] for xivo in client.get("/xivo")["items"]} == {0}
    entity = client.entity("x7")
    assert len(client.get(f"{entity['path']}/users")["items"]) == 100
    assert len(client.get(f"{entity['path']}/available_numbers")["items"]) == 9_900


def test_stop(start: Start, connect: Connect) -> None:
    sandbox = start()
    client = connect(sandbox)
    assert client.control("POST", "stop").data == {}
    sandbox.wait()
    client.connection.close()
    with pytest.raises(ConnectionRefusedError):
        client.log_in()


def test_a_sandbox_proves_to_who_has_its_token_that_it_is_the_one(sandbox: Sandbox, connect: Connect) -> None:
    client = connect(sandbox, None)
    reply = client.raw("GET", "/_sandbox/proof/abc")
    assert reply.data == {"proof": hmac.new(client.token.encode(), b"abc", "sha256").hexdigest()}
    assert client.token not in reply.text
    assert client.raw("GET", "/_sandbox/proof/abd").data != reply.data

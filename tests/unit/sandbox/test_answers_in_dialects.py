# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Dialects of how the server lets in, how an answer is written, and what an object shows."""

from __future__ import annotations

import json
import re
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from xcisandbox import Sandbox
from xcisandbox.dialects import FREE, SWITCHES, read

from ansible_collections.xivo.xci.tests.support.clock import Clock

if TYPE_CHECKING:
    from ansible_collections.xivo.xci.tests.unit.sandbox.conftest import Client, Connect, Start

Bodies = dict[str, dict[str, Any]]
ROLE = Path(__file__).resolve().parents[3] / "roles" / "xci_sandbox"


def test_the_readme_lists_each_dialect_with_its_values() -> None:
    readme = (ROLE / "README.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*?) \|", readme, re.MULTILINE))
    listed = {name: tuple(re.findall("`([^`]+)`", rows.get(name, ""))) for name in SWITCHES}
    assert listed == SWITCHES
    assert FREE.keys() <= SWITCHES.keys()


# -- from a file --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ['{"put": "merge"}', '{"dialects": {"put": "merge"}, "verdict": "x"}', "put: merge", "dialects:\n  put: merge"],
)
def test_a_file_has_them_at_its_top_or_under_dialects(tmp_path: Path, text: str) -> None:
    file = tmp_path / "file"
    file.write_text(text, encoding="utf-8")
    assert read(str(file)) == {"put": "merge"}


def test_a_mapping_or_nothing_is_taken_as_it_is() -> None:
    assert read({"put": "merge"}) == {"put": "merge"}
    assert read("") == read({}) == {}


@pytest.mark.parametrize(
    ("text", "said"), [("[]", "holds no dialects: a mapping of them is needed"), ("a: [", "neither JSON nor YAML")]
)
def test_a_file_with_no_mapping(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "file").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=said):
        read(str(tmp_path / "file"))


# -- logging in ---------------------------------------------------------------------------------------------


def test_several_cookies_are_all_needed(start: Start, connect: Connect) -> None:
    client = connect(start(dialects={"cookies": "several"}), None)
    cookies = [one.partition(";")[0] for one in client.log_in().headers.get_all("Set-Cookie", [])]
    assert [one.partition("=")[0] for one in cookies] == ["PLAY_SESSION", "XCI_NODE"]
    statuses = []
    for cookie in (cookies[0], cookies[1], "; ".join(cookies)):
        client.cookie = cookie
        statuses.append(client.ask("GET", "/xivo").status)
    assert statuses == [401, 401, 200]


def test_a_cookie_that_opens_nothing(sandbox: Sandbox, connect: Connect) -> None:
    sandbox.dialects.change({"login_refused": "useless_cookie"})
    client = connect(sandbox, None)
    reply = client.log_in(password="wrong")
    assert (reply.status, reply.headers["Set-Cookie"].startswith("PLAY_SESSION=")) == (200, True)
    assert client.ask("GET", "/xivo").status == 401


def test_a_renewed_cookie_and_the_one_before(sandbox: Sandbox, client: Client) -> None:
    sandbox.dialects.change({"session_cookie": "renewed"})
    first = client.cookie
    assert client.ask("GET", "/xivo").headers["Set-Cookie"]
    second = client.cookie
    assert second != first
    for cookie in (first, second):
        client.cookie = cookie
        assert client.ask("GET", "/xivo").status == 200


def test_one_session_for_each_administrator(sandbox: Sandbox, client: Client, connect: Connect) -> None:
    sandbox.dialects.change({"sessions": "one"})
    other = connect(sandbox, "local", "local pass")
    newer = connect(sandbox)
    assert [one.ask("GET", "/xivo").status for one in (client, other, newer)] == [401, 200, 200]


# -- lists --------------------------------------------------------------------------------------------------

LISTS = ("/xivo", "/entities", "/templates", "/administrators")


@pytest.mark.parametrize(("shape", "bare"), [("documented", ["/templates"]), ("items", []), ("bare", list(LISTS))])
def test_list_shape(sandbox: Sandbox, client: Client, shape: str, bare: list[str]) -> None:
    sandbox.dialects.change({"list_shape": shape})
    assert [path for path in LISTS if isinstance(client.get(path), list)] == bare
    free = client.get(f"/entities/default@{sandbox.state()['xivos'][0]['uuid']}/available_numbers")
    assert isinstance(free, list) is (shape == "bare")


@pytest.mark.parametrize(
    ("part", "shown", "beside"),
    [
        ("counted", 5, {"total": 5}),
        ("total", 3, {"total": 5}),
        ("next", 3, {"next": "/api/1.0/xivo?page=2"}),
        ("link", 3, {}),
        ("silent", 3, {}),
    ],
)
def test_list_part(sandbox: Sandbox, client: Client, part: str, shown: int, beside: dict[str, Any]) -> None:
    sandbox.load({"xivos": [{"name": f"x{number}"} for number in range(3)]})
    sandbox.dialects.change({"list_part": part})
    reply = client.ask("GET", "/xivo")
    assert len(reply.data.pop("items")) == shown
    assert {key: value for key, value in reply.data.items() if key != "items"} == beside
    assert reply.headers["Link"] == ('</api/1.0/xivo?page=2>; rel="next"' if part == "link" else None)
    whole = client.ask("GET", "/entities")
    assert (len(whole.data["items"]), whole.headers["Link"]) == (2, None)
    assert whole.data.get("next") is None
    assert isinstance(client.get("/templates"), list)


@pytest.mark.parametrize(
    ("dialect", "shown"),
    [
        ({"whole_numbers": "text"}, ["1", "30", False]),
        ({"whole_numbers": "floats"}, [1.0, 30.0, False]),
        ({"flags": "text"}, [1, 30, "false"]),
        ({"flags": "numbers"}, [1, 30, 0]),
    ],
)
def test_spelling(sandbox: Sandbox, client: Client, dialect: dict[str, str], shown: list[Any]) -> None:
    sandbox.dialects.change(dialect)
    template = client.get("/templates/1")
    found = [template[key] for key in ("id", "ringingTime", "routedInbound")]
    assert [json.dumps(one) for one in found] == [json.dumps(one) for one in shown]
    assert client.get("/templates")[0] == template


@pytest.mark.parametrize(("kind", "header"), [("html", "text/html"), ("plain", "text/plain"), ("none", "None")])
def test_content_type(sandbox: Sandbox, client: Client, kind: str, header: str) -> None:
    sandbox.dialects.change({"content_type": kind})
    reply = client.ask("GET", "/xivo")
    assert str(reply.headers["Content-Type"]).partition(";")[0] == header
    assert len(reply.data["items"]) == 2


@pytest.mark.parametrize(("charset", "encoded"), [("utf-8-bom", "Zoé\u2019".encode()), ("latin-1", b"Zo\xe9\\u2019")])
def test_charset(sandbox: Sandbox, client: Client, bodies: Bodies, charset: str, encoded: bytes) -> None:
    client.ask("PUT", "/users/1", {**bodies["users"], "firstName": "Zoé\u2019"})
    sandbox.dialects.change({"charset": charset})
    client.connection.request("GET", f"{client.base}/users/1", headers={"Cookie": client.cookie})
    with client.connection.getresponse() as response:
        body = response.read()
    assert encoded in body
    assert body.startswith(b"\xef\xbb\xbf{" if charset == "utf-8-bom" else b"{")


# -- objects ------------------------------------------------------------------------------------------------


def test_opaque_ids_of_entities_stay_when_one_is_renamed(sandbox: Sandbox, client: Client, bodies: Bodies) -> None:
    sandbox.dialects.change({"combined_id": "opaque"})
    entity = client.entity()
    assert (entity["combinedId"], client.get("/templates/1")["entities"]) == ("entity-1", ["entity-2"])
    renamed = client.ask("PUT", entity["path"], {**bodies["entities"], "xivoId": 1}).data
    assert (renamed["name"], renamed["combinedId"]) == ("sales", "entity-1")
    body = {**bodies["users"], "entityCId": "entity-2", "internalNumber": "150"}
    assert client.ask("POST", "/users", body).data["entity"]["combinedId"] == "entity-2"
    assert client.ask("GET", "/entities/default@x").status == 404


@pytest.mark.parametrize(("way", "statuses"), [("any", (200, 200)), ("encoded", (404, 200)), ("raw", (200, 404))])
def test_entity_path(sandbox: Sandbox, client: Client, way: str, statuses: tuple[int, int]) -> None:
    entity = client.entity()
    sandbox.dialects.change({"entity_path": way})
    paths = (f"/entities/{entity['combinedId']}", entity["path"])
    assert tuple(client.ask("GET", path).status for path in paths) == statuses
    assert client.ask("GET", "/entities").status == 200


def test_references_in_other_shapes(sandbox: Sandbox, client: Client) -> None:
    lyon = client.get("/entities")["items"][1]
    sandbox.dialects.change({"template_references": "objects"})
    template = client.get("/templates/1")
    assert (template["xivos"], template["entities"]) == ([client.get("/xivo/1")], [lyon])
    sandbox.dialects.change({"entity_xivo": "id"})
    assert client.get("/entities")["items"][1]["xivo"] == 2
    for way, shown in (("combined_id", lyon["combinedId"].replace(lyon["xivo"]["uuid"], "")), ("null", None)):
        sandbox.dialects.change({"user_entity": way})
        assert str(client.get("/users/1")["entity"]).startswith(str(shown))
    sandbox.dialects.change({"user_entity": "absent"})
    assert "entity" not in client.get("/users/1")
    sandbox.dialects.change({"admin_entities": "null"})
    assert client.get("/administrators/2")["entities"] is None


def test_listed_user(sandbox: Sandbox, client: Client) -> None:
    path = f"{client.entity()['path']}/users"
    alone = client.get("/users/1")
    sandbox.dialects.change({"listed_user": "as_alone"})
    assert client.get(path)["items"] == [alone]
    sandbox.dialects.change({"listed_user": "short"})
    (short,) = client.get(path)["items"]
    assert alone.keys() - short.keys() == {"ctiLogin", "ctiPassword", "provisioningNumber"}
    assert client.get("/users/1") == alone


def test_a_null_end(sandbox: Sandbox, client: Client) -> None:
    sandbox.dialects.change({"interval_end": "null"})
    assert client.entity()["intervals"] == [{"start": "100", "end": "104"}, {"start": "200", "end": None}]


def test_extra_keys_that_are_lost_though_they_are_sent(sandbox: Sandbox, client: Client) -> None:
    sandbox.dialects.change({"extra_keys": "lost"})
    entity = client.entity()
    assert (entity["mdsName"], entity["intervals"][0]["routingMode"]) == ("default", "sda")
    edited = client.ask("PUT", entity.pop("path"), {**entity, "xivoId": 1}).data
    assert "mdsName" not in edited
    assert edited["intervals"] == [{"start": "100", "end": "104"}, {"start": "200", "end": ""}]


def test_slots_that_count_nobody(sandbox: Sandbox, client: Client) -> None:
    assert client.get("/xivo/1")["remainingSlots"] == 999
    sandbox.dialects.change({"remaining_slots": "fixed"})
    assert client.get("/xivo/1")["remainingSlots"] == client.entity()["xivo"]["remainingSlots"] == 1000


def test_provisioning_numbers(sandbox: Sandbox, client: Client, clock: Clock, bodies: Bodies) -> None:
    code = client.get("/users/1")["provisioningNumber"]
    sandbox.dialects.change({"provisioning": "never"})
    assert client.get("/users/1")["provisioningNumber"] is None
    sandbox.dialects.change({"provisioning": "late"})
    created = client.ask("POST", "/users", bodies["users"]).data
    assert created["provisioningNumber"] is None
    clock.now += 4
    assert client.get(f"/users/{created['id']}")["provisioningNumber"]
    sandbox.dialects.change({"provisioning": "renewed"})
    stays = client.ask("PUT", "/users/1", {**bodies["users"], "internalNumber": "100"}).data
    moved = {**bodies["users"], "entityCId": client.entity("lyon")["combinedId"]}
    assert stays["provisioningNumber"] == code != client.ask("PUT", "/users/1", moved).data["provisioningNumber"]


@pytest.mark.parametrize(
    ("mode", "shown"),
    [
        ("whole", ["101", "102", "103", "104", "200"]),
        ("capped", ["101", "102", "103", "104", "200"]),
        ("unsorted", ["200", "104", "103", "102", "101"]),
        ("integers", [101, 102, 103, 104, 200]),
        ("used_elsewhere", ["101", "102", "104", "200"]),
    ],
)
def test_available_numbers(sandbox: Sandbox, client: Client, mode: str, shown: list[Any]) -> None:
    sandbox.dialects.change({"available_numbers": mode})
    assert client.get(f"{client.entity()['path']}/available_numbers")["items"] == shown
    many = client.get(f"{client.entity('lyon')['path']}/available_numbers")["items"]
    assert len(many) == {"capped": 5, "used_elsewhere": 75}.get(mode, 100)


@pytest.mark.parametrize(
    ("mode", "found"), [("shorter", [1, 1, 1, 403]), ("forbidden", [403, 1, 403, 403]), ("empty", [0, 1, 0, 0])]
)
def test_limited_admins(sandbox: Sandbox, connect: Connect, mode: str, found: list[int]) -> None:
    sandbox.dialects.change({"limited_admins": mode})
    client = connect(sandbox, "local", "local pass")
    replies = [client.ask("GET", path) for path in LISTS]
    lists = [one.data if isinstance(one.data, list) else one.data["items"] for one in replies if one.status == 200]
    counts = iter(map(len, lists))
    assert [next(counts) if one.status == 200 else one.status for one in replies] == found
    assert all(connect(sandbox).ask("GET", path).status == 200 for path in LISTS)


# -- how much it takes --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("mode", "wanted"), [("retry_after", "1"), ("silent", None)])
def test_rate_limit(sandbox: Sandbox, client: Client, clock: Clock, mode: str, wanted: str | None) -> None:
    sandbox.dialects.change({"rate_limit": mode})
    replies = [client.ask("GET", "/xivo") for _time in range(22)]
    assert [one.status for one in replies] == [200] * 20 + [429] * 2
    assert replies[-1].headers["Retry-After"] == wanted
    clock.now += 1
    assert client.ask("GET", "/xivo").status == 200


def test_body_limit(sandbox: Sandbox, client: Client, bodies: Bodies) -> None:
    sandbox.dialects.change({"body_limit": "8k"})
    body = {**bodies["entities"], "displayName": "x" * 8192}
    assert client.ask("POST", "/entities", body).status == 413
    assert client.ask("POST", "/entities", bodies["entities"]).status == 201


def test_connections_that_are_not_kept(sandbox: Sandbox, client: Client) -> None:
    assert client.ask("GET", "/xivo").headers["Connection"] is None
    sandbox.dialects.change({"keep_alive": "no"})
    assert client.ask("GET", "/xivo").headers["Connection"] == "close"
    assert client.ask("GET", "/xivo").status == 200


def test_one_write_at_once(sandbox: Sandbox, connect: Connect, bodies: Bodies) -> None:
    sandbox.dialects.change({"writes_at_once": "one"})
    clients = [connect(sandbox) for _one in range(3)]
    statuses: list[int] = []

    def write(client: Client, number: int) -> None:
        statuses.append(client.ask("POST", "/templates", {**bodies["templates"], "name": f"t{number}"}).status)

    threads = [threading.Thread(target=write, args=(client, place)) for place, client in enumerate(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert min(statuses) == 201
    assert set(statuses) <= {201, 503}
    assert len(sandbox.state()["templates"]) == 1 + statuses.count(201)
    assert clients[0].ask("POST", "/templates", {**bodies["templates"], "name": "later"}).status == 201


def test_what_takes_long(sandbox: Sandbox, client: Client, clock: Clock) -> None:
    path = client.entity()["path"]
    sandbox.dialects.change({"users_seconds": 7, "synchronize_seconds": "2.5"})
    for target in (f"{path}/users", "/xivo/synchronize_config_files", "/xivo", f"{path}/available_numbers"):
        assert client.ask("GET", target).status == 200
    assert clock.sleeps == [7.0, 2.5]

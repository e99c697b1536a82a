# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each switch changes the one thing that it is there for."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from xcisandbox import Sandbox
from xcisandbox.dialects import SWITCHES, Dialects, read

if TYPE_CHECKING:
    from ansible_collections.xivo.xci.tests.support.clock import Clock
    from ansible_collections.xivo.xci.tests.unit.sandbox.conftest import Client, Connect

Bodies = dict[str, dict[str, Any]]
WRITTEN = ("entities", "templates", "users", "administrators")


@pytest.fixture(autouse=True)
def others_are_at_their_default(sandbox: Sandbox) -> None:
    default = {name: values[0] for name, values in SWITCHES.items()}
    assert sandbox.dialects.as_dict() == {**default, "write_body": "object"}


def test_names_and_values_are_checked() -> None:
    with pytest.raises(ValueError, match="there is no dialect 'nothing'"):
        Dialects({"nothing": "x"})
    with pytest.raises(ValueError, match="put is one of replace, merge, not 'both'"):
        Dialects({"put": "both"})
    with pytest.raises(ValueError, match="can't be the name of a cookie"):
        Dialects({"cookie_name": "a b"})
    with pytest.raises(ValueError, match="'soon' is not a number of seconds"):
        Dialects({"list_lag": "soon"})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"dialects": {"lst_lag": "0.5"}}', "there is no dialect 'lst_lag'; did you mean list_lag"),
        ('{"verdict": "unreadable"}', "the doctor could not examine XCI"),
        ("dialects:", "holds no dialects: a mapping of them is needed"),
        ("- put=merge", "holds no dialects: a mapping of them is needed"),
        ("", "holds no dialects: a mapping of them is needed"),
    ],
)
def test_a_file_that_holds_no_dialects_is_refused(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "doctor.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        Dialects(read(str(file)))


def test_values_as_yaml_reads_them() -> None:
    dialects = Dialects({"extra_keys": True, "expired": 403})
    assert (dialects["extra_keys"], dialects["expired"]) == ("yes", "403")


def test_a_change_is_made_whole_or_not_at_all(sandbox: Sandbox) -> None:
    with pytest.raises(ValueError, match="nothing"):
        sandbox.dialects.change({"put": "merge", "nothing": "x"})
    assert sandbox.dialects["put"] == "replace"


@pytest.mark.parametrize("kind", WRITTEN)
@pytest.mark.parametrize(
    ("way", "statuses"),
    [("object", (201, 200, 200)), ("id", (200, 200, 200)), ("none", (200, 200, 200)), ("no_content", (204, 204, 204))],
)
def test_write_body(
    sandbox: Sandbox, client: Client, bodies: Bodies, kind: str, way: str, statuses: tuple[int, ...]
) -> None:
    sandbox.dialects.change({"write_body": way})
    key = f"sales@{client.entity()['xivo']['uuid']}" if kind == "entities" else str(len(sandbox.state()[kind]) + 1)
    path = f"/{kind}/{key}"
    for method, target, status in (("POST", f"/{kind}", statuses[0]), ("PUT", path, statuses[1])):
        reply = client.ask(method, target, bodies[kind])
        now = client.get(path)
        assert reply.status == status
        assert json.loads(reply.text or "null") == {"object": now, "id": {"id": now["id"]}}.get(way)
    deleted = client.ask("DELETE", path)
    assert (deleted.status, deleted.text) == (statuses[2], "{}" if way in ("object", "id") else "")


def test_by_itself_a_write_is_answered_with_nothing(connect: Connect, bodies: Bodies) -> None:
    with Sandbox(port=0) as sandbox:
        assert sandbox.dialects.as_dict() == {name: values[0] for name, values in SWITCHES.items()}
        client = connect(sandbox)
        reply = client.ask("POST", "/xivo", bodies["xivo"])
        assert (reply.status, reply.text, len(client.get("/xivo")["items"])) == (200, "", 1)


def test_write_body_of_a_xivo(sandbox: Sandbox, client: Client, bodies: Bodies) -> None:
    sandbox.dialects.change({"write_body": "id"})
    assert client.ask("POST", "/xivo", bodies["xivo"]).data == {"id": 3}


def test_cookie_name(sandbox: Sandbox, client: Client) -> None:
    sandbox.dialects.change({"cookie_name": "XCI"})
    assert client.ask("GET", "/xivo").status == 401
    assert client.log_in().headers["Set-Cookie"].startswith("XCI=")
    assert client.ask("GET", "/xivo").status == 200


def test_admin_entities(sandbox: Sandbox, client: Client) -> None:
    entity = client.entity()
    del entity["path"]
    for way, shown in (("objects", entity), ("ids", entity["id"]), ("combined_ids", entity["combinedId"])):
        sandbox.dialects.change({"admin_entities": way})
        assert client.get("/administrators/2")["entities"] == [shown]
        assert client.get("/administrators")["items"][1]["entities"] == [shown]


def test_cti_password(sandbox: Sandbox, client: Client, bodies: Bodies) -> None:
    without = client.ask("POST", "/users", bodies["users"]).data["id"]
    for way, shown in (("hidden", None), ("shown", "1234"), ("masked", "********")):
        sandbox.dialects.change({"cti_password": way})
        assert client.get("/users/1")["ctiPassword"] == shown
        assert client.get(f"/users/{without}")["ctiPassword"] is None
    assert sandbox.state()["users"][0]["ctiPasswordSha256"] == hashlib.sha256(b"1234").hexdigest()


def test_extra_keys_are_lost_where_a_put_replaces(sandbox: Sandbox, client: Client, bodies: Bodies) -> None:
    path = client.entity()["path"]
    assert "mdsName" not in client.get(path)
    sandbox.dialects.change({"extra_keys": "yes"})
    entity = client.get(path)
    assert entity["mdsName"] == "default"
    assert [span["routingMode"] for span in entity["intervals"]] == ["sda", "sda"]
    spans = [{**entity["intervals"][0], "routingMode": "direct"}, {"start": "200"}]
    body = {**bodies["entities"], "name": "default", "intervals": spans, "colour": {"red": 1}}
    edited = client.ask("PUT", path, body).data
    assert "mdsName" not in edited
    assert edited["colour"] == {"red": 1}
    assert edited["intervals"] == [spans[0], {"start": "200", "end": ""}]
    assert sandbox.state()["entities"][0]["extra"] == {"colour": {"red": 1}}


def test_extra_keys_survive_a_read_that_is_sent_back(sandbox: Sandbox, client: Client) -> None:
    sandbox.dialects.change({"extra_keys": "yes"})
    entity = client.entity()
    path = entity.pop("path")
    before = sandbox.state()
    client.ask("PUT", path, {**entity, "xivoId": entity["xivo"]["id"]})
    assert sandbox.state() == before


def test_extra_keys_survive_where_a_put_merges(sandbox: Sandbox, client: Client) -> None:
    sandbox.dialects.change({"extra_keys": "yes", "put": "merge"})
    edited = client.ask("PUT", client.entity()["path"], {"intervals": [{"start": "200"}], "colour": "red"}).data
    assert (edited["mdsName"], edited["colour"]) == ("default", "red")
    assert edited["intervals"] == [{"routingMode": "sda", "start": "200", "end": ""}]


def test_extra_keys_are_not_touched_by_who_does_not_see_them(sandbox: Sandbox, client: Client, bodies: Bodies) -> None:
    spans = [{"start": "200"}, {"start": "5"}]
    client.ask("PUT", client.entity()["path"], {**bodies["entities"], "intervals": spans, "mdsName": "other"})
    stored = sandbox.state()["entities"][0]
    assert stored["extra"] == {"mdsName": "default"}
    assert [span["routingMode"] for span in stored["intervals"]] == ["sda", "sda"]


def test_put_replaces(sandbox: Sandbox, client: Client, bodies: Bodies) -> None:
    edited = client.ask("PUT", "/users/1", bodies["users"]).data
    assert edited["ctiLogin"] is None
    assert sandbox.state()["users"][0]["ctiPasswordSha256"] is None
    assert client.ask("PUT", "/users/1", {"firstName": "Léa", "templateId": 1}).status == 400


def test_put_merges(sandbox: Sandbox, client: Client, bodies: Bodies, paths: dict[str, str]) -> None:
    sandbox.dialects.change({"put": "merge", "edit_password": "optional", "edit_template": "optional"})
    changes: dict[str, dict[str, Any]] = {
        "entities": {"displayName": "Siège"},
        "templates": {"ringingTime": 5},
        "users": {"firstName": "Léa"},
        "administrators": {"name": "Somebody"},
    }
    for kind, change in changes.items():
        before = client.get(paths[kind])
        edited = client.ask("PUT", paths[kind], change)
        assert edited.data == {**before, **change}
        assert client.ask("PUT", paths[kind], {}).data == edited.data
        assert client.ask("PUT", paths[kind], []).status == 400
    assert client.ask("PUT", "/users/1", {"ctiLogin": None}).data["ctiLogin"] is None
    assert client.ask("PUT", "/users/1", {"internalNumber": "x"}).status == 400
    assert sandbox.state()["users"][0]["ctiPasswordSha256"]


def test_a_merge_still_asks_for_template_and_password(sandbox: Sandbox, client: Client) -> None:
    sandbox.dialects.change({"put": "merge"})
    assert client.ask("PUT", "/users/1", {"firstName": "Léa"}).status == 400
    assert client.ask("PUT", "/administrators/2", {"name": "Somebody"}).status == 400


def test_list_order(sandbox: Sandbox, client: Client) -> None:
    sandbox.load({"xivos": [{"name": f"x{number}"} for number in range(30)]})
    ids = [[item["id"] for item in client.get("/xivo")["items"]] for _time in range(2)]
    assert ids[0] == ids[1] == sorted(ids[0])
    sandbox.dialects.change({"list_order": "shuffled"})
    mixed = [[item["id"] for item in client.get("/xivo")["items"]] for _time in range(3)]
    assert all(sorted(items) == ids[0] for items in mixed)
    assert any(items != ids[0] for items in mixed)
    free = client.get(f"{client.entity('lyon')['path']}/available_numbers")["items"]
    assert free == sorted(free)


@pytest.mark.parametrize(
    ("way", "status", "kind"),
    [
        ("401", 401, "text/html"),
        ("403", 403, "text/html"),
        ("redirect", 303, None),
        ("html", 200, "text/html"),
        ("440", 440, "text/html"),
    ],
)
def test_expired(sandbox: Sandbox, client: Client, way: str, status: int, kind: str | None) -> None:
    sandbox.dialects.change({"expired": way})
    sandbox.expire()
    reply = client.ask("GET", "/xivo")
    assert reply.status == status
    assert (reply.headers["Content-Type"] or "").partition(";")[0] == (kind or "")
    assert reply.headers["Location"] == ("/login" if way == "redirect" else None)
    assert client.log_in().status == 200
    assert client.get("/xivo")["items"]


@pytest.mark.parametrize(("way", "status"), [("401", 401), ("403", 403), ("no_cookie", 200)])
def test_login_refused(sandbox: Sandbox, connect: Connect, way: str, status: int) -> None:
    sandbox.dialects.change({"login_refused": way})
    reply = connect(sandbox, None).log_in(password="wrong")
    assert (reply.status, reply.headers["Set-Cookie"]) == (status, None)


def test_errors(sandbox: Sandbox, client: Client) -> None:
    sandbox.dialects.change({"errors": "json"})
    assert client.ask("GET", "/users/77").data == {"error": "user 77 not found"}
    assert client.ask("GET", "/nothing").data == {"error": "Action Not Found"}
    sandbox.expire()
    assert client.ask("GET", "/xivo").data == {"error": "Unauthorized"}


def test_duplicate_names(sandbox: Sandbox, client: Client, bodies: Bodies) -> None:
    sandbox.dialects.change({"duplicate_names": "allowed"})
    names = {"xivo": "paris", "entities": "default", "templates": "desk"}
    for kind, name in names.items():
        assert client.ask("POST", f"/{kind}", {**bodies[kind], "name": name}).status == 201
    twins = [item for item in client.get("/entities")["items"] if item["combinedId"] == client.entity()["combinedId"]]
    assert len(twins) == 2
    assert client.get(client.entity()["path"])["id"] == min(twin["id"] for twin in twins)


def test_duplicate_numbers(sandbox: Sandbox, client: Client, bodies: Bodies) -> None:
    sandbox.dialects.change({"duplicate_numbers": "allowed"})
    assert client.ask("POST", "/users", {**bodies["users"], "internalNumber": "100"}).status == 201


def test_delete_dependents(sandbox: Sandbox, client: Client) -> None:
    path = client.entity()["path"]
    refused = client.ask("DELETE", path)
    assert refused.status == 409
    assert "still has 1 users" in refused.text
    sandbox.dialects.change({"delete_dependents": "cascade"})
    assert client.ask("DELETE", path).status == 200
    assert sandbox.state()["users"] == []
    assert client.get("/xivo/1")["remainingSlots"] == 1000


@pytest.mark.parametrize("mode", ["refused", "allowed", "cascade"])
def test_delete_used_template(sandbox: Sandbox, client: Client, mode: str) -> None:
    sandbox.dialects.change({"delete_used_template": mode})
    before = sandbox.state()
    reply = client.ask("DELETE", "/templates/1")
    if mode == "refused":
        assert reply.status == 409
        assert "still used by 1 users" in reply.text
        assert sandbox.state() == before
        client.ask("DELETE", "/users/1")
        reply = client.ask("DELETE", "/templates/1")
    assert reply.status == 200
    assert sandbox.state()["templates"] == []
    assert [user["template"] for user in sandbox.state()["users"]] == {"allowed": [None]}.get(mode, [])


@pytest.mark.parametrize(
    ("where", "in_lyon", "elsewhere_on_paris"), [("xivo", 201, 409), ("entity", 201, 201), ("xci", 409, 409)]
)
def test_cti_logins(
    sandbox: Sandbox, client: Client, bodies: Bodies, where: str, in_lyon: int, elsewhere_on_paris: int
) -> None:
    sandbox.dialects.change({"cti_logins": where})
    sales = client.ask("POST", "/entities", bodies["entities"]).data["combinedId"]
    other = client.ask("POST", "/users", {**bodies["users"], "ctiLogin": "bob"}).data["id"]
    before = sandbox.state()
    refused = client.ask("POST", "/users", {**bodies["users"], "internalNumber": "102", "ctiLogin": "zoe"})
    assert (refused.status, "'zoe' exists already" in refused.text) == (409, True)
    assert client.ask("PUT", f"/users/{other}", {**bodies["users"], "ctiLogin": "zoe"}).status == 409
    assert client.ask("PUT", "/users/1", {**bodies["users"], "internalNumber": "100", "ctiLogin": "zoe"}).status == 200
    assert len(sandbox.state()["users"]) == len(before["users"])
    for entity, status in ((client.entity("lyon")["combinedId"], in_lyon), (sales, elsewhere_on_paris)):
        body = {**bodies["users"], "entityCId": entity, "ctiLogin": "zoe"}
        assert client.ask("POST", "/users", body).status == status


def test_cti_logins_that_need_not_be_unique(sandbox: Sandbox, client: Client, bodies: Bodies) -> None:
    sandbox.dialects.change({"cti_logins": "free"})
    assert client.ask("POST", "/users", {**bodies["users"], "ctiLogin": "zoe"}).status == 201
    twin = {**bodies["users"], "entityCId": client.entity("lyon")["combinedId"], "ctiLogin": "zoe"}
    assert client.ask("POST", "/users", twin).status == 201
    moved = {**bodies["entities"], "xivoId": client.entity("lyon")["xivo"]["id"]}
    assert client.ask("PUT", client.entity()["path"], moved).status == 200


@pytest.mark.parametrize(
    ("span", "overlaps"),
    [
        ({"start": "104"}, True),
        ({"start": "105", "end": "199"}, False),
        ({"start": "50", "end": "100"}, True),
        ({"start": "150", "end": "250"}, True),  # around 200
        ({"start": "0100", "end": "0104"}, False),  # other numbers
        ({"start": "01", "end": "099"}, False),
        ({"start": "001", "end": "100"}, True),
        ({"start": "0200", "end": "1999"}, False),
    ],
)
def test_overlapping_intervals(
    sandbox: Sandbox, client: Client, bodies: Bodies, span: dict[str, str], overlaps: bool
) -> None:
    body = {**bodies["entities"], "intervals": [{"start": "0300", "end": "0399"}, span]}
    reply = client.ask("POST", "/entities", body)
    assert reply.status == (409 if overlaps else 201)
    assert ("of 'default' on this XiVO" in reply.text) is overlaps
    created = client.ask("POST", "/entities", {**bodies["entities"], "name": "more", "intervals": []}).data
    edited = {**body, "name": "more", "intervals": [span]}
    assert client.ask("PUT", f"/entities/{created['combinedId']}", edited).status == 409  # it overlaps one by now


def test_intervals_may_overlap_elsewhere_and_their_own(sandbox: Sandbox, client: Client, bodies: Bodies) -> None:
    lyon = {**bodies["entities"], "xivoId": 2, "intervals": [{"start": "200", "end": "299"}]}
    assert client.ask("POST", "/entities", lyon).status == 201
    assert client.ask("PUT", client.entity()["path"], {**bodies["entities"], "xivoId": 2}).status == 409  # by its name
    other = {**bodies["entities"], "name": "other", "xivoId": 2, "intervals": [{"start": "150"}]}
    assert client.ask("PUT", client.entity()["path"], other).status == 409
    own = {**bodies["entities"], "name": "default", "intervals": [{"start": "100", "end": "101"}, {"start": "101"}]}
    assert client.ask("PUT", client.entity()["path"], own).status == 200
    sandbox.dialects.change({"overlapping_intervals": "allowed"})
    assert client.ask("POST", "/entities", {**bodies["entities"], "intervals": own["intervals"]}).status == 201


@pytest.mark.parametrize(
    ("way", "shown"), [("null", {"internalNumber": None}), ("empty", {"internalNumber": ""}), ("absent", {})]
)
def test_a_user_without_a_number(sandbox: Sandbox, client: Client, way: str, shown: dict[str, Any]) -> None:
    sandbox.dialects.change({"missing_number": way})
    sandbox.load({"users": [{"entity": "default@paris", "internalNumber": None, "lastName": "Salle"} for _two in "ab"]})
    listed = client.get(f"{client.entity()['path']}/users")["items"]
    for user in (listed[1], listed[2], client.get("/users/2")):
        assert {key: value for key, value in user.items() if key == "internalNumber"} == shown
    assert listed[0]["internalNumber"] == "100"
    assert sandbox.state()["users"][1]["internalNumber"] is None
    body = {"entityCId": client.entity()["combinedId"], "templateId": 1, "firstName": "", "lastName": "Salle"}
    for wrong in ({}, {"internalNumber": None}, {"internalNumber": ""}):
        assert client.ask("PUT", "/users/2", {**body, **wrong}).status == 400
    assert client.ask("PUT", "/users/2", {**body, "internalNumber": "102"}).status == 200


def test_the_list_of_an_entity_shows_users_of_others(sandbox: Sandbox, client: Client, bodies: Bodies) -> None:
    sales = client.ask("POST", "/entities", bodies["entities"]).data
    path = f"/entities/{sales['combinedId']}/users"
    assert client.get(path)["items"] == []
    sandbox.dialects.change({"entity_users": "xivo"})
    (user,) = client.get(path)["items"]
    assert (user["id"], user["entity"]["combinedId"]) == (1, client.entity()["combinedId"])
    assert client.get(f"{client.entity('lyon')['path']}/users")["items"] == []


def listed(client: Client) -> dict[str, list[str]]:
    """Return all that lists show, by what distinguishes it."""
    own = client.entity()["path"]
    return {
        "entities": [item["name"] for item in client.get("/entities")["items"]],
        "templates": [item["name"] for item in client.get("/templates")],
        "users": [item["lastName"] for item in client.get(f"{own}/users")["items"]],
        "administrators": [item["login"] for item in client.get("/administrators")["items"]],
        "xivo": [item["name"] for item in client.get("/xivo")["items"]],
        "free": client.get(f"{own}/available_numbers")["items"],
    }


def test_list_lag(sandbox: Sandbox, client: Client, clock: Clock, bodies: Bodies, paths: dict[str, str]) -> None:
    sandbox.dialects.change({"list_lag": 2})
    before = listed(client)
    for kind in ("xivo", *WRITTEN):
        assert client.ask("POST", f"/{kind}", bodies[kind]).status == 201
    edited = {**bodies["users"], "internalNumber": "100", "lastName": "Arc"}
    assert client.ask("PUT", paths["users"], edited).status == 200
    assert client.get(paths["users"])["lastName"] == "Arc"
    assert client.get("/users/2")["internalNumber"] == "101"
    assert client.get(f"/entities/sales@{client.entity()['xivo']['uuid']}/users")["items"] == []
    clock.now += 1.9
    assert listed(client) == before
    clock.now += 0.2
    after = listed(client)
    assert after["users"] == ["Arc", "In Wonderland"]
    assert [len(after[kind]) - len(before[kind]) for kind in before] == [1, 1, 1, 1, 1, -1]
    client.ask("DELETE", "/users/2")
    assert listed(client) == after
    clock.now += 1
    client.ask("DELETE", "/users/1")
    clock.now += 1.5  # the first of the two shows
    assert listed(client)["users"] == ["Arc"]
    clock.now += 1
    assert listed(client)["users"] == []
    client.ask("POST", "/users", bodies["users"])
    sandbox.dialects.change({"list_lag": 0})
    assert listed(client)["users"] == ["In Wonderland"]


def test_what_lists_showed_before_is_gone_after_a_reset(sandbox: Sandbox, client: Client, bodies: Bodies) -> None:
    sandbox.dialects.change({"list_lag": "60"})
    client.ask("POST", "/users", bodies["users"])
    sandbox.reset()
    client.log_in()
    assert client.get("/entities")["items"] == []


@pytest.mark.parametrize("mode", ["refusals", "writes"])
def test_lies(
    sandbox: Sandbox, client: Client, connect: Connect, bodies: Bodies, paths: dict[str, str], mode: str
) -> None:
    sandbox.dialects.change({"lies": mode})
    before = sandbox.state()
    for kind in ("xivo", *WRITTEN):
        reply = client.ask("POST", f"/{kind}", {**bodies[kind], "name": 1, "firstName": 1})
        assert (reply.status, list(reply.data)) == (200, ["error"])
        if kind != "xivo":
            reply = client.ask("PUT", paths[kind], {})
            assert (reply.status, list(reply.data)) == (200, ["error"])
            reply = client.ask("DELETE", f"/{kind}/77")
            assert (reply.status, list(reply.data)) == (200, ["error"])
    assert sandbox.state() == before
    done = client.ask("POST", "/users", bodies["users"])
    assert (done.status, sandbox.state() == before) == ((201, False) if mode == "refusals" else (200, True))
    deleted = client.ask("DELETE", "/users/1")
    assert (deleted.status, deleted.data) == (200, {} if mode == "refusals" else {"error": "nothing was saved"})
    # What reads, and who may do it, is answered as ever.
    assert client.ask("GET", "/users/77").status == 404
    assert connect(sandbox, None).ask("POST", "/users", bodies["users"]).status == 401
    assert connect(sandbox, None).log_in(password="wrong").status == 401
    assert client.log_in().status == 200


@pytest.mark.parametrize("unscoped", ["everybody", "nobody"])
def test_template_scope(sandbox: Sandbox, client: Client, bodies: Bodies, unscoped: str) -> None:
    sandbox.dialects.change({"template_without_scope": unscoped})
    everywhere = client.ask("POST", "/templates", {**bodies["templates"], "xivos": [], "entities": []}).data["id"]
    lyons = {**bodies["templates"], "name": "lyon", "xivos": [2], "entities": []}
    stranger = client.ask("POST", "/templates", lyons).data["id"]
    for method, path in (("POST", "/users"), ("PUT", "/users/1")):
        refused = client.ask(method, path, {**bodies["users"], "templateId": stranger})
        assert refused.status == 400
        assert "is not available to" in refused.text
    other = {**bodies["users"], "templateId": everywhere, "internalNumber": "103"}
    assert client.ask("POST", "/users", other).status == (201 if unscoped == "everybody" else 400)
    assert client.ask("POST", "/users", bodies["users"]).status == 201  # by its XiVO
    by_entity = {**bodies["users"], "entityCId": client.entity("lyon")["combinedId"]}
    assert client.ask("POST", "/users", by_entity).status == 201
    sandbox.dialects.change({"template_scope": "free"})
    free = {**bodies["users"], "templateId": stranger, "internalNumber": "102"}
    assert client.ask("POST", "/users", free).status == 201


def test_edit_template(sandbox: Sandbox, client: Client, bodies: Bodies) -> None:
    del bodies["users"]["templateId"]
    assert client.ask("PUT", "/users/1", bodies["users"]).status == 400
    sandbox.dialects.change({"edit_template": "optional"})
    assert client.ask("PUT", "/users/1", bodies["users"]).status == 200
    assert sandbox.state()["users"][0]["template"] == 1
    assert client.ask("POST", "/users", {**bodies["users"], "internalNumber": "102"}).status == 400


def test_edit_password(sandbox: Sandbox, client: Client, connect: Connect, bodies: Bodies) -> None:
    del bodies["administrators"]["password"]
    sandbox.dialects.change({"edit_password": "optional"})
    assert client.ask("PUT", "/administrators/2", bodies["administrators"]).status == 200
    connect(sandbox, "bob", "local pass")
    client.ask("PUT", "/administrators/2", {**bodies["administrators"], "ldap": True})
    assert client.ask("PUT", "/administrators/2", bodies["administrators"]).status == 400  # there is none to keep
    assert client.ask("POST", "/administrators", {**bodies["administrators"], "login": "eve"}).status == 400


@pytest.mark.parametrize(("way", "shown"), [("empty", {"end": ""}), ("absent", {}), ("same", {"end": "200"})])
@pytest.mark.parametrize("extra", ["no", "yes"])
def test_interval_end(sandbox: Sandbox, client: Client, way: str, shown: dict[str, str], extra: str) -> None:
    sandbox.dialects.change({"interval_end": way, "extra_keys": extra})
    more = {"routingMode": "sda"} if extra == "yes" else {}
    first, single = client.entity()["intervals"]
    assert single == {"start": "200", **shown, **more}
    assert first == {"start": "100", "end": "104", **more}


def test_hosts(sandbox: Sandbox, client: Client) -> None:
    assert client.get("/xivo/1")["host"] == "192.0.2.1"
    sandbox.dialects.change({"hosts": "blank"})
    assert client.get("/xivo/1")["host"] == client.entity()["xivo"]["host"] == ""


def test_voice_mail_mode(sandbox: Sandbox, client: Client, bodies: Bodies) -> None:
    custom = {**bodies["templates"], "voiceMailNumberMode": "custom", "voiceMailCustomNumber": "1"}
    client.ask("POST", "/templates", custom)
    sandbox.dialects.change({"voice_mail_mode": "absent"})
    short, own = client.get("/templates")
    assert "voiceMailNumberMode" not in short
    assert own["voiceMailNumberMode"] == "custom"


def test_configure(sandbox: Sandbox, client: Client, bodies: Bodies) -> None:
    sandbox.dialects.change({"configure": "fails"})
    assert client.ask("POST", "/xivo", bodies["xivo"]).status == 201
    reply = client.ask("POST", "/xivo", {**bodies["xivo"], "name": "lille", "configure": True})
    assert reply.status == 500
    assert "<h1>Oops, an error occurred</h1>" in reply.text
    assert [xivo["name"] for xivo in client.get("/xivo")["items"]] == ["paris", "lyon", "nice", "lille"]


def test_slashes(sandbox: Sandbox, client: Client, bodies: Bodies) -> None:
    sandbox.dialects.change({"slashes": "plain"})
    assert '"a/b"' in client.ask("POST", "/xivo", {**bodies["xivo"], "name": "a/b"}).text


def test_deleted_status(sandbox: Sandbox, client: Client, bodies: Bodies) -> None:
    sandbox.dialects.change({"deleted_status": "400"})
    for kind in WRITTEN:
        for method in ("GET", "PUT", "DELETE"):
            reply = client.ask(method, f"/{kind}/77", bodies[kind] if method == "PUT" else None)
            assert reply.status == 400
            assert "77 not found" in reply.text

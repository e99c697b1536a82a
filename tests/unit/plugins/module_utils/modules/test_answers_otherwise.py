# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Servers that answer otherwise than most: nothing is lost or sent that XCI would refuse."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from ansible_collections.xivo.xci.plugins.module_utils.api.errors import XciError
from ansible_collections.xivo.xci.plugins.module_utils.engine import fresh
from ansible_collections.xivo.xci.plugins.module_utils.modules.context import Context
from ansible_collections.xivo.xci.plugins.module_utils.modules.registry import MODULES
from ansible_collections.xivo.xci.plugins.module_utils.state.state import State
from ansible_collections.xivo.xci.tests.support.direct import DirectClient
from ansible_collections.xivo.xci.tests.support.jobs import Xci
from ansible_collections.xivo.xci.tests.support.modules import defaults
from ansible_collections.xivo.xci.tests.support.objects import NORD, TEMPLATE

CAMILLE = {"entity": "accueil@xivo-nord", "internal_number": "1001", "template": TEMPLATE}
SHORT = {"listed_user": "short", "cti_password": "shown"}
PEOPLE = [
    {**CAMILLE, "internal_number": f"110{n}", "last_name": f"N{n}", "cti_login": f"u{n}x", "cti_password": f"pw-{n}"}
    for n in range(6)
]


def logins(xci: Xci) -> dict[str, Any]:
    return {one["internalNumber"]: one["ctiLogin"] for one in xci.users()}


@pytest.mark.parametrize("stale", [fresh.STALE, -1.0])
def test_what_a_list_leaves_out_stays_when_something_else_changes(
    stale: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fresh, "STALE", stale)
    xci = Xci.made(dialects=SHORT)
    assert xci.run("xci_user", **CAMILLE, last_name="Élie")["changed"]
    ((_method, _path, body),) = xci.writes
    assert (body["ctiLogin"], body["ctiPassword"]) == ("cdurand", "camille-1001")
    assert xci.users()[0]["ctiLogin"] == "cdurand"


@pytest.mark.parametrize("stale", [fresh.STALE, -1.0])
def test_a_document_of_many_whose_list_leaves_out_logins(stale: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fresh, "STALE", stale)
    xci = Xci.made(dialects=SHORT)
    xci.run("xci_config", users=PEOPLE)
    renamed = [{**one, "first_name": "A"} for one in PEOPLE]
    assert xci.run("xci_config", users=renamed)["changed"]
    assert logins(xci) == {"1001": "cdurand", **{one["internal_number"]: one["cti_login"] for one in PEOPLE}}
    assert xci.warnings == []
    for users in (renamed, [{**CAMILLE, "cti_login": "cdurand"}]):
        assert not xci.run("xci_config", users=users, check=True)["changed"]
        assert not xci.run("xci_config", users=users)["changed"]
        assert xci.writes == []
    assert xci.run("xci_config", users=[{**CAMILLE, "cti_login": ""}])["changed"]
    assert logins(xci)["1001"] is None


def test_an_approved_change_of_somebody_whose_list_leaves_out_his_login() -> None:
    xci = Xci.made(dialects=SHORT)
    users = [{**CAMILLE, "last_name": "Élie"}]
    plan = xci.run("xci_config", users=users, check=True)
    assert xci.run("xci_config", users=users, approved=plan["plan_id"])["changed"]
    assert xci.users()[0]["ctiLogin"] == "cdurand"


def moved(xci: Xci) -> list[tuple[Any, ...]]:
    return [(one["id"], one["internalNumber"], one["ctiLogin"]) for one in xci.users()]


@pytest.mark.parametrize("entity", ["accueil@xivo-nord", "urgences@xivo-nord"])
def test_somebody_is_found_by_a_login_that_lists_leave_out(entity: str) -> None:
    xci = Xci.made(dialects=SHORT)
    number = {"accueil@xivo-nord": "1007", "urgences@xivo-nord": "2107"}[entity]
    wanted = {"entity": entity, "internal_number": number, "template": TEMPLATE}
    for changed in (True, False):
        result = xci.run("xci_user", **wanted, match_on="cti_login", cti_login="cdurand")
        assert (result["changed"], moved(xci)) == (changed, [(1, number, "cdurand")])
    users = [{**wanted, "match_on": "cti_login", "cti_login": "cdurand"}]
    assert not xci.run("xci_config", users=users)["changed"]
    assert xci.run("xci_user_info", cti_login="cdurand")["users"][0]["id"] == 1


def test_who_is_purged_and_listed_with_another_number_is_one_edit_where_lists_leave_out_the_login() -> None:
    xci = Xci.made(dialects=SHORT)
    users = [{**CAMILLE, "internal_number": "1007", "cti_login": "cdurand"}]
    xci.run("xci_config", users=users, purge=["users"])
    assert (moved(xci), len(xci.writes)) == ([(1, "1007", "cdurand")], 1)


def test_somebody_is_deleted_as_described_where_lists_leave_out_the_login() -> None:
    xci = Xci.made(dialects=SHORT)
    gone = {**CAMILLE, "template": None, "state": "absent"}
    with pytest.raises(XciError, match="cti_login is 'cdurand', not 'other'"):
        xci.run("xci_user", **gone, cti_login="other")
    assert xci.run("xci_user", **gone, cti_login="cdurand")["changed"]
    assert xci.users() == []


def test_an_export_has_what_lists_leave_out() -> None:
    xci = Xci.made(dialects=SHORT)
    users = xci.run("xci_config_info")["config"]["users"]
    assert [one["cti_login"] for one in users] == ["cdurand"]
    assert not xci.run("xci_config", users=users, default_template=TEMPLATE)["changed"]
    assert xci.run("xci_user_info")["users"][0]["provisioning_number"]


def test_an_undo_brings_back_the_login_that_lists_leave_out(tmp_path: Path) -> None:
    xci = Xci.made(dialects=SHORT)
    file = str(tmp_path / "undo.json")
    xci.run("xci_config", users=[{**CAMILLE, "template": None, "state": "absent"}], undo_file=file)
    assert xci.users() == []
    xci.run("xci_config", undo=file, default_template=TEMPLATE)
    assert [one["ctiLogin"] for one in xci.users()] == ["cdurand"]


def test_people_are_known_by_logins_that_lists_leave_out(tmp_path: Path) -> None:
    xci = Xci.made(dialects=SHORT)
    table = tmp_path / "people.csv"
    table.write_text("Login;Nom;Site\ncdurand;Élie;accueil@xivo-nord\n", encoding="utf-8")
    people_map = {"columns": {"Login": "cti_login", "Nom": "last_name"}, "entity": {"column": "Site"}}
    found = xci.run("xci_people", src=str(table), map=people_map, default_template=TEMPLATE, check=True)
    assert [found[f"{name}_count"] for name in ("joiners", "leavers", "updated")] == [0, 0, 1]
    moved = xci.run("xci_move", who="cdurand", to="urgences@xivo-nord", default_template=TEMPLATE)["moved"]
    assert moved["before"]["provisioning_number"] == moved["after"]["provisioning_number"] != ""
    assert xci.users()[0]["ctiLogin"] == "cdurand"


def test_a_loop_by_login_reads_each_user_alone_a_few_times() -> None:
    """And not all of them again after each new one."""
    xci = Xci.made(dialects=SHORT)
    xci.run("xci_config", users=PEOPLE)
    client: Any = DirectClient(xci.sandbox)
    context = Context(client, State(client))
    before = len(xci.sandbox.requests())
    for n in range(6):
        new = {**CAMILLE, "internal_number": f"112{n}", "match_on": "cti_login", "cti_login": f"neuf{n}"}
        options = {**defaults("xci_user"), **new, "last_name": "Neuf", "cti_password": "made-up"}
        assert MODULES["xci_user"].run(options, context)["changed"]
    asked = [one["path"] for one in xci.sandbox.requests()[before:] if one["method"] == "GET"]
    alone = Counter(path for path in asked if path.startswith("/users/"))
    assert len(xci.users()) == 13
    assert alone["/users/1"] == 1
    assert max(alone.values()) <= 2


def test_nobody_is_read_alone_where_a_list_shows_all() -> None:
    xci = Xci.made()
    before = len(xci.sandbox.requests())
    xci.run("xci_user", **CAMILLE, last_name="Élie")
    asked = [(one["method"], one["path"]) for one in xci.sandbox.requests()[before:]]
    assert [path for method, path in asked if method == "GET" and path.startswith("/users/")] == []


@pytest.mark.parametrize(
    "dialects", [{"whole_numbers": "text"}, {"whole_numbers": "floats"}, {"flags": "text"}, {"flags": "numbers"}]
)
def test_a_change_sends_the_documented_types_whatever_xci_shows(dialects: dict[str, str]) -> None:
    xci = Xci.made(dialects={**dialects, "extra_keys": "yes"})
    assert xci.run("xci_template", name=TEMPLATE, peer_sip_name="model")["changed"]
    ((_method, _path, body),) = xci.writes
    assert (body["ringingTime"], body["routedInbound"], body["xivos"]) == (30, False, [1, 2])
    assert [type(body[key]) for key in ("ringingTime", "routedInbound", "voiceMailEnabled")] == [int, bool, bool]
    assert xci.run("xci_admin", login="mlefevre", name="Marie", password="another-one", update_password="always")[
        "changed"
    ]
    ((_method, _path, body),) = xci.writes
    assert (body["superAdmin"], body["ldap"], body["entityIds"]) == (False, False, [1])
    assert xci.run("xci_entity", name="compta", xivo="xivo-nord", display_name="C")["changed"]


def test_who_is_known_by_id_alone_is_found_where_users_do_not_say_in_which_entity_they_are() -> None:
    xci = Xci.made(dialects={**SHORT, "user_entity": "null"})
    user = xci.run("xci_user", id=1, last_name="Élie", template=TEMPLATE)["user"]
    assert (user["entity"], user["cti_login"], xci.users()[0]["lastName"]) == ("accueil@xivo-nord", "cdurand", "Élie")
    assert not xci.run("xci_user", id=1, cti_login="cdurand")["changed"]


@pytest.mark.parametrize("shown", ["object", "absent"])
@pytest.mark.parametrize("users", [[], [{"id": 1, "entity": "accueil@xivo-nord"}]], ids=["deleted", "moved"])
def test_people_of_an_entity_go_although_another_one_gets_its_name(
    monkeypatch: pytest.MonkeyPatch, shown: str, users: list[dict[str, Any]]
) -> None:
    """It has a temporary name meanwhile."""
    monkeypatch.setattr(fresh, "STALE", -1.0)
    xci = Xci.made(dialects={"user_entity": shown})
    ids = {one["name"]: one["id"] for one in xci.sandbox.state()["entities"] if one["xivo"] == 1}
    entities: list[dict[str, Any]] = [
        {"id": ids["urgences"], "name": "accueil", "xivo": "xivo-nord"},
        {"name": "accueil", "xivo": "xivo-nord", "state": "absent", "force": True},
    ]
    more = {"users": users, "default_template": TEMPLATE, "numbers": "any"}
    result = xci.run("xci_config", entities=entities, **more)
    assert (result.get("msg"), [one["entity"] for one in xci.users()]) == (None, [ids["urgences"] for _one in users])


@pytest.mark.parametrize("status", ["404", "410", "400", "500"])
def test_what_somebody_else_deletes_meanwhile_counts_as_deleted(status: str) -> None:
    xci = Xci.made(dialects={"deleted_status": status})
    delete: list[tuple[str, str, Any]] = []

    def first(method: str, path: str, body: Any) -> None:
        if not delete:
            delete.append((method, path, body))
            xci.run("xci_user", id=1, state="absent")

    xci.before = first
    assert xci.run("xci_user", **{**CAMILLE, "template": None}, state="absent")["user"] is not None
    assert xci.users() == []


@pytest.mark.parametrize("status", ["404", "410"])
def test_a_list_that_still_shows_what_was_deleted_is_no_reason_to_fail(status: str) -> None:
    xci = Xci.made(dialects={"deleted_status": status})
    gone = {**CAMILLE, "template": None, "state": "absent"}
    xci.sandbox.dialects.change({"list_lag": "30"})
    xci.run("xci_user", **gone)
    # Another run, which does not know of that.
    assert xci.run("xci_user", **gone)["user"] is not None
    assert [method for method, _path, _body in xci.writes] == ["DELETE"]


def test_a_deletion_that_fails_is_an_error() -> None:
    xci = Xci.made()
    rule = {"method": "DELETE", "path": "^/users/", "fault": {"kind": "status", "status": 500}}
    xci.sandbox.faults.add(rule)
    with pytest.raises(XciError, match=r"(?s)500.*The change was not applied"):
        xci.run("xci_user", **{**CAMILLE, "template": None}, state="absent")
    assert len(xci.users()) == 1


NEW: dict[str, dict[str, Any]] = {
    "xci_user": {**CAMILLE, "internal_number": "1042", "last_name": "Neuf"},
    "xci_entity": {"name": "radiologie", "xivo": "xivo-nord", "intervals": [{"start": "4000", "end": "4009"}]},
    "xci_template": {"name": "Accueil", "xivos": ["xivo-nord"]},
    "xci_admin": {"login": "neuf", "password": "made-up-neuf"},
    "xci_config": {"users": [{**CAMILLE, "internal_number": "1042", "last_name": "Neuf"}]},
}


@pytest.mark.parametrize("module", NEW)
def test_what_a_killed_run_created_is_not_created_again_while_no_list_shows_it(module: str) -> None:
    xci = Xci.made()
    xci.sandbox.dialects.change({"list_lag": "30"})
    xci.run(module, **NEW[module])
    before = xci.sandbox.state()
    # The next run knows nothing of that one.
    if module == "xci_config":
        assert "409" in xci.run(module, **NEW[module])["msg"]
    else:
        with pytest.raises(XciError, match="409"):
            xci.run(module, **NEW[module])
    xci.sandbox.dialects.change({"list_lag": "0"})
    policy = {"update_password": "on_create"} if module == "xci_admin" else {}
    assert not xci.run(module, **NEW[module], **policy)["changed"]
    assert xci.sandbox.state() == before


PLACES = [("accueil@xivo-nord", "11"), ("urgences@xivo-nord", "21"), ("compta@xivo-nord", "31")]
DOCUMENT: dict[str, list[dict[str, Any]]] = {
    "xivos": [{"name": "xivo-nord"}],
    "entities": [{"name": "compta", "xivo": "xivo-nord", "display_name": "Compta"}],
    "templates": [{"name": TEMPLATE, "ringing_time": 20}],
    "users": [
        {"entity": place, "internal_number": f"{start}{n:02}", "last_name": f"N{n}", "template": TEMPLATE}
        for place, start in PLACES
        for n in range(20)
    ],
    "admins": [{"login": "mlefevre", "name": "Marie", "password": "made-up", "update_password": "on_create"}],
}


def reads(xci: Xci, document: dict[str, Any]) -> Counter[str]:
    """Apply a document; return what was read, and how often."""
    before = len(xci.sandbox.requests())
    assert not xci.run("xci_config", **document).get("failed")
    asked = [one for one in xci.sandbox.requests()[before:] if one["method"] == "GET"]
    return Counter(unquote(one["path"]).replace(NORD, "xivo-nord") for one in asked)


@pytest.mark.parametrize("write_body", ["none", "object"])
def test_a_document_reads_each_list_once_and_each_list_that_it_changes_once_more(write_body: str) -> None:
    xci = Xci.made(dialects={"write_body": write_body})
    reads(xci, DOCUMENT)
    lists = [f"/entities/{place}/users" for place, _start in PLACES]
    once = Counter(["/xivo", "/entities", "/templates", "/administrators", *lists])
    assert (reads(xci, DOCUMENT), xci.writes) == (once, [])
    # One is only listed, one has a single change, one has many.
    users = [
        {**one, "first_name": "A"} if one["entity"] == PLACES[2][0] or one["internal_number"] == "2107" else one
        for one in DOCUMENT["users"]
    ]
    templates, admins = [{"name": TEMPLATE, "ringing_time": 25}], [{**DOCUMENT["admins"][0], "name": "M"}]
    changed = {**DOCUMENT, "users": users, "templates": templates, "admins": admins}
    again = Counter(["/templates", "/administrators", *lists[1:]]) if write_body == "none" else Counter()
    assert reads(xci, changed) == once + again
    assert len(xci.writes) == 23

# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A sandbox that starts with the data of an export: the twin of an XCI."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from xcisandbox import Sandbox, keeper, snapshot
from xcisandbox.settings import Settings

if TYPE_CHECKING:
    from ansible_collections.xivo.xci.tests.unit.sandbox.conftest import Connect, Start

NORD = "8f159082-4b25-48b3-afec-1873491a60be"
DOCUMENT: dict[str, Any] = {
    "xivos": [{"name": "Hôpital Nord (CHU)", "host": "192.0.2.1", "uuid": NORD}, {"name": "sud"}],
    "entities": [
        {
            "name": "accueil", "xivo": "Hôpital Nord (CHU)", "display_name": "",
            "intervals": [{"start": "0100", "end": "0199"}, {"start": "7", "end": "7"}], "presented_number": "inbNo",
        },
        # They overlap, which the sandbox refuses by itself.
        {"name": "soins", "xivo": "sud", "display_name": "Soins", "intervals": [{"start": "0100", "end": "0199"}]},
        {"name": "labo", "xivo": "sud", "display_name": "Labo", "intervals": [{"start": "0150", "end": "0160"}]},
    ],
    "templates": [
        {"name": "sud", "xivos": ["sud"], "entities": [f"gone@{NORD}"], "ringing_time": 23},
        {
            "name": "nord", "xivos": [], "entities": ["accueil@Hôpital Nord (CHU)"], "routed_inbound": True,
            "routed_inbound_prefix": "0388", "caller_id_mode": "custom", "custom_caller_id": "0388000000",
        },
    ],
    "users": [
        {"entity": f"accueil@{NORD}", "first_name": "Anaïs", "last_name": "O'Brien", "internal_number": "9999"},
        {"entity": "accueil@Hôpital Nord (CHU)", "last_name": "Fax", "internal_number": "9999"},
        {"entity": "soins@sud", "first_name": "", "last_name": "Ne\u0301e", "cti_login": "nee@chu"},
        {"entity": "labo@sud", "last_name": "Deux", "cti_login": "nee@chu", "internal_number": "#1"},
    ],
    "admins": [
        {"login": "annuaire", "ldap": True, "super_admin": True, "entities": []},
        {"login": "local", "name": "Zoé", "super_admin": False, "entities": ["labo@sud", "soins@sud"]},
        {"login": "root", "name": "", "super_admin": True},
    ],
}  # fmt: skip
SECRET = "made-up secret"


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """A tree of files with the document, and what else may be in such a folder."""
    for kind, items in DOCUMENT.items():
        (tmp_path / "tree" / kind).mkdir(parents=True)
        (tmp_path / "tree" / kind / "all.yml").write_text("---\n" + json.dumps({kind: items}), encoding="utf-8")
    (tmp_path / "tree" / ".xci.schema.json").write_text("{}", encoding="utf-8")
    (tmp_path / "tree" / "README.md").write_text("ours", encoding="utf-8")
    return tmp_path / "tree"


def test_the_data_is_stored_as_it_is_whatever_the_rules(start: Start, connect: Connect, export: Path) -> None:
    twin = start(snapshot=str(export), login="root")
    client = connect(twin, "root")
    assert [(one["name"], one["host"]) for one in client.get("/xivo")["items"]] == [
        ("Hôpital Nord (CHU)", "192.0.2.1"),
        ("sud", ""),
    ]
    first, *others = client.get("/entities")["items"]
    assert (first["combinedId"], first["displayName"]) == (f"accueil@{NORD}", "")
    assert first["intervals"] == [{"start": "0100", "end": "0199"}, {"start": "7", "end": ""}]
    assert [one["presentedNumber"] for one in others] == ["inbNo", "inbNo"]
    south, north = client.get("/templates")
    assert (south["ringingTime"], south["entities"]) == (23, [f"gone@{NORD}"])
    assert (north["routedInboundPrefix"], north["customCallerId"]) == ("0388", "0388000000")
    state = twin.state()
    named = [(one["firstName"], one["lastName"], one["internalNumber"], one["ctiLogin"]) for one in state["users"]]
    assert named == [
        ("Anaïs", "O'Brien", "9999", None),
        ("", "Fax", "9999", None),
        ("", "Ne\u0301e", None, "nee@chu"),
        ("", "Deux", "#1", "nee@chu"),
    ]
    assert [bool(one["ctiPasswordSha256"]) for one in state["users"]] == [False, False, True, True]
    assert [(one["login"], one["ldap"], one["superAdmin"], one["entities"]) for one in state["administrators"]] == [
        ("annuaire", True, True, []),
        ("local", False, False, [2, 3]),
        ("root", False, True, []),
    ]


def test_each_user_has_a_template_that_his_entity_may_use(start: Start, export: Path) -> None:
    assert [one["template"] for one in start(snapshot=str(export)).state()["users"]] == [2, 2, 1, 1]


@pytest.mark.parametrize(("mode", "template"), [("everybody", 1), ("nobody", None)])
def test_a_template_without_scope_is_for_whom_the_server_says(
    start: Start, tmp_path: Path, mode: str, template: int | None
) -> None:
    parts = {"xivos": DOCUMENT["xivos"], "entities": DOCUMENT["entities"], "templates": [{"name": "all"}]}
    file = tmp_path / "one.json"
    file.write_text(json.dumps({"config": {**parts, "users": [{"entity": "labo@sud", "template": "all"}]}}))
    twin = start(snapshot=str(file), dialects={"template_without_scope": mode})
    assert [one["template"] for one in twin.state()["users"]] == [template]
    # It shows no administrators, so that there is one to log in as.
    assert [one["login"] for one in twin.state()["administrators"]] == ["admin"]


@pytest.mark.parametrize(
    ("settings", "login"),
    [
        ({}, "annuaire"),
        ({"login": "root"}, "root"),
        ({"preferred_login": "root"}, "root"),
        ({"preferred_login": "local"}, "annuaire"),
        ({"login": "root", "preferred_login": "annuaire"}, "root"),
    ],
)
def test_a_super_administrator_of_the_snapshot_logs_in(
    start: Start, connect: Connect, export: Path, settings: dict[str, str], login: str
) -> None:
    twin = start(snapshot=str(export), password=SECRET, **{"login": "", **settings})
    assert twin.settings.login == login
    client = connect(twin, login, SECRET)
    for other in {"annuaire", "local", "root", "admin"} - {login}:
        assert connect(twin, None).log_in(other, SECRET).status == 401
    # The password goes on working when a document sets another one, and that one works, too.
    body = {"login": "root", "name": "", "ldap": False, "superAdmin": True, "entityIds": [], "password": "another"}
    assert client.ask("PUT", "/administrators/3", body).status == 200
    assert connect(twin, None).log_in(login, SECRET).status == 200
    assert connect(twin, None).log_in("root", "another").status == 200


@pytest.mark.parametrize(
    ("login", "supers", "message"),
    [
        ("local", True, "the login local is no super-administrator of the snapshot; there are annuaire, root"),
        ("nobody", True, "the login nobody is no super-administrator of the snapshot; there are annuaire, root"),
        ("local", False, "the login local is no super-administrator of the snapshot"),
    ],
)
def test_nobody_else_does(login: str, supers: bool, message: str) -> None:
    document = {"admins": [one for one in DOCUMENT["admins"] if supers or not one["super_admin"]]}
    with pytest.raises(ValueError, match=f"^{message}$"):
        snapshot.login_of(document, Settings(login=login, snapshot="x"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("users: [{entity: nowhere@sud}]", r"users\[0\]: there is no entity 'nowhere@sud' in the snapshot"),
        ("users: [{last_name: X}]", r"users\[0\]: there is no entity 'None' in the snapshot"),
        ("entities: [{name: a, xivo: sud}]", r"entities\[0\]: there is no XiVO 'sud' in the snapshot"),
        ("xivos: [{name: 12}]", r"xivos\[0\]: name is 12, not text; put it in quotes"),
        ("phones: []", "'phones' is not a list of an export"),
        ("users: {}", "'users' is not a list of an export"),
        ("users: [x]", "an entry of users is not a mapping"),
        ("- x", "is not an export"),
        ("a: [", "neither JSON nor YAML"),
        ("", "holds no export"),
    ],
)
def test_what_is_no_export_is_refused(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "a.yml").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        Sandbox(port=0, snapshot=str(tmp_path))


def test_what_a_document_only_refers_to_is_no_part_of_an_export(export: Path) -> None:
    before = snapshot.read(str(export))
    (export / "shared.yml").write_text("x-defaults: &x {template: desk}\nxivos: []\n", encoding="utf-8")
    assert snapshot.read(str(export)) == before


def test_a_table_of_users_is_no_part_of_an_export(export: Path) -> None:
    (export / "users.csv").write_text("entity;last_name\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"users.csv is not part of an export"):
        snapshot.read(str(export))


def test_a_reset_brings_the_snapshot_back_and_a_database_keeps_what_it_has(
    start: Start, export: Path, tmp_path: Path
) -> None:
    settings: dict[str, Any] = {"snapshot": str(export), "database": str(tmp_path / "db"), "login": "root"}
    twin = start(**settings)
    twin.load({"xivos": [{"name": "est"}]})
    assert len(twin.state()["xivos"]) == 3
    twin.stop()
    again = start(**settings)
    assert len(again.state()["xivos"]) == 3
    again.reset()
    assert [one["name"] for one in again.state()["xivos"]] == ["Hôpital Nord (CHU)", "sud"]


def test_a_changed_export_makes_another_sandbox(export: Path) -> None:
    before = keeper._fingerprint(Settings(snapshot=str(export)), "salt")
    assert keeper._fingerprint(Settings(snapshot=str(export)), "salt") == before
    (export / "more.yml").write_text("xivos: []", encoding="utf-8")
    assert keeper._fingerprint(Settings(snapshot=str(export)), "salt") != before

# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The jobs of every day for an administrator who manages some entities only, as the table of commands says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.xivo.xci.plugins.module_utils.api.errors import InputError
from ansible_collections.xivo.xci.tests.support import server
from ansible_collections.xivo.xci.tests.support.jobs import Xci
from ansible_collections.xivo.xci.tests.support.objects import START, TEMPLATE

HERS = (str(START["administrators"][0]["login"]), str(START["administrators"][0]["password"]))


@pytest.fixture
def xci() -> Xci:
    """Two of four entities are hers; each has somebody."""
    people = [
        {"entity": entity, "template": TEMPLATE, "lastName": name, "internalNumber": number, "ctiLogin": name.lower()}
        for entity, name, number in (("urgences@xivo-nord", "Deux", "2001"), ("accueil@xivo-sud", "Sud", "1001"))
    ]
    hers = {**START["administrators"][0], "entities": ["accueil@xivo-nord", "urgences@xivo-nord"]}
    made = Xci.made({**START, "users": [*START["users"], *people], "administrators": [hers]})
    made.account = HERS
    return made


HIDDEN = {"shorter": [], "forbidden": ["xivos", "templates"], "empty": []}
"""What each kind of XCI does not show to her beside the administrators."""


def everything(xci: Xci) -> dict[str, Any]:
    """Return what a super-administrator exports."""
    own, xci.account = xci.account, None
    config = xci.run("xci_config_info")["config"]
    xci.account = own
    return dict(config)


def refuse_users(xci: Xci, entity: str) -> None:
    """Let XCI show an entity without its users."""
    fault = {"kind": "status", "status": 403}
    xci.sandbox.faults.add({"method": "GET", "path": f"/entities/{entity}%40[^/]+/users$", "times": 0, "fault": fault})


@pytest.mark.parametrize("dialect", ["shorter", "forbidden"])
def test_she_compares_what_is_shown_to_her(xci: Xci, dialect: str) -> None:
    xci.sandbox.dialects.change({"limited_admins": dialect})
    other = everything(xci)
    hidden = [*HIDDEN[dialect], "admins"]
    # Of a template, she sees the XiVOs of others by their ids.
    same = xci.run("xci_compare", document=other)
    assert (same["differences"], same["not_compared"], same["not_shown"]) == ([], hidden, hidden)
    assert "mlefevre is no super-administrator: what belongs to the entities of others is not compared" in xci.warnings
    other["users"] = [{**one, "last_name": "Anders"} for one in other["users"]]
    found = xci.run("xci_compare", document=other)["differences"]
    assert [one["key"] for one in found] == ["1001@accueil@xivo-nord", "2001@urgences@xivo-nord"]
    address = server.connection(xci.sandbox)
    super_admin = Xci(xci.sandbox)
    read = {"with_url": address["xci_url"] + "/", "with_login": "mlefevre", "with_password": HERS[1]}
    assert super_admin.run("xci_compare", **read)["not_compared"] == hidden


@pytest.mark.parametrize("dialect", ["shorter", "forbidden"])
def test_she_compares_her_entities_with_an_export_of_their_xivo(xci: Xci, dialect: str, tmp_path: Path) -> None:
    xci.sandbox.dialects.change({"limited_admins": dialect})
    (tmp_path / "nord.csv").write_text(
        "context,exten,firstname,lastname\naccueil,1001,Camille,Durand\nurgences,2001,,Trois\ncompta,3000,,Zoé\n",
        encoding="utf-8",
    )
    result = xci.run("xci_leave", exports=[f"xivo-nord={tmp_path}/nord.csv"], dest=str(tmp_path / "out"))
    assert [(one["number"], one["what"]) for one in result["differences"]] == [("2001", "different")]
    assert (result["compared"], result["not_shown"]) == (
        2,
        ["admins", *HIDDEN[dialect]] if dialect == "shorter" else ["xivos", "admins", "templates"],
    )
    page = (tmp_path / "out" / "what-ends.md").read_text(encoding="utf-8")
    assert "- The administrators of XCI and their rights, which are not shown to this login" in page
    with pytest.raises(InputError, match="xivo-sud"):
        xci.run("xci_leave", exports=[f"xivo-sud={tmp_path}/nord.csv"])


@pytest.mark.parametrize("dialect", ["shorter", "forbidden", "empty"])
def test_her_report_says_what_is_not_shown(xci: Xci, dialect: str) -> None:
    xci.sandbox.dialects.change({"limited_admins": dialect})
    report = xci.run("xci_report")["report"]
    assert {"administrators: not shown to mlefevre"} <= {*report["left_out"]}
    assert "mlefevre is no super-administrator: what belongs to the entities of others is missing" in report["left_out"]
    assert report["findings"] == []


def test_an_entity_whose_users_are_not_shown_is_left_out_and_said(xci: Xci, tmp_path: Path) -> None:
    other = everything(xci)
    refuse_users(xci, "urgences")
    left = ["users of urgences@xivo-nord"]
    found = xci.run("xci_user_info", who="u")
    assert ([one["last_name"] for one in found["users"]], found["not_shown"]) == (["Durand"], left)
    assert xci.warnings == ["not shown to mlefevre, and left out: users of urgences@xivo-nord"]
    directory = xci.run("xci_directory", dest=str(tmp_path / "a.csv"))
    assert (directory["count"], directory["not_shown"]) == (1, left)
    compared = xci.run("xci_compare", document={"users": other["users"]})
    assert (compared["count"], compared["not_shown"]) == (0, ["admins", *left])
    (tmp_path / "nord.csv").write_text(
        "context,exten,firstname,lastname\naccueil,1001,Camille,Durand\nurgences,2001,,X\n"
    )
    leaving = xci.run("xci_leave", exports=[f"xivo-nord={tmp_path}/nord.csv"])
    assert (leaving["count"], leaving["compared"]) == (0, 1)
    assert set(left) < {*leaving["not_shown"]}


def test_she_finds_and_lists_her_people(xci: Xci, tmp_path: Path) -> None:
    found = xci.run("xci_user_info", who="u")["users"]
    assert sorted(one["last_name"] for one in found) == ["Deux", "Durand"]
    assert xci.run("xci_directory", dest=str(tmp_path / "a.csv"))["count"] == 2


def whose_templates_are_refused(xci: Xci) -> dict[str, str]:
    """Let XCI refuse lists of which a part only is hers; return the template as she can name it, by its id."""
    xci.sandbox.dialects.change({"limited_admins": "forbidden"})
    return {"default_template": str(xci.sandbox.state()["templates"][0]["id"])}


def test_where_templates_are_refused_she_names_one_by_its_id(xci: Xci, tmp_path: Path) -> None:
    template = whose_templates_are_refused(xci)
    moved = xci.run("xci_move", who="cdurand", to="urgences@xivo-nord", number="2100", **template)
    assert (moved["count"], moved["plan"][0]["sends"]) == (1, {"template": TEMPLATE})
    again = xci.run("xci_move", who="cdurand", to="urgences@xivo-nord")
    assert (again["count"], xci.writes) == (0, [])
    options: dict[str, Any] = {"entity": "urgences@xivo-nord", "from": ["2100-2101"], "to": ["2200-2201"]}
    assert xci.run("xci_renumber", **options, narrow=False, **template)["count"] == 1
    (tmp_path / "hr.csv").write_text("Login,Nom\ncdurand,Durand\nzoe,Neuf\n", encoding="utf-8")
    mapping: dict[str, Any] = {"columns": {"Login": "cti_login", "Nom": "last_name"}}
    mapping.update(entity={"value": "urgences@xivo-nord"}, template={"value": template["default_template"]})
    people = {"src": str(tmp_path / "hr.csv"), "map": mapping, "leavers": "remove", "max_leavers": "1"}
    taken = xci.run("xci_people", **people)
    assert (taken["joiners_count"], taken["leavers_count"], taken["summary"]["user"]["delete"]) == (1, 1, 1)
    joins = {"entity": "accueil@xivo-nord", "last_name": "Neuf", "match_on": "name"}
    assert xci.run("xci_user", **joins, template=template["default_template"])["user"]["internal_number"] == "1000"
    assert xci.run("xci_user", id=xci.users()[-1]["id"], state="absent")["changed"]


@pytest.mark.parametrize(
    ("module", "options"),
    [
        ("xci_move", {"who": "cdurand", "to": "urgences@xivo-nord"}),
        ("xci_renumber", {"entity": "accueil@xivo-nord", "from": ["1000-1009"], "to": ["1500-1509"], "narrow": False}),
    ],
)
def test_where_templates_are_refused_a_name_says_what_cannot_be_shown(
    xci: Xci, module: str, options: dict[str, Any]
) -> None:
    whose_templates_are_refused(xci)
    why = f"template '{TEMPLATE}' can't be looked up, since XCI does not show templates to mlefevre; give its id"
    result = xci.run(module, **options, default_template=TEMPLATE)
    assert (result["failed"], xci.writes) == (True, [])
    assert why in result["msg"]
    assert result["errors"][0]["option"] == "default_template"
    result = xci.run(module, **options, default_template="99")
    assert "default_template: template with id 99 not found" in result["msg"]
    with pytest.raises(InputError, match="can't be looked up"):
        xci.run("xci_user", entity="accueil@xivo-nord", last_name="Neuf", match_on="name", template=TEMPLATE)


def test_she_moves_people_between_her_entities_and_nowhere_else(xci: Xci) -> None:
    options: dict[str, Any] = {"who": "cdurand", "default_template": TEMPLATE}
    assert xci.run("xci_move", to="urgences@xivo-nord", **options)["count"] == 1
    with pytest.raises(InputError, match="entity 'accueil@xivo-sud' not found"):
        xci.run("xci_move", to="accueil@xivo-sud", **options)
    with pytest.raises(InputError, match="nobody is meant by 'sud'"):
        xci.run("xci_move", **{**options, "who": "sud"}, to="urgences@xivo-nord")


def test_a_personnel_file_about_hers_touches_nobody_else(xci: Xci, tmp_path: Path) -> None:
    (tmp_path / "hr.csv").write_text("Login,Nom\ncdurand,Durand\nzoe,Neuf\n", encoding="utf-8")
    mapping = {"columns": {"Login": "cti_login", "Nom": "last_name"}, "entity": {"value": "accueil@xivo-nord"}}
    mapping["template"] = {"value": TEMPLATE}
    result = xci.run("xci_people", src=str(tmp_path / "hr.csv"), map=mapping, leavers="remove")
    assert (result["joiners_count"], result["leavers_count"]) == (1, 0)
    assert [one["lastName"] for one in xci.users()] == ["Durand", "Deux", "Sud", "Neuf"]


def test_she_renumbers_people_within_their_intervals(xci: Xci) -> None:
    options: dict[str, Any] = {"entity": "accueil@xivo-nord", "from": ["1000-1009"], "to": ["1500-1509"]}
    result = xci.run("xci_renumber", **options, narrow=False, default_template=TEMPLATE)
    assert (result["count"], xci.users()[0]["internalNumber"]) == (1, "1501")

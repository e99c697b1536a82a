# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The jobs of every day for an administrator who manages some entities only, as the table of commands says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.xivo.xci.plugins.module_utils.api.errors import InputError
from ansible_collections.xivo.xci.tests.support.jobs import Xci
from ansible_collections.xivo.xci.tests.support.objects import START, TEMPLATE


@pytest.fixture
def xci() -> Xci:
    """Two of four entities are hers; each has somebody."""
    people = [
        {"entity": entity, "template": TEMPLATE, "lastName": name, "internalNumber": number, "ctiLogin": name.lower()}
        for entity, name, number in (("urgences@xivo-nord", "Deux", "2001"), ("accueil@xivo-sud", "Sud", "1001"))
    ]
    hers = {**START["administrators"][0], "entities": ["accueil@xivo-nord", "urgences@xivo-nord"]}
    made = Xci.made({**START, "users": [*START["users"], *people], "administrators": [hers]})
    made.account = (hers["login"], hers["password"])
    return made


def test_she_finds_and_lists_her_people(xci: Xci, tmp_path: Path) -> None:
    found = xci.run("xci_user_info", who="u")["users"]
    assert sorted(one["last_name"] for one in found) == ["Deux", "Durand"]
    assert xci.run("xci_directory", dest=str(tmp_path / "a.csv"))["count"] == 2


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

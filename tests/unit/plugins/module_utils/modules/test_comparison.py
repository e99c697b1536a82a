# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two XCIs, or one and an export of the other."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.xivo.xci.plugins.module_utils.api.errors import InputError
from ansible_collections.xivo.xci.tests.support import server
from ansible_collections.xivo.xci.tests.support.jobs import Xci
from ansible_collections.xivo.xci.tests.support.objects import START


def exported(xci: Xci) -> dict[str, Any]:
    return dict(xci.run("xci_config_info")["config"])


def renamed_start() -> Any:
    return json.loads(json.dumps(START).replace("xivo-nord", "test-nord"))


def test_an_xci_equals_its_own_export() -> None:
    xci = Xci.made()
    result = xci.run("xci_compare", document=exported(xci))
    assert (result["differences"], result["count"], result["not_compared"], xci.writes) == ([], 0, [], [])


def test_each_difference_is_found_once_and_written(tmp_path: Path) -> None:
    xci = Xci.made()
    other = exported(xci)
    other["users"][0]["last_name"] = "=Durand"
    other["users"].append({"entity": "compta@xivo-nord", "internal_number": "3000", "last_name": "Zoé"})
    other["entities"].pop()
    other["templates"][0]["ringing_time"] = 45
    del other["admins"]
    result = xci.run("xci_compare", document=other, dest=str(tmp_path / "new" / "found.csv"))
    assert result["not_compared"] == ["admins"]
    assert [(one["kind"], one["where"], list(one["changes"])) for one in result["differences"]] == [
        ("entity", "here", []),
        ("template", "both", ["ringing_time"]),
        ("user", "both", ["last_name"]),
        ("user", "there", []),
    ]
    rows = list(csv.DictReader((tmp_path / "new" / "found.csv").read_text(encoding="utf-8").splitlines()))
    assert [(row["key"], row["option"], row["here"], row["there"]) for row in rows if row["where"] == "both"] == [
        ("Modèle standard", "ringing_time", "30", "45"),
        ("1001@accueil@xivo-nord", "last_name", "Durand", "'=Durand"),
    ]
    xci.run("xci_compare", document=other, dest=str(tmp_path / "found.json"))
    assert json.loads((tmp_path / "found.json").read_text(encoding="utf-8")) == result["differences"]


@pytest.mark.parametrize("here_has_the_first_name", [True, False])
def test_a_xivo_may_have_another_name_on_either_side(here_has_the_first_name: bool) -> None:
    here, there = (renamed_start(), START) if here_has_the_first_name else (START, renamed_start())
    other = exported(Xci.made(there))
    result = Xci.made(here).run("xci_compare", document=other, rename=["test-nord=xivo-nord"])
    # What is left is the address of the server, of which only one side speaks.
    assert result["differences"] == []
    assert Xci.made(here).run("xci_compare", document=other)["count"] > 5


def test_another_xci_is_read_by_its_address() -> None:
    xci, other = Xci.made(), Xci.made({**START, "users": []})
    address = server.connection(other.sandbox)
    result = xci.run(
        "xci_compare",
        with_url=address["xci_url"],
        with_login=address["xci_login"],
        with_password=address["xci_password"],
    )
    assert [(one["kind"], one["where"]) for one in result["differences"]] == [("user", "here")]


@pytest.mark.parametrize("options", [{}, {"document": {"users": []}, "with_url": "http://x"}])
def test_it_needs_exactly_one_other_side(options: dict[str, Any]) -> None:
    with pytest.raises(InputError, match=r"src .an export of the other XCI. or with_url; not both"):
        Xci.made().run("xci_compare", **options)


def test_a_name_that_nothing_has_is_warned_of() -> None:
    xci = Xci.made()
    xci.run("xci_compare", document=exported(xci), rename=["xivo-nrod=a"])
    assert xci.warnings == ["rename: nothing in the document is called xivo-nrod"]


def test_a_document_for_test_applies_to_production() -> None:
    document = exported(Xci.made(renamed_start()))
    xci = Xci.made()
    assert xci.run("xci_config", rename=["test-nord=xivo-nord"], **document)["changed"] is False
    assert xci.warnings == []
    assert exported(xci) != document
    assert xci.run("xci_config_info", rename=["xivo-nord=test-nord"])["config"]["users"] == document["users"]
    with pytest.raises(InputError, match="rename: invalid value: 'a' is no pair such as old=new"):
        xci.run("xci_config", rename=["a"])

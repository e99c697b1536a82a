# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A telephone directory, and who has a part of a name."""

from __future__ import annotations

import csv
import stat
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.xivo.xci.plugins.module_utils.api.errors import InputError
from ansible_collections.xivo.xci.tests.support.jobs import Xci
from ansible_collections.xivo.xci.tests.support.objects import START

NAMES = ["Lefèvre", "=cmd|' /C calc'!A0", "+33 1 23", "@SUM(1)", "-Dash", 'D"Arc, Jeanne', "Nguyễn"]


def site() -> Xci:
    people = [
        {"entity": "accueil@xivo-nord", "lastName": name, "firstName": "Zoé", "internalNumber": str(1100 + place)}
        for place, name in enumerate(NAMES)
    ]
    return Xci.made({**START, "users": [*START["users"], *people]})


@pytest.mark.parametrize("check", [False, True])
def test_all_names_come_back_but_those_that_a_spreadsheet_would_run(tmp_path: Path, check: bool) -> None:
    path = tmp_path / "new" / "directory.csv"
    result = site().run("xci_directory", check=check, dest=str(path))
    text = path.read_text(encoding="utf-8")
    assert text.splitlines()[0] == "last_name,first_name,number,entity,xivo,external_number,mail"
    rows = list(csv.DictReader(text.splitlines()))
    assert result["count"] == len(rows) == 8
    run_by_spreadsheets = {"=cmd|' /C calc'!A0", "@SUM(1)", "-Dash"}
    expected = {f"'{name}" if name in run_by_spreadsheets else name for name in [*NAMES, "Durand"]}
    assert {row["last_name"] for row in rows} == expected
    durand = next(row for row in rows if row["last_name"] == "Durand")
    assert (durand["number"], durand["entity"], durand["xivo"]) == ("1001", "accueil", "xivo-nord")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_second_run_changes_no_file_and_the_mode_is_a_choice(tmp_path: Path) -> None:
    xci, path = site(), tmp_path / "directory.csv"
    assert xci.run("xci_directory", dest=str(path))["changed"] is True
    assert xci.run("xci_directory", dest=str(path), mode="0644")["changed"] is False
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    for mode in ("99", "rw", "7777"):
        with pytest.raises(InputError, match="is no mode such as 0600"):
            xci.run("xci_directory", dest=str(path), mode=mode)
    with pytest.raises(InputError, match="can't be written"):
        xci.run("xci_directory", dest=str(path / "below"))


def test_a_part_of_xci(tmp_path: Path) -> None:
    assert site().run("xci_directory", dest=str(tmp_path / "a.csv"), xivo="xivo-sud")["count"] == 0
    assert site().run("xci_directory", dest=str(tmp_path / "a.csv"), entity="compta")["count"] == 0


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("lefevre", ["Lefèvre"]),
        ("LEFÈV zoe", ["Lefèvre"]),
        ("1101", ["=cmd|' /C calc'!A0"]),
        ("cdur", ["Durand"]),
        ("nguyen", ["Nguyễn"]),
        ("nobody", []),
    ],
)
def test_who_has_a_part_of_a_name_number_or_login(text: str, found: list[Any]) -> None:
    result = site().run("xci_user_info", who=text)
    assert [one["last_name"] for one in result["users"]] == found

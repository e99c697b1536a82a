# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The variables of commands as a survey, a command line or a YAML file gives them."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.xivo.xci.plugins.module_utils.api.errors import InputError
from ansible_collections.xivo.xci.plugins.plugin_utils.commands import READERS, given, in_words_of, source, variables_of

HERE = os.path.realpath(".")


def read(kind: str, value: Any, **variable: Any) -> Any:
    return READERS[kind](value, {"type": kind, **variable})


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("text", " 0501 ", "0501"),
        ("text", 1001, "1001"),
        ("integer", " 12 ", 12),
        ("mode", "0644", "0644"),
        ("mode", 420, "0644"),
        ("boolean", "No", False),
        ("boolean", "true", True),
        ("boolean", False, False),
        ("list", "a, b\n c,,\n", ["a", "b", "c"]),
        ("list", ["a", " b ", ""], ["a", "b"]),
        ("list", 501, ["501"]),
        ("pairs", "a = b,\n c=d=e", ["a=b", "c=d=e"]),
        ("pairs", {"a": "b"}, ["a=b"]),
        ("path", "a/b", f"{HERE}/a/b"),
        ("paths", "a,/b", [f"{HERE}/a", "/b"]),
        ("files", "nord=a.csv", [f"nord={HERE}/a.csv"]),
        ("data", {"a": 1}, {"a": 1}),
        ("data", "a.yml", f"{HERE}/a.yml"),
    ],
)
def test_what_people_write_is_read(kind: str, value: Any, expected: Any) -> None:
    assert read(kind, value) == expected


@pytest.mark.parametrize(
    ("kind", "value", "error"),
    [
        ("text", True, "True is not text; put it in quotes"),
        ("integer", "ten", "'ten' is not a whole number"),
        ("integer", True, "True is not a whole number"),
        ("boolean", "perhaps", "'perhaps' is neither true nor false"),
        ("choice", "maybe", "'maybe' is none of yes, no"),
        ("list", True, "True is not a list"),
        ("pairs", "a", "'a' is not a pair such as old=new"),
        ("pairs", "a=b,a=c", "'a' is a duplicate"),
    ],
)
def test_what_is_meant_otherwise_is_refused(kind: str, value: Any, error: str) -> None:
    with pytest.raises(ValueError, match=error.replace("(", r"\(")):
        read(kind, value, choices=["yes", "no"])


def test_a_path_may_start_at_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PLACE", "somewhere")
    assert read("path", "~/$PLACE") == str(tmp_path / "somewhere")


@pytest.mark.parametrize("nothing", [None, "", "  ", [], {}])
def test_an_empty_value_is_not_given(nothing: Any) -> None:
    known = {"xci_who": "x", "xci_language": nothing}
    assert given("who", known.get) == {"xci_who": "x", "xci_language": "en"}
    assert "xci_export_xivo" not in given("export", {"xci_export_directory": "a", "xci_export_xivo": nothing}.get)


def test_all_that_is_missing_or_invalid_is_reported_together() -> None:
    with pytest.raises(InputError) as caught:
        given("move", {"xci_move_who": "", "xci_losses": "maybe"}.get)
    text = str(caught.value)
    assert "missing required variable: xci_move_who" in text
    assert "missing required variable: xci_move_to" in text
    assert text.count("for example -e xci_move_who=cdurand -e xci_move_to=compta@xivo-nord") == 1
    assert "xci_losses: invalid value: 'maybe' is none of warn, refuse" in text


@pytest.mark.parametrize(
    ("command", "known", "error"),
    [
        (
            "renumber",
            {"xci_renumber_entity": "a", "xci_renumber_from": "1000-1009", "xci_renumber_map": " "},
            "missing required variable: xci_renumber_from and xci_renumber_to, or xci_renumber_map; for example -e ",
        ),
        (
            "renumber",
            {"xci_renumber_entity": "a", "xci_renumber_to": "1", "xci_renumber_map": "a.csv"},
            "give xci_renumber_from and xci_renumber_to, or xci_renumber_map, not both",
        ),
        ("compare", {}, "missing required variable: xci_compare_with or xci_compare_url"),
        ("compare", {"xci_compare_with": "a", "xci_compare_url": "b"}, "give xci_compare_with or xci_compare_url, not"),
        ("offboard", {"xci_offboard_entity": "a"}, "xci_offboard_internal_number or xci_offboard_cti_login; for exa"),
        ("onboard", {"xci_onboard_entity": "a"}, "variable: xci_onboard_first_name or xci_onboard_last_name; for exa"),
    ],
)
def test_variables_that_stand_for_each_other(command: str, known: dict[str, str], error: str) -> None:
    with pytest.raises(InputError, match=re.escape(error)):
        given(command, known.get)
    both = {"xci_offboard_internal_number": "1", "xci_offboard_cti_login": "a"}
    assert given("offboard", both.get).items() >= both.items()


@pytest.mark.parametrize(
    ("command", "text", "expected"),
    [
        ("renumber", "to: it has 801 numbers, but", "xci_renumber_to: it has 801 numbers, but"),
        ("renumber", "them too, or set narrow: false", "them too, or set xci_renumber_narrow: false"),
        ("move", "missing required option: default_template. X", "missing required variable: xci_default_template. X"),
        ("move", "nothing was changed (1 error): number: a", "nothing was changed (1 error): xci_move_number: a"),
        ("move", "nothing was changed, because losses is refuse", "nothing was changed, because xci_losses is refuse"),
        ("sync_people", "map.columns.Nom: a; and max_leavers allows 1", "xci_people_map.columns.Nom: a; and "
         "xci_people_max_leavers allows 1"),
        ("undo", "undo: it is of A, and this is B", "xci_undo_file: it is of A, and this is B"),
        ("compare", "with_url is the XCI that is compared", "xci_compare_url is the XCI that is compared"),
        ("move", "user 1001@to (who, number) from a to b", "user 1001@to (who, number) from a to b"),
        ("audit", "value of ignore must be one or more of", "value of xci_audit_ignore must be one or more of"),
        ("leave", "nord.csv: can't be read", "nord.csv: can't be read"),
        ("directory", "dest: can't be written", "xci_directory_dest: can't be written"),
        ("move", "missing required option: xci_url (or", "missing required option: xci_url (or"),
        ("unknown", "to: a", "to: a"),
    ],
)  # fmt: skip
def test_a_command_speaks_of_its_variables(command: str, text: str, expected: str) -> None:
    assert in_words_of(command, text) == expected


def test_a_command_that_does_not_exist_is_named() -> None:
    with pytest.raises(InputError, match="no command 'renumbr'; did you mean renumber"):
        given("renumbr", dict[str, str]().get)


def test_a_secret_is_not_shown() -> None:
    with pytest.raises(InputError) as caught:
        given("compare", {"xci_compare_password": ["hidden"]}.get)
    assert "hidden" not in str(caught.value)


# -- the description itself -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", source()["commands"])
def test_each_command_is_described_in_both_languages(name: str) -> None:
    described = source()["commands"][name]
    for texts in (described["title"], described["text"], described["limited"], *described.get("stats", {}).values()):
        assert set(texts) == {"en", "fr"}
    for variable in variables_of(name).values():
        assert set(variable["help"]) == {"en", "fr"}
        assert variable["type"] in READERS
        assert set(variable) <= {"type", "help", "required", "default", "choices", "example", "survey", "option"}
        if "default" in variable:
            default = READERS[variable["type"]](variable["default"], variable)
            assert default == variable["default"] or variable["type"] in ("path", "folder")


def test_each_command_is_a_playbook() -> None:
    books = {path.stem for path in (Path(__file__).resolve().parents[4] / "playbooks").glob("*.yml")}
    assert set(source()["commands"]) <= books

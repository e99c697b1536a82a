# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The jobs of every day as commands, with plain text as a survey gives it: check mode first, twice, with bad input."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.xivo.xci.tests.integration.console import Ran, run, stats
from ansible_collections.xivo.xci.tests.integration.harness import Site
from ansible_collections.xivo.xci.tests.support.objects import START, TEMPLATE

Make = Callable[..., Site]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where a person works."""
    made = tmp_path / "work"
    made.mkdir()
    return made


def person(number: str, last: str, login: str | None = None, entity: str = "accueil@xivo-nord") -> dict[str, Any]:
    return {"entity": entity, "template": TEMPLATE, "lastName": last, "internalNumber": number, "ctiLogin": login}


def table(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


def undo(server: Site, folder: Path, done: Ran) -> list[Any]:
    """Undo what a command did, by the command that its last lines have; return where everybody is."""
    (file,) = (folder / "home/.local/state/xci/undo").iterdir()
    assert f"ansible-playbook xivo.xci.undo -e xci_undo_file={file}" in done.output
    run(
        server, "xivo.xci.undo", folder=folder, may_warn=True, xci_undo_file=str(file), xci_undo_dest="none",
        xci_default_template=TEMPLATE,
    )  # fmt: skip
    assert [*file.parent.iterdir()] == [file]
    return places(server)


def places(server: Site) -> list[Any]:
    return [[one[name] for name in ("entity", "lastName", "internalNumber", "ctiLogin")] for one in server.users()]


@pytest.mark.core
def test_who_shows_people_in_one_line_each_and_fails_if_there_is_nobody(site: Make, folder: Path) -> None:
    server = site(start={**START, "users": [*START["users"], person("1002", "Lefèvre")]})
    found = run(server, "xivo.xci.who", "--check", folder=folder, xci_who=" LEFEVRE ", xci_language="")
    code = server.users()[1]["provisioningNumber"]
    assert f"Lefèvre | 1002 | accueil | xivo-nord | - | {code}" in found.output
    assert "Found 1 person." in found.output
    assert stats(found) == {"xci_who_count": 1}
    nobody = run(server, "xivo.xci.who", folder=folder, may_fail=True, xci_who="nobody", xci_language="fr")
    assert (nobody.code, nobody.writes, stats(nobody)) == (2, [], {"xci_who_count": 0})
    assert "Trouvé : 0 personne." in nobody.output
    missing = run(server, "xivo.xci.who", folder=folder, may_fail=True, xci_who=" ")
    assert (missing.code, missing.requests) == (2, [])
    assert '"msg": "missing required variable: xci_who; for example -e xci_who=lefevre' in missing.output


@pytest.mark.slow
def test_directory_compare_and_leave_write_their_files_in_check_mode_too(site: Make, folder: Path) -> None:
    server = site()
    directory = run(server, "xivo.xci.directory", "--check", folder=folder, xci_directory_dest="new/directory.csv")
    assert stats(directory) == {"xci_directory_count": 1}
    assert [row["last_name"] for row in table(folder / "new/directory.csv")] == ["Durand"]
    run(server, "xivo.xci.export", folder=folder, xci_export_directory="other", xci_rename="xivo-nord=test-nord")
    assert (folder / "other" / "test-nord" / "entities.yml").exists()
    server.load({"users": [person("1002", "Lefèvre")]})
    compared = run(
        server, "xivo.xci.compare", folder=folder, xci_compare_with="other", xci_compare_url="",
        xci_rename="xivo-nord=test-nord", xci_compare_dest="found.csv", xci_language="fr",
    )  # fmt: skip
    assert (compared.writes, stats(compared)) == ([], {"xci_compare_count": 1})
    assert "Les deux XCI ont 1 différence." in compared.output
    assert [(row["key"], row["where"]) for row in table(folder / "found.csv")] == [("1002@accueil@test-nord", "here")]
    (folder / "nord.csv").write_text(
        "context,exten,firstname,lastname\naccueil,1001,Camille,Martin\n", encoding="utf-8"
    )
    left = run(
        server, "xivo.xci.leave", "--check", folder=folder, xci_leave_exports="xivo-nord=nord.csv", xci_leave_dest="a/b"
    )
    assert (left.writes, stats(left)) == ([], {"xci_leave_count": 2})
    assert [(row["number"], row["what"]) for row in table(folder / "a/b/differences.csv")] == [
        ("1001", "different"), ("1002", "only on XCI"),
    ]  # fmt: skip
    for book in ("compare", "directory", "leave"):
        wrong = run(server, f"xivo.xci.{book}", folder=folder, may_fail=True, xci_leave_exports="nord.csv")
        assert (wrong.code, wrong.writes) == (2, [])


def test_another_xci_is_compared_with_its_password_hidden(site: Make, folder: Path) -> None:
    server, other = site(), site(start={**START, "users": []})
    address = {"xci_compare_url": other.connection["xci_url"], "xci_compare_password": other.connection["xci_password"]}
    compared = run(server, "xivo.xci.compare", "-vvv", folder=folder, **address)
    assert stats(compared) == {"xci_compare_count": 1}


@pytest.mark.slow
def test_the_same_document_applies_to_test_and_production(site: Make, folder: Path) -> None:
    server = site()
    users = [{"entity": "compta@test-nord", "internal_number": "3000", "last_name": "Zoé", "template": TEMPLATE}]
    (folder / "a.json").write_text(json.dumps({"xivos": [{"name": "test-nord", "host": "h"}], "users": users}))
    options: dict[str, Any] = {"folder": folder, "xci_src": "a.json", "xci_rename": "test-nord=xivo-nord,"}
    assert run(server, "xivo.xci.drift", **options).writes == []
    assert run(server, "xivo.xci.apply", **options).writes == [("POST", "/users")]
    assert run(server, "xivo.xci.apply", **options).writes == []


def test_a_person_moves(site: Make, folder: Path) -> None:
    server = site()
    before = places(server)
    options: dict[str, Any] = {
        "folder": folder, "may_warn": True, "xci_move_who": "cdurand", "xci_move_to": "accueil@xivo-sud",
        "xci_move_number": "", "xci_default_template": TEMPLATE,
    }  # fmt: skip
    predicted = run(server, "xivo.xci.move", "--check", **options)
    assert (predicted.writes, stats(predicted)) == ([], {"xci_move_count": 1})
    assert "Camille Durand would move from 1001 (accueil@xivo-nord) to 1001 (accueil@xivo-sud)." in predicted.output
    moved = run(server, "xivo.xci.move", **options)
    assert moved.writes == [("PUT", "/users/1")]
    assert "On another XiVO, the telephone has to be assigned again" in moved.output
    again = run(server, "xivo.xci.move", **options)
    assert (again.writes, again.changed, stats(again)) == ([], {"localhost": 0}, {"xci_move_count": 0})
    refused = run(
        server, "xivo.xci.move", **{**options, "may_fail": True, "xci_default_template": "", "xci_move_to": "compta"}
    )
    assert (refused.code, refused.writes) == (2, [])
    assert "missing required variable: xci_default_template" in refused.output
    assert undo(server, folder, moved) == before


@pytest.mark.slow
def test_people_are_renumbered(site: Make, folder: Path) -> None:
    server = site(start={**START, "users": [person("1000", "Un"), person("1001", "Deux")]})
    before, intervals = places(server), server.sandbox.state()["entities"][0]["intervals"]
    options: dict[str, Any] = {
        "folder": folder, "may_warn": True, "xci_renumber_entity": "accueil@xivo-nord",
        "xci_renumber_from": "1000-1099", "xci_renumber_to": "6000-6099", "xci_renumber_map": "",
        "xci_renumber_narrow": "true", "xci_default_template": TEMPLATE, "xci_renumber_dest": "new/list.csv",
    }  # fmt: skip
    predicted = run(server, "xivo.xci.renumber", "--check", **options)
    assert (predicted.writes, stats(predicted)) == ([], {"xci_renumber_count": 2})
    assert "2 people would get another number." in predicted.output
    assert not (folder / "new").exists()
    done = run(server, "xivo.xci.renumber", **options)
    assert [method for method, _path in done.writes] == ["PUT"] * 4
    assert [(row["old"], row["new"]) for row in table(folder / "new/list.csv")] == [("1000", "6000"), ("1001", "6001")]
    again = run(server, "xivo.xci.renumber", **options)
    assert (again.writes, again.changed) == ([], {"localhost": 0})
    wrong = run(server, "xivo.xci.renumber", **{**options, "may_fail": True, "xci_renumber_to": "6000"})
    assert (wrong.code, wrong.writes) == (2, [])
    assert undo(server, folder, done) == before
    assert server.sandbox.state()["entities"][0]["intervals"] == intervals


@pytest.mark.slow
def test_a_personnel_file_is_taken_over(site: Make, folder: Path) -> None:
    server = site(start={**START, "users": [person("1001", "Durand", "cdurand"), person("1100", "Salle")]})
    before = places(server)
    (folder / "map.yml").write_text(
        "columns: {Login: cti_login, Nom: last_name, Poste: internal_number}\n"
        "entity: {column: Site, values: {Nord: accueil@xivo-nord, Sud: accueil@xivo-sud}}\n"
        f"template: {{value: {TEMPLATE}}}\n",
        encoding="utf-8",
    )
    text = "Login;Nom;Poste;Site\ncdurand;Durand;1001;Sud\nzoe;Lefèvre;0501;Nord\nx;X;;Est\n"
    (folder / "hr.csv").write_bytes(text.encode("cp1252"))
    options: dict[str, Any] = {
        "folder": folder, "may_warn": True, "xci_people_src": "hr.csv", "xci_people_map": "map.yml",
        "xci_people_dest": "out", "xci_people_max_leavers": "", "xci_numbers": "any",
    }  # fmt: skip
    counts = {"xci_people_joiners": 1, "xci_people_movers": 1, "xci_people_leavers": 0, "xci_people_unmatched": 1}
    predicted = run(server, "xivo.xci.sync_people", "--check", **options)
    assert (predicted.writes, stats(predicted)) == ([], {"xci_sync_people_count": 2, **counts})
    assert "Lefèvre" not in predicted.output
    done = run(server, "xivo.xci.sync_people", xci_language="fr", **options)
    assert sorted(done.writes) == [("POST", "/users"), ("PUT", "/users/1")]
    assert "1 arrivée, 1 déplacement, 0 changement de nom, 0 départ (seulement signalé)." in done.output
    (joiner,) = table(folder / "out/joiners.csv")
    assert (joiner["last_name"], joiner["number"], len(joiner["code"])) == ("Lefèvre", "0501", 6)
    again = run(server, "xivo.xci.sync_people", **options)
    assert (again.writes, stats(again)["xci_sync_people_count"]) == ([], 0)
    (folder / "hr.csv").write_bytes(text.encode("cp1252")[:-30])
    cut = run(server, "xivo.xci.sync_people", **{**options, "may_fail": True})
    assert (cut.code, cut.writes) == (2, [])
    assert undo(server, folder, done) == before


@pytest.mark.slow
def test_an_error_names_what_a_person_gave(site: Make, folder: Path) -> None:
    server = site(start={**START, "users": [person("1001", "Durand", "cdurand"), person("1500", "Autre")]})
    mapping = {"columns": {"Login": "cti_login", "Poste": "internal_number", "Nom": "last_name"}}
    rest = {"entity": {"value": "accueil@xivo-nord"}, "template": {"value": TEMPLATE}}
    (folder / "hr.csv").write_text("Login;Nom;Poste\ncdurand;Durand;\nzoe;Zoé;99x\nneu;Neuf;9999\n", encoding="utf-8")
    file = folder / "undo.yml"
    file.write_text("undo: {address: 'http://192.0.2.1/api/1.0'}\n", encoding="utf-8")
    users = {"xci_default_template": TEMPLATE}
    renumber = {"xci_renumber_entity": "accueil@xivo-nord", "xci_renumber_from": "1001", **users}
    cases: list[tuple[str, dict[str, Any], str]] = [
        ("move", {"xci_move_who": "cdurand", "xci_move_to": "compta", "xci_move_number": "a", **users},
         "nothing was changed (1 error): xci_move_number: invalid value: 'a' is not a number in digits"),
        ("move", {"xci_move_who": "cdurand", "xci_move_to": "compta"},
         "missing required variable: xci_default_template. XCI needs"),
        ("renumber", {**renumber, "xci_renumber_to": "1500"},
         "nothing was changed (1 error): 1001 to 1500: duplicate: user 1500@accueil@xivo-nord already exists"),
        ("renumber", {**renumber, "xci_renumber_to": "6000-6001"}, "xci_renumber_to: it has 2 numbers, b"),
        ("renumber", {"xci_renumber_entity": "accueil@xivo-nord"}, "missing required variable: xci_renumber_from "),
        ("compare", {}, "missing required variable: xci_compare_with or xci_compare_url; for example -e "),
        ("sync_people", {"xci_people_src": "hr.csv", "xci_people_map": {**mapping, **rest}, "xci_numbers": "inside"},
         f"nothing was changed (1 error): {folder}/hr.csv line 4: Poste: 9999 is outside of the intervals of accueil@"),
        ("undo", {"xci_undo_file": str(file)}, "xci_undo_file: "),
    ]  # fmt: skip
    for command, given, expected in cases:
        wrong = run(server, f"xivo.xci.{command}", folder=folder, may_fail=True, **given)
        assert (wrong.code, wrong.writes) == (2, []), wrong.output
        assert expected in " ".join(wrong.output.split()), wrong.output
        assert "invalid document" not in wrong.output


@pytest.mark.slow
def test_a_freed_number_is_kept_from_the_next_person(site: Make, folder: Path) -> None:
    server = site(start={**START, "users": [person("2000", "Ancien", entity="urgences@xivo-nord")]})
    gone = run(server, "xivo.xci.offboard", folder=folder, xci_offboard_internal_number="2000")
    assert stats(gone) == {"xci_offboard_count": 1}
    entry = gone.output.partition("under reserved: ")[2].partition("}")[0] + "}"
    assert entry.startswith("{entity: urgences@xivo-nord, start: '2000', end: '2000', reason: freed on ")
    (folder / "numbering.yml").write_text(f"reserved:\n  - {entry}\n", encoding="utf-8")
    options: dict[str, Any] = {
        "xci_onboard_entity": "urgences", "xci_onboard_last_name": "Neuf", "xci_onboard_template": TEMPLATE,
        "xci_numbering": "numbering.yml",
    }  # fmt: skip
    assert (
        "Neuf would get number 2001"
        in run(server, "xivo.xci.onboard", "--check", folder=folder, may_warn=True, **options).output
    )
    new = run(server, "xivo.xci.onboard", folder=folder, **options)
    assert stats(new) == {"xci_onboard_count": 1}
    assert [one["internalNumber"] for one in server.users()] == ["2001"]

# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbooks of the collection, by their names, and the example repository."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.xivo.xci.tests.integration.console import Ran, run
from ansible_collections.xivo.xci.tests.integration.harness import Site
from ansible_collections.xivo.xci.tests.support import playbook
from ansible_collections.xivo.xci.tests.support.objects import TEMPLATE

ROOT = Path(__file__).resolve().parents[2]
Make = Callable[..., Site]

DOCUMENT = """
users:
  - {entity: accueil@xivo-nord, internal_number: "1001", first_name: Camille, last_name: "Durand | `Lévêque`"}
  - {entity: accueil@xivo-nord, internal_number: "1002", last_name: Deux}
"""


@pytest.mark.core
def test_apply_previews_applies_and_then_finds_nothing_to_do(site: Make, folder: Path) -> None:
    server = site()
    options: dict[str, Any] = {"folder": folder, "xci_src": "users.yml", "xci_default_template": TEMPLATE}
    # A warning tells that the change of a user sets the default template.
    options["may_warn"] = True
    server.sandbox.dialects.change({"cti_password": "shown"})
    preview = run(server, "xivo.xci.apply", "--check", "--diff", **options)
    assert (preview.changed, preview.writes) == ({"localhost": 1}, [])
    assert "+last_name: Durand | `Lévêque`" in preview.output
    assert "user: 1 to create, 1 to update" in preview.output
    applied = run(server, "xivo.xci.apply", **options)
    assert sorted(applied.writes) == [("POST", "/users"), ("PUT", "/users/1")]
    assert "user: 1 created, 1 updated" in applied.output
    again = run(server, "xivo.xci.apply", **options)
    assert (again.changed, again.writes) == ({"localhost": 0}, [])
    assert "user: 2 unchanged" in again.output


@pytest.mark.slow
def test_drift_is_reported_to_people_and_machines_and_fails_only_on_request(site: Make, folder: Path) -> None:
    server = site(dialects={"cti_password": "shown"})
    files = {"xci_drift_json": "drift.json", "xci_drift_markdown": "drift.md"}
    options: dict[str, Any] = {"folder": folder, "xci_src": "users.yml", "xci_default_template": TEMPLATE, **files}
    options["may_warn"] = True
    done = run(server, "xivo.xci.drift", **options)
    assert (done.code, done.writes) == (0, [])
    assert "XCI differs in 2 objects from the document" in done.output
    found = json.loads((folder / "drift.json").read_text(encoding="utf-8"))
    assert (found["drift"], found["failed_hosts"]) == (True, [])
    plan = found["hosts"]["localhost"]["plan"]
    assert [(one["action"], one["key"]) for one in plan] == [
        ("update", "1001@accueil@xivo-nord"),
        ("create", "1002@accueil@xivo-nord"),
    ]
    assert plan[0]["changes"] == {"last_name": {"before": "Durand", "after": "Durand | `Lévêque`"}}
    assert found["hosts"]["localhost"]["summary"]["user"] == {"create": 1, "update": 1, "delete": 0, "unchanged": 0}
    page = (folder / "drift.md").read_text(encoding="utf-8")
    assert (
        "| update | user `1001@accueil@xivo-nord` (`Camille Durand`) | last_name | `Durand` | `Durand \\| 'Lévêque'` |"
        in page
    )
    assert run(server, "xivo.xci.drift", xci_drift_fail=True, may_fail=True, **options).code == 2
    run(server, "xivo.xci.apply", **options)
    none = run(server, "xivo.xci.drift", xci_drift_fail=True, **options)
    assert none.changed == {"localhost": 0}
    assert json.loads((folder / "drift.json").read_text(encoding="utf-8"))["drift"] is False
    assert "matches the document" in (folder / "drift.md").read_text(encoding="utf-8")


def test_a_comparison_that_fails_leaves_no_old_answer(site: Make, folder: Path) -> None:
    server = site()
    answer = folder / "drift.json"
    answer.write_text('{"drift": false}')
    ran = run(
        server, "xivo.xci.drift", folder=folder, may_fail=True, xci_src="missing.yml", xci_drift_json="drift.json"
    )
    assert ran.code == 2
    assert not answer.exists()


@pytest.mark.slow
def test_a_tree_that_is_exported_can_be_applied_and_exported_again(site: Make, folder: Path) -> None:
    server = site()
    options: dict[str, Any] = {
        "folder": folder,
        "xci_export_directory": "config",
        "xci_export_default_template": TEMPLATE,
    }
    assert run(server, "xivo.xci.export", **options).changed == {"localhost": 1}
    before = contents(folder / "config")
    assert sorted(before) == [
        ".xci.schema.json",
        "admins.yml",
        "templates.yml",
        "xivo-nord/entities.yml",
        "xivo-nord/users/accueil.yml",
        "xivo-nord/xivo.yml",
        "xivo-sud/entities.yml",
        "xivo-sud/xivo.yml",
    ]
    applied = run(server, "xivo.xci.apply", folder=folder, xci_src="config", xci_purge=["users", "entities"])
    assert applied.changed == {"localhost": 0}
    assert run(server, "xivo.xci.export", **options).changed == {"localhost": 0}
    assert contents(folder / "config") == before


# -- one person -----------------------------------------------------------------------------------------------------

COMES: dict[str, Any] = {
    "xci_onboard_entity": "compta",
    "xci_onboard_first_name": "Zoé",
    "xci_onboard_template": TEMPLATE,
}


def test_a_person_comes_and_gets_the_next_number_once(site: Make, folder: Path) -> None:
    server = site()

    def onboard(*arguments: str, **more: Any) -> Ran:
        return run(server, "xivo.xci.onboard", *arguments, folder=folder, **COMES, **more)

    flat = {"xci_onboard_last_name": "", "xci_onboard_internal_number": "", "xci_onboard_cti_login": ""}
    predicted = onboard("--check", **flat)
    assert (predicted.changed, predicted.writes) == ({"localhost": 1}, [])
    assert "Zoé would get number 3000 in compta@xivo-nord" in predicted.output
    assert onboard(**flat).writes == [("POST", "/users")]
    for again in (onboard(**flat), onboard("--check", **flat)):
        assert (again.changed, again.writes) == ({"localhost": 0}, [])
        assert "Zoé already exists and has number 3000 in compta@xivo-nord" in again.output
    other = onboard(
        xci_onboard_last_name="D'Hervé", xci_onboard_cti_login="zdherve", xci_onboard_cti_password="zoe-3001-x"
    )
    assert "Zoé D'Hervé has number 3001 in compta@xivo-nord; provisioning code: " in other.output
    assert "zoe-3001-x" not in other.output


@pytest.mark.parametrize(
    "taken",
    [
        {"xci_onboard_entity": "accueil@xivo-nord", "xci_onboard_internal_number": "1001"},
        {"xci_onboard_cti_login": "cdurand"},
    ],
    ids=["number", "login"],
)
def test_who_comes_takes_nothing_from_who_is_there(site: Make, folder: Path, taken: dict[str, Any]) -> None:
    server = site()
    ran = run(server, "xivo.xci.onboard", folder=folder, may_fail=True, **{**COMES, **taken})
    assert ran.code == 2
    assert "A different user already exists and would be changed: " in ran.output
    assert "last_name: Durand" in ran.output
    assert not ran.writes


def test_a_namesake_in_another_entity_stays(site: Make, folder: Path) -> None:
    server = site()
    namesake = {**COMES, "xci_onboard_first_name": "Camille", "xci_onboard_last_name": "Durand"}
    ran = run(server, "xivo.xci.onboard", folder=folder, **namesake)
    assert ran.writes == [("POST", "/users")]
    assert [(one["lastName"], one["internalNumber"]) for one in server.users()] == [
        ("Durand", "1001"),
        ("Durand", "3000"),
    ]


def test_a_namesake_in_the_same_entity_needs_a_number_or_a_login(site: Make, folder: Path) -> None:
    server = site()
    namesake = {
        **COMES,
        "xci_onboard_entity": "accueil@xivo-nord",
        "xci_onboard_first_name": "Camille",
        "xci_onboard_last_name": "Durand",
    }
    same = run(server, "xivo.xci.onboard", folder=folder, **namesake)
    assert (same.changed, same.writes) == ({"localhost": 0}, [])
    assert "Camille Durand already exists and has number 1001 in accueil@xivo-nord" in same.output
    other = run(server, "xivo.xci.onboard", folder=folder, xci_onboard_internal_number="1002", **namesake)
    assert other.writes == [("POST", "/users")]
    assert "Camille Durand has number 1002 in accueil@xivo-nord" in other.output


def test_who_comes_has_an_entity_and_a_name(site: Make, folder: Path) -> None:
    for missing in ("xci_onboard_entity", "xci_onboard_first_name"):
        ran = run(site(), "xivo.xci.onboard", folder=folder, may_fail=True, **{**COMES, missing: ""})
        assert ran.code == 2
        assert f"missing required variable: {missing}" in ran.output
        assert ran.requests == []


def test_why_a_preview_fails_is_shown(site: Make, folder: Path) -> None:
    ran = run(
        site(), "xivo.xci.onboard", folder=folder, may_fail=True, **{**COMES, "xci_onboard_entity": "Comptabilite"}
    )
    assert ran.code == 2
    assert "entity 'Comptabilite' not found" in ran.output
    assert "has no attribute" not in ran.output


@pytest.mark.parametrize(
    "said",
    [
        {"xci_offboard_internal_number": "1001", "xci_offboard_entity": ""},
        pytest.param({"xci_offboard_cti_login": "cdurand"}, marks=pytest.mark.slow),
    ],
)
def test_a_person_who_leaves_is_shown_and_removed(site: Make, folder: Path, said: dict[str, Any]) -> None:
    server = site()
    predicted = run(server, "xivo.xci.offboard", "--check", folder=folder, **said)
    assert (predicted.changed, predicted.writes) == ({"localhost": 1}, [])
    assert "user 1001@accueil@xivo-nord (Camille Durand) would be deleted" in predicted.output
    gone = run(server, "xivo.xci.offboard", folder=folder, **said)
    assert "user 1001@accueil@xivo-nord (Camille Durand) was deleted" in gone.output
    assert gone.writes == [("DELETE", "/users/1")]
    again = run(server, "xivo.xci.offboard", folder=folder, **said)
    assert (again.changed, again.writes) == ({"localhost": 0}, [])


def test_a_mistyped_login_removes_nobody_and_says_who_may_be_meant(site: Make, folder: Path) -> None:
    ran = run(site(), "xivo.xci.offboard", folder=folder, may_fail=True, xci_offboard_cti_login="cdurnad")
    assert (ran.code, ran.changed, ran.writes) == (0, {"localhost": 0}, [])
    hint = "no user has the cti_login 'cdurnad'; did you mean user 1001@accueil@xivo-nord (Camille Durand)?"
    assert hint in " ".join(ran.output.split())


def test_nobody_is_removed_as_long_as_it_is_not_clear_who(site: Make, folder: Path) -> None:
    server = site()
    server.load({"users": [{"entity": "accueil@xivo-sud", "template": TEMPLATE, "internalNumber": "1001"}]})
    unclear = run(server, "xivo.xci.offboard", folder=folder, may_fail=True, xci_offboard_internal_number="1001")
    assert "Ambiguous: several users match" in unclear.output
    place: dict[str, Any] = {"xci_offboard_entity": "accueil", "xci_offboard_xivo": "xivo-sud"}
    clear = run(server, "xivo.xci.offboard", "--check", folder=folder, xci_offboard_internal_number="1001", **place)
    assert "user 1001@accueil@xivo-sud would be deleted" in clear.output
    silent = run(server, "xivo.xci.offboard", folder=folder, may_fail=True, xci_offboard_cti_login="")
    assert "missing required variable: xci_offboard_internal_number or xci_offboard_cti_login" in silent.output
    assert (unclear.code, silent.code, unclear.writes, silent.writes) == (2, 2, [], [])
    gone: dict[str, Any] = {"xci_offboard_cti_login": "cdurand", "xci_offboard_entity": "ancienne@xivo-nord"}
    closed = run(server, "xivo.xci.offboard", folder=folder, may_fail=True, **gone)
    assert (closed.code, closed.writes) == (2, [])
    assert "entity 'ancienne@xivo-nord' not found" in closed.output


# -- the example repository -----------------------------------------------------------------------------------------


@pytest.fixture
def example(tmp_path: Path) -> Path:
    """A copy of docs/example."""
    return Path(shutil.copytree(ROOT / "docs" / "example", tmp_path / "example"))


@pytest.mark.parametrize("name", [pytest.param("test", marks=pytest.mark.slow), "production"])
def test_the_example_applies_and_then_differs_in_nothing(site: Make, example: Path, name: str) -> None:
    server = site(start={})
    applied = run(server, "xivo.xci.apply", "-e", f"@{name}.yml", folder=example)
    assert applied.changed == {"localhost": 1}
    again = run(server, "xivo.xci.drift", "-e", f"@{name}.yml", folder=example, xci_drift_fail=True)
    assert (again.changed, again.writes) == ({"localhost": 0}, [])


@pytest.mark.slow
def test_the_example_rehearses_on_a_sandbox_of_its_own(site: Make, example: Path) -> None:
    server = site(start={})
    # An empty text, as a survey gives it, is not given.
    not_given = {"xci_sandbox_dialects": "", "xci_sandbox_snapshot": "", "xci_sandbox_password": ""}
    own: dict[str, Any] = {**not_given, "xci_sandbox_directory": str(example / "sandbox")}
    ran = run(server, "rehearse.yml", "-e", "@production.yml", folder=example, **own)
    assert ran.requests == []
    assert not list((example / "sandbox").glob("*.pid"))


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.slow
def test_an_export_tells_what_was_empty_and_is_no_longer(site: Make, folder: Path) -> None:
    server = site(dialects={"cti_password": "shown"})
    export: dict[str, Any] = {"xci_export_directory": "config", "xci_export_default_template": TEMPLATE}
    server.load({"users": [{"entity": "compta@xivo-nord", "lastName": "Un", "internalNumber": "3001"}]})
    run(server, "xivo.xci.export", folder=folder, **export)
    # Behind our back.
    by_hand = folder / "by-hand.yml"
    by_hand.write_text(
        json.dumps(
            {
                "users": [{"entity": "compta@xivo-nord", "internal_number": "3001", "cti_login": "sneaky"}],
                "templates": [{"name": TEMPLATE, "entities": ["compta@xivo-nord"]}],
            }
        )
    )
    run(server, "xivo.xci.apply", folder=folder, may_fail=True, xci_src="by-hand.yml", xci_default_template=TEMPLATE)
    done = run(server, "xivo.xci.drift", folder=folder, xci_src="config")
    assert "XCI differs in 2 objects from the document" in done.output
    assert run(server, "xivo.xci.apply", folder=folder, may_fail=True, xci_src="config").code == 0
    assert {user["ctiLogin"] for user in server.users()} == {None, "cdurand"}
    assert run(server, "xivo.xci.drift", folder=folder, xci_src="config", xci_drift_fail=True).code == 0


@pytest.mark.slow
def test_what_an_export_can_not_know_hides_no_difference(site: Make, folder: Path) -> None:
    """An administrator's password is in no export; that somebody made himself one who may do all must be seen."""
    server = site()
    run(server, "xivo.xci.export", folder=folder, xci_export_directory="config")
    server.load({"administrators": [{"login": "other", "password": "a-third-made-up-password"}]})
    admins = folder / "config" / "admins.yml"
    admins.write_text(admins.read_text(encoding="utf-8").replace("super_admin: false", "super_admin: true"))
    files: dict[str, Any] = {"xci_drift_json": "drift.json", "xci_drift_markdown": "drift.md"}
    done = run(server, "xivo.xci.drift", folder=folder, may_fail=True, xci_src="config", **files)
    assert done.code == 2
    assert "XCI differs in 1 object from the document; the document has 1 error" in done.output
    found = json.loads((folder / "drift.json").read_text(encoding="utf-8"))
    place = "config/admins.yml line 11: admins[1]"
    change = "change super_admin of admin mlefevre"
    missing = f"missing required option: password (needed to {change}, because ldap is false)"
    assert [one["key"] for one in found["hosts"]["localhost"]["plan"]] == ["mlefevre"]
    assert found["hosts"]["localhost"]["errors"] == [
        {"action": "", "kind": "admin", "key": "mlefevre", "index": 1, "option": "", "place": place, "msg": missing}
    ]
    assert f"- `{place}: {missing}`" in (folder / "drift.md").read_text(encoding="utf-8")
    run(server, "xivo.xci.report", folder=folder, xci_report_dest="report.md", xci_report_src="config")
    page = (folder / "report.md").read_text(encoding="utf-8")
    assert "| update | admin mlefevre (Marie Lefèvre) | super_admin |" in page
    assert f"{place}: {missing}" in page
    applied = run(server, "xivo.xci.apply", folder=folder, may_fail=True, xci_src="config")
    assert (applied.code, applied.writes) == (2, [])


@pytest.mark.slow
def test_a_bound_of_an_apply_hides_no_difference(site: Make, folder: Path) -> None:
    """A file of variables is for apply and for drift."""
    server = site()
    deleted = {"xci_users": [{"entity": "accueil@xivo-nord", "internal_number": "1001", "state": "absent"}]}
    bounds = {"xci_max_deletions": "0", "xci_max_changes": "0"}
    options: dict[str, Any] = {"folder": folder, "may_fail": True, **deleted, **bounds}
    refused = run(server, "xivo.xci.apply", "--check", **options)
    assert refused.code == 2
    assert "user 1001@accueil@xivo-nord (Camille Durand)" in refused.output
    done = run(server, "xivo.xci.drift", **options)
    assert (done.code, done.writes) == (0, [])
    assert "XCI differs in 1 object from the document" in done.output
    assert "user 1001@accueil@xivo-nord (Camille Durand) would be deleted" in done.output
    refused = run(server, "xivo.xci.apply", **{**options, "xci_max_deletions": "1"})
    assert "this would change 1 object, and max_changes is 0" in refused.output
    assert refused.writes == []


@pytest.mark.slow
def test_missing_folders_of_files_are_made(site: Make, folder: Path) -> None:
    server = site(dialects={"cti_password": "shown"})
    files: dict[str, Any] = {"xci_drift_json": "new/json/drift.json", "xci_drift_markdown": "new/drift.md"}
    options: dict[str, Any] = {"folder": folder, "may_warn": True, **files}
    run(server, "xivo.xci.drift", xci_src="users.yml", xci_default_template=TEMPLATE, **options)
    run(server, "xivo.xci.report", "--check", folder=folder, xci_report_dest="new/pages/report.html")
    for name in (*files.values(), "new/pages/report.html"):
        assert (folder / name).read_text(encoding="utf-8")
        # It has the names of people.
        assert (folder / name).stat().st_mode & 0o777 == 0o600
    far = {"entity": "accueil@xivo-nord", "internal_number": "5001", "last_name": "Loin", "template": TEMPLATE}
    (folder / "far.yml").write_text(json.dumps({"users": [far]}), encoding="utf-8")
    options = {"xci_report_dest": "new/pages/report.html", "xci_report_src": "far.yml"}
    # The number is outside of the intervals, of which nobody is to be warned.
    run(server, "xivo.xci.report", folder=folder, **options, xci_report_numbers="any", xci_file_mode="0644")
    assert (folder / "new/pages/report.html").stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize("playbook", ["apply", "drift"])
def test_nothing_is_no_document(site: Make, folder: Path, playbook: str) -> None:
    ran = run(site(), f"xivo.xci.{playbook}", folder=folder, may_fail=True, xci_scr="users.yml")
    assert ran.code == 2
    assert "Missing required variable: xci_src" in ran.output


# -- files ----------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_files_of_a_document_are_seen_from_where_ansible_was_started(site: Make, tmp_path: Path) -> None:
    server = site()
    plays, work = tmp_path / "plays", tmp_path / "work"
    for folder, number in ((plays / "vars", 3001), (plays / "files/vars", 3002), (work / "vars", 3003)):
        folder.mkdir(parents=True)
        (folder / "demo.yml").write_text(f"users: [{{entity: compta, internal_number: {number}, last_name: A}}]")
    options: dict[str, Any] = {"folder": work, "xci_default_template": TEMPLATE, "xci_timeout": "", "xci_ca_path": ""}
    # The collection has such a file beside its own playbooks, too.
    assert run(server, "xivo.xci.apply", xci_src="vars/demo.yml", **options).writes == [("POST", "/users")]
    assert [one["internalNumber"] for one in server.users()] == ["1001", "3003"]
    role = {"hosts": "localhost", "gather_facts": False, "roles": ["xivo.xci.xci"]}
    book = str(playbook.written(plays, role, name="site.yml"))
    twice = run(server, book, xci_src=" vars/demo.yml,\nvars", may_fail=True, **options)
    assert "vars/demo.yml line 1: users[0]: duplicate: already defined at vars/demo.yml line 1" in twice.output
    missing = run(server, "xivo.xci.apply", xci_src=["templates"], may_fail=True, **options)
    assert f"{work}/templates: not found" in missing.output
    assert twice.writes == missing.writes == []

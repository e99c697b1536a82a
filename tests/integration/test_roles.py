# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The roles in a playbook of one's own: what they take from where, and what the export does with names and files."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.xivo.xci.tests.integration.console import Ran, run
from ansible_collections.xivo.xci.tests.integration.harness import Site
from ansible_collections.xivo.xci.tests.support.objects import PASSWORD, TEMPLATE

ROOT = Path(__file__).resolve().parents[2]
Make = Callable[..., Site]


def play(server: Site, folder: Path, *roles: dict[str, Any], may_fail: bool = False, **keywords: Any) -> Ran:
    entries = [{"role": f"xivo.xci.{one['role']}", "vars": one} for one in roles]
    book = folder / "play.yml"
    book.write_text(json.dumps([{"hosts": "localhost", "gather_facts": False, "roles": entries, **keywords}]))
    return run(server, str(book), "-vvv", folder=folder, may_fail=may_fail)


def somebody(number: str, **options: Any) -> dict[str, Any]:
    return {"entity": "accueil@xivo-nord", "internal_number": number, "last_name": f"N° {number}", **options}


def test_each_variable_is_documented_and_has_the_roles_name() -> None:
    for role in ("xci", "xci_audit", "xci_export", "xci_report"):
        meta = yaml.safe_load((ROOT / "roles" / role / "meta" / "argument_specs.yml").read_text(encoding="utf-8"))
        options = meta["argument_specs"]["main"]["options"]
        defaults = yaml.safe_load((ROOT / "roles" / role / "defaults" / "main.yml").read_text(encoding="utf-8"))
        assert defaults == {name: spec["default"] for name, spec in options.items() if "default" in spec}
        readme = (ROOT / "roles" / role / "README.md").read_text(encoding="utf-8")
        assert [name for name in options if f"`{name}`" not in readme] == []
        shared = {
            "xci_url",
            "xci_login",
            "xci_password",
            "xci_validate_certs",
            "xci_ca_path",
            "xci_timeout",
            "xci_retries",
            "xci_language",
            "xci_file_mode",
            "xci_rename",
            "xci_audit_ignore",
            "xci_read_back_timeout",
        }
        assert [name for name in options if not name.startswith(f"{role}_") and name not in shared] == []


@pytest.mark.core
def test_lists_in_variables_and_the_result_of_the_module(site: Make, tmp_path: Path) -> None:
    server = site()
    document = {
        "xci_xivos": [{"name": "xivo-est", "host": "192.0.2.30"}],
        "xci_entities": [{"name": "soins", "xivo": "xivo-est", "intervals": [{"start": "0400", "end": "0409"}]}],
        "xci_templates": [{"name": "Chambre", "xivos": ["xivo-est"]}],
        "xci_users": [
            {
                "entity": "soins",
                "internal_number": "0400",
                "last_name": "Un",
                "cti_login": "un",
                "cti_password": "cti-0400-x",
            }
        ],
        "xci_admins": [{"login": "est", "password": "made-up-for-est", "entities": ["soins"]}],
        "xci_default_template": "Chambre",
    }
    check = {"ansible.builtin.assert": {"that": "xci_result.plan | length == 5"}}
    ran = play(server, tmp_path, {"role": "xci", **document}, post_tasks=[check])
    assert len(ran.writes) == 5
    assert not [secret for secret in ("cti-0400-x", "made-up-for-est", PASSWORD) if secret in ran.output]
    again = play(server, tmp_path, {"role": "xci", **document})
    assert (again.changed, again.writes) == ({"localhost": 0}, [])


@pytest.mark.slow
def test_the_connection_comes_from_the_role_or_module_defaults_or_the_environment(site: Make, tmp_path: Path) -> None:
    server = site()
    users = {"xci_users": [somebody("1002")], "xci_default_template": TEMPLATE}
    wrong = {"xci_password": "a-wrong-password"}
    defaults = {"group/xivo.xci.xci": {"xci_password": PASSWORD, "xci_login": "admin"}}
    good = server.connection
    server.connection = {**good, **wrong}
    assert play(server, tmp_path, {"role": "xci", **users}, may_fail=True).code == 2
    assert play(server, tmp_path, {"role": "xci", **users}, module_defaults=defaults).changed == {"localhost": 1}
    both = play(server, tmp_path, {"role": "xci", **users, **wrong}, module_defaults=defaults, may_fail=True)
    assert both.code == 2
    given = {name: value for name, value in good.items() if name != "xci_url"}
    assert play(server, tmp_path, {"role": "xci", **users, **given}).changed == {"localhost": 0}


def test_purge_and_its_bound(site: Make, tmp_path: Path) -> None:
    server = site()
    purge = {"role": "xci", "xci_users": [somebody("1002")], "xci_default_template": TEMPLATE, "xci_purge": ["users"]}
    refused = play(server, tmp_path, {**purge, "xci_max_deletions": 0}, may_fail=True)
    assert "max_deletions is 0" in refused.output
    assert not refused.writes
    play(server, tmp_path, purge)
    assert [one["internalNumber"] for one in server.users()] == ["1002"]


# -- the sandbox ----------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_check_mode_starts_no_sandbox_and_tells_no_port_that_it_can_not_know(site: Make, tmp_path: Path) -> None:
    server = site()
    shown = {"ansible.builtin.debug": {"msg": "it is {{ xci_sandbox_url | default('not known') }}"}}
    book = tmp_path / "play.yml"
    book.write_text(
        json.dumps([{"hosts": "localhost", "gather_facts": False, "roles": ["xivo.xci.xci_sandbox"], "tasks": [shown]}])
    )
    options: dict[str, Any] = {"folder": tmp_path, "xci_sandbox_directory": str(tmp_path / "sandbox")}

    def check(**variables: Any) -> Ran:
        return run(server, "play.yml", "--check", **options, **variables)

    free, fixed = check(xci_sandbox_port=0), check(xci_sandbox_port=9017)
    assert (free.changed, fixed.changed) == ({"localhost": 1}, {"localhost": 1})
    assert "it is not known" in free.output
    assert "it is http://127.0.0.1:9017/api/1.0" in fixed.output
    assert not (tmp_path / "sandbox").exists()
    try:
        really = run(server, "play.yml", **options, xci_sandbox_port=0)
        running = check(xci_sandbox_port=0)
    finally:
        run(server, "play.yml", **options, xci_sandbox_state="stopped")
    assert "it is http://127.0.0.1:" in really.output
    assert running.changed == {"localhost": 0}
    assert "it is http://127.0.0.1:" in running.output


# -- the tree of an export ------------------------------------------------------------------------------------------

HARD = "../a/b: 'ü' %41 #x"
STRANGE = {
    "xivos": [{"name": HARD, "host": "192.0.2.40"}],
    "entities": [
        {"name": ".hidden", "xivo": HARD, "intervals": [{"start": "0149", "end": "0150"}]},
        {"name": "no", "xivo": HARD, "displayName": "yes: \"no\" \u2028 # 'x'"},
    ],
    "templates": [{"name": "1e3", "xivos": [HARD]}],
    "users": [
        {"entity": f"no@{HARD}", "template": "1e3", "internalNumber": "0149", "lastName": "null", "firstName": "12:30"},
        {"entity": f".hidden@{HARD}", "template": "1e3", "internalNumber": "0150", "lastName": "- {a: b}"},
    ],
}


def files(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): path.read_text(encoding="utf-8", errors="replace")
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.mark.slow
def test_strange_names_stay_inside_of_the_tree_and_come_back(site: Make, tmp_path: Path) -> None:
    server = site(start=STRANGE)
    tree = tmp_path / "tree"
    export = {"role": "xci_export", "xci_export_directory": str(tree), "xci_export_default_template": "1e3"}
    play(server, tmp_path, export)
    assert sorted(files(tree)) == [
        "%2E.%2Fa%2Fb%3A 'ü' %2541 #x/entities.yml",
        "%2E.%2Fa%2Fb%3A 'ü' %2541 #x/users/%2Ehidden.yml",
        "%2E.%2Fa%2Fb%3A 'ü' %2541 #x/users/no.yml",
        "%2E.%2Fa%2Fb%3A 'ü' %2541 #x/xivo.yml",
        ".xci.schema.json",
        "admins.yml",
        "templates.yml",
    ]
    back = play(
        server, tmp_path, {"role": "xci", "xci_src": str(tree), "xci_purge": ["users", "entities", "templates"]}
    )
    assert back.changed == {"localhost": 0}


MARKUP = "![x](//y) <b>&amp;`*|* {{ 1234 * 1111 }} {% raw %}"
NAMES = {
    "xivos": [{"name": MARKUP, "host": "<i>"}],
    "entities": [{"name": "{{ 1234 * 1111 }}", "xivo": MARKUP, "displayName": f"a\r\n{MARKUP}"}],
    "templates": [{"name": MARKUP, "xivos": [MARKUP], "callerIdMode": "custom", "customCallerId": "<b>"}],
    "users": [
        {
            "entity": f"{{{{ 1234 * 1111 }}}}@{MARKUP}",
            "internalNumber": "1",
            "lastName": MARKUP,
            "ctiLogin": "<b>",
            "ctiPassword": "made-up",
        }
    ],
    "administrators": [
        {"login": MARKUP, "name": MARKUP, "password": "made-up", "entities": [f"{{{{ 1234 * 1111 }}}}@{MARKUP}"]}
    ],
}
"""A server whose names are links, images, tags, cells of a table, and templates."""


@pytest.mark.slow
@pytest.mark.core
def test_names_are_text_in_every_page_and_file(site: Make, tmp_path: Path) -> None:
    server = site(start=NAMES, dialects={"cti_password": "shown"})
    (xivo,) = server.sandbox.state()["xivos"]
    shown = {"id": 1, "uuid": xivo["uuid"], "name": MARKUP, "host": "", "remainingSlots": 1}
    entity = {
        "id": 1,
        "combinedId": f"{{{{ 1234 * 1111 }}}}@{xivo['uuid']}",
        "name": "{{ 1234 * 1111 }}",
        "xivo": shown,
    }
    # The sandbox's own intervals are digits.
    odd = {**entity, "displayName": MARKUP, "presentedNumber": "", "intervals": [{"start": "*1<b>", "end": "*2|"}]}
    fault = {"kind": "body", "body": {"items": [odd]}}
    server.sandbox.faults.add({"method": "GET", "path": "^/entities$", "times": 0, "fault": fault})
    document = tmp_path / "users.yml"
    document.write_text(
        json.dumps({"users": [{"entity": f"{{{{ 1234 * 1111 }}}}@{MARKUP}", "internal_number": "1", "last_name": "x"}]})
    )
    pages = [
        {"role": "xci_report", "xci_report_dest": f"report.{kind}", "xci_report_src": "users.yml"}
        for kind in ("md", "html")
    ]
    ran = play(server, tmp_path, *pages, {"role": "xci_export", "xci_export_directory": "tree"})
    drift = run(server, "xivo.xci.drift", folder=tmp_path, xci_src="users.yml", xci_drift_markdown="drift.md")
    assert str(1234 * 1111) not in ran.output + drift.output + "".join(files(tmp_path).values())

    page = (tmp_path / "report.md").read_text(encoding="utf-8")
    escaped = "![x]\\(//y) &lt;b>\\&amp;\\`\\*\\|\\* {{ 1234 \\* 1111 }} {% raw %}"
    assert f"| {escaped} | 1 | 1 | 1 | 0 | 0 |" in page
    assert f"| {{{{ 1234 \\* 1111 }}}} | {escaped} | 1 | 1 | \\*1&lt;b>-\\*2\\| | 0 | 0 |" in page
    assert page.count(escaped) >= 5
    assert MARKUP not in page
    html = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "<td>*1&lt;b&gt;-*2|</td>" in html
    assert not [tag for tag in ("<b>", "<i>", "&amp;`") if tag in html]
    assert "{{ 1234 * 1111 }}" in html
    assert "{{ 1234 * 1111 }}" in (tmp_path / "drift.md").read_text(encoding="utf-8")
    assert [name for name in files(tmp_path / "tree") if ".." in name or name.startswith("/")] == []


@pytest.mark.slow
def test_what_is_gone_from_xci_goes_from_the_tree_and_nothing_else_does(site: Make, tmp_path: Path) -> None:
    server = site()
    tree = tmp_path / "tree"
    export = {"role": "xci_export", "xci_export_directory": str(tree)}
    play(server, tmp_path, export)
    own = tree / "xivo-nord" / "users" / "notes.yml"
    # The files of an export have the names of people.
    assert {path.stat().st_mode & 0o777 for path in tree.rglob("*.yml")} == {0o600}
    own.write_text("users: []\n")
    before = files(tree)
    leaver = {"entity": "accueil@xivo-nord", "internal_number": "1001", "state": "absent"}
    gone = {"role": "xci", "xci_users": [leaver]}
    play(server, tmp_path, gone)
    play(server, tmp_path, {**export, "xci_export_kinds": ["entities"]})
    assert files(tree) == before
    play(server, tmp_path, {**export, "xci_export_xivo": "xivo-sud"})
    assert files(tree) == before
    play(server, tmp_path, {**export, "xci_export_xivo": "xivo-nord"})
    assert set(before) - set(files(tree)) == {"xivo-nord/users/accueil.yml"}
    assert own.read_text() == "users: []\n"


def test_an_export_replaces_no_file_that_somebody_else_wrote(site: Make, tmp_path: Path) -> None:
    server = site()
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "admins.yml").write_text("admins: []  # by hand\n")
    ran = play(server, tmp_path, {"role": "xci_export", "xci_export_directory": str(tree)}, may_fail=True)
    assert ran.code == 2
    assert "not written by an export" in ran.output
    assert files(tree) == {"admins.yml": "admins: []  # by hand\n"}


def test_why_an_export_fails_is_shown(site: Make, tmp_path: Path) -> None:
    (tmp_path / "config").write_text("a file, where the folder should be")
    ran = play(
        site(), tmp_path, {"role": "xci_export", "xci_export_directory": str(tmp_path / "config")}, may_fail=True
    )
    assert ran.code == 2
    assert "Not a directory" in ran.output
    assert "from_json" not in ran.output
    assert "Traceback" not in ran.output


def test_an_export_in_check_mode_writes_nothing_and_says_what_it_would(site: Make, tmp_path: Path) -> None:
    server = site()
    tree = tmp_path / "tree"
    export = {"role": "xci_export", "xci_export_directory": str(tree)}
    (tmp_path / "play.yml").write_text("")
    book = tmp_path / "check.yml"
    book.write_text(
        json.dumps(
            [{"hosts": "localhost", "gather_facts": False, "roles": [{"role": "xivo.xci.xci_export", "vars": export}]}]
        )
    )
    ran = run(server, str(book), "--check", folder=tmp_path)
    assert ran.changed == {"localhost": 1}
    assert "xivo-nord/users/accueil.yml" in ran.output
    assert not tree.exists()

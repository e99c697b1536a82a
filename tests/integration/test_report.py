# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report, the page of differences and the audit: what is in the files, for whom, and what is not."""

from __future__ import annotations

import csv
import json
import stat
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.xivo.xci.plugins.module_utils.modules.context import Context
from ansible_collections.xivo.xci.plugins.module_utils.modules.report import report as read
from ansible_collections.xivo.xci.plugins.module_utils.state.state import State
from ansible_collections.xivo.xci.tests.integration.console import run
from ansible_collections.xivo.xci.tests.integration.harness import Site
from ansible_collections.xivo.xci.tests.support import hospital, playbook, server
from ansible_collections.xivo.xci.tests.support.direct import DirectClient
from ansible_collections.xivo.xci.tests.support.modules import defaults
from ansible_collections.xivo.xci.tests.support.objects import PASSWORD, START, TEMPLATE
from ansible_collections.xivo.xci.tests.support.pages import checked

ROOT = Path(__file__).resolve().parents[2]
Make = Callable[..., Site]

DOCUMENT = """
users:
  - {entity: accueil@xivo-nord, internal_number: "1001", first_name: Camille, last_name: "Durand <b>`Lévêque`"}
  - {entity: accueil@xivo-nord, internal_number: "1002", last_name: Deux}
"""


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.core
def test_the_report_is_a_page_and_a_file_and_markdown(site: Make, folder: Path) -> None:
    server = site(dialects={"cti_password": "shown"})
    options: dict[str, Any] = {"folder": folder, "may_warn": True}
    options.update(xci_report_src="users.yml", xci_report_default_template=TEMPLATE, xci_report_title="")
    made = run(server, "xivo.xci.report", xci_report_dest="new/report.html", xci_report_json="new/a/r.json", **options)
    assert made.writes == []
    assert "The report is in new/report.html." in made.output
    # Each list once for the report; the comparison reads again what its document needs.
    assert Counter(path for _method, path in made.requests)["/administrators"] == 1
    source = (folder / "new/report.html").read_text(encoding="utf-8")
    page = checked(source)
    (row,) = page.data["users-data"]["rows"]
    assert row[:5] == ["Durand Camille", "1001", 0, 0, "cdurand"]
    for text in ("Marie Lefèvre", "Durand <b>`Lévêque`", "1000-1999", "What is on XCI", "XA11"):
        assert text in page.text, text
    assert PASSWORD not in source + (folder / "new/a/r.json").read_text(encoding="utf-8")
    assert "camille-1001" not in source
    data = json.loads((folder / "new/a/r.json").read_text(encoding="utf-8"))
    assert [one["action"] for one in data["drift"]["plan"]] == ["update", "create"]
    assert data["counts"]["users"] == 1
    assert mode(folder / "new/report.html") == mode(folder / "new/a/r.json") == 0o600

    assert run(server, "xivo.xci.report", "--check", xci_report_dest="report.md", **options).writes == []
    markdown = (folder / "report.md").read_text(encoding="utf-8")
    assert "| xivo-nord | 3 | 1 | 1 | 3000 | 2999 |" in markdown
    assert "| accueil | Accueil général | 1 | 1 | 1000-1999 | 1000 | 999 |" in markdown
    assert "| update | user 1001@accueil@xivo-nord (Camille Durand) | last_name, template |" in markdown
    assert run(server, "xivo.xci.report", xci_report_dest="report.md", **options).changed == {"localhost": 0}


@pytest.mark.slow
def test_a_report_in_french_says_what_changed_since_the_last_one(site: Make, folder: Path) -> None:
    server = site()
    options: dict[str, Any] = {"folder": folder, "xci_report_dest": "rapport.html", "xci_language": "fr"}
    options.update(xci_report_json="rapport.json", xci_report_previous="rapport.json")
    run(server, "xivo.xci.report", **options)
    assert "Depuis le dernier rapport" not in (folder / "rapport.html").read_text(encoding="utf-8")
    newcomer = {"entity": "urgences@xivo-nord", "template": TEMPLATE, "lastName": "Nouvelle", "internalNumber": "2100"}
    server.load({"users": [newcomer]})
    run(server, "xivo.xci.report", **options)
    page = checked((folder / "rapport.html").read_text(encoding="utf-8"))
    assert page.lang == "fr"
    assert "Depuis le dernier rapport" in page.text
    assert "Nouveaux utilisateurs (1)" in page.text
    assert "Constats résolus (1)" in page.text
    assert "entité sans utilisateur" in page.text


@pytest.mark.slow
def test_a_report_of_counts_can_be_published(site: Make, folder: Path) -> None:
    server = site(dialects={"cti_password": "shown"})
    options: dict[str, Any] = {"folder": folder, "may_warn": True, "xci_report_people": "counts"}
    options.update(xci_report_src="users.yml", xci_report_default_template=TEMPLATE, xci_report_json="counts.json")
    for name in ("counts.html", "counts.md"):
        run(server, "xivo.xci.report", xci_report_dest=name, **options)
    checked((folder / "counts.html").read_text(encoding="utf-8"))
    for name in ("counts.html", "counts.md", "counts.json"):
        text = (folder / name).read_text(encoding="utf-8")
        assert not [
            one for one in ("Durand", "1001", "cdurand", "mlefevre", "192.0.2", "127.0.0.1", "admin@") if one in text
        ]
        assert mode(folder / name) == 0o644


@pytest.mark.slow
def test_the_differences_are_a_page(site: Make, folder: Path) -> None:
    server = site()
    options: dict[str, Any] = {"folder": folder, "xci_src": "users.yml", "xci_default_template": TEMPLATE}
    run(server, "xivo.xci.drift", may_warn=True, xci_drift_html="new/drift.html", xci_language="fr", **options)
    page = checked((folder / "new/drift.html").read_text(encoding="utf-8"))
    assert page.lang == "fr"
    actions = [attributes["data-action"] for tag, attributes in page.tags if tag == "article"]
    assert actions == ["update", "create"]
    for text in ("Camille Durand", "Durand <b>`Lévêque`", "envoyé avec", TEMPLATE, "last_name", "Avertissements"):
        assert text in page.text, text
    assert mode(folder / "new/drift.html") == 0o600


# -- what is escaped --------------------------------------------------------------------------------------------

HOSTILE = "<img src=x onerror=alert(1)> [a](javascript:b) `c` *d* |e| &lt;f </script> {{ 7 * 7 }} \n"


def hostile(value: Any) -> Any:
    """Return the same data with each text that comes from XCI or a document replaced."""
    if isinstance(value, str):
        return HOSTILE
    if isinstance(value, list):
        return [hostile(one) for one in value]
    if isinstance(value, dict):
        keep = ("people", "rule", "action")
        return {name: one if name in keep else hostile(one) for name, one in value.items()}
    return value


@pytest.mark.slow
def test_pages_escape_all_that_comes_from_xci(tmp_path: Path) -> None:
    """What an XCI shows, and a server that is none, may be anything."""
    with server.running(hospital.hospital(200), dialects=hospital.DIALECTS) as sandbox:
        hospital.plant(sandbox)
        client: Any = DirectClient(sandbox)
        report = read(defaults("xci_report"), Context(client, State(client)))["report"]
    seen = {**hostile(report), "rules": {name: {"title": HOSTILE} for name in report["rules"]}}
    seen["entities"] = [{**one, "entity": f"{HOSTILE}{place}"} for place, one in enumerate(seen["entities"])]
    seen["users"] = [{**one, "entity": f"{HOSTILE}0"} for one in seen["users"]]
    for one in seen["entities"]:
        one["intervals"] = [{**interval, "start": "100", "end": "199"} for interval in one["intervals"]]
    seen["overlaps"] = [{**one, "start": "100", "end": "110", "entities": [f"{HOSTILE}0"]} for one in seen["overlaps"]]
    change = {
        "kind": HOSTILE,
        "key": HOSTILE,
        "name": HOSTILE + "2",
        "changes": {HOSTILE: {"before": HOSTILE, "after": [HOSTILE]}},
    }
    drift = {
        "errors": [{"place": HOSTILE, "option": HOSTILE, "msg": HOSTILE}],
        "plan": [
            {"action": action, **change, "sends": {HOSTILE: {HOSTILE: 1}}} for action in ("create", "update", "delete")
        ],
        "losses": [{"kind": HOSTILE, "key": HOSTILE, "name": HOSTILE + "2", "option": HOSTILE, "why": HOSTILE}],
        "warnings": [HOSTILE],
        "summary": {HOSTILE: {"create": 1, "update": 1, "delete": 1, "unchanged": 0}},
        **dict.fromkeys(("plan_id", "login", "address", "time"), HOSTILE),
    }
    earlier = {**seen, "users": [], "findings": [], "counts": {"users": 0}}
    given = {
        "xci_report_read": {"report": seen}, "xci_report_drift": drift, "xci_report_heading": HOSTILE,
        "xci_report_earlier": earlier, "xci_report_page_parts": [{"name": HOSTILE, "result": drift}],
        "xci_report_page_failed": [HOSTILE],
    }  # fmt: skip
    (tmp_path / "given.json").write_text(json.dumps(given), encoding="utf-8")
    templates = ROOT / "roles" / "xci_report" / "templates"
    texts = {"ansible.builtin.include_vars": {"file": str(templates.parent / "vars" / "main" / "texts.yml")}}
    facts = {"ansible.builtin.set_fact": {"given": "{{ lookup('file', 'given.json') | from_json }}"}}
    pages = [
        {"ansible.builtin.template": {"src": f"{templates}/{name}.j2", "dest": f"{tmp_path}/{name}", "mode": "0600"}}
        for name in ("report.html", "report.md", "plan.html")
    ]
    variables = {**{name: f"{{{{ given.{name} }}}}" for name in given}, "xci_report_language": "en"}
    book = playbook.written(tmp_path, playbook.play_of([texts, facts, *pages], {}, vars=variables, hosts="localhost"))
    done = playbook.run(tmp_path, "ansible-playbook", book)
    assert done.code == 0, done.output
    for name, least in (("report.html", 300), ("plan.html", 40)):
        source = (tmp_path / name).read_text(encoding="utf-8")
        page = checked(source)
        assert page.count("img") == 0
        assert source.count("&lt;img src=x onerror") + source.count("\\u003cimg src=x onerror") == source.count(
            "onerror"
        )
        assert source.count("onerror") > least
        assert "{{ 7 * 7 }}" in page.text
        assert page.count("script") == (2 if name == "report.html" else 1)
    markdown = (tmp_path / "report.md").read_text(encoding="utf-8")
    assert markdown.count("&lt;img src=x onerror") == markdown.count("onerror") > 100
    for plain, escaped in (
        ("[a](", r"[a]\("),
        ("`c`", r"\`c\`"),
        ("*d*", r"\*d\*"),
        ("|e|", r"\|e\|"),
        ("&lt;f", r"\&lt;f"),
    ):
        assert markdown.count(escaped) == markdown.count("onerror"), escaped
        assert plain not in markdown.replace(escaped, ""), plain


# -- the audit --------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_an_audit_lists_each_planted_mistake_and_fails(site: Make, folder: Path) -> None:
    group = site(start=hospital.hospital(400), dialects=hospital.DIALECTS)
    hospital.plant(group.sandbox)
    options: dict[str, Any] = {"folder": folder, "may_fail": True}
    failed = run(group, "xivo.xci.audit", xci_audit_dest="new/audit.json", **options)
    assert (failed.code, failed.writes) == (2, [])
    findings = json.loads((folder / "new/audit.json").read_text(encoding="utf-8"))
    assert Counter(one["rule"] for one in findings) == hospital.RULES
    assert {frozenset(one) for one in findings} == {frozenset(("rule", "kind", "key", "msg"))}
    assert f"{sum(hospital.RULES.values())} findings: XA01 12, XA02 3" in failed.output
    assert "Du Bois" not in failed.output
    assert mode(folder / "new/audit.json") == 0o600

    shown: dict[str, Any] = {
        "xci_audit_fail": "false",
        "xci_audit_dest": "audit.csv",
        "xci_audit_ignore": " XA01,\nXA02 ",
    }
    listed = run(group, "xivo.xci.audit", "--check", xci_language="fr", **shown, **options)
    assert (listed.code, listed.changed) == (0, {"localhost": 0})
    with (folder / "audit.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert Counter(row["rule"] for row in rows) == {r: n for r, n in hospital.RULES.items() if r > "XA02"}
    assert "Les constats sont dans audit.csv." in listed.output
    unknown = run(group, "xivo.xci.audit", xci_audit_ignore="XA99", xci_audit_dest="audit.csv", **options)
    assert unknown.code == 2
    assert "XA99" in unknown.output
    # An answer that is not true any more is gone.
    assert not (folder / "audit.csv").exists()


@pytest.mark.slow
def test_what_is_wrong_with_a_variable_is_said_before_xci_is_read(site: Make, folder: Path) -> None:
    (folder / "audit.json").write_text("[]", encoding="utf-8")
    options: dict[str, Any] = {"folder": folder, "may_fail": True}
    server = site()
    neither = run(server, "xivo.xci.audit", xci_audit_dest="audit.json", xci_audit_fail="maybe", **options)
    assert (neither.code, neither.requests) == (2, [])
    assert "xci_audit_fail: invalid value: 'maybe' is neither true nor false" in neither.output
    assert not (folder / "audit.json").exists()
    earlier = run(server, "xivo.xci.report", xci_report_dest="report.html", xci_report_previous="last.json", **options)
    assert (earlier.code, earlier.requests) == (2, [])
    assert f"xci_report_previous: there is no file {folder}/last.json" in earlier.output


@pytest.mark.slow
def test_an_administrator_of_some_entities_gets_what_is_theirs(site: Make, folder: Path) -> None:
    start = {**START, "administrators": [{**START["administrators"][0], "password": PASSWORD}]}
    server = site(start=start)
    server.connection["xci_login"] = "mlefevre"
    run(server, "xivo.xci.report", folder=folder, xci_report_dest="report.html")
    page = checked((folder / "report.html").read_text(encoding="utf-8"))
    for text in (
        "administrators: not shown to mlefevre",
        "mlefevre is no super-administrator",
        "not checked, because not everything is shown to mlefevre: XA07, XA08, XA09",
    ):
        assert text in page.text, text
    assert [entity for entity, _xivo in page.data["users-data"]["entities"]] == ["accueil@xivo-nord"]
    assert "xivo-sud" not in page.text


@pytest.mark.slow
def test_both_ways_read_the_same(tmp_path: Path) -> None:
    seen = []
    for way in ("module", "worker"):
        (tmp_path / way).mkdir()
        with (server := Site(way, tmp_path / way)).sandbox:
            (outcome,) = server.play({"xivo.xci.xci_report": {"language": "fr"}})
            seen.append(outcome.result["report"])
            # What the sandbox draws.
            del seen[-1]["address"], seen[-1]["users"][0]["provisioning_number"]
            assert len({*outcome.requests}) == len(outcome.requests) > 5
    assert seen[0] == seen[1]

# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The example's awx.yml with the real modules of awx.awx, on a controller that refuses what AWX refuses.

AWX_COLLECTIONS is the folder in which awx.awx is; 'make test-awx' puts it there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.xivo.xci.tests.awx.controller import HIDDEN, Controller, rendered
from ansible_collections.xivo.xci.tests.awx.setup import CONNECTION, EXAMPLE, SECRET, set_up


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Controller:
    controller = Controller(EXAMPLE)
    done = set_up(controller, tmp_path_factory.mktemp("first"))
    assert done.code == 0, done.output
    return controller


def jobs() -> list[str]:
    settings = yaml.safe_load((EXAMPLE / "awx" / "settings.yml").read_text(encoding="utf-8"))
    return [*settings["xci_awx_jobs"], "drift", "plan", "apply"]


def test_a_second_run_changes_nothing(first: Controller, tmp_path: Path) -> None:
    before = first.state()
    first.writes.clear()
    done = set_up(first, tmp_path)
    assert done.code == 0, done.output
    assert "changed=0" in done.stdout
    assert first.state() == before
    assert first.writes == []


def test_jobs_have_a_playbook_and_a_credential_and_the_collection(first: Controller) -> None:
    organization = first.named("organizations", "Telephony")
    assert first.names("organizations", organization["id"], "galaxy_credentials") == ["Ansible Galaxy"]
    environment = first.objects["execution_environments"][organization["default_environment"]]
    assert environment["name"] == "XCI"
    assert {one["name"] for one in first.objects["job_templates"].values()} == {f"XCI {name}" for name in jobs()}
    for one in first.objects["job_templates"].values():
        assert first.names("job_templates", one["id"], "credentials") == ["XCI"]
        assert one["playbook"] == f"playbooks/{one['name'].removeprefix('XCI ')}.yml"
    assert first.named("inventory_sources", "XiVOs")["source_path"] == "xci.yml"


def test_surveys_ask_as_text_for_what_is_not_fixed(first: Controller) -> None:
    for name in set(jobs()) - {"drift", "plan", "apply"}:
        template = first.named("job_templates", f"XCI {name}")
        fixed = json.loads(template["extra_vars"])
        asked = {one["variable"]: one for one in first.surveys[template["id"]]["spec"]}
        whole = json.loads((EXAMPLE / "surveys" / f"{name}.json").read_text(encoding="utf-8"))["spec"]
        assert {one["variable"] for one in whole} == asked.keys() | (fixed.keys() & {one["variable"] for one in whole})
        # A default of a survey, also an empty one, goes before the variables of the template.
        assert not asked.keys() & fixed.keys()
        assert {one["type"] for one in asked.values()} <= {"text", "textarea", "password", "multiplechoice"}


def test_the_workflow_applies_what_was_approved(first: Controller) -> None:
    nodes = {one["identifier"]: one["id"] for one in first.objects["workflow_job_template_nodes"].values()}
    assert {
        name: first.names("workflow_job_template_nodes", number, "success_nodes") for name, number in nodes.items()
    } == {"plan": ["approve"], "approve": ["apply"], "apply": []}
    apply = first.named("job_templates", "XCI apply")
    assert json.loads(apply["extra_vars"])["xci_approved"] == "{{ xci_plan_id }}"
    assert "xci_approved" not in json.loads(first.named("job_templates", "XCI plan")["extra_vars"])
    workflow = first.named("workflow_job_templates", "XCI plan, approve, apply")
    assert first.names("workflow_job_templates", workflow["id"], "notification_templates_approvals") == ["XCI"]


def test_the_nightly_comparison_fails_loudly(first: Controller) -> None:
    drift = first.named("job_templates", "XCI drift")
    assert first.named("schedules", "XCI drift, each night")["unified_job_template"] == drift["id"]
    assert json.loads(drift["extra_vars"])["xci_drift_fail"] is True
    assert first.names("job_templates", drift["id"], "notification_templates_error") == ["XCI"]


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, {"XCI_CA_PATH": "", "XCI_VALIDATE_CERTS": "true"}),
        ({"ca": "", "insecure": False}, {"XCI_CA_PATH": "", "XCI_VALIDATE_CERTS": "true"}),
        ({"ca": "PEM", "insecure": True}, {"XCI_CA_PATH": "/runner/env/ca", "XCI_VALIDATE_CERTS": "false"}),
    ],
)
def test_what_the_credential_gives_to_a_job(first: Controller, more: Mapping[str, Any], expected: Any) -> None:
    kind = first.named("credential_types", "XCI")
    inputs = first.named("credentials", "XCI")["inputs"]
    assert inputs == {"url": CONNECTION["XCI_URL"], "login": "ansible", "password": SECRET}
    assert first.shown("credentials", first.named("credentials", "XCI"))["inputs"]["password"] == HIDDEN
    # AWX says false for a boolean that was not given.
    given = rendered(kind, {"insecure": False, **inputs, **more})
    assert given == {"env": {**CONNECTION, **expected}, "file": {"ca": more.get("ca", "")}}


def test_a_site_of_its_own(tmp_path: Path) -> None:
    controller = Controller(EXAMPLE)
    variables = {
        "xci_awx_language": "fr",
        "xci_awx_notification": {},
        "xci_awx_ca": "-----BEGIN CERTIFICATE-----",
        "xci_awx_jobs": ["who"],
        "xci_awx_variables": {"xci_src": "config/all,config/test"},
    }
    for _run in range(2):
        done = set_up(controller, tmp_path, **variables)
        assert done.code == 0, done.output
    assert "changed=0" in done.stdout
    assert controller.objects["notification_templates"] == {}
    assert controller.named("credentials", "XCI")["inputs"]["ca"] == variables["xci_awx_ca"]
    who = controller.named("job_templates", "XCI who")
    assert controller.surveys[who["id"]]["name"] == "Trouver des personnes"
    changed = set_up(
        controller, tmp_path, **variables, xci_awx_password="another-made-up-password", xci_awx_update_secrets=True
    )
    assert "changed=1" in changed.stdout
    assert controller.named("credentials", "XCI")["inputs"]["password"] == "another-made-up-password"

# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A workflow as AWX runs it: the statistics of the job that plans are extra variables of the job that applies.

``make test-runners`` runs this with several releases of ansible-runner and ansible-core.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.xivo.xci.tests.integration.console import environment
from ansible_collections.xivo.xci.tests.integration.harness import Site
from ansible_collections.xivo.xci.tests.support.objects import TEMPLATE
from ansible_collections.xivo.xci.tests.support.plans import apply

DOCUMENT = [
    {"entity": "accueil@xivo-nord", "internal_number": "1001", "last_name": "Petit"},
    {"entity": "accueil@xivo-nord", "match_on": "name", "last_name": "Deux"},
]


def job(server: Site, folder: Path, name: str, book: str, **variables: Any) -> tuple[int, dict[str, Any], str]:
    """Run a playbook in ansible-runner; return its code, the statistics that it set, and its output."""
    home = folder / name
    for part in ("project", "inventory", "env"):
        (home / part).mkdir(parents=True)
    given = environment(server, home)
    needed = {key: value for key, value in given.items() if key.startswith(("XCI_", "ANSIBLE_", "HOME"))}
    (home / "env" / "envvars").write_text(json.dumps(needed), encoding="utf-8")
    (home / "env" / "extravars").write_text(json.dumps(variables), encoding="utf-8")
    (home / "inventory" / "hosts").write_text("localhost\n", encoding="utf-8")
    wrapper = [{"name": "The collection's playbook", "ansible.builtin.import_playbook": f"xivo.xci.{book}"}]
    (home / "project" / "play.yml").write_text(json.dumps(wrapper), encoding="utf-8")
    runner = [sys.executable, "-m", "ansible_runner", "run", str(home), "-p", "play.yml", "--ident", "job"]
    done = subprocess.run(runner, env=given, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=90, check=False)
    events = [json.loads(file.read_text()) for file in (home / "artifacts" / "job" / "job_events").glob("*.json")]
    (stats,) = [event["event_data"] for event in events if event["event"] == "playbook_on_stats"]
    return done.returncode, stats.get("artifact_data", {}), done.stdout.decode()


@pytest.mark.slow
@pytest.mark.parametrize("way", ["worker"])
def test_a_workflow_applies_what_was_approved_or_nothing(site: Callable[..., Site], tmp_path: Path) -> None:
    server = site()
    variables = {"xci_users": DOCUMENT, "xci_default_template": TEMPLATE}
    code, stats, output = job(server, tmp_path, "plan", "plan", **variables)
    assert code == 0, output
    assert stats.keys() == {"xci_plan_id", "xci_plan_count", "xci_plan_summary"}
    assert int(stats["xci_plan_count"]) == 2
    assert "user: 1 to create, 1 to update" in stats["xci_plan_summary"]
    assert "Petit" not in json.dumps(stats)

    colleague = {"entity": "accueil@xivo-nord", "internal_number": "1001", "template": TEMPLATE}
    apply(server.sandbox, users=[{**colleague, "first_name": "Camilla"}])
    approved = {"xci_approved": "{{ xci_plan_id }}"}
    code, _stats, output = job(server, tmp_path, "red", "apply", **variables, **stats, **approved)
    assert code == 2, output
    assert "objects of it were changed on XCI" in output
    assert [one["lastName"] for one in server.users()] == ["Durand"]

    apply(server.sandbox, users=[{**colleague, "first_name": "Camille"}])
    code, _stats, output = job(server, tmp_path, "green", "apply", **variables, **stats, **approved)
    assert code == 0, output
    assert [one["lastName"] for one in server.users()] == ["Petit", "Deux"]

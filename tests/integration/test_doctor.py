# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The doctor as a module in both ways of running, and as a playbook."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.xivo.xci.tests.integration.console import run
from ansible_collections.xivo.xci.tests.integration.harness import Site, in_check
from ansible_collections.xivo.xci.tests.support import playbook
from ansible_collections.xivo.xci.tests.support.playbook import Task

Make = Callable[..., Site]
TRY: Task = {"xivo.xci.xci_doctor": {"scratch": True, "xivo": "xivo-nord"}}
DIALECTS = {"put": "merge", "admin_entities": "ids", "interval_end": "same"}


def test_the_module_reads_and_tries_alike_in_both_ways(site: Make) -> None:
    xci = site(dialects=DIALECTS)
    before = xci.sandbox.state()
    # The XiVO has a user, which is a warning.
    looked, predicted, tried = xci.play({"xivo.xci.xci_doctor": {}}, in_check(TRY), TRY, logins=6, may_warn=True)
    assert [one.changed for one in (looked, predicted, tried)] == [False, False, True]
    assert looked.result["report"]["dialects"] == predicted.result["report"]["dialects"] == {"admin_entities": "ids"}
    found = {**DIALECTS, "write_body": "object"}
    assert tried.result["report"]["dialects"] == found
    assert any("xivo-nord has 1 users" in warning for warning in tried.warnings)
    assert xci.sandbox.state() == before


@pytest.mark.slow
def test_the_playbook_shows_a_table_and_writes_a_file_that_a_sandbox_takes(site: Make, tmp_path: Path) -> None:
    xci = site(dialects={"list_order": "shuffled", "extra_keys": "yes"})
    done = run(xci, "xivo.xci.doctor", "--check", folder=tmp_path, xci_doctor_dest="new/doctor.json")
    assert (done.writes, done.changed) == ([], {"localhost": 0})
    found = json.loads((tmp_path / "new" / "doctor.json").read_text(encoding="utf-8"))
    assert found["dialects"] == {"extra_keys": "yes", "list_order": "shuffled"}
    assert found["unknown_keys"] == {"entities": ["mdsName"], "intervals": ["routingMode"]}
    for word in ("7 the order of a list means nothing: as assumed (it varies)", "38 synchronising", "not seen"):
        assert word in done.output
    assert "10 unknown keys survive a PUT that sends them: DIFFERENT: entities or their intervals" in done.output
    assert "This collection works with this XCI; DIFFERENT lines: 1." in done.output
    assert "GET /entities/*/users: " in done.output
    role = {"hosts": "localhost", "gather_facts": False, "vars": {**playbook.LOCAL, "xci_sandbox_port": 0}}
    options = {"xci_sandbox_dialects": "new/doctor.json", "xci_sandbox_directory": str(tmp_path / "twin")}
    for state in ("started", "stopped"):
        variables: dict[str, Any] = {**options, "xci_sandbox_state": state}
        task: Task = {"import_role": {"name": "xivo.xci.xci_sandbox"}, "vars": variables}
        book = playbook.written(tmp_path / "plays", {**role, "tasks": [task]})
        twin = playbook.run(tmp_path, "ansible-playbook", "-i", "localhost,", str(book))
        assert twin.code == 0, twin.output


@pytest.mark.slow
def test_nothing_is_written_before_somebody_says_yes(site: Make, tmp_path: Path) -> None:
    xci = site()
    options: dict[str, Any] = {"folder": tmp_path, "xci_doctor_scratch": "true", "xci_doctor_xivo": "xivo-nord"}
    refused = run(xci, "xivo.xci.doctor", may_fail=True, **options)
    assert (refused.code, refused.writes) == (2, [])
    assert "set xci_doctor_yes=true" in refused.output
    nameless = run(xci, "xivo.xci.doctor", may_fail=True, folder=tmp_path, xci_doctor_scratch="true")
    assert (nameless.code, nameless.requests) == (2, [])
    unknown = run(xci, "xivo.xci.doctor", may_fail=True, **{**options, "xci_doctor_xivo": "xivo-est"})
    assert (unknown.code, unknown.writes) == (2, [])
    assert "there is no such XiVO" in unknown.output
    before = xci.sandbox.state()
    agreed = run(xci, "xivo.xci.doctor", may_warn=True, xci_doctor_yes="true", xci_doctor_dest="doctor.json", **options)
    assert agreed.writes
    assert xci.sandbox.state() == before
    assert "doctor.json can go into a bug report" in agreed.output
    assert json.loads((tmp_path / "doctor.json").read_text(encoding="utf-8"))["dialects"] == {"write_body": "object"}


@pytest.mark.slow
def test_what_can_not_work_or_be_read_fails_and_the_file_says_so(site: Make, tmp_path: Path) -> None:
    xci = site(dialects={"list_part": "link"})
    options: dict[str, Any] = {"folder": tmp_path, "may_fail": True, "xci_doctor_dest": "doctor.json"}
    done = run(xci, "xivo.xci.doctor", **options)
    assert done.code == 2
    assert "This collection can't work with this XCI. What follows: report this" in done.output
    xci.sandbox.faults.add({"path": "login", "times": 0, "fault": {"kind": "status", "status": 401}})
    refused = run(xci, "xivo.xci.doctor", **options)
    assert refused.code == 2
    assert "XCI could not be examined: XCI refuses the login" in refused.output
    assert json.loads((tmp_path / "doctor.json").read_text(encoding="utf-8")) == {"verdict": "unreadable"}

# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where XCI keeps something else than it was sent, that is no change by somebody else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from xcisandbox import Sandbox

from ansible_collections.xivo.xci.tests.support import server
from ansible_collections.xivo.xci.tests.support.plans import Run, apply, killed, plan

LONG = "Service des maladies infectieuses et tropicales, bâtiment central, aile ouest"
START: dict[str, Any] = {
    "xivos": [{"name": "nord", "host": "192.0.2.1"}],
    "entities": [{"name": "a", "xivo": "nord", "intervals": [{"start": "100", "end": "199"}]}],
    "templates": [{"name": "desk", "xivos": ["nord"]}],
    "users": [
        {"entity": "a@nord", "template": "desk", "firstName": "Alice", "lastName": "Petit", "internalNumber": "101",
         "ctiLogin": "Alice"},
        {"entity": "a@nord", "template": "desk", "firstName": "Bert", "lastName": "Gros", "internalNumber": "102"},
    ],
}  # fmt: skip
DOCUMENT: dict[str, Any] = {
    "default_template": "desk",
    "entities": [
        {"name": "a", "xivo": "nord", "display_name": LONG, "intervals": ["100-149", "150-199", "300-309", "310"]},
    ],
    "templates": [{"name": "desk", "ringing_time": 33}, {"name": "new", "ringing_time": 12}],
    "users": [
        {"entity": "a@nord", "internal_number": "101", "first_name": "E\u0301lise", "cti_login": "Elise.D"},
        {"entity": "a@nord", "internal_number": "102", "last_name": "Grand"},
        {"entity": "a@nord", "internal_number": "103", "last_name": "Neuf", "cti_login": "Neuf"},
    ],
    "admins": [{"login": "Denis", "name": "Denis", "ldap": True}],
}  # fmt: skip
TIDY: dict[str, dict[str, str]] = {
    "case of names": {"store_case": "upper_names"},
    "case of logins": {"store_case": "lower_logins"},
    "forms and lengths": {"store_form": "decomposed", "store_length": "cut", "store_blanks": "trimmed"},
    "rounded and merged": {"store_ringing_time": "rounded", "store_intervals": "merged"},
    "all": {
        "store_case": "upper_names", "store_form": "composed", "store_length": "cut", "store_ringing_time": "rounded",
        "store_intervals": "merged",
    },
}  # fmt: skip
BODIES = ("none", "object")


@pytest.fixture(params=TIDY)
def sandbox(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    made = server.made(START, {**TIDY[request.param], "write_body": "none", "cti_password": "shown"})
    try:
        yield made
    finally:
        made.stop()


def shape(sandbox: Sandbox) -> dict[str, Any]:
    """Return what is on XCI, without what it gives anew and in no particular case: it keeps no other."""
    state = sandbox.state()
    ignored = ("id", "uuid", "created", "provisioning", "version", "combinedId", "provisioningNumber")
    return {
        kind: [{name: _plain(value) for name, value in one.items() if name not in ignored} for one in state[kind]]
        for kind in ("entities", "templates", "users", "administrators")
    }


def _plain(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value


@pytest.mark.parametrize("body", BODIES)
def test_it_is_undone(sandbox: Sandbox, tmp_path: Path, body: str) -> None:
    sandbox.dialects.change({"write_body": body})
    before = shape(sandbox)
    result = apply(sandbox, **DOCUMENT, undo_file=f"{tmp_path}/")
    assert shape(sandbox) != before
    undone = Run(sandbox)(undo=result["undo_file"], default_template="desk")
    assert not undone.get("failed"), undone["msg"]
    assert shape(sandbox) == before


@pytest.mark.parametrize("after", [3, 5, 6])
def test_what_was_killed_before_it_was_read_back_is_undone(sandbox: Sandbox, tmp_path: Path, after: int) -> None:
    before = shape(sandbox)
    killed(sandbox, after, **DOCUMENT, undo_file=f"{tmp_path}/")
    (file,) = tmp_path.iterdir()
    undone = Run(sandbox)(undo=str(file), default_template="desk")
    assert not undone.get("failed"), undone["msg"]
    assert shape(sandbox) == before


@pytest.mark.parametrize("after", [1, 3, 5, 6])
def test_what_was_approved_is_continued(sandbox: Sandbox, tmp_path: Path, after: int) -> None:
    file = str(tmp_path / "plan.json")
    options = {**DOCUMENT, "plan_file": file, "approved": plan(sandbox, **DOCUMENT, plan_file=file)["plan_id"]}
    killed(sandbox, after, **options)
    rest = Run(sandbox)
    result = rest(**options)
    assert not result.get("failed"), result["msg"]
    assert len(rest.client.writes) == 7 - after
    again = Run(sandbox)
    assert not again(**options).get("failed")
    assert again.client.writes == []


def test_an_exchange_that_was_approved_is_carried_out_and_undone(sandbox: Sandbox, tmp_path: Path) -> None:
    before = shape(sandbox)
    users = [{"id": 1, "internal_number": "102"}, {"id": 2, "internal_number": "101"}]
    document = {"users": users, "default_template": "desk"}
    approved = plan(sandbox, **document)["plan_id"]
    result = Run(sandbox)(**document, approved=approved, undo_file=f"{tmp_path}/")
    assert not result.get("failed"), result["msg"]
    undone = Run(sandbox)(undo=result["undo_file"], default_template="desk")
    assert not undone.get("failed"), undone["msg"]
    assert shape(sandbox) == before


def test_what_somebody_spelt_otherwise_after_the_run_was_read_back_is_left(tmp_path: Path) -> None:
    with server.running(START, dialects={"write_body": "none"}) as sandbox:
        users = [{"entity": "a@nord", "internal_number": "102", "last_name": "Grand", "template": "desk"}]
        file = apply(sandbox, users=users, undo_file=f"{tmp_path}/")["undo_file"]
        apply(sandbox, users=[{**users[0], "last_name": "GRAND"}])
        undone = Run(sandbox)(undo=file)
        assert "last_name was 'Grand', now it is 'GRAND'" in undone["msg"]


def test_another_document_is_refused_though_xci_spells_otherwise(tmp_path: Path) -> None:
    with server.running(START, dialects={"store_case": "upper_names"}) as sandbox:
        file = str(tmp_path / "plan.json")
        users = [{"entity": "a@nord", "internal_number": n, "last_name": "Grand"} for n in ("101", "102")]
        document = {"users": users, "default_template": "desk"}
        options = {"plan_file": file, "approved": plan(sandbox, **document, plan_file=file)["plan_id"]}
        killed(sandbox, 1, **document, **options)
        other = {**document, "users": [{**users[0], "last_name": "Grande"}, users[1]]}
        result = Run(sandbox)(**other, **options)
        assert "last_name was to be 'Grand', now 'Grande'" in result["msg"]

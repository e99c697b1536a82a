# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The twin: a sandbox with the data and the answers of another XCI, and rehearsals on it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.xivo.xci.tests.integration.console import environment, run
from ansible_collections.xivo.xci.tests.integration.harness import Site
from ansible_collections.xivo.xci.tests.support import playbook
from ansible_collections.xivo.xci.tests.support.objects import ADMIN, TEMPLATE
from ansible_collections.xivo.xci.tests.support.playbook import Task

Make = Callable[..., Site]
LAX = {
    "duplicate_numbers": "allowed", "overlapping_intervals": "allowed", "cti_logins": "free", "put": "merge",
    "extra_keys": "yes", "interval_end": "same", "cti_password": "shown",
}  # fmt: skip
ODD: dict[str, Any] = {
    "xivos": [{"name": "Hôpital Est: (CHU)", "host": "192.0.2.30"}],
    "entities": [
        {
            "name": "été", "xivo": "Hôpital Est: (CHU)", "displayName": "E\u0301te\u0301 ",
            "intervals": [{"start": "0100", "end": "0199"}, {"start": "7"}, {"start": "0150", "end": "0250"}],
        }
    ],
    "templates": [
        {
            "name": "Accueil", "entities": ["été@Hôpital Est: (CHU)"], "ringingTime": 7, "routedInbound": True,
            "routedInboundPrefix": "0388", "callerIdMode": "custom", "customCallerId": "n°1", "voiceMailEnabled": True,
            "voiceMailNumberMode": "custom", "voiceMailCustomNumber": "999", "voiceMailSendEmail": True,
        },
        {"name": "Personne"},
    ],
    "users": [
        {"entity": "été@Hôpital Est: (CHU)", "lastName": "O'Brien: \"x\"", "internalNumber": "0001"},
        {"entity": "été@Hôpital Est: (CHU)", "firstName": "Zoé", "internalNumber": "0001", "ctiLogin": "cdurand"},
        {"entity": "accueil@xivo-nord", "lastName": "Sans numéro", "internalNumber": None, "ctiLogin": "cdurand"},
    ],
    "administrators": [
        {"login": "annuaire", "name": "", "ldap": True, "superAdmin": True},
        {"login": "été", "name": "#1", "password": "made-up", "entities": ["été@Hôpital Est: (CHU)"]},
    ],
}  # fmt: skip


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_an_export_of_the_twin_is_the_export_that_it_was_made_from(site: Make, tmp_path: Path) -> None:
    xci = site(dialects=LAX)
    xci.load(ODD)

    def role(name: str, **variables: Any) -> Task:
        return {"import_role": {"name": f"xivo.xci.{name}"}, "vars": variables}

    def export(folder: str, **connection: Any) -> Task:
        return role("xci_export", xci_export_directory=str(tmp_path / folder), **connection)

    (tmp_path / "doctor.json").write_text(json.dumps({"dialects": LAX}), encoding="utf-8")
    twin = {"xci_sandbox_directory": str(tmp_path / "twin"), "xci_sandbox_port": 0}
    made_of = {"xci_sandbox_snapshot": "real", "xci_sandbox_dialects": "doctor.json", "xci_sandbox_login": "annuaire"}
    account = {"xci_login": "{{ xci_sandbox_account }}", "xci_password": "superpass"}
    tasks = [
        export("real", **xci.connection),
        role("xci_sandbox", **twin, **made_of),
        export("copy", xci_url="{{ xci_sandbox_url }}", **account),
        role("xci_sandbox", **twin, xci_sandbox_state="stopped"),
    ]
    play = {"hosts": "localhost", "gather_facts": False, "vars": playbook.LOCAL, "tasks": tasks}
    done = playbook.run(tmp_path, "ansible-playbook", "-i", "localhost,", str(playbook.written(tmp_path, play)))
    assert done.code == 0, done.output
    real = contents(tmp_path / "real")
    assert len(real) >= 9
    assert contents(tmp_path / "copy") == real


RULES = {
    "numbers_outside": "refused", "cti_logins": "xci", "store_length": "refused", "delete_dependents": "refused",
    "template_scope": "enforced", "errors": "json",
}  # fmt: skip
UUID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""The id of a XiVO, which an export does not have."""
NEW = {"entity": "accueil@xivo-nord", "template": TEMPLATE}
REFUSED: list[dict[str, Any]] = [
    {"users": [{**NEW, "internal_number": "7000", "last_name": "Dehors"}]},
    {"users": [{"entity": "accueil@xivo-sud", "template": TEMPLATE, "last_name": "Deux", "cti_login": "cdurand"}]},
    {"users": [{**NEW, "last_name": "Long" * 20}]},
    {"templates": [{"name": TEMPLATE, "state": "absent"}]},
    {"entities": [{"name": "accueil", "xivo": "xivo-nord", "state": "absent"}]},
]


@pytest.mark.slow
def test_a_document_that_xci_refuses_fails_the_same_on_its_twin(site: Make, tmp_path: Path) -> None:
    xci = site(dialects=RULES)
    run(xci, "xivo.xci.export", folder=tmp_path, xci_export_directory="export")
    snapshot = str(tmp_path / "export")
    (tmp_path / "twin").mkdir()
    twin = Site(xci.way, tmp_path / "twin", start={}, dialects=RULES, snapshot=snapshot, login=ADMIN)

    def refused(server: Site) -> list[tuple[str, str]]:
        tasks: list[Task] = [{"xivo.xci.xci_config": document} for document in REFUSED]
        outcomes = server.play(*tasks, may_fail=True, may_warn=True)
        return [(one.status, UUID.sub("", one.msg).replace(server.sandbox.origin, "")) for one in outcomes]

    on_xci = refused(xci)
    assert [status for status, _msg in on_xci] == ["failed"] * len(REFUSED)
    with twin.sandbox:
        assert refused(twin) == on_xci


DOCUMENT = {
    "users": [
        {"entity": "accueil@xivo-nord", "internal_number": "1001", "last_name": "Durant"},
        {"entity": "accueil@xivo-nord", "internal_number": "1002", "last_name": "Deux", "template": TEMPLATE},
    ],
    "admins": [{"login": ADMIN, "super_admin": True, "password": "another-one"}],
}


@pytest.mark.slow
def test_a_rehearsal_talks_to_its_own_twin_whatever_variables_say(site: Make, folder: Path) -> None:
    xci = site()
    run(xci, "xivo.xci.export", folder=folder, xci_export_directory="export")
    production = {**xci.connection, "xci_undo_dest": "undo", "xci_approved": "plan-1", "xci_default_template": TEMPLATE}
    options: dict[str, Any] = {"folder": folder, "xci_src": "users.yml", "xci_sandbox_snapshot": "export"}
    before = xci.sandbox.state()
    done = run(xci, "xivo.xci.rehearse", may_warn=True, **production, **options)
    assert done.requests == []
    assert "The document works: 1 created, 2 updated, 0 deleted; applied again, it changes nothing." in done.output
    assert "The real run would lose something that XCI never shows of 1 object; they are listed above." in done.output
    assert "user 1001@accueil@xivo-nord: template: " in done.output
    assert not (folder / "undo").exists()
    in_french = run(xci, "xivo.xci.rehearse", "--check", may_warn=True, xci_language="fr", **production, **options)
    assert in_french.requests == []
    assert "Le document fonctionne : 1 créés, 2 modifiés, 0 supprimés" in in_french.output

    led_away = run(xci, "xivo.xci.rehearse", may_fail=True, **production, **options, xci_sandbox_url=xci.sandbox.url)
    assert (led_away.code, led_away.requests) == (2, [])
    assert "Remove the variable xci_sandbox_url" in led_away.output
    kept = run(xci, "xivo.xci.rehearse", may_fail=True, **production, **options, xci_sandbox_database="kept.sqlite")
    assert (kept.code, kept.requests) == (2, [])
    assert "Remove the variable xci_sandbox_database" in kept.output
    assert xci.sandbox.state() == before
    assert not (folder / "kept.sqlite").exists()


@pytest.mark.slow
def test_a_rehearsal_fails_where_the_server_never_keeps_what_it_was_sent(site: Make, folder: Path) -> None:
    done = run(
        site(),
        "xivo.xci.rehearse",
        folder=folder,
        may_fail=True,
        xci_templates=[{"name": "Accueil", "ringing_time": 23}],
        xci_sandbox_dialects={"store_ringing_time": "rounded"},
    )
    assert (done.code, done.requests) == (2, [])
    assert "Applied again, the document still changes something" in done.output
    assert "update template Accueil" in done.output


FOREGROUND = "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL); os.execv(sys.argv[1], sys.argv[1:])"
"""Starts a command as a shell does in the foreground; what is started in the background ignores SIGINT."""


@pytest.mark.parametrize("way", ["worker"])
@pytest.mark.parametrize("number", [signal.SIGINT, pytest.param(signal.SIGKILL, marks=pytest.mark.slow)])
def test_the_sandbox_of_a_rehearsal_ends_with_a_run_that_is_broken_off(
    site: Make, folder: Path, number: signal.Signals
) -> None:
    variables = {"xci_templates": [{"name": "Accueil"}], "xci_sandbox_latency": 60_000}
    command = [str(playbook.PROGRAMS / "ansible-playbook"), "xivo.xci.rehearse", "-e", json.dumps(variables)]
    (folder / "ansible.cfg").touch()
    with (
        (folder / "output").open("w+", encoding="utf-8") as output,
        subprocess.Popen(
            [sys.executable, "-c", FOREGROUND, *command],
            cwd=folder,
            env={**environment(site(), folder), "TMPDIR": str(folder)},
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        ) as ansible,
    ):
        try:
            ready = _wait(lambda: next(folder.glob("xci_rehearsal.*/ready.json"), None), 60)
            assert ready is not None
            sandbox = json.loads(ready.read_text(encoding="utf-8"))["pid"]
            at_rest = _threads(sandbox)
            # Python loses an interrupt that arrives while Ansible forks: wait until the document's request is there.
            assert _wait(lambda: "Apply the document" in (folder / "output").read_text(encoding="utf-8"), 60)
            assert _wait(lambda: _threads(sandbox) > at_rest, 60)
            os.killpg(ansible.pid, number)
            assert _wait(lambda: not Path(f"/proc/{sandbox}").exists(), 60)
            assert not ready.exists()
        finally:
            ansible.kill()


def _threads(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/task").iterdir()))


def _wait(look: Callable[[], Any], seconds: float) -> Any:
    until = time.monotonic() + seconds
    while not (found := look()) and time.monotonic() < until:
        time.sleep(0.1)
    return found

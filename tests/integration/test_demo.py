# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo: it shows what it says, notices when that is not so, leaves nothing behind, stays away from real servers."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from ansible_collections.xivo.xci.tests.integration.console import run
from ansible_collections.xivo.xci.tests.integration.harness import Site
from ansible_collections.xivo.xci.tests.support import playbook

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "tests" / "tools" / "demo.py"


@pytest.fixture
def demo(tmp_path: Path) -> Callable[..., playbook.Done]:
    """Runs the demo; the settings of whoever runs it lead to no XCI."""
    env = {**os.environ, "XCI_URL": "http://127.0.0.1:1", "ANSIBLE_LOCALHOST_WARNING": "false"}
    env["PATH"] = playbook.environment(tmp_path)["PATH"]
    return lambda *arguments: playbook.run(tmp_path, "python", DEMO, *arguments, env=env)


def refuses(port: str) -> bool:
    """Tell whether nobody listens on a port of this machine."""
    with socket.socket() as caller:
        return caller.connect_ex(("127.0.0.1", int(port))) != 0


def test_it_shows_what_it_says_twice_in_a_row(demo: Callable[..., playbook.Done]) -> None:
    for _time in range(2):
        done = demo()
        assert done.code == 0, done.output
        summary = done.stdout.partition("==== What came of it")[2]
        assert "First run : changed=43 ok=0; XCI was sent" in summary
        assert "43 POST, 0 PUT, 0 DELETE: 43 writes" in summary
        assert "Second run: changed=0 ok=43; XCI was sent" in summary
        assert "0 POST, 0 PUT, 0 DELETE: 0 writes" in summary
        assert "2 XiVOs, 5 entities, 3 line templates, 30 users, 3 administrators" in summary
        assert "+display_name: Maternité « Les Érables »" in done.stdout
        assert "made-up" not in done.stdout
        port = re.search(r"listens on http://127\.0\.0\.1:(\d+)/", done.stdout)
        assert port
        assert refuses(port[1])


@pytest.mark.parametrize("wrong", ["--check", "--start-at-task=The users"])
def test_it_fails_when_it_does_not_do_what_it_says(demo: Callable[..., playbook.Done], wrong: str) -> None:
    done = demo(wrong)
    assert done.code == 1
    assert "The demo failed: " in done.stdout


def test_its_playbook_writes_to_a_sandbox_alone(site: Callable[..., Site], tmp_path: Path) -> None:
    server = site(prefix="/elsewhere")
    real = {**server.connection, "xci_url": f"{server.connection['xci_url']}/api/1.0"}
    server.connection = real
    ran = run(server, "xivo.xci.demo", folder=tmp_path, may_fail=True)
    assert ran.code == 2
    assert "There is no sandbox at " in ran.output
    assert "with the role xivo.xci.xci_sandbox, and set its address as the environment variable XCI_URL" in ran.output
    assert not ran.writes


def test_its_hospital_is_the_one_that_was_promised() -> None:
    hospital = yaml.safe_load((ROOT / "playbooks" / "vars" / "demo.yml").read_text(encoding="utf-8"))
    assert {kind: len(entries) for kind, entries in hospital.items()} == {
        "xivos": 2,
        "entities": 5,
        "templates": 3,
        "users": 30,
        "admins": 3,
    }
    assert all(not one["display_name"].isascii() or "'" in one["display_name"] for one in hospital["entities"][1:])

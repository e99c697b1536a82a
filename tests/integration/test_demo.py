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
SCREENS = (
    "It would create 43 objects. Sent to XCI: 0 writes.",
    "First: Sent to XCI: 43 writes. Second: Sent to XCI: 0 writes.",
    "To be as in the file again: delete 1099@accueil@hopital-nord (Inconnu). Sent to XCI: 0 writes.",
    "Apply: Sent to XCI: 1 write. Undo: Sent to XCI: 1 write.",
    "Look at it in a browser: ",
)


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


@pytest.mark.slow
def test_it_shows_what_it_says(demo: Callable[..., playbook.Done]) -> None:
    done = demo()
    assert done.code == 0, done.output
    screens = done.stdout.split("====")
    for screen, text in zip(screens[1:], SCREENS, strict=True):
        assert text in screen
    assert "made-up" not in done.stdout
    assert "TASK [" not in done.stdout
    assert (ROOT / ".cache" / "demo" / "report.html").exists()
    port = re.search(r"listens on http://127\.0\.0\.1:(\d+)/", done.stdout)
    assert port
    assert refuses(port[1])


@pytest.mark.slow
def test_it_fails_when_it_does_not_do_what_it_says(demo: Callable[..., playbook.Done]) -> None:
    done = demo("--check")
    assert done.code == 1
    assert "The demo failed: " in done.stdout


def test_its_playbook_writes_to_a_sandbox_alone(site: Callable[..., Site], tmp_path: Path) -> None:
    server = site(prefix="/elsewhere")
    real = {**server.connection, "xci_url": f"{server.connection['xci_url']}/api/1.0"}
    server.connection = real
    ran = run(server, "xivo.xci.demo", folder=tmp_path, may_fail=True)
    assert ran.code == 2
    assert "There is no sandbox at " in ran.output
    assert "Without XCI_URL in the environment, this playbook starts one" in ran.output
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

# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the collection's own playbooks as a person does: by their names, in a folder, against a sandbox."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ansible_collections.xivo.xci.tests.integration.harness import SYNCHRONIZE, Site

RECAP = re.compile(r"^(\S+) +: ok=(\d+) +changed=(\d+) +unreachable=\d+ +failed=(\d+)", re.MULTILINE)


@dataclass(frozen=True)
class Ran:
    """What a run of ansible-playbook said, and what it asked of the sandbox."""

    code: int
    output: str
    requests: list[tuple[str, str]]

    @property
    def changed(self) -> dict[str, int]:
        return {host: int(changed) for host, _ok, changed, _failed in RECAP.findall(self.output)}

    @property
    def writes(self) -> list[tuple[str, str]]:
        return [
            (method, path)
            for method, path in self.requests
            if path == SYNCHRONIZE or not (method == "GET" or path == "/login")
        ]


def environment(site: Site, folder: Path) -> dict[str, str]:
    """Return what a person has set: where XCI is, and nothing else of ours."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "XCI_"))}
    return kept | {
        "ANSIBLE_COLLECTIONS_PATH": os.environ["ANSIBLE_COLLECTIONS_PATH"],
        "ANSIBLE_CONFIG": str(folder / "no.cfg"),
        "ANSIBLE_HOME": str(folder / ".home"),
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
        "ANSIBLE_NOCOLOR": "1",
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        **{name.upper(): value for name, value in site.connection.items()},
    }


def run(site: Site, playbook: str, *arguments: str, folder: Path, may_fail: bool = False, **variables: Any) -> Ran:
    """Run a playbook in *folder*; check that it shows no password, and warns and fails only where it may."""
    site.sandbox.log.clear()
    extra = {**({"xci_in_worker": False} if site.way == "module" else {}), **variables}
    done = subprocess.run(
        ["ansible-playbook", playbook, *arguments, "-e", json.dumps(extra)],
        cwd=folder,
        env=environment(site, folder),
        capture_output=True,
        text=True,
        check=False,
    )
    output = done.stdout + done.stderr
    assert may_fail or done.returncode == 0, output
    assert may_fail or "[WARNING]" not in output, output
    assert "[DEPRECATION" not in output, output
    assert site.connection["xci_password"] not in output, output
    return Ran(done.returncode, output, [(one["method"], one["path"]) for one in site.sandbox.requests()])

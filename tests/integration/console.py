# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the collection's own playbooks as a person does: by their names, in a folder, against a sandbox."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ansible_collections.xivo.xci.tests.integration.harness import Site
from ansible_collections.xivo.xci.tests.support import playbook, server
from ansible_collections.xivo.xci.tests.support.objects import SYNCHRONIZE

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


def stats(ran: Ran) -> dict[str, Any]:
    """Return what set_stats set; the run shows it."""
    text = ran.output.partition("CUSTOM STATS")[2].partition("RUN: ")[2]
    return dict(json.loads(text[: text.index("}") + 1])) if text else {}


def environment(site: Site, folder: Path) -> dict[str, str]:
    """Return what a person has set: where XCI is, and nothing else of ours."""
    quiet = {"ANSIBLE_LOCALHOST_WARNING": "false", "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false"}
    shown = {"ANSIBLE_SHOW_CUSTOM_STATS": "1"}
    return playbook.environment(folder, **quiet, **shown, **server.variables(site.connection))


def run(
    site: Site,
    book: str,
    *arguments: str,
    folder: Path,
    may_fail: bool = False,
    may_warn: bool = False,
    **variables: Any,
) -> Ran:
    """Run a playbook in *folder*; check that it shows no password, and warns and fails only where it may."""
    site.sandbox.log.clear()
    extra = {**playbook.in_way(site.way), **variables}
    command = ["ansible-playbook", book, *arguments, "-e", json.dumps(extra)]
    done = playbook.run(folder, *command, env=environment(site, folder))
    output = done.output
    assert may_fail or done.code == 0, output
    assert may_fail or may_warn or not site.warned(output), output
    assert "[DEPRECATION" not in output, output
    assert site.connection["xci_password"] not in output, output
    return Ran(done.code, output, [(one["method"], one["path"]) for one in site.sandbox.requests()])

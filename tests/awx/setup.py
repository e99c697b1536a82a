# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the example's awx.yml against a small AWX."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from ansible_collections.xivo.xci.tests.awx.controller import Controller, running
from ansible_collections.xivo.xci.tests.support import playbook

EXAMPLE = Path(__file__).resolve().parents[2] / "docs" / "example"
SECRET = "a-made-up-password"
CONNECTION = {"XCI_URL": "https://xci.example.org", "XCI_LOGIN": "ansible", "XCI_PASSWORD": SECRET}


def set_up(controller: Controller, folder: Path, **variables: Any) -> playbook.Done:
    """Run awx.yml; return what it printed."""
    with running(controller) as address:
        env = playbook.environment(
            folder, CONTROLLER_HOST=address, CONTROLLER_OAUTH_TOKEN="a-made-up-token", **CONNECTION
        )
        env["ANSIBLE_COLLECTIONS_PATH"] += f":{os.environ['AWX_COLLECTIONS']}"
        env["ANSIBLE_DEPRECATION_WARNINGS"] = "false"  # those of awx.awx
        extra = ["-e", json.dumps(variables)] if variables else []
        done = playbook.run(folder, "ansible-playbook", EXAMPLE / "awx.yml", "-i", "localhost,", *extra, env=env)
    assert SECRET not in done.output
    return done

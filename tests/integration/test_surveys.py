# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands with a survey of which no question was answered, as AWX gives it: empty texts, and defaults."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.xivo.xci.tests.integration.console import run
from ansible_collections.xivo.xci.tests.integration.harness import Site
from ansible_collections.xivo.xci.tests.support.objects import TEMPLATE

SURVEYS = Path(__file__).resolve().parents[2] / "docs" / "example" / "surveys"
USER = {"entity": "accueil@xivo-nord", "internal_number": "1005", "last_name": "Un", "template": TEMPLATE}


def answers(command: str) -> dict[str, Any]:
    spec = json.loads((SURVEYS / f"{command}.json").read_text(encoding="utf-8"))["spec"]
    return {question["variable"]: question["default"] for question in spec}


@pytest.mark.parametrize("way", ["worker"])
def test_nothing_answered_and_no_change_allowed(site: Callable[..., Site], tmp_path: Path) -> None:
    server = site()
    (tmp_path / "users.json").write_text(json.dumps({"users": [USER]}), encoding="utf-8")
    emptied: dict[str, Any] = {**answers("apply"), "xci_max_deletions": "", "xci_src": "users.json"}
    assert emptied["xci_max_changes"] == ""
    # A limit of zero is one, too.
    refused = run(server, "xivo.xci.apply", folder=tmp_path, may_fail=True, **(emptied | {"xci_max_changes": 0}))
    assert "this would change 1 object, and max_changes is 0" in refused.output
    assert not refused.writes
    applied = run(server, "xivo.xci.apply", folder=tmp_path, **emptied)
    assert len(applied.writes) == 1
    planned = run(server, "xivo.xci.plan", folder=tmp_path, **(answers("plan") | {"xci_src": "users.json"}))
    assert not planned.writes

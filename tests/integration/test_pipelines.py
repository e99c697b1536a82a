# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The example's pipelines: both call the same scripts, in the same order, and these do what they say."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.xivo.xci.tests.integration.harness import Site
from ansible_collections.xivo.xci.tests.support import playbook, server

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "docs" / "example"
SCRIPTS = {path.name for path in EXAMPLE.glob("ci/*.sh")}


def called(steps: Any) -> Iterator[str]:
    """Yield the scripts that a job of GitLab or GitHub calls."""
    for step in steps:
        line = step if isinstance(step, str) else step.get("run", "")
        yield from (word.partition("/")[2].rstrip(";") for word in line.split() if word.startswith("ci/"))


def test_both_pipelines_call_the_same_scripts() -> None:
    gitlab = yaml.safe_load((EXAMPLE / ".gitlab-ci.yml").read_text(encoding="utf-8"))
    github = yaml.safe_load((EXAMPLE / ".github" / "workflows" / "xci.yml").read_text(encoding="utf-8"))["jobs"]
    for job in ("plan", "apply", "drift"):
        assert list(called(gitlab[job]["script"])) == list(called(github[job]["steps"]))
    check = [*called(gitlab["check"]["script"]), *called(gitlab["rehearse"]["script"])]
    assert list(called(github["check"]["steps"])) == check
    names = {name for job in github.values() for name in called(job["steps"])}
    assert names == SCRIPTS
    assert all(os.access(EXAMPLE / "ci" / name, os.X_OK) for name in SCRIPTS)


@pytest.fixture
def example(tmp_path: Path) -> Path:
    """A copy of the example, in which nothing is installed from elsewhere; calls of curl and gh are written down."""
    folder = tmp_path / "example"
    shutil.copytree(EXAMPLE, folder)
    programs = tmp_path / "programs"
    programs.mkdir()
    sent = dict.fromkeys(("curl", "gh"), 'printf "%s\\n" "$@" >comment')
    for name, body in {"pip": "", "ansible-galaxy": "", "yamllint": "", **sent}.items():
        (programs / name).write_text(f"#!/bin/sh\n{body}\n")
        (programs / name).chmod(0o755)
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("way", ["worker"])
def test_from_a_merge_request_to_the_nightly_comparison(site: Callable[..., Site], example: Path) -> None:
    xci = site(start={})

    def script(name: str, code: int = 0, env: Mapping[str, str] | None = None) -> None:
        base = playbook.environment(example, **server.variables(xci.connection), **(env or {}))
        base["PATH"] = f"{example.parent / 'programs'}:{base['PATH']}"
        base["ANSIBLE_LOCALHOST_WARNING"] = base["ANSIBLE_INVENTORY_UNPARSED_WARNING"] = "false"
        command = str(example / "ci" / name)
        done = subprocess.run(command, cwd="/", env=base, capture_output=True, text=True, check=False)
        assert done.returncode == code, done.stdout + done.stderr
        assert xci.connection["xci_password"] not in done.stdout + done.stderr

    script("check.sh")
    script("prepare.sh")
    script("rehearse.sh")
    assert xci.sandbox.requests() == []
    script("plan.sh")
    gitlab = {
        "CI_MERGE_REQUEST_IID": "7",
        "CI_PROJECT_ID": "3",
        "CI_API_V4_URL": "https://git",
        "GITLAB_TOKEN": "token",
    }
    script("comment.sh", env=gitlab)
    sent = (example / "comment").read_text(encoding="utf-8").splitlines()
    assert sent[-2:] == ["body@plan/plan.md", "https://git/projects/3/merge_requests/7/notes"]
    script("comment.sh", env={"GH_TOKEN": "token", "PULL_REQUEST": "7"})
    sent = (example / "comment").read_text(encoding="utf-8").splitlines()
    assert sent == ["pr", "comment", "7", "--body-file", "plan/plan.md"]
    assert "Benkacem" in (example / "plan" / "plan.md").read_text(encoding="utf-8")
    assert xci.users() == []
    script("drift.sh", code=2)
    assert json.loads((example / "drift.json").read_text(encoding="utf-8"))["drift"] is True
    script("apply.sh")
    assert len(xci.users()) == 11
    script("drift.sh")

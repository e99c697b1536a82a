# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What continuous integration calls is there, and GitHub and GitLab call the same."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[3]


def read(name: str) -> Any:
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


def targets() -> tuple[set[str], set[str]]:
    """Return the targets of the Makefile that GitHub calls, and those that GitLab calls."""
    github, gitlab = read(".github/workflows/tests.yml")["jobs"], read(".gitlab-ci.yml")
    return (
        {name for job in ("test", "everything") for name in github[job]["strategy"]["matrix"]["target"]},
        {name for job in ("test", "everything") for name in gitlab[job]["parallel"]["matrix"][0]["TARGET"]},
    )


def test_both_call_the_same_targets_and_all_of_make_test() -> None:
    github, gitlab = targets()
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    known = set(re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE))
    assert github == gitlab
    assert github <= known
    # Each core has a job of its own; interruptions take an hour on a machine with several cores; sanity is run whole.
    (test,) = re.findall(r"^test: .*\n((?:\t.*\n)+)", makefile, re.MULTILINE)
    (every,) = re.findall(r"^test-all: (.*) ## ", makefile, re.MULTILINE)
    called = known & {*test.split(), *every.split()}
    assert called - {"test", "matrix", "test-interrupts", "sanity-quick"} <= github
    assert {"lint", "sanity", "test-unit", "test-awx"} <= called


def test_each_target_that_a_document_names_is_there() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    texts = [
        path.read_text(encoding="utf-8")
        for kind in ("*.md", "docs/**/*.md", "docs/**/*.rst")
        for path in ROOT.glob(kind)
    ]
    named = {
        name for text in texts for names in re.findall(r"(?:`|\$ )make ([a-z -]+)", text) for name in names.split()
    }
    assert {"test", "docs", "release"} <= named
    assert named <= set(re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE))


def test_each_supported_core_has_a_job() -> None:
    tools = ROOT / "tests" / "tools"
    if str(tools) not in sys.path:
        sys.path.append(str(tools))
    spec = importlib.util.spec_from_file_location("matrix", tools / "matrix.py")
    assert spec
    assert spec.loader
    matrix = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(matrix)
    gitlab = read(".gitlab-ci.yml")
    assert read(".github/workflows/tests.yml")["jobs"]["core"]["strategy"]["matrix"]["core"] == list(matrix.CORES)
    called = [
        *gitlab["core"]["parallel"]["matrix"][0]["CORE"],
        *re.findall(r"ARGS=(\S+)", gitlab["pre-release"]["script"][0]),
    ]
    assert called == list(matrix.CORES)


@pytest.mark.parametrize("name", sorted(path.name for path in (ROOT / "tests" / "tools").iterdir() if path.is_file()))
def test_no_tool_is_left_over(name: str) -> None:
    stem = name.removesuffix(".py")
    users = [
        ROOT / "Makefile",
        *(ROOT / "tests").rglob("*.py"),
        *(ROOT / "tests" / "tools").iterdir(),
        *ROOT.glob("*.md"),
    ]
    texts = [path.read_text(encoding="utf-8") for path in users if path.is_file() and path.name != name]
    assert any(re.search(rf"tools/{re.escape(name)}|import {stem}|\b{re.escape(name)}\b", text) for text in texts)

# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Ansible sends along with an ordinary module, and how often Python compiles it there."""

from __future__ import annotations

import ast
import gc
import importlib
import json
import os
import subprocess
import sys
import zipfile
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.xivo.xci.plugins.module_utils.modules.registry import FILES, NAMES

ROOT = Path(__file__).resolve().parents[5]
PLUGINS = ROOT / "plugins"
PACKAGE = "ansible_collections/xivo/xci/plugins"

COMPILED = f"""
import json, os, sys
compiled = []
sys.addaudithook(lambda event, args: compiled.append(os.fsdecode(args[1])) if event == "compile" and args[1] else None)
sys.path.insert(0, sys.argv[1])
import {PACKAGE.replace("/", ".")}.modules.xci_user as module
assert module.__file__.startswith(sys.argv[1])
print(json.dumps([name[len(sys.argv[1]) + 1:] for name in compiled if name.startswith(sys.argv[1])]))
"""


COLLECTED = f"""
import gc, json, sys, types
sys.path.insert(0, sys.argv[1])
import {PACKAGE.replace("/", ".")}.modules.xci_user as module
seen = [gc.isenabled()]
ordinary = types.ModuleType("ordinary")
ordinary.run = lambda spec: seen.append(gc.isenabled())
sys.modules["{PACKAGE.replace("/", ".")}.module_utils.modules.ordinary"] = ordinary
module.main()
print(json.dumps(seen))
"""


def sent_along(module: str) -> set[Path]:
    """Return the files that Ansible sends along with a module: what it imports anywhere, and what that imports."""
    found: set[Path] = set()
    todo = [PLUGINS / "modules" / f"{module}.py"]
    while todo:
        path = todo.pop()
        if path not in found:
            found.add(path)
            todo += imported(path)
    return found


@cache
def imported(path: Path) -> list[Path]:
    """Return the files of the library that a file imports."""
    files = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.ImportFrom):
            continue
        parts = (node.module or "").split(".") if node.module else []
        if node.level:
            folder = path.parents[node.level - 1].joinpath(*parts)
        elif (node.module or "").startswith(PACKAGE.replace("/", ".")):
            folder = PLUGINS.joinpath(*parts[4:])
        else:
            continue
        names = [folder.with_suffix(".py"), *(folder / f"{one.name}.py" for one in node.names)]
        files += [file for file in names if file.is_file()]
    return files


@pytest.mark.parametrize("module", NAMES)
def test_a_module_takes_its_own_code_along(module: str) -> None:
    names = {str(path.relative_to(PLUGINS)) for path in sent_along(module)}
    assert "module_utils/modules/ordinary.py" in names
    assert "module_utils/modules/registry.py" not in names
    assert "module_utils/doctor/probe.py" not in names or module == "xci_doctor"


@pytest.mark.parametrize("module", ["xci_user", "xci_entity", "xci_template", "xci_admin", "xci_xivo"])
def test_the_module_of_one_object_takes_no_code_of_documents_and_jobs_along(module: str) -> None:
    names = {path.stem for path in sent_along(module) if path.parent.name == "modules"} - {module}
    assert not names.intersection(FILES.values())
    everything = sum(path.stat().st_size for path in PLUGINS.glob("module_utils/*/*.py"))
    assert sum(path.stat().st_size for path in sent_along(module)) < 0.55 * everything


def in_archive(folder: Path, program: str) -> Any:
    """Return what a program prints that gets a zip archive with a module and what it takes along, as Ansible's."""
    archive = folder / "module.zip"
    with zipfile.ZipFile(archive, "w") as file:
        for path in sent_along("xci_user"):
            file.write(path, f"{PACKAGE}/{path.relative_to(PLUGINS)}")
        parts = PACKAGE.split("/")
        packages = ["/".join(parts[: count + 1]) for count in range(len(parts))]
        packages += [f"{PACKAGE}/{path.relative_to(PLUGINS)}" for path in PLUGINS.glob("module*/**/")]
        for package in packages:
            file.writestr(f"{package}/__init__.py", "")
    environment = {**os.environ, "PYTHONPATH": "", "PYTHONNOUSERSITE": "1"}
    command = [sys.executable, "-c", program, str(archive)]
    return json.loads(subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout)


def test_python_compiles_each_file_of_an_ordinary_module_once(tmp_path: Path) -> None:
    compiled = [name for name in in_archive(tmp_path, COMPILED) if not name.endswith("__init__.py")]
    # The finder comes with the second file.
    first = {f"{PACKAGE}/modules/xci_user.py", f"{PACKAGE}/module_utils/modules/main.py"}
    later = [name for name in compiled if name not in first]
    assert f"{PACKAGE}/module_utils/model/resources.py" in later
    assert sorted(set(later)) == sorted(later)


def test_python_looks_for_cycles_while_an_ordinary_module_runs_and_not_while_it_starts(tmp_path: Path) -> None:
    assert in_archive(tmp_path, COLLECTED) == [False, True]


def test_the_worker_imports_a_module_with_the_search_for_cycles_on() -> None:
    importlib.import_module(f"{PACKAGE.replace('/', '.')}.modules.xci_user")
    assert gc.isenabled()

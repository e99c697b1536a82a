# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The library's folders import downwards only, and only the tables know what a user or an entity is."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from ansible_collections.xivo.xci.plugins.module_utils.model.resources import RESOURCES

ROOT = Path(__file__).resolve().parents[3]
LIBRARY = ROOT / "plugins" / "module_utils"
FOLDERS = ("api", "model", "state", "engine", "doctor", "modules")
"""From the lowest to the highest."""
FILES = sorted(LIBRARY.glob("*/*.py"))


def name(path: Path) -> str:
    return str(path.relative_to(ROOT / "plugins"))


def imports(path: Path) -> Iterator[tuple[str, int]]:
    """Yield the folders of the library that a file imports from, each with its line."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.ImportFrom):
            continue
        assert not (node.module or "").startswith("ansible_collections"), f"{name(path)}:{node.lineno} is not relative"
        if node.level == 1:
            yield path.parent.name, node.lineno
        elif node.level == 2:
            yield (node.module or "").partition(".")[0], node.lineno


def test_the_library_consists_of_its_folders() -> None:
    assert {path.name for path in LIBRARY.iterdir()} - {"__pycache__"} == set(FOLDERS)


@pytest.mark.parametrize("path", FILES, ids=name)
def test_imports_point_downwards(path: Path) -> None:
    own = FOLDERS.index(path.parent.name)
    upwards = [f"line {line}: {folder}" for folder, line in imports(path) if FOLDERS.index(folder) > own]
    assert not upwards


def test_there_is_something_to_check() -> None:
    crossing = {(path.parent.name, folder) for path in FILES for folder, _line in imports(path)}
    assert {("modules", "engine"), ("engine", "state"), ("state", "model"), ("model", "api")} <= crossing


@pytest.mark.parametrize("path", [*FILES, *sorted((ROOT / "plugins").glob("*_utils/*.py"))], ids=name)
def test_no_file_is_long(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 300


# -- the tables -------------------------------------------------------------------------------------------------

WORDS = {word for one in RESOURCES.values() for field in one.fields for word in (field.name, field.reads, field.writes)}
WORDS |= {word for one in RESOURCES.values() for word in (one.kind, one.plural)}
GENERIC = {
    "": "no name",
    "id": "each object has one",
}
KNOWN = {
    ("module_utils/api/client.py", "login"): "a key of the login itself",
    ("module_utils/api/client.py", "password"): "a key of the login itself",
    ("module_utils/engine/losses.py", "name"): "a key of a result",
    ("module_utils/modules/doctor.py", "name"): "a key of an object as XCI shows it",
    ("module_utils/modules/doctor.py", "xivo"): "an option of xci_doctor",
    ("module_utils/engine/plan.py", "name"): "a key of the result plan, whatever the kind",
    ("module_utils/engine/undo.py", "name"): "a key of a result",
    ("module_utils/engine/approval.py", "login"): "a key of a result",
    ("module_utils/modules/approvals.py", "login"): "a key of a result",
    ("module_utils/modules/undo_file.py", "login"): "a key of a result",
    ("module_utils/modules/export.py", "xivo"): "an option of xci_config_info",
    ("module_utils/modules/export.py", "entity"): "an option of xci_config_info",
}
"""Names of fields and kinds outside of the tables, and why."""
SPECIFIC = {
    "module_utils/model/resources.py": "the tables",
    "module_utils/model/audit.py": "a table, too: of rules about users, entities, templates and administrators",
    "module_utils/modules/report.py": "what a report says of each kind",
    "plugin_utils/picture.py": "the numbering plan of a report",
    "plugin_utils/report_page.py": "what its page shows of users",
}
"""The files that are about particular kinds, each for a reason; nothing generic is in them."""


def texts(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def test_only_the_tables_name_fields_and_kinds() -> None:
    every = [*FILES, *(ROOT / "plugins" / "plugin_utils").glob("*.py"), *(ROOT / "plugins" / "action").glob("*.py")]
    # The doctor looks at how XCI itself writes its objects, so it has the names of the API's page and none of ours.
    generic = [path for path in every if name(path) not in SPECIFIC and path.parent.name != "doctor"]
    assert {name(path) for path in every} >= SPECIFIC.keys()
    found = {(name(path), word) for path in generic for word in texts(path) & (WORDS - GENERIC.keys())}
    assert found == set(KNOWN)


# -- the modules ------------------------------------------------------------------------------------------------

MODULES = sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("xci_*.py"))


@pytest.mark.parametrize("module", MODULES)
def test_a_module_is_its_documentation_and_a_few_lines(module: str) -> None:
    source = (ROOT / "plugins" / "modules" / f"{module}.py").read_text(encoding="utf-8")
    documented = max(node.end_lineno or 0 for node in ast.parse(source).body if isinstance(node, ast.Assign))
    assert len(source.splitlines()) - documented <= 25


def test_one_action_plugin_runs_every_module() -> None:
    actions = [path.stem for path in (ROOT / "plugins" / "action").glob("xci_*.py")]
    assert actions == ["xci_config"]
    runtime = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8"))
    routed = {module: routing["action_plugin"] for module, routing in runtime["plugin_routing"]["modules"].items()}
    assert routed == {module: "xivo.xci.xci_config" for module in MODULES if module != "xci_config"}
    assert sorted(runtime["action_groups"]["xci"]) == MODULES

# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The names of exported files: possible on every system, different from each other, and stable."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path
from typing import Any

import pytest

FILE = Path(__file__).resolve().parents[3] / "roles" / "xci_export" / "files" / "write_tree.py"


@pytest.fixture(scope="module")
def tree() -> Any:
    spec = importlib.util.spec_from_file_location("write_tree", FILE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("Hôpital de l'Ouest (CHU)", "Hôpital de l'Ouest (CHU)"),
        ("CLF 88:40 P3", "CLF 88%3A40 P3"),
        ('a/b\\c*d?e"f<g>h|i', "a%2Fb%5Cc%2Ad%3Fe%22f%3Cg%3Eh%7Ci"),
        ("..", "%2E%2E"),
        (".git", "%2Egit"),
        ("a. ", "a.%20"),
        (" a", "%20a"),
        ("", "%5F"),
        ("a\nb", "a%0Ab"),
        ("con", "%63on"),
        ("LPT1.old", "%4CPT1.old"),
        ("console", "console"),
        ("100%", "100%25"),
        ("a\u2028\ud800", "a%u2028%uD800"),
    ],
)
def test_names_are_possible_everywhere(tree: Any, name: str, file: str) -> None:
    assert tree.safe(name) == file
    assert tree.file_names([name]) == {name: file}


def test_long_names_are_cut(tree: Any) -> None:
    first, second = "é" * 200, "é" * 201
    names = tree.file_names([first, second])
    assert names[first] != names[second]
    assert max(len(name.encode()) for name in names.values()) < 120


def test_names_that_are_equal_but_for_case_and_accents(tree: Any) -> None:
    names = ["Accueil", "accueil", "Zo\u00e9", "Zoe\u0301", "urgences"]
    made = tree.file_names(names)
    assert made["urgences"] == "urgences"
    assert len({tree.folded(name) for name in made.values()}) == len(names)
    assert all(re.fullmatch(r".*~[0-9a-f]{8}", made[name]) for name in names[:4])
    assert tree.file_names(reversed(names)) == made
    assert tree.file_names(["Admins.yml"], tree.SHARED)["Admins.yml"] != "Admins.yml"


def config(*entities: tuple[str, str]) -> dict[str, Any]:
    """A document of entities, each with its XiVO and a user."""
    return {
        "xivos": [{"name": xivo} for xivo in dict.fromkeys(xivo for _name, xivo in entities)],
        "entities": [{"name": name, "xivo": xivo} for name, xivo in entities],
        "users": [{"entity": f"{name}@{xivo}", "last_name": name} for name, xivo in entities],
    }


@pytest.mark.parametrize(("mode", "expected"), [("0600", 0o600), ("640", 0o640), (0o644, 0o644)])
def test_the_permissions_of_the_files(tree: Any, tmp_path: Path, mode: Any, expected: int) -> None:
    folder = tmp_path / "tree"
    given: dict[str, Any] = {"directory": str(folder), "config": config(("a", "x")), "left_out": [], "mode": "0600"}
    given |= {"xivo": None, "xivos": []}
    assert tree.export(given, dry_run=False) == 0
    assert tree.export({**given, "mode": mode}, dry_run=False) == 0
    written = [path for path in folder.rglob("*") if path.is_file()]
    assert written
    assert {path.stat().st_mode & 0o777 for path in written} == {expected}


def test_an_export_of_an_earlier_release_is_replaced(tree: Any, tmp_path: Path) -> None:
    given: dict[str, Any] = {"directory": str(tmp_path), "config": config(("a", "x")), "left_out": [], "mode": "0600"}
    given |= {"xivo": None, "xivos": []}
    (tmp_path / ".xci.schema.json").write_text("{}")
    old = tmp_path / "x" / "entities.yml"
    old.parent.mkdir()
    old.write_text(f"---\n{tree.MARK}\nentities: []\n", encoding="utf-8")
    assert tree.export(given, dry_run=False) == 0
    assert "entities: []" not in old.read_text(encoding="utf-8")
    assert (tmp_path / ".xci.schema.json").stat().st_size > 1000
    assert not [path for path in tmp_path.rglob("*") if path.suffix == ".new"]


@pytest.mark.parametrize("mode", ["u=rw", "0888", "", 0o1777])
def test_permissions_that_are_none(tree: Any, mode: Any) -> None:
    with pytest.raises(ValueError, match=f'^xci_file_mode is {mode}; give octal digits in quotes, such as "0600"$'):
        tree.permissions(mode)


def test_the_part_of_one_xivo_has_the_same_names_as_in_a_whole_export(
    tree: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    every = [("Accueil", "CHU"), ("accueil", "CHU"), ("soins", "chu"), ("a:b", "aux")]
    given: dict[str, Any] = {
        "config": config(*every),
        "left_out": [],
        "xivo": None,
        "xivos": [],
        "directory": str(tmp_path),
        "mode": "0600",
    }
    assert tree.export(given, dry_run=False) == 0
    files = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.yml"))
    assert len({name.casefold() for name in files}) == len(files) == 10
    assert "%61ux/users/a%3Ab.yml" in files
    assert tree.export(given, dry_run=False) == 0
    for xivo in ("CHU", "chu", "aux"):
        part = {
            "config": config(*(one for one in every if one[1] == xivo)),
            "xivo": xivo,
            "xivos": ["CHU", "aux", "chu"],
        }
        assert tree.export({**given, **part}, dry_run=False) == 0
    # Each file leads an editor to the schema, which is in the tree.
    schema = tmp_path / ".xci.schema.json"
    assert json.loads(schema.read_text(encoding="utf-8"))["title"].startswith("A document of xivo.xci")
    for path in tmp_path.rglob("*.yml"):
        start, _is, name = path.read_text(encoding="utf-8").splitlines()[0].partition("$schema=")
        assert start == "# yaml-language-server: "
        assert (path.parent / name).resolve() == schema
    _first, *others = map(json.loads, capsys.readouterr().out.splitlines())
    assert [one["changed"] for one in others] == [False] * 4

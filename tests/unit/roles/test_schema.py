# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The JSON Schema of a document: it takes what the collection takes, and finds what is misspelt."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from ansible_collections.xivo.xci.plugins.module_utils.api.errors import InputError
from ansible_collections.xivo.xci.plugins.module_utils.model.parsing import parse
from ansible_collections.xivo.xci.plugins.module_utils.model.reserved import parse_numbering
from ansible_collections.xivo.xci.plugins.module_utils.model.resources import RESOURCES
from ansible_collections.xivo.xci.plugins.plugin_utils.yaml_files import read_yaml

ROOT = Path(__file__).resolve().parents[3]
EXAMPLE = ROOT / "docs" / "example"
SCHEMA = json.loads((EXAMPLE / "xci.schema.json").read_text(encoding="utf-8"))
WHOLE: dict[str, Any] = {
    "xivos": [{"name": "nord", "host": "192.0.2.1", "configure": "yes", "remaining_slots": 3}],
    "entities": [
        {"name": "accueil@nord", "intervals": ["1000-1099", "0100", {"start": "0200", "end": None}, {"start": 300}]},
        {"id": "7", "name": "urgences", "xivo": "nord", "force": "On", "available_numbers": ["1000"]},
    ],
    "templates": [{"name": "Poste", "ringing_time": "30", "entities": [], "xivos": ["nord"], "routed_inbound": 0}],
    "users": [
        {
            "entity": "accueil@nord",
            "internal_number": 1001,
            "last_name": "Un",
            "match_on": "cti_login",
            "cti_login": None,
        },
        {"id": 4, "state": "absent", "search": "everywhere"},
    ],
    "admins": [{"login": "a", "password": "made-up", "update_password": "always", "entities": ["accueil@nord"]}],
    "x-common": {"anything": [1]},
}


def problems(document: Any) -> list[str]:
    return [error.message for error in jsonschema.Draft7Validator(SCHEMA).iter_errors(document)]


def accepted(document: Any) -> bool:
    """Return whether the collection's own parser takes it."""
    resources = {one.plural: one for one in RESOURCES.values()}
    lists = {name: entries for name, entries in document.items() if not name.startswith("x-")}
    return not any(parse(resources[name], entry).problems for name, entries in lists.items() for entry in entries)


def test_what_the_collection_takes() -> None:
    jsonschema.Draft7Validator.check_schema(SCHEMA)
    assert accepted(WHOLE)
    assert problems(WHOLE) == []
    assert problems(None) == problems({"users": None}) == problems({"users": []}) == []


@pytest.mark.parametrize(
    ("kind", "entry", "message"),
    [
        ("users", {"entity": "a@b", "frist_name": "Anaïs"}, "('frist_name' was unexpected)"),
        ("users", {"entity": "a@b", "last_name": True}, "is not of type"),
        ("users", {"entity": "a@b", "state": "gone"}, "is not one of"),
        ("entities", {"name": "a", "xivo": "b", "intervals": ["1000 to 1099"]}, "does not match"),
        ("entities", {"name": "a", "xivo": "b", "intervals": [{"start": "1", "stop": "2"}]}, "('stop' was unexpected)"),
        ("templates", {"name": "a", "ringing_time": "long"}, "does not match"),
        ("templates", {"name": "a", "voice_mail_enabled": "perhaps"}, "does not match"),
        ("templates", {"name": "a", "entities": "a@b"}, "is not of type"),
    ],
)
def test_what_it_finds(kind: str, entry: Any, message: str) -> None:
    (problem,) = problems({kind: [entry]})
    assert message in problem
    assert not accepted({kind: [entry]})


def test_a_user_without_entity_and_a_misspelt_list() -> None:
    (problem,) = problems({"users": [{"internal_number": "1001"}]})
    assert "is not valid under any of the given schemas" in problem
    assert problems({"user": []}) == ["'user' does not match any of the regexes: '^x-'"]


@pytest.mark.parametrize("path", sorted(EXAMPLE.glob("config/**/*.yml")), ids=lambda path: path.parent.name)
def test_the_files_of_the_example_name_the_schema(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    start, _is, name = text.splitlines()[0].partition("$schema=")
    assert start == "# yaml-language-server: "
    assert (path.parent / name).resolve() == EXAMPLE / "xci.schema.json"
    assert problems(read_yaml(text, path.name, str)[0]) == []


def test_reserved_numbers() -> None:
    schema = json.loads((EXAMPLE / "numbering.schema.json").read_text(encoding="utf-8"))
    example = yaml.safe_load((EXAMPLE / "numbering.yml").read_text(encoding="utf-8"))
    validator = jsonschema.Draft7Validator(schema)
    assert not list(validator.iter_errors(example))
    assert len(parse_numbering(example)) == 2
    wrong = {"reserved": [{"entity": "a@b", "start": "1", "untill": "2027-01-31"}]}
    (error,) = validator.iter_errors(wrong)
    assert "('untill' was unexpected)" in error.message
    with pytest.raises(InputError, match="untill"):
        parse_numbering(wrong)


def hook() -> tuple[list[str], list[Path]]:
    """Return the command of the example's hook for pre-commit, and the files that it gets."""
    config = yaml.safe_load((EXAMPLE / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    (one,) = (one for repo in config["repos"] for one in repo["hooks"] if one["id"] == "xci-document")
    program, *arguments = shlex.split(one["entry"])
    files = [path for path in EXAMPLE.rglob("*.yml") if path.relative_to(EXAMPLE).parts[0] == "config"]
    assert one["files"] == r"^config/.*\.ya?ml$"
    return [str(Path(sys.executable).parent / program), *arguments, *one.get("args", [])], files


def test_the_hook_of_the_example(tmp_path: Path) -> None:
    command, files = hook()
    done = subprocess.run([*command, *files], cwd=EXAMPLE, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "ok -- validation done")
    wrong = tmp_path / "wrong.yml"
    wrong.write_text("users:\n  - entity: a@b\n    frist_name: Anaïs\n", encoding="utf-8")
    done = subprocess.run([*command, wrong], cwd=EXAMPLE, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "$.users[0]: Additional properties are not allowed ('frist_name' was unexpected)" in done.stdout

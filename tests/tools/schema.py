# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the JSON Schemas of a document and of reserved numbers; editors and check-jsonschema read them.

usage: schema.py [--check]

The role xci_export lays its copy beside the files that it writes; the other copy is for repositories by hand.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / ".cache" / "collections"))

from suboptions import documented  # noqa: E402

from ansible_collections.xivo.xci.plugins.module_utils.model import reserved  # noqa: E402
from ansible_collections.xivo.xci.plugins.module_utils.model.fields import Resource  # noqa: E402
from ansible_collections.xivo.xci.plugins.module_utils.model.resources import RESOURCES  # noqa: E402

COPIES = ("roles/xci_export/files/xci.schema.json", "docs/example/xci.schema.json")
NUMBERING = "docs/example/numbering.schema.json"
DIALECT = "http://json-schema.org/draft-07/schema#"  # which the YAML extensions of editors know whole
TEXT = {"type": ["string", "integer", "null"]}
WORDS = [
    re.sub("[a-z]", lambda found: f"[{found[0].upper()}{found[0]}]", word)
    for word in ("yes", "no", "on", "off", "y", "n", "t", "f", "true", "false", "0", "1")
]
"""Ansible's spellings of a boolean, in any case."""
READ_ONLY = "Only XCI can set it: accepted as an export has it, and ignored."
TYPES: Mapping[str, Any] = {
    "str": TEXT,
    "int": {"type": ["integer", "string", "null"], "pattern": r"^\s*-?[0-9]{1,18}\s*$"},
    "bool": {
        "type": ["boolean", "string", "integer", "null"],
        "pattern": f"^({'|'.join(WORDS)})$",
        "minimum": 0,
        "maximum": 1,
    },
    "raw": {},
}


def schema() -> dict[str, Any]:
    """Return the schema of a document; an option that is null counts as omitted, as in the document."""
    lists = {
        one.plural: {"type": ["array", "null"], "items": {"$ref": f"#/definitions/{kind}"}}
        for kind, one in RESOURCES.items()
    }
    return {
        "$schema": DIALECT,
        "title": "A document of xivo.xci: XiVOs, entities, line templates, users and administrators of XCI",
        "type": ["object", "null"],
        "additionalProperties": False,
        "patternProperties": {"^x-": {"description": "For the author of the file, such as anchors; ignored."}},
        "properties": lists,
        "definitions": {kind: entry(one) for kind, one in RESOURCES.items()},
    }


def entry(resource: Resource) -> dict[str, Any]:
    """Return the schema of one entry; without an id, what finds it is required."""
    options = documented(f"xci_{resource.kind}")
    return {
        "type": "object",
        "additionalProperties": False,
        "anyOf": [{"required": [resource.scope or resource.identity[0]]}, {"required": ["id"]}],
        "properties": {
            name: {**value(spec), "description": plain(options[name]["description"]) if name in options else READ_ONLY}
            for name, spec in resource.argument_spec().items()
        },
    }


def value(spec: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schema of one option by its argument spec."""
    if "choices" in spec:
        return {"enum": [*spec["choices"], None]}
    if spec["type"] != "list":
        return dict(TYPES[spec["type"]])
    return {"type": ["array", "null"], "items": item(spec)}


def item(spec: Mapping[str, Any]) -> dict[str, Any]:
    if "options" not in spec:
        return {"type": ["string", "integer"]}
    options = spec["options"]
    return {
        "type": ["object", "string", "integer"],
        "pattern": r"^\s*[0-9]{1,32}(\s*-\s*[0-9]{1,32})?\s*$",
        "additionalProperties": False,
        "required": [name for name, one in options.items() if one.get("required")],
        "properties": {name: value(one) for name, one in options.items()},
    }


def numbering() -> dict[str, Any]:
    """Return the schema of a file of reserved numbers."""
    meanings = {
        reserved.SCOPE: "The entity, by its name or as name@xivo.",
        reserved.BOUNDS[0]: "The first number, in quotes.",
        reserved.BOUNDS[1]: "The last number; the first one if omitted.",
        reserved.REASON: "Why, for whoever sees it in a warning.",
        reserved.UNTIL: "The last day of the reservation, such as '2027-01-31'.",
    }
    one = {
        "type": "object",
        "additionalProperties": False,
        "required": [reserved.SCOPE, reserved.BOUNDS[0]],
        "properties": {name: {**TEXT, "description": meanings[name]} for name in reserved.NAMES},
    }
    return {
        "$schema": DIALECT,
        "title": "Numbers that nobody gets without asking for them: the variable xci_numbering",
        "type": ["object", "null"],
        "additionalProperties": False,
        "properties": {reserved.LIST: {"type": ["array", "null"], "items": one}},
    }


def plain(description: str | list[str]) -> str:
    """Return the first sentence or two of an option's description, without markup."""
    text = description if isinstance(description, str) else description[0]
    return re.sub(r"\b[A-Z]{1,2}\(([^()]*)\)", lambda found: found[1].split("#")[0], text)


def main(arguments: list[str], root: Path = ROOT) -> int:
    wanted = {copy: schema() for copy in COPIES} | {NUMBERING: numbering()}
    texts = {root / name: json.dumps(one, ensure_ascii=False, indent=1) + "\n" for name, one in wanted.items()}
    wrong = [path for path, text in texts.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    if arguments == ["--check"]:
        for path in wrong:
            print(f"{path} is not what the tables of resources say: make format", file=sys.stderr)
        return 1 if wrong else 0
    for path in wrong:
        path.write_text(texts[path], encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the suboptions in the documentation of xci_config from those of the modules for single objects.

usage: suboptions.py [--check]
"""

from __future__ import annotations

import ast
import re
import sys
import textwrap
from pathlib import Path
from typing import Any

import yaml

MODULES = Path(__file__).resolve().parents[2] / "plugins" / "modules"
LISTS = {"xivos": "xivo", "entities": "entity", "templates": "template", "users": "user", "admins": "admin"}
OF_THE_TASK = {"numbering"}
"""Options of a module for one object that a document has once, and not in its entries."""
OF_ENTRIES_AND_THE_TASK = {"numbers"}
"""Options of an entry that the document gives to those that omit it, so that they have no default there."""
WIDTH = 120


def documented(module: str) -> dict[str, Any]:
    """Return the options of a module, ``{"name": {"description": [..], "type": "str"}}``, in their order."""
    tree = ast.parse((MODULES / f"{module}.py").read_text(encoding="utf-8"))
    text = next(
        node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Constant)
        and getattr(node.targets[0], "id", "") == "DOCUMENTATION"
    )
    options: dict[str, Any] = yaml.safe_load(str(text))["options"]
    shared = yaml.safe_load(_fragment())["options"]
    if module != "xci_config":
        options = {name: option for name, option in options.items() if name not in OF_THE_TASK}
    return {**options, **shared}


def _fragment() -> str:
    """Return the options that all these modules share, such as state and id."""
    path = MODULES.parent / "doc_fragments" / "objects.py"
    tree = ast.parse(path.read_text(encoding="utf-8"))
    constants = [node.value for node in ast.walk(tree) if isinstance(node, ast.Assign)]
    return next(str(one.value) for one in constants if isinstance(one, ast.Constant) and "options:" in str(one.value))


def of_entries(kind: str) -> dict[str, Any]:
    """Return the options of an entry, which are those of the module for one object."""
    options = documented(f"xci_{kind}")
    for name in OF_ENTRIES_AND_THE_TASK & options.keys():
        options[name] = {key: value for key, value in options[name].items() if key != "default"}
    return options


def suboptions(kind: str) -> str:
    """Return the lines of one list's suboptions."""
    lines = ["    suboptions:"]
    for name, option in of_entries(kind).items():
        first = option["description"][0] if isinstance(option["description"], list) else option["description"]
        omitted = f" If omitted, it is O({name}) of the document." if name in OF_ENTRIES_AND_THE_TASK else ""
        lines += [f"      {name}:", "        description:"]
        description = _elsewhere(str(first), kind) + omitted
        lines += textwrap.wrap(
            description, WIDTH, initial_indent="          - ", subsequent_indent="            ",
            break_long_words=False, break_on_hyphens=False,
        )  # fmt: skip
        for key in ("type", "elements"):
            if key in option:
                lines.append(f"        {key}: {option[key]}")
        if "choices" in option:
            lines += ["        choices:", *(f"          - {choice}" for choice in option["choices"])]
        if "default" in option:
            lines.append(f"        default: {yaml.safe_dump(option['default']).splitlines()[0]}")
    return "\n".join(lines) + "\n"


def _elsewhere(text: str, kind: str) -> str:
    """Return a description in which an option is one of the module for a single object."""
    return re.sub(r"O\((?!xci_)", f"O(xivo.xci.xci_{kind}#module:", text)


def rewritten(text: str) -> str:
    """Return the source of xci_config with the suboptions as they have to be."""
    for plural, kind in LISTS.items():
        block = re.compile(
            rf"(\n  {plural}:\n(?:    .*\n)*?    elements: dict\n)(?:    suboptions:\n(?:      .*\n)*)?", re.MULTILINE
        )
        (found,) = block.finditer(text)
        text = text[: found.start()] + found[1] + suboptions(kind) + text[found.end() :]
    return text


def main(arguments: list[str]) -> int:
    path = MODULES / "xci_config.py"
    text = path.read_text(encoding="utf-8")
    wanted = rewritten(text)
    if arguments != ["--check"]:
        path.write_text(wanted, encoding="utf-8")
    elif text != wanted:
        print("the suboptions of xci_config differ from the options of the other modules: make format", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

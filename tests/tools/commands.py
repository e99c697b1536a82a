# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write what meta/commands.yml describes: the reference pages of the commands, and their surveys for AWX.

usage: commands.py [--check]
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "meta" / "commands.yml"
PAGES = {"en": "docs/docsite/rst/commands.rst", "fr": "docs/docsite/rst/commands_fr.rst"}
SURVEYS = "docs/example/surveys"
LANGUAGES = tuple(PAGES)
WORDS = {
    "en": {
        "title": "Commands",
        "intro": (
            "Each command is a playbook of the collection. Give its variables with ``-e``, in a file with ``-e "
            "@file``, or in a survey of AWX: the files in ``docs/example/surveys`` are surveys for all of them. "
            "Every variable may be plain text; an empty text counts as not given. Lists are separated by commas or "
            "line breaks, pairs are written ``old=new``, and relative paths start in the folder in which Ansible "
            "was started. ``--check`` writes nothing to XCI."
        ),
        "rights": "Administrators with limited rights",
        "rights_intro": (
            "An administrator who is no super-administrator sees and manages some entities only. Where XCI does not "
            "show line templates to this account, give the id of a template instead of its name."
        ),
        "command": "Command",
        "works": "Does it work?",
        "variable": "Variable",
        "meaning": "Meaning",
        "required": "required",
        "default": "default",
        "choices": "one of",
        "reads": "It changes nothing on XCI, and writes its files in check mode, too.",
        "stats": "Counts by ``set_stats``:",
    },
    "fr": {
        "title": "Commandes",
        "intro": (
            "Chaque commande est un playbook de la collection. Ses variables se donnent avec ``-e``, dans un "
            "fichier avec ``-e @fichier``, ou dans un questionnaire d'AWX : les fichiers de "
            "``docs/example/surveys`` en contiennent pour toutes. Chaque variable peut être un simple texte ; un "
            "texte vide compte comme absent. Les listes sont séparées par des virgules ou des retours à la ligne, "
            "les paires s'écrivent ``ancien=nouveau``, et les chemins relatifs partent du dossier où Ansible a été "
            "lancé. ``--check`` n'écrit rien dans XCI."
        ),
        "rights": "Administrateurs aux droits limités",
        "rights_intro": (
            "Un administrateur qui n'est pas super-administrateur ne gère que certaines entités. Si XCI ne lui montre "
            "pas les modèles de ligne, indiquez l'id d'un modèle au lieu de son nom."
        ),
        "command": "Commande",
        "works": "Fonctionne-t-elle ?",
        "variable": "Variable",
        "meaning": "Signification",
        "required": "obligatoire",
        "default": "par défaut",
        "choices": "une valeur parmi",
        "reads": "Elle ne modifie rien dans XCI, et écrit aussi ses fichiers en mode check.",
        "stats": "Comptes par ``set_stats`` :",
    },
}
LICENSE = """..
  Copyright: (c) 2026, the xivo.xci authors
  GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
  SPDX-License-Identifier: GPL-3.0-or-later

.. tests/tools/commands.py writes this page from meta/commands.yml
"""
SURVEY_TYPES = {"secret": "password", "list": "textarea", "pairs": "textarea", "paths": "textarea", "files": "textarea"}
"""Everything else is text, numbers included: AWX would refuse an empty one."""


def variables_of(command: Mapping[str, Any], groups: Mapping[str, Any]) -> dict[str, Any]:
    """Return the variables of a command, its own first."""
    every = dict(command["variables"])
    for name in command.get("groups", ()):
        every.update(groups[name])
    return every


# -- the pages ------------------------------------------------------------------------------------------------------


def page(source: Mapping[str, Any], language: str) -> str:
    words, commands = WORDS[language], source["commands"]
    name = Path(PAGES[language]).stem
    lines = [LICENSE, f".. _ansible_collections.xivo.xci.docsite.{name}:", "", *_title(words["title"], "=")]
    lines += [words["intro"], "", ".. contents::", "   :local:", "   :depth: 1", ""]
    for command, described in commands.items():
        lines += _section(command, described, source["groups"], language)
    lines += [*_title(words["rights"], "-"), words["rights_intro"], ""]
    lines += _table((words["command"], words["works"]))
    for command, described in commands.items():
        lines += [f"   * - {command}", f"     - {_sentence(described['limited'][language])}"]
    return "\n".join([*lines, ""])


def _title(text: str, sign: str) -> list[str]:
    return [text, sign * len(text), ""]


def _table(header: tuple[str, ...]) -> list[str]:
    first, *others = header
    return [".. list-table::", "   :header-rows: 1", "", f"   * - {first}", *(f"     - {one}" for one in others)]


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:]


def _prose(text: str) -> str:
    """Return a text in which what looks like the address of a mail, such as a user's, is none."""
    parts = text.split("``")
    return "``".join(part.replace("@", r"\@") if place % 2 == 0 else part for place, part in enumerate(parts))


def _section(command: str, described: Mapping[str, Any], groups: Mapping[str, Any], language: str) -> Iterator[str]:
    words = WORDS[language]
    yield from _title(f"{command}: {described['title'][language]}", "-")
    yield described["text"][language] + (f" {words['reads']}" if described.get("reads_only") else "")
    yield ""
    yield from (".. code-block:: console", "", f"    $ ansible-playbook xivo.xci.{command} {described['example']}", "")
    yield from _table((words["variable"], words["meaning"]))
    for name, variable in variables_of(described, groups).items():
        if name not in groups["connection"]:
            yield f"   * - ``{name}``"
            yield f"     - {_prose(variable['help'][language])}{_facts(variable, words)}"
    yield ""
    if described.get("stats"):
        yield from (words["stats"], "")
        yield from (f"- ``{name}``: {text[language]}" for name, text in described["stats"].items())
        yield ""


def _facts(variable: Mapping[str, Any], words: Mapping[str, str]) -> str:
    """Return what else is to be known of a variable, such as `` (required)``."""
    facts = [words["required"]] if variable.get("required") else []
    if variable.get("choices"):
        facts.append(f"{words['choices']} {', '.join(f'``{one}``' for one in variable['choices'])}")
    if "default" in variable:
        facts.append(f"{words['default']} ``{_text(variable['default'])}``")
    return f" ({'; '.join(facts)})" if facts else ""


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


# -- the surveys ----------------------------------------------------------------------------------------------------


def survey(described: Mapping[str, Any], groups: Mapping[str, Any], language: str) -> str:
    """Return the survey of a command as AWX takes it."""
    every = variables_of(described, groups)
    asked = {name: variable for name, variable in every.items() if variable.get("survey", True)}
    spec = [_question(name, variable, language) for name, variable in asked.items()]
    whole = {"name": described["title"][language], "description": described["text"][language], "spec": spec}
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


def _question(name: str, variable: Mapping[str, Any], language: str) -> dict[str, Any]:
    choices = ["true", "false"] if variable["type"] == "boolean" else variable.get("choices", "")
    return {
        "question_name": _short(variable["help"][language]),
        "question_description": variable["help"][language],
        "required": bool(variable.get("required")),
        "type": "multiplechoice" if choices else SURVEY_TYPES.get(variable["type"], "text"),
        "variable": name,
        "choices": choices,
        "default": _text(variable.get("default", "")),
        "min": None,
        "max": None,
        "new_question": True,
    }


def _short(text: str) -> str:
    """Return the first part of a help text as a question."""
    return text.split(". ", maxsplit=1)[0].rstrip(".")


# -- all ------------------------------------------------------------------------------------------------------------


def files(source: Mapping[str, Any]) -> dict[str, str]:
    """Return what is to be written, by path in the checkout."""
    made = {PAGES[language]: page(source, language) for language in LANGUAGES}
    for name, described in source["commands"].items():
        for language in LANGUAGES:
            ending = "" if language == "en" else f".{language}"
            made[f"{SURVEYS}/{name}{ending}.json"] = survey(described, source["groups"], language)
    return made


def main(arguments: list[str], root: Path = ROOT) -> int:
    wanted = files(yaml.safe_load((root / "meta" / "commands.yml").read_text(encoding="utf-8")))
    known = {str(path.relative_to(root)) for path in (root / SURVEYS).glob("*.json")} | set(PAGES.values())
    wrong = [name for name in sorted({*wanted, *known}) if _read(root / name) != wanted.get(name)]
    if arguments == ["--check"]:
        for name in wrong:
            print(f"{name} is not what meta/commands.yml describes: make format", file=sys.stderr)
        return 1 if wrong else 0
    for name in wrong:
        path = root / name
        if name in wanted:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(wanted[name], encoding="utf-8")
        else:
            path.unlink()
    return 0


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

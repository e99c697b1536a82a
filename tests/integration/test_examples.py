# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The examples in the modules' documentation run as they stand."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.xivo.xci.tests.integration.harness import Site
from ansible_collections.xivo.xci.tests.support.objects import PASSWORD, START
from ansible_collections.xivo.xci.tests.support.playbook import Task

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted(path.stem for path in ROOT.glob("plugins/modules/xci_*.py"))
READING = {"xci_compare", "xci_directory", "xci_doctor", "xci_leave", "xci_report"}
"""What only reads, beside the modules whose names end with _info."""
SECRETS = {"vault_mlefevre_password": "another-made-up-password", "vault_xci_password": PASSWORD}
NEWS = (
    "template of ",
    "cti_password of ",
    "user 3000@compta@xivo-nord (Camille Durand): it moves to another XiVO: ",
    "template Poste interne sans numéro: users: ",
    "XCI shows no ",
)
"""How warnings begin that the examples give: of what goes along with changes and deletions."""
TABLE = "entity;internal_number;first_name;last_name\npediatrie@xivo-nord;5110;Gaëtan;Le Goff\n"


EXPORT = "context,exten,firstname,lastname\naccueil,1001,Camille,Martin\n"
PEOPLE = """
columns: {Login: cti_login, Nom: last_name, Prenom: first_name, Poste: internal_number}
entity: {column: Site, values: {Nord: accueil@xivo-nord, Sud: accueil@xivo-sud}}
template: {value: Modèle standard}
"""


def examples(plugin: str) -> Any:
    """Return the examples of a module or another plugin, as they stand in its file."""
    tree = ast.parse((ROOT / "plugins" / f"{plugin}.py").read_text(encoding="utf-8"))
    texts = [
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and [ast.unparse(target) for target in node.targets] == ["EXAMPLES"]
    ]
    return yaml.safe_load(texts[0])


def play_of(module: str) -> tuple[list[Task], dict[str, Any]]:
    """Return the tasks of the examples, and what else their play has; a handler runs as the last of the tasks."""
    parsed = examples(f"modules/{module}")
    if "hosts" not in parsed[0]:
        return parsed, {}
    (play,) = parsed
    flush = [{"ansible.builtin.meta": "flush_handlers"}] if "handlers" in play else []
    return play["tasks"] + flush, {"handlers": play.get("handlers", [])}


def made_up(tasks: list[Task]) -> dict[str, Any]:
    """Return a value for each secret that examples take from a vault, and for each login in a dictionary of them."""
    text = yaml.safe_dump(tasks, allow_unicode=True, width=1000)
    logins = re.findall(r"\blogin: (\S+)", text)
    return {
        name: {login: a_secret(f"{name}_{login}") for login in logins} if looked_up else a_secret(name)
        for name, looked_up in re.findall(r"\b(vault_\w+)(\[)?", text)
    }


def a_secret(name: str) -> str:
    return SECRETS.get(name, f"{name.replace('_', '-')}-made-up")


def lay_files(folder: Path) -> None:
    """Lay the files that the examples name beside the playbook."""
    for path, text in (
        ("users.csv", TABLE),
        ("config/all/users.json", '{"users": []}'),
        ("config/production/entities.yml", "entities: []\n"),
        ("archive/2026-01/entities.yml", "entities: []\n"),
        ("nord.csv", EXPORT),
        ("sud.csv", EXPORT),
        ("numbers.csv", "old;new\n6001;1001\n"),
        ("personnel.csv", "Login;Nom;Prenom;Poste;Site\ncdurand;Durand;Camille;1001;Nord\nzoe;Hervé;Zoé;;Nord\n"),
        ("people.yml", PEOPLE),
    ):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")


@pytest.mark.parametrize("module", MODULES)
def test_the_examples_run(site: Callable[..., Site], module: str) -> None:
    server = site(start=START)
    tasks, rest = play_of(module)
    # There is one XCI only; tests/integration/test_commands.py compares two.
    tasks = [task for task in tasks if "with_url" not in (task.get(f"xivo.xci.{module}") or {})]
    lay_files(server.folder())
    outcomes = server.play(*tasks, may_fail=True, may_warn=True, logins=4, vars=made_up(tasks), **rest)
    assert "-made-up" not in server.output
    warnings = [one for outcome in outcomes for one in outcome.warnings]
    assert [one for one in warnings if not one.startswith(NEWS)] == []
    # A loop over nothing is skipped.
    assert [outcome.msg for outcome in outcomes if outcome.status not in ("ok", "skipped")] == []
    assert module.endswith("_info") or module in READING or any(outcome.changed for outcome in outcomes)


def test_the_use_case_of_the_readme_runs_on_an_empty_xci(site: Callable[..., Site]) -> None:
    server = site(start={})
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"^```yaml\n(- name: .*?)^```", readme, re.DOTALL | re.MULTILINE)
    tasks = yaml.safe_load(block)[0]["tasks"]
    assert all(outcome.changed for outcome in server.play(*tasks, vars=made_up(tasks)))
    assert not any(outcome.changed for outcome in server.play(*tasks, vars=made_up(tasks), logins=2))
    assert "-made-up" not in server.output


def test_the_examples_of_the_lookup_run(site: Callable[..., Site]) -> None:
    server = site(start=START)
    (play,) = examples("lookup/available_numbers")
    outcomes = server.play(*play["tasks"], vars=dict(server.connection), logins=7)
    assert [outcome.status for outcome in outcomes] == ["ok"] * 5
    number, five, ten = (outcome.result for outcome in outcomes[:3])
    assert five["msg"][0] == number["msg"]
    assert len(five["msg"]) == 5
    first = int(ten["msg"][0])
    assert ten["msg"] == [str(first + place) for place in range(10)]
    rooms, boxes = ({one["user"]["internal_number"] for one in outcome.result["results"]} for outcome in outcomes[3:])
    # What a host was shown stays its own; each item of a loop asks for itself. Numbers repeat between entities.
    assert (rooms & {*five["msg"], *ten["msg"]}, len(rooms), len(boxes)) == (set(), 2, 3)

# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make pages of which the guides have pictures: what jobs print and write, on a sandbox with the demo's hospitals.

usage: jobs.py FOLDER
"""

from __future__ import annotations

import csv
import html
import json
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "roles" / "xci_sandbox" / "files")]

from ansible_collections.xivo.xci.tests.support import playbook, server  # noqa: E402

TEMPLATE = "Poste standard"
STYLE = """
body { font: 15px/1.45 "Noto Sans", sans-serif; margin: 20px; color: #1b2430 }
h2 { font-size: 16px; margin: 14px 0 6px }
pre { background: #17202b; color: #e8edf2; padding: 12px 14px; border-radius: 6px; font: 12.5px/1.45 monospace;
  white-space: pre-wrap; margin: 0 }
pre b { color: #8fd19e; font-weight: normal }
table { border-collapse: collapse; width: 100%; font-size: 13px }
th, td { border-bottom: 1px solid #d5dbe1; padding: 3px 8px; text-align: left }
th { background: #f0f4f8 }
ul { margin: 0; padding-left: 20px; font-size: 13px }
"""
HR = """Login;Nom;Prénom;Site
cdurand;Durand;Camille;Maternité
mleroux;Leroux;Manon;Urgences
ygarnier;Garnier;Yaël;Maternité
pmorel;Morel;Paul;Clinique
"""
MAP = {
    "columns": {"Login": "cti_login", "Nom": "last_name", "Prénom": "first_name"},
    "entity": {"column": "Site", "values": {"Urgences": "urgences@hopital-nord", "Maternité": "maternite@hopital-sud"}},
    "template": {"value": TEMPLATE},
}
"""One joins each of two sites, one moves, one is not in the file, and one row has a site that nobody knows."""


class Desk:
    """Somebody who runs the commands in a folder."""

    def __init__(self, folder: Path, env: dict[str, str]) -> None:
        self.folder, self.env = folder, env

    def run(self, command: str, *arguments: str) -> str:
        """Run a command of the collection; return it and what it printed, as a terminal shows both."""
        whole = ["ansible-playbook", f"xivo.xci.{command}"]
        for one in arguments:
            whole += [one] if one.startswith("--") else ["-e", one]
        done = subprocess.run(
            [str(playbook.PROGRAMS / whole[0]), *whole[1:]],
            cwd=self.folder, env=self.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            sys.exit(done.stdout)
        printed = done.stdout.strip().replace(f"{self.folder}/.local", "~/.local").replace(f"{self.folder}/", "")
        return f"<pre><b>$ {html.escape(shlex.join(whole))}</b>\n\n{html.escape(printed)}</pre>"

    def table(self, name: str) -> str:
        """Return a file of the folder as a table with its name."""
        with (self.folder / name).open(encoding="utf-8", newline="") as file:
            head, *rows = csv.reader(file)
        cells = [("th", head), *(("td", row) for row in rows)]
        lines = ("".join(f"<{tag}>{html.escape(cell)}</{tag}>" for cell in row) for tag, row in cells)
        return f"<h2>{name}</h2><table>{''.join(f'<tr>{line}</tr>' for line in lines)}</table>"

    def listed(self, name: str) -> str:
        """Return a file of the folder with one thing a line as a list with its name."""
        lines = (self.folder / name).read_text(encoding="utf-8").splitlines()
        items = "".join(f"<li>{html.escape(line.removeprefix('- '))}</li>" for line in lines if line)
        return f"<h2>{name}</h2><ul>{items}</ul>"


def people(desk: Desk) -> list[str]:
    (desk.folder / "personnel.csv").write_text(HR, encoding="cp1252")
    (desk.folder / "people-map.yml").write_text(json.dumps(MAP, ensure_ascii=False), encoding="utf-8")
    given = ("xci_people_src=personnel.csv", "xci_people_map=people-map.yml", "xci_people_dest=people")
    shown = desk.run("sync_people", *given)
    return [shown, *(desk.table(f"people/{name}.csv") for name in ("joiners", "movers", "leavers", "unmatched"))]


def renumber(desk: Desk) -> list[str]:
    shown = desk.run(
        "renumber", "xci_renumber_entity=maternite", "xci_renumber_from=6200-6299", "xci_renumber_to=6400-6499",
        json.dumps({"xci_default_template": TEMPLATE}), "xci_renumber_dest=renumbered.csv",
    )  # fmt: skip
    return [shown, desk.table("renumbered.csv")]


def leave(desk: Desk, state: dict[str, Any]) -> list[str]:
    """Compare with an export of a XiVO on which somebody changed a name, deleted somebody and created somebody."""
    contexts = {one["id"]: one["name"] for one in state["entities"] if one["xivo"] == 1}
    users = sorted((one for one in state["users"] if one["entity"] in contexts), key=lambda one: one["internalNumber"])
    rows = [[contexts[one["entity"]], one["internalNumber"], one["firstName"], one["lastName"]] for one in users]
    rows[4][3] = "Benkacem-Roy"
    rows[6:7] = [["accueil", "1042", "Sacha", "Nouvel"]]
    with (desk.folder / "nord.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["context", "exten", "firstname", "lastname"], *rows])
    shown = desk.run("leave", "xci_leave_exports=hopital-nord=nord.csv", "xci_leave_dest=leaving")
    return [shown, desk.table("leaving/differences.csv"), desk.listed("leaving/what-ends.md")]


def main(pages: Path) -> None:
    pages.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="xci-jobs-") as name, server.running() as sandbox:
        folder = Path(name).resolve()
        quiet = {"ANSIBLE_LOCALHOST_WARNING": "false", "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false", "COLUMNS": "110"}
        own = {"ANSIBLE_CALLBACK_RESULT_FORMAT": "yaml", "HOME": str(folder), "PYTHONUTF8": "1"}
        known = playbook.environment(folder, **quiet, **own, **server.variables(server.connection(sandbox)))
        desk = Desk(folder, known)
        desk.run("apply", f"xci_src={ROOT}/playbooks/vars/demo.yml")
        made = {"leave": leave(desk, sandbox.state()), "people": people(desk), "renumber": renumber(desk)}
    for name, parts in made.items():
        head = f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{name}</title>'
        text = f"{head}<style>{STYLE}</style></head><body><main>{''.join(parts)}</main></body></html>"
        (pages / f"{name}.html").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())

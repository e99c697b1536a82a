# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make the pages that the tests look at, by the collection's own playbooks, and facts.json with what must be in them.

usage: make.py FOLDER
"""

from __future__ import annotations

import html
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "roles" / "xci_sandbox" / "files")]

from ansible_collections.xivo.xci.tests.support import hospital, playbook, server  # noqa: E402
from ansible_collections.xivo.xci.tests.support.objects import PASSWORD  # noqa: E402

CHANGES = 5000


def play(folder: Path, env: dict[str, str], name: str, **variables: Any) -> None:
    start = time.monotonic()
    command = [str(playbook.PROGRAMS / "ansible-playbook"), f"xivo.xci.{name}", "-e", json.dumps(variables)]
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stdout + done.stderr)
    print(f"{name} {variables}: {time.monotonic() - start:.1f} s")


def document(users: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a document that differs from the group in CHANGES users, of which some are new and some are to go."""
    entries = []
    for place, one in enumerate(users[:CHANGES]):
        names = {"first_name": one["firstName"], "last_name": one["lastName"]}
        entry = {"entity": one["entity"], "internal_number": one["internalNumber"], **names}
        if place % 10 == 0:
            entries.append({**entry, "state": "absent"})
        elif place % 10 == 1:
            entries.append({**entry, "internal_number": f"8{place:05}", "last_name": f"Nouveau {place} <b>"})
        else:
            entries.append({**entry, "last_name": f"{one['lastName']} <img src=x onerror=alert(1)> {place}"})
    return {"users": entries}


def plain(report: dict[str, Any]) -> str:
    """Return the users as the simplest page that shows them all."""
    names = ("last_name", "first_name", "internal_number", "entity", "cti_login", "provisioning_number")
    cells = ((html.escape(str(user[name] or "")) for name in names) for user in report["users"])
    rows = "\n".join(f"<tr><td>{'</td><td>'.join(row)}</td></tr>" for row in cells)
    head = "".join(f'<th scope="col">{name}</th>' for name in names)
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>plain</title></head><body><table>'
        f"<thead><tr>{head}</tr></thead><tbody>\n{rows}\n</tbody></table></body></html>"
    )


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "ansible.cfg").touch()
    quiet = {"ANSIBLE_LOCALHOST_WARNING": "false", "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false"}
    for number in (3000, 20_000):
        group = hospital.hospital(number)
        with server.running(group, dialects=hospital.DIALECTS) as sandbox:
            hospital.plant(sandbox)
            env = playbook.environment(folder, **quiet, **server.variables(server.connection(sandbox)))
            if number == 3000:
                small(folder, env, group)
            else:
                large(folder, env, group)
    (folder / "plain.html").write_text(plain(json.loads((folder / "large.json").read_text("utf-8"))), "utf-8")
    lefevre = sum(one["lastName"].startswith("Lefèvre") for one in hospital.hospital(3000)["users"])
    facts = {"lefevre": lefevre, "outsiders": hospital.OUTSIDERS, "rules": hospital.RULES, "secret": PASSWORD}
    more = {"between": hospital.BETWEEN, "full": hospital.FULL, "hostile": hospital.HOSTILE, "changes": CHANGES}
    (folder / "facts.json").write_text(json.dumps({**facts, **more}), "utf-8")


def small(folder: Path, env: dict[str, str], group: dict[str, Any]) -> None:
    """Make the reports of 3,000 users: the one with everything, the French one, the one without people."""
    few = {"users": document([one for one in group["users"] if one["internalNumber"]][300:340])["users"]}
    (folder / "few.json").write_text(json.dumps(few), "utf-8")
    template = {"xci_report_default_template": hospital.TEMPLATE}
    play(folder, env, "report", xci_report_dest="first.html", xci_report_json="first.json")
    earlier = json.loads((folder / "first.json").read_text("utf-8"))
    earlier["users"] = earlier["users"][3:]
    earlier["users"][0]["last_name"] = "Auparavant"
    earlier["counts"].update(users=2997, free=earlier["counts"]["free"] + 3)
    earlier["findings"] = earlier["findings"][1:]
    (folder / "earlier.json").write_text(json.dumps(earlier), "utf-8")
    everything = {"xci_report_src": "few.json", "xci_report_previous": "earlier.json", **template}
    play(folder, env, "report", xci_report_dest="report.html", **everything)
    play(folder, env, "report", xci_report_dest="rapport.html", xci_language="fr", **everything)
    play(folder, env, "report", xci_report_dest="counts.html", xci_report_people="counts", **everything)
    play(folder, env, "report", xci_report_dest="report.md", **everything)


def large(folder: Path, env: dict[str, str], group: dict[str, Any]) -> None:
    """Make the report of 20,000 users, and the pages of 5,000 changes: of a comparison, and of a plan to approve."""
    play(folder, env, "report", xci_report_dest="large.html", xci_report_json="large.json")
    users = [one for one in group["users"] if one["internalNumber"]][400:]
    (folder / "many.json").write_text(json.dumps(document(users)), "utf-8")
    many = {"xci_src": "many.json", "xci_default_template": hospital.TEMPLATE}
    play(folder, env, "drift", xci_drift_html="changes.html", **many)
    play(folder, env, "plan", xci_plan_dest=".", xci_max_deletions=CHANGES, **many)


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())

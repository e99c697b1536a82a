# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A tour of the collection in five screens, on a sandbox of its own: plan, apply, drift, undo, report.

usage: demo.py [--diff] [ARGUMENT ...]

Each screen says what came of it, as the sandbox saw it, and the demo fails if that is not what it should be. With
--diff, all that Ansible prints is shown, too. Other arguments go to ansible-playbook. The sandbox is in this process:
however the tour ends, nothing is left running.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "roles" / "xci_sandbox" / "files"))

from xcisandbox import Sandbox  # noqa: E402

HOSPITAL = ROOT / "playbooks" / "vars" / "demo.yml"
PAGES = ROOT / ".cache" / "demo"
KINDS = {
    "xivos": "XiVOs",
    "entities": "entities",
    "templates": "line templates",
    "users": "users",
    "administrators": "administrators",
}
WRITES = ("POST", "PUT", "DELETE")


class Failed(Exception):
    """The tour did not do what it says."""


class Tour:
    """The tour on one sandbox; *folder* is for files that nobody looks at, *arguments* are for ansible-playbook."""

    def __init__(self, sandbox: Sandbox, folder: Path, arguments: list[str]) -> None:
        self.sandbox, self.folder = sandbox, folder
        self.shows_all = "--diff" in arguments
        self.arguments = arguments
        self.undo = folder / "undo"

    def run(self) -> None:
        self.plan()
        self.apply()
        self.drift()
        self.take_back()
        self.report()

    def plan(self) -> None:
        screen(1, "An XCI with nothing on it, and a file with a small hospital group: what would an apply change?")
        writes = self.play("plan", xci_plan_dest=str(PAGES))
        planned = json.loads((PAGES / "plan.json").read_text(encoding="utf-8"))
        say(
            f"It would create {len(planned['plan'])} objects. {written(writes)}",
            f"The plan for people: {PAGES}/plan.md",
        )
        check(writes == 0 and planned["plan"], "the plan wrote, or is empty")

    def apply(self) -> None:
        screen(2, "Somebody approves the plan: exactly that is written, and a second apply writes nothing")
        planned = json.loads((PAGES / "plan.json").read_text(encoding="utf-8"))
        approved = {"xci_approved": planned["plan_id"], "xci_plan_file": str(PAGES / "plan.json")}
        first, second = self.play("apply", **approved), self.play("apply")
        say(f"First: {written(first)} Second: {written(second)}", f"There are now {self.counts()}.")
        check(first == len(planned["plan"]) == sum(self.amounts().values()), "the apply is not what was planned")
        check(second == 0, "the second apply wrote")

    def drift(self) -> None:
        screen(3, "Somebody creates a user by hand, in XCI's web interface: the nightly comparison finds it")
        self.sandbox.load(
            {"users": [{"entity": "accueil@hopital-nord", "lastName": "Inconnu", "internalNumber": "1099"}]}
        )
        found = self.folder / "drift.json"
        writes = self.play("drift", xci_purge="users", xci_drift_json=str(found))
        report = json.loads(found.read_text(encoding="utf-8"))
        names = [f"{one['action']} {one['key']} ({one['name']})" for one in report["hosts"]["localhost"]["plan"]]
        say(f"To be as in the file again: {', '.join(names)}. {written(writes)}")
        check(writes == 0 and len(names) == 1, "the drift wrote, or did not find one user")

    def take_back(self) -> None:
        screen(4, "An apply with a purge deletes that user. It was a mistake: undo brings him back, and only him")
        before = self.amounts()["users"]
        deleted = self.play("apply", xci_purge="users")
        newest = max(path for path in self.undo.iterdir() if path.is_file())
        check(self.amounts()["users"] == before - 1, "the purge did not delete one user")
        undone = self.play("undo", xci_undo_file=str(newest))
        say(f"Apply: {written(deleted)} Undo: {written(undone)}")
        check((deleted, undone, self.amounts()["users"]) == (1, 1, before), "the undo did not bring one user back")

    def report(self) -> None:
        screen(5, "What is on XCI, as a page: the numbering plan, what is free, who may use what, what an audit finds")
        page = PAGES / "report.html"
        writes = self.play("report", xci_report_dest=str(page))
        say(f"Look at it in a browser: {page}", written(writes))
        check(writes == 0 and page.stat().st_size > 10_000, "the report wrote, or there is no page")

    def play(self, command: str, **variables: str) -> int:
        """Run a command of the collection; return how many writes the sandbox saw."""
        self.sandbox.log.clear()
        common = {"xci_src": str(HOSPITAL), "xci_default_template": "Poste standard", "xci_undo_dest": str(self.undo)}
        given = json.dumps({**common, **variables})
        done = subprocess.run(
            ["ansible-playbook", f"xivo.xci.{command}", "-e", given, *self.arguments],
            env=self.environment(),
            stdout=None if self.shows_all else subprocess.PIPE,
            stderr=None if self.shows_all else subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
        if done.returncode:
            print(done.stdout or "")
            raise Failed(f"{command} ended with {done.returncode}")
        counts = Counter(one["method"] for one in self.sandbox.requests() if one["path"] != "/login")
        return sum(counts[method] for method in WRITES)

    def environment(self) -> dict[str, str]:
        """Return ours, without what would lead to another XCI, and with a folder of its own for what Ansible keeps."""
        ours = {name: value for name, value in os.environ.items() if not name.startswith("XCI_")}
        settings = self.sandbox.settings
        return {
            **ours,
            **({"ANSIBLE_FORCE_COLOR": "1"} if sys.stdout.isatty() else {}),
            "ANSIBLE_HOME": str(self.folder),
            "ANSIBLE_LOCAL_TEMP": str(self.folder / "tmp"),
            "ANSIBLE_REMOTE_TMP": str(self.folder / "tmp"),
            "PYTHONUTF8": "1",
            "XCI_URL": self.sandbox.url,
            "XCI_LOGIN": settings.login,
            "XCI_PASSWORD": settings.password,
        }

    def amounts(self) -> dict[str, int]:
        """Return how many objects of each kind there are, without the administrator who was there at the beginning."""
        state: dict[str, Any] = self.sandbox.state()
        return {kind: len(state[kind]) - (kind == "administrators") for kind in KINDS}

    def counts(self) -> str:
        return ", ".join(f"{count} {KINDS[kind]}" for kind, count in self.amounts().items())


def screen(number: int, headline: str) -> None:
    print(f"\n==== {number}. {headline}", flush=True)


def say(*lines: str) -> None:
    print(*(f"  {line}" for line in lines), sep="\n", flush=True)


def written(count: int) -> str:
    return f"Sent to XCI: {count} write{'' if count == 1 else 's'}."


def check(holds: Any, otherwise: str) -> None:
    if not holds:
        raise Failed(otherwise)


def main(arguments: list[str]) -> int:
    # A terminated demo ends its playbook and its sandbox too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    shutil.rmtree(PAGES, ignore_errors=True)
    PAGES.mkdir(parents=True)
    with Sandbox(port=0) as sandbox, tempfile.TemporaryDirectory(prefix="xci-demo-") as folder:
        print(f"A sandbox XCI listens on {sandbox.url}", flush=True)
        try:
            Tour(sandbox, Path(folder), arguments).run()
        except Failed as failed:
            print(f"The demo failed: {failed}.")
            return 1
    print("\nThe sandbox is stopped. With --diff (make demo ARGS=--diff) you see all that Ansible prints.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

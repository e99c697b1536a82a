# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plays the playbook xivo.xci.demo twice on a sandbox of its own, and checks that the second run writes nothing.

The sandbox is in this process: however that ends, nothing is left running. Arguments go to ansible-playbook.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2] / "roles" / "xci_sandbox" / "files"))

from xcisandbox import Sandbox

KINDS = {
    "xivos": "XiVOs",
    "entities": "entities",
    "templates": "line templates",
    "users": "users",
    "administrators": "administrators",
}
LOGIN = "POST /login"
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
OBJECT = re.compile(r"^(ok|changed): \[localhost\] => \(item=")


@dataclass(frozen=True)
class Run:
    """What one run said, and what XCI saw of it."""

    title: str
    passed: bool
    said: Counter[str]
    requests: Counter[str]
    before: dict[str, Any]
    after: dict[str, Any]

    @property
    def writes(self) -> int:
        return sum(self.requests[method] for method in ("POST", "PUT", "DELETE"))

    @property
    def added(self) -> dict[str, int]:
        return {kind: len(self.after[kind]) - len(self.before[kind]) for kind in KINDS}

    def __str__(self) -> str:
        seen = ", ".join(f"{self.requests[what]} {what}" for what in ("GET", LOGIN, "POST", "PUT", "DELETE"))
        return (
            f"{self.title}: changed={self.said['changed']} ok={self.said['ok']}; "
            f"XCI was sent {seen}: {self.writes} writes"
        )


def main(arguments: list[str]) -> int:
    # A terminated demo ends its playbook and its sandbox too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with Sandbox(port=0) as sandbox, tempfile.TemporaryDirectory(prefix="xci-demo-") as home:
        tell(f"A sandbox XCI listens on {sandbox.url}", "First run: nothing is there yet")
        first = play(sandbox, home, "First run ", arguments)
        tell("Second run: the same playbook once more")
        second = play(sandbox, home, "Second run", arguments)
    added = ", ".join(f"{count} {KINDS[kind]}" for kind, count in first.added.items())
    faults = list(complaints(first, second))
    tell("What came of it", f"{first}", f"{second}", f"Created: {added}. The sandbox is stopped.")
    if faults:
        print(f"The demo failed: {'; '.join(faults)}.")
        return 1
    print("The first run changed what it said; the second changed nothing and wrote nothing.")
    return 0


def tell(headline: str, *lines: str) -> None:
    print(f"\n==== {headline}", *lines, sep="\n", flush=True)


def play(sandbox: Sandbox, home: str, title: str, arguments: list[str]) -> Run:
    """Run the playbook, showing what it says."""
    sandbox.log.clear()
    before = sandbox.state()
    said: Counter[str] = Counter()
    command = ["ansible-playbook", "xivo.xci.demo", "--diff", *arguments]
    with subprocess.Popen(
        command, env=environment(sandbox, home), stdout=subprocess.PIPE, encoding="utf-8", errors="replace"
    ) as process:
        try:
            for line in process.stdout or ():
                print(line, end="", flush=True)
                said.update(OBJECT.findall(COLOUR.sub("", line)))
        finally:
            process.terminate()
    requests = Counter(LOGIN if request["path"] == "/login" else request["method"] for request in sandbox.requests())
    return Run(title, process.returncode == 0, said, requests, before, sandbox.state())


def environment(sandbox: Sandbox, home: str) -> dict[str, str]:
    """Return ours, without what would lead to another XCI, and with a folder of its own for what Ansible keeps."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("XCI_")}
    colour = {"ANSIBLE_FORCE_COLOR": "1"} if sys.stdout.isatty() else {}
    return {
        **ours,
        **colour,
        "ANSIBLE_HOME": home,
        "ANSIBLE_LOCAL_TEMP": os.path.join(home, "tmp"),
        "ANSIBLE_REMOTE_TMP": os.path.join(home, "tmp"),
        "PYTHONUTF8": "1",
        "XCI_URL": sandbox.url,
        "XCI_LOGIN": sandbox.settings.login,
        "XCI_PASSWORD": sandbox.settings.password,
    }


def complaints(first: Run, second: Run) -> list[str]:
    """Return what is not as the demo says."""
    created = sum(first.added.values())
    expected = {
        "the first run did not succeed": first.passed,
        "the second run did not succeed": second.passed,
        "the first run changed nothing": created > 0,
        "the first run did something else than it said": created == first.said["changed"] == first.writes,
        "the second run did not speak of every object": second.said["ok"] == created,
        "the second run said that it changed something": second.said["changed"] == 0,
        "the second run wrote": second.writes == 0 and second.before == second.after,
    }
    return [fault for fault, holds in expected.items() if not holds]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

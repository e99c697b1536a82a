# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the playbooks behind the outputs in the guides again, on a sandbox with the demo's hospital group.

usage: outputs.py [--check]
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "roles" / "xci_sandbox" / "files"))

from xcisandbox import Sandbox  # noqa: E402


def main(arguments: list[str]) -> int:
    with Sandbox(port=0) as sandbox:
        login = {"XCI_LOGIN": sandbox.settings.login, "XCI_PASSWORD": sandbox.settings.password}
        env = {**os.environ, "XCI_URL": sandbox.url, **login}
        subprocess.run(["ansible-playbook", "xivo.xci.demo"], cwd=ROOT, env=env, stdout=subprocess.DEVNULL, check=True)
        pages = [str(path) for path in sorted(ROOT.glob("docs/docsite/rst/*.rst"))]
        command = ["antsibull-docs", "ansible-output", *arguments, *pages]
        return subprocess.run(command, cwd=ROOT, env=env, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Getting started, as it is written: from the tarball alone, in a home of its own."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from ansible_collections.xivo.xci.tests.support import playbook

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tests" / "tools"))
import matrix  # noqa: E402
import pythons  # noqa: E402

OLDEST = next(iter(matrix.CORES))
NEWEST = [core for core in matrix.CORES if core not in matrix.RELEASES][-1]
"""The releases of ansible-core that a reader may get; what is not final is only installed by its full name."""
PAGES = {
    "getting_started": ["Marie Curie", "would get", "XCI differs in 0 objects"],
    "getting_started_fr": ["Marie Curie", "recevrait", "XCI differs in 0 objects"],
}
MAKES_A_VENV = re.compile(r"^(python3 -m venv|pip install) .*")


def commands(page: str) -> list[str]:
    """Return the commands of a page, in their order."""
    text = (ROOT / "docs" / "docsite" / "rst" / f"{page}.rst").read_text(encoding="utf-8")
    return re.findall(r"^    \$ (.*)$", text, re.MULTILINE)


def free_port() -> str:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return str(taken.getsockname()[1])


def fitting_python(core: str, folder: Path) -> Path:
    """Return a folder in which python3 is one that runs an ansible-core."""
    python = next(filter(None, map(pythons.find, matrix.CORES[core])), None)
    if python is None:
        pytest.skip(f"no Python {' or '.join(matrix.CORES[core])} on this machine")
    folder.mkdir()
    (folder / "python3").symlink_to(python)
    return folder


@pytest.mark.slow
@pytest.mark.parametrize(
    ("page", "fresh"),
    [("getting_started", ""), ("getting_started_fr", ""), ("getting_started", OLDEST), ("getting_started", NEWEST)],
)
def test_every_command_works(page: str, fresh: str, tmp_path: Path) -> None:
    """In this virtual environment, or in one that the page's own commands make, with that ansible-core."""
    folder = tmp_path / "work"
    built = playbook.run(tmp_path, "ansible-galaxy", "collection", "build", ROOT, "--output-path", folder)
    assert built.code == 0, built.output
    lines = [line for line in commands(page) if fresh or not MAKES_A_VENV.match(line)]
    # Another port than that of a sandbox that may run on this machine. It ends with this process, however that ends.
    port = free_port()
    script = "\n".join(lines).replace("9001", port)
    script = script.replace(
        "xivo.xci.demo", f"xivo.xci.demo -e xci_sandbox_port={port} -e xci_sandbox_owner={os.getpid()}"
    )
    env = {
        "HOME": str(tmp_path / "own"),
        "PATH": f"{playbook.PROGRAMS}:{os.environ['PATH']}",
        "LANG": "C.UTF-8",
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
        **{name: value for name, value in os.environ.items() if name.startswith("PIP_")},
    }
    (tmp_path / "own").mkdir()
    if fresh:
        (tmp_path / "constraints").write_text(f"ansible-core=={fresh}.*\n", encoding="utf-8")
        env["PIP_CONSTRAINT"] = str(tmp_path / "constraints")
        env["PATH"] = f"{fitting_python(fresh, tmp_path / 'python')}:{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-euxc", script], cwd=folder, env=env, capture_output=True, text=True, check=False, timeout=900
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert [text for text in PAGES[page] if text not in done.stdout] == [], done.stdout
    assert "[WARNING]" not in done.stdout + done.stderr, done.stdout + done.stderr
    assert (folder / ("rapport.html" if page.endswith("fr") else "report.html")).stat().st_size > 10_000
    assert (folder / "config" / ".xci.schema.json").exists()


def test_the_readme_begins_as_this_page_does() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    first, *_others = re.findall(r"^```console\n(.*?)^```", readme, re.MULTILINE | re.DOTALL)
    assert [line.removeprefix("$ ") for line in first.splitlines()] == commands("getting_started")[2:4]

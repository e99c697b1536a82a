# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check the tarball as those do who publish, certify and use it.   usage: packaging.py [CHECK ...]

importer   galaxy-importer, which a server of collections runs
builder    ansible-builder makes the context of the example's execution environment
example    ansible-lint with the profile production, in the example as somebody's repository with the tarball installed
sanity     ansible-test sanity on the tarball's files, on the oldest ansible-core and on the newest one
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import matrix
import pythons
import release

ROOT = matrix.ROOT
NEEDED = ("galaxy-importer==0.4.44", "ansible-builder==3.2.0")
PROBLEMS = ("ERROR: ", "WARNING: ")
"""How lines of galaxy-importer begin that somebody has to see; it succeeds all the same."""
NOT_FOUND = re.compile(r"WARNING: ERROR +Failed to find xivo\.xci\.\w+ playbook\.")
"""ansible-lint looks for playbooks of collections elsewhere than galaxy-importer has them. ``example`` finds these."""


def run(*command: str, cwd: Path, **env: str) -> str:
    """Run a command; return what it printed, or stop if it failed."""
    print("$", *command, flush=True)
    done = subprocess.run(
        command, cwd=cwd, env=os.environ | env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"{done.stdout}\n{command[0]} ended with {done.returncode}")
    return done.stdout


def programs() -> Mapping[str, str]:
    """Return the environment in which the programs of NEEDED are found first."""
    venv = pythons.environment(ROOT / ".cache" / "packaging", Path(sys._base_executable), NEEDED)  # type: ignore[attr-defined]
    return {"PATH": f"{venv / 'bin'}:{os.environ['PATH']}"}


def example(folder: Path) -> Path:
    shutil.copytree(ROOT / "docs" / "example", folder / "example")
    return folder / "example"


def importer(tarball: Path, folder: Path) -> None:
    shutil.copy(tarball, folder)
    # 1.0.0-dev0, which is on main before the first release, is less than 1.0.0.
    rules = ("CHECK_REQUIRED_TAGS", *(() if "-dev" in tarball.name else ("REQUIRE_V1_OR_GREATER",)))
    strict = {f"GALAXY_IMPORTER_{name}": "true" for name in rules}
    settings = folder / "ansible.cfg"
    settings.touch()
    home = {"HOME": str(folder), "ANSIBLE_CONFIG": str(settings)}
    printed = run("python", "-m", "galaxy_importer.main", tarball.name, cwd=folder, **programs(), **strict, **home)
    lines = [line for line in printed.splitlines() if not NOT_FOUND.fullmatch(line)]
    if problems := [line for line in lines if line.startswith(PROBLEMS)]:
        raise SystemExit("\n".join(problems))


def builder(tarball: Path, folder: Path) -> None:
    run("ansible-builder", "create", cwd=example(folder), **programs())


def lint_example(tarball: Path, folder: Path) -> None:
    collections = {"ANSIBLE_COLLECTIONS_PATH": f"{folder}:{ROOT / '.cache' / 'awx'}"}
    run("ansible-galaxy", "collection", "install", str(tarball), "-p", str(folder), cwd=folder, **collections)
    repository = example(folder)
    run("git", "init", "--quiet", cwd=repository)
    run("ansible-lint", "--offline", "--strict", "--profile", "production", cwd=repository, **collections)


def sanity(tarball: Path, folder: Path) -> None:
    for core, arguments in matrix.SANITY.items():
        venv = matrix.environment(core)
        if venv is None:
            print(f"skipped: no Python for ansible-core {core} on this machine")
            continue
        tree = folder / core / "ansible_collections" / "xivo" / "xci"
        tree.mkdir(parents=True)
        with tarfile.open(tarball) as tar:
            tar.extractall(tree, filter="data")
        run("git", "init", "--quiet", cwd=tree)
        command = [str(matrix.TOOLS / "in-collection"), "python", str(matrix.TOOLS / "run_ansible_test.py")]
        run(*command, "--in", str(tree), "sanity", *arguments, cwd=ROOT, VENV=str(venv))


CHECKS: dict[str, Callable[[Path, Path], None]] = {
    "importer": importer,
    "builder": builder,
    "example": lint_example,
    "sanity": sanity,
}


def main(names: list[str]) -> int:
    if unknown := [name for name in names if name not in CHECKS]:
        print(f"Unknown: {', '.join(unknown)}. Known: {', '.join(CHECKS)}", file=sys.stderr)
        return 2
    tarball = release.build()
    for name in names or CHECKS:
        with tempfile.TemporaryDirectory() as folder:
            CHECKS[name](tarball, Path(folder))
        print(f"{name}: passed", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

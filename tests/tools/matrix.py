# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the tests on each supported ansible-core.   usage: matrix.py [VERSION ...]

Each version gets the newest Python that it supports and this machine has, in a virtual environment below .cache/matrix
that is made once. On each: the unit tests but the slow ones, and the slice of the integration tests that is marked
``core``. On the oldest, which is what certification runs, and on the newest also ansible-test sanity. A version without
a Python is skipped and named.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Collection
from pathlib import Path

import pythons

ROOT = Path(__file__).resolve().parents[2]
TOOLS = Path(__file__).resolve().parent
CORES = {
    "2.16": ("3.12", "3.11"),
    "2.17": ("3.12", "3.11"),
    "2.18": ("3.13", "3.12", "3.11"),
    "2.19": ("3.13", "3.12", "3.11"),
    "2.20": ("3.14", "3.13", "3.12"),
    "2.21": ("3.14", "3.13", "3.12"),
    "2.22": ("3.14", "3.13"),
}
RELEASES = {"2.22": "2.22.0rc1"}
"""The release to take where the newest one of a version is not final; pip takes such a one only by its full name."""
SANITY: dict[str, list[str]] = {"2.16": [], "2.22": ["--skip-test", "pylint"]}
"""Where sanity runs too, and what is skipped there: pylint of 2.22 needs what is in no package index."""
OLDEST = {"2.16": ["requests==2.27.1", "urllib3==1.26.*"]}
"""Where the oldest release of a library is taken that requirements.txt allows."""
NEEDED = {
    "ansible-runner",
    "check-jsonschema",
    "hypothesis",
    "jsonschema",
    "pytest",
    "pytest-xdist",
    "requests",
    "trustme",
}


def pinned(names: Collection[str]) -> list[str]:
    """Those of the development tools, in the versions that .venv has."""
    lines = (ROOT / "requirements-dev.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if re.split(r"[=<>; ]", line, maxsplit=1)[0] in names]


def release(core: str) -> str:
    """The requirement of a version, such as ``ansible-core==2.16.*``."""
    return f"ansible-core=={RELEASES.get(core, f'{core}.*')}"


def commands(core: str) -> list[list[str]]:
    pytest = ["python", "-m", "pytest", "-q", "-n", os.environ.get("JOBS", "2")]
    tests = [
        [*pytest, "-m", "not slow", "tests/unit"],
        [*pytest, "-m", "core", "tests/integration", "tests/secrets/test_readable.py"],
    ]
    sanity = ["python", "tests/tools/run_ansible_test.py", "sanity"]
    return [*tests, [*sanity, *SANITY[core]]] if core in SANITY else tests


def environment(core: str) -> Path | None:
    """The virtual environment with a version, or None if this machine has no Python for it."""
    python = next(filter(None, map(pythons.find, CORES[core])), None)
    oldest = OLDEST.get(core, [])
    libraries = pinned(NEEDED - {one.partition("=")[0] for one in oldest})
    folder = ROOT / ".cache" / "matrix" / core
    return python and pythons.environment(folder, python, [release(core), *libraries, *oldest])


def test(core: str) -> str:
    """Test one version; the outcome in words."""
    venv, start = environment(core), time.monotonic()
    if venv is None:
        return f"skipped: no Python {' or '.join(CORES[core])} on this machine"
    for command in commands(core):
        print(f"\n== ansible-core {core}: {' '.join(command)}", flush=True)
        called = [str(TOOLS / "in-collection"), *command]
        if subprocess.run(called, cwd=ROOT, env=os.environ | {"VENV": str(venv)}, check=False).returncode:
            return f"FAILED: {' '.join(command)}"
    skipped = f", without {' '.join(SANITY[core][1:])} of sanity" if SANITY.get(core) else ""
    python = (venv / "bin" / "python").resolve()
    return f"passed in {time.monotonic() - start:.0f} s, with {python}{skipped}"


def main(cores: list[str]) -> int:
    if unknown := [core for core in cores if core not in CORES]:
        print(f"Unknown: {', '.join(unknown)}. Known: {', '.join(CORES)}", file=sys.stderr)
        return 2
    outcomes = {core: test(core) for core in cores or CORES}
    print("\nansible-core")
    for core, outcome in outcomes.items():
        print(f"  {core}  {outcome}")
    tested = any(outcome.startswith("passed") for outcome in outcomes.values())
    return not tested or any(outcome.startswith("FAILED") for outcome in outcomes.values())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

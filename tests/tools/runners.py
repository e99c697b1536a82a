# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run jobs under releases of ansible-runner, as AWX runs them.   usage: runners.py [RUNNER/CORE ...]

Each combination of an ansible-runner and an ansible-core ("2.4.0/2.16") gets a virtual environment below .cache/runners
that is made once, and runs tests/integration/test_progress.py there: through ``ansible-runner run``, through
``transmit``, ``worker`` and ``process``, and in a plain terminal. A job that does not end is stopped and has failed.
Then it runs test_workflow.py, a job that plans and one that applies, and tests/awx/test_jobs.py, each job template of
the example. $AWX_COLLECTIONS is the folder in which the collection awx.awx is.
Up to 2.4.1, which AWX 24 ships, ansible-runner replaces what displays a text in the processes of the workers as well.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from itertools import product

import matrix
import pythons

NEWEST = matrix.pinned({"ansible-runner"})[0].partition("==")[2]
RUNNERS = ("2.3.6", "2.4.0", "2.4.1", NEWEST)
CORES = (next(iter(matrix.CORES)), "2.18", list(matrix.CORES)[-1])
COMBINATIONS = [f"{runner}/{core}" for runner, core in product(RUNNERS, CORES)]
TESTS = ("tests/integration/test_progress.py", "tests/integration/test_workflow.py", "tests/awx/test_jobs.py")
FAILURE = re.compile(r"^(?:FAILED|ERROR) \S+ - (?:AssertionError: )?(.*)", re.MULTILINE)


def test(combination: str) -> str:
    """Test one combination; the outcome in words."""
    runner, core = combination.split("/")
    python = next(filter(None, map(pythons.find, matrix.CORES[core])), None)
    if python is None:
        return f"skipped: no Python {' or '.join(matrix.CORES[core])} on this machine"
    needed = [matrix.release(core), f"ansible-runner=={runner}", *matrix.pinned({"pytest", "requests", "trustme"})]
    venv = pythons.environment(matrix.ROOT / ".cache" / "runners" / f"{runner}-{core}", python, needed)
    print(f"== ansible-runner {runner}, ansible-core {core}", flush=True)
    start = time.monotonic()
    done = subprocess.run(
        [str(matrix.TOOLS / "in-collection"), "python", "-m", "pytest", "-q", *TESTS],
        cwd=matrix.ROOT,
        # Room for the reason in the summary's lines.
        env=os.environ | {"VENV": str(venv), "COLUMNS": "400"},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        print(done.stdout, flush=True)
        return f"FAILED: {'; '.join(FAILURE.findall(done.stdout)) or f'pytest ended with {done.returncode}'}"
    return f"passed in {time.monotonic() - start:.0f} s, with {python.name}"


def main(combinations: list[str]) -> int:
    if unknown := [one for one in combinations if one not in COMBINATIONS]:
        print(f"Unknown: {', '.join(unknown)}. Known: {', '.join(COMBINATIONS)}", file=sys.stderr)
        return 2
    outcomes = {one: test(one) for one in combinations or COMBINATIONS}
    print("\nansible-runner  ansible-core")
    for one, outcome in outcomes.items():
        runner, core = one.split("/")
        print(f"  {runner:14}{core:14}{outcome}")
    tested = any(outcome.startswith("passed") for outcome in outcomes.values())
    return not tested or any(outcome.startswith("FAILED") for outcome in outcomes.values())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

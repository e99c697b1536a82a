# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Interrupt many runs of ansible-playbook.   usage: interrupts.py [--runs 200] [--seed 1] [--jobs 1] [--part 1/1]

Each run writes to a sandbox and is ended by a signal or its task's time-out: in the worker and as an ordinary module,
with and without a terminal, with and without load, on the oldest, a middle and the newest ansible-core of which `make
matrix` has made an environment, and that of .venv. The sandbox counts what reaches it afterwards, and the next run has
to finish. A run without a terminal that is sent SIGINT gets it as its whole process group does. `--part 2/17` runs
every 17th of the runs, from the second on.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [os.environ["ANSIBLE_COLLECTIONS_PATH"], str(ROOT / "roles" / "xci_sandbox" / "files")]

from ansible_collections.xivo.xci.tests.reliability.interruptions import ENDS, TIME_OUT, Case, run  # noqa: E402
from ansible_collections.xivo.xci.tests.support.playbook import PROGRAMS  # noqa: E402

MATRIX = ROOT / ".cache" / "matrix"
CORES = ("2.16", "2.18", "2.22")
WORKS = ("document", "document", "loop", "retry")
BURN = "import os; parent = os.getppid()\nwhile os.getppid() == parent: pass"
"""Makes load, and ends with this program."""


def programs() -> dict[str, Path]:
    """Return where the programs of each ansible-core are, by its version."""
    found = {core: MATRIX / core / "bin" for core in CORES if (MATRIX / core / "bin" / "ansible-playbook").exists()}
    for core in CORES:
        if core not in found:
            print(f"ansible-core {core} is skipped: make matrix has made no environment for it")
    return {**found, ".venv": PROGRAMS}


def cases(count: int, dice: random.Random) -> list[tuple[Case, str, bool]]:
    """Return so many cases, each with its ansible-core and whether there is load: every end and way equally often."""
    cores = programs()
    chosen = []
    for number in range(count):
        end, way = ENDS[number % len(ENDS)], ("worker", "module")[number // len(ENDS) % 2]
        core = list(cores)[number // (2 * len(ENDS)) % len(cores)]
        # Each item of a loop has the whole time of its task.
        work = dice.choice([one for one in WORKS if (one, end) != ("loop", TIME_OUT)])
        case = Case(end, way, work, dice.random() < 0.5, cores[core], after=dice.randint(1, 12))
        chosen.append((case, core, dice.random() < 0.3))
    return chosen


def judge(case: Case, loaded: bool, folder: Path) -> list[str]:
    """Run one case; return what is wrong."""
    burners = [subprocess.Popen([sys.executable, "-c", BURN]) for _core in range((os.cpu_count() or 1) * loaded)]
    try:
        ended = run(case, folder)
        later[ended.later] += 1
        return ended.wrong
    except AssertionError as error:
        return [str(error)]
    finally:
        for burner in burners:
            burner.kill()
            burner.wait()


later: Counter[int] = Counter()


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, default=200)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--jobs", type=int, default=1)
    options.add_argument("--part", default="1/1")
    given = options.parse_args()
    part, parts = map(int, given.part.split("/"))
    lock, counts, failed = threading.Lock(), Counter[str](), 0

    def one(case: Case, core: str, loaded: bool) -> int:
        with tempfile.TemporaryDirectory() as folder:
            wrong = judge(case, loaded, Path(folder))
        terminal, load = "terminal" if case.terminal else "no terminal", "load" if loaded else "no load"
        with lock:
            for each in (case.end, case.way, case.work, core, terminal, load):
                counts[f"{each}: {'wrong' if wrong else 'right'}"] += 1
            words = (case.end, case.way, case.work, core, terminal, load, f"after {case.after}")
            print(f"{', '.join(words)}: {'; '.join(wrong) or 'right'}", flush=True)
        return bool(wrong)

    with ThreadPoolExecutor(given.jobs) as pool:
        many = cases(given.runs, random.Random(given.seed))[part - 1 :: parts]  # noqa: S311
        failed = sum(pool.map(lambda each: one(*each), many))
    for name, count in sorted(counts.items()):
        print(f"  {name} {count}")
    print(f"writes that reached the sandbox after the end, in how many runs: {dict(sorted(later.items()))}")
    print(f"{len(many)} runs, {failed} wrong")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())

# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task, a loop and a document cost, measured against a sandbox on this machine.

usage: make bench [ARGS="--quick --only loop,document --save"]
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from ansible_collections.xivo.xci.tests.bench import documents, loop, sharing
from ansible_collections.xivo.xci.tests.bench.bench import Bench
from ansible_collections.xivo.xci.tests.bench.plays import Stage
from ansible_collections.xivo.xci.tests.bench.report import Report
from ansible_collections.xivo.xci.tests.bench.server import ROOT, Server

# The benchmark keeps less than two processes running: Ansible or bare requests, and the sandbox.
BUSY = 1.5
SECTIONS: dict[str, Callable[[Bench], None]] = {
    "loop": loop.run,
    "sharing": sharing.run,
    "document": documents.run,
    "growth": loop.growth,
    "crowded": loop.crowded,
}


def main() -> int:
    options = _options()
    # An exception ends the sandbox too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    facts, report, started = _facts(), Report(judges=not options.quick), time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="xci-bench-") as folder, Server(Path(folder)) as server:
        bench = Bench(Path(folder), Stage(Path(folder), server), report, options.quick)
        for name in options.only:
            SECTIONS[name](bench)
    facts["took"] = f"{(time.perf_counter() - started) / 60:.1f} minutes, {'quick' if options.quick else 'full'} mode"
    if os.getloadavg()[1] > (os.cpu_count() or 1) * BUSY:
        facts["beware"] = "the machine had other work, so that the times are worth little; the numbers of requests hold"
    print(report.as_markdown(facts))
    if options.save:
        _save(report, facts)
    return 1 if report.failed else 0


def _save(report: Report, facts: dict[str, str]) -> None:
    head = (Path(__file__).parent / "head.md").read_text(encoding="utf-8")
    (ROOT / "docs").mkdir(exist_ok=True)
    (ROOT / "docs" / "benchmark.md").write_text(f"{head}\n{report.as_markdown(facts)}", encoding="utf-8")
    figures = json.dumps(report.as_json(facts), indent=1, ensure_ascii=False)
    (ROOT / "docs" / "benchmark.json").write_text(f"{figures}\n", encoding="utf-8")


def _options() -> argparse.Namespace:
    cli = argparse.ArgumentParser(prog="make bench", description="What a task, a loop and a document cost.")
    cli.add_argument("--only", type=_sections, default=list(SECTIONS), help=f"some of {','.join(SECTIONS)}")
    cli.add_argument("--quick", action="store_true", help="fewer rounds over fewer items, in under three minutes")
    cli.add_argument("--save", action="store_true", help="keep the table as docs/benchmark.md and .json")
    return cli.parse_args()


def _sections(text: str) -> list[str]:
    names = text.split(",")
    if strangers := set(names) - set(SECTIONS):
        raise argparse.ArgumentTypeError(f"no section {', '.join(sorted(strangers))}; there are {', '.join(SECTIONS)}")
    return names


def _facts() -> dict[str, str]:
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return {
        "date": time.strftime("%Y-%m-%d"),
        "versions": f"ansible-core {version('ansible-core')}, requests {version('requests')}, {python}",
        "machine": f"{os.cpu_count()} cores, {platform.system()} on {platform.machine()}",
        "load at the start": f"{os.getloadavg()[0]:.1f} runnable processes in the last minute",
    }


if __name__ == "__main__":
    sys.exit(main())

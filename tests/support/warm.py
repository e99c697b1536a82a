# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Starts programs of Ansible from a process that has imported all that they need beside Ansible.

That is more than half of what the start of ansible-playbook costs. Ansible itself is imported anew each time, since it
reads its settings then.
"""

from __future__ import annotations

import functools
import multiprocessing
import os
import runpy
import subprocess
import sys
from collections.abc import Mapping, Sequence
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path

BEFORE = "import ansible.cli.playbook, ansible.executor.playbook_executor, ansible.plugins.strategy.linear, requests"
"""What a run imports in any case."""
BECOME = Path(__file__).with_name("become.py")
NOT_BEFORE = ("ansible", "__main__", "sitecustomize")


@functools.cache
def _context() -> ForkServerContext:
    """Return what makes such processes."""
    program = f"{BEFORE}; import sys; print(*sys.modules)"
    listed = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([name for name in listed if not name.startswith(NOT_BEFORE)])
    return context


def start(command: Sequence[str], folder: Path, env: Mapping[str, str], output: tuple[Path, Path]) -> ForkServerProcess:
    """Start a program that is written in Python, with an empty standard input; its output goes to two files."""
    places = [place for place in sys.path if place.startswith((sys.prefix, sys.base_prefix))]
    how = {"command": command, "folder": folder, "env": dict(env), "places": places, "files": (os.devnull, *output)}
    process = _context().Process(target=runpy.run_path, args=(str(BECOME), {"how": how}))
    process.start()
    return process

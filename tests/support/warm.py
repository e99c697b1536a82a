# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Starts programs of Ansible from a process that has done already what does not depend on Ansible's settings.

That is two thirds of what the start of ansible-playbook costs: see preload.py. What reads the settings is imported anew
each time.
"""

from __future__ import annotations

import functools
import multiprocessing
import os
import runpy
import sys
from collections.abc import Mapping, Sequence
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path

import pytest

BECOME = Path(__file__).with_name("become.py")


@functools.cache
def _context() -> ForkServerContext:
    """Return what makes such processes."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["preload"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(BECOME.parent), prepend=os.pathsep)
        forkserver.ensure_running()
    return context


def start(command: Sequence[str], folder: Path, env: Mapping[str, str], output: tuple[Path, Path]) -> ForkServerProcess:
    """Start a program that is written in Python, with an empty standard input; its output goes to two files."""
    places = [place for place in sys.path if place.startswith((sys.prefix, sys.base_prefix))]
    how = {"command": command, "folder": folder, "env": dict(env), "places": places, "files": (os.devnull, *output)}
    process = _context().Process(target=runpy.run_path, args=(str(BECOME), {"how": how}))
    process.start()
    return process

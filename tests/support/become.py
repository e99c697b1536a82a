# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Turns this process into the program that *how* describes: its command, folder, environment, paths and files.

warm.py runs this in a process of its own.
"""

from __future__ import annotations

import atexit
import os
import runpy
import sys
from pathlib import Path
from typing import Any

how: dict[str, Any] = globals()["how"]  # from warm.py

os.environ.clear()
os.environ.update(how["env"])
os.chdir(how["folder"])
for number, path in enumerate(how["files"]):
    handle = os.open(path, os.O_RDWR)
    os.dup2(handle, number)
    os.close(handle)
sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 (it is open to the program's end)
sys.argv = list(how["command"])
sys.path[:] = [str(Path(sys.argv[0]).parent), *how["places"]]
try:
    runpy.run_path(sys.argv[0], run_name="__main__")
finally:
    # A process of multiprocessing ends without that; Ansible removes its temporary folder there.
    atexit._run_exitfuncs()

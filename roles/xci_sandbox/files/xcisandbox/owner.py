# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The process for which a sandbox runs: it ends with that one, however that ends."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

TURN = 0.5
"""Seconds after which it is looked at again."""


def watch(pid: int, gone: Callable[[], None]) -> None:
    """Call a function as soon as a process does not run any more, from another thread."""
    began = _began(pid)

    def look() -> None:
        turn = threading.Event()
        while _began(pid) == began != "":
            turn.wait(TURN)
        gone()

    threading.Thread(target=look, name="xci-sandbox-owner", daemon=True).start()


def _began(pid: int) -> str:
    """Return what distinguishes a process from later ones with its number; empty where it does not run."""
    try:
        # Its name, in brackets, may hold anything.
        state, *rest = (
            Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        )
    except OSError:
        return "" if Path("/proc/self/stat").exists() else _signalled(pid)
    return "" if state in "ZX" else rest[18]


def _signalled(pid: int) -> str:
    """Return whether a process runs on a system that does not say more of it."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return ""
    except PermissionError:
        pass
    return "runs"

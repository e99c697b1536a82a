# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs an XCI sandbox: `python3 xci_sandbox.py --help`. From Python: `from xci_sandbox import Sandbox`."""

from __future__ import annotations

import sys

from xcisandbox import Sandbox, Settings
from xcisandbox.cli import main

__all__ = ["Sandbox", "Settings"]

if __name__ == "__main__":
    sys.exit(main())

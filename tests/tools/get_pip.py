# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Replaces the get-pip script that ansible-test would download: installs pip with the copy that Python ships.

With it, ansible-test needs a package index and nothing else, and takes the one that pip is configured for.
"""

from __future__ import annotations

import ensurepip
import runpy
import sys
from pathlib import Path

bundled = Path(ensurepip.__file__).parent / "_bundled"
sys.path.insert(0, str(next(bundled.glob("pip-*.whl"))))
unknown_to_pip = {"--no-setuptools", "--no-wheel"}
sys.argv[1:] = ["install", *(argument for argument in sys.argv[1:] if argument not in unknown_to_pip)]
runpy.run_module("pip", run_name="__main__", alter_sys=True)

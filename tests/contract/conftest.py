# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The checkout as the collection, and the sandbox to import."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "roles" / "xci_sandbox" / "files"))

# The finder of the unit tests makes the checkout importable as the collection.
spec = importlib.util.spec_from_file_location("xivo_xci_unit_conftest", ROOT / "tests" / "unit" / "conftest.py")
assert spec
assert spec.loader
spec.loader.exec_module(importlib.util.module_from_spec(spec))

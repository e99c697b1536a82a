# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""For all tests: the checkout as the collection, the sandbox to import, and our requests compared with XCI's API."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
FILES = HERE.parent / "roles" / "xci_sandbox" / "files"
if str(FILES) not in sys.path:
    sys.path.insert(0, str(FILES))

# What makes the checkout importable is kept with the unit tests, which also run without this file.
spec = importlib.util.spec_from_file_location("xivo_xci_unit_conftest", HERE / "unit" / "conftest.py")
assert spec
assert spec.loader
spec.loader.exec_module(importlib.util.module_from_spec(spec))

# 'ansible-test units' brings less; here the same tests run with it.
if importlib.util.find_spec("jsonschema"):
    from ansible_collections.xivo.xci.tests.contract import hook

    requests_follow_the_api = hook.requests_follow_the_api

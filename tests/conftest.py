# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""For all tests: the checkout as the collection, the sandbox to import, and our requests compared with XCI's API.

A plain ``pytest tests/unit`` or ``pytest tests/integration`` works in a checkout of any name, and so do the playbooks
that a test starts.
"""

from __future__ import annotations

import atexit
import importlib.util
import os
import random
import shutil
import sys
import tempfile
from pathlib import Path

import pytest
from ansible.utils.collection_loader._collection_finder import _AnsibleCollectionFinder

ROOT = Path(__file__).resolve().parents[1]
OTHERS = ("XCI_", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
"""How the variables begin that would lead tests to another XCI, or past a proxy."""
NAME = "ansible_collections.xivo.xci"


def importable() -> bool:
    """Whether the name leads to this very checkout: an installed release must not be tested in its place."""
    try:
        spec = importlib.util.find_spec(NAME)
    except ModuleNotFoundError:
        return False
    places = (spec.submodule_search_locations if spec else None) or []
    return any(Path(place).resolve() == ROOT for place in places)


def collections_path() -> str:
    """Return a collections path that leads to this very checkout: the one in use, or a new one with a link to it."""
    given = os.environ.get("ANSIBLE_COLLECTIONS_PATH", "")
    if given and Path(given, *NAME.split("."), "tests").resolve() == ROOT / "tests":
        return given
    collections = tempfile.mkdtemp(prefix="xivo-xci-")
    atexit.register(shutil.rmtree, collections, ignore_errors=True)
    namespace = Path(collections, "ansible_collections", "xivo")
    namespace.mkdir(parents=True)
    (namespace / "xci").symlink_to(ROOT, target_is_directory=True)
    return collections


for name in [name for name in os.environ if name.upper().startswith(OTHERS)]:
    del os.environ[name]
os.environ["ANSIBLE_COLLECTIONS_PATH"] = collections_path()
if not importable():
    _AnsibleCollectionFinder(paths=[os.environ["ANSIBLE_COLLECTIONS_PATH"]], scan_sys_paths=False)._install()
sys.path.insert(0, str(ROOT / "roles" / "xci_sandbox" / "files"))


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Let the sandboxes of a test shuffle their lists in the same way each time; those of a slow test do it anew."""
    if not item.get_closest_marker("slow"):
        random.seed(item.nodeid)


# 'ansible-test units' brings less; here the same tests run with it.
if importlib.util.find_spec("jsonschema"):
    from ansible_collections.xivo.xci.tests.contract import hook

    requests_follow_the_api = hook.requests_follow_the_api

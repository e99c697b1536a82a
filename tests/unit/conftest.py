# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lets a plain ``pytest tests/unit`` import ``ansible_collections.xivo.xci`` from a checkout of any name."""

from __future__ import annotations

import atexit
import importlib.util
import shutil
import tempfile
from pathlib import Path

from ansible.utils.collection_loader._collection_finder import _AnsibleCollectionFinder

ROOT = Path(__file__).resolve().parents[2]
NAME = "ansible_collections.xivo.xci"


def importable() -> bool:
    """Whether the name leads to this very checkout: an installed release must not be tested in its place."""
    try:
        spec = importlib.util.find_spec(NAME)
    except ModuleNotFoundError:
        return False
    places = (spec.submodule_search_locations if spec else None) or []
    return any(Path(place).resolve() == ROOT for place in places)


def install_finder() -> None:
    """Lay a collections path with a link to the checkout and let Ansible's own import hook serve it."""
    collections = tempfile.mkdtemp(prefix="xivo-xci-")
    atexit.register(shutil.rmtree, collections, ignore_errors=True)
    namespace = Path(collections, "ansible_collections", "xivo")
    namespace.mkdir(parents=True)
    (namespace / "xci").symlink_to(ROOT, target_is_directory=True)
    _AnsibleCollectionFinder(paths=[collections], scan_sys_paths=False)._install()


if not importable():
    install_finder()

# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What each run of ansible-playbook does again in the same way, done once: warm.py's process imports this first.

That is to import all but what reads Ansible's settings, to compile the collection's code, and to read its and Ansible's
meta/runtime.yml: two thirds of the time of a start.
"""

from __future__ import annotations

import functools
import os
import subprocess
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import Any

NEEDED = "import ansible.cli.playbook, ansible.executor.playbook_executor, ansible.plugins.strategy.linear, requests"
"""What a run imports in any case."""
NOT_BEFORE = ("ansible.cli", "__main__", "sitecustomize")
SETTINGS = "ansible.constants"
"""Reads the settings as soon as it is imported, so that each run has to import it and all that imports it."""


class NoSettings:
    """Refuses the import of the settings, and so of all modules that need them."""

    def find_spec(self, name: str, _path: object = None, _target: object = None) -> ModuleSpec | None:
        if name == SETTINGS:
            raise ImportError(f"{name} is imported by each run")
        return None


def import_all_without_settings() -> None:
    program = f"{NEEDED}; import sys; print(*sys.modules)"
    listed = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    sys.meta_path.insert(0, NoSettings())
    for name in listed:
        if not name.startswith(NOT_BEFORE):
            try:
                __import__(name)
            except ImportError:
                continue
    del sys.meta_path[0]


def compile_and_read_collection() -> None:
    """Give Ansible's loader of collections what it would make of this collection's files, as long as they are so."""
    from ansible.utils.collection_loader import _collection_finder as loader  # noqa: PLC0415 (not before the others)

    collection = Path(os.environ["ANSIBLE_COLLECTIONS_PATH"], "ansible_collections", "xivo", "xci")
    codes: dict[Any, Any] = {}
    for file in (collection / "plugins").rglob("*.py"):
        source = file.read_bytes()
        codes[source, str(file)] = compile(source, str(file), "exec", dont_inherit=True)

    def compiled(source: Any, filename: str, **how: Any) -> Any:
        return codes.get((source, filename)) or compile(source=source, filename=filename, **how)

    read = loader._meta_yml_to_dict
    builtin = Path(sys.modules["ansible"].__file__ or "").with_name("config") / "ansible_builtin_runtime.yml"
    metas = {text: read(text, "") for text in (builtin.read_bytes(), (collection / "meta/runtime.yml").read_bytes())}

    @functools.wraps(read)
    def known(text: Any, content_id: Any) -> Any:
        return metas.pop(text, None) or read(text, content_id)

    vars(loader).update(compile=compiled, _meta_yml_to_dict=known)


import_all_without_settings()
compile_and_read_collection()

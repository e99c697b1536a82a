# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an ordinary module imports first: it makes a process that lives for half a second start and end sooner.

Ansible sends an ordinary module in a zip archive, from which Python compiles each file whenever a module runs. CPython
does so twice, since ``zipimporter.get_filename`` compiles a file to tell its name, and a spec asks for it. A spec
without that costs half.

While files are imported nearly all that is made stays, and at the end all goes with the process: looking for cycles
among it, as CPython does over and over, finds nothing. It is done only between the two, while the module runs.
"""

from __future__ import annotations

import gc
import pkgutil
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec as ImportSpec
from types import ModuleType
from typing import TYPE_CHECKING, Any
from zipimport import zipimporter

if TYPE_CHECKING:
    from .spec import ModuleSpec

OURS = __name__.rpartition(".modules.")[0] + "."


def is_archive(importer: object) -> bool:
    """Return whether files come from a zip archive, in a way that needs no location: not before Python 3.10."""
    return isinstance(importer, zipimporter) and hasattr(importer, "exec_module")


class CompiledOnce(MetaPathFinder):
    """Finds our own files in a zip archive."""

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ImportSpec | None:
        """Return how to import one of our files, None for a package, for other names and elsewhere."""
        if not name.startswith(OURS) or not path:
            return None
        importer: Any = pkgutil.get_importer(path[0])
        if not is_archive(importer):
            return None
        try:
            package = importer.is_package(name)
        except ImportError:
            return None
        return None if package else ImportSpec(name, importer, origin=name)


def run_module(spec: ModuleSpec) -> None:
    """Run a module, from its arguments to its exit."""
    from .ordinary import run

    gc.freeze()
    gc.enable()
    try:
        run(spec)
    finally:
        gc.freeze()


if is_archive(__spec__.loader):
    gc.disable()
    sys.meta_path.insert(0, CompiledOnce())

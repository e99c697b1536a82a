# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every module by its name, for who runs any of them: the worker, and tests."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from functools import cache
from typing import cast

from ..model.resources import RESOURCES
from .spec import ModuleSpec

JOBS: Mapping[str, str] = {
    "xci_compare": "comparison",
    "xci_directory": "directory",
    "xci_doctor": "doctor",
    "xci_leave": "leave",
    "xci_move": "move",
    "xci_people": "people",
    "xci_renumber": "renumber",
    "xci_report": "report",
}
"""The modules for jobs, each with the file that says what it is."""

FILES: Mapping[str, str] = {"xci_config": "config", "xci_config_info": "export", **JOBS, "xci_sync": "sync"}
"""The same of all modules that are not of one kind."""

NAMES = (*(f"xci_{kind}{suffix}" for kind in RESOURCES for suffix in ("", "_info")), *FILES)


@cache
def _spec_of(name: str) -> ModuleSpec:
    """Return what a module is, such as ``xci_user``.

    Imported when it is asked for: no import statement names all of them, since Ansible sends along with an ordinary
    module what its files import, used or not.
    """
    if name in FILES:
        return cast(ModuleSpec, importlib.import_module(f".{FILES[name]}", __package__).MODULE)
    kind, info, _nothing = name[len("xci_") :].partition("_info")
    file = "info" if info else "present"
    return cast(ModuleSpec, getattr(importlib.import_module(f".{file}", __package__), f"{file}_module")(kind))


class _Modules(Mapping[str, ModuleSpec]):
    """All modules by their names."""

    def __contains__(self, name: object) -> bool:
        return name in NAMES

    def __getitem__(self, name: str) -> ModuleSpec:
        if name not in NAMES:
            raise KeyError(name)
        return _spec_of(name)

    def __iter__(self) -> Iterator[str]:
        return iter(NAMES)

    def __len__(self) -> int:
        return len(NAMES)


MODULES = _Modules()

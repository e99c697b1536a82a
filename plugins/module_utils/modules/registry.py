# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every module by its name: its options, and what it does. Both ways of running look here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, Callable

from ..api.errors import XciError
from ..api.settings import CONNECTION, variable_of
from ..model.resources import RESOURCES
from .context import Context


@dataclass(frozen=True)
class ModuleSpec:
    """One module: its options, and what it does with them."""

    options: Mapping[str, Any]
    run: Callable[[Mapping[str, Any], Context], dict[str, Any]]

    def argument_spec(self, fallback: Callable[..., Any]) -> dict[str, Any]:
        """Return the whole argument spec; *fallback* returns an environment variable."""
        connection = {name: {**spec, "fallback": (fallback, [variable_of(name)])} for name, spec in CONNECTION.items()}
        return {**connection, **self.options}

    def top_level(self, fallback: Callable[..., Any] | None) -> dict[str, Any]:
        """Return the argument spec without what is inside of the entries of a document, of which there may be many."""
        spec = self.argument_spec(fallback) if fallback else {**CONNECTION, **self.options}
        lists = {resource.plural for resource in RESOURCES.values()}
        return {
            name: {key: value for key, value in argument.items() if key != "options" or name not in lists}
            for name, argument in spec.items()
        }

    def __call__(self, options: Mapping[str, Any], context: Context) -> dict[str, Any]:
        """Run and return the result, failed or not: ``changed``, what the module returns, ``calls``."""
        start = context.client.counted()
        try:
            result = self.run(options, context)
        except XciError as error:
            result = {"failed": True, **error.result()}
        context.warnings += context.state.unreadable()
        calls = {method: count - start[method] for method, count in context.client.counted().items()}
        return {**result, "calls": calls}


def _compare() -> ModuleSpec:
    from . import comparison

    return ModuleSpec(comparison.OPTIONS, comparison.compare)


def _directory() -> ModuleSpec:
    from . import directory

    return ModuleSpec(directory.OPTIONS, directory.write_directory)


def _doctor() -> ModuleSpec:
    from . import doctor

    return ModuleSpec(doctor.OPTIONS, doctor.examine)


def _leave() -> ModuleSpec:
    from . import leave

    return ModuleSpec(leave.OPTIONS, leave.leave)


def _move() -> ModuleSpec:
    from . import move

    return ModuleSpec(move.OPTIONS, move.move)


def _people() -> ModuleSpec:
    from . import people

    return ModuleSpec(people.OPTIONS, people.synchronize_people)


def _renumber() -> ModuleSpec:
    from . import renumber

    return ModuleSpec(renumber.OPTIONS, renumber.renumber)


def _report() -> ModuleSpec:
    from . import report

    return ModuleSpec(report.OPTIONS, report.report)


JOBS: Mapping[str, Callable[[], ModuleSpec]] = {
    "xci_compare": _compare,
    "xci_directory": _directory,
    "xci_doctor": _doctor,
    "xci_leave": _leave,
    "xci_move": _move,
    "xci_people": _people,
    "xci_renumber": _renumber,
    "xci_report": _report,
}
"""The modules for jobs, each with what makes it: Ansible looks for import statements to know what to send along."""

NAMES = (
    *(f"xci_{kind}{suffix}" for kind in RESOURCES for suffix in ("", "_info")),
    "xci_config",
    "xci_config_info",
    *JOBS,
    "xci_sync",
)


@cache
def _spec_of(name: str) -> ModuleSpec:
    """Return what a module is, such as ``xci_user``.

    Only its own code is imported: an ordinary module compiles all that it imports each time.
    """
    kind = name[len("xci_") :]
    if kind in RESOURCES:
        from .present import object_options, present

        return ModuleSpec(object_options(RESOURCES[kind]), partial(present, RESOURCES[kind]))
    if kind.endswith("_info") and kind[: -len("_info")] in RESOURCES:
        from . import info

        resource = RESOURCES[kind[: -len("_info")]]
        return ModuleSpec(info.argument_spec(resource), partial(info.show, resource))
    if name == "xci_config":
        from . import config

        return ModuleSpec(config.OPTIONS, config.configure)
    if name == "xci_config_info":
        from . import export

        return ModuleSpec(export.OPTIONS, export.export)
    if name in JOBS:
        return JOBS[name]()
    from .sync import synchronize

    return ModuleSpec({}, synchronize)


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

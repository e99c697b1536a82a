# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What xci_config and xci_config_info do: a document applied, and read back."""

from __future__ import annotations

import contextlib
import gc
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..api.errors import InputError, ReferenceError_
from ..engine.execute import Execution
from ..engine.planner import KINDS, PURGEABLE, Planner, as_plan, summary, with_default
from ..model.change import DELETE, Operation, as_options
from ..model.fields import Resource, Values
from ..model.resources import RESOURCES
from ..state.index import Item
from ..state.planned import Foresight
from ..state.state import Directory
from .context import Task
from .present import as_text

OPTIONS: dict[str, Any] = {
    # Whole lists are kept out of logs: the options in them hold passwords.
    **{kind: {"type": "list", "elements": "dict", "no_log": kind in ("users", "admins")} for kind in KINDS},
    "src": {"type": "list", "elements": "path"},
    "purge": {"type": "list", "elements": "str", "choices": list(PURGEABLE), "default": []},
    "max_deletions": {"type": "int", "default": 10},
    "parallelism": {"type": "int", "default": 8},
    "on_error": {"type": "str", "choices": ["stop", "continue"], "default": "stop"},
    "default_template": {"type": "str"},
}
PLACE = re.compile(r"\[\d+\]|\bline \d+")
"""Where a fault is, in a list or in a file."""
MOST_ALIKE = 5
"""How many faults that differ in nothing else are told one by one."""


def configure(options: Mapping[str, Any], task: Task) -> dict[str, Any]:
    """Bring XCI to what a document says; return the module's result."""
    if options["parallelism"] < 1 or options["max_deletions"] < 0:
        raise InputError("parallelism must be 1 or more, and max_deletions 0 or more")
    document = with_default({kind: options.get(kind) for kind in KINDS}, options.get("default_template"))
    # On a view of its own: what is not carried out in the end must not stay for the next item of a loop.
    below = task.foresight() if task.check else task.directory
    view = Foresight(below, assume=task.check and task.journal is None)
    planner = Planner(view, options["parallelism"])
    faults: list[str] = []
    try:
        with _garbage_left_alone():
            planner.plan(document, options["purge"], task.place)
    except InputError as error:
        faults = error.faults
    finally:
        task.tell_assumed(view)
        task.warnings += planner.warnings
    operations = planner.operations
    result: dict[str, Any] = {
        "changed": bool(operations),
        "plan": [as_plan(operation) for operation in operations],
        "summary": summary(operations, planner.unchanged),
        "errors": [],
        "not_tried": [],
    }
    if task.diff:
        result["diff"] = [as_text(operation.diff()) for operation in operations]
    if faults:
        errors = [{"msg": fault} for fault in faults]
        return {**result, "changed": False, "failed": True, "msg": _faulty(faults), "errors": errors}
    too_many = _too_many(operations, options["max_deletions"])
    if too_many:
        return {**result, "changed": False, "failed": True, "msg": too_many}
    if isinstance(below, Foresight):
        for change in planner.foretold:
            below.foretell(change)
            if task.journal:
                task.journal.add(change)
        return result
    return {**result, **_carry_out(operations, options, task)}


@contextlib.contextmanager
def _garbage_left_alone() -> Iterator[None]:
    """Let a plan grow: it makes a million small objects that stay, and looking for garbage takes a seventh of it."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _faulty(faults: list[str]) -> str:
    """Return what to tell of a document's faults; of many that differ only in their place, the first few."""
    alike: dict[str, list[str]] = {}
    for fault in faults:
        alike.setdefault(PLACE.sub("", fault), []).append(fault)
    told: list[str] = []
    for same in alike.values():
        told += same if len(same) <= MOST_ALIKE else [*same[:3], f"and {len(same) - 3} more like these, see errors"]
    many = f"{len(faults)} faults in the document" if len(faults) > 1 else "a fault in the document"
    return f"nothing was written, for {many}: {'; '.join(told)}"


def _too_many(operations: Sequence[Operation], most: int) -> str:
    deletions = [operation for operation in operations if operation.action == DELETE]
    if len(deletions) <= most:
        return ""
    first = ", ".join(f"{operation.resource.kind} {operation.key}" for operation in deletions[:5])
    return (
        f"nothing was written: this would delete {len(deletions)} objects, and max_deletions is {most}. "
        f"They begin with {first}; the plan shows all. Raise max_deletions if that is meant"
    )


def _carry_out(operations: Sequence[Operation], options: Mapping[str, Any], task: Task) -> dict[str, Any]:
    # A name or number may change on the way.
    names = {id(op): _name(op) for op in operations}
    execution = Execution(task.directory, options["parallelism"], options["on_error"] == "stop", task.progress)
    execution.run(operations)
    errors = [{**names[id(op)], "msg": execution.failed[id(op)]} for op in operations if id(op) in execution.failed]
    left = [op for op in operations if id(op) not in execution.failed and id(op) not in execution.done]
    outcome = {"changed": bool(execution.done), "errors": errors}
    outcome["not_tried"] = [names[id(op)] for op in left]
    if errors:
        outcome["failed"] = True
        outcome["msg"] = (
            f"{len(errors)} of {len(operations)} writes failed, {len(execution.done)} were done and "
            f"{len(left)} not tried; run again to do what is left. First: {errors[0]['msg']}"
        )
    return outcome


def _name(operation: Operation) -> dict[str, str]:
    return {"action": operation.action, "kind": operation.resource.kind, "key": operation.key}


INFO_OPTIONS: dict[str, Any] = {
    "kinds": {"type": "list", "elements": "str", "choices": list(KINDS), "default": list(KINDS)},
    "xivo": {"type": "str"},
    "entity": {"type": "str"},
    "default_template": {"type": "str"},
    "parallelism": {"type": "int", "default": 8},
}


def export(options: Mapping[str, Any], task: Task) -> dict[str, Any]:
    """Read XCI back as a document; return the module's result."""
    directory = task.foresight() if task.check else task.directory
    part = _Part(directory, options)
    config = {
        resource.plural: [as_options(resource, item.values) for item in part.of(resource)]
        for resource in RESOURCES.values()
        if resource.plural in options["kinds"]
    }
    template = options.get("default_template")
    if template and config.get("users"):
        label = directory.label_of(RESOURCES["template"], directory.resolve("template", template))
        config["users"] = [{**user, "template": label} for user in config["users"]]
    return {"changed": False, "config": config, "left_out": _left_out(config, bool(template))}


def _left_out(config: Mapping[str, Any], has_template: bool) -> list[str]:
    """Return the options that XCI does not show, such as ``users.template``, for a person to add."""
    return [
        f"{resource.plural}.{one.name}"
        for resource in RESOURCES.values()
        if config.get(resource.plural)
        for one in resource.fields
        if (one.secret or (one.rides and one.required)) and not (has_template and one.name == "template")
    ]


class _Part:
    """The part of an XCI that is asked for: all, or what belongs to one XiVO or entity."""

    def __init__(self, directory: Directory, options: Mapping[str, Any]) -> None:
        self._directory = directory
        self._parallelism = options["parallelism"]
        self._kept: dict[str, set[str]] = {}
        if options.get("entity"):
            entity = directory.resolve("entity", options["entity"])
            self._keep("entity", entity)
            self._kept["xivo"] = {entity.values["xivo"]}
        if options.get("xivo"):
            self._keep("xivo", directory.resolve("xivo", options["xivo"]))

    def _keep(self, kind: str, item: Item) -> None:
        self._kept[kind] = {self._directory.label_of(RESOURCES[kind], item)}

    def of(self, resource: Resource) -> list[Item]:
        """Return the objects of a kind that belong to it, in a stable order."""
        items = [item for item in self._all(resource) if self._belongs(resource, item)]
        return sorted(items, key=lambda item: _order(resource, item.values))

    def _all(self, resource: Resource) -> list[Item]:
        directory = self._directory
        if not resource.scope:
            return list(directory.listing(resource.kind).items.values())
        scopes = self.of(RESOURCES[resource.scope])
        directory.prefetch(resource.kind, scopes, self._parallelism)
        return [item for scope in scopes for item in directory.listing(resource.kind, scope).items.values()]

    def _belongs(self, resource: Resource, item: Item) -> bool:
        label = self._directory.label_of(resource, item) if resource.kind in self._kept else ""
        if label and label not in self._kept[resource.kind]:
            return False
        if label or resource.scope or not self._kept:
            return True
        shown = {name: ref.kind for name, ref in resource.references.items() if resource[name].reads}
        return any(self._is_kept(kind, item.values[name]) for name, kind in shown.items())

    def _is_kept(self, kind: str, value: Any) -> bool:
        """Tell whether a reference leads to something that belongs to the part."""
        labels = set(value if isinstance(value, list) else [value])
        if kind in self._kept:
            return bool(labels & self._kept[kind])
        return any(self._leads_there(RESOURCES[kind], label) for label in labels)

    def _leads_there(self, resource: Resource, label: str) -> bool:
        try:
            return self._belongs(resource, self._directory.resolve(resource.kind, label))
        except ReferenceError_:
            # Another administrator may see it.
            return False


def _order(resource: Resource, values: Values) -> tuple[Any, ...]:
    """Return what sorts the objects of a document so that a second export is like the first."""
    names = ([resource.scope] if resource.scope else []) + list(resource.identity)
    return tuple((len(values[name]) if values[name].isdigit() else 0, values[name]) for name in names)

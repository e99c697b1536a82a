# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares what is wanted with what is there, and says what to do. Pure: no I/O, no Ansible."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..api.errors import InputError
from .fields import Field, Resource, Values, plain
from .values import Names

CREATE, UPDATE, DELETE = "create", "update", "delete"
NOT_SHOWN = "(changed, not shown)"


@dataclass
class Operation:
    """One write to do: what it is, what stands before it, what stands after it.

    *wanted* is what the playbook gave, with references as labels and with secrets; *before* and *after* are whole
    objects in normal form, empty where there is none; *changed* names the fields that differ.
    """

    action: str
    resource: Resource
    # With secrets: they must not stand in the text of an operation.
    wanted: Values = field(repr=False)
    before: Values = field(repr=False)
    after: Values = field(repr=False)
    changed: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """The object that it changes as XCI shows it; empty where it creates one."""
    doubts: list[str] = field(default_factory=list)
    """Why XCI may refuse it; a document takes that for a fault."""
    lacks: list[str] = field(default_factory=list)
    """What has to be said for it and is not, of what XCI never shows; a plan can do without, a write can't."""

    @property
    def key(self) -> str:
        """The object's name for a person, as it is before the write."""
        return self.resource.title(self.before or self.after)

    def __str__(self) -> str:
        return f"{self.action} {self.resource.kind} {self.key}"

    def changes(self) -> dict[str, dict[str, Any]]:
        """Return the fields that differ, each with its value before and after; secrets are not shown."""
        diff = self.diff()
        return {
            name: {"before": diff["before"].get(name), "after": diff["after"].get(name)}
            for name in self.changed
            if self.action != DELETE and (name in diff["before"] or name in diff["after"])
        }

    def diff(self) -> dict[str, Any]:
        """Return a diff for Ansible; it reads like the playbook: options that say something, and no ids."""
        return diff(self.resource, self.before, self.after, self)


def diff(resource: Resource, before: Values, after: Values, operation: Operation | None = None) -> dict[str, Any]:
    """Return a diff for Ansible of one object before and after."""
    shown = [_shown(resource, values, before, after) for values in (before, after)]
    if operation is not None and operation.action != DELETE:
        shown[1].update(_unreadable(operation))
    title = f"{resource.kind} {resource.title(before or after)}"
    return {"before": shown[0], "after": shown[1], "before_header": title, "after_header": title}


def _shown(resource: Resource, values: Values, before: Values, after: Values) -> Values:
    """Return what a playbook would say of an object, in the order of the table."""
    return {
        one.name: values[one.name]
        for one in resource.fields
        if one.reads and one.writes and not one.secret and one.name in values
        if any(state.get(one.name) not in ("", [], None) and one.applies(state) for state in (before, after))
    }


def as_options(resource: Resource, values: Values) -> Values:
    """Return the options that make an object just like this one, here or on another XCI.

    What is empty is said too, so that it is cleared again, unless that only means that XCI does not tell.
    """
    return {
        one.name: values[one.name]
        for one in resource.fields
        if one.reads and one.writes and not one.secret and one.applies(values)
        if values[one.name] is not None and (values[one.name] != "" or not one.blank_unknown)
    }


def _unreadable(operation: Operation) -> Values:
    """Return what a write says and XCI never shows."""
    shown = {}
    for one in operation.resource.fields:
        if one.secret and one.name in operation.changed:
            shown[one.name] = NOT_SHOWN
        elif one.rides and not one.secret and operation.action == CREATE and operation.wanted.get(one.name):
            shown[one.name] = operation.wanted[one.name]
    return shown


def decide(
    resource: Resource, wanted: Values, current: Values | None, *, absent: bool = False, stale: Collection[str] = ()
) -> Operation | None:
    """Return the write that brings *current* to what is *wanted*, or None where nothing differs.

    *stale* names the secrets that have to be written although XCI does not show whether they differ. Raise InputError
    when the write can't be done or something is missing for it.
    """
    if absent:
        return _removal(resource, wanted, current)
    if current is None:
        return _creation(resource, wanted)
    return _edit(resource, wanted, current, stale)


def _removal(resource: Resource, wanted: Values, current: Values | None) -> Operation | None:
    if current is None:
        return None
    if resource.missing:
        raise InputError(f"{resource.kind} {resource.title(current)} is there and can't be removed: {resource.missing}")
    return Operation(DELETE, resource, wanted, before=current, after={})


def check_creation(resource: Resource, wanted: Values) -> list[str]:
    """Return what a creation lacks of what XCI never shows; raise InputError when it lacks more than that."""
    missing = {one.name: one.rides for one in resource.fields if one.required and one.name not in wanted}
    if all(missing.values()) and resource.any_of and not any(wanted.get(name) for name in resource.any_of):
        missing[" or ".join(resource.any_of)] = False
    if not missing:
        return []
    title = resource.title(wanted)
    told = f"{resource.kind} {title} is not there yet, and creating it needs {' and '.join(missing)}"
    if not all(missing.values()):
        raise InputError(told)
    return [told]


def _creation(resource: Resource, wanted: Values) -> Operation:
    lacks = check_creation(resource, wanted)
    after = {one.name: plain(one.default) if one.default is not None else one.empty for one in resource.fields}
    after.update(wanted)
    warnings, more = _conditions(resource, wanted, after, f"creating {resource.kind} {resource.title(after)}")
    changed = [
        one.name
        for one in resource.writable
        if one.applies(after) and (one.name in wanted or after[one.name] not in ("", [], None))
    ]
    return Operation(CREATE, resource, wanted, {}, after, changed, warnings, lacks=lacks + more)


def _edit(resource: Resource, wanted: Values, current: Values, stale: Collection[str]) -> Operation | None:
    # A secret that is not to be written must not be taken for XCI's by the next plan, which would send it.
    kept = {one.name for one in resource.riding} | {one.name for one in resource.secrets if one.name not in stale}
    after = {**current, **{name: value for name, value in wanted.items() if name not in kept}}
    changed = [name for name in wanted if name in stale or _differs(resource[name], wanted, current, after)]
    if not changed:
        return None
    title = f"{resource.kind} {resource.title(current)}"
    if resource.missing:
        what = ", ".join(f"{name} is {current.get(name)!r} and not {wanted[name]!r}" for name in changed)
        raise InputError(f"{title} is there and differs ({what}): {resource.missing}")
    warnings, lacks = _conditions(resource, wanted, after, f"{title}: changing {' and '.join(changed)}")
    warnings += [
        f"{title}: XCI hides its {one.name} and may lose it in this change, since the task does not give it"
        for one in resource.fields
        if one.guards and after.get(one.guards) and one.name not in wanted and not current.get(one.name)
    ]
    return Operation(UPDATE, resource, wanted, current, after, changed, warnings, lacks=lacks)


def _differs(one: Field, wanted: Values, current: Values, after: Values) -> bool:
    if one.rides or one.secret or not one.applies(after):
        return False
    if one.blank_unknown and not current.get(one.name):
        return False
    return wanted[one.name] != current.get(one.name)


def _conditions(resource: Resource, wanted: Values, after: Values, title: str) -> tuple[list[str], list[str]]:
    """Clear what does not apply, and return warnings, and what has to be said, is not, and is never shown by XCI.

    Raise InputError for what else has to be said.
    """
    warnings, lacks = [], []
    for one in resource.fields:
        if not one.applies(after):
            if wanted.get(one.name) and not one.rides:
                warnings.append(f"{one.name} has no effect unless {one.condition()}")
            after[one.name] = one.empty
        elif one.compulsory and not (wanted if one.rides else after).get(one.name):
            lack = f"{title} needs {one.name}, because {one.condition()}"
            if not one.rides:
                raise InputError(lack)
            lacks.append(lack)
    return warnings, lacks


def body(operation: Operation, names: Names) -> dict[str, Any]:
    """Return what XCI takes for an operation: its documented keys, and all else that it keeps with the object."""
    raw = operation.raw
    payload = operation.resource.extras(raw)
    for one in operation.resource.writable:
        value = _value(one, operation)
        if value is not None:
            payload[one.writes] = one.codec.dump(value, raw.get(one.reads) if one.reads else None, names)
    return payload


def _value(one: Field, operation: Operation) -> Any:
    """Return the value of a field to send, or None to leave it out."""
    if not one.applies(operation.after):
        return None
    if one.rides:
        return operation.wanted.get(one.name, plain(one.default) if operation.action == CREATE else None)
    if one.secret and operation.action == UPDATE and one.name not in operation.changed:
        # XCI may take an edit for the whole object: what is left out of it could be lost.
        return operation.before.get(one.name) or operation.wanted.get(one.name)
    value = operation.after.get(one.name)
    if one.optional and not value and (operation.action == CREATE or one.name not in operation.changed):
        return None
    return value


def is_reached(operation: Operation, values: Values | None) -> bool:
    """Tell whether an object, read again, is as the operation leaves it, as far as XCI shows that."""
    if operation.action == DELETE or values is None:
        return operation.action == DELETE and values is None
    return not any(
        _differs(one, operation.after, values, operation.after)
        for one in operation.resource.writable
        if one.reads and one.name in operation.after
    )


def secrets(operation: Operation) -> list[str]:
    """Return the secrets in what an operation sends, so that they can be kept out of errors."""
    return [
        value
        for one in operation.resource.secrets
        for value in (operation.wanted.get(one.name), operation.before.get(one.name))
        if value
    ]

# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares the desired with the current state of one object, and says what to write. Pure: no I/O, no Ansible."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Callable

from ..api.errors import InputError
from .field import Field, plain
from .fields import Resource, Values
from .references import References

CREATE, UPDATE, DELETE = "create", "update", "delete"
NOT_SHOWN = "(changed, not shown)"
NOT_SHOWN_SENT = "(sent along, not shown)"


@dataclass
class Operation:
    """One write to do: what it is, the object before it, the object after it.

    *desired* is what the playbook gave, with references as labels and with secrets; *before* and *after* are whole
    objects in normal form, empty where there is none; *changed* names the fields that differ.
    """

    action: str
    resource: Resource
    # With secrets: they must not be in the text of an operation.
    desired: Values = field(repr=False)
    before: Values = field(repr=False)
    after: Values = field(repr=False)
    changed: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)  #: the object that it changes as XCI shows it
    read_at: float = field(default_factory=time.monotonic)  #: when XCI showed it, in seconds of ``time.monotonic``
    losses: list[tuple[str, str]] = field(default_factory=list)
    """What it may replace or delete though nobody asked for that, since XCI never shows it: the option, and why."""
    meanwhile: list[str] = field(default_factory=list)  #: what somebody else changed between planning and writing
    conflicts: list[tuple[str, str]] = field(default_factory=list)  #: options, and why XCI may refuse their values
    chosen: tuple[str, ...] = ()  #: the fields of a creation whose values nobody gave, such as an available number
    again: Callable[[Any], Any] | None = field(default=None, repr=False, compare=False)  #: proposes it anew for a state
    exact: bool = False  #: it was approved: it is written just like this, for the object just as it was, or not
    refers: dict[str, set[Any]] = field(default_factory=dict)  #: the ids of what it refers to then, if it was approved
    inside: int = 0  #: the id of what its object is in before, such as an entity, if known; that may be renamed first
    seen: Values | None = field(default=None, repr=False, compare=False)  #: as XCI showed it then; empty: it is gone
    written: Any = field(default=None, repr=False, compare=False)  #: what the state notes of it once it is done
    newest: int = 0  #: the highest known id of its kind when it was sent
    missing: list[str] = field(default_factory=list)  #: what a write needs, and was not given nor shown by XCI

    @property
    def key(self) -> str:
        """The object's name for a person, as it is before the write."""
        return self.resource.title(self.before or self.after)

    @property
    def name(self) -> str:
        """Who or what it is, such as ``Anaïs Martin``, as it is before the write."""
        return self.resource.name(self.before or self.after)

    @property
    def who(self) -> str:
        """The object for a person, such as ``user 1001@accueil@xivo-nord (Anaïs Martin)``."""
        return who(self.resource, self.before or self.after)

    def __str__(self) -> str:
        return f"{self.action} {self.resource.kind} {self.key}"

    def changes(self) -> dict[str, dict[str, Any]]:
        """Return the fields that differ, without secrets, such as ``{"last_name": {"before": "A", "after": "B"}}``."""
        diff = self.diff()
        return {
            name: {"before": diff["before"].get(name), "after": diff["after"].get(name)}
            for name in self.changed
            if self.action != DELETE and (name in diff["before"] or name in diff["after"])
        }

    def sends(self) -> Values:
        """Return what an edit carries because XCI never shows it, without secrets, such as ``{"template": "desk"}``."""
        if self.action != UPDATE:
            return {}
        sent = {one.name: _value(one, self) for one in self.resource.fields if one.write_only or one.secret}
        return {
            name: NOT_SHOWN_SENT if self.resource[name].secret else value
            for name, value in sent.items()
            if value is not None and name not in self.changed and not self.before.get(name)
        }

    def diff(self) -> dict[str, Any]:
        """Return a diff for Ansible; it reads like the playbook: options that say something, and no ids."""
        return diff(self.resource, self.before, self.after, self)


def who(resource: Resource, values: Values) -> str:
    """Return an object for a person who may not know its number, such as ``user 1001@nord (Anaïs Martin)``."""
    title, name = resource.title(values), resource.name(values)
    is_known = name in ("", title, values.get(resource.identity[0]))
    return f"{resource.kind} {title}" if is_known else f"{resource.kind} {title} ({name})"


def diff(resource: Resource, before: Values, after: Values, operation: Operation | None = None) -> dict[str, Any]:
    """Return a diff for Ansible of one object: ``before`` and ``after``, each with its ``_header``."""
    sides = [_shown(resource, values, before, after) for values in (before, after)]
    if operation is not None and operation.action != DELETE:
        sides[1].update(_unreadable(operation))
    title = who(resource, before or after)
    return {"before": sides[0], "after": sides[1], "before_header": title, "after_header": title}


def _shown(resource: Resource, values: Values, before: Values, after: Values) -> Values:
    """Return what a playbook would say of an object, in the order of the table."""
    return {
        one.name: values[one.name]
        for one in resource.comparable
        if one.name in values
        if any(state.get(one.name) not in ("", [], None) and one.applies(state) for state in (before, after))
    }


def as_options(resource: Resource, values: Values) -> Values:
    """Return the options that make an object just like this one, here or on another XCI.

    What is empty is given too, so that it is cleared again, unless that only means that XCI does not tell.
    """
    return {
        one.name: values[one.name]
        for one in resource.comparable
        if one.applies(values) and values[one.name] is not None
        if values[one.name] != "" or not one.empty_means_unknown
    }


def _unreadable(operation: Operation) -> Values:
    """Return what a write says and XCI never shows."""
    shown = {one.name: NOT_SHOWN for one in operation.resource.secrets if one.name in operation.changed}
    shown.update(operation.sends())
    if operation.action == CREATE:
        given = [one.name for one in operation.resource.write_only if not one.secret]
        shown.update({name: operation.desired[name] for name in given if operation.desired.get(name)})
    return {one.name: shown[one.name] for one in operation.resource.fields if one.name in shown}


def compare(
    resource: Resource, desired: Values, current: Values | None, *, absent: bool = False, stale: Collection[str] = ()
) -> Operation | None:
    """Return the write that brings *current* to what is *desired*, or None where nothing differs.

    *stale* names the secrets that have to be written although XCI does not show whether they differ. Raise InputError
    when the write is not possible or something is missing for it.
    """
    if absent:
        return _removal(resource, desired, current)
    if current is None:
        return _creation(resource, desired)
    return _edit(resource, desired, current, stale)


def _removal(resource: Resource, desired: Values, current: Values | None) -> Operation | None:
    if current is None:
        return None
    if resource.immutable:
        raise InputError(
            f"{resource.kind} {resource.title(current)} exists and cannot be removed: {resource.immutable}"
        )
    why = f"XCI never shows which {resource.used_by} these are, and may delete them, too, or refuse"
    losses = [(resource.used_by, why)] if resource.used_by else []
    return Operation(DELETE, resource, desired, before=current, after={}, losses=losses)


def check_creation(resource: Resource, desired: Values) -> list[str]:
    """Return what is missing for a creation of what XCI never shows; raise InputError when more is missing."""
    missing = {one.name: one.write_only for one in resource.fields if one.required and not desired.get(one.name)}
    if all(missing.values()) and resource.required_one_of and not any(map(desired.get, resource.required_one_of)):
        missing[" or ".join(resource.required_one_of)] = False
    if not missing:
        return []
    title, options = resource.title(desired), "option" if len(missing) == 1 else "options"
    text = f"missing required {options}: {', '.join(missing)} (needed to create {resource.kind} {title})"
    if not all(missing.values()):
        raise InputError(text)
    return [text]


def _creation(resource: Resource, desired: Values) -> Operation:
    missing = check_creation(resource, desired)
    after = {one.name: one.empty if one.default is None else plain(one.default) for one in resource.fields}
    after.update(desired)
    warnings, more = _check_conditions(resource, desired, after, f"create {resource.kind} {resource.title(after)}")
    changed = [
        one.name
        for one in resource.writable
        if one.applies(after) and (one.name in desired or after[one.name] not in ("", [], None))
    ]
    return Operation(CREATE, resource, desired, {}, after, changed, warnings, missing=missing + more)


def _edit(resource: Resource, desired: Values, current: Values, stale: Collection[str]) -> Operation | None:
    # A secret that is not to be written must not be taken for XCI's by the next plan, which would send it.
    kept = {one.name for one in resource.write_only} | {one.name for one in resource.secrets if one.name not in stale}
    after = {**current, **{name: value for name, value in desired.items() if name not in kept}}
    changed = [name for name in desired if name in stale or differs(resource[name], desired, current, after)]
    if not changed:
        return None
    title = f"{resource.kind} {resource.title(current)}"
    if resource.immutable:
        values = ", ".join(f"{name}: {current.get(name)!r}, not {desired[name]!r}" for name in changed)
        raise InputError(f"{title} exists with different values ({values}): {resource.immutable}")
    warnings, missing = _check_conditions(resource, desired, after, f"change {', '.join(changed)} of {title}")
    losses = [
        (one.name, "XCI hides it and may lose it in this change, since it is not given")
        for one in resource.fields
        if one.requires and after.get(one.requires) and one.name not in desired and not current.get(one.name)
    ]
    return Operation(UPDATE, resource, desired, current, after, changed, warnings, missing=missing, losses=losses)


def differs(one: Field, desired: Values, current: Values, after: Values) -> bool:
    if one.write_only or one.secret or not one.applies(after):
        return False
    if one.empty_means_unknown and not current.get(one.name):
        return False
    return desired[one.name] != current.get(one.name)


def _check_conditions(resource: Resource, desired: Values, after: Values, title: str) -> tuple[list[str], list[str]]:
    """Clear what does not apply; return warnings, and what is missing of what XCI never shows.

    Raise InputError for what else is missing.
    """
    warnings, missing = [], []
    for one in resource.fields:
        if not one.applies(after):
            if desired.get(one.name) and not one.write_only:
                warnings.append(f"{one.name} has no effect unless {one.show_condition()}")
            after[one.name] = one.empty
        elif one.required_if and not (desired if one.write_only else after).get(one.name):
            text = f"missing required option: {one.name} (needed to {title}, because {one.show_condition()})"
            if not one.write_only:
                raise InputError(text)
            missing.append(text)
    return warnings, missing


def body(operation: Operation, references: References) -> dict[str, Any]:
    """Return what XCI takes for an operation: its documented keys, and all else that it keeps with the object."""
    raw, values = operation.raw, sent(operation)
    payload = operation.resource.extras(raw)
    for one in operation.resource.writable:
        if one.name in values:
            payload[one.writes] = one.codec.dump(
                values[one.name], raw.get(one.reads) if one.reads else None, references
            )
        elif _is_unreadable(one, operation):
            payload[one.writes] = raw[one.reads]
    return payload


def sent(operation: Operation) -> Values:
    """Return what XCI gets for an operation in normal form, secrets included, by the names of the fields."""
    values = {one.name: _value(one, operation) for one in operation.resource.writable}
    return {name: value for name, value in values.items() if value is not None}


def _is_unreadable(one: Field, operation: Operation) -> bool:
    """Return whether XCI shows a value that we don't understand, and that goes back as it came."""
    unknown = one.reads in operation.raw and one.name in operation.before and operation.before[one.name] is None
    return unknown and not one.secret and operation.raw[one.reads] is not None


def _value(one: Field, operation: Operation) -> Any:
    """Return the value of a field to send, or None to leave it out."""
    if not one.applies(operation.after):
        return None
    if one.write_only:
        return operation.desired.get(one.name, plain(one.default) if operation.action == CREATE else None)
    if one.secret and operation.action == UPDATE and one.name not in operation.changed:
        # XCI may take an edit for the whole object: what is left out of it could be lost.
        return operation.before.get(one.name) or operation.desired.get(one.name)
    value = operation.after.get(one.name)
    if one.omit_if_empty and not value and (operation.action == CREATE or one.name not in operation.changed):
        return None
    return value


def is_done(operation: Operation, values: Values | None) -> bool:
    """Return whether an object, read again, is as the operation leaves it, as far as XCI shows that."""
    if operation.action == DELETE or values is None:
        return operation.action == DELETE and values is None
    after = operation.after
    shown = [one for one in operation.resource.writable if one.reads and one.name in after]
    return not any(differs(one, after, values, after) for one in shown)


def secrets(operation: Operation) -> list[str]:
    """Return the secrets in what an operation sends, so that they can be kept out of errors."""
    states = (operation.desired, operation.before)
    return [state[one.name] for one in operation.resource.secrets for state in states if state.get(one.name)]

# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds for each plan, whatever XCI shows and whatever a playbook says."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ansible_collections.xivo.xci.plugins.module_utils.api.errors import InputError
from ansible_collections.xivo.xci.plugins.module_utils.model import change
from ansible_collections.xivo.xci.plugins.module_utils.model.change import Operation, compare
from ansible_collections.xivo.xci.plugins.module_utils.model.fields import Resource, Values
from ansible_collections.xivo.xci.plugins.module_utils.model.parsing import parse
from ansible_collections.xivo.xci.plugins.module_utils.model.resources import RESOURCES
from ansible_collections.xivo.xci.tests.property.strategies import (
    EDITABLE,
    NAMES,
    SECRETS,
    carried_out,
    objects,
    options,
)

editable = pytest.mark.parametrize("resource", EDITABLE, ids=lambda resource: resource.kind)
every = pytest.mark.parametrize("resource", RESOURCES.values(), ids=lambda resource: resource.kind)


def edit(resource: Resource, data: st.DataObject) -> tuple[dict[str, Any], Values, Operation | None]:
    """An object, what is desired of it, and the write that this needs."""
    raw = data.draw(objects(resource))
    desired = data.draw(options(resource))
    try:
        operation = compare(resource, desired, resource.load(raw, NAMES))
    except InputError:
        assume(False)
    if operation is not None:
        operation.raw = raw
    return raw, desired, operation


def create(resource: Resource, data: st.DataObject) -> Operation:
    required = {one.name for one in resource.fields if one.required or callable(one.default)}
    desired = {**data.draw(options(resource))}
    desired |= {name: value for name, value in _all(resource, data).items() if name in required and name not in desired}
    try:
        operation = compare(resource, desired, None)
    except InputError:
        assume(False)
    assert operation is not None
    return operation


def _all(resource: Resource, data: st.DataObject) -> Values:
    written = {"template": "desk"} if "template" in {one.name for one in resource.fields} else {}
    return {**resource.load(data.draw(objects(resource)), NAMES), **written}


def readable(resource: Resource, values: Values) -> Values:
    return {one.name: values[one.name] for one in resource.writable if one.reads and not one.secret}


@editable
@given(data=st.data())
def test_what_is_shown_needs_no_change(resource: Resource, data: st.DataObject) -> None:
    raw = data.draw(objects(resource))
    values = resource.load(raw, NAMES)
    assert compare(resource, {}, values) is None
    fed_back = parse(resource, resource.public(values)).checked()
    assert compare(resource, fed_back.desired, values) is None


@editable
@given(data=st.data())
def test_a_plan_that_was_carried_out_needs_no_other(resource: Resource, data: st.DataObject) -> None:
    _raw, desired, operation = edit(resource, data)
    if operation is None:
        return
    after = resource.load(carried_out(operation), NAMES)
    assert compare(resource, desired, after) is None
    assert readable(resource, after) == readable(resource, operation.after)
    assert change.is_done(operation, after)
    assert not change.is_done(operation, operation.before)


@every
@given(data=st.data())
def test_a_creation_that_was_carried_out_needs_no_change(resource: Resource, data: st.DataObject) -> None:
    operation = create(resource, data)
    after = resource.load(carried_out(operation), NAMES)
    assert compare(resource, operation.desired, after) is None
    assert readable(resource, after) == readable(resource, operation.after)
    assert change.is_done(operation, after)


@editable
@given(data=st.data())
def test_what_nobody_spoke_of_stays_as_it_is(resource: Resource, data: st.DataObject) -> None:
    raw, desired, operation = edit(resource, data)
    if operation is None:
        return
    sent = change.body(operation, NAMES)
    assert {key: sent[key] for key in resource.extras(raw)} == resource.extras(raw)
    for one in resource.fields:
        if one.name not in desired and one.applies(operation.after) and one.reads:
            assert operation.after[one.name] == operation.before[one.name]


@editable
@given(data=st.data())
def test_planning_changes_nothing_that_it_is_given(resource: Resource, data: st.DataObject) -> None:
    raw = data.draw(objects(resource))
    desired = data.draw(options(resource))
    values = resource.load(raw, NAMES)
    before = copy.deepcopy((raw, desired, values))
    try:
        operation = compare(resource, desired, values)
    except InputError:
        operation = None
    if operation is not None:
        operation.raw = raw
        change.body(operation, NAMES)
        operation.diff()
    assert (raw, desired, values) == before


@editable
@given(data=st.data())
def test_no_plan_shows_a_secret(resource: Resource, data: st.DataObject) -> None:
    raw = data.draw(objects(resource))
    desired = data.draw(options(resource))
    stale = [one.name for one in resource.fields if one.secret]
    for current in (resource.load(raw, NAMES), None):
        try:
            operation = compare(resource, desired, current, stale=stale)
        except InputError as error:
            shown = str(error)
        else:
            shown = f"{operation} {operation.diff()} {operation.changes()} {operation.warnings}" if operation else ""
        assert not [secret for secret in SECRETS if secret in shown]


@editable
@given(data=st.data())
def test_a_diff_shows_exactly_what_changes(resource: Resource, data: st.DataObject) -> None:
    _raw, _desired, operation = edit(resource, data)
    if operation is None:
        return
    diff = operation.diff()
    assert diff["before"] != diff["after"]
    assert set(diff["after"]) <= {one.name for one in resource.writable}
    shown = {name for name in diff["before"] if diff["before"][name] != diff["after"][name]}
    assert set(operation.changed) <= shown
    for name in shown - set(operation.changed):
        assert not resource[name].applies(operation.after)


@editable
@given(data=st.data())
def test_an_object_can_be_made_again_from_its_options(resource: Resource, data: st.DataObject) -> None:
    values = resource.load(data.draw(objects(resource)), NAMES)
    write_only = {one.name: "made-up-secret-1" for one in resource.fields if one.write_only}
    desired = {**change.as_options(resource, values), **write_only}
    try:
        operation = compare(resource, desired, None)
    except InputError:
        assume(False)
    assert operation is not None
    assert readable(resource, operation.after) == readable(resource, values)

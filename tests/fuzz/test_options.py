# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever a task says, there is a result or an error in words, and what fails has written nothing."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from xcisandbox.server import Sandbox

from ansible_collections.xivo.xci.plugins.module_utils.api.errors import XciError
from ansible_collections.xivo.xci.plugins.module_utils.api.settings import CONNECTION, Settings
from ansible_collections.xivo.xci.plugins.module_utils.model.resources import RESOURCES
from ansible_collections.xivo.xci.plugins.module_utils.modules.registry import MODULES
from ansible_collections.xivo.xci.tests.fuzz.world import (
    DIALECTS,
    SEED,
    WILD,
    arguments,
    bounded,
    checked,
    deep,
    refill,
    run,
)

NAMES = sorted(name for name in MODULES if not name.startswith(("xci_config", "xci_doctor")))
"""The doctor has no options of objects, and tests of its own: it makes dozens of requests each time."""


@pytest.mark.parametrize("name", NAMES)
def test_any_option_of_a_module(name: str, sandbox: Sandbox) -> None:
    @bounded(60)
    @given(given=arguments(MODULES[name].options), dialects=DIALECTS, check=st.booleans())
    def judge(given: dict[str, Any], dialects: dict[str, str], check: bool) -> None:
        options = checked(name, given)
        if options is None:
            return
        refill(sandbox, SEED, dialects)
        before = sandbox.state()
        result = run(name, options, sandbox, check)
        if check or result.get("failed") or not result["changed"]:
            assert sandbox.state() == before
        if result.get("failed"):
            assert result["msg"]

    judge()


ENTRIES = {
    resource.plural: st.lists(arguments(resource.argument_spec()) | WILD, max_size=3) for resource in RESOURCES.values()
}


def test_any_document(sandbox: Sandbox) -> None:
    @bounded(150)
    @given(
        document=st.fixed_dictionaries({}, optional=ENTRIES),
        rest=arguments({k: v for k, v in MODULES["xci_config"].options.items() if k not in ENTRIES}),
        dialects=DIALECTS,
        check=st.booleans(),
    )
    def judge(document: dict[str, Any], rest: dict[str, Any], dialects: dict[str, str], check: bool) -> None:
        others = checked("xci_config", {**rest, "src": None})
        if others is None:
            return
        refill(sandbox, SEED, dialects)
        before = sandbox.state()
        # The lists of a file don't pass Ansible's own check, so that anything may stand in them.
        result = run("xci_config", {**others, **document}, sandbox, check)
        wrote = [one for one in sandbox.requests() if one["method"] != "GET" and one["path"] != "/login"]
        if check or (result.get("failed") and not result.get("not_tried") and not result.get("errors")):
            assert sandbox.state() == before
            assert not wrote
        if result.get("failed"):
            assert result["msg"]

    judge()


def test_any_export(sandbox: Sandbox) -> None:
    @bounded(60)
    @given(given=arguments(MODULES["xci_config_info"].options), dialects=DIALECTS, check=st.booleans())
    def judge(given: dict[str, Any], dialects: dict[str, str], check: bool) -> None:
        options = checked("xci_config_info", given)
        if options is not None:
            refill(sandbox, SEED, dialects)
            before = sandbox.state()
            run("xci_config_info", options, sandbox, check)
            assert sandbox.state() == before

    judge()


def nested(spec: Mapping[str, Any]) -> list[Any]:
    """Return what is nested deeply and not refused by Ansible, which looks no further than the type of an option."""
    if spec["type"] == "list":
        return [[deep()]] if spec["elements"] in ("raw", "dict") else []
    return {"raw": [deep(), [deep()]], "dict": [{"users": deep()}, {"users": [deep()]}]}.get(spec["type"], [])


@pytest.mark.parametrize("name", [*NAMES, "xci_config"])
def test_an_option_that_is_nested_too_deeply(name: str, sandbox: Sandbox) -> None:
    refill(sandbox, SEED)
    before = sandbox.state()
    for option, spec in MODULES[name].options.items():
        for value in nested(spec):
            result = run(name, {option: value}, sandbox)
            assert len(json.dumps(result)) < 5000
    assert sandbox.state() == before


@bounded(200)
@given(given=arguments(CONNECTION))
def test_any_connection(given: dict[str, Any]) -> None:
    options = checked("xci_sync", given)
    if options is None:
        return
    with contextlib.suppress(XciError):
        settings = Settings.from_options(options)
        assert settings.url.startswith("http")
        assert settings.password == options["xci_password"]
        assert "password" not in repr(settings).replace(settings.login, "")
        assert all(settings.url in warning for warning in settings.warnings())

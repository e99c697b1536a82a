# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The modules by their names, what each returns, and which options may be shown."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.xivo.xci.plugins.module_utils.api.errors import ApiError
from ansible_collections.xivo.xci.plugins.module_utils.modules.context import Context
from ansible_collections.xivo.xci.plugins.module_utils.modules.registry import (
    HIDDEN,
    MODULES,
    ModuleSpec,
    without_secrets,
)
from ansible_collections.xivo.xci.plugins.module_utils.state.state import State
from ansible_collections.xivo.xci.tests.unit.plugins.fakes import WORLD, XIVOS, FakeClient


def context() -> Context:
    client: Any = FakeClient(WORLD)
    return Context(client, State(client))


def test_the_modules() -> None:
    kinds = ("xivo", "entity", "template", "user", "admin")
    names = {f"xci_{kind}{suffix}" for kind in kinds for suffix in ("", "_info")}
    assert set(MODULES) == names | {"xci_config", "xci_config_info", "xci_sync"}


@pytest.mark.parametrize("name", MODULES)
def test_every_module_has_the_connection_from_the_environment(name: str) -> None:
    def fallback() -> None: ...

    spec = MODULES[name].argument_spec(fallback)
    assert set(MODULES[name].options) < set(spec)
    assert spec["xci_url"]["fallback"] == (fallback, ["XCI_URL"])
    assert spec["ca_path"]["fallback"] == (fallback, ["XCI_CA_PATH"])
    assert spec["xci_password"]["no_log"] is True


def test_a_result_counts_its_own_calls() -> None:
    on = context()
    on.state.listing("xivo")
    result = MODULES["xci_entity_info"]({"name": "sales"}, on)
    assert [one["name"] for one in result["entities"]] == ["sales"]
    assert result["calls"] == {"GET": 1, "POST": 0, "PUT": 0, "DELETE": 0}
    assert "failed" not in result


def test_an_error_is_a_failed_result_with_its_calls() -> None:
    def fail(_options: Any, on: Context) -> dict[str, Any]:
        on.client.read(XIVOS.removeprefix("GET "))
        raise ApiError("no", 409)

    assert ModuleSpec({}, fail)({}, context()) == {
        "failed": True,
        "msg": "no",
        "status": 409,
        "calls": {"GET": 1, "POST": 0, "PUT": 0, "DELETE": 0},
    }


def test_what_is_no_error_of_ours_is_not_hidden() -> None:
    def fail(_options: Any, _context: Context) -> dict[str, Any]:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        ModuleSpec({}, fail)({}, context())


@pytest.mark.parametrize(
    ("options", "shown"),
    [
        pytest.param({"name": "x", "retries": 3}, {"name": "x", "retries": 3}, id="nothing-secret"),
        pytest.param({"xci_password": "made-up"}, {"xci_password": HIDDEN}, id="own-password"),
        pytest.param({"password": "made-up"}, {"password": HIDDEN}, id="password"),
        pytest.param({"cti_password": 1234}, {"cti_password": HIDDEN}, id="number"),
        pytest.param({"password": None, "xci_password": None}, {"password": None, "xci_password": None}, id="none"),
        pytest.param({"pasword": "a", "PASSWD": "made-up"}, {"pasword": "a", "PASSWD": HIDDEN}, id="misspelt"),
        pytest.param({"update_password": "always"}, {"update_password": "always"}, id="policy"),
        pytest.param(
            {"users": [{"first_name": "A", "cti_password": "made-up"}]},
            {"users": [{"first_name": "A", "cti_password": HIDDEN}]},
            id="in-a-list",
        ),
        pytest.param({"users": ["made-up", 7]}, {"users": [HIDDEN, HIDDEN]}, id="in-the-place-of-an-entry"),
        pytest.param({"users": ({"password": "x"},)}, {"users": [{"password": HIDDEN}]}, id="in-a-tuple"),
        pytest.param({"admins": "made-up"}, {"admins": HIDDEN}, id="in-the-place-of-a-list"),
        pytest.param({"templates": ["x"], "src": ["a.yml"]}, {"templates": ["x"], "src": ["a.yml"]}, id="other-lists"),
        pytest.param({"a": {"b": {"password": "x", "c": 1}}}, {"a": {"b": {"password": HIDDEN, "c": 1}}}, id="deep"),
        pytest.param({"xci_url": "http://a:made-up@xci"}, {"xci_url": HIDDEN}, id="credentials-in-the-address"),
        pytest.param({"xci_url": "http://xci", "x": "a@b"}, {"xci_url": "http://xci", "x": "a@b"}, id="addresses"),
        pytest.param({5: 1}, {5: 1}, id="not-even-text"),
    ],
)
def test_options_without_secrets(options: dict[Any, Any], shown: dict[Any, Any]) -> None:
    assert without_secrets(options) == shown

# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The modules by their names, and what each returns."""

from __future__ import annotations

import importlib
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from ansible.module_utils.basic import env_fallback
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.xivo.xci.plugins.module_utils.api.arguments import SecretType, reveal
from ansible_collections.xivo.xci.plugins.module_utils.api.errors import ApiError
from ansible_collections.xivo.xci.plugins.module_utils.modules.context import Context
from ansible_collections.xivo.xci.plugins.module_utils.modules.registry import MODULES, NAMES
from ansible_collections.xivo.xci.plugins.module_utils.modules.spec import ModuleSpec
from ansible_collections.xivo.xci.plugins.module_utils.state.state import State
from ansible_collections.xivo.xci.tests.unit.plugins.fakes import WORLD, XIVOS, FakeClient


def context() -> Context:
    client: Any = FakeClient(WORLD)
    return Context(client, State(client))


def test_the_modules() -> None:
    kinds = ("xivo", "entity", "template", "user", "admin")
    names = {f"xci_{kind}{suffix}" for kind in kinds for suffix in ("", "_info")}
    jobs = {f"xci_{job}" for job in ("compare", "directory", "leave", "move", "people", "renumber", "report")}
    assert set(MODULES) == set(NAMES) == names | jobs | {"xci_config", "xci_config_info", "xci_doctor", "xci_sync"}
    assert len(MODULES) == len(NAMES) == len(set(NAMES))
    files = Path(__file__).resolve().parents[5].joinpath("plugins", "modules").glob("xci_*.py")
    assert set(MODULES) == {path.stem for path in files}


@pytest.mark.parametrize("name", ["xci_", "xci_users", "xci_sync_info", "user", "xivo.xci.xci_user"])
def test_there_is_no_other_module(name: str) -> None:
    assert name not in MODULES
    assert MODULES.get(name) is None
    with pytest.raises(KeyError, match=name):
        MODULES[name]


@pytest.mark.parametrize("name", MODULES)
def test_a_module_is_the_same_in_a_process_of_its_own(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    module = importlib.import_module(f"ansible_collections.xivo.xci.plugins.modules.{name}")
    ran: list[ModuleSpec] = []
    monkeypatch.setattr(module, "run_module", ran.append)
    module.main()
    (spec,) = ran
    assert spec.options == MODULES[name].options
    assert described(spec) == described(MODULES[name])


def described(spec: ModuleSpec) -> object:
    """Return what a module calls, comparable."""
    run: Any = spec.run
    return (run.func, run.args) if isinstance(run, partial) else run


@pytest.mark.parametrize("name", MODULES)
def test_every_module_documents_its_options_and_no_others(name: str) -> None:
    path = Path(__file__).resolve().parents[5] / "plugins" / "modules" / f"{name}.py"
    source = path.read_text(encoding="utf-8")
    assert all(f"\n  {option}:\n" in source for option in MODULES[name].options if option not in ("state", "id"))


def test_the_top_level_has_no_options_of_entries() -> None:
    whole, top = MODULES["xci_config"].argument_spec(print), MODULES["xci_config"].top_level(print)
    assert list(top) == list(whole)
    assert top["users"] == {"type": "list", "elements": "dict"}
    assert whole["users"]["options"]["first_name"] == {"type": "str"}
    assert top["xci_url"] == whole["xci_url"] == {"type": "str", "fallback": (print, ["XCI_URL"])}
    assert MODULES["xci_config"].top_level(None)["xci_url"] == {"type": "str"}


@pytest.mark.parametrize("name", MODULES)
def test_every_module_has_the_connection_from_the_environment(name: str) -> None:
    def fallback() -> None:
        pass

    spec = MODULES[name].argument_spec(fallback)
    assert set(MODULES[name].options) < set(spec)
    assert spec["xci_url"]["fallback"] == (fallback, ["XCI_URL"])
    assert spec["ca_path"]["fallback"] == (fallback, ["XCI_CA_PATH"])
    assert isinstance(spec["xci_password"]["type"], SecretType)
    assert spec["xci_password"]["no_log"] is False


ODD_ENTRIES: dict[str, list[dict[str, Any]]] = {
    "users": [{"internal_number": 12, "first_name": True, "last_name": ["x"], "state": "gone", "cti_password": "1234"}],
    "admins": [{"login": {"a": 1}, "ldap": "perhaps", "entities": "paris", "update_password": 7}],
    "templates": [{"name": "desk", "xivos": 7, "entities": {"paris": 1}, "ringing_time": "long"}],
    "entities": [{"name": "a", "intervals": "1000-1999"}, {"name": "b", "intervals": [{"strat": 1}], "id": "x"}],
}


def test_ansible_leaves_the_values_of_entries_as_they_are() -> None:
    """So that all that is wrong with a document is reported together, and the same in both ways of running."""
    checked = ArgumentSpecValidator(MODULES["xci_config"].argument_spec(env_fallback)).validate(ODD_ENTRIES)
    assert checked.error_messages == []
    assert "1234" not in str(checked.validated_parameters)
    options = reveal(checked.validated_parameters)
    for plural, entries in ODD_ENTRIES.items():
        for entry, seen in zip(entries, options[plural], strict=True):
            assert {name: seen[name] for name in entry} == entry


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

# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An ordinary module from its arguments to its exit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.xivo.xci.plugins.module_utils.api.errors import Problem
from ansible_collections.xivo.xci.plugins.module_utils.modules import main
from ansible_collections.xivo.xci.plugins.module_utils.modules.context import LOCATED, Context
from ansible_collections.xivo.xci.plugins.module_utils.modules.registry import HIDDEN, MODULES, ModuleSpec
from ansible_collections.xivo.xci.tests.support.modules import defaults

CONNECTION = {"xci_url": "http://127.0.0.1:9", "xci_login": "admin", "xci_password": "made-up"}


class Ended(Exception):
    """The module ended with this result."""

    def __init__(self, result: dict[str, Any]) -> None:
        super().__init__(str(result))
        self.result = result


@pytest.fixture
def ended(monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, Any]]:
    """Runs ``xci_sync`` with what stands in for Ansible and for what the module does; returns how it ends."""

    def run(work: Callable[..., dict[str, Any]], **arguments: Any) -> dict[str, Any]:
        warned: list[str] = []

        class Module:
            def __init__(self, argument_spec: dict[str, Any], supports_check_mode: bool) -> None:
                assert supports_check_mode
                assert set(argument_spec) == set(defaults("xci_sync"))
                self.params = {**defaults("xci_sync"), **CONNECTION, **arguments}
                self.check_mode, self._diff, self.no_log_values = True, True, {"made-up"}

            def warn(self, text: str) -> None:
                warned.append(text)

            def exit_json(self, **result: Any) -> None:
                assert self.no_log_values == set()
                raise Ended({"failed": False, **result, "warned": warned})

            def fail_json(self, **result: Any) -> None:
                raise Ended({**result, "failed": True, "warned": warned})

        monkeypatch.setattr(main, "AnsibleModule", Module)
        monkeypatch.setitem(MODULES, "xci_sync", ModuleSpec({}, work))
        with pytest.raises(Ended) as caught:
            main.run_module("xci_sync")
        return caught.value.result

    return run


def test_a_result(ended: Callable[..., dict[str, Any]]) -> None:
    def work(_options: Any, context: Context) -> dict[str, Any]:
        assert (context.check, context.diff) == (True, True)
        return {"changed": True}

    result = ended(work)
    assert (result["failed"], result["changed"], result["warned"]) == (False, True, [])
    assert result["calls"] == dict.fromkeys(("GET", "POST", "PUT", "DELETE"), 0)
    assert result["invocation"]["module_args"]["xci_password"] == HIDDEN
    assert LOCATED not in result


def test_a_failed_result(ended: Callable[..., dict[str, Any]]) -> None:
    result = ended(lambda _options, _context: {"failed": True, "msg": "no", "errors": []})
    assert (result["failed"], result["msg"], result["errors"]) == (True, "no", [])
    assert "invocation" in result


def test_options_that_can_not_be(ended: Callable[..., dict[str, Any]]) -> None:
    result = ended(lambda _options, _context: {}, xci_login="")
    assert (result["failed"], result["msg"]) == (
        True,
        "missing required option: xci_login (or the environment variable XCI_LOGIN)",
    )
    assert result["invocation"]["module_args"]["xci_password"] == HIDDEN


def test_warnings_about_entries_are_left_to_the_action_plugin(ended: Callable[..., dict[str, Any]]) -> None:
    """It knows the files that the entries come from."""
    entry = Problem("is 90", "ringing_time", kind="template", index=0, place="templates[0]")

    def work(_options: Any, context: Context) -> dict[str, Any]:
        context.warnings += ["twice", "twice", entry, Problem("nothing deleted", "purge", kind="admin")]
        return {"changed": False}

    result = ended(work)
    assert result["warned"] == ["twice", "purge: nothing deleted"]
    assert result[LOCATED] == [entry.as_dict()]

# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An ordinary module from its arguments to its exit."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import pytest

from ansible_collections.xivo.xci.plugins.module_utils.api.arguments import HIDDEN, Hidden
from ansible_collections.xivo.xci.plugins.module_utils.api.cancellation import ANCESTOR
from ansible_collections.xivo.xci.plugins.module_utils.api.errors import Problem
from ansible_collections.xivo.xci.plugins.module_utils.modules import ordinary, secrecy
from ansible_collections.xivo.xci.plugins.module_utils.modules.context import LOCATED, Context
from ansible_collections.xivo.xci.plugins.module_utils.modules.spec import ModuleSpec
from ansible_collections.xivo.xci.tests.support.modules import defaults

CONNECTION = {"xci_url": "http://127.0.0.1:9", "xci_login": "admin", "xci_password": Hidden("made-up")}


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
                self.check_mode, self._diff = True, True

            def warn(self, text: str) -> None:
                warned.append(text)

            def exit_json(self, **result: Any) -> None:
                raise Ended({"failed": False, **result, "warned": warned})

            def fail_json(self, **result: Any) -> None:
                raise Ended({**result, "failed": True, "warned": warned})

        monkeypatch.setattr(ordinary, "AnsibleModule", Module)
        with pytest.raises(Ended) as caught:
            ordinary.run(ModuleSpec({}, work))
        return caught.value.result

    return run


def test_a_result(ended: Callable[..., dict[str, Any]]) -> None:
    def work(options: Any, context: Context) -> dict[str, Any]:
        assert options["xci_password"] == context.client.settings.password == "made-up"
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


@pytest.mark.parametrize("waits", [True, False])
def test_warnings_about_entries_are_data_where_the_action_plugin_waits(
    ended: Callable[..., dict[str, Any]], monkeypatch: pytest.MonkeyPatch, waits: bool
) -> None:
    """It knows the files that the entries come from; after an asynchronous task there is none."""
    monkeypatch.setenv(ANCESTOR, "1" if waits else "")
    entry = Problem("is 90", "ringing_time", kind="template", index=0, place="templates[0]")

    def work(_options: Any, context: Context) -> dict[str, Any]:
        context.warnings += ["twice", "twice", entry, Problem("nothing deleted", "purge", kind="admin")]
        return {"changed": False}

    result = ended(work)
    shown = ["twice", str(entry), "purge: nothing deleted"]
    assert result["warned"] == [one for one in shown if not waits or one != str(entry)]
    assert result.get(LOCATED) == ({"errors": [], "warnings": [asdict(entry)]} if waits else None)
    assert "made-up" not in str(result)


@pytest.mark.parametrize("failed", [True, False])
def test_problems_of_a_document_are_passed_on_as_data(
    ended: Callable[..., dict[str, Any]], monkeypatch: pytest.MonkeyPatch, failed: bool
) -> None:
    """Whether the module fails, or counts what failed among other writes."""
    monkeypatch.setenv(ANCESTOR, "1")
    problem = Problem("duplicate: already defined at", kind="user", index=3, place="users[3]", others=(0,))

    def work(_options: Any, context: Context) -> dict[str, Any]:
        context.problems.append(problem)
        return {"failed": failed, "msg": "no", "errors": [problem.as_dict()]}

    result = ended(work)
    assert (result["failed"], result["errors"]) == (failed, [problem.as_dict()])
    assert set(result[LOCATED]) == {"errors", "warnings"}
    # What Ansible makes of a result, which is what the action plugin gets.
    (error,) = json.loads(json.dumps(result[LOCATED]))["errors"]
    again = Problem(**error).located("line {}".format)
    assert str(again) == "line 3: duplicate: already defined at line 0"
    assert again.as_dict() == {**problem.as_dict(), "msg": again.text, "place": "line 3"}


def test_what_ansible_is_to_mask(ended: Callable[..., dict[str, Any]], monkeypatch: pytest.MonkeyPatch) -> None:
    masked: set[str] = set()
    monkeypatch.setattr(secrecy, "register_secrets", masked.update)

    def work(_options: Any, context: Context) -> dict[str, Any]:
        assert masked == {"made-up"}
        monkeypatch.setattr(context.client, "session_secrets", lambda: ["PLAY_SESSION=abc", "abc"])
        return {"changed": False}

    ended(work)
    assert masked == {"made-up", "PLAY_SESSION=abc", "abc"}

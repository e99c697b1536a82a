# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A module in the controller's worker: when it stays there, and what is kept for the next item of a loop."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ansible import constants
from ansible.plugins.action import ActionBase
from ansible.plugins.action.normal import ActionModule as OrdinaryModule

from ansible_collections.xivo.xci.plugins.module_utils.api.client import Client
from ansible_collections.xivo.xci.plugins.module_utils.api.errors import InputError
from ansible_collections.xivo.xci.plugins.module_utils.api.settings import Settings
from ansible_collections.xivo.xci.plugins.plugin_utils import contexts, in_process
from ansible_collections.xivo.xci.plugins.plugin_utils.contexts import settings_of, start
from ansible_collections.xivo.xci.plugins.plugin_utils.in_process import InProcess
from ansible_collections.xivo.xci.plugins.plugin_utils.plain import plain
from ansible_collections.xivo.xci.tests.unit.plugins.stub import LOGGED_IN, Say, Stub

CONNECTION: dict[str, Any] = {"xci_login": "admin", "xci_password": "made-up", "timeout": 5.0, "retries": 0}
PARIS = '{"items": [{"id": 1, "uuid": "u", "name": "paris", "host": "h", "remainingSlots": 1}]}'


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a run, and a worker that has kept nothing yet."""
    monkeypatch.setattr(constants, "DEFAULT_LOCAL_TMP", str(tmp_path))
    monkeypatch.setattr(in_process, "_kept", {})
    monkeypatch.setattr(in_process, "_warned", set())
    for name in contexts.ROUTE:
        monkeypatch.delenv(name, raising=False)
    return tmp_path


class Templar:
    def template(self, value: Any) -> Any:
        return value


def action(module: str, arguments: dict[str, Any], **more: Any) -> InProcess:
    """The action plugin of a task; *more* are keywords of the task, and the connection's."""
    task = {
        "action": f"xivo.xci.{module}", "args": arguments, "async_val": 0,
        "check_mode": False, "diff": False, "until": None, "retries": None, "_uuid": "one", "environment": None,
    }  # fmt: skip
    connection = {"transport": more.pop("transport", "local"), "become": more.pop("become", None)}
    made: InProcess = InProcess.__new__(InProcess)
    made._task = SimpleNamespace(**{**task, **more})
    made._connection = SimpleNamespace(**connection)
    made._templar = Templar()
    return made


def info(url: str, **more: Any) -> InProcess:
    return action("xci_xivo_info", {"xci_url": url, **CONNECTION}, **more)


@pytest.fixture(autouse=True)
def ordinary(monkeypatch: pytest.MonkeyPatch) -> None:
    """What Ansible does itself: nothing, or the ordinary module."""
    monkeypatch.setattr(ActionBase, "run", lambda *_arguments: {"own": True})
    monkeypatch.setattr(OrdinaryModule, "run", lambda *_arguments: {"ordinary": True})
    monkeypatch.setattr(InProcess, "_own_environment", lambda self: dict(self._task.environment or {}))


# -- where a task runs --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("task", "variables", "stays"),
    [
        pytest.param({}, {}, True, id="local"),
        pytest.param({"transport": "ssh"}, {}, False, id="another-connection"),
        pytest.param({"become": "sudo"}, {}, False, id="become"),
        pytest.param({"async_val": 60}, {}, False, id="async"),
        pytest.param({}, {"xci_in_worker": False}, False, id="off"),
        pytest.param({}, {"xci_in_worker": "no"}, False, id="off-as-text"),
        pytest.param({}, {"xci_in_worker": "yes"}, True, id="on-as-text"),
        pytest.param({"async_val": 60}, {"xci_in_worker": True}, False, id="on-and-impossible"),
    ],
)
def test_where_a_task_runs(task: dict[str, Any], variables: dict[str, Any], stays: bool) -> None:
    with Stub(LOGGED_IN, Say(body=PARIS)) as stub:
        result = info(stub.url, **task).run(None, variables)
    assert (result.get("ordinary", False), result.get("own", False)) == (not stays, stays)
    assert bool(stub.asked) is stays


def test_without_requests_the_ordinary_module_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(in_process, "REQUESTS_IMPORT_ERROR", "missing")
    assert info("http://127.0.0.1").run() == {"ordinary": True}


def test_a_result() -> None:
    with Stub(LOGGED_IN, Say(body=PARIS)) as stub:
        result = info(stub.url).run()
    assert result["xivos"] == [{"name": "paris", "host": "h", "id": 1, "uuid": "u", "remaining_slots": 1}]
    assert result["calls"] == {"GET": 1, "POST": 1, "PUT": 0, "DELETE": 0}
    assert result["invocation"]["module_args"]["xci_password"] != "made-up"
    assert "warnings" not in result


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(
            {"nmae": "x"}, "Unsupported parameters for (xivo.xci.xci_xivo_info) module: nmae. Supported", id="unknown"
        ),
        pytest.param({"id": "x"}, "argument 'id' is of type", id="type"),
        pytest.param({"xci_login": ""}, "missing required option: xci_login", id="missing"),
    ],
)
def test_options_that_can_not_be(arguments: dict[str, Any], message: str) -> None:
    result = action("xci_xivo_info", {"xci_url": "http://127.0.0.1", **CONNECTION, **arguments}).run()
    assert result["failed"] is True
    assert message in result["msg"]


def test_an_error_of_xci_is_a_result() -> None:
    with Stub(LOGGED_IN, Say(409, "taken")) as stub:
        result = info(stub.url).run()
    assert (result["failed"], result["status"]) == (True, 409)
    assert "taken" in result["msg"]


def test_warnings_of_a_result() -> None:
    with Stub(LOGGED_IN, Say(body=PARIS)) as stub:
        made = action("xci_xivo_info", {"xci_url": stub.url, **CONNECTION, "id": None}, check_mode=True)
        result = made.run()
    assert [one[:38] for one in result["warnings"]] == ["id is null and counts as not given; in"]


def test_the_environment_of_the_task_counts_while_it_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XCI_LOGIN", "nobody")
    with Stub(LOGGED_IN, Say(body=PARIS)) as stub:
        environment = {"XCI_URL": stub.url, "XCI_LOGIN": "admin", "XCI_PASSWORD": "made-up"}
        result = action("xci_xivo_info", {"timeout": 5.0}, environment=environment).run()
    assert result["changed"] is False
    assert b'"admin"' in stub.asked[0].body
    assert os.environ["XCI_LOGIN"] == "nobody"
    assert "XCI_PASSWORD" not in os.environ


# -- what is kept -------------------------------------------------------------------------------------------


def test_the_items_of_a_loop_share_what_was_read() -> None:
    with Stub(LOGGED_IN, Say(body=PARIS)) as stub:
        calls = [info(stub.url).run()["calls"]["GET"] for _item in range(3)]
    assert calls == [1, 0, 0]


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"_uuid": "two"}, id="another-task"),
        pytest.param({"until": ["x"]}, id="until"),
        pytest.param({"retries": 3}, id="retries"),
    ],
)
def test_who_looks_afresh(other: dict[str, Any]) -> None:
    with Stub(LOGGED_IN, Say(body=PARIS)) as stub:
        calls = [info(stub.url, **task).run()["calls"]["GET"] for task in ({}, other)]
    assert calls == [1, 1]


def test_another_route_is_another_session() -> None:
    with Stub(LOGGED_IN, Say(body=PARIS), LOGGED_IN, Say(body=PARIS)) as stub:
        tasks: list[dict[str, Any]] = [{}, {"environment": {"no_proxy": "*"}}]
        calls = [info(stub.url, **task).run()["calls"] for task in tasks]
    assert [(one["POST"], one["GET"]) for one in calls] == [(1, 1), (1, 1)]


def test_another_task_uses_the_session_of_the_run() -> None:
    with Stub(LOGGED_IN, Say(body=PARIS)) as stub:
        calls = [info(stub.url, _uuid=task).run()["calls"]["POST"] for task in ("one", "two")]
    assert calls == [1, 0]


def test_a_task_may_have_its_own_session() -> None:
    with Stub(LOGGED_IN, Say(body=PARIS), LOGGED_IN, Say(body=PARIS)) as stub:
        calls = [info(stub.url, _uuid=task).run(None, {"xci_session": "task"})["calls"] for task in ("one", "two")]
    assert [one["POST"] for one in calls] == [1, 1]


def test_after_a_failure_everything_is_read_again() -> None:
    with Stub(LOGGED_IN, Say(body=PARIS), Say(409), Say(body=PARIS)) as stub:
        assert "xivos" in info(stub.url).run()
        failing = action("xci_template_info", {"xci_url": stub.url, **CONNECTION}).run()
        assert failing["failed"]
        assert info(stub.url).run()["calls"]["GET"] == 1


@pytest.mark.parametrize(("check", "forgotten"), [(False, True), (True, False)], ids=["real", "check"])
def test_what_was_written_for_real_ends_what_was_planned(check: bool, forgotten: bool) -> None:
    with Stub(LOGGED_IN, Say(body=PARIS)) as stub:
        made = info(stub.url, check_mode=check)
        context = made._context({**CONNECTION, "xci_url": stub.url, "validate_certs": True}, one_login=True)
        context._planned = context.current() if check else object()  # type: ignore[assignment]
        made._keep(context, {"changed": True})
        assert (context._planned is None) is forgotten
        state = context.state
        made._keep(context, {"changed": False})
        assert context.state is state
        made._keep(context, {"failed": True})
        assert context.state is not state


def test_each_item_has_its_own_mode_and_warnings() -> None:
    options = {**CONNECTION, "xci_url": "http://xci.example.org", "validate_certs": True}
    first = info("", check_mode=True, diff=True)._context(options, one_login=True)
    first.warnings.append("x")
    second = info("")._context(options, one_login=True)
    assert second is first
    assert (second.check, second.diff, len(second.warnings)) == (False, False, 1)


# -- the other plugins --------------------------------------------------------------------------------------

OPTIONS = {
    **CONNECTION,
    "xci_url": "http://127.0.0.1:9001",
    "validate_certs": True,
    "ca_path": None,
    "read_back_timeout": 5.0,
}


def test_settings_of_the_options_of_a_plugin() -> None:
    settings = settings_of(OPTIONS.__getitem__)
    assert settings == Settings("http://127.0.0.1:9001/api/1.0", "admin", "made-up", timeout=5.0, retries=0)
    with pytest.raises(InputError):
        settings_of({**OPTIONS, "xci_url": None}.__getitem__)


def test_a_plugin_shares_the_session_of_the_run() -> None:
    with Stub(LOGGED_IN, Say(body=PARIS)) as stub:
        settings = Settings(stub.url, "admin", "made-up", timeout=5.0, retries=0)
        contexts = [start(settings, check) for check in (False, True)]
        for context in contexts:
            context.client.read("/xivo")
    assert [context.check for context in contexts] == [False, True]
    assert [asked.path for asked in stub.asked].count("/api/1.0/login") == 1
    assert isinstance(contexts[0].client, Client)
    assert contexts[0].journal is not None


class Text(str):
    __slots__ = ("tag",)


class Number(int):
    pass


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        (True, True),
        (1.5, 1.5),
        (Number(7), 7),
        (Text("a"), "a"),
        ({Text("a"): [Text("b"), (Number(1),)]}, {"a": ["b", [1]]}),
        ({1}, [1]),
        (Path("a"), "a"),
    ],
    ids=str,
)
def test_values_without_what_ansible_adds(value: Any, expected: Any) -> None:
    made = plain(value)
    assert made == expected
    assert type(made) is type(expected)

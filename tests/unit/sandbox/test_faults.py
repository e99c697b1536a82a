# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each fault strikes the request that it is meant for, and leaves done or undone what it says."""

from __future__ import annotations

import http.client
import json
import threading
from typing import TYPE_CHECKING, Any

import pytest
from xcisandbox.faults import KINDS

if TYPE_CHECKING:
    from xcisandbox import Sandbox

    from ansible_collections.xivo.xci.tests.support.clock import Clock
    from ansible_collections.xivo.xci.tests.unit.sandbox.conftest import Client, Connect, Reply

Bodies = dict[str, dict[str, Any]]


@pytest.fixture
def create(sandbox: Sandbox, client: Client, bodies: Bodies) -> Any:
    """Creates a user under a fault; what came back, and whether the user is there."""

    def create_under(**fault: Any) -> tuple[Reply | type[BaseException], bool]:
        sandbox.faults.add({"method": "POST", "path": "^/users$", "fault": fault})
        try:
            answer: Reply | type[BaseException] = client.ask("POST", "/users", bodies["users"])
        except (OSError, http.client.HTTPException) as error:
            answer = type(error)
            client.connection.close()
        assert sandbox.faults.as_list()[0]["fired"] == 1
        return answer, len(sandbox.state()["users"]) == 2

    return create_under


@pytest.mark.parametrize("when", ["before", "after"])
def test_status(create: Any, when: str) -> None:
    reply, done = create(kind="status", status=503, retry_after=1, when=when)
    assert (reply.status, reply.headers["Retry-After"], done) == (503, "1", when == "after")
    assert "<h1>Error</h1>" in reply.text


def test_status_with_a_body(create: Any) -> None:
    reply, done = create(kind="status", status=502, body="bad gateway")
    assert (reply.status, reply.text, reply.headers["Content-Type"]) == (
        502,
        "bad gateway",
        "text/plain; charset=utf-8",
    )
    assert not done


@pytest.mark.parametrize("when", ["before", "after"])
def test_reset(create: Any, when: str) -> None:
    assert create(kind="reset", when=when) == (ConnectionResetError, when == "after")


@pytest.mark.parametrize("when", ["before", "after"])
def test_close(create: Any, when: str) -> None:
    assert create(kind="close", when=when) == (http.client.RemoteDisconnected, when == "after")


@pytest.mark.parametrize("way", ["object", "none", "no_content"])
def test_cut(sandbox: Sandbox, create: Any, way: str) -> None:
    sandbox.dialects.change({"write_body": way})
    assert create(kind="cut") == (http.client.IncompleteRead, True)


@pytest.mark.parametrize("way", ["object", "none", "no_content"])
def test_slow_body(sandbox: Sandbox, create: Any, clock: Clock, way: str) -> None:
    sandbox.dialects.change({"write_body": way})
    reply, done = create(kind="slow_body", seconds=20)
    assert (reply.status in (200, 201, 204), done) == (True, True)
    assert sum(clock.sleeps) == pytest.approx(20)


@pytest.mark.parametrize("when", ["before", "after"])
def test_delay_holds_nobody_else_up(
    sandbox: Sandbox,
    client: Client,
    connect: Connect,
    bodies: Bodies,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    when: str,
) -> None:
    asleep, awake = threading.Event(), threading.Event()

    def sleep(seconds: float) -> None:
        clock.sleeps.append(seconds)
        asleep.set()
        awake.wait(60)

    monkeypatch.setattr(clock, "sleep", sleep)
    other = connect(sandbox)
    sandbox.faults.add({"method": "POST", "fault": {"kind": "delay", "seconds": 600, "when": when}})
    replies: list[Reply] = []
    slow = threading.Thread(target=lambda: replies.append(client.ask("POST", "/users", bodies["users"])))
    slow.start()
    assert asleep.wait(60)
    assert len(other.get(f"{other.entity()['path']}/users")["items"]) == (2 if when == "after" else 1)
    assert slow.is_alive()
    awake.set()
    slow.join()
    assert replies[0].status == 201
    assert clock.sleeps == [600]


def test_logout(client: Client, create: Any) -> None:
    reply, done = create(kind="logout")
    assert (reply.status, done) == (401, False)
    assert client.ask("GET", "/xivo").status == 401


def test_redirect(create: Any) -> None:
    reply, done = create(kind="redirect", location="http://192.0.2.9/login")
    assert (reply.status, reply.headers["Location"], done) == (303, "http://192.0.2.9/login", False)


def test_html(create: Any) -> None:
    reply, done = create(kind="html")
    assert (reply.status, reply.headers["Content-Type"], done) == (200, "text/html; charset=utf-8", False)
    assert "<!DOCTYPE html>" in reply.text


@pytest.mark.parametrize("when", ["before", "after"])
def test_body(create: Any, when: str) -> None:
    reply, done = create(kind="body", body={"items": []}, when=when)
    assert (reply.data, reply.headers["Content-Type"]) == ({"items": []}, "application/json; charset=utf-8")
    assert done is (when == "after")


def test_body_in_another_charset_than_it_says(sandbox: Sandbox, client: Client) -> None:
    fault = {"kind": "body", "body": '["é"]', "charset": "latin-1", "content_type": "application/json"}
    sandbox.faults.add({"fault": fault})
    with pytest.raises(UnicodeDecodeError):
        client.ask("GET", "/xivo")


def test_huge(sandbox: Sandbox, client: Client) -> None:
    sandbox.faults.add({"fault": {"kind": "huge", "bytes": 300_000}})
    reply = client.ask("GET", "/xivo")
    assert len(reply.text) == 300_000
    assert list(reply.data) == ["items"]


def test_every_kind_is_tested_here() -> None:
    tests = {name.removeprefix("test_") for name in globals() if name.startswith("test_")}
    assert set(KINDS) <= tests | {"delay"}


def test_the_connection_lives_on_where_nothing_broke_it(sandbox: Sandbox, client: Client) -> None:
    for fault in ({"kind": "status", "status": 500}, {"kind": "huge", "bytes": 10}, {"kind": "html"}):
        client.ask("GET", "/xivo")
        port = client.connection.sock.getsockname()
        sandbox.faults.add({"fault": fault})
        client.ask("GET", "/xivo")
        assert client.connection.sock.getsockname() == port


def statuses(client: Client, times: int, path: str = "/xivo") -> list[int]:
    return [client.ask("GET", path).status for _time in range(times)]


@pytest.mark.parametrize(
    ("nth", "times", "expected"),
    [
        (1, 1, [503, 200, 200, 200]),
        (2, 2, [200, 503, 503, 200]),
        (3, 0, [200, 200, 503, 503]),
    ],
)
def test_which_of_the_requests(sandbox: Sandbox, client: Client, nth: int, times: int, expected: list[int]) -> None:
    sandbox.faults.add({"nth": nth, "times": times, "fault": {"kind": "status", "status": 503}})
    assert statuses(client, 4) == expected
    (rule,) = sandbox.faults.as_list()
    assert (rule["seen"], rule["fired"]) == (4, expected.count(503))


def test_method_and_path_choose(sandbox: Sandbox, client: Client) -> None:
    fault = {"kind": "status", "status": 503}
    sandbox.faults.add({"method": "POST", "path": "/xivo", "times": 0, "fault": fault})
    sandbox.faults.add({"method": "get", "path": "^/entities/default%40[^/]*/users$", "times": 0, "fault": fault})
    assert statuses(client, 1) == [200]
    path = client.entity()["path"]
    assert statuses(client, 1, path) == [200]
    assert statuses(client, 1, f"{path}/users") == [503]
    client.control("DELETE", "faults")
    assert statuses(client, 1, f"{path}/users") == [200]


@pytest.mark.parametrize("more", [{}, {"retry_after": 2}])
def test_more_at_once_than_allowed(
    sandbox: Sandbox, client: Client, connect: Connect, clock: Clock, monkeypatch: pytest.MonkeyPatch, more: Any
) -> None:
    held, go = threading.Event(), threading.Event()

    def sleep(_seconds: float) -> None:
        held.set()
        go.wait(60)

    monkeypatch.setattr(clock, "sleep", sleep)
    slow = connect(sandbox)
    limit = {"path": "^/xivo$", "times": 0, "at_once": 1, "fault": {"kind": "status", "status": 429, **more}}
    sandbox.faults.add(limit)
    sandbox.faults.add({"path": "^/xivo$", "fault": {"kind": "delay", "seconds": 1}})
    assert client.ask("GET", "/templates").status == 200
    first = threading.Thread(target=slow.ask, args=("GET", "/xivo"))
    first.start()
    assert held.wait(60)
    refused = client.ask("GET", "/xivo")
    assert (refused.status, refused.headers["Retry-After"]) == (429, "2" if more else None)
    assert client.ask("GET", "/templates").status == 200
    go.set()
    first.join()
    assert client.ask("GET", "/xivo").status == 200
    assert [rule["fired"] for rule in sandbox.faults.as_list()] == [1, 1]


def test_a_permanent_refusal_of_a_route(sandbox: Sandbox, client: Client, bodies: Bodies) -> None:
    sandbox.faults.add({"method": "POST", "path": "^/users$", "times": 0, "fault": {"kind": "status", "status": 403}})
    assert [client.ask("POST", "/users", bodies["users"]).status for _time in range(3)] == [403] * 3
    assert statuses(client, 1) == [200]


def test_login_can_fail_too(sandbox: Sandbox, connect: Connect) -> None:
    sandbox.faults.add({"path": "^/login$", "fault": {"kind": "status", "status": 503}})
    client = connect(sandbox, None)
    assert [client.log_in().status, client.log_in().status] == [503, 200]


def test_the_log_tells(sandbox: Sandbox, client: Client) -> None:
    sandbox.faults.add({"fault": {"kind": "status", "status": 503}})
    sandbox.faults.add({"nth": 2, "fault": {"kind": "close"}})
    client.ask("GET", "/xivo")
    with pytest.raises(http.client.RemoteDisconnected):
        client.ask("GET", "/xivo")
    logged = [(entry["status"], entry["fault"]) for entry in sandbox.requests()[1:]]
    assert logged == [(503, "status"), (None, "close")]


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ([], "a rule has"),
        ({"fault": None}, "a fault has a kind"),
        ({"fault": {"kind": "nothing"}}, "one of status, reset"),
        ({"fault": {"kind": "status"}}, "needs status"),
        ({"fault": {"kind": "status", "status": "503"}}, "can't be '503'"),
        ({"fault": {"kind": "delay", "seconds": True}}, "can't be True"),
        ({"fault": {"kind": "cut", "when": "before"}}, "has no when"),
        ({"fault": {"kind": "reset", "when": "now"}}, "before or after"),
        ({"fault": {"kind": "body", "body": "", "charset": "klingon"}}, "klingon"),
        ({"fault": {"kind": "reset"}, "nth": 0}, "nth is 1 or more"),
        ({"fault": {"kind": "reset"}, "times": -1}, "times and at_once 0 or more"),
        ({"fault": {"kind": "reset"}, "at_once": True}, "times and at_once 0 or more"),
        ({"fault": {"kind": "reset"}, "path": "("}, "regular expression"),
        ({"fault": {"kind": "reset"}, "pth": "x"}, "a rule has"),
    ],
)
def test_a_rule_that_makes_no_sense(sandbox: Sandbox, client: Client, rule: Any, said: str) -> None:
    reply = client.control("POST", "faults", rule)
    assert reply.status == 400
    assert said in reply.data["error"]
    assert sandbox.faults.as_list() == []


def test_faults_over_the_control_interface(client: Client) -> None:
    rule = {"method": "GET", "path": "^/xivo$", "fault": {"kind": "status", "status": 503}}
    listed = {**rule, "nth": 1, "times": 1, "at_once": 0, "seen": 0, "fired": 0}
    assert client.control("POST", "faults", rule).data == listed
    assert client.control("GET", "faults").data == {"items": [listed]}
    assert statuses(client, 2) == [503, 200]
    assert json.loads(client.control("GET", "faults").text)["items"][0]["fired"] == 1

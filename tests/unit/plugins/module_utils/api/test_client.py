# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is sent again, what is not, and who logs in when: against a real server that misbehaves."""

from __future__ import annotations

import json
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
import urllib3
from xcisandbox import Sandbox

from ansible_collections.xivo.xci.plugins.module_utils.api import transport
from ansible_collections.xivo.xci.plugins.module_utils.api.client import Client
from ansible_collections.xivo.xci.plugins.module_utils.api.errors import (
    AmbiguousResult,
    ApiError,
    ConnectionFailed,
    LoginFailed,
    LoginRefused,
    UnexpectedResponse,
    XciError,
)
from ansible_collections.xivo.xci.plugins.module_utils.api.settings import Settings
from ansible_collections.xivo.xci.plugins.module_utils.api.store import MemoryStore, secrets_in
from ansible_collections.xivo.xci.tests.support.clock import Held
from ansible_collections.xivo.xci.tests.unit.plugins.conftest import Clock
from ansible_collections.xivo.xci.tests.unit.plugins.stub import LOGGED_IN, Say, Stub

LOGIN, READ, WRITE = "POST /login", "GET /xivo", "POST /xivo"
NICE = {"name": "nice", "host": "192.0.2.3", "configure": False}
NEW_USER = {"entityCId": "a@b", "templateId": 1, "firstName": "A", "lastName": "", "internalNumber": "1"}
SECRET = "made-up/1"

Connect = Callable[..., Client]


@pytest.fixture
def connect(clock: Clock) -> Iterator[Connect]:
    """Clients whose pauses take no time, closed after the test."""
    opened: list[Client] = []

    def connect_to(server: Sandbox | Stub, **options: Any) -> Client:
        settings = Settings(server.url, **{"login": "admin", "password": "superpass", "timeout": 5.0, **options})
        opened.append(Client(settings))
        return opened[-1]

    yield connect_to
    for client in opened:
        client.close()


def asked(sandbox: Sandbox) -> list[str]:
    return [f"{entry['method']} {entry['path']}" for entry in sandbox.requests()]


def write(client: Client) -> Any:
    return client.write("POST", "/xivo", NICE)


# -- when all is well ---------------------------------------------------------------------------------------


def test_one_login_for_all(sandbox: Sandbox, connect: Connect, clock: Clock) -> None:
    client = connect(sandbox)
    assert client.read("/xivo") == {"items": []}
    assert write(client)["name"] == "nice"
    assert client.read("/xivo")["items"][0]["host"] == "192.0.2.3"
    assert asked(sandbox) == [LOGIN, READ, WRITE, READ]
    assert client.counted() == {"GET": 2, "POST": 2, "PUT": 0, "DELETE": 0}
    assert clock.sleeps == []


@pytest.mark.parametrize("body", ["", "created", "[1"], ids=["empty", "text", "cut-json"])
def test_a_write_may_be_answered_with_anything(connect: Connect, body: str) -> None:
    with Stub(LOGGED_IN, Say(201, body, [("Content-Type", "text/plain")])) as stub:
        assert write(connect(stub)) is None


def test_the_session_is_what_the_login_set_until_xci_renews_it(connect: Connect) -> None:
    cookies = [("Set-Cookie", "_any=made-up; Path=/elsewhere; Domain=example.org"), ("Set-Cookie", "lang=fr")]
    with Stub(Say(headers=cookies), Say(200, "[]", [("Set-Cookie", "_any=changed")])) as stub:
        client = connect(stub)
        client.read("/templates")
        client.read("/templates")
    assert [one.headers.get("cookie") for one in stub.asked] == [
        None,
        "_any=made-up; lang=fr",
        "_any=changed; lang=fr",
    ]


def test_counting_before_anything_was_asked(sandbox: Sandbox, connect: Connect) -> None:
    assert connect(sandbox).counted() == {"GET": 0, "POST": 0, "PUT": 0, "DELETE": 0}
    assert asked(sandbox) == []


# -- the table of what is sent again ------------------------------------------------------------------------

TIMES = {"nth": 1, "times": 0}


def status(code: int, **more: Any) -> dict[str, Any]:
    return {"kind": "status", "status": code, **more}


@pytest.mark.parametrize(
    "fault",
    [
        *(pytest.param(status(code), id=str(code)) for code in (408, 429, 500, 502, 503, 504)),
        pytest.param({"kind": "reset"}, id="reset"),
        pytest.param({"kind": "close"}, id="closed"),
        pytest.param({"kind": "cut"}, id="cut"),
    ],
)
def test_a_read_is_sent_again(sandbox: Sandbox, connect: Connect, clock: Clock, fault: Any) -> None:
    sandbox.faults.add({"method": "GET", "times": 3, "fault": fault})
    assert connect(sandbox).read("/xivo") == {"items": []}
    assert asked(sandbox) == [LOGIN, READ, READ, READ, READ]
    assert len(clock.sleeps) == 3


@pytest.mark.parametrize("code", [408, 429, 500, 502, 503, 504])
def test_a_read_is_given_up_in_the_end(sandbox: Sandbox, connect: Connect, clock: Clock, code: int) -> None:
    sandbox.faults.add({"method": "GET", **TIMES, "fault": status(code, body="no way")})
    with pytest.raises(ApiError) as caught:
        connect(sandbox, retries=2).read("/xivo")
    assert str(caught.value) == f"GET {sandbox.url}/xivo answered {code}: no way"
    assert (caught.value.status, caught.value.result()["status"]) == (code, code)
    assert asked(sandbox) == [LOGIN, READ, READ, READ]
    assert len(clock.sleeps) == 2


def test_a_read_whose_answers_are_all_lost(sandbox: Sandbox, connect: Connect) -> None:
    sandbox.faults.add({"method": "GET", **TIMES, "fault": {"kind": "reset"}})
    with pytest.raises(ConnectionFailed, match=rf"^GET {sandbox.url}/xivo: the connection was lost: "):
        connect(sandbox, retries=1).read("/xivo")
    assert asked(sandbox) == [LOGIN, READ, READ]


@pytest.mark.parametrize("code", [400, 404, 409, 410, 413, 422, 501, 505])
def test_a_refusal_is_passed_on(sandbox: Sandbox, connect: Connect, code: int) -> None:
    sandbox.faults.add({"path": "/xivo", **TIMES, "fault": status(code, body="because")})
    client = connect(sandbox)
    for send, method in ((partial(client.read, "/xivo"), "GET"), (partial(write, client), "POST")):
        with pytest.raises(ApiError, match=f"^{method} {sandbox.url}/xivo answered {code}: because$"):
            send()
    assert asked(sandbox) == [LOGIN, READ, WRITE]


def test_a_write_that_fails_inside_is_not_sent_again(sandbox: Sandbox, connect: Connect) -> None:
    sandbox.faults.add({"path": "/xivo", "fault": status(500)})
    with pytest.raises(ApiError) as caught:
        write(connect(sandbox))
    assert caught.value.status == 500
    assert asked(sandbox) == [LOGIN, WRITE]


@pytest.mark.parametrize("code", [408, 429])
def test_a_write_that_was_put_off_is_sent_again(sandbox: Sandbox, connect: Connect, clock: Clock, code: int) -> None:
    sandbox.faults.add({"path": "/xivo", "times": 2, "fault": status(code)})
    assert write(connect(sandbox))["name"] == "nice"
    assert asked(sandbox) == [LOGIN, WRITE, WRITE, WRITE]
    assert len(clock.sleeps) == 2


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(
    ("fault", "finished"),
    [
        pytest.param(status(502), False, id="502"),
        pytest.param(status(503), True, id="503"),
        pytest.param(status(504), False, id="504"),
        pytest.param({"kind": "reset"}, False, id="reset"),
        pytest.param({"kind": "close"}, False, id="closed"),
    ],
)
def test_a_write_whose_answer_is_lost(
    sandbox: Sandbox, connect: Connect, when: str, fault: Any, finished: bool
) -> None:
    sandbox.faults.add({"path": "/xivo", **TIMES, "fault": {**fault, "when": when}})
    with pytest.raises(AmbiguousResult, match=f"^POST {sandbox.url}/xivo") as caught:
        write(connect(sandbox))
    assert caught.value.finished is finished
    assert asked(sandbox) == [LOGIN, WRITE]
    assert len(sandbox.state()["xivos"]) == (when == "after")


def test_a_write_whose_answer_comes_too_late(sandbox: Sandbox, connect: Connect, held: Held) -> None:
    sandbox.faults.add({"path": "/xivo", "fault": {"kind": "delay", "seconds": 1}})
    client = connect(sandbox)
    client.connect()
    client._transport.settings = replace(client.settings, timeout=0.1)
    with pytest.raises(AmbiguousResult, match=r"no answer within 0\.1 seconds \(option timeout\)$") as caught:
        write(client)
    assert not caught.value.finished


def test_a_write_whose_answer_is_too_large(sandbox: Sandbox, connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "LARGEST_ANSWER", 2**20)
    sandbox.faults.add({"path": "/xivo", **TIMES, "fault": {"kind": "huge", "bytes": 2**20 + 1}})
    client = connect(sandbox)
    assert write(client) is None
    with pytest.raises(UnexpectedResponse, match=r"^GET .*/xivo: the answer has more than 1 MiB$"):
        client.read("/xivo")
    assert asked(sandbox) == [LOGIN, WRITE, READ]


WAITS = not hasattr(urllib3.HTTPResponse, "read1")
"""Before 2.1, urllib3 can only wait for a whole block of an answer."""
SLOW = pytest.param({"kind": "slow_body", "seconds": 0.2}, id="slow", marks=pytest.mark.skipif(WAITS, reason="urllib3"))


@pytest.mark.parametrize("fault", [pytest.param({"kind": "cut"}, id="cut"), SLOW])
def test_a_write_that_was_accepted_is_done_whatever_is_left_of_its_answer(
    sandbox: Sandbox, connect: Connect, leaping: None, fault: Any
) -> None:
    sandbox.faults.add({"path": "/xivo", **TIMES, "fault": fault})
    assert write(connect(sandbox)) is None
    assert asked(sandbox) == [LOGIN, WRITE]


def test_a_page_that_is_cut_is_no_sign_that_a_write_was_accepted(connect: Connect) -> None:
    with Stub(LOGGED_IN, Say(200, "<html><p>Log in", cut=True)) as stub, pytest.raises(AmbiguousResult) as caught:
        write(connect(stub))
    assert caught.value.finished
    assert len(stub.asked) == 2


@pytest.mark.parametrize(
    "fault", [{"kind": "html"}, {"kind": "redirect", "location": "/login"}], ids=["page", "redirect"]
)
def test_a_page_on_a_read_is_an_expired_session(sandbox: Sandbox, connect: Connect, fault: Any) -> None:
    sandbox.faults.add({"path": "/xivo", "fault": fault})
    assert connect(sandbox).read("/xivo") == {"items": []}
    assert asked(sandbox) == [LOGIN, READ, LOGIN, READ]


def test_pages_and_nothing_else(sandbox: Sandbox, connect: Connect) -> None:
    client = connect(sandbox)
    sandbox.faults.add({"path": "/xivo", **TIMES, "fault": {"kind": "html"}})
    with pytest.raises(UnexpectedResponse) as caught:
        client.read("/xivo")
    assert str(caught.value) == (
        f"GET {sandbox.url}/xivo answered 200 with a page: XiVO Centralized Interface A page where an answer was "
        "expected., even after a new login. Is this XCI's own address?"
    )
    sandbox.faults.clear()
    sandbox.faults.add({"path": "/xivo", **TIMES, "fault": {"kind": "redirect", "location": "/app/login"}})
    with pytest.raises(
        UnexpectedResponse, match=r"answered 303 with a redirect to /app/login, even after a new login\."
    ):
        client.read("/xivo")
    assert asked(sandbox) == [LOGIN, READ, LOGIN, READ, READ, LOGIN, READ]


def test_the_session_in_the_address_of_a_redirect_is_not_shown(sandbox: Sandbox, connect: Connect) -> None:
    address = "http://admin:made-up@xci/login;jsessionid=made-up?session=made-up#made-up"
    sandbox.faults.add({"path": "/xivo", **TIMES, "fault": {"kind": "redirect", "location": address}})
    with pytest.raises(UnexpectedResponse, match="a redirect to http://xci/login, even") as caught:
        connect(sandbox).read("/xivo")
    assert "made-up" not in str(caught.value)


@pytest.mark.parametrize(
    "fault", [{"kind": "html"}, {"kind": "redirect", "location": "/login"}], ids=["page", "redirect"]
)
def test_after_a_page_a_write_is_unclear_and_the_session_a_new_one(
    sandbox: Sandbox, connect: Connect, fault: Any
) -> None:
    client = connect(sandbox)
    sandbox.faults.add({"path": "/xivo", "fault": fault})
    with pytest.raises(AmbiguousResult, match=f"^POST {sandbox.url}/xivo answered ") as caught:
        write(client)
    assert caught.value.finished
    assert client.read("/xivo") == {"items": []}
    assert asked(sandbox) == [LOGIN, WRITE, LOGIN, READ]


def test_a_page_on_a_write_after_a_new_login_is_unclear_too(sandbox: Sandbox, connect: Connect) -> None:
    sandbox.faults.add({"path": "/xivo", "fault": status(401)})
    sandbox.faults.add({"path": "/xivo", "nth": 2, "fault": {"kind": "html"}})
    with pytest.raises(AmbiguousResult):
        write(connect(sandbox))
    assert asked(sandbox) == [LOGIN, WRITE, LOGIN, WRITE]


def test_nobody_is_there(connect: Connect, clock: Clock, sandbox: Sandbox) -> None:
    client = connect(sandbox)
    client.connect()
    sandbox.stop()
    for send in (partial(client.read, "/xivo"), partial(write, client)):
        with pytest.raises(ConnectionFailed, match=r"can't connect: .*Is xci_url right, and XCI running\?$"):
            send()
    assert client.counted() == {"GET": 4, "POST": 1 + 4, "PUT": 0, "DELETE": 0}
    assert len(clock.sleeps) == 6


# -- pauses -------------------------------------------------------------------------------------------------


def test_pauses_grow_and_vary(connect: Connect, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    bounds: list[tuple[float, float]] = []

    def half(low: float, high: float) -> float:
        bounds.append((low, high))
        return high / 2

    monkeypatch.setattr("random.uniform", half)
    with Stub(LOGGED_IN, Say(502)) as stub, pytest.raises(ApiError):
        connect(stub, retries=9, timeout=1000.0).read("/xivo")
    longest = [0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0]
    assert bounds == [(0, pause) for pause in longest]
    assert clock.sleeps == [pause / 2 for pause in longest]


@pytest.mark.parametrize(
    ("asks", "pause"),
    [("7", 7.0), ("30", 30.0), ("31", 30.0), ("999999999", 30.0)],
)
def test_xci_says_how_long_to_wait(connect: Connect, clock: Clock, asks: str, pause: float) -> None:
    with Stub(LOGGED_IN, Say(429, "", [("Retry-After", asks)]), Say(200, "[]")) as stub:
        assert connect(stub, timeout=60.0).read("/xivo") == []
    assert clock.sleeps == [pytest.approx(pause)]


def test_xci_wants_us_to_wait_longer_than_we_have(connect: Connect, clock: Clock) -> None:
    with Stub(LOGGED_IN, Say(429, "later", [("Retry-After", "11")])) as stub:
        with pytest.raises(ApiError, match=r"answered 429: later$"):
            connect(stub, timeout=5.0).read("/xivo")
        assert len(stub.asked) == 2
    assert clock.sleeps == []


@pytest.mark.parametrize("code", [429, 502, 503, 504])
def test_all_requests_wait_as_long_as_xci_wants(connect: Connect, clock: Clock, code: int) -> None:
    with Stub(LOGGED_IN, Say(code, "", [("Retry-After", "7")]), Say(200, "[]")) as stub:
        client = connect(stub, retries=0)
        with pytest.raises(XciError):
            write(client)
        assert clock.sleeps == []
        assert client.read("/xivo") == []
    assert clock.sleeps == [pytest.approx(7.0)]


@pytest.mark.parametrize("asks", ["0", "-5", "soon", "1.5", "9999999999", "Wed, 21 Oct 2026 07:28:00 GMT", "٣"])
def test_xci_says_nothing_of_use_about_waiting(connect: Connect, clock: Clock, asks: str) -> None:
    header = asks.encode().decode("latin-1")
    with Stub(LOGGED_IN, Say(429, "", [("Retry-After", header)]), Say(200, "[]")) as stub:
        assert connect(stub).read("/xivo") == []
    (slept,) = clock.sleeps
    assert 0 <= slept <= 0.25


def test_all_attempts_together_have_a_deadline(connect: Connect, clock: Clock) -> None:
    with Stub(LOGGED_IN, Say(503, "", [("Retry-After", "30")])) as stub, pytest.raises(ApiError):
        connect(stub, retries=100, timeout=40.0).read("/xivo")
    # A third pause would end after 2 x timeout.
    assert clock.sleeps == [pytest.approx(30.0)] * 2


def test_no_retries(connect: Connect, clock: Clock) -> None:
    with Stub(LOGGED_IN, Say(503)) as stub, pytest.raises(ApiError):
        connect(stub, retries=0).read("/xivo")
    assert (len(stub.asked), clock.sleeps) == (2, [])


# -- sessions -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["401", "403", "redirect", "html"])
def test_a_session_that_has_expired(start: Callable[..., Sandbox], connect: Connect, clock: Clock, way: str) -> None:
    sandbox = start(dialects={"expired": way})
    client = connect(sandbox)
    client.connect()
    sandbox.expire()
    assert client.read("/xivo") == {"items": []}
    assert asked(sandbox) == [LOGIN, READ, LOGIN, READ]
    assert clock.sleeps == []


@pytest.mark.parametrize("way", ["401", "403"])
def test_a_write_after_the_session_has_expired(start: Callable[..., Sandbox], connect: Connect, way: str) -> None:
    sandbox = start(dialects={"expired": way})
    client = connect(sandbox)
    client.connect()
    sandbox.expire()
    assert write(client)["name"] == "nice"
    # A 403 may be a refusal of this write alone, which a read shows.
    assert asked(sandbox) == [LOGIN, WRITE, *([READ] if way == "403" else []), LOGIN, WRITE]


@pytest.mark.parametrize(
    ("code", "why"),
    [
        (
            401,
            "even after a new login: another run or person with the login admin probably ended the session, as XCI may "
            "allow one per administrator. Use a login of its own for each; if nobody else uses this one, admin may not "
            "do this",
        ),
        (403, "in a valid session: admin may not do this"),
    ],
)
def test_what_an_administrator_may_not_do(sandbox: Sandbox, connect: Connect, code: int, why: str) -> None:
    sandbox.faults.add({"path": "/xivo", **TIMES, "fault": status(code, body="only super-administrators")})
    client = connect(sandbox)
    for send in (partial(client.read, "/xivo"), partial(write, client)):
        with pytest.raises(ApiError) as caught:
            send()
        assert caught.value.status == code
        assert str(caught.value).endswith(
            f" {sandbox.url}/xivo answered {code} {why}. XCI says: only super-administrators"
        )
    # Once a new login did not help, a 403 is one.
    assert asked(sandbox) == [LOGIN, READ, LOGIN, READ, WRITE, *([LOGIN, WRITE] if code == 401 else [])]


def test_many_writes_that_are_refused_cost_no_login_and_no_second_request(sandbox: Sandbox, connect: Connect) -> None:
    sandbox.faults.add({"method": "POST", "path": "^/xivo$", **TIMES, "fault": status(403)})
    client = connect(sandbox)
    client.read("/templates")

    def refused(_number: int) -> int:
        with pytest.raises(ApiError, match="answered 403 in a valid session: admin may not do this") as caught:
            write(client)
        return caught.value.status

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(refused, range(60))) == [403] * 60
    assert Counter(asked(sandbox)) == {LOGIN: 1, "GET /templates": 1, WRITE: 60, READ: 1}


def test_where_nothing_shows_that_a_session_is_good_a_new_login_is_tried_once(
    sandbox: Sandbox, connect: Connect
) -> None:
    """As for an administrator who may see nothing of what XCI lists."""
    sandbox.faults.add({"path": "^/(xivo|users)$", **TIMES, "fault": status(403)})
    client = connect(sandbox)
    for _number in range(3):
        with pytest.raises(ApiError, match="answered 403 in a valid session"):
            client.write("POST", "/users", NEW_USER)
    assert Counter(asked(sandbox)) == {LOGIN: 2, "POST /users": 4, READ: 1}


def test_a_session_that_was_good_may_expire_later(
    start: Callable[..., Sandbox], connect: Connect, clock: Clock
) -> None:
    sandbox = start(dialects={"expired": "403"})
    client = connect(sandbox)
    sandbox.faults.add({"method": "POST", "path": "^/xivo$", "fault": status(403)})
    with pytest.raises(ApiError):
        write(client)
    sandbox.expire()
    clock.now += 31
    assert write(client)["name"] == "nice"
    assert asked(sandbox) == [LOGIN, WRITE, READ, WRITE, READ, LOGIN, WRITE]


def test_one_login_for_many_threads_whose_session_expired(sandbox: Sandbox, connect: Connect) -> None:
    client, threads = connect(sandbox), 12
    client.connect()
    sandbox.expire()
    together = threading.Barrier(threads)

    def read(_number: int) -> Any:
        together.wait()
        return client.read("/xivo")

    with ThreadPoolExecutor(threads) as pool:
        assert list(pool.map(read, range(threads))) == [{"items": []}] * threads
    assert asked(sandbox).count(LOGIN) == 2


def test_one_login_for_many_threads_at_the_start(sandbox: Sandbox, connect: Connect) -> None:
    client = connect(sandbox)
    with ThreadPoolExecutor(12) as pool:
        list(pool.map(client.read, ["/xivo"] * 12))
    assert asked(sandbox).count(LOGIN) == 1


def test_a_store_calls_login_only_when_it_has_to() -> None:
    store, logins = MemoryStore(), iter(["first", "second"])
    assert store.obtain(lambda: next(logins)) == "first"
    assert store.obtain(lambda: next(logins)) == "first"
    assert store.obtain(lambda: next(logins), refused="another") == "first"
    assert store.obtain(lambda: next(logins), refused="first") == "second"


def test_two_clients_with_one_store_are_one_session(sandbox: Sandbox, connect: Connect) -> None:
    one = connect(sandbox)
    other = Client(one.settings, one.store)
    one.read("/xivo")
    other.read("/xivo")
    other.close()
    assert asked(sandbox).count(LOGIN) == 1


# -- logging in ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("way", "how"), [("401", "401"), ("403", "403"), ("no_cookie", "200 without a session cookie")]
)
def test_a_login_that_is_refused(
    start: Callable[..., Sandbox], connect: Connect, clock: Clock, way: str, how: str
) -> None:
    sandbox = start(dialects={"login_refused": way})
    with pytest.raises(LoginRefused) as caught:
        connect(sandbox, password=SECRET).read("/xivo")
    assert str(caught.value) == (
        f"XCI refuses the login of 'admin' (POST {sandbox.url}/login answered {how}): check xci_login and "
        "xci_password, and that xci_url is XCI's own address"
    )
    assert asked(sandbox) == [LOGIN]
    assert clock.sleeps == []


@pytest.mark.parametrize(
    "fault",
    [
        *(pytest.param(status(code), id=str(code)) for code in (408, 429, 500, 502, 503, 504)),
        pytest.param({"kind": "reset"}, id="reset"),
        pytest.param({"kind": "cut"}, id="cut"),
    ],
)
def test_a_login_changes_nothing_and_is_sent_again(sandbox: Sandbox, connect: Connect, fault: Any) -> None:
    sandbox.faults.add({"path": "/login", "times": 2, "fault": fault})
    assert connect(sandbox).read("/xivo") == {"items": []}
    assert asked(sandbox) == [LOGIN, LOGIN, LOGIN, READ]


def test_a_login_that_is_given_up(sandbox: Sandbox, connect: Connect, clock: Clock) -> None:
    sandbox.faults.add({"path": "/login", "times": 4, "fault": status(503, body="later", retry_after=2)})
    sandbox.faults.add({"path": "/login", **TIMES, "fault": {"kind": "reset"}})
    with pytest.raises(
        LoginFailed, match=rf"^POST {sandbox.url}/login answered 503: later\. Is this XCI's own address\?$"
    ):
        connect(sandbox).read("/xivo")
    assert clock.sleeps == [pytest.approx(2)] * 3
    with pytest.raises(ConnectionFailed, match=rf"^POST {sandbox.url}/login: the connection was lost: "):
        connect(sandbox).read("/xivo")


@pytest.mark.parametrize("code", [400, 404, 405, 501])
def test_a_login_at_another_address(sandbox: Sandbox, connect: Connect, code: int) -> None:
    sandbox.faults.add({"path": "/login", **TIMES, "fault": status(code, body="what?")})
    with pytest.raises(LoginFailed) as caught:
        connect(sandbox).read("/xivo")
    assert str(caught.value) == f"POST {sandbox.url}/login answered {code}: what?. Is this XCI's own address?"
    assert caught.value.result()["status"] == code
    assert asked(sandbox) == [LOGIN]


def test_a_login_that_is_sent_elsewhere(sandbox: Sandbox, connect: Connect) -> None:
    fault = {"kind": "redirect", "status": 301, "location": "https://xci.example.org/api/1.0/login"}
    sandbox.faults.add({"path": "/login", "fault": fault})
    with pytest.raises(UnexpectedResponse) as caught:
        connect(sandbox).read("/xivo")
    assert str(caught.value) == (
        f"POST {sandbox.url}/login answered 301 and points to https://xci.example.org/api/1.0/login: "
        "is that XCI's own address?"
    )


def test_nobody_to_log_in_to(sandbox: Sandbox, connect: Connect, clock: Clock) -> None:
    client = connect(sandbox)
    sandbox.stop()
    with pytest.raises(ConnectionFailed, match=rf"^POST {sandbox.url}/login: can't connect: "):
        client.read("/xivo")
    assert client.counted()["POST"] == 4
    assert len(clock.sleeps) == 3


# -- trying a password --------------------------------------------------------------------------------------


def test_whether_xci_accepts_somebody_else(sandbox: Sandbox, connect: Connect) -> None:
    sandbox.load({"administrators": [{"login": "bob", "password": "right"}]})
    client = connect(sandbox)
    assert client.accepts("bob", "right")
    assert not client.accepts("bob", "wrong")
    assert client.read("/xivo") == {"items": []}
    assert asked(sandbox) == [LOGIN, LOGIN, LOGIN, READ]


def test_whether_xci_accepts_ourselves_costs_no_login_of_its_own(sandbox: Sandbox, connect: Connect) -> None:
    client = connect(sandbox)
    client.read("/xivo")
    assert client.accepts("admin", "superpass")
    assert not client.accepts("admin", "other")
    assert asked(sandbox) == [LOGIN, READ, LOGIN]


def test_whether_xci_accepts_somebody_can_not_be_found_out(sandbox: Sandbox, connect: Connect) -> None:
    sandbox.faults.add({"path": "/login", **TIMES, "fault": status(500)})
    with pytest.raises(LoginFailed):
        connect(sandbox).accepts("bob", "right")


def test_a_cookie_of_what_stands_before_xci_opens_no_session(connect: Connect) -> None:
    balancer, session = ("Set-Cookie", "SERVERID=web1"), ("Set-Cookie", "PLAY_SESSION=made-up-session")
    for says, accepted in (([balancer], False), ([balancer, session], True)):
        with Stub(Say(headers=says), Say(headers=[balancer, session])) as stub:
            assert connect(stub).accepts("bob", SECRET) is accepted


# -- what can't be read -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        pytest.param(
            {"kind": "body", "body": "{", "content_type": "application/json"}, "did not answer with JSON", id="cut"
        ),
        pytest.param(
            {"kind": "body", "body": '["é"]', "charset": "latin-1"},
            "did not answer with JSON .it is not UTF-8, as JSON has to be",
            id="charset",
        ),
        pytest.param(
            {"kind": "body", "body": "OK", "content_type": "text/plain"}, "did not answer with JSON .*: OK", id="text"
        ),
        pytest.param({"kind": "body", "body": ""}, "answered 200 with nothing in it", id="empty"),
        pytest.param({"kind": "body", "body": "null"}, "answered 200 with nothing in it", id="null"),
        pytest.param({"kind": "body", "body": "[" * 20_000}, "did not answer with JSON .*nested too deeply", id="deep"),
    ],
)
def test_a_read_that_is_no_json(sandbox: Sandbox, connect: Connect, fault: Any, why: str) -> None:
    sandbox.faults.add({"path": "/xivo", **TIMES, "fault": fault})
    with pytest.raises(UnexpectedResponse, match=f"^GET {sandbox.url}/xivo {why}"):
        connect(sandbox, retries=1).read("/xivo")
    assert asked(sandbox) == [LOGIN, READ, READ]


def test_what_can_not_be_read_is_asked_for_again(sandbox: Sandbox, connect: Connect) -> None:
    sandbox.faults.add({"path": "/xivo", "fault": {"kind": "body", "body": '{"items": ['}})
    assert connect(sandbox).read("/xivo") == {"items": []}


@pytest.mark.parametrize("body", ["0", "false", '""', "[]", "{}"])
def test_json_that_is_empty_is_an_answer(sandbox: Sandbox, connect: Connect, body: str) -> None:
    sandbox.faults.add({"path": "/xivo", "fault": {"kind": "body", "body": body}})
    assert not connect(sandbox).read("/xivo")


# -- secrets ------------------------------------------------------------------------------------------------

ECHO = r"PLAY_SESSION=made-up-session, password superpass, body made-up\/1, value made-up/1, session made-up-session"


@pytest.mark.parametrize("code", [400, 401, 403, 404, 500, 502])
def test_no_error_quotes_a_secret(connect: Connect, code: int) -> None:
    with Stub(LOGGED_IN, Say(code, ECHO), LOGGED_IN, Say(code, ECHO)) as stub:
        client = connect(stub)
        with pytest.raises(XciError) as caught:
            client.write("PUT", "/users/5", {"ctiPassword": SECRET}, [SECRET])
    message = str(caught.value)
    assert "***" in message
    assert not re.search(r"made-up|superpass", message)


def test_no_error_of_a_login_quotes_the_password(connect: Connect) -> None:
    with Stub(Say(400, ECHO)) as stub, pytest.raises(LoginFailed) as caught:
        connect(stub).accepts("bob", SECRET)
    assert not re.search(r"made-up/1|made-up\\/1|superpass", str(caught.value))


def test_a_short_cookie_is_no_secret(connect: Connect) -> None:
    cookies = [("Set-Cookie", "PLAY_SESSION=made-up-session"), ("Set-Cookie", "lang=fr")]
    with Stub(Say(headers=cookies), Say(400, "la langue est le français")) as stub, pytest.raises(ApiError) as caught:
        write(connect(stub))
    assert str(caught.value).endswith("answered 400: la langue est le français")


def test_a_404_of_the_login_is_no_404_of_what_was_asked_for(sandbox: Sandbox, connect: Connect) -> None:
    """At a wrong address nothing is there; that must not pass for a user who is gone already."""
    sandbox.faults.add({"path": "/login", **TIMES, "fault": status(404)})
    with pytest.raises(LoginFailed) as caught:
        connect(sandbox).read("/users/1")
    assert not isinstance(caught.value, ApiError)


def test_the_own_password_is_verified_by_the_session_s_login(sandbox: Sandbox) -> None:
    client = Client(Settings(sandbox.url, "admin", "superpass", timeout=5.0, retries=0))
    assert client.accepts("admin", "superpass") is True
    assert client.accepts("admin", "superpass") is True
    assert [one["path"] for one in sandbox.requests()] == ["/login"]
    client.close()


def test_a_cookie_of_eight_characters_may_open_a_session() -> None:
    assert secrets_in("lang=fr; a=1234567; b=12345678") == ["lang=fr; a=1234567; b=12345678", "12345678"]


# -- an answer of success that speaks of an error -----------------------------------------------------------


@pytest.mark.parametrize("body", [{"error": "taken"}, {"errors": ["taken"], "ok": False}, {"exception": "taken"}])
def test_an_answer_that_speaks_of_an_error_is_no_success(connect: Connect, body: Any) -> None:
    with Stub(LOGGED_IN, Say(body=json.dumps(body))) as stub, pytest.raises(ApiError) as caught:
        connect(stub).write("DELETE", "/users/5")
    assert caught.value.status == 200
    assert "/users/5 answered 200: " in str(caught.value)
    assert "taken" in str(caught.value)
    assert [one.method for one in stub.asked] == ["POST", "DELETE"]


@pytest.mark.parametrize(
    "body", [{"id": 5, "error": "of an older edition"}, {"errors": []}, {"error": None}, {"message": "done"}, {}, []]
)
def test_other_answers_to_a_write_are_a_success(connect: Connect, body: Any) -> None:
    with Stub(LOGGED_IN, Say(body=json.dumps(body))) as stub:
        assert connect(stub).write("DELETE", "/users/5") == body

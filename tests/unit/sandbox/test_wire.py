# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP as clients speak it: connections that live on, many of them, and what is no HTTP."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from xcisandbox import Sandbox

    from ansible_collections.xivo.xci.tests.support.clock import Clock
    from ansible_collections.xivo.xci.tests.unit.sandbox.conftest import Client, Connect, Start


def exchange(sandbox: Sandbox, *pieces: bytes, pause: float = 0.0) -> bytes:
    """What comes back until the server closes the connection."""
    with socket.create_connection(("127.0.0.1", sandbox.port), timeout=60) as sock:
        for piece in pieces:
            sock.sendall(piece)
            time.sleep(pause)
        answer = b""
        while received := sock.recv(65536):
            answer += received
    return answer


def test_one_connection_serves_many_requests(client: Client) -> None:
    ports = set()
    for _time in range(5):
        client.get("/xivo")
        ports.add(client.connection.sock.getsockname())
    assert len(ports) == 1


def test_requests_may_follow_each_other_without_waiting(sandbox: Sandbox) -> None:
    one = b"GET /_sandbox/ping HTTP/1.1\r\nHost: localhost\r\n\r\n"
    last = b"GET /_sandbox/ping HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    assert exchange(sandbox, one + one + last).count(b"HTTP/1.1 200 OK") == 3


def test_a_request_may_come_in_pieces(sandbox: Sandbox) -> None:
    pieces = (
        b"POST /api/1.0/login HT", b"TP/1.1\r\nContent-Type: application/json\r\nConnection: close\r\nConte",
        b"nt-Length: 40\r\n\r\n", b'{"login":"admin",', b'"password":"superpas', b's"}',
    )  # fmt: skip
    assert exchange(sandbox, *pieces, pause=0.02).startswith(b"HTTP/1.1 200 OK\r\n")


def test_http_1_0_ends_after_the_answer(sandbox: Sandbox) -> None:
    assert exchange(sandbox, b"GET /_sandbox/ping HTTP/1.0\r\nHost: localhost\r\n\r\n").startswith(b"HTTP/1.1 200")


def test_who_expects_a_continue_gets_one(sandbox: Sandbox) -> None:
    login = json.dumps({"login": "admin", "password": "superpass"}).encode()
    head = (
        b"POST /api/1.0/login HTTP/1.1\r\nContent-Type: application/json\r\nExpect: 100-continue\r\n"
        b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(login)
    )
    with socket.create_connection(("127.0.0.1", sandbox.port), timeout=60) as sock, sock.makefile("rb") as answer:
        sock.sendall(head)
        assert [answer.readline(), answer.readline()] == [b"HTTP/1.1 100 Continue\r\n", b"\r\n"]
        sock.sendall(login)
        assert answer.readline() == b"HTTP/1.1 200 OK\r\n"


def test_a_head_has_no_body(sandbox: Sandbox) -> None:
    answer = exchange(sandbox, b"HEAD /_sandbox/ping HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    assert answer.endswith(b"\r\n\r\n")


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"nonsense\r\n\r\n", 400),
        (b"GET xivo HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/2\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 411),
        (b"POST / HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n", 413),
        (b"GET / HTTP/1.1\r\nX: " + b"x" * 70_000, 431),
    ],
)
def test_what_is_no_request_is_told_so_and_ends_the_connection(sandbox: Sandbox, sent: bytes, status: int) -> None:
    assert exchange(sandbox, sent).startswith(f"HTTP/1.1 {status} ".encode())


def test_a_client_that_leaves_bothers_nobody(sandbox: Sandbox, client: Client) -> None:
    for part in (b"", b"GET /xi", b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\n12"):
        with socket.create_connection(("127.0.0.1", sandbox.port)) as sock:
            sock.sendall(part)
    assert client.get("/xivo")["items"]


def test_twenty_clients_at_once(sandbox: Sandbox, connect: Connect) -> None:
    first = connect(sandbox)
    body = {"entityCId": first.entity("lyon")["combinedId"], "templateId": 1, "firstName": "A", "lastName": "B"}
    clients = [connect(sandbox) for _number in range(20)]
    statuses: list[int] = []

    def work(client: Client, number: int) -> None:
        # Each creates 20 of its own, and one that all the others want as well.
        numbers = [1000 + number * 20 + index for index in range(20)]
        mine = [{**body, "internalNumber": str(extension)} for extension in (*numbers, 1)]
        statuses.extend(client.ask("POST", "/users", user).status for user in mine)

    threads = [threading.Thread(target=work, args=pair) for pair in zip(clients, range(20), strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (statuses.count(201), statuses.count(409)) == (401, 19)
    assert len(first.get(f"{first.entity('lyon')['path']}/users")["items"]) == 401
    log = sandbox.requests()
    assert [entry["n"] for entry in log] == list(range(1, len(log) + 1))


def test_latency_counts_for_the_api_only_and_for_each_request_alone(
    start: Start, connect: Connect, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox = start(latency=100)
    client = connect(sandbox)
    client.control("GET", "ping")
    assert clock.sleeps == [0.1]
    clients = [connect(sandbox) for _number in range(5)]
    together = threading.Barrier(5)

    def sleep(seconds: float) -> None:
        clock.sleeps.append(seconds)
        together.wait(60)

    monkeypatch.setattr(clock, "sleep", sleep)
    threads = [threading.Thread(target=other.get, args=("/xivo",)) for other in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not together.broken
    assert clock.sleeps == [0.1] * 11


@pytest.mark.parametrize("prefix", ["/voice/xci", "/voice/xci/"])
def test_a_prefix(start: Start, connect: Connect, prefix: str) -> None:
    sandbox = start(prefix=prefix)
    assert sandbox.url == f"http://127.0.0.1:{sandbox.port}/voice/xci/api/1.0"
    client = connect(sandbox)
    assert client.get("/xivo") == {"items": []}
    assert client.raw("GET", "/api/1.0/xivo").status == 404
    assert [entry["path"] for entry in sandbox.requests()] == ["/login", "/xivo", "/api/1.0/xivo"]


def test_a_session_ends_by_itself(start: Start, connect: Connect, clock: Clock) -> None:
    client = connect(start(session_seconds=20))
    clock.sleep(19)
    assert client.ask("GET", "/xivo").status == 200
    clock.sleep(2)
    assert client.ask("GET", "/xivo").status == 401
    client.log_in()
    assert client.ask("GET", "/xivo").status == 200


def test_available_numbers_can_be_limited(start: Start, connect: Connect) -> None:
    sandbox = start(available_limit=3)
    sandbox.load({"xivos": [{"name": "paris"}], "entities": [{"name": "a", "xivo": "paris",
                  "intervals": [{"start": "10000000", "end": "99999999"}]}]})  # fmt: skip
    client = connect(sandbox)
    free = client.get(f"{client.entity()['path']}/available_numbers")["items"]
    assert free == ["10000000", "10000001", "10000002"]


def test_the_port_is_free_after_the_end(start: Start, connect: Connect) -> None:
    first = start()
    client = connect(first)
    first.stop()
    first.stop()
    with pytest.raises((ConnectionError, http.client.HTTPException)):
        client.ask("GET", "/xivo")
    assert start(port=first.port).port == first.port


def test_a_port_that_is_taken(sandbox: Sandbox, start: Start) -> None:
    with pytest.raises(OSError, match="Address already in use"):
        start(port=sandbox.port)


@pytest.mark.parametrize(
    "wrong",
    [{"prefix": "x"}, {"port": 70000}, {"latency": -1}, {"session_seconds": 0}, {"password": ""},
     {"dialects": {"x": "y"}}],
)  # fmt: skip
def test_settings_are_checked(start: Start, wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"."):
        start(**wrong)


def test_it_listens_on_the_loopback_address(start: Start) -> None:
    assert start().origin.startswith("http://127.0.0.1:")

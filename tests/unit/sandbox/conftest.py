# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A sandbox for each test, a plain client for it, and a small world to start from."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from xcisandbox import Sandbox, api, faults, server, storage, traffic, wire

from ansible_collections.xivo.xci.tests.support.clock import Clock

PASSWORD = "superpass"
WORLD = {
    "xivos": [{"name": "paris", "host": "192.0.2.1"}, {"name": "lyon", "host": "192.0.2.2"}],
    "entities": [
        {"name": "default", "xivo": "paris", "intervals": [{"start": "100", "end": "104"}, {"start": "200"}]},
        {"name": "default", "xivo": "lyon", "intervals": [{"start": "100", "end": "199"}]},
    ],
    "templates": [{"name": "desk", "xivos": ["paris"], "entities": ["default@lyon"]}],
    "users": [
        {
            "entity": "default@paris", "template": "desk", "firstName": "Zoé", "lastName": "D'Arc",
            "internalNumber": "100", "ctiLogin": "zoe", "ctiPassword": "1234",
        }
    ],
    "administrators": [{"login": "local", "password": "local pass", "entities": ["default@paris"]}],
}  # fmt: skip


@dataclass
class Reply:
    status: int
    headers: http.client.HTTPMessage
    text: str

    @property
    def data(self) -> Any:
        return json.loads(self.text)

    @property
    def keys(self) -> list[str]:
        return list(self.data)


class Client:
    """Knows HTTP and cookies, and nothing of what it asks for."""

    def __init__(self, sandbox: Sandbox) -> None:
        parts = urlsplit(sandbox.url)
        self.base = parts.path
        self.token = sandbox.token
        self.cookie = ""
        self.connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)

    def raw(self, method: str, target: str, body: bytes | None = None, **headers: str) -> Reply:
        if self.cookie:
            headers.setdefault("Cookie", self.cookie)
        self.connection.request(method, target, body, headers)
        with self.connection.getresponse() as response:
            reply = Reply(response.status, response.headers, response.read().decode())
        for cookie in reply.headers.get_all("Set-Cookie", []):
            self.cookie = cookie.partition(";")[0]
        return reply

    def ask(self, method: str, path: str, body: Any = None) -> Reply:
        if body is None:
            return self.raw(method, self.base + path)
        return self.raw(method, self.base + path, json.dumps(body).encode(), **{"Content-Type": "application/json"})

    def control(self, method: str, action: str, body: Any = None) -> Reply:
        encoded = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.token}"}
        return self.raw(method, f"/_sandbox/{action}", encoded, **headers)

    def get(self, path: str) -> Any:
        reply = self.ask("GET", path)
        assert reply.status == 200, reply.text
        return reply.data

    def log_in(self, login: str = "admin", password: str = PASSWORD) -> Reply:
        return self.ask("POST", "/login", {"login": login, "password": password})

    def entity(self, name: str = "paris") -> dict[str, Any]:
        """The default entity of a XiVO of the world, with its path under the key `path`."""
        entity = next(item for item in self.get("/entities")["items"] if item["xivo"]["name"] == name)
        return {**entity, "path": f"/entities/{quote(entity['combinedId'], safe='')}"}


Start = Callable[..., Sandbox]
Connect = Callable[..., Client]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of the sandboxes of this process."""
    clock = Clock()
    for module in (api, faults, server, storage, traffic, wire):
        monkeypatch.setattr(module, "time", clock)
    return clock


@pytest.fixture
def connect() -> Iterator[Connect]:
    """Clients, logged in but where login is None, closed after the test."""
    clients = []

    def connect_to(sandbox: Sandbox, login: str | None = "admin", password: str = PASSWORD) -> Client:
        client = Client(sandbox)
        clients.append(client)
        if login is not None:
            assert client.log_in(login, password).status == 200
        return client

    yield connect_to
    for client in clients:
        client.connection.close()


@pytest.fixture
def sandbox(start: Start) -> Sandbox:
    sandbox = start()
    sandbox.load(WORLD)
    return sandbox


@pytest.fixture
def client(sandbox: Sandbox, connect: Connect) -> Client:
    return connect(sandbox)


@pytest.fixture
def bodies(client: Client) -> dict[str, dict[str, Any]]:
    """What creates one more of each kind: the least that the server takes."""
    entity = client.entity()
    return {
        "xivo": {"name": "nice", "host": "192.0.2.3", "configure": False},
        "entities": {
            "name": "sales", "displayName": "Ventes", "xivoId": entity["xivo"]["id"], "presentedNumber": "inbNo",
            "intervals": [{"start": "0300", "end": "0399"}],
        },
        "templates": {
            "name": "phone", "xivos": [entity["xivo"]["id"]], "entities": [entity["combinedId"]], "ringingTime": 30,
            "peerSipName": "auto", "routedInbound": False, "callerIdMode": "anonymous", "voiceMailEnabled": False,
        },
        "users": {
            "entityCId": entity["combinedId"], "templateId": 1, "firstName": "Alice", "lastName": "In Wonderland",
            "internalNumber": "101",
        },
        "administrators": {
            "login": "bob", "name": "Bob", "ldap": False, "password": "bob's pass", "superAdmin": False,
            "entityIds": [entity["id"]],
        },
    }  # fmt: skip


KEYS = {"xivo": "1", "templates": "1", "users": "1", "administrators": "2"}


@pytest.fixture
def paths(client: Client) -> dict[str, str]:
    """The path of the first of each kind (of administrators the second: the first is who asks)."""
    return {**{kind: f"/{kind}/{key}" for kind, key in KEYS.items()}, "entities": client.entity()["path"]}

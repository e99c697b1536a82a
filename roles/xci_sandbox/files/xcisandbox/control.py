# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The control interface below /_sandbox: JSON, no cookie, never in the log; with the sandbox's token."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from xcisandbox import guard
from xcisandbox.call import parse
from xcisandbox.messages import Answer, Refusal, Request, encode, json_answer

if TYPE_CHECKING:
    from xcisandbox.server import Sandbox

ROOT = "/_sandbox/"


def _requests(sandbox: Sandbox, _body: Any) -> Any:
    return {"items": sandbox.requests()}


def _forget(sandbox: Sandbox, _body: Any) -> Any:
    sandbox.log.clear()
    return {}


def _dialects(sandbox: Sandbox, _body: Any) -> Any:
    return sandbox.dialects.as_dict()


def _change(sandbox: Sandbox, body: Any) -> Any:
    if not isinstance(body, dict):
        raise ValueError("an object of dialects is needed")
    sandbox.dialects.change(body)
    return sandbox.dialects.as_dict()


def _faults(sandbox: Sandbox, _body: Any) -> Any:
    return {"items": sandbox.faults.as_list()}


def _add_fault(sandbox: Sandbox, body: Any) -> Any:
    return sandbox.faults.add(body)


def _no_faults(sandbox: Sandbox, _body: Any) -> Any:
    sandbox.faults.clear()
    return {}


def _expire(sandbox: Sandbox, _body: Any) -> Any:
    return {"expired": sandbox.expire()}


def _reset(sandbox: Sandbox, _body: Any) -> Any:
    sandbox.reset()
    return {}


def _load(sandbox: Sandbox, body: Any) -> Any:
    return {"loaded": sandbox.load(body)}


def _state(sandbox: Sandbox, _body: Any) -> Any:
    return sandbox.state()


def _ping(sandbox: Sandbox, _body: Any) -> Any:
    return {"name": "xci_sandbox", "url": sandbox.url, "pid": os.getpid()}


PING, PROOF = "ping", "proof/"
"""What needs no token. A challenge is behind the second: who knows the token can see by the answer that this is the
sandbox that has it."""


ACTIONS: dict[tuple[str, str], Callable[[Sandbox, Any], Any]] = {
    ("GET", "requests"): _requests,
    ("DELETE", "requests"): _forget,
    ("GET", "dialects"): _dialects,
    ("PUT", "dialects"): _change,
    ("GET", "faults"): _faults,
    ("POST", "faults"): _add_fault,
    ("DELETE", "faults"): _no_faults,
    ("POST", "expire"): _expire,
    ("POST", "reset"): _reset,
    ("POST", "load"): _load,
    ("GET", "state"): _state,
    ("GET", PING): _ping,
}


def _action(method: str, name: str) -> Callable[[Sandbox, Any], Any] | None:
    if method == "GET" and name.startswith(PROOF):
        return lambda sandbox, _body: {"proof": sandbox.proof(name[len(PROOF) :])}
    return ACTIONS.get((method, name))


def answer(sandbox: Sandbox, request: Request) -> Answer:
    method, name = key = (request.method, request.path[len(ROOT) :])
    try:
        is_open = method == "GET" and (name == PING or name.startswith(PROOF))
        guard.check(request, sandbox.settings.host, sandbox.token, is_open)
    except Refusal as refusal:
        return json_answer({"error": refusal.reason}, refusal.status)
    if key == ("POST", "stop"):
        return Answer(200, encode({}), "application/json", afterwards=sandbox.stop)
    action = _action(*key)
    if action is None:
        return json_answer({"error": f"there is no {request.method} {request.path}"}, 404)
    try:
        body = parse(request.body) if request.body else None
        return json_answer(action(sandbox, body))
    except Refusal as refusal:
        return json_answer({"error": refusal.reason}, 400)
    except (ValueError, LookupError) as error:
        return json_answer({"error": str(error)}, 400)

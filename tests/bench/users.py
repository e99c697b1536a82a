# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the plays work on: one XiVO with entities, and tasks that speak of its users."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import requests

from ansible_collections.xivo.xci.tests.bench.server import Server, session
from ansible_collections.xivo.xci.tests.support.objects import NORD
from ansible_collections.xivo.xci.tests.support.playbook import Task

ENTITIES = 100
FIRST_NUMBER = 100000
BASE: dict[str, Any] = {
    "xivos": [{"name": "paris", "uuid": NORD}],
    "entities": [
        {"name": f"e{number}", "xivo": "paris", "intervals": [{"start": "100000", "end": "199999"}]}
        for number in range(ENTITIES)
    ],
    "templates": [{"name": "standard", "xivos": ["paris"]}],
}


def filled(count: int) -> dict[str, Any]:
    """Return BASE with that many users in its first entity, whose numbers no task gives to others."""
    last = {"entity": "e0@paris", "template": "standard", "lastName": "Martin"}
    return {**BASE, "users": [{**last, "internalNumber": str(FIRST_NUMBER + 50000 + n)} for n in range(count)]}


def items(count: int) -> str:
    """Return the value of ``loop`` for that many items."""
    return f"{{{{ range({count}) | list }}}}"


def user_options(last_name: str = "Durand", entities: int = ENTITIES) -> dict[str, str]:
    """Return the options of the user that a loop's item stands for."""
    return {
        "entity": f"e{{{{ item % {entities} }}}}@paris",
        "internal_number": f"{{{{ {FIRST_NUMBER} + item }}}}",
        "first_name": "Camille",
        "last_name": f"{last_name} {{{{ item }}}}",
        "template": "standard",
    }


def users(count: int, last_name: str = "Durand", entities: int = ENTITIES) -> Task:
    return {"xivo.xci.xci_user": user_options(last_name, entities), "loop": items(count)}


def bare_debug(count: int) -> Task:
    return {"ansible.builtin.debug": {"msg": "{{ item }}"}, "loop": items(count)}


def debug(count: int) -> Task:
    """Return the floor: what Ansible itself takes for a loop over as many options."""
    return {"ansible.builtin.debug": {"msg": user_options()}, "loop": items(count)}


def uri(count: int, server: Server) -> Task:
    """Return the creations of the same users without this collection; somebody else has logged in already."""
    body = {
        "entityCId": f"e{{{{ item % {ENTITIES} }}}}@{NORD}",
        "templateId": template_id(session(server), server),
        "firstName": "Camille",
        "lastName": "Durand {{ item }}",
        "internalNumber": f"{{{{ ({FIRST_NUMBER} + item) | string }}}}",
    }
    cookies = session(server).cookies.get_dict()
    options = {
        "url": f"{server.url}/users",
        "method": "POST",
        "body_format": "json",
        "body": body,
        "headers": {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())},
        "status_code": [200, 201, 204],
    }
    return {"ansible.builtin.uri": options, "loop": items(count)}


def template_id(http: requests.Session, server: Server) -> int:
    return int(http.get(f"{server.url}/templates", timeout=60).json()[0]["id"])


def post_users(http: requests.Session, server: Server, count: int) -> None:
    """Create the same users with bare requests, one after the other."""
    template = template_id(http, server)
    for number in range(count):
        body = {
            "entityCId": f"e{number % ENTITIES}@{NORD}",
            "templateId": template,
            "firstName": "Camille",
            "lastName": f"Durand {number}",
            "internalNumber": str(FIRST_NUMBER + number),
        }
        http.post(f"{server.url}/users", json=body, timeout=60).raise_for_status()


def interleave(rounds: int, contenders: Mapping[str, Callable[[], Any]]) -> dict[str, list[Any]]:
    """Run each contender once in each round, so that what disturbs the machine disturbs them all."""
    results: dict[str, list[Any]] = {name: [] for name in contenders}
    for _round in range(rounds):
        for name, run in contenders.items():
            results[name].append(run())
    return results

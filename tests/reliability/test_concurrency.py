# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several at once want the same of one XCI, which refuses to have a number twice: threads, and real plays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from xcisandbox import Sandbox

from ansible_collections.xivo.xci.plugins.module_utils.modules.context import Context
from ansible_collections.xivo.xci.plugins.module_utils.modules.registry import MODULES
from ansible_collections.xivo.xci.plugins.module_utils.state.state import State
from ansible_collections.xivo.xci.tests.reliability.plays import Play
from ansible_collections.xivo.xci.tests.support import server
from ansible_collections.xivo.xci.tests.support.modules import defaults

HOSPITAL: dict[str, Any] = {
    "xivos": [{"name": "nord"}],
    "entities": [{"name": "accueil", "xivo": "nord", "intervals": [{"start": "1000", "end": "1199"}]}],
    "templates": [{"name": "modèle"}],
}
COMMON = {"entity": "accueil@nord", "template": "modèle"}
AT_ONCE = 6


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with server.running(HOSPITAL, latency=2) as sandbox:
        yield sandbox


def users(sandbox: Sandbox, key: str) -> Counter[str]:
    return Counter(one[key] for one in sandbox.state()["users"])


def one_after_the_other(sandbox: Sandbox, many: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Run xci_user for each, as one loop does."""
    module = MODULES["xci_user"]
    options = {**defaults("xci_user"), **server.connection(sandbox)}
    context = Context.start(options)
    results = []
    for one in many:
        results.append(module({**options, **COMMON, **one}, context))
        if results[-1].get("failed"):
            context.state = State(context.client)
    context.client.close()
    return results


def side_by_side(sandbox: Sandbox, loops: list[list[dict[str, Any]]]) -> list[dict[str, Any]]:
    with ThreadPoolExecutor(len(loops)) as pool:
        return [
            result for results in pool.map(one_after_the_other, [sandbox] * len(loops), loops) for result in results
        ]


def test_threads_that_create_the_same_users(sandbox: Sandbox) -> None:
    loop = [{"internal_number": str(1000 + number), "last_name": f"Durand {number}"} for number in range(20)]
    results = side_by_side(sandbox, [loop] * AT_ONCE)
    assert users(sandbox, "internalNumber") == {str(1000 + number): 1 for number in range(20)}
    assert sum(bool(result.get("changed")) for result in results) == 20
    for result in results:
        assert not result.get("failed") or "is taken already" in result["msg"], result
    assert not any(result.get("failed") or result["changed"] for result in one_after_the_other(sandbox, loop))


def test_threads_that_take_free_numbers(sandbox: Sandbox) -> None:
    loops = [
        [{"match_on": "cti_login", "cti_login": f"user{which}.{number}", "last_name": "A"} for number in range(8)]
        for which in range(AT_ONCE)
    ]
    results = side_by_side(sandbox, loops)
    _each_number_and_login_once(sandbox)
    for result in results:
        assert not result.get("failed") or "is taken already" in result["msg"], result
    for loop in loops:
        # Whoever lost takes the next number when run again.
        assert not any(result.get("failed") for result in one_after_the_other(sandbox, loop))
    _each_number_and_login_once(sandbox)
    assert users(sandbox, "ctiLogin").total() == 8 * AT_ONCE


def _each_number_and_login_once(sandbox: Sandbox) -> None:
    for key in ("internalNumber", "ctiLogin"):
        assert not [value for value, count in users(sandbox, key).items() if count > 1]


def test_plays_that_create_the_same_users_and_take_free_numbers(sandbox: Sandbox, tmp_path: Path) -> None:
    named = {
        "name": "Named",
        "xivo.xci.xci_user": {**COMMON, "internal_number": "{{ 1100 + item }}", "last_name": "Durand {{ item }}"},
        "loop": list(range(10)),
        "ignore_errors": True,
    }
    plays = []
    for which in range(3):
        login = f"play{which}.{{{{ item }}}}"
        free = {
            "name": "Free",
            "xivo.xci.xci_user": {**COMMON, "match_on": "cti_login", "cti_login": login, "last_name": "A"},
            "loop": list(range(10)),
            "register": "done",
            "until": "done is success",
            "retries": 5,
            "delay": 0,
        }
        plays.append(Play(tmp_path / str(which), sandbox, [named, free]))
    outputs = [play.finish() for play in plays]
    numbers = users(sandbox, "internalNumber")
    assert {number: count for number, count in numbers.items() if number >= "1100" and count != 1} == {}
    assert {str(1100 + number) for number in range(10)} <= set(numbers)
    _each_free_number_once(sandbox)
    assert not any("Traceback" in output for output in outputs)


def _each_free_number_once(sandbox: Sandbox) -> None:
    assert max(users(sandbox, "internalNumber").values()) == 1
    logins = {login: count for login, count in users(sandbox, "ctiLogin").items() if login}
    assert logins == {f"play{which}.{item}": 1 for which in range(3) for item in range(10)}

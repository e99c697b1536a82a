# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a doctor leaves behind who is killed at some request, the next one removes."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from xcisandbox import Sandbox

from ansible_collections.xivo.xci.plugins.module_utils.api.client import Client
from ansible_collections.xivo.xci.tests.unit.plugins.module_utils.doctor.site import examine, found, site

MOST_AT_ONCE = 16
DIALECTS: list[dict[str, str]] = [{}, {"list_lag": "0.3", "write_body": "object"}]


class Killed(BaseException):
    """The process is gone: nothing of it runs any more."""


def killed_at(sandbox: Sandbox, number: int, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Run the doctor until a write, which XCI still carries out; return whether there are so many.

    What other threads had sent is carried out, too, before this returns.
    """
    send: Any = Client.send
    writes, dead, sending = 0, False, threading.Semaphore(MOST_AT_ONCE)

    def count(self: Client, method: str, path: str, *args: Any) -> Any:
        nonlocal writes, dead
        if dead:
            raise Killed
        with sending:
            answer = send(self, method, path, *args)
        writes += method != "GET" and path != "/login"
        if writes == number:
            dead = True
            raise Killed
        return answer

    with monkeypatch.context() as patched:
        patched.setattr(Client, "send", count)
        try:
            examine(sandbox, scratch=True)
        except Killed:
            for _place in range(MOST_AT_ONCE):
                assert sending.acquire(timeout=60)
            return True
    return False


def check(dialects: dict[str, str], number: int, monkeypatch: pytest.MonkeyPatch) -> bool:
    with site(dialects) as sandbox:
        before = sandbox.state()
        if not killed_at(sandbox, number, monkeypatch):
            return False
        # Who only reads leaves it there.
        left = sandbox.state()
        examine(sandbox)
        assert sandbox.state() == left
        result = examine(sandbox, scratch=True)
        assert found(result).keys() == dialects.keys()
        assert sandbox.state() == before
    return True


@pytest.mark.parametrize("number", [1, 7, 19])
def test_what_a_killed_run_leaves_is_removed_by_the_next(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    assert check(DIALECTS[0], number, monkeypatch)


@pytest.mark.slow
@pytest.mark.parametrize("dialects", DIALECTS)
def test_a_run_may_be_killed_at_any_write(dialects: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    number = 1
    while check(dialects, number, monkeypatch):
        number += 1
    print(f"killed after each of {number - 1} writes")
    assert number > 40

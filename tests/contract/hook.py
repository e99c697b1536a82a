# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fixture for other tests: each request that our client makes of a sandbox in this process is checked.

The conftest of all tests imports it. The playbooks that a test starts are checked as well, since the sandbox that they
talk to runs in the test's process.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.xivo.xci.tests.contract.contract import faults_of_request

if TYPE_CHECKING:
    from xcisandbox.messages import Answer, Request
    from xcisandbox.server import Sandbox

CLIENT = "ansible-collection-xivo.xci"
ELSEWHERE = ("test_transport", "test_description", "test_doctor")
"""How the names of tests begin that do without it.

Below the client anything may be sent, and the doctor sends what XCI should refuse; and one tests this fixture.
"""


@pytest.fixture(autouse=True)
def requests_follow_the_api(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fail the test when our client asked a sandbox for something that XCI's API does not have."""
    name = request.node.name
    if request.path.stem.startswith(ELSEWHERE) or "doctor" in name or "commands.rst" in name:
        yield
        return
    # Found on the path that the importing conftest makes, and not before.
    from xcisandbox.server import Sandbox  # noqa: PLC0415

    faults: list[str] = []
    checked(monkeypatch, Sandbox, faults)
    yield
    assert not faults, "\n".join(["our client made requests that XCI's API does not have:", *faults])


def checked(monkeypatch: pytest.MonkeyPatch, sandbox: type[Sandbox], faults: list[str]) -> None:
    """Let sandboxes that are made from now on add to *faults* what is wrong with our client's requests."""
    respond: Any = sandbox._respond

    def look(self: Sandbox, request: Request) -> Answer:
        # What a wrong address leads to is no part of the API at all.
        if request.headers.get("user-agent") == CLIENT and request.target.startswith(f"{self.settings.base}/"):
            # A query is no part of the API, and must not pass for one.
            faults.extend(
                faults_of_request(request.method, self._relative(request.target), request.headers, request.body)
            )
        answer: Answer = respond(self, request)
        return answer

    monkeypatch.setattr(sandbox, "_respond", look)

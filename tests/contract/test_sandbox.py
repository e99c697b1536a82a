# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sandbox, fuzzed from the description: whatever is sent, it answers as the API's page says, and never breaks."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance
from xcisandbox.server import Sandbox

from ansible_collections.xivo.xci.tests.contract import contract
from ansible_collections.xivo.xci.tests.support import server
from ansible_collections.xivo.xci.tests.support.examples import RANDOM, REPEATED
from ansible_collections.xivo.xci.tests.support.objects import SMALL

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "15"))
DRAWN = REPEATED if EXAMPLES == 15 else RANDOM
CHECKS = [not_a_server_error, response_schema_conformance]
SCHEMA = schemathesis.openapi.from_path(contract.FILE)
ODD = {
    "write_body": "id",
    "admin_entities": "ids",
    "cti_password": "shown",
    "extra_keys": "yes",
    "put": "merge",
    "list_order": "shuffled",
    "errors": "json",
    "duplicate_names": "allowed",
    "duplicate_numbers": "allowed",
    "missing_number": "absent",
    "entity_users": "xivo",
    "cti_logins": "free",
    "overlapping_intervals": "allowed",
    "delete_dependents": "cascade",
    "delete_used_template": "cascade",
    "template_scope": "free",
    "edit_template": "optional",
    "edit_password": "optional",
    "interval_end": "absent",
    "hosts": "blank",
    "voice_mail_mode": "absent",
    "slashes": "plain",
    "deleted_status": "400",
}


@pytest.fixture(params=[{}, ODD], ids=["usual", "odd"])
def sandbox(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    # A list of available numbers has no bound of its own, and an interval may span all numbers.
    with server.running(SMALL, dialects=request.param, available_limit=20) as sandbox:
        yield sandbox


@pytest.fixture
def session(sandbox: Sandbox) -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.trust_env = False
        login = {"login": sandbox.settings.login, "password": sandbox.settings.password}
        assert session.post(f"{sandbox.url}/login", json=login, timeout=30).ok
        yield session


@SCHEMA.parametrize()
@settings(DRAWN, max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
def test_it_answers_as_described(case: Any, sandbox: Sandbox, session: requests.Session) -> None:
    case.call_and_validate(base_url=sandbox.url, session=session, checks=CHECKS, timeout=30)


def test_the_checks_notice_what_departs(sandbox: Sandbox, session: requests.Session) -> None:
    case = SCHEMA["/xivo"]["GET"].Case()
    bodies: list[Any] = [{"items": [{"id": "1"}]}, []]
    for body in bodies:
        sandbox.faults.clear()
        sandbox.faults.add({"path": "^/xivo$", "fault": {"kind": "body", "body": body}})
        with pytest.raises(BaseException, match=r"schema|type"):
            case.call_and_validate(base_url=sandbox.url, session=session, checks=CHECKS)

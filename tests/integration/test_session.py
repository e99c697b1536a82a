# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a task gets to XCI: addresses, logins, sessions that end, answers that do not come."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.xivo.xci.tests.integration.harness import Site, entity, user
from ansible_collections.xivo.xci.tests.support.objects import ADMIN, NORD, PASSWORD, TEMPLATE

CAMILLE: dict[str, Any] = {"entity": "accueil@xivo-nord", "internal_number": "1001"}
LOGIN = f"POST /login {ADMIN}"
USERS = f"GET /entities/accueil%40{NORD}/users"


@pytest.mark.parametrize("prefix", ["", "/xci"])
def test_an_address_is_taken_with_and_without_its_end(site: Callable[..., Site], prefix: str) -> None:
    server = site(prefix=prefix)
    address = server.sandbox.origin + prefix
    ends = ["", "/", "/api/1.0", "/api/1.0/"]
    outcomes = server.play(*(user(**CAMILLE, xci_url=address + end) for end in ends), logins=1)
    assert [outcome.changed for outcome in outcomes] == [False] * 4
    assert [outcome.requests[-2:] for outcome in outcomes] == [["GET /entities", USERS]] * 4


@pytest.mark.parametrize("expired", ["401", "403", "redirect", "html"])
def test_a_session_that_ended_is_renewed_once(site: Callable[..., Site], expired: str) -> None:
    server = site(dialects={"expired": expired, "cti_password": "shown"})
    for method, path in (("GET", "/users$"), ("PUT", "/users/1$")):
        server.sandbox.faults.add({"method": method, "path": path, "fault": {"kind": "logout"}})
    (outcome,) = server.play(user(**CAMILLE, first_name="Camila", template=TEMPLATE), logins=3)
    # After a page or a redirect nothing says that XCI did not do it: look first.
    look = [] if expired in ("401", "403") else ["GET /users/1"]
    # A 403 may be a refusal in a good session, which a read shows.
    new = ["GET /xivo", LOGIN] if expired == "403" else [LOGIN]
    assert outcome.requests == [
        *(LOGIN, "GET /entities"),
        *(USERS, *new, USERS),
        *("GET /templates", "PUT /users/1", *new, *look, "PUT /users/1"),
    ]
    assert outcome.changed
    assert server.users()[0]["firstName"] == "Camila"


@pytest.mark.parametrize("refused", ["401", "403", "no_cookie"])
def test_a_wrong_password_is_said_to_be_wrong(site: Callable[..., Site], refused: str) -> None:
    server = site(dialects={"login_refused": refused})
    (outcome,) = server.play(user(**CAMILLE, xci_password="not-the-password"), may_fail=True)
    assert outcome.requests == [LOGIN]
    for part in (ADMIN, server.sandbox.url, "check xci_login and xci_password"):
        assert part in outcome.msg


def test_what_is_not_xci_is_said_not_to_be(site: Callable[..., Site]) -> None:
    server = site()
    faults: list[tuple[str, int, dict[str, Any]]] = [
        ("^/login$", 1, {"kind": "html"}),
        ("^/login$", 2, {"kind": "redirect", "location": "https://sso.example.org/"}),
        ("^/entities$", 1, {"kind": "status", "status": 404}),
        ("^/entities$", 2, {"kind": "body", "body": {"unexpected": []}}),
        # The page is taken for the end of a session at first.
        ("^/entities$", 3, {"kind": "body", "body": "<html>hello"}),
        ("^/entities$", 4, {"kind": "body", "body": "<html>hello"}),
    ]
    for path, nth, fault in faults:
        server.sandbox.faults.add({"path": path, "nth": nth, "fault": fault})
    # A refusal would be believed by the tasks that follow.
    alone = {"xci_session": "task"}
    outcomes = server.play(*[user(**CAMILLE, retries=0)] * 5, may_fail=True, logins=6, vars=alone)
    assert [(outcome.status, outcome.writes) for outcome in outcomes] == [("failed", [])] * 5
    messages = [outcome.msg for outcome in outcomes]
    assert "without a session cookie" in messages[0]
    assert "https://sso.example.org/" in messages[1]
    assert "404" in messages[2]
    assert "invalid list of entities from XCI: got an object of 'unexpected'" in messages[3]
    assert "XCI's own address" in messages[4]


def test_a_server_that_is_not_there_and_a_url_that_is_none(site: Callable[..., Site]) -> None:
    server = site()
    urls = ["http://127.0.0.1:9", "xci.example.org", "ftp://xci.example.org", "http://admin:pw@xci.example.org"]
    outcomes = server.play(*(user(**CAMILLE, xci_url=url, retries=0) for url in urls), may_fail=True)
    assert [outcome.status for outcome in outcomes] == ["failed"] * 4
    assert "http://127.0.0.1:9/api/1.0/login: can't connect" in outcomes[0].msg
    assert "'xci.example.org' is not a URL such as" in outcomes[1].msg
    assert "'ftp://xci.example.org' is not a URL such as" in outcomes[2].msg
    assert "xci_url contains credentials" in outcomes[3].msg
    assert not any(outcome.requests for outcome in outcomes)


def test_the_connection_comes_from_the_environment(site: Callable[..., Site]) -> None:
    server = site()
    variables = {"XCI_URL": server.sandbox.origin, "XCI_LOGIN": ADMIN}
    (of_the_run,) = server.play(user(**CAMILLE), connection={}, environment={**variables, "XCI_PASSWORD": PASSWORD})
    (of_the_task,) = server.play({**user(**CAMILLE, xci_password=PASSWORD), "environment": variables}, connection={})
    assert [of_the_run.changed, of_the_task.changed] == [False, False]


def test_a_connection_in_variables_that_nothing_passes_on_is_explained(site: Callable[..., Site]) -> None:
    server = site()
    given = {name: server.connection[name] for name in ("xci_url", "xci_password")}
    (outcome,) = server.play(user(**CAMILLE), connection={}, vars=given, may_fail=True)
    assert "missing required option: xci_login (or the environment variable XCI_LOGIN)" in outcome.msg
    passed_on = 'xci_url: "{{ xci_url }}", xci_password: "{{ xci_password }}"'
    assert outcome.msg.endswith(f"with module_defaults: {{group/xivo.xci.xci: {{{passed_on}}}}}")


def test_a_missing_connection_option_is_named_with_its_variable(site: Callable[..., Site]) -> None:
    server = site()
    nothing, part = server.play(
        user(**CAMILLE), user(**CAMILLE, xci_url=server.sandbox.origin), connection={}, may_fail=True
    )
    for name in ("xci_url", "xci_login", "xci_password"):
        assert f"missing required option: {name} (or the environment variable {name.upper()})" in nothing.msg
    assert "xci_url" not in part.msg
    assert "XCI_LOGIN" in part.msg


def test_a_certificate_is_checked_and_can_be_trusted(site: Callable[..., Site], tmp_path: Path) -> None:
    server = site()
    missing = str(tmp_path / "none.pem")
    outcome, insecure = server.play(
        user(**CAMILLE, ca_path=missing),
        user(**CAMILLE, xci_url="https://127.0.0.1:9", validate_certs=False, retries=0),
        may_fail=True,
        may_warn=True,
    )
    assert f"ca_path '{missing}' does not exist" in outcome.msg
    assert any("validate_certs is false" in warning for warning in insecure.warnings)


def test_plain_http_to_another_machine_is_warned_of(site: Callable[..., Site]) -> None:
    server = site()
    (outcome,) = server.play(
        user(**CAMILLE, xci_url="http://xci.invalid:9001", retries=0), may_fail=True, may_warn=True
    )
    assert outcome.status == "failed"
    assert any("plain http" in warning for warning in outcome.warnings)


def test_the_timeout_is_an_option(site: Callable[..., Site]) -> None:
    server = site()
    server.sandbox.faults.add({"path": "/users$", "times": 0, "fault": {"kind": "delay", "seconds": 1.5}})
    patient, impatient = server.play(
        user(**CAMILLE, timeout=10), user(**CAMILLE, timeout=0.5, retries=0), may_fail=True, logins=1
    )
    assert (patient.status, impatient.status) == ("ok", "failed")
    assert "no answer within 0.5 seconds (option timeout)" in impatient.msg


def test_a_lost_answer_is_looked_after_and_nothing_is_created_twice(site: Callable[..., Site]) -> None:
    server = site()
    new = entity(name="pharmacie", xivo="xivo-sud", intervals=[{"start": "5000"}])
    server.sandbox.faults.add({"method": "POST", "path": "/entities", "fault": {"kind": "reset", "when": "after"}})
    outcome, again = server.play(new, new)
    assert (outcome.changed, again.changed) == (True, False)
    assert [str(one) for one in outcome.sent[-2:]] == ["POST /entities", "GET /entities"]
    assert [one["name"] for one in server.sandbox.state()["entities"]].count("pharmacie") == 1


def test_a_read_is_retried(site: Callable[..., Site]) -> None:
    server = site()
    server.sandbox.faults.add({"path": "^/entities$", "fault": {"kind": "status", "status": 503}})
    server.sandbox.faults.add({"path": "^/entities$", "nth": 2, "fault": {"kind": "close"}})
    (outcome,) = server.play(user(**CAMILLE))
    assert outcome.requests == [LOGIN, "GET /entities", "GET /entities", "GET /entities", USERS]

# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was written is read back: what XCI keeps otherwise is said, and lists that are late create nothing twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.xivo.xci.tests.integration.harness import Outcome, Site, user
from ansible_collections.xivo.xci.tests.support.objects import TEMPLATE
from ansible_collections.xivo.xci.tests.support.playbook import Task

Make = Callable[..., Site]

ENTITY = "accueil@xivo-nord"
DURAND = {"entity": ENTITY, "internal_number": "1001", "template": TEMPLATE}
TIDY = {"write_body": "none", "store_case": "upper_names", "store_ringing_time": "rounded"}


def config(**options: Any) -> Task:
    return {"xivo.xci.xci_config": options}


def said(outcome: Outcome) -> list[str]:
    return [warning for warning in outcome.warnings if warning.startswith("XCI keeps")]


def kept(sent: str, has: str, name: str, count: str, where: str) -> str:
    return (
        f"XCI keeps {has} where {sent} was sent ({name}), {count}; take XCI's spelling into the {where}, or each run "
        "writes it again"
    )


def test_a_module_reads_its_object_once_and_returns_what_xci_has(site: Make) -> None:
    server = site(dialects=TIDY)
    short = {**server.connection, "read_back_timeout": 0.3}
    first, again, removed = server.play(
        user(**DURAND, last_name="Dupont"),
        user(**DURAND, last_name="dupont"),
        user(entity=ENTITY, internal_number="1001", state="absent"),
        connection=short,
        may_warn=True,
        may_write=True,
    )
    assert (first.changed, first.object["last_name"]) == (True, "DUPONT")
    assert said(first) == [kept("'Dupont'", "'DUPONT'", "last_name", "1 user", "playbook")]
    assert first.requests[-2:] == ["PUT /users/1", "GET /users/1"]
    assert "last_name: DUPONT" in first.result["diff"]["after"]
    # What was written has changed nothing.
    assert (again.changed, again.object["last_name"]) == (False, "DUPONT")
    assert said(again) == [kept("'dupont'", "'DUPONT'", "last_name", "1 user", "playbook")]
    assert again.result["diff"]["before"] == again.result["diff"]["after"]
    assert set(again.requests[again.requests.index("PUT /users/1") + 1 :]) == {"GET /users/1"}
    assert removed.changed
    assert removed.requests[-2:] == ["DELETE /users/1", "GET /users/1"]


def test_a_document_reads_each_list_that_it_has_changed_once(site: Make) -> None:
    server = site(dialects=TIDY)
    people = [{**DURAND, "last_name": "Dupont"}, {**DURAND, "internal_number": "1002", "last_name": "Martin"}]
    document = config(users=people, templates=[{"name": TEMPLATE, "ringing_time": 42}])
    first, again = server.play(
        document,
        document,
        connection={**server.connection, "read_back_timeout": 0.3},
        may_warn=True,
        may_write=True,
        vars={"xci_session": "task"},
        logins=2,
    )
    assert first.changed
    assert said(first) == [
        kept("42", "40", "ringing_time", "1 template", "document"),
        kept("'Dupont'", "'DUPONT'", "last_name", "2 users", "document"),
    ]
    before = [one for one in first.requests if one.startswith("GET")][:-2]
    assert [one for one in first.requests if one.startswith("GET")][len(before) :] == [
        "GET /templates",
        "GET /entities/accueil%408f159082-4b25-48b3-afec-1873491a60be/users",
    ]
    assert len(set(before)) == len(before)
    assert (again.changed, len(again.result["plan"])) == (False, 3)


LATE = {"list_lag": "1", "duplicate_numbers": "allowed", "cti_logins": "free", "duplicate_names": "allowed"}


@pytest.mark.slow
@pytest.mark.parametrize("way", ["worker"])
@pytest.mark.parametrize("write_body", ["none", pytest.param("object", marks=pytest.mark.slow)])
def test_on_lists_that_are_late_nothing_is_created_twice(site: Make, write_body: str) -> None:
    server = site(dialects={**LATE, "write_body": write_body})
    people = [{"name": name} for name in ("Un", "Deux", "Trois", "Un")]
    new = {"entity": "compta@xivo-nord", "match_on": "name", "template": TEMPLATE, "last_name": "{{ item.name }}"}
    leaving = {"entity": "compta@xivo-nord", "match_on": "name", "last_name": "Deux", "state": "absent"}
    est: dict[str, Any] = {
        "xivos": [{"name": "xivo-est", "host": "192.0.2.30"}],
        "entities": [{"name": "soins", "xivo": "xivo-est", "intervals": [{"start": "400", "end": "409"}]}],
        "templates": [{"name": "Chambre", "xivos": ["xivo-est"]}],
        "users": [{"entity": "soins@xivo-est", "template": "Chambre", "last_name": f"Lit {n}"} for n in (1, 2)],
    }
    est["users"] = [{**one, "match_on": "name"} for one in est["users"]]
    created, gone, applied, again = server.play(
        {**user(**new), "loop": people}, user(**leaving), config(**est), config(**est)
    )
    assert [one["changed"] for one in created.result["results"]] == [True, True, True, False]
    assert gone.changed
    assert (applied.changed, again.changed) == (True, False)
    shown = sorted((one["lastName"], one["internalNumber"]) for one in server.users()[1:])
    assert shown == [("Lit 1", "400"), ("Lit 2", "401"), ("Trois", "3002"), ("Un", "3000")]


@pytest.mark.parametrize("way", ["worker"])
def test_numbers_of_which_xci_lists_a_few_at_a_time_are_enough_for_a_loop(site: Make) -> None:
    server = site(available_limit=2)
    new = {"entity": "compta@xivo-nord", "match_on": "name", "template": TEMPLATE, "last_name": "{{ item }}"}
    (outcome,) = server.play({**user(**new), "loop": ["Un", "Deux", "Trois", "Quatre", "Cinq"]})
    assert outcome.changed
    assert [one["internalNumber"] for one in server.users()[1:]] == ["3000", "3001", "3002", "3003", "3004"]


def test_what_an_administrator_is_not_shown_is_left_out_and_said(site: Make) -> None:
    server = site()
    limited = {**server.connection, "xci_login": "mlefevre", "xci_password": "another-made-up-password"}
    exported, listed, applied = server.play(
        {"xivo.xci.xci_config_info": {}},
        {"xivo.xci.xci_admin_info": {}},
        config(admins=[{"login": "zoe", "ldap": True}]),
        connection=limited,
        may_warn=True,
        may_fail=True,
        logins=2,
    )
    assert (exported.status, exported.result["not_shown"], "admins" in exported.result["config"]) == (
        "ok",
        ["admins"],
        False,
    )
    assert exported.warnings[0].startswith("admins: not shown to mlefevre, and left out: GET ")
    assert (listed.status, listed.result["admins"], listed.result["not_shown"]) == ("ok", [], ["admins"])
    assert (applied.status, applied.result["status"], applied.writes) == ("failed", 403, [])

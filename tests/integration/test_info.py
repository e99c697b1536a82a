# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The modules that only read: in playbooks, in both ways of running, on every edition of XCI."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests

from ansible_collections.xivo.xci.plugins.module_utils.modules.context import Context
from ansible_collections.xivo.xci.plugins.module_utils.modules.registry import MODULES
from ansible_collections.xivo.xci.tests.integration.cycles import DIALECTS
from ansible_collections.xivo.xci.tests.integration.harness import Outcome, Site, entity, in_check, user
from ansible_collections.xivo.xci.tests.support.objects import TEMPLATE
from ansible_collections.xivo.xci.tests.support.playbook import Task

KINDS = {"xivo": "xivos", "entity": "entities", "template": "templates", "user": "users", "admin": "admins"}
FILTERS: list[tuple[str, dict[str, Any], list[str]]] = [
    ("user", {"internal_number": "1001"}, ["Camille"]),
    ("user", {"first_name": "Camille", "last_name": "Durand", "xivo": "xivo-nord"}, ["Camille"]),
    ("user", {"id": 4711}, []),
    ("template", {"entity": "compta"}, []),
    ("admin", {"entity": "accueil@xivo-nord"}, ["Marie Lefèvre"]),
]


def info(kind: str, **options: Any) -> Task:
    return {f"xivo.xci.xci_{kind}_info": options}


def found(outcome: Outcome) -> list[dict[str, Any]]:
    return next(outcome.result[plural] for plural in KINDS.values() if plural in outcome.result)


def names(outcome: Outcome) -> list[str]:
    return [one["first_name"] if "first_name" in one else one["name"] for one in found(outcome)]


@pytest.mark.core
@pytest.mark.parametrize("dialect", list(DIALECTS))
def test_reading_on_every_edition(site: Callable[..., Site], dialect: str) -> None:
    xci = site(dialects=DIALECTS[dialect])
    before = xci.sandbox.state()
    every = [info(kind, **({"available_numbers": True, "usage": True} if kind == "entity" else {})) for kind in KINDS]
    outcomes = xci.play(*every, *(in_check(one) for one in every), *(info(kind, **on) for kind, on, _names in FILTERS))
    assert not any(outcome.changed for outcome in outcomes)
    assert "camille-1001" not in xci.output
    for real, check in zip(outcomes[:5], outcomes[5:10], strict=True):
        assert found(real) == found(check)
    assert [len(found(one)) for one in outcomes[:5]] == [2, 4, 1, 1, 2]
    assert [names(one) for one in outcomes[10:]] == [expected for _kind, _options, expected in FILTERS]
    assert xci.sandbox.state() == before


def test_an_item_can_be_given_back_to_its_module(site: Callable[..., Site]) -> None:
    xci = site()
    outcomes = xci.play(info("entity", available_numbers=True, usage=True), *(info(kind) for kind in KINDS))
    items = [
        {f"xivo.xci.xci_{next(kind for kind, plural in KINDS.items() if plural in outcome.result)}": item}
        for outcome in outcomes
        for item in found(outcome)
    ]
    assert len(items) == 4 + 2 + 4 + 1 + 1 + 2
    assert not any(outcome.changed for outcome in xci.play(*items))


def test_unknown_references_and_bad_connections_are_errors(site: Callable[..., Site]) -> None:
    xci = site()
    outcomes = xci.play(
        info("user", entity="acueil@xivo-nord"),
        info("entity", xivo="xivo-est"),
        info("user", xci_password="wrong"),
        info("user", xci_url=f"{xci.sandbox.origin}/elsewhere", retries=0),
        info("user", internal_numbre="1001"),
        may_fail=True,
        logins=2,
    )
    messages = [outcome.msg for outcome in outcomes]
    assert all(outcome.status == "failed" for outcome in outcomes), messages
    assert "did you mean accueil@xivo-nord" in messages[0]
    assert "did you mean xivo-sud or xivo-nord" in messages[1]
    assert "check xci_login and xci_password" in messages[2]
    assert "Is this XCI's own address?" in messages[3]
    assert "internal_numbre" in messages[4]


def test_xci_down_in_the_middle_is_an_error(site: Callable[..., Site]) -> None:
    xci = site()
    xci.sandbox.faults.add({"path": "/users$", "nth": 3, "times": 0, "fault": {"kind": "reset"}})
    (outcome,) = xci.play(info("user", retries=1), may_fail=True)
    assert outcome.status == "failed"
    assert "the connection was lost" in outcome.msg


def test_check_mode_shows_what_earlier_tasks_would_do(site: Callable[..., Site]) -> None:
    xci = site()
    number = {"entity": "compta", "internal_number": "3000", "last_name": "Archives", "template": TEMPLATE}
    tasks = [
        entity(name="neuve", xivo="xivo-nord", intervals=[{"start": "10", "end": "12"}]),
        user(**number),
        info("entity", name="neuve", available_numbers=True, usage=True),
        info("user", internal_number="3000"),
        info("user", entity="neuve@xivo-nord"),
    ]
    *_writes, shown, archives, nobody = xci.play(*tasks, check=True, may_warn=xci.way == "module")
    assert found(nobody) == []
    if xci.way == "worker":
        assert found(shown)[0]["available_numbers"] == ["10", "11", "12"]
        assert found(archives)[0]["last_name"] == "Archives"
        assert found(archives)[0]["id"] is None
    else:
        # An ordinary module can't see what another one predicted: it says so rather than fail.
        assert found(shown) == found(archives) == []
        assert any("neuve@xivo-nord" in warning for warning in nobody.warnings)


def large(entities: int, users: int) -> dict[str, Any]:
    labels = [f"e{number}" for number in range(entities)]
    return {
        "xivos": [{"name": "x", "host": "192.0.2.1"}],
        "entities": [{"name": name, "xivo": "x", "intervals": [{"start": "1000", "end": "1999"}]} for name in labels],
        "users": [
            {
                "entity": f"{labels[number % entities]}@x",
                "firstName": f"Prénom {number}",
                "lastName": f"Nom {number}",
                "internalNumber": str(1000 + number // entities),
            }
            for number in range(users)
        ],
    }


@pytest.mark.slow
def test_20000_users_are_201_reads(site: Callable[..., Site]) -> None:
    xci = site(start=large(200, 20000), dialects={"overlapping_intervals": "allowed"})
    (outcome,) = xci.play(info("user"))
    assert len(found(outcome)) == 20000
    assert outcome.result["calls"] == {"GET": 201, "POST": 1, "PUT": 0, "DELETE": 0}


@pytest.mark.slow
def test_20000_users_cost_no_more_than_reading_them(tmp_path: Path) -> None:
    xci = Site("worker", tmp_path, start=large(200, 20000), dialects={"overlapping_intervals": "allowed"})
    options = {**xci.connection, "validate_certs": True, "timeout": 60.0, "retries": 0}
    credentials = {"login": options["xci_login"], "password": options["xci_password"]}
    with xci.sandbox, requests.Session() as bare:
        began = time.perf_counter()
        bare.post(f"{xci.sandbox.url}/login", json=credentials)
        entities = bare.get(f"{xci.sandbox.url}/entities").json()["items"]
        for one in entities:
            bare.get(f"{xci.sandbox.url}/entities/{one['combinedId']}/users").json()
        loop = time.perf_counter() - began
        began = time.perf_counter()
        users = MODULES["xci_user_info"](options, Context.start(options))["users"]
        ours = time.perf_counter() - began
    assert len(users) == 20000
    assert ours < 3 * loop, f"a bare loop takes {loop:.1f} s, the module's code {ours:.1f} s"

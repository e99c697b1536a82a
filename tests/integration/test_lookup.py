# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lookup of free numbers: the next ones, and never one of them twice in a run that creates users."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from ansible_collections.xivo.xci.tests.integration.cycles import DIALECTS
from ansible_collections.xivo.xci.tests.integration.harness import Outcome, Site, entity, in_check
from ansible_collections.xivo.xci.tests.support.objects import TEMPLATE
from ansible_collections.xivo.xci.tests.support.playbook import Task

NUMBERS = "xivo.xci.available_numbers"
NEXT = f"{{{{ lookup('{NUMBERS}', 'accueil@xivo-nord') }}}}"
ROOMS = ["Salle Rivière", "Salle Forêt", "Salle d'Été"]


def say(expression: str) -> Task:
    return {"ansible.builtin.debug": {"msg": f"{{{{ {expression} }}}}"}}


def rooms(**more: Any) -> Task:
    """Create a user for each item of a loop, with a number from the lookup in the task's arguments."""
    options = {
        "entity": "accueil@xivo-nord",
        "internal_number": NEXT,
        "last_name": "{{ item }}",
        "template": TEMPLATE,
    }
    return {"xivo.xci.xci_user": options, "loop": ROOMS, **more}


def numbers(outcome: Outcome) -> list[str]:
    return [one["user"]["internal_number"] for one in outcome.result["results"]]


def play(xci: Site, *tasks: Task, **options: Any) -> list[Outcome]:
    """Run tasks that have the connection in variables; a loop of ordinary modules logs in for each item."""
    return xci.play(*tasks, **{"vars": dict(xci.connection), "logins": 1 + 2 * len(ROOMS), **options})


@pytest.mark.core
def test_each_item_of_a_loop_gets_its_own(site: Callable[..., Site]) -> None:
    xci = site()
    predicted, done, again = play(xci, in_check(rooms()), rooms(), rooms())
    assert numbers(done) == ["1000", "1002", "1003"]
    assert numbers(predicted) == numbers(done)
    assert numbers(again) == ["1004", "1005", "1006"]
    assert {user["lastName"] for user in xci.users()} >= set(ROOMS)


def test_a_whole_run_in_check_mode(site: Callable[..., Site]) -> None:
    xci = site()
    once, twice = play(xci, rooms(), rooms(loop=["Un", "Deux", "Trois"]), check=True)
    assert len({*numbers(once), *numbers(twice)}) == 6


def test_equal_items_get_different_numbers(site: Callable[..., Site]) -> None:
    xci = site()
    (outcome,) = play(xci, rooms(loop=["Visiteur", "Visiteur"]))
    assert numbers(outcome) == ["1000", "1002"]


def test_a_loop_over_numbers(site: Callable[..., Site]) -> None:
    xci = site()
    options = {"entity": "accueil@xivo-nord", "internal_number": "{{ item }}", "last_name": "Box", "template": TEMPLATE}
    loop = f"{{{{ query('{NUMBERS}', 'accueil@xivo-nord', count=3) }}}}"
    (outcome,) = play(xci, {"xivo.xci.xci_user": options, "loop": loop})
    assert numbers(outcome) == ["1000", "1002", "1003"]


def test_a_number_is_the_same_wherever_a_task_names_it(site: Callable[..., Site]) -> None:
    xci = site()
    task = rooms(vars={"number": NEXT})
    task["xivo.xci.xci_user"] |= {"internal_number": "{{ number }}", "first_name": "Poste {{ number }}"}
    (outcome,) = play(xci, task)
    users = [one["user"] for one in outcome.result["results"]]
    assert [one["first_name"] for one in users] == [f"Poste {one['internal_number']}" for one in users]
    assert len({*numbers(outcome)}) == 3


def test_reading_changes_nothing_and_gives_the_same_again(site: Callable[..., Site]) -> None:
    xci = site()
    before = xci.sandbox.state()
    two = say(f"query('{NUMBERS}', 'accueil@xivo-nord', 'compta', count=2)")
    outcomes = play(xci, two, in_check(two), say(f"lookup('{NUMBERS}', 'accueil@xivo-nord')"), logins=1)
    assert [one.msg for one in outcomes] == [str(["1000", "1002", "3000", "3001"])] * 2 + ["1000"]
    assert sum(one.logins() for one in outcomes) == 1
    assert xci.sandbox.state() == before


def test_numbers_of_an_entity_that_is_only_predicted(site: Callable[..., Site]) -> None:
    xci = site()
    create = entity(name="neuve", xivo="xivo-nord", intervals=[{"start": "010", "end": "012"}])
    tasks = [create, say(f"query('{NUMBERS}', 'neuve@xivo-nord', count=2)")]
    (_created, shown) = play(xci, *tasks, check=True, may_fail=xci.way == "module")
    if xci.way == "worker":
        assert shown.msg == str(["010", "011"])
    else:
        assert "entity 'neuve@xivo-nord' not found" in shown.msg


@pytest.mark.parametrize("dialect", [name for name in DIALECTS if name != "as_documented"])
def test_every_edition(site: Callable[..., Site], dialect: str) -> None:
    xci = site(dialects=DIALECTS[dialect], available_limit=2)
    task = rooms()
    (outcome,) = play(xci, task)
    assert numbers(outcome) == ["1000", "1002", "1003"]


def test_the_environment_says_where_xci_is(site: Callable[..., Site]) -> None:
    xci = site()
    environment = {name.upper(): str(value) for name, value in xci.connection.items()}
    (outcome,) = xci.play(say(f"lookup('{NUMBERS}', 'compta')"), environment=environment)
    assert outcome.msg == "3000"


def test_options_come_before_variables(site: Callable[..., Site]) -> None:
    xci = site()
    variables = {**xci.connection, "xci_login": "mlefevre", "key": "another-made-up-password"}
    mine = say(f"lookup('{NUMBERS}', 'accueil', xci_login='mlefevre', xci_password=key)")
    (outcome,) = xci.play(mine, vars=variables)
    # She is shown one accueil only.
    assert outcome.msg == "1000"
    assert outcome.logins("mlefevre") == 1


ERRORS: list[tuple[str, Mapping[str, Any], str]] = [
    (f"query('{NUMBERS}', 'acueil@xivo-nord')", {}, "did you mean accueil@xivo-nord"),
    (f"query('{NUMBERS}', 'accueil')", {}, "is ambiguous"),
    (f"query('{NUMBERS}', 'compta', count=2000)", {}, "has 1000 of 2000 requested numbers available; request fewer"),
    (f"query('{NUMBERS}', 'compta', count=0)", {}, "invalid value for count: 0 is less than 1"),
    (f"query('{NUMBERS}', '')", {}, "is not an entity"),
    (f"query('{NUMBERS}', 'compta')", {"xci_password": "refused"}, "check xci_login and xci_password"),
    (f"query('{NUMBERS}', 'compta')", {"xci_url": "nowhere"}, "is not a URL"),
    (f"query('{NUMBERS}', 'compta')", {"xci_url": ""}, "the environment variable XCI_URL"),
]


def test_errors_say_what_to_do(site: Callable[..., Site]) -> None:
    xci = site()
    tasks = [{**say(expression), "vars": dict(variables)} for expression, variables, _message in ERRORS]
    outcomes = play(xci, *tasks, may_fail=True)
    for outcome, (_expression, _variables, message) in zip(outcomes, ERRORS, strict=True):
        assert outcome.status == "failed"
        assert message in outcome.msg
    assert not any(outcome.writes for outcome in outcomes)


def test_numbers_that_were_refused_are_there_for_others(site: Callable[..., Site]) -> None:
    xci = site()
    too_many = say(f"query('{NUMBERS}', 'accueil@xivo-nord', count=5000)")
    refused, done = play(xci, too_many, rooms(), may_fail=True)
    assert refused.status == "failed"
    assert numbers(done) == ["1000", "1002", "1003"]


def test_xci_down_in_the_middle_is_an_error(site: Callable[..., Site]) -> None:
    xci = site()
    fault = {"path": "available_numbers$", "nth": 2, "times": 0, "fault": {"kind": "status", "status": 503}}
    xci.sandbox.faults.add(fault)
    (outcome,) = play(xci, rooms(), vars={**xci.connection, "xci_retries": 0}, may_fail=True)
    assert outcome.status == "failed"
    assert "answered 503" in str(outcome.result)
    assert [user["lastName"] for user in xci.users()] == ["Durand", ROOMS[0]]


def test_a_row_of_numbers_outside_of_a_reserved_range(site: Callable[..., Site]) -> None:
    xci = site()
    kept = {"reserved": [{"entity": "accueil@xivo-nord", "start": "1003", "end": "1009", "reason": "fire alarm"}]}
    row = f"query('{NUMBERS}', 'accueil@xivo-nord', count=3, consecutive=true)"
    (shown,) = play(xci, say(row), vars={**xci.connection, "xci_numbering": kept})
    assert shown.result["msg"] == ["1010", "1011", "1012"]

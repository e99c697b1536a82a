# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Users: names, numbers, the ways to find one, CTI accounts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.xivo.xci.tests.integration.harness import Outcome, Site, in_check, user
from ansible_collections.xivo.xci.tests.support.objects import ADMIN, NORD, SUD, TEMPLATE

CAMILLE: dict[str, Any] = {"entity": "accueil@xivo-nord", "internal_number": "1001"}
ACCUEIL, URGENCES, COMPTA = (f"GET /entities/{name}%40{NORD}/users" for name in ("accueil", "urgences", "compta"))


def changes(outcomes: list[Outcome]) -> list[bool]:
    return [outcome.changed for outcome in outcomes]


def test_an_unchanged_user_costs_the_login_and_two_lists(site: Callable[..., Site]) -> None:
    server = site()
    whole = {**CAMILLE, "template": TEMPLATE, "first_name": "Camille", "last_name": "Durand", "cti_login": "cdurand"}
    once, again, by_id = server.play(user(**whole), user(**whole), user(id=1, first_name="Camille"))
    assert once.requests == [f"POST /login {ADMIN}", "GET /entities", ACCUEIL]
    login = once.requests[:1] if server.way == "module" else []
    assert again.requests == [*login, "GET /entities", ACCUEIL]
    assert by_id.requests == [*login, "GET /users/1"]
    assert changes([once, again, by_id]) == [False, False, False]


NAMES = [
    ("Émile  ", "D'Agostino-Lévêque"),
    ('Anne "Nanou"', "CLF 88:40 P3"),
    ("", "Standard: accueil #1 {urgences} 100 % & <b>"),
    ("yes", "0042"),
    ("back\\slash O\u2019Brien 日本", ""),
]


def test_names_come_back_as_they_were_given_but_for_blanks_at_their_ends(site: Callable[..., Site]) -> None:
    server = site()
    people = [
        {"internal_number": str(1500 + place), "first_name": first, "last_name": last}
        for place, (first, last) in enumerate(NAMES)
    ]
    everybody = {
        **user(
            entity="accueil@xivo-nord",
            template=TEMPLATE,
            internal_number="{{ item.internal_number }}",
            first_name="{{ item.first_name }}",
            last_name="{{ item.last_name }}",
        ),
        "loop": people,
    }
    kept = [(first.strip(), last.strip()) for first, last in NAMES]
    created, again = server.play(everybody, everybody, logins=len(NAMES) if server.way == "module" else 1)
    assert [one["changed"] for one in created.result["results"]] == [True] * len(NAMES)
    assert [one["changed"] for one in again.result["results"]] == [False] * len(NAMES)
    assert [(one["firstName"], one["lastName"]) for one in server.users()[1:]] == kept
    shown = [(one["user"]["first_name"], one["user"]["last_name"]) for one in again.result["results"]]
    assert shown == kept


def test_renumbering_and_moving_by_the_cti_login(site: Callable[..., Site]) -> None:
    server = site()
    by_login = {"match_on": "cti_login", "cti_login": "cdurand", "template": TEMPLATE}
    outcomes = server.play(
        user(**by_login, entity="accueil@xivo-nord", internal_number="1077", cti_password="camille-1001"),
        user(**by_login, entity="accueil@xivo-nord", internal_number="1077"),
        in_check(user(**by_login, entity="urgences", internal_number="2077", cti_password="camille-1001")),
        user(**by_login, entity="urgences", internal_number="2077", cti_password="camille-1001"),
        user(**by_login, entity="urgences", internal_number="2077"),
        user(entity="urgences", match_on="cti_login", cti_login="cdurand", state="absent"),
    )
    assert changes(outcomes) == [True, False, True, True, False, True]
    assert outcomes[2].public() == outcomes[3].public()
    assert [(write.method, write.path) for outcome in outcomes for write in outcome.writes] == [
        ("PUT", "/users/1"),
        ("PUT", "/users/1"),
        ("DELETE", "/users/1"),
    ]
    moved = outcomes[3].object
    assert (moved["id"], moved["entity"], moved["internal_number"]) == (1, "urgences@xivo-nord", "2077")
    # The number was looked for where it may be, and not on another XiVO.
    assert {ACCUEIL, URGENCES, COMPTA} <= set(outcomes[3].requests)
    assert f"GET /entities/accueil%40{SUD}/users" not in outcomes[3].requests


def test_finding_by_name_and_by_id(site: Callable[..., Site]) -> None:
    server = site()
    by_name = {"entity": "compta", "match_on": "name", "first_name": "Camille", "last_name": "Durand"}
    outcomes = server.play(
        user(**by_name, internal_number="3001", template=TEMPLATE, cti_password="camille-1001"),
        user(id=1, entity="accueil@xivo-sud", internal_number="1001", template=TEMPLATE, cti_password="camille-1001"),
        user(id=1, first_name="Camille", last_name="Durand", internal_number="1001"),
        user(id=1, state="absent"),
        user(id=1, state="absent"),
    )
    assert changes(outcomes) == [True, True, False, True, False]
    assert outcomes[0].object["entity"] == "compta@xivo-nord"
    assert outcomes[1].object["entity"] == "accueil@xivo-sud"
    assert outcomes[1].writes[0].body["entityCId"] == f"accueil@{SUD}"


def test_two_of_the_same_name_are_never_guessed(site: Callable[..., Site]) -> None:
    server = site()
    twin = {"firstName": "Camille", "lastName": "Durand", "internalNumber": "1002", "template": TEMPLATE}
    server.load({"users": [{**twin, "entity": "accueil@xivo-nord"}]})
    by_name = {"entity": "accueil@xivo-nord", "match_on": "name", "first_name": "Camille", "last_name": "Durand"}
    (outcome,) = server.play(user(**by_name, state="absent"), may_fail=True)
    assert outcome.status == "failed"
    assert "1001@accueil@xivo-nord (id 1), 1002@accueil@xivo-nord (id 2)" in outcome.msg
    assert len(server.users()) == 2


def test_clearing_with_an_empty_string(site: Callable[..., Site]) -> None:
    server = site(dialects={"cti_password": "shown"})
    clear = user(**CAMILLE, template=TEMPLATE, last_name="", cti_login="", cti_password="")
    outcomes = server.play(clear, clear, user(**CAMILLE))
    assert changes(outcomes) == [True, False, False]
    stored = server.users()[0]
    assert [stored[key] for key in ("lastName", "ctiLogin", "ctiPasswordSha256")] == ["", None, None]
    assert stored["firstName"] == "Camille"


def test_the_same_number_on_two_xivos_is_two_users(site: Callable[..., Site]) -> None:
    server = site()
    twin = {"entity": "accueil@xivo-sud", "internal_number": "1001", "first_name": "Karim", "template": TEMPLATE}
    outcomes = server.play(user(**twin), user(**twin), user(**CAMILLE), user(**CAMILLE, state="absent"), user(**twin))
    assert changes(outcomes) == [True, False, False, True, False]
    assert [one["firstName"] for one in server.users()] == ["Karim"]


def test_a_number_outside_of_the_intervals_or_with_leading_zeros_is_taken(site: Callable[..., Site]) -> None:
    server = site()
    one = {"entity": "compta", "first_name": "Fax", "template": TEMPLATE}
    outcomes = server.play(
        user(**one, internal_number="6260"),
        user(**one, internal_number="0042"),
        user(**one, internal_number="42"),
        user(**one, internal_number=42),
        user(**one, internal_number="39990000", numbers="any"),
        may_warn=True,
    )
    warnings = [" ".join(outcome.warnings) for outcome in outcomes]
    assert "6260 is outside of the intervals of compta@xivo-nord (3000-3999)" in warnings[0]
    assert "0042 is outside of the intervals" in warnings[1]
    assert "42 and 0042, which another user has, differ in leading zeros only" in warnings[2]
    assert "put it in quotes" in warnings[3] or "quote" in warnings[3]
    assert warnings[4] == ""
    assert changes(outcomes) == [True, True, True, False, True]
    assert [one["internalNumber"] for one in server.users()[1:]] == ["6260", "0042", "42", "39990000"]


def test_the_first_available_number_is_predicted_and_taken(site: Callable[..., Site]) -> None:
    server = site()
    by_login = {"entity": "accueil@xivo-nord", "match_on": "cti_login", "template": TEMPLATE, "first_name": "Léa"}
    new = user(**by_login, cti_login="lea", cti_password="lea-secret-1")
    predicted, done, again, other = server.play(
        in_check(new), new, new, user(**by_login, cti_login="leo", cti_password="leo-secret-1")
    )
    assert changes([predicted, done, again, other]) == [True, True, False, True]
    assert predicted.public() == done.public()
    assert [one.object["internal_number"] for one in (predicted, done, again, other)] == [
        "1000",
        "1000",
        "1000",
        "1002",
    ]
    assert f"GET /entities/accueil%40{NORD}/available_numbers" not in again.requests


@pytest.mark.parametrize(("shown", "writes"), [("hidden", 1), ("masked", 1), ("shown", 2)])
def test_a_cti_password_is_compared_only_where_it_is_shown(site: Callable[..., Site], shown: str, writes: int) -> None:
    server = site(dialects={"cti_password": shown})
    outcomes = server.play(
        user(**CAMILLE, cti_password="camille-1001"),
        user(**CAMILLE, cti_password="other-secret-2", template=TEMPLATE),
        user(**CAMILLE, cti_password="third-secret-3", update_password="on_create"),
        user(**CAMILLE, cti_password="fourth-secret-4", update_password="always", template=TEMPLATE),
        user(**CAMILLE, cti_password="fourth-secret-4"),
    )
    assert changes(outcomes) == [False, shown == "shown", False, True, False]
    assert sum(len(outcome.writes) for outcome in outcomes) == writes
    assert "(changed, not shown)" in str(outcomes[3].result["diff"])


def test_always_writes_a_hidden_cti_password_each_time(site: Callable[..., Site]) -> None:
    server = site()
    always = user(**CAMILLE, cti_password="fourth-secret-4", update_password="always", template=TEMPLATE)
    assert changes(server.play(always, always)) == [True, True]


def test_a_change_keeps_the_cti_password_that_the_task_gives(site: Callable[..., Site]) -> None:
    server = site()
    before = server.users()[0]["ctiPasswordSha256"]
    server.play(user(**CAMILLE, first_name="Camila", template=TEMPLATE, cti_password="camille-1001"))
    assert server.users()[0]["ctiPasswordSha256"] == before


def test_a_hidden_cti_password_that_may_get_lost_is_warned_of(site: Callable[..., Site]) -> None:
    (outcome,) = site().play(user(**CAMILLE, first_name="Camila", template=TEMPLATE), may_warn=True)
    assert len(outcome.warnings) == 1
    assert "cti_password" in outcome.warnings[0]


def test_a_short_cti_password_does_not_blank_a_number(site: Callable[..., Site]) -> None:
    server = site()
    (outcome,) = server.play(
        user(
            entity="compta",
            internal_number="3004",
            first_name="Fax",
            template=TEMPLATE,
            cti_login="fax",
            cti_password="3004",
        )
    )
    assert outcome.object["internal_number"] == "3004"


def test_the_template_alone_is_no_change_and_goes_along_with_one(site: Callable[..., Site]) -> None:
    server = site(dialects={"edit_template": "optional", "cti_password": "shown"})
    server.load({"templates": [{"name": "Autre modèle", "xivos": ["xivo-nord"]}]})
    alone, along, without = server.play(
        user(**CAMILLE, template="Autre modèle"),
        user(**CAMILLE, template="Autre modèle", first_name="Camila"),
        user(**CAMILLE, first_name="Camille"),
    )
    assert changes([alone, along, without]) == [False, True, True]
    assert "GET /templates" not in alone.requests
    assert along.writes[0].body["templateId"] == 2
    assert "templateId" not in without.writes[0].body


def test_a_server_that_wants_the_template_says_what_to_add(site: Callable[..., Site]) -> None:
    server = site(dialects={"cti_password": "shown"})
    (outcome,) = server.play(user(**CAMILLE, first_name="Camila"), may_fail=True)
    assert outcome.status == "failed"
    assert "templateId: missing" in outcome.msg
    assert "add it to the task" in outcome.msg
    assert server.users()[0]["firstName"] == "Camille"


def test_limits_of_the_xivo_are_warned_of(site: Callable[..., Site]) -> None:
    server = site()
    (outcome,) = server.play(
        user(
            entity="compta",
            internal_number="3009",
            first_name="x" * 129,
            template=TEMPLATE,
            cti_login="é",
            cti_password="abc",
        ),
        may_warn=True,
    )
    assert outcome.changed
    assert len(outcome.warnings) == 3

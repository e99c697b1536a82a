# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documents in which objects exchange or take over what only one of them can have, on a server that insists on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.xivo.xci.tests.integration.harness import Site
from ansible_collections.xivo.xci.tests.integration.test_config import config, counts, person
from ansible_collections.xivo.xci.tests.support.objects import TEMPLATE

Make = Callable[..., Site]
STRICT = {"cti_logins": "xivo", "overlapping_intervals": "refused", "write_body": "none", "cti_password": "shown"}
AT = {"entity": "accueil@xivo-nord", "template": TEMPLATE}


def made(number: str, name: str, login: str) -> dict[str, Any]:
    return {**AT, **person(number, name), "cti_login": login, "cti_password": "made-up"}


def seats(server: Site) -> dict[str, tuple[int, str, str]]:
    return {one["lastName"]: (one["id"], one["internalNumber"], one["ctiLogin"]) for one in server.users()}


def span(start: str) -> list[dict[str, str]]:
    return [{"start": f"{start}000", "end": f"{start}999"}]


def test_numbers_logins_names_and_intervals_are_exchanged_in_one_run(site: Make) -> None:
    server = site(dialects=STRICT)
    people = [made("1002", "Deux", "deux"), made("1003", "Trois", "trois"), made("1004", "Quatre", "quatre")]
    wanted = [
        # Two have each other's login, and two of three in a ring each other's number.
        {**AT, "match_on": "name", "last_name": "Deux", "internal_number": "1003", "cti_login": "trois"},
        {**AT, "match_on": "name", "last_name": "Trois", "internal_number": "1004", "cti_login": "deux"},
        {**AT, "match_on": "name", "last_name": "Quatre", "internal_number": "1002", "cti_login": "quatre"},
    ]
    entities = [
        {"id": 2, "name": "compta", "xivo": "xivo-nord", "intervals": span("3")},
        {"id": 3, "name": "urgences", "xivo": "xivo-nord", "intervals": span("2")},
    ]
    document = config(users=wanted, entities=entities)
    _made, predicted, done, again = server.play(
        config(users=people), {**document, "check_mode": True}, document, document
    )
    assert predicted.result["plan"] == done.result["plan"]
    assert counts(done, "user") == {"update": 3}
    assert {name: seat[1:] for name, seat in seats(server).items() if name != "Durand"} == {
        "Deux": ("1003", "trois"),
        "Trois": ("1004", "deux"),
        "Quatre": ("1002", "quatre"),
    }
    assert {one["id"]: (one["name"], one["intervals"][0]["start"]) for one in server.sandbox.state()["entities"]} == {
        1: ("accueil", "1000"),
        2: ("compta", "3000"),
        3: ("urgences", "2000"),
        4: ("accueil", "1000"),
    }
    assert not again.changed


def test_who_changes_the_number_is_edited_where_the_old_entry_is_purged(site: Make) -> None:
    """And never without a telephone in between."""
    server = site(dialects=STRICT)
    before = seats(server)["Durand"]
    new = {**made("1001", "Nouvelle", "new"), "match_on": "name"}
    document = config(users=[made("1005", "Durand", "cdurand"), new], purge=["users"])
    done, again = server.play(document, document)
    assert (counts(done, "user"), [one.method for one in done.writes]) == ({"create": 1, "update": 1}, ["PUT", "POST"])
    assert seats(server)["Durand"] == (before[0], "1005", "cdurand")
    assert not again.changed


def test_a_module_refuses_what_two_would_have_before_it_writes(site: Make) -> None:
    server = site(dialects={**STRICT, "cti_logins": "free", "overlapping_intervals": "allowed"})
    login = {"xivo.xci.xci_user": made("1002", "Deux", "cdurand")}
    intervals = [{"start": "2999", "end": "3004"}]
    overlap = {"xivo.xci.xci_entity": {"name": "urgences", "xivo": "xivo-nord", "intervals": intervals}}
    outcomes = server.play(*({**task, "check_mode": check} for task in (login, overlap) for check in (True, False)),
                           may_fail=True)  # fmt: skip
    assert [(outcome.status, outcome.writes) for outcome in outcomes] == [("failed", [])] * 4
    for outcome in outcomes[:2]:
        assert outcome.msg == (
            "duplicate: cti_login 'cdurand' of user 1002@accueil@xivo-nord also belongs to user "
            "1001@accueil@xivo-nord, on XCI, with id 1"
        )
    for outcome in outcomes[2:]:
        assert outcome.msg == (
            "duplicate: intervals 3000-3004 of entity urgences@xivo-nord also belongs to entity compta@xivo-nord, on "
            "XCI, with id 3"
        )


def test_what_two_would_have_is_refused_before_anything_is_written(site: Make) -> None:
    server = site(dialects=STRICT)
    twice = [made("1002", "Deux", "same"), {**made("2002", "Trois", "same"), "entity": "urgences@xivo-nord"}]
    logins = config(users=[*twice, made("1004", "Quatre", "cdurand")])
    overlap = config(
        entities=[{"name": "urgences", "xivo": "xivo-nord", "intervals": [{"start": "2999", "end": "3004"}]}]
    )
    outcomes = server.play(logins, overlap, may_fail=True)
    assert [outcome.writes for outcome in outcomes] == [[], []]
    for part in (
        "users[0]: duplicate: cti_login 'same' of user 1002@accueil@xivo-nord also belongs to user "
        "2002@urgences@xivo-nord, defined at users[1]",
        "users[2]: duplicate: cti_login 'cdurand' of user 1004@accueil@xivo-nord also belongs to user "
        "1001@accueil@xivo-nord, on XCI, with id 1",
    ):
        assert part in outcomes[0].msg
    assert (
        "entities[0]: duplicate: intervals 3000-3004 of entity urgences@xivo-nord also belongs to entity "
        "compta@xivo-nord, on XCI, with id 3"
    ) in outcomes[1].msg


def test_an_exchange_in_an_entity_without_a_free_number_is_refused(site: Make) -> None:
    server = site(dialects=STRICT)
    full = [{"name": "accueil", "xivo": "xivo-nord", "intervals": [{"start": "1001", "end": "1002"}]}]
    people = [{**AT, "match_on": "name", "last_name": "Deux", "internal_number": "1001"},
              {**AT, "match_on": "name", "first_name": "Camille", "last_name": "Durand",
               "internal_number": "1002"}]  # fmt: skip
    _full, outcome = server.play(
        config(entities=full, users=[made("1002", "Deux", "deux")]), config(users=people), may_fail=True
    )
    assert (outcome.status, outcome.writes) == ("failed", [])
    assert "entity accueil@xivo-nord has no other number that is free meanwhile; widen its intervals" in outcome.msg

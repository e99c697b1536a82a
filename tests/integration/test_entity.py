# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Entities: intervals, names and what XCI keeps with them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ansible_collections.xivo.xci.tests.integration.harness import Site, entity
from ansible_collections.xivo.xci.tests.support.objects import NORD

URGENCES = {"name": "urgences", "xivo": "xivo-nord"}
SOME = [{"start": "0961"}, {"start": "2000", "end": "2999"}]


@pytest.mark.parametrize("interval_end", ["empty", "absent", "same"])
def test_a_single_number_is_equal_however_it_is_written_or_shown(site: Callable[..., Site], interval_end: str) -> None:
    server = site(dialects={"interval_end": interval_end, "list_order": "shuffled"})
    outcomes = server.play(
        entity(**URGENCES, intervals=SOME),
        entity(**URGENCES, intervals=[{"start": "0961", "end": "0961"}, SOME[1]]),
        entity(**URGENCES, intervals=[SOME[1], {"start": "0961", "end": ""}]),
        entity(**URGENCES, intervals=[SOME[1], {"start": "0961"}, {"start": "0961", "end": "0961"}]),
    )
    assert [outcome.changed for outcome in outcomes] == [True, False, False, False]
    assert all(
        outcome.object["intervals"] == [{"start": "0961", "end": "0961"}, {"start": "2000", "end": "2999"}]
        for outcome in outcomes
    )


def test_leading_zeros_count_and_integers_are_taken_as_written(site: Callable[..., Site]) -> None:
    server = site()
    outcomes = server.play(
        entity(**URGENCES, intervals=[{"start": "0961"}]),
        entity(**URGENCES, intervals=[{"start": "961"}]),
        entity(**URGENCES, intervals=[{"start": 961}]),
        entity(**URGENCES, intervals=[{"start": 400, "end": 499}]),
        entity(**URGENCES, intervals=[{"start": "400", "end": "499"}]),
        entity(**URGENCES, intervals=[{"start": "39990000", "end": "39999999"}, {"start": "00", "end": "09"}]),
        may_warn=True,
    )
    assert [bool(outcome.warnings) for outcome in outcomes] == [False, False, True, True, False, False]
    assert [outcome.changed for outcome in outcomes] == [True, True, False, True, False, True]
    assert outcomes[3].writes[0].body["intervals"] == [{"start": "400", "end": "499"}]
    assert outcomes[5].writes[0].body["intervals"] == [
        {"start": "00", "end": "09"},
        {"start": "39990000", "end": "39999999"},
    ]


def test_intervals_that_overlap_are_warned_of(site: Callable[..., Site]) -> None:
    server = site()
    (outcome,) = server.play(
        entity(**URGENCES, intervals=[{"start": "2000", "end": "2999"}, {"start": "2500", "end": "2600"}]),
        may_warn=True,
    )
    assert outcome.changed
    assert outcome.warnings == ["intervals: 2000-2999 overlaps 2500-2600"]


def test_renaming_by_id_and_clearing(site: Callable[..., Site]) -> None:
    server = site()
    outcomes = server.play(
        entity(id=2, name="Bloc A/B é", display_name='Bloc opératoire: l\'étage "2"'),
        entity(id=2, name="Bloc A/B é"),
        entity(name="Bloc A/B é", xivo="xivo-nord", presented_number="", intervals=[]),
        entity(id=2, presented_number="", intervals=[]),
        entity(name="Bloc A/B é", xivo="xivo-nord", state="absent"),
    )
    assert [outcome.changed for outcome in outcomes] == [True, False, True, False, True]
    assert outcomes[0].object["combined_id"] == f"Bloc A/B é@{NORD}"
    assert outcomes[0].object["display_name"] == 'Bloc opératoire: l\'étage "2"'
    assert outcomes[0].object["intervals"] == [{"start": "2000", "end": "2999"}]
    assert (outcomes[2].object["presented_number"], outcomes[2].object["intervals"]) == ("", [])
    renamed = f"/entities/Bloc%20A%2FB%20%C3%A9%40{NORD}"
    assert [(write.method, write.path) for outcome in outcomes for write in outcome.writes] == [
        ("PUT", f"/entities/urgences%40{NORD}"),
        ("PUT", renamed),
        ("DELETE", renamed),
    ]


def test_what_xci_keeps_besides_survives_a_change(site: Callable[..., Site]) -> None:
    server = site(dialects={"extra_keys": "yes", "put": "replace"})
    both = [{"start": "2000", "end": "2899"}, {"start": "2961"}]
    outcomes = server.play(
        entity(**URGENCES, display_name="Les urgences"),
        entity(**URGENCES, intervals=both),
        entity(**URGENCES, intervals=both),
    )
    assert [outcome.changed for outcome in outcomes] == [True, True, False]
    stored = server.sandbox.state()["entities"][1]
    assert stored["extra"] == {"mdsName": "default"}
    assert [interval.get("routingMode") for interval in stored["intervals"]] == ["sda", None]
    assert outcomes[0].writes[0].body == {
        "name": "urgences",
        "displayName": "Les urgences",
        "xivoId": 1,
        "intervals": [{"start": "2000", "end": "2999", "routingMode": "sda"}],
        "presentedNumber": "inbNo",
        "mdsName": "default",
    }


def test_moving_an_entity_to_another_xivo(site: Callable[..., Site]) -> None:
    server = site()
    outcomes = server.play(entity(id=2, xivo="xivo-sud"), entity(name="urgences", xivo="xivo-sud"))
    assert [outcome.changed for outcome in outcomes] == [True, False]
    assert outcomes[0].writes[0].body["xivoId"] == 2
    assert outcomes[0].object["xivo"] == "xivo-sud"


def test_a_refusal_to_delete_is_passed_on_in_the_servers_words(site: Callable[..., Site]) -> None:
    server = site()
    refusal = {"kind": "status", "status": 409, "body": "the queue accueil uses it", "content_type": "text/plain"}
    server.sandbox.faults.add({"path": "^/entities/", "method": "DELETE", "fault": refusal})
    (outcome,) = server.play(entity(name="urgences", xivo="xivo-nord", state="absent"), may_fail=True)
    assert outcome.status == "failed"
    assert "the queue accueil uses it" in outcome.msg
    assert outcome.result["status"] == 409
    assert len(server.sandbox.state()["entities"]) == 4


def test_long_names_are_warned_of_and_sent(site: Callable[..., Site]) -> None:
    server = site()
    (outcome,) = server.play(entity(name="n" * 40, xivo="xivo-sud", display_name="d" * 129), may_warn=True)
    assert outcome.changed
    assert sorted(outcome.warnings) == [
        "display_name: 129 characters; XiVO accepts 0 to 128",
        "name: 40 characters; XiVO accepts 0 to 39",
    ]

# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Templates: sets of references, and options that apply only under a condition."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ansible_collections.xivo.xci.tests.integration.harness import Site, template
from ansible_collections.xivo.xci.tests.support.objects import NORD, SUD

CONDITIONAL = {"routedInboundPrefix", "customCallerId", "voiceMailCustomNumber", "voiceMailSendEmail"}
NEW = {"name": "Modèle: l'étage", "xivos": ["xivo-nord"]}


@pytest.mark.parametrize("voice_mail_mode", ["shown", "absent"])
def test_what_does_not_apply_is_absent_and_no_difference(site: Callable[..., Site], voice_mail_mode: str) -> None:
    server = site(dialects={"voice_mail_mode": voice_mail_mode})
    plain = template(**NEW, voice_mail_number_mode="short_number")
    custom = template(
        **NEW,
        routed_inbound=True,
        routed_inbound_prefix="0123",
        caller_id_mode="custom",
        custom_caller_id="0123456789",
        voice_mail_enabled=True,
        voice_mail_number_mode="custom",
        voice_mail_custom_number="*97",
        voice_mail_send_email=True,
    )
    back = template(
        **NEW,
        routed_inbound=False,
        caller_id_mode="anonymous",
        voice_mail_enabled=False,
        voice_mail_number_mode="short_number",
    )
    outcomes = server.play(plain, plain, custom, custom, back, back)
    assert [outcome.changed for outcome in outcomes] == [True, False, True, False, True, False]
    bodies = [write.body for outcome in outcomes for write in outcome.writes]
    assert [set(body) & CONDITIONAL for body in bodies] == [set(), CONDITIONAL, set()]
    assert [body["voiceMailNumberMode"] for body in bodies] == ["short_number", "custom", "short_number"]
    assert all(value is not None for body in bodies for value in body.values())
    assert outcomes[5].object["custom_caller_id"] == ""


def test_an_option_without_its_condition_is_warned_of(site: Callable[..., Site]) -> None:
    (outcome,) = site().play(template(**NEW, custom_caller_id="0123456789"), may_warn=True)
    assert outcome.changed
    assert "customCallerId" not in outcome.writes[0].body
    assert outcome.warnings == ["custom_caller_id has no effect unless caller_id_mode is custom"]


def test_lists_are_sets_compared_for_equality(site: Callable[..., Site]) -> None:
    server = site(dialects={"list_order": "shuffled"})
    both = {"xivos": ["xivo-nord", "xivo-sud"], "entities": ["accueil@xivo-nord", "accueil@xivo-sud", "compta"]}
    name = {"name": "Modèle: l'étage"}
    outcomes = server.play(
        template(**name, **both),
        template(**name, **{key: list(reversed(value)) for key, value in both.items()}),
        template(**name, xivos=["1", SUD], entities=["compta", f"accueil@{NORD}", f"accueil@{SUD}"]),
        template(**name, entities=["compta"]),
        template(**name, xivos=[]),
        template(**name, xivos=[], entities=[]),
        template(**name, ringing_time=30),
    )
    assert [outcome.changed for outcome in outcomes] == [True, False, False, True, True, True, False]
    bodies = [write.body for outcome in outcomes for write in outcome.writes]
    assert [(body["xivos"], body["entities"]) for body in bodies[1:]] == [
        ([1, 2], [f"compta@{NORD}"]),
        ([], [f"compta@{NORD}"]),
        ([], []),
    ]


def test_renaming_by_id(site: Callable[..., Site]) -> None:
    server = site()
    outcomes = server.play(
        template(id=1, name="Modèle 220"), template(id=1, name="Modèle 220"), template(name="Modèle 220")
    )
    assert [outcome.changed for outcome in outcomes] == [True, False, False]
    assert outcomes[0].writes[0].path == "/templates/1"
    assert outcomes[0].object["xivos"] == ["xivo-nord", "xivo-sud"]


def test_a_long_ringing_time_is_warned_of_and_sent(site: Callable[..., Site]) -> None:
    (outcome,) = site().play(template(**NEW, ringing_time=61), may_warn=True)
    assert outcome.writes[0].body["ringingTime"] == 61
    assert len(outcome.warnings) == 1

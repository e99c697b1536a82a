# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bad input: each a clear error that names what was written, before anything is written to XCI."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ansible_collections.xivo.xci.tests.integration.harness import Site, admin, entity, template, user, xivo
from ansible_collections.xivo.xci.tests.support.objects import SUD, TEMPLATE
from ansible_collections.xivo.xci.tests.support.playbook import Task

NEW = {"internal_number": "1500", "first_name": "Zoé", "template": TEMPLATE}
NAMED = {"name": "radiologie", "xivo": "xivo-nord"}

REFUSED: dict[str, list[tuple[Task, list[str]]]] = {
    "references": [
        (entity(name="radiologie", xivo="xivo-nor"), ["xivo: ", "'xivo-nor'", "did you mean xivo-nord"]),
        (entity(name="radiologie", xivo="double"), ["'double' is ambiguous", "11111111-aaaa", "22222222-bbbb"]),
        (user(**NEW, entity="acceuil@xivo-nord"), ["entity: ", "'acceuil@xivo-nord'", "accueil@xivo-nord"]),
        (user(**NEW, entity="accueil"), ["'accueil' is ambiguous", "accueil@xivo-nord, accueil@xivo-sud"]),
        (user(**{**NEW, "template": "Modele"}, entity="compta"), ["template: ", "'Modele'", TEMPLATE]),
        (user(**{**NEW, "template": "Jumeau"}, entity="compta"), ["'Jumeau' is ambiguous", "2, 3"]),
        (template(name="Neuf", xivos=["xivo-nord", "xivo-est"]), ["xivos: ", "'xivo-est'", "xivo-sud"]),
        (template(name="Neuf", entities=[f"urgences@{SUD}"]), ["entities: ", f"'urgences@{SUD}'"]),
        (template(name="Jumeau", ringing_time=20), ["several templates", "'Jumeau'", "id 2", "id 3"]),
        (admin(login="x", entities=["urgence"], password="secret-of-x"), ["entities: ", "'urgence'"]),
        (user(id=99, first_name="Zoé"), ["user with id 99 not found"]),
        (entity(id=99, display_name="Zoé"), ["entity with id 99 not found"]),
        (user(id=-1, first_name="Zoé"), ["id: invalid id -1"]),
    ],
    "what is missing": [
        (
            user(entity="compta", internal_number="3100", first_name="Zoé"),
            ["missing required option: template", "3100@compta@xivo-nord"],
        ),
        (
            user(entity="compta", internal_number="3100", template=TEMPLATE),
            ["3100@compta@xivo-nord", "first_name or last_name"],
        ),
        (
            user(internal_number="3100", first_name="Zoé", template=TEMPLATE),
            ["missing required option: entity (or id)", "the user"],
        ),
        (
            user(entity="compta", first_name="Zoé", template=TEMPLATE),
            ["missing required option: internal_number (or id)", "the user"],
        ),
        (
            user(entity="compta", match_on="cti_login", template=TEMPLATE),
            ["missing required option: cti_login (or id)"],
        ),
        (xivo(name="xivo-est"), ["missing required option: host", "xivo-est"]),
        (entity(name="radiologie"), ["missing required option: xivo (or id)", "the entity"]),
        (template(name="Neuf", routed_inbound=True), ["Neuf", "routed_inbound_prefix", "routed_inbound is true"]),
        (template(name="Neuf", caller_id_mode="custom"), ["custom_caller_id", "caller_id_mode is custom"]),
        (
            template(name="Neuf", voice_mail_number_mode="custom"),
            ["voice_mail_custom_number", "voice_mail_number_mode is custom"],
        ),
        (template(name=TEMPLATE, routed_inbound=True), [TEMPLATE, "routed_inbound_prefix"]),
        (admin(login="neuf"), ["neuf", "password", "ldap is false"]),
    ],
    "values": [
        (entity(**NAMED, intervals=[{"start": "299", "end": "200"}]), ["the interval 299-200 ends before it starts"]),
        (entity(**NAMED, intervals=[{"start": "2oo"}]), ["the interval 2oo-2oo", "'2oo'", "digits"]),
        (entity(**NAMED, intervals=[{"start": "200", "end": "+2"}]), ["the interval 200-+2", "'+2'"]),
        (entity(**NAMED, intervals=[{"end": "200"}]), ["start", "intervals"]),
        (template(name="Neuf", caller_id_mode="secret"), ["caller_id_mode", "secret", "anonymous"]),
        (template(name="Neuf", ringing_time="long"), ["ringing_time", "long"]),
        (user(**NEW, entity="compta", state="gone"), ["state", "gone", "absent"]),
        (user(**NEW, entity="compta", fist_name="Zoé"), ["fist_name"]),
        (
            user(**{**NEW, "first_name": "Zo\u0007é"}, entity="compta"),
            ["first_name", "a control character (U+0007)"],
        ),
        (user(**NEW, entity=""), ["entity"]),
        (user(**NEW, entity="compta", timeout=0), ["timeout must be over 0"]),
    ],
}


@pytest.mark.parametrize("kind", REFUSED)
def test_bad_input_is_named_and_nothing_is_written(site: Callable[..., Site], kind: str) -> None:
    server = site(dialects={"duplicate_names": "allowed"})
    server.load(
        {
            "xivos": [
                {"name": "double", "uuid": "11111111-aaaa-4000-8000-000000000000"},
                {"name": "double", "uuid": "22222222-bbbb-4000-8000-000000000000"},
            ],
            "templates": [{"name": "Jumeau", "xivos": ["xivo-nord"]}, {"name": "Jumeau", "xivos": ["xivo-nord"]}],
        }
    )
    before = server.sandbox.state()
    outcomes = server.play(*(task for task, _parts in REFUSED[kind]), may_fail=True)
    for outcome, (task, parts) in zip(outcomes, REFUSED[kind], strict=True):
        assert (outcome.status, outcome.writes) == ("failed", []), task
        assert [part for part in parts if part not in outcome.msg] == [], outcome.msg
    assert server.sandbox.state() == before


def test_two_xivos_of_one_name_are_distinguished_by_uuid(site: Callable[..., Site]) -> None:
    server = site(dialects={"duplicate_names": "allowed"})
    twin = "22222222-bbbb-4000-8000-000000000000"
    server.load({"xivos": [{"name": "xivo-nord", "uuid": twin}], "entities": [{"name": "labo", "xivo": "xivo-sud"}]})
    outcomes = server.play(
        entity(name="radiologie", xivo=twin), entity(name="radiologie", xivo="3"), entity(name="labo", xivo="xivo-sud")
    )
    assert [outcome.changed for outcome in outcomes] == [True, False, False]
    assert outcomes[0].writes[0].body["xivoId"] == 3


def test_what_xci_refuses_is_passed_on_with_the_request(site: Callable[..., Site]) -> None:
    server = site(dialects={"errors": "html"})
    # Who has the login may be in an entity that a task does not read.
    taken = user(entity="urgences", internal_number="2001", first_name="Zoé", template=TEMPLATE, cti_login="cdurand")
    (outcome,) = server.play(taken, may_fail=True)
    assert outcome.status == "failed"
    assert "ctiLogin: 'cdurand' exists already" in outcome.msg
    assert f"POST {server.sandbox.url}/users answered 409" in outcome.msg
    assert outcome.result["status"] == 409
    assert "<" not in outcome.msg


def test_missing_permission_is_reported(site: Callable[..., Site]) -> None:
    server = site()
    marie = {"xci_login": "mlefevre", "xci_password": "another-made-up-password"}
    own, other, refused = server.play(
        user(entity="accueil", internal_number="1001", **marie),
        user(entity="compta", internal_number="3001", **marie),
        admin(login="neuf", password="secret-of-neuf", **marie),
        may_fail=True,
        logins=2,
    )
    assert (own.status, own.changed) == ("ok", False)
    assert "'compta'" in other.msg
    assert "mlefevre may not do this" in refused.msg
    assert "only a super-administrator may do this" in refused.msg

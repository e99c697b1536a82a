# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Administrators: passwords that can't be read, references to entities in three shapes; and XiVOs that fail."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ansible_collections.xivo.xci.tests.integration.harness import Site, admin, xivo
from ansible_collections.xivo.xci.tests.support.objects import ADMIN, PASSWORD

MARIE = "another-made-up-password"
VERIFY = "POST /login mlefevre"


@pytest.mark.parametrize("refused", ["401", "403", "no_cookie"])
def test_a_password_is_verified_by_logging_in(site: Callable[..., Site], refused: str) -> None:
    server = site(dialects={"login_refused": refused})
    new = "a-new-made-up-password"
    outcomes = server.play(
        admin(login="mlefevre", password=MARIE),
        admin(login="mlefevre", password=new),
        admin(login="mlefevre", password=new),
        admin(login="mlefevre", password=MARIE, update_password="on_create"),
        admin(login="mlefevre", password=new, update_password="always"),
        admin(login=ADMIN, password=PASSWORD),
        admin(login="mlefevre"),
    )
    assert [outcome.changed for outcome in outcomes] == [False, True, False, False, True, False, False]
    assert [outcome.requests.count(VERIFY) for outcome in outcomes] == [1, 1, 1, 0, 0, 0, 0]
    assert "(changed, not shown)" in str(outcomes[1].result["diff"])


@pytest.mark.parametrize("shape", ["objects", "ids", "combined_ids"])
def test_entities_are_read_in_any_shape_and_written_as_ids(site: Callable[..., Site], shape: str) -> None:
    server = site(dialects={"admin_entities": shape, "list_order": "shuffled"})
    outcomes = server.play(
        admin(login="mlefevre", entities=["accueil@xivo-nord"]),
        admin(login="mlefevre", entities=["compta", "accueil@xivo-sud", "urgences"], password=MARIE),
        admin(login="mlefevre", entities=["urgences", "compta", "accueil@xivo-sud"]),
        admin(login="mlefevre", entities=[], password=MARIE),
        admin(login="mlefevre", entities=[]),
    )
    assert [outcome.changed for outcome in outcomes] == [False, True, False, True, False]
    bodies = [write.body for outcome in outcomes for write in outcome.writes]
    assert [sorted(body["entityIds"]) for body in bodies] == [[2, 3, 4], []]
    assert outcomes[2].object["entities"] == ["accueil@xivo-sud", "compta@xivo-nord", "urgences@xivo-nord"]


def test_an_administrator_of_the_directory_has_no_password(site: Callable[..., Site]) -> None:
    server = site()
    ldap = admin(login="pbernard", name='Paul "Popaul" Bernard', ldap=True)
    outcomes = server.play(ldap, ldap, admin(login="pbernard", ldap=False, password="paul-secret"))
    assert [outcome.changed for outcome in outcomes] == [True, False, True]
    assert "password" not in outcomes[0].writes[0].body
    assert "password" in outcomes[2].writes[0].body


def test_renaming_by_id_and_the_hash_that_xci_shows(site: Callable[..., Site]) -> None:
    server = site()
    rename = {"id": 2, "login": "marie.lefevre", "name": ""}
    outcomes = server.play(
        admin(**rename, password=MARIE, update_password="on_create"),
        admin(login="marie.lefevre", name="", password=MARIE),
        admin(**rename),
    )
    assert [outcome.changed for outcome in outcomes] == [True, False, False]
    assert all("password" not in outcome.object for outcome in outcomes)
    assert "hsh$" not in server.output


def test_a_change_without_the_password_is_refused_before_it_is_sent(site: Callable[..., Site]) -> None:
    server = site()
    (outcome,) = server.play(admin(login="mlefevre", name="Marie"), may_fail=True)
    assert outcome.status == "failed"
    assert "mlefevre" in outcome.msg
    assert "missing required option: password (needed to change name of admin mlefevre" in outcome.msg
    assert not outcome.writes


@pytest.mark.parametrize("body", ["object", "none"])
def test_a_xivo_that_can_not_be_configured_is_saved_and_said_to_be(site: Callable[..., Site], body: str) -> None:
    server = site(dialects={"configure": "fails", "write_body": body})
    new = xivo(name="xivo-est", host="192.0.2.30", configure=True)
    failed, again = server.play(new, new, may_fail=True)
    assert failed.status == "failed"
    assert "The object now has the requested state" in failed.msg
    assert "SSH" in failed.msg
    assert [(one.method, one.path) for one in failed.sent[-2:]] == [("POST", "/xivo"), ("GET", "/xivo")]
    assert (again.status, again.changed) == ("ok", False)
    assert [one["name"] for one in server.sandbox.state()["xivos"]].count("xivo-est") == 1


def test_a_blank_host_is_no_difference(site: Callable[..., Site]) -> None:
    server = site(dialects={"hosts": "blank"})
    (outcome,) = server.play(xivo(name="xivo-nord", host="192.0.2.99"))
    assert not outcome.changed

# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A task never means more than it says: who is in another entity, who only looks alike, who is somebody else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.xivo.xci.tests.integration.harness import Site, in_check, user
from ansible_collections.xivo.xci.tests.support.objects import TEMPLATE
from ansible_collections.xivo.xci.tests.support.playbook import Task

pytestmark = pytest.mark.core

Make = Callable[..., Site]

WAITING = {"match_on": "name", "last_name": "Salle d'attente", "template": TEMPLATE}
CAMILLE = {"entity": "accueil@xivo-nord", "internal_number": "1001"}


def config(**options: Any) -> Task:
    return {"xivo.xci.xci_config": options}


def test_the_same_name_in_two_entities_is_two_users(site: Make) -> None:
    server = site()
    two = [{"entity": entity, **WAITING} for entity in ("accueil@xivo-nord", "urgences@xivo-nord")]
    tasks = [user(**one) for one in two]
    outcomes = server.play(*map(in_check, tasks), *tasks, *tasks, config(users=two))
    assert [one.changed for one in outcomes] == [True] * 4 + [False] * 3
    assert len([one for one in server.users() if one["lastName"] == "Salle d'attente"]) == 2


def test_a_login_of_another_xivo_moves_only_if_asked(site: Make) -> None:
    server = site()
    login = {"entity": "accueil@xivo-sud", "match_on": "cti_login", "cti_login": "cdurand", "template": TEMPLATE}
    moved = {**login, "search": "everywhere", "cti_password": "made-up-1234"}
    (another,) = server.play(in_check(user(**login, last_name="Durand")), may_warn=True)
    assert another.object["first_name"] == ""
    assert "user 1001@accueil@xivo-nord (id " in str(another.warnings)
    (predicted,) = server.play(in_check(user(**moved)))
    assert predicted.changed
    assert predicted.object["first_name"] == "Camille"
    real, again, document = server.play(user(**moved), user(**moved), config(users=[moved]))
    assert [real.changed, again.changed, document.changed] == [True, False, False]
    assert real.object["entity"] == "accueil@xivo-sud"
    assert len(server.users()) == 1


@pytest.mark.parametrize("way", ["task", "document"])
def test_somebody_else_is_not_deleted(site: Make, way: str) -> None:
    server = site()
    gone = {**CAMILLE, "first_name": "Jean", "last_name": "Martin", "state": "absent"}
    (outcome,) = server.play(user(**gone) if way == "task" else config(users=[gone]), may_fail=True)
    assert outcome.status == "failed"
    assert "user 1001@accueil@xivo-nord" in outcome.msg
    assert "first_name is 'Camille', not 'Jean'" in outcome.msg
    assert "last_name is 'Durand', not 'Martin'" in outcome.msg
    assert len(server.users()) == 1
    (outcome,) = server.play(user(**{**gone, "first_name": "CAMILLE", "last_name": "durand"}))
    assert outcome.changed
    assert server.users() == []


def test_a_look_alike_is_neither_created_again_nor_deleted(site: Make) -> None:
    server = site()
    found = {"entity": "accueil@xivo-nord", "match_on": "cti_login", "cti_login": "CDurand", "template": TEMPLATE}
    similar = {**found, "cti_login": "c.durand", "last_name": "Durand"}
    same, kept = server.play(user(**found), user(**found, state="absent"), may_warn=True)
    assert [same.changed, kept.changed] == [False, False]
    assert "was taken to be 'cdurand'" in str(same.warnings)
    assert "nothing was deleted" in str(kept.warnings)
    (refused,) = server.play(user(**similar), may_fail=True)
    assert "XCI has a similar one: 'cdurand'" in refused.msg
    (refused,) = server.play(config(users=[similar]), may_fail=True)
    assert refused.result["errors"][0]["msg"].startswith("user 'c.durand' not found, but XCI has a similar one")
    assert len(server.users()) == 1


def test_who_lists_both_means_both(site: Make) -> None:
    server = site()
    template = {"xivos": ["xivo-nord"]}
    both = {"templates": [{"name": TEMPLATE}, {"name": f"{TEMPLATE} +", **template}]}
    first, again = server.play(config(**both), config(**both))
    assert [first.changed, again.changed] == [True, False]

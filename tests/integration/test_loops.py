# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the items of a loop, and the attempts of a task that is repeated, must not have from each other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.xivo.xci.tests.integration.harness import Site, user
from ansible_collections.xivo.xci.tests.support.objects import TEMPLATE
from ansible_collections.xivo.xci.tests.support.playbook import Task

COMPTA: dict[str, Any] = {"entity": "compta@xivo-nord", "template": TEMPLATE, "first_name": "Zoé"}


def document(*documents: dict[str, Any], **more: Any) -> Task:
    """Apply one document for each item of a loop, and leave out what the item does not have."""
    options = {
        name: f"{{{{ item.{name} | default(omit) }}}}" for name in ("entities", "users", "purge", "max_deletions")
    }
    return {"xivo.xci.xci_config": options, "loop": list(documents), **more}


@pytest.mark.parametrize("check", [[True, False], [False, True]], ids=["check-first", "check-last"])
def test_each_item_has_its_own_mode(site: Callable[..., Site], check: list[bool]) -> None:
    server = site()
    options = {**COMPTA, "internal_number": "{{ item.number }}"}
    items = [{"number": str(3000 + place), "check": mode} for place, mode in enumerate(check)]
    (outcome,) = server.play({**user(**options), "loop": items, "check_mode": "{{ item.check }}"}, logins=2)
    assert [one["changed"] for one in outcome.result["results"]] == [True, True]
    assert [one["internalNumber"] for one in server.users()[1:]] == [f"{3000 + check.index(False)}"]


C = {"name": "c", "xivo": "xivo-nord", "intervals": [{"start": "400", "end": "499"}]}
LEAVING: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "a fault": (
        {"entities": [C], "users": [{**COMPTA, "entity": "nowhere", "internal_number": "3000"}]},
        {"users": [{**COMPTA, "entity": "c", "internal_number": "400"}]},
    ),
    "an object that is not there, and is to be absent": (
        {"entities": [{"name": "gone", "xivo": "xivo-nord", "state": "absent"}]},
        {"users": [{**COMPTA, "entity": "gone", "internal_number": "400"}]},
    ),
    "too many deletions": (
        {
            "users": [{"entity": "accueil@xivo-nord", "internal_number": "1001", "state": "absent"}],
            "max_deletions": 0,
        },
        {"users": [{"entity": "accueil@xivo-nord", "internal_number": "1001", "first_name": "Camille"}]},
    ),
}


@pytest.mark.parametrize("way", ["worker"])
@pytest.mark.parametrize("documents", LEAVING.values(), ids=LEAVING)
def test_what_a_document_would_have_done_is_not_believed(
    site: Callable[..., Site], documents: tuple[dict[str, Any], dict[str, Any]]
) -> None:
    server = site()
    predicted, done = server.play(
        *(document(*documents, check_mode=check) for check in (True, False)), may_fail=True, logins=4
    )
    for one, other in zip(predicted.result["results"], done.result["results"], strict=True):
        assert (one.get("failed"), one.get("msg"), one.get("plan")) == (
            other.get("failed"),
            other.get("msg"),
            other.get("plan"),
        )


@pytest.mark.parametrize("way", ["worker"])
def test_what_a_document_would_create_exists_for_the_next(site: Callable[..., Site]) -> None:
    """Also by its id, and with what is in it."""
    server = site()
    documents = (
        {"entities": [C], "users": [{**COMPTA, "entity": "c", "internal_number": "400"}]},
        {"users": [{**COMPTA, "entity": "c", "internal_number": "401"}], "purge": ["users"]},
        {
            "entities": [{**C, "state": "absent"}],
            "users": [{"entity": "c", "internal_number": "401", "state": "absent"}],
        },
    )
    predicted, done = server.play(*(document(*documents, check_mode=check) for check in (True, False)), logins=3)
    plans = [
        [[(op["action"], op["key"]) for op in one["plan"]] for one in outcome.result["results"]]
        for outcome in (predicted, done)
    ]
    assert plans[0] == plans[1]
    assert plans[0][1] == [("create", "401@c@xivo-nord"), ("delete", "400@c@xivo-nord")]


@pytest.mark.parametrize("until", [True, False], ids=["until", "retries-alone"])
def test_an_attempt_looks_again(site: Callable[..., Site], until: bool) -> None:
    """Ansible repeats what has retries until it succeeds, with or without a condition."""
    server = site()
    hidden = {"kind": "body", "body": {"items": []}}
    server.sandbox.faults.add({"method": "GET", "path": "/users$", "times": 1, "fault": hidden})
    seen = "result.users | length > 0"
    task = {
        "xivo.xci.xci_user_info": {"entity": "accueil@xivo-nord"},
        "register": "result",
        "retries": 2,
        "delay": 0.1,
        **({"until": seen} if until else {"failed_when": f"not ({seen})"}),
    }
    (outcome,) = server.play(task, logins=2)
    assert len(outcome.result["users"]) == 1


@pytest.mark.parametrize("way", ["worker"])
def test_an_id_that_nobody_knows_yet_is_warned_of(site: Callable[..., Site]) -> None:
    """In check mode a rename by the id that an earlier task registered can't be distinguished from a creation."""
    made = {"xivo.xci.xci_template": {"name": "Chambre"}, "register": "made"}
    renamed = {"xivo.xci.xci_template": {"id": "{{ made.template.id }}", "name": "Salle"}}
    first, second = site().play(made, renamed, check=True, may_warn=True)
    assert first.object["id"] is None
    assert not first.warnings
    assert [warning for warning in second.warnings if warning.startswith("id is null and counts as not given")]


@pytest.mark.slow
@pytest.mark.parametrize("shown", ["null", "absent"])
def test_people_who_do_not_say_their_entity_are_created_changed_and_removed_in_one_loop(
    site: Callable[..., Site], way: str, shown: str
) -> None:
    server = site(dialects={"user_entity": shown, "listed_user": "short", "write_body": "none"})
    server.load(
        {
            "users": [
                {"entity": "compta@xivo-nord", "template": TEMPLATE, "firstName": "Zoé", "internalNumber": "3001"},
            ]
        }
    )
    accueil = {"entity": "accueil@xivo-nord", "template": TEMPLATE}
    moved = {"entity": "urgences", "match_on": "cti_login", "cti_login": "cdurand", "internal_number": "2001"}
    items: list[dict[str, Any]] = [
        {**accueil, "internal_number": "1002", "first_name": "Léa"},
        {**accueil, "match_on": "name", "first_name": "Noé"},
        {**accueil, "internal_number": "1002", "last_name": "Petit"},
        {**accueil, "match_on": "name", "first_name": "Noé", "cti_login": "noe"},
        {**moved, "template": TEMPLATE},
        {"entity": "compta@xivo-nord", "internal_number": "3001", "first_name": "Zoé", "state": "absent"},
        {"entity": "compta@xivo-nord", "internal_number": "3002", "state": "absent"},
    ]
    names = dict.fromkeys(name for item in items for name in item)
    options = {name: f"{{{{ item.{name} | default(omit) }}}}" for name in names}
    password = "{{ 'made-up-1' if item.cti_login | default('') == 'noe' else omit }}"
    task = {**user(**options, cti_password=password), "loop": items}
    first, second = server.play(task, task, may_warn=True, logins=1 if way == "worker" else len(items))
    assert [one["changed"] for one in first.result["results"]] == [True] * 6 + [False]
    assert [one["changed"] for one in second.result["results"]] == [False] * 7
    entities = {one["id"]: one["name"] for one in server.sandbox.state()["entities"]}
    found = {
        (entities[one["entity"]], one["internalNumber"], one["firstName"], one["lastName"], one["ctiLogin"])
        for one in server.users()
    }
    assert found == {
        ("accueil", "1002", "Léa", "Petit", None),
        ("accueil", "1000", "Noé", "", "noe"),
        ("urgences", "2001", "Camille", "Durand", "cdurand"),
    }

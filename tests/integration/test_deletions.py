# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nobody is deleted, and no account locked out, unless the playbook says so."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.xivo.xci.tests.integration.harness import Site, admin, in_check, user
from ansible_collections.xivo.xci.tests.support.objects import ADMIN, PASSWORD, START, TEMPLATE
from ansible_collections.xivo.xci.tests.support.playbook import Task

pytestmark = pytest.mark.core

Make = Callable[..., Site]

NAMESAKES = {
    **START,
    "users": [
        {
            "entity": entity,
            "template": TEMPLATE,
            "firstName": "Jean",
            "lastName": "Martin",
            "internalNumber": number,
            "ctiLogin": f"jmartin{number}",
            "ctiPassword": "made-up-1234",
        }
        for entity, number in (("accueil@xivo-nord", "1005"), ("urgences@xivo-nord", "2005"))
    ],
}


def config(**options: Any) -> Task:
    return {"xivo.xci.xci_config": options}


@pytest.mark.parametrize(
    "who",
    [
        {"match_on": "name", "first_name": "Jean", "last_name": "Martin"},
        {"match_on": "cti_login", "cti_login": "jmartin1005"},
    ],
    ids=lambda who: who["match_on"],
)
def test_absent_never_leaves_its_entity(site: Make, who: dict[str, Any]) -> None:
    server = site(start=NAMESAKES)
    gone = {"entity": "accueil@xivo-nord", "state": "absent", **who}
    predicted, first, again, document = server.play(
        in_check(user(**gone)), user(**gone), user(**gone), config(users=[gone])
    )
    assert [one.changed for one in (predicted, first, again, document)] == [True, True, False, False]
    assert [one["internalNumber"] for one in server.users()] == ["2005"]


def test_absent_leaves_a_sibling_entity_alone(site: Make) -> None:
    server = site(start=NAMESAKES)
    elsewhere = user(entity="compta@xivo-nord", match_on="cti_login", cti_login="jmartin2005", state="absent")
    (outcome,) = server.play(elsewhere)
    assert not outcome.changed
    assert len(server.users()) == 2


# -- a list that nobody wrote is not an empty list ----------------------------------------------------------

SAYS_NOTHING = {
    "no bytes": ("users.csv", ""),
    "a header alone": ("users.csv", "entity;internal_number;last_name\n"),
    "a header and blank rows": ("users.csv", "entity;internal_number;last_name\n;;\n\n"),
    "null": ("users.yml", "users:\n"),
    "commented out": ("users.yml", "# users:\n#   - entity: accueil\n"),
    "an empty mapping": ("users.json", "{}"),
    "null in JSON": ("users.json", "null"),
    "null beside other lists": ("all.yml", "entities: []\nusers: ~\n"),
}
PEOPLE = f"users: [{{entity: urgences@xivo-nord, internal_number: '2005', last_name: Box, template: {TEMPLATE}}}]\n"


def test_purge_refuses_a_list_that_nobody_wrote(site: Make) -> None:
    server = site()
    tasks, messages = [], []
    for name, beside in itertools.product(SAYS_NOTHING, (False, True)):
        file, content = SAYS_NOTHING[name]
        folder = server.folder() / f"{name} beside another file" if beside else server.folder() / name
        folder.mkdir()
        (folder / file).write_text(content, encoding="utf-8")
        if beside:
            (folder / "more.yml").write_text(PEOPLE, encoding="utf-8")
        entities = [{"name": "accueil", "xivo": "xivo-nord"}]
        purge = config(src=str(folder), entities=entities, purge=["users"], default_template=TEMPLATE)
        what = "objects" if content.lstrip()[:1] in ("#", "{", "n") else "users"
        tasks += [in_check(purge), purge]
        messages += 2 * [
            f"purge includes users, but {folder.name}/{file} has no {what}, "
            "not even an empty list; nothing was changed. Remove the file if that is right, or write 'users: []' in a "
            "YAML file to delete all users"
        ]
    outcomes = server.play(*tasks, may_fail=True)
    assert [outcome.status for outcome in outcomes] == ["failed"] * 32
    assert [outcome.msg for outcome in outcomes] == messages
    assert not [outcome.sent for outcome in outcomes if outcome.sent]


def test_purge_takes_a_list_that_is_written_empty(site: Make) -> None:
    server = site()
    (server.folder() / "users.yml").write_text("users: []\n", encoding="utf-8")
    entities = [{"name": "accueil", "xivo": "xivo-nord"}]
    (outcome,) = server.play(config(src="users.yml", entities=entities, purge=["users"]))
    assert outcome.result["summary"]["user"]["delete"] == 1
    assert not server.users()


def test_a_file_that_says_nothing_is_fine_without_purge_of_its_kind(site: Make) -> None:
    server = site()
    folder = server.folder()
    (folder / "users.csv").write_text("entity;internal_number\n", encoding="utf-8")
    (folder / "templates.yml").write_text(f"templates: [{{name: {TEMPLATE}}}]\n", encoding="utf-8")
    src = ["users.csv", "templates.yml"]
    kept, purged = server.play(config(src=src), config(src=src, purge=["templates"]))
    assert (kept.changed, purged.changed) == (False, False)


def test_a_list_of_the_task_that_is_null_is_not_an_empty_list(site: Make) -> None:
    """Such as a variable whose entries are all commented out, beside files with other users."""
    server = site()
    (server.folder() / "users.yml").write_text(PEOPLE, encoding="utf-8")
    entities = [{"name": "accueil", "xivo": "xivo-nord"}]
    (outcome,) = server.play(config(src="users.yml", users=None, entities=entities, purge=["users"]), may_fail=True)
    assert "the list users of the task is null" in outcome.msg
    assert not outcome.sent


def test_a_blank_src_is_no_folder(site: Make) -> None:
    server = site()
    (server.folder() / "users.yml").write_text(PEOPLE, encoding="utf-8")
    for src in ("", [""], " , "):
        (outcome,) = server.play(config(src=src))
        assert not outcome.changed


def test_who_is_in_another_entity_is_not_deleted_by_the_id(site: Make) -> None:
    server = site()
    gone = {"id": 1, "entity": "compta@xivo-nord", "state": "absent"}
    single, document = server.play(user(**gone), config(users=[gone]), may_fail=True)
    for outcome in (single, document):
        assert (
            "(id 1) is not as described, and was not deleted: entity is 'accueil@xivo-nord', not 'compta@xivo-nord'"
            in outcome.msg
        )
        assert not outcome.writes
    (right,) = server.play(user(**{**gone, "entity": "accueil@xivo-nord"}))
    assert right.changed


# -- one's own account --------------------------------------------------------------------------------------

LOCKS_OUT: dict[str, dict[str, Any]] = {
    "delete": {"login": ADMIN, "state": "absent"},
    "change super_admin of": {"login": ADMIN, "super_admin": False, "password": PASSWORD},
    "change ldap of": {"login": ADMIN, "ldap": True},
}


def test_the_own_account_is_not_locked_out(site: Make) -> None:
    kinds = {what: (admin(**entry), config(admins=[entry])) for what, entry in LOCKS_OUT.items()}
    tasks = {what: [kind(task) for task in pair for kind in (dict, in_check)] for what, pair in kinds.items()}
    outcomes = iter(site().play(*itertools.chain(*tasks.values()), may_fail=True))
    for what, those in tasks.items():
        for outcome in itertools.islice(outcomes, len(those)):
            refusal = f"this would {what} {ADMIN}, the admin that this task logs in as; set allow_self: true"
            assert refusal in outcome.msg
            assert not outcome.writes


def test_the_own_account_is_not_renamed(site: Make) -> None:
    server = site()
    identity = next(one["id"] for one in server.sandbox.state()["administrators"] if one["login"] == ADMIN)
    (outcome,) = server.play(admin(id=identity, login="someone", password=PASSWORD), may_fail=True)
    assert "change login of" in outcome.msg
    assert not outcome.writes


def test_the_own_account_that_was_renamed_is_not_deleted(site: Make) -> None:
    """XCI lists no account with the login of this run any more: it may be any of them."""
    other = {"login": "other", "superAdmin": True, "password": "another-made-up-password"}
    server = site(start={**START, "administrators": [other]})
    rename = admin(id=1, login="boss", password=PASSWORD, allow_self=True)
    renamed, gone = server.play(rename, admin(login="boss", state="absent"), may_fail=True, logins=2)
    assert renamed.changed
    assert "would delete boss" in gone.msg or "refuses the login" in gone.msg
    assert not gone.writes


def test_the_own_name_and_password_can_change(site: Make) -> None:
    server = site()
    (outcome,) = server.play(admin(login=ADMIN, name="The help desk", password="a-new-made-up-password"), logins=3)
    assert outcome.changed


@pytest.mark.parametrize("as_document", [False, True], ids=["module", "document"])
def test_allow_self_deletes_the_own_account(site: Make, as_document: bool) -> None:
    # XCI keeps its last super-administrator.
    other = {"login": "other", "superAdmin": True, "password": "another-made-up-password"}
    server = site(start={**START, "administrators": [other]})
    gone = {"login": ADMIN, "state": "absent", "allow_self": True}
    (outcome,) = server.play(config(admins=[gone]) if as_document else admin(**gone))
    assert outcome.changed
    assert ADMIN not in [one["login"] for one in server.sandbox.state()["administrators"]]


# -- who goes with an entity --------------------------------------------------------------------------------

ACCUEIL = {"name": "accueil", "xivo": "xivo-nord"}
WHO = "entity accueil@xivo-nord still has 2 users (user 1001@accueil@xivo-nord (Camille Durand), user 1002@"
TWO = {
    **START,
    "users": [
        *START["users"],
        {"entity": "accueil@xivo-nord", "template": TEMPLATE, "lastName": "Deux", "internalNumber": "1002"},
    ],
}


def entity_absent(**options: Any) -> Task:
    return {"xivo.xci.xci_entity": {**ACCUEIL, "state": "absent", **options}}


@pytest.mark.parametrize("dependents", ["refused", "cascade"])
def test_an_entity_with_users_is_not_deleted_unless_that_is_said(site: Make, dependents: str) -> None:
    server = site(start=TWO, dialects={"delete_dependents": dependents})
    gone = {**ACCUEIL, "state": "absent"}
    tasks = [in_check(entity_absent()), entity_absent(), in_check(config(entities=[gone])), config(entities=[gone])]
    for refused in server.play(*tasks, may_fail=True):
        assert refused.status == "failed"
        assert WHO in refused.msg
    assert len(server.users()) == 2
    (bounded,) = server.play(config(entities=[{**gone, "force": True}], max_deletions=2), may_fail=True)
    assert "this would delete 3 objects, and max_deletions is 2" in bounded.msg
    predicted, real, again = server.play(
        in_check(entity_absent(force=True)), entity_absent(force=True), entity_absent(force=True)
    )
    assert [predicted.changed, real.changed, again.changed] == [True, True, False]
    assert predicted.public() == real.public()
    assert len(real.result["diff"]) == 3
    assert [one.method for one in real.writes] == ["DELETE"] * 3
    assert server.users() == []


@pytest.mark.parametrize("dependents", ["refused", "cascade"])
def test_a_purge_of_entities_says_who_is_in_them(site: Make, dependents: str) -> None:
    server = site(start=TWO, dialects={"delete_dependents": dependents})
    rest = {"xivos": [{"name": "xivo-nord"}], "entities": [{"name": "urgences", "xivo": "xivo-nord"}]}
    predicted, refused = server.play(
        in_check(config(**rest, purge=["entities"])), config(**rest, purge=["entities"]), may_fail=True
    )
    for outcome in (predicted, refused):
        assert WHO in outcome.msg
        assert "purge users too" in outcome.msg
    people = {**rest, "users": [], "purge": ["entities", "users"]}
    predicted, purged, again = server.play(in_check(config(**people)), config(**people), config(**people))
    assert [one["key"] for one in purged.result["plan"]] == [one["key"] for one in predicted.result["plan"]]
    assert [f"{one['kind']} {one['name']}" for one in purged.result["plan"][:2]] == ["user Camille Durand", "user Deux"]
    assert purged.result["summary"]["user"]["delete"] == 2
    assert not again.changed


def test_who_moves_away_keeps_his_telephone_when_the_entity_goes(site: Make) -> None:
    server = site()
    (moved,) = server.play(
        config(
            entities=[{**ACCUEIL, "state": "absent"}],
            users=[
                {
                    "entity": "urgences@xivo-nord",
                    "match_on": "cti_login",
                    "cti_login": "cdurand",
                    "internal_number": "2001",
                    "template": TEMPLATE,
                    "cti_password": "made-up-1234",
                }
            ],
        )
    )
    assert [f"{one['action']} {one['kind']}" for one in moved.result["plan"]] == ["update user", "delete entity"]
    assert [one["internalNumber"] for one in server.users()] == ["2001"]


def test_a_template_may_take_its_users_along_and_that_is_said_before(site: Make) -> None:
    """On a server that cascades; XCI never shows who uses a template."""
    server = site(dialects={"delete_used_template": "cascade"})
    gone = {"name": TEMPLATE, "state": "absent"}
    may_be = "users of 1 template: XCI never shows which users these are, and may delete them, too, or refuse"
    people = [{"entity": "accueil@xivo-nord", "internal_number": "1001", "template": TEMPLATE}]
    refused, contradicted = server.play(
        config(templates=[gone], losses="refuse"), config(templates=[gone], users=people), may_fail=True, may_warn=True
    )
    assert refused.msg == f"nothing was changed, because losses is refuse: {may_be}"
    refers = "templates[0]: not deleted, since the document refers to it: user 1001@accueil@xivo-nord"
    assert refers in contradicted.msg
    assert len(server.users()) == 1
    for outcome in server.play(
        in_check(config(templates=[gone])), config(templates=[], purge=["templates"]), may_warn=True
    ):
        assert outcome.warnings == [may_be]
        assert outcome.result["losses"][0]["option"] == "users"
    assert server.users() == []


def test_a_number_is_handed_on_in_one_run_and_the_next_one_changes_nothing(site: Make) -> None:
    server = site(start=TWO)
    entries = [
        {"entity": "accueil@xivo-nord", "match_on": "name", "last_name": "Deux", "internal_number": "1001",
         "template": TEMPLATE},
        {"entity": "accueil@xivo-nord", "internal_number": "1001", "state": "absent"},
    ]  # fmt: skip
    predicted, real, again = server.play(
        in_check(config(users=entries)), config(users=entries), config(users=entries), may_warn=True
    )
    assert predicted.result["plan"] == real.result["plan"]
    assert [f"{one['action']} {one['key']}" for one in real.result["plan"]] == [
        "update 1002@accueil@xivo-nord",
        "delete 1001@accueil@xivo-nord",
    ]
    assert [(one["lastName"], one["internalNumber"]) for one in server.users()] == [("Deux", "1001")]
    assert not again.changed
    assert again.warnings == ["users[1]: nothing was deleted, since this is the user that is defined at users[0]"]


def test_what_was_deleted_before_a_refusal_is_a_change(site: Make) -> None:
    server = site(start=TWO)
    fault = {"kind": "status", "status": 400, "body": "not today"}
    server.sandbox.faults.add({"path": "^/users/2$", "method": "DELETE", "times": 0, "fault": fault})
    (outcome,) = server.play(entity_absent(force=True), may_fail=True)
    assert (outcome.status, outcome.changed) == ("failed", True)
    assert "Before that, 1 of 2 in it were deleted" in outcome.msg


def test_what_the_document_refers_to_is_not_purged(site: Make) -> None:
    server = site()
    people = [{"entity": "accueil@xivo-nord", "internal_number": "1001", "template": TEMPLATE}]
    document = {
        "xivos": [{"name": "xivo-nord"}],
        "entities": [],
        "templates": [],
        "users": people,
        "purge": ["users", "entities", "templates"],
    }
    predicted, real = server.play(in_check(config(**document)), config(**document), may_warn=True)
    for outcome in (predicted, real):
        assert [one["key"] for one in outcome.result["plan"]] == ["compta@xivo-nord", "urgences@xivo-nord"]
        assert "because the document refers to them: accueil@xivo-nord" in str(outcome.warnings)
        assert f"because the document refers to them: {TEMPLATE}" in str(outcome.warnings)
    assert len(server.users()) == 1


@pytest.mark.parametrize("missing", ["null", "empty", "absent"])
def test_who_has_no_number_is_not_purged(site: Make, missing: str) -> None:
    nobody = {"entity": "accueil@xivo-nord", "template": TEMPLATE, "lastName": "Sans", "internalNumber": None}
    server = site(start={**START, "users": [*START["users"], nobody]}, dialects={"missing_number": missing})
    (outcome,) = server.play(config(users=[], entities=[ACCUEIL], purge=["users"]), may_warn=True)
    assert [one["key"] for one in outcome.result["plan"]] == ["1001@accueil@xivo-nord"]
    assert "no document can list them without internal_number" in str(outcome.warnings)
    assert [one["lastName"] for one in server.users()] == ["Sans"]


def test_a_purge_leaves_whom_a_list_shows_and_who_belongs_to_another_entity(site: Make) -> None:
    server = site(start=NAMESAKES, dialects={"entity_users": "xivo"})
    (outcome,) = server.play(config(users=[], entities=[ACCUEIL], purge=["users"]))
    assert [one["key"] for one in outcome.result["plan"]] == ["1005@accueil@xivo-nord"]
    assert [one["internalNumber"] for one in server.users()] == ["2005"]

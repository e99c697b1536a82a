# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A whole document: planned at once, written in order, read back; and what it removes, which is never too much."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.xivo.xci.tests.integration.cycles import DIALECTS
from ansible_collections.xivo.xci.tests.integration.harness import Outcome, Site, in_check, user
from ansible_collections.xivo.xci.tests.support import playbook
from ansible_collections.xivo.xci.tests.support.objects import ADMIN, TEMPLATE
from ansible_collections.xivo.xci.tests.support.playbook import Task

Make = Callable[..., Site]

SITE: dict[str, Any] = {
    "xivos": [{"name": "xivo-est", "host": "192.0.2.30"}],
    "entities": [
        {
            "name": "pediatrie",
            "xivo": "xivo-est",
            "display_name": "Pédiatrie",
            "intervals": [{"start": "0510", "end": "0519"}],
        },
        {"name": "accueil", "xivo": "xivo-est", "intervals": [{"start": "15"}, {"start": "1000", "end": "1009"}]},
    ],
    "templates": [{"name": "Modèle de l'Est", "xivos": ["xivo-est"], "entities": ["accueil@xivo-est", "compta"]}],
    "users": [
        {"entity": "pediatrie", "internal_number": "0510", "first_name": "Anaïs", "last_name": "N'Guyen"},
        {
            "entity": "accueil@xivo-est",
            "internal_number": "15",
            "last_name": "SAMU",
            "cti_login": "samu",
            "cti_password": "a-made-up-cti-password",
        },
        {"entity": "pediatrie@xivo-est", "match_on": "name", "last_name": "Salle d'attente"},
        {"entity": "pediatrie@xivo-est", "match_on": "name", "last_name": "Salle de jeux"},
    ],
    "admins": [
        {
            "login": "est",
            "name": "Gérard Hébert",
            "password": "a-made-up-admin-password",
            "entities": ["pediatrie", "accueil@xivo-est"],
        }
    ],
    "default_template": "Modèle de l'Est",
}
# One of them will do on each ansible-core: what differs between those is not the server.
EACH_DIALECT = [
    pytest.param(name, marks=pytest.mark.core) if not switches else name for name, switches in DIALECTS.items()
]


def config(**options: Any) -> Task:
    return {"xivo.xci.xci_config": options}


def config_info(**options: Any) -> Task:
    return {"xivo.xci.xci_config_info": options}


def person(number: str, name: str = "", entity: str = "accueil@xivo-nord", **options: Any) -> dict[str, Any]:
    return {"entity": entity, "internal_number": number, **({"last_name": name} if name else {}), **options}


def planned(outcome: Outcome) -> list[str]:
    return [f"{one['action']} {one['kind']} {one['key']}" for one in outcome.result["plan"]]


def counts(outcome: Outcome, kind: str) -> dict[str, int]:
    return {what: count for what, count in outcome.result["summary"][kind].items() if count}


# -- a whole one ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dialect", EACH_DIALECT)
def test_a_whole_document_is_predicted_applied_and_then_unchanged(site: Make, dialect: str) -> None:
    server = site(dialects=DIALECTS[dialect])
    predicted, done, again, predicted_again = server.play(
        in_check(config(**SITE)), config(**SITE), config(**SITE), in_check(config(**SITE)), logins=2
    )
    assert (
        planned(predicted)
        == planned(done)
        == [
            "create xivo xivo-est",
            "create entity pediatrie@xivo-est",
            "create entity accueil@xivo-est",
            "create template Modèle de l'Est",
            "create user 0510@pediatrie@xivo-est",
            "create user 15@accueil@xivo-est",
            "create user 0511@pediatrie@xivo-est",
            "create user 0512@pediatrie@xivo-est",
            "create admin est",
        ]
    )
    assert predicted.public() == done.public()
    assert done.result["diff"] == predicted.result["diff"]
    assert len(done.writes) == 9
    for outcome in (again, predicted_again):
        assert (outcome.changed, outcome.result["plan"], outcome.writes) == (False, [], [])
        assert counts(outcome, "user") == {"unchanged": 4}
    assert sorted(one["internalNumber"] for one in server.users()) == ["0510", "0511", "0512", "1001", "15"]


def test_a_task_after_a_document_in_check_mode_knows_of_it(site: Make) -> None:
    server = site()
    tasks = [
        config(**SITE),
        user(**person("0515", "Infirmerie", "pediatrie", template="Modèle de l'Est")),
        config(**SITE),
    ]
    if server.way == "module":
        pytest.skip("an ordinary module can't see what another one predicted, and says so")
    document, single, again = server.play(*tasks, check=True)
    assert [document.changed, single.changed, again.changed] == [True, True, False]
    assert single.object["entity"] == "pediatrie@xivo-est"


def test_all_errors_are_reported_with_their_places_before_anything_is_written(site: Make) -> None:
    server = site()
    faulty = config(
        entities=[{"name": "compta", "xivo": "xivo-ouest"}],
        templates=[{"name": "Modèle", "ringing_time": "long"}, {"name": TEMPLATE, "colour": "blue"}],
        users=[
            person("1001"),
            person("1002", "Durand", "acceuil@xivo-nord", template=TEMPLATE),
            {"entity": "accueil@xivo-nord", "last_name": "Nobody"},
            person("1003"),
            person("1001", "Camille again"),
        ],
        admins=[{"login": ADMIN, "state": "absent"}, {"login": "x", "state": "gone"}],
    )
    (outcome,) = server.play(faulty, may_fail=True, may_warn=True)
    assert outcome.status == "failed"
    for place in (
        "entities[0].xivo: xivo 'xivo-ouest' not found; ",
        "templates[0].ringing_time: invalid value: 'long'",
        "templates[1].colour: unsupported option",
        "users[1].entity: entity 'acceuil@xivo-nord' not found; did you mean accueil@xivo-nord",
        "users[2]: missing required option: internal_number (or id), to find the user",
        "users[3]: missing required options: template, first_name or last_name (needed to create user 1003@",
        "users[4]: duplicate: already defined at users[0]",
        f"admins[0]: this would delete {ADMIN}, the admin that this task logs in as",
        "admins[1].state: invalid value: 'gone' is none of present, absent",
    ):
        assert place in outcome.msg
    assert not outcome.writes


def test_many_errors_of_one_kind_are_summarised(site: Make) -> None:
    server = site()
    nobody = [person(str(1100 + place), f"N{place}") for place in range(30)]
    (server.folder() / "more.csv").write_text("entity,internal_number\naccueil@xivo-nord,12a\n", encoding="utf-8")
    (outcome,) = server.play(config(users=nobody, src="more.csv", default_template="Modele"), may_fail=True)
    unknown = f"template 'Modele' not found; did you mean {TEMPLATE}?"
    assert outcome.msg == (
        "invalid document, nothing was changed (31 errors): "
        f"users[0].template: {unknown}; users[1].template: {unknown}; users[2].template: {unknown}; "
        "and 27 more like these; "
        "more.csv line 2: internal_number: invalid value: '12a' is not a number in digits"
    )
    errors = outcome.result["errors"]
    known = {"action": "", "kind": "user", "key": "1109@accueil@xivo-nord"}
    assert {**known, "index": 9, "place": "users[9]", "option": "template", "msg": unknown} == errors[9]
    assert len(errors) == 10
    assert outcome.result["counts"] == {"errors": 31, "plan": 0, "losses": 0, "not_tried": 0}
    assert outcome.result["plan"] == []


def test_an_error_keeps_no_other_change_out_of_the_plan(site: Make) -> None:
    server = site()
    document = config(
        templates=[{"name": "Chambre"}],
        users=[person("1002", "Deux"), person("1001", "Durand", first_name="Camila")],
        admins=[{"login": "mlefevre", "super_admin": True}],
    )
    (outcome,) = server.play(document, may_fail=True, may_warn=True)
    assert outcome.msg == (
        "invalid document, nothing was changed (2 errors): "
        "users[0]: missing required option: template (needed to create user 1002@accueil@xivo-nord); "
        "set default_template for all users without template; "
        "admins[0]: missing required option: password "
        "(needed to change super_admin of admin mlefevre, because ldap is false)"
    )
    assert sorted(planned(outcome)) == [
        "create template Chambre",
        "create user 1002@accueil@xivo-nord",
        "update admin mlefevre",
        "update user 1001@accueil@xivo-nord",
    ]
    assert not outcome.changed
    assert not outcome.writes


def test_an_invalid_document_is_compared_and_reported_where_that_is_wanted(site: Make) -> None:
    server = site()
    valid = person("1001", "Durand", first_name="Camila")
    invalid = [person(f"11a{number}", "Un") for number in range(12)]
    document = config(users=[*invalid, valid], on_invalid="report", default_template=TEMPLATE)
    unknown = [{**valid, "frist_name": "X"}, {"cti_pasword": "made-up-1234"}, {**valid, "internal_number": "1x"}]
    misspelt = config(users=[*unknown, valid], on_invalid="report", default_template=TEMPLATE)
    refused = config(users=[valid], on_invalid="report", max_changes=0, default_template=TEMPLATE)
    for check in (True, False):
        reported, named, bound = server.play(document, misspelt, refused, check=check, may_fail=True, may_warn=True)
        assert (reported.status, reported.changed, reported.writes) == ("ok", False, [])
        assert planned(reported) == ["update user 1001@accueil@xivo-nord"]
        assert [one["index"] for one in reported.result["errors"]] == list(range(12))
        assert (named.status, named.changed, named.writes) == ("ok", False, [])
        assert planned(named) == ["update user 1001@accueil@xivo-nord"]
        assert [(one["index"], one["option"], one["msg"]) for one in named.result["errors"]] == [
            (0, "frist_name", "unsupported option; did you mean first_name?"),
            (1, "cti_pasword", "unsupported option; did you mean cti_password?"),
            (2, "internal_number", "invalid value: '1x' is not a number in digits"),
        ]
        assert named.msg.startswith("invalid document, nothing was changed (3 errors): users[0].frist_name: unsupp")
        assert (bound.status, bound.writes) == ("failed", [])


SRC_FAULTS = {
    "entites: []": "entites: unsupported list; did you mean entities?",
    "nothing: 1": "nothing: unsupported list; use one of xivos, entities, templates, users, admins",
    "- users": "no part of a document",
}


@pytest.mark.parametrize("text", SRC_FAULTS)
def test_what_is_no_part_of_a_document_is_named(site: Make, text: str) -> None:
    server = site()
    (server.folder() / "part.yml").write_text(text, encoding="utf-8")
    (outcome,) = server.play(config(src="part.yml"), may_fail=True)
    assert "part.yml" in outcome.msg
    assert SRC_FAULTS[text] in outcome.msg


@pytest.mark.parametrize("users", ["abc", {"entity": "a"}])
def test_what_is_no_list_is_refused_beside_a_file_too(site: Make, users: Any) -> None:
    server = site()
    (server.folder() / "part.yml").write_text("users: []\n", encoding="utf-8")
    (outcome,) = server.play(config(src="part.yml", users=users), may_fail=True)
    assert outcome.status == "failed"
    assert "users" in outcome.msg
    assert "Traceback" not in server.output


def test_nothing_is_removed_and_nothing_written_if_a_list_can_not_be_read(site: Make) -> None:
    server = site()
    server.sandbox.faults.add(
        {"path": "/users$", "method": "GET", "times": 0, "fault": {"kind": "status", "status": 500}}
    )
    (outcome,) = server.play(
        config(users=[person("1002", "Neuf", template=TEMPLATE)], purge=["users"]),
        may_fail=True,
        connection={**server.connection, "retries": 0},
    )
    assert (outcome.status, outcome.writes, len(server.users())) == ("failed", [], 1)


# -- one builds on the other ----------------------------------------------------------------------------------------


EXCHANGES = {
    "a chain": {"Deux": "1003", "Trois": "1004"},
    "two": {"Deux": "1003", "Trois": "1002"},
    "three, and one more who waits": {"Deux": "1003", "Trois": "1004", "Quatre": "1002", "Cinq": "1006", "Six": "1000"},
    "two rings": {"Deux": "1003", "Trois": "1002", "Quatre": "1005", "Cinq": "1004"},
}


@pytest.mark.parametrize("duplicates", ["refused", pytest.param("allowed", marks=pytest.mark.slow)])
@pytest.mark.parametrize("number", EXCHANGES.values(), ids=EXCHANGES)
def test_users_exchange_their_numbers(site: Make, number: dict[str, str], duplicates: str) -> None:
    server = site(dialects={"duplicate_numbers": duplicates, "write_body": "none"})
    names = {"Deux": "1002", "Trois": "1003", "Quatre": "1004", "Cinq": "1005", "Six": "1006"}
    there = [person(has, name) for name, has in names.items() if name in number]
    before = config(users=there, default_template=TEMPLATE)
    moved = [person(new, name, match_on="name", template=TEMPLATE) for name, new in number.items()]
    after = config(users=moved)
    _made, changed, again = server.play(before, after, after)
    assert counts(changed, "user") == {"update": len(number)}
    assert {one["lastName"]: one["internalNumber"] for one in server.users() if one["lastName"] in number} == number
    assert not again.changed


def test_a_number_goes_from_who_is_removed_to_who_comes(site: Make) -> None:
    server = site()
    leaves = {"entity": "accueil@xivo-nord", "match_on": "cti_login", "cti_login": "cdurand", "state": "absent"}
    comes = person("1001", "Nouvelle", template=TEMPLATE, match_on="name")
    outcome, again = server.play(config(users=[comes, leaves]), config(users=[comes, leaves]), may_fail=True)
    assert sorted(planned(outcome)) == ["create user 1001@accueil@xivo-nord", "delete user 1001@accueil@xivo-nord"]
    assert outcome.status == "ok", outcome.msg
    assert [one["lastName"] for one in server.users()] == ["Nouvelle"]
    assert not again.changed


def test_what_is_renamed_is_referred_to_by_its_new_name(site: Make) -> None:
    server = site()
    renamed = config(
        entities=[{"id": 1, "name": "standard", "xivo": "xivo-nord"}],
        users=[person("1002", "Deux", "standard@xivo-nord", template=TEMPLATE)],
    )
    outcome, again = server.play(renamed, renamed)
    assert planned(outcome) == ["update entity accueil@xivo-nord", "create user 1002@standard@xivo-nord"]
    assert not again.changed


def test_what_goes_together_goes_in_the_right_order(site: Make) -> None:
    server = site()
    gone = config(
        entities=[{"name": "accueil", "xivo": "xivo-nord", "state": "absent"}],
        users=[person("1001", state="absent")],
    )
    outcome, again = server.play(gone, gone, may_fail=True)
    assert outcome.status == "ok", outcome.msg
    assert [one.method for one in outcome.writes] == ["DELETE", "DELETE"]
    assert "/users/1" in outcome.writes[0].path
    assert again.status == "ok", again.msg
    assert not again.changed


def test_an_administrators_password_is_tried_as_in_a_task_of_its_own(site: Make) -> None:
    server = site()
    same = {"login": "mlefevre", "password": "another-made-up-password"}
    other = {"login": "mlefevre", "password": "a-new-made-up-password"}
    kept, changed, again = server.play(config(admins=[same]), config(admins=[other]), config(admins=[other]))
    assert [kept.changed, changed.changed, again.changed] == [False, True, False]
    assert changed.result["plan"][0]["changes"] == {"password": {"before": None, "after": "(changed, not shown)"}}


def test_a_users_own_template_comes_before_the_default_one(site: Make) -> None:
    server = site()
    document = config(
        templates=[{"name": "Chambre", "xivos": ["xivo-nord"]}],
        users=[person("1002", "Deux"), person("1003", "Trois", template="Chambre")],
        default_template=TEMPLATE,
    )
    (outcome,) = server.play(document)
    posted = {one.body["internalNumber"]: one.body["templateId"] for one in outcome.writes if one.path == "/users"}
    assert posted == {"1002": 1, "1003": 2}


def test_a_template_that_is_not_available_is_a_fault(site: Make) -> None:
    server = site()
    document = config(
        templates=[{"name": "Chambre", "xivos": ["xivo-sud"]}], users=[person("1002", "Deux", template="Chambre")]
    )
    (outcome,) = server.play(document, may_fail=True)
    assert "users[0].template: template Chambre is not available to entity accueil@xivo-nord" in outcome.msg
    assert not outcome.writes


# -- purge ----------------------------------------------------------------------------------------------------------

MORE = [person("1002", "Deux"), person("2002", "Urgence", "urgences"), person("1002", "Sud", "accueil@xivo-sud")]


def test_purge_removes_users_of_the_entities_of_the_document_alone(site: Make) -> None:
    server = site()
    purge = config(users=[person("1002")], purge=["users"])
    _made, predicted, purged, again = server.play(
        config(users=MORE, default_template=TEMPLATE), in_check(purge), purge, purge
    )
    assert planned(predicted) == planned(purged) == ["delete user 1001@accueil@xivo-nord"]
    assert sorted(one["lastName"] for one in server.users()) == ["Deux", "Sud", "Urgence"]
    assert not again.changed


def test_purge_removes_all_users_of_an_entity_that_is_listed_and_whose_list_is_empty(site: Make) -> None:
    server = site()
    purge = config(entities=[{"name": "urgences", "xivo": "xivo-nord"}], users=[], purge=["users"])
    _made, purged = server.play(config(users=MORE, default_template=TEMPLATE), purge)
    assert planned(purged) == ["delete user 2002@urgences@xivo-nord"]


def test_purge_of_entities_stays_on_the_xivos_of_the_document(site: Make) -> None:
    server = site()
    purge = config(
        xivos=[{"name": "xivo-nord"}], entities=[{"name": "accueil", "xivo": "xivo-nord"}], purge=["entities"]
    )
    purged, again = server.play(purge, purge)
    assert sorted(planned(purged)) == ["delete entity compta@xivo-nord", "delete entity urgences@xivo-nord"]
    assert len(server.sandbox.state()["entities"]) == 2
    assert not again.changed


def test_purge_never_removes_who_is_logged_in_nor_a_xivo(site: Make) -> None:
    server = site()
    purged, wrong = server.play(
        config(admins=[], purge=["admins"]), config(xivos=[], purge=["xivos"]), may_fail=True, logins=1
    )
    assert planned(purged) == ["delete admin mlefevre"]
    assert [one["login"] for one in server.sandbox.state()["administrators"]] == [ADMIN]
    assert "purge" in wrong.msg
    assert wrong.status == "failed"


def test_purge_needs_a_list(site: Make) -> None:
    server = site()
    (outcome,) = server.play(
        config(entities=[{"name": "urgences", "xivo": "xivo-nord"}], purge=["users"]), may_fail=True
    )
    assert "the document has no users list" in outcome.msg
    assert not outcome.writes


def test_more_removals_than_are_allowed_leave_all_as_it_was(site: Make) -> None:
    server = site()
    too_many = config(
        users=[person("1009", "Neuf", template=TEMPLATE)],
        purge=["users"],
        max_deletions=0,
    )
    state = server.sandbox.state()
    for check in (True, False):
        (outcome,) = server.play(too_many, check=check, may_fail=True)
        assert outcome.status == "failed"
        assert "this would delete 1 object, and max_deletions is 0" in outcome.msg
        assert "delete user 1001@accueil@xivo-nord" in planned(outcome)
        assert not outcome.writes
    assert server.sandbox.state() == state


# -- when XCI refuses -----------------------------------------------------------------------------------------------


def refusing(server: Site, path: str, nth: int = 1, times: int = 1) -> None:
    fault = {"kind": "status", "status": 400, "body": "not today"}
    server.sandbox.faults.add({"path": path, "method": "POST", "nth": nth, "times": times, "fault": fault})


TEN = [person(str(1010 + number), f"Numéro {number}") for number in range(10)]


def test_a_refused_write_stops_the_rest_and_running_again_does_it(site: Make) -> None:
    server = site()
    refusing(server, "^/users$", nth=3)
    document = config(users=TEN, default_template=TEMPLATE, parallelism=1)
    stopped, resumed, again = server.play(document, document, document, may_fail=True)
    assert stopped.status == "failed"
    assert stopped.changed
    assert [one["key"] for one in stopped.result["errors"]] == ["1012@accueil@xivo-nord"]
    assert "not today" in stopped.result["errors"][0]["msg"]
    assert len(stopped.result["not_tried"]) == 7
    assert "1 of 10 writes failed, 2 were done and 7 not tried" in stopped.msg
    assert counts(resumed, "user") == {"create": 8, "unchanged": 2}
    assert not again.changed


def test_a_refused_write_does_not_stop_the_rest_with_on_error_continue(site: Make) -> None:
    server = site()
    refusing(server, "^/users$", nth=3)
    document = config(users=TEN, default_template=TEMPLATE, on_error="continue", parallelism=4)
    failed, resumed = server.play(document, document, may_fail=True)
    assert (len(failed.result["errors"]), failed.result["not_tried"]) == (1, [])
    assert counts(resumed, "user") == {"create": 1, "unchanged": 9}


def test_what_depends_on_what_failed_is_not_tried(site: Make) -> None:
    server = site()
    refusing(server, "^/entities$")
    (outcome,) = server.play(config(**{**SITE, "on_error": "continue", "parallelism": 1}), may_fail=True)
    assert [one["key"] for one in outcome.result["errors"]] == ["pediatrie@xivo-est"]
    left = [f"{one['kind']} {one['key']}" for one in outcome.result["not_tried"]]
    assert left == [
        "user 0510@pediatrie@xivo-est",
        "user 0511@pediatrie@xivo-est",
        "user 0512@pediatrie@xivo-est",
        "admin est",
    ]
    assert "user 15@accueil@xivo-est" not in left


# -- files ----------------------------------------------------------------------------------------------------------


def test_a_folder_and_a_table_are_joined_with_the_task(site: Make) -> None:
    server = site()
    folder = server.folder() / "files" / "config"
    (folder / "nord").mkdir(parents=True)
    (folder / "a.json").write_text(json.dumps({"templates": [{"name": "Chambre", "xivos": ["xivo-nord"]}]}))
    (folder / "nord" / "accueil.yml").write_text(
        "entities:\n- {name: soins, xivo: xivo-nord, intervals: [{start: 0400, end: 0409}]}\n", encoding="utf-8"
    )
    (folder / "nord" / "users.csv").write_text(
        "\ufeffentity;internal_number;first_name;last_name;template\r\n"
        'soins;0400;Zoé;"D\'Hervé; née ""Bœuf""";Chambre\r\n'
        'soins;="0401";;Salle 1;\r\n',
        encoding="utf-8",
    )
    (folder / "notes.txt").write_text("not a part of it")
    whole = config(src="config", users=[person("1002", "Deux")], default_template=TEMPLATE)
    # Each run has its own folder for the playbook, so that both tasks are of one.
    outcome, again = server.play(whole, whole)
    assert counts(outcome, "user") == {"create": 3}
    assert {one["internalNumber"]: one["lastName"] for one in server.users()} == {
        "1001": "Durand",
        "1002": "Deux",
        "0400": 'D\'Hervé; née "Bœuf"',
        "0401": "Salle 1",
    }
    assert not again.changed


def test_several_files_and_the_place_of_a_fault_in_them(site: Make) -> None:
    server = site()
    folder = server.folder()
    (folder / "one.yml").write_text("users:\n- {entity: compta, internal_number: 3001, last_name: [a]}\n")
    (folder / "two.csv").write_text("entity,internal_number,last_name\ncompta,3002,Deux\nkompta,3003,Trois\n")
    (outcome,) = server.play(
        config(src=["one.yml", "two.csv"], users=[person("1001"), person("x")], default_template=TEMPLATE),
        may_fail=True,
    )
    for place in (
        "one.yml line 2: users[0].last_name: invalid value: ",
        "two.csv line 3: entity: entity 'kompta' not found; ",
        "users[1].internal_number: invalid value: 'x' is not a number in digits",
    ):
        assert place in outcome.msg
    assert not outcome.writes


def test_vaulted_values_and_files_are_read_and_not_shown(site: Make, tmp_path: Path) -> None:
    server = site()
    folder = server.folder()
    key = tmp_path / "vault-key"
    key.write_text("a made-up vault key")

    def vault(command: str, what: str, *arguments: str) -> str:
        done = playbook.run(folder, "ansible-vault", command, "--vault-password-file", key, what, *arguments)
        assert done.code == 0, done.output
        return done.stdout

    value = vault("encrypt_string", "vaulted-cti-password", "--name", "cti_password")
    entry = "- {entity: compta, internal_number: '3001', last_name: Un}\n- entity: compta\n  internal_number: '3002'\n"
    indented = "".join(f"  {line}\n" for line in value.splitlines())
    (folder / "users.yml").write_text(f"users:\n{entry}  last_name: Deux\n  cti_login: deux\n{indented}")
    secret = folder / "admins.json"
    secret.write_text(json.dumps({"admins": [{"login": "est", "password": "vaulted-admin-password"}]}))
    vault("encrypt", str(secret))
    document = config(src=["users.yml", "admins.json"], default_template=TEMPLATE)
    (outcome,) = server.play(document, environment={"ANSIBLE_VAULT_PASSWORD_FILE": str(key)})
    assert counts(outcome, "user") == {"create": 2}
    assert "vaulted-" not in server.output
    login = {**server.connection, "xci_login": "est", "xci_password": "vaulted-admin-password"}
    server.play({"xivo.xci.xci_xivo_info": {}}, connection=login)


def test_a_file_that_is_not_there_is_said_to_be_missing(site: Make) -> None:
    server = site()
    (outcome,) = server.play(config(src="nowhere.yml"), may_fail=True)
    assert "nowhere.yml" in outcome.msg
    assert not outcome.sent


# -- reading back ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "dialect",
    [pytest.param(name, marks=pytest.mark.slow if rules else pytest.mark.core) for name, rules in DIALECTS.items()],
)
def test_what_is_read_back_changes_nothing_here_and_makes_the_same_elsewhere(
    site: Make, dialect: str, tmp_path: Path
) -> None:
    server = site(dialects=DIALECTS[dialect])
    here = server.play(config(**SITE), config_info(default_template=TEMPLATE), config_info())
    document = here[1].result["config"]
    assert here[1].result["left_out"] == ["users.cti_password", "admins.password"]
    assert here[2].result["left_out"] == ["users.template", "users.cti_password", "admins.password"]
    (same,) = server.play(config(**document))
    assert (same.changed, same.result["plan"]) == (False, [])
    hosts = [{"host": "192.0.2.1", **xivo} for xivo in document["xivos"]]
    admins = [{"password": "a-made-up-one", **admin} for admin in document["admins"] if admin["login"] != ADMIN]
    wide = [{**one, "xivos": [], "entities": []} for one in document["templates"]]
    elsewhere = Site(server.way, tmp_path / "elsewhere", start={})
    elsewhere.directory.mkdir()
    with elsewhere.sandbox:
        copied, _scopes, read = elsewhere.play(
            config(**{**document, "xivos": hosts, "admins": admins, "templates": wide}),
            config(templates=document["templates"]),
            config_info(default_template=TEMPLATE),
        )
    assert copied.changed
    assert without_hosts(read.result["config"]) == without_hosts(document)


def without_hosts(document: dict[str, Any]) -> dict[str, Any]:
    return {**document, "xivos": [one["name"] for one in document["xivos"]]}


def test_a_part_is_what_belongs_to_a_xivo_or_an_entity(site: Make) -> None:
    server = site()
    south, front, users_alone = server.play(
        config_info(xivo="xivo-sud"), config_info(entity="accueil@xivo-nord"), config_info(kinds=["users"])
    )
    assert {kind: len(entries) for kind, entries in south.result["config"].items()} == {
        "xivos": 1,
        "entities": 1,
        "templates": 1,
        "users": 0,
        "admins": 0,
    }
    assert [one["login"] for one in front.result["config"]["admins"]] == ["mlefevre"]
    assert [one["name"] for one in front.result["config"]["entities"]] == ["accueil"]
    assert list(users_alone.result["config"]) == ["users"]


def test_an_export_in_check_mode_shows_what_was_predicted(site: Make) -> None:
    server = site()
    if server.way == "module":
        pytest.skip("an ordinary module can't see what another one predicted")
    _predicted, read = server.play(config(**SITE), config_info(xivo="xivo-est"), check=True)
    assert [one["internal_number"] for one in read.result["config"]["users"]] == ["15", "0510", "0511", "0512"]

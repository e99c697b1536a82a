# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was written is read back, with as few requests as show it. Every test lists the requests that may be made."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.xivo.xci.plugins.module_utils.api.errors import ApiError, ConnectionFailed, LoginRefused
from ansible_collections.xivo.xci.plugins.module_utils.api.settings import Settings
from ansible_collections.xivo.xci.plugins.module_utils.engine.verify import Verdict, kept_values, verify
from ansible_collections.xivo.xci.plugins.module_utils.engine.write import write
from ansible_collections.xivo.xci.plugins.module_utils.model.change import Operation, compare
from ansible_collections.xivo.xci.plugins.module_utils.model.fields import Resource, Values
from ansible_collections.xivo.xci.plugins.module_utils.model.resources import ADMIN, ENTITY, TEMPLATE, USER
from ansible_collections.xivo.xci.plugins.module_utils.state.state import State
from ansible_collections.xivo.xci.tests.unit.plugins import fakes
from ansible_collections.xivo.xci.tests.unit.plugins.conftest import Clock
from ansible_collections.xivo.xci.tests.unit.plugins.fakes import (
    DEFAULT,
    ENTITIES,
    LYON_DEFAULT,
    SALES,
    TEMPLATES,
    WORLD,
    FakeClient,
    Turns,
    items,
    users,
)

ZOE, ANN = ({"entity": "default@paris", "internal_number": number} for number in ("200", "201"))
BO = {"entity": "default@paris", "template": "desk", "first_name": "Bo", "last_name": "D'Arc", "internal_number": "250"}
RAW_ZOE, RAW_ANN = fakes.user(5, "200", ctiLogin="zoe"), fakes.user(6, "201", firstName="Ann")
RAW_BO = fakes.user(30, "250", firstName="Bo")
READ, LIST, NEXT = "GET /users/5", users(DEFAULT), "GET /users/7"
GONE = ApiError("gone", 404)


def world(answers: dict[str, Any]) -> tuple[FakeClient, State]:
    client = FakeClient({**WORLD, **answers})
    state = State(client)  # type: ignore[arg-type]
    for kind in ("xivo", "entity", "template"):
        state.listing(kind)
    return client, state


def written(state: State, resource: Resource, which: Values, desired: Values, **more: Any) -> Operation:
    """Do a write, and return it."""
    found = state.find(resource, which)
    operation = compare(resource, desired, found.values if found else None, **more)
    assert operation is not None
    operation.raw = found.raw if found else {}
    done = write(operation, state)
    assert done is not None
    return done


def alone(
    resource: Resource, which: Values, desired: Values, answers: dict[str, Any], **more: Any
) -> tuple[Verdict, list[str]]:
    """Do a write and verify it alone; return also the requests of that."""
    client, state = world(answers)
    operation = written(state, resource, which, desired, **more)
    client.forget()
    (verdict,) = verify([operation], state, alone=True)
    return verdict, client.calls


def renamed_zoe(*shown: Any, answer: Any = None) -> tuple[Verdict, list[str]]:
    desired = {"last_name": "Dupont", "template": "desk"}
    return alone(USER, ZOE, desired, {"PUT /users/5": answer, READ: Turns(*shown)})


# -- one object ---------------------------------------------------------------------------------------------


def test_what_the_answer_shows_is_not_read() -> None:
    verdict, calls = renamed_zoe(answer={**RAW_ZOE, "lastName": "Dupont", "mail": "new"})
    assert (verdict.changed, verdict.kept, calls) == (True, [], [])
    assert verdict.operation.after["mail"] == "new"


def test_an_edit_is_read_once() -> None:
    verdict, calls = renamed_zoe({**RAW_ZOE, "lastName": "Dupont", "mail": "new"})
    assert (verdict.changed, verdict.kept, calls) == (True, [], [READ])
    assert verdict.operation.after["mail"] == "new"


@pytest.mark.parametrize("in_answer", [True, False])
def test_what_xci_keeps_otherwise_is_known(in_answer: bool) -> None:
    kept = {**RAW_ZOE, "lastName": "DUPONT"}
    verdict, calls = renamed_zoe(answer=kept) if in_answer else renamed_zoe(kept)
    assert (verdict.changed, verdict.kept) == (True, [("last_name", "Dupont", "DUPONT")])
    assert verdict.operation.after["last_name"] == "DUPONT"
    assert calls == ([] if in_answer else [READ])


def test_what_does_not_show_yet_is_read_again(clock: Clock) -> None:
    verdict, calls = renamed_zoe(RAW_ZOE, RAW_ZOE, {**RAW_ZOE, "lastName": "Dupont"})
    assert (verdict.changed, verdict.kept, calls) == (True, [], [READ] * 3)
    assert clock.sleeps == [0.1, 0.2]


def test_an_answer_that_shows_the_object_as_it_was_is_no_proof() -> None:
    verdict, calls = renamed_zoe({**RAW_ZOE, "lastName": "Dupont"}, answer=RAW_ZOE)
    assert (verdict.changed, verdict.kept, calls) == (True, [], [READ])


def test_an_edit_after_which_nothing_is_different_is_no_change(clock: Clock) -> None:
    client, state = world({"PUT /users/5": None, "PUT /users/6": None, READ: RAW_ZOE, "GET /users/6": RAW_ANN})
    desired = {"last_name": "d'arc", "template": "desk"}
    (zoe,) = verify([written(state, USER, ZOE, desired)], state, alone=True)
    assert (zoe.changed, zoe.kept, zoe.problem) == (False, [("last_name", "d'arc", "D'Arc")], None)
    assert sum(clock.sleeps) == pytest.approx(5.0, abs=0.01)
    clock.sleeps.clear()
    # It is known by now.
    client.forget()
    (ann,) = verify([written(state, USER, ANN, desired)], state, alone=True)
    assert (ann.changed, ann.kept) == (False, [("last_name", "d'arc", "D'Arc")])
    assert client.calls == ["PUT /users/6", "GET /users/6"]
    assert clock.sleeps == []


def test_a_secret_that_was_sent_is_a_change_and_not_looked_for() -> None:
    desired = {"cti_password": "made-up-1", "template": "desk"}
    verdict, calls = alone(USER, ZOE, desired, {"PUT /users/5": None}, stale=["cti_password"])
    assert (verdict.changed, calls) == (True, [])


@pytest.mark.parametrize("answer", [None, {"id": 30}], ids=["nothing", "id"])
def test_a_creation_is_read_once(answer: Any) -> None:
    by_id = "GET /users/30" if answer else NEXT
    raw = RAW_BO if answer else {**RAW_BO, "id": 7}
    verdict, calls = alone(USER, BO, BO, {"POST /users": answer, by_id: raw})
    assert (verdict.changed, verdict.operation.after["id"], calls) == (True, raw["id"], [by_id])


def test_a_creation_of_which_nothing_is_known_is_found_in_its_list() -> None:
    lists = Turns(WORLD[LIST], items(RAW_ZOE, RAW_ANN, RAW_BO))
    verdict, calls = alone(USER, BO, BO, {"POST /users": None, NEXT: GONE, LIST: lists})
    assert (verdict.operation.after["id"], calls) == (30, [NEXT, LIST])


def test_a_creation_whose_name_xci_keeps_otherwise_is_the_only_new_one(clock: Clock) -> None:
    template = {"name": "A door with a very long name", "custom_caller_id": "0149", "caller_id_mode": "custom"}
    new = fakes.template(9, "A door with", callerIdMode="custom", customCallerId="0149", xivos=[], entities=[])
    lists = Turns(WORLD[TEMPLATES], [fakes.DESK, new], [fakes.DESK, new])
    _client, state = world({"POST /templates": None, "GET /templates/4": GONE, TEMPLATES: lists})
    operation = written(state, TEMPLATE, template, template)
    clock.now += 10  # what was created must not be waited for
    (verdict,) = verify([operation], state, alone=True)
    assert (verdict.problem, verdict.kept) == (None, [("name", template["name"], "A door with")])
    assert verdict.operation.after["id"] == 9


def test_a_creation_that_never_shows_does_not_count(clock: Clock) -> None:
    verdict, _calls = alone(USER, BO, BO, {"POST /users": {"id": 30}, "GET /users/30": GONE})
    assert not verdict.changed
    assert str(verdict.problem) == (
        "create user 250@default@paris: XCI accepted it, but does not show it after 5 seconds (read_back_timeout), and "
        "it is not known whether it happened; run again to see"
    )


@pytest.mark.parametrize("status", [400, 404, 410])
def test_a_removal_is_looked_for(status: int) -> None:
    verdict, calls = alone(USER, ZOE, {}, {"DELETE /users/5": None, READ: ApiError("gone", status)}, absent=True)
    assert (verdict.changed, verdict.problem, calls) == (True, None, [READ])


def test_where_xci_fails_for_what_it_does_not_know_its_list_shows_a_removal() -> None:
    answers = {"DELETE /users/5": None, READ: ApiError("oops", 500), LIST: Turns(WORLD[LIST], items(RAW_ANN))}
    verdict, calls = alone(USER, ZOE, {}, answers, absent=True)
    assert (verdict.changed, verdict.problem, calls) == (True, None, [READ, LIST])


def test_a_removal_of_what_stays_does_not_count(clock: Clock) -> None:
    verdict, calls = alone(USER, ZOE, {}, {"DELETE /users/5": None, READ: RAW_ZOE}, absent=True)
    assert "delete user 200@default@paris: XCI accepted it, but still shows it after 5 seconds" in str(verdict.problem)
    assert not verdict.changed
    assert set(calls) == {READ}


def test_an_entity_that_may_have_another_key_is_read_with_its_list() -> None:
    renamed = {**LYON_DEFAULT, "name": "new", "combinedId": "new@uuid-2"}
    lists = Turns(WORLD[ENTITIES], items(DEFAULT, SALES, renamed))
    answers = {"PUT /entities/default%40uuid-2": None, ENTITIES: lists}
    verdict, calls = alone(ENTITY, {"name": "default", "xivo": "lyon"}, {"name": "new"}, answers)
    assert (verdict.operation.after["combined_id"], calls) == ("new@uuid-2", [ENTITIES])


def test_what_can_not_be_read_back_is_done_and_said_to_be() -> None:
    verdict, _calls = renamed_zoe(ConnectionFailed("nobody"))
    assert verdict.changed
    assert (
        str(verdict.problem)
        == "update user 200@default@paris: it is done, but what XCI shows of it can't be read: nobody"
    )


def test_an_entity_of_the_same_name_is_not_the_one_that_was_deleted() -> None:
    other = {**LYON_DEFAULT, "id": 28}
    lists = Turns(items(DEFAULT, SALES, LYON_DEFAULT, other), items(DEFAULT, SALES, other))
    answers = {"DELETE /entities/default%40uuid-2": None, "GET /entities/default%40uuid-2": other, ENTITIES: lists}
    verdict, calls = alone(ENTITY, {"id": 27}, {}, answers, absent=True)
    assert (verdict.changed, verdict.problem) == (True, None)
    assert calls == ["GET /entities/default%40uuid-2", ENTITIES]


@pytest.mark.parametrize("desired", [{"name": "Root", "password": "made-up-1"}, {"login": "root"}, None], ids=str)
def test_who_may_not_log_in_any_more_does_not_try(desired: Values | None) -> None:
    answers = {"PUT /administrators/1": None, "DELETE /administrators/1": None}
    more: dict[str, Any] = {"stale": [name for name in desired if name == "password"]} if desired else {"absent": True}
    verdict, calls = alone(ADMIN, {"login": "admin"}, desired or {}, answers, **more)
    assert (verdict.changed, verdict.problem, calls) == (True, None, [])


def test_a_login_that_is_refused_after_a_write_says_nothing_of_it() -> None:
    refused = LoginRefused("no")
    verdict, _calls = alone(
        ADMIN, {"login": "bob"}, {"name": "B"}, {"PUT /administrators/9": None, "GET /administrators/9": refused}
    )
    assert (verdict.changed, verdict.problem) == (True, None)


def test_without_time_it_is_read_once(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings("http://127.0.0.1/api/1.0", "admin", "made-up", read_back_timeout=0.0)
    monkeypatch.setattr(fakes, "SETTINGS", settings)
    verdict, calls = renamed_zoe(RAW_ZOE)
    assert (verdict.changed, calls, clock.sleeps) == (False, [READ], [])


# -- many ---------------------------------------------------------------------------------------------------


def many(state: State) -> list[Operation]:
    """Two edits, a creation and a deletion in two lists."""
    return [
        written(state, USER, ZOE, {"last_name": "Dupont", "template": "desk"}),
        written(state, USER, ANN, {}, absent=True),
        written(state, USER, BO, BO),
        written(state, ADMIN, {"login": "bob"}, {"name": "Bob"}),
    ]


WRITES = {"PUT /users/5": None, "POST /users": None, "DELETE /users/6": None, "PUT /administrators/9": None}
DONE = items({**RAW_ZOE, "lastName": "Dupont"}, RAW_BO)
ADMINS_DONE = items(fakes.admin(1, "admin", superAdmin=True), fakes.admin(9, "bob", name="Bob", entities=[17]))


def test_each_list_is_read_once() -> None:
    admins = Turns(WORLD[fakes.ADMINS], ADMINS_DONE)
    client, state = world({**WRITES, LIST: Turns(WORLD[LIST], DONE), fakes.ADMINS: admins})
    operations = many(state)
    client.forget()
    verdicts = verify(operations, state)
    assert [(one.changed, one.kept, one.problem) for one in verdicts] == [(True, [], None)] * 4
    assert verdicts[2].operation.after["id"] == 30
    assert client.calls == [LIST, fakes.ADMINS]
    # It is known now, and read no more.
    assert state.find(USER, BO) is not None
    assert client.calls == [LIST, fakes.ADMINS]


def test_a_list_that_was_read_since_shows_it() -> None:
    admins = Turns(WORLD[fakes.ADMINS], ADMINS_DONE)
    client, state = world({**WRITES, LIST: Turns(WORLD[LIST], DONE), fakes.ADMINS: admins})
    operations = many(state)
    state.read_again(USER, state.resolve("entity", "default@paris"))
    client.forget()
    verify(operations, state)
    assert client.calls == [fakes.ADMINS]


def test_lists_that_are_late_are_read_again(clock: Clock) -> None:
    late = [WORLD[LIST], items({**RAW_ZOE, "lastName": "Dupont"}, RAW_ANN, RAW_BO), DONE]
    admins = Turns(WORLD[fakes.ADMINS], ADMINS_DONE)
    _client, state = world({**WRITES, LIST: Turns(WORLD[LIST], *late), fakes.ADMINS: admins})
    verdicts = verify(many(state), state)
    assert [(one.changed, one.problem) for one in verdicts] == [(True, None)] * 4
    assert sum(clock.sleeps) < 1
    assert state.find(USER, ANN) is None


def test_what_a_late_list_never_shows_does_not_count(clock: Clock) -> None:
    _client, state = world({"DELETE /users/6": None, "PUT /users/5": None})
    operations = [
        written(state, USER, ANN, {}, absent=True),
        written(state, USER, ZOE, {"last_name": "Dupont", "template": "desk"}),
    ]
    gone, kept = verify(operations, state)
    assert "still shows it after 5 seconds" in str(gone.problem)
    assert (kept.changed, kept.kept, kept.problem) == (False, [("last_name", "Dupont", "D'Arc")], None)
    assert sum(clock.sleeps) == pytest.approx(5.0, abs=0.01)


def test_a_list_that_can_not_be_read_fails_its_writes_alone() -> None:
    admins = Turns(WORLD[fakes.ADMINS], ConnectionFailed("nobody"))
    _client, state = world({**WRITES, LIST: Turns(WORLD[LIST], DONE), fakes.ADMINS: admins})
    verdicts = verify(many(state), state)
    assert [one.problem for one in verdicts[:3]] == [None] * 3
    assert str(verdicts[3].problem) == "update admin bob: it is done, but what XCI shows of it can't be read: nobody"


# -- what is said of it -------------------------------------------------------------------------------------


def test_what_xci_keeps_is_said_once_for_each_field_with_an_example() -> None:
    operation, entity = compare(USER, BO, None), compare(ENTITY, {"name": "x", "xivo": "paris"}, None)
    assert operation is not None
    assert entity is not None
    one, other = {"start": "1000", "end": "1001"}, {"start": "1002", "end": "1002"}
    verdicts = [
        Verdict(operation, kept=[("last_name", "Dupont", "DUPONT")]),
        Verdict(operation, kept=[("last_name", "Durand", "DURAND"), ("first_name", "zoe", "Zoe")]),
        Verdict(entity, kept=[("intervals", [one, other], [{"start": "1000", "end": "1002"}])]),
    ]
    known: set[tuple[str, str]] = set()
    end = "; take XCI's spelling into the document, or each run writes it again"
    assert list(map(str, kept_values(verdicts, "document", known))) == [
        f"XCI keeps 'DUPONT' where 'Dupont' was sent (last_name), 2 users{end}",
        f"XCI keeps 'Zoe' where 'zoe' was sent (first_name), 1 user{end}",
        f"XCI keeps 1000-1002 where 1000-1001, 1002 was sent (intervals), 1 entity{end}",
    ]
    assert list(kept_values(verdicts, "document", known)) == []

# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each write is sent once, whatever becomes of its answer. Every test lists the requests that may be made."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any

import pytest

from ansible_collections.xivo.xci.plugins.module_utils.api.errors import (
    AmbiguousResult,
    ApiError,
    ConnectionFailed,
    LoginRefused,
    XciError,
)
from ansible_collections.xivo.xci.plugins.module_utils.api.settings import Settings
from ansible_collections.xivo.xci.plugins.module_utils.engine.verify import verify
from ansible_collections.xivo.xci.plugins.module_utils.engine.write import write
from ansible_collections.xivo.xci.plugins.module_utils.model import change
from ansible_collections.xivo.xci.plugins.module_utils.model.change import Operation
from ansible_collections.xivo.xci.plugins.module_utils.model.fields import Resource, Values
from ansible_collections.xivo.xci.plugins.module_utils.model.resources import ADMIN, ENTITY, TEMPLATE, USER, XIVO
from ansible_collections.xivo.xci.plugins.module_utils.state.state import State
from ansible_collections.xivo.xci.tests.unit.plugins import fakes
from ansible_collections.xivo.xci.tests.unit.plugins.conftest import Clock
from ansible_collections.xivo.xci.tests.unit.plugins.fakes import (
    DEFAULT,
    ENTITIES,
    LYON,
    LYON_DEFAULT,
    PARIS,
    SALES,
    WORLD,
    XIVOS,
    FakeClient,
    Turns,
    items,
    users,
)

SECRET = "made-up-1"
ZOE = {"entity": "default@paris", "internal_number": "200"}
BO = {"entity": "default@paris", "template": "desk", "first_name": "Bo", "last_name": "D'Arc", "internal_number": "250"}
RAW_ZOE, RAW_BO = fakes.user(5, "200", ctiLogin="zoe"), fakes.user(30, "250", firstName="Bo")
ZOE_CHANGED = {**RAW_ZOE, "firstName": "Zoe"}
POST, PUT, DELETE, READ, LIST = "POST /users", "PUT /users/5", "DELETE /users/5", "GET /users/5", users(DEFAULT)

# What was sent before it was lost is done with, or may still be at work.
FINISHED, UNFINISHED = (
    AmbiguousResult("PUT X: the connection was lost", True),
    AmbiguousResult("PUT X: no answer", False),
)
GONE = ApiError("gone", 404)


def world(answers: dict[str, Any]) -> tuple[FakeClient, State]:
    client = FakeClient({**WORLD, **answers})
    return client, State(client)  # type: ignore[arg-type]


def warm(client: FakeClient, state: State) -> None:
    """Read what planning and naming need, so that only what a write costs is counted."""
    state.find(USER, ZOE)
    state.listing("template")
    state.listing("xivo")
    client.forget()


def operation(state: State, resource: Resource, which: Values, desired: Values, **more: Any) -> Operation:
    found = state.find(resource, which)
    made = change.compare(resource, desired, found.values if found else None, **more)
    assert made is not None
    made.raw = found.raw if found else {}
    return made


def run(resource: Resource, which: Values, desired: Values, answers: dict[str, Any], **more: Any) -> FakeClient:
    """Do one write; the requests that it cost are in the client."""
    client, state = world(answers)
    made = operation(state, resource, which, desired, **more)
    warm(client, state)
    write(made, state)
    return client


def fail(
    resource: Resource, which: Values, desired: Values, answers: dict[str, Any], **more: Any
) -> tuple[FakeClient, XciError]:
    client, state = world(answers)
    made = operation(state, resource, which, desired, **more)
    warm(client, state)
    with pytest.raises(XciError) as caught:
        write(made, state)
    return client, caught.value


def lists(*shown: Any) -> Turns:
    """The list of users as planning reads it, then as it is shown one time after the other."""
    return Turns(WORLD[LIST], *shown)


WITHOUT, WITH = WORLD[LIST], items(RAW_BO)

# -- when all is well ---------------------------------------------------------------------------------------


def test_a_creation() -> None:
    client = run(USER, BO, {**BO, "cti_password": SECRET}, {POST: RAW_BO})
    assert client.calls == [POST]
    assert client.bodies == [
        {
            "entityCId": DEFAULT["combinedId"],
            "templateId": 3,
            "firstName": "Bo",
            "lastName": "D'Arc",
            "internalNumber": "250",
            "ctiPassword": SECRET,
        }
    ]
    assert client.secrets == [SECRET]


def test_an_edit() -> None:
    client = run(USER, ZOE, {"first_name": "Zoe", "template": "desk"}, {PUT: ZOE_CHANGED})
    assert client.calls == [PUT]
    assert (client.bodies[0]["firstName"], client.bodies[0]["ctiLogin"]) == ("Zoe", "zoe")


def test_an_edit_with_a_secret() -> None:
    desired = {"cti_password": SECRET}
    assert run(USER, ZOE, desired, {PUT: None}, stale=["cti_password"]).secrets == [SECRET]


def test_a_removal() -> None:
    client = run(USER, ZOE, {}, {DELETE: None}, absent=True)
    assert client.calls == [DELETE]
    assert client.bodies == [None]


@pytest.mark.parametrize("status", [400, 404, 410])
def test_a_removal_of_what_is_gone_already(status: int) -> None:
    assert run(USER, ZOE, {}, {DELETE: ApiError("gone", status), READ: GONE}, absent=True).calls == [DELETE, READ]


@pytest.mark.parametrize("status", [400, 404, 410])
def test_what_is_refused_as_unknown_and_is_there_was_not_removed(status: int) -> None:
    client, error = fail(USER, ZOE, {}, {DELETE: ApiError("no page", status), READ: RAW_ZOE}, absent=True)
    assert client.calls == [DELETE, READ]
    assert str(error) == "delete user 200@default@paris: no page"


@pytest.mark.parametrize("status", [400, 500])
def test_what_can_not_be_shown_is_looked_for_in_its_list(status: int) -> None:
    unknown = {DELETE: ApiError("unknown", status), READ: ApiError("unknown", status)}
    assert run(USER, ZOE, {}, {**unknown, LIST: lists(items())}, absent=True).calls == [DELETE, READ, LIST]
    _client, error = fail(USER, ZOE, {}, {**unknown, LIST: lists(WORLD[LIST])}, absent=True)
    assert str(error).startswith("delete user 200@default@paris: unknown")


def test_a_key_is_quoted() -> None:
    lyon = {"name": "default", "xivo": "lyon"}
    client = run(ENTITY, lyon, {}, {"DELETE /entities/default%40uuid-2": None}, absent=True)
    assert client.calls == ["DELETE /entities/default%40uuid-2"]


UNREADABLE = {**RAW_BO, "firstName": ["Bo"]}


def test_a_creation_whose_answer_can_not_be_read_is_done() -> None:
    odd = {**RAW_BO, "internalNumber": ["250"]}
    client, state = world({POST: UNREADABLE, "GET /users/30": odd, LIST: lists(WITH)})
    made = operation(state, USER, BO, BO)
    warm(client, state)
    write(made, state)
    (verdict,) = verify([made], state, alone=True)
    assert verdict.problem is None
    assert state.find(USER, BO) is not None
    assert client.calls == [POST, "GET /users/30", LIST]


def test_an_edit_whose_answer_can_not_be_read_is_done() -> None:
    client, state = world({PUT: {**ZOE_CHANGED, "lastName": 7.5}, LIST: lists(items(ZOE_CHANGED))})
    made = operation(state, USER, ZOE, {"first_name": "Zoe", "template": "desk"})
    warm(client, state)
    write(made, state)
    assert client.calls == [PUT]
    found = state.find(USER, ZOE)
    assert found is not None
    assert found.values["first_name"] == "Zoe"


def test_a_creation_that_can_not_be_read_back_is_done_and_said_to_be() -> None:
    answers = {POST: Turns({"id": 30}), "GET /users/30": ConnectionFailed("nobody"), LIST: lists(WITH)}
    client, state = world(answers)
    made = operation(state, USER, BO, BO)
    warm(client, state)
    write(made, state)
    (verdict,) = verify([made], state, alone=True)
    assert str(verdict.problem) == (
        "create user 250@default@paris: it is done, but what XCI shows of it can't be read: nobody"
    )
    # Whoever tries again finds it.
    assert state.find(USER, BO) is not None
    assert client.calls == [POST, "GET /users/30", LIST]


@pytest.mark.parametrize("status", [401, 403, 409, 422])
def test_a_removal_that_is_refused_is_not_taken_for_one_that_is_not_needed(status: int) -> None:
    client, error = fail(USER, ZOE, {}, {DELETE: ApiError("no", status)}, absent=True)
    assert client.calls == [DELETE]
    assert str(error) == "delete user 200@default@paris: no"


# -- a creation whose answer is lost ------------------------------------------------------------------------


def test_a_lost_creation_that_was_done(clock: Clock) -> None:
    client, state = world({POST: Turns(FINISHED), LIST: lists(WITH)})
    made = operation(state, USER, BO, BO)
    warm(client, state)
    write(made, state)
    found = state.find(USER, BO)
    assert found is not None
    assert (found.id, found.raw) == (30, RAW_BO)
    assert client.calls == [POST, LIST]
    assert clock.sleeps == []


def test_a_lost_creation_that_was_not_done(clock: Clock) -> None:
    client = run(USER, BO, BO, {POST: Turns(FINISHED, RAW_BO), LIST: lists(WITHOUT)})
    assert client.calls == [POST, LIST, POST]
    assert client.bodies[0] == client.bodies[1]
    assert clock.sleeps == []


def test_a_creation_that_is_lost_twice_and_done() -> None:
    client = run(USER, BO, BO, {POST: Turns(FINISHED, FINISHED), LIST: lists(WITHOUT, WITH)})
    assert client.calls == [POST, LIST, POST, LIST]


def test_a_creation_that_is_lost_twice_and_not_done() -> None:
    client, error = fail(USER, BO, BO, {POST: Turns(FINISHED, UNFINISHED), LIST: lists(WITHOUT, WITHOUT)})
    assert client.calls == [POST, LIST, POST, LIST]
    assert isinstance(error, AmbiguousResult)
    assert re.fullmatch(
        r"create user 250@default@paris: XCI's answer was lost \(PUT X: no answer\), and it is not known whether it "
        r"happened: this happened twice in a row\. .*run again to see, and to do what is left",
        str(error),
    )
    assert not error.finished


def test_a_lost_creation_that_is_refused_then() -> None:
    client, error = fail(USER, BO, BO, {POST: Turns(FINISHED, ApiError("number is taken", 409)), LIST: lists(WITHOUT)})
    assert client.calls == [POST, LIST, POST]
    assert isinstance(error, ApiError)
    assert (str(error), error.status) == ("create user 250@default@paris: number is taken", 409)


def test_a_creation_at_which_xci_may_be_still_at_work(clock: Clock) -> None:
    client = run(USER, BO, BO, {POST: Turns(UNFINISHED), LIST: lists(WITHOUT, WITHOUT, WITH)})
    assert client.calls == [POST, LIST, LIST, LIST]
    assert clock.sleeps == [1.0, 2.0]


def test_a_creation_at_which_xci_may_be_at_work_for_ever_is_never_sent_again(clock: Clock) -> None:
    client, error = fail(USER, BO, BO, {POST: Turns(UNFINISHED), LIST: lists(*[WITHOUT] * 4)})
    assert client.calls == [POST, LIST, LIST, LIST, LIST]
    assert clock.sleeps == [1.0, 2.0, 4.0]
    assert isinstance(error, AmbiguousResult)
    assert str(error) == (
        "create user 250@default@paris: XCI's answer was lost (PUT X: no answer), and it is not known whether it "
        "happened: it was not found. Nothing was sent twice; run again to see, and to do what is left"
    )


def test_looking_again_does_not_wait_longer_than_for_an_answer(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings("http://127.0.0.1/api/1.0", "admin", "made-up", timeout=1.5)
    monkeypatch.setattr(fakes, "SETTINGS", settings)
    fail(USER, BO, BO, {POST: Turns(UNFINISHED), LIST: lists(*[WITHOUT] * 4)})
    assert clock.sleeps == [1.0, 1.5, 1.5]


@pytest.mark.parametrize("lost", [FINISHED, UNFINISHED], ids=["finished", "unfinished"])
def test_a_lost_creation_where_somebody_else_is_now(clock: Clock, lost: AmbiguousResult) -> None:
    other = items({**RAW_BO, "firstName": "Eve"})
    client, error = fail(USER, BO, BO, {POST: Turns(lost), LIST: lists(*[other] * 4)})
    assert client.calls.count(POST) == 1
    assert "whether it happened: it is in neither the old nor the requested state. Nothing" in str(error)
    assert len(clock.sleeps) == (0 if lost.finished else 3)


def test_a_lost_creation_that_can_not_be_looked_for() -> None:
    client, error = fail(USER, BO, BO, {POST: Turns(FINISHED), LIST: lists(ConnectionFailed("nobody is there"))})
    assert client.calls == [POST, LIST]
    assert isinstance(error, AmbiguousResult)
    assert "it is not known whether it happened: looking for it failed too: nobody is there." in str(error)


def test_a_lost_creation_that_is_there_twice() -> None:
    twice = items(RAW_BO, {**RAW_BO, "id": 31})
    client, error = fail(USER, BO, BO, {POST: Turns(FINISHED), LIST: lists(twice)})
    assert client.calls == [POST, LIST]
    assert "looking for it failed too: several users have internal_number '250'" in str(error)


NICE = {"name": "nice", "host": "192.0.2.30"}
RAW_NICE = fakes.xivo(30, "nice")


@pytest.mark.parametrize("shown", [RAW_NICE, {**RAW_NICE, "host": ""}], ids=["shown", "blank"])
def test_a_lost_xivo_that_was_saved(shown: Any) -> None:
    answers = {"POST /xivo": Turns(FINISHED), XIVOS: Turns(items(PARIS), items(PARIS, shown))}
    client = run(XIVO, NICE, NICE, answers)
    assert client.calls == ["POST /xivo", XIVOS]


@pytest.mark.parametrize("lost", [FINISHED, UNFINISHED], ids=["finished", "unfinished"])
def test_a_lost_xivo_that_was_saved_may_not_be_configured(lost: AmbiguousResult) -> None:
    answers = {"POST /xivo": Turns(lost), XIVOS: Turns(items(PARIS), items(PARIS, RAW_NICE))}
    client, error = fail(XIVO, NICE, {**NICE, "configure": True}, answers)
    assert client.calls == ["POST /xivo", XIVOS]
    assert isinstance(error, AmbiguousResult)
    assert "whether it happened: it was saved, but XCI may not have done the rest. Nothing" in str(error)


def test_a_lost_creation_of_what_xci_does_not_show_whole() -> None:
    """A password is never shown: the administrator who is there is taken for the one that was to be."""
    answers = {"POST /administrators": Turns(FINISHED), fakes.ADMINS: Turns(items(), items(fakes.admin(30, "eve")))}
    client = run(ADMIN, {"login": "eve"}, {"login": "eve", "password": SECRET}, answers)
    assert client.calls == ["POST /administrators", fakes.ADMINS]


# -- an edit whose answer is lost ---------------------------------------------------------------------------

EDIT = {"first_name": "Zoe", "template": "desk"}


def test_a_lost_edit_that_was_done(clock: Clock) -> None:
    client = run(USER, ZOE, EDIT, {PUT: Turns(FINISHED), READ: Turns(ZOE_CHANGED)})
    assert client.calls == [PUT, READ]
    assert clock.sleeps == []


def test_a_lost_edit_that_was_not_done() -> None:
    client = run(USER, ZOE, EDIT, {PUT: Turns(FINISHED, ZOE_CHANGED), READ: Turns(RAW_ZOE)})
    assert client.calls == [PUT, READ, PUT]
    assert client.bodies[0] == client.bodies[1]


def test_a_lost_edit_at_which_xci_may_be_still_at_work(clock: Clock) -> None:
    client = run(USER, ZOE, EDIT, {PUT: Turns(UNFINISHED, None), READ: Turns(*[RAW_ZOE] * 4)})
    assert client.calls == [PUT, READ, READ, READ, READ, PUT]
    assert clock.sleeps == [1.0, 2.0, 4.0]


def test_a_lost_edit_that_was_half_done() -> None:
    client, error = fail(USER, ZOE, EDIT, {PUT: Turns(FINISHED), READ: Turns({**RAW_ZOE, "lastName": "X"})})
    assert client.calls == [PUT, READ]
    assert isinstance(error, AmbiguousResult)
    assert "whether it happened: it is in neither the old nor the requested state. Nothing" in str(error)


def test_a_lost_edit_of_what_is_gone() -> None:
    client, error = fail(USER, ZOE, EDIT, {PUT: Turns(FINISHED), READ: GONE})
    assert client.calls == [PUT, READ]
    assert "whether it happened: it was not found. Nothing" in str(error)


def test_a_lost_edit_of_what_xci_does_not_show_is_sent_again() -> None:
    answers = {PUT: Turns(FINISHED, None), READ: Turns(RAW_ZOE)}
    client = run(USER, ZOE, {"cti_password": SECRET}, answers, stale=["cti_password"])
    assert client.calls == [PUT, READ, PUT]


def test_a_lost_edit_of_what_xci_does_not_show_stays_unknown() -> None:
    answers = {PUT: Turns(FINISHED, FINISHED), READ: Turns(RAW_ZOE, RAW_ZOE)}
    client, error = fail(USER, ZOE, {"cti_password": SECRET}, answers, stale=["cti_password"])
    assert client.calls == [PUT, READ, PUT, READ]
    assert "this happened twice in a row" in str(error)


def test_a_lost_edit_of_what_is_shown_and_what_is_not() -> None:
    answers = {PUT: Turns(FINISHED), READ: Turns(ZOE_CHANGED)}
    client = run(USER, ZOE, {"cti_password": SECRET, "first_name": "Zoe"}, answers, stale=["cti_password"])
    assert client.calls == [PUT, READ]


RENAMED = fakes.entity(27, "new", LYON, displayName="default")
LYON_ONE = {"name": "default", "xivo": "lyon"}
PUT_ENTITY, READ_ENTITY = "PUT /entities/default%40uuid-2", "GET /entities/default%40uuid-2"


def test_a_lost_rename_is_found_under_its_new_key() -> None:
    answers = {
        PUT_ENTITY: Turns(FINISHED),
        READ_ENTITY: GONE,
        ENTITIES: Turns(WORLD[ENTITIES], items(DEFAULT, SALES, RENAMED), items(DEFAULT, SALES, RENAMED)),
    }
    client = run(ENTITY, LYON_ONE, {"name": "new"}, answers)
    assert client.calls == [PUT_ENTITY, READ_ENTITY, ENTITIES]


def test_a_lost_rename_that_was_not_done() -> None:
    client = run(ENTITY, LYON_ONE, {"name": "new"}, {PUT_ENTITY: Turns(FINISHED, RENAMED), READ_ENTITY: LYON_DEFAULT})
    assert client.calls == [PUT_ENTITY, READ_ENTITY, PUT_ENTITY]


# -- a removal whose answer is lost -------------------------------------------------------------------------


@pytest.mark.parametrize("lost", [FINISHED, UNFINISHED], ids=["finished", "unfinished"])
def test_a_lost_removal_that_was_done(clock: Clock, lost: AmbiguousResult) -> None:
    client = run(USER, ZOE, {}, {DELETE: Turns(lost), READ: GONE}, absent=True)
    assert client.calls == [DELETE, READ]
    assert clock.sleeps == []


@pytest.mark.parametrize("second", [None, GONE], ids=["done-now", "done-meanwhile"])
def test_a_lost_removal_that_was_not_done(second: Any) -> None:
    client = run(USER, ZOE, {}, {DELETE: Turns(FINISHED, second), READ: Turns(RAW_ZOE, GONE)}, absent=True)
    assert client.calls == [DELETE, READ, DELETE] + ([READ] if second else [])


def test_a_removal_that_is_lost_twice() -> None:
    client = run(USER, ZOE, {}, {DELETE: Turns(FINISHED, FINISHED), READ: Turns(RAW_ZOE, GONE)}, absent=True)
    assert client.calls == [DELETE, READ, DELETE, READ]
    _client, error = fail(
        USER, ZOE, {}, {DELETE: Turns(FINISHED, FINISHED), READ: Turns(RAW_ZOE, RAW_ZOE)}, absent=True
    )
    assert "delete user 200@default@paris: XCI's answer was lost" in str(error)


def test_a_lost_removal_of_what_somebody_changed() -> None:
    client, error = fail(USER, ZOE, {}, {DELETE: Turns(FINISHED), READ: Turns(ZOE_CHANGED)}, absent=True)
    assert client.calls == [DELETE, READ]
    assert "whether it happened: it is in neither the old nor the requested state. Nothing" in str(error)


def test_a_removed_entity_is_not_looked_for_elsewhere() -> None:
    answers = {"DELETE /entities/default%40uuid-2": Turns(FINISHED), READ_ENTITY: GONE}
    client = run(ENTITY, LYON_ONE, {}, answers, absent=True)
    assert client.calls == ["DELETE /entities/default%40uuid-2", READ_ENTITY]


# -- refusals -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [400, 403, 404, 409, 422])
def test_a_refusal_is_passed_on_in_xcis_words(status: int) -> None:
    client, error = fail(USER, BO, BO, {POST: ApiError("POST X answered: because", status)})
    assert client.calls == [POST]
    assert isinstance(error, ApiError)
    assert (str(error), error.status) == ("create user 250@default@paris: POST X answered: because", status)


@pytest.mark.parametrize(
    ("shown", "outcome"),
    [
        (WITH, "The object now has the requested state"),
        (WITHOUT, "The change was not applied"),
        (items({**RAW_BO, "firstName": "Eve"}), "The change was not applied"),
    ],
    ids=["done", "not-done", "another"],
)
def test_a_creation_that_fails_inside_is_looked_for_and_not_sent_again(shown: Any, outcome: str) -> None:
    client, error = fail(USER, BO, BO, {POST: ApiError("it broke", 500), LIST: lists(shown)})
    assert client.calls == [POST, LIST]
    assert str(error) == f"create user 250@default@paris: it broke. {outcome}"


def test_what_was_made_by_a_creation_that_failed_inside_is_known() -> None:
    """Whoever tries again in the same run finds it, and does not create it a second time."""
    _client, state = world({POST: ApiError("it broke", 500), LIST: lists(WITH)})
    made = operation(state, USER, BO, BO)
    with pytest.raises(ApiError):
        write(made, state)
    found = state.find(USER, BO)
    assert found is not None
    assert found.id == 30


@pytest.mark.parametrize("configure", [True, False])
def test_a_xivo_that_is_saved_and_not_configured(configure: bool) -> None:
    answers = {"POST /xivo": ApiError("SSH failed", 500), XIVOS: Turns(items(PARIS), items(PARIS, RAW_NICE))}
    _client, error = fail(XIVO, NICE, {**NICE, "configure": configure}, answers)
    hint = ". XCI saves a XiVO before it configures it, by SSH: see whether XCI can reach its host"
    done = "create xivo nice: SSH failed. The object now has the requested state"
    assert str(error) == done + (hint if configure else "")


def test_a_xivo_that_is_not_saved_gives_no_hint_of_ssh() -> None:
    answers = {"POST /xivo": ApiError("it broke", 500), XIVOS: Turns(items(PARIS), items(PARIS))}
    _client, error = fail(XIVO, NICE, {**NICE, "configure": True}, answers)
    assert str(error) == "create xivo nice: it broke. The change was not applied"


def test_an_edit_that_fails_inside() -> None:
    client, error = fail(USER, ZOE, EDIT, {PUT: ApiError("it broke", 500), READ: RAW_ZOE})
    assert client.calls == [PUT, READ]
    assert str(error) == "update user 200@default@paris: it broke. The change was not applied"


def test_a_failure_that_can_not_be_looked_at() -> None:
    client, error = fail(USER, ZOE, EDIT, {PUT: ApiError("it broke", 500), READ: ConnectionFailed("nobody")})
    assert client.calls == [PUT, READ]
    assert isinstance(error, AmbiguousResult)
    assert "(it broke)" in str(error)
    assert "looking for it failed too: nobody" in str(error)


@pytest.mark.parametrize("status", [400, 422])
def test_an_edit_without_its_template_names_what_may_help(status: int) -> None:
    _client, error = fail(USER, ZOE, {"first_name": "Zoe"}, {PUT: ApiError("no", status)})
    assert str(error) == (
        "update user 200@default@paris: no. XCI may need template in every change, since it does not show it: "
        "add it to the task, or default_template to the document"
    )


@pytest.mark.parametrize(
    ("resource", "which", "desired", "call", "status"),
    [
        pytest.param(USER, ZOE, EDIT, PUT, 400, id="given"),
        pytest.param(USER, ZOE, {"first_name": "Zoe"}, PUT, 409, id="another-status"),
        pytest.param(USER, BO, BO, POST, 400, id="creation"),
        pytest.param(
            TEMPLATE, {"name": "desk"}, {"ringing_time": 20}, "PUT /templates/3", 400, id="nothing-write-only"
        ),
        pytest.param(
            ADMIN, {"login": "bob"}, {"ldap": True}, "PUT /administrators/9", 400, id="write-only-and-not-required"
        ),
    ],
)
def test_no_hint_where_it_does_not_help(
    resource: Resource, which: Values, desired: Values, call: str, status: int
) -> None:
    _client, error = fail(resource, which, desired, {call: ApiError("no", status)})
    assert str(error).endswith(": no")


@pytest.mark.parametrize("error", [ConnectionFailed("nobody"), LoginRefused("who?")], ids=["nobody", "login"])
def test_what_never_reached_xci_is_not_looked_for(error: XciError) -> None:
    client, raised = fail(USER, BO, BO, {POST: error})
    assert client.calls == [POST]
    assert raised is error


@pytest.mark.parametrize("lost", [FINISHED, UNFINISHED], ids=["finished", "unfinished"])
@pytest.mark.parametrize("found", [WITHOUT, WITH, items({**RAW_BO, "firstName": "Eve"})], ids=["no", "yes", "other"])
@pytest.mark.parametrize(
    "second", [None, FINISHED, UNFINISHED, GONE], ids=["done", "finished", "unfinished", "refused"]
)
def test_no_creation_is_ever_sent_when_it_might_be_there(
    lost: AmbiguousResult, found: Any, second: Any, clock: Clock
) -> None:
    client, state = world({POST: Turns(lost, second), LIST: lists(*[found] * 9), "GET /users/7": GONE})
    made = operation(state, USER, BO, BO)
    warm(client, state)
    with suppress(XciError):
        write(made, state)
    may_repeat = lost.finished and found is WITHOUT
    assert client.calls.count(POST) == (2 if may_repeat else 1)
    assert client.calls[:2] == [POST, LIST]
    assert sum(clock.sleeps) <= 7


# -- an answer of success that speaks of an error -----------------------------------------------------------

SAYS = ApiError('PUT X answered 200: {"error": "no"}', 200)


@pytest.mark.parametrize(
    ("resource", "which", "desired", "request_", "looks", "shown"),
    [
        pytest.param(USER, ZOE, EDIT, PUT, {READ: ZOE_CHANGED}, [READ], id="edit"),
        pytest.param(USER, BO, BO, POST, {LIST: lists(WITH)}, [LIST], id="creation"),
    ],
)
def test_what_was_done_although_the_answer_speaks_of_an_error(
    resource: Resource, which: Values, desired: Values, request_: str, looks: dict[str, Any], shown: list[str]
) -> None:
    assert run(resource, which, desired, {request_: SAYS, **looks}).calls == [request_, *shown]


@pytest.mark.parametrize(
    ("which", "desired", "request_", "looks"),
    [
        pytest.param(ZOE, EDIT, PUT, {READ: RAW_ZOE}, id="edit"),
        pytest.param(BO, BO, POST, {LIST: lists(WITHOUT, WITHOUT)}, id="creation"),
    ],
)
def test_what_was_not_done_is_an_error_and_not_sent_again(
    which: Values, desired: Values, request_: str, looks: dict[str, Any]
) -> None:
    client, error = fail(USER, which, desired, {request_: SAYS, **looks})
    assert client.calls.count(request_) == 1
    assert str(error).endswith('answered 200: {"error": "no"}. The change was not applied')


def test_a_removal_whose_answer_speaks_of_an_error() -> None:
    assert run(USER, ZOE, {}, {DELETE: SAYS, READ: GONE}, absent=True).calls == [DELETE, READ]
    client, error = fail(USER, ZOE, {}, {DELETE: SAYS, READ: RAW_ZOE}, absent=True)
    assert client.calls.count(DELETE) == 1
    assert str(error).endswith("The change was not applied")

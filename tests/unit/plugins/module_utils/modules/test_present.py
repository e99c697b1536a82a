# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From options to a result, with exactly the requests that it takes."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.xivo.xci.plugins.module_utils.api.errors import (
    ApiError,
    InputError,
    UnknownReference,
    XciError,
)
from ansible_collections.xivo.xci.plugins.module_utils.model.resources import RESOURCES, USER
from ansible_collections.xivo.xci.plugins.module_utils.modules.context import Context
from ansible_collections.xivo.xci.plugins.module_utils.modules.present import present
from ansible_collections.xivo.xci.plugins.module_utils.state.planned import PlannedWrite
from ansible_collections.xivo.xci.plugins.module_utils.state.state import State
from ansible_collections.xivo.xci.tests.unit.plugins import fakes
from ansible_collections.xivo.xci.tests.unit.plugins.conftest import Clock
from ansible_collections.xivo.xci.tests.unit.plugins.fakes import (
    ADMINS,
    DEFAULT,
    DESK,
    ENTITIES,
    LYON_DEFAULT,
    PARIS,
    SALES,
    TEMPLATES,
    WORLD,
    XIVOS,
    FakeClient,
    Turns,
    items,
    numbers,
    users,
)

SECRET, OTHER = "made-up-1", "made-up-2"
ZOE = {"entity": "default@paris", "internal_number": "200"}
NEW = {
    "entity": "default@paris",
    "template": "desk",
    "first_name": "Bo",
    "last_name": "D'Arc",
    "internal_number": "250",
}
RAW_ZOE, RAW_NEW = fakes.user(5, "200", ctiLogin="zoe"), fakes.user(30, "250", firstName="Bo")
READS = [ENTITIES, users(DEFAULT)]


class Notes:
    """A journal in memory, as the tasks of one run share it."""

    def __init__(self) -> None:
        self.kept: list[PlannedWrite] = []
        self.seen = 0

    def read(self) -> list[PlannedWrite]:
        new, self.seen = self.kept[self.seen :], len(self.kept)
        return new

    def add(self, change: PlannedWrite) -> None:
        self.kept.append(change)
        self.seen = len(self.kept)


def task(answers: dict[str, Any] | None = None, **more: Any) -> Context:
    client: Any = FakeClient({**WORLD, **(answers or {})})
    return Context(client, State(client), **more)


def calls(of: Context) -> list[str]:
    assert isinstance(of.client, FakeClient)
    return of.client.calls


def sent(of: Context) -> dict[str, Any]:
    assert isinstance(of.client, FakeClient)
    (body,) = of.client.bodies
    return dict(body)


def run(kind: str, of: Context, **options: Any) -> dict[str, Any]:
    connection = {"xci_url": "http://127.0.0.1", "xci_password": SECRET, "timeout": 60.0}
    return present(RESOURCES[kind], {**connection, **options}, of)


# -- what a task costs --------------------------------------------------------------------------------------


def test_a_creation() -> None:
    on = task({"POST /users": RAW_NEW})
    result = run("user", on, **NEW, cti_password=SECRET, cti_login=None, state="present", match_on="internal_number")
    assert result == {
        "changed": True,
        "user": {
            "entity": "default@paris",
            "first_name": "Bo",
            "last_name": "D'Arc",
            "internal_number": "250",
            "cti_login": "",
            "id": 30,
            "external_number": "",
            "mail": "",
            "provisioning_number": "114133",
        },
    }
    # The XiVOs that the entities show say whether the template is available to the entity.
    assert calls(on) == [*READS, TEMPLATES, "POST /users"]
    assert sent(on)["ctiPassword"] == SECRET


def test_nothing_to_do_costs_two_reads() -> None:
    on = task()
    result = run("user", on, **ZOE, first_name="Zoé", template="nowhere", state="present")
    assert (result["changed"], result["user"]["id"]) == (False, 5)
    assert calls(on) == READS


def test_an_edit() -> None:
    on = task({"PUT /users/5": {**RAW_ZOE, "firstName": "Zoe", "mail": "new"}})
    result = run("user", on, **ZOE, first_name="Zoe")
    assert (result["changed"], result["user"]["first_name"], result["user"]["mail"]) == (True, "Zoe", "new")
    assert calls(on) == [*READS, "PUT /users/5"]
    assert sent(on) == {
        "entityCId": DEFAULT["combinedId"],
        "firstName": "Zoe",
        "lastName": "D'Arc",
        "internalNumber": "200",
        "ctiLogin": "zoe",
    }


def test_a_removal() -> None:
    on = task({"DELETE /users/5": None, "GET /users/5": ApiError("gone", 404)})
    assert run("user", on, **ZOE, state="absent") == {"changed": True, "user": {}}
    assert calls(on) == [*READS, "DELETE /users/5", "GET /users/5"]
    assert run("user", on, **ZOE, state="absent") == {"changed": False, "user": {}}


def test_the_items_of_a_loop_read_nothing_twice() -> None:
    on = task({"POST /users": Turns(RAW_NEW, fakes.user(31, "251")), "PUT /users/30": {**RAW_NEW, "firstName": "Bob"}})
    run("user", on, **NEW)
    run("user", on, **{**NEW, "internal_number": "251"})
    assert run("user", on, **NEW)["changed"] is False
    assert run("user", on, **{**NEW, "first_name": "Bob"})["user"]["id"] == 30
    assert calls(on)[3:] == ["POST /users", "POST /users", "PUT /users/30"]


@pytest.mark.parametrize("kind", RESOURCES)
def test_check_mode_writes_nothing_and_looks_the_same(kind: str) -> None:
    fresh: dict[str, dict[str, Any]] = {
        "xivo": {"name": "nice", "host": "192.0.2.30"},
        "entity": {"name": "new", "xivo": "paris", "intervals": [{"start": "300", "end": "399"}]},
        "template": {"name": "door", "xivos": ["paris"], "entities": []},
        "user": NEW,
        "admin": {"login": "eve", "password": SECRET},
    }
    raws = {
        "xivo": fakes.xivo(30, "nice"),
        "entity": fakes.entity(30, "new", intervals=[{"start": "300", "end": "399"}]),
        "template": fakes.template(30, "door", entities=[]),
        "user": RAW_NEW,
        "admin": fakes.admin(30, "eve"),
    }
    path = RESOURCES[kind].path
    real = run(kind, task({f"POST {path}": raws[kind]}, diff=True), **fresh[kind])
    checked = task(check=True, diff=True)
    predicted = run(kind, checked, **fresh[kind])
    assert isinstance(checked.client, FakeClient)
    assert checked.client.writes == []
    assert predicted["diff"] == real["diff"]
    assert predicted[kind] == {
        name: value if RESOURCES[kind][name].writes else None for name, value in real[kind].items()
    }
    assert real[kind]["id"] == 30


def test_check_mode_of_an_edit_and_a_removal() -> None:
    on = task(check=True)
    edited = run("user", on, **ZOE, first_name="Zoe")
    assert (edited["changed"], edited["user"]["first_name"], edited["user"]["id"]) == (True, "Zoe", 5)
    assert run("user", on, **ZOE, first_name="Zoe")["changed"] is False
    assert run("user", on, **ZOE, state="absent") == {"changed": True, "user": {}}
    assert run("user", on, **ZOE, state="absent") == {"changed": False, "user": {}}
    assert calls(on) == READS


# -- which one is meant -------------------------------------------------------------------------------------


def test_with_an_id_the_names_are_ordinary_values() -> None:
    door = fakes.template(3, "door")
    on = task({"PUT /templates/3": door, TEMPLATES: Turns(WORLD[TEMPLATES], [door])})
    result = run("template", on, id=3, name="door")
    assert (result["changed"], result["template"]["name"], result["template"]["id"]) == (True, "door", 3)


def test_a_user_by_his_id_needs_no_entity() -> None:
    on = task({"GET /users/5": RAW_ZOE})
    assert run("user", on, id=5, first_name="Zoé")["changed"] is False
    assert calls(on) == ["GET /users/5"]


def test_a_user_by_his_id_is_changed() -> None:
    changed = {**RAW_ZOE, "internalNumber": "0300"}
    on = task({"GET /users/5": Turns(RAW_ZOE, changed), "PUT /users/5": changed})
    result = run("user", on, id=5, internal_number="0300")
    assert result["user"]["internal_number"] == "0300"


@pytest.mark.parametrize("kind", ["entity", "template", "admin"])
def test_an_id_that_is_not_there(kind: str) -> None:
    with pytest.raises(InputError, match=f"^{kind} with id 99 not found$"):
        run(kind, task(), id=99, name="x")
    assert run(kind, task(), id=99, state="absent") == {"changed": False, kind: {}}


@pytest.mark.parametrize(
    ("match", "identity", "changed"),
    [
        pytest.param("cti_login", {"cti_login": "zoe"}, {"internal_number": "299"}, id="login"),
        pytest.param("name", {"first_name": "Zoé", "last_name": "D'Arc"}, {"internal_number": "299"}, id="name"),
        pytest.param("internal_number", {"internal_number": "200"}, {"first_name": "Zoe"}, id="number"),
    ],
)
def test_ways_to_find_a_user(match: str, identity: dict[str, str], changed: dict[str, str]) -> None:
    shown = {USER[name].reads: value for name, value in changed.items()}
    on = task({"PUT /users/5": {**RAW_ZOE, **shown}})
    result = run("user", on, entity="default@paris", match_on=match, **identity, **changed)
    assert result["changed"]
    assert result["user"]["id"] == 5
    assert result["user"].items() >= changed.items()


def test_a_user_who_moves_to_another_entity() -> None:
    moved = fakes.user(5, "200", SALES, ctiLogin="zoe")
    on = task({"PUT /users/5": None, users(SALES): items(), "GET /users/5": moved})
    result = run("user", on, entity="sales", match_on="cti_login", cti_login="zoe")
    assert (result["changed"], result["user"]["entity"], result["user"]["id"]) == (True, "sales@paris", 5)
    assert sent(on)["entityCId"] == SALES["combinedId"]
    assert run("user", on, entity="sales", match_on="cti_login", cti_login="zoe")["changed"] is False


@pytest.mark.parametrize("check", [False, True], ids=["real", "check"])
def test_a_new_user_gets_the_first_number(check: bool) -> None:
    made = fakes.user(30, "202", firstName="Bo", ctiLogin="bo")
    lists = {} if check else {users(DEFAULT): Turns(WORLD[users(DEFAULT)], items(made))}
    on = task({"POST /users": made, **lists}, check=check)
    new = {name: value for name, value in NEW.items() if name != "internal_number"}
    result = run("user", on, **new, match_on="cti_login", cti_login="bo")
    assert (result["changed"], result["user"]["internal_number"]) == (True, "202")
    assert numbers(DEFAULT) in calls(on)


def test_a_user_without_a_number_fails_before_anything_is_asked_of_numbers() -> None:
    on = task()
    with pytest.raises(
        InputError, match=r"^missing required option: template \(needed to create user @default@paris\)$"
    ):
        run("user", on, entity="default@paris", match_on="cti_login", cti_login="bo", first_name="Bo")
    assert numbers(DEFAULT) not in calls(on)


def test_a_new_entity_is_shown_by_its_name() -> None:
    on = task({"POST /entities": fakes.entity(30, "new")})
    run("entity", on, name="new", xivo="paris")
    assert sent(on)["displayName"] == "new"


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize(
    "wanted", [{**NEW, "match_on": "name"}, {"id": 6, "template": "desk"}], ids=["a-creation", "an-edit"]
)
def test_a_number_that_a_list_shows_in_use_is_not_given_again(check: bool, wanted: dict[str, Any]) -> None:
    """XCI may allow it; a document refuses it as well."""
    on = task(check=check)
    on.state.listing("user", on.state.resolve("entity", "default@paris"))
    with pytest.raises(InputError, match=r"^duplicate: user 200@default@paris already exists on XCI, with id 5$"):
        run("user", on, **{**wanted, "internal_number": "200"})
    assert [call for call in calls(on) if not call.startswith("GET")] == []


def test_what_an_earlier_task_would_create_is_not_called_by_an_id_that_nobody_could_give() -> None:
    on = task(check=True, journal=Notes())
    run("user", on, **NEW, cti_login="bo")
    other = {"entity": "default@paris", "template": "desk", "first_name": "Al", "internal_number": "251"}
    with pytest.raises(InputError) as caught:
        run("user", on, **other, cti_login="bo")
    expected = "cti_login 'bo' of user 251@default@paris also belongs to user 250@default@paris, planned by an"
    assert str(caught.value) == f"duplicate: {expected} earlier task"
    with pytest.raises(InputError, match=r"^duplicate: user 250@default@paris is also planned by an earlier task$"):
        run("user", on, id=6, internal_number="250", template="desk")


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize(
    ("kind", "options", "problem"),
    [
        pytest.param(
            "user", {**NEW, "cti_login": "zoe"},
            "cti_login 'zoe' of user 250@default@paris also belongs to user 200@default@paris, on XCI, with id 5",
            id="a-login",
        ),
        pytest.param(
            "user", {"entity": "default@paris", "internal_number": "201", "cti_login": "zoe", "template": "desk"},
            "cti_login 'zoe' of user 201@default@paris also belongs to user 200@default@paris, on XCI, with id 5",
            id="a-login-of-an-edit",
        ),
        pytest.param(
            "entity", {"name": "new", "xivo": "paris", "intervals": ["150-209"]},
            "intervals 200-209 of entity new@paris also belongs to entity default@paris, on XCI, with id 17, 18",
            id="intervals",
        ),
    ],
)  # fmt: skip
def test_what_only_one_can_have_is_refused_as_in_a_document(
    kind: str, options: dict[str, Any], problem: str, check: bool
) -> None:
    """As far as the lists show it that are read anyway."""
    on = task(check=check)
    with pytest.raises(InputError) as caught:
        run(kind, on, **options)
    assert str(caught.value) == f"duplicate: {problem}"
    assert [call for call in calls(on) if not call.startswith("GET")] == []
    if check:
        assert calls(on) == [*([ENTITIES, users(DEFAULT), TEMPLATES] if kind == "user" else [XIVOS, ENTITIES])]


@pytest.mark.parametrize(
    ("kind", "options", "path"),
    [
        pytest.param("user", {**NEW, "cti_login": "ann"}, "POST /users", id="a-login-in-a-list-that-was-not-read"),
        pytest.param("entity", {"name": "new", "xivo": "lyon", "intervals": ["300-309"]}, "POST /entities", id="free"),
        pytest.param("user", {**ZOE, "first_name": "Z", "cti_login": "zoe", "template": "desk"}, "PUT /users/5",
                     id="the-own-one"),
    ],
)  # fmt: skip
def test_what_is_not_known_to_be_in_use_is_written(kind: str, options: dict[str, Any], path: str) -> None:
    entity, zoe = fakes.entity(30, "new", fakes.LYON), {**RAW_ZOE, "firstName": "Z"}
    on = task({"POST /users": {**RAW_NEW, "ctiLogin": "ann"}, "POST /entities": entity, "PUT /users/5": zoe})
    assert run(kind, on, **options)["changed"]
    assert [call for call in calls(on) if not call.startswith("GET")] == [path]


def test_what_was_deleted_before_something_failed_is_a_change() -> None:
    on = task({"DELETE /users/5": None, "DELETE /users/6": ApiError("broken", 409)})
    with pytest.raises(ApiError) as caught:
        run("entity", on, name="default", xivo="paris", state="absent", force=True)
    assert caught.value.result() == {
        "msg": "delete user 201@default@paris: broken. Before that, 1 of 2 in it were deleted",
        "changed": True,
        "status": 409,
    }
    nothing = task({"DELETE /users/5": ApiError("broken", 409)})
    with pytest.raises(ApiError) as caught:
        run("entity", nothing, name="default", xivo="paris", state="absent", force=True)
    assert caught.value.result() == {"msg": "delete user 200@default@paris: broken", "status": 409}


def test_what_was_deleted_before_a_time_out_is_a_change(monkeypatch: pytest.MonkeyPatch) -> None:
    class Late(BaseException):
        """As Ansible ends a task."""

    on = task({"DELETE /users/5": None})
    write = on.client.write

    def late(method: str, path: str, *more: Any) -> Any:
        if path == "/users/6":
            raise Late
        return write(method, path, *more)

    monkeypatch.setattr(on.client, "write", late)
    with pytest.raises(Late):
        run("entity", on, name="default", xivo="paris", state="absent", force=True)
    assert on.interrupted == {"failed": True, "changed": True, "msg": "before that, 1 of 2 in it were deleted"}


def test_a_number_that_was_given_up_since_its_list_was_read_can_be_given() -> None:
    later = items(fakes.user(6, "201", firstName="Ann"))
    on = task(
        {users(DEFAULT): Turns(WORLD[users(DEFAULT)], later), "POST /users": fakes.user(30, "200", firstName="Bo")}
    )
    result = run("user", on, **{**NEW, "internal_number": "200"}, match_on="name")
    assert (result["changed"], result["user"]["id"]) == (True, 30)


def test_what_is_done_and_can_not_be_read_back_is_said_to_be_done() -> None:
    broken = ApiError("broken", 500)
    answers = {"PUT /templates/3": None, "GET /templates/3": broken, TEMPLATES: Turns(WORLD[TEMPLATES], broken)}
    renaming = task(answers)
    with pytest.raises(
        XciError, match="template desk: it is done, but what XCI shows of it can't be read: broken"
    ) as it:
        run("template", renaming, id=3, name="bureau")
    assert it.value.result()["changed"] is True
    assert sent(renaming)["name"] == "bureau"


def test_what_an_administrator_is_not_shown_can_stay() -> None:
    """XCI refers to an entity by an id that its list does not have; what is returned can be given back."""
    raw = fakes.admin(9, "bob", entities=[17, 77])
    admins = {ADMINS: items(fakes.admin(1, "admin", superAdmin=True), raw)}
    on = task({**admins, "PUT /administrators/9": {**raw, "name": "Bob"}})
    shown = run("admin", on, login="bob")["admin"]
    assert "77" in shown["entities"]
    assert run("admin", on, login="bob", entities=shown["entities"])["changed"] is False
    with pytest.raises(UnknownReference, match="entity '78' not found"):
        run("admin", on, login="bob", entities=[*shown["entities"], "78"])
    secret = {"password": SECRET, "update_password": "on_create"}
    run("admin", on, login="bob", entities=shown["entities"], name="Bob", **secret)
    assert sorted(sent(on)["entityIds"]) == [17, 77]


def test_a_creation_that_xci_does_not_list_yet_is_waited_for(clock: Clock) -> None:
    lists = Turns(WORLD[users(DEFAULT)], WORLD[users(DEFAULT)], items(RAW_NEW))
    on = task({"POST /users": None, "GET /users/7": ApiError("not found", 404), users(DEFAULT): lists})
    result = run("user", on, **NEW)
    assert result["changed"]
    assert (result["user"]["internal_number"], result["user"]["id"]) == ("250", 30)


def test_a_creation_that_xci_never_shows_is_an_error(clock: Clock) -> None:
    on = task({"POST /users": None, "GET /users/7": ApiError("not found", 404)})
    with pytest.raises(XciError, match="250@default@paris: XCI accepted it, but does not show it after 5"):
        run("user", on, **NEW)


def test_what_xci_keeps_otherwise_is_said_once_for_all_items_of_a_loop() -> None:
    shout = {"PUT /users/5": {**RAW_ZOE, "lastName": "DUPONT"}, "PUT /users/6": fakes.user(6, "201", lastName="DUPONT")}
    on = task(shout, diff=True)
    result = run("user", on, **ZOE, last_name="Dupont")
    assert (result["changed"], result["user"]["last_name"]) == (True, "DUPONT")
    assert "last_name: DUPONT" in result["diff"]["after"]
    assert run("user", on, **{**ZOE, "internal_number": "201"}, last_name="Dupont")["changed"]
    assert [one for one in map(str, on.warnings) if "XCI keeps" in one] == [
        "XCI keeps 'DUPONT' where 'Dupont' was sent (last_name), 1 user; take XCI's spelling into the playbook, or "
        "each run writes it again"
    ]


def test_a_write_that_changes_nothing_is_no_change(clock: Clock) -> None:
    on = task({"PUT /users/5": RAW_ZOE, "GET /users/5": RAW_ZOE}, diff=True)
    result = run("user", on, **ZOE, last_name="d'arc")
    assert (result["changed"], result["user"]["last_name"]) == (False, "D'Arc")
    assert result["diff"]["before"] == result["diff"]["after"]
    assert 'XCI keeps "D\'Arc" where "d\'arc" was sent (last_name), 1 user' in str(on.warnings[-1])


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        pytest.param("template", {"name": "gone", "xivos": ["gone"], "entities": ["gone"]}, id="template"),
        pytest.param("admin", {"login": "gone", "entities": ["gone"]}, id="admin"),
        pytest.param("user", {**ZOE, "internal_number": "999", "template": "gone"}, id="user"),
        pytest.param("entity", {"name": "gone", "xivo": "paris", "intervals": [], "display_name": "x"}, id="entity"),
    ],
)
def test_what_is_gone_may_speak_of_what_is_gone(kind: str, options: dict[str, Any]) -> None:
    assert run(kind, task(), **options, state="absent") == {"changed": False, kind: {}}


def test_a_removal_in_something_that_is_gone_has_nothing_to_do() -> None:
    on = task()
    result = run("user", on, entity="gone", internal_number="200", state="absent")
    assert (result["changed"], result["user"]) == (False, {})
    assert str(on.warnings[0]).startswith("entity: nothing was deleted: entity 'gone' not found")


def test_a_xivo_is_neither_changed_nor_removed() -> None:
    on = task()
    assert run("xivo", on, name="paris", host=PARIS["host"], configure=True)["changed"] is False
    with pytest.raises(InputError, match="exists with different values"):
        run("xivo", on, name="paris", host="other")
    with pytest.raises(InputError, match="exists and cannot be removed"):
        run("xivo", on, name="paris", state="absent")
    assert run("xivo", on, name="gone", state="absent")["changed"] is False
    assert calls(on) == [XIVOS]


# -- passwords ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("policy", "shown", "written"),
    [
        pytest.param(None, None, False, id="hidden"),
        pytest.param(None, "****", False, id="masked"),
        pytest.param(None, SECRET, False, id="shown-and-equal"),
        pytest.param(None, OTHER, True, id="shown-and-different"),
        pytest.param("on_create", None, False, id="on_create-hidden"),
        pytest.param("on_create", OTHER, False, id="on_create-different"),
        pytest.param("always", None, True, id="always-hidden"),
        pytest.param("always", "****", True, id="always-masked"),
        pytest.param("always", SECRET, False, id="always-shown-and-equal"),
        pytest.param("always", OTHER, True, id="always-different"),
    ],
)
def test_when_a_cti_password_is_written(policy: str | None, shown: str | None, written: bool) -> None:
    raw = {**RAW_ZOE, "ctiPassword": shown}
    on = task({users(DEFAULT): items(raw), "PUT /users/5": None})
    result = run("user", on, **ZOE, cti_password=SECRET, update_password=policy)
    assert result["changed"] is written
    if written:
        assert sent(on)["ctiPassword"] == SECRET
    assert "cti_password" not in result["user"]


@pytest.mark.parametrize(
    ("policy", "accepted", "asked", "written"),
    [
        pytest.param(None, True, True, False, id="usual-and-accepted"),
        pytest.param(None, False, True, True, id="usual-and-refused"),
        pytest.param("verify", True, True, False, id="verify-accepted"),
        pytest.param("verify", False, True, True, id="verify-refused"),
        pytest.param("on_create", False, False, False, id="on_create"),
        pytest.param("always", True, False, True, id="always"),
    ],
)
@pytest.mark.parametrize("check", [False, True], ids=["real", "check"])
def test_when_the_password_of_an_administrator_is_written(
    policy: str | None, accepted: bool, asked: bool, written: bool, check: bool
) -> None:
    on = task({f"LOGIN bob {SECRET}": accepted, "PUT /administrators/9": None}, check=check)
    assert run("admin", on, login="bob", password=SECRET, update_password=policy)["changed"] is written
    assert (f"LOGIN bob {SECRET}" in calls(on)) is asked
    assert ("PUT /administrators/9" in calls(on)) is (written and not check)


def test_a_password_is_tried_under_the_login_that_xci_knows() -> None:
    on = task({f"LOGIN bob {SECRET}": True, "PUT /administrators/9": fakes.admin(9, "robert", entities=[17])})
    assert run("admin", on, id=9, login="robert", password=SECRET)["changed"]
    assert sent(on)["login"] == "robert"


def test_no_password_is_tried_of_who_is_only_planned() -> None:
    on = task(check=True)
    for changed in (True, False):
        assert run("admin", on, login="eve", password=SECRET)["changed"] is changed
    assert calls(on) == [ADMINS, ENTITIES]


# -- what is shown -------------------------------------------------------------------------------------------


def test_problems_are_reported_before_anything_is_asked() -> None:
    on = task()
    with pytest.raises(InputError) as caught:
        run("template", on, name="x", ringing_time="long", xivos="paris", nmae=1)
    assert len(caught.value.problems) == 3
    assert calls(on) == []


def test_warnings_of_values_and_of_the_plan() -> None:
    on = task({"PUT /templates/3": {**DESK, "ringingTime": 90}})
    run("template", on, name="desk", ringing_time=90, routed_inbound_prefix="01")
    assert list(map(str, on.warnings)) == [
        "ringing_time: 90 is out of range; XiVO accepts 0 to 60",
        "routed_inbound_prefix has no effect unless routed_inbound is true",
    ]


def test_a_template_that_is_not_available_there_is_a_warning() -> None:
    on = task({"POST /users": fakes.user(30, "250", LYON_DEFAULT, firstName="Bo")})
    assert run("user", on, **{**NEW, "entity": "default@lyon"})["changed"]
    (warning,) = on.warnings
    assert warning == "template desk is not available to entity default@lyon, only to paris, default@paris"


def test_in_check_mode_what_is_unknown_is_a_warning() -> None:
    on = task(check=True)
    result = run("user", on, **{**NEW, "entity": "fresh@nice", "template": "door"})
    assert result["changed"]
    assert on.warnings == [
        "entity 'fresh@nice' does not exist yet; check mode assumes that an earlier task would create it",
        "template 'door' does not exist yet; check mode assumes that an earlier task would create it",
    ]


def test_in_check_mode_earlier_tasks_are_seen() -> None:
    notes = Notes()
    first = task(check=True, journal=notes)
    run("entity", first, name="fresh", xivo="paris", intervals=[{"start": "0300", "end": "0309"}])
    run("template", first, name="door")
    later_notes = Notes()
    later_notes.kept = notes.kept
    later = task(check=True, journal=later_notes)
    new = {"entity": "fresh", "template": "door", "first_name": "Bo", "match_on": "name"}
    assert run("user", later, **new)["user"]["internal_number"] == "0300"
    assert run("user", later, **{**new, "first_name": "Al"})["user"]["internal_number"] == "0301"
    assert run("user", later, **new)["changed"] is False
    assert later.warnings == []
    with pytest.raises(UnknownReference, match="entity 'typo' not found"):
        run("user", later, **{**new, "entity": "typo"})
    assert [change.kind for change in notes.kept] == ["entity", "template", "user", "user"]


def test_a_diff_is_yaml_as_in_a_playbook() -> None:
    on = task({"PUT /users/5": {**RAW_ZOE, "lastName": "d'Arc: sœur"}}, diff=True)
    diff = run("user", on, **ZOE, last_name="d'Arc: sœur", cti_password=SECRET, update_password="always")["diff"]
    assert diff == {
        "before": "entity: default@paris\nfirst_name: Zoé\nlast_name: D'Arc\ninternal_number: '200'\ncti_login: zoe\n",
        "after": "entity: default@paris\nfirst_name: Zoé\nlast_name: 'd''Arc: sœur'\ninternal_number: '200'\n"
        "cti_login: zoe\ncti_password: (changed, not shown)\n",
        "before_header": "user 200@default@paris (Zoé D'Arc)",
        "after_header": "user 200@default@paris (Zoé D'Arc)",
    }


@pytest.mark.parametrize("check", [False, True], ids=["real", "check"])
def test_a_diff_of_what_does_not_change(check: bool) -> None:
    diff = run("user", task(check=check, diff=True), **ZOE)["diff"]
    assert diff["before"] == diff["after"] != ""


def test_a_diff_has_an_empty_side_where_nothing_is() -> None:
    on = task({"DELETE /users/5": None, "GET /users/5": ApiError("gone", 404), "POST /users": RAW_NEW}, diff=True)
    assert run("user", on, **NEW)["diff"]["before"] == ""
    assert run("user", on, **ZOE, state="absent")["diff"]["after"] == ""
    nothing = run("user", on, **ZOE, state="absent")["diff"]
    assert (nothing["before"], nothing["after"]) == ("", "")


def test_no_diff_where_none_is_asked_for() -> None:
    assert "diff" not in run("user", task(), **ZOE)


@pytest.mark.parametrize("check", [False, True], ids=["real", "check"])
def test_no_result_holds_a_secret(check: bool) -> None:
    raw = {**RAW_ZOE, "ctiPassword": OTHER}
    on = task({users(DEFAULT): items(raw), "PUT /users/5": raw}, check=check, diff=True)
    shown = f"{run('user', on, **ZOE, cti_password=SECRET)} {on.warnings}"
    assert SECRET not in shown
    assert OTHER not in shown


def test_a_task_on_its_own_warns_of_its_connection() -> None:
    options = {"xci_url": "http://xci.example.org", "xci_login": "admin", "xci_password": SECRET}
    usual = {"validate_certs": True, "ca_path": None, "timeout": 60.0, "retries": 3}
    started = Context.start({**options, **usual}, check=True, diff=True)
    assert (started.check, started.diff) == (True, True)
    assert started.warnings == [
        "xci_url http://xci.example.org/api/1.0 is plain http: the password of admin is sent unencrypted"
    ]

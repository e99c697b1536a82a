# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A document from its options to its result: planned, bounded, carried out, and what became of each write."""

from __future__ import annotations

import gc
from typing import Any

import pytest

from ansible_collections.xivo.xci.plugins.module_utils.api.errors import ApiError, ConnectionFailed, InputError, Problem
from ansible_collections.xivo.xci.plugins.module_utils.model.resources import USER
from ansible_collections.xivo.xci.plugins.module_utils.modules.config import OPTIONS, configure, invalid_document
from ansible_collections.xivo.xci.plugins.module_utils.modules.context import Context
from ansible_collections.xivo.xci.plugins.module_utils.state.planned import PlannedWrite
from ansible_collections.xivo.xci.plugins.module_utils.state.state import State
from ansible_collections.xivo.xci.tests.unit.plugins import fakes
from ansible_collections.xivo.xci.tests.unit.plugins.conftest import Clock
from ansible_collections.xivo.xci.tests.unit.plugins.fakes import (
    ADMINS,
    DEFAULT,
    WORLD,
    FakeClient,
    Turns,
    items,
    users,
)

ZOE = {"entity": "default@paris", "internal_number": "200", "template": "desk"}
BO = {"entity": "default@paris", "template": "desk", "first_name": "Bo", "internal_number": "250"}
RAW_BO = fakes.user(30, "250", firstName="Bo")
GONE = ApiError("gone", 404)
NOTHING = {"create": 0, "update": 0, "delete": 0, "unchanged": 0}


class Memory:
    """A journal that only this run has."""

    def __init__(self) -> None:
        self.kept: list[PlannedWrite] = []

    def read(self) -> list[PlannedWrite]:
        return []

    def add(self, write: PlannedWrite) -> None:
        self.kept.append(write)

    def clear(self) -> None:
        self.kept.clear()


def context(answers: dict[str, Any] | None = None, **more: Any) -> Context:
    client: Any = FakeClient({**WORLD, **(answers or {})})
    return Context(client, State(client), **more)


def run(on: Context, **options: Any) -> dict[str, Any]:
    return configure({**{name: spec.get("default") for name, spec in OPTIONS.items()}, **options}, on)


def client(on: Context) -> FakeClient:
    assert isinstance(on.client, FakeClient)
    return on.client


def test_an_empty_document_changes_nothing() -> None:
    on = context()
    result = run(on)
    assert result["plan_id"].startswith("plan-")
    assert {name: result[name] for name in result.keys() - {"plan_id", "time"}} == {
        "login": "admin",
        "address": "http://127.0.0.1:9001/api/1.0",
        "changed": False,
        "plan": [],
        "summary": dict.fromkeys(("xivo", "entity", "template", "user", "admin"), NOTHING),
        "losses": [],
        "errors": [],
        "not_tried": [],
    }
    assert client(on).calls == []


def test_a_document_is_carried_out() -> None:
    on = context({"POST /users": RAW_BO, "PUT /users/5": fakes.user(5, "200", ctiLogin="zoe", firstName="Zoe")})
    result = run(on, users=[BO, {**ZOE, "first_name": "Zoe"}])
    assert (result["changed"], result["errors"], result["not_tried"]) == (True, [], [])
    assert "failed" not in result
    assert "diff" not in result
    assert result["plan"] == [
        {
            "action": "create",
            "kind": "user",
            "key": "250@default@paris",
            "name": "Bo",
            "changes": {
                "entity": {"before": None, "after": "default@paris"},
                "template": {"before": None, "after": "desk"},
                "first_name": {"before": None, "after": "Bo"},
                "internal_number": {"before": None, "after": "250"},
            },
            "sends": {},
        },
        {
            "action": "update",
            "kind": "user",
            "key": "200@default@paris",
            "name": "Zoé D'Arc",
            "changes": {"first_name": {"before": "Zoé", "after": "Zoe"}},
            "sends": {"template": "desk"},
        },
    ]
    assert result["summary"]["user"] == {"create": 1, "update": 1, "delete": 0, "unchanged": 0}
    assert sorted(client(on).writes) == ["POST /users", "PUT /users/5"]


def test_what_answers_do_not_show_is_read_once_for_each_list() -> None:
    shown = Turns(WORLD[users(DEFAULT)], items(RAW_BO, fakes.user(5, "200", firstName="ZOE")))
    on = context({"POST /users": None, "PUT /users/5": None, users(DEFAULT): shown})
    result = run(on, users=[BO, {**ZOE, "first_name": "Zoe"}])
    assert (result["changed"], result["errors"]) == (True, [])
    assert client(on).calls.count(users(DEFAULT)) == 2
    assert [one for one in map(str, on.warnings) if "XCI keeps" in one] == [
        "XCI keeps 'ZOE' where 'Zoe' was sent (first_name), 1 user; take XCI's spelling into the document, or each run "
        "writes it again"
    ]


def test_writes_that_change_nothing_are_no_change(clock: Clock) -> None:
    on = context({"PUT /users/5": None})
    result = run(on, users=[{**ZOE, "first_name": "zoé"}])
    assert (result["changed"], len(result["plan"]), result["errors"]) == (False, 1, [])


def test_what_is_not_shown_has_failed(clock: Clock) -> None:
    on = context(
        {"POST /users": {"id": 30}, "PUT /users/5": fakes.user(5, "200", firstName="Zoe"), "GET /users/30": GONE}
    )
    result = run(on, users=[BO, {**ZOE, "first_name": "Zoe"}])
    assert (result["changed"], result["failed"], [one["key"] for one in result["errors"]]) == (
        True,
        True,
        ["250@default@paris"],
    )
    assert result["errors"][0]["msg"].startswith("create user 250@default@paris: XCI accepted it, but does not show it")
    assert result["msg"].startswith("1 of 2 writes failed, 1 were done and 0 not tried")


def test_a_second_run_needs_nothing() -> None:
    on = context({"POST /users": RAW_BO})
    assert run(on, users=[BO])["changed"] is True
    assert run(on, users=[BO])["changed"] is False


def test_check_mode_plans_the_same_and_writes_nothing() -> None:
    document = {"users": [BO, {**ZOE, "first_name": "Zoe"}]}
    zoe = fakes.user(5, "200", ctiLogin="zoe", firstName="Zoe")
    real = run(context({"POST /users": RAW_BO, "PUT /users/5": zoe}, diff=True), **document)
    on = context(check=True, diff=True)
    assert {**run(on, **document), "time": real["time"]} == real
    assert client(on).writes == []


def test_check_mode_keeps_what_it_plans() -> None:
    journal = Memory()
    on = context(check=True, journal=journal)
    run(on, users=[BO])
    assert [(write.kind, write.action) for write in journal.kept] == [("user", "create")]
    assert run(on, users=[BO])["changed"] is False
    assert on.state.find(USER, BO) is None


def test_a_diff_is_shown_where_it_is_asked_for() -> None:
    (diff,) = run(context({"POST /users": RAW_BO}, diff=True), users=[BO])["diff"]
    assert (diff["before"], diff["after_header"]) == ("", "user 250@default@paris (Bo)")
    assert "first_name: Bo" in diff["after"]


def test_the_default_template_is_for_users_that_name_none() -> None:
    on = context({"POST /users": RAW_BO})
    run(on, users=[{**BO, "template": None}], default_template="desk")
    assert client(on).bodies[0]["templateId"] == 3


# -- what is refused ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("option", "why"),
    [
        ({"parallelism": 0}, "parallelism must be 1 to 64"),
        ({"parallelism": 65}, "parallelism must be 1 to 64"),
        ({"max_deletions": -1}, "max_deletions and max_changes must be 0 or more"),
        ({"max_changes": -1}, "max_deletions and max_changes must be 0 or more"),
    ],
    ids=str,
)
def test_bounds_of_numbers(option: dict[str, int], why: str) -> None:
    with pytest.raises(InputError, match=f"^{why}$"):
        run(context(), **option)


@pytest.mark.parametrize("parallelism", [1, 64])
def test_the_lowest_numbers_and_the_highest(parallelism: int) -> None:
    assert run(context(), parallelism=parallelism, max_deletions=0, max_changes=0)["changed"] is False


def test_an_invalid_document_changes_nothing_and_names_all_that_is_wrong() -> None:
    on = context()
    result = run(on, users=[BO, {**ZOE, "internal_number": "12a"}], admins=[{"login": "eve", "nmae": "x"}])
    assert (result["failed"], result["changed"], result["not_tried"]) == (True, False, [])
    assert [(one["kind"], one["index"], one["option"], one["place"]) for one in result["errors"]] == [
        ("admin", 0, "nmae", "admins[0]"),
        ("user", 1, "internal_number", "users[1]"),
    ]
    assert result["msg"] == (
        "invalid document, nothing was changed (2 errors): "
        "admins[0].nmae: unsupported option; did you mean name?; "
        "users[1].internal_number: invalid value: '12a' is not a number in digits"
    )
    assert [one["action"] for one in result["plan"]] == ["create"]
    assert client(on).writes == []


def test_what_a_refused_document_plans_is_not_kept() -> None:
    journal = Memory()
    on = context(check=True, journal=journal)
    assert run(on, users=[BO, 7])["failed"]
    assert journal.kept == []
    assert run(on, users=[BO])["changed"] is True


@pytest.mark.parametrize(
    ("most", "refused"), [(0, True), (1, True), (2, False), (10, False)], ids=["none", "too-few", "enough", "default"]
)
@pytest.mark.parametrize("check", [False, True], ids=["real", "check"])
def test_a_bound_of_deletions(most: int, refused: bool, check: bool) -> None:
    after = {} if refused or check else {users(DEFAULT): Turns(WORLD[users(DEFAULT)], items())}
    on = context({"DELETE /users/5": None, "DELETE /users/6": None, **after}, check=check)
    entity = {"name": "default", "xivo": "paris"}
    result = run(on, entities=[entity], users=[], purge=["users"], max_deletions=most)
    assert (result.get("failed", False), result["changed"]) == (refused, not refused)
    assert len(result["plan"]) == 2
    if refused:
        assert result["msg"] == (
            f"nothing was changed: this would delete 2 objects, and max_deletions is {most}. The first: "
            "user 200@default@paris (Zoé D'Arc), user 201@default@paris (Ann D'Arc). Raise max_deletions if that is "
            "intended"
        )
    assert len(client(on).writes) == (0 if refused or check else 2)


def test_many_deletions_are_not_all_named() -> None:
    many = items(*(fakes.user(number, str(number)) for number in range(200, 220)))
    on = context({fakes.users(fakes.DEFAULT): many})
    result = run(on, entities=[{"name": "default", "xivo": "paris"}], users=[], purge=["users"])
    assert "delete 20 objects" in result["msg"]
    assert result["msg"].count("user 2") == 5


@pytest.mark.parametrize(("most", "refused"), [(0, True), (1, True), (2, False), (None, False)], ids=str)
@pytest.mark.parametrize("check", [False, True], ids=["real", "check"])
def test_a_bound_of_changes(most: int | None, refused: bool, check: bool) -> None:
    after = {} if refused or check else {users(DEFAULT): Turns(WORLD[users(DEFAULT)], items(RAW_BO))}
    on = context({"POST /users": RAW_BO, "DELETE /users/5": None, **after}, check=check)
    result = run(on, users=[BO, {**ZOE, "template": None, "state": "absent"}], max_changes=most)
    assert (result.get("failed", False), result["changed"]) == (refused, not refused)
    if refused:
        assert result["msg"] == (
            f"nothing was changed: this would change 2 objects, and max_changes is {most}. The first: "
            "user 250@default@paris (Bo), user 200@default@paris (Zoé D'Arc). Raise max_changes if that is intended"
        )
        assert (result["counts"]["plan"], len(result["plan"])) == (2, 2)
    assert len(client(on).writes) == (0 if refused or check else 2)


@pytest.mark.parametrize("check", [False, True], ids=["real", "check"])
def test_an_invalid_document_can_be_reported_instead_of_failing(check: bool) -> None:
    journal = Memory()
    on = context(check=check, journal=journal if check else None)
    many = [{**ZOE, "internal_number": f"12a{number}"} for number in range(12)]
    result = run(on, users=[BO, *many], on_invalid="report")
    assert "failed" not in result
    assert (result["changed"], [one["key"] for one in result["plan"]]) == (False, ["250@default@paris"])
    assert [one["index"] for one in result["errors"]] == list(range(1, 13))
    assert result["msg"].startswith("invalid document, nothing was changed (12 errors): users[1].internal_number: ")
    assert (client(on).writes, journal.kept) == ([], [])


def test_a_valid_document_is_applied_where_an_invalid_one_would_be_reported() -> None:
    on = context({"POST /users": RAW_BO})
    assert (run(on, users=[BO], on_invalid="report")["changed"], client(on).writes) == (True, ["POST /users"])


def test_a_bound_holds_where_an_invalid_document_is_reported() -> None:
    assert run(context(), users=[BO], on_invalid="report", max_changes=0)["failed"]


def same(count: int, **more: Any) -> list[Problem]:
    return [Problem("is wrong", "name", kind="user", place=f"users[{index}]", **more) for index in range(count)]


@pytest.mark.parametrize(
    ("problems", "text"),
    [
        pytest.param(same(1), "(1 error): users[0].name: is wrong", id="one"),
        pytest.param(same(2), "(2 errors): users[0].name: is wrong; users[1].name: is wrong", id="two"),
        pytest.param(
            same(6),
            "(6 errors): users[0].name: is wrong; users[1].name: is wrong; users[2].name: is wrong; "
            "and 3 more like these",
            id="many-alike",
        ),
        pytest.param(
            [*same(6), Problem("other", "name", kind="user", place="users[9]")],
            "(7 errors): users[0].name: is wrong; users[1].name: is wrong; users[2].name: is wrong; "
            "and 3 more like these; users[9].name: other",
            id="many-alike-and-another",
        ),
        pytest.param([Problem("x")], "(1 error): x", id="without-a-place"),
    ],
)
def test_the_text_for_an_invalid_document(problems: list[Problem], text: str) -> None:
    assert invalid_document(problems) == f"invalid document, nothing was changed {text}"


def test_five_alike_are_all_shown() -> None:
    assert "more like these" not in invalid_document(same(5))


# -- warnings -----------------------------------------------------------------------------------------------


def test_warnings_are_located() -> None:
    on = context(check=True, journal=Memory())
    run(on, templates=[{"name": "desk", "ringing_time": 90}])
    (warning,) = on.warnings
    assert isinstance(warning, Problem)
    assert (warning.kind, warning.index, str(warning)) == (
        "template", 0, "templates[0].ringing_time: 90 is out of range; XiVO accepts 0 to 60",
    )  # fmt: skip


def test_where_a_context_says_that_entries_are() -> None:
    on = context(place=lambda plural, index: f"{plural} line {index + 1}")
    assert run(on, users=[7])["errors"][0]["place"] == "users line 1"


def test_check_mode_without_a_journal_warns_of_what_it_assumes() -> None:
    on = context(check=True)
    assert run(on, users=[{**BO, "entity": "new@paris", "template": "door"}])["changed"] is True
    assert [str(one) for one in on.warnings] == [
        "entity 'new@paris' does not exist yet; check mode assumes that an earlier task would create it",
        "template 'door' does not exist yet; check mode assumes that an earlier task would create it",
    ]


def test_a_real_run_assumes_nothing() -> None:
    assert run(context(), users=[{**BO, "entity": "new@paris"}])["failed"]


def test_where_xci_lists_no_own_login_no_administrator_is_purged() -> None:
    on = context({ADMINS: items(fakes.admin(9, "bob"))})
    assert run(on, admins=[], purge=["admins"])["plan"] == []
    assert [str(one) for one in on.warnings] == [
        "purge: no admin was deleted, because XCI lists none with the login 'admin' of this run"
    ]


# -- what fails while it is carried out ---------------------------------------------------------------------


def failing(on_error: str, error: Exception, parallelism: int = 1, **more: Any) -> tuple[Context, dict[str, Any]]:
    """Create two templates, of which the first fails, and a user of the second."""
    door = fakes.template(31, "door", entities=[])
    on = context({"POST /templates": Turns(error, door), "POST /users": RAW_BO, **more})
    entries = [{"name": "gate"}, {"name": "door"}]
    return on, run(on, templates=entries, users=[BO], on_error=on_error, parallelism=parallelism)


def test_after_a_failure_nothing_new_is_begun() -> None:
    on, result = failing("stop", ApiError("no", 409))
    assert (result["failed"], result["changed"]) == (True, False)
    assert result["errors"] == [
        {
            "action": "create",
            "kind": "template",
            "key": "gate",
            "index": 0,
            "option": "",
            "place": "templates[0]",
            "msg": "create template gate: no",
        }
    ]
    assert result["not_tried"] == [
        {"action": "create", "kind": "template", "key": "door"},
        {"action": "create", "kind": "user", "key": "250@default@paris"},
    ]
    assert result["msg"] == (
        "1 of 3 writes failed, 0 were done and 2 not tried; run again to do what is left. "
        "First: create template gate: no"
    )
    assert client(on).writes == ["POST /templates"]


def test_what_does_not_depend_on_a_failure_goes_on() -> None:
    _on, result = failing("continue", ApiError("no", 409))
    assert (result["failed"], result["changed"], result["not_tried"]) == (True, True, [])
    assert [one["key"] for one in result["errors"]] == ["gate"]
    assert result["msg"].startswith("1 of 3 writes failed, 2 were done and 0 not tried; ")


def test_where_xci_is_gone_nothing_goes_on() -> None:
    _on, result = failing("continue", ConnectionFailed("nobody"))
    assert [one["key"] for one in result["not_tried"]] == ["door", "250@default@paris"]


def test_a_deletion_that_fails_comes_from_the_purge() -> None:
    on = context({"DELETE /templates/3": ApiError("in use", 409)})
    (error,) = run(on, templates=[], purge=["templates"])["errors"]
    assert (error["action"], error["key"], error["place"], error["index"]) == ("delete", "desk", "purge", None)


def swap(five: Any, six: tuple[Any, ...]) -> tuple[Context, dict[str, Any]]:
    """Two users swap their numbers: 6 takes 202 for the moment, 5 takes 201, 6 takes 200."""
    now = {"GET /users/6": fakes.user(6, "202", firstName="Ann")}
    on = context({**now, "PUT /users/5": five, "PUT /users/6": Turns(*six)})
    names = [{"first_name": "Zoé", "internal_number": "201"}, {"first_name": "Ann", "internal_number": "200"}]
    same = {"entity": "default@paris", "template": "desk", "last_name": "D'Arc", "match_on": "name"}
    return on, run(on, users=[{**same, **one} for one in names], on_error="continue", parallelism=1)


NO = ApiError("no", 409)


def test_an_error_has_the_name_that_the_object_had(clock: Clock) -> None:
    """A number may change on the way, so that two users can swap theirs."""
    _on, result = swap(five=None, six=(None, NO))
    assert [one["key"] for one in result["errors"]] == ["201@default@paris"]
    assert result["errors"][0]["msg"].endswith(
        ". update user 202@default@paris: it has internal_number '202' for the moment, since an exchange did not end; "
        "run again to finish it"
    )
    assert (result["changed"], result["not_tried"]) == (True, [])


def test_who_gave_up_a_number_for_nothing_gets_it_back() -> None:
    on, result = swap(five=NO, six=(None, None))
    assert [body["internalNumber"] for body in client(on).bodies] == ["202", "201", "201"]
    assert [one["key"] for one in result["errors"]] == ["200@default@paris"]
    assert [one["key"] for one in result["not_tried"]] == ["201@default@paris"]
    assert result["changed"] is False


def test_who_does_not_get_it_back_is_reported() -> None:
    _on, result = swap(five=NO, six=(None, NO))
    assert [one["key"] for one in result["errors"]] == ["200@default@paris", "201@default@paris"]
    assert "it has internal_number '202' for the moment" in result["errors"][1]["msg"]
    assert (result["changed"], result["not_tried"]) == (True, [])


def test_nobody_gives_up_a_number_after_an_error() -> None:
    on, result = swap(five=None, six=(NO,))
    assert len(client(on).bodies) == 1
    assert [one["key"] for one in result["errors"]] == ["201@default@paris"]
    assert [one["key"] for one in result["not_tried"]] == ["200@default@paris"]
    assert result["changed"] is False


def test_progress_is_called() -> None:
    shown: list[tuple[int, int]] = []
    run(context({"POST /users": RAW_BO}, progress=lambda *counts: shown.append(counts)), users=[BO])
    assert shown[-1] == (1, 1)


@pytest.mark.parametrize("was_on", [True, False])
def test_the_garbage_collector_is_left_as_it_was(was_on: bool) -> None:
    before = gc.isenabled()
    try:
        (gc.enable if was_on else gc.disable)()
        run(context(), users=[7])
        assert gc.isenabled() is was_on
    finally:
        (gc.enable if before else gc.disable)()

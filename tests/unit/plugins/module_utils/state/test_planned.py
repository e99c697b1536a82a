# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A view in which planned writes seem to be done; below it nothing is written, and nothing changes."""

from __future__ import annotations

import random
import re
from typing import Any

import pytest

from ansible_collections.xivo.xci.plugins.module_utils.api.errors import InputError, UnknownReference
from ansible_collections.xivo.xci.plugins.module_utils.model.change import CREATE, DELETE, UPDATE, Operation, compare
from ansible_collections.xivo.xci.plugins.module_utils.model.fields import Resource, Values
from ansible_collections.xivo.xci.plugins.module_utils.model.resources import ADMIN, ENTITY, TEMPLATE, USER, XIVO
from ansible_collections.xivo.xci.plugins.module_utils.state.planned import PlannedState, PlannedWrite
from ansible_collections.xivo.xci.plugins.module_utils.state.state import State
from ansible_collections.xivo.xci.tests.unit.plugins import fakes
from ansible_collections.xivo.xci.tests.unit.plugins.fakes import (
    ADMINS,
    DEFAULT,
    ENTITIES,
    SALES,
    TEMPLATES,
    WORLD,
    XIVOS,
    FakeClient,
    items,
    numbers,
    users,
)

ZOE = {"entity": "default@paris", "internal_number": "200"}
BO = {"entity": "default@paris", "template": "desk", "first_name": "Bo", "internal_number": "250"}
FRESH = {"name": "fresh", "xivo": "paris", "display_name": "fresh", "intervals": [{"start": "0300", "end": "0302"}]}


def view(answers: dict[str, Any] | None = None, **more: Any) -> PlannedState:
    return PlannedState(State(FakeClient({**WORLD, **(answers or {})})), **more)  # type: ignore[arg-type]


def calls(on: State) -> list[str]:
    assert isinstance(on.client, FakeClient)
    return on.client.calls


def plan(
    on: PlannedState, resource: Resource, desired: Values, current: Values | None = None, **more: Any
) -> PlannedWrite:
    """Plan the write that brings an object to what is desired."""
    operation = compare(resource, desired, current, **more)
    assert operation is not None
    return on.plan(operation)


def change(on: PlannedState, resource: Resource, which: Values, **desired: Any) -> PlannedWrite:
    found = on.find(resource, which)
    assert found is not None
    return plan(on, resource, desired, found.values, absent=not desired)


def number_of_user(on: State, **which: Any) -> int | None:
    found = on.find(USER, which)
    return found.id if found else None


# -- without anything planned --------------------------------------------------------------------------------


def test_nothing_planned_is_what_is_there() -> None:
    on = view()
    assert on.find(USER, ZOE) is not None
    assert on.resolve("entity", "sales").id == 18
    assert on.numbers.first_available("default@paris", {}) == "202"
    assert calls(on) == [ENTITIES, users(DEFAULT), numbers(DEFAULT)]
    with pytest.raises(UnknownReference):
        on.resolve("entity", "fresh")


def test_what_the_state_below_has_read_is_not_read_again() -> None:
    on = view()
    for kind in ("entity", "template"):
        on.base.listing(kind)
    read = list(calls(on))
    PlannedState(on.base).resolve("template", "desk")
    on.resolve("entity", "sales")
    assert calls(on) == read


def test_lists_are_read_ahead_below() -> None:
    on = view()
    plan(on, ENTITY, FRESH)
    on.prefetch("user", list(on.listing("entity").items.values()), 2)
    assert len([call for call in calls(on) if call.endswith("/users")]) == 3


# -- creations ----------------------------------------------------------------------------------------------


def test_what_will_be_created_can_be_found() -> None:
    on = view()
    planned = plan(on, USER, {**BO, "cti_password": "made-up"})
    found = on.find(USER, BO)
    assert found is not None
    assert found.id == planned.id < 0
    assert on.by_id(USER, planned.id) is not None
    assert "cti_password" not in planned.values
    assert "template" not in planned.values
    assert (planned.kind, planned.action) == ("user", CREATE)
    assert number_of_user(on.base, **BO) is None


def test_two_creations_are_two_objects() -> None:
    on = view()
    one, other = (plan(on, XIVO, {"name": name, "host": "x"}) for name in ("nice", "nantes"))
    assert one.id != other.id
    assert one.values["uuid"] != other.values["uuid"]
    assert on.resolve("xivo", "nice").id == one.id
    assert on.resolve("xivo", "nantes").id == other.id


def test_what_will_be_created_can_be_referred_to() -> None:
    on = view()
    plan(on, XIVO, {"name": "nice", "host": "x"})
    plan(on, ENTITY, {**FRESH, "xivo": "nice"})
    desired = on.with_labels(TEMPLATE, {"name": "door", "xivos": ["nice"], "entities": ["fresh"]})
    assert desired == {"name": "door", "xivos": ["nice"], "entities": ["fresh@nice"]}
    plan(on, TEMPLATE, desired)
    user = on.with_labels(USER, {**BO, "entity": "fresh", "template": "door"}, write_only=True)
    assert user["template"] == "door"
    plan(on, USER, {**user, "entity": "fresh@nice"})
    assert number_of_user(on, entity="fresh@nice", internal_number="250")
    assert not [call for call in calls(on) if "/users" in call]


def test_a_name_that_will_be_ambiguous_is() -> None:
    on = view()
    plan(on, ENTITY, {**FRESH, "name": "sales", "xivo": "lyon"})
    with pytest.raises(UnknownReference, match=r"^entity 'sales' is ambiguous; give one of: sales@lyon, sales@paris$"):
        on.resolve("entity", "sales")


def test_what_is_to_be_created_is_not_called_by_an_id_that_nobody_could_give() -> None:
    on = view()
    plan(on, ENTITY, {**FRESH, "name": "sales"})
    expected = "entity 'sales@paris' is ambiguous; give one of: sales@paris (to be created), sales@uuid-1"
    with pytest.raises(UnknownReference, match=f"^{re.escape(expected)}$"):
        on.resolve("entity", "sales@paris")
    plan(on, USER, {**BO, **ZOE})
    expected = "several users have internal_number '200': 200@default@paris (id 5), 200@default@paris (to be created)"
    with pytest.raises(UnknownReference, match=f"^{re.escape(expected)}; give the id of one$"):
        on.find(USER, ZOE)


def test_a_view_over_another_one_has_all_lists_that_were_read() -> None:
    """A document in check mode is planned on what the tasks before it planned, which is such a view itself."""
    below = view()
    on = PlannedState(below)
    on.prefetch("user", [on.resolve("entity", "default@paris")])
    assert {item.id for item in on.items_read(USER)} == {5, 6}


# -- edits and removals -------------------------------------------------------------------------------------


def test_what_will_be_changed_looks_changed() -> None:
    on = view()
    before = on.find(USER, ZOE)
    assert before is not None
    planned = change(on, USER, ZOE, first_name="Zoe", internal_number="0200")
    assert planned.id == 5
    assert number_of_user(on, **ZOE) is None
    after = on.find(USER, {**ZOE, "internal_number": "0200"})
    assert after is not None
    assert (after.values["first_name"], after.raw) == ("Zoe", before.raw)
    found = on.by_id(USER, 5)
    assert found is not None
    assert found.values["internal_number"] == "0200"
    assert number_of_user(on.base, **ZOE) == 5


def test_a_secret_that_xci_shows_stays_until_it_is_changed() -> None:
    on = view({users(DEFAULT): items(fakes.user(5, "200", ctiLogin="zoe", ctiPassword="made-up-1"))})
    change(on, USER, ZOE, first_name="Zoe")
    found = on.find(USER, ZOE)
    assert found is not None
    assert found.values["cti_password"] == "made-up-1"
    plan(on, USER, {"cti_password": "made-up-2"}, found.values, stale=["cti_password"])
    found = on.find(USER, ZOE)
    assert found is not None
    assert found.values["cti_password"] is None


def test_a_change_may_be_planned_before_anything_was_read() -> None:
    values = {**ZOE, "id": 5, "first_name": "Zoe", "last_name": "D'Arc", "cti_login": ""}
    on = view()
    on.record(PlannedWrite("user", UPDATE, 5, {**values, "external_number": "", "mail": "", "provisioning_number": ""}))
    assert not [call for call in calls(on) if call.startswith("GET /users")]
    found = on.find(USER, ZOE)
    assert found is not None
    assert found.values["first_name"] == "Zoe"


def test_a_creation_that_is_recorded_reads_no_list() -> None:
    first, later = view(), view()
    write = plan(first, TEMPLATE, {"name": "door", "xivos": []})
    later.record(write)
    assert calls(later) == []
    assert later.resolve("template", "door").id == write.id


def test_an_object_to_come_never_has_the_id_0(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(random, "getrandbits", lambda _bits: 0)
    assert plan(view(), XIVO, {"name": "nice", "host": "x"}).id == -1
    assert view(assume=True).resolve("xivo", "nantes").id == -1


def test_a_user_who_will_move_is_where_he_will_be() -> None:
    on = view()
    on.find(USER, {"entity": "sales@paris", "internal_number": "200"})
    change(on, USER, ZOE, entity="sales@paris", internal_number="299")
    assert number_of_user(on, **ZOE) is None
    assert number_of_user(on, entity="sales@paris", internal_number="299") == 5
    assert number_of_user(on, entity="default@lyon", internal_number="299") is None


def test_a_user_who_moved_before_the_list_was_read() -> None:
    on = view()
    change(on, USER, ZOE, entity="sales@paris", internal_number="299")
    assert number_of_user(on, entity="sales@paris", internal_number="299") == 5


def test_what_will_be_removed_looks_removed() -> None:
    on = view()
    planned = change(on, USER, ZOE)
    assert (planned.action, planned.id) == (DELETE, 5)
    assert number_of_user(on, **ZOE) is None
    assert on.by_id(USER, 5) is None
    assert on.base.by_id(USER, 5) is not None
    change(on, TEMPLATE, {"name": "desk"})
    with pytest.raises(UnknownReference, match="XCI shows no templates to this login"):
        on.resolve("template", "desk")


def test_what_is_created_and_removed_again_is_not_there() -> None:
    on = view()
    plan(on, ADMIN, {"login": "eve", "ldap": True})
    change(on, ADMIN, {"login": "eve"})
    assert on.find(ADMIN, {"login": "eve"}) is None


def test_what_is_removed_can_be_created_again() -> None:
    on = view()
    change(on, USER, ZOE)
    plan(on, USER, {**BO, "internal_number": "200"})
    found = on.find(USER, ZOE)
    assert found is not None
    assert found.id < 0


# -- renames ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("read", [True, False], ids=["read-before", "read-after"])
def test_references_follow_an_entity_that_is_renamed(read: bool) -> None:
    on = view()
    if read:
        on.find(USER, ZOE)
        on.listing("template")
        on.listing("admin")
    change(on, ENTITY, {"name": "default", "xivo": "paris"}, name="hq")
    assert on.resolve("entity", "hq").id == 17
    with pytest.raises(UnknownReference):
        on.resolve("entity", "default@paris")
    template = on.find(TEMPLATE, {"name": "desk"})
    admin = on.find(ADMIN, {"login": "bob"})
    user = on.find(USER, {"entity": "hq@paris", "internal_number": "200"})
    assert template is not None
    assert admin is not None
    assert user is not None
    assert template.values["entities"] == ["hq@paris"]
    assert admin.values["entities"] == ["hq@paris"]
    assert (user.values["entity"], user.raw) == ("hq@paris", fakes.user(5, "200", ctiLogin="zoe"))
    # The path below is still the one that XCI knows.
    assert users(DEFAULT) in calls(on)


def test_what_is_planned_follows_an_entity_that_is_renamed() -> None:
    on = view()
    plan(on, USER, BO)
    plan(on, TEMPLATE, {"name": "door", "entities": ["default@paris", "sales@paris"]})
    change(on, ENTITY, {"name": "default", "xivo": "paris"}, name="zz")
    assert number_of_user(on, **{**BO, "entity": "zz@paris"})
    door = on.find(TEMPLATE, {"name": "door"})
    assert door is not None
    assert door.values["entities"] == ["sales@paris", "zz@paris"]


@pytest.mark.parametrize("read", [True, False], ids=["read-before", "read-after"])
def test_references_follow_two_entities_that_exchange_their_names(read: bool) -> None:
    on = view()
    if read:
        on.find(USER, ZOE)
        on.listing("template")
    ids = [on.resolve("entity", name).id for name in ("default@paris", "sales@paris")]
    for identity, name in zip(ids, ("sales", "default"), strict=True):
        change(on, ENTITY, {"id": identity}, name=name)
    assert [on.resolve("entity", name).id for name in ("sales@paris", "default@paris")] == ids
    template = on.find(TEMPLATE, {"name": "desk"})
    assert template is not None
    assert template.values["entities"] == ["sales@paris"]
    assert number_of_user(on, entity="sales@paris", internal_number="201") == 6
    assert number_of_user(on, entity="default@paris", internal_number="200") == 7


def test_a_name_may_go_to_another_entity_from_one_that_is_deleted() -> None:
    on = view()
    old, new = (on.resolve("entity", name) for name in ("default@paris", "sales@paris"))
    on.leaving.add(("entity", old.id))
    change(on, ENTITY, {"id": new.id}, name="default")
    assert on.resolve("entity", "default@paris").id == new.id
    assert on.label_of(ENTITY, on.resolve("entity", "default@paris")) == "default@paris"
    change(on, ENTITY, {"id": old.id})
    assert on.resolve("entity", "default@paris").id == new.id
    assert number_of_user(on, entity="default@paris", internal_number="200") == 7


def test_a_rename_that_an_earlier_task_planned_is_followed_too() -> None:
    """It is recorded before anything was read."""
    write = change(view(), ENTITY, {"name": "default", "xivo": "paris"}, name="hq")
    later = view()
    later.record(write)
    desk = later.find(TEMPLATE, {"name": "desk"})
    assert desk is not None
    assert desk.values["entities"] == ["hq@paris"]
    assert number_of_user(later, entity="hq@paris", internal_number="200") == 5


def test_a_change_of_something_else_renames_nothing() -> None:
    on = view()
    on.find(USER, ZOE)
    change(on, ENTITY, {"name": "default", "xivo": "paris"}, display_name="x")
    assert number_of_user(on, **ZOE) == 5


# -- what earlier tasks planned -----------------------------------------------------------------------------


def test_a_later_state_records_what_an_earlier_one_planned() -> None:
    first = view()
    planned = [
        plan(first, ENTITY, FRESH),
        plan(first, USER, {**BO, "entity": "fresh@paris"}),
        change(first, USER, ZOE, first_name="Zoe"),
        change(first, TEMPLATE, {"name": "desk"}),
    ]
    later = view()
    for one in planned:
        later.record(one)
    assert number_of_user(later, entity="fresh@paris", internal_number="250") == planned[1].id
    zoe = later.find(USER, ZOE)
    assert zoe is not None
    assert zoe.values["first_name"] == "Zoe"
    assert later.find(TEMPLATE, {"name": "desk"}) is None


# -- numbers ------------------------------------------------------------------------------------------------


def test_numbers_of_an_entity_to_come() -> None:
    on = view()
    plan(on, ENTITY, FRESH)
    given = []
    for _user in range(3):
        given.append(on.numbers.first_available("fresh@paris", {}))
        plan(on, USER, {**BO, "entity": "fresh@paris", "internal_number": given[-1]})
    assert given == ["0300", "0301", "0302"]
    with pytest.raises(InputError, match="no available number left"):
        on.numbers.first_available("fresh@paris", {})
    assert not [call for call in calls(on) if "available_numbers" in call]


def test_a_number_that_will_be_taken_is_not_available() -> None:
    on = view({numbers(DEFAULT): items("202", "203")})
    plan(on, USER, {**BO, "internal_number": on.numbers.first_available("default@paris", {})})
    assert on.numbers.first_available("default@paris", {}) == "203"
    assert on.base.numbers.first_available("default@paris", {"first_name": "B"}) == "202"


def test_a_creation_leaves_the_list_of_numbers_as_it_is() -> None:
    """A loop of thousands of creations would make a list of them each time otherwise."""
    on = view()
    scope = on.resolve("entity", "default@paris")
    before = on.numbers.available(scope)
    plan(on, USER, BO)
    assert on.numbers.available(scope) is before
    change(on, USER, ZOE)
    assert on.numbers.available(scope) is not before


def test_a_number_that_will_be_free_is_available() -> None:
    on = view({numbers(DEFAULT): items("202", "203")})
    assert on.numbers.first_available("default@paris", {"first_name": "A"}) == "202"
    change(on, USER, ZOE)
    assert on.numbers.first_available("default@paris", {"first_name": "B"}) == "200"
    assert list(on.numbers.available(on.resolve("entity", "default@paris"))) == ["200", "202", "203"]


@pytest.mark.parametrize("odd", ["6260", "0200", "20", "2000", "20a", "²", ""])
def test_a_number_outside_of_the_intervals_is_not_available_again(odd: str) -> None:
    on = view({users(DEFAULT): items(fakes.user(5, odd)), numbers(DEFAULT): items("202")})
    change(on, USER, {**ZOE, "internal_number": odd})
    assert list(on.numbers.available(on.resolve("entity", "default@paris"))) == ["202"]


def test_bounds_that_are_no_digits_do_no_harm() -> None:
    odd = {**DEFAULT, "intervals": [{"start": "*55", "end": ""}, {"start": "200", "end": "2xx"}, {"start": "200"}]}
    on = view({ENTITIES: items(odd)})
    change(on, USER, ZOE)
    assert list(on.numbers.available(on.resolve("entity", "default"))) == ["200", "201", "202"]


def test_numbers_of_intervals_that_will_change() -> None:
    """What XCI says of the old ones holds; of new ones nothing is known but who has a number."""
    on = view({numbers(DEFAULT): items("202", "299")})
    desired = [{"start": "298", "end": "301"}]
    change(on, ENTITY, {"name": "default", "xivo": "paris"}, intervals=desired)
    assert list(on.numbers.available(on.resolve("entity", "default@paris"))) == ["299", "300", "301"]


def test_the_first_intervals_of_an_entity_make_numbers() -> None:
    bare = {**SALES, "intervals": []}
    on = view({ENTITIES: items(DEFAULT, bare), numbers(bare): items()})
    change(on, ENTITY, {"name": "sales", "xivo": "paris"}, intervals=[{"start": "200", "end": "202"}])
    assert on.numbers.first_available("sales@paris", {}) == "201"


def test_freed_numbers_count_in_intervals_that_will_change() -> None:
    on = view({numbers(DEFAULT): items("202")})
    change(on, USER, ZOE)
    change(on, ENTITY, {"name": "default", "xivo": "paris"}, intervals=[{"start": "200", "end": "300"}])
    assert list(on.numbers.available(on.resolve("entity", "default@paris"))) == ["200", "202", "300"]


def test_an_interval_of_a_hundred_million_numbers_takes_no_time() -> None:
    on = view()
    plan(on, ENTITY, {**FRESH, "intervals": [{"start": "00000000", "end": "99999999"}]})
    assert on.numbers.first_available("fresh@paris", {}) == "00000000"
    assert len(on.numbers.available(on.resolve("entity", "fresh"))) == 100_000


# -- what this task can't see -------------------------------------------------------------------------------


def test_what_is_unknown_may_be_yet_to_come() -> None:
    on = view(assume=True)
    desired = on.with_labels(USER, {**BO, "entity": "fresh@nice", "template": "door"})
    desired = on.with_labels(USER, desired, write_only=True)
    assert (desired["entity"], desired["template"]) == ("fresh@nice", "door")
    assert on.find(USER, desired) is None
    assert on.numbers.first_available("fresh@nice", {}) == ""
    assert on.assumed == [("entity", "fresh@nice"), ("template", "door")]
    assert on.resolve("entity", "fresh@nice") is on.resolve("entity", "fresh@nice")
    assert on.resolve("entity", "fresh@nice").id < 0
    assert on.find(USER, {"entity": "fresh@nice", "cti_login": "bo"}, "cti_login") is None


def test_what_is_known_is_not_assumed() -> None:
    on = view(assume=True)
    on.with_labels(USER, {**BO})
    assert on.numbers.first_available("default@paris", {}) == "202"
    assert on.assumed == []


def test_what_is_ambiguous_is_not_assumed() -> None:
    with pytest.raises(UnknownReference, match="ambiguous"):
        view(assume=True).resolve("entity", "default")


def test_what_could_not_be_planned_can_be_referred_to() -> None:
    on = view()
    on.assume_exists(ENTITY, {"name": "broken", "xivo": "paris"})
    assert on.with_labels(TEMPLATE, {"entities": ["broken@paris", "broken"]})["entities"] == ["broken", "broken@paris"]
    assert on.numbers.first_available("broken", {}) == ""
    with pytest.raises(UnknownReference):
        on.resolve("entity", "other")
    assert on.assumed == []


def test_nothing_is_ever_written() -> None:
    on = view()
    plan(on, ENTITY, FRESH)
    plan(on, USER, {**BO, "entity": "fresh@paris"})
    change(on, USER, ZOE, first_name="Zoe")
    change(on, ADMIN, {"login": "bob"})
    assert isinstance(on.client, FakeClient)
    assert on.client.writes == []
    assert set(calls(on)) <= {XIVOS, ENTITIES, TEMPLATES, ADMINS, users(DEFAULT)}


def test_an_operation_is_not_changed_by_planning_it() -> None:
    operation = compare(USER, dict(BO), None)
    assert isinstance(operation, Operation)
    after = dict(operation.after)
    view().plan(operation)
    assert operation.after == after

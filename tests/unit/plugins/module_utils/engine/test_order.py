# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What comes before what: references, values that are given up before they are taken, and rings of these."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.xivo.xci.plugins.module_utils.engine.exchange import break_rings
from ansible_collections.xivo.xci.plugins.module_utils.engine.order import Order, Schedule, Step
from ansible_collections.xivo.xci.plugins.module_utils.model.change import CREATE, DELETE, UPDATE, Operation
from ansible_collections.xivo.xci.plugins.module_utils.model.reserved import parse_numbering
from ansible_collections.xivo.xci.plugins.module_utils.model.resources import RESOURCES
from ansible_collections.xivo.xci.plugins.module_utils.state.planned import PlannedState
from ansible_collections.xivo.xci.plugins.module_utils.state.state import State
from ansible_collections.xivo.xci.tests.unit.plugins.fakes import (
    DEFAULT,
    ENTITIES,
    PARIS,
    WORLD,
    FakeClient,
    entity,
    items,
    numbers,
    user,
    users,
)

PEOPLE = items(*(user(number - 190, str(number), ctiLogin=f"u{number}") for number in range(200, 208)))
BARE = {"display_name": "", "intervals": [], "presented_number": ""}


def operation(kind: str, before: dict[str, Any], after: dict[str, Any]) -> Operation:
    """A write of an object from some values to others; none is no object."""
    action = CREATE if not before else UPDATE if after else DELETE
    changed = [name for name in after if after[name] != before.get(name)]
    return Operation(action, RESOURCES[kind], {}, before, after, changed)


def person(number: str, login: str = "", **more: Any) -> dict[str, Any]:
    return {"id": int(number) - 190, "entity": "default@paris", "internal_number": number, "cti_login": login, **more}


def move(before: str, after: str) -> Operation:
    """A write of a user who goes from one number to another, and from one login to another: "200 zoe"."""
    old, new = (person(*text.split()) if text else {} for text in (before, after))
    return operation("user", old, {**new, "id": old["id"]} if old and new else new)


def site(name: str, *intervals: str, **more: Any) -> dict[str, Any]:
    spans = [dict(zip(("start", "end"), text.split("-"), strict=True)) for text in intervals]
    return {**BARE, "id": 1, "name": name, "xivo": "paris", "intervals": spans, **more}


class Planned:
    """Operations in order, on the world of fakes in which eight users have the numbers from 200 on."""

    def __init__(self, operations: list[Operation], answers: dict[str, Any] | None = None, reserved: str = "") -> None:
        given = {**WORLD, users(DEFAULT): PEOPLE, numbers(DEFAULT): items("250", "251"), **(answers or {})}
        below = State(FakeClient(given))  # type: ignore[arg-type]
        if reserved:
            ranges = {"reserved": [{"entity": "default@paris", "start": reserved, "end": reserved}]}
            below.kept = parse_numbering(ranges)
        view = PlannedState(below)
        view.listing("user", view.resolve("entity", "default@paris"))
        steps = []
        for one in operations:
            title = one.resource.title(one.after or one.before)
            steps.append(Step.of(one, one.before.get("id", -1), title, view))
        for one in operations:
            if one.before and one.resource.kind == "user":
                view.plan(one)
        self.order = Order(steps, view)
        self.reasons = [str(why) for _operation, why in break_rings(self.order, view)]

    def groups(self, *failing: str) -> list[list[str]]:
        """Return what is done side by side, one group after the other; the steps that are named fail."""
        schedule, groups = Schedule(self.order), []
        while group := list(iter(schedule.take, None)):
            groups.append(sorted(map(show, group)))
            for step in group:
                schedule.finish(step, show(step) not in failing)
        return groups


def show(step: Step) -> str:
    """Return what a step does, such as ``200->201`` for a user who gets another number."""
    resource, one = step.operation.resource, step.operation
    names = ("internal_number", "cti_login") if resource.kind == "user" else ("name", "intervals")
    sides = [" ".join(_text(values[name]) for name in names if values.get(name)) for values in (one.before, one.after)]
    return "->".join(sides) if resource.kind in ("user", "entity") else str(one)


def _text(value: Any) -> str:
    return ",".join(f"{one['start']}-{one['end']}" for one in value) if isinstance(value, list) else str(value)


def groups(*moves: tuple[str, str]) -> list[list[str]]:
    planned = Planned([move(*one) for one in moves])
    assert planned.reasons == []
    return planned.groups()


# -- references ---------------------------------------------------------------------------------------------


def test_creations_follow_the_references_and_deletions_go_the_other_way_round() -> None:
    kinds = list(RESOURCES)
    key = {"user": "internal_number", "admin": "login"}
    new = [operation(kind, {}, {key.get(kind, "name"): "7", "entity": "e", "xivo": "x"}) for kind in reversed(kinds)]
    old = [operation(kind, {key.get(kind, "name"): "8", "entity": "e", "xivo": "x", "id": 1}, {}) for kind in kinds]
    view, done = PlannedState(State(FakeClient(WORLD))), []  # type: ignore[arg-type]
    schedule = Schedule(Order([Step.of(one, 1, "", view) for one in new + old], view))
    while step := schedule.take():
        done.append(str(step.operation).split()[:2])
        assert schedule.take() is None
        schedule.finish(step, True)
    assert done == [*(["create", kind] for kind in kinds), *(["delete", kind] for kind in reversed(kinds))]


def test_nothing_to_do_has_no_groups() -> None:
    assert Planned([]).groups() == []


def test_what_has_left_something_is_out_of_it_before_that_is_deleted() -> None:
    """And if it could not leave, that stays: XCI might remove it, too."""
    away = operation("user", person("200"), person("200", entity="sales@paris"))
    planned = Planned([operation("entity", site("default"), {}), away])
    assert planned.groups() == [["200->200"], ["default->"]]
    assert planned.groups("200->200") == [["200->200"]]


def test_a_deletion_is_late_where_only_another_deletion_waits_for_it() -> None:
    new = operation("user", {}, person("300", entity="sales@paris"))
    planned = Planned([new, operation("user", person("201"), {}), operation("entity", site("default"), {})])
    assert planned.groups() == [["->300"], ["201->"], ["default->"]]


def test_what_needs_a_creation_that_failed_is_not_taken() -> None:
    new = operation("entity", {}, site("new"))
    planned = Planned([new, operation("user", {}, person("300", entity="new@paris"))])
    assert planned.groups("->new") == [["->new"]]


@pytest.mark.parametrize(("name", "taken"), [("default", True), ("other", False)], ids=["kept", "new"])
def test_what_refers_to_an_edit_that_failed_needs_its_name_alone(name: str, taken: bool) -> None:
    edit = operation("entity", site("default"), site(name, display_name="x"))
    planned = Planned([edit, operation("user", {}, person("300", entity=f"{name}@paris"))])
    assert len(planned.groups(f"default->{name}")) == 1 + taken


def test_a_deletion_does_not_need_the_new_name_of_what_it_is_in() -> None:
    """It says where somebody is, as the document names that."""
    gone = replace(operation("user", person("200"), {}), desired={"entity": "other@paris"})
    planned = Planned([operation("entity", site("default"), site("other")), gone])
    assert planned.groups("default->other") == [["default->other"], ["200->"]]


def test_what_does_not_need_what_failed_is_taken_wherever_that_stands() -> None:
    """The template t1 can't have its new entity; its user has it as it is."""
    planned = Planned([
        operation("entity", {}, site("new")),
        operation("template", {"id": 3, "name": "t1"}, {"id": 3, "name": "t1", "entities": ["new@paris"]}),
        replace(move("", "300"), desired={"template": "t2", "entity": "new@paris"}),
        operation("template", {}, {"name": "t2", "entities": ["new@paris"]}),
        replace(move("200", "301"), desired={"template": "t1"}),
    ])  # fmt: skip
    assert planned.groups("->new") == [["->new"], ["200->301"]]


# -- what only one can have ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moves", "expected"),
    [
        pytest.param([("", "300"), ("202", "203")], [["->300", "202->203"]], id="independent"),
        pytest.param([("200", "300"), ("201", "200")], [["200->300"], ["201->200"]], id="a-chain"),
        pytest.param(
            [("202", "201"), ("201", "200"), ("200", "300")],
            [["200->300"], ["201->200"], ["202->201"]],
            id="a-chain-of-three",
        ),
        pytest.param([("", "202"), ("202", "300")], [["202->300"], ["->202"]], id="a-new-one-waits"),
        pytest.param([("", "202"), ("202", "")], [["202->"], ["->202"]], id="a-deletion-comes-early"),
        pytest.param([("201", "202"), ("202", "")], [["202->"], ["201->202"]], id="and-for-an-edit"),
        pytest.param([("", "300"), ("202", "")], [["->300"], ["202->"]], id="others-stay-late"),
        pytest.param(
            [("", "300"), ("202", ""), ("", "202")],
            [["->300", "202->"], ["->202"]],
            id="as-early-as-what-needs-nothing",
        ),
        pytest.param(
            [("200 zoe", "200"), ("201", "201 zoe")], [["200 zoe->200"], ["201->201 zoe"]], id="a-login-waits"
        ),
        pytest.param([("200 zoe", "300 zoe"), ("201", "201")], [["200 zoe->300 zoe", "201->201"]], id="what-is-kept"),
        pytest.param(
            [("200 zoe", ""), ("", "300 zoe")], [["200 zoe->"], ["->300 zoe"]], id="the-login-of-who-is-deleted"
        ),
    ],
)
def test_what_takes_over_a_number_or_a_login_waits(moves: list[tuple[str, str]], expected: list[list[str]]) -> None:
    assert groups(*moves) == expected


def test_a_login_may_come_from_another_entity_of_the_xivo_and_not_from_another_xivo() -> None:
    gives = operation("user", person("200", "zoe"), person("200"))
    for entity_, count in (("sales@paris", 2), ("default@lyon", 1)):
        assert len(Planned([gives, operation("user", {}, person("300", "zoe", entity=entity_))]).groups()) == count


def test_names_of_other_kinds_are_no_obstacle() -> None:
    planned = Planned([
        operation("template", {"id": 3, "name": "a"}, {"id": 3, "name": "b"}),
        operation("admin", {"id": 1, "login": "b"}, {"id": 1, "login": "c"}),
    ])  # fmt: skip
    assert planned.groups() == [["update template a"], ["update admin b"]]


@pytest.mark.parametrize(
    ("keeps", "takes", "waits"),
    [
        pytest.param([], ["300-399", "100-199"], True, id="a-whole-one"),
        pytest.param(["100-149"], ["300-399", "150-199"], True, id="a-part"),
        pytest.param(["100-149"], ["300-399", "145-149"], False, id="a-part-that-stays"),
        pytest.param([], ["300-399", "0100-0199"], False, id="the-same-but-for-zeros"),
        pytest.param([], ["50-120"], True, id="with-bounds-of-two-lengths"),
    ],
)
def test_an_interval_waits_for_who_gives_its_numbers_up(keeps: list[str], takes: list[str], waits: bool) -> None:
    first = operation("entity", site("a", "100-199"), site("a", *keeps))
    second = operation("entity", {}, site("b", *takes, id=-1))
    assert bool(Planned([second, first]).order.steps[0].waits) is waits


def test_the_interval_of_an_entity_that_is_deleted_goes_to_another() -> None:
    """What is in it goes before it, and who comes into the other one after that."""
    planned = Planned([
        operation("entity", site("sales"), site("sales", "200-299")),
        operation("user", {}, person("209", entity="sales@paris")),
        operation("user", person("200"), {}),
        operation("entity", site("default", "200-299"), {}),
    ])  # fmt: skip
    assert planned.groups() == [["200->"], ["default 200-299->"], ["sales->sales 200-299"], ["->209"]]


# -- exchanges ----------------------------------------------------------------------------------------------


def test_a_swap_goes_by_a_number_that_nobody_has() -> None:
    assert groups(("200", "201"), ("201", "200")) == [["201->250"], ["200->201"], ["201->200"]]


def test_a_swap_waits_for_the_new_template_that_goes_along_with_each_write() -> None:
    swap = [replace(move(*one), desired={"template": "new"}) for one in (("200", "201"), ("201", "200"))]
    planned = Planned([*swap, operation("template", {}, {"name": "new"})])
    assert planned.groups() == [["create template new"], ["201->250"], ["200->201"], ["201->200"]]


def test_a_login_is_given_up_where_the_number_in_between_would_come_too_late() -> None:
    """There is no number but 207, whose user waits for a login of the first one, who waits for the second one."""
    moves = [move("200 zoe", "201"), move("201", "200"), move("207", "260 zoe")]
    planned = Planned(moves, {numbers(DEFAULT): items()})
    assert planned.reasons == []
    assert planned.groups() == [
        ["200 zoe->200"],
        ["207->260 zoe"],
        ["201->207"],
        ["200 zoe->201"],
        ["201->200"],
    ]


def test_a_swap_of_logins_goes_by_none() -> None:
    assert groups(("200 zoe", "200 ann"), ("201 ann", "201 zoe")) == [
        ["201 ann->201"],
        ["200 zoe->200 ann"],
        ["201 ann->201 zoe"],
    ]


def test_who_waits_for_a_ring_gives_nothing_up() -> None:
    """Whoever comes first in the document."""
    done = groups(("203", "204 zoe"), ("200 zoe", "201"), ("201", "202 ann"), ("202 ann", "200"))
    assert done == [["201->250"], ["200 zoe->201"], ["202 ann->200", "203->204 zoe"], ["201->202 ann"]]


def test_a_ring_of_three_needs_one_write_more() -> None:
    assert groups(("200", "201"), ("201", "202"), ("202", "200")) == [
        ["202->250"],
        ["201->202"],
        ["200->201"],
        ["202->200"],
    ]


def test_a_ring_of_a_number_and_a_login() -> None:
    """Each has what the other one gets: a number the one, a login the other; the number is given up."""
    assert groups(("200 zoe", "201"), ("201", "202 zoe")) == [["201->250"], ["200 zoe->201"], ["201->202 zoe"]]


def test_two_rings_are_independent() -> None:
    done = groups(("200", "201"), ("201", "200"), ("202", "203"), ("203", "202"))
    assert done == [["201->250", "203->251"], ["200->201", "202->203"], ["201->200", "203->202"]]


def test_numbers_in_between_are_used_again() -> None:
    """There are two that are free, and three swaps."""
    done = groups(("200", "201"), ("201", "200"), ("202", "203"), ("203", "202"), ("204", "205"), ("205", "204"))
    flat = [one for group in done for one in group]
    assert sorted(one for one in flat if "25" in one) == ["201->250", "203->251", "205->250"]
    assert flat.index("205->250") > flat.index("201->200")


@pytest.mark.parametrize(("free", "taken"), [(("250", "251"), "251"), (("250",), "250")], ids=["another", "no-other"])
def test_a_reserved_number_is_taken_in_between_only_where_there_is_no_other(free: tuple[str, ...], taken: str) -> None:
    swap = [move("200", "201"), move("201", "200")]
    planned = Planned(swap, {numbers(DEFAULT): items(*free)}, reserved="250")
    assert planned.groups() == [[f"201->{taken}"], ["200->201"], ["201->200"]]


def test_without_a_number_in_between_there_is_no_swap() -> None:
    planned = Planned([move("200", "201"), move("201", "200")], {numbers(DEFAULT): items()})
    assert planned.reasons == [
        "user 200@default@paris, user 201@default@paris exchange internal_number, and entity default@paris has no "
        "other number that is free meanwhile; widen its intervals"
    ]


def test_a_number_that_somebody_gives_up_will_do() -> None:
    planned = Planned([move("200", "201"), move("201", "200"), move("207", "")], {numbers(DEFAULT): items()})
    assert planned.reasons == []
    assert planned.groups() == [["207->"], ["201->207"], ["200->201"], ["201->200"]]


def test_intervals_are_exchanged_and_what_nobody_else_gets_stays() -> None:
    planned = Planned([
        operation("entity", site("a", "100-199", "500-599"), site("a", "200-299", "500-599")),
        operation("entity", site("b", "200-299", "600-649", id=2), site("b", "100-199", "600-649", id=2)),
    ])  # fmt: skip
    assert planned.reasons == []
    assert planned.groups() == [
        ["b 200-299,600-649->b 600-649"],
        ["a 100-199,500-599->a 200-299,500-599"],
        ["b 200-299,600-649->b 100-199,600-649"],
    ]


def test_names_are_exchanged_by_a_temporary_one() -> None:
    named = items(entity(1, "a"), entity(2, "b"), entity(3, "b-exchange-1"), entity(4, "b", xivo(2)))
    planned = Planned(
        [operation("entity", site("a"), site("b")), operation("entity", site("b", id=2), site("a", id=2))],
        {ENTITIES: items(*named["items"], DEFAULT)},
    )
    assert planned.groups() == [["b->b-exchange-2"], ["a->b"], ["b->a"]]


def xivo(identity: int) -> dict[str, Any]:
    return {**PARIS, "id": identity, "uuid": f"uuid-{identity}", "name": f"x{identity}"}


def test_nothing_is_given_up_where_the_new_name_of_what_it_refers_to_could_not_be_given() -> None:
    def template(identity: int, name: str) -> dict[str, Any]:
        return {"id": identity, "name": name, "entities": ["other@paris"]}

    planned = Planned([
        operation("entity", site("default"), site("other")),
        operation("template", template(3, "a"), template(3, "b")),
        operation("template", template(4, "b"), template(4, "a")),
    ])  # fmt: skip
    assert planned.groups("default->other") == [["default->other"]]
    assert len(planned.groups()) == 4


def test_a_temporary_name_is_not_too_long() -> None:
    one, other = "a" * 39, "b" * 39
    planned = Planned([operation("entity", site(one), site(other)), operation("entity", site(other, id=2), site(one))])
    assert planned.groups()[0] == [f"{other}->{'b' * 28}-exchange-1"]


def test_what_an_entity_that_is_deleted_has_may_be_needed_by_where_its_users_go() -> None:
    """The new entity needs the interval, the user needs the new entity, the deletion needs the user to be gone."""
    planned = Planned([
        operation("entity", site("default", "200-299", id=17), {}),
        operation("entity", {}, site("new", "200-299", id=-1)),
        operation("user", person("200"), person("200", entity="new@paris")),
    ])  # fmt: skip
    assert planned.reasons == []
    assert planned.groups() == [
        ["default 200-299->default"],
        ["->new 200-299"],
        ["200->200"],
        ["default 200-299->"],
    ]


def test_what_waits_for_a_swap_that_failed_is_not_taken() -> None:
    planned = Planned([move("200", "201"), move("201", "200"), move("", "300")])
    assert planned.groups("201->250") == [["->300", "201->250"]]
    assert planned.groups("200->201") == [["->300", "201->250"], ["200->201"]]


@pytest.mark.parametrize("kind", ["independent", "chain", "swaps"])
def test_the_time_grows_with_the_number_of_writes_and_no_faster(kind: str) -> None:
    """Each of these takes less than a second; if each looked at each other one, it would be a minute."""
    count = 8_000
    operations = {
        "independent": lambda n: operation("user", {}, person(str(n + 1000), f"u{n}")),
        "chain": lambda n: operation("user", person(str(n + 1000)), person(str(n + 1001), id=n)),
        "swaps": lambda n: operation("user", person("1", f"u{n}", id=n), person("1", f"u{n ^ 1}", id=n)),
    }[kind]
    view = PlannedState(State(FakeClient(WORLD)))  # type: ignore[arg-type]
    began = time.process_time()
    order = Order([Step.of(one, n, "", view) for n, one in enumerate(map(operations, range(count)))], view)
    assert list(break_rings(order, view)) == []
    schedule, done = Schedule(order), 0
    while step := schedule.take():
        schedule.finish(step, True)
        done += 1
    assert done == count + (count // 2 if kind == "swaps" else 0)
    assert time.process_time() - began < 10

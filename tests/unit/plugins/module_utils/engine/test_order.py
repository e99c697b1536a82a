# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What comes before what: references, names that are given up before they are taken, cycles of these."""

from __future__ import annotations

import pytest

from ansible_collections.xivo.xci.plugins.module_utils.engine.order import in_order
from ansible_collections.xivo.xci.plugins.module_utils.model.change import CREATE, DELETE, UPDATE, Operation
from ansible_collections.xivo.xci.plugins.module_utils.model.resources import RESOURCES


def operation(kind: str, before: str, after: str) -> Operation:
    """A write of a user from one number to another, or of something else from one name to another; "" is nothing."""
    field = {"user": "internal_number", "admin": "login"}.get(kind, "name")
    action = CREATE if not before else UPDATE if after else DELETE
    old, new = ({field: name, "entity": "e", "xivo": "x"} if name else {} for name in (before, after))
    return Operation(action, RESOURCES[kind], {}, old, new)


class Free:
    """Lets who is asked give up a number, as often as there are numbers."""

    def __init__(self, *numbers: str) -> None:
        self.numbers = list(numbers)
        self.asked: list[str] = []

    def __call__(self, blocked: Operation) -> bool:
        self.asked.append(str(blocked))
        if not self.numbers:
            return False
        blocked.before = {**blocked.before, "internal_number": self.numbers.pop(0)}
        return True


def order(operations: list[Operation], free: Free | None = None) -> list[list[str]]:
    return [sorted(map(str, group)) for group in in_order(operations, free or Free())]


def users(*moves: tuple[str, str]) -> list[Operation]:
    return [operation("user", before, after) for before, after in moves]


def test_creations_follow_the_references_and_deletions_go_the_other_way_round() -> None:
    kinds = list(RESOURCES)
    operations = [operation(kind, "", "new") for kind in reversed(kinds)]
    operations += [operation(kind, "old", "") for kind in kinds]
    assert [group[0].split()[:2] for group in order(operations)] == [
        *(["create", kind] for kind in kinds),
        *(["delete", kind] for kind in reversed(kinds)),
    ]


def test_nothing_to_do_has_no_groups() -> None:
    assert order([]) == []


@pytest.mark.parametrize(
    ("moves", "groups"),
    [
        pytest.param([("", "1"), ("2", "3")], [["create user 1@e", "update user 2@e"]], id="independent"),
        pytest.param([("1", "1"), ("2", "2")], [["update user 1@e", "update user 2@e"]], id="nobody-moves"),
        pytest.param([("1", "2"), ("2", "3")], [["update user 2@e"], ["update user 1@e"]], id="a-chain"),
        pytest.param(
            [("1", "2"), ("2", "3"), ("3", "4")],
            [["update user 3@e"], ["update user 2@e"], ["update user 1@e"]],
            id="a-chain-of-three",
        ),
        pytest.param([("", "2"), ("2", "3")], [["update user 2@e"], ["create user 2@e"]], id="a-new-one-waits"),
        pytest.param([("", "2"), ("2", "")], [["delete user 2@e"], ["create user 2@e"]], id="a-deletion-comes-early"),
        pytest.param([("1", "2"), ("2", "")], [["delete user 2@e"], ["update user 1@e"]], id="and-for-an-edit"),
        pytest.param([("", "1"), ("2", "")], [["create user 1@e"], ["delete user 2@e"]], id="others-stay-late"),
        pytest.param(
            [("1", "2"), ("2", "2")], [["update user 2@e"], ["update user 1@e"]], id="who-keeps-it-goes-first"
        ),
    ],
)
def test_what_takes_over_a_number_waits(moves: list[tuple[str, str]], groups: list[list[str]]) -> None:
    free = Free()
    assert order(users(*moves), free) == groups
    assert free.asked == []


def test_two_that_have_one_number_need_each_other_no_more_than_one_free_number() -> None:
    free = Free("9")
    assert order(users(("2", "2"), ("2", "2")), free) == [["update user 2@e"], ["update user 9@e"]]


def test_a_swap_needs_a_free_number() -> None:
    free = Free("9")
    assert order(users(("1", "2"), ("2", "1")), free) == [["update user 2@e"], ["update user 9@e"]]
    assert free.asked == ["update user 1@e"]


def test_who_is_no_part_of_the_cycle_keeps_his_number() -> None:
    free = Free("9")
    groups = order(users(("3", "1"), ("1", "2"), ("2", "1")), free)
    assert free.asked == ["update user 1@e"]
    assert groups == [["update user 2@e", "update user 3@e"], ["update user 9@e"]]


def test_two_cycles_need_two_free_numbers() -> None:
    free = Free("8", "9")
    groups = order(users(("1", "2"), ("2", "1"), ("3", "4"), ("4", "3")), free)
    assert len(free.asked) == 2
    assert sum(map(len, groups)) == 4


def test_without_a_free_number_xci_decides() -> None:
    free = Free()
    assert order(users(("1", "2"), ("2", "1")), free) == [["update user 1@e", "update user 2@e"]]
    assert free.asked == ["update user 1@e"]


def test_names_of_other_kinds_are_no_obstacle() -> None:
    operations = [operation("template", "a", "b"), operation("admin", "b", "c")]
    assert order(operations) == [["update template a"], ["update admin b"]]

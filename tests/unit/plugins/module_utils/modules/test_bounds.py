# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A failed result is short, however long its lists are."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.xivo.xci.plugins.module_utils.modules.bounds import ROOM, bounded

WRITE = {"action": "create", "kind": "user", "key": "1@accueil@nord"}


def result(count: int, changes: Any = None, msg: str = "no", **more: Any) -> dict[str, Any]:
    plan = [{**WRITE, "name": f"N{number}", "changes": changes or {}} for number in range(count)]
    return {
        "failed": True,
        "plan": plan,
        "errors": [{**WRITE, "msg": msg}] * count,
        "not_tried": [],
        "msg": "x",
        **more,
    }


def size(one: dict[str, Any]) -> int:
    return len(json.dumps({key: value for key, value in one.items() if key != "diff"}, ensure_ascii=False).encode())


def test_what_is_short_stays_as_it_is() -> None:
    assert bounded(result(10)) == {**result(10), "counts": {"plan": 10, "errors": 10, "not_tried": 0}}


def test_the_first_ten_of_each_list_and_their_number() -> None:
    short = bounded(result(20_000, changes={"name": {"before": "a", "after": "b"}}))
    assert [one["name"] for one in short["plan"]] == [f"N{number}" for number in range(10)]
    assert all(one["changes"] for one in short["plan"])
    assert (len(short["errors"]), short["counts"]) == (10, {"plan": 20_000, "errors": 20_000, "not_tried": 0})


def test_long_entries_lose_their_changes_and_ends() -> None:
    short = bounded(result(20_000, changes={"intervals": {"before": None, "after": ["é"] * 100}}, msg="é" * 300))
    assert "changes" not in short["plan"][0]
    assert {len(one["msg"]) for one in short["errors"]} == {200}
    assert short["errors"][0]["msg"].endswith("é…")
    assert size(short) < ROOM + 300


@pytest.mark.parametrize("msg", ["x", "é" * 800, "x" * 10_000], ids=["short", "long", "too-long"])
def test_the_whole_has_a_bound(msg: str) -> None:
    lists = {name: [{**WRITE, "why": "w" * 900}] * 500 for name in ("losses", "not_tried")}
    short = bounded(result(500, msg="é" * 300, **lists) | {"msg": msg})
    assert size(short) + len(msg.encode()) < max(ROOM, 2 * len(msg)) + 300
    assert set(short["counts"].values()) == {500}
    assert max(map(len, (short["plan"], short["losses"]))) < 10


def test_a_diff_is_bounded_too() -> None:
    assert len(bounded(result(1, diff=[{"before": "", "after": "x"}] * 50))["diff"]) == 10


def test_what_is_bounded_already_keeps_its_counts() -> None:
    short = bounded(result(50))
    assert bounded(short) == short


def test_a_result_without_lists_stays_as_it_is() -> None:
    assert bounded({"failed": True, "msg": "no", "status": 403}) == {"failed": True, "msg": "no", "status": 403}


def test_the_lists_given_stay_as_they_are() -> None:
    given = result(20, msg="x" * 900)
    bounded(given)
    assert given == result(20, msg="x" * 900)

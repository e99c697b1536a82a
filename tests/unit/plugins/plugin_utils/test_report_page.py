# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the page of a report shows beside the report: the picture, the table of users, what changed."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.xivo.xci.plugins.filter.report_page import FilterModule
from ansible_collections.xivo.xci.plugins.plugin_utils.picture import HEIGHT, WIDTH, Axis, picture
from ansible_collections.xivo.xci.plugins.plugin_utils.report_page import in_script

page = FilterModule().filters()["report_page"]


def interval(start: str, end: str, used: int = 0) -> dict[str, Any]:
    total = int(end) - int(start) + 1
    return {"start": start, "end": end, "size": total, "used": used, "free": total - used}


def user(identity: int, number: str = "100", **more: Any) -> dict[str, Any]:
    names = {"first_name": "Zoé", "last_name": f"N° {identity}", "cti_login": "", "mail": None}
    read_only = {"external_number": None, "provisioning_number": "114133"}
    return {
        "id": identity,
        "entity": "accueil@nord",
        "internal_number": number,
        "outside": False,
        **names,
        **read_only,
        **more,
    }


def report(*users: dict[str, Any], findings: tuple[str, ...] = (), **more: Any) -> dict[str, Any]:
    entity = {"entity": "accueil@nord", "xivo": "nord", "intervals": [interval("100", "199", 2)]}
    found = [{"rule": rule, "kind": "user", "key": "1", "msg": rule} for rule in findings]
    counts = {"users": len(users), "findings": len(found)}
    return {"counts": counts, "entities": [entity], "overlaps": [], "users": [*users], "findings": found, **more}


# -- the axis ---------------------------------------------------------------------------------------------------


def test_the_axis_is_to_scale_without_its_gaps() -> None:
    axis = Axis([(4, 1000, 1099), (4, 1100, 1199), (4, 5000, 5099), (3, 100, 199)])
    assert [zone.numbers for zone in axis.zones] == [(3, 100, 199), (4, 1000, 1199), (4, 5000, 5099)]
    widths = [round(zone.width, 6) for zone in axis.zones]
    assert widths[0] == widths[2] == widths[1] / 2
    last = axis.zones[-1]
    assert round(last.x + last.width, 6) == WIDTH
    x, width = axis.span((4, 1050, 1149))
    assert (round(x - axis.zones[1].x, 6), round(width, 6)) == (round(widths[1] / 4, 6), round(widths[1] / 2, 6))
    assert [tick["text"] for tick in axis.ticks()] == ["100", "1000", "1100", "5000"]


def test_a_few_numbers_among_millions_are_seen() -> None:
    axis = Axis([(8, 10_000_000, 10_000_009), (8, 90_000_000, 99_999_999)])
    assert axis.zones[0].width > 3


def test_a_number_outside_is_in_the_gap_where_it_belongs() -> None:
    axis = Axis([(4, 1000, 1099), (4, 5000, 5099)])
    left, right = axis.zones
    assert axis.near((4, 1050)) == left.place(1050)
    assert left.x + left.width < axis.near((4, 3000)) < right.x
    assert axis.near((2, 10)) == 0
    assert axis.near((5, 10_000)) == WIDTH


def test_without_intervals_there_is_nothing_to_draw() -> None:
    drawn = picture([{"entity": "e", "intervals": [{"start": "*1", "end": "*2"}]}], [], {"e": ["7"]})
    assert drawn["zones"] == ""
    assert drawn["rows"]["e"]["bars"] == []
    assert [one["number"] for one in drawn["rows"]["e"]["outside"]] == ["7"]


# -- what is drawn ----------------------------------------------------------------------------------------------


def test_a_row_has_bars_overlaps_and_who_is_outside() -> None:
    entity = {"entity": "e", "intervals": [interval("100", "199", 2)]}
    overlap = {"start": "150", "end": "199", "entities": ["e"]}
    row = picture([entity], [overlap], {"e": ["100", "101", "900"]})["rows"]["e"]
    (drawn,) = row["bars"]
    assert (drawn["percent"], drawn["level"], drawn["spans"]) == (2, 0, [{"x": 0.0, "width": 1000.0}])
    # The first column has two numbers, and both are in use.
    assert drawn["path"].startswith(f"M0.0 {HEIGHT}v")
    assert row["overlaps"] == [{"x": 500.0, "width": 500.0, "start": "150", "end": "199"}]
    assert row["outside"] == [{"x": WIDTH, "number": "900"}]


def test_without_people_the_fill_is_drawn_and_nobody_is_outside() -> None:
    entity = {"entity": "e", "intervals": [interval("100", "199", 95)]}
    row = picture([entity], [], None)["rows"]["e"]
    assert row["bars"][0]["level"] == 4
    assert re.findall(r"v(-?[0-9.]+)", row["bars"][0]["path"]) == ["-19.0"]
    assert row["outside"] == []


def test_the_numbers_of_a_hidden_entity_are_unknown() -> None:
    entity = {"entity": "e", "intervals": [{**interval("100", "199"), "used": None, "free": None}]}
    assert picture([entity], [], {})["rows"]["e"]["bars"][0]["path"] == ""


# -- the table of users -----------------------------------------------------------------------------------------


def test_the_users_are_rows_with_the_columns_that_somebody_has() -> None:
    made = page(report(user(1, mail="zoe@example.org"), user(2, "", outside=True)))
    assert made["columns"] == ["provisioning_number", "mail"]
    assert json.loads(made["users"]) == {
        "entities": [["accueil@nord", "nord"]],
        "rows": [["N° 1 Zoé", "100", 0, 0, "114133", "zoe@example.org"], ["N° 2 Zoé", "", 0, 1, "114133", ""]],
    }


def test_a_report_without_people_has_no_table() -> None:
    counts = {name: value for name, value in report().items() if name not in ("users", "findings")}
    assert page(counts)["users"] == ""


def test_no_name_ends_the_script_that_it_is_in() -> None:
    hostile = "</script><!--&\u2028\u2029"
    text = in_script({hostile: hostile})
    assert not [sign for sign in "<>&\u2028\u2029" if sign in text]
    assert json.loads(text) == {hostile: hostile}


# -- since the last time ----------------------------------------------------------------------------------------


def test_what_changed_since_an_earlier_report() -> None:
    before = report(user(1), user(2), user(3), findings=("XA01", "XA02", "XA02"))
    after = report(user(1), user(2, "101", last_name="Marié"), user(4), user(5), findings=("XA02", "XA10"))
    since = page(after, before)["since"]
    assert since["counts"] == {"users": {"before": 3, "after": 4}, "findings": {"before": 3, "after": 2}}
    assert [one["id"] for one in since["joined"]] == [4, 5]
    assert [one["id"] for one in since["left"]] == [3]
    assert [(one["user"]["id"], one["changes"]) for one in since["changed"]] == [
        (2, {"last_name": {"before": "N° 2", "after": "Marié"}, "internal_number": {"before": "100", "after": "101"}})
    ]
    assert [one["rule"] for one in since["found"]] == ["XA10"]
    assert [one["rule"] for one in since["solved"]] == ["XA01", "XA02"]


def test_a_report_of_counts_is_compared_by_counts() -> None:
    counts = {name: value for name, value in report(user(1)).items() if name not in ("users", "findings")}
    assert page(counts, report())["since"] == {"counts": {"users": {"before": 0, "after": 1}}}


@pytest.mark.parametrize("other", [[1], "text", {"users": []}])
def test_what_is_no_earlier_report_is_refused(other: Any) -> None:
    with pytest.raises(AnsibleFilterError, match="the earlier report is none"):
        page(report(), other)


def test_what_is_no_report_is_refused() -> None:
    with pytest.raises(AnsibleFilterError, match="needs the report"):
        page({"users": []})

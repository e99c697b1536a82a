# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A report reads XCI once, and says what it does not show."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from xcisandbox import Sandbox

from ansible_collections.xivo.xci.plugins.module_utils.api.errors import ApiError
from ansible_collections.xivo.xci.plugins.module_utils.modules.context import Context
from ansible_collections.xivo.xci.plugins.module_utils.modules.report import report
from ansible_collections.xivo.xci.plugins.module_utils.state.state import State
from ansible_collections.xivo.xci.tests.support import hospital, server
from ansible_collections.xivo.xci.tests.support.direct import DirectClient
from ansible_collections.xivo.xci.tests.support.modules import defaults
from ansible_collections.xivo.xci.tests.unit.plugins.fakes import ADMINS, DEFAULT, SALES, WORLD, FakeClient, users

Content = dict[str, Any]


def read(client: Any, **options: Any) -> Content:
    result = report({**defaults("xci_report"), **options}, Context(client, State(client)))
    assert result["changed"] is False
    return dict(result["report"])


@pytest.fixture(scope="module")
def group() -> Iterator[Sandbox]:
    """The hospital group of 3,000 users, with all planted mistakes."""
    with server.made(hospital.hospital(), dialects=hospital.DIALECTS) as sandbox:
        hospital.plant(sandbox)
        yield sandbox


@pytest.fixture(scope="module")
def full(group: Sandbox) -> Content:
    return read(DirectClient(group))


def test_each_planted_mistake_is_found_once(full: Content) -> None:
    assert Counter(one["rule"] for one in full["findings"]) == hospital.RULES
    assert full["counts"]["findings"] == sum(hospital.RULES.values())


def test_the_numbers_of_the_group(full: Content) -> None:
    counts = full["counts"]
    assert (counts["xivos"], counts["entities"], counts["users"]) == (6, 40, 3000)
    assert counts["outside"] == len(full["outside"]) == hospital.OUTSIDERS
    assert counts["used"] == 3000 - hospital.OUTSIDERS - hospital.RULES["XA10"]
    assert counts["size"] == counts["used"] + counts["free"]
    assert len(full["users"]) == 3000
    assert sum(one["users"] for one in full["entities"]) == sum(one["users"] for one in full["xivos"]) == 3000
    last_names = [one["last_name"] for one in full["users"]]
    assert last_names.index("Bélanger") < last_names.index("Besançon") < last_names.index("Zidi")


def test_what_is_nearly_full_and_what_several_xivos_have(full: Content) -> None:
    assert {"used": 49, "size": 50, "free": 1, **hospital.FULL} in full["nearly_full"]
    assert len(full["nearly_full"]) == hospital.RULES["XA04"]
    shown = [(one["start"], one["end"], one["size"], len(one["xivos"])) for one in full["overlaps"]]
    assert shown == [(start, end, int(end) - int(start) + 1, 2) for _entity, start, end in hospital.BETWEEN]
    assert all(
        entity in one["entities"] for one, (entity, *_bounds) in zip(full["overlaps"], hospital.BETWEEN, strict=True)
    )


def test_who_may_use_a_template_and_what_an_administrator_reaches(full: Content) -> None:
    usable = {one["name"]: one["usable_in"] for one in full["templates"]}
    assert len(usable[hospital.TEMPLATE]) == 40
    assert usable["Chambre"] == ["chirurgie@xivo-nord", "maternite@xivo-nord"]
    assert usable["Oublié"] is None
    reach = {one["login"]: one["reach"] for one in full["admins"]}
    assert reach["chef1"] == {"entities": 40, "users": 3000}
    # Of five entities, one does not exist.
    assert reach["nord"]["entities"] == 4
    assert 0 < reach["nord"]["users"] < 3000


def test_each_list_is_read_once() -> None:
    client = FakeClient(WORLD)
    read(client)
    assert len(client.calls) == len(set(client.calls)) == 4 + 3


def test_counts_have_nothing_of_people(group: Sandbox, full: Content) -> None:
    counts = read(DirectClient(group), people="counts")
    shown = json.dumps(counts, ensure_ascii=False)
    people = {one[name] for one in full["users"] for name in ("last_name", "cti_login", "internal_number") if one[name]}
    # The bounds of intervals are numbers, too.
    bounds = {one[name] for entity in full["entities"] for one in entity["intervals"] for name in ("start", "end")}
    bounds |= {one[name] for one in full["overlaps"] for name in ("start", "end")}
    assert not [one for one in people - bounds if f'"{one}"' in shown]
    assert not [one for one in ("Lefèvre", "192.0.2.", "127.0.0.1", "chef1", '"admin"') if one in shown]
    assert counts["counts"] == full["counts"]
    assert {name: one["findings"] for name, one in counts["rules"].items()} == hospital.RULES
    assert sum(one["count"] for one in counts["outside"]) == hospital.OUTSIDERS


def test_nothing_secret_is_in_a_report(full: Content) -> None:
    shown = json.dumps(full)
    assert not [one for one in ("password", "cti-u0", "sha256") if one in shown.casefold()]


def test_rules_are_left_out_and_texts_are_in_the_language_that_is_asked_for(group: Sandbox) -> None:
    content = read(DirectClient(group), ignore=["XA01", "XA07"], language="fr")
    assert {one["rule"] for one in content["findings"]} == hospital.RULES.keys() - {"XA01", "XA07"}
    assert "49" in next(one["msg"] for one in content["findings"] if one["rule"] == "XA04" and "utilisés" in one["msg"])


# -- who does not see everything --------------------------------------------------------------------------------

REFUSED = ApiError("403 Forbidden", 403)


def test_what_a_limited_administrator_may_not_see_is_left_out_and_said() -> None:
    client = FakeClient({**WORLD, ADMINS: REFUSED, users(SALES): REFUSED})
    content = read(client)
    assert content["admins"] == []
    assert {one["entity"] for one in content["users"]} == {"default@paris", "default@lyon"}
    assert content["left_out"] == [
        "administrators: not shown to admin",
        "users of sales@paris: not shown to admin",
        "admin is no super-administrator: what belongs to the entities of others is missing",
        "not checked, because not everything is shown to admin: XA07, XA08, XA09, XA11",
    ]
    (sales,) = [one for one in content["entities"] if one["entity"] == "sales@paris"]
    assert (sales["users"], sales["used"], sales["size"]) == (None, None, 100)
    assert (sales["intervals"][0]["used"], sales["intervals"][0]["size"]) == (None, 100)
    assert [one for one in read(client, people="counts")["left_out"] if " admin" in one] == []


def test_another_failure_is_one() -> None:
    for place in (ADMINS, users(DEFAULT)):
        with pytest.raises(ApiError):
            read(FakeClient({**WORLD, place: ApiError("500", 500)}))

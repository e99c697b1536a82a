# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables of fields: what they check, and what they take for a part of an object."""

from __future__ import annotations

import pytest

from ansible_collections.xivo.xci.plugins.module_utils.model.fields import Field, Resource, is_planned
from ansible_collections.xivo.xci.plugins.module_utils.model.parsing import parse
from ansible_collections.xivo.xci.plugins.module_utils.model.resources import ADMIN, XIVO
from ansible_collections.xivo.xci.plugins.module_utils.model.values import Text
from ansible_collections.xivo.xci.tests.support.objects import xivo
from ansible_collections.xivo.xci.tests.unit.plugins.fakes import WorldNames


def test_what_is_written_and_not_read_is_no_part_of_an_object() -> None:
    assert "configure" not in XIVO.load(xivo(1, "paris", configure=True), WorldNames())


def test_what_the_table_knows_by_either_name_is_no_extra() -> None:
    assert ADMIN.extras({"entities": [], "entityIds": [], "id": 1, "mdsName": "x"}) == {"mdsName": "x"}


@pytest.mark.parametrize(("identity", "foretold"), [(None, False), (0, False), (1, False), (-1, True)])
def test_an_object_to_come_has_a_negative_id(identity: int | None, foretold: bool) -> None:
    assert is_planned({"id": identity}) is foretold


def test_one_option_is_proposed_and_no_more() -> None:
    assert parse(ADMIN, {"nam": "x"}).faults == ["nam: unsupported option; did you mean name?"]


def test_a_table_is_checked_before_it_is_used() -> None:
    with pytest.raises(TypeError, match="the table of thing: name is a duplicate"):
        Resource(
            "thing", "things", "/things", (Field("id", Text(), "id"), *[Field("name", Text(), "name")] * 2), "{name}"
        )

# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One person moves to another entity."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.xivo.xci.plugins.module_utils.api.errors import InputError
from ansible_collections.xivo.xci.tests.support.jobs import Xci
from ansible_collections.xivo.xci.tests.support.objects import START, TEMPLATE

TO = {"to": "urgences@xivo-nord", "default_template": TEMPLATE}


@pytest.mark.parametrize("who", ["cdurand", "CDURAND", "1001@accueil@xivo-nord", "1"])
def test_somebody_is_named_in_any_way_and_gets_the_next_number(who: str) -> None:
    xci = Xci.made()
    planned = xci.run("xci_move", check=True, who=who, **TO)
    assert (planned["changed"], xci.writes) == (True, [])
    done = xci.run("xci_move", who=who, **TO)
    assert (done["changed"], done["count"]) == (True, 1)
    assert done["moved"]["after"] == planned["moved"]["after"]
    assert done["moved"]["after"]["internal_number"] == "2000"
    assert xci.users()[0]["internalNumber"] == "2000"
    assert {(one["option"], one["key"]) for one in done["losses"]} >= {("template", "1001@accueil@xivo-nord")}


@pytest.mark.parametrize("who", ["cdurand", "1"])
def test_a_second_run_changes_nothing(who: str) -> None:
    xci = Xci.made()
    xci.run("xci_move", who=who, **TO)
    again = xci.run("xci_move", who=who, to="urgences@xivo-nord")
    assert (again["changed"], again["count"], xci.writes) == (False, 0, [])


def test_a_number_is_kept_where_it_fits_and_is_found_there_again() -> None:
    xci = Xci.made()
    options = {"who": "1001@accueil@xivo-nord", "to": "accueil@xivo-sud", "default_template": TEMPLATE}
    done = xci.run("xci_move", **options)
    assert done["moved"]["after"]["internal_number"] == "1001"
    assert done["moved"]["elsewhere"] is True
    assert {one["option"] for one in done["losses"]} == {"template", "cti_password", "provisioning_number"}
    again = xci.run("xci_move", **options)
    assert (again["changed"], xci.writes) == (False, [])


@pytest.mark.parametrize(
    ("number", "expected"), [("keep", "1001"), ("next", "2000"), ("2345", "2345"), ("", "2000"), (" next ", "2000")]
)
def test_which_number(number: str, expected: str) -> None:
    xci = Xci.made()
    xci.run("xci_move", who="cdurand", number=number, **TO)
    assert xci.users()[0]["internalNumber"] == expected


def test_a_reserved_number_is_not_taken() -> None:
    xci = Xci.made()
    kept = {"reserved": [{"entity": "urgences", "start": "2000", "end": "2009"}]}
    xci.run("xci_move", who="cdurand", numbering=kept, **TO)
    assert xci.users()[0]["internalNumber"] == "2010"


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"who": "cdurnad"}, "nobody is meant by 'cdurnad'.*did you mean user 1001@accueil@xivo-nord .Camille Durand"),
        ({"who": "1999@accueil@xivo-nord"}, "nobody is meant by '1999@accueil@xivo-nord'"),
        ({"who": "01001@accueil@xivo-nord"}, "nobody is meant by .*did you mean user 1001@accueil@xivo-nord .Camille"),
        ({"who": "99"}, "nobody is meant by '99'"),
        ({"to": "nowhere"}, "entity 'nowhere' not found"),
        ({"default_template": None}, "missing required option: default_template"),
    ],
)
def test_what_is_not_possible_is_refused_before_any_write(options: dict[str, Any], error: str) -> None:
    xci = Xci.made()
    with pytest.raises(InputError, match=error):
        xci.run("xci_move", **{"who": "cdurand", **TO, **options})
    assert xci.writes == []


def test_losses_and_a_number_of_somebody_else_are_refused() -> None:
    other = {"entity": "urgences@xivo-nord", "template": TEMPLATE, "lastName": "Petit", "internalNumber": "2001"}
    xci = Xci.made({**START, "users": [*START["users"], other]})
    for options, error in (({"losses": "refuse"}, "losses is refuse"), ({"number": "2001"}, "already exists")):
        result = xci.run("xci_move", who="cdurand", **TO, **options)
        assert (result["failed"], result["changed"], xci.writes) == (True, False, [])
        assert error in result["msg"]


@pytest.mark.parametrize(
    ("options", "msg"),
    [
        ({"number": "abc"}, "number: invalid value: 'abc' is not a number in digits"),
        ({"number": "9999", "numbers": "inside"}, "number: 9999 is outside of the intervals of urgences@xivo-nord"),
        ({"default_template": "Standart"}, "default_template: template 'Standart' not found"),
    ],
)
def test_an_error_names_the_option_that_was_given(options: dict[str, Any], msg: str) -> None:
    result = Xci.made().run("xci_move", **{"who": "cdurand", **TO, **options})
    assert result["msg"].startswith(f"nothing was changed (1 error): {msg}")


def test_a_number_that_several_people_have_is_ambiguous() -> None:
    other = {"entity": "accueil@xivo-sud", "template": TEMPLATE, "lastName": "Petit", "internalNumber": "1001"}
    xci = Xci.made({**START, "users": [*START["users"], other]})
    with pytest.raises(InputError, match=r"'1001@accueil' is ambiguous: .*id 1.*id 2.*give the id of one"):
        xci.run("xci_move", who="1001@accueil", **TO)

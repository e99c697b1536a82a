# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values that are not text where text is meant, because their quotes were left out."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from ansible_collections.xivo.xci.plugins.module_utils.api.errors import InputError
from ansible_collections.xivo.xci.plugins.module_utils.model.resources import USER
from ansible_collections.xivo.xci.plugins.module_utils.modules.registry import MODULES
from ansible_collections.xivo.xci.plugins.plugin_utils.quotes import Unquoted, spelled_out

HINT = ". It is used as it arrived. YAML reads 0501 as the octal number 321: put telephone numbers and names in quotes"


def warnings(module: str, options: dict[str, Any]) -> list[str]:
    found = Unquoted()
    found.check(MODULES[module].top_level(None), options)
    return [
        one.replace("a number without quotes where text is meant: ", "").replace(HINT, "") for one in found.warnings()
    ]


@pytest.mark.parametrize(
    ("module", "options", "shown"),
    [
        pytest.param("xci_user", {"internal_number": "0501", "last_name": "No"}, [], id="text"),
        pytest.param("xci_user", {"id": 7, "mail": 1, "allow_self": 1, "unknown": 5}, [], id="no-text-is-meant"),
        pytest.param("xci_user", {"internal_number": 0o501}, ["internal_number is 321"], id="number"),
        pytest.param(
            "xci_user", {"internal_number": 1, "last_name": 2}, ["internal_number is 1, last_name is 2"], id="several"
        ),
        pytest.param("xci_user", {"cti_password": 12345}, ["cti_password"], id="secret"),
        pytest.param("xci_user", {"xci_login": 5, "timeout": 5, "retries": 5}, ["xci_login is 5"], id="connection"),
        pytest.param("xci_user", {"entity": 5, "template": 5}, ["entity is 5"], id="an-id-is-no-text"),
        pytest.param("xci_template", {"name": 5, "xivos": [1, 2], "entities": [3]}, ["name is 5, entities[0] is 3"],
                     id="list"),
        pytest.param("xci_entity", {"xivo": 1, "intervals": [{"start": 0o600, "end": "0677"}]},
                     ["intervals[0].start is 384"], id="suboption"),
        pytest.param("xci_entity", {"intervals": ["0600-0677", 0o600]}, ["intervals[1] is 384"], id="interval"),
        pytest.param("xci_user_info", {"internal_number": 66}, ["internal_number is 66"], id="filter"),
        pytest.param("xci_config", {"default_template": 5, "users": [{"last_name": 5}], "max_deletions": 5}, [],
                     id="document"),
        pytest.param("xci_entity", {"name": 1, "display_name": 2, "presented_number": 3, "intervals": [{"start": 4}]},
                     ["name is 1, display_name is 2, presented_number is 3 and 1 more"], id="many-are-counted"),
    ],
)  # fmt: skip
def test_integers_are_shown_in_one_warning(module: str, options: dict[str, Any], shown: list[str]) -> None:
    assert warnings(module, options) == shown


@pytest.mark.parametrize(
    ("module", "options", "errors"),
    [
        pytest.param("xci_user", {"last_name": False}, ["last_name: invalid value: False is not text"], id="boolean"),
        pytest.param("xci_user", {"first_name": 1.5}, ["first_name: invalid value: 1.5 is not text"], id="float"),
        pytest.param("xci_user", {"template": True}, ["template: invalid value: True is not text"], id="reference"),
        pytest.param("xci_user", {"last_name": date(2026, 1, 1)}, ["last_name: invalid value: datetime"], id="date"),
        pytest.param("xci_user", {"last_name": ["a"]}, ["last_name: invalid value: ['a'] is not text"], id="list"),
        pytest.param("xci_user", {"cti_password": 1.25}, ["cti_password: invalid value: it is not text"], id="secret"),
        pytest.param("xci_template", {"name": True, "xivos": ["a", False]},
                     ["name: invalid value: True", "xivos[1]: invalid value: False is not text"], id="several"),
        pytest.param("xci_entity", {"intervals": [{"start": "1"}, {"start": "2", "end": True}]},
                     ["intervals[1].end: invalid value: True is not text"], id="suboption"),
        pytest.param("xci_config", {"default_template": False}, ["default_template: invalid value"], id="config"),
    ],
)  # fmt: skip
def test_what_is_no_text_is_an_error_with_its_place(module: str, options: dict[str, Any], errors: list[str]) -> None:
    with pytest.raises(InputError) as caught:
        warnings(module, options)
    assert len(caught.value.problems) == len(errors)
    for problem, error in zip(caught.value.problems, errors, strict=True):
        assert str(problem).startswith(error)
        assert "1.25" not in str(problem)


def test_intervals_that_are_texts_are_spelled_out() -> None:
    spec = MODULES["xci_entity"].top_level(None)
    made = spelled_out(spec, {"name": "a", "intervals": ["100-199", "7", 8, {"start": "9"}], "unknown": ["1-2"]})
    interval = {"start": "100", "end": "199"}
    numbers = [{"start": "7", "end": None}, {"start": "8", "end": None}, {"start": "9"}]
    assert made == {"name": "a", "intervals": [interval, *numbers], "unknown": ["1-2"]}
    assert spelled_out(spec, {"intervals": None}) == {"intervals": None}
    with pytest.raises(InputError, match=r"^intervals: invalid value: '1 to 2' is not an interval such as '200-299'"):
        spelled_out(spec, {"intervals": ["1 to 2"]})


def test_integers_in_a_document_have_the_places_of_their_entries() -> None:
    found = Unquoted()
    entries = [{"internal_number": 1, "template": 5}, "no entry", {"last_name": False, "cti_password": 9}]
    found.add_entries(USER, entries, ["users[0]", "", "people.json: users[2]"].__getitem__)
    found.add_entries(USER, None, str)
    assert found.shown == ["users[0].internal_number is 1", "people.json: users[2].cti_password"]

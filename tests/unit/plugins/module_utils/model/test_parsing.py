# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a playbook says of one object: in normal form, or what is wrong with it."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.xivo.xci.plugins.module_utils.api.errors import InputError, Problem, texts
from ansible_collections.xivo.xci.plugins.module_utils.model.fields import Resource
from ansible_collections.xivo.xci.plugins.module_utils.model.parsing import parse
from ansible_collections.xivo.xci.plugins.module_utils.model.resources import ADMIN, ENTITY, TEMPLATE, USER


def test_omitted_empty_and_given_are_three_things() -> None:
    parsed = parse(ENTITY, {"name": "default", "xivo": None, "intervals": [], "display_name": ""}).checked()
    assert parsed.desired == {"name": "default", "intervals": [], "display_name": ""}
    assert parsed.warnings == []


def test_what_only_xci_writes_is_ignored() -> None:
    parsed = parse(USER, {"id": 5, "mail": ["anything"], "provisioning_number": True, "external_number": 1.5})
    assert parsed.checked().desired == {"id": 5}


def test_what_controls_the_module_is_no_field() -> None:
    options = {"state": "absent", "match_on": "name", "update_password": "always"}
    assert parse(USER, options).checked().desired == {}


@pytest.mark.parametrize(
    ("resource", "options", "problems"),
    [
        pytest.param(
            USER, {"state": "abset"}, ["state: invalid value: 'abset' is none of present, absent"], id="state"
        ),
        pytest.param(
            USER, {"state": True}, ["state: invalid value: True is none of present, absent"], id="state-of-yaml"
        ),
        pytest.param(USER, {"state": None, "match_on": None, "update_password": None}, [], id="not-given"),
        pytest.param(
            USER,
            {"match_on": "mail"},
            ["match_on: invalid value: 'mail' is none of internal_number, cti_login, name"],
            id="match",
        ),
        pytest.param(
            USER,
            {"update_password": "verify"},
            ["update_password: invalid value: 'verify' is none of on_create, always"],
            id="policy",
        ),
        pytest.param(ADMIN, {"update_password": "verify"}, [], id="policy-of-another-kind"),
        pytest.param(ENTITY, {"update_password": "always"}, ["update_password: unsupported option"], id="no-password"),
        pytest.param(ADMIN, {"match_on": "login"}, ["match_on: unsupported option"], id="one-way-only"),
    ],
)
def test_what_controls_the_module_is_one_of_its_words(
    resource: Resource, options: dict[str, Any], problems: list[str]
) -> None:
    """A document has no argument spec that would see to it: a misspelt absent must not create."""
    assert texts(parse(resource, options).problems) == problems


@pytest.mark.parametrize(
    ("options", "problems"),
    [
        pytest.param({"nmae": "x"}, ["nmae: unsupported option; did you mean name?"], id="typo"),
        pytest.param({"stat": "x"}, ["stat: unsupported option; did you mean state?"], id="typo-of-a-control"),
        pytest.param({"colour": 1}, ["colour: unsupported option"], id="unlike-any"),
        pytest.param({5: 1}, ["5: unsupported option"], id="not-even-text"),
        pytest.param({"nmae": None}, ["nmae: unsupported option; did you mean name?"], id="unknown-and-empty"),
        pytest.param({"id": 0}, ["id: invalid id 0"], id="id-zero"),
        pytest.param({"id": -7}, ["id: invalid id -7"], id="id-negative"),
        pytest.param({"id": "x"}, ["id: invalid value: 'x' is not a whole number"], id="id-word"),
        pytest.param(
            {"name": True, "ringing_time": "long"},
            [
                "name: invalid value: True is not text; put it in quotes (YAML reads Yes, No, On and Off as booleans)",
                "ringing_time: invalid value: 'long' is not a whole number",
            ],
            id="all-at-once",
        ),
    ],
)
def test_all_problems_are_reported_together(options: dict[Any, Any], problems: list[str]) -> None:
    assert texts(parse(TEMPLATE, options).problems) == problems
    with pytest.raises(InputError) as caught:
        parse(TEMPLATE, options).checked()
    assert texts(caught.value.problems) == problems
    assert str(caught.value) == "; ".join(problems)


def test_problems_and_warnings_name_their_option() -> None:
    parsed = parse(TEMPLATE, {"nmae": 1, "ringing_time": 90, "xivos": "x", "id": 0})
    assert parsed.problems == [
        Problem("unsupported option; did you mean name?", "nmae"),
        Problem("invalid value: 'x' is not a list", "xivos"),
        Problem("invalid id 0", "id"),
    ]
    assert parsed.warnings == [Problem("90 is out of range; XiVO accepts 0 to 60", "ringing_time")]
    assert parsed.desired == {"ringing_time": 90}


def test_one_option_is_proposed_and_no_more() -> None:
    assert texts(parse(ADMIN, {"nam": "x"}).problems) == ["nam: unsupported option; did you mean name?"]


@pytest.mark.parametrize(
    ("value", "valid"), [(True, True), ("yes", True), (False, True), ("perhaps", False), (7, False)]
)
def test_a_control_that_is_a_boolean(value: Any, valid: bool) -> None:
    problems = [] if valid else [f"allow_self: invalid value: {value!r} is neither true nor false"]
    assert texts(parse(ADMIN, {"allow_self": value}).problems) == problems


def test_what_xivo_does_not_take_is_a_warning() -> None:
    parsed = parse(USER, {"cti_login": "z", "cti_password": "abc", "first_name": "x" * 129}).checked()
    assert texts(parsed.warnings) == [
        "cti_login: 1 characters; XiVO accepts 2 to 254",
        "cti_password: 3 characters; XiVO accepts 4 to 64",
        "first_name: 129 characters; XiVO accepts 0 to 128",
    ]


def test_a_wrong_secret_is_not_shown() -> None:
    parsed = parse(ADMIN, {"login": "bob", "password": ["hunter2"]})
    assert texts(parsed.problems) == [
        "password: invalid value: it is not text, or contains a control character; put it in quotes"
    ]

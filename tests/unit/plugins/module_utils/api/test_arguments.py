# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Ansible makes of options whose types are ours."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.xivo.xci.plugins.module_utils.api.arguments import (
    HIDDEN,
    SECRET,
    Hidden,
    SecretType,
    Unchecked,
    UncheckedChoices,
    UncheckedList,
    Unlisted,
    reveal,
    unchecked,
)


def validated(spec: dict[str, Any], options: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Return the options as Ansible passes them to a module, and what is wrong with them."""
    result = ArgumentSpecValidator(spec).validate(options)
    return result.validated_parameters, result.error_messages


# -- secrets ------------------------------------------------------------------------------------------------


def test_a_hidden_value_is_only_stars() -> None:
    hidden = Hidden("made-up")
    assert hidden.value == "made-up"
    assert (str(hidden), repr(hidden), f"{hidden}") == (HIDDEN, HIDDEN, HIDDEN)
    assert str({"password": [hidden]}) == "{'password': [********]}"
    with pytest.raises(TypeError):
        json.dumps(hidden)


@pytest.mark.parametrize(("given", "value"), [("made-up", "made-up"), ("", ""), (1234, "1234"), (1.5, "1.5")])
def test_a_secret_option_is_hidden(given: Any, value: str) -> None:
    parameters, errors = validated({"password": {**SECRET}}, {"password": given})
    assert errors == []
    assert isinstance(parameters["password"], Hidden)
    assert parameters["password"].value == value


def test_a_secret_option_that_is_not_given_is_none() -> None:
    assert validated({"password": {**SECRET}}, {}) == ({"password": None}, [])
    assert validated({"password": {**SECRET}}, {"password": None}) == ({"password": None}, [])


@pytest.mark.parametrize(("value", "kind"), [(["made-up"], "list"), ({"a": "made-up"}, "dict")])
def test_what_is_no_text_is_no_secret_and_is_not_quoted(value: Any, kind: str) -> None:
    _parameters, (error,) = validated({"password": {**SECRET}}, {"password": value})
    assert f"it is of type {kind}" in error
    assert "made-up" not in error


def test_a_secret_is_documented_as_text_and_is_not_no_log() -> None:
    """Ansible would mask each occurrence of its value."""
    assert dict(SECRET) == {"type": "str", "no_log": False}
    assert isinstance(SECRET["type"], SecretType)


def test_a_secret_is_no_default() -> None:
    assert validated({"a": {**SECRET, "fallback": (lambda _name: "made-up", ["A"])}}, {})[0]["a"].value == "made-up"


# -- options of entries -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("argument", "value"),
    [
        ({"type": "int"}, "no number"),
        ({"type": "bool"}, "perhaps"),
        ({"type": "str"}, ["a"]),
        ({"type": "str"}, 7),
        ({"type": "str", "choices": ["present", "absent"]}, "gone"),
        ({"type": "str", "choices": ["present", "absent"]}, ["gone"]),
        ({"type": "list", "elements": "str"}, 7),
        ({"type": "list", "elements": "str"}, "paris"),
        ({"type": "list", "elements": "str"}, {"paris": 1}),
        ({"type": "list", "elements": "str"}, ["paris", {"x": 1}, None]),
        ({"type": "list", "elements": "str"}, []),
        ({"type": "list", "elements": "int"}, ["a"]),
        ({"type": "list", "elements": "dict", "options": {"start": {"type": "str", "required": True}}}, [{"x": 1}]),
        ({"type": "raw"}, {"a": 1}),
    ],
    ids=str,
)
def test_values_are_left_as_they_are(argument: dict[str, Any], value: Any) -> None:
    spec = {"users": {"type": "list", "elements": "dict", "options": {"one": unchecked(argument)}}}
    parameters, errors = validated(spec, {"users": [{"one": value}]})
    assert errors == []
    assert reveal(parameters) == {"users": [{"one": value}]}


def test_names_are_checked_all_the_same() -> None:
    spec = {"users": {"type": "list", "elements": "dict", "options": {"one": unchecked({"type": "int"})}}}
    _parameters, (error,) = validated(spec, {"users": [{"one": "x", "two": 2}]})
    assert "two" in error


@pytest.mark.parametrize(
    "argument",
    [
        {"type": "int"},
        {"type": "list", "elements": "str"},
        {"type": "str", "choices": ["present", "absent"], "default": "present"},
        {**SECRET},
    ],
    ids=str,
)
def test_what_is_documented_stays_the_same(argument: dict[str, Any]) -> None:
    assert unchecked(argument) == argument
    assert json.dumps(unchecked(argument)) == json.dumps(argument)


def test_defaults_of_entries_are_set() -> None:
    argument = {"type": "str", "choices": ["present", "absent"], "default": "present"}
    spec = {"users": {"type": "list", "elements": "dict", "options": {"state": unchecked(argument)}}}
    assert validated(spec, {"users": [{}]}) == ({"users": [{"state": "present"}]}, [])


def test_a_secret_of_an_entry_is_hidden() -> None:
    spec = {"users": {"type": "list", "elements": "dict", "options": {"cti_password": unchecked(SECRET)}}}
    parameters, errors = validated(spec, {"users": [{"cti_password": "made-up"}]})
    assert errors == []
    assert "made-up" not in str(parameters)
    assert reveal(parameters) == {"users": [{"cti_password": "made-up"}]}


def test_what_an_argument_was_stays_as_it_was() -> None:
    argument = {"type": "list", "elements": "dict", "options": {}, "choices": ["a"]}
    made = unchecked(argument)
    assert argument == {"type": "list", "elements": "dict", "options": {}, "choices": ["a"]}
    assert not isinstance(argument["choices"], UncheckedChoices)
    assert isinstance(made["type"], UncheckedList)
    assert isinstance(made["elements"], Unchecked)
    assert isinstance(made["choices"], UncheckedChoices)
    assert "options" not in made


# -- back to values -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "revealed"),
    [
        ({"a": Hidden("x"), "b": 1, "c": None}, {"a": "x", "b": 1, "c": None}),
        ({"users": [{"a": Hidden("x")}, Hidden("y"), 7]}, {"users": [{"a": "x"}, "y", 7]}),
        ({"a": {"b": [[Hidden("x")]]}}, {"a": {"b": [["x"]]}}),
        (Hidden("x"), "x"),
        ({"users": [{"entities": [Unlisted("paris")]}]}, {"users": [{"entities": "paris"}]}),
        ([], []),
    ],
)
def test_reveal(options: Any, revealed: Any) -> None:
    assert reveal(options) == revealed

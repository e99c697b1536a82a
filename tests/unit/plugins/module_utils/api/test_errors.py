# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Problems as data and as text, and what each error says in a result."""

from __future__ import annotations

import pytest

from ansible_collections.xivo.xci.plugins.module_utils.api.errors import (
    AmbiguousResult,
    ApiError,
    ConnectionFailed,
    InputError,
    LoginFailed,
    LoginRefused,
    Problem,
    UnexpectedResponse,
    UnknownReference,
    XciError,
    texts,
)


@pytest.mark.parametrize(
    ("problem", "text"),
    [
        pytest.param(Problem("not digits"), "not digits", id="alone"),
        pytest.param(Problem("not digits", "internal_number"), "internal_number: not digits", id="option"),
        pytest.param(Problem("not digits", place="users[5]"), "users[5]: not digits", id="place"),
        pytest.param(
            Problem("not digits", "internal_number", place="users[5]"),
            "users[5].internal_number: not digits",
            id="option-of-an-entry",
        ),
        pytest.param(
            Problem("not digits", "internal_number", place="people.csv line 7"),
            "people.csv line 7: internal_number: not digits",
            id="option-of-a-line",
        ),
        pytest.param(Problem("no", action="update", kind="user", key="200@a", index=3), "no", id="the-rest-is-data"),
    ],
)
def test_the_text_of_a_problem(problem: Problem, text: str) -> None:
    assert str(problem) == text


def test_the_text_names_other_entries() -> None:
    problem = Problem(
        "duplicate: already defined at", place="users[5]", others=(0,), other_places=("people.csv line 2",)
    )
    assert problem.text == "duplicate: already defined at people.csv line 2"
    assert str(problem) == "users[5]: duplicate: already defined at people.csv line 2"
    both = problem.at(other_places=("a.csv line 2", "users[3]"))
    assert both.text == "duplicate: already defined at a.csv line 2, users[3]"
    assert Problem("x").text == "x"


def test_a_problem_is_located_by_its_indexes() -> None:
    problem = Problem("is also defined at", kind="user", index=5, place="users[5]", others=(0, 7))
    located = problem.located("line {}".format)
    assert (located.place, located.other_places) == ("line 5", ("line 0", "line 7"))
    assert located.located("users[{}]".format).text == "is also defined at users[0], users[7]"
    assert Problem("x", index=0).located("line {}".format).place == "line 0"


def test_a_problem_of_no_entry_stays_where_it_is() -> None:
    def place(_index: int) -> str:
        raise AssertionError

    problem = Problem("nothing deleted", place="purge")
    assert problem.located(place) is problem


def test_a_problem_as_an_entry_of_errors() -> None:
    problem = Problem("not digits", "internal_number").at(kind="user", index=5, place="users[5]")
    assert problem.as_dict() == {
        "msg": "not digits",
        "option": "internal_number",
        "action": "",
        "kind": "user",
        "key": "",
        "index": 5,
        "place": "users[5]",
    }
    assert Problem(**problem.as_dict()) == problem
    other = problem.at(msg="duplicate: already defined at", others=(0,), other_places=("users[0]",))
    assert other.as_dict() == {**problem.as_dict(), "msg": "duplicate: already defined at users[0]"}


def test_what_is_known_later_leaves_the_first_problem_as_it_is() -> None:
    problem = Problem("x", "name")
    assert problem.at(place="users[1]").place == "users[1]"
    assert problem == Problem("x", "name", "", "", "", None, "")


def test_texts_are_each_shown_once() -> None:
    assert texts([Problem("x", "name"), "y", Problem("x", "name", kind="user"), "y"]) == ["name: x", "y"]


@pytest.mark.parametrize("error", [InputError, UnknownReference])
def test_an_input_error_has_problems(error: type[InputError]) -> None:
    raised = error("a", Problem("b", "name", place="users[0]"))
    assert raised.problems == [Problem("a"), Problem("b", "name", place="users[0]")]
    assert str(raised) == "a; users[0].name: b"
    assert raised.result() == {"msg": "a; users[0].name: b"}


@pytest.mark.parametrize(
    ("error", "result"),
    [
        (XciError("x"), {"msg": "x"}),
        (ConnectionFailed("x"), {"msg": "x"}),
        (LoginRefused("x"), {"msg": "x"}),
        (UnexpectedResponse("x"), {"msg": "x"}),
        (AmbiguousResult("x", finished=True), {"msg": "x"}),
        (ApiError("x", 409), {"msg": "x", "status": 409}),
        (LoginFailed("x", 503), {"msg": "x", "status": 503}),
    ],
    ids=lambda value: type(value).__name__,
)
def test_the_result_of_an_error(error: XciError, result: dict[str, object]) -> None:
    assert error.result() == result


def test_a_login_that_fails_is_no_answer_about_an_object() -> None:
    """A 404 of a login must not be taken for one of the object that was to be read."""
    assert isinstance(LoginFailed("x", 404), ConnectionFailed)
    assert not isinstance(LoginFailed("x", 404), ApiError)


def test_an_ambiguous_result_knows_whether_xci_is_done() -> None:
    assert AmbiguousResult("x", True).finished
    assert not AmbiguousResult("x", False).finished

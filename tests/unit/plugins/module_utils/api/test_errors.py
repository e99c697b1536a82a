# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Problems as data and as text, and what each error says in a result."""

from __future__ import annotations

from typing import Any

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
    counted,
    first_of,
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


def numbered(count: int, text: str = "invalid value: 'x{0}' is not a number", **more: Any) -> list[Problem]:
    problems = [Problem(text.format(index), "number", kind="user", **more) for index in range(count)]
    return [one.at(index=index, place=f"users[{index}]") for index, one in enumerate(problems)]


def test_five_alike_are_all_shown_and_of_more_the_first_three() -> None:
    assert texts(numbered(5)) == [str(one) for one in numbered(5)]
    *first, last = texts(numbered(6))
    assert first == [str(one) for one in numbered(6)[:2]]
    assert last == "users[2].number: invalid value: 'x2' is not a number; and 3 more like these"


@pytest.mark.parametrize(
    "text",
    [
        'invalid value: "d\'Arc{0}" is not text',
        "create user 10{0}@accueil@nord: POST http://127.0.0.1/users answered 400",
        "template 'Poste {0}' not found; did you mean Poste standard?",
        "not found; XCI has {0}",
        "user {0} (id {0}) is one",
    ],
)
def test_names_and_numbers_make_no_difference(text: str) -> None:
    assert len(texts(numbered(2000, text))) == 3


def test_a_name_of_several_words_makes_no_difference_where_it_is_the_key() -> None:
    many = [
        Problem(f"update template Poste {name}: no", key=f"Poste {name}") for name in ("un", "deux", "x", "y", "z", "a")
    ]
    assert len(texts(many)) == 3


def test_options_kinds_and_other_texts_make_a_difference() -> None:
    problem = numbered(1)[0]
    different = [
        problem,
        problem.at(option="id"),
        problem.at(kind="admin"),
        problem.at(msg="no"),
        problem.at(remedy="y"),
    ]
    assert len({one.likeness for one in different}) == 5


def test_a_remedy_is_shown_once() -> None:
    assert texts(numbered(2, "no {0}", remedy="give it"))[1:] == ["users[1].number: no 1; give it (2 in all)"]
    shown = texts(numbered(7, "no {0}", remedy="give it"))
    assert shown[2] == "users[2].number: no 2; and 4 more like these; give it (7 in all)"
    assert "give it" not in shown[0] + shown[1]
    assert numbered(1, "no", remedy="give it")[0].as_dict()["msg"] == "no"


def test_all_texts_together_have_a_bound() -> None:
    different = [Problem("wrong " + "abcdefghij"[index % 10] * (index + 30)) for index in range(1000)]
    shown = texts(different)
    assert shown[0] == str(different[0])
    assert len("".join(shown)) < 1000
    assert shown[-1] == f"and {1000 - len(shown) + 1} more"
    long = [Problem("a" * 2000), *numbered(7)]
    assert texts(long) == ["a" * 2000, "and 7 more"]


def test_a_word_of_any_length_is_compared_at_once() -> None:
    words = [letter * 300_000 for letter in "ab"]
    assert texts(words) == [words[0], "and 1 more"]


def test_first_names_and_a_count() -> None:
    assert first_of("abcde") == "a, b, c, d, e"
    assert first_of("abcdefg") == "a, b, c, d, e and 2 more"
    assert first_of("abc", 1) == "a and 2 more"
    assert first_of([]) == ""


@pytest.mark.parametrize(("number", "text"), [(0, "0 errors"), (1, "1 error"), (2, "2 errors")])
def test_counts_have_their_plural(number: int, text: str) -> None:
    assert counted(number, "error") == text


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

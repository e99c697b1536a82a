# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Odd values and answers: no traceback, quoted briefly, and without a secret. Fuzzing found most of them."""

from __future__ import annotations

import html
import json
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from ansible_collections.xivo.xci.plugins.module_utils.api.errors import InputError
from ansible_collections.xivo.xci.plugins.module_utils.api.transport import Answer, Transport
from ansible_collections.xivo.xci.plugins.module_utils.model.change import CREATE, Operation
from ansible_collections.xivo.xci.plugins.module_utils.model.intervals import Intervals, bounds
from ansible_collections.xivo.xci.plugins.module_utils.model.resources import ADMIN, USER
from ansible_collections.xivo.xci.plugins.module_utils.model.values import Flag, Text, shown, type_name
from ansible_collections.xivo.xci.plugins.module_utils.modules import info
from ansible_collections.xivo.xci.tests.unit.plugins.fakes import SETTINGS


def deep(levels: int) -> Any:
    value: Any = []
    for _level in range(levels):
        value = [value]
    return value


def test_what_is_nested_too_deeply_is_quoted_briefly() -> None:
    assert len(shown(deep(5000))) < 50
    for codec in (Text(), Flag(), Intervals()):
        with pytest.raises(ValueError, match=r"\[\[\["):
            codec.parse(deep(5000) if codec != Intervals() else [deep(5000)])


def test_what_is_long_is_quoted_briefly() -> None:
    assert len(shown("x" * 70_000)) == 80
    assert shown("x" * 70) == repr("x" * 70)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"login": "x", "password": "made-up"}, "an object of 'login', 'password'"),
        ({}, "an object of nothing"),
        ({str(number): "made-up" for number in range(7)}, "an object of '0', '1', '2', '3', '4'"),
        (["made-up"], "a list of 1"),
        ("made-up", "a value of type str"),
        (True, "a value of type bool"),
        (None, "nothing"),
    ],
)
def test_the_sort_of_a_value_does_not_tell_the_value(value: Any, words: str) -> None:
    assert type_name(value) == words


@pytest.mark.parametrize("end", [[], {}, 1.5])
def test_an_interval_has_an_end_of_text(end: Any) -> None:
    with pytest.raises(ValueError, match="expected an interval with an end"):
        Intervals().load([{"start": "1", "end": end}], None)  # type: ignore[arg-type]


@pytest.mark.parametrize("interval", [{"start": "1XX", "end": "1XX"}, {"start": "9" * 5000, "end": "9" * 5000}])
def test_an_interval_without_digits_holds_no_number(interval: dict[str, str]) -> None:
    assert bounds(interval) == (1, 0)
    assert info._used(interval, {"1", "²", "1XX"}) == {**interval, "size": 0, "used": 0, "free": 0}


def test_a_number_that_only_looks_like_digits_is_in_no_interval() -> None:
    assert info._used({"start": "1", "end": "9"}, {"²", "5"}) == {
        "start": "1", "end": "9", "size": 9, "used": 1, "free": 8,
    }  # fmt: skip


def test_the_text_of_an_operation_holds_no_secret() -> None:
    values = {"login": "x", "password": "made-up"}
    operation = Operation(CREATE, ADMIN, values, values, values, raw=values)
    assert "made-up" not in f"{operation!r} {operation}"


SECRET = """p&é "x' y"""
"""A password that each way to write it spells differently."""
QUOTED = {
    "json": json.dumps({"password": SECRET, "name": "Zoé"}),
    "json-not-ascii": json.dumps({"password": SECRET, "name": "Zoé"}, ensure_ascii=False),
    "json-in-json": json.dumps({"error": f"can't read {json.dumps({'password': SECRET, 'n': 1})}"}),
    "python": str({"password": SECRET, "name": "Zoé"}),
    "bare": f"can't take password={SECRET} for Zoé",
    "form": urlencode({"password": SECRET, "name": "Zoé"}),
    "text-with-entities": f"can't take {html.escape(SECRET)} for Zoé",
    "page": f"<html><p>can't take {html.escape(SECRET)} for Zoé</p></html>",
    "path": f"/login/{quote(SECRET, safe='')}/Zoé",
}


@pytest.mark.parametrize("way", QUOTED)
def test_a_known_password_is_kept_out_of_an_error(way: str) -> None:
    shown = Transport(SETTINGS).snippet(Answer(400, "text/plain", QUOTED[way].encode()), [SECRET])
    for part in ("p&", "p%26", "x' y", "x&#x27; y", "é \\", "%22x"):
        assert part not in shown
    assert "***" in shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('{"ctiPassword":"made up","login":"x"}', '{"ctiPassword":***,"login":"x"}'),
        (r'{"ctiPassword":"made \"up\"","login":"x"}', '{"ctiPassword":***,"login":"x"}'),
        (r'{"error":"no {\"password\": \"made up\"}"}', r'{"error":"no {\"password\": ***}'),
        ("{'password': 'made up', 'login': 'x'}", "{'password': ***, 'login': 'x'}"),
        ("password=made-up&login=x", "password=***&login=x"),
        ("Password: made-up; login: x", "Password: ***; login: x"),
        ("the password is too short", "the password is too short"),
    ],
)
def test_a_password_is_known_by_its_key(text: str, shown: str) -> None:
    assert Transport(SETTINGS).snippet(Answer(400, "text/plain", text.encode())) == shown


@pytest.mark.parametrize("identity", [0, -1])
def test_nobody_is_asked_for_what_can_be_no_id(identity: int) -> None:
    with pytest.raises(InputError, match=f"id: invalid id {identity}"):
        info._parse(USER, {"id": identity})
    assert info._parse(USER, {"id": 1}) == {"id": 1}

# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every kind of value, both ways, with the traps of XCI's API."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.xivo.xci.plugins.module_utils.model.intervals import Intervals
from ansible_collections.xivo.xci.plugins.module_utils.model.resources import CTI
from ansible_collections.xivo.xci.plugins.module_utils.model.spelling import brief, type_name
from ansible_collections.xivo.xci.plugins.module_utils.model.values import (
    Choice,
    Codec,
    Digits,
    Flag,
    Number,
    Ref,
    Refs,
    Secret,
    Text,
)


class Names:
    """Labels are the keys in capitals."""

    def label(self, kind: str, element: Any, _field: str) -> str:
        return f"{kind}:{element}".upper()

    def note_unreadable(self, kind: str, key: str, seen: str) -> None:
        raise AssertionError((kind, key, seen))

    def key(self, kind: str, label: str, field: str) -> Any:
        return f"{kind}:{label}:{field}".lower()


NAMES = Names()
CTI_PASSWORD = Secret(shortest=4, longest=64, allowed=CTI, clear=CTI)


@pytest.mark.parametrize(
    ("codec", "written", "normal"),
    [
        pytest.param(Codec(), {"any": "thing"}, {"any": "thing"}, id="anything"),
        pytest.param(Text(), 'Zoé d\'Arc: "CLF 88:40 P3"', 'Zoé d\'Arc: "CLF 88:40 P3"', id="text"),
        pytest.param(Text(), "", "", id="text-empty"),
        pytest.param(Text(), "007", "007", id="text-leading-zeros"),
        pytest.param(Text(), 200, "200", id="text-that-yaml-made-a-number"),
        pytest.param(Digits(), "0102", "0102", id="digits-leading-zero"),
        pytest.param(Digits(), 102, "102", id="digits-that-yaml-made-a-number"),
        pytest.param(Digits(), "", "", id="digits-none"),
        pytest.param(Text(), -1, "-1", id="text-negative-number"),
        pytest.param(Text(), "a\tb\nc", "a\tb\nc", id="text-tab-and-line-feed"),
        pytest.param(Text(), "\x80\U0001f4de", "\x80\U0001f4de", id="text-beyond-ascii"),
        pytest.param(CTI_PASSWORD, "s3cret", "s3cret", id="secret"),
        pytest.param(CTI_PASSWORD, 1234, "1234", id="secret-of-digits"),
        pytest.param(CTI_PASSWORD, "", "", id="secret-cleared"),
        pytest.param(Number(), 30, 30, id="number"),
        pytest.param(Number(), "30", 30, id="number-in-quotes"),
        pytest.param(Number(), " -5 ", -5, id="number-with-spaces"),
        pytest.param(Number(), "9" * 18, 10**18 - 1, id="number-of-18-digits"),
        pytest.param(Choice(words=("auto", "model")), "model", "model", id="choice"),
        pytest.param(Ref(kind="entity"), "default@paris", "default@paris", id="reference"),
        pytest.param(Ref(kind="entity"), 17, "17", id="reference-by-number"),
        pytest.param(Refs(kind="entity"), [], [], id="references-none"),
        pytest.param(Refs(kind="entity"), ["b", "a", "b"], ["a", "b"], id="references-are-a-set"),
        pytest.param(Refs(kind="entity"), (2, "a"), ["2", "a"], id="references-of-a-tuple"),
    ],
)
def test_what_a_person_writes(codec: Codec, written: Any, normal: Any) -> None:
    assert codec.parse(written) == normal


@pytest.mark.parametrize("word", [True, "yes", "Yes", "on", "true", "True", "t", "y", "1", 1, 1.0])
def test_spellings_of_true(word: Any) -> None:
    assert Flag().parse(word) is True


@pytest.mark.parametrize("word", [False, "no", "off", "false", "FALSE", "f", "n", "0", 0])
def test_spellings_of_false(word: Any) -> None:
    assert Flag().parse(word) is False


@pytest.mark.parametrize(
    ("codec", "written", "message"),
    [
        pytest.param(
            Text(),
            True,
            "True is not text; put it in quotes (YAML reads Yes, No, On and Off as booleans)",
            id="text-bool",
        ),
        pytest.param(Text(), 1.5, "1.5 is not text; put it in quotes", id="text-float"),
        pytest.param(Text(), ["a"], "['a'] is not text; put it in quotes", id="text-list"),
        pytest.param(Text(), b"a", "b'a' is not text; put it in quotes", id="text-bytes"),
        pytest.param(Text(), "\ud83d", "'\\ud83d' contains half a character", id="text-half"),
        pytest.param(Number(), "1e3", "'1e3' is not a whole number", id="number-word"),
        pytest.param(Number(), "9" * 19, f"'{'9' * 19}' is not a whole number", id="number-too-long"),
        pytest.param(Number(), "", "'' is not a whole number", id="number-empty"),
        pytest.param(Digits(), "12a", "'12a' is not a number in digits", id="digits-and-a-letter"),
        pytest.param(Digits(), -1, "'-1' is not a number in digits", id="digits-negative"),
        pytest.param(Digits(), "٣", "'٣' is not a number in digits", id="digits-of-another-script"),
        pytest.param(Digits(), "1" * 33, f"'{'1' * 33}' is not a number in digits", id="digits-too-many"),
        pytest.param(Number(), 30.0, "30.0 is not a whole number", id="number-float"),
        pytest.param(Number(), True, "True is not a whole number", id="number-bool"),
        pytest.param(Number(), "٣", "'٣' is not a whole number", id="number-of-other-digits"),
        pytest.param(Flag(), "maybe", "'maybe' is neither true nor false", id="flag-word"),
        pytest.param(Flag(), 2, "2 is neither true nor false", id="flag-number"),
        pytest.param(Flag(), [], "[] is neither true nor false", id="flag-list"),
        pytest.param(Choice(words=("auto", "model")), "Auto", "'Auto' is none of auto, model", id="choice-other-case"),
        pytest.param(Choice(words=("auto", "model")), [], "[] is not text; put it in quotes", id="choice-list"),
        pytest.param(Ref(kind="entity"), "", "it is empty; give the name of a entity", id="reference-empty"),
        pytest.param(Ref(kind="entity"), ["a"], "['a'] is not text; put it in quotes", id="reference-list"),
        pytest.param(Refs(kind="entity"), "a", "'a' is not a list", id="references-text"),
        pytest.param(Refs(kind="entity"), {"a": 1}, "{'a': 1} is not a list", id="references-mapping"),
        pytest.param(Refs(kind="entity"), ["a", None], "None is not text; put it in quotes", id="references-with-null"),
    ],
)
def test_what_a_person_can_not_mean(codec: Codec, written: Any, message: str) -> None:
    """It is no value at all, or not taken as a new one."""
    try:
        why = codec.refused(codec.parse(written))
    except ValueError as error:
        why = str(error)
    assert why == message


@pytest.mark.parametrize(
    "written", ["x" * 10**6, ["x" * 100] * 1000, {"a": {"b": {"c": {"d": {"e": {"f": {"g": 1}}}}}}}]
)
def test_a_message_is_short_whatever_was_written(written: Any) -> None:
    with pytest.raises(ValueError, match=r"is not a whole number$") as caught:
        Number().parse(written)
    assert len(str(caught.value)) < 700


@pytest.mark.parametrize("written", ["hunter2\x00", 12.75, ["hunter2"], {"hunter2": 1}, True])
def test_a_message_about_a_secret_does_not_show_it(written: Any) -> None:
    with pytest.raises(ValueError, match=r"^it is not text, or contains a control character; put it in quotes$"):
        CTI_PASSWORD.parse(written)


class Tagged(str):
    """As ansible-core 2.19 marks where a value comes from."""

    __slots__ = ()


class TaggedNumber(int):
    pass


@pytest.mark.parametrize(
    ("codec", "value", "kind"),
    [
        pytest.param(Text(), Tagged("a"), str, id="text"),
        pytest.param(Secret(), Tagged("a"), str, id="secret"),
        pytest.param(Choice(words=("a",)), Tagged("a"), str, id="choice"),
        pytest.param(Ref(kind="xivo"), Tagged("a"), str, id="reference"),
        pytest.param(Number(), TaggedNumber(3), int, id="number"),
    ],
)
def test_values_are_made_plain(codec: Codec, value: Any, kind: type) -> None:
    assert codec.parse(value).__class__ is kind


@pytest.mark.parametrize(
    ("codec", "shown", "normal"),
    [
        pytest.param(Codec(), [1], [1], id="anything"),
        pytest.param(Text(), "\x00 as it is", "\x00 as it is", id="text-is-never-judged"),
        pytest.param(Text(), 114133, "114133", id="text-as-number"),
        pytest.param(Number(), 30, 30, id="number"),
        pytest.param(Flag(), True, True, id="flag"),
        pytest.param(Choice(words=("auto",)), "newer", "newer", id="choice-of-a-later-server"),
        pytest.param(Ref(kind="xivo"), 3, "XIVO:3", id="reference"),
        pytest.param(Refs(kind="xivo"), [2, 1, 2], ["XIVO:1", "XIVO:2"], id="references"),
        pytest.param(CTI_PASSWORD, "s3cret*", "s3cret*", id="secret-in-clear"),
        pytest.param(CTI_PASSWORD, "a", "a", id="secret-of-one-letter"),
        pytest.param(CTI_PASSWORD, "aaaa", "aaaa", id="secret-of-one-letter-repeated"),
        pytest.param(CTI_PASSWORD, "*x*x", "*x*x", id="secret-of-mask-letters-mixed"),
        pytest.param(CTI_PASSWORD, "********", None, id="secret-masked-with-stars"),
        pytest.param(CTI_PASSWORD, "xxxx", None, id="secret-masked-with-x"),
        pytest.param(CTI_PASSWORD, "XXXXX", None, id="secret-masked-with-capitals"),
        pytest.param(CTI_PASSWORD, "••••", None, id="secret-masked-with-dots"),
        pytest.param(CTI_PASSWORD, "", None, id="secret-blanked"),
        pytest.param(CTI_PASSWORD, "+/opaque", None, id="secret-that-can-not-be-one"),
        pytest.param(CTI_PASSWORD, 1234, None, id="secret-as-number"),
        pytest.param(CTI_PASSWORD, {"hash": "x"}, None, id="secret-as-object"),
        pytest.param(Secret(), "+/opaque", None, id="secret-that-is-never-shown"),
    ],
)
def test_what_xci_shows(codec: Codec, shown: Any, normal: Any) -> None:
    assert codec.load(shown, NAMES) == normal


@pytest.mark.parametrize(
    ("codec", "shown", "normal"),
    [
        pytest.param(Number(), "30", 30, id="number-text"),
        pytest.param(Number(), 30.0, 30, id="number-float"),
        pytest.param(Number(), "30.0", 30, id="number-float-text"),
        pytest.param(Flag(), "true", True, id="flag-text"),
        pytest.param(Flag(), "False", False, id="flag-other-text"),
        pytest.param(Flag(), 1, True, id="flag-one"),
        pytest.param(Flag(), 0, False, id="flag-zero"),
    ],
)
def test_what_xci_spells_in_its_own_way_is_read_and_sent_as_documented(codec: Codec, shown: Any, normal: Any) -> None:
    assert codec.load(shown, NAMES) == normal
    assert (codec.dump(normal, shown, NAMES), type(codec.dump(normal, shown, NAMES))) == (normal, type(normal))
    other = not normal if isinstance(normal, bool) else normal + 1
    assert codec.dump(other, shown, NAMES) == other


@pytest.mark.parametrize(
    ("codec", "shown", "message"),
    [
        pytest.param(Text(), True, "expected a string", id="text-bool"),
        pytest.param(Text(), ["a"], "expected a string", id="text-list"),
        pytest.param(Number(), "thirty", "expected a whole number", id="number-string"),
        pytest.param(Number(), True, "expected a whole number", id="number-bool"),
        pytest.param(Number(), 1.5, "expected a whole number", id="number-float"),
        pytest.param(Number(), float("inf"), "expected a whole number", id="number-infinite"),
        pytest.param(Flag(), "perhaps", "expected true or false", id="flag-string"),
        pytest.param(Flag(), 2, "expected true or false", id="flag-number"),
        pytest.param(Refs(kind="xivo"), {"id": 1}, "expected a list", id="references-object"),
        pytest.param(Refs(kind="xivo"), "a", "expected a list", id="references-string"),
        pytest.param(Intervals(), "200-299", "expected a list of intervals", id="intervals-string"),
        pytest.param(Intervals(), ["200"], "expected an interval with a start", id="interval-string"),
        pytest.param(Intervals(), [{"end": "1"}], "expected an interval with a start", id="interval-no-start"),
        pytest.param(Intervals(), [{"start": None}], "expected an interval with a start", id="interval-null"),
    ],
)
def test_what_xci_can_not_mean(codec: Codec, shown: Any, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}$"):
        codec.load(shown, NAMES)


@pytest.mark.parametrize(
    ("codec", "value", "sent"),
    [
        pytest.param(Codec(), "x", "x", id="anything"),
        pytest.param(Text(), "007", "007", id="text"),
        pytest.param(Number(), 30, 30, id="number"),
        pytest.param(Flag(), False, False, id="flag"),
        pytest.param(Ref(kind="xivo"), "PARIS", "xivo:paris:id", id="reference"),
        pytest.param(Ref(kind="entity", field="combined_id"), "A", "entity:a:combined_id", id="reference-by-its-field"),
        pytest.param(Refs(kind="xivo"), ["A", "B"], ["xivo:a:id", "xivo:b:id"], id="references"),
        pytest.param(Refs(kind="xivo"), [], [], id="references-none"),
    ],
)
def test_what_xci_takes(codec: Codec, value: Any, sent: Any) -> None:
    assert codec.dump(value, None, NAMES) == sent


@pytest.mark.parametrize(
    ("codec", "value", "warnings"),
    [
        pytest.param(Codec(), "x", [], id="anything"),
        pytest.param(Text(), "x" * 999, [], id="text-without-limits"),
        pytest.param(Text(longest=3), "abc", [], id="text-of-the-longest"),
        pytest.param(Text(longest=3), "abcd", ["4 characters; XiVO accepts 0 to 3"], id="text-too-long"),
        pytest.param(Text(shortest=2, longest=3), "a", ["1 characters; XiVO accepts 2 to 3"], id="text-too-short"),
        pytest.param(Text(shortest=2, longest=3), "ab", [], id="text-of-the-shortest"),
        pytest.param(Text(shortest=2, longest=3), "", [], id="text-cleared"),
        pytest.param(
            Text(allowed="a-c"),
            "abd",
            ["contains a character that XiVO does not accept; accepted: a-c"],
            id="text-outside",
        ),
        pytest.param(Text(allowed="a-c"), "abc", [], id="text-inside"),
        pytest.param(
            CTI_PASSWORD, "hé!", ["3 characters; XiVO accepts 4 to 64"], id="secret-length-comes-before-letters"
        ),
        pytest.param(CTI_PASSWORD, "hunteré", ["contains a character that XiVO does not accept"], id="secret-outside"),
        pytest.param(CTI_PASSWORD, "-._~!$&'()*+,;=%aZ0", [], id="secret-of-all-that-is-allowed"),
        pytest.param(Number(), 10**9, [], id="number-without-limits"),
        pytest.param(Number(least=0, most=60), 0, [], id="number-least"),
        pytest.param(Number(least=0, most=60), 60, [], id="number-most"),
        pytest.param(Number(least=0, most=60), 61, ["61 is out of range; XiVO accepts 0 to 60"], id="number-too-large"),
        pytest.param(Number(least=0, most=60), -1, ["-1 is out of range; XiVO accepts 0 to 60"], id="number-too-small"),
        pytest.param(Flag(), True, [], id="flag"),
    ],
)
def test_what_is_lawful_and_odd(codec: Codec, value: Any, warnings: list[str]) -> None:
    assert codec.warnings(value) == warnings


@pytest.mark.parametrize(
    ("codec", "argument", "empty"),
    [
        pytest.param(Codec(), {"type": "raw"}, None, id="anything"),
        pytest.param(Text(), {"type": "str"}, "", id="text"),
        pytest.param(Secret(), {"type": "str", "no_log": False}, None, id="secret"),
        pytest.param(Number(), {"type": "int"}, None, id="number"),
        pytest.param(Flag(), {"type": "bool"}, False, id="flag"),
        pytest.param(Choice(words=("a", "b")), {"type": "str"}, "", id="choice"),
        pytest.param(Ref(kind="xivo"), {"type": "str"}, "", id="reference"),
        pytest.param(Refs(kind="xivo"), {"type": "list", "elements": "str"}, (), id="references"),
        pytest.param(
            Intervals(),
            {
                "type": "list",
                "elements": "dict",
                "options": {"start": {"type": "str", "required": True}, "end": {"type": "str"}},
            },
            (),
            id="intervals",
        ),
    ],
)
def test_argument_and_empty_value(codec: Codec, argument: dict[str, Any], empty: Any) -> None:
    assert codec.argument == argument
    assert codec.empty == empty


# -- what an error quotes -----------------------------------------------------------------------------------


def deep(levels: int) -> Any:
    value: Any = []
    for _level in range(levels):
        value = [value]
    return value


def test_what_is_nested_too_deeply_is_quoted_briefly() -> None:
    assert len(brief(deep(5000))) < 50
    for codec in (Text(), Flag(), Intervals()):
        with pytest.raises(ValueError, match=r"\[\[\["):
            codec.parse(deep(5000) if codec != Intervals() else [deep(5000)])


def test_what_is_long_is_quoted_briefly() -> None:
    assert len(brief("x" * 70_000)) == 80
    assert brief("x" * 70) == repr("x" * 70)


@pytest.mark.parametrize(
    ("value", "shape"),
    [
        ({"id": 1, "name": "x"}, "an object of 'id', 'name'"),
        ({}, "an object of nothing"),
        (dict.fromkeys("abcdefg"), "an object of 'a', 'b', 'c', 'd', 'e'"),
        (["made-up"], "a list of 1"),
        (("made-up",), "a list of 1"),
        ([], "a list of 0"),
        (None, "nothing"),
        ("made-up", "a value of type str"),
        (7, "a value of type int"),
        (True, "a value of type bool"),
    ],
    ids=str,
)
def test_what_xci_shows_is_named_by_its_shape_alone(value: Any, shape: str) -> None:
    """It may hold a password."""
    assert type_name(value) == shape

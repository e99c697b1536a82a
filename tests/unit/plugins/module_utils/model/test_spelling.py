# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which texts are the same, which nobody means as a new value, and what is sent where only the spelling differs."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.xivo.xci.plugins.module_utils.model.intervals import Intervals
from ansible_collections.xivo.xci.plugins.module_utils.model.resources import CTI
from ansible_collections.xivo.xci.plugins.module_utils.model.spelling import normal, refused
from ansible_collections.xivo.xci.plugins.module_utils.model.values import (
    Choice,
    Codec,
    Digits,
    Ref,
    Refs,
    Secret,
    Text,
)

NAMES: Any = None
COMPOSED, DECOMPOSED = "Zo\u00e9", "Zoe\u0301"


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("Zoé d'Arc", "Zoé d'Arc"),
        (" \t\u00a0Zoé  d'Arc\r\n", "Zoé  d'Arc"),
        (DECOMPOSED, COMPOSED),
        ("\ufb01", "\ufb01"),
        ("\u200bA", "\u200bA"),
        (" ", ""),
    ],
)
def test_texts_are_trimmed_and_composed(text: str, same: str) -> None:
    assert normal(text) == same
    assert Text().parse(text) == Text().load(text, NAMES) == same
    assert Text(exact=True).parse(text) == Text(exact=True).load(text, NAMES) == text


@pytest.mark.parametrize(
    ("codec", "shown", "desired", "sent"),
    [
        pytest.param(Text(), " Nord", "Nord", " Nord", id="blanks"),
        pytest.param(Text(), DECOMPOSED, COMPOSED, DECOMPOSED, id="accents"),
        pytest.param(Text(), " Nord", "Sud", "Sud", id="another"),
        pytest.param(Text(), None, "Nord", "Nord", id="new"),
        pytest.param(Text(), 200, "200", "200", id="number"),
        pytest.param(Choice(words=("auto",)), "auto ", "auto", "auto ", id="word"),
        pytest.param(Digits(), "0200 ", "0200", "0200 ", id="digits"),
        pytest.param(Secret(clear=CTI), "abcd", "abcd", "abcd", id="password"),
    ],
)
def test_what_xci_shows_is_sent_back_where_only_the_spelling_differs(
    codec: Codec, shown: Any, desired: str, sent: str
) -> None:
    assert codec.dump(desired, shown, NAMES) == sent


def test_intervals_references_and_passwords() -> None:
    (interval,) = Intervals().load([{"start": " 100", "end": "199 "}], NAMES)
    assert interval == Intervals().parse([{"start": "100 ", "end": " 199"}])[0] == {"start": "100", "end": "199"}
    assert Intervals().dump([interval], [{"start": " 100", "end": "199 "}], NAMES) == [{"start": " 100", "end": "199 "}]
    assert Ref(kind="entity").parse(f" {DECOMPOSED}@x ") == f"{COMPOSED}@x"
    assert Refs(kind="entity").parse([" a", "a"]) == ["a"]
    assert Secret().parse(f" {DECOMPOSED} ") == f" {DECOMPOSED} "


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", ""),
        ("Zoé d'Arc-Œuvre \u2019 «»", ""),
        ("A\u00a0B", ""),
        ("12 #3", ""),
        ("#55", ""),
        ("*#21", ""),
        ("A\nB", "'A\\nB' contains a line break (U+000A)"),
        ("A\u2028B", "contains a line break (U+2028)"),
        ("A\x85B", "contains a line break (U+0085)"),
        ("A\x07", "contains a control character (U+0007)"),
        ("A\tB", "contains a control character (U+0009)"),
        ("A\u200bB", "contains an invisible character (U+200B)"),
        ("\ufeffA", "contains an invisible character (U+FEFF)"),
        ("A\u202eB", "contains an invisible character (U+202E)"),
        ("A\u2066B", "contains an invisible character (U+2066)"),
        ("Lef\ufffdvre", "contains a character that was lost when its encoding changed (U+FFFD)"),
        ("#REF!", "'#REF!' is an error of a spreadsheet"),
        ("#N/A", "is an error of a spreadsheet"),
        ("#DIV/0!", "is an error of a spreadsheet"),
        ("#NAME?", "is an error of a spreadsheet"),
        ("#VALEUR!", "is an error of a spreadsheet"),
        ("#####", "is an error of a spreadsheet"),
        ("Err:502", "is an error of a spreadsheet"),
    ],
)
def test_what_nobody_means_as_a_new_value(text: str, why: str) -> None:
    assert refused(text).endswith(why)
    assert bool(refused(text)) == bool(why)
    assert Text().refused(text) == refused(text)
    assert Secret().refused(text) == Ref(kind="entity").refused(text) == ""

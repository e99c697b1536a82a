# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds for each value, whatever it is."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.xivo.xci.plugins.module_utils.model.intervals import Intervals
from ansible_collections.xivo.xci.plugins.module_utils.model.parsing import parse
from ansible_collections.xivo.xci.plugins.module_utils.model.resources import CTI, RESOURCES
from ansible_collections.xivo.xci.plugins.module_utils.model.values import Codec, Flag, Number, Refs, Secret, Text
from ansible_collections.xivo.xci.tests.property.strategies import NAMES, bounds, intervals, spellings, texts

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(st.data())
def test_every_way_to_write_intervals_is_the_same(data: st.DataObject) -> None:
    value = data.draw(intervals)
    assert Intervals().parse(data.draw(spellings(value))) == value
    assert Intervals().load(data.draw(spellings(value)), NAMES) == value


@given(intervals, st.data())
def test_intervals_that_are_sent_are_those_that_are_desired(value: list[dict[str, str]], data: st.DataObject) -> None:
    shown = data.draw(spellings(data.draw(intervals)))
    sent = Intervals().dump(value, [{**one, "mode": number} for number, one in enumerate(shown)], NAMES)
    assert Intervals().load(sent, NAMES) == value
    assert Intervals().load(Intervals().dump(value, None, NAMES), NAMES) == value


@given(st.lists(bounds, min_size=1, max_size=6))
def test_nothing_that_xci_keeps_with_an_interval_is_doubled(made: list[dict[str, str]]) -> None:
    value, shown = Intervals().parse(made[::2]), Intervals().parse(made[1::2])
    sent = Intervals().dump(value, [{**one, "mode": number} for number, one in enumerate(shown)], NAMES)
    modes = [one["mode"] for one in sent if "mode" in one]
    assert len(modes) == len(set(modes))
    kept = {tuple(one.values()) for one in value} & {tuple(one.values()) for one in shown}
    assert len(modes) >= len(kept)


@given(texts)
def test_a_text_stays_as_it_is(text: str) -> None:
    assert Text().parse(text) == text
    assert Text().load(Text().dump(text, None, NAMES), NAMES) == text


@given(st.lists(texts, max_size=5), st.randoms())
def test_references_are_a_set(labels: list[str], random: Any) -> None:
    shuffled = [*labels, *labels[:2]]
    random.shuffle(shuffled)
    once = Refs(kind="xivo").parse(shuffled)
    assert once == Refs(kind="xivo").parse(labels) == Refs(kind="xivo").parse(once)
    assert set(once) == set(labels)


@given(st.integers(-(10**17), 10**17))
def test_a_number_may_be_written_as_text(number: int) -> None:
    assert Number().parse(str(number)) == Number().parse(number) == number


@given(anything)
def test_a_value_is_taken_or_refused_with_a_reason(value: Any) -> None:
    codecs: list[Codec] = [Text(), Number(), Flag(), Intervals(), Refs(kind="xivo"), Secret()]
    reasons: list[str] = []
    for codec in codecs:
        try:
            normal = codec.parse(value)
        except ValueError as error:
            reasons.append(str(error))
        else:
            assert codec.parse(normal) == normal
            assert codec.warnings(normal) is not None
    assert all(reasons)


@given(st.dictionaries(st.sampled_from([*RESOURCES["user"].argument_spec(), "nmae"]), anything, max_size=6))
def test_options_are_taken_or_refused_with_a_reason(options: dict[str, Any]) -> None:
    for resource in RESOURCES.values():
        parsed = parse(resource, options)
        assert all(problem.option and problem.msg for problem in parsed.problems)
        again = parse(resource, parsed.desired)
        assert (again.desired, again.problems) == (parsed.desired, [])


@given(st.text("*xX•#", max_size=9))
def test_a_mask_is_never_taken_for_a_password(mask: str) -> None:
    if len(set(mask)) <= 1:
        assert Secret(clear=CTI).load(mask, NAMES) is None

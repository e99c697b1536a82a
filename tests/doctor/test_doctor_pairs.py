# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The doctor against each pair of dialects: it names both where both can be seen, and nothing else."""

from __future__ import annotations

import itertools
import os
import random

import pytest

from ansible_collections.xivo.xci.tests.support.dialects import VALUES
from ansible_collections.xivo.xci.tests.unit.plugins.module_utils.doctor.site import (
    BY_READING,
    BY_TRYING,
    examine,
    found,
    site,
    visible,
)

Value = tuple[str, str]
SHARE = float(os.environ.get("DOCTOR_SHARE", "1"))
"""Which part of all pairs is taken, drawn at random."""
LATER = BY_TRYING | {"available_numbers"}
HIDES: dict[Value, set[str]] = {
    **{("list_part", value): LATER for value in ("total", "next", "link", "silent")},
    ("lies", "writes"): LATER - {"lies"},
    ("combined_id", "opaque"): {"entity_path", "references"},
    ("user_entity", "null"): {"entity_users"},
    ("user_entity", "absent"): {"entity_users"},
    ("whole_numbers", "text"): {"available_numbers"},
    ("whole_numbers", "floats"): {"available_numbers"},
    ("list_shape", "bare"): {"list_part"},
    ("template_scope", "free"): {"template_without_scope"},
}
"""What can't be seen where another dialect is turned: nothing can be tried then, or the other one has no place."""
STOPS = {*(("list_part", value) for value in ("total", "next", "link", "silent")), ("lies", "writes")}
SEEN = {("cti_password", "shown"), ("cti_password", "masked")}
NEEDS: dict[Value, set[Value]] = {("edit_cti_password", "kept"): SEEN}
"""What is seen only where one of these dialects is turned, too."""
ALSO: dict[frozenset[Value], Value] = {
    frozenset({seen, ("put", "merge")}): ("edit_cti_password", "kept") for seen in SEEN
}
"""What two dialects come to together."""
UNSEEN = {frozenset({("list_part", "silent"), ("lies", "writes")}): "list_part"}
"""What can't be seen of two dialects: where nothing is created, a list leaves out nothing new."""
LOST = {("list_part", "silent"), ("combined_id", "opaque")}
"""Where what was created is in no list, and nothing says where it is: it stays, and the doctor says so."""


def check(one: Value, other: Value) -> str:
    """Return what is wrong with what the doctor says of two dialects."""
    with site(dict([one, other])) as sandbox:
        before = sandbox.state()
        result = examine(sandbox, scratch=True)
        if {one, other} == LOST and "scratch objects could not be removed: xci-doctor-" in result["msg"]:
            return ""
        if "report" not in result:
            return f"{one} {other}: {result['msg']}"
        seen = found(result)
        left = sandbox.state() != before
    tries = not {one, other} & STOPS
    wanted = {**visible(*one, scratch=True), **visible(*other, scratch=True)}
    wanted.update([ALSO[both]] if (both := frozenset({one, other})) in ALSO else ())
    if not tries and wanted.get("extra_keys") == "lost":
        wanted["extra_keys"] = "yes"
    same = {"list_lag": wanted.get("list_lag", "")} if {"list_lag"} <= seen.keys() & wanted.keys() else {}
    seen = {**seen, **same}
    hidden = HIDES.get(one, set()) | HIDES.get(other, set())
    hidden |= {each[0] for each, rest in ((one, other), (other, one)) if rest not in NEEDS.get(each, {rest})}
    hidden |= {UNSEEN[both]} if (both := frozenset({one, other})) in UNSEEN else set()
    wrong = {name: value for name, value in seen.items() if wanted.get(name) != value}
    missing = {name for name in wanted if name not in seen and name not in hidden}
    return f"{one} {other}: wrong {wrong}, missing {missing}, left {left}" if wrong or missing or left else ""


@pytest.mark.slow
@pytest.mark.parametrize("one", VALUES, ids="-".join)
def test_pairs(one: Value) -> None:
    later = [other for other in VALUES[VALUES.index(one) + 1 :] if other[0] != one[0]]
    chosen = random.Random(f"{one}").sample(later, round(SHARE * len(later)))  # noqa: S311
    wrong = [said for other in chosen if (said := check(one, other))]
    print(f"{len(chosen)} pairs with {one}")
    assert wrong == []


def test_there_are_thousands_of_pairs() -> None:
    pairs = [pair for pair in itertools.combinations(VALUES, 2) if pair[0][0] != pair[1][0]]
    print(f"{len(pairs)} pairs")
    assert len(pairs) > 3000
    assert BY_READING
    assert BY_TRYING

# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects, options and servers as Hypothesis draws them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from ansible_collections.xivo.xci.plugins.module_utils.model import spelling
from ansible_collections.xivo.xci.plugins.module_utils.model.change import CREATE, Operation, body
from ansible_collections.xivo.xci.plugins.module_utils.model.field import Field
from ansible_collections.xivo.xci.plugins.module_utils.model.fields import Resource, Values
from ansible_collections.xivo.xci.plugins.module_utils.model.intervals import Intervals
from ansible_collections.xivo.xci.plugins.module_utils.model.resources import RESOURCES
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
from ansible_collections.xivo.xci.tests.unit.plugins.fakes import DEFAULT, LYON_DEFAULT, SALES, WorldNames

NAMES = WorldNames()
EDITABLE = [resource for resource in RESOURCES.values() if not resource.immutable]
LABELS = {
    "xivo": ["paris", "lyon"],
    "entity": ["default@paris", "sales@paris", "default@lyon"],
    "template": ["desk"],
}
SHOWN = {"xivo": {"id": 1}, "entity": DEFAULT}
SECRETS = ["made-up-secret-1", "made-up-secret-2"]
SHAPES = {
    "list_shape": ("documented", "items"),
    "whole_numbers": ("numbers", "text"),
    "flags": ("booleans", "text", "numbers"),
    "extra_keys": ("no", "yes"),
    "deleted_status": ("404", "400", "410"),
    "entity_xivo": ("object", "id"),
    "user_entity": ("object", "combined_id", "null", "absent"),
    "listed_user": ("documented", "as_alone", "short"),
    "template_references": ("documented", "objects"),
    "admin_entities": ("objects", "ids", "combined_ids"),
    "missing_number": ("null", "empty", "absent"),
    "interval_end": ("empty", "absent", "same", "null"),
    "voice_mail_mode": ("shown", "absent"),
    "provisioning": ("at_once", "never", "renewed"),
    "edit_cti_password": ("cleared", "kept"),
    "references": ("follow", "dangle"),
    "available_numbers": ("whole", "integers"),
}
"""How a server may write what it shows: dialects of the sandbox that make no difference to what a document does."""

# What XiVO's people write: accents, quotes, colons, and what YAML makes of digits.
written = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=12
) | st.sampled_from(["", "Zoé d'Arc", 'CLF "88:40" P3', "0200", "********", "null"])  # fmt: skip
texts = written.map(spelling.normal).filter(lambda text: not spelling.refused(text))
bounds = st.tuples(st.integers(0, 9999), st.integers(0, 9999), st.integers(1, 6)).map(
    lambda made: {"start": str(min(made[:2])).zfill(made[2]), "end": str(max(made[:2])).zfill(made[2])}
)
intervals = st.lists(bounds, max_size=5).map(Intervals().parse)


def spelled(interval: Mapping[str, str]) -> st.SearchStrategy[dict[str, Any]]:
    """One interval in any way that a person or XCI may write it."""
    start, end = interval["start"], interval["end"]
    ways: list[dict[str, Any]] = [{"start": start, "end": end}]
    if start == end:
        ways += [{"start": start}, {"start": start, "end": ""}, {"start": start, "end": None}]
    return st.sampled_from(ways)


@st.composite
def spellings(draw: st.DrawFn, value: list[dict[str, str]]) -> list[dict[str, Any]]:
    """The same intervals in another order, some of them twice, each in any of its ways."""
    again = draw(st.lists(st.sampled_from(value), max_size=3)) if value else []
    shuffled: list[dict[str, str]] = draw(st.permutations(value + again))
    return [draw(spelled(one)) for one in shuffled]


def normal(one: Field) -> st.SearchStrategy[Any]:
    """Values of a field in normal form."""
    codec: Codec = one.codec
    if isinstance(codec, Refs):
        return st.lists(st.sampled_from(LABELS[codec.kind]), unique=True).map(sorted)
    if isinstance(codec, Ref):
        return st.sampled_from(LABELS[codec.kind])
    if isinstance(codec, Choice):
        return st.sampled_from(codec.words)
    made: dict[type[Codec], st.SearchStrategy[Any]] = {
        Secret: st.sampled_from(SECRETS),
        Intervals: intervals,
        Number: st.integers(0, 120),
        Flag: st.booleans(),
        Digits: st.text("0123456789", max_size=8),
        Text: texts.filter(bool) if one.required_if or one.required else texts,
    }
    return made[type(codec)]


@st.composite
def options(draw: st.DrawFn, resource: Resource) -> Values:
    """What a playbook may say of an object; all that a condition needs is said with it."""
    chosen = draw(st.sets(st.sampled_from([one.name for one in resource.writable])))
    needed = {one.name for one in resource.fields if one.required_if and one.required_if[0] in chosen}
    write_only = {one.name for one in resource.fields if one.required_if and one.write_only}
    return {name: draw(normal(resource[name])) for name in sorted(chosen | needed | write_only)}


@st.composite
def objects(draw: st.DrawFn, resource: Resource) -> dict[str, Any]:
    """An object as XCI shows it: whole, with what a later server may add."""
    values = {one.name: draw(normal(one)) for one in resource.writable if one.reads}
    raw: dict[str, Any] = {"id": draw(st.integers(1, 999))}
    for one in resource.fields:
        if one.name in values and one.applies(values):
            shown = show(one, values[one.name])
            if not (one.omit_if_empty and not shown):
                raw[one.reads] = shown
        elif one.reads and not one.writes and one.name != "id":
            raw[one.reads] = made_by_xci(one)
    return {**draw(st.dictionaries(st.sampled_from(["later", "laterStill"]), st.integers(), max_size=2)), **raw}


def made_by_xci(one: Field) -> Any:
    return 664 if isinstance(one.codec, Number) else "made by XCI"


def show(one: Field, value: Any) -> Any:
    """Return a value of the normal form as XCI shows it."""
    if isinstance(one.codec, Ref) and not isinstance(one.codec, Refs):
        by_label = {"default@paris": DEFAULT, "sales@paris": SALES, "default@lyon": LYON_DEFAULT}
        return by_label.get(value) or {"id": LABELS["xivo"].index(value) + 1}
    return one.codec.dump(value, None, NAMES)


def carried_out(operation: Operation) -> dict[str, Any]:
    """Return what a server shows that replaces an object by what is sent for it, and hides no password."""
    sent = body(operation, NAMES)
    resource = operation.resource
    known = {one.writes for one in resource.writable}
    raw: dict[str, Any] = {"id": 1 if operation.action == CREATE else operation.raw["id"]}
    for one in resource.fields:
        if one.reads and not one.writes and one.name != "id":
            raw[one.reads] = operation.raw.get(one.reads, made_by_xci(one))
        elif one.reads and one.writes in sent:
            raw[one.reads] = show(one, operation.after[one.name]) if isinstance(one.codec, Ref) else sent[one.writes]
    return {**{key: value for key, value in sent.items() if key not in known}, **raw}

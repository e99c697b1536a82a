# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""XCI as a document: all of it or a part, in a stable order, fit to be given back."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.xivo.xci.plugins.module_utils.api.errors import ApiError, UnknownReference
from ansible_collections.xivo.xci.plugins.module_utils.modules import config
from ansible_collections.xivo.xci.plugins.module_utils.modules.context import Context
from ansible_collections.xivo.xci.plugins.module_utils.modules.export import OPTIONS, export
from ansible_collections.xivo.xci.plugins.module_utils.state.state import State
from ansible_collections.xivo.xci.tests.unit.plugins import fakes
from ansible_collections.xivo.xci.tests.unit.plugins.fakes import (
    ADMINS,
    DEFAULT,
    ENTITIES,
    LYON_DEFAULT,
    SALES,
    TEMPLATES,
    WORLD,
    XIVOS,
    FakeClient,
    items,
    users,
)

KINDS = ("xivos", "entities", "templates", "users", "admins")


def context(answers: dict[str, Any] | None = None) -> Context:
    client: Any = FakeClient({**WORLD, **(answers or {})})
    return Context(client, State(client))


def run(on: Context, **options: Any) -> dict[str, Any]:
    return export({**{name: spec.get("default") for name, spec in OPTIONS.items()}, **options}, on)


def names(result: dict[str, Any]) -> dict[str, list[str]]:
    def name(entry: dict[str, Any]) -> str:
        if "internal_number" in entry:
            return f"{entry['internal_number']}@{entry['entity']}"
        return str(entry.get("login") or f"{entry['name']}{'@' + entry['xivo'] if 'xivo' in entry else ''}")

    return {kind: [name(entry) for entry in entries] for kind, entries in result["config"].items()}


ALL = {
    "xivos": ["lyon", "paris"],
    "entities": ["default@lyon", "default@paris", "sales@paris"],
    "templates": ["desk"],
    "users": ["200@default@lyon", "200@default@paris", "201@default@paris", "200@sales@paris"],
    "admins": ["admin", "bob"],
}


def test_everything_in_the_order_in_which_it_can_be_created() -> None:
    result = run(context())
    assert result["changed"] is False
    assert tuple(result["config"]) == KINDS
    assert names(result) == ALL
    assert result["left_out"] == ["users.template", "users.cti_password", "admins.password"]


def test_an_export_can_be_given_back() -> None:
    on = context()
    exported = run(on)["config"]
    given = {name: spec.get("default") for name, spec in config.OPTIONS.items()}
    result = config.configure({**given, **exported}, on)
    assert (result["errors"], result["plan"]) == ([], [])


ODD = {
    TEMPLATES: [fakes.template(3, "", peerSipName="webrtc", callerIdMode="*31", voiceMailNumberMode="long")],
    ENTITIES: items(
        {**DEFAULT, "intervals": [{"start": "*10", "end": "*19"}, {"start": "9", "end": "1"}]}, SALES, LYON_DEFAULT
    ),
    users(DEFAULT): items(fakes.user(5, "*55"), fakes.user(6, "201", firstName="", lastName="")),
}
"""Values that nobody could write anew."""


def test_what_xci_has_can_be_given_back_whatever_it_is() -> None:
    on = context(ODD)
    exported = run(on)["config"]
    given = {name: spec.get("default") for name, spec in config.OPTIONS.items()}
    result = config.configure({**given, **exported}, on)
    assert (result["errors"], result["plan"], on.warnings[1:]) == ([], [], [])


@pytest.mark.parametrize(
    ("kind", "entry", "option", "why"),
    [
        ("templates", {"name": "desk", "peer_sip_name": "sip"}, "peer_sip_name", "'sip' is none of auto, model"),
        ("users", {"internal_number": "*56"}, "internal_number", "'*56' is not a number in digits"),
        ("entities", {"name": "default", "intervals": [{"start": "200", "end": "299"}, {"start": "*1"}]}, "intervals",
         "the interval *1-*1: '*1' is not a number in digits"),
        ("templates", {"id": 3, "name": ""}, "name", "it is empty"),
    ],
)  # fmt: skip
def test_what_xci_does_not_have_is_still_checked(kind: str, entry: dict[str, Any], option: str, why: str) -> None:
    on = context()
    given = {name: spec.get("default") for name, spec in config.OPTIONS.items()}
    within = {"entities": {"xivo": "paris"}, "users": {"entity": "default@paris"}}.get(kind, {})
    result = config.configure({**given, kind: [{**within, **entry}]}, on)
    assert [(one["option"], one["msg"]) for one in result["errors"]] == [(option, f"invalid value: {why}")]


def test_of_intervals_only_new_ones_are_checked() -> None:
    on = context({**ODD, "PUT /entities/default%40uuid-1": None})
    given = {name: spec.get("default") for name, spec in config.OPTIONS.items()}
    entry = {"name": "default", "xivo": "paris", "intervals": [{"start": "*10", "end": "*19"}, {"start": "300"}]}
    on.check = True
    result = config.configure({**given, "entities": [entry]}, on)
    assert (result["errors"], len(result["plan"])) == ([], 1)


@pytest.mark.parametrize("state", ["present", "absent"])
def test_an_empty_name_means_an_object_without_a_name_alone(state: str) -> None:
    on = context()
    given = {name: spec.get("default") for name, spec in config.OPTIONS.items()}
    result = config.configure({**given, "templates": [{"name": "", "state": state}]}, on)
    assert [one["msg"] for one in result["errors"]] == ["missing required option: name (or id), to find the template"]


def test_what_is_not_shown_is_left_out_and_said() -> None:
    on = context({ADMINS: ApiError("GET /administrators answered 403: no", 403)})
    result = run(on)
    assert result["not_shown"] == ["admins"]
    assert tuple(result["config"]) == KINDS[:-1]
    assert "admins.password" not in result["left_out"]
    assert on.warnings == ["admins: not shown to admin, and left out: GET /administrators answered 403: no"]


def test_without_entities_no_users_are_shown() -> None:
    on = context({ENTITIES: ApiError("no", 403), ADMINS: items(), TEMPLATES: []})
    result = run(on)
    assert (result["not_shown"], list(result["config"])) == (["entities", "users"], ["xivos", "templates", "admins"])


def test_any_other_refusal_is_an_error() -> None:
    with pytest.raises(ApiError):
        run(context({ADMINS: ApiError("broken", 500)}))
    with pytest.raises(ApiError):
        run(context({users(SALES): ApiError("no", 403)}))


def test_entries_are_options_without_what_only_xci_writes() -> None:
    document = run(context({TEMPLATES: [fakes.template(3, "desk", entities=[])]}))["config"]
    assert document["xivos"][1] == {"name": "paris", "host": "192.0.2.1"}
    assert document["users"][1] == {
        "entity": "default@paris",
        "first_name": "Zoé",
        "last_name": "D'Arc",
        "internal_number": "200",
        "cti_login": "zoe",
    }
    assert document["templates"][0]["entities"] == []


@pytest.mark.parametrize(
    ("kinds", "calls"),
    [
        (["xivos"], [XIVOS]),
        (["templates"], [TEMPLATES, XIVOS, ENTITIES]),
        (["users"], [ENTITIES, users(DEFAULT), users(SALES), users(LYON_DEFAULT)]),
        ([], []),
    ],
    ids=str,
)
def test_only_what_is_asked_for_is_read(kinds: list[str], calls: list[str]) -> None:
    on = context()
    result = run(on, kinds=kinds)
    assert list(result["config"]) == kinds
    assert isinstance(on.client, FakeClient)
    assert sorted(on.client.calls) == sorted(calls)


def test_what_is_not_there_leaves_nothing_out() -> None:
    result = run(context({ADMINS: items()}), kinds=["xivos", "templates", "admins"])
    assert result["left_out"] == []
    assert result["config"]["admins"] == []


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        pytest.param(
            {"xivo": "paris"},
            {
                "xivos": ["paris"],
                "entities": ["default@paris", "sales@paris"],
                "templates": ["desk"],
                "users": ["200@default@paris", "201@default@paris", "200@sales@paris"],
                "admins": ["bob"],
            },
            id="a-xivo",
        ),
        pytest.param(
            {"xivo": "lyon"},
            {
                "xivos": ["lyon"],
                "entities": ["default@lyon"],
                "templates": [],
                "users": ["200@default@lyon"],
                "admins": [],
            },
            id="another-xivo",
        ),
        pytest.param(
            {"entity": "default@paris"},
            {
                "xivos": ["paris"],
                "entities": ["default@paris"],
                "templates": ["desk"],
                "users": ["200@default@paris", "201@default@paris"],
                "admins": ["bob"],
            },
            id="an-entity",
        ),
        pytest.param(
            {"entity": "sales", "xivo": "uuid-1"},
            {
                "xivos": ["paris"],
                "entities": ["sales@paris"],
                "templates": ["desk"],
                "users": ["200@sales@paris"],
                "admins": [],
            },
            id="an-entity-of-a-xivo",
        ),
    ],
)
def test_a_part(options: dict[str, Any], expected: dict[str, list[str]]) -> None:
    assert names(run(context(), **options)) == expected


def test_a_part_that_does_not_exist() -> None:
    with pytest.raises(UnknownReference, match="xivo 'nice' not found"):
        run(context(), xivo="nice")


def test_what_this_administrator_is_not_shown_belongs_to_no_part() -> None:
    hidden = fakes.admin(9, "bob", entities=[77])
    assert names(run(context({ADMINS: items(hidden)}), xivo="paris", kinds=["admins"])) == {"admins": []}
    assert names(run(context({ADMINS: items(hidden)}), kinds=["admins"])) == {"admins": ["bob"]}


def test_the_default_template_of_the_task_is_given_to_each_user() -> None:
    result = run(context(), default_template="3", kinds=["users"])
    assert {entry["template"] for entry in result["config"]["users"]} == {"desk"}
    assert result["left_out"] == ["users.cti_password"]
    with pytest.raises(UnknownReference, match="template 'zz' not found"):
        run(context(), default_template="zz", kinds=["users"])
    nobody = {users(of): items() for of in (DEFAULT, SALES, LYON_DEFAULT)}
    assert run(context(nobody), default_template="zz", kinds=["users"])["config"] == {"users": []}


def test_numbers_sort_as_numbers_do() -> None:
    shuffled = items(*(fakes.user(n, number) for n, number in enumerate(("1000", "99", "0100", "200"), 1)))
    result = run(context({users(DEFAULT): shuffled}), entity="default@paris", kinds=["users"])
    assert names(result)["users"] == [f"{number}@default@paris" for number in ("99", "200", "0100", "1000")]

# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The vocabulary of the tables: what contradicts itself, what is read, what is written in a playbook."""

from __future__ import annotations

import re
from typing import Any

import pytest

from ansible_collections.xivo.xci.plugins.module_utils.api.errors import InputError, UnexpectedResponse
from ansible_collections.xivo.xci.plugins.module_utils.model.fields import Field, Resource, is_planned, plain
from ansible_collections.xivo.xci.plugins.module_utils.model.parsing import parse
from ansible_collections.xivo.xci.plugins.module_utils.model.resources import (
    ADMIN,
    ENTITY,
    RESOURCES,
    TEMPLATE,
    USER,
    XIVO,
)
from ansible_collections.xivo.xci.plugins.module_utils.model.values import Choice, Flag, Number, Ref, Refs, Secret, Text
from ansible_collections.xivo.xci.tests.unit.plugins import fakes

ID = Field("id", Number(), read="id")
NAME = Field("name", Text(), "name", required=True)


def table(*fields: Field, **more: Any) -> Resource:
    """A made-up resource; it has an id and a name unless it is given other fields."""
    given = {"kind": "thing", "plural": "things", "path": "/things", "label": "{name}", "matches": {"name": ("name",)}}
    return Resource(**{**given, "fields": fields or (ID, NAME), **more})


class Names:
    """Shows the references of the world as they come."""

    def label(self, kind: str, element: Any, _field: str) -> str:
        if not isinstance(element, (int, str, dict)):
            raise ValueError("expected a reference")
        return f"{kind} {element['id'] if isinstance(element, dict) else element}"

    def key(self, kind: str, label: str, field: str) -> Any:
        raise AssertionError


# -- tables that contradict themselves ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "more", "fault"),
    [
        pytest.param((ID, NAME, NAME), {}, "name is a duplicate", id="twice"),
        pytest.param((ID,), {"matches": {}}, "name is not a field", id="label"),
        pytest.param((ID, NAME), {"key": "uuid"}, "uuid is not a field", id="key"),
        pytest.param((ID, NAME), {"unique": "uuid"}, "uuid is not a field", id="unique"),
        pytest.param((ID, NAME), {"any_of": ("name", "nick")}, "nick is not a field", id="any-of"),
        pytest.param((ID, NAME), {"matches": {"x": ("name", "nick")}}, "nick is not a field", id="matches"),
        pytest.param((ID, NAME), {"spellings": ("{name}", "{nick}@x")}, "nick is not a field", id="spellings"),
        pytest.param((ID, NAME), {"scope": "house"}, "house is not a field", id="scope"),
        pytest.param((ID, NAME, Field("a", Text(), "a", when=("b", True))), {}, "b is not a field", id="when"),
        pytest.param((ID, NAME, Field("a", Text())), {}, "a is neither read nor written", id="without-a-key"),
        pytest.param(
            (ID, Field("name", Text(), "name", required=True, default="")),
            {},
            "name is required and has a default",
            id="required-with-default",
        ),
        pytest.param(
            (ID, NAME, Field("a", Text(), "a", WRITEONLY=True)), {}, "a rides along and is read", id="rides-and-is-read"
        ),
        pytest.param(
            (ID, NAME, Field("a", Secret(), "a", secret=True)),
            {},
            "a is a secret, which needs a policy",
            id="secret-without-policy",
        ),
    ],
)
def test_a_table_that_contradicts_itself(fields: tuple[Field, ...], more: dict[str, Any], fault: str) -> None:
    with pytest.raises(TypeError, match=f"^the table of thing: {fault}$"):
        table(*fields, **more)


def test_all_faults_of_a_table_are_told_at_once() -> None:
    with pytest.raises(TypeError, match=r"^the table of thing: a is neither read nor written; b is neither"):
        table(ID, NAME, Field("a", Text()), Field("b", Text()))


@pytest.mark.parametrize(
    "more",
    [
        pytest.param({"read": "a"}, id="only-read"),
        pytest.param({"write": "a"}, id="only-written"),
        pytest.param({"asked": True}, id="only-asked-for"),
        pytest.param({"write": "a", "rides": True}, id="rides-and-is-written"),
        pytest.param({"key": "a", "required": True}, id="required"),
        pytest.param({"key": "a", "default": ""}, id="default"),
    ],
)
def test_a_field_that_can_be(more: dict[str, Any]) -> None:
    assert table(ID, NAME, Field("a", Text(), **more))["a"].name == "a"


def test_a_secret_with_a_policy_can_be() -> None:
    secret = Field("a", Secret(), "a", secret=True)
    assert table(ID, NAME, secret, password_policies=("always",)).policies == ("always",)


def test_two_keys_of_one_field() -> None:
    one = Field("a", Text(), read="shown", write="taken")
    assert (one.reads, one.writes) == ("shown", "taken")
    both = Field("a", Text(), "key")
    assert (both.reads, both.writes) == ("key", "key")


@pytest.mark.parametrize(
    ("one", "empty"),
    [
        pytest.param(Field("a", Text(), "a"), "", id="of-its-kind"),
        pytest.param(Field("a", Refs(kind="x"), "a"), [], id="a-list-and-no-tuple"),
        pytest.param(Field("a", Text(), "a", default_if_missing="short"), "short", id="what-absent-means"),
        pytest.param(Field("a", Flag(), "a", absent=False), False, id="false"),
    ],
)
def test_empty_value_of_a_field(one: Field, empty: Any) -> None:
    assert one.empty == empty
    assert type(one.empty) is type(empty)


def test_when_a_field_applies() -> None:
    always, sometimes = Field("a", Text(), "a"), Field("a", Text(), "a", when=("mode", "custom"))
    assert always.applies({})
    assert sometimes.applies({"mode": "custom"})
    assert not sometimes.applies({"mode": "auto"})
    assert not sometimes.applies({})
    assert (always.condition(), sometimes.condition()) == ("", "mode is custom")
    assert Field("a", Text(), "a", when=("on", True)).condition() == "on is true"


def test_plain_has_lists_and_no_tuples() -> None:
    assert plain((1, 2)) == [1, 2]
    assert plain("ab") == "ab"
    assert plain([]) == []


# -- options ------------------------------------------------------------------------------------------------

STATE = {"type": "str", "choices": ["present", "absent"], "default": "present"}


def test_options_of_a_module() -> None:
    resource = table(
        ID,
        NAME,
        Field("mode", Choice(words=("a", "b")), "mode"),
        Field("secret", Secret(), "secret", secret=True),
        Field("shown", Text(), read="shown"),
        password_policies=("on_create", "always"),
        lookup_keys={"name": ("name",), "mode": ("mode",)},
    )
    assert resource.argument_spec() == {
        "id": {"type": "int"},
        "name": {"type": "str"},
        "mode": {"type": "str", "choices": ["a", "b"]},
        "secret": {"type": "str", "no_log": True},
        "shown": {"type": "raw"},
        "state": STATE,
        "match_on": {"type": "str", "choices": ["name", "mode"], "default": "name"},
        "update_password": {"type": "str", "choices": ["on_create", "always"], "no_log": False},
    }


def test_options_that_there_is_no_use_for_are_left_out() -> None:
    assert table().argument_spec() == {"id": {"type": "int"}, "name": {"type": "str"}, "state": STATE}


def test_usual_policy() -> None:
    spec = table(ID, NAME, password_policies=("verify", "always"), default_policy="verify").argument_spec()
    assert spec["update_password"]["default"] == "verify"


# -- what XCI shows -----------------------------------------------------------------------------------------


def test_load_brings_an_object_into_normal_form() -> None:
    raw = fakes.user(5, "0200", fakes.SALES, ctiLogin="zoe", ctiPassword="1234", newKey={"a": 1})
    assert USER.load(raw, Names()) == {
        "entity": "entity 18",
        "first_name": "Zoé",
        "last_name": "D'Arc",
        "internal_number": "0200",
        "cti_login": "zoe",
        "cti_password": "1234",
        "id": 5,
        "external_number": "",
        "mail": "",
        "provisioning_number": "114133",
    }


@pytest.mark.parametrize("shown", [{}, {"mail": None}], ids=["absent", "null"])
def test_absent_and_null_are_equal(shown: dict[str, Any]) -> None:
    raw = {key: value for key, value in fakes.user(5, "200").items() if key != "mail"}
    assert USER.load({**raw, **shown}, Names())["mail"] == ""


def test_load_knows_what_absent_means() -> None:
    raw = fakes.template(3, "desk")
    del raw["voiceMailNumberMode"]
    assert TEMPLATE.load(raw, Names())["voice_mail_number_mode"] == "short_number"


def test_empty_values_are_not_shared() -> None:
    one, other = (TEMPLATE.load({"id": n, "name": "x"}, Names()) for n in (1, 2))
    one["xivos"].append("paris")
    assert other["xivos"] == []


@pytest.mark.parametrize(
    ("resource", "raw", "complaint"),
    [
        pytest.param(XIVO, ["a"], "invalid xivo from XCI: expected an object, got a list of 1", id="no-object"),
        pytest.param(XIVO, "x", "invalid xivo from XCI: expected an object, got a value of type str", id="no-object-but-text"),
        pytest.param(XIVO, None, "invalid xivo from XCI: expected an object, got nothing", id="null"),
        pytest.param(XIVO, {"id": "7"}, "invalid xivo from XCI: invalid value for id: expected a whole number", id="id"),
        pytest.param(
            XIVO,
            {"id": 7, "remainingSlots": "many"},
            "invalid xivo from XCI: invalid value for remainingSlots: expected a whole number",
            id="named-by-its-key",
        ),
        pytest.param(
            ENTITY,
            {"id": 7, "xivo": [1]},
            "invalid entity from XCI: invalid value for xivo: expected a reference",
            id="reference",
        ),
        pytest.param(
            TEMPLATE,
            {"id": 7, "routedInbound": "false"},
            "invalid template from XCI: invalid value for routedInbound: expected true or false",
            id="flag",
        ),
    ],
)
def test_load_refuses_other_shapes(resource: Resource, raw: Any, complaint: str) -> None:
    with pytest.raises(UnexpectedResponse, match=f"^{re.escape(complaint)}$"):
        resource.load(raw, Names())


WHOLE = {
    "xivo": fakes.PARIS,
    "entity": fakes.DEFAULT,
    "template": fakes.DESK,
    "user": fakes.user(5, "200"),
    "admin": fakes.admin(1, "admin"),
}


@pytest.mark.parametrize("kind", WHOLE)
def test_what_the_page_shows_is_whole(kind: str) -> None:
    assert RESOURCES[kind].is_whole(WHOLE[kind])


@pytest.mark.parametrize(
    ("kind", "without"),
    [
        pytest.param("template", "voiceMailNumberMode", id="absent-means-something"),
        pytest.param("user", "ctiLogin", id="optional"),
        pytest.param("user", "ctiPassword", id="optional-secret"),
        pytest.param("admin", "password", id="not-read"),
    ],
)
def test_what_may_be_missing_from_a_whole_object(kind: str, without: str) -> None:
    assert RESOURCES[kind].is_whole({key: value for key, value in WHOLE[kind].items() if key != without})


@pytest.mark.parametrize(
    ("kind", "without"),
    [(kind, key) for kind, keys in {
        "xivo": ("id", "uuid", "name", "host", "remainingSlots"),
        "entity": ("id", "combinedId", "displayName", "xivo", "intervals", "presentedNumber"),
        "template": ("id", "name", "xivos", "entities", "ringingTime"),
        "user": ("id", "entity", "firstName", "provisioningNumber", "mail"),
        "admin": ("id", "login", "entities", "superAdmin"),
    }.items() for key in keys],
)  # fmt: skip
def test_what_makes_an_object_less_than_whole(kind: str, without: str) -> None:
    assert not RESOURCES[kind].is_whole({key: value for key, value in WHOLE[kind].items() if key != without})


@pytest.mark.parametrize("answer", [None, [], "ok", 7, {}, {"id": "7"}], ids=str)
def test_what_is_no_object_at_all(answer: Any) -> None:
    assert not XIVO.is_whole(answer)
    assert not XIVO.is_whole({**fakes.PARIS, "id": "1"})


def test_extras_are_what_the_table_does_not_know() -> None:
    raw = {**fakes.DEFAULT, "xivoId": 1, "mediaServer": "mds1", "rights": None}
    assert ENTITY.extras(raw) == {"mediaServer": "mds1", "rights": None}


# -- what may be shown --------------------------------------------------------------------------------------


def test_public_has_no_secret_and_nothing_that_is_only_written() -> None:
    values = USER.load(fakes.user(5, "200", ctiPassword="1234"), Names())
    shown = USER.public({**values, "template": "desk"})
    assert "cti_password" not in shown
    assert "template" not in shown
    assert (shown["id"], shown["internal_number"], shown["provisioning_number"]) == (5, "200", "114133")


def test_public_of_an_object_to_come_shows_nothing_that_xci_will_make() -> None:
    shown = USER.public({"id": -1, "entity": "default@paris", "internal_number": "200", "provisioning_number": "x"})
    assert shown == {
        "entity": "default@paris",
        "first_name": None,
        "last_name": None,
        "internal_number": "200",
        "cti_login": None,
        "id": None,
        "external_number": None,
        "mail": None,
        "provisioning_number": None,
    }


@pytest.mark.parametrize(
    ("values", "foretold"),
    [
        ({}, False), ({"id": 0}, False), ({"id": 1}, False), ({"id": -1}, True), ({"id": None}, False)
    ],
    ids=str,
)  # fmt: skip
def test_what_is_foretold(values: dict[str, Any], foretold: bool) -> None:
    assert is_planned(values) is foretold


def test_title_of_what_is_not_complete() -> None:
    assert USER.title({"internal_number": "200"}) == "200@"
    assert ENTITY.title({"name": "default", "xivo": "paris"}) == "default@paris"


def test_who_refers_to_whom() -> None:
    refers = {kind: [other for other in RESOURCES if RESOURCES[other].refers_to(kind)] for kind in RESOURCES}
    assert refers == {
        "xivo": ["entity", "template"],
        "entity": ["template", "user", "admin"],
        # XCI does not show the template of a user.
        "template": [],
        "user": [],
        "admin": [],
    }


def test_getting_a_field() -> None:
    assert USER["entity"].writes == "entityCId"
    assert [one.name for one in XIVO.writable] == ["name", "host", "configure"]
    assert isinstance(USER["entity"].codec, Ref)


# -- what a person writes -----------------------------------------------------------------------------------


def test_parse_omitted_empty_and_given_are_three_things() -> None:
    parsed = parse(ENTITY, {"name": "default", "xivo": None, "intervals": [], "display_name": ""}).checked()
    assert parsed.desired == {"name": "default", "intervals": [], "display_name": ""}
    assert parsed.warnings == []


def test_parse_passes_over_what_only_xci_writes() -> None:
    parsed = parse(USER, {"id": 5, "mail": ["anything"], "provisioning_number": True, "external_number": 1.5})
    assert parsed.checked().desired == {"id": 5}


def test_parse_passes_over_what_steers_the_module() -> None:
    options = {"state": "absent", "match_on": "name", "update_password": "always"}
    assert parse(USER, options).checked().desired == {}


@pytest.mark.parametrize(
    ("resource", "options", "faults"),
    [
        pytest.param(USER, {"state": "abset"}, ["state: 'abset' is none of present, absent"], id="state"),
        pytest.param(USER, {"state": True}, ["state: True is none of present, absent"], id="state-of-yaml"),
        pytest.param(USER, {"state": None, "match_on": None, "update_password": None}, [], id="not-given"),
        pytest.param(
            USER, {"match_on": "mail"}, ["match_on: 'mail' is none of internal_number, cti_login, name"], id="match"
        ),
        pytest.param(
            USER, {"update_password": "verify"}, ["update_password: 'verify' is none of on_create, always"], id="policy"
        ),
        pytest.param(ADMIN, {"update_password": "verify"}, [], id="policy-of-another-kind"),
        pytest.param(
            ENTITY, {"update_password": "always"}, ["update_password: unsupported option"], id="no-password"
        ),
        pytest.param(ADMIN, {"match_on": "login"}, ["match_on: unsupported option"], id="one-way-only"),
    ],
)
def test_what_steers_the_module_is_one_of_its_words(
    resource: Resource, options: dict[str, Any], faults: list[str]
) -> None:
    """A document has no argument spec that would see to it: a misspelt absent must not create."""
    assert parse(resource, options).faults == faults


@pytest.mark.parametrize(
    ("options", "faults"),
    [
        pytest.param({"nmae": "x"}, ["nmae: unsupported option; did you mean name?"], id="typo"),
        pytest.param({"stat": "x"}, ["stat: unsupported option; did you mean state?"], id="typo-of-a-control"),
        pytest.param({"colour": 1}, ["colour: unsupported option"], id="unlike-any"),
        pytest.param({5: 1}, ["5: unsupported option"], id="not-even-text"),
        pytest.param({"nmae": None}, ["nmae: unsupported option; did you mean name?"], id="unknown-and-empty"),
        pytest.param({"id": 0}, ["id: invalid id 0"], id="id-zero"),
        pytest.param({"id": -7}, ["id: invalid id -7"], id="id-negative"),
        pytest.param({"id": "x"}, ["id: 'x' is not a whole number"], id="id-word"),
        pytest.param(
            {"name": True, "ringing_time": "long"},
            ["name: True is not text; put it in quotes", "ringing_time: 'long' is not a whole number"],
            id="all-at-once",
        ),
    ],
)
def test_parse_tells_what_can_not_be(options: dict[Any, Any], faults: list[str]) -> None:
    assert parse(TEMPLATE, options).faults == faults
    with pytest.raises(InputError) as caught:
        parse(TEMPLATE, options).checked()
    assert list(map(str, caught.value.problems)) == faults
    assert str(caught.value) == "; ".join(faults)


def test_parse_says_where() -> None:
    parsed = parse(TEMPLATE, {"nmae": 1, "ringing_time": 90, "xivos": "x", "id": 0}, "templates[2].")
    assert parsed.faults == [
        "templates[2].nmae: unsupported option; did you mean name?",
        "templates[2].xivos: 'x' is not a list",
        "templates[2].id: invalid id 0",
    ]
    assert parsed.warnings == ["templates[2].ringing_time is 90; XiVO takes 0 to 60"]


def test_parse_warns_of_what_xivo_does_not_take() -> None:
    parsed = parse(USER, {"cti_login": "z", "cti_password": "abc", "first_name": "x" * 129}).checked()
    assert parsed.warnings == [
        "cti_login has 1 characters; XiVO takes 2 to 254",
        "cti_password has 3 characters; XiVO takes 4 to 64",
        "first_name has 129 characters; XiVO takes 0 to 128",
    ]


def test_parse_of_a_wrong_secret_does_not_show_it() -> None:
    parsed = parse(ADMIN, {"login": "bob", "password": ["hunter2"]})
    assert parsed.faults == ["password: it is not text, or contains a control character; put it in quotes"]

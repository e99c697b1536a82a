# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The words of the tables: what contradicts itself, what is read, what may be shown."""

from __future__ import annotations

import re
from typing import Any

import pytest

from ansible_collections.xivo.xci.plugins.module_utils.api.errors import UnexpectedResponse
from ansible_collections.xivo.xci.plugins.module_utils.model.field import Field, plain
from ansible_collections.xivo.xci.plugins.module_utils.model.fields import Resource, is_planned
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
    given: dict[str, Any] = {"kind": "thing", "plural": "things", "path": "/things", "display_format": "{name}"}
    given["lookup_keys"] = {"name": ("name",)}
    return Resource(**{**given, "fields": fields or (ID, NAME), **more})


class Names:
    """Shows the references of the world as they come."""

    def __init__(self) -> None:
        self.unreadable: list[tuple[str, str, str]] = []

    def note_unreadable(self, kind: str, key: str, seen: str) -> None:
        self.unreadable.append((kind, key, seen))

    def label(self, kind: str, element: Any, _field: str) -> str:
        if not isinstance(element, (int, str, dict)):
            raise ValueError("expected a reference")
        return f"{kind} {element['id'] if isinstance(element, dict) else element}"

    def key(self, kind: str, label: str, field: str) -> Any:
        raise AssertionError


# -- tables that contradict themselves ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "more", "contradiction"),
    [
        pytest.param((ID, NAME, NAME), {}, "name is a duplicate", id="twice"),
        pytest.param((ID,), {"lookup_keys": {}}, "name is not a field", id="display-format"),
        pytest.param((ID, NAME), {"key": "uuid"}, "uuid is not a field", id="key"),
        pytest.param((ID, NAME), {"id_field": "uuid"}, "uuid is not a field", id="id-field"),
        pytest.param((ID, NAME), {"required_one_of": ("name", "nick")}, "nick is not a field", id="one-of"),
        pytest.param((ID, NAME), {"lookup_keys": {"x": ("name", "nick")}}, "nick is not a field", id="lookup-keys"),
        pytest.param((ID, NAME), {"aliases": ("{name}", "{nick}@x")}, "nick is not a field", id="aliases"),
        pytest.param((ID, NAME), {"scope": "house"}, "house is not a field", id="scope"),
        pytest.param((ID, NAME), {"login_field": "login"}, "login is not a field", id="login-field"),
        pytest.param((ID, NAME, Field("a", Text(), "a", only_if=("b", True))), {}, "b is not a field", id="only-if"),
        pytest.param(
            (ID, NAME, Field("a", Text(), "a", required_if=("b", 1))), {}, "b is not a field", id="required-if"
        ),
        pytest.param(
            (ID, Field("name", Text(), "name", unique_in="house")),
            {},
            "name is unique in house, which no thing refers to",
            id="unique-in",
        ),
        pytest.param(
            (ID, NAME, Field("a", Text(), "a", only_if=("name", "x"), required_if=("name", "y"))),
            {},
            "a has two conditions",
            id="two-conditions",
        ),
        pytest.param(
            (ID, NAME),
            {"password_policies": ("verify",)},
            "verify is a password policy, which needs login_field",
            id="verify-without-login",
        ),
        pytest.param(
            (ID, Field("name", Text(), "name", required=True, default="")),
            {},
            "name is required and has a default",
            id="required-with-default",
        ),
        pytest.param(
            (ID, NAME, Field("a", Secret(), "a")),
            {},
            "a is a secret, which needs password_policies",
            id="secret-without-policy",
        ),
    ],
)
def test_a_table_that_contradicts_itself(fields: tuple[Field, ...], more: dict[str, Any], contradiction: str) -> None:
    with pytest.raises(TypeError, match=f"^the table of thing: {re.escape(contradiction)}$"):
        table(*fields, **more)


def test_all_contradictions_of_a_table_are_reported_together() -> None:
    a, b = (Field(name, Text(), name, required=True, default="") for name in "ab")
    with pytest.raises(TypeError, match=r"^the table of thing: a is required and has a default; b is required and"):
        table(ID, NAME, a, b)


@pytest.mark.parametrize(
    "more",
    [
        pytest.param({"read": "a"}, id="only-read"),
        pytest.param({"write": "a"}, id="only-written"),
        pytest.param({}, id="computed"),
        pytest.param({"key": "a", "required": True}, id="required"),
        pytest.param({"key": "a", "default": ""}, id="default"),
    ],
)
def test_a_field_that_can_be(more: dict[str, Any]) -> None:
    assert table(ID, NAME, Field("a", Text(), **more))["a"].name == "a"


def test_a_secret_with_a_policy_can_be() -> None:
    secret = Field("a", Secret(), "a")
    assert table(ID, NAME, secret, password_policies=("always",)).secrets == (secret,)


def test_two_keys_of_one_field() -> None:
    one = Field("a", Text(), read="shown", write="taken")
    assert (one.reads, one.writes) == ("shown", "taken")
    both = Field("a", Text(), "key")
    assert (both.reads, both.writes) == ("key", "key")


@pytest.mark.parametrize(
    ("one", "write_only", "computed", "secret"),
    [
        pytest.param(Field("a", Text(), "a"), False, False, False, id="ordinary"),
        pytest.param(Field("a", Text(), read="a"), False, False, False, id="read-only"),
        pytest.param(Field("a", Text(), write="a"), True, False, False, id="write-only"),
        pytest.param(Field("a", Text()), False, True, False, id="computed"),
        pytest.param(Field("a", Secret(), "a"), False, False, True, id="secret"),
        pytest.param(Field("a", Secret(), write="a"), True, False, True, id="write-only-secret"),
    ],
)
def test_what_follows_from_keys_and_codec(one: Field, write_only: bool, computed: bool, secret: bool) -> None:
    assert (one.write_only, one.computed, one.secret) == (write_only, computed, secret)


@pytest.mark.parametrize(
    ("one", "empty"),
    [
        pytest.param(Field("a", Text(), "a"), "", id="of-its-kind"),
        pytest.param(Field("a", Refs(kind="x"), "a"), [], id="a-list-and-no-tuple"),
        pytest.param(Field("a", Text(), "a", default_if_missing="short"), "short", id="what-missing-means"),
        pytest.param(Field("a", Flag(), "a", default_if_missing=False), False, id="false"),
    ],
)
def test_empty_value_of_a_field(one: Field, empty: Any) -> None:
    assert one.empty == empty
    assert type(one.empty) is type(empty)


def test_when_a_field_applies() -> None:
    always, sometimes = Field("a", Text(), "a"), Field("a", Text(), "a", only_if=("mode", "custom"))
    assert always.applies({})
    assert sometimes.applies({"mode": "custom"})
    assert not sometimes.applies({"mode": "auto"})
    assert not sometimes.applies({})
    assert (always.show_condition(), sometimes.show_condition()) == ("", "mode is custom")
    assert Field("a", Text(), "a", required_if=("on", True)).show_condition() == "on is true"
    assert not Field("a", Text(), "a", required_if=("on", True)).applies({"on": False})


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
        Field("secret", Secret(), "secret"),
        Field("shown", Text(), read="shown"),
        password_policies=("on_create", "always"),
        lookup_keys={"name": ("name",), "mode": ("mode",)},
    )
    assert resource.argument_spec() == {
        "id": {"type": "int"},
        "name": {"type": "str"},
        "mode": {"type": "str"},
        "secret": {"type": "str", "no_log": False},
        "shown": {"type": "raw"},
        "state": STATE,
        "match_on": {"type": "str", "choices": ["name", "mode"], "default": "name"},
        "update_password": {"type": "str", "choices": ["on_create", "always"], "no_log": False},
    }


def test_options_that_there_is_no_use_for_are_left_out() -> None:
    assert table().argument_spec() == {"id": {"type": "int"}, "name": {"type": "str"}, "state": STATE}


def test_options_of_accounts() -> None:
    more: dict[str, Any] = {"password_policies": ("verify", "always"), "default_policy": "verify"}
    spec = table(ID, NAME, login_field="name", **more).argument_spec()
    assert spec["update_password"]["default"] == "verify"
    assert spec["allow_self"] == {"type": "bool", "default": False}


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


@pytest.mark.parametrize("shown", [{}, {"mail": None}], ids=["missing", "null"])
def test_missing_and_null_are_equal(shown: dict[str, Any]) -> None:
    raw = {key: value for key, value in fakes.user(5, "200").items() if key != "mail"}
    assert USER.load({**raw, **shown}, Names())["mail"] == ""


def test_load_knows_what_a_missing_key_means() -> None:
    raw = fakes.template(3, "desk")
    del raw["voiceMailNumberMode"]
    assert TEMPLATE.load(raw, Names())["voice_mail_number_mode"] == "short_number"


def test_empty_values_are_not_shared() -> None:
    one, other = (TEMPLATE.load({"id": n, "name": "x"}, Names()) for n in (1, 2))
    one["xivos"].append("paris")
    assert other["xivos"] == []


@pytest.mark.parametrize(
    ("resource", "raw", "message"),
    [
        pytest.param(XIVO, ["a"], "invalid xivo from XCI: expected an object, got a list of 1", id="no-object"),
        pytest.param(
            XIVO, "x", "invalid xivo from XCI: expected an object, got a value of type str", id="no-object-but-text"
        ),
        pytest.param(XIVO, None, "invalid xivo from XCI: expected an object, got nothing", id="null"),
        pytest.param(
            XIVO,
            {"id": "seven", "name": "paris"},
            "invalid xivo from XCI: id 'seven' (paris): invalid value for id: expected a whole number",
            id="id",
        ),
        pytest.param(
            ENTITY,
            {"id": 7, "displayName": "Accueil", "xivo": [1]},
            "invalid entity from XCI: id 7 (Accueil): invalid value for xivo: expected a reference",
            id="reference",
        ),
        pytest.param(
            TEMPLATE,
            {"id": 7, "name": ["a"]},
            "invalid template from XCI: id 7: invalid value for name: expected a string",
            id="name",
        ),
    ],
)
def test_load_refuses_other_shapes(resource: Resource, raw: Any, message: str) -> None:
    with pytest.raises(UnexpectedResponse, match=f"^{re.escape(message)}$"):
        resource.load(raw, Names())


@pytest.mark.parametrize(
    ("resource", "raw", "key"),
    [
        (XIVO, {**fakes.PARIS, "remainingSlots": "many"}, "remainingSlots"),
        (TEMPLATE, {**fakes.DESK, "routedInbound": "perhaps"}, "routedInbound"),
        (USER, {**fakes.user(7, "200", firstName="Zoé"), "mail": 7.5}, "mail"),
    ],
)
def test_one_odd_value_is_unknown_and_noted_with_the_object(resource: Resource, raw: Any, key: str) -> None:
    names = Names()
    values = resource.load(raw, names)
    name = next(one.name for one in resource.fields if one.reads == key)
    assert values[name] is None
    assert [values[one] is None for one in resource.identity] == [False] * len(resource.identity)
    ((kind, noted, seen),) = names.unreadable
    assert (kind, noted) == (resource.kind, key)
    assert seen.startswith(f"id {raw['id']} (")


@pytest.mark.parametrize(
    ("spelled", "value"),
    [({"id": "7", "remainingSlots": "12"}, (7, 12)), ({"id": 7.0, "remainingSlots": "12.0"}, (7, 12))],
)
def test_numbers_in_any_spelling(spelled: dict[str, Any], value: tuple[int, int]) -> None:
    values = XIVO.load({**fakes.PARIS, **spelled}, Names())
    assert (values["id"], values["remaining_slots"]) == value
    assert XIVO.is_whole({**fakes.PARIS, **spelled})


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
        pytest.param("template", "voiceMailNumberMode", id="missing-means-something"),
        pytest.param("user", "ctiLogin", id="omitted-if-empty"),
        pytest.param("user", "ctiPassword", id="secret-omitted-if-empty"),
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


@pytest.mark.parametrize("answer", [None, [], "ok", 7, {}, {"id": "7"}, {**fakes.PARIS, "id": "one"}], ids=str)
def test_what_is_no_object_at_all(answer: Any) -> None:
    assert not XIVO.is_whole(answer)


def test_extras_are_what_the_table_does_not_know() -> None:
    raw = {**fakes.DEFAULT, "xivoId": 1, "mediaServer": "mds1", "rights": None}
    assert ENTITY.extras(raw) == {"mediaServer": "mds1", "rights": None}
    assert ADMIN.extras({"entities": [], "entityIds": [], "id": 1, "mdsName": "x"}) == {"mdsName": "x"}


def test_what_is_write_only_is_no_part_of_an_object() -> None:
    assert "configure" not in XIVO.load({**fakes.PARIS, "configure": True}, Names())


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
    ("values", "planned"),
    [
        ({}, False), ({"id": 0}, False), ({"id": 1}, False), ({"id": -1}, True), ({"id": None}, False)
    ],
    ids=str,
)  # fmt: skip
def test_what_is_planned(values: dict[str, Any], planned: bool) -> None:
    assert is_planned(values) is planned


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


def test_which_fields_are_compared_and_which_are_only_written() -> None:
    names = {kind: [one.name for one in RESOURCES[kind].comparable] for kind in ("xivo", "user", "admin")}
    assert names == {
        "xivo": ["name", "host"],
        "user": ["entity", "first_name", "last_name", "internal_number", "cti_login"],
        "admin": ["login", "name", "ldap", "super_admin", "entities"],
    }
    assert [one.name for one in USER.write_only] == ["template"]
    assert [one.name for one in ADMIN.write_only] == ["password"]


def test_getting_a_field() -> None:
    assert USER["entity"].writes == "entityCId"
    assert [one.name for one in XIVO.writable] == ["name", "host", "configure"]
    assert isinstance(USER["entity"].codec, Ref)

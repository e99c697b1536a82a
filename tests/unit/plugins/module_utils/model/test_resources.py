# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables against the API's own page, and against the options that playbooks rely on."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.xivo.xci.plugins.module_utils.api.arguments import SecretType
from ansible_collections.xivo.xci.plugins.module_utils.model.intervals import Intervals
from ansible_collections.xivo.xci.plugins.module_utils.model.resources import NUMBERS, RESOURCES
from ansible_collections.xivo.xci.plugins.module_utils.model.values import Choice, Codec, Flag, Number, Ref, Refs

# What the API's page says of each kind: the keys that it shows, the keys that it takes.
SHOWN = {
    "xivo": {"id", "uuid", "name", "host", "remainingSlots"},
    "entity": {"id", "combinedId", "name", "displayName", "xivo", "intervals", "presentedNumber"},
    "user": {"id", "entity", "firstName", "lastName", "internalNumber", "externalNumber", "mail", "ctiLogin",
             "ctiPassword", "provisioningNumber"},
    "template": {"id", "name", "peerSipName", "routedInbound", "callerIdMode", "ringingTime", "voiceMailEnabled",
                 "voiceMailNumberMode", "xivos", "entities",
                 # While they apply:
                 "routedInboundPrefix", "customCallerId", "voiceMailCustomNumber", "voiceMailSendEmail"},
    # And an opaque password, which says nothing.
    "admin": {"id", "login", "name", "superAdmin", "ldap", "entities"},
}  # fmt: skip
TAKEN = {
    "xivo": {"name", "host", "configure"},
    "entity": {"name", "displayName", "xivoId", "intervals", "presentedNumber"},
    "user": {"entityCId", "templateId", "firstName", "lastName", "internalNumber", "ctiLogin", "ctiPassword"},
    "template": {"name", "xivos", "entities", "peerSipName", "ringingTime", "routedInbound", "routedInboundPrefix",
                 "callerIdMode", "customCallerId", "voiceMailEnabled", "voiceMailNumberMode", "voiceMailCustomNumber",
                 "voiceMailSendEmail"},
    "admin": {"login", "name", "ldap", "password", "superAdmin", "entityIds"},
}  # fmt: skip
PATHS = {
    "xivo": "/xivo",
    "entity": "/entities",
    "user": "/users",
    "template": "/templates",
    "admin": "/administrators",
}
# The options that describe an object; those that only XCI writes are taken, so that a result can be fed back.
OPTIONS = {
    "xivo": {"name", "id", "host", "configure", "state"},
    "entity": {"name", "xivo", "id", "display_name", "intervals", "presented_number", "force", "state"},
    "template": {"name", "id", "xivos", "entities", "peer_sip_name", "ringing_time", "routed_inbound",
                 "routed_inbound_prefix", "caller_id_mode", "custom_caller_id", "voice_mail_enabled",
                 "voice_mail_number_mode", "voice_mail_custom_number", "voice_mail_send_email", "state"},
    "user": {"entity", "match_on", "search", "id", "first_name", "last_name", "internal_number", "template",
             "cti_login", "cti_password", "update_password", "numbers", "state"},
    "admin": {"login", "id", "name", "ldap", "password", "update_password", "super_admin", "entities", "state",
              "allow_self"},
}  # fmt: skip
READ_ONLY = {
    "xivo": {"uuid", "remaining_slots"},
    "entity": {"combined_id"},
    "template": set(),
    "user": {"external_number", "mail", "provisioning_number"},
    "admin": set(),
}


@pytest.mark.parametrize("kind", RESOURCES)
def test_each_key_of_the_page_is_in_the_table(kind: str) -> None:
    resource = RESOURCES[kind]
    assert {one.reads for one in resource.fields if one.reads} == SHOWN[kind]
    assert {one.writes for one in resource.writable} == TAKEN[kind]
    assert resource.path == PATHS[kind]


@pytest.mark.parametrize("kind", RESOURCES)
def test_options_are_those_that_playbooks_rely_on(kind: str) -> None:
    resource = RESOURCES[kind]
    computed = {one.name for one in resource.fields if one.computed}
    assert set(resource.argument_spec()) - computed == OPTIONS[kind] | READ_ONLY[kind]


@pytest.mark.parametrize("kind", RESOURCES)
def test_no_option_is_required_by_ansible(kind: str) -> None:
    assert not [name for name, spec in RESOURCES[kind].argument_spec().items() if spec.get("required")]


def test_order_is_the_one_in_which_one_can_refer_to_another() -> None:
    assert list(RESOURCES) == ["xivo", "entity", "template", "user", "admin"]
    assert [RESOURCES[kind].plural for kind in RESOURCES] == ["xivos", "entities", "templates", "users", "admins"]


@pytest.mark.parametrize(
    ("kind", "option", "codec", "field"),
    [
        ("entity", "xivo", Ref, ("xivo", "id")),
        ("template", "xivos", Refs, ("xivo", "id")),
        ("template", "entities", Refs, ("entity", "combined_id")),
        ("user", "entity", Ref, ("entity", "combined_id")),
        ("user", "template", Ref, ("template", "id")),
        ("admin", "entities", Refs, ("entity", "id")),
    ],
)
def test_three_kinds_of_reference(kind: str, option: str, codec: type[Ref], field: tuple[str, str]) -> None:
    one = RESOURCES[kind][option].codec
    assert isinstance(one, codec)
    assert (one.kind, one.field) == field


@pytest.mark.parametrize(
    ("kind", "option", "codec"),
    [
        ("entity", "intervals", Intervals),
        ("template", "routed_inbound", Flag),
        ("template", "voice_mail_enabled", Flag),
        ("template", "voice_mail_send_email", Flag),
        ("template", "ringing_time", Number),
        ("admin", "ldap", Flag),
        ("admin", "super_admin", Flag),
        ("xivo", "configure", Flag),
    ],
)
def test_kinds_of_values(kind: str, option: str, codec: type[Codec]) -> None:
    assert isinstance(RESOURCES[kind][option].codec, codec)


@pytest.mark.parametrize(
    ("option", "words"),
    [
        ("peer_sip_name", ("auto", "model")),
        ("caller_id_mode", ("incomingNo", "anonymous", "custom")),
        ("voice_mail_number_mode", ("short_number", "custom")),
    ],
)
def test_words_of_a_template(option: str, words: tuple[str, ...]) -> None:
    codec = RESOURCES["template"][option].codec
    assert isinstance(codec, Choice)
    assert codec.words == words


@pytest.mark.parametrize(
    ("kind", "option", "when"),
    [
        ("template", "routed_inbound_prefix", ("routed_inbound", True)),
        ("template", "custom_caller_id", ("caller_id_mode", "custom")),
        ("template", "voice_mail_custom_number", ("voice_mail_number_mode", "custom")),
        ("admin", "password", ("ldap", False)),
    ],
)
def test_required_if(kind: str, option: str, when: tuple[str, Any]) -> None:
    assert RESOURCES[kind][option].required_if == when


def test_nothing_else_is_required_if() -> None:
    required = {one.name for resource in RESOURCES.values() for one in resource.fields if one.required_if}
    assert required == {"routed_inbound_prefix", "custom_caller_id", "voice_mail_custom_number", "password"}
    optional = {one.name for resource in RESOURCES.values() for one in resource.fields if one.omit_if_empty}
    assert optional == {"cti_login", "cti_password"}


def test_what_a_creation_needs() -> None:
    needed = {kind: {one.name for one in resource.fields if one.required} for kind, resource in RESOURCES.items()}
    assert needed == {
        "xivo": {"name", "host"},
        "entity": {"name", "xivo"},
        "template": {"name"},
        "user": {"entity", "template"},
        "admin": {"login"},
    }
    assert RESOURCES["user"].required_one_of == ("first_name", "last_name")


def test_what_a_creation_takes_where_nothing_is_said() -> None:
    defaults = {
        (kind, one.name): one.default
        for kind, resource in RESOURCES.items()
        for one in resource.fields
        if one.default is not None and not callable(one.default)
    }
    assert defaults == {
        ("xivo", "configure"): False,
        ("entity", "intervals"): (),
        ("entity", "presented_number"): "inbNo",
        ("template", "xivos"): (),
        ("template", "entities"): (),
        ("template", "peer_sip_name"): "auto",
        ("template", "ringing_time"): 30,
        ("template", "routed_inbound"): False,
        ("template", "caller_id_mode"): "incomingNo",
        ("template", "voice_mail_enabled"): False,
        ("template", "voice_mail_number_mode"): "short_number",
        ("template", "voice_mail_send_email"): False,
        ("user", "first_name"): "",
        ("user", "last_name"): "",
        ("admin", "name"): "",
        ("admin", "ldap"): False,
        ("admin", "super_admin"): False,
        ("admin", "entities"): (),
    }


def test_secrets_are_all_known() -> None:
    secrets = {(kind, one.name) for kind, resource in RESOURCES.items() for one in resource.fields if one.secret}
    assert secrets == {("user", "cti_password"), ("admin", "password")}
    for kind, name in secrets:
        assert isinstance(RESOURCES[kind].argument_spec()[name]["type"], SecretType)
    spec = RESOURCES["admin"].argument_spec()
    assert spec["password"] == {"type": "str", "no_log": False}
    assert spec["update_password"] == {
        "type": "str",
        "choices": ["verify", "on_create", "always"],
        "default": "verify",
        "no_log": False,
    }


def test_ways_to_find_a_user() -> None:
    spec = RESOURCES["user"].argument_spec()
    assert spec["match_on"] == {
        "type": "str",
        "choices": ["internal_number", "cti_login", "name"],
        "default": "internal_number",
    }
    assert dict(RESOURCES["user"].lookup_keys) == {
        "internal_number": ("internal_number",),
        "cti_login": ("cti_login",),
        "name": ("first_name", "last_name"),
    }
    assert (RESOURCES["user"].scope, RESOURCES["user"].moves_within) == ("entity", "xivo")


def test_only_a_xivo_can_not_be_changed() -> None:
    assert [kind for kind, resource in RESOURCES.items() if resource.immutable] == ["xivo"]


@pytest.mark.parametrize(
    ("kind", "option", "value", "warning"),
    [
        ("entity", "name", "x" * 40, "40 characters; XiVO accepts 0 to 39"),
        ("entity", "display_name", "x" * 129, "129 characters; XiVO accepts 0 to 128"),
        ("user", "first_name", "x" * 129, "129 characters; XiVO accepts 0 to 128"),
        ("user", "last_name", "x" * 129, "129 characters; XiVO accepts 0 to 128"),
        ("user", "cti_login", "x" * 255, "255 characters; XiVO accepts 2 to 254"),
        (
            "user",
            "cti_login",
            "zoé",
            r"contains a character that XiVO does not accept; accepted: A-Za-z0-9\-._~!$&'()*+,;=%@",
        ),
        ("user", "cti_password", "x" * 65, "65 characters; XiVO accepts 4 to 64"),
        ("user", "cti_password", "zo@é", "contains a character that XiVO does not accept"),
        ("user", "cti_login", "x", "1 characters; XiVO accepts 2 to 254"),
        ("user", "cti_password", "xxx", "3 characters; XiVO accepts 4 to 64"),
        ("template", "ringing_time", 61, "61 is out of range; XiVO accepts 0 to 60"),
        ("template", "ringing_time", -1, "-1 is out of range; XiVO accepts 0 to 60"),
    ],
)
def test_limits_of_xivo_are_warnings(kind: str, option: str, value: Any, warning: str) -> None:
    assert RESOURCES[kind][option].codec.warnings(value) == [warning]


@pytest.mark.parametrize(
    ("kind", "option", "values"),
    [
        ("entity", "name", ["x", "x" * 39]),
        ("entity", "display_name", ["x" * 128]),
        ("user", "first_name", ["", "x" * 128]),
        ("user", "last_name", ["x" * 128]),
        ("user", "cti_login", ["", "xx", "x" * 254]),
        ("user", "cti_password", ["xxxx", "x" * 64]),
        ("template", "ringing_time", [0, 60]),
    ],
)
def test_what_is_within_the_limits(kind: str, option: str, values: list[Any]) -> None:
    assert [RESOURCES[kind][option].codec.warnings(value) for value in values] == [[]] * len(values)


def test_what_else_the_tables_say() -> None:
    """Each is a fact about XCI that nothing else repeats."""
    flags = ("empty_means_unknown", "requires", "locks_out", "default_option", "default_if_missing", "only_if")
    said = {
        (kind, one.name, flag): getattr(one, flag)
        for kind, resource in RESOURCES.items()
        for one in resource.fields
        for flag in flags
        if getattr(one, flag) not in ("", False, None) or (flag == "locks_out" and getattr(one, flag) is not None)
    }
    assert said == {
        ("xivo", "host", "empty_means_unknown"): True,
        ("template", "voice_mail_number_mode", "default_if_missing"): "short_number",
        ("template", "voice_mail_send_email", "only_if"): ("voice_mail_enabled", True),
        ("user", "template", "default_option"): "default_template",
        ("user", "cti_password", "requires"): "cti_login",
        ("admin", "ldap", "locks_out"): True,
        ("admin", "super_admin", "locks_out"): False,
    }
    assert {kind: resource.finds for kind, resource in RESOURCES.items() if resource.finds} == {"xivo": ("entity",)}
    assert [kind for kind, resource in RESOURCES.items() if resource.login_field] == ["admin"]
    assert [(kind, one.name) for kind, resource in RESOURCES.items() for one in resource.fields if one.unsaved] == [
        ("xivo", "configure")
    ]


def test_how_objects_are_named_and_found() -> None:
    assert {
        kind: (resource.display_format, resource.key, resource.id_field, resource.aliases)
        for kind, resource in RESOURCES.items()
    } == {
        "xivo": ("{name}", "id", "uuid", ("{name}", "{uuid}", "{id}")),
        "entity": ("{name}@{xivo}", "combined_id", "combined_id", ("{name}@{xivo}", "{combined_id}", "{name}")),
        "template": ("{name}", "id", "id", ("{name}", "{id}")),
        "user": ("{internal_number}@{entity}", "id", "id", ()),
        "admin": ("{login}", "id", "id", ()),
    }
    assert {kind: resource.identity for kind, resource in RESOURCES.items()} == {
        "xivo": ("name",),
        "entity": ("name", "xivo"),
        "template": ("name",),
        "user": ("internal_number",),
        "admin": ("login",),
    }


def test_the_numbers_of_entities() -> None:
    assert (NUMBERS.users, NUMBERS.entities) == (RESOURCES["user"], RESOURCES["entity"])
    assert NUMBERS.users[NUMBERS.number].writes == "internalNumber"
    assert NUMBERS.entities[NUMBERS.intervals].writes == "intervals"
    assert NUMBERS.entities[NUMBERS.available].computed
    assert NUMBERS.entities[NUMBERS.usage].computed
    assert NUMBERS.path == "/available_numbers"


def test_cti_login_may_be_an_address() -> None:
    assert RESOURCES["user"]["cti_login"].codec.warnings("zoe@example.org") == []

# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""XCI's API as data: each resource is a table of fields, and everything else reads these tables.

Source: the REST API's own page, edition 2017.03. fields.py explains the words.
"""

from __future__ import annotations

from typing import Any

from ..api.errors import first_of
from .field import Field
from .fields import EVERYWHERE, Resource, Values
from .intervals import Intervals
from .numbering import NumberPool
from .people import People
from .values import Choice, Codec, Digits, Flag, Number, Ref, Refs, Secret, Text

CTI = r"A-Za-z0-9\-._~!$&'()*+,;=%"


def _same_as_name(desired: Values, _state: Any) -> str:
    return desired["name"]


def _first_available(desired: Values, state: Any) -> str:
    return state.numbers.first_available(desired["entity"], desired)


def _unusual_number(values: Values, state: Any) -> str:
    return str(state.numbers.unusual(values))


def _not_available(desired: Values, state: Any) -> str:
    """Say so when a template is restricted to other XiVOs and entities than the user's."""
    template = state.resolve("template", desired["template"]).values
    entity = state.resolve("entity", desired["entity"]).values
    restricted = template["xivos"] or template["entities"]
    if (
        not restricted
        or not entity["xivo"]
        or entity["xivo"] in template["xivos"]
        or desired["entity"] in template["entities"]
    ):
        return ""
    allowed = first_of([*template["xivos"], *template["entities"]])
    return f"template {desired['template']} is not available to entity {desired['entity']}, only to {allowed}"


XIVO = Resource(
    kind="xivo",
    plural="xivos",
    path="/xivo",
    display_format="{name}",
    id_field="uuid",
    aliases=("{name}", "{uuid}", "{id}"),
    lookup_keys={"name": ("name",)},
    finds=("entity",),
    immutable="XCI's API can neither change nor remove a XiVO; do that in XCI's web interface",
    fields=(
        Field("name", Text(), "name", required=True, unique_in=EVERYWHERE),
        Field("host", Text(), "host", required=True, empty_means_unknown=True),
        Field("configure", Flag(), write="configure", default=False,
              unsaved="XCI saves a XiVO before it configures it, by SSH: see whether XCI can reach its host"),
        Field("id", Number(), read="id"),
        Field("uuid", Text(exact=True), read="uuid"),
        Field("remaining_slots", Number(), read="remainingSlots"),
    ),
)  # fmt: skip

ENTITY = Resource(
    kind="entity",
    plural="entities",
    path="/entities",
    key="combined_id",
    display_format="{name}@{xivo}",
    name_format="{display_name}",
    id_field="combined_id",
    aliases=("{name}@{xivo}", "{combined_id}", "{name}"),
    qualifier="xivo",
    lookup_keys={"name": ("name", "xivo")},
    contains="user",
    fields=(
        Field("name", Text(longest=39), "name", required=True, unique_in="xivo"),
        Field("xivo", Ref(kind="xivo", field="id"), read="xivo", write="xivoId", required=True),
        Field("display_name", Text(longest=128), "displayName", default=_same_as_name, describes=True),
        Field("intervals", Intervals(), "intervals", default=(), unique_in="xivo"),
        Field("presented_number", Text(), "presentedNumber", default="inbNo", describes=True),
        Field("id", Number(), read="id"),
        Field("combined_id", Text(exact=True), read="combinedId"),
        Field("available_numbers", Codec()),
        Field("usage", Codec()),
    ),
)

TEMPLATE = Resource(
    kind="template",
    plural="templates",
    path="/templates",
    display_format="{name}",
    aliases=("{name}", "{id}"),
    lookup_keys={"name": ("name",)},
    used_by="users",
    fields=(
        Field("name", Text(), "name", required=True, unique_in=EVERYWHERE),
        Field("xivos", Refs(kind="xivo", field="id"), "xivos", default=()),
        Field("entities", Refs(kind="entity", field="combined_id"), "entities", default=()),
        Field("peer_sip_name", Choice(words=("auto", "model")), "peerSipName", default="auto"),
        Field("ringing_time", Number(least=0, most=60), "ringingTime", default=30),
        Field("routed_inbound", Flag(), "routedInbound", default=False),
        Field("routed_inbound_prefix", Text(), "routedInboundPrefix", required_if=("routed_inbound", True)),
        Field("caller_id_mode", Choice(words=("incomingNo", "anonymous", "custom")), "callerIdMode",
              default="incomingNo"),
        Field("custom_caller_id", Text(), "customCallerId", required_if=("caller_id_mode", "custom")),
        Field("voice_mail_enabled", Flag(), "voiceMailEnabled", default=False),
        Field("voice_mail_number_mode", Choice(words=("short_number", "custom")), "voiceMailNumberMode",
              default="short_number", default_if_missing="short_number"),
        Field("voice_mail_custom_number", Text(), "voiceMailCustomNumber",
              required_if=("voice_mail_number_mode", "custom")),
        Field("voice_mail_send_email", Flag(), "voiceMailSendEmail", default=False,
              only_if=("voice_mail_enabled", True)),
        Field("id", Number(), read="id"),
    ),
)  # fmt: skip

USER = Resource(
    kind="user",
    plural="users",
    path="/users",
    display_format="{internal_number}@{entity}",
    name_format="{first_name} {last_name}",
    lookup_keys={
        "internal_number": ("internal_number",),
        "cti_login": ("cti_login",),
        "name": ("first_name", "last_name"),
    },
    scope="entity",
    moves_within="xivo",
    default_search={"cti_login": "xivo"},
    searched=("first_name", "last_name", "internal_number", "cti_login"),
    required_one_of=("first_name", "last_name"),
    password_policies=("on_create", "always"),
    fields=(
        Field("entity", Ref(kind="entity", field="combined_id"), read="entity", write="entityCId", required=True),
        Field("template", Ref(kind="template", field="id"), write="templateId", required=True,
              validator=_not_available, default_option="default_template"),
        Field("first_name", Text(longest=128), "firstName", default=""),
        Field("last_name", Text(longest=128), "lastName", default=""),
        Field("internal_number", Digits(), "internalNumber", default=_first_available, validator=_unusual_number,
              policy="numbers", unique_in="entity"),
        Field("cti_login", Text(shortest=2, longest=254, allowed=CTI + "@"), "ctiLogin", omit_if_empty=True,
              unique_in="xivo"),
        Field("cti_password", Secret(shortest=4, longest=64, allowed=CTI, clear=CTI), "ctiPassword",
              omit_if_empty=True, requires="cti_login"),
        Field("id", Number(), read="id"),
        Field("external_number", Text(), read="externalNumber"),
        Field("mail", Text(), read="mail"),
        Field("provisioning_number", Text(), read="provisioningNumber"),
    ),
)  # fmt: skip

ADMIN = Resource(
    kind="admin",
    plural="admins",
    path="/administrators",
    display_format="{login}",
    name_format="{name}",
    lookup_keys={"login": ("login",)},
    login_field="login",
    password_policies=("verify", "on_create", "always"),
    default_policy="verify",
    fields=(
        Field("login", Text(), "login", required=True, unique_in=EVERYWHERE),
        Field("name", Text(), "name", default="", describes=True),
        Field("ldap", Flag(), "ldap", default=False, locks_out=True),
        Field("password", Secret(), write="password", required_if=("ldap", False)),
        Field("super_admin", Flag(), "superAdmin", default=False, locks_out=False),
        Field("entities", Refs(kind="entity", field="id"), read="entities", write="entityIds", default=()),
        Field("id", Number(), read="id"),
    ),
)

# In the order in which one can refer to another.
RESOURCES = {resource.kind: resource for resource in (XIVO, ENTITY, TEMPLATE, USER, ADMIN)}

NUMBERS = NumberPool(
    users=USER,
    entities=ENTITY,
    number="internal_number",
    intervals="intervals",
    available="available_numbers",
    usage="usage",
    path="/available_numbers",
)

PEOPLE = People(
    users=USER,
    entities=ENTITY,
    templates=TEMPLATE,
    admins=ADMIN,
    xivos=XIVO,
    first="first_name",
    last="last_name",
    number="internal_number",
    login="cti_login",
    template="template",
    code="provisioning_number",
    outside="external_number",
    mail="mail",
    intervals="intervals",
    manages_all="super_admin",
)

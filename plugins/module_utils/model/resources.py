# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""XCI's API as data: each resource is a table of fields, and everything else reads these tables.

A field's key is its name in XCI's JSON; *read* and *write* stand where XCI shows it under another name than it takes
it. A field without *write* can only be read, one without *read* can only be written. fields.py says what the other
words mean.
"""

from __future__ import annotations

from typing import Any

from .fields import Field, Resource, Values
from .intervals import Intervals
from .values import Choice, Codec, Digits, Flag, Number, Ref, Refs, Secret, Text

CTI = r"A-Za-z0-9\-._~!$&'()*+,;=%"


def _same_as_name(wanted: Values, _directory: Any) -> str:
    return wanted["name"]


def _not_available(wanted: Values, directory: Any) -> str:
    """Say so when a template is restricted to other XiVOs and entities than the user's."""
    template = directory.resolve("template", wanted["template"]).values
    entity = directory.resolve("entity", wanted["entity"]).values
    restricted = template["xivos"] or template["entities"]
    if (
        not restricted
        or not entity["xivo"]
        or entity["xivo"] in template["xivos"]
        or wanted["entity"] in template["entities"]
    ):
        return ""
    allowed = ", ".join([*template["xivos"], *template["entities"]])
    return f"template {wanted['template']} is not available to entity {wanted['entity']}, only to {allowed}"


def _first_available(wanted: Values, directory: Any) -> str:
    return directory.first_available(wanted["entity"])


XIVO = Resource(
    kind="xivo",
    plural="xivos",
    path="/xivo",
    label="{name}",
    unique="uuid",
    spellings=("{name}", "{uuid}", "{id}"),
    matches={"name": ("name",)},
    missing="XCI's API can neither change nor remove a XiVO; do that in XCI's web interface",
    fields=(
        Field("name", Text(), "name", required=True),
        Field("host", Text(), "host", required=True, blank_unknown=True),
        Field("configure", Flag(), write="configure", default=False, rides=True),
        Field("id", Number(), read="id"),
        Field("uuid", Text(), read="uuid"),
        Field("remaining_slots", Number(), read="remainingSlots"),
    ),
)

ENTITY = Resource(
    kind="entity",
    plural="entities",
    path="/entities",
    key="combined_id",
    label="{name}@{xivo}",
    unique="combined_id",
    spellings=("{name}@{xivo}", "{combined_id}", "{name}"),
    matches={"name": ("name", "xivo")},
    fields=(
        Field("name", Text(longest=39), "name", required=True),
        Field("xivo", Ref(kind="xivo", field="id"), read="xivo", write="xivoId", required=True),
        Field("display_name", Text(longest=128), "displayName", default=_same_as_name),
        Field("intervals", Intervals(), "intervals", default=()),
        Field("presented_number", Text(), "presentedNumber", default="inbNo"),
        Field("id", Number(), read="id"),
        Field("combined_id", Text(), read="combinedId"),
        Field("available_numbers", Codec(), asked=True),
        Field("usage", Codec(), asked=True),
    ),
)

TEMPLATE = Resource(
    kind="template",
    plural="templates",
    path="/templates",
    label="{name}",
    spellings=("{name}", "{id}"),
    matches={"name": ("name",)},
    bare=True,
    fields=(
        Field("name", Text(), "name", required=True),
        Field("xivos", Refs(kind="xivo", field="id"), "xivos", default=()),
        Field("entities", Refs(kind="entity", field="combined_id"), "entities", default=()),
        Field("peer_sip_name", Choice(words=("auto", "model")), "peerSipName", default="auto"),
        Field("ringing_time", Number(least=0, most=60), "ringingTime", default=30),
        Field("routed_inbound", Flag(), "routedInbound", default=False),
        Field("routed_inbound_prefix", Text(), "routedInboundPrefix", when=("routed_inbound", True), compulsory=True),
        Field(
            "caller_id_mode", Choice(words=("incomingNo", "anonymous", "custom")), "callerIdMode", default="incomingNo"
        ),
        Field("custom_caller_id", Text(), "customCallerId", when=("caller_id_mode", "custom"), compulsory=True),
        Field("voice_mail_enabled", Flag(), "voiceMailEnabled", default=False),
        Field(
            "voice_mail_number_mode",
            Choice(words=("short_number", "custom")),
            "voiceMailNumberMode",
            default="short_number",
            absent="short_number",
        ),
        Field(
            "voice_mail_custom_number",
            Text(),
            "voiceMailCustomNumber",
            when=("voice_mail_number_mode", "custom"),
            compulsory=True,
        ),
        Field("voice_mail_send_email", Flag(), "voiceMailSendEmail", default=False, when=("voice_mail_enabled", True)),
        Field("id", Number(), read="id"),
    ),
)

USER = Resource(
    kind="user",
    plural="users",
    path="/users",
    label="{internal_number}@{entity}",
    matches={
        "internal_number": ("internal_number",),
        "cti_login": ("cti_login",),
        "name": ("first_name", "last_name"),
    },
    scope="entity",
    wider="xivo",
    any_of=("first_name", "last_name"),
    policies=("on_create", "always"),
    fields=(
        Field("entity", Ref(kind="entity", field="combined_id"), read="entity", write="entityCId", required=True),
        Field(
            "template",
            Ref(kind="template", field="id"),
            write="templateId",
            required=True,
            rides=True,
            doubt=_not_available,
        ),
        Field("first_name", Text(longest=128), "firstName", default=""),
        Field("last_name", Text(longest=128), "lastName", default=""),
        Field("internal_number", Digits(), "internalNumber", default=_first_available),
        Field("cti_login", Text(shortest=2, longest=254, allowed=CTI + "@"), "ctiLogin", optional=True),
        Field(
            "cti_password",
            Secret(shortest=4, longest=64, allowed=CTI, clear=CTI),
            "ctiPassword",
            optional=True,
            secret=True,
            guards="cti_login",
        ),
        Field("id", Number(), read="id"),
        Field("external_number", Text(), read="externalNumber"),
        Field("mail", Text(), read="mail"),
        Field("provisioning_number", Text(), read="provisioningNumber"),
    ),
)

ADMIN = Resource(
    kind="admin",
    plural="admins",
    path="/administrators",
    label="{login}",
    matches={"login": ("login",)},
    policies=("verify", "on_create", "always"),
    policy="verify",
    login="login",
    fields=(
        Field("login", Text(), "login", required=True),
        Field("name", Text(), "name", default=""),
        Field("ldap", Flag(), "ldap", default=False, locks_out=True),
        Field("password", Secret(), write="password", secret=True, rides=True, when=("ldap", False), compulsory=True),
        Field("super_admin", Flag(), "superAdmin", default=False, locks_out=False),
        Field("entities", Refs(kind="entity", field="id"), read="entities", write="entityIds", default=()),
        Field("id", Number(), read="id"),
    ),
)

# In the order in which one can refer to another.
RESOURCES = {resource.kind: resource for resource in (XIVO, ENTITY, TEMPLATE, USER, ADMIN)}

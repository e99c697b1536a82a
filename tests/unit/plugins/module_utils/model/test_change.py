# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is to be done, and what is to be sent for it."""

from __future__ import annotations

import re
from typing import Any

import pytest

from ansible_collections.xivo.xci.plugins.module_utils.api.errors import InputError
from ansible_collections.xivo.xci.plugins.module_utils.model import change as model
from ansible_collections.xivo.xci.plugins.module_utils.model.change import Operation, compare
from ansible_collections.xivo.xci.plugins.module_utils.model.fields import Resource, Values
from ansible_collections.xivo.xci.plugins.module_utils.model.resources import ADMIN, ENTITY, TEMPLATE, USER, XIVO
from ansible_collections.xivo.xci.tests.unit.plugins import fakes

NAMES = fakes.WorldNames()
SECRET = "made-up-1"
NEW_SECRET = "made-up-2"


def values(resource: Resource, raw: Any) -> Values:
    return resource.load(raw, NAMES)


def change(resource: Resource, raw: Any, desired: Values, **more: Any) -> Operation:
    """Plan an edit of what XCI shows, which is needed."""
    operation = compare(resource, desired, values(resource, raw), **more)
    assert operation is not None
    operation.raw = raw
    return operation


def creation(resource: Resource, desired: Values) -> Operation:
    operation = compare(resource, desired, None)
    assert operation is not None
    assert operation.action == model.CREATE
    return operation


def sent(operation: Operation) -> dict[str, Any]:
    return model.body(operation, NAMES)


DEFAULT = values(ENTITY, fakes.DEFAULT)
DESK = values(TEMPLATE, fakes.DESK)
ZOE = values(USER, fakes.user(5, "200"))
PARIS = values(XIVO, fakes.PARIS)
BOB = values(ADMIN, fakes.admin(9, "bob"))

# -- whether anything is to be done -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("resource", "desired", "current"),
    [
        pytest.param(ENTITY, {"name": "default", "xivo": "paris"}, DEFAULT, id="identity-alone"),
        pytest.param(ENTITY, {k: DEFAULT[k] for k in DEFAULT if ENTITY[k].writes}, DEFAULT, id="what-was-read"),
        pytest.param(ENTITY, {"id": 17}, DEFAULT, id="id-alone"),
        pytest.param(ENTITY, {}, DEFAULT, id="nothing-said"),
        pytest.param(TEMPLATE, {k: DESK[k] for k in DESK if TEMPLATE[k].writes}, DESK, id="template"),
        pytest.param(USER, {"template": "another", "internal_number": "200"}, ZOE, id="write-only-is-no-reason"),
        pytest.param(USER, {"cti_password": SECRET}, ZOE, id="a-secret-is-no-reason"),
        pytest.param(ADMIN, {"password": SECRET}, BOB, id="a-write-only-secret-is-no-reason"),
        pytest.param(XIVO, {"name": "paris", "configure": True}, PARIS, id="configure-acts-on-creation-only"),
        pytest.param(XIVO, {"name": "paris", "host": "x"}, {**PARIS, "host": ""}, id="a-blank-host-tells-nothing"),
        pytest.param(TEMPLATE, {"routed_inbound_prefix": "01"}, DESK, id="what-does-not-apply"),
        pytest.param(TEMPLATE, {"voice_mail_number_mode": "short_number"}, DESK, id="what-missing-means"),
    ],
)
def test_nothing_to_do(resource: Resource, desired: Values, current: Values) -> None:
    assert compare(resource, desired, current) is None


@pytest.mark.parametrize(
    ("resource", "desired", "current", "changed"),
    [
        pytest.param(ENTITY, {"display_name": "x"}, DEFAULT, ["display_name"], id="a-value"),
        pytest.param(ENTITY, {"display_name": ""}, DEFAULT, ["display_name"], id="cleared-text"),
        pytest.param(ENTITY, {"intervals": []}, DEFAULT, ["intervals"], id="cleared-list"),
        pytest.param(ENTITY, {"name": "new", "id": 17}, DEFAULT, ["name"], id="renamed"),
        pytest.param(ENTITY, {"presented_number": "x", "name": "y"}, DEFAULT, ["presented_number", "name"], id="two"),
        pytest.param(TEMPLATE, {"entities": []}, DESK, ["entities"], id="a-set-is-compared-for-equality"),
        pytest.param(TEMPLATE, {"xivos": ["lyon", "paris"]}, DESK, ["xivos"], id="a-larger-set"),
        pytest.param(TEMPLATE, {"ringing_time": 0}, DESK, ["ringing_time"], id="zero"),
        pytest.param(
            TEMPLATE,
            {"routed_inbound": True, "routed_inbound_prefix": "01"},
            DESK,
            ["routed_inbound", "routed_inbound_prefix"],
            id="what-begins-to-apply",
        ),
        pytest.param(USER, {"template": "x", "first_name": "Zoe"}, ZOE, ["first_name"], id="and-something-write-only"),
        pytest.param(USER, {"internal_number": "0200"}, ZOE, ["internal_number"], id="leading-zeros"),
    ],
)
def test_what_differs(resource: Resource, desired: Values, current: Values, changed: list[str]) -> None:
    operation = compare(resource, desired, current)
    assert operation is not None
    assert operation.action == model.UPDATE
    assert operation.changed == changed
    assert operation.before == current
    write_only = {name for name in desired if resource[name].write_only}
    assert operation.after == {**current, **{name: desired[name] for name in desired if name not in write_only}}
    assert operation.desired == desired
    assert operation.warnings == []


def test_what_is_there_is_not_changed_by_planning() -> None:
    before = dict(DESK)
    compare(TEMPLATE, {"caller_id_mode": "custom", "custom_caller_id": "01"}, DESK)
    assert before == DESK


@pytest.mark.parametrize(
    ("resource", "current", "stale"),
    [(USER, ZOE, "cti_password"), (ADMIN, BOB, "password")],
    ids=["shown", "write-only"],
)
def test_a_stale_secret_is_a_reason(resource: Resource, current: Values, stale: str) -> None:
    operation = compare(resource, {stale: SECRET}, current, stale=[stale])
    assert operation is not None
    assert operation.changed == [stale]


def test_what_is_stale_and_not_desired_is_no_reason() -> None:
    assert compare(USER, {"first_name": "Zoé"}, ZOE, stale=["cti_password"]) is None


def test_a_secret_that_is_not_written_is_not_taken_for_written() -> None:
    """What is remembered of an object must not say that XCI has a password that was never sent."""
    operation = change(USER, fakes.user(5, "200"), {"cti_password": NEW_SECRET, "first_name": "Zoe"})
    assert operation.changed == ["first_name"]
    assert operation.after["cti_password"] is None
    shown = change(USER, fakes.user(5, "200", ctiPassword=SECRET), {"cti_password": NEW_SECRET, "first_name": "Zoe"})
    assert shown.after["cti_password"] == SECRET


# -- creations ----------------------------------------------------------------------------------------------


def test_a_creation_takes_defaults() -> None:
    operation = creation(TEMPLATE, {"name": "desk", "ringing_time": 20})
    assert operation.before == {}
    assert operation.after == {
        "name": "desk",
        "xivos": [],
        "entities": [],
        "peer_sip_name": "auto",
        "ringing_time": 20,
        "routed_inbound": False,
        "routed_inbound_prefix": "",
        "caller_id_mode": "incomingNo",
        "custom_caller_id": "",
        "voice_mail_enabled": False,
        "voice_mail_number_mode": "short_number",
        "voice_mail_custom_number": "",
        "voice_mail_send_email": False,
        "id": None,
    }
    assert operation.key == "desk"
    assert str(operation) == "create template desk"


def test_what_a_creation_changes_is_what_it_says() -> None:
    operation = creation(TEMPLATE, {"name": "desk", "entities": []})
    assert operation.changed == [
        "name",
        "entities",
        "peer_sip_name",
        "ringing_time",
        "routed_inbound",
        "caller_id_mode",
        "voice_mail_enabled",
        "voice_mail_number_mode",
    ]


@pytest.mark.parametrize(
    ("resource", "desired", "message"),
    [
        pytest.param(
            XIVO,
            {"name": "paris"},
            "missing required option: host (needed to create xivo paris)",
            id="one",
        ),
        pytest.param(
            ENTITY,
            {"display_name": "x"},
            "missing required options: name, xivo (needed to create entity @)",
            id="several",
        ),
        pytest.param(
            USER,
            {"entity": "default@paris", "internal_number": "200", "template": "desk"},
            "missing required option: first_name or last_name (needed to create user 200@default@paris)",
            id="one-of",
        ),
        pytest.param(
            USER,
            {
                "entity": "default@paris",
                "internal_number": "200",
                "template": "desk",
                "first_name": "",
                "last_name": "",
            },
            "missing required option: first_name or last_name (needed to create user 200@default@paris)",
            id="one-of-and-all-empty",
        ),
        pytest.param(
            USER,
            {"entity": "default@paris", "internal_number": "200"},
            "missing required options: template, first_name or last_name (needed to create user 200@default@paris)",
            id="all-that-is-missing",
        ),
        pytest.param(
            USER,
            {"internal_number": "200"},
            "missing required options: entity, template (needed to create user 200@)",
            id="without-a-place-names-do-not-matter-yet",
        ),
    ],
)
def test_what_a_creation_needs(resource: Resource, desired: Values, message: str) -> None:
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        compare(resource, desired, None)


@pytest.mark.parametrize("name", ["first_name", "last_name"])
def test_a_person_may_have_one_name_only(name: str) -> None:
    desired = {"entity": "default@paris", "template": "desk", "internal_number": "200", name: "Zoé"}
    assert creation(USER, desired).after[name] == "Zoé"


# -- removals -----------------------------------------------------------------------------------------------


def test_a_removal() -> None:
    operation = compare(USER, {"internal_number": "200"}, ZOE, absent=True)
    assert operation is not None
    assert (operation.action, operation.before, operation.after) == (model.DELETE, ZOE, {})
    assert operation.changed == []
    assert str(operation) == "delete user 200@default@paris"


def test_what_is_not_there_needs_no_removal() -> None:
    assert compare(USER, {}, None, absent=True) is None
    assert compare(XIVO, {}, None, absent=True) is None


def test_a_xivo_can_not_be_removed() -> None:
    with pytest.raises(InputError) as caught:
        compare(XIVO, {"name": "paris"}, PARIS, absent=True)
    assert str(caught.value) == (
        "xivo paris exists and cannot be removed: XCI's API can neither change nor remove a XiVO; "
        "do that in XCI's web interface"
    )


def test_a_xivo_can_not_be_changed() -> None:
    with pytest.raises(InputError) as caught:
        compare(XIVO, {"name": "nice", "host": "192.0.2.9", "configure": True}, PARIS)
    assert str(caught.value) == (
        "xivo paris exists with different values (name: 'paris', not 'nice', host: '192.0.2.1', not '192.0.2.9'): "
        "XCI's API can neither change nor remove a XiVO; do that in XCI's web interface"
    )


# -- conditions ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mode", "needed", "condition"),
    [
        ({"routed_inbound": True}, "routed_inbound_prefix", "routed_inbound is true"),
        ({"caller_id_mode": "custom"}, "custom_caller_id", "caller_id_mode is custom"),
        ({"voice_mail_number_mode": "custom"}, "voice_mail_custom_number", "voice_mail_number_mode is custom"),
    ],
    ids=["routed", "caller", "voice-mail"],
)
def test_what_is_needed_while_it_applies(mode: Values, needed: str, condition: str) -> None:
    what, why = f"^missing required option: {needed}", f"template desk, because {condition}"
    with pytest.raises(InputError, match=rf"{what} \(needed to create {why}\)$"):
        compare(TEMPLATE, {"name": "desk", **mode}, None)
    with pytest.raises(InputError, match=rf"{what} \(needed to change {next(iter(mode))} of {why}\)$"):
        compare(TEMPLATE, mode, DESK)
    with pytest.raises(InputError, match=rf"{what} \(needed to create {why}\)$"):
        compare(TEMPLATE, {"name": "desk", **mode, needed: ""}, None)
    assert creation(TEMPLATE, {"name": "desk", **mode, needed: "01"}).after[needed] == "01"


def test_what_xci_has_already_need_not_be_said_again() -> None:
    raw = fakes.template(3, "desk", routedInbound=True, routedInboundPrefix="01")
    operation = change(TEMPLATE, raw, {"routed_inbound": True, "ringing_time": 20})
    assert operation.after["routed_inbound_prefix"] == "01"
    assert sent(operation)["routedInboundPrefix"] == "01"


def test_what_ceases_to_apply_is_cleared_and_not_sent() -> None:
    raw = fakes.template(3, "desk", routedInbound=True, routedInboundPrefix="01", callerIdMode="custom",
                         customCallerId="0123", voiceMailEnabled=True, voiceMailSendEmail=True)  # fmt: skip
    desired = {"routed_inbound": False, "caller_id_mode": "anonymous", "voice_mail_enabled": False}
    operation = change(TEMPLATE, raw, desired)
    cleared = ("routed_inbound_prefix", "custom_caller_id", "voice_mail_send_email")
    assert [operation.after[name] for name in cleared] == ["", "", False]
    assert operation.warnings == []
    assert not {"routedInboundPrefix", "customCallerId", "voiceMailSendEmail"} & set(sent(operation))
    assert operation.changes() == {
        "routed_inbound": {"before": True, "after": False},
        "caller_id_mode": {"before": "custom", "after": "anonymous"},
        "voice_mail_enabled": {"before": True, "after": False},
    }


def test_what_is_given_without_effect_is_a_warning() -> None:
    warning = "routed_inbound_prefix has no effect unless routed_inbound is true"
    desired = {"name": "desk", "routed_inbound_prefix": "01", "custom_caller_id": ""}
    operation = creation(TEMPLATE, desired)
    assert operation.warnings == [warning]
    assert operation.after["routed_inbound_prefix"] == ""
    assert "routedInboundPrefix" not in sent(operation)
    assert change(TEMPLATE, fakes.DESK, {**desired, "ringing_time": 20}).warnings == [warning]


def test_the_password_of_an_ldap_administrator_is_not_sent() -> None:
    desired = {"login": "bob", "ldap": True, "password": SECRET}
    operation = creation(ADMIN, desired)
    assert operation.warnings == []
    assert "password" not in sent(operation)
    assert "password" not in sent(change(ADMIN, fakes.admin(9, "bob"), desired))


def missing(resource: Resource, desired: Values, current: Values | None = None) -> list[str]:
    operation = compare(resource, desired, current)
    assert operation is not None
    return operation.missing


@pytest.mark.parametrize("desired", [{"name": "Bob"}, {"name": "Bob", "password": ""}], ids=["none", "empty"])
def test_an_administrator_needs_a_password_for_each_write(desired: Values) -> None:
    what, why = "missing required option: password", "admin bob, because ldap is false"
    assert missing(ADMIN, {"login": "bob", **desired}) == [f"{what} (needed to create {why})"]
    assert missing(ADMIN, desired, BOB) == [f"{what} (needed to change name of {why})"]
    assert missing(ADMIN, {**desired, "password": "made-up"}, BOB) == []


def test_a_user_needs_a_template_to_be_created() -> None:
    new = {"entity": "default@paris", "internal_number": "250", "first_name": "Bo"}
    needed = "missing required option: template (needed to create user 250@default@paris)"
    assert missing(USER, new) == [needed]
    assert missing(USER, {**new, "template": "desk"}) == []


def test_leaving_ldap_needs_a_password() -> None:
    ldap = values(ADMIN, fakes.admin(9, "bob", ldap=True))
    assert missing(ADMIN, {"ldap": False, "name": "Bob"}, ldap) == [
        "missing required option: password (needed to change ldap, name of admin bob, because ldap is false)"
    ]
    assert missing(ADMIN, {"name": "Bob"}, ldap) == []


@pytest.mark.parametrize(
    ("shown", "desired", "stale", "warned"),
    [
        pytest.param({"ctiLogin": "zoe"}, {}, [], True, id="hidden"),
        pytest.param({"ctiLogin": "zoe", "ctiPassword": "****"}, {}, [], True, id="masked"),
        pytest.param({}, {"cti_login": "zoe"}, [], True, id="a-login-from-now-on"),
        pytest.param({"ctiLogin": "zoe", "ctiPassword": SECRET}, {}, [], False, id="shown"),
        pytest.param({"ctiLogin": "zoe"}, {"cti_password": SECRET}, [], False, id="given"),
        pytest.param({"ctiLogin": "zoe"}, {"cti_password": SECRET}, ["cti_password"], False, id="given-and-written"),
        pytest.param({"ctiLogin": "zoe"}, {"cti_login": ""}, [], False, id="no-login-any-more"),
        pytest.param({}, {}, [], False, id="no-login"),
    ],
)
def test_a_password_that_an_edit_may_lose(shown: Values, desired: Values, stale: list[str], warned: bool) -> None:
    operation = change(USER, fakes.user(5, "200", **shown), {"first_name": "Zoe", **desired}, stale=stale)
    loss = ("cti_password", "XCI hides it and may lose it in this change, since it is not given")
    assert operation.losses == ([loss] if warned else [])
    assert operation.warnings == []


# -- what is sent -------------------------------------------------------------------------------------------


def test_a_value_that_can_not_be_read_goes_back_as_it_came() -> None:
    odd = {**fakes.template(3, "desk"), "ringingTime": "many"}
    operation = change(TEMPLATE, odd, {"name": "door"})
    assert (operation.changed, sent(operation)["ringingTime"]) == (["name"], "many")
    assert sent(change(TEMPLATE, odd, {"ringing_time": 20}))["ringingTime"] == 20


def test_body_of_each_creation() -> None:
    xivo = creation(XIVO, {"name": "nice", "host": "192.0.2.3"})
    assert sent(xivo) == {"name": "nice", "host": "192.0.2.3", "configure": False}
    entity = creation(
        ENTITY, {"name": "new", "xivo": "lyon", "display_name": "New", "intervals": [{"start": "5", "end": "9"}]}
    )
    assert sent(entity) == {
        "name": "new",
        "displayName": "New",
        "xivoId": 2,
        "intervals": [{"start": "5", "end": "9"}],
        "presentedNumber": "inbNo",
    }
    template = creation(TEMPLATE, {"name": "new", "xivos": ["lyon", "paris"], "entities": ["default@lyon"]})
    assert sent(template) == {
        "name": "new",
        "xivos": [2, 1],
        "entities": [fakes.LYON_DEFAULT["combinedId"]],
        "peerSipName": "auto",
        "ringingTime": 30,
        "routedInbound": False,
        "callerIdMode": "incomingNo",
        "voiceMailEnabled": False,
        "voiceMailNumberMode": "short_number",
    }
    user = creation(
        USER, {"entity": "sales@paris", "template": "desk", "last_name": "CLF 88:40 P3", "internal_number": "0201"}
    )
    assert sent(user) == {
        "entityCId": fakes.SALES["combinedId"],
        "templateId": 3,
        "firstName": "",
        "lastName": "CLF 88:40 P3",
        "internalNumber": "0201",
    }
    admin = creation(ADMIN, {"login": "bob", "password": SECRET, "entities": ["default@lyon", "sales@paris"]})
    assert sent(admin) == {
        "login": "bob",
        "name": "",
        "ldap": False,
        "password": SECRET,
        "superAdmin": False,
        "entityIds": [27, 18],
    }


def test_configure_is_sent_as_desired() -> None:
    assert sent(creation(XIVO, {"name": "nice", "host": "x", "configure": True}))["configure"] is True


def test_a_template_with_all_that_applies() -> None:
    desired = {
        "name": "all",
        "routed_inbound": True,
        "routed_inbound_prefix": "01",
        "caller_id_mode": "custom",
        "custom_caller_id": "0123",
        "voice_mail_enabled": True,
        "voice_mail_number_mode": "custom",
        "voice_mail_custom_number": "99",
    }
    body = sent(creation(TEMPLATE, desired))
    assert {key: body[key] for key in ("routedInboundPrefix", "customCallerId", "voiceMailCustomNumber")} == {
        "routedInboundPrefix": "01",
        "customCallerId": "0123",
        "voiceMailCustomNumber": "99",
    }
    assert body["voiceMailSendEmail"] is False


def test_an_edit_sends_the_whole_object_and_what_we_do_not_know() -> None:
    raw = {**fakes.DEFAULT, "mediaServer": "mds1", "intervals": [{"start": "200", "end": "299", "mode": "x"}]}
    assert sent(change(ENTITY, raw, {"display_name": "Siège"})) == {
        "name": "default",
        "displayName": "Siège",
        "xivoId": 1,
        "intervals": [{"start": "200", "end": "299", "mode": "x"}],
        "presentedNumber": "inbNo",
        "mediaServer": "mds1",
    }


def test_an_edit_of_a_template_sends_all_documented_keys() -> None:
    raw = fakes.template(3, "desk", later="key")
    del raw["voiceMailNumberMode"]
    assert sent(change(TEMPLATE, raw, {"ringing_time": 0})) == {
        "name": "desk",
        "xivos": [1],
        "entities": [fakes.DEFAULT["combinedId"]],
        "peerSipName": "auto",
        "ringingTime": 0,
        "routedInbound": False,
        "callerIdMode": "incomingNo",
        "voiceMailEnabled": False,
        "voiceMailNumberMode": "short_number",
        "later": "key",
    }


@pytest.mark.parametrize(
    ("shown", "desired", "stale", "cti"),
    [
        pytest.param({}, {}, [], {}, id="left-out-while-empty"),
        pytest.param({"ctiLogin": "zoe"}, {}, [], {"ctiLogin": "zoe"}, id="login-goes-back"),
        pytest.param({"ctiLogin": "zoe"}, {"cti_login": ""}, [], {"ctiLogin": ""}, id="login-cleared"),
        pytest.param({}, {"cti_login": ""}, [], {}, id="login-empty-already"),
        pytest.param({}, {"cti_login": "zoe"}, [], {"ctiLogin": "zoe"}, id="login-set"),
        pytest.param({"ctiPassword": SECRET}, {}, [], {"ctiPassword": SECRET}, id="password-in-clear-goes-back"),
        pytest.param({"ctiPassword": "****"}, {}, [], {}, id="masked-password-is-left-out"),
        pytest.param(
            {"ctiPassword": SECRET},
            {"cti_password": NEW_SECRET},
            [],
            {"ctiPassword": SECRET},
            id="password-in-clear-that-is-not-to-be-written-stays",
        ),
        pytest.param(
            {"ctiPassword": "****"},
            {"cti_password": NEW_SECRET},
            [],
            {"ctiPassword": NEW_SECRET},
            id="password-that-xci-hides-goes-along-lest-it-be-lost",
        ),
        pytest.param(
            {"ctiPassword": SECRET},
            {"cti_password": NEW_SECRET},
            ["cti_password"],
            {"ctiPassword": NEW_SECRET},
            id="stale-password",
        ),
        pytest.param(
            {"ctiPassword": SECRET},
            {"cti_password": ""},
            ["cti_password"],
            {"ctiPassword": ""},
            id="password-cleared",
        ),
    ],
)
def test_cti_of_an_edited_user(shown: Values, desired: Values, stale: list[str], cti: Values) -> None:
    raw = fakes.user(5, "200", **shown)
    body = sent(change(USER, raw, {"first_name": "Zoe", "template": "desk", **desired}, stale=stale))
    assert body == {
        "entityCId": fakes.DEFAULT["combinedId"],
        "templateId": 3,
        "firstName": "Zoe",
        "lastName": "D'Arc",
        "internalNumber": "200",
        **cti,
    }


@pytest.mark.parametrize(
    ("desired", "cti"),
    [
        pytest.param({}, {}, id="none"),
        pytest.param({"cti_login": "zoe"}, {"ctiLogin": "zoe"}, id="login"),
        pytest.param({"cti_password": SECRET}, {"ctiPassword": SECRET}, id="password"),
    ],
)
def test_cti_of_a_new_user(desired: Values, cti: Values) -> None:
    given = {"entity": "default@paris", "template": "desk", "first_name": "Zoé", "internal_number": "201", **desired}
    body = sent(creation(USER, given))
    assert {key: value for key, value in body.items() if key.startswith("cti")} == cti


def test_a_template_that_is_not_given_is_not_sent() -> None:
    assert "templateId" not in sent(change(USER, fakes.user(5, "200"), {"first_name": "Zoe"}))


def test_write_only_has_a_default_at_creation_only() -> None:
    raw = fakes.xivo(1, "paris")
    operation = Operation(model.UPDATE, XIVO, {}, before=values(XIVO, raw), after=values(XIVO, raw), raw=raw)
    assert "configure" not in sent(operation)


def test_the_password_of_an_administrator_goes_along_with_each_write() -> None:
    operation = change(ADMIN, fakes.admin(9, "bob"), {"name": "Bob", "password": SECRET})
    assert operation.changed == ["name"]
    assert sent(operation)["password"] == SECRET


def test_what_xci_does_not_show_at_all_is_left_out() -> None:
    raw = fakes.template(3, "desk")
    del raw["ringingTime"]
    assert "ringingTime" not in sent(change(TEMPLATE, raw, {"name": "new"}))


# -- what is shown ------------------------------------------------------------------------------------------


def test_diff_reads_like_the_playbook() -> None:
    raw = fakes.user(5, "200", ctiLogin="zoe", mail="zoe@example.org")
    assert change(USER, raw, {"cti_login": "", "first_name": "Zoe", "template": "desk"}).diff() == {
        "before": {
            "entity": "default@paris",
            "first_name": "Zoé",
            "last_name": "D'Arc",
            "internal_number": "200",
            "cti_login": "zoe",
        },
        "after": {
            "entity": "default@paris",
            "template": "desk",
            "first_name": "Zoe",
            "last_name": "D'Arc",
            "internal_number": "200",
            "cti_login": "",
        },
        "before_header": "user 200@default@paris (Zoé D'Arc)",
        "after_header": "user 200@default@paris (Zoé D'Arc)",
    }


def test_diff_of_a_creation_shows_what_xci_will_not() -> None:
    desired = {"entity": "default@paris", "template": "desk", "first_name": "Zoé", "internal_number": "201"}
    diff = creation(USER, {**desired, "cti_password": SECRET}).diff()
    assert diff["before"] == {}
    assert diff["after"] == {
        "entity": "default@paris",
        "first_name": "Zoé",
        "internal_number": "201",
        "template": "desk",
        "cti_password": "(changed, not shown)",
    }
    assert diff["after_header"] == "user 201@default@paris (Zoé)"
    assert creation(XIVO, {"name": "nice", "host": "x"}).diff()["after"] == {"name": "nice", "host": "x"}
    assert creation(XIVO, {"name": "nice", "host": "x", "configure": True}).diff()["after"]["configure"] is True


def test_the_diff_of_a_creation_holds_no_password_that_does_not_apply() -> None:
    operation = compare(ADMIN, {"login": "x", "ldap": True, "password": "made-up"}, None)
    assert operation is not None
    assert "password" not in operation.diff()["after"]
    assert "made-up" not in str([operation.diff(), operation.changes()])


def test_the_diff_of_a_creation_says_that_a_password_is_written() -> None:
    operation = compare(ADMIN, {"login": "x", "password": "made-up"}, None)
    assert operation is not None
    assert operation.diff()["after"] == {"login": "x", "ldap": False, "super_admin": False, "password": model.NOT_SHOWN}


def test_the_diff_of_a_creation_holds_nothing_that_does_not_apply() -> None:
    desired = {"name": "x", "caller_id_mode": "anonymous", "custom_caller_id": "0123"}
    operation = compare(TEMPLATE, desired, None)
    assert operation is not None
    assert "custom_caller_id" not in operation.diff()["after"]


def test_diff_of_a_removal() -> None:
    operation = compare(ENTITY, {}, DEFAULT, absent=True)
    assert operation is not None
    assert operation.diff() == {
        "before": {
            "name": "default",
            "xivo": "paris",
            "display_name": "default",
            "intervals": [{"start": "200", "end": "299"}],
            "presented_number": "inbNo",
        },
        "after": {},
        "before_header": "entity default@paris",
        "after_header": "entity default@paris",
    }
    assert operation.changes() == {}


def test_diff_of_what_does_not_change() -> None:
    diff = model.diff(TEMPLATE, DESK, DESK)
    assert diff["before"] == diff["after"]
    assert "id" not in diff["before"]
    assert "routed_inbound_prefix" not in diff["before"]
    assert "voice_mail_send_email" not in diff["before"]
    assert diff["before"]["entities"] == ["default@paris"]


def test_diff_shows_what_applies_on_either_side() -> None:
    diff = change(TEMPLATE, fakes.DESK, {"caller_id_mode": "custom", "custom_caller_id": "0123"}).diff()
    assert (diff["before"]["custom_caller_id"], diff["after"]["custom_caller_id"]) == ("", "0123")


@pytest.mark.parametrize("shown", [None, SECRET, "****"], ids=["hidden", "clear", "masked"])
def test_no_secret_is_ever_shown(shown: str | None) -> None:
    raw = fakes.user(5, "200", ctiPassword=shown)
    operation = change(USER, raw, {"cti_password": NEW_SECRET}, stale=["cti_password"])
    assert operation.diff()["after"]["cti_password"] == "(changed, not shown)"
    assert "cti_password" not in operation.diff()["before"]
    assert operation.changes() == {"cti_password": {"before": None, "after": "(changed, not shown)"}}
    removal = compare(USER, {}, values(USER, raw), absent=True)
    for shown_of_it in (operation.diff(), operation.changes(), str(operation), removal and removal.diff()):
        assert SECRET not in str(shown_of_it)
        assert NEW_SECRET not in str(shown_of_it)


def test_changes_of_an_edit() -> None:
    assert change(ENTITY, fakes.DEFAULT, {"name": "new", "intervals": []}).changes() == {
        "name": {"before": "default", "after": "new"},
        "intervals": {"before": [{"start": "200", "end": "299"}], "after": []},
    }


def test_changes_of_a_creation() -> None:
    assert creation(ADMIN, {"login": "bob", "ldap": True}).changes() == {
        "login": {"before": None, "after": "bob"},
        "ldap": {"before": None, "after": True},
        "super_admin": {"before": None, "after": False},
    }


def test_changes_leave_out_what_says_nothing() -> None:
    assert "entities" not in creation(TEMPLATE, {"name": "desk", "entities": []}).changes()
    assert change(TEMPLATE, fakes.DESK, {"entities": []}).changes()["entities"]["after"] == []


def test_an_object_as_options_for_another_xci() -> None:
    assert model.as_options(TEMPLATE, DESK) == {
        "name": "desk",
        "xivos": ["paris"],
        "entities": ["default@paris"],
        "peer_sip_name": "auto",
        "ringing_time": 30,
        "routed_inbound": False,
        "caller_id_mode": "incomingNo",
        "voice_mail_enabled": False,
        "voice_mail_number_mode": "short_number",
    }
    raw = fakes.user(5, "200", lastName="", ctiPassword=SECRET, mail="zoe@example.org")
    user = {
        "entity": "default@paris",
        "first_name": "Zoé",
        "last_name": "",
        "internal_number": "200",
        "cti_login": "",
    }
    assert model.as_options(USER, values(USER, raw)) == user
    assert model.as_options(ENTITY, values(ENTITY, {**fakes.DEFAULT, "intervals": [], "presentedNumber": ""})) == {
        "name": "default",
        "xivo": "paris",
        "display_name": "default",
        "intervals": [],
        "presented_number": "",
    }
    assert model.as_options(XIVO, PARIS) == {"name": "paris", "host": "192.0.2.1"}
    assert model.as_options(XIVO, {**PARIS, "host": ""}) == {"name": "paris"}


def test_an_operation_is_named_as_the_object_was() -> None:
    operation = change(ENTITY, fakes.DEFAULT, {"name": "new"})
    assert operation.key == "default@paris"
    assert str(operation) == "update entity default@paris"


# -- looking afterwards -------------------------------------------------------------------------------------


def test_a_removal_is_done_when_nothing_is_there() -> None:
    operation = compare(USER, {}, ZOE, absent=True)
    assert operation is not None
    assert model.is_done(operation, None)
    assert not model.is_done(operation, ZOE)


def test_an_edit_is_done_when_all_that_xci_shows_is_as_desired() -> None:
    operation = change(USER, fakes.user(5, "200"), {"first_name": "Zoe", "cti_password": SECRET, "template": "desk"})
    assert model.is_done(operation, {**ZOE, "first_name": "Zoe"})
    assert model.is_done(operation, {**ZOE, "first_name": "Zoe", "mail": "new", "cti_password": "other"})
    assert not model.is_done(operation, ZOE)
    assert not model.is_done(operation, {**ZOE, "first_name": "Zoe", "last_name": "other"})
    assert not model.is_done(operation, None)


def test_a_creation_is_done_whatever_its_id() -> None:
    operation = creation(XIVO, {"name": "nice", "host": "192.0.2.3", "configure": True})
    made = {**PARIS, "id": 7, "name": "nice"}
    assert model.is_done(operation, {**made, "host": "192.0.2.3"})
    assert model.is_done(operation, {**made, "host": ""})
    assert not model.is_done(operation, {**made, "host": "192.0.2.4"})
    assert not model.is_done(operation, None)


# -- secrets ------------------------------------------------------------------------------------------------


def test_all_secrets_of_what_is_sent_are_known() -> None:
    raw = fakes.user(5, "200", ctiPassword=SECRET)
    operation = change(USER, raw, {"cti_password": NEW_SECRET}, stale=["cti_password"])
    assert model.secrets(operation) == [NEW_SECRET, SECRET]
    assert model.secrets(change(USER, fakes.user(5, "200"), {"first_name": "Zoe"})) == []
    assert model.secrets(creation(ADMIN, {"login": "bob", "password": SECRET})) == [SECRET]


def test_an_optional_value_that_is_created_empty_is_left_out() -> None:
    desired = {
        "entity": "default@paris",
        "template": "desk",
        "first_name": "A",
        "internal_number": "1",
        "cti_login": "",
    }
    operation = compare(USER, desired, None)
    assert operation is not None
    assert "ctiLogin" not in model.body(operation, NAMES)


def test_the_text_of_an_operation_holds_no_secret() -> None:
    values = {"login": "x", "password": "made-up"}
    operation = Operation(model.CREATE, ADMIN, values, values, values, raw=values)
    assert "made-up" not in f"{operation!r} {operation}"

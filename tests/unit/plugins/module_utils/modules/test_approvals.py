# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was approved is done, or nothing is: whatever changes between the plan and the apply."""

from __future__ import annotations

import itertools
import json
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from xcisandbox import Sandbox

from ansible_collections.xivo.xci.plugins.module_utils.api import version
from ansible_collections.xivo.xci.plugins.module_utils.api.errors import ApiError
from ansible_collections.xivo.xci.plugins.module_utils.engine import approval, seal
from ansible_collections.xivo.xci.plugins.module_utils.engine.seal import Seal
from ansible_collections.xivo.xci.tests.support import server
from ansible_collections.xivo.xci.tests.support.objects import NORD
from ansible_collections.xivo.xci.tests.support.plans import Run, apply, killed, plan
from ansible_collections.xivo.xci.tests.unit.plugins.fakes import SETTINGS

ROOT = Path(__file__).resolve().parents[5]

START: dict[str, Any] = {
    "xivos": [{"name": "nord", "host": "192.0.2.1", "uuid": NORD}],
    "entities": [
        {"name": "a", "xivo": "nord", "intervals": [{"start": "100", "end": "199"}]},
        {"name": "b", "xivo": "nord", "intervals": [{"start": "200", "end": "299"}]},
    ],
    "templates": [{"name": "desk", "xivos": ["nord"]}, {"name": "ward", "xivos": ["nord"]}],
    "users": [
        {
            "entity": "a@nord",
            "template": "desk",
            "firstName": "Alice",
            "internalNumber": "101",
            "ctiLogin": "alice",
            "ctiPassword": "made-up-0",
        },
        {"entity": "a@nord", "template": "desk", "firstName": "Bert", "internalNumber": "102"},
        {"entity": "a@nord", "template": "desk", "firstName": "Carl", "internalNumber": "103"},
        {"entity": "b@nord", "template": "desk", "firstName": "Dora", "internalNumber": "201"},
    ],
    "administrators": [
        {"login": "claire", "name": "Claire", "password": "made-up-claire", "entities": ["a@nord"]},
        {"login": "denis", "name": "Denis", "ldap": True},
    ],
}

DOCUMENT: dict[str, Any] = {
    "default_template": "desk",
    "entities": [{"name": "a", "xivo": "nord", "display_name": "Accueil"}],
    "users": [
        {"entity": "a@nord", "internal_number": "101", "first_name": "Alicia", "cti_password": "made-up-1"},
        {"entity": "a@nord", "internal_number": "102", "state": "absent"},
        {"entity": "a@nord", "match_on": "name", "first_name": "Emil"},
        {"entity": "a@nord", "internal_number": "103", "first_name": "Carl"},
    ],
    "admins": [{"login": "denis", "name": "Denis D."}],
}
"""An entity and two people change, one goes, one comes with a number that is predicted, one is as he should be."""
WRITES = 5


@pytest.fixture(params=["none", pytest.param("object", marks=pytest.mark.slow)])
def sandbox(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    made = server.made(START, {"write_body": request.param, "cti_password": "shown"})
    try:
        yield made
    finally:
        made.stop()


def changed(**users: Any) -> dict[str, Any]:
    """Return the document with other options of one of its users, by the first name."""
    entries = [{**one, **users.get(str(one.get("first_name", "Bert")), {})} for one in DOCUMENT["users"]]
    return {**DOCUMENT, "users": entries}


def user(number: str, entity: str = "a@nord", **options: Any) -> Callable[[Sandbox], Any]:
    """A colleague changes a user, or creates him."""
    entry = {"entity": entity, "internal_number": number, "template": "desk", **options}
    return lambda sandbox: apply(sandbox, users=[entry])


def another_template_of_the_name(sandbox: Sandbox) -> None:
    apply(sandbox, templates=[{"name": "desk", "state": "absent"}])
    apply(sandbox, templates=[{"name": "desk", "xivos": ["nord"]}])


UNTOUCHED: dict[str, Callable[[Sandbox], Any]] = {
    "nothing": lambda sandbox: None,
    "a user that the plan leaves as he is": user("103", last_name="Changed"),
    "a user of the same entity that no list names": user("150", first_name="New"),
    "a user of another entity": user("201", "b@nord", first_name="Dorothea"),
    "another entity": lambda sandbox: apply(sandbox, entities=[{"name": "b", "xivo": "nord", "display_name": "B"}]),
    "a new entity": lambda sandbox: apply(sandbox, entities=[{"name": "c", "xivo": "nord"}]),
    "another administrator": lambda sandbox: apply(
        sandbox, admins=[{"login": "claire", "name": "C.", "password": "made-up-claire"}]
    ),
    "the settings of the template": lambda sandbox: apply(sandbox, templates=[{"name": "desk", "ringing_time": 11}]),
}

TOUCHED: dict[str, tuple[Callable[[Sandbox], Any], str]] = {
    "an option that the plan changes": (user("101", first_name="Aline"), "first_name was 'Alice' on XCI"),
    "an option that the plan leaves": (user("101", last_name="Petit"), "last_name was '' on XCI, now it is 'Petit'"),
    "a password that XCI shows": (user("101", cti_password="made-up-2"), "a password is another one"),
    "a user is gone": (user("101", state="absent"), "update"),
    "who is to be deleted has another name": (user("102", first_name="Berta"), "first_name was 'Bert'"),
    "the predicted number is taken": (user("100", first_name="Somebody"), "create"),
    "who is to be created exists elsewhere": (user("150", first_name="Emil"), "though it was not done"),
    "an entity has other intervals": (
        lambda sandbox: apply(
            sandbox, entities=[{"name": "a", "xivo": "nord", "intervals": [{"start": "100", "end": "180"}]}]
        ),
        "intervals was",
    ),
    "an administrator has other entities": (
        lambda sandbox: apply(sandbox, admins=[{"login": "denis", "entities": ["b@nord"]}]), "entities was []",
    ),
}  # fmt: skip

DONE: dict[str, Callable[[Sandbox], Any]] = {
    "the change was made": user("101", first_name="Alicia", cti_password="made-up-1"),
    "who is to be deleted is gone": user("102", state="absent"),
    "who is to be created exists": user("100", first_name="Emil"),
}
"""What looks like a part of the plan that was carried out."""

OTHER_DOCUMENTS: dict[str, tuple[dict[str, Any], str]] = {
    "another value": (changed(Alicia={"first_name": "Alix"}), "first_name was to be 'Alicia', now 'Alix'"),
    "another password": (changed(Alicia={"cti_password": "made-up-3"}), "a password is another one"),
    "one more option": (changed(Alicia={"last_name": "Petit"}), "last_name was to be None, now 'Petit'"),
    "one more change": (changed(Carl={"last_name": "Changed"}), "update was not planned"),
    "another template": ({**DOCUMENT, "default_template": "ward"}, "template was to be 'desk', now 'ward'"),
    "an entry less": ({**DOCUMENT, "users": DOCUMENT["users"][1:]}, "now there is nothing to do for it"),
    "a deletion less": (changed(Bert={"state": "present"}), "delete was planned"),
    "a creation less": ({**DOCUMENT, "users": DOCUMENT["users"][:2]}, "now there is nothing to do for it"),
    "one more deletion": (changed(Carl={"state": "absent"}), "delete was not planned"),
}


@pytest.fixture
def planned(sandbox: Sandbox, tmp_path: Path) -> dict[str, Any]:
    """The options of an apply of the document, which was planned and approved."""
    file = str(tmp_path / "plan.json")
    result = plan(sandbox, **DOCUMENT, plan_file=file)
    assert len(result["plan"]) == WRITES
    return {"approved": result["plan_id"], "plan_file": file}


def without_file(options: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if name != "plan_file"}


def refused(sandbox: Sandbox, options: dict[str, Any], why: str) -> None:
    """Nothing is written, really and in check mode; with the plan file the reason is given, else what it may be."""
    before = sandbox.state()
    for check in (True, False):
        run = Run(sandbox, check=check)
        result = run(**options)
        assert result.get("failed"), result
        assert (result["changed"], run.client.writes) == (False, [])
        assert result["plan_id"] != options["approved"]
        assert why in result["msg"]
        assert result["errors"]
    refused_without_file(sandbox, options)
    assert sandbox.state() == before


def refused_without_file(sandbox: Sandbox, options: dict[str, Any]) -> None:
    run = Run(sandbox)
    result = run(**without_file(options))
    assert (result["failed"], result["changed"], run.client.writes) == (True, False, [])
    assert "objects of it were changed on XCI, or the document" in result["msg"]
    assert result["plan"]


@pytest.mark.parametrize("case", UNTOUCHED)
def test_what_the_plan_does_not_touch_may_change(sandbox: Sandbox, planned: dict[str, Any], case: str) -> None:
    UNTOUCHED[case](sandbox)
    assert not Run(sandbox, check=True)(**DOCUMENT, **planned).get("failed")
    run = Run(sandbox)
    result = run(**DOCUMENT, **without_file(planned))
    assert not result.get("failed"), result
    assert (len(run.client.writes), result["plan_id"]) == (WRITES, planned["approved"])
    again = Run(sandbox)
    assert again(**DOCUMENT, **planned)["changed"] is False
    assert again.client.writes == []


@pytest.mark.parametrize("case", TOUCHED)
def test_what_the_plan_writes_must_not_change(sandbox: Sandbox, planned: dict[str, Any], case: str) -> None:
    change, why = TOUCHED[case]
    change(sandbox)
    refused(sandbox, {**DOCUMENT, **planned}, why)


@pytest.mark.parametrize("case", DONE)
def test_what_is_as_planned_already_is_a_part_of_the_plan_with_its_file(
    sandbox: Sandbox, planned: dict[str, Any], case: str
) -> None:
    DONE[case](sandbox)
    refused_without_file(sandbox, {**DOCUMENT, **planned})
    run = Run(sandbox)
    assert not run(**DOCUMENT, **planned).get("failed")
    assert len(run.client.writes) == WRITES - 1


@pytest.mark.parametrize("case", OTHER_DOCUMENTS)
def test_another_document_is_refused(sandbox: Sandbox, planned: dict[str, Any], case: str) -> None:
    document, why = OTHER_DOCUMENTS[case]
    refused(sandbox, {**document, **planned}, why)


def test_another_template_of_the_same_name_is_refused(tmp_path: Path) -> None:
    with server.running(START, dialects={"delete_used_template": "allowed"}) as sandbox:
        file = str(tmp_path / "plan.json")
        approved = plan(sandbox, **DOCUMENT, plan_file=file)["plan_id"]
        another_template_of_the_name(sandbox)
        refused(sandbox, {**DOCUMENT, "approved": approved, "plan_file": file}, "template desk is another one")


OTHERS: dict[str, tuple[dict[str, Any], str]] = {
    "login": ({"login": "denis"}, "by the login admin, and this is denis"),
    "address": ({"url": "http://127.0.0.2:1/api/1.0"}, "and this is http://127.0.0.2:1/api/1.0"),
    "password": ({"password": "a-rotated-password"}, "the XCI password of admin is another one"),
}


@pytest.mark.parametrize("what", OTHERS)
def test_another_login_address_or_password_is_refused(sandbox: Sandbox, planned: dict[str, Any], what: str) -> None:
    settings, why = OTHERS[what]
    run = Run(sandbox, settings=settings)
    assert why in run(**DOCUMENT, **planned)["msg"]
    possible = f"or it was made by another login than {settings.get('login', 'admin')}"
    assert possible in run(**DOCUMENT, **without_file(planned))["msg"]
    assert run.client.writes == []


def test_another_version_of_the_collection_is_refused(
    sandbox: Sandbox, planned: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (approval, seal):
        monkeypatch.setattr(module, "VERSION", "9.9.9")
    monkeypatch.setattr(Seal.plan_id, "__defaults__", ("9.9.9",))
    result = Run(sandbox)(**DOCUMENT, **planned)
    assert result["failed"]
    assert "9.9.9" in result["msg"]


def test_the_version_is_that_of_the_collection() -> None:
    galaxy = yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))
    assert galaxy["version"] == version.VERSION


# -- the file -------------------------------------------------------------------------------------------------------


def test_a_plan_file_is_whole_and_for_its_owner_alone(sandbox: Sandbox, tmp_path: Path) -> None:
    file = tmp_path / "new" / "plan.json"
    users = [{"entity": "b@nord", "internal_number": str(210 + n), "first_name": f"N{n}"} for n in range(30)]
    result = Run(sandbox, check=True)(users=users, default_template="desk", max_changes=5, plan_file=str(file))
    assert (result["failed"], len(result["plan"]), result["counts"]["plan"]) == (True, 10, 30)
    kept = json.loads(file.read_text(encoding="utf-8"))
    assert [one["name"] for one in kept["plan"]] == [f"N{n}" for n in range(30)]
    assert (kept["plan_id"], kept["login"], kept["time"]) == (result["plan_id"], result["login"], result["time"])
    assert kept["bounds"] == {"max_deletions": 10, "max_changes": 5, "losses": "warn"}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_plan_file_has_no_secret(sandbox: Sandbox, tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    plan(sandbox, **DOCUMENT, plan_file=str(file))
    text = file.read_text(encoding="utf-8")
    assert "Alicia" in text
    assert "made-up" not in text
    assert sandbox.settings.password not in text


def test_the_order_of_lists_does_not_matter(sandbox: Sandbox) -> None:
    turned = {**DOCUMENT, "users": DOCUMENT["users"][::-1]}
    assert plan(sandbox, **DOCUMENT)["plan_id"] == plan(sandbox, **turned)["plan_id"]


def _shorter(kept: dict[str, Any]) -> None:
    del kept["operations"][0], kept["plan"][0]


EDITS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "an operation less": _shorter,
    "what is shown": lambda kept: kept["plan"][0]["changes"].clear(),
    "an entry that is none": lambda kept: kept["plan"].append("x"),
    "what is left to do": lambda kept: kept["operations"][1]["after"].update(first_name="Alice"),
    "what an object is": lambda kept: kept["operations"][1].update(before=None, kind="users"),
    "who planned": lambda kept: kept.update(time="2026-01-01T00:00:00Z"),
}


@pytest.mark.parametrize("edit", EDITS)
def test_a_plan_file_that_was_changed_is_refused(sandbox: Sandbox, tmp_path: Path, edit: str) -> None:
    file = tmp_path / "plan.json"
    approved = plan(sandbox, **DOCUMENT, plan_file=str(file))["plan_id"]
    kept = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps(kept), encoding="utf-8")
    assert not Run(sandbox, check=True)(**DOCUMENT, approved=approved, plan_file=str(file)).get("failed")
    EDITS[edit](kept)
    file.write_text(json.dumps(kept), encoding="utf-8")
    run = Run(sandbox)
    result = run(**DOCUMENT, approved=approved, plan_file=str(file))
    assert "plan_file was changed since it was written" in result["msg"]
    assert run.client.writes == []


def test_an_empty_plan_is_approved_and_anything_else_is_not_that(sandbox: Sandbox, tmp_path: Path) -> None:
    file = str(tmp_path / "plan.json")
    users = [{"entity": "a@nord", "internal_number": "103", "first_name": "Carl"}]
    approved = {"approved": plan(sandbox, users=users, plan_file=file)["plan_id"], "plan_file": file}
    assert Run(sandbox)(users=users, **approved)["changed"] is False
    other = [{**users[0], "first_name": "Karl", "template": "desk"}]
    refused(sandbox, {"users": other, **approved}, "update was not planned")


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"approved": " "}, "approved: it is empty"),
        ({"plan_file": "plan.json"}, "plan_file: it is written in check mode"),
        ({"approved": "plan-1", "plan_file": "missing.json"}, "can't be read: No such file"),
        ({"approved": "plan-1", "plan_file": "other.json"}, "plan_file: no plan of a document"),
    ],
)
def test_what_can_not_be_an_approval_is_refused_before_anything_is_read(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: dict[str, Any], why: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("other.json").write_text('{"users": []}', encoding="utf-8")
    run = Run(sandbox)
    assert why in run(**DOCUMENT, **options)["msg"]
    assert run.client.asked == []


def test_the_file_of_another_plan_is_refused(sandbox: Sandbox, tmp_path: Path) -> None:
    file = str(tmp_path / "plan.json")
    plan(sandbox, **DOCUMENT, plan_file=file)
    result = Run(sandbox)(**DOCUMENT, approved="plan-1", plan_file=file)
    assert "approved is plan-1, and plan_file has the plan plan-" in result["msg"]


# -- while it is carried out ------------------------------------------------------------------------------------


def test_each_object_is_read_once_before_its_write_and_nothing_else_is(sandbox: Sandbox) -> None:
    approved = plan(sandbox, **DOCUMENT)["plan_id"]
    with_approval = Run(sandbox)
    with_approval(**DOCUMENT, approved=approved)
    with server.running(START, dialects=sandbox.dialects.as_dict()) as other:
        without = Run(other)
        without(**DOCUMENT)
    more = sorted(with_approval.client.asked)
    for one in without.client.asked:
        more.remove(one)
    assert [one.split("/")[1] for one in more] == ["administrators", "entities", "users", "users"]
    assert {one.split()[0] for one in more} == {"GET"}


def test_an_object_that_changes_meanwhile_is_not_written(sandbox: Sandbox) -> None:
    approved = plan(sandbox, **DOCUMENT)["plan_id"]
    run = Run(sandbox)
    alice = next(one["id"] for one in sandbox.state()["users"] if one["firstName"] == "Alice")

    def colleague(method: str, path: str, _body: Any) -> None:
        if path.startswith("/entities/"):
            user("101", last_name="Petit", cti_password="made-up-1")(sandbox)

    run.client.before = colleague
    result = run(**DOCUMENT, approved=approved)
    assert (
        "it is not as it was when this was approved, and was not changed: last_name: '' is now 'Petit'" in result["msg"]
    )
    assert f"PUT /users/{alice}" not in run.client.writes
    assert "first_name" not in result["msg"]


RENAMED: dict[str, Any] = {
    "default_template": "desk",
    "entities": [{"id": 1, "name": "b", "xivo": "nord"}, {"id": 2, "name": "c", "xivo": "nord"}],
    "templates": [{"name": "ward", "ringing_time": 11}],
    "users": [{"entity": "b@nord", "internal_number": "101", "first_name": "Alicia"}],
}
"""One entity gets the name of another one, and what refers to it is changed as well, by an option of its own."""


@pytest.mark.parametrize(
    "dialects",
    [{}, {"user_entity": "combined_id", "admin_entities": "combined_ids"}, {"template_references": "objects"}],
    ids=["documented", "combined-ids", "objects"],
)
def test_what_is_renamed_by_the_plan_may_be_called_otherwise_meanwhile(dialects: dict[str, str]) -> None:
    ward = {"name": "ward", "entities": ["a@nord"]}
    with server.running({**START, "templates": [START["templates"][0], ward]}, dialects=dialects) as sandbox:
        document = {**RENAMED, "admins": [{"login": "claire", "name": "C.", "password": "made-up-claire"}]}
        result = apply(sandbox, **document, approved=plan(sandbox, **document)["plan_id"])
        assert (result.get("msg"), result["changed"]) == (None, True)


def test_who_is_moved_while_entities_are_renamed_is_not_written(sandbox: Sandbox) -> None:
    approved = plan(sandbox, **RENAMED)["plan_id"]
    run = Run(sandbox)

    def colleague(method: str, path: str, _body: Any) -> None:
        if path.startswith("/templates/"):
            user("101", "c@nord", match_on="cti_login", cti_login="alice")(sandbox)

    run.client.before = colleague
    result = run(**RENAMED, approved=approved)
    assert "was not changed: entity: 'b@nord' is now 'c@nord'" in result["msg"]


# -- the rest of it ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("first", range(WRITES))
def test_a_run_that_ended_early_is_continued_with_the_plan_file(sandbox: Sandbox, tmp_path: Path, first: int) -> None:
    file = str(tmp_path / "plan.json")
    options = {**DOCUMENT, "approved": plan(sandbox, **DOCUMENT, plan_file=file)["plan_id"], "parallelism": 1}
    killed(sandbox, first, **options)
    without_file = Run(sandbox)(**options)
    assert bool(without_file.get("failed")) is (first > 0)
    if not first:
        return
    rest = Run(sandbox)
    result = rest(**options, plan_file=file)
    assert not result.get("failed"), result
    assert len(rest.client.writes) == WRITES - first
    assert result["plan_id"] == options["approved"]
    assert Run(sandbox)(**options)["changed"] is False


def test_a_change_of_what_is_left_is_refused(sandbox: Sandbox, tmp_path: Path) -> None:
    file = str(tmp_path / "plan.json")
    approved = plan(sandbox, **DOCUMENT, plan_file=file)["plan_id"]
    apply(sandbox, entities=DOCUMENT["entities"])
    user("101", last_name="Petit")(sandbox)
    refused(sandbox, {**DOCUMENT, "approved": approved, "plan_file": file}, "last_name was ''")


def test_what_refers_to_something_new_is_recognised_once_that_exists(sandbox: Sandbox, tmp_path: Path) -> None:
    document: dict[str, Any] = {
        "templates": [{"name": "new", "xivos": ["nord"]}],
        "entities": [{"name": "new", "xivo": "nord", "intervals": [{"start": "300", "end": "399"}]}],
        "users": [{"entity": "new@nord", "template": "new", "internal_number": "300", "first_name": "Nina"}],
        "admins": [{"login": "denis", "entities": ["new@nord"]}],
    }
    file = str(tmp_path / "plan.json")
    approved = plan(sandbox, **document, plan_file=file)["plan_id"]
    apply(sandbox, templates=document["templates"], entities=document["entities"])
    run = Run(sandbox)
    result = run(**document, approved=approved, plan_file=file)
    assert not result.get("failed"), result
    assert len(run.client.writes) == 2


def test_what_lists_leave_out_is_read_to_see_what_was_done(sandbox: Sandbox, tmp_path: Path) -> None:
    sandbox.dialects.change({"listed_user": "short", "cti_password": "hidden"})
    users = [{"entity": "a@nord", "match_on": "name", "first_name": "Alice", "internal_number": "110"}]
    document: dict[str, Any] = {"default_template": "desk", "users": users, "admins": DOCUMENT["admins"]}
    file = str(tmp_path / "plan.json")
    options = {**document, "plan_file": file, "approved": plan(sandbox, **document, plan_file=file)["plan_id"]}
    killed(sandbox, 1, **options, parallelism=1)
    rest = Run(sandbox)
    result = rest(**options)
    assert (result.get("msg"), len(rest.client.writes)) == (None, 1)


@pytest.mark.parametrize("first", range(1, 5))
def test_a_plan_that_gives_the_name_of_an_entity_to_another_one_is_continued(
    sandbox: Sandbox, tmp_path: Path, first: int
) -> None:
    """The old one has a temporary name for a while; an administrator who refers to it is changed as well."""
    apply(sandbox, admins=[{"login": "denis", "entities": ["a@nord", "b@nord"]}])
    entities: list[dict[str, Any]] = [
        {"name": "b", "xivo": "nord", "state": "absent", "force": True}, {"id": 1, "name": "b", "xivo": "nord"},
    ]  # fmt: skip
    document: dict[str, Any] = {"entities": entities, "admins": DOCUMENT["admins"]}
    file = str(tmp_path / "plan.json")
    options = {**document, "plan_file": file, "approved": plan(sandbox, **document, plan_file=file)["plan_id"]}
    killed(sandbox, first, **options, parallelism=1)
    rest = Run(sandbox)
    result = rest(**options)
    assert (result.get("msg"), len(rest.client.writes)) == (None, 5 - first)
    assert [one["name"] for one in sandbox.state()["entities"]] == ["b"]


def test_who_is_to_be_created_gets_the_approved_number_though_another_one_is_free_by_now(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    user("100", first_name="Gone")(sandbox)
    document: dict[str, Any] = {
        "default_template": "desk",
        "users": [{"entity": "a@nord", "match_on": "name", "first_name": "Emil"},
                  {"entity": "a@nord", "internal_number": "100", "state": "absent"}],
    }  # fmt: skip
    file = str(tmp_path / "plan.json")
    options = {**document, "plan_file": file, "approved": plan(sandbox, **document, plan_file=file)["plan_id"]}
    user("100", state="absent")(sandbox)
    result = Run(sandbox)(**options)
    assert result.get("msg") is None
    numbers = {one["firstName"]: one["internalNumber"] for one in sandbox.state()["users"]}
    assert numbers["Emil"] == "104"


def test_what_is_sent_each_time_is_sent_once(sandbox: Sandbox, tmp_path: Path) -> None:
    always = {"entity": "a@nord", "update_password": "always", "cti_password": "made-up-5", "template": "desk"}
    sandbox.dialects.change({"cti_password": "hidden"})
    users = [{**always, "internal_number": number, "first_name": name, "cti_login": name.lower()}
             for number, name in (("102", "Berta"), ("103", "Carla"))]  # fmt: skip
    file = str(tmp_path / "plan.json")
    approved = plan(sandbox, users=users, plan_file=file)["plan_id"]
    apply(sandbox, users=users[:1])
    run = Run(sandbox)
    result = run(users=users, approved=approved, plan_file=file)
    assert not result.get("failed"), result
    assert len(run.client.writes) == 1


def test_a_password_that_somebody_else_changed_is_not_taken_for_the_approved_one(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    users = [{"entity": "a@nord", "internal_number": "101", "cti_password": "made-up-7", "template": "desk"}]
    file = str(tmp_path / "plan.json")
    approved = {"approved": plan(sandbox, users=users, plan_file=file)["plan_id"], "plan_file": file}
    user("101", cti_password="made-up-8")(sandbox)
    refused(sandbox, {"users": users, **approved}, "a password is another one")


def test_an_entry_that_says_again_what_xci_has_is_not_the_approved_change(sandbox: Sandbox, tmp_path: Path) -> None:
    """Whatever XCI may make of what is sent: the change was not made."""
    users = [{"entity": "a@nord", "internal_number": "103", "first_name": "CARL"},
             {"entity": "a@nord", "internal_number": "102", "first_name": "Berta"}]  # fmt: skip
    file = str(tmp_path / "plan.json")
    options = {"default_template": "desk", "plan_file": file}
    options["approved"] = plan(sandbox, users=users, **options)["plan_id"]
    other = [{**users[0], "first_name": "Carl"}, users[1]]
    refused(sandbox, {**options, "users": other}, "now there is nothing to do for it, though it was not done")


def test_an_exchange_that_ended_half_way_is_continued(sandbox: Sandbox, tmp_path: Path) -> None:
    users = [
        {"id": one["id"], "entity": "a@nord", "internal_number": number, "template": "desk"}
        for one, number in zip(sandbox.state()["users"], ("102", "103", "101"), strict=False)
    ]
    file = str(tmp_path / "plan.json")
    approved = plan(sandbox, users=users, plan_file=file)["plan_id"]
    killed(sandbox, 2, users=users, approved=approved, plan_file=file)
    run = Run(sandbox)
    result = run(users=users, approved=approved, plan_file=file)
    assert not result.get("failed"), result
    assert len(run.client.writes) == 2
    assert [one["internalNumber"] for one in sandbox.state()["users"]] == ["102", "103", "101", "201"]


@pytest.mark.parametrize("first", [3, 10])
def test_exchanges_side_by_side_are_continued(sandbox: Sandbox, tmp_path: Path, first: int) -> None:
    """Each has a free number of its own for the moment, the same one as planned."""
    pairs = [(str(110 + n), str(111 + n)) for n in range(0, 16, 2)]
    for pair in pairs:
        for number in pair:
            user(number, first_name=f"N{number}")(sandbox)
    people = {one["internalNumber"]: one["id"] for one in sandbox.state()["users"]}
    users = [
        {"id": people[number], "entity": "a@nord", "internal_number": other, "template": "desk"}
        for pair in pairs
        for number, other in (pair, pair[::-1])
    ]
    file = str(tmp_path / "plan.json")
    options = {"users": users, "plan_file": file, "approved": plan(sandbox, users=users, plan_file=file)["plan_id"]}
    killed(sandbox, first, **options)
    run = Run(sandbox)
    result = run(**options)
    assert not result.get("failed"), result["msg"]
    assert len(run.client.writes) == 3 * len(pairs) - first
    numbers = {one["id"]: one["internalNumber"] for one in sandbox.state()["users"]}
    assert all(numbers[one["id"]] == one["internal_number"] for one in users)


def refused_once(sandbox: Sandbox, number: int, **options: Any) -> None:
    """Run a document one write after the other, of which XCI refuses one."""
    run, writes = Run(sandbox), itertools.count(1)

    def refuse(_method: str, _path: str, _body: Any) -> None:
        if next(writes) == number:
            raise ApiError("no", 409)

    run.client.before = refuse
    assert run(**{**options, "on_error": "continue", "parallelism": 1})["failed"]


@pytest.mark.parametrize("order", ["whole", "unsorted"])
def test_an_exchange_that_alone_is_left_has_the_number_for_the_moment_that_was_approved(
    sandbox: Sandbox, tmp_path: Path, order: str
) -> None:
    """The first number that is free was that of another exchange, which has ended."""
    sandbox.dialects.change({"available_numbers": order})
    pairs = [("110", "111"), ("112", "113"), ("114", "115")]
    for number in [number for pair in pairs for number in pair]:
        user(number, first_name=f"N{number}")(sandbox)
    people = {one["internalNumber"]: one["id"] for one in sandbox.state()["users"]}
    wanted = {people[number]: other for pair in pairs for number, other in (pair, pair[::-1])}
    users = [{"id": one, "internal_number": number, "template": "desk"} for one, number in wanted.items()]
    options = {"users": users, "plan_file": str(tmp_path / "plan.json")}
    options["approved"] = plan(sandbox, **options)["plan_id"]
    refused_once(sandbox, 3, **options)
    rest = Run(sandbox)
    result = rest(**options)
    assert (result.get("msg"), len(rest.client.writes)) == (None, 3)
    numbers = {one["id"]: one["internalNumber"] for one in sandbox.state()["users"]}
    assert {one: numbers[one] for one in wanted} == wanted


def test_an_exchange_that_alone_is_left_has_the_temporary_name_that_was_approved(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    """Without that, it would be the name that an entity on another XiVO had for the moment."""
    sandbox.load({"xivos": [{"name": "sud", "host": "192.0.2.2"}],
                  "entities": [{"name": name, "xivo": "sud"} for name in "ab"]})  # fmt: skip
    found = [one for one in sandbox.state()["entities"] if one["name"] in ("a", "b")]
    assert len(found) == 4
    xivos = {one["id"]: one["name"] for one in sandbox.state()["xivos"]}
    entities = [
        {"id": one["id"], "name": "b" if one["name"] == "a" else "a", "xivo": xivos[one["xivo"]]} for one in found
    ]
    options = {"entities": entities, "plan_file": str(tmp_path / "plan.json")}
    options["approved"] = plan(sandbox, **options)["plan_id"]
    refused_once(sandbox, 2, **options)
    result = Run(sandbox)(**options)
    assert (result.get("msg"), result["changed"]) == (None, True)
    names = {one["id"]: one["name"] for one in sandbox.state()["entities"]}
    assert all(names[one["id"]] == one["name"] for one in entities)


def test_who_need_not_give_up_his_number_any_more_is_edited_at_once(sandbox: Sandbox, tmp_path: Path) -> None:
    """Two exchanges have one user in common: what he gave up before a break ends both of them."""
    user("111", first_name="Xena")(sandbox)
    for number, login in (("112", "yves"), ("113", "xavi")):
        user(number, first_name=login.title(), cti_login=login, cti_password="made-up-9")(sandbox)
    xena, yves, xavi = (one["id"] for one in sandbox.state()["users"][-3:])
    wanted = {xena: ("112", "xavi"), yves: ("111", ""), xavi: ("113", "yves")}
    users = [
        {"id": identity, "internal_number": number, "cti_login": login, "template": "desk"}
        for identity, (number, login) in wanted.items()
    ]
    file = tmp_path / "plan.json"
    options = {"users": users, "plan_file": str(file)}
    options["approved"] = plan(sandbox, **options)["plan_id"]
    between = {one["id"]: one["between"] for one in json.loads(file.read_text())["operations"]}
    assert [len(between[identity]) for identity in wanted] == [1, 1, 0]
    apply(sandbox, users=[{"id": xena, **between[xena][0], "template": "desk"}])
    run = Run(sandbox)
    result = run(**options)
    assert not result.get("failed"), result["msg"]
    assert len(run.client.writes) == len(wanted)
    found = {one["id"]: (one["internalNumber"], one["ctiLogin"] or "") for one in sandbox.state()["users"]}
    assert {identity: found[identity] for identity in wanted} == wanted


@pytest.mark.parametrize("shown", ["hidden", "shown"])
def test_an_exchange_of_a_login_that_ended_half_way_is_continued(sandbox: Sandbox, tmp_path: Path, shown: str) -> None:
    """Who gave up a login that is cleared in the end does not clear it again."""
    sandbox.dialects.change({"cti_password": shown})
    users = [
        {"id": 1, "internal_number": "102", "cti_login": "", "template": "desk"},
        {"id": 2, "internal_number": "101", "cti_login": "alice", "template": "desk"},
    ]
    file = str(tmp_path / "plan.json")
    options = {"users": users, "plan_file": file, "approved": plan(sandbox, users=users, plan_file=file)["plan_id"]}
    killed(sandbox, 2, **options)
    result = Run(sandbox)(**options)
    assert not result.get("failed"), result
    found = [(one["internalNumber"], one["ctiLogin"]) for one in sandbox.state()["users"][:2]]
    assert found == [("102", None), ("101", "alice")]


def test_an_entity_whose_people_are_gone_already_is_closed(sandbox: Sandbox, tmp_path: Path) -> None:
    full = {"name": "a", "xivo": "nord", "intervals": [{"start": "100", "end": "299"}]}
    new = {"entity": "a@nord", "match_on": "name", "first_name": "New", "internal_number": "201", "template": "desk"}
    document = {
        "entities": [{"name": "b", "xivo": "nord", "state": "absent"}, full],
        "users": [{"id": 4, "entity": "b@nord", "state": "absent"}, new],
    }
    file = str(tmp_path / "plan.json")
    options = {**document, "plan_file": file, "approved": plan(sandbox, **document, plan_file=file)["plan_id"]}
    killed(sandbox, 1, **options)
    assert [one["firstName"] for one in sandbox.state()["users"]] == ["Alice", "Bert", "Carl"]
    result = Run(sandbox)(**options)
    assert not result.get("failed"), result
    assert [one["name"] for one in sandbox.state()["entities"]] == ["a"]


# -- the key --------------------------------------------------------------------------------------------------------


def test_an_id_is_of_one_password_login_and_address() -> None:
    def key(**other: str) -> str:
        settings: Any = type("Settings", (), {"url": "u", "login": "l", "password": "p", **other})
        return Seal(settings).check_value()

    values = {key(), key(password="q"), key(login="m"), key(url="v"), key(login="", url="ul")}
    assert len(values) == 5
    assert Seal(SETTINGS).plan_id([]).startswith("plan-")


@pytest.mark.slow
def test_of_twenty_thousand_users_those_to_be_written_are_read_once() -> None:
    start = {
        "xivos": START["xivos"],
        "templates": START["templates"],
        "entities": [
            {"name": f"e{n}", "xivo": "nord", "intervals": [{"start": f"{n}000", "end": f"{n}999"}]}
            for n in range(10, 30)
        ],
        "users": [
            {"entity": f"e{n}@nord", "template": "desk", "lastName": "U", "internalNumber": f"{n}{m:03}"}
            for n in range(10, 30)
            for m in range(1000)
        ],
    }
    users = [
        {"entity": f"e{n}@nord", "internal_number": f"{n}{m:03}", "last_name": "V" if m < 25 else "U"}
        for n in range(10, 30)
        for m in range(1000)
    ]
    with server.running(start) as sandbox:
        document = {"users": users, "default_template": "desk"}
        approved = plan(sandbox, **document)["plan_id"]
        run = Run(sandbox)
        result = run(**document, approved=approved)
        assert not result.get("failed"), result["msg"]
        writes = [f"PUT /users/{one['id']}" for one in sandbox.state()["users"] if one["lastName"] == "V"]
        reads = [one.replace("PUT", "GET") for one in writes]
        assert len(writes) == 500
        assert sorted(run.client.writes) == sorted(writes)
        others = [one for one in run.client.asked if one not in writes]
        assert sorted(one for one in others if one in {*reads}) == sorted(reads)
        lists = [one for one in others if one not in reads]
        assert {one for one in lists if not one.endswith("/users")} == {"GET /entities", "GET /templates"}
        assert len(lists) == 2 + 20

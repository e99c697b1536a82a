# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Undo files: what a run changed is brought back, and nothing else; what can't be is said before."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import yaml
from xcisandbox import Sandbox

from ansible_collections.xivo.xci.plugins.module_utils.api.errors import ApiError
from ansible_collections.xivo.xci.plugins.module_utils.modules import undo_file
from ansible_collections.xivo.xci.tests.support import server
from ansible_collections.xivo.xci.tests.support.plans import Run, apply, killed

START: dict[str, Any] = {
    "xivos": [{"name": "nord", "host": "192.0.2.1"}],
    "entities": [
        {"name": "a", "xivo": "nord", "displayName": "A", "intervals": [{"start": "100", "end": "199"}]},
        {"name": "b", "xivo": "nord", "intervals": [{"start": "200", "end": "299"}]},
    ],
    "templates": [
        {"name": "desk", "xivos": ["nord"], "routedInbound": True, "routedInboundPrefix": "0"},
        {"name": "ward", "xivos": ["nord"]},
    ],
    "users": [
        {"entity": "a@nord", "template": "desk", "firstName": "Alice", "lastName": "Petit", "internalNumber": "101"},
        {
            "entity": "a@nord",
            "template": "desk",
            "firstName": "Bert",
            "internalNumber": "102",
            "ctiLogin": "bert",
            "ctiPassword": "made-up-bert",
        },
        {"entity": "b@nord", "template": "desk", "firstName": "Carl", "internalNumber": "201"},
    ],
    "administrators": [
        {"login": "claire", "name": "Claire", "password": "made-up-claire", "entities": ["a@nord"]},
        {"login": "denis", "name": "Denis", "ldap": True, "entities": ["a@nord", "b@nord"]},
    ],
}

DOCUMENT: dict[str, Any] = {
    "default_template": "desk",
    "entities": [
        {"name": "a", "xivo": "nord", "display_name": "Accueil", "intervals": [{"start": "100", "end": "150"}]},
        {"name": "c", "xivo": "nord", "intervals": [{"start": "160", "end": "180"}]},
    ],
    "templates": [{"name": "desk", "routed_inbound": False}, {"name": "new", "entities": ["c@nord"]}],
    "users": [
        {"entity": "c@nord", "match_on": "name", "first_name": "Alice", "last_name": "Petit", "search": "xivo",
         "internal_number": "160"},
        {"entity": "a@nord", "internal_number": "102", "state": "absent"},
        {"entity": "c@nord", "internal_number": "161", "first_name": "Emil", "cti_login": "emil"},
        {"entity": "b@nord", "internal_number": "201", "last_name": "Gros"},
    ],
    "admins": [{"login": "denis", "entities": ["c@nord"]}],
}  # fmt: skip


@pytest.fixture(params=["none", pytest.param("object", marks=pytest.mark.slow)])
def sandbox(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    made = server.made(START, {"write_body": request.param})
    try:
        yield made
    finally:
        made.stop()


def shape(sandbox: Sandbox) -> dict[str, Any]:
    """Return what is on a sandbox by names, without what only XCI gives."""
    result = Run(sandbox, check=True)
    state = result.context.current()
    found: dict[str, Any] = {}
    for kind in ("entity", "template", "admin"):
        for item in state.listing(kind).items.values():
            found[f"{kind} {item.values.get('login') or item.values['name']}"] = known(item.values)
    for entity in state.listing("entity").items.values():
        for item in state.listing("user", entity).items.values():
            found[f"user {item.values['internal_number']}@{entity.values['name']}"] = known(item.values)
    return found


def known(values: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value for name, value in values.items() if name not in ("id", "provisioning_number", "external_number")
    }


def without_entities(values: dict[str, Any] | None) -> dict[str, Any]:
    return {name: value for name, value in (values or {}).items() if name != "entities"}


def applied(sandbox: Sandbox, folder: Path, **options: Any) -> str:
    result = apply(sandbox, **options, undo_file=f"{folder}/")
    return str(result["undo_file"])


def undone(sandbox: Sandbox, file: str, **options: Any) -> tuple[dict[str, Any], list[str]]:
    run = Run(sandbox)
    return run(undo=file, **options), run.client.writes


def test_what_a_run_changed_is_brought_back(sandbox: Sandbox, tmp_path: Path) -> None:
    before = shape(sandbox)
    file = applied(sandbox, tmp_path, **DOCUMENT)
    assert shape(sandbox) != before
    preview = Run(sandbox, check=True)
    foreseen = preview(undo=file, default_template="desk")
    assert preview.client.writes == []
    result, _writes = undone(sandbox, file, default_template="desk", approved=foreseen["plan_id"])
    assert not result.get("failed"), result
    after = shape(sandbox)
    assert after == before
    again, writes = undone(sandbox, file, default_template="desk")
    assert not again.get("failed"), again
    assert (again["changed"], writes) == (False, [])


def test_what_can_not_be_brought_back_is_listed_beforehand(sandbox: Sandbox, tmp_path: Path) -> None:
    number = next(one["provisioningNumber"] for one in sandbox.state()["users"] if one["firstName"] == "Bert")
    file = applied(sandbox, tmp_path, **DOCUMENT, xivos=[{"name": "sud", "host": "192.0.2.2"}])
    losses = Run(sandbox, check=True)(undo=file, default_template="ward")["losses"]
    found = {(one["kind"], one["name"], one["option"]): one["why"] for one in losses}
    assert found[("user", "Alice Petit", "template")] == "XCI does not show which one it was; it stays 'desk'"
    assert found[("user", "Bert", "template")] == "XCI does not show which one it was; it gets the default_template"
    assert found[("user", "Bert", "cti_password")] == "it gets none, since no file has it"
    assert found[("user", "Bert", "provisioning_number")] == f"XCI makes a new one, it was {number!r}"
    assert "can neither change nor remove a XiVO" in found[("xivo", "sud", "")]
    refused, writes = undone(sandbox, file, default_template="ward", losses="refuse")
    assert "because losses is refuse" in refused["msg"]
    assert writes == []


def test_deleted_users_need_a_template(sandbox: Sandbox, tmp_path: Path) -> None:
    file = applied(sandbox, tmp_path, **DOCUMENT)
    result, writes = undone(sandbox, file)
    assert result["msg"].startswith("missing required option: default_template")
    assert writes == []


def test_an_administrator_with_a_password_is_left_and_said_so(sandbox: Sandbox, tmp_path: Path) -> None:
    admins = [{"login": "claire", "name": "C.", "password": "made-up-claire"}]
    file = applied(sandbox, tmp_path, admins=admins)
    assert "made-up" not in Path(file).read_text(encoding="utf-8")
    result, writes = undone(sandbox, file)
    assert writes == []
    assert [(one["key"], one["option"]) for one in result["losses"]] == [("claire", "password")]


OTHERS: dict[str, tuple[dict[str, Any], str, str]] = {
    "a changed user": (
        {"users": [{"entity": "b@nord", "internal_number": "201", "first_name": "Karl", "template": "desk"}]},
        "user 201@b@nord (Carl)", "first_name was 'Carl', now it is 'Karl'",
    ),
    "a user who is gone": (
        {"users": [{"entity": "b@nord", "internal_number": "201", "state": "absent"}]},
        "user 201@b@nord (Carl)", "it was deleted since",
    ),
    "a user who is there again": (
        {"users": [{"entity": "a@nord", "internal_number": "102", "first_name": "Berta", "template": "desk"}]},
        "user 102@a@nord (Bert)", "already exists on XCI, with id",
    ),
    "a new user who was changed": (
        {"users": [{"entity": "c@nord", "internal_number": "161", "last_name": "Neu", "template": "desk"}]},
        "user 161@c@nord (Emil)", "last_name was '', now it is 'Neu'",
    ),
    "an administrator": (
        {"admins": [{"login": "denis", "name": "D."}]}, "admin denis (Denis)", "name was 'Denis', now it is 'D.'",
    ),
    "a template": (
        {"templates": [{"name": "desk", "ringing_time": 12}]}, "template desk", "ringing_time was 30, now it is 12",
    ),
}  # fmt: skip


@pytest.mark.parametrize("stop_at", [1, 3, 5, 7])
def test_an_undo_that_ended_early_is_finished_or_undone_itself(sandbox: Sandbox, tmp_path: Path, stop_at: int) -> None:
    """The same command goes on, but for what an exchange of the undo left half-way."""
    before = shape(sandbox)
    file = applied(sandbox, tmp_path, **DOCUMENT)
    after = shape(sandbox)
    run = killed(sandbox, stop_at, undo=file, default_template="desk", undo_file=f"{tmp_path}/")
    middle = shape(sandbox)
    result, _writes = undone(sandbox, run.context.interrupted["undo_file"], default_template="desk")
    assert not result.get("failed"), result
    assert shape(sandbox) == after
    result, _writes = undone(sandbox, file, default_template="desk")
    assert not result.get("failed"), result
    assert shape(sandbox) == before
    assert middle != before


@pytest.mark.parametrize("stop_at", [1, 2])
def test_an_undo_that_ended_early_is_finished_by_the_same_command(
    sandbox: Sandbox, tmp_path: Path, stop_at: int
) -> None:
    before = shape(sandbox)
    file = applied(sandbox, tmp_path, default_template="desk", users=DOCUMENT["users"][1:2] + DOCUMENT["users"][3:],
                   templates=DOCUMENT["templates"][:1])  # fmt: skip
    killed(sandbox, stop_at, undo=file, default_template="desk")
    result, writes = undone(sandbox, file, default_template="desk")
    assert not result.get("failed"), result
    assert len(writes) == 3 - stop_at
    assert shape(sandbox) == before


def test_a_new_user_who_has_another_number_now_is_left_and_named(sandbox: Sandbox, tmp_path: Path) -> None:
    users = [{"entity": "a@nord", "internal_number": "120", "first_name": "Emil", "template": "desk"}]
    file = applied(sandbox, tmp_path, users=users)
    (emil,) = (one["id"] for one in sandbox.state()["users"] if one["firstName"] == "Emil")
    apply(sandbox, users=[{"id": emil, "internal_number": "121", "template": "desk"}])
    result, writes = undone(sandbox, file)
    assert "internal_number was '120', now it is '121'" in result["msg"]
    assert writes == []


@pytest.mark.parametrize("case", OTHERS)
def test_exactly_what_somebody_else_changed_is_left(sandbox: Sandbox, tmp_path: Path, case: str) -> None:
    document, who, why = OTHERS[case]
    before = shape(sandbox)
    file = applied(sandbox, tmp_path, **DOCUMENT)
    apply(sandbox, **document)
    changed = shape(sandbox)
    preview = Run(sandbox, check=True)(undo=file, default_template="desk")
    assert preview["failed"]
    result, _writes = undone(sandbox, file, default_template="desk", approved=preview["plan_id"])
    assert result["failed"]
    # An entity stays while there is somebody in it, and nobody else gets its numbers.
    because = ("still has 1 user", "duplicate: intervals")
    places = {one["place"]: one["msg"] for one in result["errors"] if not any(text in one["msg"] for text in because)}
    assert list(places) == [who]
    assert why in places[who]
    assert f"{who}: " in result["msg"]
    after = shape(sandbox)
    mine = {name for name in {*before, *changed} if before.get(name) != changed.get(name)}
    left = {name for name in mine if after.get(name) != before.get(name)}
    allowed = {"user 201@b", "user 102@a", "user 161@c", "entity c", "entity a", "admin denis"}
    allowed |= {"template desk"}
    assert left <= allowed
    assert left
    # A reference to what is gone is gone.
    for name in left:
        assert without_entities(after.get(name)) == without_entities(changed.get(name))


def test_an_entity_that_others_moved_into_stays(sandbox: Sandbox, tmp_path: Path) -> None:
    file = applied(sandbox, tmp_path, **DOCUMENT)
    apply(sandbox, users=[{"entity": "c@nord", "internal_number": "170", "first_name": "X", "template": "desk"}])
    result, _writes = undone(sandbox, file, default_template="desk")
    assert "still has 1 user (user 170@c@nord (X))" in result["msg"]
    assert "user 170@c" in shape(sandbox)
    assert "user 101@a" in shape(sandbox)


def test_a_number_that_somebody_else_has_now_stays_his(sandbox: Sandbox, tmp_path: Path) -> None:
    users = [{"entity": "a@nord", "match_on": "name", "first_name": "Alice", "last_name": "Petit",
              "internal_number": "110"}]  # fmt: skip
    file = applied(sandbox, tmp_path, users=users, default_template="desk")
    apply(sandbox, users=[{"entity": "a@nord", "internal_number": "101", "first_name": "X", "template": "desk"}])
    result, writes = undone(sandbox, file)
    assert "user 101@a@nord" in result["errors"][0]["msg"]
    assert writes == []


def test_names_that_entities_exchange_are_brought_back(sandbox: Sandbox, tmp_path: Path) -> None:
    before = shape(sandbox)
    ids = {one["name"]: one["id"] for one in sandbox.state()["entities"]}
    file = applied(
        sandbox,
        tmp_path,
        entities=[{"id": ids["a"], "name": "b", "xivo": "nord"}, {"id": ids["b"], "name": "a", "xivo": "nord"}],
        users=[{"id": 1, "entity": "b@nord", "internal_number": "105", "template": "desk"}],
    )
    assert shape(sandbox) != before
    result, _writes = undone(sandbox, file)
    assert not result.get("failed"), result
    assert shape(sandbox) == before


NAME_PASSED_ON: dict[str, Any] = {
    "entities": [{"id": 1, "name": "b", "xivo": "nord"}, {"id": 2, "name": "b", "state": "absent"}],
    "users": [{"id": 3, "entity": "b@nord"}],
}
"""The entity a gets the name of the entity b, which is deleted, and whose user it gets."""


def name_passed_on(sandbox: Sandbox, tmp_path: Path, *users: dict[str, Any]) -> str:
    """Apply that document with some more users; return the undo file."""
    document = {**NAME_PASSED_ON, "users": [*NAME_PASSED_ON["users"], *users]}
    return applied(sandbox, tmp_path, **document, default_template="desk")


@pytest.mark.parametrize("users", [[], [{"id": 4, "state": "absent"}]], ids=["moved", "deleted"])
def test_people_of_an_entity_whose_name_another_one_got_go_back_to_it(
    sandbox: Sandbox, tmp_path: Path, users: list[dict[str, Any]]
) -> None:
    apply(sandbox, users=[{"entity": "b@nord", "internal_number": "202", "first_name": "Dora", "template": "desk"}])
    if not users:
        apply(sandbox, users=[{"id": 4, "state": "absent"}])
    before = shape(sandbox)
    file = name_passed_on(sandbox, tmp_path, *users)
    result, _writes = undone(sandbox, file, default_template="desk")
    assert not result.get("failed"), result
    after = shape(sandbox)
    assert {name for name in before if after.get(name) != before[name]} == {"admin denis"}
    losses = [(one["key"], one["why"]) for one in result["losses"] if one["kind"] == "entity"]
    assert losses == [("b@nord", "the templates and admins that referred to it do not again")]


def test_who_is_in_another_entity_of_the_same_name_is_not_taken_for_brought_back(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    file = name_passed_on(sandbox, tmp_path)
    apply(sandbox, users=[{"id": 3, "last_name": "Gros", "template": "desk"}])
    result, _writes = undone(sandbox, file, default_template="desk")
    assert "last_name was '', now it is 'Gros'" in result["msg"]


TWICE: dict[str, dict[str, Any]] = {
    "a new user had the number of one who was deleted": {
        "users": [
            {"entity": "a@nord", "internal_number": "101", "state": "absent"},
            {"entity": "a@nord", "match_on": "name", "first_name": "Emil", "internal_number": "101"},
        ],
    },
    "somebody was deleted in an entity that was renamed": {
        "entities": [{"id": 2, "name": "c", "xivo": "nord"}],
        "users": [{"id": 3, "state": "absent"}],
    },
}


@pytest.mark.parametrize("case", TWICE)
def test_an_undo_that_is_repeated_has_nothing_to_do(sandbox: Sandbox, tmp_path: Path, case: str) -> None:
    before = shape(sandbox)
    file = applied(sandbox, tmp_path, **TWICE[case], default_template="desk")
    for writes in (True, False):
        result, done = undone(sandbox, file, default_template="desk")
        assert (result.get("msg"), bool(done), shape(sandbox)) == (None, writes, before)


@pytest.mark.parametrize("name", ["x@nord", "x@sud"])
def test_an_entity_with_an_odd_name_is_brought_back(sandbox: Sandbox, tmp_path: Path, name: str) -> None:
    client = Run(sandbox).client
    entity = next(one for one in client.read("/entities")["items"] if one["name"] == "b")
    body = {**entity, "name": name, "xivoId": entity["xivo"]["id"]}
    client.write("PUT", f"/entities/{quote(entity['combinedId'])}", body)
    renamed: dict[str, Any] = {"entities": [{"id": 2, "name": "c", "xivo": "nord"}]}
    deleted: dict[str, Any] = {"entities": [{"id": 2, "state": "absent"}], "users": [{"id": 3, "state": "absent"}]}
    for document in (renamed, deleted):
        file = applied(sandbox, tmp_path, **document)
        result, _writes = undone(sandbox, file, default_template="desk")
        assert (result.get("msg"), [one["name"] for one in sandbox.state()["entities"]]) == (None, ["a", name])


EXCHANGES: dict[str, dict[str, Any]] = {
    "a name passed on": NAME_PASSED_ON,
    "its administrator": {**NAME_PASSED_ON, "admins": [{"login": "denis", "entities": ["b@nord"]}]},
    "numbers": {"users": [{"id": 1, "internal_number": "102"}, {"id": 2, "internal_number": "101"}]},
    "entities and seats": {
        "entities": [{"id": 1, "name": "b", "xivo": "nord"}, {"id": 2, "name": "a", "xivo": "nord"}],
        "users": [
            {"id": 1, "entity": "a@nord", "internal_number": "201"},
            {"id": 3, "entity": "b@nord", "internal_number": "101"},
        ],
    },
}


@pytest.mark.parametrize(
    ("what", "stop_at"),
    [
        ("numbers", 1),
        ("numbers", 2),
        *(("entities and seats", n) for n in range(1, 6)),
        *(("a name passed on", n) for n in range(1, 4)),
        *(("its administrator", n) for n in range(2, 4)),
    ],
)
def test_an_exchange_that_was_killed_is_brought_back(sandbox: Sandbox, tmp_path: Path, what: str, stop_at: int) -> None:
    """What was begun last did not happen, after a write that did."""
    before = shape(sandbox)
    killed(sandbox, stop_at, **EXCHANGES[what], default_template="desk", undo_file=f"{tmp_path}/")
    (file,) = tmp_path.iterdir()
    text = file.read_text(encoding="utf-8")
    file.write_text("".join(line for line in text.splitlines(keepends=True) if "failed" not in line), encoding="utf-8")
    result, _writes = undone(sandbox, str(file), default_template="desk")
    assert not result.get("failed"), result
    assert shape(sandbox) == before


@pytest.mark.parametrize("entry", [{"state": "absent"}, {"last_name": "Gros"}], ids=["deletion", "change"])
def test_what_did_not_happen_after_all_is_nothing_to_bring_back(
    sandbox: Sandbox, tmp_path: Path, entry: dict[str, Any]
) -> None:
    """Its object has another id since, by the undo of a later run."""
    run = Run(sandbox)

    def end(_method: str, _path: str, _body: Any) -> None:
        raise KeyboardInterrupt

    run.client.before = end
    user = {"entity": "b@nord", "internal_number": "201"}
    with pytest.raises(KeyboardInterrupt):
        run(users=[{**user, **entry}], default_template="desk", undo_file=str(tmp_path / "first.yml"))
    first = tmp_path / "first.yml"
    first.write_text(first.read_text(encoding="utf-8").partition('- {"failed')[0], encoding="utf-8")
    file = applied(sandbox, tmp_path, users=[{**user, "state": "absent"}])
    undone(sandbox, file, default_template="desk")
    result, writes = undone(sandbox, str(first), default_template="desk")
    assert not result.get("failed"), result
    assert writes == []


def test_an_entity_that_was_not_renamed_after_all_is_nothing_to_bring_back(sandbox: Sandbox, tmp_path: Path) -> None:
    """It was deleted by the next run, and has its name again by the undo of that, with another id."""
    before = shape(sandbox)
    document: dict[str, Any] = {**NAME_PASSED_ON, "default_template": "desk"}
    first = tmp_path / "first.yml"
    killed(sandbox, 0, **document, undo_file=str(first))
    first.write_text(first.read_text(encoding="utf-8").partition('- {"failed')[0], encoding="utf-8")
    undone(sandbox, applied(sandbox, tmp_path, **document), default_template="desk")
    result, writes = undone(sandbox, str(first), default_template="desk")
    assert (result.get("msg"), writes) == (None, [])
    assert {name for name, value in shape(sandbox).items() if before.get(name) != value} == {"admin denis"}


# -- what is written down, and when ---------------------------------------------------------------------------------


def test_an_undo_file_is_a_document_with_a_head_for_its_owner_alone(sandbox: Sandbox, tmp_path: Path) -> None:
    # XCI shows its CTI passwords.
    sandbox.dialects.change({"cti_password": "shown"})
    result = apply(sandbox, **DOCUMENT, undo_file=f"{tmp_path}/made/")
    file = Path(result["undo_file"])
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "made-up" not in file.read_text(encoding="utf-8")
    kept = yaml.safe_load(file.read_text(encoding="utf-8"))
    assert {name: kept["undo"][name] for name in ("login", "address", "time", "plan_id")} == {
        name: result[name] for name in ("login", "address", "time", "plan_id")
    }
    assert {"state": "absent", "entity": "c@nord", "internal_number": "161"} in kept["users"]
    assert {mark["done"] for mark in kept["written"] if "done" in mark} == {*range(len(result["plan"]))}


@pytest.mark.parametrize("document", [{}, {"entities": [{"name": "a", "xivo": "nord"}]}], ids=["empty", "unchanged"])
def test_a_run_that_writes_nothing_has_no_undo_file(sandbox: Sandbox, tmp_path: Path, document: dict[str, Any]) -> None:
    assert "undo_file" not in apply(sandbox, **document, undo_file=str(tmp_path / "undo.yml"))
    Run(sandbox, check=True)(**DOCUMENT, undo_file=str(tmp_path / "undo.yml"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("first", range(1, 9))
def test_what_an_interrupted_run_did_is_brought_back(sandbox: Sandbox, tmp_path: Path, first: int) -> None:
    before = shape(sandbox)
    run = killed(sandbox, first, **DOCUMENT, undo_file=f"{tmp_path}/")
    assert run.context.interrupted["undo_file"]
    (file,) = tmp_path.iterdir()
    result, _writes = undone(sandbox, str(file), default_template="desk")
    assert not result.get("failed"), result
    assert shape(sandbox) == before


@pytest.mark.parametrize("cut", range(12))
def test_a_file_that_a_kill_cut_off_is_enough(sandbox: Sandbox, tmp_path: Path, cut: int) -> None:
    """The last line is half written, and what was sent last may be done or not."""
    before = shape(sandbox)
    run = Run(sandbox)

    def end(_method: str, _path: str, _body: Any) -> None:
        if len(run.client.writes) == cut // 2 + 1:
            raise ApiError("no", 400)

    run.client.before = end
    run(**DOCUMENT, parallelism=1, undo_file=f"{tmp_path}/")
    (file,) = tmp_path.iterdir()
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    marks = lines.index("written:\n")
    # Nothing is known of the last write but that it was begun, and of a refusal not even that much.
    kept = [line for line in lines[marks + 1 :] if '"failed"' not in line]
    kept = kept[:-1] if cut % 2 else kept[:-2]
    file.write_text("".join(lines[: marks + 1] + kept) + '- {"done": ', encoding="utf-8")
    result, _writes = undone(sandbox, str(file), default_template="desk")
    assert not result.get("failed"), result
    assert shape(sandbox) == before


def test_a_deletion_that_did_not_happen_loses_nothing(sandbox: Sandbox, tmp_path: Path) -> None:
    """The entity gave its intervals up before, which is brought back."""
    before = shape(sandbox)
    run = Run(sandbox)

    def end(method: str, _path: str, _body: Any) -> None:
        if method == "DELETE":
            raise KeyboardInterrupt

    run.client.before = end
    with pytest.raises(KeyboardInterrupt):
        run(
            entities=[
                {"name": "a", "xivo": "nord", "intervals": [{"start": "100", "end": "299"}]},
                {"name": "b", "xivo": "nord", "state": "absent"},
            ],
            users=[{"id": 3, "entity": "a@nord", "template": "desk"}],
            undo_file=f"{tmp_path}/",
        )
    (file,) = tmp_path.iterdir()
    text = file.read_text(encoding="utf-8")
    assert text.count('"begun"') > text.count('"done"')
    file.write_text("".join(line for line in text.splitlines(keepends=True) if "failed" not in line), encoding="utf-8")
    result, _writes = undone(sandbox, str(file), default_template="desk", losses="warn")
    assert not result.get("failed"), result
    assert {one["kind"] for one in result["losses"]} == {"user"}
    assert shape(sandbox) == before


def test_what_was_refused_is_not_brought_back(sandbox: Sandbox, tmp_path: Path) -> None:
    run = Run(sandbox)

    def refuse(_method: str, path: str, _body: Any) -> None:
        if path.startswith("/administrators"):
            raise ApiError("no", 400)

    run.client.before = refuse
    run(**DOCUMENT, on_error="continue", undo_file=f"{tmp_path}/")
    apply(sandbox, admins=DOCUMENT["admins"])
    (file,) = tmp_path.iterdir()
    result, writes = undone(sandbox, str(file), default_template="desk")
    assert not [one for one in writes if "administrators" in one]
    assert "admin denis" not in str(result["plan"])


def test_the_last_twenty_files_of_a_folder_are_kept(sandbox: Sandbox, tmp_path: Path) -> None:
    (tmp_path / "notes.yml").write_text("mine", encoding="utf-8")
    names = []
    for number in range(undo_file.KEPT + 3):
        users = [{"entity": "b@nord", "internal_number": "201", "last_name": f"N{number}"}]
        names.append(os.path.basename(applied(sandbox, tmp_path, users=users, default_template="desk")))
    assert names == sorted(names)
    assert sorted(os.listdir(tmp_path)) == [*names[3:], "notes.yml"]


def test_a_file_of_ones_own_name_is_replaced_and_no_other_is_touched(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for number in range(undo_file.KEPT + 3):
        (tmp_path / f"20260101T0000000000{number:02}Z.yml").touch()
    Path("undo.yml").write_text("of an earlier run", encoding="utf-8")
    result = apply(sandbox, **DOCUMENT, undo_file="undo.yml")
    assert result["undo_file"] == str(tmp_path / "undo.yml")
    assert len(list(tmp_path.iterdir())) == undo_file.KEPT + 4
    assert "of an earlier run" not in Path("undo.yml").read_text(encoding="utf-8")


def test_nothing_is_written_where_the_file_can_not_be(sandbox: Sandbox, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    run = Run(sandbox)
    result = run(**DOCUMENT, undo_file=str(tmp_path / "file" / "undo.yml"))
    assert result["msg"].startswith("undo_file: ")
    assert run.client.writes == []


@pytest.mark.parametrize("first", range(1, 7))
def test_a_disk_that_is_full_for_a_moment_costs_no_more_than_a_write(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first: int
) -> None:
    """A write that can't be noted beforehand is not sent; what was half noted does not spoil the rest."""
    before, marks, write = shape(sandbox), [0], os.write

    def full(handle: int, data: bytes) -> int:
        marks[0] += b'{"begun"' in data or b'{"done"' in data
        if marks[0] == first:
            marks[0] += 1
            write(handle, data[:7])
            raise OSError(28, "No space left on device")
        return write(handle, data)

    run = Run(sandbox)
    with monkeypatch.context() as patched:
        patched.setattr(os, "write", full)
        result = run(**DOCUMENT, on_error="continue", parallelism=1, undo_file=f"{tmp_path}/")
    # The first mark of each pair is that of a write that is about to be sent.
    assert bool(result.get("failed")) is ("No space left" in str(result.get("errors"))) is (first % 2 == 1)
    result, _writes = undone(sandbox, result["undo_file"], default_template="desk")
    assert not result.get("failed"), result
    assert shape(sandbox) == before


def test_two_runs_at_the_same_moment_have_a_file_each(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moments = iter([1, 1, 1, 2])

    class Clock:
        @staticmethod
        def now(zone: Any) -> datetime:
            return datetime(2026, 1, 1, microsecond=next(moments), tzinfo=zone)

    monkeypatch.setattr(undo_file, "datetime", Clock)
    users = [{"entity": "b@nord", "internal_number": "201", "last_name": "Gros"}]
    first = applied(sandbox, tmp_path, users=users, default_template="desk")
    text = Path(first).read_text(encoding="utf-8")
    second = applied(sandbox, tmp_path, users=[{**users[0], "last_name": "Grand"}], default_template="desk")
    assert first != second
    assert Path(first).read_text(encoding="utf-8") == text


def test_the_file_of_a_run_that_goes_on_is_kept(sandbox: Sandbox, tmp_path: Path) -> None:
    """It was begun before twenty others, and something is added to it still."""
    kept = tmp_path / "20250101T000000000000Z.yml"
    for number in range(undo_file.KEPT + 3):
        other = tmp_path / f"20260101T0000000000{number:02}Z.yml"
        other.touch()
        os.utime(other, (number, number))
    kept.touch()
    users = [{"entity": "b@nord", "internal_number": "201", "last_name": "Gros"}]
    applied(sandbox, tmp_path, users=users, default_template="desk")
    assert kept.exists()
    assert len(list(tmp_path.iterdir())) == undo_file.KEPT


@pytest.mark.parametrize(
    "content", ["", "users: []\n", "undo: {\n", json.dumps({"undo": {}}), "operations:\n- 1\nwritten:\n"]
)
def test_another_file_is_no_undo_file(sandbox: Sandbox, tmp_path: Path, content: str) -> None:
    (tmp_path / "other.yml").write_text(content, encoding="utf-8")
    result, writes = undone(sandbox, str(tmp_path / "other.yml"))
    assert result["msg"] == "undo: no undo file of xivo.xci"
    assert writes == []


def test_the_file_of_another_xci_is_refused(sandbox: Sandbox, tmp_path: Path) -> None:
    file = applied(sandbox, tmp_path, **DOCUMENT)
    run = Run(sandbox, settings={"url": "http://127.0.0.2:1/api/1.0"})
    assert "and this is http://127.0.0.2:1/api/1.0" in run(undo=file, default_template="desk")["msg"]


def test_a_document_beside_it_is_refused(sandbox: Sandbox) -> None:
    result, _writes = undone(sandbox, "undo.yml", users=[{"id": 1}], purge=["users"])
    assert result["msg"] == "undo: it can't be used together with users, purge"


def test_an_undo_can_be_undone(sandbox: Sandbox, tmp_path: Path) -> None:
    users = [{"entity": "b@nord", "internal_number": "201", "last_name": "Gros"}]
    file = applied(sandbox, tmp_path, users=users, default_template="desk")
    after = shape(sandbox)
    result, _writes = undone(sandbox, file, undo_file=f"{tmp_path}/")
    assert shape(sandbox) != after
    undone(sandbox, result["undo_file"])
    assert shape(sandbox) == after

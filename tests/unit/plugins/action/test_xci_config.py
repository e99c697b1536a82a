# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lists of a task and of its files as one document, and where each entry of it is written."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ansible.errors import AnsibleError

from ansible_collections.xivo.xci.plugins.action import xci_config
from ansible_collections.xivo.xci.plugins.action.xci_config import ActionModule
from ansible_collections.xivo.xci.plugins.module_utils.api.errors import InputError, Problem
from ansible_collections.xivo.xci.plugins.module_utils.model.parsing import parse
from ansible_collections.xivo.xci.plugins.module_utils.model.resources import RESOURCES, USER
from ansible_collections.xivo.xci.plugins.module_utils.modules.config import InvalidDocument
from ansible_collections.xivo.xci.plugins.module_utils.modules.context import LOCATED, Context
from ansible_collections.xivo.xci.plugins.plugin_utils.quotes import Unquoted


class Loader:
    """Reads files as Ansible does; what is vaulted is decrypted."""

    _vault = SimpleNamespace(decrypt=lambda text: f"decrypted {text}".encode())

    def __init__(self, base: str = "/nowhere") -> None:
        self._base = base

    def path_dwim_relative_stack(self, folders: list[str], dirname: str, source: str) -> str:
        """Search as Ansible does: in folders, in their subfolder, and beside the playbook."""
        found = [os.path.join(one, *more, source) for one in [*folders, self._base] for more in ([dirname], [])]
        for path in found:
            if os.path.exists(path):
                return path
        raise AnsibleError(f"no {source}")

    def _get_file_contents(self, path: str) -> tuple[bytes, bool]:
        return Path(path).read_bytes(), False


def action(module: str = "xci_config", folders: tuple[str, ...] = (), base: str = "/nowhere") -> ActionModule:
    made: ActionModule = ActionModule.__new__(ActionModule)
    made._task = SimpleNamespace(action=f"xivo.xci.{module}", args={}, get_search_path=lambda: list(folders))
    made._loader = Loader(base)
    made._unquoted = Unquoted()
    return made


@pytest.fixture
def people(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A table in the folder in which Ansible runs."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "people.csv"
    path.write_text("first_name,internal_number\nA,0123\nB,200\n")
    return str(path)


# -- one document -------------------------------------------------------------------------------------------


def test_files_come_after_the_lists_of_the_task(people: str) -> None:
    options = {"src": [people], "users": [{"first_name": "Z"}], "xivos": None, "purge": [], "timeout": 5.0}
    made = action()._completed(options)
    assert [one["first_name"] for one in made["users"]] == ["Z", "A", "B"]
    assert (made["src"], made["timeout"], made["xivos"]) == (None, 5.0, None)
    assert options["src"] == [people]


@pytest.mark.parametrize("options", [{}, {"src": None}, {"src": []}, {"src": ""}], ids=str)
def test_without_files_the_options_stay_as_they_are(options: dict[str, Any]) -> None:
    assert action()._completed(options) is options


def test_other_modules_have_no_files() -> None:
    options = {"src": ["x"]}
    assert action("xci_user")._completed(options) is options


def test_several_files_as_a_text_with_commas(people: str) -> None:
    assert len(action()._completed({"src": f"{people},{people}"})["users"]) == 4


def test_a_list_of_the_task_has_to_be_one(people: str) -> None:
    """An ordinary module has not looked at it yet."""
    with pytest.raises(InputError) as caught:
        action()._completed({"src": people, "users": {"a": "b"}})
    assert caught.value.problems == [Problem("expected a list", "users")]


@pytest.mark.parametrize("purge", [["users"], "users"], ids=str)
def test_a_file_that_says_nothing_purges_nothing(people: str, tmp_path: Path, purge: Any) -> None:
    (tmp_path / "people.csv").write_text("first_name\n")
    options = {"src": [str(tmp_path / "people.csv")], "users": [{"first_name": "Z"}]}
    assert action()._completed({**options, "purge": None})["src"] is None
    with pytest.raises(
        InputError, match=r"^purge includes users, but people\.csv has no users, not even an empty list"
    ):
        action()._completed({**options, "purge": purge})


def test_a_file_is_searched_for_beside_the_task_and_then_where_ansible_runs(people: str, tmp_path: Path) -> None:
    beside = tmp_path / "role"
    (beside / "files").mkdir(parents=True)
    assert len(action(folders=(str(beside),))._completed({"src": ["people.csv"]})["users"]) == 2
    (beside / "files/people.csv").write_text("first_name\nC\n")
    assert len(action(folders=(str(beside),))._completed({"src": ["people.csv"]})["users"]) == 1
    assert len(action(base=str(beside))._completed({"src": "people.csv"})["users"]) == 1
    with pytest.raises(InvalidDocument) as caught:
        action(folders=(str(beside),))._completed({"src": ["nowhere.csv", "people.csv"]})
    assert str(caught.value) == f"nowhere.csv: not found; searched in {beside}, {tmp_path}"


@pytest.mark.parametrize(
    ("module", "option"), [("xci_people", "map"), ("xci_move", "numbering"), ("xci_compare", "src")]
)
def test_a_file_that_is_no_document_of_the_task_is_that_of_an_option(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: str, option: str
) -> None:
    monkeypatch.chdir(tmp_path)
    made = action(module=module)
    with pytest.raises(InputError, match=f"^{option}: nowhere.yml: not found; searched in {tmp_path}$") as caught:
        made._completed({option: "nowhere.yml"})
    assert not isinstance(caught.value, InvalidDocument)


@pytest.mark.parametrize("name", ["vars/demo.yml", "templates"])
def test_a_file_of_the_collection_is_never_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.chdir(tmp_path)
    role, playbooks = (os.path.join(xci_config.COLLECTION, one) for one in ("roles/xci_report", "playbooks"))
    for made in (action(folders=(role, playbooks)), action(folders=(f"{role}/tasks",), base=playbooks)):
        with pytest.raises(InvalidDocument, match=f"^{name}: not found; searched in {tmp_path}$"):
            made._completed({"src": name})
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("users: []") if "." in name else (tmp_path / name).mkdir()
    assert action(base=playbooks)._path(name) == str(tmp_path / name)
    assert action()._path(os.path.join(playbooks, "vars/demo.yml")).endswith("playbooks/vars/demo.yml")


def test_a_vaulted_value_is_decrypted(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text("admins: [{login: a, password: !vault secret}]")
    admins = action()._completed({"src": str(tmp_path / "a.yml")})["admins"]
    assert admins == [{"login": "a", "password": "decrypted secret"}]


# -- the names of options -----------------------------------------------------------------------------------


def test_unknown_options_are_reported_together_and_with_their_places(people: str) -> None:
    Path(people).with_suffix(".json").write_text('{"users": [{"frist_name": "A"}]}')
    options = {
        "src": people.replace(".csv", ".json"),
        "users": [{"cti_pasword": "made-up", "shoe_size": 43, "first_name": "Z"}],
        "admins": [{"login": "eve"}, {"entitys": []}],
    }
    made = action()
    passed = made._with_known_names(made._completed(options))
    found = [
        one.at(kind=kind, index=index)
        for kind in ("user", "admin")
        for index, entry in enumerate(passed[RESOURCES[kind].plural])
        for one in parse(RESOURCES[kind], entry).problems
    ]
    assert [(one.kind, one.index) for one in found] == [("user", 0), ("user", 1), ("admin", 1)]
    result = made._located(returned(*found, failed=True, msg="old"))
    assert result["msg"] == (
        "invalid document, nothing was changed (4 errors): "
        "users[0].cti_pasword: unsupported option; did you mean cti_password?; "
        "users[0].shoe_size: unsupported option; "
        "people.json: users[0].frist_name: unsupported option; did you mean first_name?; "
        "admins[1].entitys: unsupported option; did you mean entities?"
    )
    assert result["errors"][2] == {
        "action": "",
        "kind": "user",
        "key": "",
        "index": 1,
        "option": "frist_name",
        "place": "people.json: users[0]",
        "msg": "unsupported option; did you mean first_name?",
    }
    assert "made-up" not in str(result)


def test_entries_with_unknown_options_are_invalid_for_the_ordinary_module_and_the_rest_is_compared() -> None:
    """What is wrong with them is said as in the controller's process."""
    valid = {"entity": "a@b", "internal_number": "2"}
    odd = {"shoe_size": 43, "internal_number": "12", "first_name": ["Léa"], "pasword": "made-up", "id": 5}
    options = {"on_invalid": "report", "users": [valid, odd], "admins": []}
    made = action()
    passed = made._with_known_names(options)
    assert passed["users"][0] == valid
    assert passed["users"][1].keys() == {"internal_number", "first_name", "id"}
    assert options["users"] == [valid, odd]
    parsed = parse(USER, passed["users"][1]).problems
    assert len(parsed) == 2
    errors = [one.at(kind="user", index=1, key="12@") for one in parsed]
    result = made._located(returned(*errors, problem("duplicate", 2), changed=False, msg="old"))
    assert [(one["index"], one["option"], one["key"], one["msg"]) for one in result["errors"]] == [
        (1, "shoe_size", "12@", "unsupported option"),
        (1, "pasword", "12@", "unsupported option; did you mean cti_password?"),
        (1, "first_name", "12@", "invalid value: ['Léa'] is not text; put it in quotes"),
        (2, "", "", "duplicate"),
    ]
    assert "made-up" not in str([passed, result])


@pytest.mark.parametrize(
    "options",
    [
        pytest.param({"users": ["x", 7, {"first_name": "Z"}]}, id="what-is-no-entry-is-left-to-the-module"),
        pytest.param({"users": [{"internal_number": ["no"], "state": "gone"}]}, id="values-as-well"),
        pytest.param({"users": None, "admins": []}, id="none"),
        pytest.param({"entities": [{"name": "a", "xivo": "b", "id": None, "usage": {}}]}, id="all-are-known"),
    ],
)
def test_only_names_are_checked(options: dict[str, Any]) -> None:
    assert action()._completed(options) == options


def test_the_options_of_other_modules_are_left_alone() -> None:
    assert action("xci_user")._completed({"users": [{"x": 1}]}) == {"users": [{"x": 1}]}


# -- where entries are --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "index", "place"),
    [
        ("users", 0, "users[0]"),
        ("users", 1, "people.csv line 2"),
        ("users", 2, "people.csv line 3"),
        ("users", 3, "users[3]"),
        ("admins", 0, "admins[0]"),
    ],
)
def test_where_an_entry_is_written(people: str, kind: str, index: int, place: str) -> None:
    made = action()
    made._completed({"src": people, "users": [{"first_name": "Z"}]})
    assert made._place(kind, index) == place


def test_one_task_does_not_see_the_files_of_another(people: str) -> None:
    action()._completed({"src": people})
    assert action()._place("users", 0) == "users[0]"
    made = action()
    made._completed({"src": people})
    made._completed({"src": people})
    assert made._place("users", 2) == "users[2]"


def problem(msg: str, index: int | None, **more: Any) -> Problem:
    """A problem of the ordinary module, which knows no files."""
    place = f"users[{index}]" if index is not None else ""
    return Problem(msg, kind="user", index=index, place=place).at(**more)


def returned(*errors: Problem, warnings: tuple[Problem, ...] = (), **more: Any) -> dict[str, Any]:
    """The result of the ordinary module as Ansible passes it on."""
    located = {"errors": list(map(asdict, errors)), "warnings": list(map(asdict, warnings))}
    result = {"errors": [error.as_dict() for error in errors], **more, LOCATED: located}
    return dict(json.loads(json.dumps(result)))


@pytest.fixture
def located(people: str) -> ActionModule:
    made = action()
    made._completed({"src": people})
    return made


def test_a_result_without_errors_stays_as_it_is(located: ActionModule) -> None:
    assert located._located({"changed": True, "errors": []}) == {"changed": True, "errors": []}
    assert located._located({"msg": "x"}) == {"msg": "x"}


def test_problems_of_the_document_are_located(located: ActionModule) -> None:
    errors = [problem("not digits", 0, option="internal_number"), problem("no list", None, kind="admin")]
    result = located._located(returned(*errors, failed=True, msg="old"))
    assert LOCATED not in result
    assert [one["place"] for one in result["errors"]] == ["people.csv line 2", ""]
    assert result["msg"] == (
        "invalid document, nothing was changed (2 errors): people.csv line 2: internal_number: not digits; no list"
    )


@pytest.mark.parametrize(
    ("msg", "others", "shown"),
    [
        pytest.param(
            "duplicate: already defined at", (0,), "duplicate: already defined at people.csv line 2", id="another"
        ),
        pytest.param(
            "duplicate: user 1@a is also defined at",
            (0, 2),
            "duplicate: user 1@a is also defined at people.csv line 2, users[2]",
            id="several",
        ),
        pytest.param(
            "duplicate: user 1@a already exists on XCI, with id 7",
            (),
            "duplicate: user 1@a already exists on XCI, with id 7",
            id="on-xci",
        ),
        pytest.param(
            "invalid value: 'users[0]' is not a number", (), "invalid value: 'users[0]' is not a number", id="a-value"
        ),
    ],
)
def test_a_duplicate_names_where_the_other_entry_is(
    located: ActionModule, msg: str, others: tuple[int, ...], shown: str
) -> None:
    places = tuple(f"users[{index}]" for index in others)
    result = located._located(returned(problem(msg, 1, others=others, other_places=places), failed=True))
    (error,) = result["errors"]
    assert (error["msg"], error["place"]) == (shown, "people.csv line 3")
    assert set(error) == {"action", "kind", "key", "index", "option", "place", "msg"}
    assert result["msg"] == f"invalid document, nothing was changed (1 error): people.csv line 3: {shown}"


def test_failed_writes_are_located_and_keep_their_message(located: ActionModule) -> None:
    errors = [problem("no", 1, action="update"), problem("no", None, action="delete", place="purge")]
    result = located._located(returned(*errors, failed=True, msg="1 of 2 writes failed"))
    assert [one["place"] for one in result["errors"]] == ["people.csv line 3", "purge"]
    assert result["msg"] == "1 of 2 writes failed"


def test_warnings_are_located_and_become_texts(located: ActionModule) -> None:
    twice = (problem("is 90", 1, option="ringing_time"), problem("is 90", 1, option="ringing_time"))
    shown = "people.csv line 3: ringing_time: is 90"
    assert located._located(returned(warnings=twice)) == {"errors": [], "warnings": [shown]}
    more = {**returned(warnings=twice), "warnings": ["first"]}
    assert located._located(more) == {"errors": [], "warnings": ["first", shown]}
    assert located._located({LOCATED: {"errors": [], "warnings": []}}) == {}


def test_a_context_knows_places_and_progress(located: ActionModule, monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[str] = []

    class Progress:
        def __init__(self, title: str, _show: Any) -> None:
            self.title = title

        def __call__(self, done: int, total: int) -> None:
            pass

        def say(self, text: str) -> None:
            pass

        def end(self) -> None:
            ended.append(self.title)

    monkeypatch.setattr(xci_config, "Progress", Progress)
    located._display = SimpleNamespace()
    context = Context(None, None)  # type: ignore[arg-type]
    with pytest.raises(InputError), located._prepared(context):
        raise InputError("x")
    assert context.place("users", 0) == "people.csv line 2"
    assert context.progress is not None
    assert ended == ["xci_config"]

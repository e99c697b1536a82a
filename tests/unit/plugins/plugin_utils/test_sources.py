# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documents out of files: what is read, where each entry stands, what says nothing, and what is refused."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.xivo.xci.plugins.module_utils.api.errors import InputError
from ansible_collections.xivo.xci.plugins.module_utils.modules.config import InvalidDocument
from ansible_collections.xivo.xci.plugins.plugin_utils.sources import Source, load


def read(path: str) -> bytes:
    return Path(path).read_bytes()


def decrypt(text: str) -> str:
    return f"decrypted {text.strip()}"


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Writes files below the folder in which Ansible runs, and returns that folder."""
    monkeypatch.chdir(tmp_path)

    def write_files(**files: str | bytes) -> Path:
        for name, content in files.items():
            path = tmp_path / name.replace("__", "/").replace("_", ".", 1)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return tmp_path

    return write_files


def one(folder: Path, name: str) -> Source:
    return load(str(folder / name), read, decrypt)


USERS = [{"internal_number": "0123"}, {"internal_number": "200"}]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a_json", json.dumps({"users": USERS})),
        ("a_yml", "users:\n- internal_number: 0123\n- internal_number: '200'\n"),
        ("a_yaml", "users: [{internal_number: 0123}, {internal_number: 200}]"),
        ("a_yml", "\ufeffusers: [{internal_number: 0123}, {internal_number: 200}]"),
        ("a_csv", "internal_number\n0123\n200\n"),
        ("a_csv", '"internal_number"\r\n"=""0123"""\r\n200\r\n'),
    ],
    ids=["json", "yml", "yaml", "byte-order-mark", "csv", "csv-of-a-spreadsheet"],
)
def test_numbers_stay_as_they_are_written(write: Any, name: str, text: str) -> None:
    source = one(write(**{name: text}), name.replace("_", "."))
    assert source.document == {"users": USERS}
    assert source.silent == []


def test_yaml_takes_only_true_false_and_null_for_more_than_text(write: Any) -> None:
    text = "admins: [{login: 12, ldap: yes, super_admin: false, name: null, a: 1.5, b: 2026-01-01, c: 0x1F, d: 1_000}]"
    assert one(write(a_yml=text), "a.yml").document["admins"] == [
        {"login": "12", "ldap": True, "super_admin": False, "name": None, "a": "1.5", "b": "2026-01-01", "c": "0x1F",
         "d": "1_000"}
    ]  # fmt: skip


def test_single_values_may_be_encrypted(write: Any) -> None:
    text = "admins: [{login: a, password: !vault '$ANSIBLE_VAULT;x'}, {login: !unsafe '{{ b }}'}]"
    assert one(write(a_yml=text), "a.yml").document["admins"] == [
        {"login": "a", "password": "decrypted $ANSIBLE_VAULT;x"},
        {"login": "{{ b }}"},
    ]


def test_where_entries_stand(write: Any) -> None:
    folder = write(a_yml="users: [{a: b},\n {}]\nxivos: []", b__c_csv="internal_number;first_name\n1;A\n\n2;\n")
    source = load(str(folder), read, decrypt)
    assert source.places == {
        "users": ["a.yml line 1: users[0]", "a.yml line 2: users[1]", "b/c.csv line 2", "b/c.csv line 4"],
        "xivos": [],
    }
    assert source.document["users"][2:] == [{"internal_number": "1", "first_name": "A"}, {"internal_number": "2"}]


def test_files_of_a_folder_are_read_in_the_order_of_their_paths(write: Any) -> None:
    entry = "users: [{first_name: %s}]"
    folder = write(
        b_yml=entry % "b", a_yml=entry % "a", z__y_yml=entry % "zy", c__d__e_json='{"users": [{"first_name": "cde"}]}',
        notes_txt="no", **{".hidden__x_yml": "no: x"},
    )  # fmt: skip
    (folder / ".skipped.yml").write_text("no: x")
    assert [user["first_name"] for user in load(str(folder), read, decrypt).document["users"]] == [
        "a",
        "b",
        "cde",
        "zy",
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters(write: Any, delimiter: str) -> None:
    text = f"first_name{delimiter}last_name\nA{delimiter} B \n"
    assert one(write(a_csv=text), "a.csv").document["users"] == [{"first_name": "A", "last_name": "B"}]


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a_json", "[1]", "a.json line 1: no part of a document: it has to be a mapping of xivos, entities"),
        ("a_json", '{"users": [],\n"users": []}', "a.json line 2: 'users' is a duplicate key"),
        ("a_json", "{\n", "a.json line 2: Expecting property name"),
        ("a_json", "[" * 100_000, "a.json: nested too deeply"),
        ("a_yml", "users: []\nusers: []", "a.yml line 2: 'users' is a duplicate key"),
        ("a_yml", "users:\n- {a: [}", "a.yml line 2: "),
        ("a_yml", "users:\n- {a: 1,\n   a: 2}", "a.yml line 3: 'a' is a duplicate key"),
        ("a_yml", "users: []\n---\nusers: []", "a.yml line 2: but found another document"),
        ("a_yml", "users:\n- !!python/object:os.system {}", "a.yml line 2: could not determine a constructor"),
        ("a_yml", "users:\n- first_name: !!binary eA==", "a.yml line 2: could not determine a constructor"),
        ("a_yml", "users:\n- first_name: a\x07b", "a.yml line 2: control characters are not allowed: #x0007"),
        ("a_yml", "users: &u\n- *u", "a.yml line 1: an alias to what it is in"),
        ("a_yml", "[" * 50_000, " nest"),
        ("a_yml", "user: []", "a.yml line 1: user: unsupported list; did you mean users?"),
        ("a_yml", "colours: []", "a.yml line 1: colours: unsupported list; use one of xivos, entities"),
        ("a_yml", "users: {a: b}", "a.yml line 1: users: expected a list"),
        ("a_yml", "users: made-up", "a.yml line 1: users: expected a list"),
        ("a_yml", b"users:\n- [\xe9]", "a.yml line 2: not valid UTF-8: the file is damaged, or in another encoding"),
        ("a_txt", "users: []", "a.txt: a file must end with .json, .yml, .yaml, .csv; or give a folder of such files"),
    ],
)
def test_what_is_no_part_of_a_document(write: Any, name: str, text: str | bytes, message: str) -> None:
    folder = write(**{name: text})
    with pytest.raises(InputError) as caught:
        one(folder, name.replace("_", "."))
    assert message in str(caught.value)
    assert len(str(caught.value)) < 300
    (error,) = caught.value.result()["errors"]
    assert error["place"].startswith("a.")
    assert str(caught.value).startswith(error["place"])


def test_a_folder_without_documents(write: Any) -> None:
    with pytest.raises(InputError, match=r"no file in this folder ends with .json, .yml, .yaml, .csv$"):
        load(str(write(a_txt="x")), read, decrypt)


@pytest.mark.parametrize(
    ("name", "text", "kind"),
    [
        pytest.param("a_yml", "", "", id="empty"),
        pytest.param("a_yml", "# users: [{...}]\n", "", id="commented-out"),
        pytest.param("a_yml", "---\n...\n", "", id="no-document"),
        pytest.param("a_yml", "{}", "", id="empty-mapping"),
        pytest.param("a_json", "null", "", id="null"),
        pytest.param("a_json", "{}", "", id="empty-object"),
        pytest.param("a_yml", "users:\n# - {...}", "users", id="list-without-entries"),
        pytest.param("a_json", '{"admins": null}', "admins", id="null-list"),
        pytest.param("a_csv", "first_name,last_name\n", "users", id="header-alone"),
        pytest.param("a_csv", "", "users", id="empty-table"),
        pytest.param("a_csv", "entity,mail\n,\n", "users", id="empty-rows"),
    ],
)
def test_what_says_nothing(write: Any, name: str, text: str, kind: str) -> None:
    source = one(write(**{name: text}), name.replace("_", "."))
    assert source.silent == [(name.replace("_", "."), kind)]
    assert source.document == {}


@pytest.mark.parametrize(
    ("silent", "purge", "refused"),
    [
        pytest.param([], ["users"], "", id="nothing-silent"),
        pytest.param([("a.yml", "")], [], "", id="no-purge"),
        pytest.param([("a.yml", "users")], ["templates"], "", id="another-list"),
        pytest.param(
            [("a.csv", "users")], ["users"], "purge includes users, but a.csv has no users, not even", id="it"
        ),
        pytest.param([("a.yml", "")], ["users"], "purge includes users, but a.yml has no objects, not even", id="any"),
        pytest.param([("a.csv", "users"), ("b.yml", "")], ["admins"], "purge includes admins, but b.yml", id="second"),
    ],
)
def test_what_says_nothing_purges_nothing(silent: list[tuple[str, str]], purge: list[str], refused: str) -> None:
    source = Source(silent=silent)
    if not refused:
        source.check_purge(purge)
        return
    with pytest.raises(InputError) as caught:
        source.check_purge(purge)
    assert str(caught.value).startswith(refused)
    assert f"write '{purge[0]}: []' in a YAML file to delete all {purge[0]}" in str(caught.value)


def test_an_empty_list_says_that_there_shall_be_none(write: Any) -> None:
    source = one(write(a_yml="users: []"), "a.yml")
    source.check_purge(["users"])
    assert source.document == {"users": []}


def test_sources_are_joined() -> None:
    first, second = Source(silent=[("a", "")]), Source(silent=[("b", "users")])
    first.add("users", [1], ["a[0]"])
    second.add("users", [2, 3], ["b[0]", "b[1]"])
    second.add("admins", [], [])
    first.join(second)
    assert first.document == {"users": [1, 2, 3], "admins": []}
    assert first.places == {"users": ["a[0]", "b[0]", "b[1]"], "admins": []}
    assert first.silent == [("a", ""), ("b", "users")]


# -- folders ------------------------------------------------------------------------------------------------


def names(path: Path) -> list[str]:
    return [user["first_name"] for user in load(str(path), read, decrypt).document["users"]]


ENTRY = "users: [{first_name: %s}]"


def test_endings_in_capital_letters(write: Any) -> None:
    folder = write()
    (folder / "A.YML").write_text(ENTRY % "a")
    (folder / "B.Csv").write_text("first_name\nb\n")
    (folder / "C.JSON").write_text('{"users": [{"first_name": "c"}]}')
    assert names(folder) == ["a", "b", "c"]
    assert names(folder / "A.YML") == ["a"]


def test_folders_behind_links_are_read_once(write: Any) -> None:
    folder = write(config__a_yml=ENTRY % "a", shared__b_yml=ENTRY % "b")
    (folder / "config/link").symlink_to(folder / "shared")
    (folder / "config/twice").symlink_to(folder / "shared")
    (folder / "shared/circle").symlink_to(folder / "config")
    assert names(folder / "config") == ["a", "b"]
    assert load(str(folder / "config"), read, decrypt).places["users"][1] == "config/link/b.yml line 1: users[0]"


def test_files_elsewhere_have_their_whole_path(write: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write(a__x_yml=ENTRY % "a", b__x_yml=ENTRY % "b")
    monkeypatch.chdir(folder / "a")
    assert load(str(folder / "a/x.yml"), read, decrypt).places["users"] == ["x.yml line 1: users[0]"]
    assert load(str(folder / "b"), read, decrypt).places["users"] == [f"{folder}/b/x.yml line 1: users[0]"]


def test_what_can_not_be_read_is_not_passed_over(write: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write(a_yml=ENTRY % "a", closed__b_yml=ENTRY % "b", c_yml="users: {", d_csv="first_nam\nd\n")
    os.mkfifo(folder / "pipe.csv")
    (folder / "nowhere").symlink_to(folder / "removed")
    listed = os.listdir

    def listdir(path: str) -> list[str]:
        if path.endswith("closed"):
            raise PermissionError(13, "Permission denied")
        return listed(path)

    monkeypatch.setattr(os, "listdir", listdir)
    with pytest.raises(InvalidDocument) as caught:
        load(str(folder), read, decrypt)
    assert [str(problem).partition(";")[0] for problem in caught.value.problems] == [
        "closed: the folder can't be read: Permission denied",
        "c.yml line 2: did not find expected node content, column 1",
        "d.csv line 1: first_nam: unsupported option as the name of a column",
        "nowhere: can't be read: No such file or directory",
        "pipe.csv: not a regular file",
    ]


def test_what_is_no_regular_file_is_refused_at_once(write: Any) -> None:
    os.mkfifo(write() / "people.json")
    with pytest.raises(InvalidDocument, match=r"people\.json: not a regular file"):
        one(Path(), "people.json")


# -- what is for the author of a file -----------------------------------------------------------------------


def test_keys_that_begin_with_x_are_ignored(write: Any) -> None:
    text = "x-base: &base {entity: e, template: t}\nusers:\n- {<<: *base, template: u}\nx-y: 1\n"
    assert one(write(a_yml=text), "a.yml").document == {"users": [{"entity": "e", "template": "u"}]}
    assert one(write(b_json='{"x-note": "no", "xivos": []}'), "b.json").document == {"xivos": []}
    assert one(write(c_yml="x-base: 1"), "c.yml").silent == [("c.yml", "")]


def test_a_key_may_replace_one_that_was_merged(write: Any) -> None:
    text = "x-a: {b: {c: &c {<<: &d {last_name: A}, last_name: B}}}\nusers: [{<<: *c}, {<<: *d, last_name: C}]"
    assert one(write(a_yml=text), "a.yml").document == {"users": [{"last_name": "B"}, {"last_name": "C"}]}


def test_aliases_that_explode_are_refused(write: Any) -> None:
    lines = ["x-0: &x0 [a]"] + [f"x-{n}: &x{n} [{', '.join([f'*x{n - 1}'] * 10)}]" for n in range(1, 10)]
    with pytest.raises(InvalidDocument, match=r"a\.yml line 8: aliases that repeat more than 5000000 values"):
        one(write(a_yml="\n".join(lines)), "a.yml")

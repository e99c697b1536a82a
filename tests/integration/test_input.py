# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a playbook or a file says, as somebody may really write it: read right, or refused with its place."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

from ansible_collections.xivo.xci.tests.integration.harness import Site, entity, template, user
from ansible_collections.xivo.xci.tests.support import playbook
from ansible_collections.xivo.xci.tests.support.objects import TEMPLATE

UNQUOTED = "a number without quotes where text is meant: "


Make = Callable[..., Site]


def test_what_lacks_its_quotes(site: Make) -> None:
    server = site()
    folder = server.folder()
    (folder / "people.json").write_text(json.dumps({"users": [{"entity": "accueil@xivo-nord", "last_name": 5}]}))
    outcomes = server.play(
        user(entity="accueil@xivo-nord", internal_number=0o1725, last_name="A", template=TEMPLATE),
        {**user(entity="accueil@xivo-nord", internal_number="{{ item }}", last_name="B"), "loop": [1001, 1001]},
        entity(name="urgences", xivo="xivo-nord", intervals=[{"start": "2000", "end": 2999}]),
        user(entity="accueil@xivo-nord", internal_number="1001", last_name=False),
        template(name=True),
        entity(name="compta", xivo="xivo-nord", intervals=[{"start": 3000.5}]),
        {"xivo.xci.xci_config": {
            "src": str(folder / "people.json"), "users": [{"entity": "accueil@xivo-nord", "internal_number": 1001}]}},
        {"xivo.xci.xci_config": {"users": [{"entity": "accueil@xivo-nord", "last_name": False}]}},
        may_fail=True, may_warn=True, check=True, logins=2,
    )  # fmt: skip
    numbers = [[one for one in outcome.warnings if one.startswith(UNQUOTED)] for outcome in outcomes]
    assert [bool(one) for one in numbers] == [True, True, True, False, False, False, True, False]
    assert "internal_number is 981." in numbers[0][0]
    assert len(numbers[1]) == 1, "once for all items of a loop"
    assert "intervals[0].end is 2999." in numbers[2][0]
    assert "users[0].internal_number is 1001, " in numbers[6][0]
    assert "people.json: users[0].last_name is 5." in numbers[6][0]
    messages = [outcome.msg for outcome in outcomes]
    assert messages[3].startswith("last_name: invalid value: False is not text; put it in quotes")
    assert messages[4].startswith("name: invalid value: True is not text")
    assert messages[5].startswith("intervals[0].start: invalid value: 3000.5 is not text")
    assert "users[0].last_name: invalid value: False is not text" in messages[7]


def test_torn_files_are_refused_as_data_with_file_and_line(site: Make) -> None:
    server = site()
    folder = server.folder() / "files" / "config"
    folder.mkdir(parents=True)
    (folder / "torn.csv").write_text('entity;last_name\naccueil;A\n"accueil;B\naccueil;C\n')
    (folder / "torn.yml").write_text("users:\n- {entity: accueil\n")
    os.mkfifo(folder / "pipe.YAML")
    (outcome,) = server.play({"xivo.xci.xci_config": {"src": "config"}}, may_fail=True)
    found = [(one["place"], one["msg"].partition(",")[0]) for one in outcome.result["errors"]]
    assert (
        found
        == [
            ("files/config/pipe.YAML", "not a regular file"),
            ("files/config/torn.csv line 3", "a quote is opened in this row and never closed"),
            ("files/config/torn.yml line 3", "did not find expected '"),
        ]
        or found[2][0] == "files/config/torn.yml line 3"
    )
    assert outcome.msg.startswith("invalid document, nothing was changed (3 errors): files/config/pipe.YAML: not a reg")
    assert not outcome.sent


EMPTY = dict.fromkeys(("XCI_TIMEOUT", "XCI_RETRIES", "XCI_VALIDATE_CERTS", "XCI_CA_PATH"), "")


def test_empty_environment_variables_count_as_not_given(site: Make, tmp_path: Path) -> None:
    server = site()
    needed = {name: value for name, value in server.connection.items() if name.startswith("xci_")}
    find = user(entity="accueil@xivo-nord", internal_number="1001")
    number = {"ansible.builtin.debug": {"msg": "{{ lookup('xivo.xci.available_numbers', 'accueil@xivo-nord') }}"}}
    variables = {**needed, "xci_timeout": "", "xci_ca_path": ""}
    same, also, shown = server.play(
        find, {**find, "environment": EMPTY}, number, connection=needed, environment=EMPTY, vars=variables, logins=3
    )
    assert (same.changed, also.changed) == (False, False)
    assert shown.result["msg"] == "1000"
    (tmp_path / "xci.yml").write_text(json.dumps({"plugin": "xivo.xci.xci", **needed}))
    env = playbook.environment(tmp_path, **EMPTY)
    done = playbook.run(tmp_path, "ansible-inventory", "-i", "xci.yml", "--list", env=env)
    assert (done.code, "xivo-nord" in done.stdout) == (0, True), done.output


COMPOSED, DECOMPOSED = "Zo\u00e9", "Zoe\u0301"


def test_blanks_and_composed_accents_are_no_difference_and_stay(site: Make) -> None:
    server = site(dialects={"cti_password": "shown"})
    names = {"firstName": f" {DECOMPOSED}", "lastName": "Nord\u200b"}
    odd = {**names, "entity": "compta@xivo-nord", "internalNumber": "3001", "template": TEMPLATE}
    server.load({"users": [odd]})
    compta = {"entity": "compta@xivo-nord", "internal_number": "3001"}
    by_name = {"entity": "compta", "match_on": "name", "first_name": COMPOSED, "last_name": " Nord\u200b "}
    outcomes = server.play(
        user(**compta, first_name=f"{COMPOSED} ", last_name="Nord\u200b"),
        user(**by_name, internal_number="3001 "),
        {"xivo.xci.xci_config": {"users": [{**compta, "first_name": DECOMPOSED}]}},
        user(**compta, cti_login="zoe", template=TEMPLATE),
        user(**compta, first_name="A\nB"),
        {"xivo.xci.xci_config": {"users": [{**compta, "last_name": "#REF!"}, {**compta, "last_name": "A\u202eB"}]}},
        may_fail=True,
        may_warn=True,
    )
    assert [outcome.changed for outcome in outcomes[:4]] == [False, False, False, True]
    body = outcomes[3].writes[0].body
    assert {name: body[name] for name in names} == names
    assert outcomes[3].object["first_name"] == COMPOSED
    assert outcomes[4].msg == r"first_name: invalid value: 'A\nB' contains a line break (U+000A)"
    assert "users[0].last_name: invalid value: '#REF!' is an error of a spreadsheet" in outcomes[5].msg
    assert r"users[1].last_name: invalid value: 'A\u202eB' contains an invisible character (U+202E)" in outcomes[5].msg
    assert not outcomes[4].writes
    assert not outcomes[5].writes


def test_what_is_in_something_that_is_gone_can_be_removed_twice(site: Make) -> None:
    server = site()
    leaver = {"entity": "urgences@xivo-nord", "internal_number": "2001", "last_name": "A"}
    closed = {"entities": [{"name": "urgences@xivo-nord", "state": "absent"}]}
    stays = {"entity": "compta@xivo-nord", "internal_number": "3001", "last_name": "B", "template": TEMPLATE}
    document = {"users": [{**leaver, "state": "absent"}, stays]}
    outcomes = server.play(
        user(**leaver, template=TEMPLATE),
        user(**leaver, state="absent"),
        {"xivo.xci.xci_config": closed},
        user(**leaver, state="absent"),
        entity(name="urgences", xivo="xivo-perdu", state="absent"),
        {"xivo.xci.xci_config": document},
        entity(name="soins@xivo-nord", intervals=["4000-4099", "4200"]),
        entity(name="soins", xivo="xivo-nord", intervals=[{"start": "4200"}, {"start": "4000", "end": "4099"}]),
        may_warn=True,
    )
    assert [one.changed for one in outcomes] == [True, True, True, False, False, True, True, False]
    gone = "nothing was deleted: entity 'urgences@xivo-nord' not found"
    assert outcomes[3].warnings[0].startswith(f"entity: {gone}")
    assert outcomes[4].warnings[0].startswith("xivo: nothing was deleted: xivo 'xivo-perdu' not found")
    assert outcomes[5].warnings[0].startswith(f"users[0].entity: {gone}")
    assert [one["internalNumber"] for one in server.users()] == ["1001", "3001"]
    assert (outcomes[6].object["name"], outcomes[6].object["xivo"]) == ("soins", "xivo-nord")

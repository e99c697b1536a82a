# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The doctor names each dialect that can be seen, and none that is not there; and it leaves nothing behind."""

from __future__ import annotations

import json
import random
import runpy
import unicodedata
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from xcisandbox.dialects import SWITCHES

from ansible_collections.xivo.xci.plugins.module_utils.doctor.meanings import MEANINGS, USUAL
from ansible_collections.xivo.xci.plugins.module_utils.doctor.report import Note, Report, Spoken
from ansible_collections.xivo.xci.plugins.module_utils.doctor.rows import ROWS
from ansible_collections.xivo.xci.tests.support.dialects import FREE, VALUES
from ansible_collections.xivo.xci.tests.support.objects import SUD, SYNCHRONIZE
from ansible_collections.xivo.xci.tests.unit.plugins.module_utils.doctor.site import (
    BY_TRYING,
    SEEDED,
    TOGETHER,
    examine,
    found,
    site,
    visible,
)

ROOT = Path(__file__).resolve().parents[5]
READING = [(name, value) for name, value in VALUES if name not in BY_TRYING or visible(name, value, False)]


# -- the tables ---------------------------------------------------------------------------------------------


def test_the_rows_are_numbered_and_share_the_dialects_of_the_sandbox() -> None:
    assert [row.number for row in ROWS] == list(range(1, 39))
    dialects = [name for row in ROWS for name in row.dialects]
    assert len(dialects) == len(set(dialects))
    assert set(dialects) | {"configure"} == set(SWITCHES)
    assert {name: values[0] for name, values in SWITCHES.items()} == USUAL


def test_each_value_that_can_be_seen_has_a_meaning() -> None:
    unseen = {name for name, _value in VALUES if not visible(name, _value, True)}
    free = set(FREE)
    missing = {
        (name, value) for name, value in VALUES if visible(name, value, True) and (name, value) not in MEANINGS
    } - {(name, value) for name, value in VALUES if name in free and (name, "") in MEANINGS}
    assert missing == set()
    assert unseen - set(BY_TRYING) == {"configure", "body_limit", "synchronize_seconds"}


def test_the_guide_has_the_table_of_the_doctor() -> None:
    tool = runpy.run_path(str(ROOT / "tests" / "tools" / "assumptions.py"))
    guide = tool["GUIDE"].read_text(encoding="utf-8")
    assert tool["with_table"](guide) == guide
    assert guide.count("   * - ") == len(ROWS) + 1


def test_the_table_of_modules_has_each_dialect() -> None:
    rows = (ROOT / "docs" / "dialects.md").read_text(encoding="utf-8").splitlines()
    cells = [tuple(cell.strip(" `") for cell in row.split("|")[1:3]) for row in rows if row.startswith("| `")]
    assert cells == VALUES


def test_a_report_says_what_differs_and_what_was_not_seen() -> None:
    report = Report(USUAL)
    report.add(25, [Spoken("put", "merge")])
    report.add(24, [Spoken("write_body", "id"), Spoken("lies", "none")])
    report.add(20, [Note("")])
    assert report.dialects == {"put": "merge", "write_body": "id"}
    lines = report.lines()
    assert lines[24] == "25 PUT replaces the whole object: DIFFERENT: it leaves what it does not say"
    assert lines[23].endswith(": as assumed (an id)")
    assert lines[19].endswith(": as assumed")
    assert lines[0].startswith(" 1 ")
    assert lines[0].endswith(": not seen")
    assert (report.verdict, report.different()) == ("differs", 1)
    report.add(6, [Spoken("list_part", "next")])
    assert (report.verdict, len(report.advice())) == ("fails", 1)


# -- reading ------------------------------------------------------------------------------------------------


def test_reading_finds_nothing_on_a_server_that_answers_as_the_page_says() -> None:
    with site() as sandbox:
        before = sandbox.state()
        result = examine(sandbox)
        assert found(result) == {}
        assert (result["changed"], result["verdict"], result["different"]) == (False, "works", 0)
        assert [line for line in result["table"] if "DIFFERENT" in line] == []
        assert len(result["table"]) == len(ROWS)
        assert sandbox.state() == before
        requests = {(one["method"], one["path"] == "/login") for one in sandbox.requests()}
        assert requests == {("GET", False), ("POST", True)}
        assert SYNCHRONIZE not in [one["path"] for one in sandbox.requests()]
        assert result["report"]["unknown_keys"] == {}
        assert result["report"]["counts"]["users"] == 4


TURNED_TOGETHER: list[dict[str, str]] = [
    {
        "cookie_name": "XCI_SID", "cookies": "several", "expired": "403", "session_cookie": "renewed",
        "list_shape": "items", "list_part": "counted", "whole_numbers": "text", "flags": "text",
        "content_type": "html", "slashes": "plain", "errors": "json", "deleted_status": "400", "extra_keys": "yes",
        "entity_path": "encoded", "entity_users": "xivo", "user_entity": "combined_id",
        "template_references": "objects", "admin_entities": "ids", "cti_password": "shown", "missing_number": "empty",
        "interval_end": "absent", "voice_mail_mode": "absent", "hosts": "blank", "keep_alive": "no",
    },
    {
        "expired": "redirect", "list_shape": "bare", "whole_numbers": "floats", "flags": "numbers",
        "content_type": "plain", "charset": "utf-8-bom", "deleted_status": "410", "entity_xivo": "id",
        "user_entity": "null", "listed_user": "as_alone", "admin_entities": "combined_ids", "cti_password": "masked",
        "missing_number": "absent", "interval_end": "same", "available_numbers": "used_elsewhere",
    },
    {
        "expired": "html", "sessions": "one", "list_part": "next", "list_order": "shuffled", "content_type": "none",
        "charset": "latin-1", "deleted_status": "500", "combined_id": "opaque", "user_entity": "absent",
        "listed_user": "short", "admin_entities": "null", "provisioning": "never",
    },
    {
        "expired": "440", "list_part": "link", "interval_end": "null", "available_numbers": "integers",
        "rate_limit": "silent",
    },
]  # fmt: skip


@pytest.mark.parametrize("dialects", TURNED_TOGETHER)
def test_reading_names_many_dialects_together(dialects: dict[str, str]) -> None:
    with site(dialects) as sandbox:
        result = examine(sandbox)
    # What a list leaves out can't be seen in it.
    hidden = {"provisioning"} if dialects.get("listed_user") == "short" else set()
    assert found(result) == {name: value for name, value in dialects.items() if name not in hidden}
    text = json.dumps(result, ensure_ascii=False)
    assert [seeded for seeded in SEEDED if seeded in text] == []


def test_nothing_is_tried_where_a_list_shows_other_objects_each_time() -> None:
    with site({"list_part": "silent", "list_order": "shuffled"}) as sandbox:
        before = sandbox.state()
        result = examine(sandbox, scratch=True)
        assert sandbox.state() == before
        assert [one for one in sandbox.requests() if one["method"] == "POST" and one["path"] != "/login"] == []
    assert found(result) == {"list_part": "silent", "list_order": "shuffled"}


def test_nothing_is_tried_where_a_list_shows_other_objects_only_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """By chance a list shows the same objects in the same order three times."""
    reads: Counter[int] = Counter()

    def reverse_later(items: list[Any]) -> None:
        reads[len(items)] += 1
        if reads[len(items)] > 3:
            items.reverse()

    with site({"list_part": "silent", "list_order": "shuffled"}) as sandbox:
        before = sandbox.state()
        monkeypatch.setattr(random, "shuffle", reverse_later)
        examine(sandbox, scratch=True)
        assert sandbox.state() == before


@pytest.mark.slow
@pytest.mark.parametrize(("name", "value"), READING)
def test_reading_names_each_dialect_that_it_can_see_and_no_other(name: str, value: str) -> None:
    with site({name: value}) as sandbox:
        result = examine(sandbox)
    assert found(result) == visible(name, value, scratch=False)
    text = json.dumps(result, ensure_ascii=False)
    assert [seeded for seeded in SEEDED if seeded in text] == []


def test_an_unknown_key_is_a_line_that_differs() -> None:
    with site({"extra_keys": "yes"}) as sandbox:
        result = examine(sandbox)
    assert result["report"]["unknown_keys"] == {"entities": ["mdsName"], "intervals": ["routingMode"]}
    (line,) = [line for line in result["table"] if "mdsName" in line]
    assert line.startswith("10 ")
    assert "DIFFERENT: " in line


def test_a_key_that_may_be_a_name_is_not_repeated() -> None:
    entity = {"items": [{"id": 1, "Zélie Quévremont": 1, "combinedId": "x@y"}]}
    with site() as sandbox:
        sandbox.faults.add({"path": "^/entities$", "times": 0, "fault": {"kind": "body", "body": entity}})
        text = json.dumps(examine(sandbox), ensure_ascii=False)
    assert "a key that is no word" in text
    assert "Quévremont" not in text


def test_what_cannot_work_is_the_verdict_and_says_what_follows() -> None:
    with site({"list_part": "link"}) as sandbox:
        result = examine(sandbox)
    assert result["verdict"] == "fails"
    assert any("can't read the rest of a list" in one for one in result["advice"])


def test_a_second_administrator_shows_what_limited_rights_are() -> None:
    for value in SWITCHES["limited_admins"]:
        with site({"limited_admins": value}) as sandbox:
            result = examine(sandbox, second_login="adm-pediatrie", second_password="another-made-up")
        assert found(result) == ({} if value == "shorter" else {"limited_admins": value})


def test_an_administrator_with_limited_rights_can_run_it() -> None:
    with site() as sandbox:
        result = examine(sandbox, {"xci_login": "adm-pediatrie", "xci_password": "another-made-up"})
    assert found(result) == {}
    assert result["verdict"] == "works"


# -- trying -------------------------------------------------------------------------------------------------

TRIED_TOGETHER: list[dict[str, str]] = [
    {
        "login_refused": "403", "list_lag": "0.5", "provisioning": "late", "remaining_slots": "fixed",
        "duplicate_names": "allowed", "duplicate_numbers": "allowed", "numbers_outside": "refused",
        "cti_logins": "entity", "overlapping_intervals": "allowed", "template_scope": "free",
        "edit_template": "optional", "edit_password": "optional", "write_body": "object", "put": "merge",
        "edit_template_effect": "reapplied", "delete_dependents": "cascade", "delete_used_template": "allowed",
        "store_case": "upper_names", "store_form": "composed", "store_length": "cut", "limited_admins": "empty",
    },
    {
        "login_refused": "useless_cookie", "provisioning": "renewed", "cti_logins": "free", "list_shape": "bare",
        "cti_password": "shown", "edit_cti_password": "kept", "template_without_scope": "nobody",
        "write_body": "location", "delete_used_template": "cascade", "store_case": "lower_logins",
        "store_form": "decomposed", "store_blanks": "trimmed", "store_ringing_time": "rounded",
        "store_intervals": "merged", "extra_keys": "lost", "lies": "refusals", "limited_admins": "forbidden",
        "references": "dangle", "writes_at_once": "one", "whole_numbers": "text",
    },
]  # fmt: skip


def tried(name: str, value: str) -> None:
    dialects = {**TOGETHER.get((name, value), {}), name: value}
    with site(dialects) as sandbox:
        before = sandbox.state()
        result = examine(sandbox, scratch=True)
        seen = found(result)
        if name == "list_lag":
            assert abs(float(seen.pop(name)) - float(value)) < 0.7
            dialects = {}
        else:
            dialects = {**TOGETHER.get((name, value), {}), **visible(name, value, scratch=True)}
        assert seen == dialects
        assert sandbox.state() == before
        text = json.dumps(result["report"], ensure_ascii=False)
    assert [seeded for seeded in SEEDED if seeded in text] == []


def test_trying_finds_nothing_on_a_server_that_answers_as_the_page_says() -> None:
    with site() as sandbox:
        before = sandbox.state()
        result = examine(sandbox, scratch=True)
        assert found(result) == {}
        assert result["changed"] is True
        assert [line.split()[0] for line in result["table"] if line.endswith("not seen")] == ["38"]
        assert sandbox.state() == before


@pytest.mark.parametrize("dialects", TRIED_TOGETHER)
def test_trying_names_many_dialects_together_and_leaves_nothing_behind(dialects: dict[str, str]) -> None:
    with site(dialects) as sandbox:
        before = sandbox.state()
        seen = found(examine(sandbox, scratch=True))
        assert sandbox.state() == before
    if "list_lag" in dialects:
        assert 0 < float(seen["list_lag"]) < 2
    assert {**seen, **({"list_lag": "0.5"} if "list_lag" in seen else {})} == dialects


@pytest.mark.slow
@pytest.mark.parametrize(("name", "value"), VALUES)
def test_trying_names_each_dialect_that_it_can_see_and_no_other(name: str, value: str) -> None:
    tried(name, value)


def test_an_object_that_no_list_shows_and_no_path_leads_to_is_named() -> None:
    with site({"list_part": "silent", "combined_id": "opaque"}) as sandbox:
        before = len(sandbox.state()["entities"])
        result = examine(sandbox, scratch=True, wait=0.3)
        (left,) = sandbox.state()["entities"][before:]
        assert (
            f"scratch objects could not be removed: {left['name']}. Run again, or remove them by hand" in result["msg"]
        )
        assert sandbox.state()["templates"][1:] == []


def test_an_object_of_which_only_the_id_is_known_is_removed_by_its_path() -> None:
    with site({"list_part": "silent", "write_body": "id"}) as sandbox:
        before = sandbox.state()
        assert found(examine(sandbox, scratch=True, wait=0.3)) == {"list_part": "silent"}
        assert sandbox.state() == before


@pytest.mark.parametrize("dialects", [{}, {"combined_id": "opaque"}, {"entity_users": "xivo"}, {"entity_xivo": "id"}])
def test_each_user_of_the_xivo_for_scratch_objects_is_counted_once(dialects: dict[str, str]) -> None:
    with site(dialects) as sandbox:
        for name, count in ((unicodedata.normalize("NFD", "Hôpital-Nord"), 3), (SUD, 1)):
            assert examine(sandbox, xivo=name)["users_on_xivo"] == count


@pytest.mark.parametrize("given", [{"second_login": "x"}, {"second_password": "x"}])
def test_a_second_administrator_has_a_login_and_a_password(given: dict[str, Any]) -> None:
    with site() as sandbox:
        assert "missing required option: second_" in examine(sandbox, **given)["msg"]
        assert sandbox.requests() == []


def test_a_second_administrator_who_can_not_log_in_is_a_warning() -> None:
    with site() as sandbox:
        warnings: list[str] = []
        result = examine(sandbox, warnings=warnings, second_login="adm-pediatrie", second_password="wrong-one")
    assert result["verdict"] == "works"
    assert warnings == ["the second administrator could not log in: what he is shown was not seen"]


def test_who_may_not_create_is_told_who_may() -> None:
    with site() as sandbox:
        before = sandbox.state()
        limited = {"xci_login": "adm-pediatrie", "xci_password": "another-made-up"}
        result = examine(sandbox, limited, scratch=True, wait=0.3)
        assert "use a super-administrator for scratch objects" in result["advice"]
        assert sandbox.state() == before

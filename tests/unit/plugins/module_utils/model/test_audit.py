# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each rule of the audit finds what it is about, and nothing beside that."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.xivo.xci.plugins.module_utils.model.audit import LANGUAGES, RULES, Objects, audit, unchecked

ACCUEIL, URGENCES = "accueil@nord", "urgences@nord"


def entity(name: str, *intervals: tuple[str, str], xivo: str = "nord") -> dict[str, Any]:
    return {"name": name, "xivo": xivo, "intervals": [{"start": start, "end": end} for start, end in intervals]}


def user(
    number: str, last_name: str = "", label: str = ACCUEIL, login: str = "", first_name: str = ""
) -> dict[str, Any]:
    names = {"first_name": first_name, "last_name": last_name or f"N° {number}"}
    return {"entity": label, "internal_number": number, "cti_login": login, **names}


def admin(login: str, super_admin: bool = False, entities: int = 1) -> dict[str, Any]:
    labels = [f"e{number}" for number in range(entities)]
    return {"login": login, "name": login, "super_admin": super_admin, "entities": labels}


def template(name: str, xivos: tuple[str, ...] = ("nord",), entities: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"name": name, "xivos": list(xivos), "entities": list(entities)}


def objects(**more: Any) -> Objects:
    """Return an XCI without mistakes, but for what *more* says."""
    good: dict[str, Any] = {
        "xivos": {"nord": {"name": "nord"}, "sud": {"name": "sud"}},
        "entities": {
            ACCUEIL: entity("accueil", ("100", "199")),
            URGENCES: entity("urgences", ("200", "299")),
            "accueil@sud": entity("accueil", ("100", "199"), xivo="sud"),
            **{f"e{number}": entity(f"e{number}", (f"1{number:02}0", f"1{number:02}9")) for number in range(11)},
        },
        "users": [user("100"), user("200", label=URGENCES), user("100", label="accueil@sud")]
        + [user(f"1{number:02}0", label=f"e{number}") for number in range(11)],
        "templates": [template("standard"), template("chambre", (), (ACCUEIL,))],
        "admins": [admin("root", True), admin("second", True), admin("nord", entities=10)],
    }
    return Objects(**{**good, **more})


def found(rule: str, seen: Objects, **more: Any) -> list[tuple[str, str]]:
    return [(one["kind"], one["key"]) for one in audit(seen, **more) if one["rule"] == rule]


def people(*more: dict[str, Any]) -> Objects:
    return objects(users=[*objects().users, *more])


FOUND: dict[str, tuple[Callable[[], Objects], list[tuple[str, str]]]] = {
    "XA01": (
        lambda: people(user("199"), user("200"), user("0150"), user("50", label="e1")),
        [("user", "200@accueil@nord"), ("user", "0150@accueil@nord"), ("user", "50@e1")],
    ),
    "XA02": (
        lambda: people(
            user("110", "Lefèvre", first_name="Zoé"),
            user("210", "LEFEVRE", URGENCES, first_name="zoe"),
            user("111", "Lefèvre", "accueil@sud", first_name="Zoé"),
            user("112", "Lefèvre", first_name="Zoë B"),
        ),
        [("user", "110@accueil@nord")],
    ),
    "XA03": (
        lambda: people(
            user("110", login="zoe"), user("110", "Z", "accueil@sud", "ZOE"), user("111", login="zoe2"), user("112")
        ),
        [("user", "110@accueil@nord")],
    ),
    "XA04": (
        lambda: objects(
            entities={ACCUEIL: entity("accueil", ("100", "109"), ("110", "118"), ("120", "139"))},
            users=[user(str(number)) for number in range(100, 138) if number not in (105, 136, 137)],
        ),
        [("entity", ACCUEIL)],
    ),
    "XA05": (
        lambda: objects(
            entities={
                ACCUEIL: entity("accueil", ("100", "199"), ("150", "160")),
                URGENCES: entity("urgences", ("199", "299")),
                "accueil@sud": entity("accueil", ("100", "299"), xivo="sud"),
            }
        ),
        [("entity", ACCUEIL), ("entity", ACCUEIL)],
    ),
    "XA06": (lambda: objects(templates=[template("oublié", ()), template("standard")]), [("template", "oublié")]),
    "XA07": (
        lambda: objects(
            templates=[template("standard", ("nord", "999"), (ACCUEIL, "fermee@uuid"))],
            admins=[{**admin("root", True), "entities": ["77"]}],
        ),
        [("template", "standard"), ("template", "standard"), ("admin", "root")],
    ),
    "XA08": (lambda: objects(admins=[admin(name, True) for name in "abcd"]), [("admin", "a")]),
    "XA09": (lambda: objects(admins=[admin("onze", entities=11), admin("dix", entities=10)]), [("admin", "onze")]),
    "XA10": (lambda: people(user("", "Sans")), [("user", "@accueil@nord")]),
    "XA11": (
        lambda: objects(users=[one for one in objects().users if one["entity"] != URGENCES]),
        [("entity", URGENCES)],
    ),
}  # fmt: skip


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_finds_what_it_is_about(rule: str) -> None:
    make, expected = FOUND[rule]
    assert found(rule, make()) == expected


def test_nothing_is_found_where_nothing_is_wrong() -> None:
    assert audit(objects()) == audit(Objects()) == []


def test_rules_can_be_left_out() -> None:
    wrong = people(user("900"))
    assert found("XA01", wrong, ignore=["XA02", "XA10"]) == [("user", "900@accueil@nord")]
    assert found("XA01", wrong, ignore=["XA01"]) == []


def test_what_is_not_shown_in_full_is_not_called_missing() -> None:
    seen = objects(templates=[template("standard", ("999",))], admins=[])
    assert unchecked(["xivo", "admin"]) == ["XA07", "XA08", "XA09"]
    assert found("XA07", seen) == [("template", "standard")]
    assert found("XA07", seen, partial=["entity"]) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_finding_says_in_each_language_what_is_wrong(language: str) -> None:
    for rule, (make, _expected) in FOUND.items():
        texts = [one["msg"] for one in audit(make(), language) if one["rule"] == rule]
        assert texts
        assert not [text for text in texts if not text or "{" in text]
        assert RULES[rule].title[language]
    (text,) = [
        one["msg"] for one in audit(people(user("900", "{entity.__class__}")), language) if one["rule"] == "XA01"
    ]
    assert "{entity.__class__}" in text
    assert {*RULES["XA01"].text} == {*LANGUAGES}

# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nobody gets a number of a reserved range without asking for it."""

from __future__ import annotations

from typing import Any

from ansible_collections.xivo.xci.tests.support.jobs import Xci
from ansible_collections.xivo.xci.tests.support.objects import TEMPLATE

NEW: dict[str, Any] = {"entity": "urgences@xivo-nord", "match_on": "name", "last_name": "Petit", "template": TEMPLATE}


def kept(start: str = "2000", end: str = "2009", entity: str = "urgences", **more: Any) -> dict[str, Any]:
    return {"reserved": [{"entity": entity, "start": start, "end": end, "reason": "fire alarm", **more}]}


def test_the_first_available_number_is_outside_of_it_in_both_modes() -> None:
    xci = Xci.made()
    predicted = xci.run("xci_user", check=True, numbering=kept(), **NEW)
    done = xci.run("xci_user", numbering=kept(), **NEW)
    assert predicted["user"]["internal_number"] == done["user"]["internal_number"] == "2010"


def test_a_range_of_the_past_or_of_another_entity_does_not_count() -> None:
    for numbering in (kept(until="2020-01-01"), kept(entity="compta")):
        assert Xci.made().run("xci_user", numbering=numbering, **NEW)["user"]["internal_number"] == "2000"


def test_a_document_honours_it() -> None:
    xci = Xci.made()
    users = [{**NEW, "last_name": name} for name in ("Un", "Deux")]
    xci.run("xci_config", users=users, numbering=kept("2001", "2008"))
    assert [one["internalNumber"] for one in xci.users()] == ["1001", "2000", "2009"]


def test_a_number_that_is_asked_for_is_given_with_a_warning_or_refused() -> None:
    xci = Xci.made()
    options = {**NEW, "internal_number": "2005", "numbering": kept()}
    result = xci.run("xci_user", **options)
    assert result["user"]["internal_number"] == "2005"
    assert xci.warnings == ["internal_number: 2005 is in 2000-2009 reserved (fire alarm)"]
    again = xci.run("xci_user", **options)
    assert (again["changed"], xci.warnings) == (False, [])


def test_an_entity_that_does_not_exist_is_warned_of() -> None:
    xci = Xci.made()
    xci.run("xci_user", numbering=kept(entity="urgence"), **NEW)
    assert xci.warnings == ["numbering: entity 'urgence' not found, so that nothing is reserved in it"]

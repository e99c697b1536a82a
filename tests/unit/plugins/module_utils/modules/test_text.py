# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A diff is YAML that each version of YAML reads as it was meant."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from ansible_collections.xivo.xci.plugins.module_utils.modules.text import as_text


def shown(value: Any) -> str:
    sides = as_text({"before": {}, "after": {"value": value}, "after_header": "user 1"})
    assert (sides["before"], sides["after_header"]) == ("", "user 1")
    assert yaml.safe_load(sides["after"]) == {"value": value}
    return str(sides["after"]).removeprefix("value: ").removesuffix("\n")


@pytest.mark.parametrize(
    "text",
    [
        "0149", "0100", "7", "1001", "-5", "+33155000100", "1.5", "1.2.3", "1e3", "1E-3", ".5", "0o17", "0x1f", "1_000",
        "12:30:45", "2026-01-01", "y", "N", "no", "Off", "true", "null", "~", "", ".inf", "=",
    ],
)  # fmt: skip
def test_what_may_be_read_as_something_else_is_quoted(text: str) -> None:
    assert shown(text) == f"'{text}'"


@pytest.mark.parametrize("text", ["Anaïs", "N° 4", "chambre 12", "12 bis", "1001@accueil@nord", "yes please", "e3"])
def test_other_text_is_not(text: str) -> None:
    assert shown(text) == text


def test_what_is_no_text_stays_what_it_is() -> None:
    assert (shown(7), shown(True), shown(None)) == ("7", "true", "null")
    assert shown([{"start": "0100", "end": "0149"}]) == "value:\n- start: '0100'\n  end: '0149'"


def test_long_text_is_in_one_line() -> None:
    assert shown("a long name " * 20 + "!").count("\n") == 0

# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The reference pages and surveys of the commands are what their description says."""

from __future__ import annotations

import json
from pathlib import Path

import commands
import pytest
import yaml


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A checkout with the description alone."""
    (tmp_path / "meta").mkdir()
    (tmp_path / "docs/docsite/rst").mkdir(parents=True)
    (tmp_path / "meta/commands.yml").write_text(commands.SOURCE.read_text(encoding="utf-8"), encoding="utf-8")
    return tmp_path


def test_they_are_what_the_tool_writes() -> None:
    assert commands.main(["--check"]) == 0


def test_a_difference_is_found_and_written(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert commands.main(["--check"], copy) == 1
    assert "make format" in capsys.readouterr().err
    assert commands.main([], copy) == 0
    assert commands.main(["--check"], copy) == 0
    for old, new in (("Find people", "Look for people"), ("Trouver des personnes", "Chercher des personnes")):
        source = copy / "meta/commands.yml"
        source.write_text(source.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
        assert commands.main(["--check"], copy) == 1
        assert commands.main([], copy) == 0
    stale = copy / commands.SURVEYS / "gone.json"
    stale.write_text("{}", encoding="utf-8")
    assert commands.main(["--check"], copy) == 1
    assert commands.main([], copy) == 0
    assert not stale.exists()


def test_surveys_ask_for_numbers_as_text_and_for_no_connection() -> None:
    source = yaml.safe_load(commands.SOURCE.read_text(encoding="utf-8"))
    for path, text in commands.files(source).items():
        if path.endswith(".json"):
            survey = json.loads(text)
            assert set(survey) == {"name", "description", "spec"}
            for question in survey["spec"]:
                assert question["type"] in ("text", "textarea", "password", "multiplechoice")
                assert isinstance(question["default"], str)
                assert (question["type"] == "multiplechoice") is bool(question["choices"])
                assert question["variable"] not in source["groups"]["connection"]

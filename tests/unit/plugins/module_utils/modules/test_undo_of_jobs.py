# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The jobs that change people write undo files as documents do, one for all documents of a job."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.xivo.xci.plugins.module_utils.api.errors import InputError
from ansible_collections.xivo.xci.plugins.module_utils.modules.undo_file import UndoFile
from ansible_collections.xivo.xci.tests.support.jobs import Killed, Xci
from ansible_collections.xivo.xci.tests.support.objects import START, TEMPLATE

HERE = "accueil@xivo-nord"
MAP = {
    "columns": {"Login": "cti_login", "Nom": "last_name", "Poste": "internal_number"},
    "entity": {"column": "Site", "values": {"Nord": HERE, "Sud": "accueil@xivo-sud"}},
    "template": {"value": TEMPLATE},
}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))


def person(number: str, **more: Any) -> dict[str, Any]:
    return {"entity": HERE, "template": TEMPLATE, "lastName": f"N{number}", "internalNumber": number, **more}


def made(**dialects: str) -> Xci:
    """Return a site of four people, two of whom have a login."""
    people = [person("1000", ctiLogin="zero"), person("1001", ctiLogin="one"), person("1002"), person("1500")]
    entities = [dict(one) for one in START["entities"]]
    entities[0]["intervals"] = [{"start": "1000", "end": "1999"}]
    return Xci.made({**START, "entities": entities, "users": people}, dialects=dialects)


def shape(xci: Xci) -> tuple[Any, ...]:
    """Return the entities and the people, without what XCI gives anew to who is created again."""
    state = xci.sandbox.state()
    names = ("entity", "lastName", "firstName", "internalNumber", "ctiLogin")
    people = sorted(str([one[name] for name in names]) for one in state["users"])
    return people, [(one["name"], one["intervals"]) for one in state["entities"]]


def options(job: str, folder: Path) -> dict[str, Any]:
    """Return a job that widens, exchanges and narrows; or one that creates, moves, renames and deletes."""
    if job == "xci_move":
        return {"who": "zero", "to": "accueil@xivo-sud", "number": "next", "default_template": TEMPLATE}
    if job == "xci_renumber":
        table = folder / "map.csv"
        table.write_text("old;new\n1000;1001\n1001;1000\n1002;6000\n", encoding="utf-8")
        return {"entity": HERE, "map": str(table), "default_template": TEMPLATE}
    people = folder / "people.csv"
    people.write_text("Login;Nom;Poste;Site\none;Durand;1001;Sud\nnew;Neuf;1600;Nord\n", encoding="utf-8")
    return {"src": str(people), "map": MAP, "leavers": "remove", "max_leavers": "1"}


JOBS = ("xci_move", "xci_renumber", "xci_people")


def undone(xci: Xci, file: str) -> dict[str, Any]:
    return xci.run("xci_config", undo=file, default_template=TEMPLATE)


@pytest.mark.parametrize("job", JOBS)
def test_what_a_job_changed_is_brought_back(tmp_path: Path, job: str) -> None:
    xci = made(numbers_outside="refused", cti_password="shown", write_body="none")
    before = shape(xci)
    given = {**options(job, tmp_path), "undo_file": f"{tmp_path}/undo/"}
    planned = xci.run(job, check=True, **given)
    assert "undo_file" not in planned
    assert not (tmp_path / "undo").exists()
    done = xci.run(job, **given)
    assert not done.get("failed"), done
    middle = shape(xci)
    assert middle != before
    (file,) = (tmp_path / "undo").iterdir()
    assert done["undo_file"] == str(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    kept = yaml.safe_load(file.read_text(encoding="utf-8"))
    assert kept["undo"]["login"]
    again = xci.run(job, **given)
    assert (again["changed"], "undo_file" in again) == (False, False)
    result = xci.run("xci_config", undo=str(file), default_template=TEMPLATE, undo_file=f"{tmp_path}/undo/")
    assert not result.get("failed"), result
    assert shape(xci) == before
    assert not undone(xci, result["undo_file"]).get("failed")
    assert shape(xci) == middle


@pytest.mark.parametrize("job", JOBS)
def test_a_job_that_is_killed_at_any_point_is_undone(tmp_path: Path, job: str) -> None:
    whole = made()
    whole.run(job, **options(job, tmp_path), undo_file=str(tmp_path / "whole.yml"))
    for stop_at in range(2, len(whole.writes) + 1):
        for path in (tmp_path / "home").rglob("*.csv"):
            path.unlink()
        xci = made()
        before = shape(xci)
        file = tmp_path / f"{stop_at}.yml"
        given = {**options(job, tmp_path), "undo_file": str(file)}
        with pytest.raises(Killed):
            xci.run(job, stop_at=stop_at, parallelism=1, **given)
        assert shape(xci) != before
        result = undone(xci, str(file))
        assert not result.get("failed"), (stop_at, result)
        assert shape(xci) == before, stop_at


def test_an_entity_that_somebody_narrowed_after_it_was_renumbered_stays_as_it_is(tmp_path: Path) -> None:
    xci = made()
    done = xci.run("xci_renumber", **options("xci_renumber", tmp_path), undo_file=f"{tmp_path}/undo/")
    entity = {"name": "accueil", "xivo": "xivo-nord", "intervals": ["1000-1001", "6000-6001"]}
    xci.run("xci_config", entities=[entity])
    result = undone(xci, done["undo_file"])
    assert [one["place"] for one in result["errors"]] == [f"entity {HERE} (Accueil général)"]
    assert dict(shape(xci)[1])["accueil"] != [{"start": "1000", "end": "1999"}]


def test_a_job_whose_undo_file_can_not_be_written_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    xci = made()
    with pytest.raises(InputError, match=r"undo_file: .*file/undo can't be written: Not a directory"):
        xci.run("xci_move", **options("xci_move", tmp_path), undo_file=f"{tmp_path}/file/undo/")
    assert xci.writes == []


def test_what_a_later_document_of_a_job_can_not_write_down_is_not_written(tmp_path: Path, monkeypatch: Any) -> None:
    """The people are not renumbered, and the result says that the intervals are wider."""
    xci, add = made(), UndoFile._write

    def full(self: UndoFile, text: str) -> None:
        if '"planned"' in text:
            raise OSError(28, "No space left on device")
        add(self, text)

    monkeypatch.setattr(UndoFile, "_write", full)
    result = xci.run("xci_renumber", **options("xci_renumber", tmp_path), undo_file=f"{tmp_path}/undo/")
    assert (result["failed"], result["changed"], len(xci.writes)) == (True, True, 1)
    assert "No space left on device" in result["msg"]
    assert Path(result["undo_file"]).exists()

# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What XCI shows against what each XiVO exports itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.xivo.xci.plugins.module_utils.api.errors import InputError
from ansible_collections.xivo.xci.tests.support.jobs import Xci

HEADER = "uuid,firstname,lastname,exten,context,username,provisioning_code,line_protocol\n"


def code(xci: Xci) -> str:
    return str(xci.users()[0]["provisioningNumber"])


def run(xci: Xci, folder: Path, *rows: str, **options: Any) -> dict[str, Any]:
    path = folder / "nord.csv"
    path.write_text(HEADER + "".join(f"u,{row},sip\n" for row in rows), encoding="utf-8")
    return xci.run("xci_leave", exports=[f"xivo-nord={path}"], **options)


def shown(result: dict[str, Any]) -> list[tuple[str, ...]]:
    return [
        (one["context"], one["number"], one["what"], one["option"], one["xci"], one["export"])
        for one in result["differences"]
    ]


def test_an_export_that_says_the_same_has_no_difference(tmp_path: Path) -> None:
    xci = Xci.made()
    result = run(xci, tmp_path, f"Camille,Durand,1001,accueil,cdurand,{code(xci)}")
    assert (shown(result), result["count"], result["compared"], xci.writes) == ([], 0, 1, [])


def test_each_planted_difference_is_found(tmp_path: Path) -> None:
    result = run(
        Xci.made(),
        tmp_path,
        "Camille,Martin,1001,accueil,other,999999",
        "Zoé,,2001,urgences,,",
        "A,,1,default,,",
        "B,,,,,",
    )
    assert shown(result) == [
        ("default", "", "context without entity", "", "", "1"),
        ("accueil", "1001", "different", "last_name", "Durand", "Martin"),
        ("accueil", "1001", "different", "cti_login", "cdurand", "other"),
        ("accueil", "1001", "different", "provisioning_number", result["differences"][3]["xci"], "999999"),
        ("urgences", "2001", "only on the XiVO", "", "", "Zoé"),
    ]
    assert shown(run(Xci.made(), tmp_path, "Zoé,,2001,compta,,"))[0][2:] == ("only on XCI", "", "Camille Durand", "")


@pytest.mark.parametrize("name", ["report.md", "report.csv", "report.json", "folder"])
def test_it_is_written_in_check_mode_too(tmp_path: Path, name: str) -> None:
    dest = tmp_path / "new" / name
    run(Xci.made(), tmp_path, "Camille,Martin,1001,accueil,,", check=True, dest=str(dest))
    files = [dest] if "." in name else sorted(dest.iterdir())
    texts = {path.name: path.read_text(encoding="utf-8") for path in files}
    assert list(texts) == ([name] if "." in name else ["differences.csv", "what-ends.md"])
    assert "Martin" in "".join(texts.values())
    assert name == "report.csv" or "mlefevre" in "".join(texts.values())
    if name.endswith(".json"):
        assert set(json.loads(texts[name])) == {"differences", "ends"}


def test_what_ends_is_said_in_french_too(tmp_path: Path) -> None:
    ends = run(Xci.made(), tmp_path, "Zoé,,2001,compta,,", language="fr")["ends"]
    assert "Les 2 administrateurs de XCI et leurs droits : admin, mlefevre" in ends
    assert "Non vérifiés, faute d'export : xivo-sud" in ends


def test_another_table_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("name,number\nA,1\n", encoding="utf-8")
    with pytest.raises(InputError, match="no columns context and exten, which a XiVO's own export has: name, number"):
        Xci.made().run("xci_leave", exports=[f"xivo-nord={tmp_path}/a.csv"])
    with pytest.raises(InputError, match="can't be read: No such file"):
        Xci.made().run("xci_leave", exports=[f"xivo-nord={tmp_path}/b.csv"])
    with pytest.raises(InputError, match="xivo 'x' not found"):
        Xci.made().run("xci_leave", exports=[f"x={tmp_path}/a.csv"])

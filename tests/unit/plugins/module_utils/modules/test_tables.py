# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tables of users as spreadsheets and people save them."""

from __future__ import annotations

import pytest

from ansible_collections.xivo.xci.plugins.module_utils.api.errors import InputError
from ansible_collections.xivo.xci.plugins.module_utils.modules.tables import Row, read_table, write_table


def table(content: str | bytes) -> list[Row]:
    return read_table(content.encode() if isinstance(content, str) else content, "a.csv")


ANNA, BEN = {"first_name": "Anna", "entity": "e"}, {"first_name": "Ben", "entity": "e"}


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        pytest.param("first_name,entity\nAnna,e\nBen,e\n", [2, 3], id="plain"),
        pytest.param("first_name,entity\r\nAnna,e\r\nBen,e", [2, 3], id="windows"),
        pytest.param("first_name,entity\rAnna,e\rBen,e\r", [2, 3], id="old-macintosh"),
        pytest.param("sep=;\nfirst_name;entity\nAnna;e\nBen;e\n", [3, 4], id="sep"),
        pytest.param('"sep=;"\r\nfirst_name;entity\r\nAnna;e\r\nBen;e\r\n', [3, 4], id="quoted-sep"),
        pytest.param("SEP=:\nfirst_name:entity\nAnna:e\nBen:e\n", [3, 4], id="another-separator"),
        pytest.param("\n;;\n\nfirst_name;entity\nAnna;e\nBen;e\n", [5, 6], id="blank-first-lines"),
        pytest.param("\ufeffsep=,\n\nfirst_name,entity\nAnna,e\nBen,e\n", [4, 5], id="byte-order-mark-and-sep"),
        pytest.param("first_name,entity,,\nAnna,e,,\nBen,e,,\n", [2, 3], id="empty-trailing-columns"),
        pytest.param("first_name,entity\nAnna,e,,,\n\n,\nBen,e\n", [2, 5], id="empty-trailing-cells-and-rows"),
        pytest.param(' first_name , "entity"\n "Anna", e\nBen ,"e"\n', [2, 3], id="blanks-around"),
        pytest.param("first_name|entity|mail\nAnna|e|\nBen|e|\n", [2, 3], id="empty-cells"),
    ],
)
def test_what_is_read(content: str, lines: list[int]) -> None:
    assert table(content) == [(lines[0], ANNA), (lines[1], BEN)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_encodings_of_spreadsheets(encoding: str) -> None:
    text = "last_name;first_name\nLefèvre;Anaïs\nD\u2019Œuvre;ÉLÉONORE\n"
    rows = [{"last_name": "Lefèvre", "first_name": "Anaïs"}, {"last_name": "D\u2019Œuvre", "first_name": "ÉLÉONORE"}]
    assert [row for _line, row in table(text.encode(encoding))] == rows


@pytest.mark.parametrize(
    ("content", "line"),
    [
        pytest.param(b"last_name\nLef\xc3\xa8vre\nAna\xc3\n", 3, id="a-letter-cut-in-two"),
        pytest.param("last_name\nA\nLefè".encode()[:-1], 3, id="the-end-cut-off"),
        pytest.param(b"last_name\nLef\xe8vre\nLef\xc3\xa8vre\n", 2, id="two-encodings"),
        pytest.param(b"last_name\nA\x81\n", 2, id="no-letter"),
    ],
)
def test_a_damaged_encoding_is_refused(content: bytes, line: int) -> None:
    with pytest.raises(InputError, match=f"^a.csv line {line}: not valid UTF-8: the file is damaged"):
        table(content)


@pytest.mark.parametrize(
    ("content", "errors"),
    [
        pytest.param(
            'first_name\nA\n"B\nC\nD\n', ["3: a quote is opened in this row and never closed"], id="open-quote"
        ),
        pytest.param(
            'first_name,entity\nA,e\n"B,e\nC,e\n"D",e\n', ["3: text after the closing quote of a cell"], id="two-quotes"
        ),
        pytest.param(
            'first_name,entity\nA,"e\nB",e\nC,e\n', ["2: a cell with a line break"], id="a-lawful-cell-of-two-lines"
        ),
        pytest.param(
            'first_name,entity\n"A\n",e\n"B\n",e\nC\n',
            ["2: a cell with a line break", "4: a cell with a line break", "6: 1 cells, but line 1 has 2 columns"],
            id="the-line-where-each-row-begins",
        ),
        pytest.param("first_name,entity\nA\nB,e,f\n", ["2: 1 cells, but line 1", "3: 3 cells, but"], id="cells"),
        pytest.param("entity,entity\n1,2\n", ["1: each column needs a name of its own"], id="twice"),
        pytest.param("\nentity,,mail\n1,2,3\n", ["2: each column needs a name of its own"], id="no-name"),
        pytest.param("entity,\n1,2\n", ["2: 2 cells, but line 1 has 1 columns"], id="no-name-at-the-end"),
        pytest.param(
            "frist_name;Nom;entity\nA;B;e\nC;D;e\n",
            [
                "1: frist_name: unsupported option as the name of a column; did you mean first_name?",
                "1: Nom: unsupported option as the name of a column; use one of entity, template, first_name, ",
            ],
            id="unknown-columns-once",
        ),
        pytest.param("entity\n" + "x" * 200_000 + "\n", ["2: field larger than field limit"], id="huge-cell"),
        pytest.param(
            "accueil;1001;Anna\n", ["1: accueil: unsupp", "1: 1001: unsupp", "1: Anna: unsupp"], id="no-header"
        ),
    ],
)
def test_what_is_refused_with_its_line(content: str, errors: list[str]) -> None:
    with pytest.raises(InputError) as caught:
        table(content)
    shown = list(map(str, caught.value.problems))
    assert len(shown) == len(errors)
    for text, error in zip(shown, errors, strict=True):
        assert text.startswith(f"a.csv line {error}")


# -- tables of other things, and what is written -----------------------------------------------------------------------


def test_a_table_is_read_back() -> None:
    rows: list[dict[str, str | None]] = [
        {"a": 'x "y"; z', "b": None},
        {"a": "=1+1", "b": "0501"},
        {"a": "+33 1 23", "b": "-5"},
    ]
    text = write_table(["a", "b"], rows)
    assert [row for _line, row in read_table(text.encode(), "t.csv", of_users=False)] == [
        {"a": 'x "y"; z'}, {"a": "'=1+1", "b": "0501"}, {"a": "+33 1 23", "b": "-5"},
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["=cmd", "@x", "-x", "+x", "\tx"])
def test_what_a_spreadsheet_would_run_gets_an_apostrophe(text: str) -> None:
    assert write_table(["a"], [{"a": text}]).splitlines()[1].lstrip('"').startswith("'")


@pytest.mark.parametrize(
    ("encoding", "given"), [("utf-16", ""), ("utf-8", ""), ("cp1252", ""), ("mac-roman", "mac-roman")]
)
def test_encodings_are_found_out_or_given(encoding: str, given: str) -> None:
    (row,) = read_table("Nom|Prénom\nLefèvre|Zoé\n".encode(encoding), "t.csv", of_users=False, encoding=given)
    assert row == (2, {"Nom": "Lefèvre", "Prénom": "Zoé"})

# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads a table (CSV), as spreadsheets save it, and writes one. What may have lost a row or a letter is refused."""

from __future__ import annotations

import codecs
import contextlib
import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NoReturn

from ..api.errors import InputError, Problem, first_of
from ..model.resources import USER
from ..model.suggestion import suggestion

DELIMITERS = ",;\t|"
_SEP = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)
"""The first line with which a spreadsheet says what separates the cells."""
_IS_UTF8 = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|([\xc2-\xc5]|\xe2[\x80-\xbf]?)\Z")
"""A letter in UTF-8, perhaps cut off at the end; hardly a word in Windows-1252."""

_FORMULA = tuple("=+-@\t\r")
"""How a text begins that a spreadsheet runs."""
_NUMBER = re.compile(r"[+-]?[0-9][0-9 .()/-]*")

Row = tuple[int, dict[str, str]]
"""The line in which a row begins, and its cells by the names of their columns; an empty cell is not in it."""


class Rows(list[Row]):
    """The rows of a table, and the names of its *columns*."""

    columns: Sequence[str] = ()


def read_table(
    content: bytes,
    shown: str,
    of_users: bool = True,
    encoding: str = "",
    delimiter: str = "",
    used: Iterable[str] | None = None,
) -> Rows:
    """Return the rows of a table; raise InputError with all that is wrong with it. *shown* is its name for a person.

    The columns of a table *of_users* are named like the options of a user, those of another one as anybody likes. What
    is not said of *encoding* and *delimiter* is found out. The columns that are *used* have different names; if that is
    None, all have.
    """
    table = _Table(_decode(content, shown, encoding), shown, of_users, delimiter, used)
    rows = Rows(table.rows())
    rows.columns = table.columns
    if table.problems:
        raise InputError(*table.problems)
    return rows


def write_table(header: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    """Return a table (CSV) of which a spreadsheet runs nothing, whatever the names in it are; None is an empty cell."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([_harmless(row.get(name)) for name in header] for row in rows)
    return text.getvalue()


def _harmless(value: Any) -> str:
    """Return a cell that a spreadsheet takes for text; a number stays as it is, also +33 1 23."""
    text = "" if value is None else str(value)
    return f"'{text}" if text[:1] in _FORMULA and not _NUMBER.fullmatch(text) else text


def _decode(content: bytes, shown: str, encoding: str = "") -> str:
    if encoding:
        try:
            return content.decode(encoding).lstrip("\ufeff")
        except (LookupError, UnicodeDecodeError) as error:
            raise InputError(Problem(f"can't be read as {encoding}: {error}", place=shown)) from None
    if b"\0" in content:
        return _decode_wide(content, shown)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if _IS_UTF8.search(content):
            refuse_encoding(content, error, shown)
    try:
        return content.decode("cp1252")
    except UnicodeDecodeError as error:
        refuse_encoding(content, error, shown)


def _decode_wide(content: bytes, shown: str) -> str:
    """Return a text in UTF-16, which may lack the mark of its byte order; Western text has a zero in most pairs."""
    marked = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    order = "le" if content[1::2].count(0) > content[::2].count(0) else "be"
    with contextlib.suppress(UnicodeDecodeError):
        text = content.decode("utf-16" if marked else f"utf-16-{order}")
        if "\0" not in text:
            return text
    line = content.count(b"\n", 0, content.index(b"\0")) + 1
    problem = "neither UTF-8 nor UTF-16: the file is damaged, or no table; save it as UTF-8"
    raise InputError(Problem(problem, place=f"{shown} line {line}"))


def refuse_encoding(content: bytes, error: UnicodeDecodeError, shown: str) -> NoReturn:
    """Raise InputError for a file that is in no encoding that we read, or damaged."""
    line = content.count(b"\n", 0, error.start) + 1
    problem = "not valid UTF-8: the file is damaged, or in another encoding; save it as UTF-8"
    raise InputError(Problem(problem, place=f"{shown} line {line}")) from None


class _Table:
    """A table while it is read; *problems* are what is wrong with it."""

    def __init__(self, text: str, shown: str, of_users: bool, delimiter: str, used: Iterable[str] | None) -> None:
        self.problems: list[Problem] = []
        self._shown = shown
        self._of_users = of_users
        self._used = None if used is None else {*used}
        self.columns: Sequence[str] = ()
        lines = list(io.StringIO(text, newline=""))
        self._skipped = _blank(lines, 0)
        first = lines[self._skipped] if self._skipped < len(lines) else ""
        if sep := _SEP.fullmatch(first):
            self._skipped = _blank(lines, self._skipped + 1)
            delimiter = delimiter or sep.group(1)
        else:
            delimiter = delimiter or max(DELIMITERS, key=first.count)
        self._reader = csv.reader(lines[self._skipped :], delimiter=delimiter, strict=True, skipinitialspace=True)

    def rows(self) -> Iterator[Row]:
        records = self._records()
        header_line, header = next(records, (0, []))
        self.columns = columns = self._columns(header_line, header)
        for line, cells in records:
            if len(cells) < len(columns) or any(cells[len(columns) :]):
                problem = f"{len(cells)} cells, but line {header_line} has {len(columns)} columns"
                self._add(problem, line)
            yield line, {name: cell for name, cell in zip(columns, cells) if name and cell}

    def _add(self, problem: str, line: int, column: str = "") -> None:
        kind = USER.kind if self._of_users else ""
        self.problems.append(Problem(problem, column, kind=kind, place=f"{self._shown} line {line}"))

    def _records(self) -> Iterator[tuple[int, list[str]]]:
        """Yield the rows that are not empty, each with the line in which it begins."""
        while True:
            line = self._skipped + self._reader.line_num + 1
            try:
                record = next(self._reader)
            except StopIteration:
                return
            except csv.Error as error:
                # Where the next row would begin is not known.
                self._add(_explain(error), line)
                return
            cells = [_unguarded(cell) for cell in record]
            if any("\n" in cell or "\r" in cell for cell in record):
                self._add("a cell with a line break; a quote that nobody closed also looks like that", line)
            elif any(cells):
                yield line, cells

    def _columns(self, line: int, header: Sequence[str]) -> list[str]:
        """Return the names of the columns, without those at the end that have none."""
        columns = list(header)
        while columns and not columns[-1]:
            columns.pop()
        names = columns if self._of_users else [name for name in columns if name]
        times = Counter(name for name in names if self._used is None or name in self._used)
        twice = sorted(name for name, number in times.items() if name and number > 1)
        if twice or "" in names:
            called = f": several are called {first_of(twice)}" if twice else ""
            what = ", the name of an option" * self._of_users
            self._add(f"each column needs a name of its own{what}{called}", line)
        if not self._of_users:
            return columns
        options = [one.name for one in USER.writable]
        for name in columns:
            if name and name not in USER.option_names:
                hint = suggestion(name, sorted(USER.option_names)) or f"use one of {', '.join(options)}, ..."
                self._add(f"unsupported option as the name of a column; {hint}", line, name)
        return columns


def _blank(lines: Sequence[str], start: int) -> int:
    """Return where the first line is that has more than delimiters."""
    blank = f"{DELIMITERS} \r\n"
    return next((index for index in range(start, len(lines)) if lines[index].strip(blank)), len(lines))


def _explain(error: csv.Error) -> str:
    text = str(error)
    if "unexpected end of data" in text:
        return "a quote is opened in this row and never closed"
    if "expected after" in text:
        return "text after the closing quote of a cell; a quote may not be closed, or not be doubled inside of a cell"
    return text


def _unguarded(cell: str) -> str:
    """Return a cell without what spreadsheets put around a number to keep its leading zero: ``="0123"``."""
    guarded = re.fullmatch(r'="(.*)"', cell.strip())
    return guarded.group(1) if guarded else cell.strip()

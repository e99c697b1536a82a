# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can go wrong, one class each; ``str(error)`` is the whole message for the person who reads it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Callable

MOST_ALIKE = 5
FEW = 3
"""Of more than MOST_ALIKE problems that are alike, how many are shown."""
LONGEST = 900
"""How many characters the texts of all problems have together, unless the first one alone has more."""
_VARYING = re.compile(r"'[^']*'|\"[^\"]*\"|[^\s()]*[0-9@][^\s()]*|([^\s()'\"]+)")
"""What distinguishes problems that are alike: what is quoted, and words with a digit or of an address.

The group has what does not. It is part of the pattern so that the search does not look for a digit from each letter on.
"""


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong or worth a warning, as data; ``str()`` makes the text for a person.

    Such as ``Problem("not digits: '12a'", "internal_number", kind="user", index=5, place="people.csv line 7")``. What
    is not known is empty. *place* says where the entry is written, *index* where it is in its list of the document.
    *others* are the indexes of entries of the same list that *msg* is about, too. *remedy* says what to do about it. It
    is shown once for all problems that are alike.
    """

    msg: str
    option: str = ""
    action: str = ""
    kind: str = ""
    key: str = ""
    index: int | None = None
    place: str = ""
    others: tuple[int, ...] = ()
    other_places: tuple[str, ...] = ()
    remedy: str = ""

    def __str__(self) -> str:
        return f"{self.where}: {self.text}" if self.where else self.text

    @property
    def where(self) -> str:
        """Where it is, such as ``users[5].internal_number``."""
        joint = "." if self.place.endswith("]") and self.option else ": "
        return joint.join(filter(None, (self.place, self.option)))

    @property
    def text(self) -> str:
        """What is wrong, without where that is, such as ``duplicate: already defined at users[0]``."""
        return f"{self.msg} {first_of(self.other_places)}" if self.other_places else self.msg

    @property
    def likeness(self) -> tuple[str, ...]:
        """What is the same for problems that are alike: all but the names and numbers in the text."""
        text = self.msg.partition("; ")[0]
        text = text.replace(self.key, "") if self.key else text
        return self.kind, self.option, _VARYING.sub(r"\1", text), self.remedy

    def at(self, **known: Any) -> Problem:
        """Return the same problem with what else is known of it."""
        return replace(self, **known)

    def located(self, place: Callable[[int], str]) -> Problem:
        """Return the same problem with where its entries are written, by their indexes."""
        if self.index is None:
            return self
        return self.at(place=place(self.index), other_places=tuple(map(place, self.others)))

    def as_dict(self) -> dict[str, Any]:
        """Return it as an entry of the result ``errors``."""
        names = ("action", "kind", "key", "index", "option", "place")
        return {**{name: getattr(self, name) for name in names}, "msg": self.text}


def first_of(names: Iterable[str], most: int = 5) -> str:
    """Return the first of some names as text, and how many more there are: ``a, b, c and 7 more``."""
    every = list(names)
    left = len(every) - most
    return ", ".join(every[:most]) + (f" and {left} more" if left > 0 else "")


def counted(number: int, noun: str) -> str:
    """Return ``1 error`` or ``2 errors``."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def texts(problems: Iterable[Problem | str]) -> list[str]:
    """Return problems as text, each once; of those that are alike the first few, and how many more there are."""
    different = {str(one): one if isinstance(one, Problem) else Problem(one) for one in problems}
    alike: dict[tuple[str, ...], list[Problem]] = {}
    for problem in different.values():
        alike.setdefault(problem.likeness, []).append(problem)
    shown: list[str] = []
    room, left = LONGEST, 0
    for same in alike.values():
        few = _few(same)
        if len("".join(few)) > room:
            few = [] if shown else [str(same[0])]
            left += len(same) - len(few)
        shown += few
        room -= len("".join(few))
    return [*shown, f"and {left} more"] if left else shown


def _few(same: list[Problem]) -> list[str]:
    """Return the texts of problems that are alike; their remedy is in the last one."""
    few = same if len(same) <= MOST_ALIKE else same[:FEW]
    *before, last = map(str, few)
    more = f"and {len(same) - FEW} more like these" if len(few) < len(same) else ""
    count = f" ({len(same)} in all)" if same[0].remedy and len(same) > 1 else ""
    return [*before, "; ".join(filter(None, (last, more, same[0].remedy + count)))]


class XciError(Exception):
    """Anything that makes a task fail; *written* says that something was written before, or that just this was."""

    written = False

    def result(self) -> dict[str, Any]:
        """Return the keys of a failed result: ``msg`` and what else a playbook may want to test."""
        return {"msg": str(self), **({"changed": True} if self.written else {})}


class InputError(XciError):
    """What the playbook asks for is not possible; raised before anything is written. *problems* says why."""

    def __init__(self, *problems: Problem | str) -> None:
        self.problems = [one if isinstance(one, Problem) else Problem(one) for one in problems]
        super().__init__("; ".join(texts(self.problems)))


class UnknownReference(InputError):
    """A name that stands for nothing on this XCI, or for several things."""


class NotFound(UnknownReference):
    """A name that stands for nothing on this XCI."""


class Unfinished(XciError):
    """Something was written, and what should follow failed."""

    written = True


class ConnectionFailed(XciError):
    """XCI could not be reached, or did not answer in time; nothing was changed by this request."""


class Cancelled(XciError):
    """The run is cancelled, so that this request was not sent, or not sent again."""


class _Answered(XciError):
    """An answer came, and is not the one that is needed. *status* is its HTTP status, such as 409."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status

    def result(self) -> dict[str, Any]:
        return {**super().result(), "status": self.status}


class LoginFailed(_Answered, ConnectionFailed):
    """The answer to a login says neither yes nor no.

    It is no ApiError: a 404 here says nothing about the object that was to be read.
    """


class LoginRefused(XciError):
    """XCI does not accept this login and password."""


class UnexpectedResponse(XciError):
    """An answer that XCI's API does not give: a page, another shape, too much of it."""


class ApiError(_Answered):
    """XCI answered with an error status."""


class AmbiguousResult(XciError):
    """A write was sent and its answer is lost, so that it may or may not have been carried out.

    *finished*: XCI is certainly done with the request (it may still be at work after a time-out).
    """

    def __init__(self, message: str, finished: bool) -> None:
        super().__init__(message)
        self.finished = finished

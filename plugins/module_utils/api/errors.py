# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can go wrong, one class each; ``str(error)`` is the whole message for the person who reads it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Callable


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong or worth a warning, as data; ``str()`` makes the text for a person.

    Such as ``Problem("not digits: '12a'", "internal_number", kind="user", index=5, place="people.csv line 7")``. What
    is not known is empty. *place* says where the entry is written, *index* where it is in its list of the document.
    *others* are the indexes of entries of the same list that *msg* is about, too.
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
        return f"{self.msg} {', '.join(self.other_places)}" if self.other_places else self.msg

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


def texts(problems: Iterable[Problem | str]) -> list[str]:
    """Return problems as text, each once."""
    return list(dict.fromkeys(map(str, problems)))


class XciError(Exception):
    """Anything that makes a task fail."""

    def result(self) -> dict[str, Any]:
        """Return the keys of a failed result: ``msg`` and what else a playbook may want to test."""
        return {"msg": str(self)}


class InputError(XciError):
    """What the playbook asks for is not possible; raised before anything is written. *problems* says why."""

    def __init__(self, *problems: Problem | str) -> None:
        self.problems = [one if isinstance(one, Problem) else Problem(one) for one in problems]
        super().__init__("; ".join(map(str, self.problems)))


class UnknownReference(InputError):
    """A name that stands for nothing on this XCI, or for several things."""


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

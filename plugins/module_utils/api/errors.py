# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can go wrong, one class each; ``str(error)`` is the whole message for the person who reads it."""

from __future__ import annotations

from typing import Any


class XciError(Exception):
    """Anything that has to be told; the two shells turn it into a failed result."""

    def result(self) -> dict[str, Any]:
        """Return the keys of a failed result: ``msg`` and what else a playbook may want to test."""
        return {"msg": str(self)}


class InputError(XciError):
    """What the playbook asks for can't be; raised before anything is written.

    *faults* are the single complaints; a document has many, each with its place. *option* is the one that is wrong,
    where it is just one.
    """

    def __init__(self, *faults: str, option: str = "") -> None:
        super().__init__("; ".join(f"{option}: {fault}" if option else fault for fault in faults))
        self.faults = list(faults)
        self.option = option


class ReferenceError_(InputError):
    """A name that stands for nothing on this XCI, or for several things."""


class ConnectionFailed(XciError):
    """XCI could not be reached, or did not answer in time; nothing was changed by this request."""


class _Answered(XciError):
    """An answer came, and is not the one that was hoped for. *status* is its HTTP status."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status

    def result(self) -> dict[str, Any]:
        return {**super().result(), "status": self.status}


class NoLogin(_Answered, ConnectionFailed):
    """Whoever answered the login says neither yes nor no.

    It is not Refused: a 404 here says nothing about the object that was to be asked for.
    """


class LoginRefused(XciError):
    """XCI does not accept this login and password."""


class BadAnswer(XciError):
    """An answer came that XCI's API does not give: a page, another shape, too much of it."""


class Refused(_Answered):
    """XCI answered with an error status."""


class Unclear(XciError):
    """A write was sent and its answer is lost, so that it may or may not have been carried out.

    *settled* tells whether XCI has certainly finished with the request (it may still be at work after a time-out).
    *pause* is how many seconds XCI wants to be left alone.
    """

    def __init__(self, message: str, settled: bool, pause: float = 0.0) -> None:
        super().__init__(message)
        self.settled = settled
        self.pause = pause

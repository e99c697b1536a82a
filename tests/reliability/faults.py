# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The faults of the matrix, and what has to come of each: the table 'Sending again' of docs/reliability.md."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

LOGIN, VERIFY, READ, ONE, CREATE, EDIT, DELETE, ACT = (
    "login", "verify", "list", "object", "create", "edit", "delete", "act",
)  # fmt: skip
"""What a request is for. VERIFY tries the password of another administrator; ONE reads a single object, where 404 is an
answer; ACT is the GET that acts."""
ROLES = (LOGIN, VERIFY, READ, ONE, CREATE, EDIT, DELETE, ACT)

DONE, ERROR, UNKNOWN, NOT_SHOWN, MISLED = "done", "error", "not known", "not shown", "misled"
"""How a run may end: as if nothing had been; with an error; saying that it does not know what became of a write; or,
taking XCI at its word, with nothing written."""

ORIGINAL = "{original}"
"""Stands for the body that XCI would have sent."""
EMPTY = "{empty}"
"""Stands for an empty list in the form of that request."""
TWISTED = "{twisted}"
"""Stands for that body, its values of other types than they should be."""
OTHER = "{other}"
"""Stands for the address of another server."""

SHORT, LONG = 0.1, 0.3
"""The time-out of a request that has to time out, and how long the sandbox takes for it."""


@dataclass(frozen=True)
class Fault:
    """*what* the sandbox does; *refused*: there is nobody to connect to; *timeout*: of this request alone.

    What the sandbox delays, it does when the run is over; where it is *looked_for*, as soon as the run makes a pause.
    *expected* has the outcomes that are right, by role.
    """

    name: str
    expected: dict[str, set[str]]
    what: dict[str, Any] | None = None
    timeout: float = 0.0
    looked_for: bool = False

    @property
    def refused(self) -> bool:
        return self.what is None

    @property
    def delays(self) -> bool:
        """Tell whether the request takes longer than its time-out."""
        return self.what is not None and self.what["kind"] == "delay"

    @property
    def blinds(self) -> bool:
        """Tell whether XCI hides what it has. Nobody can know better, so it has to refuse what is there already."""
        return self.what == _body(EMPTY)


def _rule(everywhere: str, **roles: str) -> dict[str, set[str]]:
    """Return the outcomes for each role: *everywhere*, but for the roles that are named."""
    return {role: set(roles.get(role, everywhere).split(", ")) for role in ROLES}


RETRIED = _rule(DONE)
"""Nothing reached XCI, or it asked to come back: again."""
NEW_SESSION = _rule(DONE, login=ERROR)
FORBIDDEN = _rule(ERROR, verify=DONE, list=f"{DONE}, {ERROR}, {NOT_SHOWN}", object=f"{DONE}, {ERROR}")
"""A refusal in a session that is good, which only the list that shows that can't show of itself. What only reads
names a list that is refused, as it does for an administrator to whom it is not shown. Of an object that was written,
its list shows what it is."""
LOST_AFTER = _rule(DONE, act=UNKNOWN)
"""The work is done and the answer lost: a look finds it. Nothing shows whether the XiVOs were synchronised."""
ACCEPTED = _rule(DONE)
"""XCI says that it did the work, and the rest of its answer is lost: it is not needed."""
SLOW = _rule(DONE, act=f"{DONE}, {UNKNOWN}")
"""The same; but where an answer has no body, it is its head that is slow."""
LOST_BEFORE = _rule(DONE, create=UNKNOWN, act=UNKNOWN)
"""No answer: XCI may still carry it out. An edit and a delete can go out twice, a creation can't."""
NOT_DONE = _rule(DONE, act=UNKNOWN)
"""An answer came, so XCI is finished with it, and a look shows that it did nothing: once more."""
CONFLICT = _rule(ERROR, object=f"{DONE}, {ERROR}")
"""Final, also where it makes no sense; but the list of an object that was written shows what it is."""
UNKNOWN_ID = _rule(ERROR, object=f"{DONE}, {ERROR}, {MISLED}")
"""Where it is about one object, this may be how XCI says that there is none."""
BROKEN = _rule(DONE, create=ERROR, edit=ERROR, delete=ERROR, act=ERROR)
"""500: XCI broke, and would again."""
BROKEN_AFTER = _rule(DONE, create=ERROR, edit=ERROR, delete=f"{DONE}, {ERROR}", act=ERROR)
"""The same; but a deletion counts as done where a look shows that the object is gone."""
ODD_SHAPE = _rule(DONE, list=f"{DONE}, {ERROR}", object=f"{DONE}, {ERROR}")
"""JSON that is no answer: a read can't go on, unless it only was to show what is done; nothing else needs the body."""
A_PAGE = _rule(DONE, login=ERROR, verify=f"{DONE}, {ERROR}", act=UNKNOWN)
HUGE = _rule(DONE, login=ERROR, verify=ERROR, list=f"{DONE}, {ERROR}", object=f"{DONE}, {ERROR}")
HARMLESS = _rule(DONE)
SEEMS_EMPTY = _rule(DONE, list=f"{DONE}, {ERROR}, {MISLED}", object=f"{DONE}, {ERROR}")


def _status(status: int, when: str = "before", **more: Any) -> dict[str, Any]:
    return {"kind": "status", "status": status, "when": when, **more}


def _body(body: Any, **more: Any) -> dict[str, Any]:
    return {"kind": "body", "body": body, **more}


FAULTS = [
    Fault("connect refused", RETRIED),
    Fault("reset before the work", LOST_BEFORE, {"kind": "reset", "when": "before"}),
    Fault("reset after the work", LOST_AFTER, {"kind": "reset", "when": "after"}),
    Fault("closed before the work", LOST_BEFORE, {"kind": "close", "when": "before"}),
    Fault("closed after the work", LOST_AFTER, {"kind": "close", "when": "after"}),
    Fault("cut body", ACCEPTED, {"kind": "cut"}),
    Fault("slow body, within the time", HARMLESS, {"kind": "slow_body", "seconds": 0.02}),
    Fault("slow body, beyond the time", SLOW, {"kind": "slow_body", "seconds": 20 * LONG}, timeout=SHORT),
    Fault("time-out, done while we look", LOST_AFTER, {"kind": "delay", "seconds": LONG}, SHORT, looked_for=True),
    Fault("time-out, done after we gave up", LOST_BEFORE, {"kind": "delay", "seconds": LONG}, SHORT),
    Fault("time-out after the work", LOST_AFTER, {"kind": "delay", "seconds": LONG, "when": "after"}, SHORT),
    Fault("session ended", RETRIED, {"kind": "logout"}),
    Fault("400", UNKNOWN_ID, _status(400)),
    Fault("401", NEW_SESSION, _status(401)),
    Fault("403", FORBIDDEN, _status(403)),
    Fault("404", UNKNOWN_ID, _status(404)),
    Fault("408", RETRIED, _status(408)),
    Fault("409", CONFLICT, _status(409)),
    Fault("429", RETRIED, _status(429)),
    Fault("429, Retry-After: 1", RETRIED, _status(429, retry_after=1)),
    Fault("429, Retry-After: 100000", RETRIED, _status(429, retry_after=100000)),
    Fault("500 before the work", BROKEN, _status(500)),
    Fault("500 after the work", BROKEN_AFTER, _status(500, "after")),
    Fault("502 before the work", LOST_BEFORE, _status(502)),
    Fault("502 after the work", LOST_AFTER, _status(502, "after")),
    Fault("503 before the work", NOT_DONE, _status(503)),
    Fault("503, Retry-After: 1", NOT_DONE, _status(503, retry_after=1)),
    Fault("503 after the work", LOST_AFTER, _status(503, "after")),
    Fault("504 before the work", LOST_BEFORE, _status(504)),
    Fault("504 after the work", LOST_AFTER, _status(504, "after")),
    Fault("a page, 200", A_PAGE, {"kind": "html"}),
    Fault("redirect to a page", A_PAGE, {"kind": "redirect", "location": "/login"}),
    Fault("redirect to another origin", A_PAGE, {"kind": "redirect", "location": OTHER, "status": 307}),
    Fault("JSON of another shape", ODD_SHAPE, _body({"unexpected": [1, None]})),
    Fault("JSON of another shape, items", ODD_SHAPE, _body({"id": "x", "items": [None]})),
    Fault("JSON, values of other types", ODD_SHAPE, _body(TWISTED)),
    Fault("JSON null", _rule(DONE), _body("null")),
    Fault("JSON text", ODD_SHAPE, _body('"no"')),
    Fault("an empty body", _rule(DONE), _body("")),
    Fault("an empty list that was full", SEEMS_EMPTY, _body(EMPTY)),
    Fault("gigantic", HUGE, {"kind": "huge", "bytes": 3 * 2**20, "when": "after"}),
    Fault("content type text/plain", HARMLESS, _body(ORIGINAL, content_type="text/plain")),
    Fault("content type text/html", LOST_AFTER, _body(ORIGINAL, content_type="text/html; charset=utf-8")),
    Fault("charset latin-1", _rule(DONE), _body(ORIGINAL, charset="latin-1")),
    Fault("charset utf-16", HARMLESS, _body(ORIGINAL, charset="utf-16")),
]

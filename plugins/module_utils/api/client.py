# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Talks to XCI: logs in once, sends again what can do no harm, and says what XCI refuses.

Nothing here knows what a user or an entity is. What is sent again:

===============================  =======================  =======================================
what happened                    a read                   a write
===============================  =======================  =======================================
could not connect                again                    again
408, 429                         again, after a pause     again, after a pause
401                              log in once, again       log in once, again
403                              the same, unless the session is good
a page or a redirect             log in once, again       log in once, then AmbiguousResult
502, 503, 504, no answer         again                    AmbiguousResult: the caller looks first
2xx, not whole                   again; too large: error  done, unless it is a page
2xx, neither JSON nor a page     again                    done: its answer is not needed
2xx that speaks of an error      what it says             ApiError: the caller looks
500                              again                    error
===============================  =======================  =======================================

A pause is of random length, longer each time, and as long as XCI asks for, within bounds. After 429 and 503 all threads
pause together. A read shows whether the session is good that met a 403. Nothing is sent once the run is cancelled.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from typing import Any

from .cancellation import Cancellation
from .errors import AmbiguousResult, ApiError, ConnectionFailed, LoginFailed, LoginRefused, UnexpectedResponse, XciError
from .pace import Pace, Patience
from .settings import Settings
from .store import MemoryStore, SessionStore, merged, names_in, secrets_in
from .transport import Answer, ConnectError, ReadError, TooLarge, Transport, is_error

METHODS = ("GET", "POST", "PUT", "DELETE")
PROBE = "/xivo"
"""What is read to see whether a session is good: the shortest list of XCI."""
LIKELY_CAUSE = (
    "another run or person with the login {who} probably ended the session, as XCI may allow one per administrator. "
    "Use a login of its own for each; if nobody else uses this one, {who} may not do this"
)
GOOD_FOR = 30.0
"""For how many seconds a session that met a 403 and was found to be good counts as such."""


class _Again(Exception):
    """Nothing was done; the request can go out again, after *pause* seconds when XCI asks for that."""

    def __init__(self, error: XciError, pause: float = 0.0) -> None:
        super().__init__(str(error))
        self.error = error
        self.pause = pause


class _LoggedOut(Exception):
    """XCI does not know the session (any more), or hides something from this administrator."""

    def __init__(self, error: XciError, status: int) -> None:
        super().__init__(str(error))
        self.error = error
        self.certain = status in (401, 403)
        self.forbidden = status == 403


class Client:
    """One XCI as one administrator sees it; safe to use from several threads at once."""

    def __init__(
        self, settings: Settings, store: SessionStore | None = None, cancellation: Cancellation | None = None
    ) -> None:
        self.settings = settings
        self.store = store or MemoryStore()
        self.cancellation = cancellation or Cancellation()
        self._transport = Transport(settings)
        self._pace = Pace(self.cancellation)
        self._cookies: set[str] = set()
        self._good: dict[str, float] = {}
        self._probing = threading.Lock()

    # -- what the rest of the collection uses

    def read(self, path: str) -> Any:
        """GET *path* and return its JSON. Raise ApiError, UnexpectedResponse, ConnectionFailed or LoginRefused."""
        return self._exchange("GET", path, None, acts=False, secrets=())

    def write(self, method: str, path: str, body: Any = None, secrets: Iterable[str] = ()) -> Any:
        """Send a request that acts and return the JSON of its answer, or None where XCI sends none.

        *secrets* are values of the body that must not be in an error. Raise AmbiguousResult when the answer is lost.
        """
        return self._exchange(method, path, body, acts=True, secrets=tuple(secrets))

    def accepts(self, login: str, password: str) -> bool:
        """Return whether XCI lets *login* in with *password*; the session that it opens is not used.

        A cookie alone does not show it: what stands before XCI may set one of its own.
        """
        if (login, password) == (self.settings.login, self.settings.password):
            self.connect()
            return True
        try:
            cookie = self._login(login, password)
        except LoginRefused:
            return False
        return names_in(cookie) >= names_in(self.connect())

    def connect(self) -> str:
        """Log in unless that is done already, and return the session's cookie."""
        return self._session()

    def session_secrets(self) -> list[str]:
        """Return what opens the sessions that were used, such as ``["PLAY_SESSION=abc", "abc"]``."""
        return [secret for cookie in self._cookies for secret in secrets_in(cookie)]

    def counted(self) -> dict[str, int]:
        """Return how many requests were made so far, by method."""
        return {method: self._transport.calls[method] for method in METHODS}

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    # -- sending again

    def _exchange(self, method: str, path: str, body: Any, acts: bool, secrets: tuple[str, ...]) -> Any:
        """Send one request, and again as long as that can do no harm; see the table above."""
        patience = Patience(self.settings, self._pace)
        cookie, renewed = self.connect(), False
        while True:
            try:
                answer = self._attempt(method, path, body, cookie, acts, patience)
                self._renew(cookie, answer)
                return self._judge(method, path, answer, acts, (*secrets, *secrets_in(cookie)))
            except _Again as again:
                patience.wait(again.error, again.pause)
            except _LoggedOut as out:
                if out.forbidden and self._is_good(cookie, renewed, may_try=(method, path) != ("GET", PROBE)):
                    raise out.error from None
                if renewed and (out.certain or not acts):
                    raise out.error from None
                if not renewed:
                    cookie, renewed = self._session(refused=cookie), True
                if acts and not out.certain:
                    raise AmbiguousResult(str(out.error), finished=True) from None

    def _is_good(self, cookie: str, fresh: bool, may_try: bool) -> bool:
        """Return whether a session that met a 403 is good, so that another login would not help.

        A *fresh* one is. Any other is tried where that can show it, once for all that are refused within some seconds.
        """
        with self._probing:
            known = time.monotonic() - self._good.get(cookie, float("-inf")) < GOOD_FOR
            if not known and (fresh or (may_try and self._can_read(cookie))):
                self._good[cookie] = time.monotonic()
                known = True
            return known

    def _can_read(self, cookie: str) -> bool:
        try:
            answer = self.send("GET", PROBE, None, cookie)
        except (ConnectError, ReadError):
            return False
        return answer.status < 300 and not answer.is_login_page

    def send(self, method: str, path: str, body: Any = None, cookie: str = "", by: Patience | None = None) -> Answer:
        """Send a request once, when it is the turn of *by*, and return what comes back, whatever that is."""
        with self._pace.turn(by):
            return self._transport.send(method, path, body, cookie)

    def _attempt(self, method: str, path: str, body: Any, cookie: str, acts: bool, patience: Patience) -> Answer:
        try:
            return self.send(method, path, body, cookie, patience)
        except ConnectError as not_sent:
            raise _Again(not_sent.error) from None
        except ReadError as lost:
            if acts and lost.answer is not None and not lost.answer.is_login_page:
                # XCI accepted it: what else it says is not needed.
                return lost.answer
            message = f"{self._transport.name(method, path)}: {lost}"
            if acts:
                raise AmbiguousResult(message, lost.finished) from None
            if isinstance(lost, TooLarge):
                raise UnexpectedResponse(message) from None
            raise _Again(ConnectionFailed(message)) from None

    def _judge(self, method: str, path: str, answer: Answer, acts: bool, secrets: tuple[str, ...]) -> Any:
        """Return what a good answer says, and raise what has to happen for any other."""
        name = self._transport.name(method, path)
        if answer.status in (401, 403) or answer.is_login_page:
            raise _LoggedOut(self._locked_out(name, answer, secrets), answer.status)
        pause = self._pause(answer)
        if answer.status < 300:
            data = self._data(name, answer, acts)
            if not (acts and is_error(data)):
                return data
        error = ApiError(f"{name} answered {answer.status}: {self._snippet(answer, secrets)}", answer.status)
        if answer.status in (502, 503, 504) and acts:
            # 502 and 504 are a proxy's: it did not get XCI's answer either. 503 says that nothing was begun.
            raise AmbiguousResult(str(error), finished=answer.status == 503)
        if answer.status in (408, 429, 502, 503, 504) or (answer.status == 500 and not acts):
            raise _Again(error, pause)
        raise error

    def _pause(self, answer: Answer) -> float:
        """Let all threads pause where XCI asks for that or is busy; return the seconds."""
        if answer.wanted_pause or answer.status in (429, 503):
            return self._pace.busy(answer.wanted_pause)
        self._pace.answered()
        return 0.0

    def _data(self, name: str, answer: Answer, acts: bool) -> Any:
        """Return the JSON of an answer; a write may be answered with anything."""
        why = f"answered {answer.status} with nothing in it"
        try:
            data = answer.json()
        except ValueError as error:
            data, why = None, f"did not answer with JSON ({error}): {self._snippet(answer)}"
        if data is None and not acts:
            raise _Again(UnexpectedResponse(f"{name} {why}"))
        if answer.has_more and not acts:
            raise UnexpectedResponse(f"{name} answered with one page of several; the rest would be taken for missing")
        return data

    def _locked_out(self, name: str, answer: Answer, secrets: tuple[str, ...]) -> XciError:
        shown = self._snippet(answer, secrets)
        if answer.status in (401, 403):
            who = self.settings.login
            why = f"in a valid session: {who} may not do this"
            if answer.status == 401:
                why = f"even after a new login: {LIKELY_CAUSE.format(who=who)}"
            text = f"{name} answered {answer.status} {why}. XCI says: {shown}"
            return ApiError(text, answer.status)
        what = f"a redirect to {answer.location}" if answer.status >= 300 else f"a page: {shown}"
        return UnexpectedResponse(
            f"{name} answered {answer.status} with {what}, even after a new login. Is this XCI's own address?"
        )

    def _snippet(self, answer: Answer, secrets: Iterable[str] = ()) -> str:
        from .redact import snippet

        return snippet(answer, (self.settings.password, *secrets))

    # -- logging in

    def _session(self, refused: str | None = None) -> str:
        cookie = self.store.obtain(self._own_login, refused)
        self._cookies.add(cookie)
        return cookie

    def _renew(self, cookie: str, answer: Answer) -> None:
        """Take the cookie of an answer that renews the session, as some servers do in each answer."""
        is_data = answer.status < 300 and not answer.is_login_page
        renewed = merged(cookie, answer.cookie) if is_data else cookie
        if renewed != cookie:
            self._cookies.add(renewed)
            self.store.renew(cookie, renewed)

    def _own_login(self) -> str:
        return self._login(self.settings.login, self.settings.password)

    def _login(self, login: str, password: str) -> str:
        """Log in and return the session's cookie, ready to be sent back. A login changes nothing, so it is retried."""
        patience = Patience(self.settings, self._pace)
        name = self._transport.name("POST", "/login")
        while True:
            try:
                answer = self.send("POST", "/login", {"login": login, "password": password}, by=patience)
                return self._judge_login(name, login, answer, (password,))
            except ConnectError as not_sent:
                patience.wait(not_sent.error)
            except ReadError as lost:
                if isinstance(lost, TooLarge):
                    raise UnexpectedResponse(f"{name}: {lost}") from None
                patience.wait(ConnectionFailed(f"{name}: {lost}"))
            except _Again as again:
                patience.wait(again.error, again.pause)

    def _judge_login(self, name: str, login: str, answer: Answer, secrets: tuple[str, ...]) -> str:
        if answer.status < 300 and answer.cookie:
            return answer.cookie
        if answer.status in (401, 403) or answer.status < 300:
            how = f"{answer.status}" if answer.status > 300 else f"{answer.status} without a session cookie"
            raise LoginRefused(
                f"XCI refuses the login of {login!r} ({name} answered {how}): check xci_login and xci_password, "
                "and that xci_url is XCI's own address"
            )
        if answer.status < 400:
            raise UnexpectedResponse(
                f"{name} answered {answer.status} and points to {answer.location}: is that XCI's own address?"
            )
        shown = self._snippet(answer, secrets)
        error = LoginFailed(f"{name} answered {answer.status}: {shown}. Is this XCI's own address?", answer.status)
        if answer.status in (408, 429, 500, 502, 503, 504):
            raise _Again(error, self._pause(answer))
        raise error

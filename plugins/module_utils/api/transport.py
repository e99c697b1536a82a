# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One HTTP request to XCI and its answer; the meaning of a network failure is decided here, and only here."""

from __future__ import annotations

import contextlib
import json
import re
import ssl
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .errors import ConnectionFailed, InputError, XciError
from .pace import LONGEST_PAUSE
from .session import REQUESTS_IMPORT_ERROR, open_session
from .settings import Settings

with contextlib.suppress(ImportError):  # session.py says that it is missing
    import requests
    import urllib3

LARGEST_ANSWER = 256 * 2**20
ERROR_KEYS = ("error", "errors", "exception")
"""The keys of an answer with which a server says what is wrong, whatever its status."""
NO_TLS = ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE", "PACKET_LENGTH_TOO_LONG")


def _cookies(headers: Iterable[str]) -> str:
    """Return the cookies that an answer sets, ready to be sent back, whatever domain, path and date they name.

    One that is emptied is one that is taken back.
    """
    pairs = [header.partition(";")[0].strip().partition("=") for header in headers]
    last = {name: value for name, _equals, value in pairs}
    return "; ".join(f"{name}={value}" for name, value in last.items() if value)


def _address(location: str) -> str:
    """Return where a redirect leads, as it may be shown: without the session or the login that it may contain."""
    return re.sub("//[^/@]*@", "//", re.split("[;?#]", location)[0])


@dataclass(eq=False, repr=False)
class Answer:
    """What came back: *body* is the raw bytes, *kind* the media type, *cookie* all the cookies that it sets.

    *link* is the header that names the next page of a list, where there is one; *headers* are all of them.
    """

    status: int
    kind: str
    body: bytes
    location: str = ""
    retry_after: str = ""
    cookie: str = ""
    link: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def has_more(self) -> bool:
        """Return whether this is one page of several, and there is a next one."""
        return bool(re.search("rel=[\"']?next\\b", self.link))

    @property
    def wanted_pause(self) -> float:
        """For how many seconds XCI wants no other request, within bounds; 0 where it does not say, or names a date."""
        if self.status < 400 or not re.fullmatch("[0-9]{1,9}", self.retry_after):
            return 0.0
        return min(float(self.retry_after), LONGEST_PAUSE)

    @property
    def is_page(self) -> bool:
        """Return whether a person's browser was meant: a login page instead of data."""
        start = self.body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
        return start == b"<" or (self.kind == "text/html" and start not in (b"{", b"["))

    @property
    def is_login_page(self) -> bool:
        return 300 <= self.status < 400 or (self.status < 300 and self.is_page)

    def json(self) -> Any:
        """Return the body as JSON; None for an empty one. Raise ValueError for anything else."""
        if not self.body.strip():
            return None
        try:
            return json.loads(self.body)
        except RecursionError:
            raise ValueError("it is nested too deeply") from None
        except UnicodeDecodeError:
            raise ValueError("it is not UTF-8, as JSON has to be") from None


def is_error(data: Any) -> bool:
    """Return whether the answer to a write speaks of an error in place of an object."""
    return isinstance(data, dict) and "id" not in data and any(data.get(name) for name in ERROR_KEYS)


class ReadError(Exception):
    """A request went out and its answer did not come back whole; XCI has certainly finished with it when *finished*.

    *start* is what came of its body; *answer* is the answer with that alone, where at least its status came.
    """

    def __init__(self, why: str, finished: bool, start: bytes = b"") -> None:
        super().__init__(why)
        self.finished = finished
        self.start = start
        self.answer: Answer | None = None


class TooLarge(ReadError):
    """An answer has so much in it that it can't be XCI's."""


class ConnectError(Exception):
    """A request did not reach XCI; *error* is what to raise when trying again does not help."""

    def __init__(self, error: XciError) -> None:
        super().__init__(str(error))
        self.error = error


class Transport:
    """Sends requests to one XCI, one at a time or from several threads, and counts them."""

    def __init__(self, settings: Settings) -> None:
        if REQUESTS_IMPORT_ERROR:
            raise XciError(
                "the Python library requests is missing on the host that runs this task; install it there, or set "
                'ansible_python_interpreter: "{{ ansible_playbook_python }}" for hosts with a local connection'
            )
        self.settings = settings
        self.calls: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._http: requests.Session | None = None
        self._pattern: requests.PreparedRequest | None = None

    def send(self, method: str, path: str, body: Any = None, cookie: str = "") -> Answer:
        """Send a request once. Raise ConnectError when nothing went out, ReadError when no whole answer came in."""
        deadline = time.monotonic() + 2 * self.settings.timeout
        try:
            with self._lock:
                self.calls[method] += 1
                http = self._http = self._http or open_session(self.settings)
                self._pattern = self._pattern or http.prepare_request(requests.Request("GET", self.settings.url))
            request = self._request(self._pattern, method, path, body, cookie)
            # The adapter itself: what a session adds, redirects and a jar of cookies above all, is not wanted here.
            response: Any = http.get_adapter(self.settings.url).send(
                request, stream=True, timeout=self.settings.timeout, verify=http.verify or False, proxies=http.proxies
            )
        except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
            raise self._failure(self.name(method, path), error) from None
        try:
            return _answer(response, self._body(response, deadline))
        except ReadError as lost:
            lost.answer = _answer(response, lost.start)
            raise
        finally:
            response.close()
            response.release_conn()

    @staticmethod
    def _request(
        pattern: requests.PreparedRequest, method: str, path: str, body: Any, cookie: str
    ) -> requests.PreparedRequest:
        """Return a request like the *pattern*: to prepare each one anew takes as long as sending it."""
        request = pattern.copy()
        request.method, request.url = method, f"{pattern.url}".rstrip("/") + path
        if cookie:
            request.headers["Cookie"] = cookie
        if body is not None:
            request.body = json.dumps(body).encode()
            request.headers.update({"Content-Type": "application/json", "Content-Length": str(len(request.body))})
        elif method != "GET":
            request.headers["Content-Length"] = "0"
        return request

    def _body(self, response: Any, deadline: float) -> bytes:
        """Return the body. A server that sends a status has finished: only the body can still be lost."""
        chunks: list[bytes] = []
        size = 0
        try:
            for chunk in _pieces(response):
                chunks.append(chunk)
                size += len(chunk)
                if size > LARGEST_ANSWER:
                    why = f"the answer has more than {LARGEST_ANSWER >> 20} MiB"
                    raise TooLarge(why, finished=True, start=chunks[0])
                if time.monotonic() > deadline:
                    raise ReadError("the answer came too slowly and was given up", finished=True, start=chunks[0])
        except (urllib3.exceptions.HTTPError, OSError) as error:
            if response.status < 300:
                why = f"the connection was lost: {_deepest(error)}"
                raise ReadError(why, finished=True, start=b"".join(chunks[:1])) from None
        announced = response.headers.get("Content-Length", "")
        is_cut = announced.isdigit() and "Content-Encoding" not in response.headers and size < int(announced)
        # Of a refusal, any part will do.
        if is_cut and response.status < 300:
            why = f"the answer was cut after {size} of {announced} bytes"
            raise ReadError(why, finished=True, start=b"".join(chunks[:1]))
        return b"".join(chunks)

    def _failure(self, name: str, error: Exception) -> Exception:
        """Return what a failure of the library means for us, before any answer came.

        Without an answer nothing shows that XCI has finished: a proxy that stops, or a server that closes connections
        on which nothing was said for a minute, breaks them off while XCI is still at work.
        """
        causes = list(_causes(error))
        why = _deepest(error)
        distrusted = _distrusted(causes)
        if distrusted:
            return ConnectionFailed(f"{name}: {distrusted}")
        never_sent = (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError)
        is_new = any(isinstance(cause, never_sent) for cause in causes)
        # Older releases of urllib3 blame the proxy for whatever happens behind it, later too.
        if isinstance(error, requests.exceptions.ProxyError) and (is_new or "Tunnel connection failed" in why):
            return ConnectError(ConnectionFailed(f"{name}: the proxy can't be reached or refuses: {why}"))
        if is_new:
            return ConnectError(ConnectionFailed(f"{name}: can't connect: {why}. Is xci_url right, and XCI running?"))
        never_right = (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema)
        if isinstance(error, (*never_right, urllib3.exceptions.LocationParseError)):
            return InputError(f"{name}: {why}")
        if isinstance(error, requests.exceptions.Timeout):
            return ReadError(f"no answer within {self.settings.timeout:g} seconds (option timeout)", finished=False)
        return ReadError(f"the connection was lost: {why}", finished=False)

    def close(self) -> None:
        """Close the connections."""
        if self._http is not None:
            self._http.close()
            self._http = None

    def name(self, method: str, path: str) -> str:
        """Return how an error names a request."""
        return f"{method} {self.settings.url}{path}"


def _answer(response: Any, body: bytes) -> Answer:
    headers = response.headers
    return Answer(
        response.status,
        headers.get("Content-Type", "").split(";")[0].strip().lower(),
        body,
        _address(headers.get("Location", "")),
        headers.get("Retry-After", ""),
        _cookies(headers.getlist("Set-Cookie")),
        headers.get("Link", ""),
        headers,
    )


def _pieces(response: Any) -> Iterator[bytes]:
    """Yield the body as it comes in: a server that dribbles must not hold us up until a whole block is there."""
    read = getattr(response, "read1", None)
    if read is None:
        # urllib3 before 2.1 can only wait for the block.
        yield from response.stream(65536, decode_content=True)
        return
    while piece := read(65536, decode_content=True):
        yield piece


def _distrusted(causes: Iterable[BaseException]) -> str:
    """Return why no TLS connection could be made; empty where that is not what happened."""
    for cause in causes:
        # The second is how older releases of urllib3 say that the name is another one; its place there varies.
        if isinstance(cause, ssl.SSLCertVerificationError) or type(cause).__name__ == "CertificateError":
            return f"the certificate is not trusted ({cause}). Set ca_path to the CA that signed it"
        if isinstance(cause, ssl.SSLError) and cause.reason in NO_TLS:
            return f"the server there does not speak TLS ({cause}). Is xci_url right to begin with https?"
    return ""


def _deepest(error: BaseException) -> str:
    cause = list(_causes(error))[-1]
    return str(cause) or type(cause).__name__


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and what lies below it, the deepest last; the libraries chain in three ways."""
    seen: set[int] = set()
    current: Any = error
    while isinstance(current, BaseException) and id(current) not in seen:
        seen.add(id(current))
        yield current
        inner = [arg for arg in current.args if isinstance(arg, BaseException)]
        context = None if current.__suppress_context__ else current.__context__
        current = getattr(current, "reason", None) or (inner[0] if inner else current.__cause__ or context)

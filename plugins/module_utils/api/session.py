# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Opens the way to XCI: proxies, trusted certificates, and what the library requests must not do by itself."""

from __future__ import annotations

import io
import math
import os
import socket
import ssl
import time
import traceback
from http.client import HTTPResponse
from typing import Any
from urllib.parse import urlsplit

from .errors import InputError
from .settings import Settings

try:
    import requests
    import urllib3
    import urllib3.connection
    from requests.adapters import HTTPAdapter
except ImportError:
    REQUESTS_IMPORT_ERROR: str | None = traceback.format_exc()
else:
    REQUESTS_IMPORT_ERROR = None

USER_AGENT = "ansible-collection-xivo.xci"


def open_session(settings: Settings) -> requests.Session:
    """Return a session that reads no netrc file.

    Its adapters are what sends: they know no redirects and no cookies, and answer as urllib3 does.
    """
    http = requests.Session()
    # What the environment says about proxies and certificates is asked once; a netrc file is never read.
    http.trust_env = False
    http.proxies = _proxies(settings.url)
    bundle = _bundle()
    http.verify = (settings.ca_path or bundle or True) if settings.validate_certs else False
    if not settings.validate_certs:
        urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
    http.headers.update({"Accept": "application/json", "User-Agent": USER_AGENT})
    trust_system = http.verify is True and settings.url.startswith("https:")
    http.mount("http://", _Adapter(False, pool_maxsize=64, max_retries=0))
    http.mount("https://", _Adapter(trust_system, pool_maxsize=64, max_retries=0))
    return http


def _bundle() -> str | None:
    """Return the CA certificates that the environment names; requests raises no error of its own for missing ones."""
    for variable in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        bundle = os.environ.get(variable)
        if bundle and not os.path.exists(bundle):
            raise InputError(f"the environment variable {variable} names CA certificates that do not exist: {bundle!r}")
        if bundle:
            return bundle
    return None


def _proxies(url: str) -> dict[str, str]:
    """Return the proxies that the environment names for an address; what is wrong with one is not repeated."""
    named = requests.utils.get_environ_proxies(url)
    proxies = {scheme: named[scheme] for scheme in (urlsplit(url).scheme, "all") if named.get(scheme)}
    for scheme, proxy in proxies.items():
        try:
            host = urlsplit(proxy if "://" in proxy else f"http://{proxy}").hostname
        except ValueError:
            host = None
        if not host:
            raise InputError(f"the environment variable {scheme}_proxy names no host")
    return proxies


class _Lines(io.BufferedReader):
    """What comes in of an answer; the *deadline* ends its head where a server sends a byte of it now and then."""

    deadline = math.inf

    def readline(self, size: int | None = -1) -> bytes:
        if time.monotonic() <= self.deadline and b"\n" in self.peek(1):
            return super().readline(size)
        most = math.inf if size is None or size < 0 else size
        line = b""
        while len(line) < most and not line.endswith(b"\n"):
            if time.monotonic() > self.deadline:
                raise socket.timeout("timed out")
            ready = len(self.peek(1))
            if not ready:
                break
            line += super().readline(int(min(ready, most - len(line))))
        return line


class _Response(HTTPResponse):
    """An answer whose head comes within twice the time-out of its connection."""

    def __init__(self, sock: Any, *arguments: Any, **options: Any) -> None:
        super().__init__(sock, *arguments, **options)
        self.fp: Any = _Lines(self.fp.detach())
        self.fp.deadline = time.monotonic() + 2 * (sock.gettimeout() or math.inf)


if REQUESTS_IMPORT_ERROR is None:

    class _Connection(urllib3.connection.HTTPConnection):
        response_class = _Response

    class _TlsConnection(urllib3.connection.HTTPSConnection):
        response_class = _Response

    class _Pool(urllib3.HTTPConnectionPool):
        ConnectionCls = _Connection

    class _TlsPool(urllib3.HTTPSConnectionPool):
        ConnectionCls = _TlsConnection

    def _system_trust() -> ssl.SSLContext:
        """Return the TLS settings of urllib3, which checks names in its own way, with the system's certificates."""
        context = urllib3.util.ssl_.create_urllib3_context()
        context.load_default_certs()
        return context

    class _Adapter(HTTPAdapter):
        """Trusts the system's certificates, as ansible.builtin.uri does, beside those that requests brings along.

        A session is for one XCI, so that all its requests have one pool of connections. They are answered as urllib3
        does: to find the pool and to make a Response with cookies of its own takes a third of a request's time.
        """

        def __init__(self, trust_system: bool, **options: Any) -> None:
            self._tls: dict[str, Any] = {"ssl_context": _system_trust()} if trust_system else {}
            self._pool: Any = None
            super().__init__(**options)

        def get_connection_with_tls_context(self, *arguments: Any, **options: Any) -> Any:
            if self._pool is None:
                self._pool = super().get_connection_with_tls_context(*arguments, **options)
            return self._pool

        def build_response(self, req: Any, resp: Any) -> Any:
            return resp

        def init_poolmanager(self, *sizes: Any, **options: Any) -> None:
            super().init_poolmanager(*sizes, **{**options, **self._tls})
            self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}

        def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
            manager = super().proxy_manager_for(proxy, **options, **self._tls)
            manager.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}
            return manager

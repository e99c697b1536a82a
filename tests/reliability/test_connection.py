# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""TLS with a private CA, proxies, and addresses of every kind: against real servers, all on the loopback address."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from xcisandbox import Sandbox, faults
from xcisandbox.messages import Answer, Request

from ansible_collections.xivo.xci.plugins.module_utils.api.cancellation import Cancellation
from ansible_collections.xivo.xci.plugins.module_utils.api.errors import XciError, texts
from ansible_collections.xivo.xci.plugins.module_utils.modules.context import Context
from ansible_collections.xivo.xci.plugins.module_utils.modules.registry import MODULES
from ansible_collections.xivo.xci.tests.reliability.certificates import Authority
from ansible_collections.xivo.xci.tests.reliability.matrix import ALLOWED_TWICE, Clock, closed_port
from ansible_collections.xivo.xci.tests.reliability.proxy import Proxy
from ansible_collections.xivo.xci.tests.reliability.scenarios import START
from ansible_collections.xivo.xci.tests.support import server
from ansible_collections.xivo.xci.tests.support.clock import Held
from ansible_collections.xivo.xci.tests.support.modules import defaults
from ansible_collections.xivo.xci.tests.support.objects import ADMIN, PASSWORD, TEMPLATE

SECRET = "s3cr3t"
Start = Callable[..., Sandbox]
PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
VARIABLES = [*PROXIES, *(name.upper() for name in PROXIES), "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NETRC"]


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts sandboxes with something on them; *certificate* is a file with a key in it, too."""
    with ExitStack() as stack:

        def begin(certificate: str = "", **settings: Any) -> Sandbox:
            return stack.enter_context(server.running(START, certificate=certificate, key=certificate, **settings))

        yield begin


def run(url: str, module: str = "xci_xivo_info", **options: Any) -> tuple[dict[str, Any], list[str]]:
    """Run a module; return its result and its warnings."""
    given = {
        **defaults(module),
        "xci_url": url,
        "xci_login": ADMIN,
        "xci_password": PASSWORD,
        "timeout": 5.0,
        **options,
    }
    try:
        context = Context.start(given)
    except XciError as error:
        return {"failed": True, **error.result()}, []
    result = MODULES[module](given, context)
    context.client.close()
    return result, texts(context.warnings)


def works(url: str, **options: Any) -> list[str]:
    """Check that the XiVOs can be read at an address; return the warnings."""
    result, warnings = run(url, **options)
    assert not result.get("failed"), result["msg"]
    assert [xivo["name"] for xivo in result["xivos"]] == ["xivo-nord", "xivo-sud"]
    return warnings


def fails(url: str, *parts: str, **options: Any) -> dict[str, Any]:
    """Check that a run fails with these words, and without the password."""
    result, _warnings = run(url, **options)
    assert result.get("failed"), result
    for part in parts:
        assert part in result["msg"]
    assert PASSWORD not in str(result)
    return result


# -- certificates -------------------------------------------------------------------------------------------


def test_a_private_ca_is_trusted_where_ca_path_names_it(start: Start, authority: Authority) -> None:
    sandbox = start(authority.issue("127.0.0.1", "localhost"))
    fails(sandbox.origin, "the certificate is not trusted", "Set ca_path")
    assert sandbox.requests() == []
    assert works(sandbox.origin, ca_path=str(authority.file)) == []
    assert works(f"https://localhost:{sandbox.port}", ca_path=str(authority.file)) == []


def test_ca_path_may_be_a_folder(start: Start, authority: Authority, tmp_path: Path) -> None:
    openssl = shutil.which("openssl")
    if not openssl:
        pytest.skip("openssl prepares such a folder, and is not there")
    shutil.copy(authority.file, tmp_path / "ca.pem")
    subprocess.run([openssl, "rehash", str(tmp_path)], check=True)
    works(start(authority.issue("127.0.0.1")).origin, ca_path=str(tmp_path))


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_the_environment_may_name_the_ca(
    start: Start, authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    sandbox, other = start(authority.issue("127.0.0.1")), Authority(tmp_path, "another CA")
    monkeypatch.setenv(variable, str(authority.file))
    works(sandbox.origin)
    monkeypatch.setenv(variable, str(other.file))
    fails(sandbox.origin, "the certificate is not trusted")
    works(sandbox.origin, ca_path=str(authority.file))


BAD = {
    "expired": (["127.0.0.1"], -12, "expired"),
    "not yet valid": (["127.0.0.1"], 2, "not yet valid"),
    "another name": (["xci.example.org"], -1, "127.0.0.1"),
    "another address": (["127.0.0.2"], -1, "127.0.0.1"),
}


@pytest.mark.parametrize(("names", "starts", "why"), BAD.values(), ids=BAD)
def test_bad_certificates_are_refused_at_once_and_before_anything_is_said(
    start: Start, authority: Authority, names: list[str], starts: int, why: str
) -> None:
    sandbox = start(authority.issue(*names, starts=starts))
    result = fails(sandbox.origin, "the certificate is not trusted", why, ca_path=str(authority.file))
    assert sandbox.requests() == []
    assert sum(result["calls"].values()) == 1
    warnings = works(sandbox.origin, validate_certs=False)
    assert warnings == [
        f"validate_certs is false: any server that answers at {sandbox.url} gets the password of {ADMIN}"
    ]


def test_the_certificate_of_another_ca_is_refused(start: Start, authority: Authority, tmp_path: Path) -> None:
    sandbox = start(Authority(tmp_path, "another CA").issue("127.0.0.1"))
    fails(sandbox.origin, "the certificate is not trusted", ca_path=str(authority.file))
    assert sandbox.requests() == []


def test_plain_http_where_tls_is_spoken(start: Start, authority: Authority) -> None:
    sandbox = start(authority.issue("127.0.0.1"))
    fails(sandbox.origin.replace("https:", "http:"), "POST http://127.0.0.1:", retries=1)
    assert sandbox.requests() == []


# -- proxies ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
def test_https_goes_through_the_proxy_of_the_environment(
    start: Start, authority: Authority, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    sandbox = start(authority.issue("xci.example.org"))
    with Proxy(sandbox.port) as proxy:
        monkeypatch.setenv(variable, proxy.url)
        works("https://xci.example.org", ca_path=str(authority.file))
        assert proxy.asked == ["CONNECT xci.example.org:443"]
        assert PASSWORD.encode() not in proxy.seen
    assert len(sandbox.requests()) == 2


def test_certificates_count_behind_a_proxy_too(
    start: Start, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox = start(authority.issue("xci.example.org"))
    with Proxy(sandbox.port) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        fails("https://other.example.org", "the certificate is not trusted", ca_path=str(authority.file))
    assert sandbox.requests() == []


def test_plain_http_goes_through_its_proxy(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    sandbox = start()
    with Proxy(sandbox.port) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        warnings = works("http://xci.example.org:9001")
        root = "http://xci.example.org:9001/api/1.0"
        assert proxy.asked == [f"POST {root}/login", f"GET {root}/xivo"]
    assert warnings == [f"xci_url {root} is plain http: the password of {ADMIN} is sent unencrypted"]


@pytest.mark.parametrize("exempt", ["127.0.0.1", "127.0.0.0/8", "*", "example.org,127.0.0.1"])
def test_no_proxy_goes_straight(start: Start, monkeypatch: pytest.MonkeyPatch, exempt: str) -> None:
    sandbox = start()
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{closed_port()}")
    monkeypatch.setenv("no_proxy", exempt)
    works(sandbox.origin)


@pytest.mark.parametrize("status", [403, 407, 502])
def test_a_proxy_that_refuses(start: Start, authority: Authority, monkeypatch: pytest.MonkeyPatch, status: int) -> None:
    sandbox = start(authority.issue("xci.example.org"))
    with Proxy(sandbox.port, refuses=status) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        fails("https://xci.example.org", "the proxy can't be reached or refuses", str(status), retries=1)
        assert len(proxy.asked) == 2
    assert sandbox.requests() == []


def test_a_proxy_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{closed_port()}")
    fails("http://xci.example.org", "the proxy can't be reached or refuses", retries=1)


@pytest.mark.parametrize(
    ("proxy", "why"),
    [
        (f"http://admin:{SECRET}@", "http_proxy names no host"),
        (f"http://admin:{SECRET}@[::1", "http_proxy names no host"),
        (f"http://admin:{SECRET}@127.0.0.1:port", "not a valid host or port"),
        (f"socks5://admin:{SECRET}@127.0.0.1", "xci.example.org"),
        (f"ftp://admin:{SECRET}@127.0.0.1", "scheme ftp"),
    ],
)
def test_a_proxy_that_can_not_be(monkeypatch: pytest.MonkeyPatch, proxy: str, why: str) -> None:
    monkeypatch.setenv("http_proxy", proxy)
    result = fails("http://xci.example.org", why)
    assert SECRET not in result["msg"]


@pytest.mark.parametrize("slow", [False, True], ids=["done-at-once", "done-after-we-gave-up"])
def test_a_creation_whose_answer_the_proxy_keeps_is_never_made_twice(
    start: Start, monkeypatch: pytest.MonkeyPatch, slow: bool
) -> None:
    sandbox, held = start(dialects=ALLOWED_TWICE), Held()

    def until_it_is_done() -> None:
        until = time.monotonic() + 60
        while "POST /users" not in server.asked(sandbox):
            assert time.monotonic() < until, (sandbox.requests(), proxy.asked)
            held.release()
            time.sleep(0.01)

    clock = Clock() if slow else Clock(until_it_is_done)
    monkeypatch.setattr(Cancellation, "pause", lambda _self, seconds: clock.sleep(seconds))
    if slow:
        monkeypatch.setattr(faults, "time", held)
        sandbox.faults.add({"method": "POST", "path": "^/users$", "fault": {"kind": "delay", "seconds": 1}})
    user = {"entity": "accueil@xivo-nord", "template": TEMPLATE, "internal_number": "1005", "first_name": "A"}
    with Proxy(sandbox.port, drops="POST /api/1.0/users") as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        result, _warnings = run("http://xci.example.org", "xci_user", **user)
    assert bool(result.get("failed")) is slow
    assert "not known" in result.get("msg", "not known")
    monkeypatch.delenv("http_proxy")
    until_it_is_done()
    assert [one["internalNumber"] for one in sandbox.state()["users"]].count("1005") == 1
    result, _warnings = run(sandbox.origin, "xci_user", **user)
    assert result["changed"] is False


# -- addresses ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("prefix", ["", "/xci", "/a/b"])
@pytest.mark.parametrize("end", ["", "/", "//", "/api/1.0", "/api/1.0/", " "])
def test_prefixes_and_ends(start: Start, prefix: str, end: str) -> None:
    sandbox = start(prefix=prefix)
    works(sandbox.origin + prefix + end)


def has_ipv6() -> bool:
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


@pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6")
def test_ipv6(start: Start, authority: Authority) -> None:
    plain, secured = start(host="::1"), start(authority.issue("::1"), host="::1")
    assert plain.origin == f"http://[::1]:{plain.port}"
    assert works(plain.origin) == []
    works(secured.origin, ca_path=str(authority.file))


@pytest.mark.parametrize(
    "url",
    [
        f"http://admin:{SECRET}@127.0.0.1:9001",
        f"https://{SECRET}@xci.example.org",
        f"http://admin:{SECRET}@127.0.0.1:port",
        f"http://admin:{SECRET}@127.0.0.1:99999",
        f"http://admin:{SECRET}@[::1",
        f"http://admin:{SECRET}#1@xci.example.org",
        f"http://admin:{SECRET}/1@xci.example.org",
        f"http://admin:{SECRET}?1@xci.example.org",
        f"admin:{SECRET}@xci.example.org",
        f"//admin:{SECRET}@xci.example.org",
        f"ftp://admin:{SECRET}@xci.example.org",
    ],
)
def test_credentials_in_an_address_are_refused_and_not_repeated(url: str) -> None:
    result = fails(url, "xci_url")
    assert SECRET not in result["msg"]


def test_no_netrc_is_read(start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sandbox, seen = start(), list[dict[str, str]]()
    file = tmp_path / ".netrc"
    file.write_text("default login somebody password else\n")
    file.chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(file))
    respond = sandbox._respond

    def listen(request: Request) -> Answer:
        seen.append(request.headers)
        return respond(request)

    monkeypatch.setattr(sandbox._listener, "_respond", listen)
    works(sandbox.origin)
    assert len(seen) == 2
    assert not any("authorization" in headers for headers in seen)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("path", ["^/login$", "^/xivo$"])
def test_no_redirect_is_followed(start: Start, status: int, path: str) -> None:
    sandbox, other = start(), start()
    to = f"{other.url}/xivo"
    fault = {"kind": "redirect", "location": to, "status": status}
    sandbox.faults.add({"path": path, "times": 0, "fault": fault})
    fails(sandbox.origin, str(status), to)
    assert other.requests() == []

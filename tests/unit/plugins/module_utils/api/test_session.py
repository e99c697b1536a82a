# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way to XCI: which certificates are trusted, which proxies are used, and what requests must not do by itself."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Any

import pytest
import requests
import urllib3

from ansible_collections.xivo.xci.plugins.module_utils.api.errors import InputError
from ansible_collections.xivo.xci.plugins.module_utils.api.session import USER_AGENT, open_session
from ansible_collections.xivo.xci.plugins.module_utils.api.settings import Settings
from ansible_collections.xivo.xci.plugins.module_utils.api.transport import Transport
from ansible_collections.xivo.xci.tests.unit.plugins.stub import Say, Stub

VARIABLES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*VARIABLES, *map(str.upper, VARIABLES), *BUNDLES, "NETRC"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """The system's store, as the library opens it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    monkeypatch.setattr(urllib3.util.ssl_, "create_urllib3_context", lambda: context)
    return context


@pytest.fixture
def bundle(tmp_path: Path) -> str:
    (tmp_path / "ca.pem").write_text("")
    return str(tmp_path / "ca.pem")


def opened(url: str = "https://xci.example.org", **options: Any) -> requests.Session:
    return open_session(Settings(url, "admin", "made-up", **options))


def contexts(session: requests.Session) -> list[Any]:
    """The TLS contexts of what connects to https, without a proxy and with one."""
    adapter: Any = session.get_adapter("https://xci.example.org")
    managers = [adapter.poolmanager, adapter.proxy_manager_for("http://proxy:3128")]
    return [manager.connection_pool_kw.get("ssl_context") for manager in managers]


# -- certificates -------------------------------------------------------------------------------------------


def test_the_store_of_the_system_is_trusted(store: ssl.SSLContext) -> None:
    session = opened()
    assert session.verify is True
    assert contexts(session) == [store, store]


@pytest.mark.parametrize(
    ("url", "options"),
    [
        pytest.param("http://xci.example.org", {}, id="http"),
        pytest.param("https://xci.example.org", {"validate_certs": False}, id="nothing-is-validated"),
        pytest.param("https://xci.example.org", {"ca_path": "/ca.pem"}, id="own-certificates"),
    ],
)
def test_the_store_of_the_system_is_not_even_opened(
    url: str, options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes milliseconds."""

    def open_store(_context: ssl.SSLContext) -> None:
        raise AssertionError

    monkeypatch.setattr(ssl.SSLContext, "load_default_certs", open_store)
    assert contexts(opened(url, **options)) == [None, None]


@pytest.mark.parametrize("variable", BUNDLES)
def test_certificates_of_the_environment_alone(
    variable: str, store: ssl.SSLContext, bundle: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, bundle)
    session = opened()
    assert session.verify == bundle
    assert contexts(session) == [None, None]
    assert opened(ca_path="/ca.pem").verify == "/ca.pem"
    assert opened(validate_certs=False, ca_path="/ca.pem").verify is False


def test_an_empty_variable_names_no_certificates(store: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "")
    assert opened().verify is True


def test_of_two_variables_the_first_counts(bundle: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", bundle)
    monkeypatch.setenv("CURL_CA_BUNDLE", "/nowhere/ca.pem")
    assert opened().verify == bundle


@pytest.mark.parametrize("variable", BUNDLES)
def test_certificates_that_are_not_there(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, "/nowhere/ca.pem")
    with pytest.raises(InputError) as caught:
        opened()
    assert str(caught.value) == (
        f"the environment variable {variable} names CA certificates that do not exist: '/nowhere/ca.pem'"
    )


# -- proxies ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("environment", "proxies"),
    [
        pytest.param({}, {}, id="none"),
        pytest.param({"https_proxy": "http://proxy:3128"}, {"https": "http://proxy:3128"}, id="https"),
        pytest.param({"http_proxy": "http://proxy:3128"}, {}, id="of-another-scheme"),
        pytest.param({"all_proxy": "proxy:3128"}, {"all": "proxy:3128"}, id="without-scheme"),
        pytest.param({"https_proxy": "http://p:1", "no_proxy": "example.org"}, {}, id="excepted"),
        pytest.param({"https_proxy": ""}, {}, id="empty"),
    ],
)
def test_proxies(environment: dict[str, str], proxies: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert opened().proxies == proxies


@pytest.mark.parametrize("proxy", ["http://", "http://user:made-up@:3128", "http://[made-up"])
def test_a_proxy_without_a_host_is_not_repeated(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", proxy)
    with pytest.raises(InputError) as caught:
        opened()
    assert str(caught.value) == "the environment variable https_proxy names no host"


# -- what requests must not do ------------------------------------------------------------------------------


def test_what_requests_must_not_do() -> None:
    session = opened()
    assert session.trust_env is False
    prepared = session.prepare_request(requests.Request("GET", "https://xci.example.org/x"))
    assert (prepared.headers["Accept"], prepared.headers["User-Agent"]) == ("application/json", USER_AGENT)
    with Stub(Say(302, headers=[("Set-Cookie", "PLAY_SESSION=abc"), ("Location", "http://127.0.0.1:1/")])) as stub:
        transport = Transport(Settings(stub.url, "admin", "made-up"))
        assert [transport.send("GET", "/x").status for _twice in range(2)] == [302, 302]
    assert "cookie" not in stub.asked[1].headers
    assert all(adapter.max_retries.total == 0 for adapter in session.adapters.values())  # type: ignore[attr-defined]

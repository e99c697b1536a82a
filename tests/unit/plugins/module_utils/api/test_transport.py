# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One request, with all that can go wrong with it."""

from __future__ import annotations

import datetime
import gzip
import ipaddress
import json
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from xcisandbox import Sandbox

from ansible_collections.xivo.xci.plugins.module_utils.api import session, transport
from ansible_collections.xivo.xci.plugins.module_utils.api.errors import (
    ConnectionFailed,
    InputError,
    XciError,
)
from ansible_collections.xivo.xci.plugins.module_utils.api.settings import Settings
from ansible_collections.xivo.xci.plugins.module_utils.api.transport import (
    Answer,
    ConnectError,
    ReadError,
    TooLarge,
    Transport,
)
from ansible_collections.xivo.xci.tests.support.clock import Held
from ansible_collections.xivo.xci.tests.unit.plugins.stub import Say, Stub

NO_PROXY = ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*NO_PROXY, "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NETRC"):
        monkeypatch.delenv(name, raising=False)


Open = Callable[..., Transport]


@pytest.fixture
def connect() -> Iterator[Open]:
    """Transports to an address, closed after the test."""
    opened: list[Transport] = []

    def connect_to(url: str, **options: Any) -> Transport:
        opened.append(Transport(Settings(url, "admin", "superpass", **{"timeout": 5.0, **options})))
        return opened[-1]

    yield connect_to
    for one in opened:
        one.close()


# -- an answer ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "page", "login"),
    [
        (Answer(200, "application/json", b"{}"), False, False),
        (Answer(200, "text/html", b""), True, True),
        (Answer(200, "text/html", b"Please log in"), True, True),
        (Answer(200, "text/html", b" {}"), False, False),
        (Answer(200, "text/html", b"\xef\xbb\xbf[]"), False, False),
        (Answer(200, "", b"\r\n <html>"), True, True),
        (Answer(200, "application/json", b"<html>"), True, True),
        (Answer(200, "text/plain", b"ok"), False, False),
        (Answer(303, "", b""), False, True),
        (Answer(300, "", b""), False, True),
        (Answer(400, "text/html", b"<html>"), True, False),
        (Answer(399, "text/html", b"<html>"), True, True),
    ],
    ids=lambda value: f"{value.status}-{value.kind}-{value.body!r}" if isinstance(value, Answer) else "",
)
def test_pages(answer: Answer, page: bool, login: bool) -> None:
    assert (answer.is_page, answer.is_login_page) == (page, login)


@pytest.mark.parametrize(
    ("body", "data"),
    [
        (b"", None),
        (b" \r\n", None),
        (b'{"a": "\\/\\u00e9"}', {"a": "/é"}),
        ('["é"]'.encode(), ["é"]),
        ('["é"]'.encode("utf-16"), ["é"]),
        (b"\xef\xbb\xbf[]", []),
        (b"null", None),
        (b"0", 0),
    ],
    ids=repr,
)
def test_json(body: bytes, data: Any) -> None:
    assert Answer(200, "application/json", body).json() == data


@pytest.mark.parametrize(
    "body", [b"{", b"ok", '["é"]'.encode("latin-1"), b"[" * 100_000], ids=lambda body: repr(body)[:9]
)
def test_what_is_no_json(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        Answer(200, "application/json", body).json()


# -- sending ------------------------------------------------------------------------------------------------


def test_what_is_sent(connect: Open) -> None:
    with Stub() as stub:
        http = connect(stub.url)
        http.send("GET", "/xivo", cookie="A=b; C=d")
        http.send("POST", "/users", {"firstName": "Zoé", "list": []}, cookie="A=b")
        http.send("DELETE", "/entities/default%40uuid")
    get, post, delete = stub.asked
    assert (get.method, get.path, get.body) == ("GET", "/api/1.0/xivo", b"")
    assert get.headers["cookie"] == "A=b; C=d"
    assert get.headers["accept"] == "application/json"
    assert get.headers["user-agent"] == "ansible-collection-xivo.xci"
    assert not {"content-type", "authorization"} & set(get.headers)
    assert (post.path, json.loads(post.body)) == ("/api/1.0/users", {"firstName": "Zoé", "list": []})
    assert post.headers["content-type"] == "application/json"
    assert (delete.method, delete.path) == ("DELETE", "/api/1.0/entities/default%40uuid")
    assert "cookie" not in delete.headers
    assert http.calls == {"GET": 1, "POST": 1, "DELETE": 1}


def test_what_is_answered(connect: Open) -> None:
    headers = [("Content-Type", "Application/JSON; charset=utf-8"), ("Location", "/login"), ("Retry-After", "7")]
    with Stub(Say(429, "[1]", headers), Say(204, b"")) as stub:
        http = connect(stub.url)
        busy, empty = http.send("GET", "/xivo"), http.send("GET", "/xivo")
    assert (busy.headers["retry-after"], "Retry-After" in empty.headers) == ("7", False)
    busy.headers = empty.headers = {}
    assert vars(busy) == vars(Answer(429, "application/json", b"[1]", "/login", "7", ""))
    assert vars(empty) == vars(Answer(204, "", b""))


@pytest.mark.parametrize(
    ("headers", "cookie"),
    [
        pytest.param(["PLAY_SESSION=abc; Path=/; HttpOnly"], "PLAY_SESSION=abc", id="as-play-does"),
        pytest.param(["_x-y=abc"], "_x-y=abc", id="any-name"),
        pytest.param(['S="a b=="'], 'S="a b=="', id="quoted"),
        pytest.param(["S=a; Path=/elsewhere"], "S=a", id="any-path"),
        pytest.param(["S=a; Domain=other.example.org"], "S=a", id="any-domain"),
        pytest.param(["S=a; Secure; SameSite=Strict"], "S=a", id="secure-over-http"),
        pytest.param(["S=a; Expires=Thu, 01 Jan 2015 00:00:00 GMT"], "S=a", id="by-a-clock-that-is-wrong"),
        pytest.param(["S=a", "B=c; Path=/x"], "S=a; B=c", id="several"),
        pytest.param(["S=a", "S=b"], "S=b", id="the-last-of-a-name"),
        pytest.param(["S=; Max-Age=0"], "", id="taken-back"),
        pytest.param(["S"], "", id="nothing-in-it"),
        pytest.param([], "", id="none"),
    ],
)
def test_cookies_whatever_they_are_called(connect: Open, headers: list[str], cookie: str) -> None:
    with Stub(Say(headers=[("Set-Cookie", header) for header in headers])) as stub:
        http = connect(stub.url)
        assert http.send("POST", "/login").cookie == cookie
        http.send("GET", "/xivo")
    assert "cookie" not in stub.asked[1].headers


def test_cookie_is_not_shown() -> None:
    assert "made-up" not in repr(Answer(200, "", b"", cookie="PLAY_SESSION=made-up"))


def test_no_redirect_is_followed(connect: Open) -> None:
    with Stub() as elsewhere, Stub(Say(302, b"", [("Location", elsewhere.url)])) as stub:
        answer = connect(stub.url).send("GET", "/xivo", cookie="A=b")
    assert (answer.status, answer.location) == (302, elsewhere.url)
    assert elsewhere.asked == []


@pytest.mark.parametrize("address", ["http://[oops/", "http://example.org:port/", "/\xe9\xff"])
def test_a_redirect_to_nowhere_is_an_answer_all_the_same(connect: Open, address: str) -> None:
    with Stub(Say(302, b"", [("Location", address)])) as stub:
        assert connect(stub.url).send("PUT", "/xivo", {}, "A=b").status == 302


def test_no_netrc_is_read(connect: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / ".netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\ndefault login x password y\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HOME", str(tmp_path))
    with Stub() as stub:
        connect(stub.url).send("GET", "/xivo")
    assert "authorization" not in stub.asked[0].headers


def test_proxy_of_the_environment(connect: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    with Stub() as proxy:
        monkeypatch.setenv("http_proxy", proxy.origin)
        connect("http://xci.example.org:9001/api/1.0").send("GET", "/xivo")
        assert proxy.asked[0].path == "http://xci.example.org:9001/api/1.0/xivo"
        with Stub() as direct:
            monkeypatch.setenv("no_proxy", "127.0.0.1")
            connect(direct.url).send("GET", "/xivo")
            assert (len(direct.asked), len(proxy.asked)) == (1, 1)


def test_a_proxy_that_is_not_there(connect: Open, monkeypatch: pytest.MonkeyPatch, free_port: int) -> None:
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{free_port}")
    with pytest.raises(ConnectError, match=r"^GET .*: the proxy can't be reached or refuses: .*refused"):
        connect("http://xci.example.org/api/1.0").send("GET", "/xivo")


def test_how_an_error_names_a_request(connect: Open) -> None:
    assert connect("http://127.0.0.1/api/1.0").name("PUT", "/users/5") == "PUT http://127.0.0.1/api/1.0/users/5"


# -- what goes wrong ----------------------------------------------------------------------------------------


@pytest.fixture
def free_port() -> Iterator[int]:
    """A port on which nobody listens, and that nobody else gets meanwhile."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        yield sock.getsockname()[1]


def test_nobody_is_there(connect: Open, free_port: int) -> None:
    url = f"http://127.0.0.1:{free_port}/api/1.0"
    with pytest.raises(ConnectError) as caught:
        connect(url).send("POST", "/users", {})
    assert isinstance(caught.value.error, ConnectionFailed)
    assert re.fullmatch(
        rf"POST {url}/users: can't connect: .*Connection refused. Is xci_url right, and XCI running\?",
        str(caught.value.error),
    )


def test_a_host_that_has_no_address(connect: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the resolver of this network says of it, and however long it takes."""

    def no_address(*_arguments: Any, **_options: Any) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", no_address)
    with pytest.raises(ConnectError, match=r"^GET http://nowhere\.invalid/api/1\.0/xivo: can't connect: "):
        connect("http://nowhere.invalid/api/1.0").send("GET", "/xivo")


@pytest.mark.parametrize("host", ["a..b", "x" * 64])
def test_a_host_that_can_not_be(connect: Open, host: str) -> None:
    with pytest.raises(InputError, match=r"^GET http://.*/xivo: "):
        connect(f"http://{host}/api/1.0").send("GET", "/xivo")


def test_a_host_with_a_character_that_none_has(connect: Open) -> None:
    """Releases of urllib3 before 2 look for it."""
    with pytest.raises(
        ConnectError if version("urllib3").startswith("1.") else InputError, match=r"^GET http://.*/xivo: "
    ):
        connect("http://ho\x00st/api/1.0").send("GET", "/xivo")


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        pytest.param({"kind": "reset"}, "the connection was lost: .*reset by peer", id="reset"),
        pytest.param({"kind": "close"}, "the connection was lost: .*", id="closed"),
    ],
)
def test_answers_that_are_lost(sandbox: Sandbox, connect: Open, fault: Any, why: str) -> None:
    sandbox.faults.add({"fault": fault})
    with pytest.raises(ReadError, match=f"^{why}") as caught:
        connect(sandbox.url).send("DELETE", "/users/1")
    assert not caught.value.finished


def test_an_answer_that_is_late(sandbox: Sandbox, connect: Open, held: Held) -> None:
    sandbox.faults.add({"fault": {"kind": "delay", "seconds": 1}})
    with pytest.raises(ReadError, match=r"^no answer within 0\.1 seconds \(option timeout\)") as caught:
        connect(sandbox.url, timeout=0.1).send("DELETE", "/users/1")
    assert not caught.value.finished


def test_an_answer_that_is_slow(sandbox: Sandbox, connect: Open, leaping: None) -> None:
    sandbox.faults.add({"fault": {"kind": "slow_body", "seconds": 0.2}})
    with pytest.raises(ReadError, match=r"^the answer came too slowly and was given up$") as caught:
        connect(sandbox.url).send("DELETE", "/users/1")
    assert caught.value.finished


@contextmanager
def saying(said: bytes, close: bool = False) -> Iterator[int]:
    """Somebody who says this to the first who calls, whatever he asks, and no more; the port is yielded."""

    def serve() -> None:
        connection, _address = listener.accept()
        with connection, suppress(OSError):
            connection.recv(65536)
            connection.sendall(said)
            if not close:
                finished.wait(5)

    finished = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, daemon=True).start()
        yield listener.getsockname()[1]
        finished.set()


def test_an_answer_that_stalls(connect: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    """What comes of it is there before it is waited for, so that it is in time on a busy machine, too."""
    ours, theirs = socket.socketpair()
    ours.settimeout(0.1)
    monkeypatch.setattr("urllib3.util.connection.create_connection", lambda *_arguments, **_options: ours)
    with theirs:
        theirs.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n[1,")
        with pytest.raises(ReadError, match=r"^the connection was lost: .*timed out") as caught:
            connect("http://127.0.0.1:1/api/1.0", timeout=0.1).send("GET", "/xivo")
    assert caught.value.finished


@pytest.mark.parametrize(
    "line", [b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 99, b"HTTP/1.1 200 " + b"O" * 599], ids=["lines", "line"]
)
def test_a_head_that_comes_byte_by_byte_is_given_up(connect: Open, line: bytes) -> None:
    """Each byte alone is within the time-out."""
    sent: list[int] = []

    def serve() -> None:
        connection, _address = listener.accept()
        with connection, suppress(OSError):
            connection.recv(65536)
            for byte in line:
                connection.sendall(bytes([byte]))
                sent.append(byte)
                time.sleep(0.05)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, daemon=True).start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/api/1.0"
        with pytest.raises(ReadError, match=r"^no answer within 0\.1 seconds \(option timeout\)$") as caught:
            connect(url, timeout=0.1).send("GET", "/xivo")
    assert not caught.value.finished
    assert len(sent) < len(line)


def test_a_head_in_several_pieces_is_read(connect: Open) -> None:
    with saying(b"HTTP/1.1 200 OK\nX-" + b"y" * 9000 + b": z\r\nContent-Length: 2\r\n\r\n[]") as port:
        assert connect(f"http://127.0.0.1:{port}/api/1.0").send("GET", "/xivo").body == b"[]"


def test_https_where_there_is_none(connect: Open) -> None:
    with (
        saying(b"HTTP/1.1 400 Bad Request\r\n\r\n") as port,
        pytest.raises(ConnectionFailed, match=r"does not speak TLS .*Is xci_url right to begin with https\?$"),
    ):
        connect(f"https://127.0.0.1:{port}/api/1.0").send("GET", "/xivo")


@pytest.mark.parametrize(("status", "lost"), [(200, True), (201, True), (400, False), (504, False)])
def test_of_a_refusal_any_part_will_do(connect: Open, status: int, lost: bool) -> None:
    said = f"HTTP/1.1 {status} So\r\nContent-Length: 9\r\nConnection: close\r\n\r\n[1,".encode()
    with saying(said, close=True) as port:
        http = connect(f"http://127.0.0.1:{port}/api/1.0")
        if lost:
            with pytest.raises(
                ReadError, match=r"^the answer was cut after 3 of 9 bytes$|^the connection was lost: "
            ) as caught:
                http.send("DELETE", "/users/1")
            assert caught.value.finished
        else:
            answer = http.send("DELETE", "/users/1")
            assert (answer.status, answer.body) == (status, b"[1,")


def answer_of(http: Transport, stub: Stub) -> Any:
    """Return what the library makes of an answer whose body is not read yet."""
    opened = session.open_session(http.settings)
    request = opened.prepare_request(requests.Request("GET", stub.url))
    return opened.get_adapter(stub.url).send(request, stream=True)


def test_a_cut_answer_is_reported_with_its_length(connect: Open) -> None:
    """Some releases of urllib3 find it out themselves, and others do not."""
    with Stub(Say(200, "[1, 2]")) as stub:
        http = connect(stub.url)
        response = answer_of(http, stub)
        response.headers["Content-Length"] = "1000"
        with response, pytest.raises(ReadError, match=r"^the answer was cut after 6 of 1000 bytes$") as caught:
            http._body(response, float("inf"))
    assert caught.value.finished


def test_an_answer_without_a_length_is_whole(connect: Open) -> None:
    with Stub(Say(200, "[1, 2]")) as stub:
        http = connect(stub.url)
        response = answer_of(http, stub)
        response.headers["Content-Length"] = ""
        with response:
            assert http._body(response, float("inf")) == b"[1, 2]"


def test_the_length_of_a_compressed_answer_is_not_that_of_what_is_in_it(connect: Open) -> None:
    with Stub(Say(200, gzip.compress(b"[1, 2]"), [("Content-Encoding", "gzip")])) as stub:
        assert connect(stub.url).send("GET", "/xivo").json() == [1, 2]


def test_an_answer_that_never_ends(sandbox: Sandbox, connect: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "LARGEST_ANSWER", 2 * 2**20)
    sandbox.faults.add({"fault": {"kind": "huge", "bytes": 2 * 2**20 + 1}})
    with pytest.raises(TooLarge, match=r"^the answer has more than 2 MiB$"):
        connect(sandbox.url).send("GET", "/xivo")


def test_an_answer_of_the_largest_size(sandbox: Sandbox, connect: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "LARGEST_ANSWER", 2**20)
    sandbox.faults.add({"fault": {"kind": "huge", "bytes": 2**20}})
    assert len(connect(sandbox.url).send("GET", "/xivo").body) == 2**20


def test_without_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "REQUESTS_IMPORT_ERROR", "Traceback ...")
    with pytest.raises(XciError, match=r"^the Python library requests is missing on the host that runs this task; .*"):
        Transport(Settings("http://127.0.0.1/api/1.0", "admin", "superpass"))


def test_closing_twice_and_going_on(connect: Open) -> None:
    with Stub() as stub:
        http = connect(stub.url)
        http.close()
        http.send("GET", "/xivo")
        http.close()
        http.close()
        assert http.send("GET", "/xivo").status == 200


# -- certificates -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of 127.0.0.1 that signs itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sandbox")])
    now = datetime.datetime.now(datetime.UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "both.pem"
    encoding = serialization.Encoding.PEM
    private = key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file.write_bytes(private + built.public_bytes(encoding))
    return file


@pytest.fixture
def secured(start: Callable[..., Sandbox], certificate: Path) -> Sandbox:
    return start(certificate=str(certificate), key=str(certificate))


def test_a_certificate_that_nobody_signed(secured: Sandbox, connect: Open) -> None:
    with pytest.raises(
        ConnectionFailed,
        match=r"^GET https://.*/xivo: the certificate is not trusted \(.*\)\. Set ca_path to the CA that signed it$",
    ):
        connect(secured.url).send("GET", "/xivo")


def test_a_certificate_of_a_ca_that_we_trust(secured: Sandbox, connect: Open, certificate: Path) -> None:
    assert connect(secured.url, ca_path=str(certificate)).send("GET", "/xivo").status == 401


@pytest.mark.filterwarnings("error")
def test_a_certificate_that_is_not_looked_at(secured: Sandbox, connect: Open) -> None:
    assert connect(secured.url, validate_certs=False).send("GET", "/xivo").status == 401


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_certificates_of_the_environment(
    secured: Sandbox, connect: Open, certificate: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, str(certificate))
    assert connect(secured.url).send("GET", "/xivo").status == 401
    monkeypatch.setenv(variable, "/nowhere")
    with pytest.raises(InputError, match=rf"^the environment variable {variable} names CA certificates that do not"):
        connect(secured.url).send("GET", "/xivo")


def test_the_option_comes_before_the_environment(
    secured: Sandbox, connect: Open, certificate: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path))
    assert connect(secured.url, ca_path=str(certificate)).send("GET", "/xivo").status == 401

# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""As a process: its command line, its files, a restart, and how it is kept in the background."""

from __future__ import annotations

import datetime
import json
import os
import signal
import ssl
import stat
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from xcisandbox import keeper

if TYPE_CHECKING:
    from ansible_collections.xivo.xci.tests.unit.sandbox.conftest import Connect, Start

SCRIPT = str(keeper.SCRIPT)
PASSWORD = "superpass"
SECRET = "made-up secret"


@contextmanager
def running(*arguments: str, **environment: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The process, and the URL that it prints."""
    command = [sys.executable, SCRIPT, "--port", "0", *arguments]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, **environment}
    )
    with process:
        try:
            assert process.stdout
            words = process.stdout.readline().split()
            assert words[:4] == ["XCI", "sandbox", "listening", "on"], process.communicate()
            yield process, words[4]
        finally:
            process.terminate()


def run(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, SCRIPT, *arguments], input=stdin, text=True, capture_output=True, timeout=120, check=False
    )


def post(url: str, body: dict[str, Any], cookie: str = "", context: ssl.SSLContext | None = None, **more: str) -> Any:
    headers = {"Content-Type": "application/json", "Cookie": cookie, **more}
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)
    return urllib.request.urlopen(request, timeout=60, context=context)


def log_in(url: str, password: str = PASSWORD, context: ssl.SSLContext | None = None) -> str:
    with post(f"{url}/login", {"login": "admin", "password": password}, context=context) as response:
        return str(response.headers["Set-Cookie"])


def names(url: str, cookie: str) -> list[str]:
    with urllib.request.urlopen(urllib.request.Request(f"{url}/xivo", headers={"Cookie": cookie})) as response:
        return [xivo["name"] for xivo in json.load(response)["items"]]


def token_of(process: subprocess.Popen[str]) -> str:
    """The token that a sandbox prints behind its URL."""
    assert process.stdout
    return process.stdout.readline().removeprefix("token of its control interface: ").strip()


def control(process: subprocess.Popen[str], url: str, action: str) -> Any:
    """What the control interface shows."""
    address = f"{url.partition('//')[0]}//{url.split('/')[2]}/_sandbox/{action}"
    request = urllib.request.Request(address, headers={"Authorization": f"Bearer {token_of(process)}"})
    with urllib.request.urlopen(request) as response:
        return json.load(response)


@pytest.fixture
def in_foreground() -> Iterator[None]:
    """Let what is started not ignore SIGINT, though a shell that runs the tests in the background ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("in_foreground")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_says_one_line_and_ends_cleanly(tmp_path: Path, number: signal.Signals) -> None:
    ready, token = tmp_path / "ready.json", tmp_path / "token"
    with running("--ready-file", str(ready), "--token-file", str(token)) as (process, url):
        answered = json.loads(ready.read_text())
        port = int(url.split(":")[2].split("/")[0])
        assert answered == {"url": url, "pid": process.pid, "port": port, "login": "admin"}
        assert [stat.S_IMODE(file.stat().st_mode) for file in (ready, token)] == [0o600, 0o600]
        assert len(token.read_text()) > 40
        log_in(url)
        process.send_signal(number)
        out, err = process.communicate(timeout=60)
        assert (process.returncode, out, err) == (0, "", "")
    assert list(tmp_path.iterdir()) == []


def test_it_can_be_told_to_stop() -> None:
    with running() as (process, url):
        token = token_of(process)
        stop = url.replace("/api/1.0", "/_sandbox/stop")
        with pytest.raises(urllib.error.HTTPError, match="401"):
            post(stop, {})
        post(stop, {}, Authorization=f"Bearer {token}").close()
        assert process.wait(60) == 0


@pytest.mark.parametrize("is_waited_for", [True, False])
def test_it_ends_with_the_process_for_which_it_runs(directory: Path, is_waited_for: bool) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as owner:
        kept = keep("start", directory, owner=owner.pid)
        log_in(kept["url"], SECRET)
        owner.kill()
        if is_waited_for:
            owner.wait()
        gone = time.monotonic() + 60
        while Path(f"/proc/{kept['pid']}").exists() and time.monotonic() < gone:
            time.sleep(0.05)
        assert not Path(f"/proc/{kept['pid']}").exists()
        assert {file.name for file in directory.iterdir()} == {"lock", "sandbox.log", "settings.digest"}
        assert (directory / "sandbox.log").read_text().splitlines()[1:] == []


def test_it_does_not_stay_for_a_process_that_is_gone_already() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as owner:
        owner.wait()
    with running("--owner", str(owner.pid)) as (process, _url):
        assert process.wait(60) == 0


def test_a_restart_keeps_data_and_sessions(tmp_path: Path) -> None:
    database = tmp_path / "xci.sqlite"
    with running("--database", str(database)) as (process, url):
        cookie = log_in(url)
        post(f"{url}/xivo", {"name": "paris", "host": "h", "configure": False}, cookie).close()
        assert stat.S_IMODE(database.stat().st_mode) == 0o600
        second = run("--port", "0", "--database", str(database))
        assert second.returncode == 1
        assert "can't use the database" in second.stderr
        process.kill()  # not even a clean end is needed
    with running("--database", str(database), "--password", "another") as (_process, url):
        assert names(url, cookie) == ["paris"]
        log_in(url)  # the administrator outlived the restart, with the password of then


def test_the_password_may_come_from_the_environment() -> None:
    with running(XCI_SANDBOX_PASSWORD=SECRET) as (process, url):
        log_in(url, SECRET)
        assert SECRET.encode() not in Path(f"/proc/{process.pid}/cmdline").read_bytes()


def test_settings_may_come_from_a_file_and_options_win(tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    file.write_text(
        json.dumps(
            {"password": SECRET, "prefix": "/x", "latency": "1", "dialects": {"cookie_name": "A", "put": "merge"}}
        )
    )
    with running("--settings", str(file), "--prefix", "/y", "--dialect", "cookie_name=B") as (process, url):
        assert url.endswith("/y/api/1.0")
        assert log_in(url, SECRET).startswith("B=")
        assert control(process, url, "dialects")["put"] == "merge"


@pytest.mark.parametrize(
    ("arguments", "stdin", "said"),
    [
        (["--dialect", "x"], "", "a dialect is NAME=VALUE"),
        (["--dialect", "x=y"], "", "there is no dialect 'x'"),
        (["--prefix", "x"], "", "does not start with a slash"),
        (["--settings", "-"], "[]", "settings are a JSON object"),
        (["--settings", "-"], '{"pasword": ""}', "there is no setting pasword"),
        (["--settings", "-"], '{"latency": "slow"}', "invalid float value: 'slow'"),
        (["--settings", "-"], '{"port": true}', "the setting port is not of type int"),
        (["--settings", "-"], '{"dialects": []}', "the setting dialects is not of type dict"),
        (["--settings", "-"], "{", "xci_sandbox: "),
        (["--settings", "/nowhere"], "", "No such file"),
        (["--database", "/nowhere/x"], "", "No such file"),
        (["--certificate", "/nowhere"], "", "No such file"),
        (["start"], "", "needs a --directory"),
        (["stop"], "", "needs a --directory"),
    ],
)
def test_what_is_wrong_is_told_in_a_line(arguments: list[str], stdin: str, said: str) -> None:
    result = run("--port", "0", *arguments, stdin=stdin)
    assert result.returncode != 0
    assert said in result.stderr
    assert "Traceback" not in result.stderr


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("this is no database, and it is longer than a page of nothing" * 100)
    result = run("--port", "0", "--database", str(file))
    assert "can't use the database" in result.stderr


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now, day = datetime.datetime.now(datetime.UTC), datetime.timedelta(days=1)
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + day)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    files = (tmp_path / "certificate.pem", tmp_path / "key.pem")
    files[0].write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return files


def test_https(start: Start, certificate: tuple[Path, Path]) -> None:
    pem, key = certificate
    sandbox = start(host="localhost", certificate=str(pem), key=str(key))
    assert sandbox.url.startswith("https://localhost:")
    context = ssl.create_default_context(cafile=str(pem))
    assert "; Secure" in log_in(sandbox.url, context=context)
    sandbox.faults.add({"fault": {"kind": "reset"}})
    with pytest.raises(OSError, match=r"reset|closed connection"):
        log_in(sandbox.url, context=context)
    with pytest.raises(OSError, match="CERTIFICATE_VERIFY_FAILED"):
        log_in(sandbox.url, context=ssl.create_default_context())
    assert log_in(sandbox.url, context=context)


@pytest.fixture
def directory(tmp_path: Path) -> Iterator[Path]:
    """Of a sandbox in the background, which does not outlive the test."""
    folder = tmp_path / "kept" / "here"
    yield folder
    assert run("stop", "--directory", str(folder)).returncode == 0


def keep(verb: str, folder: Path, *arguments: str, **settings: Any) -> dict[str, Any]:
    values = json.dumps({"port": 0, "password": SECRET, **settings})
    result = run(verb, "--directory", str(folder), "--settings", "-", *arguments, stdin=values)
    assert (result.returncode, result.stderr) == (0, "")
    return dict(json.loads(result.stdout))


def test_start_and_stop_in_the_background(directory: Path) -> None:
    assert keep("start", directory, "--dry-run") == {"changed": True}
    planned = {"changed": True, "url": "http://127.0.0.1:9017/api/1.0"}
    assert keep("start", directory, "--dry-run", port=9017) == planned
    assert not directory.exists()
    first = keep("start", directory)
    assert first["changed"] is True
    log_in(first["url"], SECRET)
    assert keep("start", directory) == keep("start", directory, "--dry-run") == {**first, "changed": False}
    assert keep("start", directory, "--dry-run", latency=1)["changed"] is True
    assert keep("start", directory)["pid"] == first["pid"]
    assert keep("stop", directory, "--dry-run") == {"changed": True}
    assert keep("start", directory)["pid"] == first["pid"]
    assert keep("stop", directory) == {"changed": True}
    assert keep("stop", directory) == keep("stop", directory, "--dry-run") == {"changed": False}
    with pytest.raises(OSError, match="refused"):
        log_in(first["url"])


def test_other_settings_start_it_again(directory: Path) -> None:
    first = keep("start", directory)
    for change in ({"login": "root"}, {"dialects": {"put": "merge"}}, {"database": "x"}):
        assert keep("start", directory, "--dry-run", **change)["changed"] is True
    second = keep("start", directory, password="another")
    assert second["changed"] is True
    assert second["pid"] != first["pid"]
    log_in(second["url"], "another")


def test_nobody_else_sees_what_is_kept(directory: Path) -> None:
    pid = keep("start", directory)["pid"]
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    assert not any(SECRET in file.read_text() for file in directory.iterdir())
    token = directory / "token"
    assert stat.S_IMODE(token.stat().st_mode) == 0o600
    assert token.read_text() not in (directory / "sandbox.log").read_text() + json.dumps(keep("start", directory))
    for source in ("cmdline", "environ"):
        assert SECRET.encode() not in Path(f"/proc/{pid}/{source}").read_bytes()


def test_one_that_died_is_started_again(directory: Path) -> None:
    first = keep("start", directory)
    os.kill(first["pid"], signal.SIGKILL)
    second = keep("start", directory)
    assert second["changed"] is True
    log_in(second["url"], SECRET)


def test_two_starts_at_once_start_one(directory: Path) -> None:
    command = [sys.executable, SCRIPT, "start", "--directory", str(directory), "--port", "0"]
    starts = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _time in range(3)]
    answered = [json.loads(process.communicate(timeout=120)[0]) for process in starts]
    assert len({answer["pid"] for answer in answered}) == 1
    assert sorted(answer["changed"] for answer in answered) == [False, False, True]


def test_why_it_does_not_start_is_told(start: Start, connect: Connect, directory: Path) -> None:
    taken = str(start().port)
    result = run("start", "--directory", str(directory), "--port", taken)
    assert result.returncode == 1
    assert "does not start" in result.stderr
    assert "Address already in use" in result.stderr


def test_only_the_sandbox_that_is_kept_there_is_proven_to_be_it(start: Start, directory: Path) -> None:
    kept = keep("start", directory)

    def prove(url: str) -> subprocess.CompletedProcess[str]:
        return run("prove", "--directory", str(directory), "--url", url)

    assert json.loads(prove(kept["url"]).stdout)["pid"] == kept["pid"]
    other = start()
    for url in (other.url, kept["url"].replace("127.0.0.1", "localhost"), f"{kept['url']}/", "", "nonsense"):
        refused = prove(url)
        assert (refused.returncode, refused.stderr) == (
            1,
            f"xci_sandbox: {url} is not the sandbox that {directory} is about\n",
        )
    assert [one["path"] for one in other.requests()] == []
    # Another sandbox has that port by now.
    keep("stop", directory)
    assert prove(kept["url"]).returncode == 1
    ready = {"url": other.url, "pid": os.getpid(), "port": other.port, "login": "admin"}
    (directory / "ready.json").write_text(json.dumps(ready), encoding="utf-8")
    (directory / "token").write_text("of the one before", encoding="utf-8")
    assert prove(other.url).returncode == 1
    (directory / "ready.json").unlink()


def test_a_twin_in_the_background_says_who_logs_in(directory: Path, tmp_path: Path) -> None:
    (tmp_path / "export.yml").write_text("admins: [{login: Zoé, super_admin: true}]", encoding="utf-8")
    kept = keep("start", directory, snapshot=str(tmp_path / "export.yml"))
    assert kept["login"] == "Zoé"
    with post(f"{kept['url']}/login", {"login": "Zoé", "password": SECRET}) as response:
        assert response.status == 200
    keep("stop", directory)
    refused = run("start", "--directory", str(directory), "--port", "0", "--snapshot", str(tmp_path / "none.yml"))
    assert "none.yml does not exist" in refused.stderr

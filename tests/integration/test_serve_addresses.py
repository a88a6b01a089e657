"""The ways to serve, and that the addresses that baogong serve prints can be opened."""

import os
import re
import signal
import ssl
import subprocess
import sys
from contextlib import closing, contextmanager
from http.client import HTTPSConnection
from pathlib import Path
from urllib.request import urlopen

import pytest
from typer.testing import CliRunner

from infra.auth import AccessStore
from services.cli import command_line
from services.commands.first_link import administrators_link
from services.commands.ways import Way, is_this_machine, reached_at
from services.pages.assets import static_url

BAOGONG = Path(sys.executable).with_name("baogong")
WIDE = os.environ | {"COLUMNS": "300"}


def run(*words):
    """A command that ends by itself."""
    return CliRunner(env={"COLUMNS": "300"}).invoke(command_line(), [str(word) for word in words])


@contextmanager
def serving(*words):
    command = [BAOGONG, "serve", "--port", "0", *words]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=WIDE) as server:
        try:
            yield server
        finally:
            server.send_signal(signal.SIGTERM)


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    out = tmp_path_factory.mktemp("tls")
    made = run("tls", "--host", "192.0.2.20", "--host", "bg.example.org", "--out", out)
    assert made.exit_code == 0, made.stderr
    assert f"baogong serve --host 0.0.0.0 --tls {out}/cert.pem {out}/key.pem" in made.stdout
    return out / "cert.pem", out / "key.pem"


@pytest.mark.parametrize(
    "words",
    [("--host", "127.0.0.1"), ("--host", "0.0.0.0", "--insecure-http"), ("--host", "::1")],  # noqa: S104 — that is what is tested
)
def test_the_printed_address_answers_also_on_a_port_that_the_system_chose(tmp_path, words):
    with serving("--data", tmp_path, *words) as server:
        said = server.stderr.readline()
        if "--insecure-http" in words:
            for lost in ("no camera", "everybody on this network can read", "an ordinary cookie"):
                assert lost in said
            said = server.stderr.readline()
        address = re.search(r"http://\S+", said)[0]
        assert not address.endswith(":0")
        assert urlopen(f"{address}{static_url('baogong.css')}", timeout=20).status == 200  # noqa: S310 — our own server


@pytest.mark.parametrize("command", ["serve", "demo"])
@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1"])  # noqa: S104 — that is what is tested
def test_plain_http_for_others_is_refused_with_both_ways_out(tmp_path, command, host):
    refused = run(command, "--host", host, "--data", tmp_path / "data")
    assert refused.exit_code == 1
    assert "--tls CERT KEY" in refused.stderr
    assert "--insecure-http" in refused.stderr
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("command", ["serve", "demo"])
@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])  # noqa: S104 — that is what is tested
def test_https_and_plain_http_together_are_refused(tmp_path, pair, command, host):
    refused = run(command, "--host", host, "--tls", *pair, "--insecure-http", "--data", tmp_path / "data")
    assert refused.exit_code == 2
    assert "choose one" in refused.stderr
    assert not (tmp_path / "data").exists()


def test_https_is_served_with_the_pair_that_baogong_tls_made(tmp_path, pair):
    certificate, key = pair
    assert key.stat().st_mode & 0o077 == 0
    with serving("--host", "0.0.0.0", "--data", tmp_path / "data", "--tls", certificate, key) as server:  # noqa: S104 — that is what is tested
        address = re.search(r"https://\S+", server.stderr.readline())[0]
        trusting = ssl.create_default_context(cafile=certificate)
        connection = HTTPSConnection("127.0.0.1", int(address.rpartition(":")[2]), timeout=20, context=trusting)
        link = re.search(r"/j#(\S+)", server.stderr.readline())[1]
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", "/j", f"token={link}", form)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 303
        assert answer.getheader("set-cookie").startswith("__Host-baogong=")
        assert answer.getheader("strict-transport-security")
        assert answer.getheader("server") is None
        connection.request("GET", "/j", headers={"Host": "evil.test"})
        assert connection.getresponse().status == 400
        connection.close()


def test_the_administrators_link_is_printed_afresh_until_somebody_came_in(tmp_path):
    found(tmp_path)
    with serving("--data", tmp_path) as server:
        base, first = said_at_start(server)
    assert first.startswith("Administrator, once:")
    assert "Nobody" not in first
    with serving("--data", tmp_path) as server:
        base, second = said_at_start(server)
        assert run("link", "--data", tmp_path, "--role", "viewer").stdout.startswith(f"{base}/j#")
        named = run("link", "--data", tmp_path, "--role", "viewer", "--address", "https://bg.test/")
        assert named.stdout.startswith("https://bg.test/j#")
    assert "Nobody has signed in yet" in second
    assert "withdrawn" in second
    with closing(AccessStore(tmp_path / "access.db")) as access:
        assert access.redeem(token_in(first)) is None
        assert access.redeem(token_in(second))
    with serving("--data", tmp_path) as server:
        assert "/j#" not in said_at_start(server)[1]


def test_a_second_server_is_told_of_the_first_and_an_ended_one_leaves_no_address_behind(tmp_path):
    found(tmp_path)
    with serving("--data", tmp_path) as first:
        base, _ = said_at_start(first)
        with serving("--data", tmp_path) as second:
            _, warning = said_at_start(second)
            assert f"is already served at {base}." in warning
            assert "Nobody has signed in yet" in second.stderr.readline()
            assert link_base(tmp_path) == base
        assert link_base(tmp_path) == base
    with serving("--data", tmp_path) as killed:
        assert "already served" not in said_at_start(killed)[1]
        killed.kill()
    ended = run("link", "--data", tmp_path)
    assert ended.stdout.startswith("http://127.0.0.1:8000/j#")
    assert "No server runs on" in ended.stderr
    with serving("--data", tmp_path) as again:
        base, _ = said_at_start(again)
        assert link_base(tmp_path) == base
        assert len(list(tmp_path.glob("served-at*"))) == 1, "what was killed left a file that counts no more"


def link_base(data):
    return run("link", "--data", data).stdout.partition("/j#")[0]


def found(data):
    assert (
        run("import", "households", "--pattern", "1号: 1层 x 01", "--compound", "shengdu", "--data", data).exit_code
        == 0
    )


def said_at_start(server):
    base = re.search(r"http://\S+", server.stderr.readline())[0]
    return base, server.stderr.readline()


def token_in(line):
    return re.search(r"/j#(\S+)", line)[1]


def test_once_somebody_has_come_in_or_has_links_to_give_no_administrators_link_is_printed(tmp_path):
    with closing(AccessStore(tmp_path / "access.db")) as access:
        assert administrators_link(access, "http://a").startswith("Administrator, once: http://a/j#")
        assert "withdrawn" in administrators_link(access, "http://a")
        access.issue_link("admin")
        assert administrators_link(access, "http://a") is None
        for link in access.links():
            access.revoke_link(link.id)
        token = access.issue_link("admin")
        access.sign_out(access.redeem(token))
        access.revoke_link(access.links()[0].id)
        assert administrators_link(access, "http://a") is None, "somebody has been here"


def test_a_pair_that_does_not_do_is_told_in_one_sentence(tmp_path, pair):
    certificate, key = pair
    run("tls", "--host", "other.test", "--out", tmp_path / "other")
    (tmp_path / "text").write_text("hello")
    cases = (
        ((certificate, tmp_path / "other/key.pem"), "does not belong to"),
        ((key, certificate), "First CERT, then KEY"),
        ((tmp_path / "text", key), "First CERT, then KEY"),
        ((tmp_path / "missing", key), "cannot be read (No such file or directory)"),
        ((certificate, tmp_path), "cannot be read (Is a directory)"),
    )
    for given, told in cases:
        ended = run("serve", "--data", tmp_path / "data", "--tls", *given)
        assert ended.exit_code == 1
        assert told in ended.stderr
        assert ended.stderr.count("\n") == 1
    mixed = run("serve", "--data", tmp_path / "data", "--tls", *pair, "--address", "http://192.0.2.20:8000")
    assert "Write https:// there" in mixed.stderr
    assert not (tmp_path / "data").exists()


def test_a_pair_is_never_overwritten(pair):
    before = pair[1].read_bytes()
    assert run("tls", "--host", "192.0.2.20", "--out", pair[0].parent).exit_code == 1
    assert pair[1].read_bytes() == before
    assert run("tls", "--host", "http://192.0.2.20", "--out", pair[0].parent / "x").exit_code == 1


def test_addresses_of_the_sixth_version_stand_in_brackets():
    assert reached_at("::1") == "[::1]"
    assert Way("fd00::7").outside(8000) == "http://[fd00::7]:8000"
    assert Way("192.0.2.7", (Path("c"), Path("k"))).outside(8000) == "https://192.0.2.7:8000"
    assert Way("::1").outside(8000) is None


def test_this_machine_is_known_by_all_its_names():
    assert all(map(is_this_machine, ("127.0.0.1", "127.9.9.9", "::1", "localhost")))
    assert not any(map(is_this_machine, ("0.0.0.0", "::", "192.0.2.7", "localhost.evil.test")))  # noqa: S104 — compared

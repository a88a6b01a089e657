"""The addresses that baogong serve prints can be opened."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest

from services.commands.serve import reached_at, seen_from_outside
from services.pages.assets import static_url


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0", "::1"])  # noqa: S104 — that is what is tested
def test_the_printed_address_answers_also_on_a_port_that_the_system_chose(tmp_path, host):
    command = [Path(sys.executable).with_name("baogong"), "serve", "--data", tmp_path, "--host", host, "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=os.environ | {"COLUMNS": "200"}) as server:
        try:
            said = server.stderr.readline()
            address = re.search(r"http://\S+", said)[0]
            assert not address.endswith(":0")
            assert urlopen(f"{address}{static_url('baogong.css')}", timeout=20).status == 200  # noqa: S310 — our own server
        finally:
            server.send_signal(signal.SIGTERM)


def test_addresses_of_the_sixth_version_stand_in_brackets():
    assert reached_at("::1") == "[::1]"
    assert seen_from_outside("fd00::7", 8000) == "http://[fd00::7]:8000"
    assert seen_from_outside("192.0.2.7", 8000) == "http://192.0.2.7:8000"
    assert seen_from_outside("::1", 8000) is None

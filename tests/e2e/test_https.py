"""A phone's way over https, with the pair that ``baogong tls`` makes, in a real browser."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

from browser import CHROMIUM, NEEDS_CHROMIUM
from playwright.sync_api import sync_playwright
from typer.testing import CliRunner

from services.cli import command_line

pytestmark = NEEDS_CHROMIUM


def test_over_https_there_is_a_camera_and_a_cookie_for_this_host_only(tmp_path):
    pair = (tmp_path / "tls/cert.pem", tmp_path / "tls/key.pem")
    made = CliRunner().invoke(command_line(), ["tls", "--host", "127.0.0.1", "--out", str(tmp_path / "tls")])
    assert made.exit_code == 0
    words = ("serve", "--port", "0", "--data", tmp_path / "data", "--tls", *pair)
    command = [Path(sys.executable).with_name("baogong"), *words]
    with (
        subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=os.environ | {"COLUMNS": "300"}) as server,
        sync_playwright() as playwright,
    ):
        try:
            server.stderr.readline()
            link = re.search(r"https://\S+/j#\S+", server.stderr.readline())[0]
            browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
            context = browser.new_context(ignore_https_errors=True, locale="en")
            page = context.new_page()
            page.goto(link)
            page.get_by_role("button", name="Sign in").click()
            page.wait_for_url("**/board")
            (cookie,) = [each for each in context.cookies() if "baogong" in each["name"]]
            assert cookie["name"] == "__Host-baogong"
            assert (cookie["secure"], cookie["httpOnly"], cookie["sameSite"]) == (True, True, "Lax")
            page.goto(f"{link.partition('/j#')[0]}/scan")
            assert page.evaluate("[isSecureContext, 'mediaDevices' in navigator]") == [True, True]
            page.get_by_role("button", name="Sign out").click()
            page.wait_for_url("**/j")
            assert context.cookies() == []
            browser.close()
        finally:
            server.send_signal(signal.SIGTERM)

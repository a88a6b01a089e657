from datetime import UTC, datetime

import pytest
from fastapi import Request
from fastapi.responses import Response

from services import cookies
from services.csrf import FormTokens

TOKEN = "k7M2-9QX4T3_abcdefghijkl"
TONIGHT = datetime(2030, 4, 9, 22, 0, tzinfo=UTC)


def asked(scheme="https", **sent):
    header = "; ".join(f"{name}={value}" for name, value in sent.items())
    return Request({"type": "http", "scheme": scheme, "headers": [(b"cookie", header.encode())]})


def set_by(setting, scheme, *said):
    response = Response()
    setting(asked(scheme), response, *said)
    return response.headers.getlist("set-cookie")


def test_over_https_the_session_is_bound_to_host_https_and_the_whole_site():
    (cookie,) = set_by(cookies.set_session, "https", TOKEN, TONIGHT)
    assert cookie.startswith(f"__Host-baogong={TOKEN};")
    assert {"HttpOnly", "Path=/", "SameSite=lax", "Secure"} <= set(cookie.split("; "))
    assert "Domain" not in cookie


def test_over_plain_http_it_is_an_ordinary_cookie():
    (cookie,) = set_by(cookies.set_session, "http", TOKEN, TONIGHT)
    assert cookie.startswith(f"baogong={TOKEN};")
    assert "Secure" not in cookie
    assert "HttpOnly" in cookie


def test_the_upload_key_goes_to_one_path_only():
    (cookie,) = set_by(cookies.set_upload_key, "https", TOKEN, TONIGHT, "badge1")
    assert cookie.startswith(f"__Secure-baogong-upload-badge1={TOKEN};")
    assert {"Path=/api/scans", "Secure", "HttpOnly"} <= set(cookie.split("; "))


def test_a_phone_keeps_the_upload_keys_of_all_its_badges():
    other = TOKEN[::-1]
    sent = {"baogong-upload-badge1": TOKEN, "baogong-upload-badge2": other, "baogong-more": "x" * 32}
    assert cookies.upload_keys(asked("http", **sent)) == (TOKEN, other)
    assert cookies.upload_keys(asked("https", **sent)) == ()


def test_a_name_of_plain_http_is_not_looked_at_over_https():
    assert cookies.session_cookie(asked("https", baogong=TOKEN)) is None
    assert cookies.session_cookie(asked("http", **{"__Host-baogong": TOKEN})) is None
    assert cookies.session_cookie(asked("https", **{"baogong-lang": "en", "__Host-baogong": TOKEN})) == TOKEN


def test_a_phone_keeps_at_most_six_other_sessions():
    tokens = [f"{number}{TOKEN}" for number in range(9)]
    (cookie,) = set_by(cookies.set_more_sessions, "http", tokens, TONIGHT)
    name, _, value = cookie.partition(";")[0].partition("=")
    assert cookies.more_sessions(asked("http", **{name: value})) == tuple(tokens[:6])
    (gone,) = set_by(cookies.set_more_sessions, "http", [], TONIGHT)
    assert "Max-Age=0" in gone


@pytest.mark.parametrize("kept", ["", ".", "short", f"{TOKEN}.<b>", '"'])
def test_what_is_no_token_is_dropped(kept):
    assert set(cookies.more_sessions(asked("http", **{"baogong-more": kept}))) <= {TOKEN}


def test_leaving_forgets_both_but_not_the_upload_key():
    gone = set_by(cookies.forget_sessions, "https")
    assert [cookie.partition("=")[0] for cookie in gone] == ["__Host-baogong", "__Host-baogong-more"]


def test_a_form_token_fits_its_own_session_and_key_only():
    ours, others = FormTokens(b"a" * 32), FormTokens(b"b" * 32)
    token = ours.token(TOKEN).encode()
    assert ours.fits(TOKEN, token)
    assert FormTokens(b"a" * 32).fits(TOKEN, token)
    assert not ours.fits("another", token)
    assert not others.fits(TOKEN, token)


@pytest.mark.parametrize("token", [None, b"", b"x", b"=" * 48, b"\xff" * 48, b"A" * 48, b"A" * 4800])
def test_what_is_no_form_token_fits_nothing(token):
    assert not FormTokens(b"a" * 32).fits(TOKEN, token)


def test_every_bit_of_a_form_token_counts():
    tokens = FormTokens(b"a" * 32)
    token = tokens.token(TOKEN)
    for place in range(len(token)):
        other = "A" if token[place] != "A" else "B"
        assert not tokens.fits(TOKEN, (token[:place] + other + token[place + 1 :]).encode()), place

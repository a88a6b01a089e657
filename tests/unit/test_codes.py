import pytest
from hypothesis import given
from hypothesis import strategies as some

from domain.goods.codes import SYMBOLS, code_from_bits, kind_of, piece_code, read_code, spaced

codes = some.builds(code_from_bits, some.sampled_from(["parcel", "crate", "delivery"]), some.integers(0, 2**45 - 1))


@given(codes)
def test_a_code_reads_back_however_it_is_written(code):
    for written in (
        code,
        code.lower(),
        spaced(code),
        f" {code}\n",
        f"HTTP://HOST:8000/P/{code}",
        f"http://h/p/{code}?x",
    ):
        assert read_code(written) == code


@given(codes, some.integers(1, 10), some.sampled_from(SYMBOLS))
def test_one_misread_symbol_is_noticed(code, place, symbol):
    misread = code[:place] + symbol + code[place + 1 :]
    assert read_code(misread) == (code if misread == code else None)


@given(codes)
def test_letters_that_people_misread_are_taken_for_the_digits(code):
    assert read_code(code.replace("0", "O").replace("1", "l")) == code


@pytest.mark.parametrize("text", ["", "P", "你好", "P7K2M9QX4T", "X" + "0" * 10, "/p/", "P" + "0" * 10 + "0"])
def test_what_is_no_code_is_none(text):
    assert read_code(text) is None


def test_a_door_has_one_code_in_one_installation():
    one = piece_code(b"a", "c", "apples", "12-501", 1)
    assert one == piece_code(b"a", "c", "apples", "12-501", 1)
    others = {
        piece_code(b"b", "c", "apples", "12-501", 1),
        piece_code(b"a", "d", "apples", "12-501", 1),
        piece_code(b"a", "c", "pears", "12-501", 1),
        piece_code(b"a", "c", "apples", "12-502", 1),
        piece_code(b"a", "c", "apples", "12-501", 2),
    }
    assert len({one, *others}) == 6
    assert kind_of(one) == "parcel"

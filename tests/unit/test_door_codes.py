import pytest
from hypothesis import given
from hypothesis import strategies as some

from domain.community.door_codes import LETTER, actor_at_door, door_code, door_code_bits, read_door_code
from domain.goods.codes import KINDS, SYMBOLS, bits_of, lettered, piece_code, read_code, spaced

codes = some.builds(lettered, some.just(LETTER), some.integers(0, 2**45 - 1))


@given(codes)
def test_a_code_reads_back_however_it_is_typed(code):
    for written in (code, code.lower(), spaced(code), f" {code}\n", code.replace("0", "O").replace("1", "l")):
        assert read_door_code(written) == code


@given(some.integers(0, 2**45 - 1))
def test_the_symbols_hold_the_bits(bits):
    assert bits_of(lettered(LETTER, bits)) == bits


@given(codes, some.integers(1, 10), some.sampled_from(SYMBOLS))
def test_one_misread_symbol_is_noticed(code, place, symbol):
    misread = code[:place] + symbol + code[place + 1 :]
    assert read_door_code(misread) == (code if misread == code else None)


@given(codes)
def test_a_label_is_no_door_and_a_door_no_label(code):
    assert LETTER not in KINDS
    assert read_code(code) is None
    assert read_door_code(lettered("P", bits_of(code))) is None


@pytest.mark.parametrize("text", ["", "H", "你好", "H7K2M9QX4T", "/d/", "H" * 11, "H" + "0" * 12])
def test_what_is_no_code_is_none(text):
    assert read_door_code(text) is None


def test_installation_compound_door_and_serial_make_the_code():
    one = (b"a", "c", "12-501", 0)
    others = [(b"b", *one[1:]), (b"a", "d", *one[2:]), (b"a", "c", "12-502", 0), (b"a", "c", "12-501", 1)]
    assert door_code(*one) == door_code(*one)
    assert len({door_code(*each) for each in (one, *others)}) == 5
    assert bits_of(door_code(*one)) == door_code_bits(*one) < 2**45


def test_no_label_of_any_compound_has_the_bits_of_a_door():
    """A compound may be called as a group buy elsewhere; what is signed begins differently all the same."""
    assert bits_of(piece_code(b"a", "door", "c", "12-501", 1)) != door_code_bits(b"a", "c", "12-501", 1)


def test_who_reports_is_named_alike_after_a_renewal_and_gives_no_code_away():
    actor = actor_at_door(b"a", "c", "12-501")
    assert actor.startswith("door-")
    assert actor != actor_at_door(b"a", "c", "12-502")
    shown = actor.removeprefix("door-").upper()
    assert all(shown not in door_code(b"a", "c", "12-501", serial) for serial in range(50))

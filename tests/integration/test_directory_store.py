import sqlite3
import stat
from datetime import UTC, datetime, timedelta

import pytest

from domain.base import Refused
from infra.directory import Directory, Subject, Words
from infra.errors import StorageUnavailable
from infra.unmaskings import OPEN_FOR, SIGNED_WITHIN, Unmaskings

DOOR = Subject("household", "12-501")
OTHER = Subject("household", "12-502")
WANG = Words(name="王小明", phone="13812341234", help="每周要配胰岛素", note="老人在家")
START = datetime(2022, 4, 20, 1, 0, tzinfo=UTC)


class Clock:
    def __init__(self):
        self.now = START

    def __call__(self):
        return self.now

    def forward(self, by):
        self.now += by


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "directory.db"


@pytest.fixture
def directory(path, clock):
    opened = Directory(path, now=clock)
    yield opened
    opened.close()


@pytest.fixture
def unmaskings(directory):
    return Unmaskings(directory)


def words_of(directory, subject=DOOR):
    return [card.words for card in directory.look("shengdu", subject, who="m1", why="care", how="whole")]


def stands_in(path, text):
    return any(text.encode() in file.read_bytes() for file in path.parent.iterdir())


def test_only_its_owner_may_read_the_file(directory, path):
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_is_written_is_read_and_every_look_is_noted(directory, clock):
    directory.write("shengdu", DOOR, WANG, by="m1")
    (card,) = directory.look("shengdu", DOOR, who="m2", why="medicine", how="whole")
    assert (card.words, card.written_by, card.written_at) == (WANG, "m1", START)
    clock.forward(timedelta(minutes=1))
    directory.look_over("shengdu", "12", who="m3")
    noted = [(each.who, each.subject, each.why, each.how) for each in directory.reads("shengdu", DOOR)]
    assert noted == [("m3", DOOR, "masked-look", "masked"), ("m2", DOOR, "medicine", "whole")]


def test_a_look_that_cannot_be_noted_shows_nothing(directory, path):
    directory.write("shengdu", DOOR, WANG, by="m1")
    impatient = Directory(path, busy_timeout=0.01)
    with sqlite3.connect(path, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageUnavailable):
            impatient.look("shengdu", DOOR, who="m2", why="medicine", how="whole")
        other.execute("ROLLBACK")
    impatient.close()


def test_a_compound_and_a_building_see_only_their_own(directory):
    directory.write("shengdu", DOOR, WANG, by="m1")
    directory.write("shengdu", Subject("household", "120-501"), Words(name="李芳"), by="m1")
    directory.write("shengdu", Subject("household", "12"), Words(name="别墅"), by="m1")
    assert directory.look("elsewhere", DOOR, who="m1", why="care", how="whole") == []
    seen = {card.subject.id for card in directory.look_over("shengdu", "12", who="m1")}
    assert seen == {"12-501", "12"}
    assert directory.doors("elsewhere") == {}
    assert directory.doors("shengdu") == {"12": False, "12-501": True, "120-501": False}


def test_words_print_nothing_of_themselves():
    assert "王" not in f"{WANG} {WANG!r} {[WANG]}"


def test_a_correction_leaves_what_it_does_not_name(directory):
    card = directory.write("shengdu", DOOR, WANG, by="m1")
    assert directory.correct("shengdu", DOOR, card, Words(phone="13900001111"), by="m2")
    assert words_of(directory) == [Words("王小明", "13900001111", WANG.help, WANG.note)]
    assert not directory.correct("elsewhere", DOOR, card, Words(phone="1"), by="m2")
    directory.forget_help("shengdu", DOOR)
    assert words_of(directory)[0].help == ""
    assert directory.remove("shengdu", DOOR, card)
    assert not directory.remove("shengdu", DOOR, card)
    assert words_of(directory) == []


def test_what_help_alone_stood_for_goes_with_it(directory):
    directory.write("shengdu", DOOR, Words(help="行动不便"), by="m1")
    directory.forget_help("shengdu", DOOR)
    assert directory.doors("shengdu") == {}


def test_the_same_card_from_two_imports_stays_until_both_are_undone(directory):
    assert directory.bring("shengdu", "apples", [(DOOR, WANG), (OTHER, WANG)], by="m1") == 2
    assert directory.bring("shengdu", "milk", [(DOOR, WANG)], by="m1") == 0
    assert directory.take_back("shengdu", "apples") == 1
    assert words_of(directory) == [WANG]
    assert directory.take_back("shengdu", "milk") == 1
    assert words_of(directory) == []


def test_what_a_person_wrote_outlives_an_undone_import(directory):
    directory.bring("shengdu", "apples", [(DOOR, WANG)], by="m1")
    directory.write("shengdu", DOOR, WANG, by="m2")
    assert directory.take_back("shengdu", "apples") == 0
    assert words_of(directory) == [WANG]


def test_a_transaction_that_fails_brings_nothing(directory):
    def fails():
        with directory.transaction():
            directory.bring("shengdu", "apples", [(DOOR, WANG)], by="m1")
            raise Refused("rows-unclear", "nothing was booked")

    with pytest.raises(Refused):
        fails()
    assert directory.doors("shengdu") == {}
    directory.write("shengdu", DOOR, WANG, by="m1")
    assert directory.doors("shengdu") == {"12-501": True}


def test_a_purge_leaves_nothing_in_any_file_but_who_looked_and_why(directory, path):
    for number in range(300):
        door = Subject("household", f"12-{number}")
        directory.write("shengdu", door, Words(name=f"王小明{number}", note="老人在家" * 40), by="m1")
    directory.write("shengdu", DOOR, WANG, by="m1")
    directory.write("elsewhere", DOOR, Words(name="别处的人"), by="m1")
    card = directory.look("shengdu", DOOR, who="m2", why="care", how="whole")[0]
    directory.correct("shengdu", DOOR, card.id, Words(note="换了一句话"), by="m2")
    assert stands_in(path, "王小明")
    assert directory.purge("shengdu", by="m9") == 301
    for text in ("王小明", "13812341234", "胰岛素", "老人在家", "换了一句话"):
        assert not stands_in(path, text), text
    assert [each.who for each in directory.reads("shengdu", DOOR)] == ["m2"]
    assert [(each.who, each.cards) for each in directory.purges("shengdu")] == [("m9", 301)]
    assert words_of(Directory(path)) == []
    assert directory.doors("elsewhere") == {"12-501": False}


def test_a_purge_beside_another_reader_is_not_claimed_to_be_done(directory, path, monkeypatch):
    monkeypatch.setattr("infra.sqlite_files.time.monotonic", iter(range(0, 1000, 3)).__next__)
    directory.write("shengdu", DOOR, WANG, by="m1")
    reader = sqlite3.connect(path, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT COUNT(*) FROM cards").fetchone()
    with pytest.raises(StorageUnavailable):
        directory.purge("shengdu", by="m9")
    reader.execute("COMMIT")
    reader.close()
    directory.purge("shengdu", by="m9")
    assert not stands_in(path, "王小明")


def test_one_asks_another_signs_and_ten_minutes_are_shown(unmaskings, clock):
    asked = unmaskings.ask("shengdu", DOOR, by="m1", why="medicine", emergency=False)
    assert unmaskings.open_for("shengdu", "m1", DOOR) is None
    with pytest.raises(Refused, match="signature-open"):
        unmaskings.show("shengdu", asked, by="m1")
    with pytest.raises(Refused, match="two-people"):
        unmaskings.sign("shengdu", asked, by="m1")
    unmaskings.sign("shengdu", asked, by="m2")
    assert unmaskings.unsigned("shengdu") == []
    clock.forward(timedelta(hours=1))
    with pytest.raises(Refused, match="signature-open"):
        unmaskings.show("shengdu", asked, by="m2")
    unmaskings.show("shengdu", asked, by="m1")
    assert unmaskings.open_for("shengdu", "m1", DOOR).why == "medicine"
    assert unmaskings.open_for("shengdu", "m2", DOOR) is None
    assert unmaskings.open_for("shengdu", "m1", OTHER) is None
    clock.forward(OPEN_FOR - timedelta(seconds=1))
    unmaskings.show("shengdu", asked, by="m1")
    clock.forward(timedelta(seconds=1))
    assert unmaskings.open_for("shengdu", "m1", DOOR) is None
    with pytest.raises(Refused, match="signature-open"):
        unmaskings.show("shengdu", asked, by="m1")


def test_an_asking_that_nobody_signs_lapses(unmaskings, clock):
    asked = unmaskings.ask("shengdu", DOOR, by="m1", why="care", emergency=False)
    assert unmaskings.ask("shengdu", DOOR, by="m1", why="care", emergency=False) == asked
    clock.forward(SIGNED_WITHIN)
    assert unmaskings.unsigned("shengdu") == []
    with pytest.raises(Refused, match="signature-open"):
        unmaskings.sign("shengdu", asked, by="m2")
    assert unmaskings.ask("shengdu", DOOR, by="m1", why="care", emergency=False) != asked


def test_an_emergency_is_seen_at_once_and_stands_open_until_it_is_signed(unmaskings, clock):
    waiting = unmaskings.ask("shengdu", DOOR, by="m1", why="medicine", emergency=False)
    acted = unmaskings.ask("shengdu", DOOR, by="m1", why="medicine", emergency=True)
    assert acted != waiting
    assert unmaskings.open_for("shengdu", "m1", DOOR).id == acted
    clock.forward(timedelta(days=40))
    (open_,) = unmaskings.unsigned("shengdu")
    assert (open_.id, open_.emergency) == (acted, True)
    unmaskings.sign("shengdu", acted, by="m2")
    assert unmaskings.unsigned("shengdu") == []
    assert [each.signed_by for each in unmaskings.of("shengdu", DOOR)] == ["m2"]


def test_open_signatures_survive_a_purge(directory, unmaskings):
    directory.write("shengdu", DOOR, WANG, by="m1")
    unmaskings.ask("shengdu", DOOR, by="m1", why="medicine", emergency=True)
    directory.purge("shengdu", by="m9")
    assert len(unmaskings.unsigned("shengdu")) == 1

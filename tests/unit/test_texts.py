import io
from typing import get_args

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po

from domain.community.emergencies import EmergencyAct, EmergencyReason
from domain.community.people.facts import Body, HowNamed, RevocationReason, SuspensionReason
from domain.community.teams import Task
from domain.goods.deliveries import AdmitReason, DeliveryStage, TurnAwayReason
from domain.goods.disinfection import Face, Method
from domain.goods.facts import AnnulReason, GoodsReason, SettlingReason
from domain.goods.handling import Agent
from domain.goods.parcel_view import ParcelStage
from domain.goods.parcels import How, Problem, ReleaseReason
from domain.goods.set_aside import SetAsideReason
from projections.badges import BadgeStage
from projections.people import Standing
from services.access import ROLES, STEPS
from services.pages import layout, scan, words
from services.texts import CATALOGUES

PO = CATALOGUES / "zh_CN" / "LC_MESSAGES" / "messages.po"
PROGRAM = CATALOGUES.parent
METHODS = [("pages/templates/**.html", "jinja2"), ("**.py", "python")]
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "N_": None, "say": (2,)}


@pytest.fixture(scope="module")
def catalogue():
    with PO.open("rb") as file:
        return read_po(file, locale="zh_CN")


@pytest.fixture(scope="module")
def texts():
    return {found[2] for found in extract_from_dir(PROGRAM, METHODS, keywords=KEYWORDS)}


def test_every_text_has_a_chinese_one(catalogue, texts):
    missing = []
    for text in texts:
        message = catalogue.get(text if isinstance(text, str) else text[0])
        if message is None or message.fuzzy or not all(message.string if message.pluralizable else [message.string]):
            missing.append(text)
    assert missing == []


def test_the_catalogue_holds_no_text_that_nobody_says(catalogue, texts):
    assert {message.id for message in catalogue if message.id} <= texts


def test_every_chinese_text_fills_in_the_same_values(catalogue):
    for message in catalogue:
        assert [str(error) for error in message.check(catalogue)] == []


def test_the_compiled_catalogue_is_fresh(catalogue):
    made = io.BytesIO()
    write_mo(made, catalogue)
    made.seek(0)
    with PO.with_suffix(".mo").open("rb") as file:
        assert texts_of(read_mo(file)) == texts_of(read_mo(made))


def texts_of(catalogue):
    return {str(list(message.id)): list(message.string) for message in catalogue if message.id}


@pytest.mark.parametrize(
    ("named", "known"),
    [
        (words.STAGES, {*get_args(ParcelStage), *get_args(DeliveryStage), "resting"}),
        (words.STEPS, STEPS),
        (words.ROLES, ROLES),
        (words.SET_ASIDE, get_args(SetAsideReason)),
        (words.CHOICES["agent"], get_args(Agent)),
        (words.CHOICES["method"], get_args(Method)),
        (words.CHOICES["face"], get_args(Face)),
        (words.CHOICES["how"], get_args(How)),
        (words.CHOICES["problem"], get_args(Problem)),
        (words.CHOICES["admit"], get_args(AdmitReason)),
        (words.CHOICES["turn-away"], get_args(TurnAwayReason)),
        (words.CHOICES["hold"], get_args(GoodsReason)),
        (words.CHOICES["release"], get_args(ReleaseReason)),
        (words.CHOICES["annul"], get_args(AnnulReason)),
        (words.CHOICES["settle"], get_args(SettlingReason)),
        (words.CHOICES["body"], get_args(Body)),
        (words.CHOICES["standing"], get_args(Standing)),
        (words.CHOICES["suspend"], get_args(SuspensionReason)),
        (words.CHOICES["revoke"], get_args(RevocationReason)),
        (words.CHOICES["captain-how"], get_args(HowNamed)),
        (words.CHOICES["badge-stage"], get_args(BadgeStage)),
        (words.CHOICES["task"], get_args(Task)),
        (words.CHOICES["emergency-act"], get_args(EmergencyAct)),
        (words.CHOICES["emergency-reason"], get_args(EmergencyReason)),
    ],
)
def test_closed_lists_are_shown_as_the_record_knows_them(named, known):
    assert set(named) == set(known)


def test_every_step_has_its_fields_and_every_picture_is_drawn():
    assert set(scan.FIELDS) == set(STEPS)
    drawn = layout.static_url("icons.svg") and (layout.TEMPLATES.parent / "static" / "icons.svg").read_text()
    looks = [*words.STAGES.values(), *words.STEPS.values(), *words.OUTCOMES.values()]
    for icon in {*(look.icon for look in looks), *(place.icon for place in layout.DESTINATIONS)}:
        assert f'id="{icon}"' in drawn, icon


def test_a_rule_nobody_wrote_a_sentence_for_is_shown_by_its_name():
    assert words.doubt_text("zh_CN", "unheard-of") == "unheard-of"
    assert words.doubt_text("zh_CN", "giver-holds") == "按记录，交出的人手里并没有这件物资。"

import asyncio
import csv
import io
import re
import sqlite3
from datetime import UTC, datetime
from uuid import uuid4

import first_day
import pytest
from fastapi.routing import iter_route_contexts
from visitor import Visitor

from domain.community.teams import FormTeam
from services.app import create_app
from services.crew.desk import BadgeTerms, CommitteeDesk, asked_and_shown
from services.crew.windows import window_of
from services.csv_out import cell_text, csv_chunks
from services.wiring import now

LISTS = {
    "/deliveries.csv": "deliveries",
    "/doubts.csv": "doubts",
    "/doubts.csv?show=aside": "set-aside",
    "/undelivered.csv": "undelivered",
    "/search.csv?q=12-101": "search",
    "/stations.csv": "stations",
    "/members.csv": "members",
    "/badges.csv": "badges",
    "/teams.csv": "teams",
    "/links.csv": "links",
    "/keys.csv": "keys",
}


@pytest.fixture
def app(house, afternoon):
    asyncio.run(first_day.a_first_day(house))
    asyncio.run(somebody_on_shift(house))
    house.access.create_api_key("program", "shengdu", name="scales-2", actions=["scan"])
    return create_app(house)


async def somebody_on_shift(house):
    desk = CommitteeDesk(house, "shengdu", "staff-1")
    member = await desk.register("volunteer", approve=True)
    await desk.issue_badge(member, BadgeTerms("runner", *window_of("next-hours", now())))
    team = {"id": uuid4(), "compound": "shengdu", "actor": "staff-1", "happened_at": now(), "team": "t4k9qxz"}
    await asked_and_shown(house, FormTeam(**team, task="delivery"))


def table(answer):
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@sum", "'@sum"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("  =1", "'  =1"),
        ("＝1", "'＝1"),
        ("12-501", "12-501"),
        ("苹果=甜", "苹果=甜"),
        (-3, "-3"),
        (None, ""),
        (datetime(2022, 4, 20, 16, 30, tzinfo=UTC), "2022-04-21 00:30:00"),
    ],
)
def test_no_cell_runs_as_a_formula(cell, text):
    assert cell_text(cell) == text


def test_a_long_list_leaves_in_parts():
    chunks = list(csv_chunks(["n"], ([number] for number in range(1000))))
    assert len(chunks) == 6
    assert b"".join(chunks).decode("utf-8-sig").split() == ["n", *map(str, range(1000))]
    assert b"".join(chunks).count("\ufeff".encode()) == 1


@pytest.mark.parametrize(("path", "name"), LISTS.items())
def test_every_list_leaves_as_csv_for_staff_and_not_for_helpers(app, path, name):
    answer = Visitor(app).signed_in("staff").get(path)
    assert answer.status_code == 200
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert re.search(rf'filename="shengdu-{name}-\d{{4}}-\d\d-\d\d\.csv"', answer.headers["content-disposition"])
    assert table(answer)
    for role in ("runner", "gate", "leader", "viewer"):
        assert Visitor(app).signed_in(role).get(path).status_code == 403, role


def test_names_from_outside_are_made_harmless(app):
    staff = Visitor(app).signed_in("staff")
    rows = table(staff.get("/undelivered.csv?building=12&group_buy=apples"))
    assert {row["Group buy"] for row in rows} == {"'=烟台苹果 10斤装"}
    assert [row["Door"] for row in rows] == ["101", "201", "901", "1701", "1701", "1701"]
    assert "'+烟台合作社" in {row["Supplier"] for row in table(staff.get("/deliveries.csv"))}


def test_differences_and_settled_doubts_can_be_counted(app):
    staff = Visitor(app).signed_in("staff")
    assert "-2" in {row["Difference"] for row in table(staff.get("/deliveries.csv"))}
    picks = re.findall(r'name="picks" value="([^"]+)"', staff.get("/doubts?rule=rest-kept").text)
    staff.post("/doubts/settle", data={"picks": picks[0], "reason": "agreed-by-staff"})
    (settled,) = table(staff.get("/doubts.csv?show=settled"))
    assert settled["Reason"] == "agreed by the staff"
    assert settled["Rule"] == "rest-kept"
    assert settled["Code"] == picks[0].split(".")[2]
    assert len(table(staff.get("/doubts.csv?rule=rest-kept"))) == len(picks) - 1


PEOPLE_LISTS = ("members", "badges", "teams", "links", "keys")
"""The directory has no export: names and phone numbers leave in no table."""


@pytest.mark.parametrize("begins", ["=", "+", "-", "@", "\t"])
@pytest.mark.parametrize("name", PEOPLE_LISTS)
def test_no_list_of_people_carries_a_formula(app, house, name, begins):
    formula = f"{begins}HYPERLINK(1)"
    written = {
        "members": "UPDATE members SET suspended_at = 1, suspended_for = ?",
        "badges": "UPDATE badges SET station = ?",
        "teams": "UPDATE teams SET team = ?",
    }
    if name in written:
        with sqlite3.connect(house.settings.data / "read.db") as rows:
            rows.execute(written[name], (formula,))
        rows.close()
    house.access.issue_link("gate", compound="shengdu", station=formula, made_by=formula)
    house.access.create_api_key("program", "shengdu", made_by=formula)
    cells = [cell for row in table(Visitor(app).signed_in("staff").get(f"/{name}.csv")) for cell in row.values()]
    assert f"'{formula}" in cells
    assert formula not in cells


def test_the_directory_leaves_in_no_table(app):
    tables = {route.path for route in iter_route_contexts(app.routes) if (route.path or "").endswith(".csv")}
    assert not [path for path in tables if "directory" in path or "held" in path]

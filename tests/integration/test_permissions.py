import pytest
from fastapi import APIRouter, Depends, FastAPI
from visitor import Visitor, web_app

from services.access import (
    ACTIONS,
    ROLES,
    ROLES_THAT_MAY,
    ROLES_THAT_SCAN,
    STEPS,
    Anyone,
    CompoundInView,
    Person,
    SeesBoard,
    declared_action,
    may,
    undeclared_routes,
)
from services.pages import links, scan, signin
from services.scan_items import STEPS as STEPS_OF_ITEMS

probe = APIRouter()


def assert_every_route_is_declared(app):
    """For the test of the real application as well."""
    assert undeclared_routes(app) == []


def asking(action):
    async def answer(person: Person = Depends(may(action))):  # noqa: B008 — one route for each action
        return {"role": person.role}

    return answer


for each in ACTIONS:
    probe.add_api_route(f"/api/probe/{each}", asking(each))


@probe.get("/api/compound")
async def compound_shown(person: Anyone, compound: CompoundInView):
    return {"compound": compound}


@probe.get("/page")
async def page(person: SeesBoard):
    return person.actor


@pytest.fixture
def app(tmp_path):
    return web_app(tmp_path, probe)


def test_the_tables_name_every_action_step_and_only_known_roles():
    assert set(ROLES_THAT_MAY) == set(ACTIONS)
    assert set(ROLES_THAT_SCAN) == set(STEPS) == set(STEPS_OF_ITEMS)
    for roles in (*ROLES_THAT_MAY.values(), *ROLES_THAT_SCAN.values()):
        assert roles <= set(ROLES)


def test_guards_record_arrivals_and_declare_but_only_staff_decide():
    gate, staff = Person("gate", "a", "gate-1"), Person("staff", "a", "staff-1")
    assert gate.may_scan("arrive")
    assert gate.may_scan("declare")
    for step in ("admit", "turn-away", "hold", "release", "destroy"):
        assert not gate.may_scan(step)
        assert staff.may_scan(step)
        assert ROLES_THAT_SCAN[step] == {"admin", "staff"}
    assert not staff.may_scan("unheard-of")


def test_who_records_a_step_may_scan_at_all():
    for roles in ROLES_THAT_SCAN.values():
        assert roles <= ROLES_THAT_MAY["scan"]


@pytest.mark.parametrize("role", ROLES)
def test_every_role_meets_exactly_its_own_actions(app, role):
    visitor = Visitor(app).signed_in(role)
    for action in ACTIONS:
        expected = 200 if role in ROLES_THAT_MAY[action] else 403
        assert visitor.get(f"/api/probe/{action}").status_code == expected, action


def test_nobody_meets_401_everywhere(app):
    for action in ACTIONS:
        answer = Visitor(app).get(f"/api/probe/{action}")
        assert answer.status_code == 401
        assert answer.json()["rule"] == "sign-in-needed"
        assert answer.headers["www-authenticate"] == "Bearer"


def test_a_page_says_kindly_that_one_has_to_sign_in(app):
    answer = Visitor(app).get("/page")
    assert answer.status_code == 401
    assert "Please sign in first." in answer.text
    assert "请先登录。" in Visitor(app, **{"accept-language": "zh-CN"}).get("/page").text


def test_programs_send_the_session_as_a_bearer_token(app):
    access = app.state.entrance.access
    token = access.redeem(access.issue_link("auditor"))
    answer = Visitor(app).get("/api/probe/export", headers={"authorization": f"Bearer {token}"})
    assert answer.json() == {"role": "auditor"}
    assert Visitor(app).get("/api/probe/export", headers={"authorization": "Bearer nonsense"}).status_code == 401


def test_a_role_this_version_does_not_know_opens_nothing(app):
    assert Visitor(app).signed_in("wizard").get("/api/probe/see-board").status_code == 401


def test_the_board_is_public_only_where_the_installation_says_so(tmp_path, app):
    (tmp_path / "public").mkdir()
    public = web_app(tmp_path / "public", probe, public_board=True)
    assert Visitor(public).get("/page").json() == "anyone"
    assert Visitor(public).get("/api/probe/export").status_code == 401
    assert Visitor(app).get("/page").status_code == 401


def test_the_compound_is_the_sessions_else_the_only_one(tmp_path):
    app = web_app(tmp_path, probe, compounds=("a", "b"))
    assert Visitor(app).signed_in("staff", compound="a").get("/api/compound?compound=b").json() == {"compound": "a"}
    assert Visitor(app).get("/api/compound?compound=b").json()["rule"] == "compound-chosen"
    assert Visitor(app).signed_in("staff", compound=None).get("/api/compound?compound=b").status_code == 409
    assert Visitor(app).signed_in("admin", compound=None).get("/api/compound?compound=b").json() == {"compound": "b"}


def test_the_only_compound_needs_no_naming_and_none_is_said(tmp_path, app):
    assert Visitor(app).get("/api/compound").json() == {"compound": "shengdu"}
    (tmp_path / "none").mkdir()
    empty = web_app(tmp_path / "none", probe, compounds=())
    assert Visitor(empty).get("/api/compound").json()["rule"] == "compound-founded"


def test_every_route_of_ours_is_declared(app):
    assert_every_route_is_declared(app)


def test_a_route_that_says_nothing_is_found():
    app = FastAPI(docs_url=None, redoc_url=None)
    app.include_router(signin.router)
    app.include_router(scan.router)
    assert_every_route_is_declared(app)
    careless = APIRouter()

    @careless.get("/careless")
    async def careless_route():
        return {}

    app.include_router(careless, prefix="/deep")
    assert undeclared_routes(app) == ["/deep/careless"]


def test_the_declared_action_can_be_read_from_a_route():
    named = {route.path: declared_action(route) for route in (*signin.router.routes, *links.router.routes)}
    assert named["/links"] == "issue-links"
    assert named["/j"] == "anyone"

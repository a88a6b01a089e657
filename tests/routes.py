"""Every route of the application with an example of how it is asked, for the test of who may do what."""

from typing import NamedTuple
from uuid import uuid4

from compound import APPLES, scan
from fastapi.routing import iter_route_contexts

from domain.goods.codes import lettered
from services.access import declared_actions

OPEN_BY_ITSELF = frozenset({"/openapi.json"})
"""The description of the API is open to anyone."""
MOUNTED = frozenset({"/static"})
NO_DOORS_CODE = lettered("H", 168)


STRANGER = "m7kq2x9d4"


class Example(NamedTuple):
    """``path``: for the parameters of the path; ``send``: what the client sends with it, made anew each time."""

    path: dict[str, str]
    send: dict


class Route(NamedTuple):
    method: str
    path: str
    actions: tuple[str, ...]

    @property
    def name(self):
        return f"{self.method} {self.path}"


def routes_of(app):
    return [
        Route(method, route.path, declared_actions(route))
        for route in iter_route_contexts(app.routes)
        if route.path not in OPEN_BY_ITSELF | MOUNTED
        for method in sorted(route.methods - {"HEAD"})
    ]


def examples(parcel, delivery):
    """By name of the route, for routes with parameters in their path and for those that need more than their address."""
    return {
        "POST /api/scans": sent(json={"scans": [scan("report", code=parcel, problem="damaged")]}),
        "GET /api/search": sent(params={"q": parcel}),
        "GET /search": sent(params={"q": parcel}),
        "POST /search": sent(data={"q": parcel}),
        "GET /search.csv": sent(params={"q": parcel}),
        "GET /deliveries/{code}": sent(path={"code": delivery}),
        "POST /deliveries/{code}/{step}": sent(path={"code": delivery, "step": "admit"}, data={"scan": str(uuid4())}),
        "POST /scan": sent(params={"step": "report"}),
        "GET /paper/sheets": sent(params={"group_buy": APPLES}),
        "GET /paper/goods-labels": sent(params={"group_buy": APPLES}),
        "GET /import/previews/{token}": sent(path={"token": "none"}),
        "POST /import/previews/{token}": sent(path={"token": "none"}),
        "GET /import/previews/{token}/corrections.csv": sent(path={"token": "none"}),
        "POST /import/previews/{token}/corrections": sent(path={"token": "none"}),
        "POST /import/households": sent(data={"compound": "shengdu", "pattern": "9号: 1层 x 01"}),
        "GET /import/households/{target}/{token}": sent(path={"target": "shengdu", "token": "none"}),
        "POST /import/households/{target}/{token}": sent(path={"target": "shengdu", "token": "none"}),
        "POST /directory": sent(data={"door": "1-101"}),
        "GET /directory/buildings/{building}": sent(path={"building": "1"}),
        "GET /directory/entries/{card}": sent(path={"card": "0" * 32}),
        "GET /directory/doors/{door}": sent(path={"door": "1-101"}),
        "POST /directory/doors/{door}": sent(path={"door": "1-101"}),
        "POST /directory/doors/{door}/care": sent(path={"door": "1-101"}),
        "POST /directory/doors/{door}/unmask": sent(path={"door": "1-101"}),
        "POST /directory/doors/{door}/show": sent(path={"door": "1-101"}),
        "POST /directory/unlocked": sent(data={"on": "2022-06-01"}),
        "POST /held": sent(data={"door": "1-101"}),
        "GET /held/{door}": sent(path={"door": "1-101"}),
        "POST /signatures/{source}/{signature}": sent(path={"source": "unmask", "signature": "none"}),
        "GET /p/{code}": sent(path={"code": parcel}),
        "GET /d/{code}": sent(path={"code": NO_DOORS_CODE}),
        "GET /d/{code}/held": sent(path={"code": NO_DOORS_CODE}),
        "POST /d/{code}/report": sent(
            path={"code": NO_DOORS_CODE}, data={"scan": str(uuid4()), "parcel": parcel, "problem": "damaged"}
        ),
        "POST /d": sent(data={"code": NO_DOORS_CODE}),
        "POST /slips/renew": sent(data={"renewal": str(uuid4()), "building": "3", "door": "3-101"}),
        "GET /audit/{folder}/{code}": sent(path={"folder": "parcels", "code": parcel}),
        "GET /audit/{folder}/{code}.csv": sent(path={"folder": "parcels", "code": parcel}),
        "GET /members/{member}": sent(path={"member": STRANGER}),
        **{
            f"POST /members/{{member}}/{act}": sent(path={"member": STRANGER}, data=said)
            for act, said in {
                "approve": {},
                "suspend": {"reason": "badge-lent"},
                "reinstate": {},
                "roles": {"role": "auditor"},
                "roles/withdraw": {"role": "auditor"},
                "captain": {"buildings": "3", "until": "2030-01-01"},
                "captain/relieve": {},
                "invite": {"role": "leader"},
                "signout": {},
                "card": {},
                "unmask": {},
                "show": {},
            }.items()
        },
        **{f"POST /badges/{{badge}}/{act}": sent(path={"badge": "b" * 32}) for act in ("roll", "revoke", "end")},
        **{
            f"POST /teams/{{team}}/{act}": sent(path={"team": "t4k9qxz"}, data={"member": STRANGER})
            for act in ("join", "leave", "disband")
        },
    }


def sent(path=(), **send):
    return Example(dict(path), send)

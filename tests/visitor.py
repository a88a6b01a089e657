"""A browser for tests: asks an application in this process and keeps its cookies."""

import asyncio

import httpx
from fastapi import FastAPI

from infra.auth import AccessStore
from services.access import COOKIE, Entrance
from services.csrf import HEADER
from services.pages import links, password, scan, signin
from services.web import protect

ADDRESS = "http://bg.test"


def web_app(tmp_path, *routers, compounds=("shengdu",), house=None, **entrance):
    """The pages of signing in and scanning, and the given routers, around a new file of sign-ins."""
    app = FastAPI(docs_url=None, redoc_url=None)
    app.state.entrance = Entrance(AccessStore(tmp_path / "access.db"), lambda: compounds, **entrance)
    app.state.house = house
    for router in (signin.router, password.router, links.router, scan.router, *routers):
        app.include_router(router)
    protect(app)
    return app


class Visitor:
    def __init__(self, app, **headers):
        self.app = app
        self.cookies = httpx.Cookies()
        self.headers = {"accept-language": "en", **headers}

    def signed_in(self, role, **link):
        access = self.app.state.entrance.access
        session = access.redeem(access.issue_link(role, **{"compound": "shengdu", **link}))
        self.cookies.set(COOKIE, session, domain="bg.test")
        return self

    def get(self, path, **options):
        return self.ask("GET", path, **options)

    def post(self, path, **options):
        return self.ask("POST", path, **options)

    def token(self):
        """The form token that a page would hold for this visitor."""
        session = self.cookies.get(COOKIE)
        return {HEADER: self.app.state.form_tokens.token(session)} if session else {}

    def ask(self, method, path, headers=(), **options):
        """As a page of ours does; to send no form token, or another, name the header."""
        headers = {**(self.token() if method == "POST" else {}), **dict(headers)}

        async def answer():
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url=ADDRESS, cookies=self.cookies) as client:
                response = await client.request(method, path, headers={**self.headers, **headers}, **options)
                self.cookies = client.cookies
                return response

        return asyncio.run(answer())

"""The pages: static files that are clients of the API alone, under a policy that allows neither foreign
nor inline script."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

from app.access.policy import PUBLIC

router = APIRouter(include_in_schema=False)
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
}


class _Files(StaticFiles):
    """Files that a browser keeps but asks about: a release changes pages and scripts together."""

    def file_response(self, *arguments: Any, **options: Any) -> Response:
        response = super().file_response(*arguments, **options)
        response.headers["Cache-Control"] = "no-cache"
        return response


static_files = _Files(packages=[("app.web", "static")])
# Apart from the mounted ones, so that no page can be had without the headers.
_pages = _Files(packages=[("app.web", "pages")])


@router.get("/", openapi_extra=PUBLIC)
async def landing(request: Request) -> Response:
    """Live example queries."""
    return await _page("index.html", request)


@router.get("/account", openapi_extra=PUBLIC)
async def account(request: Request) -> Response:
    """Sign up, log in, keys, usage, security; where mailed links lead."""
    return await _page("account.html", request)


@router.get("/plans", openapi_extra=PUBLIC)
async def plans(request: Request) -> Response:
    """The plans and the way to pay; where Stripe returns to."""
    return await _page("plans.html", request)


async def _page(name: str, request: Request) -> Response:
    response = await _pages.get_response(name, request.scope)
    response.headers.update(_HEADERS)
    return response

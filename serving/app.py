"""The web application: what is served by HTTP, as routes."""

from collections.abc import Sequence

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from vaeflow.serving import monitoring, openapi, rest
from vaeflow.serving.errors import Code, ServingError
from vaeflow.serving.service import Service


def application(service: Service, others: Sequence[BaseRoute] = ()) -> Starlette:
    """The application that serves the models of `service`, with other routes beside them."""
    routes = [*rest.routes(service), *monitoring.routes(service), *openapi.routes(service), *others]
    return Starlette(routes=routes, exception_handlers={HTTPException: _failure})


async def _failure(request: Request, error: Exception) -> Response:
    """What Starlette refuses, in the form of the API."""
    assert isinstance(error, HTTPException)  # noqa: S101
    response = rest.failure(ServingError(Code.NOT_FOUND, f"{request.url.path}: {error.detail}"))
    response.status_code = error.status_code
    return response

"""Health, and metrics for Prometheus."""

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from vaeflow.serving.service import Service

METRICS = "/monitoring/prometheus/metrics"
"""Where TensorFlow Serving has them."""


def routes(service: Service) -> list[Route]:
    """`/health/live` answers while the process does; `/health/ready` if every model has a version that answers."""

    async def live(request: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def ready(request: Request) -> Response:
        done = service.models.ready
        return PlainTextResponse("ok\n" if done else "not all models are available\n", 200 if done else 503)

    async def metrics(request: Request) -> Response:
        return Response(service.metrics.page(), media_type="text/plain; version=0.0.4; charset=utf-8")

    return [Route("/health/live", live), Route("/health/ready", ready), Route(METRICS, metrics)]

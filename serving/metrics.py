"""Metrics for Prometheus, with the names and units of TensorFlow Serving's."""

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.exposition import generate_latest

from vaeflow.serving.errors import Code

_MICROSECONDS = [10 * 1.8**power for power in range(33)]
"""About 20 minutes at the end."""
_ROWS = [2**power for power in range(13)]


class Metrics:
    """Counts and times of requests."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            ":tensorflow:serving:request_count",
            "Requests by their status.",
            ["model_name", "status"],
            registry=self._registry,
        )
        self._latency = Histogram(
            ":tensorflow:serving:request_latency",
            "Time of requests that were answered, in microseconds.",
            ["model_name", "API", "entrypoint"],
            buckets=_MICROSECONDS,
            registry=self._registry,
        )

    def count(self, model: str, api: str, entrypoint: str, code: Code, seconds: float) -> None:
        """Count a request, and its time if it was answered."""
        self._requests.labels(model, code.name).inc()
        if code is Code.OK:
            self._latency.labels(model, api, entrypoint).observe(1e6 * seconds)

    def page(self) -> bytes:
        """The page that Prometheus reads."""
        return generate_latest(self._registry)

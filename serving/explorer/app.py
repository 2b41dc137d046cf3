"""The routes of the explorer, which can be served alone or mounted beside others."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from vaeflow.models.errors import InputError
from vaeflow.serving.explorer import pictures
from vaeflow.serving.explorer.evaluated import Evaluated, as_bytes, layout
from vaeflow.serving.explorer.headers import SecurityHeaders
from vaeflow.serving.explorer.requests import Decode, Resample, Sample, read
from vaeflow.serving.explorer.served import Pixels, Served

PAGE = Path(__file__).parent / "page"
MAX_BODY = 2**26
"""Maximum size of a request in bytes: of a photograph, or of many codes."""
RAW, PNG, GIF = "application/octet-stream", "image/png", "image/gif"


@dataclass(frozen=True)
class Explored:
    """A model as the page shows it."""

    name: str
    evaluated: Evaluated
    served: Served


def description(model: Explored) -> dict[str, Any]:
    """What the page needs to know before it reads the arrays."""
    evaluated = model.evaluated
    return {
        "name": model.name,
        "about": dict(evaluated.about),
        "ids": evaluated.ids,
        "arrays": layout(evaluated.arrays),
        "abilities": model.served.abilities,
    }


def explorer_app(models: Sequence[Explored], hosts: Sequence[str]) -> Starlette:
    """An application that answers only requests to one of the `hosts`, so that no other site's name leads to it."""
    middleware = [Middleware(SecurityHeaders), Middleware(TrustedHostMiddleware, allowed_hosts=list(hosts))]
    return Starlette(routes=explorer_routes(models), middleware=middleware)


def explorer_routes(models: Sequence[Explored]) -> list[BaseRoute]:
    """The page, and what it asks of the models. All its addresses are relative."""
    return [
        Route("/", lambda request: FileResponse(PAGE / "index.html")),
        Route("/models.json", lambda request: JSONResponse([description(model) for model in models])),
        Mount("/page", StaticFiles(directory=PAGE)),
        *[Mount(f"/models/{place}", routes=ModelRoutes(model).routes()) for place, model in enumerate(models)],
    ]


class ModelRoutes:
    """The answers of one model."""

    def __init__(self, model: Explored):
        self._model = model

    def routes(self) -> list[BaseRoute]:
        """The addresses below that of the model."""
        return [
            Route("/arrays/{name:path}", self.array),
            Route("/decode", answering(self.decode), methods=["POST"]),
            Route("/animation", answering(self.animation), methods=["POST"]),
            Route("/sample", answering(self.sample), methods=["POST"]),
            Route("/resample", answering(self.resample), methods=["POST"]),
            Route("/encode", answering(self.encode), methods=["POST"]),
        ]

    def array(self, request: Request) -> Response:
        """The bytes of an array."""
        array = self._model.evaluated.arrays.get(request.path_params["name"])
        return Response(status_code=404) if array is None else Response(as_bytes(array), media_type=RAW)

    def decode(self, request: Request, body: bytes) -> Response:
        """Images of codes."""
        asked = read(Decode, body)
        return images(request, self._model.served.decode(asked.codes, asked.label))

    def animation(self, request: Request, body: bytes) -> Response:
        """Images of codes, one after the other."""
        asked = read(Decode, body)
        return Response(pictures.animation(self._model.served.decode(asked.codes, asked.label)), media_type=GIF)

    def sample(self, request: Request, body: bytes) -> Response:
        """Images of codes drawn from the prior."""
        asked = read(Sample, body)
        return images(request, self._model.served.sample(asked.n, asked.seed, asked.temperature, asked.label))

    def resample(self, request: Request, body: bytes) -> Response:
        """Codes with new lower layers."""
        asked = read(Resample, body)
        drawn = self._model.served.resample(asked.codes, asked.layer, asked.seed, asked.temperature)
        return JSONResponse({"z": drawn.tolist()})

    def encode(self, request: Request, body: bytes) -> Response:
        """The code of an image file."""
        label = request.query_params.get("label", "")
        if label and not label.isdecimal():
            raise InputError("label: expected the number of a class")
        answer = self._model.served.encode(body, int(label) if label else None)
        return JSONResponse({name: np.asarray(value).tolist() for name, value in answer.items()})


def answering(answer: Any) -> Any:
    """An endpoint that answers from a body in a thread, and says what is wrong with a bad request in one line."""

    async def endpoint(request: Request) -> Response:
        try:
            return cast("Response", await run_in_threadpool(answer, request, await body_of(request)))
        except InputError as error:
            return JSONResponse({"error": str(error)}, status_code=400)

    return endpoint


async def body_of(request: Request) -> bytes:
    """The body of a request. Raises `InputError` if it is too large."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > MAX_BODY:
            raise InputError(f"expected at most {MAX_BODY} bytes")
        parts.append(part)
    return b"".join(parts)


def images(request: Request, pixels: Pixels) -> Response:
    """Images as plain bytes for the page, and as a PNG strip for others, such as curl."""
    if request.headers.get("accept") == RAW:
        return Response(pixels.tobytes(), media_type=RAW)
    return Response(pictures.strip(pixels), media_type=PNG)

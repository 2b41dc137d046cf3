"""Errors of requests, with the codes that TensorFlow Serving gives them in gRPC and in HTTP."""

import logging
from enum import Enum

_log = logging.getLogger(__name__)

LONGEST_MESSAGE = 1024
"""TensorFlow Serving cuts longer messages of gRPC, which go into a header."""


class Code(Enum):
    """A status of a request: its number in `google.rpc.Code`, and its status in HTTP."""

    OK = 0, 200
    CANCELLED = 1, 499
    UNKNOWN = 2, 500
    INVALID_ARGUMENT = 3, 400
    DEADLINE_EXCEEDED = 4, 504
    NOT_FOUND = 5, 404
    ALREADY_EXISTS = 6, 409
    PERMISSION_DENIED = 7, 403
    RESOURCE_EXHAUSTED = 8, 429
    FAILED_PRECONDITION = 9, 400
    ABORTED = 10, 409
    OUT_OF_RANGE = 11, 400
    UNIMPLEMENTED = 12, 501
    INTERNAL = 13, 500
    UNAVAILABLE = 14, 503
    DATA_LOSS = 15, 500
    UNAUTHENTICATED = 16, 401

    def __init__(self, number: int, http_status: int) -> None:
        self.number = number
        self.http_status = http_status


BY_NUMBER = {code.number: code for code in Code}


class ServingError(Exception):
    """A request that gets no answer: its status, and a sentence for the client."""

    def __init__(self, code: Code, message: str) -> None:
        super().__init__(message if len(message) <= LONGEST_MESSAGE else f"{message[:LONGEST_MESSAGE]}...TRUNCATED")
        self.code = code


def unexpected(error: Exception) -> ServingError:
    """The error for the client of a fault of the server, which is logged."""
    _log.error("a request failed", exc_info=error)
    return ServingError(Code.INTERNAL, "internal error")


def invalid(message: str) -> ServingError:
    """The error of a request that breaks a rule."""
    return ServingError(Code.INVALID_ARGUMENT, message)

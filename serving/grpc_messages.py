"""Messages that cannot be read: errors of the client, where gRPC would answer with an internal one."""

from collections.abc import Awaitable, Callable
from typing import Any

import grpc
from google.protobuf.message import DecodeError


class UnreadableMessages(grpc.aio.ServerInterceptor):
    """Reads the messages in place of gRPC."""

    async def intercept_service(self, continuation: Callable[[Any], Awaitable[Any]], handler_call_details: Any) -> Any:
        """The handler of a method, which gets the bytes of the message."""
        handler = await continuation(handler_call_details)
        if handler is None or handler.unary_unary is None:
            return handler

        async def answer(message: bytes, context: Any) -> Any:
            try:
                request = handler.request_deserializer(message)
            except DecodeError:
                await context.abort(grpc.StatusCode.INVALID_ARGUMENT, "the message cannot be read")
            return await handler.unary_unary(request, context)

        return grpc.unary_unary_rpc_method_handler(answer, None, handler.response_serializer)

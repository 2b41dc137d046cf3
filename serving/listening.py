"""Sockets for HTTP servers."""

import socket


def listening_socket(host: str, port: int) -> socket.socket:
    """A socket that listens at an address, which is IPv6 if it has colons; port 0 is any free one.

    Raises `OSError` or `OverflowError` if there can be none.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    opened = socket.create_server((host, port), family=family, backlog=2048)
    # As asyncio does for sockets that it opens itself. Else each answer waits 40 ms for the client to acknowledge.
    opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return opened

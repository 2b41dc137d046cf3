"""A quick check for a network connection, before a library spends minutes on retries."""

import contextlib
import queue
import socket
import threading
import time
from collections.abc import Collection
from urllib.parse import urlsplit
from urllib.request import getproxies

_KNOWN_URLS = ("https://storage.googleapis.com", "https://github.com")
_PORTS = {"http": 80, "https": 443, "ftp": 21}


def reachable(urls: Collection[str], timeout: float = 3.0) -> bool:
    """Whether the server of any of these URLs can be reached within `timeout` seconds.

    Behind a proxy, the proxy is tried instead. Without URLs, well-known servers are tried.
    """
    proxies = [url for scheme, url in getproxies().items() if scheme in _PORTS]
    addresses = {_address(url) for url in proxies or urls or _KNOWN_URLS}
    answers: queue.SimpleQueue[bool] = queue.SimpleQueue()
    for address in addresses:
        # A DNS lookup has no time-out, so nothing may wait for the thread to end.
        threading.Thread(target=lambda a=address: answers.put(_connects(a, timeout)), daemon=True).start()
    end = time.monotonic() + timeout
    with contextlib.suppress(queue.Empty):
        return any(answers.get(timeout=max(0, end - time.monotonic())) for _ in addresses)
    return False


def _connects(address: tuple[str, int], timeout: float) -> bool:
    try:
        socket.create_connection(address, timeout).close()
    except (OSError, UnicodeError):
        return False
    return True


def _address(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 443)

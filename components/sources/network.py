"""Whether there is a network at all, asked before a library spends minutes on retries."""

import contextlib
import socket
import threading
from collections.abc import Iterable
from urllib.parse import urlsplit
from urllib.request import getproxies

Address = tuple[str, int]

_KNOWN_HOSTS = (("storage.googleapis.com", 443), ("github.com", 443), ("pypi.org", 443))


def reachable(addresses: Iterable[Address] | None = None, timeout: float = 3.0) -> bool:
    """Tell within `timeout` seconds whether any address (by default a proxy, or well-known hosts) answers."""
    answered = threading.Event()

    def attempt(address: Address) -> None:
        with contextlib.suppress(OSError), socket.create_connection(address, timeout):
            answered.set()

    for address in addresses or _proxies() or _KNOWN_HOSTS:
        # A look-up of a name obeys no time-out of ours, so nothing may wait for the thread.
        threading.Thread(target=attempt, args=(address,), daemon=True).start()
    return answered.wait(timeout)


def _proxies() -> list[Address]:
    proxies = [urlsplit(url) for scheme, url in getproxies().items() if scheme in ("http", "https")]
    return [(proxy.hostname, proxy.port or 80) for proxy in proxies if proxy.hostname]

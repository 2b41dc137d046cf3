import socket
import time

import pytest

from vaeflow.components.sources.network import reachable


@pytest.fixture(autouse=True)
def no_proxy_of_this_machine(monkeypatch):
    for name in ("http_proxy", "https_proxy", "ftp_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def server():
    """A server that listens, as (host, port)."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()


def test_one_server_that_can_be_reached_is_enough(server):
    assert reachable([f"http://127.0.0.1:{server[1]}/file.tar.gz", "http://127.0.0.1:1/file.tar.gz"])


def test_where_nobody_answers_the_wait_is_short():
    start = time.monotonic()
    assert not reachable(["http://127.0.0.1:1", "https://name.invalid", "https://192.0.2.1", "no url"], timeout=0.2)
    assert time.monotonic() - start < 5


def test_behind_a_proxy_the_proxy_is_asked(server, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", f"http://user:secret@127.0.0.1:{server[1]}")
    assert reachable(["https://name.invalid"])

import socket
import time

from vaeflow.components.sources.network import reachable


def test_a_host_that_answers_is_reached():
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert reachable([("127.0.0.1", 1), server.getsockname()])


def test_where_nobody_answers_the_wait_is_short():
    start = time.monotonic()
    assert not reachable([("127.0.0.1", 1), ("name.invalid", 443)], timeout=0.2)
    assert time.monotonic() - start < 5


def test_behind_a_proxy_the_proxy_is_asked(monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setenv("HTTPS_PROXY", f"http://user:secret@127.0.0.1:{server.getsockname()[1]}")
        assert reachable()
        server.settimeout(5)
        connection, _ = server.accept()
        connection.close()

"""What the server answers, to the page and to others."""

import http.client
import io
import json
from contextlib import closing
from urllib.parse import urlsplit

import numpy as np
import pytest
from PIL import Image

from vaeflow.models.errors import InputError
from vaeflow.serving.explorer.evaluated import read_evaluated, some_of
from vaeflow.serving.explorer.running import address, open_socket

pytestmark = pytest.mark.browser


@pytest.fixture
def ask(addresses):
    """`ask(path, body, headers)` → status, headers and body of the answer of the Ladder VAE's server."""

    def request(path, body=None, **headers):
        content = json.dumps(body) if isinstance(body, dict) else body
        with closing(http.client.HTTPConnection(urlsplit(addresses["ladder"]).netloc, timeout=30)) as connection:
            connection.request("GET" if body is None else "POST", path, content, headers)
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()

    return request


def test_arrays_are_plain_bytes_as_described(ask, ladder):
    (described,) = json.loads(ask("/models.json")[2])
    assert described["ids"] == list(ladder.evaluated.ids)
    for name, expected in ladder.evaluated.arrays.items():
        array = np.frombuffer(ask(f"/models/0/arrays/{name}")[2], described["arrays"][name]["type"])
        np.testing.assert_array_equal(array.reshape(described["arrays"][name]["shape"]), expected)
    assert ask("/models/0/arrays/nothing")[0] == 404


def test_decoded_images_are_bytes_for_the_page_and_a_png_for_others(ask, ladder):
    codes = ladder.evaluated.arrays["mean"][:3]
    body = {"z": codes.tolist()}
    expected = ladder.served.decode(codes)
    _, _, raw = ask("/models/0/decode", body, Accept="application/octet-stream")
    np.testing.assert_array_equal(np.frombuffer(raw, np.uint8).reshape(3, 8, 8, 1), expected)
    _, headers, png = ask("/models/0/decode", body)
    assert headers["content-type"] == "image/png"
    np.testing.assert_array_equal(
        np.asarray(Image.open(io.BytesIO(png))), np.concatenate(list(expected[..., 0]), axis=1)
    )


@pytest.mark.parametrize(
    ("path", "body", "message"),
    [
        ("decode", {"z": [[1, 2]]}, "z: expected shape [n, 5], got [1, 2]"),
        ("decode", {"z": [[1, 2, 3, 4, 5], [1]]}, "z: expected codes of the same size"),
        ("decode", {"z": [[1, 2, 3, 4, None]]}, "z.0.4: Input should be a valid number"),
        ("decode", {"z": [[1, 2, 3, 4, 5]], "label": 1}, "label: this model does not generate images by class"),
        ("decode", {"z": [], "y": 1}, "z: List should have at least 1 item"),
        ("decode", "{", "Invalid JSON"),
        ("sample", {"n": 10**6, "seed": 0}, "n: Input should be less than or equal to 4096"),
        ("sample", {"n": 2, "seed": 0, "temperature": -1}, "temperature: Input should be greater than or equal to 0"),
        ("encode", "nothing", "files[0] is empty or not an image"),
        ("encode?label=x", "nothing", "label: expected the number of a class"),
    ],
)
def test_a_bad_request_is_answered_in_one_line(ask, path, body, message):
    status, _, answer = ask(f"/models/0/{path}", body)
    assert status == 400
    assert json.loads(answer)["error"].startswith(message)


def test_only_names_of_this_machine_lead_to_it(ask):
    assert ask("/", Host="localhost:1")[0] == 200
    assert ask("/", Host="evil.example")[0] == 400


def test_headers_are_on_every_answer(ask):
    for path in ("/", "/page/main.js", "/models.json", "/nothing"):
        headers = ask(path)[1]
        assert headers["content-security-policy"].startswith("default-src 'none'")
        assert headers["x-content-type-options"] == "nosniff"


def test_a_port_in_use_is_an_input_error():
    with open_socket("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        assert address(first) == f"http://127.0.0.1:{port}/"
        with pytest.raises(InputError, match=f"--port {port}: cannot be opened: .*in use"):
            open_socket("127.0.0.1", port)
    with pytest.raises(InputError, match="--host no-such-host"):
        open_socket("no-such-host", 0)


def test_an_evaluation_without_the_file_says_what_to_do(tmp_path):
    with pytest.raises(InputError, match="evaluated by an older version"):
        read_evaluated(tmp_path)
    (tmp_path / "explorer.npz").write_bytes(b"PK nothing")
    with pytest.raises(InputError, match=r"explorer\.npz: cannot be read"):
        read_evaluated(tmp_path)


def test_some_images_keep_their_rows_together(ladder):
    some = some_of(ladder.evaluated, 10)
    rows = [ladder.evaluated.ids.index(identifier) for identifier in some.ids]
    assert len(rows) == 10
    for name in ("mean", "labels", "thumbnails", "points/tsne", "terms/elbo"):
        np.testing.assert_array_equal(some.arrays[name], ladder.evaluated.arrays[name][rows])
    np.testing.assert_array_equal(some.arrays["pca/axes"], ladder.evaluated.arrays["pca/axes"])

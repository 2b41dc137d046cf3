"""Two small trained models with what evaluate and export make of them, their servers, and a browser."""

import base64
import io
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from filelock import FileLock
from PIL import Image
from sklearn.datasets import load_digits

HOSTILE = (
    "<img src=x onerror='window.hostile=1'>",
    "</script><script>window.hostile=1</script>",
    '" onfocus="window.hostile=1" autofocus="',
    "javascript:window.hostile=1",
    "&lt;b&gt;",
    *map(str, range(5, 10)),
)
"""Names of the classes, some of which would run if they became markup."""
MODELS = {
    "ladder": {
        "name": "ladder_vae",
        "latent_dim": 3,
        "upper": [{"latent_dim": 2, "hidden": [8]}],
        "network": {"name": "dense", "hidden": [32]},
    },
    "cvae": {"name": "cvae", "latent_dim": 2, "network": {"name": "dense", "hidden": [32]}},
}


@pytest.fixture(scope="session")
def artifacts(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder with `NAME/evaluation` and `NAME/export` of each model, which the first worker makes."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "explored_by_the_first_worker"
    with FileLock(f"{folder}.lock"):
        if not folder.exists():
            _make(folder.with_suffix(".unfinished"))
            folder.with_suffix(".unfinished").rename(folder)
    return folder


def _make(folder: Path) -> None:
    from vaeflow.components.ingest import ingest
    from vaeflow.components.preprocess import preprocess
    from vaeflow.components.preprocessing.config import PreprocessConfig
    from vaeflow.components.sources.config import IngestConfig

    (folder / "dataset").mkdir(parents=True)
    (folder / "examples").mkdir()
    images, labels = load_digits(return_X_y=True)
    pixels = (images[:900].reshape(-1, 8, 8) * 15).astype(np.uint8)
    np.savez(folder / "digits.npz", images=pixels, labels=labels[:900], class_names=np.array(HOSTILE))
    dataset = ingest(IngestConfig(source=f"npz:{folder / 'digits.npz'}"), output=folder / "dataset")
    examples = preprocess(PreprocessConfig(image_size=8, test_fraction=0.2), dataset, output=folder / "examples")
    for name, config in MODELS.items():
        _train_and_export(config, examples, folder / name)


def _train_and_export(config: dict[str, Any], examples: Any, folder: Path) -> None:
    from vaeflow.components.artifacts import FeatureNetwork
    from vaeflow.components.evaluation.assessment import begin
    from vaeflow.components.evaluation.explorer import save_explorer
    from vaeflow.components.evaluation.settings import Settings
    from vaeflow.components.evaluation.subject import read_subject
    from vaeflow.components.serving.exporting import write_unchecked
    from vaeflow.components.train import train
    from vaeflow.components.training.config import TrainConfig

    for part in ("model", "evaluation", "export"):
        (folder / part).mkdir(parents=True)
    likelihood = {"name": "continuous_bernoulli"}
    trained = train(
        TrainConfig.model_validate(
            {"model": {**config, "likelihood": likelihood}, "epochs": 12, "learning_rate": 4e-3, "xla": False}
        ),
        examples,
        output=folder / "model",
    )
    subject = read_subject(examples, trained, FeatureNetwork(folder))
    study = begin(Settings(skip=("iw_log_likelihood",)), subject, output=folder / "evaluation")
    save_explorer(study, folder / "evaluation")
    write_unchecked(subject.network, subject.transform, folder / "export")


@pytest.fixture(scope="session")
def explored(artifacts: Path) -> dict[str, Any]:
    """The models by name."""
    from vaeflow.serving.explorer.app import Explored
    from vaeflow.serving.explorer.evaluated import read_evaluated
    from vaeflow.serving.explorer.served import Served

    return {
        name: Explored(name, read_evaluated(artifacts / name / "evaluation"), Served(artifacts / name / "export"))
        for name in MODELS
    }


@pytest.fixture(scope="session")
def ladder(explored: dict[str, Any]) -> Any:
    """A Ladder VAE with layers of three and two dimensions."""
    return explored["ladder"]


@pytest.fixture(scope="session")
def cvae(explored: dict[str, Any]) -> Any:
    """A conditional VAE with two dimensions and a class."""
    return explored["cvae"]


@contextmanager
def serving(models: Sequence[Any]) -> Iterator[str]:
    """The address at which a thread serves the models until the end of the block."""
    from vaeflow.serving.explorer.running import address, open_socket, server

    with open_socket("127.0.0.1", 0) as opened:
        running = server(models, opened)
        thread = threading.Thread(target=running.run, kwargs={"sockets": [opened]})
        thread.start()
        try:
            yield address(opened)
        finally:
            running.should_exit = True
            thread.join()


@pytest.fixture(scope="session")
def addresses(ladder: Any, cvae: Any) -> Iterator[dict[str, str]]:
    """The pages of each model, and of both beside each other."""
    with serving([ladder]) as one, serving([cvae]) as other, serving([ladder, cvae]) as both:
        yield {"ladder": one, "cvae": other, "both": both}


# ---------------------------------------------------------------- the browser


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """The Chromium of the system, without a window."""
    import shutil

    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        # Containers in which tests run as root do not let Chromium build its sandbox.
        options = {"executable_path": shutil.which("chromium"), "args": ["--no-sandbox"]}
        chromium = playwright.chromium.launch(**options)
        yield chromium
        chromium.close()


@pytest.fixture
def visit(browser: Any, addresses: dict[str, str]) -> Iterator[Callable[..., "Visit"]]:
    """`visit(name, fragment)` opens the page of a model. Errors of scripts, and what its policy forbids, fail."""
    contexts, wrong = [], []

    def open_page(name: str, fragment: str = "", **options: Any) -> Visit:
        context = browser.new_context(**{"viewport": {"width": 1200, "height": 900}, **options})
        context.set_default_timeout(20_000)
        contexts.append(context)
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        page.goto(f"{addresses.get(name, name)}#{fragment}")
        page.wait_for_selector("main[aria-busy=false]")
        return Visit(page, wrong)

    yield open_page
    for context in contexts:
        context.close()
    assert not wrong


@dataclass
class Visit:
    """A page with what tests look at. `wrong` collects errors of the page, of which a test may expect some."""

    page: Any
    wrong: list[str]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.page, name)

    def picture(self, selector: str, nth: int = 0) -> np.ndarray:
        """The pixels [h, w] of a canvas with a grey picture."""
        return self.canvas(selector, nth)[..., 0]

    def canvas(self, selector: str, nth: int = 0) -> np.ndarray:
        """The pixels [h, w, 4] of a canvas."""
        address = self.page.locator(selector).nth(nth).evaluate("canvas => canvas.toDataURL()")
        return np.asarray(Image.open(io.BytesIO(base64.b64decode(address.partition(",")[2]))).convert("RGBA"))

    def until(self, check: Callable[[], None]) -> None:
        """Wait until a check of what the page shows passes, for ten seconds at most."""
        for _ in range(200):
            try:
                return check()
            except AssertionError:
                self.page.wait_for_timeout(50)
        check()

    def shows(self, expected: np.ndarray, selector: str, nth: int = 0) -> None:
        """Wait until a canvas shows the picture [h, w, 1], to within a grey level: codes travel with six digits."""
        self.until(lambda: np.testing.assert_allclose(self.picture(selector, nth), expected[..., 0], atol=1))

    def state(self, name: str) -> str:
        """A value of the page's address, once it is written."""
        # A page's timers end in their order however slow it is: this one after that which writes the address.
        self.page.evaluate("() => new Promise((done) => setTimeout(done, 200))")
        values = parse_qs(urlsplit(self.page.evaluate("location.href")).fragment)
        return values[name][0]

    def code(self, pane: int = 0) -> np.ndarray:
        """The code at which the walker stands."""
        return np.array(self.state(f"z.{pane}").split(","), np.float32)

    def drag(self, *pixels: Sequence[float], nth: int = 0) -> None:
        """Press the button at the first pixel of a map, and move to the others."""
        box = self.box(nth)
        at = [(box["x"] + left, box["y"] + top) for left, top in pixels]
        self.page.mouse.move(*at[0])
        self.page.mouse.down()
        for pixel in at[1:]:
            self.page.mouse.move(*pixel)
        self.page.mouse.up()

    def hover(self, pixel: Sequence[float], nth: int = 0) -> None:
        """Move the pointer to a pixel of a map."""
        box = self.box(nth)
        self.page.mouse.move(box["x"] + pixel[0], box["y"] + pixel[1])

    def box(self, nth: int = 0) -> dict[str, float]:
        """Where a map is in the window."""
        above = self.page.locator(".above").nth(nth)
        above.scroll_into_view_if_needed()
        box: dict[str, float] = above.bounding_box()
        return box

    def panel(self, title: str) -> Any:
        """The section with a heading."""
        return self.page.locator("section", has=self.page.get_by_role("heading", name=re.compile(f"^{title}$")))


@dataclass
class Plane:
    """Where points [n, 2] are in a map of a size, when it shows all of them."""

    points: np.ndarray
    size: tuple[float, float]

    def pixel(self, point: Sequence[float]) -> np.ndarray:
        """The pixel of a point: a margin of 8 % around all, and the second axis points up."""
        low, high = np.nanmin(self.points, axis=0), np.nanmax(self.points, axis=0)
        unit = (np.array(self.size) / (1.08 * (high - low))).min()
        return np.array(self.size) / 2 + (np.asarray(point) - (low + high) / 2) * unit * [1, -1]


@pytest.fixture
def plane() -> Callable[[Visit, np.ndarray], Plane]:
    """`plane(visit, points)` → where these are in the page's first map."""

    def measure(visit: Visit, points: np.ndarray) -> Plane:
        box = visit.box()
        return Plane(points, (box["width"], box["height"]))

    return measure

"""How fluent the explorer's page is: from the pointer to the picture, and with ten thousand images on the map.

Drives the Chromium of the system. The images of the run are repeated, with codes moved a little, until there are
enough.
"""

import shutil
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from playwright.sync_api import Page, sync_playwright
from rich.console import Console

from vaeflow.pipeline.exploring import explored
from vaeflow.pipeline.summary import find_run
from vaeflow.pipeline.workspace import Workspace
from vaeflow.serving.explorer.app import Explored
from vaeflow.serving.explorer.evaluated import Evaluated
from vaeflow.serving.explorer.running import address, open_socket, server

MOVES, IMAGES = 100, 10_000
PICTURES = """() => {
    window.times = [];
    const ask = window.fetch;
    window.fetch = async (...request) => {
        const answer = await ask(...request);
        window.decoded ||= String(request[0]).includes("decode");
        return answer;
    };
    const draw = CanvasRenderingContext2D.prototype.drawImage, put = CanvasRenderingContext2D.prototype.putImageData;
    const note = () => {
        if (window.decoded && window.moved) window.times.push(performance.now() - window.moved);
        if (window.decoded) window.moved = 0;
        window.decoded = false;
    };
    CanvasRenderingContext2D.prototype.drawImage = function (...picture) { note(); return draw.apply(this, picture); };
    CanvasRenderingContext2D.prototype.putImageData = function (...pixels) { note(); return put.apply(this, pixels); };
    document.addEventListener("pointermove", () => { window.moved ||= performance.now(); }, true);
}"""
"""Measures from each move of the pointer until what the server decoded for it is drawn, in ms."""
FRAMES = """() => {
    window.times = [];
    let last = performance.now();
    const frame = () => {
        window.times.push(performance.now() - last);
        last = performance.now();
        requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
}"""
"""Measures the time between two frames, in ms."""


def main(
    run: Annotated[str, typer.Argument(help="Id of a finished run, or `latest`.")] = "latest",
    root: Annotated[Path, typer.Option(help="Folder that holds the runs.")] = Path("runs"),
) -> None:
    """Print the times of a run's page."""
    workspace = Workspace(root)
    model = explored(workspace, find_run(workspace, run), run)
    with page_of(model) as page:
        tell("from the pointer to the picture", dragged(page, PICTURES, "Walk", pause=100))
    with page_of(repeated(model)) as page:
        for shown in page.get_by_label("Images as").locator("option").all_inner_texts():
            page.get_by_label("Images as").select_option(shown)
            tell(f"a frame while {IMAGES:,} {shown} are moved", dragged(page, FRAMES, "Pan", pause=16))


def repeated(model: Explored) -> Explored:
    """The model with its images as often as needed, each with a code of its own."""
    evaluated, rng = model.evaluated, np.random.default_rng(0)
    arrays = {
        name: np.resize(array, (IMAGES, *array.shape[1:])) if len(array) == len(evaluated) else array
        for name, array in evaluated.arrays.items()
    }
    arrays["mean"] = arrays["mean"] + rng.normal(0, 0.1, arrays["mean"].shape).astype(np.float32)
    ids = tuple(f"{evaluated.ids[place % len(evaluated)]}-{place}" for place in range(IMAGES))
    return Explored(model.name, Evaluated(evaluated.about, ids, arrays), model.served)


@contextmanager
def page_of(model: Explored) -> Iterator[Page]:
    """The page of a model, once it has loaded."""
    with open_socket("127.0.0.1", 0) as opened, sync_playwright() as playwright:
        running = server([model], opened)
        thread = threading.Thread(target=running.run, kwargs={"sockets": [opened]})
        thread.start()
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        try:
            page = chromium.new_page(viewport={"width": 1200, "height": 1000})
            page.goto(address(opened))
            page.wait_for_selector("main[aria-busy=false]")
            yield page
        finally:
            chromium.close()
            running.should_exit = True
            thread.join()


def dragged(page: Page, measure: str, tool: str, pause: int) -> Sequence[float]:
    """The times that are measured while the pointer is dragged over the map with a tool."""
    page.get_by_role("button", name=tool).click()
    page.evaluate(measure)
    box: Any = page.locator(".above").first.bounding_box()
    page.mouse.move(box["x"] + 200, box["y"] + 200)
    page.mouse.down()
    for step in range(MOVES):
        page.mouse.move(box["x"] + 200 + 2 * step, box["y"] + 200 + step)
        page.wait_for_timeout(pause)
    page.mouse.up()
    times: list[float] = page.evaluate("window.times")
    return times


def tell(what: str, times: Sequence[float]) -> None:
    """Print the distribution of times."""
    middle, most = np.percentile(times, [50, 95])
    text = f"{what}: median {middle:.0f} ms, 95 % below {most:.0f} ms, longest {max(times):.0f} ms"
    Console().print(text, soft_wrap=True)


if __name__ == "__main__":
    typer.run(main)

"""The whole page, in a real browser: names that would be markup, what it loads, sizes, two models, an exported page."""

import re
from pathlib import Path

import numpy as np
import pytest

from vaeflow.serving.explorer.freezing import MAX_BYTES, frozen_page

pytestmark = pytest.mark.browser

STYLE = Path(__file__).parents[3] / "serving/explorer/page/style.css"


def test_names_never_become_markup(visit, cvae):
    page = visit("cvae", "region1=0|dims|0,1|-99,-99 99,-99 99,99 -99,99")
    page.locator("[data-region=region1] h4").wait_for()
    assert page.locator(".legend li").all_inner_texts() == list(cvae.evaluated.about["classes"])
    options = page.get_by_role("combobox", name="From").locator("option").all_inner_texts()
    assert "<img src=x onerror='window.hostile=1'>" in options
    assert page.locator("main img:not([alt='your image'])").count() == page.locator("main script").count() == 0
    assert page.evaluate("window.hostile") is None


def test_nothing_comes_from_elsewhere_and_no_other_script_runs(visit, addresses):
    page = visit("ladder")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    answer = page.reload()
    page.wait_for_selector("main[aria-busy=false]")
    assert asked
    assert all(url.startswith(addresses["ladder"]) for url in asked)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'; script-src 'self'; style-src 'self'" in policy
    assert "unsafe" not in policy
    page.evaluate(
        "const s = document.createElement('script'); s.textContent = 'window.hostile = 1'; document.body.append(s);"
    )
    assert page.evaluate("window.hostile") is None
    assert "Content Security Policy" in page.wrong.pop()


@pytest.mark.parametrize("width", [390, 768, 1200, 2000])
@pytest.mark.parametrize("name", ["ladder", "both"])
def test_nothing_is_wider_than_the_window(visit, width, name):
    page = visit(name, "region1=0|dims|0,1|-99,-99 99,-99 99,99 -99,99", viewport={"width": width, "height": 900})
    page.locator(".strip canvas").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator(".above").first.bounding_box()["width"] > 0.4 * width / (2 if name == "both" else 1)


def test_every_picture_has_a_text_and_every_control_a_name(visit):
    page = visit("both")
    page.locator(".ends .strip canvas").first.wait_for()
    page.wait_for_timeout(500)  # for the pictures that come later, which need a text too
    nameless = """() => {
        const named = (one) => one.getAttribute("aria-label") || one.alt || one.innerText?.trim() || one.labels?.length
            || one.querySelector("[aria-label]");
        const all = document.querySelectorAll("canvas:not([aria-hidden]), img, input, select, button");
        return [...all].filter((one) => one.checkVisibility() && !named(one)).map((one) => one.outerHTML);
    }"""

    def all_are_named():
        assert page.evaluate(nameless) == []

    page.until(all_are_named)


def colours(block):
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block))


def luminance(colour):
    """WCAG 2.2, relative luminance."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return np.dot(linear, [0.2126, 0.7152, 0.0722])


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("text", "ground", "least"),
    [
        *[(text, ground, 4.5) for text in ("ink", "quiet", "accent") for ground in ("page", "card")],
        ("on-pressed", "pressed", 4.5),
        *[(text, "card", 3) for text in ("field", "first", "second", "pressed")],
    ],
)
def test_texts_and_controls_stand_out_from_their_ground(scheme, text, ground, least):
    found = colours(STYLE.read_text().split(":root {")[scheme + 1])
    dark, light = sorted(luminance(found[name]) for name in (text, ground))
    assert (light + 0.05) / (dark + 0.05) >= least


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_follows_the_colour_scheme(visit, scheme):
    page = visit("ladder", color_scheme=scheme)
    red, green, blue = re.findall(r"\d+", page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert (int(red) + int(green) + int(blue) < 380) == (scheme == "dark")


# ---------------------------------------------------------------- two models


def test_two_models_are_linked_by_their_test_images(visit, ladder, cvae):
    page = visit("both", f"image.0={ladder.evaluated.ids[4]}")
    page.get_by_role("button", name="Go to it").first.click()
    row = ladder.evaluated.ids.index(page.locator(".point .facts dd").first.inner_text())
    np.testing.assert_allclose(page.code(0), ladder.evaluated.arrays["mean"][row], rtol=1e-3)
    twin = cvae.evaluated.ids.index(ladder.evaluated.ids[row])
    np.testing.assert_allclose(page.code(1), cvae.evaluated.arrays["mean"][twin], rtol=1e-3)
    page.shows(cvae.served.decode(cvae.evaluated.arrays["mean"][[twin]])[0], ".pane:nth-child(2) .large")


def test_a_selection_in_one_of_two_models_is_one_of_images_in_both(visit, plane, ladder, cvae):
    everything = "region1=1|dims|0,1|-99,-99 99,-99 99,99 -99,99&from=class:0&to=region1"
    page = visit("both", everything)
    mean, labels = ladder.evaluated.arrays["mean"], ladder.evaluated.arrays["labels"]
    vector = mean.mean(axis=0) - mean[labels == 0].mean(axis=0)
    code = ladder.evaluated.arrays["centre"] + vector
    page.shows(ladder.served.decode(code[np.newaxis])[0], ".panel:has(.numbers) .strip canvas", 4)


# ---------------------------------------------------------------- an exported page


@pytest.fixture(scope="module")
def exported(ladder, cvae, tmp_path_factory):
    """Exported pages of each model, opened as files."""
    folder = tmp_path_factory.mktemp("exported")
    for model in (ladder, cvae):
        (folder / f"{model.name}.html").write_text(frozen_page([model]), encoding="utf-8")
    return folder


def test_an_exported_page_is_one_small_file(exported):
    text = (exported / "ladder.html").read_text()
    assert len(text) < MAX_BYTES
    assert not re.search(r'(?:src|href)="(?!data:)', text)
    assert "default-src 'none'; script-src 'sha256-" in text


def test_it_shows_the_map_the_images_and_the_plane_without_a_server(visit, exported, plane, cvae):
    page, mean = visit(f"file://{exported}/cvae.html"), cvae.evaluated.arrays["mean"]
    where = plane(page, mean[:, :2])
    row = int(np.abs(mean[:, :2]).sum(axis=1).argmax())
    page.hover(where.pixel(mean[row, :2]))
    page.shows(cvae.evaluated.arrays["thumbnails"][row], ".hover canvas")
    page.shows(cvae.served.decode(mean[[row]])[0], ".hover canvas", 1)
    assert page.locator(".legend li").all_inner_texts() == list(cvae.evaluated.about["classes"])
    page.drag(where.pixel([0.4, 0.2]))
    page.wait_for_timeout(300)  # the picture from before may be near as well
    near = cvae.served.decode(np.array([[0.4, 0.2, *cvae.evaluated.arrays["centre"][2:]]], np.float32))[0]

    def is_near():
        assert np.corrcoef(near.ravel(), page.picture(".large").ravel())[0, 1] > 0.9

    page.until(is_near)


def test_its_sliders_go_through_images_decoded_from_the_centre(visit, exported, ladder):
    page, arrays = visit(f"file://{exported}/ladder.html"), ladder.evaluated.arrays
    page.locator(".slider .cell").nth(7 * 4 + 6).wait_for()
    dimensions = np.argsort(-arrays["information"], kind="stable")
    for place in (0, 4):
        dimension = dimensions[place]
        code = arrays["centre"].copy()
        code[dimension] = np.quantile(arrays["mean"][:, dimension], 0.975, method="nearest")
        moved = ladder.served.resample(code[np.newaxis], 1, 0, 0.0) if dimension >= 3 else code[np.newaxis]
        page.shows(ladder.served.decode(moved)[0], ".slider canvas", 7 * place + 6)
        page.locator(".slider .cell").nth(7 * place + 6).click()
        page.shows(ladder.served.decode(moved)[0], ".large")

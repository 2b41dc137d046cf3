"""The panels below the map, in a real browser: each action, with the pictures that it leads to."""

import io
import subprocess

import numpy as np
import pytest
from PIL import Image

pytestmark = pytest.mark.browser


def codes(model, *ids):
    return model.evaluated.arrays["mean"][[model.evaluated.ids.index(one) for one in ids]]


def rows_of_class(model, label):
    return np.flatnonzero(model.evaluated.arrays["labels"] == label)


@pytest.fixture
def ends(cvae):
    """The ids of an image of class 0 and one of class 1."""
    return [cvae.evaluated.ids[rows_of_class(cvae, label)[0]] for label in (0, 1)]


def on_sphere(a, b, share):
    """Shoemake 1985: sin((1 - t) Ω) / sin Ω · a + sin(t Ω) / sin Ω · b."""
    angle = np.arccos(a @ b / np.linalg.norm(a) / np.linalg.norm(b))
    return (np.sin((1 - share) * angle) * a + np.sin(share * angle) * b) / np.sin(angle)


def between(values, share):
    """The middle of the widest gap near the quantile: the pointer stops at whole pixels, and no point may be near."""
    near = np.quantile(values, [share - 0.1, share + 0.1])
    ordered = np.sort(values[(values >= near[0]) & (values <= near[1])])
    widest = np.argmax(np.diff(ordered))
    return ordered[widest : widest + 2].mean()


def test_a_lasso_selects_images_with_their_mean_their_spread_and_themselves(visit, plane, cvae):
    page, points = visit("cvae"), cvae.evaluated.arrays["mean"][:, :2]
    where = plane(page, points)
    low, high = (np.array([between(values, share) for values in points.T]) for share in (0.25, 0.75))
    page.get_by_role("button", name="Lasso 1").click()
    corners = [low, [high[0], low[1]], high, [low[0], high[1]], low]
    page.drag(*[where.pixel(corner) for corner in corners])
    left_top, right_bottom = where.pixel([low[0], high[1]]), where.pixel([high[0], low[1]])
    pixels = np.array([where.pixel(point) for point in points])
    chosen = np.flatnonzero(((pixels > left_top) & (pixels < right_bottom)).all(axis=1))
    selection = page.locator("[data-region=region1]")
    selection.locator("h4").wait_for()
    assert f"{len(chosen)} images" in selection.locator("h4").inner_text()
    images = cvae.evaluated.arrays["thumbnails"][chosen].astype(float)
    page.shows(np.rint(images.mean(axis=0)), "[data-region=region1] canvas", 0)
    page.shows(np.rint(images.std(axis=0)), "[data-region=region1] canvas", 1)
    page.shows(
        cvae.served.decode(cvae.evaluated.arrays["mean"][chosen].mean(axis=0)[np.newaxis])[0],
        "[data-region=region1] canvas",
        2,
    )
    page.shows(images[1], "[data-region=region1] canvas", 4)
    away = cvae.evaluated.arrays["mean"][chosen] - cvae.evaluated.arrays["mean"][chosen].mean(axis=0)
    assert f"mean code: {np.linalg.norm(away, axis=1).mean():.2f}" in selection.inner_text()
    selection.locator(".cell").nth(1).click()
    np.testing.assert_allclose(page.code(), cvae.evaluated.arrays["mean"][chosen[1]], rtol=1e-3)
    again = visit("cvae", page.evaluate("location.hash").removeprefix("#"))
    again.locator("[data-region=region1] h4").wait_for()
    assert f"{len(chosen)} images" in again.locator("[data-region=region1] h4").inner_text()


@pytest.mark.parametrize("path", ["line", "sphere"])
def test_images_between_two_images(visit, cvae, ends, path):
    page = visit("cvae", f"a={ends[0]}&b={ends[1]}")
    page.get_by_role("combobox", name="along").select_option(path)
    a, b = codes(cvae, *ends)
    expected = 0.7 * a + 0.3 * b
    if path == "sphere":
        expected[:2] = on_sphere(a[:2], b[:2], 0.3)
    page.shows(cvae.served.decode(expected[np.newaxis])[0], ".ends .strip canvas", 3)
    page.locator(".ends .cell").nth(3).click()
    np.testing.assert_allclose(page.code(), expected, atol=2e-3)
    page.get_by_role("button", name="Swap").click()
    page.shows(cvae.served.decode(b[np.newaxis])[0], ".ends .strip canvas", 0)


def test_the_ends_are_set_beside_the_map(visit, cvae, ends):
    page = visit("cvae", f"image.0={ends[0]}")
    page.get_by_role("button", name="Set as B").click()
    assert page.state("b") == ends[0]
    page.shows(cvae.evaluated.arrays["thumbnails"][cvae.evaluated.ids.index(ends[0])], ".ends > figure canvas", 1)


def test_an_interpolation_is_saved_as_png_and_as_animated_gif(visit, cvae, ends):
    page = visit("cvae", f"a={ends[0]}&b={ends[1]}")
    decoded = cvae.served.decode(np.linspace(*codes(cvae, *ends), 11).astype(np.float32))
    page.shows(decoded[5], ".ends .strip canvas", 5)
    panel = page.panel("Between two images")
    with page.expect_download() as saved:
        panel.get_by_role("button", name="Save PNG").click()
    with Image.open(saved.value.path()) as joined:
        strip = np.asarray(joined.convert("L"))
    assert strip.shape == (224, 11 * 224)
    np.testing.assert_allclose(strip[14::28, 14::28], np.concatenate(list(decoded[..., 0]), axis=1), atol=1)
    with page.expect_download() as saved:
        panel.get_by_role("button", name="Save GIF").click()
    with Image.open(saved.value.path()) as animation:
        assert animation.is_animated
        first = np.asarray(animation.convert("L"))
        animation.seek(animation.n_frames // 2)
        np.testing.assert_allclose(np.asarray(animation.convert("L"))[14::28, 14::28], decoded[-1, ..., 0], atol=8)
    np.testing.assert_allclose(first[14::28, 14::28], decoded[0, ..., 0], atol=8)


def test_the_vector_between_two_classes_is_added_to_the_code(visit, cvae):
    page, mean = visit("cvae"), cvae.evaluated.arrays["mean"]
    page.get_by_role("combobox", name="From").select_option("class:1")
    page.get_by_role("combobox", name="to", exact=True).select_option("class:0")
    vector = mean[rows_of_class(cvae, 0)].mean(axis=0) - mean[rows_of_class(cvae, 1)].mean(axis=0)
    centre = cvae.evaluated.arrays["centre"]
    panel = ".panel:has(.numbers) .strip canvas"
    for place, times in ((0, -1), (4, 1), (6, 2)):
        page.shows(cvae.served.decode((centre + times * vector)[np.newaxis])[0], panel, place)


def test_the_vector_between_two_selections(visit, ladder):
    mean = ladder.evaluated.arrays["mean"]
    middle = float(np.median(mean[:, 0]))
    left = f"0|dims|0,1|-99,-99 {middle},-99 {middle},99 -99,99"
    right = f"0|dims|0,1|{middle},-99 99,-99 99,99 {middle},99"
    page = visit("ladder", f"region1={left}&region2={right}&from=region1&to=region2")
    vector = mean[mean[:, 0] > middle].mean(axis=0) - mean[mean[:, 0] < middle].mean(axis=0)
    code = ladder.evaluated.arrays["centre"] + vector
    page.shows(ladder.served.decode(code[np.newaxis])[0], ".panel:has(.numbers) .strip canvas", 4)


def test_the_class_of_what_is_decoded_can_be_chosen(visit, cvae):
    page = visit("cvae")
    page.panel("Class").get_by_role("combobox").select_option("3")
    centre = cvae.evaluated.arrays["centre"][np.newaxis]
    page.shows(cvae.served.decode(centre, 3)[0], ".large")
    page.shows(cvae.served.sample(12, 0, 1.0, 3)[7], ".wrapped canvas", 7)
    assert np.abs(cvae.served.decode(centre, 3) - cvae.served.decode(centre, 1).astype(float)).max() > 2


def test_samples_have_a_temperature_and_a_seed_that_is_copied(visit, ladder):
    page = visit("ladder")
    page.get_by_role("spinbutton", name="Seed").fill("41")
    page.get_by_role("spinbutton", name="Seed").blur()
    page.get_by_role("slider", name="Temperature").fill("0.5")
    page.shows(ladder.served.sample(12, 41, 0.5)[3], ".wrapped canvas", 3)
    page.get_by_role("button", name="Copy seed").click()
    assert page.evaluate("navigator.clipboard.readText()") == "41"
    page.get_by_role("button", name="New seed").click()
    assert page.state("seed") == page.get_by_role("spinbutton", name="Seed").input_value() != "41"


def test_the_layers_below_one_are_drawn_anew(visit, ladder):
    page = visit("ladder", "seed=5")
    shown = page.panel("Lower layers").locator("canvas")
    code = ladder.evaluated.arrays["centre"][np.newaxis].repeat(8, axis=0)
    expected = ladder.served.decode(ladder.served.resample(code, 1, 5, 1.0))
    selector = ".panel:has(h3:text-is('Lower layers')) canvas"
    shown.nth(7).wait_for()
    for place in (0, 7):
        page.shows(expected[place], selector, place)
    assert np.abs(expected[0] - expected[7].astype(float)).max() > 2
    page.get_by_role("slider", name="Temperature").fill("0")
    means = ladder.served.decode(ladder.served.resample(code, 1, 5, 0.0))
    page.shows(means[0], selector, 7)
    assert page.panel("Lower layers").get_by_role("combobox", name="Keep from").inner_text() == "layer 2"


@pytest.fixture
def photograph():
    """A PNG file of a digit, larger than the model's images."""
    buffer = io.BytesIO()
    digit = np.zeros((40, 40), np.uint8)
    digit[5:35, 17:23] = 230
    Image.fromarray(digit).save(buffer, "PNG")
    return {"name": "<b>mine</b>.png", "mimeType": "image/png", "buffer": buffer.getvalue()}


def test_an_own_image_has_a_code_a_reconstruction_and_neighbours(visit, ladder, photograph):
    page = visit("ladder")
    page.locator("input[type=file]").set_input_files(photograph)
    code = np.array(ladder.served.encode(photograph["buffer"])["mean"])
    page.shows(ladder.served.decode(code[np.newaxis])[0], ".answer canvas")
    assert f"Code: {', '.join(f'{value:.3f}' for value in code)}" in page.locator(".answer").inner_text()
    nearest = np.linalg.norm(ladder.evaluated.arrays["mean"] - code, axis=1).argsort()
    page.shows(ladder.evaluated.arrays["thumbnails"][nearest[2]], ".answer .strip canvas", 2)
    np.testing.assert_allclose(page.code(), code, atol=1e-3)
    assert page.locator("img").get_attribute("alt") == "your image, <b>mine</b>.png"
    assert page.locator("img").evaluate("image => image.naturalWidth") == 40


def test_an_own_image_is_dropped_and_a_conditional_model_is_told_its_class(visit, cvae, photograph):
    page = visit("cvae")
    page.get_by_role("combobox", name="of class").select_option("1")
    dropped = page.evaluate_handle(
        """bytes => { const files = new DataTransfer();
        files.items.add(new File([new Uint8Array(bytes)], "mine.png", {type: "image/png"})); return files; }""",
        list(photograph["buffer"]),
    )
    page.dispatch_event(".drop", "drop", {"dataTransfer": dropped})
    code = np.array(cvae.served.encode(photograph["buffer"], 1)["mean"])
    page.shows(cvae.served.decode(code[np.newaxis])[0], ".answer canvas")


def test_a_file_that_is_no_image_is_refused_in_one_line(visit):
    page = visit("ladder")
    page.locator("input[type=file]").set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": b"nothing"})
    page.locator("[role=alert]").wait_for()
    assert page.locator("[role=alert]").inner_text().startswith("files[0] is empty or not an image")

    def is_told_once():
        assert len(page.wrong) == 1

    page.until(is_told_once)
    assert "400" in page.wrong.pop()


def test_a_link_leads_to_what_the_page_shows(visit, plane, cvae):
    page = visit("cvae", "seed=7&path=sphere")
    page.drag(plane(page, cvae.evaluated.arrays["mean"][:, :2]).pixel([0.5, 0.3]))
    page.get_by_role("button", name="Copy link").click()
    code, link = page.code(), page.evaluate("navigator.clipboard.readText()")
    again = visit(link.split("#")[0], link.split("#")[1])
    np.testing.assert_allclose(again.code(), code)
    again.shows(cvae.served.decode(code[np.newaxis])[0], ".large")
    assert again.get_by_role("spinbutton", name="Seed").input_value() == "7"
    assert again.get_by_role("combobox", name="along").input_value() == "sphere"


def test_the_request_is_copied_as_a_command_that_works(visit, cvae, tmp_path):
    page = visit("cvae", "z.0=0.5,0.25,0,0,1,0,0,0,0,0,0,0&label=6")
    page.get_by_role("button", name="Copy request as curl").click()
    command = page.evaluate("navigator.clipboard.readText()")
    subprocess.run(command, shell=True, check=True, cwd=tmp_path, capture_output=True)
    expected = cvae.served.decode(np.array([[0.5, 0.25, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]], np.float32), 6)[0]
    with Image.open(tmp_path / "image.png") as answer:
        np.testing.assert_array_equal(np.asarray(answer), expected[..., 0])


def test_image_and_map_are_saved(visit, cvae):
    page = visit("cvae")
    page.shows(cvae.served.decode(cvae.evaluated.arrays["centre"][np.newaxis])[0], ".large")
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save image").click()
    with Image.open(saved.value.path()) as decoded:
        pixels = np.asarray(decoded.convert("L"))
    np.testing.assert_array_equal(pixels[32::64, 32::64], page.picture(".large"))
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save map").click()
    with Image.open(saved.value.path()) as drawn:
        assert drawn.size == (round(page.box()["width"]), round(page.box()["height"]))

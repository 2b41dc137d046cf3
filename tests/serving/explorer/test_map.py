"""The map and the point, in a real browser: what is drawn, and what is decoded where one walks."""

import numpy as np
import pytest

pytestmark = pytest.mark.browser


def mean(model):
    return model.evaluated.arrays["mean"]


@pytest.fixture
def lonely(cvae):
    """The row of an image without near neighbours in the plane."""
    points = mean(cvae)[:, :2]
    apart = np.linalg.norm(points[:, np.newaxis] - points, axis=-1)
    np.fill_diagonal(apart, np.inf)
    return int(apart.min(axis=1).argmax())


def test_images_are_points_in_the_colour_of_their_class(visit, plane, cvae, lonely):
    page = visit("cvae")
    left, top = plane(page, mean(cvae)[:, :2]).pixel(mean(cvae)[lonely, :2]).round().astype(int)
    label = cvae.evaluated.arrays["labels"][lonely]
    colour = page.locator(".swatch").nth(int(label)).evaluate("each => getComputedStyle(each).backgroundColor")
    drawn = page.canvas(".stage canvas:first-child")[top, left, :3]
    expected = np.array(colour.removeprefix("rgb(").removesuffix(")").split(","), int)
    assert np.abs(drawn - expected).max() < 60  # the shade behind shines through


def test_images_are_thumbnails(visit, plane, cvae, lonely):
    page = visit("cvae")
    page.get_by_role("combobox", name="Images as").select_option("images")
    left, top = plane(page, mean(cvae)[:, :2]).pixel(mean(cvae)[lonely, :2]).round().astype(int)
    expected = cvae.evaluated.arrays["thumbnails"][lonely, ..., 0].repeat(4, axis=0).repeat(4, axis=1)[2:30, 2:30]

    def is_drawn():
        shown = page.canvas(".stage canvas:first-child")[top - 14 : top + 14, left - 14 : left + 14, 0]
        assert np.corrcoef(shown.ravel(), expected.ravel())[0, 1] > 0.8

    page.until(is_drawn)


def test_density_is_a_shade_and_empty_space_has_none(visit, plane, cvae):
    page = visit("cvae", "view.0=0,0,0.3")

    def is_shaded():
        ground = page.canvas(".stage canvas:first-child")
        assert ground[5, 5, 3] == 0
        height, width = ground.shape[:2]
        middle = ground[height // 2 - 40 : height // 2 + 40, width // 2 - 40 : width // 2 + 40, 3]
        assert (middle > 0).mean() > 0.9

    page.until(is_shaded)


def test_the_pointer_shows_an_image_with_reconstruction_id_class_and_terms(visit, plane, cvae, lonely):
    page = visit("cvae")
    page.hover(plane(page, mean(cvae)[:, :2]).pixel(mean(cvae)[lonely, :2]))
    page.shows(cvae.evaluated.arrays["thumbnails"][lonely], ".hover canvas")
    page.shows(cvae.served.decode(mean(cvae)[[lonely]])[0], ".hover canvas", 1)
    text = page.locator(".hover").inner_text()
    assert cvae.evaluated.ids[lonely] in text
    assert cvae.evaluated.about["classes"][cvae.evaluated.arrays["labels"][lonely]] in text
    assert f"{cvae.evaluated.arrays['terms/elbo'][lonely]:.2f}" in text


def test_a_drag_shows_what_is_decoded_under_the_pointer(visit, plane, cvae):
    page = visit("cvae")
    where = plane(page, mean(cvae)[:, :2])
    for target in ([0.8, -0.4], [-0.5, 0.9]):
        page.drag(where.pixel([0, 0]), where.pixel([0.1, 0.1]), where.pixel(target))
        code = np.array([[*target, *cvae.evaluated.arrays["centre"][2:]]], np.float32)
        np.testing.assert_allclose(page.code()[:2], target, atol=0.02)
        page.shows(cvae.served.decode(page.code()[np.newaxis])[0], ".large")
        assert np.abs(cvae.served.decode(code)[0].astype(float) - page.picture(".large")[..., np.newaxis]).max() < 12


def test_the_wheel_zooms_around_the_pointer_and_the_map_can_be_panned(visit, plane, cvae):
    page = visit("cvae")
    where = plane(page, mean(cvae)[:, :2])
    place = mean(cvae)[:, :2].mean(axis=0) + mean(cvae)[:, :2].std(axis=0)
    corner = where.pixel(place)
    page.hover(corner)
    page.mouse.wheel(0, -600)
    assert float(page.state("view.0").split(",")[2]) == pytest.approx(np.exp(0.9), rel=1e-3)
    page.drag(corner)
    np.testing.assert_allclose(page.code()[:2], place, atol=0.02)
    page.get_by_role("button", name="Pan").click()
    page.drag(corner, corner + np.array([30, 0]), corner + np.array([60, 20]))
    page.get_by_role("button", name="Walk").click()
    page.drag(corner + np.array([60, 20]))
    np.testing.assert_allclose(page.code()[:2], place, atol=0.02)
    page.get_by_role("button", name="Show all images").click()
    page.drag(corner)
    np.testing.assert_allclose(page.code()[:2], place, atol=0.02)


def test_keys_walk_zoom_and_go_to_the_nearest_image(visit, cvae):
    page = visit("cvae")
    page.locator(".above").focus()
    begin = page.code()
    for key in ("ArrowRight", "ArrowRight", "ArrowUp"):
        page.keyboard.press(key)
    step = page.code() - begin
    assert step[0] == pytest.approx(2 * step[1], rel=0.02)
    assert step[1] > 0
    page.keyboard.press("+")
    assert float(page.state("view.0").split(",")[2]) == pytest.approx(1.25)
    nearest = np.linalg.norm(mean(cvae)[:, :2] - page.code()[:2], axis=1).argmin()
    page.keyboard.press("Enter")
    np.testing.assert_allclose(page.code(), mean(cvae)[nearest], rtol=1e-3)
    assert cvae.evaluated.ids[nearest] in page.locator("[role=status]").inner_text()


def test_the_plane_of_principal_axes_leads_back_to_codes(visit, plane, ladder):
    page, arrays = visit("ladder"), ladder.evaluated.arrays
    points = (mean(ladder) - arrays["pca/mean"]) @ arrays["pca/axes"].T
    target = points.mean(axis=0) + points.std(axis=0)
    page.drag(plane(page, points).pixel(target))
    expected = arrays["pca/mean"] + target @ arrays["pca/axes"]
    np.testing.assert_allclose(page.code(), expected, atol=0.03)
    page.shows(ladder.served.decode(page.code()[np.newaxis])[0], ".large")


def test_a_map_without_a_way_back_shows_the_nearest_image(visit, plane, ladder):
    page, points = visit("ladder", "map.0=tsne"), ladder.evaluated.arrays["points/tsne"]
    row = int(np.nanargmax(points[:, 0]))
    page.drag(plane(page, points).pixel(points[row]) + np.array([2, 1]))
    np.testing.assert_allclose(page.code(), mean(ladder)[row], rtol=1e-3)
    page.shows(ladder.evaluated.arrays["thumbnails"][row], ".large", 1)


def test_any_two_dimensions_make_a_plane_and_the_others_stay(visit, plane, ladder):
    page = visit("ladder")
    page.get_by_role("combobox", name="Map").select_option("dims")
    page.get_by_role("combobox", name="across").select_option("4")
    page.get_by_role("combobox", name="up").select_option("1")
    target = mean(ladder)[:, [4, 1]].mean(axis=0) + np.array([0.2, 0.1])
    page.drag(plane(page, mean(ladder)[:, [4, 1]]).pixel(target))
    expected = ladder.evaluated.arrays["centre"].copy()
    expected[[4, 1]] = target
    np.testing.assert_allclose(page.code(), expected, atol=0.03)


def test_a_slider_moves_one_dimension_and_has_the_images_along_it(visit, cvae):
    page = visit("cvae")
    first = int(np.argsort(-cvae.evaluated.arrays["information"], kind="stable")[0])
    slider = page.locator(".slider").first
    assert slider.locator(".name").inner_text().startswith(f"{first}: ")
    slider.locator("input").fill("0")
    page.locator(".slider .cell").nth(6).click()
    high = np.sort(mean(cvae)[:, first])[round(0.975 * (len(mean(cvae)) - 1))]
    code = cvae.evaluated.arrays["centre"].copy()
    code[first] = high
    np.testing.assert_allclose(page.code(), code, atol=1e-3)
    assert slider.locator("output").inner_text() == f"{high:.2f}"
    page.shows(cvae.served.decode(code[np.newaxis])[0], ".slider canvas", 6)


def test_a_moved_dimension_of_an_upper_layer_takes_the_lower_layers_along(visit, ladder):
    page = visit("ladder")
    page.get_by_role("slider", name="dimension 3").evaluate(
        "each => { each.value = each.max; each.dispatchEvent(new Event('input')); }"
    )

    def lower_layer_follows():
        moved, code = ladder.evaluated.arrays["centre"].copy(), page.code()
        assert moved[3] != code[3]
        moved[3] = code[3]
        np.testing.assert_allclose(code, ladder.served.resample(moved[np.newaxis], 1, 0, 0.0)[0], atol=1e-3)

    page.until(lower_layer_follows)

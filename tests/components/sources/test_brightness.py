"""What is refused and what causes a warning, by the range that was found."""

import logging

import numpy as np
import pytest
from PIL import Image

from tests.components.sources.ranges import found, together
from vaeflow.components.images.intensity import Intensity, Scale
from vaeflow.components.images.ranges import range_of_arrays, range_of_picture
from vaeflow.components.sources.brightness import check_ranges
from vaeflow.components.sources.config import IngestConfig
from vaeflow.components.sources.intensity_record import describe, for_new_images
from vaeflow.models.errors import InputError


def check(*ranges, **fields):
    check_ranges(ranges, IngestConfig(**fields))


@pytest.mark.parametrize(
    ("unfit", "message"),
    [
        (
            found("uint8", 0, 15, 255),
            r"ingest\.white: .*\(uint8\) are from 0 to 15, .* nearly black; .*such as 15",
        ),
        (found("uint8", 0, 31, 255), "nearly black"),
        (found("uint16", 0, 4095, 65535), r"are from 0 to 4095, .* 65535, .*\(such as 4095\), or to 65535 if"),
        (
            found("uint8", 0, 0, 255),
            r"ingest\.source: every value of the pixels \(uint8\) is 0, .* all images look alike",
        ),
        (found("bool", 1, 1, 1), "every value .* is 1"),
        (found("uint16", 27000, 31000, 65535), r"6\.1% of the scale from 0 .* 65535 .*such as 27000 and 31000"),
        (found("int64", 0, 200, 2**63 - 1), "white is taken to be 9223372036854775807, .*such as 200"),
        (found("int16", -123, 151, 32767), r"set ingest\.black and ingest\.white .*\(such as -123 and 151\)"),
        (found("float", 0, 0.1, 1), "from 0 to 0.1"),
        (
            found("float", -1, 1, 1),
            r"ingest\.black: .*\(float\) are from -1 to 1, .* 0; .* centred at zero: set ingest\.black: -1$",
        ),
        (found("int8", -128, 127, 127), r"ingest\.black: .* -128"),
    ],
)
def test_what_would_come_out_black_or_cut_is_refused(unfit, message):
    with pytest.raises(InputError, match=message):
        check(unfit)


@pytest.mark.parametrize(
    ("fit", "warning"),
    [
        (found("uint8", 0, 63, 255), "makes all images dark"),
        (found("uint8", 3, 64, 255), None),
        (found("float", -0.1, 1.1, 1), None),
        (found("float", 0, 1.4, 1, above=3), "0.30% of the values are clipped"),
        (found("bool", 0, 1, 1), None),
        (found("float", -1, 1, 1, black=-1), None),
        (found("int16", -3, 32767, 32767), None),
    ],
)
def test_what_is_dark_or_clipped_causes_a_warning(fit, warning, caplog):
    check(fit)
    assert [warning in record.getMessage() for record in caplog.records] == ([True] if warning else [])


def test_white_that_is_given_is_believed_with_a_warning(caplog):
    check(found("uint8", 0, 15, 255), white=255)
    assert "nearly black" in caplog.text
    check(found("uint16", 27000, 31000, 65535), white=65535)
    assert "all images look alike" in caplog.text


def test_what_is_beyond_a_window_is_clipped_with_a_warning(caplog):
    scan = found("int16", -1024, 2999, 400, black=-160, above=60)
    check(scan, black=-160, white=400)
    assert "those below -160 are clipped" in caplog.text
    assert "6.00% of the values are clipped" in caplog.text


@pytest.mark.parametrize("fields", [{"white": 400}, {"black": -160}])
def test_pixels_below_black_are_refused_unless_black_and_white_are_given(fields):
    with pytest.raises(InputError, match=r"ingest\.black: .* from -1024 to 399"):
        check(found("int16", -1024, 399, 400, black=fields.get("black", 0)), **fields)


def test_a_window_that_nothing_is_in_is_refused():
    with pytest.raises(InputError, match=r"from -1024 to -900; those below -160 are clipped"):
        check(found("int16", -1024, -900, 400, black=-160), black=-160, white=400)


def test_white_that_cuts_most_of_the_image_off_is_refused(caplog):
    check(found("uint16", 0, 4095, 1000, above=125), white=1000)
    assert "12.50% of the values are clipped" in caplog.text
    with pytest.raises(InputError, match=r"from 0 to 255, but white is taken to be 1: 19\.00%"):
        check(found("uint8", 0, 255, 1, above=190), white=1)


@pytest.mark.parametrize(("images", "outliers"), [(10, 1), (40, 1), (500, 5)])
def test_a_few_bright_images_do_not_hide_that_the_others_are_nearly_black(images, outliers):
    masks, bright = found("uint8", 0, 1, 255, images=images - outliers), found("uint8", 0, 255, 255, images=outliers)
    message = rf"are from 0 to 1 apart from outliers in at most {outliers} of {images} images, .*such as 1\)"
    with pytest.raises(InputError, match=message):
        check(together(masks, bright))


def test_a_few_outliers_do_not_hide_that_the_others_are_flat():
    flat = found("uint16", 27000, 31000, 65535, images=98)
    hot, dead = found("uint16", 27000, 65535, 65535, images=1), found("uint16", 0, 31000, 65535, images=1)
    with pytest.raises(InputError, match=r"from 27000 to 31000 apart from outliers .*such as 27000 and 31000"):
        check(together(flat, hot, dead))


def test_bright_pixels_in_some_images_are_enough(caplog):
    """Sparse images, such as of stars: most of them have a bright pixel, and others every brightness below."""
    skies = [found("uint16", 90, 500 * 1.05**n, 65535, images=3) for n in range(100)]
    check(together(*skies))
    assert not caplog.records


def ranges_of(pictures):
    return range_of_arrays(pictures, Scale(0, 255), "uint8")._replace(split="unsplit")


@pytest.mark.parametrize(("size", "share"), [(40, "0.06%"), (8, "1.56%")])
def test_a_hot_pixel_in_every_image_does_not_hide_that_all_else_is_nearly_black(size, share, caplog):
    pictures = np.random.default_rng(0).integers(0, 16, (20, size, size), dtype=np.uint8)
    pictures[:, 3, 5] = 255
    check(ranges_of(pictures))
    (record,) = caplog.records
    message = f"ingest.white: only {share} of the values of the pixels (uint8) are above 63.75, a quarter of the scale"
    assert record.getMessage().startswith(message)
    check(ranges_of(pictures), white=255)
    assert caplog.records == [record]


def test_sparse_images_are_bright(caplog):
    pictures = np.zeros((20, 40, 40), np.uint8)
    pictures[:, 10:12, 20:22] = 200  # 0.25 %
    check(ranges_of(pictures))
    assert not caplog.records


@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_bright_values_of_pictures_and_arrays_are_counted_alike(mode):
    values = np.random.default_rng(0).integers(0, 256, (9, 7) if mode == "L" else (9, 7, 3), dtype=np.uint8)
    found = range_of_picture(Image.fromarray(values), "uint8", Scale(0, 255))
    assert found == range_of_arrays(values[np.newaxis], Scale(0, 255), "uint8")
    assert (found.bright, found.num_values) == ((values > 255 / 4).sum(), values.size)


def test_images_in_two_units_are_told_apart(caplog):
    few, many = found("uint8", 0, 1, 255, images=20), found("uint8", 0, 255, 255, images=80)
    check(together(few, many))
    assert "20 images of the pixels (uint8) reach at most 1, and 80 others 255 or more" in caplog.text
    masks = found("uint8", 0, 1, 255, images=81)
    with pytest.raises(InputError, match=r"81 images .* reach at most 1, and 80 others 255 or more"):
        check(together(masks, many))
    check(together(masks, many), white=255)


def test_floats_in_two_units_are_refused():
    unit, byte = found("float", 0, 1, 255, images=5), found("float", 0, 250, 255, images=95)
    with pytest.raises(InputError, match=r"5 images .*float.* reach at most 1, and 95 others 250 or more"):
        check(together(unit, byte))


def test_black_images_are_no_other_unit(caplog):
    check(together(found("uint8", 0, 0, 255, images=60), found("uint8", 0, 255, 255, images=40)))
    assert not caplog.records


@pytest.mark.parametrize(("train", "test"), [(900, 100), (100, 900)])
def test_splits_in_two_units_are_refused_with_both(train, test):
    parts = (
        found("float", 0, 1, 255, images=train, split="train"),
        found("float", 0, 254, 255, images=test, split="test"),
    )
    message = (
        r"\(float, split train\) are from 0 to 1, but the pixels \(float, split test\) are from 0 to 254, .*"
        "bring them into one unit"
    )
    for order in (parts, parts[::-1]):
        with pytest.raises(InputError, match=message):
            check(*order)


def test_files_of_a_suffix_are_compared_by_themselves(caplog):
    masks, photos = (found("uint8", 0, high, 255, images=50, suffix=s) for high, s in ((1, ".png"), (255, ".jpg")))
    with pytest.raises(InputError, match=r"\(uint8, \.png\) are from 0 to 1, but the pixels \(uint8, \.jpg\)"):
        check(masks, photos)
    check(found("uint8", 0, 1, 255, images=2, suffix=".png"), photos)
    assert "(uint8, .png) are from 0 to 1" in caplog.text


def test_a_few_images_of_another_type_only_cause_a_warning(caplog):
    with caplog.at_level(logging.WARNING, "vaeflow"):
        check(found("uint8", 0, 255, 255, images=88), found("uint16", 0, 9, 65535, images=12))
    assert "(uint16) are from 0 to 9" in caplog.text
    with pytest.raises(InputError, match="uint16"):
        check(found("uint8", 0, 255, 255, images=87), found("uint16", 0, 9, 65535, images=13))


@pytest.mark.parametrize(
    ("low", "high", "advice"),
    [
        (-0.99962, 0.9981, r"centred at zero: set ingest\.black: -1$"),
        (-0.5, 0.498, r"centred at zero: set ingest\.black: -0\.5$"),
        (-128, 127, r"centred at zero: set ingest\.black: -128$"),
        (-2.1179, 2.64, r"look standardised .*\(such as -2\.1179 and 2\.64\)"),
        (-0.4242, 2.8215, "look standardised"),
        (-123.7, 151.1, "look standardised"),
    ],
)
def test_floats_below_black_are_told_what_they_look_like(low, high, advice):
    with pytest.raises(InputError, match=advice):
        check(found("float", low, high, 1))


def test_properties_name_the_type_where_there_are_several():
    eight, sixteen = found("uint8", 0, 250, 255), found("uint16", 3, 65535, 65535)
    assert describe([eight]) == {"black": 0, "white": 255, "range": "0 to 250"}
    assert describe([eight, sixteen])["white"] == "255 (uint8), 65535 (uint16)"
    assert describe([found("float", -0.5, 0.25, 0.5, black=-0.5)]) == {
        "black": -0.5,
        "white": 0.5,
        "range": "-0.5 to 0.25",
    }


def test_floats_of_which_one_is_white_leave_the_white_of_integers():
    floats, bytes_ = found("float", 0, 1, 1), found("uint8", 0, 1, 1)
    given = Intensity(white=1)
    assert for_new_images(given, [floats]) == Intensity(float_white=1, highest=1, values=Scale(0, 1))
    assert for_new_images(given, [floats, bytes_]) == Intensity(white=1, highest=1, values=Scale(0, 1))


def test_the_scale_of_values_that_uint8_cannot_hold_is_recorded_if_it_is_one():
    words, bytes_ = found("uint16", 0, 4095, 4095), found("uint8", 0, 255, 255)
    given = Intensity(white=4095)
    assert for_new_images(given, [words, bytes_]).values == (0, 4095)
    assert for_new_images(given, [bytes_]).values is None
    assert for_new_images(Intensity(), [words, found("float", 0, 1, 1)]).values is None

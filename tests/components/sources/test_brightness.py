"""What is refused and what causes a warning, by the range that was found."""

import logging

import pytest

from vaeflow.components.images.intensity import Intensity, Scale
from vaeflow.components.images.ranges import Range
from vaeflow.components.sources.brightness import check_ranges, describe, for_new_images
from vaeflow.components.sources.config import IngestConfig
from vaeflow.models.errors import InputError


def found(kind, low, high, white, black=0.0, images=100, above=0):
    return Range(kind, Scale(black, white), low, high, images, num_values=1000, above=above)


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
        (found("uint8", 0, 0, 255), "set ingest.white to the value of white, or to 255"),
        (found("float", 0, 0.1, 1), "from 0 to 0.1"),
        (
            found("float", -1, 1, 1),
            r"ingest\.black: .*\(float\) are from -1 to 1, .* 0; set .*such as -1\)",
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
        (found("bool", 0, 0, 1), None),
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


def test_white_that_cuts_most_of_the_image_off_is_refused(caplog):
    check(found("uint16", 0, 4095, 1000, above=125), white=1000)
    assert "12.50% of the values are clipped" in caplog.text
    with pytest.raises(InputError, match=r"from 0 to 255, but white is taken to be 1: 19\.00%"):
        check(found("uint8", 0, 255, 1, above=190), white=1)


def test_a_few_images_of_another_type_only_cause_a_warning(caplog):
    with caplog.at_level(logging.WARNING, "vaeflow"):
        check(found("uint8", 0, 255, 255, images=88), found("uint16", 0, 9, 65535, images=12))
    assert "(uint16) are from 0 to 9" in caplog.text
    with pytest.raises(InputError, match="uint16"):
        check(found("uint8", 0, 255, 255, images=87), found("uint16", 0, 9, 65535, images=13))


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
    assert for_new_images(given, [floats]) == Intensity(float_white=1, highest=1)
    assert for_new_images(given, [floats, bytes_]) == Intensity(white=1, highest=1)
    assert for_new_images(Intensity(white=16), [found("float", 0, 15, 16)]) == Intensity(white=16, highest=15)

"""Which new images are refused for their unit, and which cause a warning only, however few they are."""

import re

import pytest

from tests.components.sources.ranges import found
from vaeflow.components.images.intensity import Intensity, Scale
from vaeflow.components.new_images.brightness import check_new_ranges
from vaeflow.models.errors import InputError

BYTES = Intensity(highest=255)
WORDS = Intensity(highest=65535, values=Scale(0, 65535))
FLOATS = Intensity(float_white=255, highest=255, values=Scale(0, 255))


@pytest.mark.parametrize("images", [1, 100])
@pytest.mark.parametrize(
    ("kind", "low", "high", "white", "recorded", "message"),
    [
        (
            "int64",
            0,
            255,
            2**63 - 1,
            BYTES,
            r"^ingest\.white: .*\(int64\) are from 0 to 255, .* nearly black; .*such as 255",
        ),
        ("int32", 0, 255, 2**31 - 1, BYTES, r"^ingest\.white: .*\(int32\)"),
        ("uint16", 0, 4095, 65535, BYTES, r"^ingest\.white: .* are from 0 to 4095, .* 65535, .*such as 4095"),
        ("int16", -128, 127, 32767, BYTES, r"set ingest\.black and ingest\.white .*such as -128 and 127"),
        ("int8", -128, 127, 127, BYTES, r"^ingest\.black: .* -128"),
        ("int32", 0, 255, 2**31 - 1, WORDS, r"^ingest\.white: .*\(int32\)"),
        ("float", 0, 1, 255, FLOATS, r"^ingest\.white: .*\(float\) are from 0 to 1, .* nearly black"),
        ("float", -1, 1, 1, Intensity(float_white=1, highest=1), r"^ingest\.black: .* centred at zero"),
        ("uint16", 0, 65535, 4095, Intensity(white=4095, highest=4095), r"^ingest\.white: expected .* got 65535"),
    ],
)
def test_what_is_plainly_in_another_unit_is_refused(images, kind, low, high, white, recorded, message):
    with pytest.raises(InputError, match=message):
        check_new_ranges([found(kind, low, high, white, images=images)], recorded, recorded)


@pytest.mark.parametrize("images", [1, 100])
@pytest.mark.parametrize(
    ("kind", "low", "high", "white", "recorded", "message"),
    [
        ("uint8", 0, 15, 255, BYTES, "nearly black"),
        ("uint8", 0, 0, 255, BYTES, "every value .* is 0"),
        ("int64", 0, 0, 2**63 - 1, BYTES, "every value .* is 0"),
        ("uint8", 120, 130, 255, BYTES, "all images look alike"),
        ("uint16", 27000, 31000, 65535, BYTES, "all images look alike"),
        ("uint16 up to 4095", 0, 400, 4095, BYTES, "nearly black"),
        ("uint16", 0, 4095, 65535, WORDS, "nearly black"),
        ("uint16", 0, 400, 4095, Intensity(white=4095, highest=4095), "nearly black"),
        ("float", 0, 9, 255, FLOATS, "nearly black"),
        ("float", 0, 0.1, 1, Intensity(float_white=1, highest=1), "nearly black"),
    ],
)
def test_dark_and_flat_images_of_a_good_kind_cause_a_warning(images, kind, low, high, white, recorded, message, caplog):
    check_new_ranges([found(kind, low, high, white, images=images)], recorded, recorded)
    (warned,) = caplog.messages
    assert re.search(message, warned)


def test_white_that_is_given_is_believed(caplog):
    check_new_ranges([found("uint16", 0, 400, 4095)], Intensity(white=4095), BYTES)
    assert "nearly black" in caplog.text


def test_good_images_cause_no_warning(caplog):
    check_new_ranges([found("uint8", 3, 200, 255)], BYTES, BYTES)
    check_new_ranges([found("uint16", 0, 60_000, 65535)], BYTES, BYTES)
    assert not caplog.messages


def test_what_is_beyond_a_recorded_window_is_clipped_with_a_warning(caplog):
    window = Intensity(black=-160, white=400, highest=2999)
    check_new_ranges([found("int16", -1024, 2999, 400, black=-160, above=60)], window, window)
    assert "those below -160 are clipped" in caplog.text
    with pytest.raises(InputError, match=r"ingest\.black: .* those below -160 are clipped"):
        check_new_ranges([found("int16", -1024, -200, 400, black=-160)], window, window)

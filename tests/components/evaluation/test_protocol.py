from vaeflow.components.evaluation.protocol import pixels


def test_black_white_and_range_of_the_source_are_stated():
    recorded = {"source": "npz:digits.npz", "black": 0, "white": 16, "range": "0 to 15"}
    assert pixels(recorded) == "Stored pixels: black 0, white 16, found 0 to 15."
    assert pixels({"source": "npz:digits.npz"}) == ""

import pytest

from vaeflow.components.printable import printable


@pytest.mark.parametrize("name", ["cat", "größer", "猫", "a b", "$x_{$", "<b>", "back\\slash", ""])
def test_what_can_be_printed_stays_as_it_is(name):
    assert printable(name) == name


@pytest.mark.parametrize(
    ("name", "shown"),
    [("a\tb", r"a\tb"), ("a\r\nb", r"a\r\nb"), ("\x00\x1b[31m", r"\x00\x1b[31m"), ("a\u2028b", r"a\u2028b")],
)
def test_control_characters_and_line_breaks_are_escaped(name, shown):
    assert printable(name) == shown


def test_the_bytes_of_a_file_name_that_is_not_unicode_can_be_written():
    name = b"caf\xe9.png".decode(errors="surrogateescape")
    assert printable(name).encode() == rb"caf\udce9.png"

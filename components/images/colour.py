"""Colour conversions of uint8 pixels in a TensorFlow graph, in Pillow's integer arithmetic for identical results."""

import tensorflow as tf

_LUMA = (19595, 38470, 7471)  # 0.299, 0.587 and 0.114 of ITU-R BT.601, in units of 2**-16


def to_rgb(pixels: tf.Tensor) -> tf.Tensor:
    """Grey, grey with alpha, RGB or RGBA [..., 1 to 4] → RGB [..., 3], with transparency composited onto white."""
    channels = tf.shape(pixels)[-1]
    colours = tf.gather(pixels, tf.where(channels < 3, [0, 0, 0], [0, 1, 2]), axis=-1)
    return tf.cond(channels % 2 == 0, lambda: on_white(colours, pixels[..., -1:]), lambda: colours)


def on_white(colours: tf.Tensor, alpha: tf.Tensor) -> tf.Tensor:
    """Composite colours [..., c] with alpha [..., 1] onto white: [..., c]."""
    wide, opacity = tf.cast(colours, tf.int32), tf.cast(alpha, tf.int32)
    # As in Pillow's `alpha_composite`: weights in units of 1/128, and a rounding division by 255.
    mixed = (wide * opacity + 255 * (255 - opacity)) * 128 + 0x80 * 128
    return tf.cast(tf.bitwise.right_shift(tf.bitwise.right_shift(mixed, 8) + mixed, 15), tf.uint8)


def luma(rgb: tf.Tensor) -> tf.Tensor:
    """RGB [..., 3] → grey [..., 1]. ITU-R BT.601. Equal values of red, green and blue are preserved."""
    red, green, blue = (tf.cast(rgb[..., i : i + 1], tf.int32) * weight for i, weight in enumerate(_LUMA))
    return tf.cast(tf.bitwise.right_shift(red + green + blue + 0x8000, 16), tf.uint8)

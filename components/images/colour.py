"""Colour conversions of uint8 pixels in a TensorFlow graph, in Pillow's integer arithmetic for identical results."""

import tensorflow as tf

_LUMA = (19595, 38470, 7471)  # 0.299, 0.587 and 0.114 of ITU-R BT.601, in units of 2**-16


def opaque(pixels: tf.Tensor) -> tf.Tensor:
    """Grey, grey with alpha, RGB or RGBA [..., 1 to 4] → [..., 1 or 3], with transparency composited onto white."""
    has_alpha = tf.shape(pixels)[-1] % 2 == 0
    return tf.cond(has_alpha, lambda: on_white(pixels[..., :-1], pixels[..., -1:]), lambda: pixels)


def to_rgb(pixels: tf.Tensor) -> tf.Tensor:
    """Grey [..., 1] or RGB [..., 3] → RGB [..., 3]."""
    return tf.broadcast_to(pixels, tf.concat([tf.shape(pixels)[:-1], [3]], axis=0))


def to_grey(pixels: tf.Tensor) -> tf.Tensor:
    """Grey [..., 1] or RGB [..., 3] → grey [..., 1]."""
    if pixels.shape[-1] == 3:  # a condition in the graph would cost more than the conversion of a small image
        return luma(pixels)
    return tf.cond(tf.shape(pixels)[-1] == 1, lambda: pixels, lambda: luma(pixels))


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

"""The arrays that models, steps, metrics and figures pass to each other, by what they hold."""

import numpy as np
from numpy.typing import NDArray

Labels = NDArray[np.int64]
"""Classes [n], -1 where unknown; or clusters [n]."""
UNKNOWN = -1
"""The label of an image whose class is hidden from training or unknown."""
FactorValues = NDArray[np.int64]
"""Values [n, k] of the factors that generated images, from 0."""
Codes = NDArray[np.float32]
"""Code vectors [n, code]."""
Pixels = NDArray[np.uint8]
"""Images as they are stored, [n, h, w, c]."""
Images = NDArray[np.float32]
"""Images as a model sees or makes them, [n, h, w, c] in [0, 1]."""

"""Numbers of configurations, each bounded to what can be meant. Importable without TensorFlow.

A bound is no advice: it is far beyond what was ever useful, and refuses a slip of the keyboard before it costs hours or
all memory.
"""

from typing import Annotated

from pydantic import Field

Units = Annotated[int, Field(ge=1, le=65_536)]
"""Number of units, filters, dimensions, components or categories."""
Layers = Annotated[int, Field(ge=1, le=1_000)]
"""Number of layers, blocks or flows."""
Widths = Annotated[tuple[Units, ...], Field(max_length=1_000)]
"""Number of units in each of several layers."""
Epochs = Annotated[int, Field(ge=1, le=1_000_000)]
"""Number of epochs."""
OptionalEpochs = Annotated[int, Field(ge=0, le=1_000_000)]
"""Number of epochs of a phase that may be left out."""
Steps = Annotated[int, Field(ge=1, le=1_000_000_000)]
"""Number of optimizer steps."""
Images = Annotated[int, Field(ge=1, le=1_000_000_000)]
"""Number of images."""
Samples = Annotated[int, Field(ge=1, le=1_000_000)]
"""Number of samples per image."""
Repeats = Annotated[int, Field(ge=1, le=1_000)]
"""Number of repetitions, each with its own seed."""
Seed = Annotated[int, Field(ge=0, lt=2**31)]
"""Seed of random numbers."""
LearningRate = Annotated[float, Field(gt=0, le=10)]
"""Learning rate of an optimizer."""
Weight = Annotated[float, Field(ge=0, le=1e9)]
"""Weight of a term."""
PositiveWeight = Annotated[float, Field(gt=0, le=1e9)]
"""Weight or scale that must not be 0."""

"""The page of a study: one self-contained HTML file."""

import base64
import io
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from matplotlib.figure import Figure

from vaeflow.components.evaluation.catalogue import METRICS
from vaeflow.components.evaluation.figures import FIGURES
from vaeflow.pipeline.studies.charts import chart
from vaeflow.pipeline.studies.figures import Evaluated, side_by_side
from vaeflow.pipeline.studies.study import Study

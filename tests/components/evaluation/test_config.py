import subprocess
import sys

import pytest
from pydantic import ValidationError

from vaeflow.components.evaluation.config import EvaluateConfig


@pytest.mark.parametrize(
    ("require", "message"),
    [
        ({"elbow": "> 1"}, "elbow: no such metric. Did you mean 'elbo'"),
        ({"elbo": "-120"}, "elbo: expected a comparison"),
    ],
)
def test_a_wrong_requirement_is_refused_with_the_configuration(require, message):
    with pytest.raises(ValidationError, match=message):
        EvaluateConfig(require=require)


def test_the_configuration_is_checked_without_any_heavy_import():
    code = """
import sys
from vaeflow.components.evaluation.config import EvaluateConfig
EvaluateConfig(require={"elbo": "> 1"})
heavy = {"tensorflow", "keras", "apache_beam", "sklearn", "matplotlib", "numpy", "pyarrow", "scipy"}
print(sorted(heavy & set(sys.modules)))
"""
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"

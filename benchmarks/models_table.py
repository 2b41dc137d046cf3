"""README's table of models, from the numbers of the study `family`."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from gallery_tables import value
from markdown_text import markdown_table

README = Path(__file__).parents[1] / "README.md"
BEGIN, END = "<!-- models: written by benchmarks/gallery.py -->", "<!-- end of models -->"
TITLES = {
    "elbo": "ELBO {}",
    "iw_log_likelihood": "log p(x) {}",
    "psnr": "PSNR {} dB",
    "denoised_psnr": "denoised PSNR {} dB",
    "active_units": "active units {}",
    "codebook_perplexity": "perplexity {}",
    "cluster_accuracy": "cluster accuracy {}",
    "sharpness_samples": "sharpness of samples {}, of test images 0.161",
    "classification_error": "error {} %",
}
"""How numbers are written."""


class Model(NamedTuple):
    """A model of the family, its papers, the recipes that run it, and what is shown of which variants of the study."""

    name: str
    paper: str
    recipes: Sequence[str]
    shown: Mapping[str, Sequence[str]]
    condition: str = ""
    """What the numbers are measured under, if they are not like those of the others."""


MODELS = (
    Model(
        "Autoencoder: plain, sparse, denoising",
        "Hinton & Salakhutdinov 2006; Ng 2011; Vincent 2008",
        ("autoencoder", "sparse_autoencoder", "kl_sparse_autoencoder", "denoising_autoencoder"),
        {"autoencoder": ("psnr",), "denoising autoencoder": ("denoised_psnr",)},
    ),
    Model("VAE", "Kingma & Welling 2014", ("mnist5k",), {"VAE": ("elbo", "iw_log_likelihood")}),
    Model("IWAE", "Burda 2016", ("iwae",), {"IWAE": ("elbo", "iw_log_likelihood")}),
    Model(
        "VAE with normalizing flows",
        "Rezende & Mohamed 2015; Kingma 2016",
        ("planar_flow", "iaf"),
        {"planar flows": ("elbo",), "IAF": ("elbo",)},
    ),
    Model("VampPrior", "Tomczak & Welling 2018", ("vamp_prior",), {"VampPrior": ("elbo",)}),
    Model("Hierarchical VAE", "Rezende 2014", ("hierarchical_vae",), {"hierarchical VAE": ("elbo", "active_units")}),
    Model("Ladder VAE", "Sønderby 2016", ("ladder_vae",), {"Ladder VAE": ("elbo", "active_units")}),
    Model("Gumbel-softmax VAE", "Jang 2017", ("gumbel_vae",), {"Gumbel-softmax VAE": ("elbo",)}),
    Model("VQ-VAE", "van den Oord 2017", ("vq_vae",), {"VQ-VAE": ("elbo", "codebook_perplexity")}),
    Model("VaDE", "Jiang 2017", ("vade",), {"VaDE": ("cluster_accuracy",)}),
    Model("VAE/GAN", "Larsen 2016", ("vae_gan",), {"VAE/GAN": ("sharpness_samples",)}),
    Model("DFC-VAE", "Hou 2017", ("dfc_vae",), {"DFC-VAE": ("sharpness_samples",)}),
    Model("Conditional VAE", "Sohn 2015", ("cvae",), {"conditional VAE": ("elbo",)}, " given the class"),
    Model("M1", "Kingma 2014", ("m1", "m1_svm"), {"M1": ("classification_error",)}),
    Model("M2", "Kingma 2014", ("m2",), {"M2": ("classification_error",)}),
    Model("M1+M2", "Kingma 2014", ("m1_m2",), {"M1+M2": ("classification_error",)}),
    Model("ADGM", "Maaløe 2016", ("adgm",), {"ADGM": ("classification_error",)}),
    Model("SDGM", "Maaløe 2016", ("sdgm",), {"SDGM": ("classification_error",)}),
    Model("Fine-tuned encoder", "Hinton 2006", ("fine_tuned",), {"fine-tuned encoder": ("classification_error",)}),
    Model("Supervised classifier", "–", ("classifier",), {"supervised classifier": ("classification_error",)}),
)


def write(numbers: Mapping[str, Any]) -> None:
    """Replace the table in the README."""
    table = markdown_table(("model", "paper", "recipes", "measured"), _rows(numbers))
    text = README.read_text(encoding="utf-8")
    block = f"{BEGIN}\n{table}\n{END}"
    README.write_text(re.sub(f"{BEGIN}.*{END}", lambda _: block, text, flags=re.DOTALL), encoding="utf-8")


def _rows(numbers: Mapping[str, Any]) -> Iterator[Sequence[str]]:
    for model in MODELS:
        measured = [
            TITLES[metric].format(value(numbers, variant, metric))
            for variant, metrics in model.shown.items()
            for metric in metrics
        ]
        recipes = ", ".join(f"`{recipe}`" for recipe in model.recipes)
        yield model.name, model.paper, recipes, ", ".join(measured) + model.condition

import numpy as np
import pytest

from vaeflow.components.evaluation.figures.loss_curves import loss_curves

TERMS = ("elbo", "log_likelihood", "kl")


def history(epochs):
    return [
        {"epoch": e + 1, **{f"{prefix}{term}": -500 / (e + 1) ** 2 for prefix in ("", "val_") for term in TERMS}}
        for e in range(epochs)
    ]


@pytest.mark.parametrize("epochs", [1, 2, 50])
def test_both_curves_of_every_term_are_drawn_with_the_best_epoch(epochs):
    picture = loss_curves(history(epochs), best_epoch=epochs)
    assert len(picture.figure.axes) == 3
    for axis in picture.figure.axes:
        training, validation, best = axis.get_lines()
        assert len(training.get_ydata()) == len(validation.get_ydata()) == epochs
        assert best.get_xdata()[0] == epochs


def test_a_long_training_is_framed_where_it_settles():
    axis = loss_curves(history(50), best_epoch=50).figure.axes[0]
    assert axis.get_ylim()[0] > -400


def test_a_diverged_epoch_does_not_break_the_picture(tmp_path):
    epochs = history(25)
    epochs[24]["elbo"] = np.nan
    loss_curves(epochs, best_epoch=24).figure.savefig(tmp_path / "curves.png")


def test_validation_images_without_labels_have_no_curve_of_a_classifier():
    epochs = [{"epoch": e + 1, "objective": -1 / (e + 1), "val_objective": 0.0} for e in range(3)]
    picture = loss_curves(epochs, best_epoch=3, bound=False)
    (axis,) = picture.figure.axes
    assert [line.get_label() for line in axis.get_lines()][:1] == ["training"]
    assert len(axis.get_lines()) == 2
    assert "Validation images had no labels" in picture.caption

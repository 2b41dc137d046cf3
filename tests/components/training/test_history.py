import math

from vaeflow.components.training.history import History


def history(*validation_elbos: float) -> History:
    return History([{"epoch": i + 1, "val_elbo": elbo} for i, elbo in enumerate(validation_elbos)])


def test_the_best_epoch_has_the_highest_validation_elbo():
    assert history(-3, -1, -2).best_epoch == 2


def test_of_equal_epochs_the_first_is_the_best():
    assert history(-2, -1, -1).best_epoch == 2


def test_an_epoch_that_is_not_a_number_is_never_the_best():
    assert history(math.nan, -5, math.nan).best_epoch == 2


def test_patience_counts_the_epochs_since_the_best():
    assert not history(-3, -1, -2).out_of_patience(2)
    assert history(-3, -1, -2, -2).out_of_patience(2)


def test_an_empty_history_is_patient():
    assert not History().out_of_patience(1)


def test_it_is_read_back_as_written(tmp_path):
    written = history(-3.25, -1)
    written.write(tmp_path / "history.json")
    assert History.read(tmp_path / "history.json") == written

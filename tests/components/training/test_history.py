import math

from vaeflow.components.training.history import History


def history(*objectives: float, **about: object) -> History:
    epochs = [{"epoch": i + 1, "val_objective": objective} for i, objective in enumerate(objectives)]
    return History(epochs, **about)


def test_the_best_epoch_has_the_highest_objective_on_validation():
    assert history(-3, -1, -2).best_epoch == 2


def test_of_equal_epochs_the_first_is_the_best():
    assert history(-2, -1, -1).best_epoch == 2


def test_an_epoch_that_is_not_a_number_is_never_the_best():
    assert history(math.nan, -5, math.nan).best_epoch == 2


def test_patience_counts_the_epochs_since_the_best():
    assert not history(-3, -1, -2).out_of_patience(2)
    assert history(-3, -1, -2, -2).out_of_patience(2)


def test_an_epoch_of_pretraining_is_never_the_best():
    assert history(-1, -9, -5, -7, pretraining=2).best_epoch == 3


def test_in_pretraining_the_last_epoch_counts_and_patience_does_not():
    assert history(-1, -9, pretraining=2).best_epoch == 2
    assert not history(-1, -9, pretraining=2).out_of_patience(1)


def test_patience_begins_after_the_warm_up():
    worse = (-1, -2, -3, -4)
    assert history(*worse, warm_up=1).out_of_patience(3)
    assert not history(*worse, warm_up=2).out_of_patience(3)
    assert not history(-9, *worse, pretraining=1, warm_up=2).out_of_patience(3)
    assert history(-9, *worse, pretraining=1, warm_up=2).out_of_patience(2)


def test_an_epoch_of_the_warm_up_can_be_the_best():
    assert history(-1, -2, -3, warm_up=2).best_epoch == 1


def test_where_epochs_cannot_be_compared_the_last_is_taken():
    adversarial = history(-1, -9, -5, comparable=False)
    assert adversarial.best_epoch == 3
    assert not adversarial.out_of_patience(1)


def test_an_empty_history_is_patient():
    assert not History().out_of_patience(1)


def test_it_is_read_back_as_written(tmp_path):
    history(-3.25, -1).write(tmp_path / "history.json")
    read = History()
    read.read(tmp_path / "history.json")
    assert read == history(-3.25, -1)


def test_active_units_are_read_back_with_their_epochs(tmp_path):
    history(-2, -1, active_units=[[0, 2], []]).write(tmp_path / "history.json")
    read = History()
    read.read(tmp_path / "history.json")
    assert read.active_units == [[0, 2], []]

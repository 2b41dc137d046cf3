"""The trials that Optuna chooses and keeps, without any training."""

import math
import pickle
import re
import sqlite3
from contextlib import closing

import pytest

from vaeflow.components.training.history import History, Pruned
from vaeflow.models.errors import InputError
from vaeflow.pipeline.plan import PLAN, select
from vaeflow.pipeline.recipes import load
from vaeflow.pipeline.studies.found import best_of
from vaeflow.pipeline.studies.search_config import SearchConfig
from vaeflow.pipeline.studies.trial import OPEN
from vaeflow.pipeline.studies.trials import Trials, identity

SEARCH = {
    "trials": 12,
    "ranges": {
        "train.model.latent_dim": {"low": 2, "high": 64, "log": True},
        "train.learning_rate": {"low": 1.00001e-4, "high": 0.1, "log": True},
        "train.model.network.hidden": {"choices": [[8], [16, 8], None]},
    },
}


def trials(folder, **changes):
    config = SearchConfig.model_validate({**SEARCH, **changes})
    return Trials(config, frozenset(["train.model.latent_dim"]), "search", folder / "optuna.sqlite")


def quality(trial):
    """Best at 16 dimensions, whatever the rest."""
    return -abs(trial.values["train.model.latent_dim"] - 16)


def run_all(some):
    for trial in some.asked():
        some.end(trial, f"run-{trial.number}", quality(trial), {1: -100, 2: quality(trial)})
    return some.known()


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A search without interruption."""
    some = trials(tmp_path_factory.mktemp("whole"))
    return some, run_all(some)


def test_values_are_within_their_ranges_and_whole_where_they_must_be(whole):
    _, known = whole
    for trial in known:
        dim, rate, hidden = trial.values.values()
        assert type(dim) is int
        assert 2 <= dim <= 64
        assert 1.00001e-4 <= rate <= 0.1
        assert re.fullmatch(r"1\.00001e-4|0\.0*[1-9]\d{0,3}|0\.1", f"{rate:.8f}".rstrip("0"))
        assert hidden in ([8], [16, 8], None)


def test_it_has_as_many_trials_as_asked_for_and_goes_on_if_more_are(whole, tmp_path):
    assert [trial.number for trial in whole[1]] == list(range(12))
    assert all(trial.state == "finished" and trial.goal == quality(trial) and trial.epochs == 2 for trial in whole[1])
    folder = tmp_path / "50 %?mode=ro#1"  # none of this is an option
    folder.mkdir()
    run_all(trials(folder, trials=3))
    assert run_all(trials(folder, trials=5)) == whole[1][:5]
    assert not list(trials(folder, trials=2).asked())
    assert [file.name for file in folder.iterdir()] == ["optuna.sqlite"]


def test_a_trial_that_diverged_has_ended_and_is_not_run_again(tmp_path):
    some = trials(tmp_path, trials=3)
    for trial in some.asked():
        if trial.number == 1:
            some.diverge(trial)
        else:
            some.end(trial, "run", quality(trial), {})
    assert [trial.state for trial in some.ended()] == ["finished", "diverged", "finished"]
    assert math.isnan(some.known()[1].goal)
    assert not list(some.asked())


def test_a_search_that_is_killed_goes_on_as_if_it_was_not(whole, tmp_path):
    for ended in (1, 6, 11):
        run_all(trials(tmp_path, trials=ended))
        killed = next(trials(tmp_path).asked())
        assert next(trials(tmp_path).asked()) == killed
    assert run_all(trials(tmp_path)) == whole[1]


def test_the_importance_is_that_of_the_field_that_matters(whole):
    shares = whole[0].importance()
    assert sum(shares.values()) == pytest.approx(1)
    assert max(shares, key=shares.get) == "train.model.latent_dim"


def test_the_best_is_the_finished_trial_with_the_highest_goal(whole):
    assert best_of(whole[1]).goal == max(map(quality, whole[1]))
    assert best_of([]) is None


def history(*values, pretraining=0, warm_up=0):
    return History([{"val_elbo": value} for value in values], pretraining=pretraining, warm_up=warm_up)


def pruned_after(some, trial, values, epochs=8, **phases):
    """The epoch after which a training with these values is pruned; None if it is not."""
    on_epoch = pickle.loads(pickle.dumps(some.pruning(trial, epochs)))  # as Beam does
    for epoch in range(1, len(values) + 1):
        try:
            on_epoch(history(*values[:epoch], **phases))
        except Pruned as pruned:
            return pruned.epoch
    return None


def test_a_trial_that_is_worse_than_the_median_is_pruned_but_not_in_the_first_quarter(tmp_path):
    some = trials(tmp_path)
    asked = some.asked()
    for level in range(5):
        trial = next(asked)
        assert pruned_after(some, trial, [level] * 8) is None
        some.end(trial, f"run-{level}", level, dict.fromkeys(range(1, 9), level))
    assert pruned_after(some, next(asked), [1.9] * 8) == 8 // 4 + 1
    assert pruned_after(some, next(asked), [1.9] * 8, pretraining=2) == 2 + 8 // 4 + 1
    assert pruned_after(some, next(asked), [1.9] * 8, warm_up=5) == 5 + 1
    assert pruned_after(some, next(asked), [2.1] * 8) is None
    last = next(asked)
    assert pruned_after(some, last, [0, 0, 2.5, 0]) is None
    some.end(last, "run-9", None, {})
    known = some.known()[last.number]
    assert (known.state, known.goal, known.epochs, known.run) == ("pruned", 0, 4, "run-9")


def test_the_identity_is_that_of_all_that_trials_depend_on():
    def of(*changes, others=(), **search):
        config = load("digits", changes).config
        plan = select(PLAN, config, "train")
        return identity(SearchConfig.model_validate({**SEARCH, **search}), config, others, plan)

    assert of(others=[load("digits").config]) != of(others=[load("cvae").config])
    assert of() == of(trials=3) == of("evaluate.importance_samples=3")
    assert len({of(), of("train.epochs=3"), of("preprocess.seed=3"), of(seed=1), of(goal="val_objective")}) == 5


def test_trials_are_read_while_nothing_can_be_written(tmp_path):
    next(trials(tmp_path).asked())
    with closing(sqlite3.connect(tmp_path / "optuna.sqlite", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert [trial.state for trial in trials(tmp_path).known()] == [OPEN]


def test_a_file_that_has_lost_a_table_is_refused_wherever_it_is_used(tmp_path):
    search = trials(tmp_path)
    trial = next(search.asked())
    with closing(sqlite3.connect(tmp_path / "optuna.sqlite")) as other:
        other.execute("DROP TABLE trial_params")
    uses = (
        search.known,
        trials(tmp_path).known,
        lambda: next(search.asked()),
        lambda: search.end(trial, "toy-1", 1.0, {}),
        lambda: search.pruning(trial, 1)(History([{"epoch": 1, "val_elbo": 1.0}])),
        search.importance,
    )
    for use in uses:
        with pytest.raises(InputError, match=r"optuna\.sqlite: cannot be read as Optuna's trials.*trial_params"):
            use()


def test_a_file_that_is_none_of_optuna_is_refused(tmp_path):
    (tmp_path / "optuna.sqlite").write_text("no database")
    with pytest.raises(InputError, match=r"optuna\.sqlite: cannot be read as Optuna's trials"):
        trials(tmp_path).known()

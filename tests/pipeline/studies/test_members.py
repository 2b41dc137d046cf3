"""Which runs a study has, and with which configurations."""

import pytest

from vaeflow.models.errors import InputError
from vaeflow.pipeline.recipes import load as load_recipe
from vaeflow.pipeline.studies.members import check, chosen, members, variants
from vaeflow.pipeline.studies.study import STUDIES, Study, changed, load, validated


def study(**settings):
    return Study("toy", validated({"recipe": "digits", **settings}))


def test_the_members_are_all_combinations_of_variants_values_and_seeds():
    found = members(
        study(
            variants={"VAE": {}, "AE": {"recipe": "autoencoder", "train.batch_size": 50}},
            vary={"train.model.latent_dim": [2, 8], "train.learning_rate": [1e-3]},
            seeds=2,
        )
    )
    told = [
        (
            each.membership.variant,
            each.config.train.model.name,
            each.config.train.model.latent_dim,
            each.config.train.seed,
        )
        for each in found
    ]
    assert told == [
        (f"{name} latent_dim={size} learning_rate=0.001", model, size, seed)
        for name, model in (("VAE", "vae"), ("AE", "autoencoder"))
        for size in (2, 8)
        for seed in (0, 1)
    ]
    assert len({each.name for each in found}) == len(found)
    assert {each.config.train.batch_size for each in found[4:]} == {50}


def test_what_all_members_set_gives_way_to_variants_and_these_to_the_command_line():
    some = study(set={"train.epochs": 3, "train.batch_size": 20}, variants={"a": {"train.epochs": 4}, "b": {}})
    assert [each.config.train.epochs for each in members(some)] == [4, 3]
    found = members(changed(some, changes=["train.batch_size=30"], seeds=2))
    assert [(m.config.train.epochs, m.config.train.batch_size) for m in found] == [(4, 30), (4, 30), (3, 30), (3, 30)]


def test_members_require_and_publish_nothing():
    (member,) = members(study(recipe="mnist5k", vary={"train.epochs": [1]}))
    assert load_recipe("mnist5k").config.evaluate.require
    assert not member.config.evaluate.require
    assert member.config.publish.to is None


def test_each_seed_has_its_own_labels_where_few_are_known():
    found = members(study(recipe="m2", vary={"train.data.labels": [50, 100]}, seeds=2))
    assert [each.config.train.data.label_seed for each in found] == [0, 1, 0, 1]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("train.model.latent_dim=3", "--set train.model.latent_dim: the study varies train.model.latent_dim"),
        ("train.model={name: autoencoder}", "--set train.model: the study varies train.model.latent_dim"),
        ("train.objective.beta=2", "--set train.objective.beta: the study varies train.objective"),
        ("train.seed=2", "--set train.seed: expected the number of seeds"),
        ("publish.to=here", "--set publish.to: expected nothing"),
        ("publish={to: here}", "--set publish.to: expected nothing"),
        ("evaluate={require: {elbo: '> 0'}}", "--set evaluate.require: expected nothing"),
    ],
)
def test_a_change_that_would_undo_the_study_is_refused(change, message):
    some = study(variants={"a": {"train.objective": {"name": "iwae"}}, "b": {}}, vary={"train.model.latent_dim": [2]})
    with pytest.raises(InputError) as error:
        members(changed(some, changes=[change]))
    assert message in str(error.value)


def test_a_quick_study_has_one_seed_and_a_tenth_of_the_epochs_and_another_name():
    some = changed(study(set={"train.epochs": 25}, vary={"train.batch_size": [10, 20]}, seeds=3), quick=True)
    found = members(some)
    assert some.name == "toy-quick"
    assert [each.config.train.epochs for each in found] == [3, 3]
    assert all(each.name.startswith("toy-quick.") for each in found)


def test_quick_variants_may_have_the_same_number_of_epochs():
    some = changed(study(vary={"train.epochs": [1, 5]}), quick=True)
    assert [each.config.train.epochs for each in members(some)] == [1, 1]


def test_variants_of_a_quick_study_that_do_not_differ_are_refused():
    some = changed(study(variants={"a": {}, "b": {"train.epochs": 60}}), quick=True)
    with pytest.raises(InputError, match=r"^b: expected another recipe than a has"):
        members(some)


def test_a_quick_study_of_several_seeds_is_refused():
    with pytest.raises(InputError, match=r"^--seeds 3: expected none or 1 besides --quick"):
        changed(study(vary={"train.epochs": [1]}), seeds=3, quick=True)


def test_any_character_may_be_in_a_value():
    (member,) = members(study(vary={"ingest.source": ["folder:😀"]}))
    assert member.config.ingest.source == "folder:😀"


def test_fields_are_called_by_as_much_of_their_names_as_tells_them_apart():
    found = variants(study(vary={"train.batch_size": [10], "evaluate.batch_size": [20], "train.epochs": [1]}).config)
    assert [variant.name for variant in found] == ["train.batch_size=10 evaluate.batch_size=20 epochs=1"]


def test_names_in_any_script_are_names_of_files():
    found = members(study(variants={"α": {}, "β": {"train.epochs": 1}, "多 层/x": {"train.epochs": 2}}))
    assert [each.name for each in found] == ["toy.α.seed=0", "toy.β.seed=0", "toy.多-层-x.seed=0"]


def test_a_section_is_called_by_its_name():
    found = variants(study(vary={"train.objective": [{"name": "elbo", "beta": 2.0}, {"name": "iwae"}]}).config)
    assert [variant.name for variant in found] == ["objective=elbo", "objective=iwae"]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({}, "expected fields in vary, or variants"),
        ({"vary": {"train.epochs": []}}, "train.epochs: expected at least one value"),
        ({"vary": {"train.epochs": [1, 1]}}, "train.epochs: expected different values, got 1 twice"),
        ({"vary": {"train.seed": [1, 2]}}, "the number of seeds in the field seeds"),
        ({"variants": {"a": {"train.seed": 1}}}, "the number of seeds in the field seeds"),
        ({"set": {"publish.to": "x"}, "vary": {"train.epochs": [1]}}, "a study publishes nothing"),
        ({"vary": {"recipe": ["digits", 2]}}, "recipe: expected the name of a recipe, or a YAML file, got 2"),
        ({"variants": {"a": {"recipe": None}}}, "recipe: expected the name of a recipe, or a YAML file, got None"),
        ({"vary": {"epochs": [1]}}, "vary.epochs: should be a field with its section, such as train.objective.beta"),
        ({"variants": {"": {}}}, "should be a name of 1 to 60 characters on one line; got ''."),
        ({"variants": {"a\nb": {}}}, "should be a name of 1 to 60 characters on one line"),
        ({"vary": {"train.epochs": [1]}, "compare": ["elb"]}, "elb: no such metric. Did you mean 'elbo'?"),
        ({"vary": {"train.epochs": [1]}, "show": ["plane"]}, "plane: no such figure"),
        ({"vary": {"train.epochs": [1]}, "seeds": 0}, "seeds: should be at least 1"),
        ({"vari": {}}, "vari: no such field. Did you mean 'vary'"),
        ({"variants": {"a": {"train.data": {"label_seed": 1}}}}, "the number of seeds in the field seeds"),
        ({"set": {"recipe": "mnist"}, "vary": {"train.epochs": [1]}}, "set.recipe: expected the recipe of all"),
        ({"set": {"train.epochs": 3}, "vary": {"train.epochs": [1]}}, "set: train.epochs: the study varies it"),
        (
            {"variants": {"a": {"train.epochs": 3}}, "vary": {"train.epochs": [1]}},
            "variants.a: train.epochs: the study varies it",
        ),
    ],
)
def test_a_study_that_means_nothing_is_refused(settings, message):
    with pytest.raises(InputError) as error:
        study(**settings)
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"vary": {"train.epoch": [1]}}, "epoch=1: train.epoch: no such field"),
        ({"variants": {"a": {"train.epochs": "many"}}}, "a: train.epochs: should be"),
        ({"variants": {"a": {"recipe": "digit"}}}, "a: digit: no such recipe"),
        ({"variants": {"a/b": {}, "a:b": {}}}, "a:b: expected another name"),
        (
            {"variants": {60 * "a": {}}, "vary": {"train.learning_rate": [1], "ingest.source": [50 * "b"]}},
            "120 bytes",
        ),
        ({"variants": {60 * "数": {}}}, "120 bytes"),
        ({"variants": {"a": {}, "b": {"train.epochs": 60}}}, "b: expected another recipe than a has"),
        ({"vary": {"export.name": ["a", "b"]}}, "name=b: expected another recipe than name=a has"),
        (
            {"vary": {"train.model.latent_dim": [2, 3], "train.model": [{"name": "vae", "latent_dim": 5}]}},
            "latent_dim=3 model=vae: expected another recipe than latent_dim=2 model=vae has",
        ),
        ({"vary": {"train.batch_size": [*range(1, 502)]}, "seeds": 2}, "expected at most 1000 runs, got 501 variants"),
    ],
)
def test_an_invalid_member_is_named(settings, message):
    with pytest.raises(InputError) as error:
        members(study(**settings))
    assert message in str(error.value)


def test_a_file_that_is_called_like_a_quick_study_is_refused(tmp_path):
    file = tmp_path / "toy-quick.yaml"
    file.write_text("vary: {train.epochs: [1, 2]}")
    with pytest.raises(InputError, match=r"expected a name that does not end in -quick"):
        load(str(file))


@pytest.mark.parametrize("name", ["!.yaml", f"{101 * 'a'}.yaml", f"{34 * '数'}.yaml", ""])
def test_a_file_without_a_name_or_with_one_that_is_too_long_for_files_of_runs_is_refused(tmp_path, name):
    file = tmp_path / name
    if name:
        file.write_text("vary: {train.epochs: [1, 2]}")
    with pytest.raises(InputError, match=r"expected (a file with )?(a|the) name of"):
        load(str(file) if name else "")


def test_a_member_that_is_known_to_fail_is_named_before_any_work(tmp_path):
    (member,) = members(study(recipe="cvae", set={"ingest.labels": "none"}, vary={"train.epochs": [1]}))
    with pytest.raises(InputError, match="epochs=1, seed 0: "):
        check(member, tmp_path)


def test_only_some_variants_can_be_chosen():
    found = members(study(vary={"train.epochs": [1, 2]}, seeds=2))
    assert [(m.config.train.epochs, m.membership.seed) for m in chosen(found, ["epochs=2"])] == [(2, 0), (2, 1)]
    assert chosen(found, []) == found
    with pytest.raises(InputError, match=r"--only epochs=3: no such variant\. Did you mean 'epochs=2'"):
        chosen(found, ["epochs=3"])


@pytest.mark.parametrize("name", STUDIES.packaged())
def test_every_packaged_study_is_valid_and_tells_what_to_look_for(name):
    some = load(name)
    assert some.config.description.endswith(".")
    assert some.config.read
    assert some.config.compare
    assert len(members(some)) >= 2 or some.config.search

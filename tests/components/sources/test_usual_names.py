"""Names of arrays and columns, and what they mean."""

import pytest

from vaeflow.components.sources.usual_names import meaning_of


@pytest.mark.parametrize(
    ("name", "split", "role"),
    [
        ("y", "unsplit", "labels"),
        ("y_train", "train", "labels"),
        ("YTrain", "train", "labels"),
        ("ytest", "test", "labels"),
        ("trainLabels", "train", "labels"),
        ("validation-classes", "validation", "labels"),
        ("TARGET", "unsplit", "labels"),
        ("image_category", "unsplit", "labels"),
        ("X_train", "train", "images"),
        ("Xtest", "test", "images"),
        ("train_imgs", "train", "images"),
        ("File Name", "unsplit", "ids"),
        ("imagePath", "unsplit", "ids"),
        ("indices_test", "test", "ids"),
        ("patient_id", "unsplit", "groups"),
        ("Subjects", "unsplit", "groups"),
        ("Patient Nr.", "unsplit", "groups"),
        ("donor_code", "unsplit", "groups"),
        ("age_group", "unsplit", None),
        ("split", "unsplit", "splits"),
    ],
)
def test_a_usual_name_has_a_role_in_any_spelling(name, split, role):
    assert (meaning_of(name).split, meaning_of(name).role) == (split, role)


@pytest.mark.parametrize("name", ["", "_", "latest", "age", "arr_1", "mask", "names", "yes", "grass", "ж", "42"])
def test_other_names_have_none(name):
    assert (meaning_of(name).split, meaning_of(name).role) == ("unsplit", None)

from types import SimpleNamespace

from vaeflow.components.evaluation.needs import Need, unmet_need

SUBJECT = SimpleNamespace(config=SimpleNamespace(name="vae"))
MET = Need("luck", lambda subject: True, "and there is none")
UNMET = Need("wings", lambda subject: False, "and this {model} has none")


def test_nothing_is_lacking_where_all_needs_are_met():
    assert unmet_need((MET, MET), SUBJECT) == unmet_need((), SUBJECT) == ""


def test_the_first_unmet_need_is_told_with_the_name_of_the_model():
    assert unmet_need((MET, UNMET), SUBJECT) == "needs wings, and this vae has none"

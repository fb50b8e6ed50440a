from countenance.adapters.fingerprints.phash import build
from countenance.manifest import labels


def test_only_terms_that_admit_synthesis_declare_an_edit():
    assert {term.rpartition("/")[2] for term in labels.DIGITAL_SOURCE_TYPES} == {
        "compositeSynthetic",
        "compositeWithTrainedAlgorithmicMedia",
        "trainedAlgorithmicMedia",
    }


def test_the_operator_signs_all_that_says_who_what_and_for_whom():
    assert set(labels.REFERENCED) >= {labels.ACTIONS, labels.INGREDIENT, labels.RECEIPT}
    assert [label for label in labels.REFERENCED if label.startswith(labels.SOFT_BINDING)] == [
        "c2pa.soft-binding",
        "c2pa.soft-binding__1",
    ]


def test_own_parameters_have_one_name_each():
    own = [value for value in vars(labels).values() if isinstance(value, str) and value.startswith("org.countenance.")]
    assert len(own) == len(set(own)) > 10


def test_the_two_soft_bindings_cannot_be_taken_for_each_other():
    assert build().algorithm.startswith(labels.FINGERPRINT_PREFIX)
    assert not build().algorithm.startswith(labels.WATERMARK_PREFIX)
    assert not labels.FINGERPRINT_PREFIX.startswith(labels.WATERMARK_PREFIX)
    assert not labels.WATERMARK_PREFIX.startswith(labels.FINGERPRINT_PREFIX)

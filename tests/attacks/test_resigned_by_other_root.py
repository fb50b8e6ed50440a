"""A look-alike organisation signs the same statements again under a root of its own."""


def test_same_name_other_root_is_untrusted(studio, rival):
    copy = rival.seal(studio.draft)
    reading = studio.read(copy.data)
    assert reading.signer == studio.read(studio.seal().data).signer
    assert reading.signature_valid
    assert reading.claim_eku
    assert not reading.claim_trusted
    assert reading.identity is not None
    assert reading.identity.trusted is False


def test_the_rival_trusts_itself(studio, rival):
    assert rival.read(rival.seal().data).claim_trusted

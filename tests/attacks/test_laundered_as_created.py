"""A trusted key calls the edited picture a fresh capture."""

from countenance.manifest.labels import EDITED


def test_no_edit_no_receipt_no_operator(studio, forge):
    definition = {
        "claim_version": 2,
        "claim_generator_info": [{"name": "camera", "version": "1"}],
        "assertions": [
            {
                "label": "c2pa.actions.v2",
                "created": True,
                "data": {
                    "actions": [
                        {
                            "action": "c2pa.created",
                            "digitalSourceType": "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture",
                        }
                    ]
                },
            }
        ],
    }
    reading = studio.read(forge(studio.encoded(), definition, studio.claim))
    assert reading.claim_trusted
    assert reading.data_hash_matches
    assert not any(action["action"] == EDITED for action in reading.actions)
    assert reading.edit == {}
    assert reading.receipt == {}
    assert reading.identity is None
    assert not reading.parent_labelled
    assert not reading.all_actions_included

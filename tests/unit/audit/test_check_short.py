import pytest

from countenance.audit.append import append
from countenance.audit.check import check_log
from countenance.errors import TamperedLogError
from countenance.testing.log_keys import log_key
from countenance.testing.memory_log import MemoryLog
from countenance.testing.scribe import Scribe


class Boastful(MemoryLog):
    """Says that it holds one entry more than it does."""

    def size(self):
        return super().size() + 1


@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_store_that_gives_fewer_entries_than_it_says(count):
    log, scribe = MemoryLog(), Scribe()
    for _ in range(count):
        append(*scribe.write(), log, log_key())
    short = Boastful()
    short.__dict__.update(log.__dict__)
    with pytest.raises(TamperedLogError, match=f"entry {count} is missing"):
        check_log(short, log_key().public_pem, [], actor_key=scribe.keys)

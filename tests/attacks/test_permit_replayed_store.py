"""A permit is shown to the books twice: at once, later, by another edit, by many at the same time."""

import threading

import pytest

from countenance.adapters.books.sqlite import build
from countenance.errors import DeniedError
from countenance.testing.fixed_clock import SeededIds

ORIGIN = "log.example/countenance"


def test_a_second_use_is_denied_after_closing_too(tmp_path):
    nonce = SeededIds().secret(16).hex()
    for attempt in range(3):
        books = build(tmp_path / "books.db", ORIGIN)
        if attempt == 0:
            with books.transaction():
                books.use_permit(nonce, "edit_a")
        else:
            with pytest.raises(DeniedError, match="used already"), books.transaction():
                books.use_permit(nonce, f"edit_{attempt}")
        books.close()


def test_a_use_that_was_rolled_back_was_none(tmp_path):
    books = build(tmp_path / "books.db", ORIGIN)

    def use_and_fail():
        with books.transaction():
            books.use_permit("0" * 32, "edit_a")
            raise KeyError

    with pytest.raises(KeyError):
        use_and_fail()
    with books.transaction():
        books.use_permit("0" * 32, "edit_a")
    books.close()


def test_of_many_at_once_one_is_served(tmp_path):
    books, served = build(tmp_path / "books.db", ORIGIN), []

    def use(name):
        try:
            with books.transaction():
                books.use_permit("0" * 32, name)
        except DeniedError:
            return
        served.append(name)

    threads = [threading.Thread(target=use, args=(f"edit_{number}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(served) == 1
    books.close()

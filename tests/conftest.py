"""Fixtures of the tests that go through the command line."""

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from agency import Agency, make_agency

from countenance.testing.private_server import PrivateServer, private_server


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> None:
    """On a busy machine two torch threads wait for each other longer than they work."""
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PrivateServer]:
    """The server at COUNTENANCE_TEST_POSTGRES, as a user who may make databases and roles; or one of the tests' own."""
    given = os.environ.get("COUNTENANCE_TEST_POSTGRES")
    with ExitStack() as stack:
        try:
            server = PrivateServer(given) if given else stack.enter_context(private_server())
        except FileNotFoundError as error:
            pytest.skip(f"no server to test with: {error}, and COUNTENANCE_TEST_POSTGRES names none")
        yield server


@pytest.fixture(scope="session")
def shared_agency(tmp_path_factory: pytest.TempPathFactory) -> Agency:
    """An agency with one published JPEG and PNG. Tests only read it: those that write take `agency`."""
    agency = make_agency(tmp_path_factory.mktemp("agency"), "release.yaml")
    for name in ("published.jpg", "published.png"):
        answer = agency.edit(agency.folder / name, "--au", "AU12=0.45,AU1=0.2,AU2=0.2")
        assert answer.code == 0, answer.out + answer.err
        (agency.folder / f"{name}.json").write_text(answer.out)
    return agency


@pytest.fixture
def agency(shared_agency: Agency, tmp_path: Path) -> Agency:
    """A copy of the shared agency that a test may change."""
    shutil.copytree(shared_agency.folder, tmp_path / "agency")
    return replace(shared_agency, home=tmp_path / "agency" / "home", folder=tmp_path / "agency")

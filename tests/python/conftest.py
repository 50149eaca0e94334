"""The package as it stands in the repository, and relative addresses from its root."""

import sys

import pytest
from answers import ROOT

sys.path.insert(0, str(ROOT / "jupyter/src"))


@pytest.fixture(autouse=True)
def in_root(monkeypatch):
    monkeypatch.chdir(ROOT)

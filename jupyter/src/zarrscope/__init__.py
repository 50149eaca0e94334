"""Labelled analysis of Zarr stores by URL: the same documents in the browser, in notebooks and on Dask."""

from .dask import ZarrscopeError, expression, run
from .notebook import show

__all__ = ["Scope", "ZarrscopeError", "expression", "run", "show"]


def __getattr__(name):
    # Widgets take a moment to import, and not every program shows one.
    if name == "Scope":
        from .notebook.scope import Scope

        return Scope
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

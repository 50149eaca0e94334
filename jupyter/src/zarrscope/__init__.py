"""Labelled analysis of Zarr stores by URL: the same documents in the browser, in notebooks and on Dask."""

from .dask import ZarrscopeError, expression, run

__all__ = ["ZarrscopeError", "expression", "run"]

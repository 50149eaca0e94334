"""Labelled analysis of Zarr stores by URL: the same documents in the browser, in notebooks and on Dask."""

from zarrscope.dask import run

__all__ = ["run"]

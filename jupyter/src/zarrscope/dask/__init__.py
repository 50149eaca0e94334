"""Analysis documents on xarray and Dask: the engine of the community, with the browser's numbers."""

from .errors import ZarrscopeError
from .run import expression, run

__all__ = ["ZarrscopeError", "expression", "run"]

"""Analysis documents on xarray and Dask."""


def run(document, client=None):
    """The result of an analysis document as an xarray Dataset."""
    raise NotImplementedError

"""What documents ask for and xarray has no method of.

Each function stands on public libraries alone and on its neighbours here, and travels to Dask's workers by value: they need no
zarrscope. "Copy as Python" puts their very text into the code that it gives, so there is one source of both.
"""

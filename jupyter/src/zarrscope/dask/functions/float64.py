"""What numbers are computed in."""


def float64(da):
    """Floats in double precision; integers stay, for their sums are exact."""
    return da.astype("float64") if da.dtype.kind == "f" else da

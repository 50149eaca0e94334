"""Blocks and moving windows, beyond what coarsen and rolling do by themselves."""

import xarray as xr


def float64_labels(da, dims):
    """Labels whose means are taken, in float64."""
    floats = [d for d in dims if d in da.coords and da[d].dtype == "float32"]
    return da.assign_coords({d: da[d].astype("float64") for d in floats})


def padded(da, windows, reduce):
    """coarsen with boundary="pad", also of cftime labels, which xarray cannot pad."""
    labels = {}
    for dim, n in windows.items():
        if dim in da.coords and da[dim].dtype == object and da.sizes[dim] % n:
            times = da[dim].values
            parts = [times[i : i + n] for i in range(0, times.size, n)]
            labels[dim] = [part[0] + sum((t - part[0] for t in part), part[0] - part[0]) / len(part) for part in parts]
            da = da.drop_vars(dim)
    return reduce(da.coarsen(windows, boundary="pad")).assign_coords(labels)


def unless_missing(da, reduced, windows, **options):
    """Moving windows in which a missing value makes the result missing."""
    missing = da.isnull().astype("float64").rolling(windows, min_periods=1, **options).sum() > 0
    return reduced.where(~missing)


def weighted_windows(da, weights, windows, group, op, skipna=True):
    """Weighted mean, sum, std or var of the blocks or moving windows that `group` makes of an array."""
    da, weights = xr.broadcast(da, weights)
    counts = group(da).count()
    names = {dim: f"{dim}_window" for dim in windows}

    def made(x):
        grouped = group(x.drop_vars(x.coords))
        rolls = type(grouped).__name__.endswith("Rolling")
        return grouped.construct(names if rolls else {d: (d, name) for d, name in names.items()})

    weighted = made(da.astype("float64")).weighted(made(weights).fillna(0.0))
    result = getattr(weighted, op)(list(names.values()), skipna=skipna)
    return result.assign_coords(counts.coords).where(counts.notnull())

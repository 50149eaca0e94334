"""Which variables are latitudes and longitudes, and the cells around their labels."""


def role(variable):
    """"latitude", "longitude" or None, by CF's units and standard names, else by name."""
    units = str(variable.attrs.get("units", "")).lower()
    standard, name = str(variable.attrs.get("standard_name", "")).lower(), str(variable.name).lower()
    if standard == "latitude" or units.replace("_", "").replace("degrees", "degree") in ("degreenorth", "degreen"):
        return "latitude"
    if standard == "longitude" or units.replace("_", "").replace("degrees", "degree") in ("degreeeast", "degreee"):
        return "longitude"
    if units == "" or units.startswith(("deg", "rad")):
        if name in ("lat", "latitude") or name.endswith("_lat"):
            return "latitude"
        if name in ("lon", "longitude") or name.endswith("_lon"):
            return "longitude"
    return None


def axis(ds, name, wanted):
    """The one-dimensional coordinate of a role along a dimension of a variable, or None."""
    return next((ds[d] for d in ds[name].dims if d in ds.variables and role(ds[d]) == wanted), None)


def bounds_of(ds, coordinate):
    """The n × 2 bounds that a coordinate names and the store has, or None."""
    name = None if coordinate is None else coordinate.attrs.get("bounds") or coordinate.encoding.get("bounds")
    found = ds[name] if name in ds.variables else None
    return found if found is not None and found.shape == (coordinate.size, 2) else None

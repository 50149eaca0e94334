"""The selection that made an array of a stored one, told by comparing labels."""

import numpy as np

from ..dask.errors import ZarrscopeError


def selection(array, stored, given):
    """A document's `select`: positions of the stored array, by dimension. Refuses what is no selection of it.

    Dimensions whose selection is `given` are not looked at.
    """
    others = [dim for dim in array.dims if dim not in stored.dims]
    if others:
        raise refused(f"the dimension {others[0]!r} is none of the stored {stored.name!r}")
    forms = {dim: form(array, stored, dim) for dim in stored.dims if dim not in given}
    select = {dim: one for dim, one in forms.items() if one is not None}
    if array._in_memory and not given:
        compare(array, stored, select)
    return select


def form(array, stored, dim):
    """None for the whole."""
    size = stored.sizes[dim]
    if dim not in array.dims:
        return {"index": dropped(array, stored, dim)}
    if dim not in stored.indexes or dim not in array.indexes:
        if array.sizes[dim] == size:
            return None
        raise refused(f"{dim!r} has no labels to tell which positions were selected: give them as `select`")
    labels, own = stored.indexes[dim], array.indexes[dim]
    if own.equals(labels):
        return None
    if not labels.is_unique:
        raise refused(f"labels of {dim!r} are there more than once: give the selection as `select`")
    try:
        positions = labels.get_indexer(own)
    except (TypeError, ValueError) as error:
        raise refused(f"the labels of {dim!r} are of another kind than the store's") from error
    if (positions < 0).any():
        raise refused(f"{dim!r} has labels that the store has not, such as {own[int(np.argmax(positions < 0))]}")
    return along(positions)


def along(positions):
    """As a slice where it is one."""
    if len(positions) == 1:
        return {"start": int(positions[0]), "stop": int(positions[0]) + 1}
    steps = np.diff(positions)
    if len(positions) and (steps == steps[0]).all() and steps[0] > 0:
        step = {} if steps[0] == 1 else {"step": int(steps[0])}
        return {"start": int(positions[0]), "stop": int(positions[-1]) + 1, **step}
    return {"index": [int(at) for at in positions]}


def dropped(array, stored, dim):
    """The position of a dimension that a selection took away."""
    if stored.sizes[dim] == 1:
        return 0
    if dim not in array.coords or dim not in stored.indexes:
        raise refused(f"nothing tells which position of {dim!r} was selected: give it as `select`")
    found = np.flatnonzero(stored.indexes[dim] == array.coords[dim].values[()])
    if len(found) != 1:
        raise refused(f"the store has no position of {dim!r} with the label {array.coords[dim].values}")
    return int(found[0])


def compare(array, stored, select):
    """Values in memory may be anything by now: the first and the last one are looked up."""
    chosen = stored
    for dim, one in select.items():
        index = one["index"] if "index" in one else slice(one["start"], one["stop"], one.get("step"))
        chosen = chosen.isel({dim: index})
    if 0 in chosen.shape:
        raise refused("the selection is empty")
    for end in (0, -1):
        corner = {dim: end for dim in chosen.dims}
        here, there = array.isel(corner).values, chosen.isel(corner).values
        if not (here == there or (here != here and there != there)):
            raise refused(f"its values are not the store's: {here} where the store has {there}")


def refused(why):
    return ZarrscopeError("unsupported", f"this is no selection of stored data: {why}. A computation is given as `steps`")

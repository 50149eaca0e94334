"""The dashboard in a cell, as an anywidget: what it asks and what it gets are traits."""

from pathlib import Path

import anywidget
import traitlets
import xarray as xr

from ..dask.errors import ZarrscopeError
from .results import dataset_of
from .subject import document_of

STATIC = Path(__file__).parent.parent / "static"


class DatasetTrait(traitlets.Instance):
    """A Dataset: each one that is set is news. Comparing two would compare their values."""

    def set(self, obj, value):
        value = self._validate(obj, value)
        old = obj._trait_values.get(self.name)
        obj._trait_values[self.name] = value
        if value is not old:
            obj._notify_trait(self.name, old, value)


class Scope(anywidget.AnyWidget):
    """The dashboard of a store.

    `Scope(address)` opens it; `Scope(address, variable, select=…, steps=…)`, `Scope(document)` and `Scope(xarray_object)` ask at
    once. Set `document` to ask something else; `result` is the last answer as a Dataset, and can be observed.
    """

    _esm = STATIC / "widget.js"

    url = traitlets.Unicode("", help="The address that is open.").tag(sync=True)
    document = traitlets.Dict(
        default_value=None, allow_none=True, help="What is asked, as an analysis document without what may be secret."
    ).tag(sync=True)
    status = traitlets.Unicode("idle", help="idle, opening, waiting, asking, running, done, cancelled or failed.").tag(sync=True)
    error = traitlets.Dict(default_value=None, allow_none=True, help="What failed: code, message, and where.").tag(sync=True)
    height = traitlets.Int(520, help="The most height of the figure, in CSS pixels.").tag(sync=True)
    result = DatasetTrait(xr.Dataset, allow_none=True, help="The last result.")

    def __init__(self, subject="", variable=None, *, select=None, steps=None, source=None, storage=None, precision=None, **traits):
        super().__init__(**traits)
        # Before anything is set, so that no answer is missed.
        self.on_msg(self._receive)
        if isinstance(subject, str) and variable is None and not (select or steps or storage):
            self.url = subject
        else:
            document = document_of(subject, variable, select, steps, source, storage, precision)
            self.url = str(document.get("source", ""))
            self.document = document

    @property
    def array(self):
        """The last result's first variable as a numpy array; None before there is one."""
        if self.result is None:
            return None
        return next(iter(self.result.data_vars.values())).values

    def _receive(self, _widget, content, buffers):
        if content.get("type") != "result":
            return
        try:
            self.result = dataset_of(content["result"], buffers)
        except (KeyError, TypeError, ValueError, IndexError) as error:
            failed = ZarrscopeError("unsupported", f"the result cannot be taken over: {error}")
            self.error = {"code": failed.code, "message": str(failed)}

"""Pictures in notebooks: the output is a document, which the page computes and draws, now and whenever it is opened again."""

from ..dask.document import checked
from ..dask.errors import ZarrscopeError
from .secrets import secrets_in
from .subject import document_of

MIME_TYPE = "application/vnd.zarrscope.v1+json"


class Shown:
    """What a cell shows. `document` is the analysis document; `look` is how it is drawn."""

    def __init__(self, document, look=None):
        self.document = document
        self.look = look or {}

    def __repr__(self):
        document = self.document
        names = document.get("variables") or [document.get("variable")]
        steps = ", then ".join(step_text(step) for step in document.get("steps", []))
        return f"<zarrscope: {steps or 'values'} of {', '.join(map(str, names))} in {document['source']}>"

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {MIME_TYPE: self.document, "text/plain": repr(self)}, {MIME_TYPE: self.look}


def show(
    subject,
    variable=None,
    *,
    select=None,
    steps=None,
    source=None,
    storage=None,
    precision=None,
    title=None,
    colormap=None,
    range=None,
    coastlines=None,
    significance=None,
    draw=None,
    height=None,
):
    """A picture of Zarr data, computed by the page.

    `subject` is an address, an analysis document, or a DataArray or Dataset that was opened from an address: its selection is
    carried over. `select` and `steps` are those of the document; `source` is the address of an xarray object that does not tell
    it. The others say how it is drawn; `draw` names the one of several results.
    """
    document = document_of(subject, variable, select, steps, source, storage, precision)
    checked(document)
    secret = secrets_in(document)
    if secret:
        raise ZarrscopeError(
            "unsupported",
            f"the notebook would keep what may be secret ({', '.join(secret)}): use zarrscope.Scope, whose outputs hold no address",
        )
    look = {
        "title": title, "colormap": colormap, "range": None if range is None else [float(end) for end in range],
        "coastlines": coastlines, "significance": significance, "variable": draw, "height": height,
    }  # fmt: skip
    return Shown(document, {name: value for name, value in look.items() if value is not None})


def step_text(step):
    dims = step.get("dims")
    return f"{step.get('op')} over {', '.join([dims] if isinstance(dims, str) else dims)}" if dims else str(step.get("op"))

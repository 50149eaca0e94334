"""The one error, with a code of the contract."""


class ZarrscopeError(ValueError):
    """What is wrong with a document, its selection or its source; `code` is one of the contract's codes."""

    def __init__(self, code, message):
        super().__init__(f"{code}: {message}")
        self.code = code

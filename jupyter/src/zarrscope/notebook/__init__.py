"""What notebooks show: pictures that are kept as documents, and the dashboard in a cell."""

from .shown import Shown, show

__all__ = ["Shown", "show"]

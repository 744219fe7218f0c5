"""The spoken visit: who says what, in which order, every fact marked where it is stated."""

from .manner import Manner, sample_manner
from .script import MARK_BAR, MARK_CLOSE, MARK_OPEN, Script
from .visit import speak

__all__ = ["MARK_BAR", "MARK_CLOSE", "MARK_OPEN", "Manner", "Script", "sample_manner", "speak"]

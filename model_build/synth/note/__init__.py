"""The note of what was said, in one of several house styles.

A note is made of lines; a line has a lead (a bullet, a label) and statements, each with the truths
that it states. Only truths that were said get in, and all of them that matter do: what a style has
no section for goes to the history.
"""

from .base import Note
from .style import STYLES, Style, sample_style
from .write import write_note

__all__ = ["STYLES", "Note", "Style", "sample_style", "write_note"]

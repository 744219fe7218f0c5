"""Word lists for the clinical checks, made from pinned packages and the project's own lists.

The page and the evaluation read them as JSON; see `write_vocabularies` for their form.
"""

from .packages import VocabularyError
from .write import FOLDER, write_vocabularies

__all__ = ["FOLDER", "VocabularyError", "write_vocabularies"]

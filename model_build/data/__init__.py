"""Data that training and evaluation read: files of visits and notes, and a note's sections."""

from .dialogue import Turn, join_turns, split_turns
from .errors import DataError
from .licences import licences_of
from .pairs import Fact, Pair, Statement, pairs_digest, read_notes, read_pairs, write_pairs
from .planter import Plant, Planted, plant_each, plant_errors, plantable_kinds
from .sections import DIVISIONS, SOAP, read_lines, split_divisions, split_soap
from .written import load_pairs, read_written, written_files

__all__ = [
    "DIVISIONS",
    "SOAP",
    "DataError",
    "Fact",
    "Pair",
    "Plant",
    "Planted",
    "Statement",
    "Turn",
    "join_turns",
    "licences_of",
    "load_pairs",
    "pairs_digest",
    "plant_each",
    "plant_errors",
    "plantable_kinds",
    "read_lines",
    "read_notes",
    "read_pairs",
    "read_written",
    "split_divisions",
    "split_soap",
    "split_turns",
    "write_pairs",
    "written_files",
]

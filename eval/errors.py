"""What can go wrong in an evaluation, as sentences for the person who runs it."""


class EvalError(Exception):
    """The command cannot go on; what was finished before stays on disk."""


class CaseFailed(Exception):
    """A system has no note for one case (its transcript is too long, …); the run goes on.

    The case counts as an empty note, and its reason stands in the run folder.
    """

"""What can go wrong while the site is written or served."""


class SiteError(Exception):
    """One sentence for people: what is wrong, where, and what to do."""

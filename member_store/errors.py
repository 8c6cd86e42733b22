"""The errors of the member store: what an operator sees, and what is worth another attempt."""


class StoreError(Exception):
    """The store cannot do its work until somebody puts something right.

    Says what is wrong, where (a file, a server, a row; never what is stored in it) and what to do about it.
    """

    def __init__(self, what: str, where: str, remedy: str) -> None:
        super().__init__(f"{what} ({where}). {remedy}")
        self.what = what
        self.where = where
        self.remedy = remedy


class UndoneError(StoreError):
    """Of several transactions that share one, another has failed; each can be done again by itself."""

"""The one error that an operator sees from the member store."""


class StoreError(Exception):
    """The store cannot do its work until somebody puts something right.

    Says what is wrong, where (a file, a server, a row; never what is stored in it) and what to do about it.
    """

    def __init__(self, what: str, where: str, remedy: str) -> None:
        super().__init__(f"{what} ({where}). {remedy}")
        self.what = what
        self.where = where
        self.remedy = remedy

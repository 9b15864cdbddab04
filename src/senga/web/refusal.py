"""Refusals: what the server does not do, told with an HTTP status."""

from senga.errors import SengaError


class RefusalError(SengaError):
    """What the server does not do.

    Attributes:
        status: of HTTP, 400 to 503.
        kind: one word for programs.
        retry: seconds after which it may be tried again; None if that would not help.
    """

    def __init__(self, status: int, kind: str, text: str, retry: int | None = None) -> None:
        super().__init__(text)
        self.status = status
        self.kind = kind
        self.retry = retry

    @staticmethod
    def unknown() -> "RefusalError":
        """A drawing that was never here, is another's, or was dropped: which of them is nobody's business."""
        return RefusalError(404, "NotFound", "no such drawing, or it was dropped meanwhile; upload it again")

    @staticmethod
    def busy(text: str, retry: int = 2) -> "RefusalError":
        """Too much to do; it may be tried again after `retry` seconds."""
        return RefusalError(503, "Busy", text, retry)


def refused(error: Exception) -> RefusalError | None:
    """An error as the client is told; None for a defect of the server."""
    if isinstance(error, RefusalError):
        return error
    if isinstance(error, SengaError):
        return RefusalError(422, type(error).__name__, str(error))
    if isinstance(error, MemoryError):
        return RefusalError.busy("not enough memory for this at the moment; try again, or a smaller drawing", 10)
    return None

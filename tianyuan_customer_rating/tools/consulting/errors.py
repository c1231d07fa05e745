"""Why there can't be a consultation copy of a file."""


class ConsultationError(Exception):
    """The file can't be made into a consultation copy."""


class UnsupportedFileError(ConsultationError):
    """Neither a PDF nor a picture."""


class EncryptedFileError(ConsultationError):
    """A PDF protected by a password."""


class BrokenFileError(ConsultationError):
    """A PDF or picture that can't be read."""


class TooLargeError(ConsultationError):
    """Unpacking or drawing it takes more time or memory than a paper needs, or it has too many pages."""


# what the process ends with
EXIT_CODES = {UnsupportedFileError: 10, EncryptedFileError: 11, BrokenFileError: 12, TooLargeError: 13}

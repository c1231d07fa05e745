"""The reasons why no consultation copy of a file can be made."""


class ConsultationError(Exception):
    """The file can't be made into a consultation copy."""


class UnsupportedFileError(ConsultationError):
    """The file is neither a PDF nor a picture."""


class EncryptedFileError(ConsultationError):
    """The file is a PDF protected by a password."""


class BrokenFileError(ConsultationError):
    """The file is a PDF or picture that can't be read."""


class TooLargeError(ConsultationError):
    """Reading or drawing the file takes too much time or memory, or it has too many pages."""


# Exit codes of the process.
EXIT_CODES = {UnsupportedFileError: 10, EncryptedFileError: 11, BrokenFileError: 12, TooLargeError: 13}

"""Works on many records together, without one of them stopping the others."""

from psycopg2 import OperationalError


def work_together(records, work, failed, errors=Exception):
    """Do the work for records together; if that fails, halve them until the failing record is alone.

    :param work: function of records; what it wrote is undone if it fails
    :param failed: function of the failing record and its error
    :param errors: the errors that are a record's fault; all others are raised, and so is an ``OperationalError``: a
        database error is no record's fault, and the caller repeats its transaction
    :return: list of the results of ``work``
    """
    if not records:
        return []
    try:
        with records.env.cr.savepoint():
            return [work(records)]
    except OperationalError:
        raise
    except errors as error:
        if len(records) == 1:
            failed(records, error)
            return []
        half = len(records) // 2
        return [
            result for part in (records[:half], records[half:])
            for result in work_together(part, work, failed, errors)
        ]

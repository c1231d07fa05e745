"""What the tests of earlier ratings share: lists as companies keep them, and a manager who imports them."""
import base64

from ..files import text_file, workbook
from ..rating.sheets import FULL_MARKS, SheetCommon

# The names of the indicators, as headings; full marks are 100 points.
NAMES = tuple(FULL_MARKS)
HEADINGS = ("Archive Number", "Tax ID", "Customer", "Quarter", "Channel", "Tier", "Class", "Confirmed On", "Total")


class EarlierCommon(SheetCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rating_manager.name = "Manager Ma"
        cls.customer.name = "山东天元化工有限公司"
        cls.customer.tianyuan_archive_number = "FX-0001"
        cls.Import = cls.env['tianyuan.rating.import'].with_user(cls.rating_manager)

    xlsx = staticmethod(workbook)

    @staticmethod
    def csv(*rows, encoding='utf-8', **options):
        return text_file(*rows, encoding=encoding, **options)

    @staticmethod
    def row(quarter="2024 Q1", tier="A", total=None, points=None, number=None, **cells):
        """A row under :data:`HEADINGS` and the codes of the indicators; points are full marks but for those given."""
        given = [None] * len(NAMES) if points is None else [{**FULL_MARKS, **points}[name] for name in NAMES]
        return [
            number, cells.get('vat'), cells.get('name'), quarter, cells.get('channel'), tier, cells.get('given_class'),
            cells.get('confirmed_on'), total, *given,
        ]

    @classmethod
    def new_import(cls, content, name="earlier.xlsx", **values):
        return cls.Import.create({
            'company_id': cls.company.id, 'file': base64.b64encode(content), 'file_name': name, **values,
        })

    @classmethod
    def listed(cls, *rows, **values):
        """An import of an Excel workbook with these rows, not checked yet."""
        return cls.new_import(cls.xlsx([*HEADINGS, *NAMES], *rows), **values)

    @classmethod
    def imported(cls, *rows, **values):
        """The imported ratings of these rows, oldest first."""
        batch = cls.listed(*rows, **values)
        batch.action_check()
        assert batch.state == 'checked', batch.problem_ids.mapped('message')
        batch.action_import()
        return batch, batch.rating_ids.sudo().sorted('date_from')

    @staticmethod
    def found(batch):
        """What is wrong, as (row, message)."""
        return [(problem.row, problem.message) for problem in batch.problem_ids]

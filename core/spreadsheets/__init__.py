"""Tables in and out: uploads are read in a child process with limits, exports are safe to open.

Reading::

    with open_table(path, content_name="名册.xlsx") as table:
        for number, cells in table.rows():
            ...

RefusedFile carries a ``code`` and a Chinese ``message``. Writing: ``csv_chunks`` and ``XlsxFile``; ``blank_table`` to fill in.
"""

from .blank import EXAMPLE, GUIDE, BlankColumn, blank_table
from .errors import FORMULA_UNSAVED, Refusal, RefusedFile
from .precheck import Limits
from .table import Cell, Row, Sheet, Table, Unsaved, open_table
from .writer import Choices, Sink, XlsxFile, csv_chunks, safe_cell

__all__ = [
    "EXAMPLE",
    "FORMULA_UNSAVED",
    "GUIDE",
    "BlankColumn",
    "Cell",
    "Choices",
    "Limits",
    "Refusal",
    "RefusedFile",
    "Row",
    "Sheet",
    "Sink",
    "Table",
    "Unsaved",
    "XlsxFile",
    "blank_table",
    "csv_chunks",
    "open_table",
    "safe_cell",
]

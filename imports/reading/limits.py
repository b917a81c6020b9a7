"""What is refused before it can cost anything. A legitimate export of old software stays far below."""

MAX_FILE_BYTES = 50 * 1024 * 1024
MAX_ROWS = 1_000_000
MAX_COLUMNS = 256  # what the old .xls format allowed: no legacy file has more
MAX_CELL = 32_767  # characters, Excel's own limit
MAX_SHEETS = 20  # sheets looked at; the others are not offered
HEAD_ROWS = 80  # rows read to find the header and the sample values

MAX_MEMBERS = 2_000  # files inside a workbook
MAX_INFLATED = 400 * 1024 * 1024  # bytes of a workbook once inflated, all members together
MAX_STRINGS = 100 * 1024 * 1024  # bytes of the table of shared strings, the only part held in memory
MAX_RATIO = 250  # inflated / compressed, for members over 8 MB: a real sheet stays under 100
MAX_MARKUP_GAP = 1024 * 1024  # bytes of XML without a tag: a cell larger than any spreadsheet can hold
MAX_REPEATS = 1_100_000  # repeated rows or columns announced by an ODS file (a full sheet has 1,048,576 rows)

CHILD_MEMORY = 256 * 1024 * 1024  # private memory of the process that parses a workbook
HEAD_CPU_SECONDS = 4  # what it may compute when only the head of a sheet is asked (the largest XLS needs 1 s)
HEAD_SECONDS = 30  # and how long, on a busy machine, before it is killed
CHILD_CPU_SECONDS = 600

ARCHIVE_MAX_BYTES = 500 * 1024 * 1024
ARCHIVE_MAX_MEMBERS = 200_000
ARCHIVE_MAX_INFLATED = 4 * 1024 * 1024 * 1024
PDF_MAX_BYTES = 10 * 1024 * 1024
PDF_MAX_RATIO = 500

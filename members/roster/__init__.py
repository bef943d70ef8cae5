"""The roster pipeline: a spreadsheet in, checked rows, a preview, chunks written (house §5).

``columns`` finds the heading and says which column is which; ``cells`` turns one cell into a value;
``lookups`` holds the dictionaries of one user's scope; ``validation`` judges a row; ``mending``
notes what reading changed, ``workbook`` what was hidden; ``matching`` compares rows with the
register; ``staging`` keeps judged rows between preview and confirmation; ``applying`` writes them
chunk by chunk; ``reporting`` counts and gives rejected rows back;
``steps`` are the pages, in the admin and among a secretary's own; ``sweeping`` tidies up.

The columns are declared once, in ``columns.COLUMNS``: ``MemberResource``, the face to the
spreadsheets that go out, takes its columns and headings from there.
"""

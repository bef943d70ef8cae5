"""Small sheets about many members, whole or not at all: managing links, whole-batch transfers.

``people`` finds who is meant; ``links`` and ``transfers`` read the rows and lay them over the
register; the writing is in ``members.actions``. A fault refuses the sheet, with every fault listed.
"""

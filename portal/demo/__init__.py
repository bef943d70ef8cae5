"""The demonstration district 青澜区: fictional, complete, removable (domain §5).

Everything follows from a ``Recipe``, a seed and the day it is made on: the same three give the same
district. Codes begin with 99, a province that does not exist; every row that can say so says
``is_demo``.
"""

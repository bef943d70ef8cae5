"""Whom study is brought to at home, so that nobody who cannot come is called absent (R-BR-26, SYS-18)."""

import datetime as dt

_CANNOT_MANAGE = "C"  # 不能自理 (domain §3.2)


def takes_part_at_home(*, ticked: bool, self_care: str, health_agreed_on: dt.date | None) -> bool:
    """Return whether a member takes part at home unless somebody says that he came.

    TICKED (行动不便，送学上门) is how he takes part and wants no consent. Who cannot manage by himself
    (自理能力 C) needs no tick beside that: it is known of him only with the consent that his care be
    arranged by it, and without the consent it says nothing. 半自理, and how ill somebody is, say
    nothing of whether he comes: that he says himself.
    """
    return ticked or (self_care == _CANNOT_MANAGE and health_agreed_on is not None)

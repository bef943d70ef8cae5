"""Starting a long export."""

from django.db import transaction

from core.enums import RunState
from core.exports import KIND, Order
from core.models import BackgroundRun, User
from core.runs import start_run


@transaction.atomic
def start_export(*, by: User, order: Order, ring: bool = True) -> BackgroundRun:
    """Start BY's export in the background; the same one asked again before it has ended is that one.

    Whether he may take it is asked when it runs.
    """
    key = f"{KIND}:{by.pk}:{order.digest()}"
    ended = (RunState.DONE, RunState.FAILED, RunState.CANCELLED)
    before = BackgroundRun.objects.filter(key__startswith=key, state__in=ended).count()
    return start_run(
        by=by, kind=KIND, key=f"{key}:{before}", arguments=order.as_arguments(), ring=ring
    )

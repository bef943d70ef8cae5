"""Many-row questions about members and affiliations."""

import datetime as dt
from typing import TYPE_CHECKING, Any, Self

from django.db import connections, models
from django.db.models import Aggregate, Count, Exists, OuterRef, Q, Subquery
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone

from branches.enums import Role
from branches.models import Branch
from branches.paths import line_of
from core.enums import Verb
from core.fields import path_ranges, prefix_range
from core.parameters import Parameters
from core.querysets import ScopedQuerySet
from core.scope import Reach
from members.enums import AffiliationKind, ProposalState, TransferState
from members.rules import search
from members.rules.search import Means, Wanted
from members.rules.transfer import RECEIPT_DAYS, receipt_cutoff

if TYPE_CHECKING:
    from core.models import User


class _Joined(Aggregate):
    """Paths one after the other, a comma between them."""

    function = "STRING_AGG"
    template = "%(function)s(%(expressions)s, ',')"
    output_field = models.TextField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """SQLite has its own word for it."""
        return self.as_sql(compiler, connection, function="GROUP_CONCAT", **context)


def listed_paths(packed: str | None) -> list[str]:
    """Return the paths that ``MemberQuerySet.with_link_paths`` added."""
    return packed.split(",") if packed else []


class MemberQuerySet(ScopedQuerySet):
    """Members: by territory, by home branch, by managing link to one's branch, and oneself."""

    area_path_lookup = "area_path"
    branch_path_lookup = "branch__path"

    def condition_for(self, reach: Reach, user: "User", verb: Verb) -> Q:
        """Add members whom a managing link ties to the user's branches: seen, not changed.

        Oneself only for who is a member: an OR that finds nobody would cost the bureau the index.
        """
        condition = super().condition_for(reach, user, verb)
        if verb == Verb.VIEW and Role.MEMBER in user.roles:
            condition |= Q(user=user.pk)
        if verb == Verb.VIEW and reach.branch_paths:
            affiliations: Any = self.model._meta.get_field("affiliations").related_model
            linked = path_ranges("branch__path", reach.branch_paths)
            current = affiliations._default_manager.current().filter(linked)
            condition |= Q(pk__in=current.values("member"))
        return condition

    def on_register(self) -> Self:
        """Members who are on a branch's register today: not deceased, not left."""
        return self.filter(deceased_on__isnull=True, branch__isnull=False)

    def transferred_out(self) -> Self:
        """Members whose relationship went where this portal is not."""
        return self.filter(deceased_on__isnull=True, branch__isnull=True)

    def deceased(self) -> Self:
        """已故."""
        return self.filter(deceased_on__isnull=False)

    def complete(self) -> Self:
        """Members of whom every required fact is known."""
        return self.filter(missing_fields="")

    def incomplete(self) -> Self:
        """Members who lack a required fact (待补资料)."""
        return self.filter(missing_fields__gt="")

    def lacking(self, field: str) -> Self:
        """Members who lack FIELD, one of the required facts."""
        return self.incomplete().filter(missing_fields__contains=field)

    def with_link_paths(self) -> Self:
        """Add ``link_paths``: where each takes part by a managing link, areas with a comma between (``listed_paths``)."""
        affiliations: Any = self.model._meta.get_field("affiliations").related_model
        links = affiliations._default_manager.current().links()
        ours = links.filter(member=OuterRef("pk")).order_by().values("member")
        paths = ours.annotate(paths=_Joined(Cast("branch__area_path", models.TextField())))
        return self.annotate(link_paths=Subquery(paths.values("paths")))

    def within_area(self, path: str) -> Self:
        """Members whose home branch hangs on the area with PATH or below it.

        The narrow range stands first: SQLite seeks by the first range it meets, and would walk the
        whole reach of the reader for one street of it (13 ms against 0.5 at 50,000).
        """
        within: Any = self.model._default_manager.filter(prefix_range("area_path", path))
        return within & self

    def search(self, typed: str) -> Self:
        """Members by whole ID number, telephone or member number; pinyin, initials; name, given name.

        Every way is an index range or an exact digest, so the register's size does not matter.
        """
        wanted = search.read(typed)
        if wanted.means == Means.NUMBER:
            return self.filter(self._by_number(wanted))
        if wanted.means == Means.LETTERS:
            return self._beginning(wanted.text, "name_initials", "name_pinyin")
        if wanted.means == Means.NAME:
            return self._beginning(wanted.text, "name", "given_name")
        return self.none()

    def _beginning(self, text: str, *columns: str) -> Self:
        """Members one of whose COLUMNS begins with TEXT.

        PostgreSQL reads both ranges and then each member once. SQLite would walk the reader's
        territory instead (195 ms against 1 at 50,000): there the ranges are asked by themselves,
        which in turn would have PostgreSQL read every member found twice (50 ms against 10).
        """
        first, second = (prefix_range(column, text) for column in columns)
        if connections[self.db].vendor == "postgresql":
            return self.filter(first | second)
        found: Any = self.model._default_manager.order_by().values("pk")
        return self.filter(pk__in=found.filter(first).union(found.filter(second), all=True))

    def _by_number(self, wanted: Wanted) -> Q:
        condition = Q()
        for name in ("id_number_index", "phone_index"):
            index: Any = self.model._meta.get_field(name)
            condition |= Q(**{name: index.digest(wanted.text)})
        return condition | Q(pk=wanted.member_number) if wanted.member_number else condition


def in_force(day: dt.date, tie: str = "") -> Q:
    """Return the condition that an affiliation, reached by the prefix TIE, is in force on DAY.

    One that was withdrawn has never been.
    """
    stands = Q(**{f"{tie}withdrawn_on__isnull": True})
    begun = Q(**{f"{tie}started_on__isnull": True}) | Q(**{f"{tie}started_on__lte": day})
    not_ended = Q(**{f"{tie}ended_on__isnull": True}) | Q(**{f"{tie}ended_on__gte": day})
    return stands & begun & not_ended


class OfMemberQuerySet(ScopedQuerySet):
    """Rows about one member each, found as the members are."""

    def search(self, typed: str) -> Self:
        """Rows of the members who are found by TYPED; the rows' own scope stays as it is."""
        members: Any = self.model._meta.get_field("member").related_model
        return self.filter(member__in=members._default_manager.order_by().search(typed))


class AffiliationQuerySet(OfMemberQuerySet):
    """Affiliations: seen with the branch they point at or with the member's home."""

    area_path_lookup = "branch__area_path"
    branch_path_lookup = "branch__path"
    owner_lookup = "member__user"

    def condition_for(self, reach: Reach, user: "User", verb: Verb) -> Q:
        """Add the affiliations of the members one's own branches are home to."""
        condition = super().condition_for(reach, user, verb)
        condition |= path_ranges("member__area_path", reach.area_paths)
        return condition | path_ranges("member__branch__path", reach.branch_paths)

    def within_area(self, path: str) -> Self:
        """Affiliations to branches of the area with PATH or below it."""
        return self.filter(prefix_range("branch__area_path", path))

    def current(self, day: dt.date | None = None) -> Self:
        """Affiliations in force on DAY (today by default); the last day still counts."""
        return self.filter(in_force(day or timezone.localdate()))

    def links(self) -> Self:
        """活动组织: ties that are no member's home."""
        return self.exclude(kind=AffiliationKind.HOME)

    def ended(self, day: dt.date | None = None) -> Self:
        """Affiliations whose last day is past on DAY (today by default)."""
        return self.filter(ended_on__lt=day or timezone.localdate())

    def on_roll(self, day: dt.date) -> Self:
        """Affiliations in force on DAY of people who were members that day: the roster of a past month.

        A tie whose first day is unknown, as every tie from a roster file is, counts as having always
        been (registering somebody today does not move him here today), but not from before he joined
        the Party where that day is known; whoever has died counts up to the day before. A first day
        is given where it is known: by a transfer (SYS-15), or when somebody is registered.
        """
        joined_later = Q(started_on__isnull=True, member__join_date__gt=day)
        living = Q(member__deceased_on__isnull=True) | Q(member__deceased_on__gt=day)
        return self.current(day).filter(living).exclude(joined_later)


def _territory(reach: Reach) -> Q:
    """Return the territories that REACH may have left behind: in a post's, or above several posts."""
    territory = path_ranges("area_path", reach.area_paths)
    if len({*reach.area_paths, *reach.branch_paths}) > 1:
        lines = {above for path in reach.area_paths for above in line_of(path)}
        territory |= Q(area_path__in=lines)
        if len({line_of(path)[0] for path in reach.area_paths}) > 1:
            territory |= Q(area_path="")  # nothing is above posts under several roots
    return territory


class RosterBatchQuerySet(ScopedQuerySet):
    """Roster batches: those whose territory lies in one's reach, and one's own within it."""

    area_path_lookup = "area_path"

    def condition_for(self, reach: Reach, user: "User", verb: Verb) -> Q:
        """Add one's own, as long as the branch that they are for is still in one's reach.

        A secretary who went on to another branch leaves her rosters behind (security P13).
        """
        mine = Q(by=user.pk) & self._still_reached(reach, user)
        held = reach.area_paths or reach.branch_paths
        others = super().condition_for(reach, user, verb)
        return others | mine if held else others

    def _still_reached(self, reach: Reach, user: "User") -> Q:
        # What is not checked yet has told nothing, and has no territory.
        branch = path_ranges("branch__area_path", reach.area_paths)
        branch |= path_ranges("branch__path", reach.branch_paths)
        if not reach.area_paths:
            # Without an office only what was said of the places of one's own branches.
            places = Branch.objects.editable_by(user).values("area_path")
            return branch | Q(branch=None) & (Q(area_path="") | Q(area_path__in=places))
        territory = Q(area_path="") | _territory(reach)
        return (Q(branch=None) | branch) & territory


class BranchAliasQuerySet(ScopedQuerySet):
    """Aliases of the branches in one's reach."""

    area_path_lookup = "branch__area_path"
    branch_path_lookup = "branch__path"


def _number(rows: Any) -> Coalesce:
    """Return how many ROWS there are of one batch."""
    counted = rows.values("batch").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted), 0)


class ListedBatchQuerySet(ScopedQuerySet):
    """Lists whose branches all lie in one's territory, one's own by several posts too."""

    area_path_lookup = "area_path"

    def condition_for(self, reach: Reach, user: "User", verb: Verb) -> Q:
        """Add one's own, as long as one's posts still reach its territory (security P13)."""
        condition = super().condition_for(reach, user, verb)
        return condition | Q(by=user.pk) & _territory(reach) if reach.area_paths else condition


class TransferBatchQuerySet(ListedBatchQuerySet):
    """Whole-batch transfers."""

    def with_numbers(self, user: "User") -> Self:
        """Add ``received_number`` and ``overdue_number`` of whom USER may see.

        Each is counted for the rows of a page only.
        """
        transfers: Any = self.model._meta.get_field("transfers").related_model
        visible = transfers._default_manager.visible_to(user)
        ours = visible.filter(batch=OuterRef("pk")).order_by()
        received = ours.filter(state=TransferState.RECEIVED)
        return self.annotate(
            received_number=_number(received), overdue_number=_number(ours.overdue())
        )


def _ends(reach: Reach, *branches: str) -> Q:
    """Return the condition that one of the BRANCHES of a row lies in REACH."""
    condition = Q()
    for end in branches:
        condition |= path_ranges(f"{end}__area_path", reach.area_paths)
        condition |= path_ranges(f"{end}__path", reach.branch_paths)
    return condition


class TransferQuerySet(OfMemberQuerySet):
    """Transfers: seen from both ends, received or returned by who looks after the new home."""

    def condition_for(self, reach: Reach, user: "User", verb: Verb) -> Q:
        """Return the ends that lie in the user's reach."""
        return _ends(reach, *["to_branch", "from_branch"][: 2 if verb == Verb.VIEW else 1])

    def listed(self) -> Self:
        """Transfers that count against the number handed over: neither sent back nor taken back."""
        return self.exclude(state__in=TransferState.unlisted())

    def with_sent_back(self) -> Self:
        """Add ``is_sent_back``: returned, and the member is not listed again in the batch."""
        same: Any = self.model._default_manager.filter(
            batch=OuterRef("batch"), member=OuterRef("member")
        )
        again = Exists(same.listed())
        return self.annotate(is_sent_back=Q(state=TransferState.RETURNED) & ~again)

    def on_the_way(self) -> Self:
        """Transfers that wait to be received."""
        return self.filter(state=TransferState.IN_TRANSIT)

    def overdue(self, day: dt.date | None = None) -> Self:
        """Transfers on the way whose letter is no longer good on DAY (today by default)."""
        return self.on_the_way().filter(due_on__lt=day or timezone.localdate())

    def without_receipt(self) -> Self:
        """Transfers that were received and of which no receipt went back yet."""
        return self.filter(state=TransferState.RECEIVED, receipt_on=None)

    def with_late_receipts(self) -> Self:
        """Add ``is_receipt_late``: no receipt within the days of the receiving area (R-TR-04); one query more."""
        known, today = Parameters(RECEIPT_DAYS), timezone.localdate()
        late = Q()
        for code in sorted(known.area_codes(RECEIPT_DAYS), key=len):
            within = known.number(RECEIPT_DAYS, area_code=code)
            here = Q(to_branch__area__code__startswith=code)
            since = receipt_cutoff(today, within=within)
            late = late & ~here | here & Q(received_on__lt=since)
        return self.annotate(is_receipt_late=Q(late, state=TransferState.RECEIVED, receipt_on=None))

    def late_receipts(self) -> Self:
        """Those of ``with_late_receipts`` that are."""
        return self.with_late_receipts().filter(is_receipt_late=True)

    def within_area(self, path: str) -> Self:
        """Transfers to branches of the area with PATH or below it."""
        return self.filter(prefix_range("to_branch__area_path", path))


class LinkProposalQuerySet(OfMemberQuerySet):
    """Proposed managing links: seen from both ends, the member's home and the host, by nobody else.

    Each end may do its part, the host answer and the home take back: ``with_sides`` says whose it is.
    """

    def condition_for(self, reach: Reach, user: "User", verb: Verb) -> Q:
        """Return the ends that lie in the user's reach."""
        return _ends(reach, "branch", "home__branch")

    def with_sides(self, user: "User") -> Self:
        """Add ``is_host`` and ``is_home``: whether USER looks after the host, and after the home."""
        ours = Branch.objects.editable_by(user).order_by()
        return self.annotate(
            is_host=Exists(ours.filter(pk=OuterRef("branch"))),
            is_home=Exists(ours.filter(pk=OuterRef("home__branch"))),
        )

    def waiting(self) -> Self:
        """Proposals that can be answered: the member is where he was, and the host still exists."""
        return self.filter(
            state=ProposalState.WAITING,
            home__ended_on__isnull=True,
            branch__dissolved_on__isnull=True,
        )

    def lapsed(self) -> Self:
        """Proposals that nobody answered while they could be."""
        gone = Q(home__ended_on__isnull=False) | Q(branch__dissolved_on__isnull=False)
        return self.filter(gone, state=ProposalState.WAITING)

    def to_answer(self, user: "User") -> Self:
        """Proposals that wait for USER's answer."""
        ours = Branch.objects.editable_by(user).order_by()
        return self.waiting().filter(branch__in=ours.values("pk"))


MemberManager = models.Manager.from_queryset(MemberQuerySet, "MemberManager")
AffiliationManager = models.Manager.from_queryset(AffiliationQuerySet, "AffiliationManager")
LinkProposalManager = models.Manager.from_queryset(LinkProposalQuerySet, "LinkProposalManager")
LinkBatchManager = models.Manager.from_queryset(ListedBatchQuerySet, "LinkBatchManager")
TransferBatchManager = models.Manager.from_queryset(TransferBatchQuerySet, "TransferBatchManager")
TransferManager = models.Manager.from_queryset(TransferQuerySet, "TransferManager")

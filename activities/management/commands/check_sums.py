"""``manage.py check_sums``: prove the kept head counts against the attendance, and repair."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from activities import sums
from activities.actions.sums import repair_sums


class Command(BaseCommand):
    """Exit 0 with no difference left, 1 otherwise."""

    help = "核对各项活动的到会合计，只以到会记录为准。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--repair", action="store_true", help="按到会记录改正")

    def handle(self, *, repair: bool, **_: object) -> None:
        if repair:
            self.stdout.write(f"改正了{repair_sums(by=None)}项活动的到会合计。")
        elif wrong := len(sums.differing()):
            words = f"有{wrong}项活动的到会合计不对，请用 check_sums --repair 改正。"
            raise CommandError(words, returncode=1)
        else:
            self.stdout.write("到会合计和到会记录一致。")

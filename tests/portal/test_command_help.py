"""What the commands say of themselves: every word to be filled in is Chinese and explained."""

import re
from argparse import Action

import pytest
from django.core.management import get_commands, load_command_class
from django.core.management.base import BaseCommand

OURS = sorted(
    (app, name)
    for name, app in get_commands().items()
    if app in {"core", "branches", "members", "activities", "services", "portal"}
)


def own_arguments(app: str, name: str) -> list[Action]:
    """Return the arguments that the command declares itself."""
    plain = BaseCommand().create_parser("manage.py", name)
    known = {action.dest for action in plain._actions}
    parser = load_command_class(app, name).create_parser("manage.py", name)
    return [action for action in parser._actions if action.dest not in known | {"database"}]


@pytest.mark.parametrize(("app", "name"), OURS)
def test_every_argument_is_named_and_explained_in_chinese(app: str, name: str) -> None:
    for action in own_arguments(app, name):
        assert re.search("[一-鿿]", action.help or ""), action.dest
        if action.nargs != 0 and not action.choices:
            assert re.search("[一-鿿]", str(action.metavar or "")), action.dest


def test_what_several_commands_take_is_called_alike() -> None:
    arguments = [each for command in OURS for each in own_arguments(*command)]
    named = {each.dest: set() for each in arguments}
    for each in arguments:
        named[each.dest].add(each.metavar)
    helps = {each.help for each in arguments if each.dest in {"as_json", "json"}}

    assert {dest: words for dest, words in named.items() if len(words) > 1} == {}
    assert helps == {"结果用JSON打印"}

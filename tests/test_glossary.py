"""What a user reads keeps to the glossary (domain §4): words to avoid, and words said one way only."""

import re

import pytest

from tests.test_project import lines_with

pytestmark = pytest.mark.once

# The word that the glossary avoids or turns round, and what it says instead.
AVOIDED = {
    "老人": "老同志",
    "打卡": "签到",
    "排名": "待提升, and nobody is ranked (house §1)",
    "垫底": "待提升",
    "死亡": "已故",
    "监控": "nothing: it is not used anywhere",
    "舆情": "nothing: it is not used anywhere",
    "作用发挥": "发挥作用",
}


@pytest.mark.parametrize("word", AVOIDED)
def test_no_page_and_no_guide_says_a_word_to_avoid(word: str) -> None:
    said = [line for line in lines_with(re.compile(word)) if not line.startswith("tests/")]
    assert said == [], f"instead of {word}: {AVOIDED[word]}"

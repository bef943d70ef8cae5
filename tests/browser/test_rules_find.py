"""Each rule finds what it is there for, and leaves the sound counterpart alone."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import rules
from tests.browser.visits import later, script
from tests.harness.browser import context_arguments

BASE = "<html lang=zh><meta name=viewport content='width=device-width'><style>body{font:20px/1.6 sans-serif;margin:0;color:#000;background:#fff} h1{font-size:30px;line-height:1.5}</style><h1>页</h1>"
RING = "<style>:focus-visible{outline:4px solid #0b4fa8}</style>"

FOUND = [
    (rules.rule_01_no_text_under_18_pixels, "<p style='font-size:17px'>小字", "<p>大字"),
    (rules.rule_02_body_text_of_20_pixels, "<style>body{font-size:19px}</style>", ""),
    (
        rules.rule_04_text_size_switch_on_top,
        "<div role=group aria-label=字号><button>标准</button><button>大字</button></div>",
        (
            "<div role=group aria-label=字号><button aria-pressed=true>标准</button><button"
            " aria-pressed=false>大字</button><button aria-pressed=false>特大</button></div>"
        ),
    ),
    (
        rules.rule_05_targets_of_48_pixels,
        "<a href=/>短</a>",
        "<p>请看<a href=/>这里</a>的说明</p>",
    ),
    (
        rules.rule_06_main_controls_of_60_pixels,
        "<main><input style='height:50px'>",
        "<main><input style='height:60px'>",
    ),
    (
        rules.rule_07_neighbours_8_pixels_apart,
        "<div style='display:flex;gap:4px'><button>甲</button><button>乙</button>",
        "<div style='display:flex;gap:8px'><button>甲</button><button>乙</button>",
    ),
    (rules.rule_08_text_contrast_of_7, "<p style='color:#707070'>灰", "<p style='color:#555'>深"),
    (
        rules.rule_09_edges_of_controls_of_3,
        "<input style='border:2px solid #ccc'>",
        "<input style='border:2px solid #777'>",
    ),
    (
        rules.rule_10_no_sideways_scroll,
        "<p style='width:500px'>宽",
        "<p style='max-width:500px'>宽",
    ),
    (
        rules.rule_10_no_sideways_scroll,
        "<p style='border:1px solid;width:30px;white-space:nowrap'>长长长长",
        "<p style='border:1px solid'>长长长长",
    ),
    (
        rules.rule_11_enlarging_is_not_forbidden,
        "<script>document.querySelector('meta[name=viewport]').content='user-scalable=no'</script>",
        "",
    ),
    (
        rules.rule_13_the_whole_page_by_keyboard,
        "<button style='outline:none'>甲</button>",
        RING + "<button>甲</button>",
    ),
    (
        rules.rule_13_the_whole_page_by_keyboard,
        "<style>:focus-visible{outline:4px solid #ddd}</style><button>甲</button>",
        "<p>没有可按的",
    ),
    (
        rules.rule_13_the_whole_page_by_keyboard,
        RING + "<button onkeydown='event.preventDefault()'>甲</button><button>乙</button>",
        RING + "<button>甲</button><button autofocus>乙</button>",
    ),
    (
        rules.rule_15_one_primary_button,
        "<style>button{background:#b0111b}</style><button>交</button><button>存</button>",
        "<style>.m{background:#b0111b}</style><button class=m>交</button><button>存</button>",
    ),
    (
        rules.rule_16_seven_choices_on_the_first_screen,
        "<main>" + "<button>选</button>" * 8,
        "<main>" + "<label><input type=radio name=a>选</label>" * 8,
    ),
    (
        rules.rule_16_seven_choices_on_the_first_screen,
        "<a href=/>首页</a><button>退出</button><main>" + "<button>选</button>" * 6,
        "<a href=/>首页</a><a href=/>返回</a><button>退出</button><main>"
        + "<button>选</button>" * 5,
    ),
    (
        rules.rule_17_nothing_comes_unasked,
        "<style>@keyframes k{to{opacity:.5}} p{animation:k 1s infinite}</style><p>动",
        "<p>静",
    ),
    (
        rules.rule_17_nothing_comes_unasked,
        "<script>setTimeout(() => location.reload(), 2000)</script>",
        "<script>setTimeout(() => { document.title = '新'; }, 2000)</script>",
    ),
    (
        rules.rule_17_nothing_comes_unasked,
        "<meta http-equiv=refresh content=600>",
        "<meta name=refresh content=600>",
    ),
    (
        rules.rule_17_nothing_comes_unasked,
        "<script>setInterval(() => document.body.prepend('新'), 9000)</script>",
        "<script>setInterval(() => document.body.append('新'), 9000)</script>",
    ),
    (rules.rule_19_every_state_has_a_word, "<p class=tag>✓", "<p class=tag>✓ 到会"),
    (
        rules.rule_20_a_label_above_every_input,
        "<input aria-label=姓名>",
        "<label for=a style='display:block'>姓名</label><input id=a>",
    ),
    (
        rules.rule_20_a_label_above_every_input,
        "<label><input type=radio name=a>是</label>",
        "<fieldset><legend>吗</legend><label><input type=radio name=a>是</label></fieldset>",
    ),
    (rules.rule_26_dates_as_they_are_said, "<time>11月5日</time>", "<time>11月5日 星期四</time>"),
    (rules.rule_26_dates_as_they_are_said, "<p>2026-11-05", "<p>11月5日前"),
    (
        rules.rule_26_dates_as_they_are_said,
        "<p><del class=cell>1980.7.1</del>是1980-07-01",
        "<p><del class=cell>1980.7.1</del>是1980年7月1日",
    ),
    (rules.rule_27_no_english, "<p>点击 Submit", "<p>打印 A4 一张 <span class=code>QL0001</span>"),
    (rules.rule_27_no_english, "<img alt=logo>", "<img alt=''>"),
    (
        rules.rule_28_lines_of_one_and_a_half,
        "<p style='line-height:1.4'>一行一行",
        "<p>一行一行",
    ),
    (
        rules.rule_28_lines_of_one_and_a_half,
        "<p style='border:1px solid;width:82px;white-space:nowrap'>四个字长",
        "<p style='border:1px solid;width:120px;white-space:nowrap'>四个字长",
    ),
    (
        rules.names_break_before_their_kind,
        "<p class=name style='width:150px;word-break:keep-all;overflow-wrap:anywhere'>在柳岸社区党支部",
        "<p class=name style='width:150px;word-break:keep-all'>在柳岸社区<wbr>党支部",
    ),
    (
        rules.rule_29_read_aloud_is_offered_only_with_a_voice,
        "<button data-read>读给我听</button>",
        "<button data-read hidden>读给我听</button>",
    ),
]


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    """One tab for all: what is written into it replaces what was there."""
    page = browser.new_page(**context_arguments())
    page.add_init_script(later())
    page.goto("about:blank")
    yield page
    page.close()


@pytest.mark.parametrize(("rule", "bad", "good"), FOUND)
def test_the_rule_finds_its_fault_and_only_that(
    page: Page, rule: Callable[[Page], list[str]], bad: str, good: str
) -> None:
    page.set_content(BASE + good)
    page.evaluate(script())
    assert rule(page) == []
    page.set_content(BASE + bad)
    page.evaluate(script())
    assert rule(page) != []

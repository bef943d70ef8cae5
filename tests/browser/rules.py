"""The thirty rules of the elder pages, one function each, asked of a real page in a real browser.

A rule takes a ``Visit`` (a page as somebody opens it) or a loaded ``Page`` and returns its faults
as sentences; an empty list is a pass. What must be measured inside the page is in ``rules.js``.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from playwright.sync_api import Page

from core.context_processors import TEXT_SIZE_COOKIE
from tests.browser.visits import (
    DESKTOP_VIEW,
    LARGE_VIEW,
    MIDDLE_VIEW,
    NARROW_VIEW,
    PHONE_VIEW,
    View,
    Visit,
    look,
    script,
)
from tests.harness.browser import axe_violations

DAY = 24 * 3600  # seconds
LARGEST_PAGE = 60_000  # bytes before compression, photos left out
# Words that are names of things in Latin letters on any Chinese desk.
ALLOWED_ENGLISH = ("Excel", "CSV", "XLSX", "WPS", "A4", "GB18030", "X")

Faults = list[str]


def _ask(page: Page, rule: int | str, argument: object = None) -> Any:
    return page.evaluate("([rule, argument]) => elderRules[rule](argument)", [rule, argument])


# --- asked of a loaded page -------------------------------------------------------------------


def rule_01_no_text_under_18_pixels(page: Page) -> Faults:
    """No visible text under 18 px."""
    return _ask(page, 1)


def rule_02_body_text_of_20_pixels(page: Page) -> Faults:
    """Body text at least 20 px."""
    return _ask(page, 2)


def rule_04_text_size_switch_on_top(page: Page) -> Faults:
    """A text-size switch at the top: three named buttons with ``aria-pressed``."""
    return _ask(page, 4)


def rule_05_targets_of_48_pixels(page: Page) -> Faults:
    """Every link, button and label at least 48×48, links inside a sentence excepted."""
    return _ask(page, 5)


def rule_06_main_controls_of_60_pixels(page: Page) -> Faults:
    """Main controls at least 60 px high, submit 68, a person's tile 72."""
    return _ask(page, 6)


def rule_07_neighbours_8_pixels_apart(page: Page) -> Faults:
    """Neighbouring targets at least 8 px apart."""
    return _ask(page, 7)


def rule_08_text_contrast_of_7(page: Page) -> Faults:
    """Text contrast at least 7:1, large text included."""
    return _ask(page, 8)


def rule_09_edges_of_controls_of_3(page: Page) -> Faults:
    """Edges of controls at least 3:1 against what is around them; the focus ring is in rule 13."""
    return _ask(page, 9)


def rule_10_no_sideways_scroll(page: Page) -> Faults:
    """Nothing scrolls sideways and no text runs out of its box."""
    return _ask(page, 10)


def rule_11_enlarging_is_not_forbidden(page: Page) -> Faults:
    """No ``user-scalable=no``."""
    return _ask(page, 11)


def rule_12_axe_finds_nothing(page: Page) -> Faults:
    """axe A, AA, AAA and best practice: nothing."""
    return axe_violations(page)


def rule_15_one_primary_button(page: Page) -> Faults:
    """One filled button a page."""
    return _ask(page, 15)


def rule_16_seven_choices_on_the_first_screen(page: Page) -> Faults:
    """At most seven choices on the first screen of a phone, head included.

    Links to one place are one, as are a list of people or of records, tabs and the text sizes.
    """
    return _ask(page, 16)


def rule_17_nothing_comes_unasked(page: Page) -> Faults:
    """Nothing pops up unasked, nothing moves or opens by itself, not even when time has passed."""
    before = page.evaluate("document.querySelector('h1').getBoundingClientRect().top")
    page.evaluate("elderLater()")
    page.wait_for_timeout(150)
    if page.evaluate("window.elderLeft || !window.elderRules"):
        page.wait_for_load_state()
        page.evaluate(script())
        return ["the page is left without anybody's doing"]
    after = page.evaluate("document.querySelector('h1').getBoundingClientRect().top")
    moved = [] if before == after else [f"the heading moved from {before} to {after}"]
    return _ask(page, 17) + moved


def rule_19_every_state_has_a_word(page: Page) -> Faults:
    """No state by colour or sign alone."""
    return _ask(page, 19)


def rule_20_a_label_above_every_input(page: Page) -> Faults:
    """A visible label above every input, a named group around every choice."""
    return _ask(page, 20)


def rule_25_help_telephone_in_its_place(page: Page) -> Faults:
    """The help telephone is the last thing of the page."""
    shown = page.locator("footer.help").inner_text()
    number = [] if settings.HELP_PHONE in shown else [f"{settings.HELP_PHONE} is not shown"]
    return _ask(page, 25) + number


def rule_26_dates_as_they_are_said(page: Page) -> Faults:
    """Dates as 11月5日 星期四."""
    return _ask(page, 26)


def rule_27_no_english(page: Page) -> Faults:
    """No English letters in what is seen or read out; codes stand in ``.code``."""
    return _ask(page, 27, ALLOWED_ENGLISH)


def rule_28_lines_of_one_and_a_half(page: Page) -> Faults:
    """Line height at least 1.5; wider text spacing clips nothing."""
    return _ask(page, 28) + [f"with wider spacing {fault}" for fault in _ask(page, "spaced")]


def rule_29_read_aloud_is_offered_only_with_a_voice(page: Page) -> Faults:
    """The read-aloud button is there, and hidden as long as the device has no Chinese voice."""
    button = page.locator("[data-read]")
    if button.count() != 1:
        return ["no read-aloud button"]
    return ["read-aloud is offered without a voice"] if button.is_visible() else []


def rule_13_the_whole_page_by_keyboard(page: Page) -> Faults:
    """Every stop is reached by Tab and shows its focus; the ring has 3:1."""
    expected = _ask(page, "stops")
    stops: dict[str, str] = {}
    presses = 2 * expected + 2  # an autofocus starts in the middle: twice round reaches all
    while presses > 0 and len(stops) < expected:
        missing = min(presses, expected - len(stops))
        presses -= missing
        for _ in range(missing):
            page.keyboard.press("Tab")
        stops |= _ask(page, "stopped")
    few = [f"Tab reaches {len(stops)} of {expected} stops"] if len(stops) < expected else []
    return list(dict.fromkeys(filter(None, stops.values()))) + few


def rule_30_at_most_60_kilobytes(page: Page) -> Faults:
    """At most 60 kB before compression, photos left out; every image has its words or is idle."""
    weight = _ask(page, "weight")
    heavy = [f"the page weighs {weight} bytes"] if weight > LARGEST_PAGE else []
    return _ask(page, 30) + heavy


def names_break_before_their_kind(page: Page) -> Faults:
    """A narrow line breaks the name of an organisation before 离退休, 党支部 and the like, not in a word."""
    return _ask(page, "kinds")


# --- asked of a visit -------------------------------------------------------------------------


def choose_the_largest(page: Page) -> None:
    """Press 特大."""
    page.get_by_role("button", name="特大", exact=True).click()


def _the_largest(page: Page, when: str) -> Faults:
    size = page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)")
    return [f"特大 is {size} px {when}"] if size < 30 else []


def _kept_size(page: Page) -> list[dict[str, Any]]:
    """Return what the browser keeps of the text size: at most one cookie, its end in whole days from now."""
    kept = [dict(cookie) for cookie in page.context.cookies() if cookie["name"] == TEXT_SIZE_COOKIE]
    now = page.evaluate("Date.now() / 1000")  # the browser's: the test's own may stand elsewhere
    return [cookie | {"expires": round((cookie["expires"] - now) / DAY)} for cookie in kept]


def rule_03_the_largest_size_stays(page: Page, kept: list[dict[str, Any]]) -> Faults:
    """特大 gives body text of 30 px at once, and stays: the script keeps what the server KEPT, if it did."""
    look(page, PHONE_VIEW)
    page.context.clear_cookies(name=TEXT_SIZE_COOKIE)
    choose_the_largest(page)
    faults = _the_largest(page, "at once")
    if kept and _kept_size(page) != kept:
        faults.append(f"the script keeps {_kept_size(page)}, not {kept}")
    return faults


def rules_without_scripts_and_images(page: Page, visit: Visit) -> Faults:
    """Rules 14 and 30: nothing is dead; rules 12 and 17 hold."""
    faults = _ask(page, "dead") + _ask(page, 17)
    if visit.reach is None:
        look(page, LARGE_VIEW)  # where it is chosen next; axe looks at it in no other view
    visit.reader.allow(images=False)  # axe is a script; the page's own have had their chance
    return faults + rule_12_axe_finds_nothing(page)


PAGE_RULES: tuple[tuple[View, tuple[Callable[[Page], Faults], ...]], ...] = (
    (
        PHONE_VIEW,
        (
            rule_01_no_text_under_18_pixels,
            rule_02_body_text_of_20_pixels,
            rule_04_text_size_switch_on_top,
            rule_05_targets_of_48_pixels,
            rule_06_main_controls_of_60_pixels,
            rule_07_neighbours_8_pixels_apart,
            rule_08_text_contrast_of_7,
            rule_09_edges_of_controls_of_3,
            rule_10_no_sideways_scroll,
            rule_11_enlarging_is_not_forbidden,
            rule_12_axe_finds_nothing,
            rule_15_one_primary_button,
            rule_16_seven_choices_on_the_first_screen,
            rule_17_nothing_comes_unasked,
            rule_19_every_state_has_a_word,
            rule_20_a_label_above_every_input,
            rule_25_help_telephone_in_its_place,
            rule_26_dates_as_they_are_said,
            rule_27_no_english,
            rule_28_lines_of_one_and_a_half,
            rule_29_read_aloud_is_offered_only_with_a_voice,
            rule_30_at_most_60_kilobytes,
            rule_13_the_whole_page_by_keyboard,
        ),
    ),
    (
        LARGE_VIEW,
        (
            rule_05_targets_of_48_pixels,
            rule_07_neighbours_8_pixels_apart,
            rule_10_no_sideways_scroll,
            rule_28_lines_of_one_and_a_half,
            names_break_before_their_kind,
        ),
    ),
    (MIDDLE_VIEW, (rule_10_no_sideways_scroll,)),
    (NARROW_VIEW, (rule_10_no_sideways_scroll,)),
    (
        DESKTOP_VIEW,
        (
            rule_01_no_text_under_18_pixels,
            rule_05_targets_of_48_pixels,
            rule_06_main_controls_of_60_pixels,
            rule_07_neighbours_8_pixels_apart,
            rule_10_no_sideways_scroll,
            rule_12_axe_finds_nothing,
            rule_25_help_telephone_in_its_place,
        ),
    ),
)


def faults_of(visit: Visit) -> str:
    """Ask VISIT every rule that a page can answer by itself (1-20, 25-30); one fault a line.

    The page is opened without scripts and images; 特大, pressed there, brings it back with both.
    """
    with visit.open(scripts=False, images=False) as page:
        words = _ask(page, "words")
        bare = rules_without_scripts_and_images(page, visit)
        visit.come_back(lambda: choose_the_largest(page))
        kept = _kept_size(page)
        faults = _the_largest(page, "when the page comes anew") if visit.reach is None else []
        look(page, PHONE_VIEW)
        if _ask(page, "words") != words:
            bare.append(f"the page says {words}")
        faults += [f"without scripts and images: {fault}" for fault in bare]
        for view, rules in PAGE_RULES:
            look(page, view)
            for rule in rules:
                faults += [f"{rule.__name__} at {view.name}: {fault}" for fault in rule(page)]
        faults += [f"rule 3: {fault}" for fault in rule_03_the_largest_size_stays(page, kept)]
    return "\n".join(faults)


# --- asked of a form that is used ---------------------------------------------------------------


def _lost(page: Page, kept: Mapping[str, str]) -> Faults:
    return [
        f"{name} lost what was typed"
        for name, value in kept.items()
        if page.locator(f"[name={name}]").first.input_value() != value
    ]


def rule_21_a_refusal_is_told_beside_the_field(page: Page, kept: Mapping[str, str]) -> Faults:
    """After a refusal: a summary with the focus, a sentence beside each field, what was typed KEPT."""
    faults = []
    # It comes when the page is first drawn, which may be after it has loaded.
    page.evaluate("new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
    if not page.evaluate("document.activeElement.matches('.summary')"):
        faults.append("the summary has not the focus")
    for link in page.locator(".summary a").all():
        field_id = link.get_attribute("href") or ""
        if page.locator(field_id).count() != 1:
            faults.append(f"the summary points to {field_id}, which is not there")
        elif page.locator(f".bad {field_id}").count() != 1:
            faults.append(f"nothing is said beside {field_id}")
    return faults + _lost(page, kept)


def rule_22_the_next_page_says_what_was_saved(page: Page) -> Faults:
    """After a submit, a page of its own says what was saved and offers 改一改."""
    faults = []
    if "已" not in page.locator("h1").inner_text():
        faults.append(f"the heading says {page.locator('h1').inner_text()}")
    if page.locator("main dl.facts").count() == 0:
        faults.append("it does not say what was saved")
    if page.get_by_role("link", name="改一改").count() != 1:
        faults.append("there is no 改一改")
    return faults


def rule_23_it_can_be_changed(page: Page, kept: Mapping[str, str]) -> Faults:
    """改一改 opens the form again, filled as it was saved."""
    page.get_by_role("link", name="改一改").click()
    return _lost(page, kept)


def rule_24_a_lost_session_loses_nothing(
    page: Page, submit: Callable[[], None], sign_in: Callable[[], None], kept: Mapping[str, str]
) -> Faults:
    """The session ends before SUBMIT: after SIGN_IN on the page that comes, the form is there, filled."""
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    submit()
    if page.locator("input[type=password]").count() == 0:
        return ["no sign-in page came"]
    sign_in()
    return _lost(page, kept)

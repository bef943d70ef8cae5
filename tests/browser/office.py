"""What the admin is looked at for: axe, and what is cut off or spills over, on three screens."""

from playwright.sync_api import Page, ViewportSize

from tests.harness.browser import DESKTOP, PHONE, axe_violations

OFFICE_SCREEN: ViewportSize = {"width": 1366, "height": 768}
SPILLING = """() => [...document.querySelectorAll(".results :is(th, td)")]
    .filter((cell) => cell.scrollWidth > cell.clientWidth)
    .map((cell) => cell.textContent.trim().slice(0, 20))"""

# The acts of a page stand beside its heading; none may stand on its words.
COVERED = """() => {
    const heading = document.querySelector("#content > h1");
    if (!heading) return [];
    const words = document.createRange();
    words.selectNodeContents(heading);
    const theirs = words.getBoundingClientRect();
    return [...document.querySelectorAll(".object-tools li")].filter((act) => {
        const its = act.getBoundingClientRect();
        return its.left < theirs.right && its.right > theirs.left
            && its.top < theirs.bottom && its.bottom > theirs.top;
    }).map((act) => act.textContent.trim());
}"""


def faults_of(page: Page) -> list[str]:
    """Return what axe finds and what is cut off or spills over sideways, on a phone too."""
    faults = axe_violations(page)
    for window in (DESKTOP, PHONE):
        page.set_viewport_size(window)
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        faults += [f"{wide} px too wide at {window['width']}"] if wide > 0 else []
        faults += [f"on the heading at {window['width']}: {act}" for act in page.evaluate(COVERED)]
        spilt = page.evaluate(SPILLING)
        faults += [f"out of its cell at {window['width']}: {words}" for words in spilt]
    page.set_viewport_size(OFFICE_SCREEN)
    return faults

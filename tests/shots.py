"""``python -m tests.shots [NAME…]``: pictures for README and guides, taken from a demo of its own."""

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.harness import browser, processes

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "images"
LOGIN = re.compile(r"^  (\S+?)　* +(\d{11}) +(\S+)", re.MULTILINE)


@dataclass(frozen=True)
class Shot:
    """One picture: who looks, at what address, on what screen, after clicking which links."""

    name: str
    role: str
    address: str = "/"
    screen: tuple[int, int] = (390, 844)
    clicks: tuple[str, ...] = ()


DESKTOP = (1280, 860)
SHOTS = (
    Shot("branch_home", "支部书记", clicks=("支部的事",)),
    Shot("theme_day_log", "支部书记", clicks=("支部的事", "登记|改一改")),
    Shot("branch_sheets", "支部书记", clicks=("支部的事", "打印签到表")),
    Shot("branch_roster", "支部书记", clicks=("支部的事", "党员名册")),
    Shot("member_home", "党员"),
    Shot("member_record", "党员", "/me/record/"),
    Shot("member_calendar", "党员", "/me/calendar/"),
    Shot("workbench", "局工作人员", "/admin/", DESKTOP),
    Shot("branch_import", "局工作人员", "/admin/branches/branch/import/", DESKTOP),
    Shot("roster_import", "局工作人员", "/admin/members/rosterbatch/add/", DESKTOP),
    Shot("year_grid", "局工作人员", "/admin/activities/activity/", DESKTOP, ("各支部月历",)),
    Shot("register", "局工作人员", "/admin/members/member/", DESKTOP),
)


@contextmanager
def demo() -> Iterator[tuple[str, dict[str, tuple[str, str]]]]:
    """Serve the demo district; yield its address and the sign-in of each role."""
    with processes.private_folder("yinhui-shots-") as folder:
        port, log = processes.free_port(), folder / "log"
        environment = {
            "PATH": os.environ["PATH"],
            "VAR_DIR": str(folder / "var"),
            "PORT": str(port),
        }
        server = processes.start(["bin/run.sh"], log=log, env=environment, cwd=ROOT)
        try:
            processes.wait_until(
                lambda: processes.accepts(port), process=server, log=log, seconds=300
            )
            told = log.read_text("utf-8")
            logins = {role: (name, password) for role, name, password in LOGIN.findall(told)}
            yield f"http://127.0.0.1:{port}", logins
        finally:
            processes.stop(server)


def take(chromium: Browser, origin: str, login: tuple[str, str], shot: Shot) -> None:
    """Sign in as people do, go there, and keep what the screen shows."""
    width, height = shot.screen
    context = chromium.new_context(
        **browser.context_arguments() | {"viewport": {"width": width, "height": height}}
    )
    page = context.new_page()
    page.goto(f"{origin}/signin/")
    page.get_by_label(re.compile("手机号|登录名")).fill(login[0])
    page.get_by_label("密码", exact=True).fill(login[1])
    page.get_by_role("button", name="登录").click()
    page.goto(origin + shot.address)
    for words in shot.clicks:
        page.get_by_role("link", name=re.compile(words)).first.click()
    page.screenshot(path=IMAGES / f"{shot.name}.png")
    context.close()


def main(names: list[str]) -> None:
    """Take the pictures asked for, or all."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with demo() as (origin, logins), sync_playwright() as playwright:
        chromium = playwright.chromium.launch(**browser.launch_arguments())
        for shot in SHOTS:
            if not names or shot.name in names:
                take(chromium, origin, logins[shot.role], shot)
                print(f"docs/images/{shot.name}.png")  # noqa: T201 -- the command's output
        chromium.close()


if __name__ == "__main__":
    main(sys.argv[1:])

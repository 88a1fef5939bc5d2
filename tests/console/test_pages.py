"""Every page in Chromium: both languages, light and dark, by axe's rules, within its bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe

from hub.console.access import load_access
from tests.support.consoles import OTHER, PLANTED, TOWN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from playwright.sync_api import Browser, BrowserContext, Page

    from tests.support.consoles import Console

MOST_BYTES = 100_000
PAGES = {
    "overview": "/",
    "feeds": "/feeds",
    "quarantine": "/quarantine",
    "custody": "/custody",
    "ledger": "/ledger?all=1",
    "rules": "/rules",
    "rules-why": f"/rules?ask=why&feed=change-notice&from={TOWN}&to={OTHER}",
    "rules-who-can": "/rules?ask=who-can&item=個人番号",
    "rules-diff": "/rules?ask=diff&before=2024-06-01&after=2026-06-01",
    "operations": "/operations",
    "acts": "/acts",
    "sign-in": "/sign-in",
    "enrol": "/enrol",
    "error": "/ledger?party=nobody",
}
# Attributes and text that would do something if one page let them through unescaped.
HOSTILE = (
    "\"'><script>document.title='taken'</script><img src=x onerror=document.title='taken'>{{7*7}}"
)


@pytest.fixture(scope="module")
def contexts(console: Console, browser: Browser) -> Iterator[Mapping[str, BrowserContext]]:
    """Give browsers in which a security administrator is signed in: ja in light, en in dark."""
    _, word = console.signed_in("security-administrator")
    made = {}
    for language in ("ja", "en"):
        context = browser.new_context(color_scheme="dark" if language == "en" else "light")
        for name, value in (("hub-session", word), ("hub-language", language)):
            context.add_cookies([{"name": name, "value": value, "url": console.origin}])
        made[language] = context
    yield made
    for context in made.values():
        context.close()


@pytest.fixture(params=["ja"])
def language(request: pytest.FixtureRequest) -> str:
    """Give the language of a window: Japanese where a test asks for no other."""
    return str(request.param)


@pytest.fixture
def page(contexts: Mapping[str, BrowserContext], language: str) -> Iterator[Page]:
    """Give a window in which nothing may go wrong unseen."""
    page = contexts[language].new_page()
    # Comparing two days of every rule takes seconds, on a busy machine many.
    page.set_default_timeout(90_000)
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if "Refused" in said.text else None)
    yield page
    page.close()
    assert not wrong


@pytest.mark.parametrize("language", ["ja", "en"], indirect=True)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_whole_and_lawful_to_read(
    console: Console, page: Page, language: str, name: str
) -> None:
    """In its language, within 100 kB with all it loads, from nowhere else; axe finds nothing.

    Nothing scrolls sideways at the sizes that operators have.
    """
    loaded: dict[str, int] = {}
    page.on("response", lambda r: loaded.update({r.url: 0 if "/live" in r.url else len(r.body())}))
    page.goto(console.origin + PAGES[name])
    page.wait_for_selector("h1")
    assert page.evaluate("document.documentElement.lang") == language
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
    assert all(url.startswith(console.origin) for url in loaded)
    assert 0 < sum(loaded.values()) <= MOST_BYTES
    for width in (1280, 1920):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_overview_renews_itself(console: Console, page: Page) -> None:
    """Figures come by server-sent events, and nothing says that they do not."""
    page.goto(console.origin)
    page.evaluate("document.querySelector('#board h2').textContent = 'old'")
    page.wait_for_selector("#board h2:has-text('七つの約束')")
    assert page.locator("#lamp").is_hidden()
    assert page.locator(".lights li").count() == 7


def test_the_ledger_is_verified_from_its_page(console: Console, page: Page) -> None:
    """The button is reached by keyboard, and the page says what was found."""
    page.goto(console.origin + "/ledger")
    page.get_by_role("button", name="今すぐ検証する").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("text=行を検証しました")
    assert page.locator("main .light.good").count() == 1


@pytest.mark.parametrize(
    "path",
    [
        "/ledger?rule={0}&operator={0}&all=1",
        "/ledger?party={0}",
        "/rules?text={0}&feed={0}&ask=list",
        "/rules?ask=why&feed={0}&from={0}&to={0}&task={0}&item={0}",
        "/rules?ask=who-can&item={0}",
        "/rules?ask=diff&before={0}",
        "/quarantine?code={0}",
        "/custody?page={0}",
        "/custody/{0}/certificate",
    ],
)
def test_a_hostile_string_stays_a_string(console: Console, page: Page, path: str) -> None:
    """Typed into every field: shown as it is or not at all, and nothing of it runs."""
    for hostile in (HOSTILE, "a" * 3000, "%00\u202e", "1e999"):
        answer = page.goto(console.origin + path.format(hostile.replace("&", "%26")))
        assert answer is not None
        assert answer.status in {200, 400, 404}
        assert page.title().endswith("Juki Hub")
        assert page.locator("main img").count() == 0


def test_no_page_shows_a_planted_person(console: Console) -> None:
    """Neither pages nor certificates nor the live figures, for any role."""
    _, word = console.signed_in("security-administrator")
    with console.client(word) as client:
        seen = "".join(client.get(path).text for path in PAGES.values())
        with client.stream("GET", "/live") as live:
            seen += next(live.iter_lines())
        seen += client.get("/custody/intake.2026-06-01/certificate").text
    for person in PLANTED:
        for value in (person.name, person.address, person.code, person.number):
            assert value not in seen
    assert "隔離" in seen


def test_every_page_of_the_console_is_looked_at_here() -> None:
    """A page that is added to the table of rights is tried above."""
    posted = {"verify", "propose", "approve-options", "approve", "withdraw", "sign-out"}
    shown = load_access().routes.keys() - posted - {"live", "certificate"}
    assert shown <= PAGES.keys()

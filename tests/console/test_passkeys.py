"""Enrolment, sign-in and sign-out in Chromium, by a passkey of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.authenticator import with_passkeys

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.support.consoles import Console


def _enrol(page: Page, console: Console, code: str) -> None:
    page.goto(console.origin + "/enrol")
    page.fill("#code", code)
    page.press("#code", "Enter")


def test_an_operator_enrols_signs_out_and_in_again(console: Console, browser: Browser) -> None:
    """With the code from paper, then by the passkey alone."""
    page = with_passkeys(browser)
    _enrol(page, console, console.code("it-browser", "observer"))
    page.wait_for_selector(".lights")
    assert page.locator(".who strong").inner_text() == "it-browser"
    page.get_by_role("button", name="サインアウト").click()
    page.wait_for_url(console.origin + "/sign-in")
    page.goto(console.origin)
    assert page.url.endswith("/sign-in")
    page.get_by_role("button", name="パスキーでサインイン").click()
    page.wait_for_selector(".lights")
    page.context.close()


def test_the_language_is_changed_where_one_is(console: Console, browser: Browser) -> None:
    """The button leads back to the same page, in the other language."""
    page = with_passkeys(browser)
    page.goto(console.origin + "/enrol")
    page.get_by_role("button", name="English").click()
    page.wait_for_selector("text=Enrol a passkey")
    assert page.url == console.origin + "/enrol"
    page.get_by_role("button", name="日本語").click()
    page.wait_for_selector("text=パスキーの登録")
    page.context.close()


def test_a_wrong_code_and_a_stranger_are_told_so(console: Console, browser: Browser) -> None:
    """In words, on the same page; a machine without a passkey of ours is not let in."""
    page = with_passkeys(browser)
    _enrol(page, console, "WRONG")
    page.wait_for_selector("#told:not(:empty)")
    assert "登録コードかパスキーが確認できません" in page.locator("#told").inner_text()
    page.context.close()


def test_a_device_that_does_not_ask_its_holder_is_not_taken(
    console: Console, browser: Browser
) -> None:
    """A passkey counts only where its holder was verified: found devices let nobody in."""
    page = with_passkeys(browser, verified=False)
    _enrol(page, console, console.code("it-unverified", "observer"))
    page.wait_for_selector("#told:not(:empty)")
    assert page.url.endswith("/enrol")
    page.context.close()

"""Sign-in in a real browser, against a provider that speaks the real protocol."""

import pytest

pytest.importorskip("authlib")

from tests.conftest import free_port, serving
from tests.identity import Provider

pytestmark = pytest.mark.browser


@pytest.fixture
def provider():
    running = Provider()
    yield running
    running.close()


@pytest.fixture
def guarded(provider, tmp_path):
    """The address of an app that asks for a sign-in."""
    port, secrets = free_port(), tmp_path / "secrets.toml"
    secrets.write_text(provider.secrets(f"http://localhost:{port}"), "utf-8")
    library = str(tmp_path / "library.sqlite")
    with serving(tmp_path / "server.txt", "--secrets.files", str(secrets), port=port,
                 SIMULATOR_LIBRARY=library) as (address, _):  # fmt: skip
        yield address
    said = "".join(file.read_text("utf-8", "replace") for file in tmp_path.glob("server.*"))
    assert "the-secret-of-the-client" not in said and "@plan.gov.cn" not in said


def test_the_door_opens_by_sign_in_and_leads_to_the_address_asked_for(
    browser, guarded, provider, settle, tmp_path
):
    context = browser.new_context(locale="zh-CN", viewport={"width": 1366, "height": 768})
    page = context.new_page()
    page.goto(f"{guarded}/levers?lang=en&s=prudent")
    page.wait_for_selector(".st-key-sign_in button")
    assert page.locator("[data-testid=stVegaLiteChart], .st-key-frame").count() == 0
    provider.person = {"sub": "1", "email": "li@plan.gov.cn", "name": "李四"}
    page.locator(".st-key-sign_in button").click()
    page.wait_for_url("**/levers?*s=prudent*", timeout=30_000)
    page.wait_for_selector(".st-key-save button:not([disabled])")
    settle(page)
    page.locator(".st-key-sign_out button").first.click()
    page.wait_for_selector(".st-key-sign_in button", timeout=30_000)
    provider.person = {"sub": "2", "email": "wang@plan.gov.cn", "name": "王五"}
    page.locator(".st-key-sign_in button").click()
    page.wait_for_selector(".st-key-save button[disabled]", timeout=30_000)
    # A role that is given or taken away takes hold without a restart.
    settings = tmp_path / "secrets.toml"
    settings.write_text(settings.read_text("utf-8").replace("li@plan", "wang@plan"), "utf-8")
    for _ in range(20):
        settle(page)
        if page.locator(".st-key-save button:not([disabled])").count():
            break
        page.wait_for_timeout(1000)
        page.reload()
        page.wait_for_selector(".st-key-save button")
    assert page.locator(".st-key-save button:not([disabled])").count()
    provider.person = {"sub": "3", "email": "mallory@example.com", "name": "外人"}
    settle(page)
    page.locator(".st-key-sign_out button").first.click()
    page.locator(".st-key-sign_in button").click()
    page.wait_for_selector("h1.closed:has-text('没有使用权限')", timeout=30_000)
    assert page.locator(".st-key-frame").count() == 0
    context.close()

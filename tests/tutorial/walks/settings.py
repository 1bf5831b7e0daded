"""The settings of the merchant."""

from tests.tutorial.drawing import Artist


def settings(artist: Artist) -> None:
    """General, members, keys, the audit log."""
    page = artist.page
    artist.go("settings/general/")
    artist.picture("settings-general", page.locator("main form").first)
    artist.go("settings/members/")
    page.get_by_role("link", name="Invite a member").click()
    artist.picture("members-invite", page.locator("#dialog"), keep_focus=True)
    page.keyboard.press("Escape")
    artist.go("settings/api-keys/new/")
    artist.picture("api-keys-new", page.locator("main form").first)
    artist.go("settings/audit/")
    artist.picture("audit-list", page.locator("#filters"))

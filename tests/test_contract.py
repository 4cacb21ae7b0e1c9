"""What the values see to themselves, so that no source needs to."""

import pytest

from connectors.contract import Image, Item, is_web_address

NO_ADDRESSES = [
    *("", "javascript:alert(1)", "data:text/html,x", "/2026/x", "//example.com/x", "example.com", "ftp://example.com/"),
    *("https://", "http:///x", "https://[", "https://a b/", "https://a/\n", "https://a/<b>", "https://a/\ud800"),
    f"https://a/{'x' * 9000}",
    None,
    7,
]


@pytest.mark.parametrize("text", NO_ADDRESSES)
def test_what_no_browser_opens_over_http_is_no_web_address(text: object) -> None:
    assert not is_web_address(text)


@pytest.mark.parametrize("text", ["https://example.com", "HTTP://EXAMPLE.com/x?y=ü#z", "http://127.0.0.1:8000/(x)"])
def test_an_absolute_http_address_is_one(text: str) -> None:
    assert is_web_address(text)


@pytest.mark.parametrize("text", ["javascript:alert(1)", "/2026/x", "https://["])
def test_an_item_drops_addresses_that_are_none(text: str) -> None:
    good = Image(url="https://example.com/1.png", alt="Ein Tor")
    item = Item(source="blog", id="1", link=text, title="T", images=(Image(url=text), good))
    assert (item.link, item.images, item.story) == ("", (good,), "blog:1")


def test_an_item_without_an_id_is_refused() -> None:
    with pytest.raises(ValueError, match="an item of blog has no id"):
        Item(source="blog", id="")

"""Links to goods lead to the shop, not to the server that sends them."""

import pytest

from kikubari.app.settings import read_settings
from kikubari.spec.errors import InvalidInputError


def test_the_shops_address_begins_links_to_goods_and_the_server_the_rest():
    settings = read_settings(
        {
            "KIKUBARI_SHOP_URL": "https://shop.example/",
            "KIKUBARI_PUBLIC_URL": "https://mail.shop.example",
        }
    )
    assert settings.shop_base_url == "https://shop.example"
    assert settings.base_url == "https://mail.shop.example"


def test_without_an_address_links_lead_to_the_server():
    assert read_settings({"KIKUBARI_PORT": "80"}).shop_base_url == "http://127.0.0.1:80"


@pytest.mark.parametrize("url", ["shop.example", "javascript:alert(1)", "https://"])
def test_what_is_no_address_is_refused(url):
    with pytest.raises(InvalidInputError, match="KIKUBARI_SHOP_URL"):
        read_settings({"KIKUBARI_SHOP_URL": url})

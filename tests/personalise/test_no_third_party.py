"""A mail asks nobody but its sender for anything."""

import re

from kikubari.decide.personalise import EmailTemplateSource, EmailVariant, compile_email

MJML = """<mjml><mj-body><mj-section><mj-column>
<mj-text font-family="Roboto">Hello</mj-text><mj-button href="https://shop.example/">Go</mj-button>
</mj-column></mj-section></mj-body></mjml>"""


def test_compiled_mjml_loads_no_fonts_from_elsewhere():
    email = compile_email(
        EmailTemplateSource(
            default_language="en", variants={"en": EmailVariant(subject="Hi", mjml=MJML)}
        )
    )
    html = email.variants["en"].html
    addresses = set(re.findall(r"https?://([^/\"' )]+)", html))
    assert addresses <= {"shop.example", "www.w3.org"}
    assert "<link" not in html
    assert "@import" not in html

"""The coupon block prints a person's own code, or what stands in its place."""

import msgspec
import pytest

from kikubari.decide.personalise import (
    Document,
    EmailTemplateSource,
    EmailVariant,
    Facts,
    RenderSettings,
    compile_email,
    render_email,
)


def render(coupon, **block):
    blocks = [{"kind": "coupon", "id": "c", "code": "", "title": "{{ coupon.benefit }}", **block}]
    document = msgspec.convert({"blocks": blocks}, Document)
    variant = EmailVariant(subject="Tea", blocks=document)
    email = compile_email(EmailTemplateSource(variants={"en": variant}, default_language="en"))
    return render_email(email, Facts(), content={"coupon": coupon}, settings=RenderSettings())


def test_block_without_a_code_of_its_own_prints_the_persons():
    email = render({"code": "TEA-1", "benefit": "10% off"}, instead="New tea is here")
    for part in (email.html, email.text):
        assert "TEA-1" in part
        assert "10% off" in part
        assert "New tea" not in part
    assert email.facts == ()  # a code is no fact about a person


@pytest.mark.parametrize("coupon", [{}, {"code": ""}])
@pytest.mark.parametrize("instead", ["", "New tea is here"])
def test_who_has_no_code_sees_what_stands_in_its_place(coupon, instead):
    email = render(coupon, instead=instead)
    assert ("New tea" in email.html) is bool(instead)
    assert "dashed" not in email.html

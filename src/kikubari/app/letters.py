"""The messages that ask whether a wish is the reader's own. They advertise nothing."""

import msgspec

from kikubari.app.settings import Settings
from kikubari.decide.personalise import EmailTemplateSource, EmailVariant, compile_email
from kikubari.deliver import Act, Letter, Purpose, Sender

_MJML = """
<mjml>
  <mj-body background-color="#faf7f0">
    <mj-section padding="32px 16px">
      <mj-column>
        <mj-text font-size="16px" line-height="1.7" color="#211d18">{say}</mj-text>
        <mj-button href="{{{{ preferences_url }}}}" background-color="#24467a" font-size="16px"
          inner-padding="14px 28px" border-radius="6px">{button}</mj-button>
        <mj-text font-size="14px" line-height="1.7" color="#675e51">{otherwise}</mj-text>
        <mj-text font-size="13px" line-height="1.6" color="#675e51">{{{{ shop.name }}}}
          {{% if shop.address != "" %}}<br/>{{{{ shop.address }}}}{{% endif %}}
          {{% if shop.contact != "" %}}<br/>{{{{ shop.contact }}}}{{% endif %}}</mj-text>
      </mj-column>
    </mj-section>
  </mj-body>
</mjml>
"""

# Who writes comes first, as each language sets it apart.
_SUBJECTS = {"en": "{{{{ shop.name }}}}: {}", "ja": "【{{{{ shop.name }}}}】{}"}


class _Words(msgspec.Struct, frozen=True, kw_only=True):
    """What a letter says in one language; names come in by Liquid."""

    subject: str
    preheader: str
    say: str
    button: str
    otherwise: str


def write_subscription_letter(settings: Settings) -> Letter:
    """Return the letter that asks to confirm a subscription."""
    english = _Words(
        subject="please confirm your subscription",
        preheader="Then you are on the list",
        say="Thank you for asking for news from {{ shop.name }}. One step is left: please confirm"
        " that this address is yours.",
        button="Confirm my subscription",
        otherwise="If it was not you, do nothing: you will get no news, and this request is"
        " forgotten after seven days.",
    )
    japanese = _Words(
        subject="ご登録の確認をお願いいたします",
        preheader="あと一歩で登録が完了します",
        say="{{ shop.name }}のお知らせメールのお申し込みを承りました。"
        "下のボタンから確認していただくと、登録が完了します。",
        button="登録を確認する",
        otherwise="お心当たりがない場合は、何もなさらないでください。"
        "お知らせは届かず、お申し込みは7日後に消去されます。",
    )
    return _write(settings, english, japanese, to_claimed=True)


def write_own_request_letters(settings: Settings) -> dict[Act, Letter]:
    """Return the letters that ask whether a copy, or erasure, is what the customer wants."""
    ignore = (
        "If it was not you, do nothing: nothing happens, and the link stops working within the"
        " hour. Somebody you forwarded a message to may have pressed the button."
    )
    ignore_ja = (
        "お心当たりがない場合は、何もなさらないでください。何も行われず、リンクは1時間以内に使えなくなります。"
        "転送されたメールを受け取った方が、押された可能性があります。"
    )
    copy = _Words(
        subject="your copy of your data",
        preheader="The link works for an hour",
        say="Somebody, hopefully you, asked {{ shop.name }} for a copy of everything on record"
        " about you. The link works once, for an hour.",
        button="Go on to the copy",
        otherwise=ignore,
    )
    copy_ja = _Words(
        subject="お客様のデータの写しについて",
        preheader="リンクは1時間有効です",
        say="{{ shop.name }}にあるお客様の記録の写しのご請求を承りました。"
        "リンクは一度だけ、1時間有効です。",
        button="写しの受け取りへ進む",
        otherwise=ignore_ja,
    )
    erasure = _Words(
        subject="erasing your data",
        preheader="Nothing is erased yet",
        say="Somebody, hopefully you, asked {{ shop.name }} to erase everything on record about"
        " you. Nothing is erased yet. The link works once, for an hour.",
        button="Go on to erasure",
        otherwise=ignore,
    )
    erasure_ja = _Words(
        subject="お客様のデータの消去について",
        preheader="まだ何も消去されていません",
        say="{{ shop.name }}にあるお客様の記録の消去のご請求を承りました。"
        "まだ何も消去されていません。リンクは一度だけ、1時間有効です。",
        button="消去へ進む",
        otherwise=ignore_ja,
    )
    return {
        "copy": _write(settings, copy, copy_ja),
        "erasure": _write(settings, erasure, erasure_ja),
    }


def _write(
    settings: Settings, english: _Words, japanese: _Words, *, to_claimed: bool = False
) -> Letter:
    variants = {
        language: EmailVariant(
            subject=_SUBJECTS[language].format(words.subject),
            preheader=words.preheader,
            mjml=_MJML.format(say=words.say, button=words.button, otherwise=words.otherwise),
        )
        for language, words in (("en", english), ("ja", japanese))
    }
    template = EmailTemplateSource(default_language="en", variants=variants)
    return Letter(
        email=compile_email(template),
        sender=Sender(from_address=f"news@{settings.mail_domain}", from_name=settings.shop_name),
        purpose=Purpose.TRANSACTIONAL,
        to_claimed=to_claimed,
    )

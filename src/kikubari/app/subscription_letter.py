"""The message that asks whether an address is the asker's own."""

from kikubari.app.settings import Settings
from kikubari.decide.personalise import EmailTemplateSource, EmailVariant, compile_email
from kikubari.deliver import Letter, Purpose, Sender

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


def write_subscription_letter(settings: Settings) -> Letter:
    """Return the letter, in Japanese and English. It advertises nothing."""
    english = EmailVariant(
        subject="{{ shop.name }}: please confirm your subscription",
        preheader="One step is left",
        mjml=_MJML.format(
            say="Somebody, hopefully you, asked for news from {{ shop.name }} at this address.",
            button="Look and confirm",
            otherwise="If it was not you, do nothing: you will get no news, and this request is"
            " forgotten after seven days.",
        ),
    )
    japanese = EmailVariant(
        subject="{{ shop.name }}: メール配信登録のご確認",
        preheader="あと一度のご確認で登録が完了します",
        mjml=_MJML.format(
            say="{{ shop.name }}のお知らせメールの登録を、このアドレスで承りました。",
            button="内容を見て確認する",
            otherwise="お心当たりがない場合は、何もなさらないでください。"
            "お知らせは届かず、登録のお申し込みは7日後に消去されます。",
        ),
    )
    template = EmailTemplateSource(default_language="en", variants={"en": english, "ja": japanese})
    return Letter(
        email=compile_email(template),
        sender=Sender(from_address=f"news@{settings.mail_domain}", from_name=settings.shop_name),
        purpose=Purpose.TRANSACTIONAL,
        to_claimed=True,
    )

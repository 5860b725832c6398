"""The e-mail that the broadcast benchmark sends: two languages, some 40 kB on the wire."""

from kikubari.decide.personalise import EmailTemplateSource, EmailVariant

_SECTIONS = 6

_HEAD = """
<mjml><mj-head><mj-attributes><mj-all font-family="sans-serif"/></mj-attributes></mj-head>
<mj-body background-color="#f6f3ee">
<mj-section background-color="#ffffff"><mj-column>
<mj-text font-size="22px">{greeting}</mj-text><mj-text>{lead}</mj-text>
</mj-column></mj-section>
{{% for product in customer.favourite_category_products limit: 3 %}}
<mj-section background-color="#ffffff"><mj-column width="40%">
<mj-image src="{{{{ product.image_url }}}}" alt="" /></mj-column><mj-column width="60%">
<mj-text>{title}</mj-text><mj-text>{{{{ product.price | money }}}}</mj-text>
<mj-button href="{{{{ product.url }}}}">{look}</mj-button></mj-column></mj-section>
{{% endfor %}}
"""
_SECTION = """
<mj-section background-color="#fdfbf7"><mj-column width="50%">
<mj-image src="https://shop.example/images/story{number}.jpg" alt="" />
<mj-text font-size="18px">{heading}</mj-text></mj-column><mj-column width="50%">
<mj-text line-height="1.6">{story}</mj-text>
<mj-button href="https://shop.example/stories/{number}">{look}</mj-button></mj-column>
</mj-section>
"""
_FOOT = """
<mj-section><mj-column><mj-text font-size="12px">{reason}
<a href="{{{{ unsubscribe_url }}}}">{leave}</a></mj-text></mj-column></mj-section>
</mj-body></mjml>
"""
_ENGLISH = {
    "greeting": "Good morning, {{ customer.first_name }}",
    "lead": "You have bought {{ customer.order_count }} times with us, last on"
    " {{ customer.last_order_at | date: '%d %B %Y' }}. From the shelf you like best:",
    "title": "{{ product.title }}",
    "look": "Have a look",
    "heading": "How a lamp is made",
    "story": "The paper is made in winter, when the water is cold and clear. It dries on boards in"
    " the sun, and what the light shows of the fibres stays visible when the lamp is lit.",
    "reason": "You get this because you agreed to hear from us.",
    "leave": "No more of these",
}
_JAPANESE = {
    "greeting": "{{ customer.last_name }} {{ customer.first_name }} 様",
    "lead": "これまで{{ customer.order_count }}回ご注文いただきました。前回は"
    "{{ customer.last_order_at | date: '%Y年%m月%d日' }}でした。お好きな棚から:",
    "title": "{{ product.title_ja }}",
    "look": "見てみる",
    "heading": "ランプができるまで",
    "story": "紙は、水が冷たく澄んだ冬に漉かれます。板の上で日に干され、光に透ける繊維の模様は、"
    "あかりを灯したときにもそのまま残ります。",
    "reason": "配信に同意いただいた方にお送りしています。",
    "leave": "配信を止める",
}


def _mjml(words: dict[str, str]) -> str:
    sections = [_SECTION.format(number=number, **words) for number in range(_SECTIONS)]
    return _HEAD.format(**words) + "".join(sections) + _FOOT.format(**words)


TEMPLATE = EmailTemplateSource(
    default_language="en",
    variants={
        "en": EmailVariant(
            subject="{{ customer.first_name }}, three lamps for you",
            preheader="Chosen from what you like",
            mjml=_mjml(_ENGLISH),
        ),
        "ja": EmailVariant(
            subject="{{ customer.last_name }}様に三つのあかり",
            preheader="お好みから選びました",
            mjml=_mjml(_JAPANESE),
        ),
    },
)

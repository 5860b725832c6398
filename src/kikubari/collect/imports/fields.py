"""The fields files are read for, kind by kind, and what people call them."""

import msgspec

from kikubari.collect.imports import product_values, values
from kikubari.collect.imports.contracts import ImportKind
from kikubari.collect.imports.values import Parser


class Field(msgspec.Struct, frozen=True):
    """One canonical field.

    `synonyms` are header names, compared without case, width, spaces and punctuation. `is_line`
    fields belong to one line of an order, not to the order.
    """

    name: str
    parse: Parser = values.parse_text
    synonyms: tuple[str, ...] = ()
    is_required: bool = False
    is_line: bool = False


def _field(
    name: str,
    synonyms: str = "",
    parse: Parser = values.parse_text,
    *,
    is_required: bool = False,
    is_line: bool = False,
) -> Field:
    return Field(name, parse, tuple(synonyms.split("|")) if synonyms else (), is_required, is_line)


CONSENT_STATUS = {
    **dict.fromkeys(
        ("granted", "yes", "y", "true", "1", "optin", "optedin", "in", "subscribed", "agreed",
         "accepted", "consented", "同意", "同意する", "同意済み", "許諾", "許可", "はい", "可"),
        "granted",
    ),
    **dict.fromkeys(
        ("denied", "no", "n", "false", "0", "refused", "rejected", "declined", "拒否",
         "同意しない", "不同意", "いいえ", "不可", "未同意"),
        "denied",
    ),
    **dict.fromkeys(
        ("withdrawn", "revoked", "optout", "optedout", "out", "unsubscribed", "撤回", "解除",
         "配信停止", "退会"),
        "withdrawn",
    ),
}  # fmt: skip
CONSENT_PURPOSE = {
    **dict.fromkeys(("marketing", "newsletter", "promotion", "マーケティング", "広告",
                     "メルマガ", "案内"), "marketing"),
    **dict.fromkeys(("tracking", "analytics", "計測", "トラッキング"), "tracking"),
    **dict.fromkeys(("profiling", "personalisation", "personalization", "プロファイリング",
                     "パーソナライズ"), "profiling"),
    **dict.fromkeys(("enrichment", "補完"), "enrichment"),
}  # fmt: skip
SUPPRESSION_REASON = {
    **dict.fromkeys(("bounced", "bounce", "hardbounce", "hard", "invalid", "不達", "宛先不明"),
                    "bounced"),
    **dict.fromkeys(("complained", "complaint", "spam", "spamreport", "abuse", "markedasspam",
                     "迷惑メール", "苦情"), "complained"),
    **dict.fromkeys(("unsubscribed", "unsubscribe", "optout", "globalunsubscribe", "配信停止",
                     "解除"), "unsubscribed"),
    **dict.fromkeys(("inactive", "sunset", "unengaged", "反応なし"), "inactive"),
    **dict.fromkeys(("manual", "userspecified", "手動"), "manual"),
    **dict.fromkeys(("imported", "other", "その他"), "imported"),
}  # fmt: skip
ORDER_STATUS = {
    **dict.fromkeys(("completed", "complete", "paid", "fulfilled", "shipped", "delivered", "done",
                     "processing", "placed", "open", "closed", "完了", "注文済み", "支払済み",
                     "入金済み", "発送済み", "出荷済み"), "completed"),
    **dict.fromkeys(("refunded", "refund", "returned", "return", "返金", "返金済み", "返品",
                     "返品済み"), "refunded"),
    **dict.fromkeys(("cancelled", "canceled", "cancel", "voided", "void", "キャンセル",
                     "キャンセル済み", "取消"), "cancelled"),
}  # fmt: skip
FINANCIAL_STATUS = {
    **dict.fromkeys(("paid", "pending", "authorized", "partiallypaid"), "completed"),
    "refunded": "refunded",
    "partiallyrefunded": "partially_refunded",
    "voided": "cancelled",
}

_USER_ID = (
    "customerid|customernumber|customerno|customercode|memberid|membernumber|clientid"
    "|顧客id|顧客番号|顧客コード|会員id|会員番号|会員コード|お客様番号|お客様id"
    "|ユーザーid|ユーザid"
)
_EMAIL = "mail|emailaddress|mailaddress|customeremail|メール|メールアドレス|eメール|電子メール"
_COMMON = (
    _field("message_id", "メッセージid", values.parse_message_id),
    _field("anonymous_id", "匿名id", values.parse_id),
)
_TIME = "at|time|date|datetime|createdat|日時|日付|登録日時|発生日時"

CUSTOMERS = (
    _field("user_id", f"id|{_USER_ID}", values.parse_id),
    *_COMMON,
    _field("timestamp", "updatedat|lastupdated|更新日時|更新日", values.parse_instant_cell),
    _field("email", _EMAIL, values.parse_email),
    _field("phone", "phonenumber|tel|telephone|mobile|電話番号|電話|携帯電話|携帯番号"),
    _field("first_name", "firstname|givenname|forename|名|名前名"),
    _field("last_name", "lastname|surname|familyname|姓|苗字|名字"),
    _field("name", "fullname|customername|氏名|名前|お名前|顧客名|会員名"),
    _field("first_name_kana", "メイ|名カナ|名フリガナ|名かな|名ふりがな"),
    _field("last_name_kana", "セイ|姓カナ|姓フリガナ|姓かな|姓ふりがな"),
    _field("name_kana", "フリガナ|ふりがな|氏名カナ|氏名フリガナ|カナ"),
    _field("birthday", "birthdate|dateofbirth|dob|生年月日|誕生日", values.parse_day),
    _field("gender", "sex|性別"),
    _field("language", "locale|言語|使用言語"),
    _field("country", "countrycode|defaultaddresscountrycode|国|国コード"),
    _field("prefecture", "都道府県|都道府県名"),
    _field("region", "state|province|provincecode|stateregion|defaultaddressprovincecode"),
    _field("city", "defaultaddresscity|市区町村|市町村"),
    _field("address", "address1|streetaddress|defaultaddressaddress1|住所|番地|住所1"),
    _field("postal_code", "postalcode|postcode|zip|zipcode|defaultaddresszip|郵便番号|〒"),
    _field("timezone", "timezone|tz|タイムゾーン"),
    _field("company", "companyname|organization|defaultaddresscompany|会社名|会社|法人名"),
    _field("interests", "興味|関心|興味関心", values.parse_list),
    _field("created_at", "registeredat|signedupat|profilecreatedon|登録日|登録日時|会員登録日",
           values.parse_instant_cell),
    _field("simulated_fields", "", values.parse_list),
)  # fmt: skip
EVENTS = (
    _field("type"),
    _field("event", "eventname|イベント|イベント名"),
    _field("user_id", _USER_ID, values.parse_id),
    *_COMMON,
    _field("timestamp", f"originaltimestamp|eventtime|occurredat|{_TIME}",
           values.parse_instant_cell),
    _field("email", _EMAIL, values.parse_email),
    _field("name"),
    _field("category"),
    _field("previous_id", "", values.parse_id),
    _field("group_id", "", values.parse_id),
    _field("properties", "プロパティ", values.parse_object),
    _field("traits", "", values.parse_object),
    _field("context", "", values.parse_object),
)  # fmt: skip
ORDERS = (
    _field("order_id", "id|ordernumber|orderno|orderid|invoiceno|invoicenumber|invoice|"
           "transactionid|注文番号|注文id|受注番号|伝票番号", values.parse_id, is_required=True),
    _field("user_id", _USER_ID, values.parse_id),
    *_COMMON,
    _field("email", _EMAIL, values.parse_email),
    _field("timestamp", f"orderedat|orderdate|orderedon|invoicedate|purchasedat|purchasedate|"
           f"processedat|注文日|注文日時|受注日|受注日時|購入日|購入日時|{_TIME}",
           values.parse_instant_cell, is_required=True),
    _field("status", "orderstatus|注文状況|注文ステータス|受注状況|ステータス|状態",
           values.one_of(ORDER_STATUS, "unknown_status")),
    _field("financial_status", "", values.one_of(FINANCIAL_STATUS, "unknown_status")),
    _field("refunded_amount", "返金額", values.parse_decimal_cell),
    _field("total", "ordertotal|grandtotal|totalprice|totalamount|合計|合計金額|注文合計|総額|"
           "総合計|請求金額", values.parse_decimal_cell),
    _field("revenue", "売上|売上金額", values.parse_decimal_cell),
    _field("subtotal", "subtotalprice|小計", values.parse_decimal_cell),
    _field("shipping", "shippingprice|shippingcost|送料|配送料", values.parse_decimal_cell),
    _field("tax", "taxes|totaltax|税|消費税|税額", values.parse_decimal_cell),
    _field("discount", "discountamount|totaldiscounts|割引|割引額|値引|値引額",
           values.parse_decimal_cell),
    _field("coupon", "couponcode|discountcode|クーポン|クーポンコード"),
    _field("currency", "currencycode|通貨|通貨コード"),
    _field("products", "lineitems|items|明細", values.parse_objects),
    _field("product_id", "stockcode|lineitemproductid|itemid|商品番号|商品コード|商品id|品番|"
           "品目コード", values.parse_id, is_line=True),
    _field("sku", "lineitemsku|variantsku|商品sku", values.parse_id, is_line=True),
    _field("product_name", "description|lineitemname|itemname|title|producttitle|商品名|品名|品目",
           is_line=True),
    _field("category", "productcategory|カテゴリ|カテゴリー|分類|商品カテゴリ", is_line=True),
    _field("brand", "lineitemvendor|vendor|ブランド|メーカー", is_line=True),
    _field("variant", "lineitemvariant|varianttitle|バリエーション|規格", is_line=True),
    _field("price", "unitprice|lineitemprice|itemprice|単価|価格|販売価格",
           values.parse_decimal_cell, is_line=True),
    _field("quantity", "qty|lineitemquantity|count|数量|個数|点数", values.parse_decimal_cell,
           is_line=True),
    _field("line_total", "amount|linetotal|lineamount|linesubtotal|金額|明細金額|商品金額",
           values.parse_decimal_cell, is_line=True),
)  # fmt: skip
PRODUCTS = (
    _field("product_id", "id|handle|stockcode|itemid|offerid|商品番号|商品コード|商品id|品番",
           values.parse_id, is_required=True),
    _field("item_group_id", "parentid|parentsku|グループid|親商品番号|親商品コード",
           values.parse_id),
    _field("variant_id", "バリエーションid|枝番", values.parse_id),
    _field("message_id", "", values.parse_message_id),
    _field("timestamp", "updatedat|更新日時|更新日", values.parse_instant_cell),
    _field("sku", "variantsku|商品sku", values.parse_id),
    _field("name", "title|productname|producttitle|商品名|品名|名称"),
    _field("description", "body|bodyhtml|productdescription|商品説明|説明|説明文",
           product_values.parse_description),
    _field("category", "producttype|productcategory|googleproductcategory|カテゴリ|カテゴリー|"
           "分類"),
    _field("brand", "vendor|manufacturer|ブランド|メーカー"),
    _field("variant", "varianttitle|バリエーション|規格"),
    _field("price", "variantprice|unitprice|価格|単価|販売価格|税込価格",
           product_values.parse_amount),
    _field("compare_at_price", "variantcompareatprice|listprice|定価|通常価格",
           product_values.parse_amount),
    _field("sale_price", "セール価格|特価", product_values.parse_amount),
    _field("sale_period", "salepriceeffectivedate|セール期間", product_values.parse_period),
    _field("cost", "costperitem|costofgoodssold|purchaseprice|原価|仕入値|仕入価格",
           product_values.parse_amount),
    _field("currency", "currencycode|通貨|通貨コード"),
    _field("stock", "inventory|inventoryquantity|variantinventoryqty|quantity|在庫|在庫数",
           values.parse_number),
    _field("availability", "stockstatus|在庫状況|販売状況", product_values.parse_availability),
    _field("image_url", "image|imagelink|imagesrc|variantimage|画像|画像url"),
    _field("images", "additionalimagelink|additionalimages|追加画像|画像一覧", values.parse_list),
    _field("url", "link|producturl|商品url|ページurl"),
    _field("released_on", "releasedate|publishedat|発売日|販売開始日", values.parse_day),
    _field("preorder_from", "予約開始日", values.parse_day),
    _field("preorder_until", "予約終了日", values.parse_day),
    _field("is_consumable", "consumable|消耗品", product_values.parse_flag),
    _field("sensitive_class", "配慮区分"),
    _field("kind", "contenttype|種別"),
    _field("topic", "トピック|テーマ"),
    _field("stage", "lifestage|ステージ|段階"),
    _field("accessory_of", "付属先", values.parse_list),
    _field("replaces", "後継元|旧商品", values.parse_list),
    _field("similar_to", "relatedproducts|関連商品|類似商品", values.parse_list),
    _field("part_of", "bundle|セット|構成元", values.parse_list),
    _field("is_gone", "", product_values.parse_flag),
)  # fmt: skip
CONSENTS = (
    _field("user_id", f"id|{_USER_ID}", values.parse_id),
    *_COMMON,
    _field("email", _EMAIL, values.parse_email),
    _field("purpose", "目的|利用目的", values.one_of(CONSENT_PURPOSE, "unknown_purpose"),
           is_required=True),
    _field("channel", "チャネル|手段|媒体"),
    _field("status", "consent|optin|acceptsemailmarketing|acceptsmarketing|"
           "emailmarketingconsent|同意|同意状況|許諾|ステータス|状態",
           values.one_of(CONSENT_STATUS, "unknown_status"), is_required=True),
    _field("wording_version", "version|consentversion|文言|文言版|規約版|バージョン"),
    _field("source", "method|取得元|取得方法|経路"),
    _field("proof", "evidence|証跡|証拠"),
    _field("timestamp", f"consentedat|consenttimestamp|consentat|updatedat|同意日|同意日時|"
           f"取得日時|{_TIME}", values.parse_instant_cell),
)  # fmt: skip
SUPPRESSIONS = (
    _field("message_id", "", values.parse_message_id),
    _field("email", f"{_EMAIL}|address|recipient", values.parse_email, is_required=True),
    _field("channel", "チャネル"),
    _field("reason", "type|suppressionreason|理由|事由",
           values.one_of(SUPPRESSION_REASON, "unknown_reason")),
    _field("timestamp", f"suppressedat|updatedat|{_TIME}", values.parse_instant_cell),
)  # fmt: skip

FIELDS: dict[ImportKind, tuple[Field, ...]] = {
    ImportKind.CUSTOMERS: CUSTOMERS,
    ImportKind.EVENTS: EVENTS,
    ImportKind.ORDERS: ORDERS,
    ImportKind.PRODUCTS: PRODUCTS,
    ImportKind.CONSENTS: CONSENTS,
    ImportKind.SUPPRESSIONS: SUPPRESSIONS,
}
# Where columns go that are no field of the kind; "-" leaves them out.
FREE_TARGET = {
    ImportKind.CUSTOMERS: "traits",
    ImportKind.EVENTS: "properties",
    ImportKind.ORDERS: "properties",
    ImportKind.PRODUCTS: "properties",
    ImportKind.CONSENTS: "-",
    ImportKind.SUPPRESSIONS: "-",
}
# What `--map` may put before a dot.
TARGETS: dict[ImportKind, frozenset[str]] = {
    ImportKind.CUSTOMERS: frozenset({"traits", "context"}),
    ImportKind.EVENTS: frozenset({"properties", "traits", "context"}),
    ImportKind.ORDERS: frozenset({"properties", "products", "context"}),
    ImportKind.PRODUCTS: frozenset({"properties"}),
    ImportKind.CONSENTS: frozenset(),
    ImportKind.SUPPRESSIONS: frozenset(),
}

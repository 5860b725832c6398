"""Words by which attributes give away what they are about, in English and Japanese.

English words stand alone between underscores; Japanese has no spaces and is found anywhere.
Categories: GDPR Art. 9(1) and 10; 個人情報保護法 2条3項 and its cabinet order.
"""

import re

from kikubari.collect.governance.contracts import PiiClass, Sensitivity

Pattern = re.Pattern[str]


def _english(words: str) -> Pattern:
    return re.compile(rf"(?:^|_)(?:{'|'.join(words.split())})s?(?:_|$)")


def _japanese(words: str) -> Pattern:
    return re.compile("|".join(map(re.escape, words.split())))


def _entry(
    category: Sensitivity, english: str, japanese: str
) -> tuple[Sensitivity, Pattern, Pattern]:
    return category, _english(english), _japanese(japanese)


# What is stated outright. The order decides where words of two categories meet.
SENSITIVE = (
    _entry(
        Sensitivity.MINORS,
        "child children kid baby babies toddler infant son daughter grandchild(?:ren)? minor"
        " is_minor underage guardian school_grade",
        "子供 子ども こども お子 児童 未成年 赤ちゃん 乳児 幼児 息子 お嬢 孫の 学年",
    ),
    _entry(
        Sensitivity.HEALTH,
        "health medical medication disease illness diagnos(?:is|es) symptom prescription"
        " disabilit(?:y|ies) disabled pregnan(?:t|cy) fertility menstrual menstruation"
        " allerg(?:y|ies) blood_type blood_pressure diabetes diabetic cancer hiv depression"
        " mental therapy bmi body_fat chronic",
        "健康状態 病歴 病気 持病 疾患 診断 症状 服薬 処方 障害者 障がい 妊娠 不妊 月経"
        " アレルギー 血圧 血液型 糖尿 癌 うつ病 通院 体脂肪 治療 診療",
    ),
    _entry(
        Sensitivity.RELIGION,
        "religion religious faith church mosque synagogue creed",
        "宗教 信仰 信条 教会 宗派",
    ),
    _entry(
        Sensitivity.ETHNICITY,
        "ethnicity ethnic race racial caste tribe skin_colou?r",
        "人種 民族 本籍 社会的身分",
    ),
    _entry(
        Sensitivity.POLITICS,
        "political politics political_part(?:y|ies) party_affiliation vote voter ideology",
        "政治 政党 投票先 選挙",
    ),
    _entry(
        Sensitivity.SEXUALITY,
        "sexual sexuality sexual_orientation gender_identity lgbt lgbtq gay lesbian bisexual"
        " transgender sex_life",
        "性的指向 性自認 性生活 同性愛 トランスジェンダー",
    ),
    _entry(
        Sensitivity.UNION,
        "union_member union_membership trade_union labou?r_union",
        "労働組合 組合員",
    ),
    _entry(
        Sensitivity.BIOMETRICS,
        "biometric biometry fingerprint face_id facial voiceprint retina iris_scan dna genetic",
        "生体 指紋 顔認証 声紋 虹彩 遺伝子",
    ),
    _entry(
        Sensitivity.CRIMINAL,
        "criminal criminal_record conviction arrest",
        "犯罪 前科 逮捕 犯歴",
    ),
)

# What gives a category away without stating it.
PROXIES = (
    _entry(
        Sensitivity.HEALTH,
        "maternity nursing_bra plus_size wheelchair incontinence supplement diet weight"
        " hearing_aid prenatal",
        "マタニティ 大きいサイズ 介護 補聴器 サプリ ダイエット 体重 尿もれ 更年期 漢方 健康食品",
    ),
    _entry(Sensitivity.RELIGION, "halal kosher ramadan", "ハラール ハラル コーシャ ラマダン"),
    _entry(
        Sensitivity.ETHNICITY,
        "nationality mother_tongue birthplace country_of_birth",
        "国籍 出身地 出生地 母語",
    ),
    _entry(Sensitivity.SEXUALITY, "adult_goods erotic", "アダルト"),
    _entry(Sensitivity.POLITICS, "petition", "署名運動"),
    _entry(Sensitivity.MINORS, "nursery kindergarten school_bag", "保育園 幼稚園 ランドセル 入学"),
)

# Properties so called are about a product, page or campaign.
NAMES_OF_THINGS = frozenset({"name", "title", "path", "url", "referrer"})

# (class, exact names, English words anywhere, Japanese anywhere); the strictest first.
PERSONAL = (
    (
        PiiClass.IDENTIFYING,
        frozenset({
            "name", "full_name", "first_name", "last_name", "middle_name", "given_name",
            "family_name", "surname", "maiden_name", "nickname", "display_name", "user_name",
            "username", "avatar", "photo", "user_id", "customer_id", "member_id", "ip",
            "ip_address", "device_id", "idfa", "gaid", "sei", "mei", "姓", "名", "名前",
        }),
        _english(
            "first_name last_name full_name name_kana first_name_kana last_name_kana furigana"
            " passport ssn social_security my_number national_id driver_licen[cs]e card_number"
            " credit_card iban bank_account account_number signature line_user_id"
        ),
        _japanese(
            "氏名 お名前 フリガナ ふりがな マイナンバー 個人番号 会員番号 顧客番号 旅券 免許証"
            " カード番号 口座番号 顔写真"
        ),
    ),
    (
        PiiClass.CONTACT,
        frozenset({"address", "address1", "address2", "street", "fax", "mail"}),
        _english(
            "email e_mail mail_address email_address phone telephone tel mobile_number"
            " phone_number cellphone street_address home_address billing_address"
            " shipping_address push_token push_subscription whatsapp"
        ),
        _japanese("メールアドレス メアド 電話 携帯番号 住所 番地 連絡先"),
    ),
    (
        PiiClass.QUASI,
        frozenset({
            "age", "gender", "sex", "zip", "city", "town", "company", "employer", "lat", "lng",
            "lon", "latitude", "longitude", "dob", "birthday", "birthdate", "birth_month",
            "height",
        }),
        _english(
            "birth_date date_of_birth birthday birth_year postal_code post_code postcode"
            " zip_code occupation job_title profession income salary household marital_status"
            " married nationality date_of_marriage wedding anniversary school education"
        ),
        _japanese(
            "生年月日 誕生日 年齢 性別 郵便番号 市区町村 職業 勤務先 会社名 年収 世帯 婚姻"
            " 既婚 国籍 学歴 結婚記念日"
        ),
    ),
)  # fmt: skip

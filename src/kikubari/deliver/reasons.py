"""Why a message did not go out as planned: stable codes and what they say to a person."""

from enum import StrEnum

import msgspec


class Reason(StrEnum):
    """Code of a refusal or a failure; documented in docs/delivery.md."""

    # The last gate said no.
    NO_CONSENT = "no_consent"
    SUPPRESSED = "suppressed"
    RESTRICTED = "restricted"
    OBJECTED = "objected"
    NO_ADDRESS = "no_address"
    ADDRESS_UNVERIFIED = "address_unverified"
    ADDRESS_INVALID = "address_invalid"
    PROFILE_GONE = "profile_gone"
    DUPLICATE_ADDRESS = "duplicate_address"
    TOPIC_UNWANTED = "topic_unwanted"
    NO_COUPON = "no_coupon"
    NOTHING_LEFT = "nothing_left"
    GUARD_BLOCKED = "guard_blocked"
    GUARD_HELD = "guard_held"
    # Somebody said stop, or wait.
    CANCELLED = "cancelled"
    PAUSED = "paused"
    # Not now; these wait.
    ASKED_TO_WAIT = "asked_to_wait"
    OVER_CAP = "over_cap"
    QUIET_HOURS = "quiet_hours"
    BEST_HOUR = "best_hour"
    OUTRANKED = "outranked"
    FACT_UNWANTED = "fact_unwanted"
    # They waited too long.
    EXPIRED_ASKED_TO_WAIT = "expired_asked_to_wait"
    EXPIRED_OVER_CAP = "expired_over_cap"
    EXPIRED_QUIET_HOURS = "expired_quiet_hours"
    EXPIRED_OUTRANKED = "expired_outranked"
    GAVE_WAY = "gave_way"
    # What they were for came about, or is over.
    GOAL_REACHED = "goal_reached"
    JOURNEY_LEFT = "journey_left"
    THROTTLED = "throttled"
    # The message could not be made.
    RENDER_FAILED = "render_failed"
    # The receiving side refused, or could not be asked.
    REFUSED = "refused"
    REFUSED_FOR_NOW = "refused_for_now"
    CONNECTION_LOST = "connection_lost"
    RETRIES_EXHAUSTED = "retries_exhausted"
    # We cannot know.
    OUTCOME_UNKNOWN = "outcome_unknown"
    WORKER_LOST = "worker_lost"
    RESTORED = "restored"


# Waiting for a better time, and what becomes of each when it waits too long.
EXPIRED: dict[Reason, Reason] = {
    Reason.ASKED_TO_WAIT: Reason.EXPIRED_ASKED_TO_WAIT,
    Reason.OVER_CAP: Reason.EXPIRED_OVER_CAP,
    Reason.QUIET_HOURS: Reason.EXPIRED_QUIET_HOURS,
    Reason.OUTRANKED: Reason.EXPIRED_OUTRANKED,
}
HOLDS = frozenset({*EXPIRED, Reason.BEST_HOUR})
TIMING = frozenset({*HOLDS, *EXPIRED.values()})


class Sentence(msgspec.Struct, frozen=True):
    """The same explanation in both languages of the product."""

    ja: str
    en: str


SENTENCES: dict[Reason, Sentence] = {
    Reason.NO_CONSENT: Sentence(
        "この目的とチャネルへの同意がないため、送信していません。",
        "Not sent: the person has not agreed to this purpose on this channel.",
    ),
    Reason.SUPPRESSED: Sentence(
        "配信停止リストにある宛先のため、送信していません。",
        "Not sent: the address is on the suppression list.",
    ),
    Reason.RESTRICTED: Sentence(
        "本人の求めによりデータの利用を制限しているため、送信していません。",
        "Not sent: the person asked that their data be kept and not used.",
    ),
    Reason.OBJECTED: Sentence(
        "本人がマーケティングへの利用に異議を申し立てているため、送信していません。",
        "Not sent: the person objects to marketing.",
    ),
    Reason.NO_ADDRESS: Sentence(
        "メールアドレスが登録されていないため、送信していません。",
        "Not sent: no e-mail address is known.",
    ),
    Reason.ADDRESS_UNVERIFIED: Sentence(
        "メールアドレスが本人確認されていないため、送信していません。",
        "Not sent: nobody has confirmed yet that the address is the person's own.",
    ),
    Reason.ADDRESS_INVALID: Sentence(
        "メールアドレスの形式が正しくないため、送信していません。",
        "Not sent: the address cannot be used as an e-mail address.",
    ),
    Reason.PROFILE_GONE: Sentence(
        "プロフィールが削除されたか統合されたため、送信していません。",
        "Not sent: the profile was erased, or became part of another one.",
    ),
    Reason.DUPLICATE_ADDRESS: Sentence(
        "同じ宛先に同じ配信がすでに送られているため、送信していません。",
        "Not sent: the same mailbox already gets this message through another profile.",
    ),
    Reason.GUARD_BLOCKED: Sentence(
        "ガードが不適切と判断したため、送信していません。",
        "Not sent: the guard judged it out of place.",
    ),
    Reason.GUARD_HELD: Sentence(
        "ガードが今は送るべきでないと判断したため、後でもう一度確認します。",
        "Waiting: the guard judged this to be the wrong moment; it is judged again later.",
    ),
    Reason.CANCELLED: Sentence(
        "配信が中止されたため、送信していません。",
        "Not sent: the send was cancelled.",
    ),
    Reason.PAUSED: Sentence(
        "配信が一時停止中です。再開すると送信されます。",
        "Waiting: the send is paused and goes on when it is resumed.",
    ),
    Reason.TOPIC_UNWANTED: Sentence(
        "本人が希望していないテーマのため、送信していません。",
        "Not sent: the person does not want messages on this topic.",
    ),
    Reason.NO_COUPON: Sentence(
        "オファーに残りのクーポンコードがないため、送信していません。",
        "Not sent: the offer had no code left to give.",
    ),
    Reason.NOTHING_LEFT: Sentence(
        "ご案内する商品がもう残っていないため、送信していません。",
        "Not sent: nothing is left of what it is about.",
    ),
    Reason.ASKED_TO_WAIT: Sentence(
        "本人の希望により、配信をお休みしています。期間が過ぎると送信されます。",
        "Waiting: the person asked for a pause; it goes on when that ends.",
    ),
    Reason.OVER_CAP: Sentence(
        "配信回数の上限に達しているため、待機しています。枠が空くと送信されます。",
        "Waiting: the person has had as many messages as may be sent; it goes when one more may.",
    ),
    Reason.QUIET_HOURS: Sentence(
        "本人の地域では配信を控える時間帯のため、待機しています。",
        "Waiting: it is quiet hours where the person is.",
    ),
    Reason.OUTRANKED: Sentence(
        "配信回数の枠を、優先度の高いメッセージに譲って待機しています。",
        "Waiting: a message that matters more takes the room there is under the limit.",
    ),
    Reason.EXPIRED_OUTRANKED: Sentence(
        "優先度の高いメッセージに枠を譲るうちに、待機の期限を過ぎたため、送信していません。",
        "Not sent: messages that matter more took the room for as long as a message may wait.",
    ),
    Reason.GAVE_WAY: Sentence(
        "優先度の高いメッセージに枠を譲り、送信していません。",
        "Not sent: it gave way to a message that matters more, as its journey says.",
    ),
    Reason.GOAL_REACHED: Sentence(
        "待機中にジャーニーの目標が達成されたため、送信していません。",
        "Not sent: what the journey is for came about while it waited.",
    ),
    Reason.JOURNEY_LEFT: Sentence(
        "待機中に本人がジャーニーから外れたため、送信していません。",
        "Not sent: the person left the journey while it waited.",
    ),
    Reason.FACT_UNWANTED: Sentence(
        "本人が使ってほしくない情報が含まれていたため、その情報を使わずに作り直しています。",
        "Waiting: it is written anew, without a fact that the person does not want used.",
    ),
    Reason.BEST_HOUR: Sentence(
        "本人がよくご覧になる時間まで、待機しています。",
        "Waiting for the hour at which the person is most likely to look.",
    ),
    Reason.EXPIRED_ASKED_TO_WAIT: Sentence(
        "本人の希望によるお休みが続き、待機の期限を過ぎたため、送信していません。",
        "Not sent: the pause the person asked for outlasted how long a message may wait.",
    ),
    Reason.EXPIRED_OVER_CAP: Sentence(
        "配信回数の上限が続き、待機の期限を過ぎたため、送信していません。",
        "Not sent: the limit on messages was full for as long as a message may wait.",
    ),
    Reason.EXPIRED_QUIET_HOURS: Sentence(
        "配信を控える時間帯が続き、待機の期限を過ぎたため、送信していません。",
        "Not sent: quiet hours outlasted how long a message may wait.",
    ),
    Reason.THROTTLED: Sentence(
        "受信側の事業者への送信ペースを守るため、順番を待っています。",
        "Waiting: mail to this provider goes out at a pace it takes well.",
    ),
    Reason.RENDER_FAILED: Sentence(
        "テンプレートからメッセージを作成できませんでした。",
        "Failed: the template could not be rendered for this person.",
    ),
    Reason.REFUSED: Sentence(
        "受信側のサーバーに拒否されました。再送はしません。",
        "Failed: the receiving server refused it for good; it is not tried again.",
    ),
    Reason.REFUSED_FOR_NOW: Sentence(
        "受信側のサーバーが一時的に受け付けませんでした。後で再試行します。",
        "Waiting: the receiving server did not take it for now; it is tried again later.",
    ),
    Reason.CONNECTION_LOST: Sentence(
        "送信前にサーバーとの接続が切れました。後で再試行します。",
        "Waiting: the connection was lost before the message was handed over; it is tried again.",
    ),
    Reason.RETRIES_EXHAUSTED: Sentence(
        "4日以上再試行しましたが、受け付けられませんでした。",
        "Failed: the receiving server did not take it for more than four days.",
    ),
    Reason.OUTCOME_UNKNOWN: Sentence(
        "送信完了の直後に接続が切れ、届いたか確認できません。自動では再送しません。",
        "Unknown: the connection was lost after the message was handed over and before the"
        " answer; it is not sent again by itself.",
    ),
    Reason.WORKER_LOST: Sentence(
        "送信処理が途中で停止し、届いたか確認できません。自動では再送しません。",
        "Unknown: the sending process ended after the message was handed over and before the"
        " answer was recorded; it is not sent again by itself.",
    ),
    Reason.RESTORED: Sentence(
        "バックアップから復元した時点で送信待ちでした。すでに届いた可能性があるため、自動では再送しません。",
        "Unknown: it was waiting when the back-up that was restored was taken, and may have been"
        " sent since; it is not sent again by itself.",
    ),
}


def explain(reason: Reason, language: str) -> str:
    """Return the sentence for a reason, in Japanese for ``ja`` and ``ja-…``, else in English."""
    sentence = SENTENCES[reason]
    return sentence.ja if language.lower().split("-")[0] == "ja" else sentence.en

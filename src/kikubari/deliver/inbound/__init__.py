"""Mail that comes back: bounces, complaints, replies. Reads, and decides nothing."""

from kikubari.deliver.inbound.notices import BounceNotice as BounceNotice
from kikubari.deliver.inbound.notices import ComplaintNotice as ComplaintNotice
from kikubari.deliver.inbound.notices import Notice as Notice
from kikubari.deliver.inbound.notices import OtherMail as OtherMail
from kikubari.deliver.inbound.notices import OtherReason as OtherReason
from kikubari.deliver.inbound.notices import read_notice as read_notice
from kikubari.deliver.inbound.notices import scrub_line as scrub_line
from kikubari.deliver.inbound.reading import MAX_MAIL as MAX_MAIL
from kikubari.deliver.inbound.replies import Reply as Reply
from kikubari.deliver.inbound.replies import is_from_person as is_from_person
from kikubari.deliver.inbound.replies import read_reply as read_reply

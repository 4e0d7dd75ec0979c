"""The tables, a file a subject."""

from storage.tables.base import Base
from storage.tables.broadcasts import Broadcast, BroadcastRecipient
from storage.tables.clips import Album, Clip, Draft, Project, Take
from storage.tables.erasures import Erasure
from storage.tables.films import Film, FilmPart, Soundtrack
from storage.tables.inquiries import Inquiry
from storage.tables.money import Account, Hold, Transfer
from storage.tables.payments import Order, Pack, PackLink, Payment, Reconciliation, Reversal, WantedLook
from storage.tables.people import User
from storage.tables.questions import Question
from storage.tables.rewards import PromoCode, Redemption, Referral, Share, ShareVisit
from storage.tables.staff import AuditEntry, StaffMember, ValueChange
from storage.tables.work import Incoming, Job, Lease, Outgoing, Vendor

__all__ = [
    "Account",
    "Album",
    "AuditEntry",
    "Base",
    "Broadcast",
    "BroadcastRecipient",
    "Clip",
    "Draft",
    "Erasure",
    "Film",
    "FilmPart",
    "Hold",
    "Incoming",
    "Inquiry",
    "Job",
    "Lease",
    "Order",
    "Outgoing",
    "Pack",
    "PackLink",
    "Payment",
    "Project",
    "PromoCode",
    "Question",
    "Reconciliation",
    "Redemption",
    "Referral",
    "Reversal",
    "Share",
    "ShareVisit",
    "Soundtrack",
    "StaffMember",
    "Take",
    "Transfer",
    "User",
    "ValueChange",
    "Vendor",
    "WantedLook",
]

"""The tables, a file a subject."""

from storage.tables.base import Base
from storage.tables.clips import Album, Clip, Draft, Project, Take
from storage.tables.money import Account, Hold, Transfer
from storage.tables.people import User
from storage.tables.work import Incoming, Job, Lease, Outgoing

__all__ = [
    "Account",
    "Album",
    "Base",
    "Clip",
    "Draft",
    "Hold",
    "Incoming",
    "Job",
    "Lease",
    "Outgoing",
    "Project",
    "Take",
    "Transfer",
    "User",
]

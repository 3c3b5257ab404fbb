"""What can go wrong, and what each kind means to the shell.

Every message names the file, row or setting at fault and what to do about it. The command line prints the
message without a traceback and ends with `exit_code`.
"""

from __future__ import annotations


class RatehouseError(Exception):
    """Anything that ratehouse reports to its user instead of crashing."""

    exit_code = 1


class DataRefused(RatehouseError):
    """A file was refused whole: nothing of it was loaded."""

    exit_code = 1


class AuditFailed(RatehouseError):
    """A build failed its audit: it stays unpublished and the build before it stays current."""

    exit_code = 1


class UsageError(RatehouseError):
    """The call or a setting is wrong: an unknown utility, a missing workspace, an invalid policy file."""

    exit_code = 2


class WorkspaceLocked(RatehouseError):
    """Another process is writing to the workspace."""

    exit_code = 3

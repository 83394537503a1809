"""What a machine client may be given, and its token. Pure."""

import re
import secrets

from django.utils.translation import gettext_lazy

SCOPES = {
    "intake": gettext_lazy("交件：登记诉求"),
    "read": gettext_lazy("查件"),
    "verbs": gettext_lazy("办件：走流程"),
    "files": gettext_lazy("附件：上传、下载"),
    "reveal": gettext_lazy("看身份（逐次记理由）"),
    "figures": gettext_lazy("看指标"),
    "city": gettext_lazy("不限来源"),
}
UNIT_ROLES = frozenset({"hub", "handler", "head"})
INTAKE_ROLES = frozenset({"call_taker", "dispatcher"})
# One role a client: what one prepares and another passes stays with two.
CLIENT_ROLES = UNIT_ROLES | INTAKE_ROLES | {"callback_officer", "auditor"}
# Who holds one of these reads every order: they are held in the centre and its sections only.
CENTRE_ROLES = INTAKE_ROLES | {"callback_officer", "inspector", "assessor"}
PREFIX, SECRET = 10, 43
_TOKEN = re.compile(r"sq_([a-z2-7]{10})_([A-Za-z0-9_-]{43})")
_LETTERS = "abcdefghijklmnopqrstuvwxyz234567"


def fits(role: str, kind: str, *, machine: bool = False) -> bool:
    """Whether this post is one of such a unit. A section of the centre may handle orders itself; leaders,
    keepers and those from outside are of any house; a machine is either of the centre or of a unit."""
    central = kind in {"centre", "section"}
    if machine:
        return central != (role in UNIT_ROLES)
    return central or role not in CENTRE_ROLES


def new_token(prefix: str = "") -> tuple[str, str]:
    """(prefix, whole token): the prefix finds the row, 256 random bits prove the right."""
    prefix = prefix or "".join(secrets.choice(_LETTERS) for _ in range(PREFIX))
    return prefix, f"sq_{prefix}_{secrets.token_urlsafe(32)}"


def prefix_of(token: str) -> str:
    """The prefix of what is formed like a token, "" for anything else."""
    found = _TOKEN.fullmatch(token)
    return found.group(1) if found else ""


def wrong_grant(role: str, scopes: frozenset[str], source: str) -> str:
    """What is wrong with giving this together: "role", "scope", "source", "city", "intake"; "" for fine."""
    inside = role not in UNIT_ROLES
    wrongs = (
        ("role", role not in CLIENT_ROLES),
        ("scope", not scopes or bool(scopes - set(SCOPES))),
        ("intake", "intake" in scopes and role not in INTAKE_ROLES),
        # A unit's system is bound by the unit's seats; one of the centre by its source, or by nothing.
        ("city", not inside and "city" in scopes),
        ("source", inside and "city" not in scopes and not source),
        # Verifying and auditing look at the whole city or are not what they claim.
        ("city", inside and role not in INTAKE_ROLES and "city" not in scopes),
    )
    return next((name for name, wrong in wrongs if wrong), "")

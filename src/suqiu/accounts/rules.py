"""The second factor: codes by time (RFC 6238) and codes for the day the telephone is lost; and the
password that is good once. Pure."""

import hashlib
import hmac
import secrets

import pyotp

# Whose password alone opens too much: the three administrators, those who read all, those who decide.
# A city changes it as data (SecondFactorRule); this holds where it has said nothing.
REQUIRED = frozenset({"sysadmin", "secadmin", "auditadmin", "auditor", "leader"})
STEP = 30  # seconds that a code holds
RECOVERY_CODES = 10
# Without letters and figures that look alike; sixteen of them are 78 bits.
_LETTERS = "23456789abcdefghjkmnpqrstuvwxy"


def new_secret() -> str:
    return pyotp.random_base32()


def address(secret: str, username: str) -> str:
    """What the QR code says to the authenticator."""
    return pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name="Suqiu")


def step_of(secret: str, code: str, now: float, last: int) -> int | None:
    """The time step whose code this is: the present one, or the ones beside it, since clocks differ.
    None for a wrong code, and for one of a step used before: nobody logs in by looking over a
    shoulder."""
    digits = "".join(code.split())
    if len(digits) != 6 or not (digits.isascii() and digits.isdigit()):
        return None
    here = int(now) // STEP
    totp = pyotp.TOTP(secret)
    for step in (here, here - 1, here + 1):
        if step > last and hmac.compare_digest(totp.at(step * STEP), digits):
            return step
    return None


def new_recovery_codes() -> list[str]:
    return ["-".join(_word() for _ in range(4)) for _ in range(RECOVERY_CODES)]


def _word() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(4))


def new_password() -> str:
    """One to be told once and changed at once: 78 bits, in groups that can be read out."""
    return "-".join(_word() for _ in range(4))


def recovery_hash(code: str, salt: str) -> str:
    """Enough for a code that nobody can guess: a slow hash is for passwords that people invent."""
    plain = "".join(c for c in code.lower() if c.isalnum())
    return hashlib.sha256(f"{salt}:{plain}".encode()).hexdigest()

"""Keys of file servers and of those who sign in there."""

import base64
import io
from itertools import pairwise

import paramiko
from django.utils.translation import gettext as _

# "ssh-ed25519 AAAA...", a key of RSA signs in one of these ways.
RSA = "ssh-rsa"
RSA_SIGNATURES = ("rsa-sha2-512", "rsa-sha2-256")
KINDS: tuple[type[paramiko.PKey], ...] = (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey)


class BadKey(ValueError):  # noqa: N818 - reads as what is the case
    """Not a key; the text says why."""


def host_key(text: str) -> paramiko.PKey:
    """Return the key that a line names: of a `known_hosts` file, of `ssh-keyscan`, or the key alone.

    Raises BadKey.
    """
    words = [word for word in text.split() if word]
    for kind, encoded in pairwise(words):
        if kind.startswith(("ssh-", "ecdsa-")):
            try:
                return paramiko.PKey.from_type_string(kind, base64.b64decode(encoded, validate=True))
            except Exception as error:
                raise BadKey(_("This is no host key that we know.")) from error
    raise BadKey(_("Give the server's host key as one line, such as: ssh-ed25519 AAAAC3Nz…"))


def as_line(key: paramiko.PKey) -> str:
    """Return a public key as one line."""
    return f"{key.get_name()} {key.get_base64()}"


def fingerprint(key: paramiko.PKey) -> str:
    """Return a key's SHA-256 fingerprint, as OpenSSH writes it."""
    return str(key.fingerprint)


def signatures(key: paramiko.PKey) -> tuple[str, ...]:
    """Return the names by which a server offers this key."""
    return RSA_SIGNATURES if key.get_name() == RSA else (key.get_name(),)


def private_key(text: str, passphrase: str) -> paramiko.PKey:
    """Return the private key of a file's text. Raises BadKey, in words."""
    for kind in KINDS:
        try:
            return kind.from_private_key(io.StringIO(text), passphrase or None)
        except paramiko.PasswordRequiredException as error:
            raise BadKey(_("The private key is encrypted: give its passphrase.")) from error
        except Exception:  # noqa: BLE001, S112 - each kind says in its own way that the key is another's
            continue
    raise BadKey(_("This is no private key of a kind that we know, or its passphrase is another one."))

"""PayTM's signature of a text: SHA-256 of text and salt, with the salt behind it, encrypted with the merchant's key.

AES-128-CBC with PayTM's fixed initial vector, as its own libraries do it. The scheme authenticates by a hash inside an
encryption, so it is compared after decryption, in constant time.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
import string

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.padding import PKCS7

VECTOR = b"@@@@&&&&####$$$$"
SALT_SIGNS = string.ascii_letters + string.digits
SALT_LENGTH = 4
KEY_SIZES = (16, 24, 32)


def sign(text: str, key: str) -> str:
    """Return the signature of a text."""
    salt = "".join(secrets.choice(SALT_SIGNS) for _ in range(SALT_LENGTH))
    padder = PKCS7(AES.block_size).padder()
    padded = padder.update(_salted(text, salt)) + padder.finalize()
    encryptor = _cipher(key).encryptor()
    return base64.b64encode(encryptor.update(padded) + encryptor.finalize()).decode()


def is_signed(text: str, key: str, signature: str) -> bool:
    """Say whether a signature is the text's, made with this key."""
    try:
        raw = base64.b64decode(signature, validate=True)
        decryptor = _cipher(key).decryptor()
        padded = decryptor.update(raw) + decryptor.finalize()
        unpadder = PKCS7(AES.block_size).unpadder()
        found = unpadder.update(padded) + unpadder.finalize()
        salt = found[-SALT_LENGTH:].decode()
    except (binascii.Error, ValueError):
        return False
    return hmac.compare_digest(found, _salted(text, salt))


def _salted(text: str, salt: str) -> bytes:
    return (hashlib.sha256(f"{text}|{salt}".encode()).hexdigest() + salt).encode()


def _cipher(key: str) -> Cipher[CBC]:
    secret = key.encode()
    if len(secret) not in KEY_SIZES:
        raise ValueError
    return Cipher(AES(secret), CBC(VECTOR))

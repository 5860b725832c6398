"""How random secrets are stored when nobody has to read them again."""

from hashlib import blake2b


def hash_secret(secret: str) -> bytes:
    """Return the hash a random secret is stored as; random secrets need no slow hash."""
    text = secret.encode("utf-8", "replace")
    return blake2b(text, digest_size=32, person=b"kikubari-key").digest()

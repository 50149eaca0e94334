"""Addresses and documents without what must not be passed on. A notebook is passed on."""

import re
from urllib.parse import unquote

# Those of www/src/secrets.ts.
SECRET_KEY = re.compile(
    r"(x-amz-.*|x-goog-.*|awsaccesskeyid|googleaccessid|signature|key-pair-id|policy|expires|sig|se|sp|sv|st|sr|spr|sip|ss|srt|sdd"
    r"|ske|skt|sks|skv|skoid|sktid|token|.*[-_]?token|.*api[-_]?key|.*secret.*|password|passwd|auth|authorization|credentials?|jwt)",
    re.IGNORECASE,
)


def secrets_in(document):
    """Names of what may be secret in a document, and in those of its steps."""
    found = [f"storage.{name}" for name in ("headers", "query") if (document.get("storage") or {}).get(name)]
    found += secrets_in_address(str(document.get("source", "")))
    for step in document.get("steps") or []:
        other = step.get("with") if isinstance(step, dict) else None
        if isinstance(other, dict) and "source" in other:
            found += secrets_in(other)
    return found


def secrets_in_address(address):
    found = ["user name and password"] if re.match(r"[a-z][a-z0-9+.-]*://[^/?#]*@", address, re.IGNORECASE) else []
    _, _, query = address.partition("?")
    keys = [unquote(pair.partition("=")[0]) for pair in query.partition("#")[0].split("&")]
    return found + [key for key in keys if SECRET_KEY.fullmatch(key)]

"""What S3 does about presigned URLs and moto does not: their signature and their expiry are checked, by WSGI.

The signature is computed again by botocore, which made it, over the request as it arrived; so whatever was changed on
the way (path, query, method, host, a signed header) makes a difference. Requests that are signed in their
``Authorization`` header pass, as moto lets them; so do forms (presigned POST), whose policy nobody checks.
"""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit
from xml.sax.saxutils import escape

from botocore.auth import HmacV1QueryAuth, S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

V4 = ("X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Expires", "X-Amz-SignedHeaders", "X-Amz-Signature")
V2 = ("AWSAccessKeyId", "Expires", "Signature")  # what boto3 still makes by itself for us-east-1
LONGEST = timedelta(days=7)
SKEW = timedelta(minutes=15)  # how far ahead a caller's clock may be


class RefusedError(Exception):
    """An answer in S3's own words: a code, a message, and what else its XML tells."""

    def __init__(self, code: str, message: str, status: str = "403 Forbidden", **details: str) -> None:
        super().__init__(message)
        self.status, self.told = status, {"Code": code, "Message": message, **details}

    def body(self) -> bytes:
        """Return the XML that S3 sends."""
        inner = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in self.told.items())
        return f'<?xml version="1.0" encoding="UTF-8"?>\n<Error>{inner}</Error>'.encode()


class Verifier:
    """A WSGI application in front of another: it lets through what S3 would let through.

    ``secrets`` are the secret keys by access key; ``asks_for_s3`` says whether a request without any signature is
    meant for S3, and ``is_public`` whether it asks for what everybody may read; ``now`` is the clock, in seconds since
    1970.
    """

    def __init__(
        self,
        application: Application,
        secrets: Mapping[str, str],
        asks_for_s3: Callable[[Environ], bool],
        now: Callable[[], float] = time.time,
        is_public: Callable[[Environ], bool] = lambda environ: False,
    ) -> None:
        self.application, self.secrets, self.asks_for_s3, self.now = application, secrets, asks_for_s3, now
        self.is_public = is_public

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        try:
            self.verify(environ)
        except RefusedError as refusal:
            body = refusal.body()
            headers = [("Content-Type", "application/xml"), ("Content-Length", str(len(body)))]
            start_response(refusal.status, headers)
            return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]
        return self.application(environ, start_response)

    def verify(self, environ: Environ) -> None:
        """Raise RefusedError unless S3 would serve this request."""
        query = dict(_query(environ))
        if "X-Amz-Signature" in query:
            self._verify_v4(environ, query)
        elif query.keys() >= set(V2):
            self._verify_v2(environ, query)
        elif not _is_signed_or_form(environ) and self.asks_for_s3(environ) and not self.is_public(environ):
            raise RefusedError("AccessDenied", "Access Denied")

    def _verify_v4(self, environ: Environ, query: Mapping[str, str]) -> None:
        key, region, service = _scope(query)
        self._refuse_outside(*_period(query), {"X-Amz-Expires": query["X-Amz-Expires"]})
        signed = query["X-Amz-SignedHeaders"].split(";")
        _refuse_unsigned_headers(environ, signed)
        signer = S3SigV4QueryAuth(Credentials(key, self._secret(key)), service, region)
        request = _request(environ, {name: _header(environ, name) for name in signed})
        request.params = [pair for pair in _query(environ) if pair[0] != "X-Amz-Signature"]
        request.context["timestamp"] = query["X-Amz-Date"]
        canonical = signer.canonical_request(request)
        _compare(signer.signature(signer.string_to_sign(request, canonical), request), query["X-Amz-Signature"])

    def _verify_v2(self, environ: Environ, query: Mapping[str, str]) -> None:
        try:
            end = datetime.fromtimestamp(int(query["Expires"]), UTC)
        except (ValueError, OverflowError, OSError) as error:
            raise RefusedError("AccessDenied", "Invalid date (should be seconds since epoch)") from error
        self._refuse_outside(datetime.min.replace(tzinfo=UTC), end, {})
        key = query["AWSAccessKeyId"]
        request = _request(environ, _v2_headers(environ))
        signer = _DatedQueryAuth(Credentials(key, self._secret(key)), query["Expires"])
        _compare(signer.get_signature(request.method, urlsplit(request.url), request.headers), query["Signature"])

    def _refuse_outside(self, start: datetime, end: datetime, details: Mapping[str, str]) -> None:
        now = datetime.fromtimestamp(self.now(), UTC)
        if now < start:
            raise RefusedError("AccessDenied", "Request is not yet valid", ServerTime=_iso(now))
        if now > end:
            raise RefusedError(
                "AccessDenied", "Request has expired", **details, Expires=_iso(end), ServerTime=_iso(now)
            )

    def _secret(self, key: str) -> str:
        if key not in self.secrets:
            words = "The AWS Access Key Id you provided does not exist in our records."
            raise RefusedError("InvalidAccessKeyId", words, AWSAccessKeyId=key)
        return self.secrets[key]


class _DatedQueryAuth(HmacV1QueryAuth):  # type: ignore[misc]  # botocore has no types
    """The old signature, with the expiry that the URL names instead of one counted from now."""

    def _get_date(self) -> str:
        return str(self._expires)


def _query(environ: Environ) -> list[tuple[str, str]]:
    return parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True)


def _is_signed_or_form(environ: Environ) -> bool:
    method, kind = environ["REQUEST_METHOD"], str(environ.get("CONTENT_TYPE", ""))
    signed = str(environ.get("HTTP_AUTHORIZATION", "")).startswith(("AWS4-HMAC-SHA256 ", "AWS "))
    return signed or method == "OPTIONS" or (method == "POST" and kind.startswith("multipart/form-data"))


def _scope(query: Mapping[str, str]) -> tuple[str, str, str]:
    if missing := [name for name in V4 if name not in query]:
        raise _malformed(f"Query-string authentication version 4 requires the {', '.join(missing)} parameters.")
    parts = query["X-Amz-Credential"].rsplit("/", 4)
    if len(parts) != 5 or parts[4] != "aws4_request" or query["X-Amz-Algorithm"] != "AWS4-HMAC-SHA256":
        raise _malformed("Error parsing the X-Amz-Credential parameter or the X-Amz-Algorithm parameter.")
    return parts[0], parts[2], parts[3]


def _period(query: Mapping[str, str]) -> tuple[datetime, datetime]:
    try:
        signed_at = datetime.strptime(query["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        lifetime = timedelta(seconds=int(query["X-Amz-Expires"]))
        start, end = signed_at - SKEW, signed_at + lifetime
    except (ValueError, OverflowError) as error:
        raise _malformed("X-Amz-Date must look like 20260131T235959Z and X-Amz-Expires be a number.") from error
    if not timedelta(0) <= lifetime <= LONGEST:
        raise _malformed("X-Amz-Expires must be less than a week (in seconds); it must not be negative.")
    return start, end


def _malformed(message: str) -> RefusedError:
    return RefusedError("AuthorizationQueryParametersError", message, "400 Bad Request")


def _refuse_unsigned_headers(environ: Environ, signed: list[str]) -> None:
    names = (name.removeprefix("HTTP_").replace("_", "-").lower() for name in environ if name.startswith("HTTP_X_AMZ_"))
    unsigned = sorted(set(names) - set(signed))
    if unsigned or "host" not in signed:
        words = "There were headers present in the request which were not signed"
        raise RefusedError("AccessDenied", words, HeadersNotSigned=", ".join(unsigned or ["host"]))


def _header(environ: Environ, name: str) -> str:
    variable = name.upper().replace("-", "_")
    return str(environ.get(variable if variable in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{variable}", ""))


def _v2_headers(environ: Environ) -> dict[str, str]:
    amazon = [name[5:].replace("_", "-").lower() for name in environ if name.startswith("HTTP_X_AMZ_")]
    return {name: _header(environ, name) for name in ("content-md5", "content-type", *amazon) if _header(environ, name)}


def _request(environ: Environ, headers: Mapping[str, str]) -> Any:
    path = quote(environ["PATH_INFO"].encode("latin-1"), safe="/~")
    query = environ.get("QUERY_STRING", "")
    url = f"http://{environ.get('HTTP_HOST', '')}{path}?{query}"
    return AWSRequest(method=environ["REQUEST_METHOD"], url=url, headers=dict(headers))


def _compare(expected: str, given: str) -> None:
    if not hmac.compare_digest(expected.encode(), given.encode()):
        words = (
            "The request signature we calculated does not match the signature you provided. "
            "Check your key and signing method."
        )
        raise RefusedError("SignatureDoesNotMatch", words, SignatureProvided=given)


def _iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")

"""What AWS does about signatures and moto does not: each request's is checked, in its URL or its header, by WSGI.

The signature is computed again by botocore, which made it, over the request as it arrived; so whatever was changed on
the way (path, query, method, host, a signed header, a body that is no file of S3's) makes a difference. Nothing is
answered to a web page, which a browser lets speak to this machine.
"""

from __future__ import annotations

import hmac
import io
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, quote

from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from capsize.runtime.backing.aws_refusal import Environ, RefusedError

Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

ALGORITHM = "AWS4-HMAC-SHA256"
V4 = ("X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Expires", "X-Amz-SignedHeaders", "X-Amz-Signature")
V2 = ("AWSAccessKeyId", "Expires", "Signature")  # of the old presigned URLs
LONGEST = timedelta(days=7)
SKEW = timedelta(minutes=15)  # how far a caller's clock may be from ours
HERE = ("127.0.0.1", "localhost", "[::1]")
FOR_WEB_PAGES = "access-control-"  # headers by which moto would let any page read its answers


class Verifier:
    """A WSGI application in front of another: it lets through what AWS would let through.

    ``secrets`` are the secret keys by access key; ``is_public`` says whether a request without a signature asks for
    what everybody may read; ``now`` is the clock, in seconds since 1970.
    """

    def __init__(
        self,
        application: Application,
        secrets: Mapping[str, str],
        now: Callable[[], float] = time.time,
        is_public: Callable[[Environ], bool] = lambda environ: False,
    ) -> None:
        self.application, self.secrets, self.now, self.is_public = application, secrets, now, is_public

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        try:
            self.verify(environ)
        except RefusedError as refusal:
            headers, body = refusal.answer(environ)
            start_response(refusal.status, headers)
            return [body]

        def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            return start_response(
                status, [one for one in headers if not one[0].lower().startswith(FOR_WEB_PAGES)], *more
            )

        return self.application(environ, start)

    def verify(self, environ: Environ) -> None:
        """Raise RefusedError unless AWS would serve this request."""
        query, given = dict(_query(environ)), str(environ.get("HTTP_AUTHORIZATION", ""))
        if "HTTP_ORIGIN" in environ:
            raise RefusedError("AccessDenied", "A web page gets no answer here: let its server ask.")
        if "X-Amz-Signature" in query:
            self._verify_url(environ, query)
        elif given.startswith(f"{ALGORITHM} "):
            self._verify_header(environ, _parts(given.removeprefix(ALGORITHM)))
        elif query.keys() >= set(V2) or given.startswith("AWS "):
            words = "Signature version 2 is not supported. Sign with version 4; boto3: Config(signature_version='s3v4')"
            raise RefusedError("InvalidRequest", words, "400 Bad Request")
        elif not (_is_for_here(environ) and self.is_public(environ)):
            raise RefusedError("AccessDenied", "Access Denied")

    def _verify_url(self, environ: Environ, query: Mapping[str, str]) -> None:
        if missing := [name for name in V4 if name not in query]:
            raise _malformed(f"Query-string authentication version 4 requires the {', '.join(missing)} parameters.")
        key, region, service = _scope(query["X-Amz-Credential"])
        if query["X-Amz-Algorithm"] != ALGORITHM:
            raise _malformed(f"X-Amz-Algorithm only supports {ALGORITHM}.")
        self._refuse_outside(*_period(query), {"X-Amz-Expires": query["X-Amz-Expires"]})
        signer = S3SigV4QueryAuth(Credentials(key, self._secret(key)), service, region)
        request = _request(environ, query["X-Amz-SignedHeaders"], query["X-Amz-Date"])
        request.params = [pair for pair in _query(environ) if pair[0] != "X-Amz-Signature"]
        _compare(signer, request, query["X-Amz-Signature"])

    def _verify_header(self, environ: Environ, parts: Mapping[str, str]) -> None:
        if not parts.keys() >= {"Credential", "SignedHeaders", "Signature"}:
            words = "The Authorization header needs Credential, SignedHeaders and Signature."
            raise RefusedError("AuthorizationHeaderMalformed", words, "400 Bad Request")
        key, region, service = _scope(parts["Credential"])
        date = str(environ.get("HTTP_X_AMZ_DATE", ""))
        if abs(datetime.fromtimestamp(self.now(), UTC) - _moment(date)) > SKEW:
            words = "The difference between the request time and the current time is too large."
            raise RefusedError("RequestTimeTooSkewed", words)
        credentials = Credentials(key, self._secret(key))
        request = _request(environ, parts["SignedHeaders"], date)
        if "x-amz-content-sha256" not in request.headers:
            request.data = _body(environ)
        _compare(
            (S3SigV4Auth if service == "s3" else SigV4Auth)(credentials, service, region), request, parts["Signature"]
        )

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


def _query(environ: Environ) -> list[tuple[str, str]]:
    return parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True)


def _is_for_here(environ: Environ) -> bool:
    """Say whether a request calls this machine by its own name: a page may have another name lead here."""
    return str(environ.get("HTTP_HOST", "")).rpartition(":")[0] in HERE


def _parts(authorization: str) -> dict[str, str]:
    pairs = (part.strip().partition("=") for part in authorization.split(","))
    return {name: value for name, _, value in pairs}


def _scope(credential: str) -> tuple[str, str, str]:
    parts = credential.rsplit("/", 4)
    if len(parts) != 5 or parts[4] != "aws4_request":
        raise _malformed("Error parsing the X-Amz-Credential parameter or the X-Amz-Algorithm parameter.")
    return parts[0], parts[2], parts[3]


def _moment(date: str) -> datetime:
    try:
        return datetime.strptime(date, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError as error:
        raise _malformed("X-Amz-Date must look like 20260131T235959Z.") from error


def _period(query: Mapping[str, str]) -> tuple[datetime, datetime]:
    signed_at = _moment(query["X-Amz-Date"])
    try:
        lifetime = timedelta(seconds=int(query["X-Amz-Expires"]))
        start, end = signed_at - SKEW, signed_at + lifetime
    except (ValueError, OverflowError) as error:
        raise _malformed("X-Amz-Expires must be a number.") from error
    if not timedelta(0) <= lifetime <= LONGEST:
        raise _malformed("X-Amz-Expires must be less than a week (in seconds); it must not be negative.")
    return start, end


def _malformed(message: str) -> RefusedError:
    return RefusedError("AuthorizationQueryParametersError", message, "400 Bad Request")


def _header(environ: Environ, name: str) -> str:
    variable = name.upper().replace("-", "_")
    return str(environ.get(variable if variable in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{variable}", ""))


def _request(environ: Environ, names: str, date: str) -> Any:
    """Return the request as it arrived, with the headers that were signed. Refuse those of Amazon's that were not."""
    signed = names.split(";")
    amazon = (
        name.removeprefix("HTTP_").replace("_", "-").lower() for name in environ if name.startswith("HTTP_X_AMZ_")
    )
    unsigned = sorted(set(amazon) - set(signed))
    if unsigned or "host" not in signed:
        words = "There were headers present in the request which were not signed"
        raise RefusedError("AccessDenied", words, HeadersNotSigned=", ".join(unsigned or ["host"]))
    path = quote(environ["PATH_INFO"].encode("latin-1"), safe="/~")
    url = f"http://{environ.get('HTTP_HOST', '')}{path}?{environ.get('QUERY_STRING', '')}"
    headers = {name: _header(environ, name) for name in signed}
    request = AWSRequest(method=environ["REQUEST_METHOD"], url=url, headers=headers)
    request.context["timestamp"] = date
    return request


def _body(environ: Environ) -> bytes:
    """Take the body out of a request, and put it back for whoever answers."""
    stream, length = environ["wsgi.input"], environ.get("CONTENT_LENGTH") or 0
    body: bytes = stream.read() if environ.get("wsgi.input_terminated") else stream.read(int(length))
    environ["wsgi.input"] = io.BytesIO(body)
    return body


def _compare(signer: Any, request: Any, given: str) -> None:
    expected = signer.signature(signer.string_to_sign(request, signer.canonical_request(request)), request)
    if not hmac.compare_digest(expected.encode(), given.encode()):
        words = (
            "The request signature we calculated does not match the signature you provided. "
            "Check your key and signing method."
        )
        raise RefusedError("SignatureDoesNotMatch", words, SignatureProvided=given)


def _iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")

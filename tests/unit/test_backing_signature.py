"""Requests meet AWS' rules: what botocore signed passes, anything else is refused in AWS' words."""

from __future__ import annotations

import io
import time
from urllib.parse import unquote, urlsplit

import pytest
from botocore.auth import HmacV1Auth, HmacV1QueryAuth, S3SigV4Auth, S3SigV4QueryAuth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from capsize.runtime.backing.signature import Verifier

HOST = "127.0.0.1:8443"
KEY, SECRET = "anna", "open-sesame"
answered: dict[str, str] = {}  # the headers of the last answer


def presigned(
    method="GET", path="/bucket/a%20b/c~%C3%BC%2B.txt", *, expires=60, headers=None, old=False, secret=SECRET
):
    request = AWSRequest(method=method, url=f"http://{HOST}{path}", headers=headers or {})
    credentials = Credentials(KEY, secret)
    signer = (
        HmacV1QueryAuth(credentials, expires=expires)
        if old
        else S3SigV4QueryAuth(credentials, "s3", "eu-central-1", expires=expires)
    )
    signer.add_auth(request)
    return request.url


def signed(body=b"", *, service="sqs", secret=SECRET, key=KEY, method="POST", **headers):
    """Return the variables of a request that is signed in its header, and its body."""
    request = AWSRequest(method=method, url=f"http://{HOST}/", data=body, headers=headers)
    (S3SigV4Auth if service == "s3" else SigV4Auth)(Credentials(key, secret), service, "eu-central-1").add_auth(request)
    named = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in request.headers.items()}
    return {**named, "wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))}


def answer(url, method="GET", *, now=None, public=False, headers=(), **variables):
    """Return status and body of a request as it arrives behind the edge: the host is what the client signed."""
    parts = urlsplit(url)
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": unquote(parts.path, "latin-1"),
        "QUERY_STRING": parts.query,
        "HTTP_HOST": HOST,
        "wsgi.input": io.BytesIO(),
        **variables,
    }
    statuses = []

    def served(_, start_response):
        start_response("200 OK", list(headers))
        return [b"served"]

    verifier = Verifier(served, {KEY: SECRET}, now or time.time, is_public=lambda _: public)
    body = b"".join(verifier(environ, lambda status, sent: statuses.append((status, sent))))
    answered.clear()
    answered.update({name.lower(): value for name, value in statuses[0][1]})
    return statuses[0][0], body.decode()


@pytest.mark.parametrize("method", ["GET", "PUT", "HEAD", "DELETE"])
def test_url_as_it_was_signed_is_served(method):
    """A presigned URL is served as long as it is valid."""
    assert answer(presigned(method), method) == ("200 OK", "served")


def test_url_of_the_old_kind_is_refused_with_what_to_use():
    """A valid signature of version 2 is refused, and the words say how to sign with version 4."""
    status, body = answer(presigned(old=True))
    assert (status, "Signature version 2 is not supported" in body, "s3v4" in body) == ("400 Bad Request", True, True)


def test_header_of_the_old_kind_is_refused_with_what_to_use():
    """So is one in the Authorization header."""
    request = AWSRequest(method="GET", url=f"http://{HOST}/bucket/key", headers={})
    HmacV1Auth(Credentials(KEY, SECRET)).add_auth(request)
    body = answer(f"http://{HOST}/bucket/key", HTTP_AUTHORIZATION=request.headers["Authorization"])[1]
    assert "Signature version 2 is not supported" in body


def test_url_with_signed_headers_is_served():
    """A URL that binds headers is served to the caller that sends them."""
    url = presigned("PUT", headers={"content-type": "image/png", "x-amz-meta-owner": "anna", "content-md5": "abc="})
    sent = {"CONTENT_TYPE": "image/png", "HTTP_X_AMZ_META_OWNER": "anna", "HTTP_CONTENT_MD5": "abc="}
    assert answer(url, "PUT", **sent) == ("200 OK", "served")


def test_url_with_a_subresource_is_served():
    """A query of the caller's own, with or without a value, is part of what was signed."""
    assert answer(presigned(path="/bucket/key?acl&versionId=a%2Fb%20c"))[0] == "200 OK"


@pytest.mark.parametrize(
    "change",
    [
        lambda url: url.replace("bucket", "basket"),
        lambda url: url.replace("%2B.txt", ".txt"),
        lambda url: url.replace("X-Amz-Expires=60", "X-Amz-Expires=600"),
        lambda url: url.replace("eu-central-1", "eu-central-2"),
        lambda url: url.replace("%2Fs3%2F", "%2Fsts%2F"),
        lambda url: url + "&versionId=1",
        lambda url: url + "&X-Amz-Expires=60",
        lambda url: url.replace("X-Amz-Signature=", "X-Amz-Signature=0"),
        lambda url: url.partition("X-Amz-Signature=")[0] + "X-Amz-Signature=",
    ],
    ids=["bucket", "key", "expiry", "region", "service", "parameter", "repeated", "signature", "no value"],
)
def test_altered_url_is_refused(change):
    """Whatever is changed in a presigned URL, its signature does not match any more."""
    status, body = answer(change(presigned()))
    assert (status, "<Code>SignatureDoesNotMatch</Code>" in body) == ("403 Forbidden", True)


@pytest.mark.parametrize(
    ("method", "variables"),
    [("PUT", {}), ("GET", {"CONTENT_TYPE": "text/html"}), ("GET", {"HTTP_HOST": "127.0.0.1:9999"})],
)
def test_altered_request_is_refused(method, variables):
    """The method, the host and the signed headers cannot be others."""
    url = presigned(headers={"content-type": "text/plain"})
    sent = {"CONTENT_TYPE": "text/plain", **variables}
    assert "<Code>SignatureDoesNotMatch</Code>" in answer(url, method, **sent)[1]


def test_header_that_was_not_signed_is_refused():
    """An x-amz- header, which changes what a request means, must have been signed."""
    status, body = answer(presigned("PUT"), "PUT", HTTP_X_AMZ_ACL="public-read")
    assert (status, "<HeadersNotSigned>x-amz-acl</HeadersNotSigned>" in body) == ("403 Forbidden", True)


def test_expired_url_is_refused():
    """A URL is refused once its time is over, with the words that S3 uses."""
    status, body = answer(presigned(), now=lambda: time.time() + 61)
    assert (status, "<Code>AccessDenied</Code><Message>Request has expired</Message>" in body) == (
        "403 Forbidden",
        True,
    )


def test_url_of_the_future_is_refused():
    """A URL that was signed by a clock an hour ahead is not valid yet."""
    assert "Request is not yet valid" in answer(presigned(), now=lambda: time.time() - 3600)[1]


def test_url_by_another_secret_is_refused():
    """Knowing the access key without its secret signs nothing."""
    assert "<Code>SignatureDoesNotMatch</Code>" in answer(presigned(secret="guess"))[1]


def test_url_by_an_unknown_key_is_refused():
    """An access key that nobody was given is named in the refusal."""
    body = answer(presigned().replace("Credential=anna", "Credential=bob"))[1]
    assert "<Code>InvalidAccessKeyId</Code>" in body


@pytest.mark.parametrize(
    "change",
    [
        lambda url: url.replace("X-Amz-Date=", "X-Amz-Day="),
        lambda url: url.replace("X-Amz-Date=2", "X-Amz-Date=x"),
        lambda url: url.replace("X-Amz-Expires=60", "X-Amz-Expires=604801"),
        lambda url: url.replace("X-Amz-Expires=60", "X-Amz-Expires=" + "9" * 30),
        lambda url: url.replace("X-Amz-Expires=60", "X-Amz-Expires=-1"),
        lambda url: url.replace("%2Faws4_request", ""),
    ],
    ids=["missing", "no date", "over a week", "huge", "negative", "scope"],
)
def test_malformed_url_is_a_bad_request(change):
    """Parameters that cannot be read are answered by 400, never by a crash."""
    status, body = answer(change(presigned()))
    assert (status, "AuthorizationQueryParametersError" in body) == ("400 Bad Request", True)


@pytest.mark.parametrize(
    ("method", "variables"),
    [
        ("GET", {}),
        ("GET", {"HTTP_AUTHORIZATION": "Bearer x"}),
        ("POST", {"CONTENT_TYPE": "multipart/form-data; boundary=x"}),
        ("OPTIONS", {}),
    ],
    ids=["nothing", "bearer", "form", "preflight"],
)
def test_unsigned_request_is_refused(method, variables):
    """Whoever signs nothing gets nothing, from no service and by no method."""
    status, body = answer(f"http://{HOST}/bucket/key?Signature=1", method, **variables)
    assert (status, "<Code>AccessDenied</Code>" in body) == ("403 Forbidden", True)


@pytest.mark.parametrize(("service", "body"), [("sqs", b'{"QueueName": "a"}'), ("s3", b""), ("sns", b"")])
def test_request_as_it_was_signed_in_its_header_is_served(service, body):
    """A client with the key is served, whatever the service, and the body is there for it."""
    variables = signed(body, service=service)
    assert answer(f"http://{HOST}/", "POST", **variables) == ("200 OK", "served")


@pytest.mark.parametrize(
    ("variables", "code"),
    [
        (lambda: signed(secret="guess"), "SignatureDoesNotMatch"),
        (lambda: signed(key="bob"), "InvalidAccessKeyId"),
        (lambda: {**signed(b"ahoy"), "wsgi.input": io.BytesIO(b"ehoy")}, "SignatureDoesNotMatch"),
        (lambda: {**signed(), "HTTP_X_AMZ_TARGET": "AmazonSQS.PurgeQueue"}, "AccessDenied"),
        (lambda: {**signed(), "HTTP_X_AMZ_DATE": "20200131T235959Z"}, "RequestTimeTooSkewed"),
        (lambda: {**signed(), "HTTP_X_AMZ_DATE": "yesterday"}, "AuthorizationQueryParametersError"),
        (lambda: {"HTTP_AUTHORIZATION": "AWS4-HMAC-SHA256 Credential=anna"}, "AuthorizationHeaderMalformed"),
    ],
    ids=["secret", "key", "body", "header", "old", "no date", "parts"],
)
def test_request_that_was_signed_otherwise_is_refused(variables, code):
    """Another secret, an unknown key, another body, a header more, a date of last year: each has its code."""
    assert answer(f"http://{HOST}/", "POST", **variables())[0] in ("403 Forbidden", "400 Bad Request")
    assert answered["x-amzn-errortype"] == code


@pytest.mark.parametrize(
    ("kind", "begin"),
    [
        ("application/x-amz-json-1.0", '{"__type": "AccessDenied"'),
        ("application/x-www-form-urlencoded", "<ErrorResponse><Error>"),
        ("", "<?xml"),
    ],
)
def test_refusal_speaks_the_format_of_its_caller(kind, begin):
    """A client of SQS reads JSON, one of SNS the XML of queries, one of S3 its own."""
    assert answer(f"http://{HOST}/", "POST", CONTENT_TYPE=kind)[1].startswith(begin)


@pytest.mark.parametrize("origin", ["http://evil.example", "null", f"http://{HOST}"])
def test_web_page_gets_no_answer(origin):
    """What a browser asks for a page is refused, signed or not, public or not."""
    signed_well = answer(presigned(), HTTP_ORIGIN=origin)[0]
    assert (signed_well, answer(f"http://{HOST}/b/k", public=True, HTTP_ORIGIN=origin)[0]) == ("403 Forbidden",) * 2


def test_page_under_another_name_does_not_read_what_is_public():
    """A name that was made to lead to this machine (DNS rebinding) gets nothing; this machine's own name does."""
    url = f"http://{HOST}/b/k"
    found = [answer(url, public=True, HTTP_HOST=host)[0] for host in ("evil.example:8443", HOST, "localhost:8443")]
    assert found == ["403 Forbidden", "200 OK", "200 OK"]


def test_no_answer_is_opened_to_web_pages():
    """The headers by which moto lets every page read its answers do not leave."""
    answer(presigned(), headers=[("Access-Control-Allow-Origin", "*"), ("ETag", "1")])
    assert answered == {"etag": "1"}

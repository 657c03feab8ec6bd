"""Presigned URLs meet S3's rules: what botocore signed passes, anything else is refused in S3's words."""

from __future__ import annotations

import io
import time
from urllib.parse import unquote, urlsplit

import pytest
from botocore.auth import HmacV1QueryAuth, S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from capsize.runtime.backing.signature import Verifier

HOST = "127.0.0.1:8443"
KEY, SECRET = "anna", "open-sesame"


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


def answer(url, method="GET", *, now=None, s3=True, **variables):
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
        start_response("200 OK", [])
        return [b"served"]

    verifier = Verifier(served, {KEY: SECRET}, lambda _: s3, now or time.time)
    body = b"".join(verifier(environ, lambda status, _: statuses.append(status)))
    return statuses[0], body.decode()


@pytest.mark.parametrize("old", [False, True])
@pytest.mark.parametrize("method", ["GET", "PUT", "HEAD", "DELETE"])
def test_url_as_it_was_signed_is_served(method, old):
    """A presigned URL, of today's or of the old kind, is served as long as it is valid."""
    assert answer(presigned(method, old=old), method) == ("200 OK", "served")


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
    "change",
    [
        lambda url: url.replace("bucket", "basket"),
        lambda url: url.replace("Expires=", "Expires=9"),
        lambda url: url + "&acl",
    ],
    ids=["bucket", "expiry", "subresource"],
)
def test_altered_url_of_the_old_kind_is_refused(change):
    """The old signature covers the path, the expiry and the subresources."""
    assert "<Code>SignatureDoesNotMatch</Code>" in answer(change(presigned(old=True)))[1]


@pytest.mark.parametrize(
    ("old", "method", "variables"),
    [
        (False, "PUT", {}),
        (False, "GET", {"CONTENT_TYPE": "text/html"}),
        (False, "GET", {"HTTP_HOST": "127.0.0.1:9999"}),
        (True, "PUT", {}),
        (True, "GET", {"CONTENT_TYPE": "text/html"}),
    ],
)
def test_altered_request_is_refused(old, method, variables):
    """The method and the signed headers cannot be others, nor the host (which the old kind does not sign)."""
    url = presigned(old=old, headers={"content-type": "text/plain"})
    sent = {"CONTENT_TYPE": "text/plain", **variables}
    assert "<Code>SignatureDoesNotMatch</Code>" in answer(url, method, **sent)[1]


def test_header_that_was_not_signed_is_refused():
    """An x-amz- header, which changes what a request means, must have been signed."""
    status, body = answer(presigned("PUT"), "PUT", HTTP_X_AMZ_ACL="public-read")
    assert (status, "<HeadersNotSigned>x-amz-acl</HeadersNotSigned>" in body) == ("403 Forbidden", True)


@pytest.mark.parametrize("old", [False, True])
def test_expired_url_is_refused(old):
    """A URL is refused once its time is over, with the words that S3 uses."""
    status, body = answer(presigned(old=old), now=lambda: time.time() + 61)
    assert (status, "<Code>AccessDenied</Code><Message>Request has expired</Message>" in body) == (
        "403 Forbidden",
        True,
    )


def test_url_of_the_future_is_refused():
    """A URL that was signed by a clock an hour ahead is not valid yet."""
    assert "Request is not yet valid" in answer(presigned(), now=lambda: time.time() - 3600)[1]


@pytest.mark.parametrize("old", [False, True])
def test_url_by_another_secret_is_refused(old):
    """Knowing the access key without its secret signs nothing."""
    assert "<Code>SignatureDoesNotMatch</Code>" in answer(presigned(old=old, secret="guess"))[1]


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


@pytest.mark.parametrize("variables", [{}, {"HTTP_AUTHORIZATION": "Bearer x"}], ids=["nothing", "bearer"])
def test_unsigned_request_for_s3_is_refused(variables):
    """Whoever signs nothing gets nothing from S3, in place of moto's empty answer."""
    status, body = answer(f"http://{HOST}/bucket/key?Signature=1", **variables)
    assert (status, "<Code>AccessDenied</Code>" in body) == ("403 Forbidden", True)


@pytest.mark.parametrize(
    ("method", "s3", "variables"),
    [
        ("GET", True, {"HTTP_AUTHORIZATION": "AWS4-HMAC-SHA256 Credential=anna/20260101/eu/s3/aws4_request, …"}),
        ("POST", True, {"CONTENT_TYPE": "multipart/form-data; boundary=x"}),
        ("OPTIONS", True, {}),
        ("POST", False, {}),
    ],
    ids=["authorization", "form", "preflight", "another service"],
)
def test_request_that_is_not_a_presigned_url_passes(method, s3, variables):
    """Requests that S3's rules on presigned URLs do not concern reach moto."""
    assert answer(f"http://{HOST}/bucket/key", method, s3=s3, **variables) == ("200 OK", "served")

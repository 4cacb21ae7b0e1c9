"""OAuth 1.0a as X checks it."""

import json
from urllib.parse import unquote

import httpx
import pytest

from connectors.oauth1 import OAuth1, signature

KEYS = {
    "api_key": "key of the app",
    "api_secret": "secret/of+the=app",
    "access_token": "1000001-token",
    "access_token_secret": "sécret of the token",
}


def oauth_of(request: httpx.Request) -> dict[str, str]:
    kind, _, rest = request.headers["Authorization"].partition(" ")
    assert kind == "OAuth"
    return {key: unquote(value.strip('"')) for key, _, value in (pair.partition("=") for pair in rest.split(", "))}


def signed(method: str, url: str, **request) -> httpx.Request:
    unsigned = httpx.Request(method, url, **request)
    return next(OAuth1(**KEYS).auth_flow(unsigned))


def test_the_example_in_xs_documentation_gets_the_signature_that_is_printed_there():
    # docs.x.com, "Creating a signature" (August 2026): every value but the signature is an input
    parameters = {
        "status": "Hello Ladies + Gentlemen, a signed OAuth request!",
        "include_entities": "true",
        "oauth_consumer_key": "xvz1evFS4wEEPTGEFPHBog",
        "oauth_nonce": "kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg",
        "oauth_signature_method": "HMAC-SHA1",
        "oauth_timestamp": "1318622958",
        "oauth_token": "370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb",
        "oauth_version": "1.0",
    }
    assert (
        signature(
            "POST",
            "https://api.x.com/1.1/statuses/update.json",
            parameters.items(),
            secret="kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw",
            token_secret="LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE",
        )
        == "Ls93hJiZbQ3akF3HF3x1Bz8/zU4="
    )


@pytest.mark.parametrize("body", [{"json": {"text": "Grüße & Küsse"}}, {"files": {"media": b"GIF89a"}}, {}])
def test_a_json_or_multipart_body_is_not_signed(body):
    request = signed("POST", "https://api.x.com/2/tweets", **body)
    oauth = oauth_of(request)
    given = oauth.pop("oauth_signature")
    assert given == signature(
        "POST",
        "https://api.x.com/2/tweets",
        oauth.items(),
        secret=KEYS["api_secret"],
        token_secret=KEYS["access_token_secret"],
    )


def test_the_query_is_signed_with_its_values_decoded_once():
    query = {"start_time": "2026-11-22T08:00:00Z", "q": "Käse + Brot & 100% ~", "expansions": "a,b"}
    request = signed("GET", "https://api.x.com/2/users/1/tweets", params=query)
    oauth = oauth_of(request)
    given = oauth.pop("oauth_signature")
    assert given == signature(
        "GET",
        "https://api.x.com/2/users/1/tweets",
        [*query.items(), *oauth.items()],
        secret=KEYS["api_secret"],
        token_secret=KEYS["access_token_secret"],
    )


def test_parameters_with_one_name_are_sorted_by_their_value():
    def sign(parameters):
        return signature("GET", "https://api.x.com/", parameters, secret="s", token_secret="t")

    assert sign([("a", "2"), ("a", "1"), ("b", "")]) == sign([("b", ""), ("a", "1"), ("a", "2")])


def test_every_request_has_a_nonce_of_its_own():
    nonces = {oauth_of(signed("GET", "https://api.x.com/2/users/me"))["oauth_nonce"] for _ in range(50)}
    assert len(nonces) == 50


def test_the_secrets_are_not_in_the_request():
    request = signed("POST", "https://api.x.com/2/tweets", json={"text": "Hallo"})
    sent = unquote(json.dumps(dict(request.headers))) + str(request.url) + request.content.decode()
    assert KEYS["api_secret"] not in sent
    assert KEYS["access_token_secret"] not in sent

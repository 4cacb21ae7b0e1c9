"""X's own description of its API judges our requests and the simulator's answers."""

import io
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import httpx
import jsonschema
import pytest

from connectors.contract import Draft, NotPosted
from connectors.oauth1 import OAuth1
from connectors.simulators import x_faults as faults
from connectors.simulators.server import serving
from connectors.simulators.x import X
from connectors.simulators.x_account import POST_KEYS
from connectors.simulators.x_faults import Reply
from connectors.simulators.x_requests import PAGE_PARAMETERS, Request
from connectors.twitter import Twitter

SHARED = Path(__file__).parents[2] / "shared"
NAME = "x-openapi-2.167.json"
DESCRIPTION = next(
    (path for path in (SHARED / "corpus/contracts" / NAME, SHARED / "contracts" / NAME) if path.exists()), None
)

pytestmark = pytest.mark.skipif(DESCRIPTION is None, reason=f"{NAME}, X's description of its API, is not in ../shared")

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
PNG = b"\x89PNG\r\n\x1a\n and so on"

# Bodies that X was seen to send (akrherz/iembot#154 #156 #163 #171, demisto/content#15667, n8n-io/n8n#6424 #17935 and
# others) and that its description does not know. The simulator sends what was seen.
SEEN_BUT_NOT_DESCRIBED = {
    "UNAUTHORIZED": "type about:blank",
    "DUPLICATE": "type about:blank",
    "CASHTAGS": "type about:blank",
    "INVALID_URL": "type about:blank",
    "TOO_MANY": "type about:blank",
    "NOT_FOUND": "type about:blank",
    "UNAVAILABLE": "type about:blank",
    "NOT_PERMITTED": "no type at all",
    "NO_CREDITS": "type …/credits",
    "SUSPENDED": "type …/user-suspended",
    "NOT_ENROLLED": "type …/client-forbidden; left out of the description since May 2026",
    "APP_ONLY": "type …/unsupported-authentication; left out of the description since May 2026",
    "READ_ONLY_APP": "type …/oauth1-permissions; left out of the description since May 2026",
    "USAGE_CAPPED": "type …/usage-capped; left out of the description since May 2026",
    "LOCKED": "errors[] of the older API",
}


def as_json_schema(node):
    """OpenAPI 3.0 says `nullable` where JSON Schema says "or null"."""
    if isinstance(node, list):
        return [as_json_schema(part) for part in node]
    if not isinstance(node, dict):
        return node
    schema = {key: as_json_schema(part) for key, part in node.items()}
    if node.get("nullable") is True and "type" in node:
        schema["type"] = [node["type"], "null"]
    return schema


@pytest.fixture(scope="module")
def description():
    return as_json_schema(json.loads(DESCRIPTION.read_text()))


@dataclass(frozen=True)
class Exchange:
    request: Request
    status: int
    body: bytes


class Recorder:
    """Passes requests on to an app and keeps what was said."""

    def __init__(self, app):
        self.app = app
        self.exchanges = []

    def __call__(self, environ, start_response):
        environ["wsgi.input"] = io.BytesIO(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)))
        request = Request.of(environ)
        environ["wsgi.input"].seek(0)
        statuses = []

        def start(status, headers, *rest):
            statuses.append(int(status[:3]))
            return start_response(status, headers, *rest)

        body = b"".join(self.app(environ, start))
        self.exchanges.append(Exchange(request, statuses[0], body))
        return [body]


@pytest.fixture
def x():
    return X(clock=lambda: NOW, limit=25_000)


@pytest.fixture
def recorder(x):
    return Recorder(x)


@pytest.fixture
def office(x, recorder):
    with serving(recorder) as url:
        yield Twitter(name="office", api_url=url, **x.credentials)


def validate(description, schema, value):
    schema = {**schema, "components": description["components"]}
    jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker()).validate(value)


def operation(description, request):
    for template, methods in description["paths"].items():
        if re.fullmatch(re.sub(r"\{\w+\}", r"[^/]+", template), request.path) and request.method.lower() in methods:
            return methods[request.method.lower()]
    raise AssertionError(f"X describes no {request.method} {request.path}")


def parameters(description, described):
    for parameter in described.get("parameters", []):
        if "$ref" in parameter:
            yield description["components"]["parameters"][parameter["$ref"].rpartition("/")[2]]
        else:
            yield parameter


def typed(schema, text):
    match schema.get("type"):
        case "integer":
            return int(text)
        case "array":
            return text.split(",")
    return text


def validate_request(description, request):
    described = operation(description, request)
    known = {
        parameter["name"]: parameter for parameter in parameters(description, described) if parameter["in"] == "query"
    }
    for name, text in request.query:
        assert name in known, f"X describes no query parameter {name}"
        validate(description, known[name]["schema"], typed(known[name]["schema"], text))
    if "requestBody" not in described:
        assert request.body == b""
        return
    media_type = request.content_type.partition(";")[0]
    body = {key: value.decode("latin-1") for key, value in request.form().items()} or request.json()
    validate(description, described["requestBody"]["content"][media_type]["schema"], body)


def validate_answer(description, exchange):
    responses = operation(description, exchange.request)["responses"]
    content = responses.get(str(exchange.status), responses["default"])["content"]
    # X sends its problems as application/json too, so either of the two described shapes will do.
    validate(description, {"anyOf": [kind["schema"] for kind in content.values()]}, json.loads(exchange.body))


def draft(text):
    return Draft(text=text, weight=1, price=Decimal("0.015"))


def walk(office, x):
    """Everything that Crosspost ever asks X, with every kind of tweet."""
    office.whoami()
    picture = office.upload(PNG, media_type="image/png", alt="Ein Haus & ein Baum")
    texts = ["Grüße", "Käse & Brot https://example.com/?a=1&b=2 und example.com", "Ein langer Satz. " * 40]
    for text in texts:
        office.post(draft(text), timeout=timedelta(seconds=5), now=NOW)
    office.post(draft("Unser Haus"), timeout=timedelta(seconds=5), now=NOW, media=[picture])
    for number in range(100):
        x.add(f"Nummer {number}")
    assert office.find(draft("Grüße"), user_id=x.user_id, since=NOW).posted
    assert not office.find(draft("Nie gesagt"), user_id=x.user_id, since=NOW + timedelta(hours=1)).posted


def test_every_request_and_every_success_are_as_x_describes_them(description, recorder, office, x):
    walk(office, x)
    asked = {
        (exchange.request.method, re.sub("[0-9]{5,}", "ID", exchange.request.path)) for exchange in recorder.exchanges
    }
    assert asked == {
        ("GET", "/2/users/me"),
        ("GET", "/2/users/ID/tweets"),
        ("POST", "/2/tweets"),
        ("POST", "/2/media/upload"),
        ("POST", "/2/media/metadata"),
    }
    for exchange in recorder.exchanges:
        assert exchange.status in {200, 201}
        validate_request(description, exchange.request)
        validate_answer(description, exchange)


def test_a_user_that_does_not_exist_is_answered_as_described(description, recorder, office):
    with pytest.raises(NotPosted, match="without a timeline"):
        office.find(draft("Grüße"), user_id="5", since=NOW)
    [exchange] = recorder.exchanges
    validate_answer(description, exchange)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/2/tweets", {"text": ""}),
        ("/2/tweets", {"text": "Hallo", "colour": "blue"}),
        ("/2/tweets", {"text": "ä" * 25_001}),
        ("/2/tweets", {"text": "Hallo", "media": {"media_ids": ["5"]}}),
        ("/2/media/metadata", {"id": "5"}),
        ("/2/media/upload", {"media": "", "media_category": "tweet_image"}),
    ],
)
def test_a_mistake_in_a_request_is_answered_as_described(description, recorder, x, path, body):
    transport = httpx.WSGITransport(app=recorder)
    with httpx.Client(transport=transport, base_url="http://x.test", auth=OAuth1(**x.credentials)) as api:
        assert api.post(path, json=body).status_code == 400
    validate_answer(description, recorder.exchanges[0])


def test_only_answers_that_were_seen_live_differ_from_the_description(description):
    replies = {
        name: value for name, value in vars(faults).items() if isinstance(value, Reply) and not name.startswith("_")
    }
    described = description["paths"]["/2/tweets"]["post"]["responses"]["default"]["content"].values()
    schema = {"anyOf": [kind["schema"] for kind in described], "components": description["components"]}
    validator = jsonschema.Draft202012Validator(schema)
    differing = {name for name, reply in replies.items() if not validator.is_valid(json.loads(reply.body))}
    assert differing == set(SEEN_BUT_NOT_DESCRIBED)


def test_the_description_is_taken_seriously(description):
    """A judge that lets everything pass would be none."""
    request = Request(
        method="POST", url="", path="/2/tweets", query=(), authorization="", content_type="application/json", body=b"{}"
    )
    validate_request(description, request)
    for wrong in (b'{"text": 5}', b'{"text": "Hallo", "status": "Hallo"}', b'{"media": {"media_ids": []}}'):
        with pytest.raises(jsonschema.ValidationError):
            validate_request(description, Request(**{**as_dict(request), "body": wrong}))
    for wrong in (b'{"data": {"text": "Hallo"}}', b'{"data": {"id": "abc", "text": "Hallo"}}'):
        with pytest.raises(jsonschema.ValidationError):
            validate_answer(description, Exchange(request, 201, wrong))


def as_dict(request):
    return {name: getattr(request, name) for name in Request.__slots__}


def test_the_simulator_knows_the_same_keys_and_parameters(description):
    assert set(description["components"]["schemas"]["CreatePostsRequest"]["properties"]) == POST_KEYS
    described = parameters(description, description["paths"]["/2/users/{id}/tweets"]["get"])
    names = {parameter["name"] for parameter in described if parameter["in"] == "query"}
    assert names == PAGE_PARAMETERS | {"post.fields"}

"""Finding a tweet again in the account's own timeline."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from connectors.contract import Draft, NotPosted, Refused
from connectors.simulators import x_faults as faults
from connectors.simulators.server import serving
from connectors.simulators.x import X
from connectors.simulators.x_faults import Reply
from connectors.twitter import Twitter

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
LINK = "https://blog.example.com/2026/11/neue-oeffnungszeiten/?utm_source=feed&utm_medium=x"


class Clock:
    def __init__(self):
        self.now = NOW

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def x(clock):
    return X(clock=clock, limit=25_000)


@pytest.fixture
def office(x):
    with serving(x) as url:
        yield Twitter(name="office", api_url=url, limit=25_000, **x.credentials)


def draft(text: str, link: str = "") -> Draft:
    return Draft(text=text, link=link, weight=len(text), price=Decimal("0.015"))


def post(office, text: str, link: str = "", **media):
    return office.post(draft(text, link), timeout=timedelta(seconds=5), now=NOW, **media)


def find(office, text: str, link: str = "", *, since: datetime = NOW):
    return office.find(draft(text, link), user_id="1000001", since=since).posted


def timeline(*tweets: dict, **meta) -> Reply:
    return Reply.of(200, {"data": list(tweets), "meta": {"result_count": len(tweets), **meta}})


def tweet(text: str, *expanded: str, **more) -> dict:
    urls = [{"url": "https://t.co/abcdefghij", "expanded_url": url, "start": 0, "end": 23} for url in expanded]
    return (
        {"id": "17", "text": text, "created_at": "2026-11-22T08:00:01.000Z"}
        | ({"entities": {"urls": urls}} if urls else {})
        | more
    )


WORDS = {
    "plain words": "Neue Öffnungszeiten ab Montag",
    "HTML's own characters": "Käse & Brot < 5 €, > 3 Sorten &amp; mehr &eacute;",
    "lines": "Heute:\n\nBrot\r\nKäse  und Wein",
    "emoji": "Wir feiern 🎉 👩‍👩‍👧 ❤️ heute",
    "decomposed umlauts": "Gru\u0308\u00dfe aus Mu\u0308nchen",
    "an accidental link": "Lies das README.md und ASP.NET nach",
    "a defused link": "Lies das README\u200b.md und today\u2060.It nach",
    "a hashtag and a mention": "Danke @example für #Büromöbel",
    "only a link": "https://example.com/",
}


@pytest.mark.parametrize("text", WORDS.values(), ids=WORDS.keys())
def test_words_without_a_link_are_found_again(office, text):
    posted = post(office, text)
    assert find(office, text).id == posted.id


@pytest.mark.parametrize("text", WORDS.values(), ids=WORDS.keys())
def test_words_beside_a_link_are_found_again(office, text):
    posted = post(office, f"{text} {LINK}", LINK)
    assert find(office, f"{text} {LINK}", LINK).id == posted.id


def test_a_tweet_is_found_with_its_own_address_and_moment(office, clock):
    posted = post(office, f"Neu: {LINK}", LINK)
    assert find(office, f"Neu: {LINK}", LINK) == posted


def test_the_same_link_is_the_same_tweet_whatever_x_made_of_it(x, office):
    x.next(timeline(tweet("Neu: https://t.co/abcdefghij", LINK.replace("https://blog", "http://BLOG"))), on="look")
    assert find(office, f"Neu: {LINK}", LINK)


def test_the_unwound_link_counts_too(x, office):
    shown = tweet("Neu: https://t.co/abcdefghij", "https://short.example/x")
    shown["entities"]["urls"][0]["unwound_url"] = LINK
    x.next(timeline(shown), on="look")
    assert find(office, f"Neu: {LINK}", LINK)


def test_words_are_the_same_however_x_composes_their_letters(x, office):
    x.next(timeline(tweet("Gr\u00fc\u00dfe aus M\u00fcnchen")), on="look")
    assert find(office, "Gru\u0308\u00dfe aus Mu\u0308nchen")


def test_words_are_the_same_when_x_drops_what_nobody_sees(x, office):
    x.next(timeline(tweet("Lies ❤ das README.\u200bmd nach")), on="look")
    assert find(office, "Lies ❤\ufe0f das README\u200b.\u2060md nach\u200b")


def test_a_link_whose_picture_is_said_to_be_none_is_a_link(x, office):
    shown = tweet("Neu: https://t.co/abcdefghij", LINK)
    shown["entities"]["urls"][0] |= {"media_key": None, "unwound_url": None}
    x.next(timeline(shown), on="look")
    assert find(office, f"Neu!! {LINK}", LINK)


def test_the_same_words_with_another_link_are_another_tweet(office):
    post(office, "Stellenangebot https://blog.example.com/1", "https://blog.example.com/1")
    assert find(office, "Stellenangebot https://blog.example.com/2", "https://blog.example.com/2") is None


def test_the_same_words_without_the_link_are_another_tweet(office):
    post(office, "Stellenangebot")
    assert find(office, "Stellenangebot https://blog.example.com/2", "https://blog.example.com/2") is None


def test_a_link_that_x_cuts_at_a_foreign_letter_is_found_again(x, office):
    link = "https://blog.example.com/2026/ページ"
    posted = post(office, f"Neu: {link}", link)
    assert x.tweets[0].urls[0]["expanded_url"] == "https://blog.example.com/2026/"
    assert find(office, f"Neu: {link}", link).id == posted.id


def test_other_words_are_another_tweet(office):
    post(office, "Wir haben heute geöffnet")
    assert find(office, "Wir haben heute geschlossen") is None


def test_words_decide_where_x_names_no_link(x, office):
    x.next(timeline(tweet("Käse &amp; Brot https://t.co/abcdefghij")), on="look")
    assert find(office, f"Käse & Brot {LINK}", LINK)


def test_a_long_tweet_is_compared_in_full(office):
    text = "Ein langer Satz, wie ihn nur Premium zulässt & schätzt. " * 12
    post(office, text + "Anders.")
    posted = post(office, text + "Ende.")
    assert find(office, text + "Ende.").id == posted.id


def test_the_link_at_the_end_of_a_long_tweet_is_found(office):
    text = "Ein langer Satz, wie ihn nur Premium zulässt. " * 12 + LINK
    posted = post(office, text, LINK)
    assert find(office, text, LINK).id == posted.id


def test_a_picture_changes_neither_words_nor_link(office):
    picture = office.upload(b"\x89PNG\r\n\x1a\n", media_type="image/png", alt="Ein Haus")
    plain = post(office, "Unser Haus", media=[picture])
    linked = post(office, f"Unser Haus {LINK}", LINK, media=[picture])
    assert find(office, "Unser Haus").id == plain.id
    assert find(office, f"Unser Haus {LINK}", LINK).id == linked.id


def test_a_picture_is_known_by_its_place_where_x_names_no_link(x, office):
    x.next(timeline(tweet("Unser Haus https://t.co/abcdefghij")), on="look")
    assert find(office, "Unser Haus")


@pytest.mark.parametrize(
    "shown",
    [
        tweet("RT @office: Neu", LINK),
        tweet("Neu", LINK, referenced_posts=[{"type": "quoted", "id": "5"}]),
        tweet("Neu", LINK, referenced_tweets=[{"type": "replied_to", "id": "5"}]),
    ],
)
def test_what_people_do_with_a_tweet_is_not_the_tweet(x, office, shown):
    x.next(timeline(shown), on="look")
    assert find(office, f"Neu {LINK}", LINK) is None


def test_the_older_names_of_fields_are_understood(clock):
    x = X(clock=clock, fields_parameter="tweet.fields", limit=25_000)
    with serving(x) as url:
        office = Twitter(name="office", api_url=url, **x.credentials)
        text = "Ein langer Satz, wie ihn nur Premium zulässt. " * 12 + LINK
        posted = post(office, text, LINK)
        assert find(office, text, LINK).id == posted.id


def test_a_tweet_without_a_date_is_found(x, office):
    x.next(timeline(tweet("Neu", created_at="gestern")), on="look")
    assert find(office, "Neu").at.tzinfo is not None


def test_an_earlier_tweet_with_the_same_words_is_not_this_one(x, office, clock):
    post(office, "Guten Morgen!")
    clock.now += timedelta(days=1)
    assert find(office, "Guten Morgen!", since=clock.now) is None


def test_an_earlier_tweet_is_not_this_one_even_if_the_server_shows_it(x, office):
    x.next(timeline(tweet("Guten Morgen!", created_at="2026-11-21T08:00:00.000Z")), on="look")
    assert find(office, "Guten Morgen!") is None


def test_a_claim_by_a_clock_that_is_minutes_ahead_still_finds_the_tweet(office):
    posted = post(office, "Guten Morgen!")
    assert find(office, "Guten Morgen!", since=NOW + timedelta(minutes=10)).id == posted.id


def test_a_tweet_that_x_does_not_show_yet_is_not_found_and_later_is(office, x, clock):
    x.lag = timedelta(minutes=2)
    posted = post(office, "Guten Morgen!")
    assert find(office, "Guten Morgen!") is None
    clock.now += timedelta(minutes=2)
    assert find(office, "Guten Morgen!").id == posted.id


def test_a_tweet_far_down_the_timeline_is_found(office, x):
    posted = post(office, "Der erste")
    for number in range(250):
        x.add(f"Der {number}.")
    assert find(office, "Der erste").id == posted.id
    assert find(office, "Nie gesagt") is None


def test_a_timeline_without_end_is_not_taken_for_absence(x, office):
    x.policy = lambda endpoint, _: timeline(tweet("Anders"), next_token="again") if endpoint == "look" else None
    with pytest.raises(Refused, match="3,200"):
        find(office, "Neu")


def test_somebody_elses_timeline_is_not_taken_for_absence(office):
    with pytest.raises(NotPosted):
        office.find(draft("Neu"), user_id="5", since=NOW)


def test_entries_that_cannot_be_read_are_passed_over(x, office):
    odd = [None, 5, {}, {"id": None}, {"id": "3", "text": None, "entities": [], "note_post": "?"}]
    page = Reply.of(200, {"data": [*odd, tweet("Neu", entities={"urls": [None, {"expanded_url": 5}]})]})
    x.next(page, on="look")
    assert find(office, "Neu").id == "17"


def test_an_empty_timeline_is_an_answer(office):
    assert find(office, "Neu") is None


# --- Pictures ---------------------------------------------------------------------------------------------------------


def test_a_picture_is_uploaded_with_its_alternative_text(x, office):
    media_id = office.upload(b"\x89PNG\r\n\x1a\n\x00\xff", media_type="image/png", alt="Ein Haus & ein Baum")
    picture = x.media[media_id]
    assert (picture.body, picture.type, picture.alt) == (
        b"\x89PNG\r\n\x1a\n\x00\xff",
        "image/png",
        "Ein Haus & ein Baum",
    )


def test_an_alternative_text_that_is_too_long_for_x_is_cut(x, office):
    media_id = office.upload(b"GIF89a", media_type="image/gif", alt="ä" * 1001)
    assert x.media[media_id].alt == "ä" * 1000


def test_what_is_no_picture_is_refused(office):
    with pytest.raises(Refused, match=r"X does not take this picture \(400: .*no picture that a Tweet can have"):
        office.upload(b"%PDF-1.7", media_type="image/png")


def test_trouble_with_a_picture_is_told_before_any_tweet(x, office):
    x.next(faults.UNAVAILABLE, on="upload")
    with pytest.raises(NotPosted):
        office.upload(b"GIF89a", media_type="image/gif", alt="Ein Haus")
    assert x.tweets == []


@pytest.mark.parametrize("fault", [faults.UNAVAILABLE, Reply.of(400, faults.invalid("Your alt text is odd."))])
def test_a_picture_whose_alternative_text_fails_goes_without_it_and_a_warning_says_so(x, office, fault, caplog):
    x.next(fault, on="describe")
    media_id = office.upload(b"GIF89a", media_type="image/gif", alt="Ein Haus")
    assert x.media[media_id].alt == ""
    (warning,) = (record for record in caplog.records if record.name == "crosspost")
    assert warning.levelname == "WARNING"
    assert "office: a picture goes without its alternative text “Ein Haus”: X " in warning.getMessage()


@pytest.mark.parametrize(
    "link", ["https://blog.kaufhaus.example/neu", "http://127.0.0.1:8000/neu", "https://kaufhaus.music/über-例え"]
)
def test_a_link_that_only_x_takes_for_one_is_found_by_its_words(x, office, link):
    x.next(timeline(tweet("Neu bei uns\n\nhttps://t.co/abcdefghij")), on="look")
    assert find(office, f"Neu bei uns\n\n{link}", link)


def test_another_post_that_leads_to_the_same_page_is_another_tweet(x, office):
    x.next(timeline(tweet("Zweite Nachricht von heute https://t.co/abcdefghij", LINK)), on="look")
    assert find(office, f"Erste Meldung am Morgen {LINK}", LINK) is None


def test_of_two_tweets_that_lead_to_one_page_the_one_with_the_words_is_it(x, office):
    newer = tweet("Angebot der Woche: Birnen https://t.co/abcdefghij", LINK, id="18")
    older = tweet("Angebot der Woche: Äpfel https://t.co/abcdefghij", LINK, id="17")
    x.next(timeline(newer, older), on="look")
    assert find(office, f"Angebot der Woche: Äpfel {LINK}", LINK).id == "17"


def test_an_old_tweet_with_the_same_link_is_another_one(x, office):
    old = tweet("Neu: https://t.co/abcdefghij", LINK, created_at="2023-01-01T08:00:00.000Z")
    x.next(timeline(old), on="look")
    assert find(office, f"Neu: {LINK}", LINK) is None

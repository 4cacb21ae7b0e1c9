"""What becomes of the entries of a feed."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from pydantic import ValidationError

from connectors import feed_process
from connectors.contract import Fetched, Image, Item, Offer, SourceBroken, SourceDown
from connectors.feed_dates import read_date
from connectors.feed_items import items_of
from connectors.feed_parser import parse
from connectors.rss import RssFeed
from connectors.simulators import faults
from connectors.simulators.blog import Blog
from connectors.simulators.samples import sample_posts
from connectors.simulators.server import serving
from connectors.web import Web

NOW = datetime(2026, 10, 5, 12, 0, tzinfo=UTC)
URL = "https://blog.example/feed/"
NAMES = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:media="http://search.yahoo.com/mrss/" xmlns:g="http://base.google.com/ns/1.0" '
    'xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"'
)


def rss(*items: str, channel: str = "<title>Blog</title>") -> bytes:
    inside = "".join(f"<item>{item}</item>" for item in items)
    return f'<?xml version="1.0"?><rss version="2.0" {NAMES}><channel>{channel}{inside}</channel></rss>'.encode()


def atom(*entries: str) -> bytes:
    inside = "".join(f"<entry>{entry}</entry>" for entry in entries)
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>Blog</title>{inside}</feed>'.encode()


def read(body: bytes) -> list[Item]:
    document = parse(body, url=URL)
    assert not document.problem
    return items_of(document.entries, source="blog", now=NOW)[0]


def one(item: str) -> Item:
    return read(rss(item))[0]


def problem(body: bytes) -> str:
    return parse(body, url=URL).problem


# --- Which entry it is ------------------------------------------------------------------------------------------------


def test_the_guid_is_the_id_as_it_stands() -> None:
    item = one("<title>A</title><link>https://blog.example/a</link><guid>abc-123</guid>")
    assert (item.id, item.link) == ("abc-123", "https://blog.example/a")


def test_without_a_guid_the_link_is_the_id() -> None:
    assert one("<title>A</title><link>https://blog.example/a</link>").id == "https://blog.example/a"


def test_without_guid_and_link_the_words_are_the_id_and_never_the_position() -> None:
    lone = one("<title>A</title><description>Words</description>")
    second = read(rss("<title>B</title>", "<title>A</title><description>Words</description>"))[1]
    assert lone.id == second.id
    assert lone.story == f"blog:{lone.id}"


def test_a_guid_on_every_entry_identifies_none_of_them() -> None:
    old = "<guid>1</guid><title>Alt</title><link>https://blog.example/alt</link>"
    new = "<guid>1</guid><title>Neu</title><link>https://blog.example/neu</link>"
    assert {item.id for item in read(rss(new, old))} == {"1|https://blog.example/neu", "1|https://blog.example/alt"}
    assert {item.id for item in read(rss(old, new))} == {item.id for item in read(rss(new, old))}


def test_a_guid_and_a_link_on_every_entry_leave_the_titles_to_tell_them_apart() -> None:
    same = "<guid>1</guid><link>https://blog.example/news</link>"
    before = read(rss(f"{same}<title>A</title>", f"{same}<title>B</title>"))
    after = read(rss(f"{same}<title>C</title>", f"{same}<title>A</title><description>Edited</description>"))
    assert len({item.id for item in (*before, *after)}) == 3


def test_two_entries_with_one_link_and_one_title_are_one() -> None:
    first = "<guid>1</guid><title>A</title><link>https://blog.example/a?utm_source=x</link>"
    again = "<guid>2</guid><title>A</title><link>https://blog.example/a</link>"
    assert [item.id for item in read(rss(first, again))] == ["1"]


def test_a_link_that_several_entries_share_is_the_story_of_none() -> None:
    items = read(rss(*(f"<guid>{n}</guid><title>{n}</title><link>https://blog.example/news</link>" for n in "ab")))
    assert [item.story for item in items] == ["blog:a", "blog:b"]
    assert [item.link for item in items] == ["https://blog.example/news"] * 2


def test_a_home_page_is_no_story() -> None:
    assert one("<guid>a</guid><title>A</title><link>https://blog.example/</link>").story == "blog:a"
    assert one("<guid>a</guid><title>A</title><link>https://blog.example/?p=7</link>").story != "blog:a"


def test_the_story_is_the_canonical_link() -> None:
    item = one("<guid>a</guid><title>A</title><link>http://www.blog.example/a/?utm_source=rss</link>")
    assert item.story == "https://blog.example/a"
    assert item.link == "http://www.blog.example/a/?utm_source=rss"


def test_a_front_page_is_no_story_however_it_is_spelled() -> None:
    item = one("<guid>a</guid><title>A</title><link>https://www.blog.example/?utm_source=rss</link>")
    assert item.story == "blog:a"


def test_the_same_bytes_give_the_same_items() -> None:
    body = rss("<title>A</title><description>x</description>", "<guid>1</guid><title>B</title>")
    assert read(body) == read(body)


# --- Links ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("item", "link"),
    [
        ("<link>/neu/1</link>", "https://blog.example/neu/1"),
        ("<link>https://blog.example/a?x=1&amp;amp;y=2</link>", "https://blog.example/a?x=1&y=2"),
        ("<link> https://blog.example/ein bild </link>", "https://blog.example/ein%20bild"),
        ("<link>javascript:alert(1)</link>", ""),
        ("<link>mailto:a@blog.example</link>", ""),
        ("<guid>abc-123</guid>", ""),
        ("<guid>https://blog.example/g</guid>", "https://blog.example/g"),
        ('<guid isPermaLink="false">https://blog.example/g</guid>', ""),
        (
            "<link>https://feeds.example/~r/1</link><feedburner:origLink>https://blog.example/a</feedburner:origLink>",
            "https://blog.example/a",
        ),
    ],
)
def test_where_a_reader_opens_it(item: str, link: str) -> None:
    assert one("<title>A</title>" + item).link == link


def test_an_address_as_long_as_a_book_is_none() -> None:
    endless = "https://" + "e\u0301" * 50_000 + ".example/"
    assert one(f"<title>A</title><guid isPermaLink='false'>1</guid><link>{endless}</link>").link == ""


def test_of_several_atom_links_the_web_page_is_taken() -> None:
    links = (
        '<link rel="self" href="https://blog.example/self.xml"/>'
        '<link rel="alternate" type="text/html" href="https://blog.example/page"/>'
        '<link rel="alternate" type="application/json" href="https://blog.example/page.json"/>'
    )
    assert read(atom(f"<id>1</id><title>A</title>{links}"))[0].link == "https://blog.example/page"
    assert read(atom('<id>urn:1</id><title>A</title><link rel="self" href="x"/>'))[0].link == ""


# --- Words ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("Müller &amp; Söhne", "Müller & Söhne"),
        ("<![CDATA[Müller &amp; Söhne]]>", "Müller & Söhne"),
        ("<![CDATA[Jetzt <b>neu</b>]]>", "Jetzt neu"),
        ("A &lt; B", "A < B"),
        ("Was &lt;script&gt; bedeutet", "Was <script> bedeutet"),
        ("Zwei\n   Zeilen", "Zwei Zeilen"),
        ("Preis: 5 &#8364;", "Preis: 5 €"),
        ("Schluss &#x1F389;", "Schluss 🎉"),
    ],
)
def test_titles_are_plain_text(written: str, title: str) -> None:
    assert one(f"<title>{written}</title>").title == title


def test_a_media_title_or_caption_does_not_replace_the_words() -> None:
    item = one(
        "<title>Titel</title><media:title>Bild</media:title>"
        '<media:description type="html">Bildzeile</media:description><description>Die wahren Worte.</description>'
    )
    assert (item.title, item.text) == ("Titel", "Die wahren Worte.")


def test_a_caption_is_better_than_nothing() -> None:
    item = one("<title>Video</title><media:group><media:description>Darum geht es.</media:description></media:group>")
    assert item.text == "Darum geht es."


def test_the_full_text_goes_before_a_summary_that_is_cut_off() -> None:
    item = one(
        "<title>T</title><description><![CDATA[Ein Anfang, der leider mitten im Satz endet [&hellip;]]]></description>"
        "<content:encoded><![CDATA[<p>Der ganze Text.</p><p>Zweiter Absatz.</p>]]></content:encoded>"
    )
    assert item.text == "Der ganze Text.\nZweiter Absatz."


def test_a_summary_that_somebody_wrote_goes_before_the_full_text() -> None:
    item = one(
        "<title>T</title><description>Kurz und gut: Am Samstag öffnet das neue Haus.</description>"
        "<content:encoded><![CDATA[<p>Liebe Leserinnen und Leser, es war ein langer Weg.</p>]]></content:encoded>"
    )
    assert item.text == "Kurz und gut: Am Samstag öffnet das neue Haus."


def test_a_text_that_repeats_the_title_is_no_text() -> None:
    assert one("<title>Neu!</title><description>Neu!</description>").text == ""


def test_tags_come_once_and_in_order() -> None:
    tags = "".join(f"<category>{tag}</category>" for tag in ("Garten", "<![CDATA[Haus &amp; Hof]]>", "garten", ""))
    assert one("<title>T</title>" + tags).tags == ("Garten", "Haus & Hof")


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("<author>a@b.de (Anna Öz)</author>", "Anna Öz"),
        ("<author>a@b.de</author>", ""),
        ("<dc:creator>Bo</dc:creator>", "Bo"),
    ],
)
def test_an_author_is_a_name_and_no_address(written: str, name: str) -> None:
    assert one("<title>T</title>" + written).author == name


@pytest.mark.parametrize(("code", "language"), [("de-DE", "de"), ("en_US", "en"), ("DE", "de"), ("fr", ""), ("", "")])
def test_the_language_is_that_of_the_feed(code: str, language: str) -> None:
    body = rss("<title>T</title>", channel=f"<title>B</title><language>{code}</language>")
    assert read(body)[0].language == language


# --- Pictures and offers ----------------------------------------------------------------------------------------------


def test_the_first_picture_of_the_text_brings_its_words() -> None:
    markup = (
        '<img src="/1x1.gif" width="1" height="1"><img src="data:x" data-src="/b.jpg" alt="Ein Beet"><img src="/c.jpg">'
    )
    item = one(f"<title>T</title><description><![CDATA[{markup}]]></description>")
    assert item.images == (Image(url="https://blog.example/b.jpg", alt="Ein Beet"),)


def test_sizes_of_one_picture_are_one_picture() -> None:
    media = "".join(f'<media:content url="/{w}.jpg" medium="image" width="{w}"/>' for w in (140, 1200, 460))
    assert one("<title>T</title>" + media).images == (Image(url="https://blog.example/1200.jpg"),)


def test_a_thumbnail_is_only_better_than_nothing() -> None:
    thumbnails = "".join(f'<media:thumbnail url="/{n}.jpg"/>' for n in "ab")
    assert one("<title>T</title>" + thumbnails).images == (Image(url="https://blog.example/a.jpg"),)
    shown = one(f"<title>T</title>{thumbnails}<description><![CDATA[<img src='/c.jpg' alt='C'>]]></description>")
    assert shown.images == (Image(url="https://blog.example/c.jpg", alt="C"),)


def test_an_authors_portrait_is_no_picture_of_the_article() -> None:
    media = '<media:content url="https://1.gravatar.com/avatar/x" medium="image"/>'
    assert one(f'<title>T</title>{media}<enclosure url="/a.png" type="image/png" length="1"/>').images == (
        Image(url="https://blog.example/a.png"),
    )


def test_an_enclosure_that_is_no_picture_is_left_out() -> None:
    assert one('<title>T</title><enclosure url="/a.mp3" type="audio/mpeg" length="1"/>').images == ()


def test_a_price_makes_an_offer() -> None:
    item = one(
        "<title>T</title><g:price>329,00 EUR</g:price><g:sale_price>249,00 EUR</g:sale_price>"
        "<g:sale_price_effective_date>2026-10-01T08:00+0200/2026-12-24T18:00+0100</g:sale_price_effective_date>"
    )
    assert item.offer == Offer(price="249,00 EUR", until=datetime(2026, 12, 24, 17, 0, tzinfo=UTC))
    assert one("<title>T</title>").offer is None


# --- Dates ------------------------------------------------------------------------------------------------------------

TEN = datetime(2026, 10, 5, 10, 0, tzinfo=UTC)
DAY = datetime(2026, 10, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("Mon, 05 Oct 2026 12:00:00 +0200", TEN),
        ("Mon, 05 Oct 2026 10:00:00", TEN),
        ("Mon, 05 Oct 26 10:00 GMT", TEN),
        ("Mo, 05 Okt 2026 12:00:00 +0200", TEN),
        ("Montag, 5. Oktober 2026, 10:00 Uhr", TEN),
        ("05.10.2026 10:00", TEN),
        ("5.10.2026", DAY),
        ("Mo., 05. Mär. 2026", datetime(2026, 3, 5, tzinfo=UTC)),
        ("24. Dez 2025", datetime(2025, 12, 24, tzinfo=UTC)),
        ("Mon, 05 Oct 2026 11:00:00 CET", TEN),
        ("Mon, 05 Oct 2026 12:00:00 CEST", TEN),
        ("Mon, 05 Oct 2026 12:00:00 MESZ", TEN),
        ("Mon, 05 Oct 2026 15:30:00 IST", TEN),
        ("Mon, 05 Oct 2026 05:00:00 EST", TEN),
        ("Mon, 05 Oct 2026 12:00:00 GMT+2", TEN),
        ("Mon, 05 Oct 2026 12:00:00 +02:00 (CEST)", TEN),
        ("October 5, 2026", DAY),
        ("Oct 5, 2026 at 10:00 am", TEN),
        ("Mon Oct  5 10:00:00 2026", TEN),
        ("2026-10-05T12:00:00+02:00", TEN),
        ("2026-10-05T10:00:00.123456Z", TEN),
        ("2026-10-05 10:00", TEN),
        ("2026-10-05", DAY),
        ("1791194400", TEN),
        ("1791194400000", TEN),
        ("20261005", DAY),
        ("Sun, 04 Oct 2026 24:00:00 GMT", DAY),
        ("Mon, 05 Oct 2026 10:00:00 XYZ", TEN),
    ],
)
def test_dates_as_they_are_written(written: str, moment: datetime) -> None:
    assert read_date(written, latest=NOW + timedelta(days=1)) == moment


@pytest.mark.parametrize(
    "written",
    [
        *(
            "",
            "gestern",
            "Mon, 32 Oct 2026 10:00:00 GMT",
            "0000-00-00 00:00:00",
            "-0001-11-30T00:00:00+00:00",
            "2099-01-01",
        ),
        *(
            "Thu, 01 Jan 1970 00:00:00 GMT",
            "2026-10-05T10:00:00+99:00",
            "5 Foo 2026",
            "2026-10-05T25:00",
            "1" * 40,
            "²",
        ),
    ],
)
def test_dates_that_cannot_be_are_none(written: str) -> None:
    assert read_date(written, latest=NOW + timedelta(days=1)) is None


def test_an_entry_is_updated_only_if_it_says_so() -> None:
    item = one("<title>T</title><pubDate>Mon, 05 Oct 2026 10:00:00 GMT</pubDate>")
    assert (item.published, item.updated) == (TEN, None)
    dates = "<published>2026-10-05T10:00:00Z</published><updated>2026-10-05T11:00:00Z</updated>"
    entry = read(atom(f"<id>1</id><title>T</title>{dates}"))[0]
    assert (entry.published, entry.updated) == (TEN, TEN + timedelta(hours=1))


def test_the_only_date_there_is_counts_as_published() -> None:
    assert one("<title>T</title><dc:date>2026-10-05T10:00:00Z</dc:date>").published == TEN


# --- Documents --------------------------------------------------------------------------------------------------------


def test_a_json_feed_that_windows_wrote_keeps_its_umlauts() -> None:
    body = '{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "title": "Grüße für 5 €"}]}'
    (item,) = read(body.encode("cp1252"))
    assert item.title == "Grüße für 5 €"


def test_a_json_feed_is_a_feed() -> None:
    body = """{"version": "https://jsonfeed.org/version/1.1", "title": "B", "language": "de", "items": [
        {"id": 7, "external_url": "https://blog.example/a", "title": "T", "content_html": "<p>Gr&uuml;n</p>",
         "date_published": "2026-10-05T12:00:00+02:00", "tags": ["x"], "author": {"name": "Bo"}, "image": "/i.png"},
        {"id": "8", "content_text": "1 < 2"}, 9]}"""
    first, second = read(body.encode())
    assert (first.id, first.link, first.title, first.text) == ("7", "https://blog.example/a", "T", "Grün")
    assert (first.published, first.tags, first.author, first.language) == (TEN, ("x",), "Bo", "de")
    assert first.images == (Image(url="https://blog.example/i.png"),)
    assert (second.title, second.text) == ("", "1 < 2")
    assert len(parse(body.encode(), url=URL).notices) == 1


def test_an_empty_feed_is_fine() -> None:
    assert read(rss()) == []


def test_one_entry_that_holds_nothing_does_not_cost_the_others() -> None:
    document = parse(rss("<guid>1</guid>", "<title>A</title>"), url=URL)
    items, notices = items_of(document.entries, source="blog", now=NOW)
    assert ([item.title for item in items], len(notices)) == (["A"], 1)


def test_the_last_entry_of_a_feed_that_is_cut_off_waits() -> None:
    whole = rss("<guid>1</guid><title>Eins</title>", "<guid>2</guid><title>Große Eröffnung</title>")
    document = parse(whole[: whole.index(b"ffnung")], url=URL)
    assert [entry.title for entry in document.entries] == ["Eins"]
    assert document.cut_off
    assert not parse(whole, url=URL).cut_off


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (b"<!doctype html><html><title>x</title>", "is an HTML page"),
        (
            b"<html><link rel='alternate' type='application/rss+xml' href='/rss?a=1&amp;b=2'>",
            "https://blog.example/rss?a=1&b=2",
        ),
        (b'<?xml version="1.0"?><urlset xmlns="x"><url/></urlset>', "is a sitemap"),
        (b'<opml version="2.0"><body/></opml>', "is an OPML list"),
        (b'{"error": "not found"}', "is JSON, but no JSON Feed"),
        (b"\x1f\x8b\x08", "gzip"),
        (b"Hello", "is plain text"),
        (b"<soap:Envelope/>", "<soap:Envelope>"),
    ],
)
def test_what_is_no_feed_is_named(body: bytes, what: str) -> None:
    assert what in problem(body)


def test_blank_lines_before_the_feed_cost_nothing() -> None:
    body = rss("<title>A</title>").replace(b"?><rss", b"?>" + b"\n" * 1_000_000 + b"<rss")
    assert [item.title for item in read(body)] == ["A"]


def test_of_very_many_entries_the_newest_are_looked_at_wherever_they_stand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connectors.feed_items.MOST_ENTRIES", 2)
    entries = [f"<title>{day}</title><pubDate>0{day} Oct 2026 12:00:00 GMT</pubDate>" for day in (1, 2, 3)]
    document = parse(rss("<title>undated</title>", *entries), url=URL)
    items, notices = items_of(document.entries, source="blog", now=NOW)
    assert [item.title for item in items] == ["undated", "3"]
    assert notices == ["of 4 entries only the newest 2 are looked at: have the site list fewer"]


# --- The process of its own -------------------------------------------------------------------------------------------


def test_a_parser_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed_process, "_WALL_SECONDS", 1.0)
    body = rss("<title>A</title><author>" + "a" * 200_000 + "</author>")
    assert "could not be parsed within 1 s" in feed_process.parse_apart(body, url=URL).problem


def test_a_parser_that_computes_for_too_long_is_ended_however_idle_the_machine_is() -> None:
    body = rss("<title>A</title><author>" + "a" * 200_000 + "</author>")
    assert "needs more than 4 s or 1 GiB" in feed_process.parse_apart(body, url=URL).problem


def test_a_parser_that_dies_is_a_problem_and_no_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed_process.sys, "executable", "/bin/false")
    assert "could not be parsed" in feed_process.parse_apart(rss(), url=URL).problem


def test_the_process_works_from_any_directory_and_sees_no_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "connectors").mkdir()
    (tmp_path / "feedparser.py").write_text("raise SystemExit('the wrong one')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TWITTER_API_KEY", "geheim")
    assert [entry.title for entry in feed_process.parse_apart(rss("<title>A</title>"), url=URL).entries] == ["A"]
    assert "geheim" not in feed_process._environment().values()


# --- The source -------------------------------------------------------------------------------------------------------


@pytest.fixture
def blog() -> Blog:
    return Blog(sample_posts(NOW), url="https://blog.example")


@pytest.fixture
def fetch(blog: Blog) -> Callable[..., Fetched]:
    web = Web(transport=httpx.WSGITransport(app=blog))

    def look(validators: dict[str, str] | None = None, path: str = "/feed/") -> Fetched:
        return RssFeed(name="blog", url=f"https://blog.example{path}").fetch(web, validators or {}, now=NOW)

    return look


def test_a_blog_is_read(fetch: Callable[..., Fetched]) -> None:
    fetched = fetch()
    offer = fetched.items[0]
    assert len(fetched.items) == 8
    assert not fetched.unchanged
    assert offer.title == "Nur bis Samstag: Akku-Rasenmäher „Wiesel 36“ für 249 € statt 329 €"
    assert offer.text.startswith("Der Herbst räumt auf, und wir räumen mit:")
    assert offer.offer == Offer(price="249,00 EUR", until=NOW + timedelta(days=5))
    assert offer.images[0].alt == "Grüner Akku-Rasenmäher auf einer Wiese voller Laub"
    assert [item.language for item in fetched.items].count("en") == 2


@pytest.mark.parametrize("path", ["/atom", "/feed.json"])
def test_every_format_of_the_blog_tells_the_same(fetch: Callable[..., Fetched], path: str) -> None:
    def told(fetched: Fetched) -> list[tuple[object, ...]]:
        return [
            (i.id, i.link, i.story, i.title, i.text, i.published, i.tags, i.author, i.language) for i in fetched.items
        ]

    assert told(fetch(path=path)) == told(fetch())


def test_a_second_look_brings_nothing_and_parses_nothing(
    fetch: Callable[..., Fetched], blog: Blog, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = fetch()
    monkeypatch.setattr(subprocess, "run", lambda *args, **kwargs: pytest.fail("a process was started"))
    second = fetch(dict(first.validators))
    assert (second.unchanged, second.items) == (True, ())
    assert second.validators == first.validators
    assert blog.requests[-1] == "GET /feed/ 304"


def test_a_server_without_validators_is_known_by_its_bytes(fetch: Callable[..., Fetched], blog: Blog) -> None:
    blog.instead = faults.answer(200, rss("<title>A</title>"))
    first = fetch()
    assert [item.title for item in first.items] == ["A"]
    assert fetch(dict(first.validators)).unchanged


def test_an_edited_post_is_read_again(fetch: Callable[..., Fetched], blog: Blog) -> None:
    first = fetch()
    blog.edit("lindner-1005", title="Wer hat den allerdicksten Kürbis?")
    second = fetch(dict(first.validators))
    assert "Wer hat den allerdicksten Kürbis?" in [item.title for item in second.items]


def test_notes_about_another_feed_are_not_used(fetch: Callable[..., Fetched]) -> None:
    assert fetch({**fetch().validators, "feed": "of another address"}).items


@pytest.mark.parametrize("link", ["#top", "?", "", "/feed/", "?#top", "/feed/?token=geheim", "/feed/?token=geheim#top"])
def test_a_link_that_leads_to_the_feed_itself_is_none_and_no_link_inherits_the_feeds_token(
    blog: Blog, link: str
) -> None:
    entries = [
        f"<guid>{n}</guid><title>{n}</title><link>{there}</link>" for n, there in enumerate([link, "/a", "?p=1"])
    ]
    blog.instead = faults.answer(200, rss(*entries))
    with serving(blog) as url:
        source = RssFeed(name="blog", url=f"{url}/feed/?token=geheim")
        fetched = source.fetch(Web(allow_private_hosts=True), {}, now=NOW)
    assert [item.link for item in fetched.items] == ["", f"{url}/a", f"{url}/feed/?p=1"]
    assert "geheim" not in str(fetched)


def test_the_entries_of_a_single_page_keep_their_places_in_it(blog: Blog) -> None:
    blog.instead = faults.answer(200, rss("<guid>1</guid><title>A</title><link>https://blog.example/feed/#a</link>"))
    source = RssFeed(name="blog", url="https://blog.example/feed/")
    fetched = source.fetch(Web(transport=httpx.WSGITransport(app=blog)), {}, now=NOW)
    assert [item.link for item in fetched.items] == ["https://blog.example/feed/#a"]


def test_a_feed_that_is_cut_off_is_read_in_full_the_next_time(fetch: Callable[..., Fetched], blog: Blog) -> None:
    blog.instead = faults.answer(200, rss("<title>A</title>", "<title>B</title>").partition(b"B</title>")[0])
    fetched = fetch()
    assert [item.title for item in fetched.items] == ["A"]
    assert fetched.validators == {}
    assert "ends in the middle" in fetched.notices[0]


def test_a_feed_that_moved_for_good_is_told(fetch: Callable[..., Fetched], blog: Blog) -> None:
    blog.instead = faults.answer(301, Location="/atom?key=geheim")
    with pytest.raises(SourceBroken, match="redirects more than"):
        fetch()

    def moved(environ: dict[str, str], start_response: Callable[..., object]) -> Iterator[bytes]:
        blog.instead = None
        return faults.answer(301, Location="/atom?key=geheim")(environ, start_response)  # type: ignore[return-value,arg-type]

    blog.instead = moved  # type: ignore[assignment]
    assert fetch().notices == (
        "the feed has moved for good to https://blog.example/atom: change its url in the config",
    )


@pytest.mark.parametrize(
    ("fault", "error", "words"),
    [
        (faults.answer(503, Retry_After="60"), SourceDown, "503"),
        (faults.answer(404), SourceBroken, "check it in the config"),
        (faults.answer(410), SourceBroken, "removed for good"),
        (faults.answer(200, b" "), SourceDown, "answered with nothing"),
        (faults.html_page(), SourceBroken, "it names https://blog.example/feed/ as its feed"),
        (faults.redirect_loop(), SourceBroken, "more than 5 times"),
        (faults.huge(), SourceBroken, "larger than 5120 KiB"),
        (faults.gzip_bomb(20_000_000), SourceBroken, "larger than 5120 KiB"),
    ],
)
def test_a_blog_that_misbehaves(
    fetch: Callable[..., Fetched], blog: Blog, fault: object, error: type[Exception], words: str
) -> None:
    blog.instead = fault  # type: ignore[assignment]
    with pytest.raises(error, match=words):
        fetch()


@pytest.mark.parametrize(
    "fault", [faults.drip(0.01), faults.hang(5), faults.cut_short(b"<rss>" * 99)], ids=["drip", "hang", "cut"]
)
def test_a_blog_that_does_not_come_to_an_end(blog: Blog, fault: object, monkeypatch: pytest.MonkeyPatch) -> None:
    blog.instead = fault  # type: ignore[assignment]
    web = Web(allow_private_hosts=True)
    monkeypatch.setattr(web, "get", lambda url, **asked: Web.get(web, url, **(asked | {"timeout": 0.3})))
    with serving(blog) as url, pytest.raises(SourceDown):
        RssFeed(name="blog", url=url + "/feed/").fetch(web, {}, now=NOW)


@pytest.mark.parametrize(
    "url", ["blog.example/feed", "ftp://blog.example", "https://", "https://u:pw@blog.example/", "http://[::1"]
)
def test_an_address_that_cannot_be_read_is_refused_at_once(url: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        RssFeed(name="blog", url=url)
    assert "pw" not in str(refusal.value)


def test_the_parser_is_not_loaded_where_feeds_are_only_asked_for() -> None:
    code = "import sys, connectors.rss; sys.exit('feedparser' in sys.modules)"
    root = Path(feed_process.__file__).parent.parent
    subprocess.run([sys.executable, "-c", code], cwd=root, check=True)

"""Two links to one article are one story; two articles never are."""

import csv
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.links import canonical_link, host_of, story_of, unwrap

PAIRS = Path(__file__).parent.parent.parent / "shared" / "corpus" / "links" / "url_pairs.tsv"
SPELLINGS = Path(__file__).with_name("link_spellings.txt")
ARTICLE = "https://firma.de/neu"

SAME = [
    # What campaigns, mails and social networks add
    ("https://firma.de/neu?Utm_Medium=mail&UTM_ID=4", ARTICLE),
    ("https://firma.de/neu?fbclid=a&fbclid=b", ARTICLE),
    ("https://firma.de/neu?a=1&amp;utm_source=x&amp;b=2", "https://firma.de/neu?a=1&b=2"),
    ("https://firma.de/neu?a=1&#038;b=2", "https://firma.de/neu?b=2&a=1"),
    ("https://firma.de/neu?amp;utm_source=x", ARTICLE),
    ("https://firma.de/?p=7?utm_source=x?fbclid=y", "https://firma.de/?p=7"),
    ("https://firma.de/neu?_ga=2.1.3&_gl=1*abc", ARTICLE),
    ("https://firma.de/neu?hsCtaTracking=9%7C8&__hstc=1&__hssc=2", ARTICLE),
    ("https://firma.de/neu?xtor=RSS-1", ARTICLE),
    ("https://firma.de/neu?at_medium=social&at_campaign=x", ARTICLE),
    ("https://firma.de/neu?wt.mc_id=1&etcc_cmp=2&sc_src=email_1", ARTICLE),
    ("https://firma.de/neu?elqTrackId=1&mkt_tok=2&vero_id=3", ARTICLE),
    ("https://firma.de/neu?__cft__[0]=AZX&__tn__=-R&mibextid=W", ARTICLE),
    ("https://firma.de/neu?__cft__%5B0%5D=AZX", ARTICLE),
    ("https://firma.de/neu?campaign_source=x&campaign_medium=y", ARTICLE),
    ("https://firma.de/neu?ref=l.facebook.com", ARTICLE),
    ("https://firma.de/neu?ref=https%3A%2F%2Fwww.linkedin.com%2Ffeed", ARTICLE),
    ("https://firma.de/neu?ref=firma.de", ARTICLE),
    ("https://firma.de/neu?ref=blog.firma.de", ARTICLE),
    ("https://firma.de/neu?utm%5Fsource=x", ARTICLE),
    ("https://x.com/firma/status/1?s=20&t=abc", "https://x.com/firma/status/1"),
    ("https://www.youtube.com/watch?v=abc&feature=share&si=x", "https://youtube.com/watch?v=abc"),
    ("https://firma.de/neu#utm_source=rss", ARTICLE),
    ("https://firma.de/neu#xtor=RSS-1", ARTICLE),
    ("https://firma.de/neu#:~:text=Neue%20Halle", ARTICLE),
    ("https://firma.de/neu#", ARTICLE),
    ("https://firma.de/#/neu?utm_source=x", "https://firma.de/#/neu/"),
    ("https://firma.de/#!/neu:~:text=a", "https://firma.de/#!/neu"),
    ("https://firma.de/neu?&", ARTICLE),
    ("https://firma.de/neu?=", ARTICLE),
    ("https://firma.de/neu?a&b", "https://firma.de/neu?b=&a="),
    *[
        (f"https://firma.de/neu?{key}=1", ARTICLE)
        for key in ("guccounter", "guce_referrer", "guce_referrer_sig", "xing_share", "wpisrc")
    ],
    *[
        (f"https://firma.de/neu?{key}={name}", ARTICLE)
        for key in ("ref", "via", "wtmc")
        for name in ("rss", "feed", "Twitter", "facebook", "linkedin.com")
    ],
    *[
        (f"https://firma.de/neu?{key}={name}", ARTICLE)
        for key in ("source", "from", "partner")
        for name in ("rss", "feed", "newsletter", "Facebook", "l.facebook.com", "fb", "mastodon.social")
    ],
    ("https://firma.de/neu?source=rss----8d1f0c---4", ARTICLE),
    ("https://firma.de/neu?CMP=share_btn_fb", ARTICLE),
    ("https://firma.de/neu?share=facebook&nb=1", ARTICLE),
    ("https://firma.de/neu?share=jetpack-whatsapp", ARTICLE),
    ("https://firma.de/neu?share=x&nb=1&p=2", "https://firma.de/neu?p=2"),
    ("https://firma.de/neu?utm_id=1&vero_id=2&pk_cid=3&at_custom1=4&wt_zmc=5&fb_action_ids=6", ARTICLE),
    # One article in several dresses
    ("https://firma.de/neu?amp", ARTICLE),
    ("https://firma.de/neu?amp=1", ARTICLE),
    ("https://firma.de/neu?outputType=amp", ARTICLE),
    ("https://firma.de/neu/AMP/", ARTICLE),
    ("https://firma.de/blog/neu/amp", "https://firma.de/blog/neu"),
    ("https://firma.de/de/neue-halle/amp", "https://firma.de/de/neue-halle"),
    ("https://firma.de/2024/05/neu/amp", "https://firma.de/2024/05/neu"),
    ("https://firma.de/neu.amp.html", "https://firma.de/neu.html"),
    ("https://amp.firma.de/neu/amp/", ARTICLE),
    ("https://mobile.firma.de/neu", ARTICLE),
    ("https://www.m.firma.de/neu", ARTICLE),
    ("https://de.m.wikipedia.org/wiki/Berlin", "https://de.wikipedia.org/wiki/Berlin"),
    ("https://firma.de/blog/Index.PHP", "https://firma.de/blog"),
    ("https://firma.de/blog/default.aspx", "https://firma.de/blog"),
    ("https://firma.de/index.php/blog/neu", "https://firma.de/blog/neu"),
    ("https://firma.de/index.php?p=3", "https://firma.de/?p=3"),
    ("https://firma.de/neu;PHPSESSID=1f/?a=1", "https://firma.de/neu?a=1"),
    ("https://firma.de/neu;jsessionid=1F!node2", ARTICLE),
    ("https://firma.de/neu?replytocom=12#respond", ARTICLE),
    ("https://www.firma.co.uk/neu", "https://firma.co.uk/neu"),
    ("https://de.m.firma.com.au/neu", "https://de.firma.com.au/neu"),
    ("https://www.m.co.uk/neu", "https://m.co.uk/neu"),
    ("https://mbasic.facebook.com/firma/posts/1", "https://www.facebook.com/firma/posts/1"),
    ("https://de-de.facebook.com/firma/posts/1", "https://m.facebook.com/firma/posts/1"),
    ("https://old.reddit.com/r/firma/comments/1", "https://www.reddit.com/r/firma/comments/1"),
    ("https://mobile.twitter.com/firma/status/1?s=20", "https://x.com/firma/status/1"),
    ("https://youtu.be/aB-_1?si=x&t=42", "https://www.youtube.com/watch?v=aB-_1"),
    ("https://youtu.be/a/?list=b", "https://m.youtube.com/watch?list=b&v=a"),
    # One address in several spellings
    ("HTTP://Firma.DE:80/neu", ARTICLE),
    ("http://firma.de:443/neu", ARTICLE),
    ("https://firma.de./neu", ARTICLE),
    ("https://firma.de:/neu", ARTICLE),
    ("https://leser:geheim@firma.de/neu", ARTICLE),
    ("https://firma.de/%6Eeu", ARTICLE),
    ("https://firma.de/./x/%2e%2e/neu", ARTICLE),
    ("https://firma.de/../neu", ARTICLE),
    ("https://firma.de/a%2fb", "https://firma.de/a%2Fb"),
    ("https://firma.de/u\u0308ber", "https://firma.de/%C3%BCber"),
    ("https://firma.de/neu?x=%7e&a=1", "https://firma.de/neu?a=1&x=~"),
    ("https://M%C3%BCller.de/a", "https://xn--mller-kva.de/a"),
    ("https://ｆｉｒｍａ.de/neu", ARTICLE),
    ("https://firma.de/\ud800neu", ARTICLE),
    ("https://bücher。de/a", "https://xn--bcher-kva.de/a"),
    ("https://[::1]:443/a", "https://[::1]/a"),
    ("https://firma.de/a b", "https://firma.de/a%20b"),
    # What the sentence around it leaves on a link
    ("https://firma.de/neu)", ARTICLE),
    ("(https://firma.de/neu).", ARTICLE),
    ("„https://firma.de/neu“!", ARTICLE),
    ("<https://firma.de/neu>", ARTICLE),
    (" \thttps://firma.de/neu\u200b\n", ARTICLE),
    ("https://de.wikipedia.org/wiki/Bonn_(Band)).", "https://de.wikipedia.org/wiki/Bonn_(Band)"),
    ("https://firma.de/neu…", ARTICLE),
    ("https://firma.de/neu.", ARTICLE),
    ("https://firma.de/neu,", ARTICLE),
    ("https://firma.de/neu;", ARTICLE),
    ("https://firma.de/neu]", ARTICLE),
    ("(https://firma.de/wiki/Yahoo!).", "https://firma.de/wiki/Yahoo%21"),
    # Addresses that only forward, or show another's page
    ("https://l.facebook.com/l.php?h=1&amp;u=https%3A%2F%2Ffirma.de%2Fneu", ARTICLE),
    ("https://www.facebook.com/flx/warn/?u=https%3A%2F%2Ffirma.de%2Fneu&h=1", ARTICLE),
    ("https://m.facebook.com/l.php?u=https%253A%252F%252Ffirma.de%252Fneu", ARTICLE),
    ("https://l.instagram.com/?u=https%3A%2F%2Fwww.firma.de%2Fneu%3Figshid%3D1&e=AT", ARTICLE),
    *[
        (f"https://{page}={ARTICLE}", ARTICLE)
        for page in (
            *("vk.com/away?to", "vk.com/away.php?to", "duckduckgo.com/l/?uddg", "medium.com/r/?url", "exit.sc/?url"),
            *("getpocket.com/redirect?url", "lm.facebook.com/l.php?u", "out.reddit.com/t3_a?url", "l.wl.co/l?u"),
            *("slack-redir.net/link?url", "www.pinterest.de/offsite/?url", "steamcommunity.com/linkfilter/?url"),
        )
    ],
    ("https://t.umblr.com/redirect?z=http%3A%2F%2Ffirma.de%2Fneu&t=x", ARTICLE),
    ("https://www.youtube.com/redirect?event=video&q=https%3A%2F%2Ffirma.de%2Fneu", ARTICLE),
    ("https://www.google.com/url?sa=t&url=https%3A%2F%2Ffirma.de%2Fneu&usg=x", ARTICLE),
    ("https://www.google.de/url?q=https://firma.de/neu&sa=D", ARTICLE),
    ("https://www.google.co.uk/amp/s/firma.de/neu/amp/", ARTICLE),
    ("https://cdn.ampproject.org/c/s/firma.de/neu", ARTICLE),
    ("https://www-firma-de.cdn.ampproject.org/v/s/www.firma.de/neu/amp?amp_js_v=0.1&usqp=mq331", ARTICLE),
    ("https://www.linkedin.com/redir/redirect?url=https%3A%2F%2Ffirma%2Ede%2Fneu&urlhash=x", ARTICLE),
    ("https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Ffirma.de%2Fneu&data=1", ARTICLE),
    (
        "https://l.facebook.com/l.php?u=https%3A%2F%2Fl.instagram.com%2F%3Fu%3Dhttps%253A%252F%252Ffirma.de%252Fneu",
        ARTICLE,
    ),
]

DIFFERENT = [
    # A query key that may say which article it is
    *[
        (f"https://firma.de/neu?{key}=1", f"https://firma.de/neu?{key}=2")
        for key in ("p", "id", "page", "lang", "v", "s", "date")
    ],
    *[(f"https://firma.de/x?{key}=1", "https://firma.de/x") for key in ("product", "variant", "tag", "source", "cid")],
    ("https://firma.de/?q=Halle", "https://firma.de/?q=Tor"),
    ("https://firma.de/?ID=1", "https://firma.de/?ID=2"),
    ("https://firma.de/?id=A", "https://firma.de/?id=a"),
    ("https://firma.de/?id=1&id=2", "https://firma.de/?id=2&id=1"),
    ("https://firma.de/?id=1%262", "https://firma.de/?id=1&2"),
    ("https://firma.de/?id=a%2Bb", "https://firma.de/?id=a+b"),
    ("https://firma.de/doc?ref=v1.2", "https://firma.de/doc?ref=v1.3"),
    ("https://firma.de/doc?ref=main", "https://firma.de/doc"),
    ("https://firma.de/doc?ref=de", "https://firma.de/doc"),
    ("https://firma.de/petition?campaign_id=1", "https://firma.de/petition?campaign_id=2"),
    ("https://firma.de/shop?type=amp", "https://firma.de/shop"),
    ("https://firma.de/shop?amp=50", "https://firma.de/shop?amp=60"),
    ("https://firma.de/watch?t=10", "https://firma.de/watch?t=20"),
    ("https://firma.de/autumn?utmost=1", "https://firma.de/autumn?utmost=2"),
    ("https://youtube.com/watch?v=a", "https://youtube.com/watch?v=b"),
    *[
        (f"https://firma.de/x?{key}=1", f"https://firma.de/x?{key}=2")
        for key in ("at_id", "pk_id", "fb_id", "wt_id", "itm_id", "hsa_id", "mtm_id", "at_home", "fb_page", "xts", "nb")
    ],
    *[
        (f"https://firma.de/x?{key}={value}", "https://firma.de/x")
        for key in ("source", "from", "partner", "via", "wtmc", "share", "cmp")
        for value in ("berlin", "2", "feed.v2", "rss2json", "share")
    ],
    ("https://firma.de/x?from=x", "https://firma.de/x"),
    ("https://firma.de/x?partner=google", "https://firma.de/x"),
    ("https://firma.de/x?share=3&nb=1", "https://firma.de/x?share=3"),
    ("https://firma.de/x?share=facebook&nb=2", "https://firma.de/x?share=facebook&nb=3"),
    # A key that only begins like a mark
    *[
        (f"https://firma.de/x?{key}=1", f"https://firma.de/x?{key}=2")
        for key in (
            *(
                "wt_gallery",
                "wt_game",
                "wt_kwh",
                "wt_mcu",
                "wt_cc",
                "at_linked",
                "at_customer",
                "at_formation",
                "at_sender",
            ),
            *(
                "at_terminal",
                "at_typeface",
                "_gacha",
                "_hsv",
                "__hst",
                "__utmost",
                "hsa_item",
                "piwik_page",
                "pk_names",
            ),
            *("fb_action", "fb_references", "vero_item", "oly_year", "_branch_office", "hmb_page", "matomo_site"),
        )
    ],
    # A name behind a key that says what the page is about
    ("https://firma.de/statistik?source=instagram", "https://firma.de/statistik?source=tiktok"),
    ("https://firma.de/vergleich?from=facebook&to=x", "https://firma.de/vergleich?from=tiktok&to=x"),
    ("https://firma.de/konverter?from=medium", "https://firma.de/konverter?from=tumblr"),
    ("https://firma.de/partner?partner=xing", "https://firma.de/partner?partner=linkedin"),
    *[
        (f"https://firma.de/x?{key}=jazz", f"https://firma.de/x?{key}=rock")
        for key in ("icid", "smid", "ocid", "rdid", "ncid", "cmpid")
    ],
    # A section, and what is in it
    *[(f"https://firma.de/{section}/amp", f"https://firma.de/{section}") for section in ("de/gitarren", "de-at/audio")],
    *[(f"https://firma.de/{archive}/amp", f"https://firma.de/{archive}") for archive in ("2024", "2024/05")],
    # A place of its own
    ("https://firma.de/page/2/", "https://firma.de/"),
    ("https://firma.de/neu", "https://firma.de/neu-2"),
    ("https://firma.de/neu.html", "https://firma.de/neu"),
    ("https://firma.de/amplifier", "https://firma.de/"),
    ("https://firma.de/guitar-amp", "https://firma.de/guitar"),
    ("https://firma.de/amp", "https://firma.de/"),
    ("https://firma.de/index", "https://firma.de/"),
    ("https://firma.de/index-2024.html", "https://firma.de/"),
    ("https://firma.de/a%2FB", "https://firma.de/a/B"),
    ("https://firma.de/a%3Fb=1", "https://firma.de/a?b=1"),
    ("https://firma.de/a%23b", "https://firma.de/a"),
    ("https://firma.de/a%25", "https://firma.de/a"),
    ("https://firma.de/a%252Fb", "https://firma.de/a%2Fb"),
    ("https://firma.de/a;v=1", "https://firma.de/a;v=2"),
    ("https://firma.de/a+b", "https://firma.de/a b"),
    ("https://firma.de/%ff", "https://firma.de/%fe"),
    ("https://firma.de/#/neu", "https://firma.de/#/alt"),
    ("https://firma.de/#!/neu?id=1", "https://firma.de/#!/neu?id=2"),
    ("https://de.wikipedia.org/wiki/Bonn_(Band)", "https://de.wikipedia.org/wiki/Bonn"),
    ("https://firma.de/wiki/Yahoo!", "https://firma.de/wiki/Yahoo"),
    ("https://firma.de/wiki/Wer%3F", "https://firma.de/wiki/Wer"),
    ("https://firma.de/wiki/Talk:", "https://firma.de/wiki/Talk"),
    # A host of its own
    ("https://firma.de:8080/neu", ARTICLE),
    ("https://firma.de:8080/neu", "https://firma.de:8081/neu"),
    ("https://shop.firma.de/neu", ARTICLE),
    ("https://en.firma.de/neu", "https://de.firma.de/neu"),
    ("https://firma.com/neu", ARTICLE),
    ("https://mobile.de/neu", "https://m.de/neu"),
    ("https://wwwfirma.de/neu", ARTICLE),
    ("https://strasse.de/", "https://straße.de/"),
    *[
        (f"https://{label}.{suffix}/neu", f"https://{suffix}/neu")
        for label in ("www", "m", "mobile", "amp")
        for suffix in ("co.uk", "com.au", "or.at", "de")
    ],
    *[
        (f"https://{tenant}/neu", f"https://{tenant.partition('.')[2]}/neu")
        for tenant in ("m.r2.dev", "m.lovable.app", "amp.repl.co", "m.eu.org", "m.sch.uk", "m.asso.fr")
    ],
    ("https://www.co.uk/neu", "https://m.co.uk/neu"),
    ("https://foo.m.co.uk/neu", "https://foo.co.uk/neu"),
    ("https://developers.facebook.com/neu", "https://facebook.com/neu"),
    ("https://api.twitter.com/neu", "https://x.com/neu"),
    ("https://old.firma.de/neu", ARTICLE),
    ("https://youtu.be/a", "https://youtu.be/b"),
    ("https://youtu.be/a", "https://youtu.be/A"),
    ("https://youtu.be/a?list=b", "https://youtu.be/a?list=c"),
    # Not a shim, or nothing behind it
    ("https://l.facebook.com/l.php?u=javascript:a", "https://l.facebook.com/l.php?u=javascript:b"),
    ("https://firma.de/l.php?u=https://a.de", "https://firma.de/l.php?u=https://b.de"),
    ("https://google.com/search?q=https://firma.de/neu", ARTICLE),
    *[
        (f"https://{page}={ARTICLE}", ARTICLE)
        for page in (
            *("www.google.com/urlaub?q", "www.google.com/url/neu?q", "www.youtube.com/redirects-im-web?q"),
            *("vk.com/awaydays?to", "vk.com/away.phpx?to", "getpocket.com/redirecting?url", "medium.com/r/neu?url"),
            *("www.facebook.com/l.php5?u", "t.umblr.com/redirected?z", "slack-redir.net/links?url"),
            *("www.linkedin.com/safety/golf?url", "www.pinterest.de/offsites?url", "duckduckgo.com/lab?uddg"),
        )
    ],
    ("https://notl.facebook.com.firma.de/l.php?u=https://a.de/", "https://a.de/"),
    ("https://firma.de/amp/s/a.de/neu", "https://a.de/neu"),
]

PIECES = [
    *("http://", "HTTPS://", "://", "firma.de", "www.", "m.", "amp.", "xn--", "Ü", "ß", "。", ":", ":80", ":443", "@"),
    *("/", "//", "/../", "%2e%2e", ".", "..", "%2F", "%2f", "%25", "%", "%C3", "%fc", "?", "&", "=", "&amp;", "&#38;"),
    *("amp;", "utm_source=x", "fbclid=", "ref=", "ref=x", "amp", "amp=", "/amp", ".amp", ".html", "index.php", "+"),
    *("index.html", ";jsessionid=1", ";", "#", "#!", "#/", "#:~:text=", "(", ")", ").", "]", "„", "“", "…", "!", ","),
    *("'", "%2B", "%20", "a", "B", "id=2", "[::1]", "[", " ", "\ud800", "\udcff", "\x00", "\u200b", "\u0308", "u", "1"),
    *("https://l.facebook.com/l.php?u=", "google.com/url?q=", "https://cdn.ampproject.org/c/s/"),
    *("youtu.be/", "co.uk", "twitter.com", "de-de.facebook.com", "share=x", "nb=1", "source=rss", "%21"),
]


@pytest.mark.parametrize(("a", "b"), SAME)
def test_these_are_one_article(a: str, b: str) -> None:
    assert canonical_link(a) == canonical_link(b)


@pytest.mark.parametrize(("a", "b"), DIFFERENT)
def test_these_are_two_articles(a: str, b: str) -> None:
    assert canonical_link(a) != canonical_link(b)


def _articles() -> list[list[str]]:
    """The articles of the table, each with all its spellings."""
    articles: list[list[str]] = []
    for line in SPELLINGS.read_text(encoding="utf-8").splitlines()[1:]:
        if line.startswith(" "):
            articles[-1].append(line.strip())
        else:
            articles.append([line])
    return articles


def test_every_spelling_of_an_article_has_its_one_canonical_link() -> None:
    wrong = [links for article in _articles() if len(links := {canonical_link(url) for url in article}) > 1]
    assert not wrong


def test_no_two_articles_share_a_canonical_link() -> None:
    told = defaultdict(list)
    for first, *_ in _articles():
        told[canonical_link(first)].append(first)
    assert len(told) > 300
    assert not [merged for merged in told.values() if len(merged) > 1]


@pytest.mark.skipif(not PAIRS.exists(), reason="the shared pairs are not on this machine")
def test_the_shared_pairs_are_judged_right() -> None:
    with PAIRS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    wrong = [row for row in rows if (canonical_link(row["a"]) == canonical_link(row["b"])) != (row["same"] == "1")]
    assert rows
    assert not wrong


@pytest.mark.parametrize(
    "front",
    [
        *("https://firma.de", "http://www.firma.de/", "https://firma.de/index.html", "https://firma.de/index.php"),
        *("https://firma.de/?utm_source=facebook", "https://firma.de/?fbclid=1", "https://firma.de/index.php?gclid=1"),
        *(
            "https://firma.de/?ref=facebook",
            "https://firma.de/?amp=1",
            "https://m.firma.de/#team",
            "https://firma.de/#!",
        ),
        *("https://firma.de/./", "https://firma.de/a/../", "https://l.facebook.com/l.php?u=https%3A%2F%2Ffirma.de%2F"),
        *("https://www.google.com/url?q=https://firma.de/", "https://firma.de/;jsessionid=1", "https://firma.de/."),
    ],
)
def test_a_front_page_is_no_story_however_it_is_spelled(front: str) -> None:
    assert story_of(front) == ""


def test_what_is_no_link_is_no_story() -> None:
    assert [story_of(text) for text in ("", "firma.de/neu", "https://[", "mailto:a@firma.de")] == [""] * 4


@pytest.mark.parametrize(
    ("link", "story"),
    [
        ("https://www.firma.de/neu/?utm_source=facebook", ARTICLE),
        ("https://firma.de/?p=7&fbclid=1", "https://firma.de/?p=7"),
        ("https://firma.de/#!neu", "https://firma.de/#!/neu"),
        ("https://firma.de/?utm_source=facebook#!/neu", "https://firma.de/#!/neu"),
        ("https://firma.de/index.html#/neu", "https://firma.de/#/neu"),
    ],
)
def test_the_story_of_a_link_is_its_article(link: str, story: str) -> None:
    assert story_of(link) == story


def test_a_canonical_link_is_an_https_link_that_can_be_opened() -> None:
    link = "http://user@www.Müller.de:80/Über uns/?b=2&utm_source=x&a=ß&a=1#team"
    assert canonical_link(link) == "https://xn--mller-kva.de/%C3%9Cber%20uns?a=%C3%9F&a=1&b=2"


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "x",
            "mailto:a@firma.de",
            "www.firma.de/neu",
            "//firma.de/neu",
            "/neu",
            "https://",
            "http:///neu",
            "https:.",
        ),
        *(
            "https://[",
            "https://[::1",
            "https://a:b/",
            "https://a:99999/",
            "https://fir ma.de",
            "https://a..de/",
            "ftp://a.de",
        ),
        *(
            "https://a%2Fb.de/",
            "https://℀.de/",
            "https://\ud800",
            "https://xn--\ud83d.de\\x",
            "https://firma.de//" + "a" * 9000,
        ),
        f"https://{'a.' * 200}de//",
    ],
)
def test_what_is_no_web_address_comes_back_stripped(text: str) -> None:
    assert canonical_link(f" {text}\n") == text


def test_a_bracket_that_belongs_to_the_link_stays() -> None:
    link = "https://de.wikipedia.org/wiki/Bonn_(Band)"
    assert canonical_link(f"({link}).") == link


def _links() -> st.SearchStrategy[str]:
    """Texts made of the pieces that links are made of, in any order, and of anything else."""
    return st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=14).map("".join)


@given(_links() | _links().map("https://firma.de/".__add__))
def test_any_text_has_one_canonical_form(text: str) -> None:
    link = canonical_link(text)
    assert canonical_link(link) == link
    assert link == text.strip() or (link.startswith("https://") and link.isascii())


@given(_links())
def test_any_text_can_be_unwrapped_once(text: str) -> None:
    assert unwrap(unwrap(text)) == unwrap(text)


@pytest.mark.parametrize(
    ("shim", "target"),
    [
        (
            "https://l.facebook.com/l.php?u=https%3A%2F%2Ffirma.de%2F%3Fa%3D1%26fbclid%3DIw%26b%3D2&h=AT",
            "https://firma.de/?a=1&b=2",
        ),
        (
            "https://lm.facebook.com/l.php?u=http%3A%2F%2Fwww.firma.de%2Fneu%2F%3Futm_id%3D1",
            "http://www.firma.de/neu/?utm_id=1",
        ),
        (
            "https://external.xx.fbcdn.net/safe_image.php?w=1&url=https%3A%2F%2Ffirma.de%2Fa.jpg",
            "https://firma.de/a.jpg",
        ),
        (
            "https://l.facebook.com/l.php?u=https%3A%2F%2Ffirma.de%2Fneu%3Ffbclid%3DIw%23team",
            "https://firma.de/neu#team",
        ),
    ],
)
def test_a_shim_leads_to_the_link_as_it_was_posted(shim: str, target: str) -> None:
    assert unwrap(shim) == target


@pytest.mark.parametrize(
    "link",
    [
        "https://www.firma.de/neu/?utm_source=x",
        "https://l.facebook.com/l.php?u=javascript%3Aalert(1)",
        "https://l.facebook.com/l.php?u=file%3A%2F%2F%2Fetc%2Fpasswd",
        "https://l.facebook.com/l.php",
        "no link",
    ],
)
def test_any_other_link_unwraps_to_itself(link: str) -> None:
    assert unwrap(link) == link


def test_a_link_wrapped_without_end_comes_back_as_it_is() -> None:
    link = "https://l.facebook.com/l.php?u=" * 100 + ARTICLE
    assert canonical_link(link) == link


@pytest.mark.parametrize(
    ("link", "host"),
    [
        ("http://www.bit.ly/3kTq", "bit.ly"),
        (" https://m.Firma.de:8080/neu", "firma.de"),
        ("https://[::1]/a", "[::1]"),
        ("https://[", ""),
        ("firma.de/neu", ""),
        ("https://" + "e\u0301\u0327" * 9000, ""),
    ],
)
def test_the_host_of_a_link_is_its_site(link: str, host: str) -> None:
    assert host_of(link) == host

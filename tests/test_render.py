"""Tweets that a press officer would sign."""

import json
import os
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import words_yardstick as yardstick
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from words_account import NOON, PaperAccount, an_item

from connectors.contract import Draft, Image, Item, Offer
from connectors.tweet_length import find_links, tweet_length
from templates.render import Renderer, TemplateError, Wording, WrongVoice

ACCOUNT = PaperAccount()
LINK = "https://blog.example.com/laden"
MENTION = re.compile(r"(?:^|[^A-Za-z0-9_!#$%&*@＠]|(?:^|[^A-Za-z0-9_+~.-])(?:rt|RT|rT|Rt):?)[@＠][A-Za-z0-9_]")
CASHTAG = re.compile(r"(?:^|\s)\$[A-Za-z]{1,6}(?:[._][A-Za-z]{1,2})?(?=$|[\s.,!?])")

Write = Callable[..., Draft]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Renders an item with a template that is given in words."""

    def write(template: str, item: Item | None = None, *, limit: int = 280, **wording: Any) -> Draft:
        (tmp_path / "own.j2").write_text(template, encoding="utf-8")
        renderer = Renderer([tmp_path])
        return renderer.render(item or an_item(), Wording(template="own.j2", **wording), PaperAccount(limit=limit))

    return write


def tweet(template: str = "blog.j2", **parts: object) -> str:
    return Renderer().render(an_item(**parts), Wording(template=template), ACCOUNT).text


def seen(text: str) -> str:
    """The text without what nobody sees."""
    return text.replace("\u200b", "")


# --- The shipped templates --------------------------------------------------------------------------------------------


def test_a_german_blog_post() -> None:
    draft = Renderer().render(an_item(), Wording(template="blog.j2"), ACCOUNT)
    assert draft.text == (
        "Neue Öffnungszeiten in Köln\n\n"
        "Ab dem 1. Dezember ist unser Laden am Neumarkt auch samstags bis 20 Uhr offen. Das haben sich viele gewünscht."
        "\n\n#Büromöbel #KünstlicheIntelligenz\nhttps://blog.example.com/neue-oeffnungszeiten"
    )
    assert draft.link == "https://blog.example.com/neue-oeffnungszeiten"
    assert draft.weight == tweet_length(draft.text) <= 280
    assert draft.price == Decimal("0.200")


def test_an_english_facebook_post() -> None:
    text = "We are open late on Saturdays! 🎉 See you there.\nMore: https://example.com/late"
    words = tweet("facebook.j2", title="", text=text, language="", tags=(), link="https://example.com/late")
    assert words == "We are open late on Saturdays! 🎉 See you there.\n\nhttps://example.com/late"


@pytest.mark.parametrize(
    ("language", "price", "line"),
    [("de", "19,99 €", "→ 19,99 €, nur bis 30. November"), ("en", "€19.99", "→ €19.99, until 30 November")],
)
def test_an_offer_names_its_price_and_its_end(language: str, price: str, line: str) -> None:
    offer = Offer(price=price, until=datetime(2026, 11, 30, 22, tzinfo=UTC))
    assert line in tweet("offer.j2", offer=offer, language=language).split("\n")


@pytest.mark.parametrize(
    ("offer", "line"),
    [
        (Offer(price="19,99 €"), "→ 19,99 €"),
        (Offer(until=datetime(2026, 11, 30, tzinfo=UTC)), "→ nur bis 30. November"),
        (Offer(until=datetime(2027, 1, 2, tzinfo=UTC)), "→ nur bis 2. Januar 2027"),
    ],
)
def test_an_offer_may_lack_one_of_the_two(offer: Offer, line: str) -> None:
    assert line in tweet("offer.j2", offer=offer).split("\n")


def test_the_offer_template_takes_what_is_no_offer() -> None:
    assert "→" not in tweet("offer.j2", offer=None)
    assert "→" not in tweet("offer.j2", offer=Offer())


def test_days_are_those_of_the_given_timezone() -> None:
    item = an_item(offer=Offer(until=datetime(2026, 11, 30, 23, 30, tzinfo=UTC)))
    draft = Renderer(timezone=ZoneInfo("Europe/Berlin")).render(item, Wording(template="offer.j2"), ACCOUNT)
    assert "nur bis 1. Dezember" in draft.text


@pytest.mark.parametrize("template", ["blog.j2", "facebook.j2", "offer.j2"])
@pytest.mark.parametrize("missing", ["title", "text", "link", "tags"])
def test_every_shipped_template_takes_an_item_without(template: str, missing: str) -> None:
    words = tweet(template, **{missing: () if missing == "tags" else ""})
    assert words
    assert words == words.strip()
    assert "\n\n\n" not in words


# --- What gives way ---------------------------------------------------------------------------------------------------


def test_the_link_is_whole_and_last_and_the_text_gives_way(write: Write) -> None:
    draft = write("{{ item.text | fit }} {{ item.link }}", limit=120)
    assert draft.text.endswith(f". {an_item().link}")
    assert draft.weight <= 120


def test_the_lowest_number_gives_way_first(write: Write) -> None:
    item = an_item(title="Neue Öffnungszeiten in Köln am Neumarkt und in der Südstadt")
    assert write("{{ item.title | fit(2) }}\n{{ item.text | fit(1) }}", item, limit=100).text.startswith(item.title)
    assert write("{{ item.title | fit(1) }}\n{{ item.text | fit(2) }}", item, limit=330).text.endswith(item.text)


def test_hashtags_drop_from_the_end(write: Write) -> None:
    item = an_item(tags=("Eins", "Zwei", "Drei"))
    lengths = [
        write("{{ item.title }} {{ item.tags | hashtags }}", item, limit=limit).text for limit in (45, 39, 33, 28)
    ]
    assert [text.removeprefix(item.title).strip() for text in lengths] == [
        "#Eins #Zwei #Drei",
        "#Eins #Zwei",
        "#Eins",
        "",
    ]


def test_hashtags_drop_before_the_text_says_nothing(write: Write) -> None:
    item = an_item(tags=("Eins", "Zwei", "Drei"), text="Unser Laden ist jetzt auch samstags offen.")
    draft = write("{{ item.text | fit }}\n{{ item.tags | hashtags }}", item, limit=48)
    assert draft.text == "Unser Laden ist jetzt auch samstags offen.\n#Eins"


def test_the_tweet_is_exact_to_the_weight(write: Write) -> None:
    for limit in range(60, 130):
        text = "ab " * 60
        draft = write("{{ item.text | fit }} {{ item.link }}", an_item(text=text, title="", language="en"), limit=limit)
        assert limit - 3 < draft.weight <= limit


def test_a_premium_account_says_it_all(write: Write) -> None:
    text = "\n".join(f"Das ist der Satz Nummer {number} in diesem Text." for number in range(300))
    assert text in write("{{ item.text | fit }}\n\n{{ item.link }}", an_item(text=text), limit=25_000).text


def test_one_endless_word_is_cut_rather_than_nothing_said(write: Write) -> None:
    draft = write("{{ item.text | fit }}", an_item(title="", text="Hu" * 200, tags=()), limit=100)
    assert draft.text.startswith("HuHuHu")
    assert draft.text.endswith("…")


# --- What is said -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "text", "said"),
    [
        ("Neu in Köln", "Neu in Köln\nWir haben offen.", "Neu in Köln\n\nWir haben offen."),
        ("Neu in Köln", "Neu in Köln! Wir haben offen.", "Neu in Köln\n\nWir haben offen."),
        ("Neu in Köln", "NEU IN KÖLN: wir haben offen.", "Neu in Köln\n\nwir haben offen."),
        ("Neu in Köln", "Neu in Köln ist unser Laden.", "Neu in Köln ist unser Laden."),
        ("Neu in Köln ist…", "Neu in Köln ist unser Laden.", "Neu in Köln ist unser Laden."),
        ("Neu in Köln", "Neu in Köln", "Neu in Köln"),
        ("Neu in Köln und Bonn", "Neu in Köln", "Neu in Köln und Bonn"),
        ("Unser Laden in Köln ist neu", "Ist unser Laden in Köln neu? Ja.", "Unser Laden in Köln ist neu\n\nJa."),
        ("Neues aus Köln", "Wir haben offen.", "Neues aus Köln\n\nWir haben offen."),
        ("Untitled", "Wir haben offen.", "Wir haben offen."),
    ],
)
def test_nothing_is_said_twice(title: str, text: str, said: str) -> None:
    assert tweet(title=title, text=text, tags=(), link="") == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Wir haben offen. Mehr dazu: https://a.de/1", "Wir haben offen."),
        ("Wir haben offen.\nMehr Infos unter www.a.de/x", "Wir haben offen."),
        ("Wir haben offen 👉 https://a.de/1", "Wir haben offen."),
        ("Wir haben offen! Mehr Infos unter https://a.de/1 #Köln", "Wir haben offen! #Köln"),
        ("Wir haben (https://a.de/1) offen.", "Wir haben offen."),
        ("Unter https://www.a.de/1?x=2 gibt es den ganzen Plan.", "Unter a.de gibt es den ganzen Plan."),
        ("Den ganzen Plan für das Jahr gibt es auf https://a.de/1.", "Den ganzen Plan für das Jahr gibt es auf a.de."),
        ("https://a.de/1\nhttps://a.de/2\nWir haben offen.", "Wir haben offen."),
        ("Neu im Blog: https://a.de/1", "Neu im Blog"),
    ],
)
def test_addresses_in_the_text_make_way_for_the_link(text: str, said: str) -> None:
    words = tweet(title="", text=text, tags=(), link=LINK)
    assert seen(words) == f"{said}\n\n{LINK}"
    assert len(find_links(words)) == 1


def test_an_address_in_the_text_is_the_link_of_an_item_that_has_none() -> None:
    draft = Renderer().render(
        an_item(link="", text="Wir haben offen. Mehr: https://a.de/1.", tags=()),
        Wording(template="facebook.j2"),
        ACCOUNT,
    )
    assert draft.text == "Wir haben offen.\n\nhttps://a.de/1"
    assert draft.link == "https://a.de/1"


def test_accidental_links_are_words_again() -> None:
    text = "Wir lesen README.md und lieben ASP.NET, Booking.com und Co. Es ist so weit today.It begins. (x.de)"
    words = tweet(title="", text=text, tags=(), link="")
    assert find_links(words) == []
    assert seen(words) == text.replace("today.It", "today. It")


def test_a_link_that_two_parts_would_make_together_is_none(write: Write) -> None:
    draft = write("{{ item.title | fit }}.{{ item.author | fit }}", an_item(title="Wien", author="it", text=""))
    assert find_links(draft.text) == []


@pytest.mark.parametrize("template", ["{{ item.text | fit }} {{ item.link }}", "{{ item.text }} {{ item.link }}"])
@pytest.mark.parametrize("name", ["@firma.de", "$firma.de", "@ASP.NET"])
def test_a_name_is_no_link_even_if_it_is_the_host_of_the_items_own(write: Write, template: str, name: str) -> None:
    link = "https://firma.de/blog/x"
    draft = write(template, an_item(title="", text=f"Folgt uns: {name}!", link=link))
    assert [draft.text[start:end] for start, end in find_links(draft.text)] == [link]


def test_the_host_of_the_link_is_no_link_where_two_parts_make_it(write: Write) -> None:
    item = an_item(title="firma", text="de", link="https://firma.de/blog/x")
    draft = write("{{ item.title | fit }}.{{ item.text | fit }} {{ item.link }}", item)
    assert [draft.text[start:end] for start, end in find_links(draft.text)] == [item.link]


def test_strangers_are_not_pinged(write: Write) -> None:
    item = an_item(
        title="Danke @zoo", text="RT @a und ＠b, .@c! rt@d, info@example.com kostet $TSLA oder 5 $.", author="@me"
    )
    text = write("{{ item.title }} {{ item.text }} {{ item.author }}", item).text
    assert not MENTION.search(text)
    assert not CASHTAG.search(text)
    assert "info@example.com" in text
    assert seen(text) == f"{item.title} {item.text} {item.author}"


@pytest.mark.parametrize(
    ("template", "parts"),
    [
        ("{{ item.images[0].alt }}", {"images": (Image(url="https://a.de/1.jpg", alt="Foto: @zoo für $TSLA"),)}),
        ("{{ item.id }}", {"id": "https://social.example/@zoo/7"}),
        ("{{ item.title }}{{ item.author }}", {"title": "Danke @", "author": "zoo"}),
        ("{{ item.title }}{{ item.author }}", {"title": "Nur 5 $", "author": "TSLA"}),
        ("{{ item.text | fit }}{{ item.author }}", {"text": "Danke ＠", "author": "zoo"}),
        ("{{ item.tags | join(' ') }}", {"tags": ("@zoo", "$TSLA")}),
        ("{{ item.extra.get('von') }}", {"extra": {"von": ".@zoo"}}),
    ],
)
def test_no_part_of_an_item_pings_a_stranger(write: Write, template: str, parts: dict[str, Any]) -> None:
    text = write(template, an_item(**parts)).text
    assert not MENTION.search(text)
    assert not CASHTAG.search(text)


def test_a_route_may_allow_mentions_and_a_template_may_make_them(write: Write) -> None:
    assert "@zoo" in write("{{ item.text }}", an_item(text="Danke @zoo"), mentions=True).text
    assert write("via @firma: {{ item.title }}").text.startswith("via @firma")


def test_a_link_that_the_template_spells_out_stays(write: Write) -> None:
    draft = write("{{ item.text | fit }} Newsletter: https://example.com/news", an_item(link=""))
    assert draft.link == "https://example.com/news"


def test_a_template_may_add_to_the_link(write: Write) -> None:
    draft = write("{{ item.title }} {{ item.link }}?utm_source=x", an_item(link=LINK))
    assert draft.link == f"{LINK}?utm_source=x"


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("Alles dazu:{{ item.link }}", f"Alles dazu: {LINK}"),
        ("({{ item.link }})", f"({LINK})"),
        ("{{ item.link }}Mehr", f"{LINK} Mehr"),
        ("{{ item.link }}(Neu", f"{LINK} (Neu"),
        ("{{ item.text | fit }}{{ item.link }}{{ item.tags | hashtags }}", f"Ja. {LINK} #Eins"),
        ("{{ item.link }}{{ item.link }}", f"{LINK} {LINK}"),
    ],
)
def test_a_link_stands_apart_from_words(write: Write, template: str, text: str) -> None:
    draft = write(template, an_item(link=LINK, text="Ja.", tags=("Eins",)))
    assert draft.text == text
    assert draft.link == LINK


def test_a_link_on_this_machine_is_the_link_too(write: Write) -> None:
    assert write("{{ item.link }}", an_item(link="http://127.0.0.1:8000/7")).link == "http://127.0.0.1:8000/7"


def test_markup_that_came_as_words_is_none() -> None:
    assert tweet(title="<p>M&uuml;ller &amp; S&ouml;hne</p>", text="", tags=(), link="") == "Müller & Söhne"


def test_pictures_come_along_if_the_route_says_so() -> None:
    pictures = tuple(Image(url=f"https://a.de/{number}.jpg") for number in range(6))
    item = an_item(images=pictures)
    assert Renderer().render(item, Wording(template="blog.j2"), ACCOUNT).images == ()
    assert Renderer().render(item, Wording(template="blog.j2", images=True), ACCOUNT).images == pictures[:4]


def test_a_draft_in_the_wrong_voice_is_held() -> None:
    item = an_item(text="Unser Laden ist offen. Wir freuen uns auf Sie und Ihre Familie.")
    with pytest.raises(WrongVoice, match="addresses readers the other way") as caught:
        Renderer().render(item, Wording(template="blog.j2", voice="du"), ACCOUNT)
    assert caught.value.sentence == "Wir freuen uns auf Sie und Ihre Familie."
    assert Renderer().render(item, Wording(template="blog.j2", voice="sie"), ACCOUNT)


def test_the_voice_of_the_template_counts_too(write: Write) -> None:
    with pytest.raises(WrongVoice):
        write("Das ist für dich: {{ item.text | fit }}", voice="sie")


# --- Templates that fail ----------------------------------------------------------------------------------------------


def test_a_missing_template_is_named_with_the_folders(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match=r"no template 'blgo.j2' in .*Write that file, or name another"):
        Renderer([tmp_path]).check("blgo.j2")


def test_a_mistake_is_found_before_anything_runs(tmp_path: Path) -> None:
    (tmp_path / "own.j2").write_text("{{ item.title }}\n{% if %}")
    with pytest.raises(TemplateError, match=r"own.j2, line 2: .*Correct this line; what a template may use stands in"):
        Renderer([tmp_path]).check("own.j2")


def test_an_unknown_filter_is_found_before_anything_runs(tmp_path: Path) -> None:
    (tmp_path / "own.j2").write_text("\n\n{{ item.title | shorten }}")
    with pytest.raises(TemplateError, match=r"own.j2, line 3: No filter named 'shorten'"):
        Renderer([tmp_path]).check("own.j2")


def test_a_template_of_ones_own_takes_the_place_of_a_shipped_one(tmp_path: Path) -> None:
    (tmp_path / "blog.j2").write_text("Unser Blog: {{ item.title }}")
    renderer = Renderer([tmp_path])
    renderer.check("facebook.j2")
    assert renderer.render(an_item(), Wording(template="blog.j2"), ACCOUNT).text.startswith("Unser Blog: ")


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("a\n{{ itm.title }}", r"own.j2, line 2: 'itm' is undefined"),
        ("a\n\n{{ item.titel }}", r"own.j2, line 3: .*no attribute 'titel'"),
        ("{{ account.api_key }}", r"line 1: .*no attribute 'api_key'"),
        ("{{ item.__class__ }}", r"line 1: .*unsafe"),
        ("{{ item.text.format(1) }}", r"line 1: a template cannot call format: use a filter"),
        ("{{ shout(item.title) }}", r"line 1: 'shout' is undefined"),
        ("{{ 'a' * 10 }}", r"line 1: .*calculate with \*"),
        ("{{ '%900000000d' % 1 }}", r"line 1: .*calculate with %"),
        ("{{ (item.text, item.text) | join(item) }}", r"line 1: only words and numbers can be printed"),
        ("{{ item.title | fit('first') }}", r"line 1: the order of fit is a number, as in fit\(2\)"),
        ("{{ item.offer | day }}", r"line 1: day prints a moment"),
        ("{{ item.tags[9] }}", r"line 1: .*has no element 9"),
        ("{{ 1 / 0 }}", r"line 1: division by zero"),
        ("{{ 5 | round(-9) }}", r"line 1: round\(-9\): the digits after the point are 0 to 9"),
        ("{% include 'foot.j2' %}", r"line 1: there is no file 'foot.j2' to include: write it, or correct the name"),
        ("{% include item.title %}", r"line 1: include takes the name of one file and nothing more"),
        ("{% include 'blog.j2' ignore missing %}", r"line 1: include takes the name of one file"),
        ("{% include 'blog.j2' without context %}", r"line 1: include takes the name of one file"),
    ],
)
def test_a_template_that_fails_says_where_and_why(write: Write, template: str, message: str) -> None:
    with pytest.raises(TemplateError, match=message) as caught:
        write(template)
    assert "own.j2" in str(caught.value)
    assert "a-secret" not in str(caught.value)


LARGE = (
    "{% set words = item.text | replace('', '"
    + "x" * 100
    + "') %}{% set words = words ~ words ~ words ~ words %}"
    + ("{% set other = words ~ '' %}")
)


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("{% for i in range(10**9) %}{% endfor %}", r"line 1: .*calculate with \*\*"),
        ("{% for i in range(1001) %}{% endfor %}", r"line 1: range makes more than 1,000 numbers"),
        ("{% for i in range(999) %}\n{% if range(999) | list %}{% endif %}{% endfor %}", r"line 2: .*loop over less"),
        ("{% for i in range(999) %}{% for j in range(999) %}{% endfor %}{% endfor %}", r"line 1: .*loop over less"),
        ("{% for i in range(999) %}" + "{{ item.link[:0] }}" * 200 + "{% endfor %}", r"line 1: .*loop over less"),
        ("{% for i in range(999) %}" + "{% if item %}{% endif %}" * 200 + "{% endfor %}", r"line 1: .*loop over less"),
        ("{% for i in range(999) %}{{ item.text }}{{ item.text }}{% endfor %}", r"line 1: .*prints more than 200,000"),
        ("{% for i in range(999) %}" + "so viele Worte " * 20 + "{% endfor %}", r"line 1: .*prints more than 200,000"),
        (
            "{% for i in range(11) %}{{ item.text | fit }}{% endfor %}",
            r"line 1: more than 10 parts have fit or hashtags",
        ),
        ("{% set a = 9999999 %}{% set b = a * a %}{{ b * b }}", r"line 1: .*something very large"),
        ("{% set a = item.text ~ item.text %}" + "{% set a = a ~ a ~ a ~ a %}" * 20, r"line 1: .*something very large"),
        ("{% set a = item.text %}" + "{% set a = a + a %}" * 30, r"line 1: .*something very large"),
        ("{% set a = item.tags %}" + "{% set a = a + a %}" * 30, r"line 1: .*loop over less"),
        ("{% set a = [1] %}" + "{% set a = [a, a] %}" * 40 + "{{ a }}", r"line 1: a list within a list"),
        ("{% set a = (1, 2) %}" + "{% set a = {1: a, 2: a} %}" * 40 + "{{ a }}", r"line 1: a list within a list"),
        ("{{ item.text | replace('', item.text) | replace('', item.text) }}", r"line 1: .*something very large"),
        (
            "{% for tag in item.tags recursive %}{{ loop(item.tags) }}{% endfor %}",
            r"line 1: a loop cannot be recursive",
        ),
        (LARGE + "{% for i in range(99) %}{% if words == other %}{% endif %}{% endfor %}", r"line 1: .*loop over less"),
        (LARGE + "{% for i in range(99) %}{% if words in other %}{% endif %}{% endfor %}", r"line 1: .*loop over less"),
        (
            LARGE + "{% for i in range(99) %}{% if words is eq other %}{% endif %}{% endfor %}",
            r"line 1: .*loop over less",
        ),
        (LARGE + "{% for i in range(99) %}{% if words[1:] %}{% endif %}{% endfor %}", r"line 1: .*loop over less"),
        (LARGE + "{% for i in range(99) %}{% if words | upper %}{% endif %}{% endfor %}", r"line 1: .*loop over less"),
        (LARGE + "{% for i in range(99) %}{% if words.upper() %}{% endif %}{% endfor %}", r"line 1: .*loop over less"),
        ("x" * 20_001, r"line 1: a file of more than 20,000 characters is no template of a tweet"),
        ("{% if item.title %}" * 200 + "{% endif %}" * 200, r"too deep for anybody to read. Simplify it"),
    ],
)
def test_a_template_that_would_never_end_ends_with_its_line_and_a_remedy(
    write: Write, template: str, message: str
) -> None:
    with pytest.raises(TemplateError, match=f"own.j2.*{message}"):
        write(template)


@pytest.mark.parametrize(
    ("template", "tag"),
    [
        ("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "macro"),
        ("{% call item.title() %}{% endcall %}", "call"),
        ("{% filter upper %}{{ item.text | fit }}{% endfilter %}", "filter"),
        ("{% set words %}{{ item.text | fit }}{% endset %}{{ words }}", "set … %}…{% endset"),
        ("{% block words %}{{ self.words() }}{% endblock %}", "block"),
        ("{% extends 'own.j2' %}", "extends"),
        ("{% import 'own.j2' as own %}", "import"),
        ("{% from 'own.j2' import words %}", "from … import"),
        ("{% autoescape true %}{{ item.text }}{% endautoescape %}", "autoescape"),
    ],
)
def test_what_is_for_web_pages_is_no_part_of_a_template(write: Write, template: str, tag: str) -> None:
    with pytest.raises(TemplateError, match=rf"own.j2, line 2: a template knows no {{% {tag} %}}: write the words out"):
        write("{{ item.title }}\n" + template)


def in_folder(folder: Path, **files: str) -> Renderer:
    for name, template in files.items():
        (folder / f"{name}.j2").write_text(template, encoding="utf-8")
    return Renderer([folder])


def test_a_template_may_share_a_file_with_another(tmp_path: Path) -> None:
    renderer = in_folder(tmp_path, own="{{ item.title }}{% include 'foot.j2' %}", foot=" von {{ account.name }}")
    assert renderer.render(an_item(), Wording(template="own.j2"), ACCOUNT).text == f"{an_item().title} von office"


@pytest.mark.parametrize(
    ("own", "foot", "place", "way"),
    [
        ("{% include 'own.j2' %}" * 2, "", "own.j2, line 1", "own.j2 → own.j2"),
        ("a\n{% if false %}{% include 'own.j2' %}{% endif %}", "", "own.j2, line 2", "own.j2 → own.j2"),
        ("{% include 'foot.j2' %}", "\n\n{% include 'own.j2' %}", "foot.j2, line 3", "own.j2 → foot.j2 → own.j2"),
        ("{% include 'foot.j2' %}", "{% include 'foot.j2' %}", "foot.j2, line 1", "foot.j2 → foot.j2"),
    ],
)
def test_a_file_that_includes_itself_is_found_before_anything_runs(
    tmp_path: Path, own: str, foot: str, place: str, way: str
) -> None:
    renderer = in_folder(tmp_path, own=own, foot=foot)
    with pytest.raises(TemplateError, match=rf"{place}: this file includes itself, .*\({way}\): take this include out"):
        renderer.check("own.j2")


def test_an_include_that_is_edited_into_a_circle_is_found_by_the_next_render(tmp_path: Path) -> None:
    renderer = in_folder(tmp_path, own="{% include 'foot.j2' %}", foot="{{ item.title }}")
    assert renderer.render(an_item(), Wording(template="own.j2"), ACCOUNT).text == an_item().title
    in_folder(tmp_path, foot="{% include 'own.j2' %}")
    os.utime(tmp_path / "foot.j2", (0, 0))
    with pytest.raises(TemplateError, match=r"own.j2, line 1: this file includes itself"):
        renderer.render(an_item(), Wording(template="own.j2"), ACCOUNT)


def test_files_that_include_the_next_one_twice_are_not_followed_for_ever(tmp_path: Path) -> None:
    twice = {f"a{number}": f"{{% include 'a{number + 1}.j2' %}}" * 9 for number in range(9)}
    renderer = in_folder(tmp_path, **twice, a9="{{ item.title }}")
    with pytest.raises(TemplateError, match=r"a\d.j2, line 1: the template does more than 100,000 things"):
        renderer.render(an_item(), Wording(template="a0.j2"), ACCOUNT)


def test_a_long_chain_of_files_is_too_deep(tmp_path: Path) -> None:
    chain = {f"a{number}": f"{{% include 'a{number + 1}.j2' %}}" for number in range(20)}
    with pytest.raises(
        TemplateError, match=r"line 1: more than 10 files include one another: put their words together"
    ):
        in_folder(tmp_path, **chain, a20="").check("a0.j2")


def test_a_mistake_in_an_included_file_is_told_with_that_file(tmp_path: Path) -> None:
    renderer = in_folder(tmp_path, own="{% include 'foot.j2' %}", foot="a\n{{ item.titel }}")
    with pytest.raises(TemplateError, match=r"foot.j2, line 2: .*no attribute 'titel'"):
        renderer.render(an_item(), Wording(template="own.j2"), ACCOUNT)


@pytest.mark.parametrize(
    "misuse",
    [
        "{{ item.text | fit | length }}",
        "{{ item.text | fit | upper }}",
        "{{ item.text | fit | fit }}",
        '{% if item.text | fit == "" %}leer{% endif %}',
        "{% if item.text | fit %}{{ item.title }}{% endif %}",
        "{% if item.text | fit is defined %}{{ item.title }}{% endif %}",
        '{{ (item.text | fit) ~ "x" }}',
        '{{ "x" ~ item.text | fit }}',
        '{{ (item.text | fit) + "x" }}',
        "{{ item.title | fit or item.text | fit }}",
        "{{ (item.text | fit)[:2] }}",
        "{{ item.title.startswith(item.text | fit) }}",
        "{{ [item.text | fit] | first }}",
        "{{ item.title if item.text | fit else item.text }}",
        "{% set words = item.text | fit %}{{ words }}",
        "{% for letter in item.text | fit %}{{ letter }}{% endfor %}",
        "{{ item.tags | hashtags | length }}",
        "{{ item.tags | hashtags | fit }}",
        "{% if item.tags | hashtags %}{{ item.title }}{% endif %}",
    ],
)
def test_a_mark_that_is_not_printed_is_found_before_anything_runs(tmp_path: Path, misuse: str) -> None:
    renderer = in_folder(tmp_path, own=f"{{{{ item.title }}}}\n{misuse}")
    with pytest.raises(
        TemplateError, match=r"own.j2, line 2: fit and hashtags mark what is printed, so they stand last within {{ }}"
    ):
        renderer.check("own.j2")


def test_either_side_of_a_choice_may_shrink(write: Write) -> None:
    template = "{{ item.text | fit if account.limit < 300 else item.title | fit }}"
    assert write(template, limit=280).text.startswith("Ab dem 1. Dezember")
    assert write(template, limit=300).text == an_item().title


@pytest.mark.parametrize(
    "words", ["item", "item.tags", "item.published", "item.images", "item.title == 'Neu'", "range(3)"]
)
def test_what_is_neither_words_nor_a_number_is_not_printed(write: Write, words: str) -> None:
    with pytest.raises(
        TemplateError, match=r"own.j2, line 1: only words and numbers can be printed.*print a part of it"
    ):
        write(f"{{{{ {words} }}}}")


def test_what_the_source_does_not_have_prints_nothing(write: Write) -> None:
    assert (
        write("{{ item.title }}{{ item.updated }}{{ item.offer | fit }}", an_item(updated=None)).text == an_item().title
    )


def test_too_long_is_an_error_with_its_remedy(write: Write) -> None:
    with pytest.raises(TemplateError, match=r"weighs \d+, and the limit is 280. Mark what may shrink, as in \{\{"):
        write("{{ item.title }} {{ item.text }}")


def test_a_link_in_what_may_shrink_is_an_error_once_it_would_be_cut(write: Write) -> None:
    with pytest.raises(TemplateError, match=r"the link would be cut. Print it outside of fit"):
        write("{{ (item.text ~ ' ' ~ item.link) | fit }}")


@pytest.mark.parametrize("words", ["", "  \n ", "…", "\u200b\u200b", "\u2060"])
def test_an_empty_tweet_is_an_error_with_its_remedy(write: Write, words: str) -> None:
    with pytest.raises(TemplateError, match=r"empty tweet of blog:7. Print item.title, item.text or item.link outside"):
        write("{{ item.title }} {{ item.text | fit }}", an_item(id="7", title=words, text=words))


@pytest.mark.parametrize(
    "hostile",
    ["{{ 7*7 }} {% raw %}", "\ufdd00\ufdd1\ufdd1", "\ue0000\ue001", "a\u202eb", "x\ud800y", "\x00\x1b[0m"],
)
def test_a_hostile_item_does_nothing(write: Write, hostile: str) -> None:
    item = an_item(title=hostile, text=hostile + " Text.", tags=(hostile,), author=hostile, id=hostile)
    text = write("{{ item.title | fit(2) }} {{ item.text | fit }} {{ item.author }} {{ item.id }}", item).text
    assert "49" not in text
    assert not re.search("[\ufdd0\ufdd1\u202e\ud800\x00\x1b]", text)
    assert text.encode()


# --- Whatever comes ---------------------------------------------------------------------------------------------------

WORDS = st.text(max_size=400) | st.lists(
    st.sampled_from(
        [
            "Wir",
            "haben",
            "offen.",
            "am",
            "1.",
            "Dezember",
            "z.",
            "B.",
            "„Ja!",
            "Nein“",
            "(",
            ")",
            "\n",
            "👨\u200d👩\u200d👧",
            "🇩🇪",
            "19,99",
            "€",
            "today.It",
            "@zoo",
            "$TSLA",
            "README.md",
            "https://a.de/x",
            "#Büro",
            "é",
            "한국",
            "日本語。",
            "…",
            "und",
            "Donaudampfschifffahrt",
        ]
    ),
    max_size=90,
).map(" ".join)
ITEMS = st.builds(
    Item,
    source=st.just("blog"),
    id=st.text(min_size=1, max_size=9),
    link=st.sampled_from(["", LINK, "https://example.com/a_(b)?c=d&e=%C3%A4#f", "http://127.0.0.1:8000/7"]),
    title=WORDS,
    text=WORDS,
    tags=st.lists(st.text(max_size=20) | st.sampled_from(["Büro", "BURO", "Haus & Hof"]), max_size=5).map(tuple),
    author=st.text(max_size=20),
    language=st.sampled_from(["", "de", "en"]),
    offer=st.none() | st.builds(Offer, price=st.text(max_size=10), until=st.just(NOON)),
)
PIECES = st.lists(
    st.sampled_from(
        [
            *(
                "{{ item.title | fit }}",
                "{{ item.title | fit(2) }}",
                "{{ item.text | fit }}",
                "{{ item.text | fit(3) }}",
            ),
            *("{{ item.tags | hashtags }}", "\n", "\n\n", " ", ": ", "Neu bei uns", "(", ")", "…", "{{ item.link }}"),
            *("{{ (item.title ~ item.text) | fit }}", "{% if item.offer %}{{ item.offer.price }}{% endif %}"),
        ]
    ),
    max_size=7,
).map("".join)
TEMPLATES = st.sampled_from([f"{{% include '{name}.j2' %}}" for name in ("blog", "facebook", "offer")]) | PIECES


def attempt(folder: Path, template: str, item: Item, limit: int) -> Draft | str:
    (folder / "own.j2").write_text(template + " {{ item.link }}\n", encoding="utf-8")
    try:
        return Renderer([folder]).render(item, Wording(template="own.j2"), PaperAccount(limit=limit))
    except TemplateError as error:
        return str(error)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=100)
@given(template=TEMPLATES, item=ITEMS, limit=st.sampled_from([280, 280, 25_000, 120, 40]))
@example(template="{{ item.text | fit }}", item=an_item(title="", text="a" * 300, link=LINK), limit=40)
def test_whatever_comes_the_tweet_is_one(tmp_path: Path, template: str, item: Item, limit: int) -> None:
    made = attempt(tmp_path, template, item, limit)
    assert made == attempt(tmp_path, template, item, limit)
    if isinstance(made, str):
        assert "empty tweet" in made or "the limit is" in made
        return
    assert made.weight == tweet_length(made.text) <= limit
    assert made.text.strip("\u200b \n")
    assert item.link in made.text
    assert item.link in made.link
    assert not MENTION.search(made.text)
    assert not CASHTAG.search(made.text)
    own = [made.text[start:end] for start, end in find_links(made.text)]
    assert all(link == made.link for link in own)
    assert own or "127.0.0.1" in item.link or not item.link


@pytest.mark.parametrize("template", ["blog.j2", "facebook.j2", "offer.j2"])
@settings(deadline=None)
@given(item=ITEMS)
def test_a_shipped_template_makes_a_tweet_of_whatever_has_words(template: str, item: Item) -> None:
    item = replace(item, title="Neu bei uns")
    assert Renderer().render(item, Wording(template=template), ACCOUNT).weight <= 280


# --- The page that documents it ---------------------------------------------------------------------------------------

README = (Path(__file__).parent.parent / "templates" / "README.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```jinja\n(.*?)```\n```text\n(.*?)\n```", README, re.DOTALL)


def documented_item() -> Item:
    parts = json.loads(re.findall(r"```json\n(.*?)```", README, re.DOTALL)[0])
    parts["tags"] = tuple(parts["tags"])
    parts["images"] = tuple(Image(**image) for image in parts["images"])
    parts["published"] = datetime.fromisoformat(parts["published"])
    parts["offer"]["until"] = datetime.fromisoformat(parts["offer"]["until"])
    return Item(**{**parts, "offer": Offer(**parts["offer"])})


@pytest.mark.parametrize(("template", "text"), EXAMPLES)
def test_every_example_on_the_page_does_what_it_says(write: Write, template: str, text: str) -> None:
    assert write(template, documented_item()).text == text


def test_the_page_names_everything_that_a_template_may_use() -> None:
    known = Renderer()._sandbox.filters
    for name in [*(name for name in known if not name.startswith("_")), "account.name", "account.limit"]:
        assert f"`{name}`" in README, name
    for name in (
        "title",
        "text",
        "link",
        "tags",
        "author",
        "language",
        "published",
        "updated",
        "offer",
        "images",
        "extra",
    ):
        assert f"`item.{name}`" in README, name


# --- Real feeds -------------------------------------------------------------------------------------------------------


def test_real_feeds_make_no_bad_tweet() -> None:
    if not yardstick.FEEDS.is_dir():
        pytest.skip("../shared/corpus/feeds is not here: there are no real feeds to read")
    verdicts, _ = yardstick.measure(yardstick.FEEDS, every=4)
    assert len(verdicts) > 200
    assert [verdict.draft.text for verdict in verdicts if {*verdict.flaws} & {*yardstick.MUST_NOT_BE}] == []

"""What a reader would see, and nothing that only the feed's software wrote."""

import io
from pathlib import Path

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.plain_text import plain_text

FEEDS = Path(__file__).parent.parent.parent / "shared" / "corpus" / "feeds"
NEWS = "Die neue Halle in Köln ist fertig."


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Die neue Halle</p><p>ist fertig.</p>", "Die neue Halle\nist fertig."),
        ("<h2>Neu</h2>Die Halle<br>ist <b>fer</b>tig.<hr/>Ende", "Neu\nDie Halle\nist fertig.\nEnde"),
        ("<ul><li>Tor</li><li>Dach</li></ul>Fertig", "Tor\nDach\nFertig"),
        ("<table><tr><td>Montag</td><td>8 Uhr</td></tr><tr><td>Dienstag</td><td>9 Uhr</td></tr></table>",
         "Montag 8 Uhr\nDienstag 9 Uhr"),
        ("<div><div>Eins</div></div><div>Zwei</div>", "Eins\nZwei"),
        ("<p>Eine\n   Zeile\tim <em>Quelltext</em>\n gebrochen</p>", "Eine Zeile im Quelltext gebrochen"),
        ("<p>79&nbsp;&euro; &amp; mehr &#8211; f&uuml;r&#160;Sie</p>", "79 € & mehr – für Sie"),
        ("K&ouml;ln &amp; Bonn", "Köln & Bonn"),
        ("<p>Werk&shy;halle\u200b\ufeff&#8203; neu&#xAD;</p>", "Werkhalle neu"),
        ("<p>u\u0308ber</p>", "über"),
        ("<p>Hallo <img class='emoji' alt='🎉'><img class=wp-smiley alt=':-)'><img alt='Halle'></p>", "Hallo 🎉:-)"),
        ("<p>300 m<sup>2</sup> am 1<sup>st</sup> Tag<sup><a href='#fn1'>1</a></sup></p>", "300 m² am 1st Tag"),
        ("<p>Jetzt <del>99 €</del> <ins>79 €</ins></p>", "Jetzt 79 €"),
        ("<p>3 < 4 & 5 > 2</p>", "3 < 4 & 5 > 2"),
        ("<html><head><title>Seite</title></head><body><p>Text</p></body></html>", "Text"),
        ("<p>Offen <b>und <a href='x'>schief</p> ge</b>nistet", "Offen und schief\ngenistet"),
        ("<![CDATA[x]]><?php echo 1 ?><!-- y --><p>Text", "Text"),
    ],
)  # fmt: skip
def test_html_reads_as_a_browser_shows_it(html: str, text: str) -> None:
    assert plain_text(html) == text


@pytest.mark.parametrize(
    "furniture",
    [
        "<script>track()</script>",
        "<style>p { color: red }</style>",
        "<noscript><img src='x'>Ohne Skript</noscript>",
        "<iframe src='x'>Rahmen</iframe>",
        "<figure><img alt='Bild'><figcaption>Foto: Meier</figcaption></figure>",
        "<svg><title>Icon</title><text>Icon</text></svg>",
        "<video><source src='x'>Ihr Browser kann kein Video</video>",
        "<form><label>E-Mail</label><button>Abonnieren</button></form>",
        "<div class='wp-caption alignleft'><img><p class='wp-caption-text'>Foto: Meier</p></div>",
        "<span class='screen-reader-text'>Kommentare zu Halle</span>",
        "<div class='sharedaddy sd-sharing-enabled'><h3>Teilen mit:</h3><ul><li>Facebook</li></ul></div>",
        "<a class='more-link' href='x'>Weiter</a>",
        "<div hidden>versteckt</div>",
        "<span aria-hidden='true'>→</span>",
        "<div style='color: red; display: none'>Vorschau</div>",
        "<template>Vorlage</template>",
        "[caption id='a' align='left' width='300']<img src='x'> Die Halle [Foto: M.][/caption]",
        "[gallery ids='1,2,3']",
        "[embed]https://youtu.be/abc[/embed]",
        "[toc]",
        "[center][/center]",
        "[contact-form-7 id='12' title='Kontakt']",
        "[vc_row][vc_column width=&#8221;1/2&#8243;][vc_separator][/vc_column][/vc_row]",
    ],
)
def test_what_is_no_text_of_the_article_is_left_out(furniture: str) -> None:
    assert plain_text(f"<p>{NEWS}</p>{furniture}<p>Kommen Sie!</p>") == f"{NEWS}\nKommen Sie!"


@pytest.mark.parametrize(
    "ending",
    [
        "<p>The post <a href='x'>Halle</a> appeared first on <a href='y'>Firma</a>.</p>",
        "<p>Der Beitrag <a href='x'>Halle. Neu!</a> erschien zuerst auf <a href='y'>Firma</a>.</p>",
        " The post Halle appeared first on Firma.",
        " Der Beitrag Halle erschien zuerst auf Firma",
        "<p>L’article Halle est apparu en premier sur Firma.</p>",
        "<p>La entrada Halle se publicó primero en Firma.</p>",
        "<p>L'articolo Halle proviene da Firma.</p>",
        "<p>Het bericht Halle verscheen eerst op Firma.</p>",
        "<p>This post was originally published on Firma.</p>",
        "<p>Weiterlesen</p><p>Der Beitrag Halle erschien zuerst auf Firma.</p>",
        "<p><a href='x'>Weiterlesen →</a></p>",
        " <a href='x'>Weiterlesen</a>",
        " <a href='x'>Mehr lesen &raquo;</a>",
        "<br><a href='x'>Read more…</a>",
        " <a href='x'>[Read More]</a>",
        " Continue reading &#8220;Halle&#8221; &rarr;",
        "<p>Continue reading Die neue Halle</p>",
        "<p>Read the rest of this entry »</p>",
        "<p>Zum Artikel</p>",
        " <a href='x'>(mehr…)</a>",
        "<p>Lire la suite</p>",
        "<p>Share this:</p>",
        "<p>Like this:</p><p>Loading...</p>",
        " „Die neue Halle“ weiterlesen",
        "<p>Weiterlesen „Die neue Halle“</p>",
        "<br>submitted by <a href='x'>/u/meier</a><br>[link] [comments]",
        "<p>Mehr dazu</p>",
        "<p><a href='x'>Mehr dazu im Blog</a></p>",
        "<p>Den ganzen Beitrag auf dem Blog lesen</p>",
        " Jetzt im Blog lesen.",
        "<p>👉 Zum Blogbeitrag</p>",
        " Mehr Informationen finden Sie hier.",
        "<p>Hier geht's zum Artikel!</p>",
        " Read it on our blog.",
        "<p>Find out more in the full story</p>",
        "<p>Teilen mit: Facebook Twitter</p>",
        "<p>Facebook | Twitter | LinkedIn</p>",
        " Share: Facebook X WhatsApp",
        "<p>Teilen mit:</p><ul><li>Facebook</li><li>X</li><li>E-Mail</li></ul><p>Gefällt mir:</p><p>Wird geladen …</p>",
        "<p>Share this article on LinkedIn</p><p>Read more</p>",
        "<p>See omnystudio.com/listener for privacy information.</p>",
        " Learn more about your ad choices. Visit <a href='x'>megaphone.fm/adchoices</a>",
        " Hosted on Acast. See acast.com/privacy for more information.",
        "<p>Hosted by Simplecast, an AdsWizz company. See pcm.adswizz.com for information about our collection and use"
        " of personal data for advertising.</p>",
        " mehr »",
        " weiterlesen",
        "<p>mehr »</p>",
        " Read more about the hall »",
        "<p>Weiterlesen auf heise.de</p>",
        "<p>Read more: “The new hall”</p>",
        "<p>Tweet</p><p>Share</p><p>Pin</p>",
        "<p>Tweet/Share/Pin</p>",
        "<p>Ähnliche Beiträge:</p><ol><li>Das neue Tor</li><li>Was kostet eine Halle?</li></ol>",
        "<h3>Related posts</h3><ul><li>The new gate</li></ul>",
        "<p>Read more…</p><p>Filed under: <a href='x'>Bau</a>, Neues Tagged: Halle, Tor</p>",
        "<p>Einsortiert unter:Allgemein</p>",
        " Privacy Policy at https://art19.com/privacy and California Privacy Notice at https://art19.com/p#do-not-sell.",
    ],
)
def test_the_end_that_the_feed_wrote_is_cut_off(ending: str) -> None:
    assert plain_text(f"<p>{NEWS}</p>{ending}") == NEWS
    assert plain_text(f"{NEWS}{ending}") == NEWS


@pytest.mark.parametrize(
    "text",
    [
        NEWS,
        "Wir wollen mehr lesen",
        "Bitte erst nach der Pause weiterlesen",
        "The post office opens at nine.",
        "Der Beitrag ist jetzt fällig.",
        "The story of our company, first published in 1990, goes on.",
        "[Update] Die Halle ist fertig [sic], siehe Anlage [1]",
        "if (a[my_index] < 3 && b) return;",
        "Mehr lesen",
        "I <3 Köln",
        "https://firma.de/?a=1&copy=2&section=3",
        "Öffnungszeiten:\nMo 8–18 Uhr\nDi 8–18 Uhr\n🎉 Feiertags zu",
        f"{NEWS} Weniger ist mehr.",
        f"{NEWS} Mehr dazu morgen.",
        f"{NEWS} Was macht sie wertvoll? Teilen.",
        f"{NEWS} Bisher gab es 5 Euro. Jetzt gibt es mehr.",
        f"{NEWS} Und das ist nur der Anfang der Geschichte.",
        f"{NEWS} Wir lesen den Artikel hier gemeinsam.",
        f"{NEWS} Folgen Sie uns auf Facebook und LinkedIn.",
        f"{NEWS}\nSie finden uns ab heute hier:\nFacebook\nLinkedIn",
        f"{NEWS} Das Treffen ist auf Facebook.",
        f"{NEWS}\nWie wir LinkedIn nutzen",
        "The evening starts at eight. Hosted by Anna Schmidt.",
        "The vote is over. See firma.de/vote for the results.",
        "The town has no parks. This is not the full story.",
        "We talked for hours. Learn more about beekeeping in Cologne.",
        'Die Aktion "Mehr lesen" startet heute in allen Filialen.',
        "Die Aktion »Mehr lesen« startet heute",
        'Das Buch "Read more" ist da.',
        'Das neue Buch heißt "Read more"',
        "Am Samstag ist Vorlesetag! Mehr lesen auf dem Sofa: Wir laden Kinder ein.",
        "Am Samstag ist Vorlesetag!\nMehr lesen auf dem Sofa: Wir laden Kinder ein.",
        "Am Samstag ist Vorlesetag! Mehr lesen auf dem Sofa!",
        'Am Samstag ist Vorlesetag! Mehr lesen: "Das Tor" ist unser Buch des Monats.',
        'Am Samstag ist Vorlesetag!\nJetzt lesen "Das Tor" und "Die Halle" 30 Kinder vor.',
        "Kinder sollen z. B. mehr lesen",
        "Man kann ggf. weiterlesen",
        "Kommen Sie! Jetzt lesen um 18.30",
        'Mit der "Buchwoche" mehr lesen',
        "Wir wollen (viel) mehr lesen",
        f"{NEWS} Bücher, Spiele und vieles mehr »",
        f"{NEWS}\nContinue reading books with your children.",
        f"{NEWS} Lesetipp: Der Beitrag von Anna erschien zuerst auf Englisch.",
        f"{NEWS}\nRing\nKette\nPin",
        f"{NEWS}\nTags: 8 bis 18 Uhr",
        f"{NEWS}\nFiled under: things that we love. Come and see.",
        f"{NEWS}\nÄhnliche Beiträge:\nDas Tor\nKommen Sie vorbei!",
        f"Ähnliche Beiträge:\nDas Tor\n{NEWS}",
    ],
)
def test_ordinary_text_stays_what_it_is(text: str) -> None:
    assert plain_text(text) == text


def test_a_credit_behind_words_without_a_full_stop_is_cut_off() -> None:
    credit = "Der Beitrag Halle erschien zuerst auf Firma."
    assert plain_text(f"<p>Kommt vorbei 🎉 {credit}</p>") == "Kommt vorbei 🎉"
    assert plain_text(f"Die Halle ist fertig {credit}") == "Die Halle ist fertig"


def test_a_credit_begins_where_it_is_written_and_not_with_the_first_words_like_it() -> None:
    text = "The post office opens at nine. Come early."
    assert plain_text(f"<p>{text}</p> The post Hall appeared first on Firm.") == text
    assert plain_text(f"{text} The post Hall appeared first on Firm.") == text


def test_a_bracket_of_links_behind_the_last_sentence_is_no_text() -> None:
    links = "(<a href='/a'>Infrastruktur</a>, <a href='/b'>Glasfaser</a>) <img src='https://pixel.example/1'>"
    assert plain_text(f"<p>{NEWS} {links}</p>") == NEWS
    assert plain_text(f"{NEWS} {links}") == NEWS


def test_a_bracket_with_a_link_stays_within_its_sentence() -> None:
    assert plain_text("<p>Die Halle ist fertig (<a href='x'>Bericht</a>)</p>") == "Die Halle ist fertig (Bericht)"
    assert plain_text("<p>Fertig. (Bild: <a href='x'>Meier</a>)</p>") == "Fertig. (Bild: Meier)"


def test_a_letter_keeps_the_marks_of_its_script_and_loses_a_tower_of_them() -> None:
    assert plain_text("בְּרֵאשִׁ֖ית") == "בְּרֵאשִׁ֖ית"
    assert len(plain_text("e" + "\u0f71\u0f72\u0f74" * 60_000)) == 9


def test_half_a_character_is_no_text() -> None:
    assert plain_text("Die \ud800Halle") == "Die Halle"


def test_an_excerpt_that_was_cut_ends_with_an_ellipsis() -> None:
    assert plain_text("<p>Die Halle ist [&hellip;]</p>") == "Die Halle ist …"
    assert plain_text("Die Halle ist [...] <a href='x'>Weiterlesen</a>") == "Die Halle ist …"


def test_a_text_that_is_only_a_credit_is_empty() -> None:
    assert plain_text("<p>The post Halle appeared first on Firma.</p>") == ""
    assert plain_text("<p>submitted by <a href='x'>/u/meier</a></p><p>[link] [comments]</p>") == ""
    assert plain_text("<p><img src='x' alt='Halle'></p>") == ""
    assert plain_text(" \n") == ""


def test_lines_that_were_only_wrapped_are_made_whole() -> None:
    wrapped = "Die neue Halle der Firma in Köln am Rhein ist nach langer\nBauzeit\nfertig.\n\nKommen Sie!"
    assert (
        plain_text(wrapped) == "Die neue Halle der Firma in Köln am Rhein ist nach langer\nBauzeit fertig.\nKommen Sie!"
    )
    assert (
        plain_text("Die neue Halle der Firma in Köln am Rhein ist nach sehr langer\nBauzeit fertig.").count("\n") == 0
    )


def test_markup_that_was_encoded_twice_is_read_as_markup() -> None:
    assert plain_text("&lt;p&gt;Halle &amp;amp; Tor&lt;/p&gt;&lt;p&gt;neu&lt;/p&gt;") == "Halle & Tor\nneu"
    assert plain_text("<div>Eins<br>&lt;p&gt;Zwei &amp;#8211; drei&lt;/p&gt;</div>") == "Eins\nZwei – drei"
    assert plain_text("Eins<br>Zwei &amp;amp; drei") == "Eins\nZwei & drei"
    assert plain_text("&amp;lt;b&amp;gt;Halle&amp;lt;/b&amp;gt;") == "Halle"


def test_code_that_shows_markup_keeps_it() -> None:
    assert plain_text("<p>Ein Absatz ist <code>&lt;p&gt;</code>.</p>") == "Ein Absatz ist <p>."


@pytest.mark.parametrize(
    "hostile",
    [
        *(
            "<div>" * 40_000,
            "<ul><li>" * 25_000,
            "<a " * 66_000,
            "<!--" * 50_000,
            "[caption " * 22_000,
            "[caption]" * 22_000,
        ),
        *("<a " + " ".join(f"a{n}=1" for n in range(25_000)) + ">", "&lt;div&gt;" * 20_000, "&" + "amp;" * 50_000),
        *(
            "<br>Read more" * 15_000,
            "The post " * 22_000,
            "&#" + "1" * 200_000,
            "\n" * 200_000,
            "\ud800<p>\x00",
            "]" * 200_000,
        ),
        "".join(f"<body a{number:x} b{number:x} c{number:x}>" for number in range(9_000)),
        *(
            "(mehr) " * 28_000,
            " Mehr dazu." * 18_000,
            "Read more on " + "a." * 100_000,
            "Ähnliche Beiträge\n" * 11_000,
            "Der Beitrag erschien zuerst " * 7_000,
            "<select><selectedcontent></selectedcontent>" + "<option>x" * 5_900,
        ),
    ],
)
def test_hostile_input_ends(hostile: str) -> None:
    text = plain_text(f"<p>{NEWS}</p>{hostile}")
    assert text.startswith(NEWS)
    assert len(text) <= 200_000


def test_a_picture_inside_the_page_does_not_use_up_the_limit() -> None:
    assert plain_text(f"<img src='data:image/png;base64,{'A' * 300_000}'><p>{NEWS}</p>") == NEWS


PIECES = [
    "<",
    ">",
    "</",
    "<p>",
    "<br>",
    "<!--",
    "&",
    "&amp;",
    "&lt;",
    "&#0;",
    "[",
    "]",
    "[/",
    "[a]",
    "=",
    "\n",
    "\ud800",
    "…",
]


@given(st.lists(st.sampled_from(PIECES) | st.text()))
def test_any_input_becomes_clean_lines(pieces: list[str]) -> None:
    text = plain_text("".join(pieces))
    assert text == "\n".join(" ".join(line.split()) for line in text.split("\n") if line.strip())
    assert not set(text) & set("\u00ad\u200b\ufeff\x00")


@pytest.mark.skipif(not FEEDS.exists(), reason="the shared feeds are not on this machine")
@pytest.mark.parametrize("folder", ["feed-rs", "rome", "simplepie"])
def test_no_markup_is_left_of_real_feeds(folder: str) -> None:
    texts = []
    for path in sorted((FEEDS / folder).glob("*.xml")):
        entries = feedparser.parse(io.BytesIO(path.read_bytes()), sanitize_html=False).entries
        texts += [plain_text(entry.get("summary", "")) for entry in entries[:3]]
    assert any(texts)
    assert not [text for text in texts if "</" in text or "&nbsp;" in text or "appeared first on" in text]

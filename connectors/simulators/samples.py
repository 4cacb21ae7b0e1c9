"""Posts of an invented German shop, as its own people would write them, for the demo and the tests."""

from dataclasses import dataclass
from datetime import datetime, timedelta

BLOG_TITLE = "Kaufhaus Lindner – Neues aus Haus & Garten"


@dataclass(frozen=True, kw_only=True, slots=True)
class Post:
    """A blog post; `html` is its body, `image` the name of a picture at its top with `alt` as its description."""

    id: str
    slug: str
    title: str
    html: str
    published: datetime
    updated: datetime | None = None
    tags: tuple[str, ...] = ()
    author: str = "Annika Lindner"
    language: str = "de"
    image: str = ""
    alt: str = ""
    price: str = ""
    until: datetime | None = None


def sample_posts(now: datetime) -> list[Post]:
    """Eight posts, the newest an hour old at `now`, the oldest nearly three weeks."""
    return [
        Post(
            id="lindner-1008",
            slug="fruehbucher-rasenmaeher",
            title="Nur bis Samstag: Akku-Rasenmäher „Wiesel 36“ für 249 € statt 329 €",
            html="<p>Der Herbst räumt auf, und wir räumen mit: Bis Samstagabend gibt es unseren beliebtesten "
            "Akku-Rasenmäher für 249&nbsp;€. Zwei Akkus und das Ladegerät sind dabei.</p>"
            "<p>Das Angebot gilt in allen drei Häusern und im Online-Shop, solange der Vorrat reicht. "
            "Ein alter Mäher steht noch im Schuppen? Wir nehmen ihn kostenlos zurück.</p>",
            published=now - timedelta(hours=1),
            tags=("Angebot", "Garten", "Akku-Technik"),
            image="wiesel-36",
            alt="Grüner Akku-Rasenmäher auf einer Wiese voller Laub",
            price="249,00 EUR",
            until=now + timedelta(days=5),
        ),
        Post(
            id="lindner-1007",
            slug="neue-oeffnungszeiten-goettingen",
            title="Neue Öffnungszeiten in Göttingen: donnerstags bis 21 Uhr",
            html="<p>Viele von Ihnen haben es sich gewünscht, jetzt machen wir es: Ab dem 1.&nbsp;Oktober ist unser "
            "Haus am Markt jeden Donnerstag bis 21&nbsp;Uhr geöffnet. An allen anderen Tagen bleibt es bei 9:30 bis "
            "19&nbsp;Uhr.</p><p>Das Café im zweiten Stock macht mit – die letzte Waffel geht um 20:30 Uhr raus.</p>",
            published=now - timedelta(days=1, hours=3),
            tags=("Göttingen", "Service"),
        ),
        Post(
            id="lindner-1006",
            slug="repair-cafe-success",
            title="412 things saved: our Repair Café turns one 🎉",
            html="<p>Toasters, teddy bears, a 1962 record player: in its first year our Repair Café in Kassel has "
            "brought 412 broken things back to life. Twenty-three volunteers made it possible &mdash; thank you!</p>"
            "<p>The next date is Saturday, 10 October, from 2 pm. Bring whatever rattles, leaks or refuses to "
            "start.</p>",
            published=now - timedelta(days=3),
            tags=("Repair Café", "Sustainability"),
            author="Tom Adeyemi",
            language="en",
            image="repair-cafe",
            alt="Two people bent over an open record player",
        ),
        Post(
            id="lindner-1005",
            slug="kuerbis-wettbewerb",
            title="Wer hat den dicksten Kürbis? 🎃",
            html="<p>Es wird wieder gewogen! Bis zum 31. Oktober können Sie Ihren Kürbis an der Infotheke auf die "
            "Waage legen. Der Rekord vom Vorjahr: stolze 187,4 Kilogramm, gezogen von Familie Özdemir aus Bovenden.</p>"
            "<p>Zu gewinnen gibt es drei Gutscheine über 200, 100 und 50 Euro – und für alle Kinder eine Tüte "
            "Samen.</p>",
            published=now - timedelta(days=6),
            tags=("Garten", "Gewinnspiel", "Familie & Kinder"),
            image="kuerbis",
            alt="Ein riesiger Kürbis auf einer Paketwaage",
        ),
        Post(
            id="lindner-1004",
            slug="rueckruf-lichterkette-polarstern",
            title="Rückruf: Lichterkette „Polarstern“ (Art.-Nr. 44-1180)",
            html="<p>Bei der Lichterkette &bdquo;Polarstern&ldquo; kann sich das Netzteil überhitzen. Bitte benutzen "
            "Sie sie nicht weiter und bringen Sie sie zurück; den Kaufpreis erhalten Sie auch ohne Kassenbon.</p>"
            "<p>Betroffen sind nur Ketten mit der Chargennummer L-26-07, verkauft zwischen Juli und September.</p>",
            published=now - timedelta(days=8),
            tags=("Rückruf", "Sicherheit"),
            author="Kundenservice",
        ),
        Post(
            id="lindner-1003",
            slug="ausbildung-2027",
            title="Ausbildung 2027: 14 Plätze, 5 Berufe & jede Menge Kolleg:innen",
            html="<p>Kaufleute im Einzelhandel, Fachkräfte für Lagerlogistik, Gestalter für visuelles Marketing: Ab "
            "sofort kann man sich bei uns bewerben. Ein Anschreiben brauchen wir nicht, drei Sätze genügen.</p>"
            "<p>Wer erst einmal schauen will: Am 7. November ist Tag der offenen Tür.</p>",
            published=now - timedelta(days=11),
            tags=("Ausbildung", "Karriere"),
            author="Murat Şahin",
        ),
        Post(
            id="lindner-1002",
            slug="click-and-collect",
            title='"Order by noon, pick up by six" – Click & Collect is here',
            html="<p>From today you can reserve more than 9,000 items online and collect them the same day. "
            "You pay at the counter, after you have seen them.</p>"
            "<p>It works in Göttingen and Kassel; Eschwege follows in spring.</p>",
            published=now - timedelta(days=15),
            tags=("Service", "Online shop"),
            author="Tom Adeyemi",
            language="en",
        ),
        Post(
            id="lindner-1001",
            slug="hochbeet-selbst-bauen",
            title="Hochbeet selbst bauen: 6 Bretter, 1 Nachmittag",
            html="<p>Ein Hochbeet schont den Rücken und bringt früher Ernte. Sie brauchen sechs Lärchenbretter, vier "
            "Pfosten, Noppenfolie und einen trockenen Nachmittag.</p><ol><li>Pfosten auf 80&nbsp;cm kürzen</li>"
            "<li>Bretter von innen verschrauben</li><li>Folie antackern, füllen, bepflanzen</li></ol>"
            "<p>Die Einkaufsliste liegt an der Infotheke – die Bretter sägen wir Ihnen kostenlos zu.</p>",
            published=now - timedelta(days=19),
            tags=("Garten", "Selbermachen"),
            image="hochbeet",
            alt="Fertiges Hochbeet mit Salat und Kräutern",
        ),
    ]

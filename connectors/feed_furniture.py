"""The end that software wrote under a text: credits, ways to read on, share bars, the notices of a podcast's host."""

import re

_LOOKED_AT = 800  # characters of the end; nothing of this kind is longer
_MOST_ENDINGS = 40  # one below the other; more is no furniture but an attack on our time

# "The post X appeared first on Y.", as WordPress and its plugins end the entries of a feed
_APPEARED_FIRST = {
    "The post": "(?:appeared first|first appeared) (?:on|at)",
    "(?:Der|Dieser) (?:Beitrag|Artikel)": "(?:erschien|ist|wurde) zuerst (?:erschienen |veröffentlicht )?(?:auf|bei)",
    "(?:L[’']|Cet )article": "est (?:apparu en premier|d’abord apparu) sur",
    "(?:La entrada|El artículo)": "(?:se publicó|apareció|aparece) primero en",
    "L[’']articolo": "(?:proviene da|sembra essere il primo su)",
    "Het bericht": "(?:verscheen eerst|is geschreven) op",
    "(?:O post|O artigo)": "(?:apareceu|aparece|foi publicado) primeiro em",
    "Artykuł": "pochodzi z serwisu",
    "Inlägget": "dök först upp på",
    "Indlægget": "blev først udgivet (?:på|den)",
    "Innlegget": "dukket først opp på",
    "Příspěvek": "pochází z",
}
# Behind any words but those that lead to it ("Worth reading: The post …"), for a title or an emoji has no full stop
_CREDIT = re.compile(
    r"(?:^|(?<=[^,:;–—-] ))"
    rf"(?:{'|'.join(f'{start} (?:(?!{start}).){{0,300}}?{verb}' for start, verb in _APPEARED_FIRST.items())}"
    r"|This (?:article|entry|post|story) (?:was )?(?:first|originally) (?:appeared|published) (?:on|at|in)) .{1,200}$"
)
_PRIVACY_NOTICE = re.compile(
    r"(?:^|(?<=[.!?…] ))"
    r"(?:(?:Hosted (?:on|by) [^.]{1,80}\. )?See \S{4,80} for privacy information"
    r"|Hosted (?:on|by) [^.]{1,80}\. See \S{4,80} for (?:more )?information[^.]{0,120}"
    r"|(?:Learn more about your ad choices\. )?Visit \S{4,80}/adchoices"
    r"|Privacy Policy at \S{4,80} and California Privacy Notice at \S{4,80})\.?$"
)

_MORE = "|".join(
    [
        *(
            "Weiter ?lesen",
            "(?:Jetzt|Hier) (?:weiter)?lesen",
            "Mehr (?:lesen|erfahren)",
            "Zum (?:Artikel|Beitrag|Blog)",
        ),
        *("Continue reading", "Keep reading", "Read (?:more|on)", "Read (?:it )?now"),
        *("Lire (?:la suite|plus)", "Leer más", "Seguir leyendo", "Ler mais", "Leggi (?:tutto|di più)"),
        *("Lees (?:meer|verder)", "Czytaj (?:dalej|więcej)", "Läs mer", "Læs mere", "Les mer", "Lue lisää"),
    ]
)
_END = r"(?:(?<=[!?…\]])|(?<=\w{5}\.))"  # of a sentence for certain: a shorter word may be an abbreviation
_MAYBE = r"(?<=[.)»“”\"])"  # so may a quotation or a bracket go on: only a capital or an arrow behind it is a beginning
_POINTS = r"[>→»›⟶➔➜▶\])]"
_ARROW = r"[ .…>→»›⟶➔➜▶\])]"
# A title in its marks, a topic with an arrow, a place with a dot in its name: anything else may be a sentence
_MORE_OF_WHAT = (
    r"(?::? ?[„“\"«»‘'][^„“”\"«»]{1,200}[“”\"«»’']"
    rf"|[:,]? (?:about|on|at|in|über|auf|bei) (?:[^.:!?]{{1,100}} {_POINTS}|[\w-]+(?:\.[\w-]+)*\.[a-z]+))?"
)
_MORE_LINK = (
    rf"(?:[(\[]?(?:{_MORE}){_MORE_OF_WHAT}{_ARROW}{{0,12}}|„[^„“]{{1,200}}“ weiterlesen{_ARROW}{{0,12}}"
    rf"|(?:mehr|more) ?{_POINTS}{{1,5}})"
)
_MORE_LINE = re.compile(
    rf"(?:{_MORE_LINK}|Continue reading .{{1,200}}(?<![^.…]\.)|[(\[](?:more|mehr)(?:…|\.\.\.)?[)\]])$", re.IGNORECASE
)
_MORE_TAIL = re.compile(
    rf"(?:{_END} ?{_MORE_LINK}|(?:(?<=\.) ?|{_MAYBE} )(?=(?-i:[A-ZÀ-Þ„(\[])|.*{_POINTS}$){_MORE_LINK}"
    rf"| [(\[]?(?:{_MORE}) ?{_POINTS}{{1,5}}"
    r"| [(\[](?:more|mehr)(?:…|\.\.\.)?[)\]])$",
    re.IGNORECASE,
)
_CATEGORIES = re.compile(
    r"(?:Filed under|Posted in|Tagged(?: with)?|Abgelegt unter|Einsortiert unter|Schlagwörter): ?[^.!?]{1,300}$",
    re.IGNORECASE,
)
# A heading and the titles below it: what ends like a sentence is no title
_RELATED = re.compile(
    r"(?:^|\n)(?:Ähnliche (?:Beiträge|Artikel)|Related (?:posts|articles)) ?:?(?:\n[^\n]{1,150}(?<![.!:])){1,10}$",
    re.IGNORECASE,
)
_CHATTER = re.compile(
    r"(?:Like this|Gefällt mir|Ähnliche Beiträge|Related(?: posts)?"
    r"|Like|Loading|Wird geladen|Permalink|(?:\d{1,5} )?(?:Comments?|Kommentare?)|\[link\] \[comments\])[ :.…]{0,4}$",
    re.IGNORECASE,
)
_SUBMITTED = re.compile(r"submitted by /?u/[\w-]{1,40}(?: to /?r/\w{1,40})?$")


def _words(text: str) -> frozenset[str]:
    """A list of words, as a person writes it."""
    return frozenset(text.split())


# A sentence of these words alone says nothing but where to read on, if it is about two of the first three
_ON = _words("full mehr more rest weiter weitere weiteren weiteres weiterlesen")
_READ = _words(
    """
    ansehen anschauen click continue discover erfahren erfahre erfahrt find geht geht’s keep klick klicken klicke learn
    lesen lest lies nachlesen read reading see view visit weiterlesen zum zur
    """
)
_WHERE = _words(
    """
    article artikel beitrag bericht blog blogartikel blogbeitrag blogeintrag blogpost darüber dazu details eintrag entry
    here hier hierzu homepage info information informationen infos meldung post pressemitteilung story webseite website
    """
)
_BETWEEN = _words(
    """
    a about all alle alles am an at auf bei complete das dem den der die diesem du entire es findest findet finden
    ganze ganzen gesamten gibt gibt’s go ihr im in it jetzt komplette kompletten now of on our out sie text the this
    to unserem unserer unter via vollständige vollständigen vom von whole your zu
    """
)
_POINTING = _ON | _READ | _WHERE | _BETWEEN
_MOST_WORDS = 10  # a longer sentence says more

_NETWORKS = _words(
    """
    bluesky copy drucken e-mail email facebook flipboard kopieren link linkedin mail mastodon messenger pin pinterest
    pocket print reddit skype telegram threads tumblr twitter whatsapp x xing
    """
)
_SHARE = _words("share teile teilen tweet tweeten twittern")
_SHARING = _NETWORKS | _SHARE | _words("artikel article auf beitrag bei den diesen mit on per post the this via")

_WORD = re.compile(r"[^\W_]+(?:[-’'][^\W_]+)*")
_SENTENCE_START = re.compile(rf"{_END} (?=\S)|{_MAYBE} (?=[^\sa-zß-ÿ])")


def without_furniture(text: str) -> str:
    """The text without the end that software wrote. A text that is nothing but "Read more" stays: it may be a title."""
    for _ in range(_MOST_ENDINGS):
        shorter = _without_last_furniture(text)
        if shorter == text:
            break
        text = shorter
    return text


def _without_last_furniture(text: str) -> str:
    shorter = (text[:-_LOOKED_AT] + _shorter(text[-_LOOKED_AT:])).rstrip()
    never_a_title = any(notice.match(text) for notice in (_CREDIT, _PRIVACY_NOTICE, _SUBMITTED))
    return shorter if shorter or never_a_title else text


def _shorter(text: str) -> str:
    text = _RELATED.sub("", _without_share_bar(text))
    start, newline, line = text.rpartition("\n")
    kept = _PRIVACY_NOTICE.sub("", _CREDIT.sub("", line))
    kept = kept[:-300] + _MORE_TAIL.sub("", kept[-300:])
    if any(alone.match(line) for alone in (_MORE_LINE, _CATEGORIES, _CHATTER, _SUBMITTED)) or _points_on(line):
        kept = ""
    return start + newline + _without_last_sentence(kept)


def _without_last_sentence(line: str) -> str:
    """The line without a last sentence that points on or shares."""
    start = max((match.end() for match in _SENTENCE_START.finditer(line)), default=0)
    words = _words_of(line[start:])
    shares = set(words) <= _SHARING and not _SHARE.isdisjoint(words) and not _NETWORKS.isdisjoint(words)
    return line[:start].rstrip() if start and (shares or _points_on(line[start:])) else line


def _points_on(sentence: str) -> bool:
    words = _words_of(sentence)
    kinds = sum(not kind.isdisjoint(words) for kind in (_ON, _READ, _WHERE))
    return len(words) <= _MOST_WORDS and set(words) <= _POINTING and kinds > 1


def _without_share_bar(text: str) -> str:
    """Without last lines that only name networks, unless the line before announces them: "You find us here:"."""
    lines = text.split("\n")
    kept = len(lines)
    while kept and (words := _words_of(lines[kept - 1])) and set(words) <= _SHARING:
        kept -= 1
    named = [word for line in lines[kept:] for word in _words_of(line)]
    shares = not _SHARE.isdisjoint(named) or len(_NETWORKS.intersection(named)) > 1
    announced = kept and lines[kept - 1].endswith(":")
    return "\n".join(lines[:kept]) if shares and not announced else text


def _words_of(sentence: str) -> list[str]:
    return _WORD.findall(sentence[:200].lower().replace("'", "’"))

"""HTML as feeds carry it, to the plain text that a reader would see: no markup, no captions, no feed furniture."""

import re
from html import unescape
from itertools import pairwise
from unicodedata import combining, normalize

from selectolax.lexbor import LexborHTMLParser, LexborNode

from connectors.feed_furniture import without_furniture

_LONGEST = 200_000
_MOST_TAGS = 6_000  # the parser is quadratic in nesting; so many take it a moment, and a tweet needs only the start
_BULKY_TAG = re.compile(r"<[^<>]{4000,}>")  # a picture inside the page, as a data: address

_TAG = re.compile(r"<[a-zA-Z/!?]")
_CODE = re.compile(r"<(?:code|pre|kbd|samp|tt)\b", re.IGNORECASE)
_ENCODED = re.compile(
    r"</?(?:p|br|div|span|a|b|i|u|em|strong|img|ul|ol|li|h[1-6]|blockquote|figure|table|tr|td|iframe|script|style)"
    r"(?:\s[^<>]{0,500})?/?>"
    r"|&(?:amp|lt|gt|quot|apos|nbsp|shy|hellip|euro|szlig|[mn]dash|[lrb][sd]quo|[lr]aquo|[aouAOU]uml"
    r"|#\d{2,6}|#x[\da-fA-F]{2,6});"
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][\da-fA-F]{1,6}|[a-zA-Z][a-zA-Z\d]{1,31});")

_NOT_TEXT = frozenset(
    """
    script style noscript template iframe object embed figure figcaption svg math canvas video audio form button
    select textarea head title nav rt rp del s strike
    """.split()  # noqa: SIM905 (words are easier to read and to keep)
)
_FURNITURE = frozenset(
    """
    more-link read-more readmore wp-block-read-more wp-block-post-excerpt__more-link screen-reader-text sr-only
    visually-hidden elementor-screen-only wp-caption wp-caption-text image-caption headerlink footnote-ref
    sharedaddy jp-relatedposts jetpack-likes-widget-wrapper yarpp yarpp-related related-posts post-navigation
    addtoany_share_save_container addtoany_content heateor_sss_sharing_container a2a_kit essb_links ssba shariff
    social-share social-icons share-buttons wp-block-social-links wp-block-buttons elementor-button-wrapper
    button-wrapper subscription-widget-wrap newsletter-signup mc4wp-form wpcf7 feedflare ez-toc-container
    toc_container
    """.split()  # noqa: SIM905 (words are easier to read and to keep)
)
# Categories, as a news feed hangs them on the last sentence: a bracket that holds nothing but links
_ONLY_LINKS = re.compile(
    r"(?<=[.!?…“”\"»]) ?\((?:<a\s[^<>]{1,500}>[^<>()]{1,80}</a>[,;|/ ]{0,3}){1,10}\)"
    r"(?:\s|<img\b[^<>]{0,1000}>|<br ?/?>|</p>|</div>){0,20}$"
)
_RAISED = str.maketrans("0123456789+-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻")
_EMOJI = frozenset({"emoji", "wp-smiley"})
_AROUND = {"td": " ", "th": " "} | dict.fromkeys(
    """
    address article aside blockquote br caption center dd details div dl dt fieldset footer h1 h2 h3 h4 h5 h6 header
    hr li main menu ol p pre section summary table tbody tfoot thead tr ul
    """.split(),  # noqa: SIM905 (words are easier to read and to keep)
    "\n",
)

# Marks upon letters, among others; sorting a long run of marks takes quadratic time, and no script stacks so many
_STACKED = re.compile(r"[^\x00-\x7f\w\s]{9,}")
_MOST_MARKS = 8

# Soft hyphens, zero-width and direction marks, and control characters that are no white space
_INVISIBLE = re.compile(
    "[\u00ad\u200b\u200e\u200f\u2060\ufeff\ufffc\u202a-\u202e\u2066-\u2069\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]+"
)
_LEFT_OUT = re.compile(r"\[ ?(?:…|\.\.\.) ?\]")

# WordPress shortcodes that nobody ran. In some pairs the inside is no text of the article either.
_EMBEDDED = re.compile(
    r"\[(wp_caption|caption|embed|gallery|playlist|video|audio|googlemaps?)(?:\s[^\[\]]{0,500})?\]"
    r"(?:[^\[]|\[(?!/?\1)){0,1000}\[/\1\]"
)
_CLOSING = re.compile(r"\[/([a-z][\w-]{0,40})\]")
_SHORTCODE = re.compile(r"\[/?([a-z][\w-]{0,40})((?:[\s=][^\[\]]{0,500})?)(?:\]|$)")
_BARE_SHORTCODES = frozenset({"caption", "embed", "gallery", "playlist", "more", "nextpage", "toc"})
_PAGE_BUILDERS = ("vc_", "et_pb_", "fusion_", "av_", "su_", "mk_", "cs_")


def plain_text(html: str) -> str:
    """The text of `html`, its paragraphs, list items and rows on lines of their own; plain text stays what it is.

    Markup that was encoded twice is read as markup, unless the text shows code. Input beyond 200,000 characters is cut.
    """
    source = _bounded(html)
    text = _shown(source)
    for _ in range(2):
        if not _ENCODED.search(text) or _CODE.search(source):
            break
        text = _shown(_bounded(text.replace("\n", "<br>")))
    text = _without_shortcodes(_collapsed(_INVISIBLE.sub("", text)))
    return without_furniture(normalize("NFC", _STACKED.sub(_low, text)))


def _bounded(html: str) -> str:
    html = _BULKY_TAG.sub(" ", html)
    html = (html[:-3000] + _ONLY_LINKS.sub("", html[-3000:]))[:_LONGEST]
    return "<".join(html.split("<", _MOST_TAGS)[:_MOST_TAGS]).encode(errors="ignore").decode()


def _shown(source: str) -> str:
    if _TAG.search(source):
        return _visible(source)
    return _rejoined(_ENTITY.sub(lambda entity: unescape(entity[0]), source))


def _visible(html: str) -> str:
    """What a browser would show, blocks between newlines."""
    pieces: list[str] = []
    # As a fragment, for in a page every further <body> would give its attributes to the first, in quadratic time
    parsed = LexborHTMLParser(" ".join(html.split()), is_fragment=True)
    todo: list[LexborNode | str] = [*_children(parsed.root)]
    while todo:
        node = todo.pop()
        if isinstance(node, str):
            pieces.append(node)
        elif node.is_text_node:
            pieces.append(node.text_content or "")
        elif (tag := node.tag or "") == "sup":
            pieces.append(_raised(node))
        elif tag not in _NOT_TEXT and not _is_hidden(node):
            around = _AROUND.get(tag, "")
            pieces.append(around or _emoji(node))
            todo += [around, *_children(node)]
    return "".join(pieces)


def _children(node: LexborNode | None) -> list[LexborNode]:
    """Last child first."""
    return list(node.iter(include_text=True))[::-1] if node else []


def _is_hidden(node: LexborNode) -> bool:
    marks = node.attributes
    if not marks:
        return False
    return (
        "hidden" in marks
        or marks.get("aria-hidden") == "true"
        or "display:none" in (marks.get("style") or "").replace(" ", "")
        or not _FURNITURE.isdisjoint((marks.get("class") or "").split())
    )


def _raised(node: LexborNode) -> str:
    """m² is not m2; a raised link leads to a footnote."""
    return "" if node.css_first("a") else node.text().translate(_RAISED)


def _emoji(node: LexborNode) -> str:
    """WordPress puts pictures in the place of emoji; the character is their alternative text."""
    if node.tag != "img" or _EMOJI.isdisjoint((node.attributes.get("class") or "").split()):
        return ""
    return node.attributes.get("alt") or ""


def _rejoined(text: str) -> str:
    """Plain text with the lines that were only wrapped, at the width of a page, made whole again."""
    lines = [line.strip() for line in text.splitlines()]
    joined = lines[:1]
    for before, line in pairwise(lines):
        if before and line and _is_wrapped(before, line):
            joined[-1] += " " + line
        else:
            joined.append(line)
    return "\n".join(joined)


def _is_wrapped(before: str, line: str) -> bool:
    return (before[-1].isalnum() or before[-1] in ",;") and (len(before) >= 60 or line[0].islower())


def _collapsed(text: str) -> str:
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def _without_shortcodes(text: str) -> str:
    if "[" not in text:
        return text
    text = _EMBEDDED.sub(" ", _LEFT_OUT.sub("…", text))
    known = {*_CLOSING.findall(text), *_BARE_SHORTCODES}

    def kept(code: re.Match[str]) -> str:
        name, arguments = code.groups()
        return "" if name in known or "=" in arguments or name.startswith(_PAGE_BUILDERS) else code[0]

    return _collapsed(_SHORTCODE.sub(kept, text))


def _low(run: re.Match[str]) -> str:
    """Letters with as many marks as any script stacks on one."""
    height, kept = 0, []
    for character in run[0]:
        height = height + 1 if combining(character) else 0
        kept.append(character if height <= _MOST_MARKS else "")
    return "".join(kept)

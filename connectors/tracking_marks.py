"""Which pairs of a link's query only say how a reader came to the article.

A key stands here if a tool or a site documents it as its mark; a key that could as well name a thing, like `at_id`,
does not. `source`, `from` and their like are marks only with the name of a network or a feed behind them.
"""

import re
from collections.abc import Collection, Sequence
from urllib.parse import unquote

# Marks that analytics, mail and ad systems add to a link: https://github.com/miniflux/v2 (urlcleaner) and the
# documentation of Matomo, etracker, AT Internet, Webtrekk, Emarsys, Eloqua, HubSpot, Klaviyo, Jetpack and Meta.
_FAMILIES = re.compile(
    r"""(?:utm_|__utm|mtm_|matomo_|piwik_|etcc_|wt\.|hsa_|hmb_|_hs|__hs|hscta|__cft__|elq|bsft_|vero_|oly_|_branch_|_gac)
        (?!id$)
    |(?:pk|itm|stm)_(?:campaign|cpn|cid|kwd|keyword|source|medium|content|term|name|group|placement)$
    |at_(?:medium|campaign|creation|variant|format|platform|network|term|identifier|channel|audience|send|emailtype
        |recipient|link|ptr|bbc|custom|type$|general_placement|detail_placement)
    |fb_(?:action_|ref$|source$|comment_id$|aggregation_id$)
    |wt_(?:z?mc|eid$|cc\d|ga|kw)""",
    re.VERBOSE,
)
_MARKS = frozenset(
    """
    utm_id vero_id fbclid gclid gclsrc dclid gbraid wbraid gad gad_source gad_campaignid srsltid yclid ysclid twclid
    ttclid msclkid li_fat_id epik igsh igshid mibextid __tn__ __xts__ __eep__ sfnsn sfns fbadid scclid sccid
    irclickid irgwc cjevent awc zanpid wickedid rb_clickid tduid _openstat _ga _gl _ke _kx __s _bhlid
    __readwiselocation xtor xtref s_kwcid s_cid ef_id adobe_mc cm_mmc cm_mmca1 cm_sp cm_re cm_ven ga_source
    ga_medium ga_term ga_content ga_campaign campaign_source campaign_medium ns_source ns_mchannel ns_campaign
    ns_linkname ns_fee mc_cid mc_eid mc_tc mkt_tok ml_subscriber ml_subscriber_hash ck_subscriber_id vgo_ee dm_i
    dm_t sc_cid sc_src sc_lid sc_llid sc_uid sc_eh ss_source ss_email_id ss_campaign_id ss_campaign_name trk_contact
    trk_msg trk_module trk_sid trkcampaign sr_share twsrc __twitter_impression ref_src ref_url hss_channel sms_ss
    spref sfmc_id sfmc_sub guccounter guce_referrer guce_referrer_sig xing_share wpisrc phpsessid jsessionid
    replytocom usqp amp_js_v amp_gsa noamp nonamp
    """.split()  # noqa: SIM905 (a list of words is easier to read and to keep)
)
# Names of campaigns, but a bare number behind such a key may as well be the id of a thing
_LABELS = frozenset({"smid", "icid", "ocid", "cmpid", "ncid", "rdid"})
# Marks only beside another of the same tool; alone they may say which campaign or category a page is about
_COMPANIONS = (
    ({"share"}, {"nb=1"}),  # Jetpack's buttons add ?share=facebook&nb=1
    ({"smid"}, {"smtyp"}),
    ({"sms_ss"}, {"at_xt"}),
    ({"cm_ven"}, {"cm_cat", "cm_pla", "cm_ite"}),
    ({"campaign_source", "campaign_medium"}, {"campaign_id", "campaign_name", "campaign_term", "campaign_content"}),
)
_MARKS_OF_SITE = {
    "facebook.com": {"_rdr", "_rdc", "ref", "refid", "paipv", "eav", "extid", "locale", "hc_ref", "share_url"},
    "x.com": {"s", "t", "cxt"},
    "youtube.com": {"si", "feature", "pp", "ab_channel", "t"},
    "open.spotify.com": {"si", "nd"},
    "linkedin.com": {"trk", "trackingid", "lipi", "lici", "rcm"},
    "medium.com": {"source", "sk"},
    "*.medium.com": {"source", "sk"},
    "*.substack.com": {"r", "s", "showwelcomeonshare", "triedredirect"},
    "*.blogspot.com": {"m"},
}
_AMP_KEYS = frozenset({"amp", "output", "outputtype", "view", "format", "mode"})

_CHANNEL_KEYS = frozenset({"source", "from", "partner", "via", "wtmc"})
_REFERRER_KEYS = frozenset({"ref", "referrer", "referer", "share"})
# Medium's feeds say source=rss-1a2b---2, Ghost's newsletters ref=title-newsletter
_FEED = re.compile(r"(?:rss)?feed|rss(?:-.*)?|feedburner|feedly|(?:.+-)?newsletter")
_CHANNELS = frozenset(
    """
    facebook fb twitter t.co instagram linkedin lnkd xing youtube tiktok pinterest reddit whatsapp jetpack-whatsapp
    telegram mastodon bluesky bsky tumblr medium flipboard pocket hackernews ycombinator producthunt email
    """.split()  # noqa: SIM905
)
# Names that, outside of a referrer, may as well be a variable, an offer or a product
_REFERRERS = _CHANNELS | {"x", "ig", "hn", "threads", "google", "bing", "duckduckgo"}


def without_marks(pairs: Sequence[tuple[str, str]], host: str) -> list[tuple[str, str]]:
    """The pairs, percent-encoded, that may tell which article a link to this host leads to, in their order."""
    plain = {pair: (unquote(pair[0]).lower(), unquote(pair[1]).lower()) for pair in pairs}
    sure = {pair for pair, (key, value) in plain.items() if _is_mark(key, value, host)}
    keys = {plain[pair][0] for pair in sure}
    companions = set[str]().union(*(others for leaders, others in _COMPANIONS if leaders & keys))
    return [pair for pair in pairs if pair not in sure and not {plain[pair][0], "=".join(plain[pair])} & companions]


def _is_mark(key: str, value: str, host: str) -> bool:
    if key in _AMP_KEYS:
        return value == "amp" or (key == "amp" and value in ("", "1", "true"))
    if key in _MARKS or _FAMILIES.match(key) or key in _marks_of(host):
        return True
    if key in _LABELS:
        return not value.isdecimal()
    if key in _CHANNEL_KEYS:
        return _names(value, _CHANNELS)
    if key in _REFERRER_KEYS:
        return _names(value, _REFERRERS) or _is_own(value, host)
    return key == "cmp" and value.startswith("share_")


def _marks_of(host: str) -> Collection[str]:
    own = _MARKS_OF_SITE.get(host)
    return _MARKS_OF_SITE.get("*." + host.partition(".")[2], frozenset()) if own is None else own


def _names(value: str, channels: frozenset[str]) -> bool:
    """`facebook`, `l.facebook.com`, `rss`: other values may be the name of a version, a place or a source."""
    name = _site(value)
    return bool({name, name.split(".")[-2:][0]} & channels or _FEED.fullmatch(value))


def _is_own(value: str, host: str) -> bool:
    """Whether the article's own site, or a part of it, is named as the one that the reader came from."""
    name = _site(value).removeprefix("www.")
    return ("." in name and f".{host}".endswith(f".{name}")) or name.endswith(f".{host}")


def _site(value: str) -> str:
    return re.sub("^https?://", "", value).partition("/")[0]

"""Which pairs of a link's query only say how a reader came to the article.

A key stands here if a tool or a site documents it as its mark; a key that could as well name a thing, like `at_id`,
does not. `ref`, `via` and their like are marks only with the name of a network or a feed behind them, and `source` or
`from`, which may say what a page is about, only with a name that links come from on their way to Crosspost.
"""

import re
from collections.abc import Collection, Sequence
from urllib.parse import unquote

# Marks that analytics, mail and ad systems add to a link: https://github.com/miniflux/v2 (urlcleaner) and the
# documentation of Matomo, etracker, AT Internet, Webtrekk, Emarsys, Eloqua, HubSpot, Klaviyo, Jetpack and Meta.
_FAMILIES = re.compile(
    r"""(?:utm_|mtm_|etcc_|wt\.|elq|bsft_)(?!id$).*
    |(?:pk|piwik|matomo|itm|stm|hmb)_(?:campaign|cpn|cid|kwd|keyword|source|medium|content|term|placement)
    |(?:pk|piwik|matomo)_(?:name|group)
    |at_(?:medium|campaign(?:_type)?|creation|variant|format|platform|network|term|identifier|channel|audience|type
        |send_(?:date|time)|emailtype|recipient_(?:id|list)|link(?:_(?:id|type|origin|title))?|ptr_name|bbc_team
        |custom\d+|(?:general|detail)_placement)
    |fb_(?:action_ids|action_types|ref|source|comment_id|aggregation_id)
    |wt_(?:z?mc(?:_[a-z]+)?|eid|cc\d+|ga|kw)
    |hsa_(?:acc|cam|grp|ad|src|net|ver|tgt|kw|mt|la|ol)
    |__utm[a-z]|__cft__(?:\[\d*\])?|_gac(?:_.*)?""",
    re.VERBOSE,
)
_MARKS = frozenset(
    """
    utm_id vero_id vero_conv oly_anon_id oly_enc_id _branch_match_id _branch_referrer _hsenc _hsmi __hstc __hssc
    __hsfp hsctatracking hsctaattrib
    fbclid gclid gclsrc dclid gbraid wbraid gad gad_source gad_campaignid srsltid yclid ysclid twclid
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
# Names of campaigns, which say so only where they name a network (soc_fb): anything else may as well be a thing
_LABELS = frozenset({"smid", "icid", "ocid", "cmpid", "ncid"})
# Marks only beside another of the same tool; alone they may say which campaign or category a page is about
_COMPANIONS = (
    ({"share"}, {"nb=1"}),  # Jetpack's buttons add ?share=facebook&nb=1
    ({"smid"}, {"smtyp"}),
    ({"sms_ss"}, {"at_xt"}),
    ({"cm_ven"}, {"cm_cat", "cm_pla", "cm_ite"}),
    ({"campaign_source", "campaign_medium"}, {"campaign_id", "campaign_name", "campaign_term", "campaign_content"}),
)
_MARKS_OF_SITE = {
    "facebook.com": {"_rdr", "_rdc", "ref", "refid", "paipv", "eav", "extid", "locale", "hc_ref", "rdid", "share_url"},
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

_REFERRER_KEYS = frozenset({"ref", "referrer", "referer", "share"})
# Medium's feeds say source=rss-1a2b---2, Ghost's newsletters ref=title-newsletter
_FEED = re.compile(r"(?:rss)?feed|rss(?:-.*)?|feedburner|feedly|(?:.+-)?newsletter")
# Where links come from on their way to Crosspost, beside feeds
_WAYS = frozenset({"facebook", "fb", "mastodon"})
_CHANNELS = frozenset(
    """
    facebook fb twitter t.co instagram linkedin lnkd xing youtube tiktok pinterest reddit whatsapp jetpack-whatsapp
    telegram mastodon bluesky bsky tumblr medium flipboard pocket hackernews ycombinator producthunt email
    """.split()  # noqa: SIM905
)
_CHANNELS_BEHIND = {"via": _CHANNELS, "wtmc": _CHANNELS, "source": _WAYS, "from": _WAYS, "partner": _WAYS}
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
    if key in _MARKS or _FAMILIES.fullmatch(key) or key in _marks_of(host):
        return True
    if key in _LABELS:
        return not _WAYS.isdisjoint(re.split(r"[-_.:|]", value))
    if key in _CHANNELS_BEHIND:
        return _names(value, _CHANNELS_BEHIND[key])
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

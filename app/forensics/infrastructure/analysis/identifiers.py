"""Identifiers of accounts with analytics, advertising and other services, as pages carry them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice

from stdnum import bitcoin

from app.forensics.infrastructure.analysis.pages import Page


@dataclass(frozen=True, slots=True)
class Identifier:
    """How the identifiers of one service look; `hint` stands near every one of them."""

    kind: str
    hint: str
    pattern: str
    form: str = "{}"


_Q = r"['\"]"
_S = r"\s{0,9}"

# The id of an account where a service has one for several sites (UA-account-property).
IDENTIFIERS = (
    Identifier("google_analytics", "UA-", r"(?<![\w-])UA-(\d{4,10})-\d{1,4}(?!\d)", "UA-{}"),
    Identifier("google_analytics_4", "G-", r"(?<![\w-])G-(?=[A-Z]*\d)([A-Z0-9]{10})(?![\w-])", "G-{}"),
    Identifier("google_tag_manager", "GTM-", r"(?<![\w-])GTM-([A-Z0-9]{4,9})(?![\w-])", "GTM-{}"),
    Identifier("google_tag", "GT-", r"(?<![\w-])GT-([A-Z0-9]{6,12})(?![\w-])", "GT-{}"),
    Identifier("google_ads", "AW-", r"(?<![\w-])AW-(\d{8,12})(?!\d)", "AW-{}"),
    Identifier("google_adsense", "pub-", r"(?<![\w])(?:ca-)?(?:app-)?pub-(\d{16})(?!\d)", "pub-{}"),
    Identifier("google_ad_manager", "defineSlot", rf"defineSlot\({_S}{_Q}/(\d{{5,12}})[,/]"),
    Identifier("google_recaptcha", "6L", r"(?<![\w-])(6L[\w-]{38})(?![\w-])"),
    Identifier("yandex_metrika", "mc.yandex.", r"mc\.yandex\.\w{2,3}/watch/(\d{5,10})"),
    Identifier("yandex_metrika", "ym(", r"(?<!\w)ym\(" + _S + r"(\d{5,10})"),
    Identifier("yandex_metrika", "yaCounter", r"yaCounter(\d{5,10})"),
    Identifier("yandex_ads", "R-A-", r"(?<![\w-])R-A-(\d{5,10})-\d", "R-A-{}"),
    Identifier("facebook_pixel", "fbq", rf"fbq\({_S}{_Q}init{_Q}{_S},{_S}{_Q}?(\d{{10,20}})"),
    Identifier("facebook_pixel", "facebook.com/tr", r"facebook\.com/tr/?\?[^'\"\s]{0,80}?id=(\d{10,20})"),
    Identifier("hotjar", "hjid", rf"hjid{_Q}?{_S}[:=]{_S}(\d{{4,10}})"),
    Identifier("hotjar", "hotjar-", r"static\.hotjar\.com/c/hotjar-(\d{4,10})"),
    Identifier("microsoft_clarity", "clarity.ms/tag/", r"clarity\.ms/tag/([a-z0-9]{8,12})(?!\w)"),
    Identifier("microsoft_clarity", "clarity", rf"clarity{_Q},{_S}{_Q}script{_Q},{_S}{_Q}(\w{{8,12}}){_Q}"),
    Identifier("vk_pixel", "VK-RTRG-", r"VK-RTRG-(\d{4,10}-\w{3,10})", "VK-RTRG-{}"),
    Identifier("mailru_top", "top-fwz1.mail.ru", r"top-fwz1\.mail\.ru/counter\?[^'\"\s]{0,40}?id=(\d{5,10})"),
    Identifier("mailru_top", "_tmr", rf"_tmr\.push\({_S}\{{{_S}id{_S}:{_S}{_Q}?(\d{{5,10}})"),
    Identifier("rambler_top100", "top100", r"(?:top100Id|project)['\"]?\s{0,9}:\s{0,9}['\"]?(\d{5,10})"),
    Identifier("liveinternet", "counter.yadro.ru/hit;", r"counter\.yadro\.ru/hit;([\w-]{2,40})"),
    Identifier("disqus", ".disqus.com", r"//([a-z0-9][a-z0-9-]{1,60})\.disqus\.com/"),
    Identifier("disqus", "disqus_shortname", rf"disqus_shortname{_S}={_S}{_Q}([\w-]{{2,60}}){_Q}"),
    Identifier("addthis", "pubid=", r"addthis[^'\"\s]{0,80}pubid=([\w-]{4,40})"),
    Identifier("sharethis", "sharethis", r"sharethis\.com/js/sharethis\.js#property=([0-9a-f]{20,32})"),
    Identifier("onesignal", "OneSignal", rf"appId{_Q}?{_S}:{_S}{_Q}([0-9a-f]{{8}}-[0-9a-f-]{{27}}){_Q}"),
    Identifier("taboola", "cdn.taboola.com/libtrc/", r"cdn\.taboola\.com/libtrc/([\w-]{3,60})/"),
    Identifier("mgid", "jsc.mgid.com", r"jsc\.mgid\.com/site/(\d{4,9})"),
    Identifier("quantcast", "qacct", rf"qacct{_Q}?{_S}:{_S}{_Q}(p-[\w-]{{8,16}}){_Q}"),
    Identifier("comscore", "_comscore", rf"c2{_Q}?{_S}:{_S}{_Q}(\d{{5,10}}){_Q}"),
    Identifier("chartbeat", "_sf_async_config", rf"uid{_Q}?{_S}[:=]{_S}{_Q}?(\d{{3,7}})"),
    Identifier("statcounter", "sc_project", rf"sc_project{_S}={_S}(\d{{4,10}})"),
    Identifier("histats", "Histats", rf"Histats\.start\({_S}\d{_S},{_S}(\d{{4,10}})"),
    Identifier("histats", "_Hasync", r"Histats\.start\(1,(\d{4,10})"),
    Identifier("cloudflare_analytics", "cloudflareinsights", rf"token{_Q}{_S}:{_S}{_Q}([0-9a-f]{{32}}){_Q}"),
    Identifier("amazon_associates", "tag=", r"amazon\.[a-z.]{2,6}/[^'\"\s]{0,300}?[?&;]tag=([\w-]{3,40})"),
    Identifier("hubspot", "hs-scripts.com", r"js(?:-\w+)?\.hs-scripts\.com/(\d{4,10})\.js"),
    Identifier("tawk", "embed.tawk.to", r"embed\.tawk\.to/([0-9a-f]{24})/"),
    Identifier("jivo", "code.jivosite.com", r"code\.jivosite\.com/(?:script/)?widget/(\w{8,12})"),
    Identifier("tiktok_pixel", "ttq", rf"ttq\.load\({_S}{_Q}([A-Z0-9]{{15,25}}){_Q}"),
    Identifier("x_pixel", "twq", rf"twq\({_S}{_Q}(?:init|config){_Q},{_S}{_Q}(\w{{4,8}}){_Q}"),
    Identifier("linkedin_insight", "_linkedin_partner", rf"_linkedin_partner_id{_S}={_S}{_Q}?(\d{{4,10}})"),
    Identifier("pinterest_tag", "pintrk", rf"pintrk\({_S}{_Q}load{_Q},{_S}{_Q}(\d{{10,16}}){_Q}"),
    Identifier("snap_pixel", "snaptr", rf"snaptr\({_S}{_Q}init{_Q},{_S}{_Q}([0-9a-f-]{{36}}){_Q}"),
    Identifier("adobe_launch", "assets.adobedtm.com", r"assets\.adobedtm\.com/(?:launch-)?(\w{8,40})"),
    Identifier("baidu_tongji", "hm.baidu.com", r"hm\.baidu\.com/hm\.js\?([0-9a-f]{32})"),
    Identifier("cnzz", "cnzz.com", r"cnzz\.com/[\w./]{1,40}\?[^'\"\s]{0,40}?id=(\d{5,12})"),
    Identifier("51la", "51.la", r"js\.users\.51\.la/(\d{5,10})\.js"),
    Identifier("yektanet", "yektanet", r"yektanet\.com/(?:js/|rg_woebegone/scripts_v\d/)([\w.-]{3,40})/"),
    Identifier("mapbox", "pk.ey", r"(pk\.ey[\w-]{40,100}\.[\w-]{10,40})"),
    Identifier("sentry", "ingest.", r"//([0-9a-f]{32})@o\d{1,10}\.ingest\."),
)  # fmt: skip

# Meta tags by which an owner proves to a service that a site is theirs, or names a page of theirs.
VERIFICATIONS = {
    "google-site-verification", "yandex-verification", "facebook-domain-verification",
    "msvalidate.01", "p:domain_verify", "pocket-site-verification", "baidu-site-verification",
    "360-site-verification", "sogou_site_verification", "naver-site-verification",
    "wmail-verification", "mailru-verification", "alexaverifyid", "norton-safeweb-site-verification",
    "wot-verification", "ahrefs-site-verification", "cryptomus", "monetag", "propeller",
}  # fmt: skip
OWNERS = {"fb:app_id": "facebook_app", "fb:pages": "facebook_page", "fb:admins": "facebook_admin"}
_TXT = re.compile(r"((?:[a-z0-9]+-)+(?:site-)?verification)[=:]\s?([\w-]{8,100})", re.IGNORECASE)

_MATOMO_HOST = re.compile(
    r"(?:var u\s{0,9}=\s{0,9}|setTrackerUrl['\"],\s{0,9})[^;\n]{0,60}?['\"](?:https?:)?//([\w.-]{3,200})/"
)
_MATOMO_SITE = re.compile(r"setSiteId['\"]\s{0,9},\s{0,9}['\"]?(\d{1,8})")
_MATOMO_IMAGE = re.compile(
    r"//([\w.-]{3,200})/(?:[\w./-]{0,60})?(?:matomo|piwik)\.php\?idsite=(\d{1,8})"
)
_BITCOIN = re.compile(
    r"(?<!\w)(?:bc1[02-9ac-hj-np-z]{11,71}|[13][1-9A-HJ-NP-Za-km-z]{25,34})(?!\w)"
)
_ETHEREUM = re.compile(r"(?<!\w)0x[0-9a-fA-F]{40}(?!\w)")
_MAX_WALLETS = 50


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def identifiers_in(page: Page) -> Iterator[tuple[str, str]]:
    """Kind and value of every identifier that works on the page; those merely quoted are not."""
    code = page.code
    for identifier in IDENTIFIERS:
        if identifier.hint in code:
            for match in _compiled(identifier.pattern).finditer(code):
                if not is_placeholder(match[1]):
                    yield identifier.kind, identifier.form.format(match[1])
    yield from _matomo_in(code)
    yield from amazon_in(page.links)
    for name, content in page.metas:
        if name in VERIFICATIONS or name.endswith("-verification"):
            if not is_placeholder(content):
                yield "verification", f"{name}={content[:200]}"
        elif kind := OWNERS.get(name):
            yield from (
                (kind, one.strip()) for one in content.split(",") if one.strip().isdecimal()
            )
        elif name == "google-adsense-account" and content.startswith("ca-pub-"):
            yield "google_adsense", content.removeprefix("ca-")[:20]
    yield from _wallets_in(" ".join(page.text))


def amazon_in(links: list[str]) -> Iterator[tuple[str, str]]:
    """Amazon's partner tags, which stand in links that readers follow."""
    identifier = next(one for one in IDENTIFIERS if one.kind == "amazon_associates")
    for link in links:
        if "tag=" in link and (match := _compiled(identifier.pattern).search(link[:2_000])):
            yield identifier.kind, match[1]


def identifiers_in_dns(texts: list[str]) -> Iterator[tuple[str, str]]:
    """Verifications that stand in TXT records."""
    for text in texts:
        if match := _TXT.match(text.strip().strip('"')):
            yield "verification", f"{match[1].lower()}={match[2]}"


def identifiers_in_ads_txt(data: bytes) -> Iterator[tuple[str, str]]:
    """The seller accounts of an ads.txt (IAB) that are direct; resellers' are on many sites."""
    for line in data[:1_000_000].decode("utf-8", "replace").splitlines():
        fields = [field.strip() for field in line.partition("#")[0].split(",")]
        if len(fields) >= 3 and fields[2].upper() == "DIRECT" and all(fields[:2]):
            system, account = fields[0].lower()[:100], fields[1][:100]
            if not (system.isprintable() and account.isprintable()) or is_placeholder(account):
                continue
            if system == "google.com" and account.startswith("pub-"):
                yield "google_adsense", account
            else:
                yield "ad_seller", f"{system} {account}"


def is_placeholder(value: str) -> bool:
    """Whether an identifier is one of those that manuals show: XXXXXXXX, 123456789, 000000000."""
    body = re.sub(r"[^0-9A-Za-z]", "", value.removeprefix("pub-").removeprefix("ca-pub-")).upper()
    if "XXXX" in body or len(set(body)) <= 1:
        return True
    digits = "12345678901234567890"
    return len(body) >= 5 and (body in digits or body in "0" + digits)


def _matomo_in(code: str) -> Iterator[tuple[str, str]]:
    """An own Matomo: the host, and the number of the site there."""
    if "atomo" not in code and "piwik" not in code and "setSiteId" not in code:
        return
    hosts = {match[1].lower() for match in _MATOMO_HOST.finditer(code)}
    for site in {match[1] for match in _MATOMO_SITE.finditer(code)} if len(hosts) == 1 else ():
        yield "matomo", f"{next(iter(hosts))}#{site}"
    for match in _MATOMO_IMAGE.finditer(code):
        hosts.add(match[1].lower())
        yield "matomo", f"{match[1].lower()}#{match[2]}"
    yield from (("matomo_host", host) for host in hosts)


def _wallets_in(text: str) -> Iterator[tuple[str, str]]:
    """Addresses of wallets; Bitcoin's carry a checksum, which must be right."""
    found = {match[0] for match in _BITCOIN.finditer(text)}
    valid = filter(bitcoin.is_valid, sorted(found))
    yield from (("bitcoin_wallet", wallet) for wallet in islice(valid, _MAX_WALLETS))
    found = {match[0].lower() for match in _ETHEREUM.finditer(text)}
    yield from (
        ("ethereum_wallet", wallet)
        for wallet in sorted(found)[:_MAX_WALLETS]
        if len(set(wallet[2:])) > 3
    )

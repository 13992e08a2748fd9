"""What is read from a capture: accounts that work, not those that are quoted; headers; software."""

from collections.abc import Iterable
from pathlib import Path

import orjson
import pytest

from app.forensics.infrastructure.analysis.identifiers import (
    IDENTIFIERS,
    identifiers_in,
    identifiers_in_ads_txt,
    identifiers_in_dns,
    is_placeholder,
)
from app.forensics.infrastructure.analysis.indicators import domain_of, subnet_of
from app.forensics.infrastructure.analysis.kinds import KINDS, rarity
from app.forensics.infrastructure.analysis.pages import read_page
from app.forensics.infrastructure.analysis.responses import response_indicators
from app.forensics.infrastructure.analysis.shared import bundled_values
from app.forensics.infrastructure.analysis.technologies import shingles_of, software_of
from app.forensics.infrastructure.document import analyse
from app.forensics.infrastructure.schemas import MIN_SCORE
from app.forensics.infrastructure.sources.headers import read_headers
from tests.command import failure_of, run_vric
from tests.forensics.infrastructure.making import MadeSite, written


def _found(html: str) -> set[tuple[str, str]]:
    return set(identifiers_in(read_page(html.encode())))


@pytest.mark.parametrize(
    ("html", "kind", "value"),
    [
        ("<script>ga('create', 'UA-8812734-12', 'auto')</script>", "google_analytics", "UA-8812734"),
        ('<script async src="https://www.googletagmanager.com/gtag/js?id=G-7KQ2M4PX1Z"></script>',
         "google_analytics_4", "G-7KQ2M4PX1Z"),
        ('<noscript><iframe src="https://www.googletagmanager.com/ns.html?id=GTM-K7P2QX9"></iframe>',
         "google_tag_manager", "GTM-K7P2QX9"),
        ("<script>gtag('config', 'AW-998877665');</script>", "google_ads", "AW-998877665"),
        ('<ins class="adsbygoogle" data-ad-client="ca-pub-8123456712345678"></ins>',
         "google_adsense", "pub-8123456712345678"),
        ('<script src="https://pagead2.googlesyndication.com/pagead/js/adsbygoogle.js?client='
         'ca-pub-8123456712345678"></script>', "google_adsense", "pub-8123456712345678"),
        ("<script>ym(89034417, 'init', {clickmap:true});</script>", "yandex_metrika", "89034417"),
        ('<noscript><img src="https://mc.yandex.ru/watch/89034417" alt=""/></noscript>',
         "yandex_metrika", "89034417"),
        ("<script>fbq('init', '1408763219876543');</script>", "facebook_pixel", "1408763219876543"),
        ('<img src="https://www.facebook.com/tr?id=1408763219876543&amp;ev=PageView"/>',
         "facebook_pixel", "1408763219876543"),
        ("<script>h._hjSettings={hjid:2873465,hjsv:6};</script>", "hotjar", "2873465"),
        ("<script>(new Image).src='https://vk.com/rtrg?p=VK-RTRG-812734-aB3xZ'</script>",
         "vk_pixel", "VK-RTRG-812734-aB3xZ"),
        ('<script>_tmr.push({id: "3187245", type: "pageView"});</script>', "mailru_top", "3187245"),
        ("<script>new Image().src='//counter.yadro.ru/hit;Noticias?t44'</script>",
         "liveinternet", "Noticias"),
        ('<script src="https://noticias-sur.disqus.com/embed.js"></script>', "disqus", "noticias-sur"),
        ('<script src="https://hm.baidu.com/hm.js?8f14e45fceea167a5a36dedd4bea2543"></script>',
         "baidu_tongji", "8f14e45fceea167a5a36dedd4bea2543"),
        ('<script defer src="https://static.cloudflareinsights.com/beacon.min.js" data-cf-beacon='
         "'{\"token\": \"8f14e45fceea167a5a36dedd4bea2543\"}'></script>",
         "cloudflare_analytics", "8f14e45fceea167a5a36dedd4bea2543"),
        ('<script>var u="//stats.medios.example/"; _paq.push(["setTrackerUrl", u+"matomo.php"]);'
         '_paq.push(["setSiteId", "3"]);</script>', "matomo", "stats.medios.example#3"),
        ('<img src="https://stats.medios.example/matomo.php?idsite=3&amp;rec=1">',
         "matomo_host", "stats.medios.example"),
        ('<meta name="google-site-verification" content="qX7_abc-DEF123ghiJKL456mnoPQR789stuVWX012yz">',
         "verification", "google-site-verification=qX7_abc-DEF123ghiJKL456mnoPQR789stuVWX012yz"),
        ('<meta name="yandex-verification" content="5f2c9a7b3d1e8046">',
         "verification", "yandex-verification=5f2c9a7b3d1e8046"),
        ('<meta property="fb:app_id" content="1408763219876543">', "facebook_app", "1408763219876543"),
        ("<p>BTC: 1BoatSLRHtKNngkdXEeobR76b53LETtpyT</p>",
         "bitcoin_wallet", "1BoatSLRHtKNngkdXEeobR76b53LETtpyT"),
        ("<p>0x52908400098527886E0F7030069857D2E4169EE7</p>",
         "ethereum_wallet", "0x52908400098527886e0f7030069857d2e4169ee7"),
        ('<a href="https://www.amazon.com.mx/dp/B00X?tag=notisur-20">libro</a>',
         "amazon_associates", "notisur-20"),
    ],
)  # fmt: skip
def test_accounts_are_found(html: str, kind: str, value: str) -> None:
    assert (kind, value) in _found(html)


@pytest.mark.parametrize(
    "html",
    [
        "<p>El sitio usa UA-8812734-1 y GTM-K7P2QX9, dice el informe; pub-8123456712345678.</p>",
        "<!-- <script>ga('create', 'UA-8812734-1')</script> -->",
        "<style>.a{content:'UA-8812734-1'}</style>",
        '<a href="https://mc.yandex.ru/watch/89034417">x</a>',
        "<script>ga('create', 'UA-XXXXXXX-1'); gtag('config', 'G-XXXXXXXXXX');</script>",
        "<script>ga('create', 'UA-12345678-1'); gtag('js', 'UA-00000000-1')</script>",
        "<p>1BoatSLRHtKNngkdXEeobR76b53LETtpyU 0x0000000000000000000000000000000000000000</p>",
        "<script>var a='BIG-SHOCK2000 MYUA-8812734-1 XGTM-K7P2QX9'</script>",
        '<meta name="description" content="UA-8812734-1"><meta name="yandex-verification" content="">',
    ],
)
def test_what_is_quoted_or_an_example_is_not(html: str) -> None:
    assert _found(html) == set()


def test_every_kind_has_a_weight() -> None:
    assert {identifier.kind for identifier in IDENTIFIERS} <= KINDS.keys()
    assert {kind.tier for kind in KINDS.values()} == {1, 2, 3}


@pytest.mark.parametrize(
    "value", ["XXXXXXXX", "00000000", "12345678", "1234567890", "pub-0000000000000000"]
)
def test_placeholders(value: str) -> None:
    assert is_placeholder(value)
    assert not is_placeholder("8812734")


def test_direct_sellers_of_ads_txt() -> None:
    text = (
        b"google.com, pub-8123456712345678, DIRECT, f08c47fec0942fa0 # ours\n"
        b"appnexus.com, 1908, RESELLER\nMgid.com, 772211, direct\nbad line\ncontact=a@example.org\n"
    )
    assert list(identifiers_in_ads_txt(text)) == [
        ("google_adsense", "pub-8123456712345678"), ("ad_seller", "mgid.com 772211"),
    ]  # fmt: skip


def test_verifications_of_dns() -> None:
    texts = [
        "google-site-verification=qX7_abc-DEF123",
        '"yandex-verification: 5f2c9a7b3d1e"',
        "v=spf1 -all",
    ]
    assert list(identifiers_in_dns(texts)) == [
        ("verification", "google-site-verification=qX7_abc-DEF123"),
        ("verification", "yandex-verification=5f2c9a7b3d1e"),
    ]


def _response(text: str, site: str = "uno.example") -> set[tuple[str, str]]:
    return set(response_indicators(read_headers(text.encode()), site))


def test_unusual_headers_and_cookies() -> None:
    found = _response(
        "HTTP/1.1 200 OK\r\nServer: nginx/1.18.0 (Ubuntu)\r\nServer: nginx\r\nDate: Mon\r\n"
        "X-Redaccion: Caracas\r\nX-Trace: 0123456789abcdef\r\nX-Self: https://uno.example/\r\n"
        "Set-Cookie: nodo_sur=1; Path=/\r\nSet-Cookie: s_8f14e45fceea=2\r\n"
        'ETag: W/"5f3a-77b1"\r\nX-Powered-By: PHP/7.4.33\r\nbroken line\r\n'
    )
    assert found == {
        ("server_software", "nginx/1.18.0 (Ubuntu)"), ("header", "x-redaccion: Caracas"),
        ("header_name", "x-redaccion"), ("header_name", "x-trace"), ("header_name", "x-self"),
        ("cookie_name", "nodo_sur"), ("cookie_name", "s_*"), ("etag", '"5f3a-77b1"'),
        ("powered_by", "PHP/7.4.33"),
    }  # fmt: skip


def test_headers_come_in_many_shapes() -> None:
    expected = [("x-a", "1"), ("x-b", "2")]
    for given in ({"X-A": "1", "X-B": 2}, [["X-A", "1"], ["x-b", "2"]],
                  [{"name": "X-A", "value": "1"}, {"name": "X-B", "value": "2"}]):  # fmt: skip
        assert read_headers(orjson.dumps(given)) == expected


def test_software_theme_and_plugins() -> None:
    page = read_page(
        b'<meta name="generator" content="WordPress 6.4.2"><link href="/wp-content/themes/Propio/a.css">'
        b'<script src="/wp-content/plugins/lector-sur/a.js"></script><img src="/templates/joo/images/a.png">'
    )
    assert set(software_of(page)) == {
        ("cms", "WordPress 6.4.2"), ("platform", "WordPress"), ("theme", "propio"), ("theme", "joo"),
        ("plugin", "lector-sur"),
    }  # fmt: skip


def test_structure_is_runs_of_elements() -> None:
    a = shingles_of(["div", "p", "ul", "li", "a", "section", "span", "em"])
    assert len(a) == 3
    assert a == shingles_of(["html", "div", "ul", "br", "li", "a", "section", "span", "em"])


@pytest.mark.parametrize(
    ("name", "domain"),
    [
        ("www.noticias.gob.ve", "noticias.gob.ve"), ("a.b.co.uk", "b.co.uk"), ("uno.example", "uno.example"),
        ("uno.blogspot.com", "uno.blogspot.com"), ("blogspot.com", ""), ("captura 1", ""), ("10.0.0.1", ""),
        ("", ""), ("x" * 300 + ".com", ""),
    ],
)  # fmt: skip
def test_registrable_domains(name: str, domain: str) -> None:
    assert domain_of(name) == domain


def test_subnets() -> None:
    assert subnet_of("203.0.113.77") == "203.0.113.0/24"
    assert subnet_of("2001:db8:1:2::3") == "2001:db8:1::/48"


def _entry_names(pairs: Iterable[tuple[str, str]]) -> list[str | None]:
    known = bundled_values()
    found = [known.find(kind, value) for kind, value in pairs]
    return [entry.name if entry else None for entry in found]


def test_the_bundled_list_knows_what_many_share() -> None:
    assert _entry_names([
        ("ip", "104.21.5.9"), ("subnet", "104.21.5.0/24"), ("ip", "2606:4700::1"), ("ip", "185.199.108.153"),
        ("ip", "23.227.38.65"), ("ip", "10.1.2.3"), ("name_server", "dora.ns.cloudflare.com"),
        ("certificate_name", "sni.cloudflaressl.com"), ("header", "cf-ray: 1"), ("cookie_name", "__cf_bm"),
        ("theme", "newspaper"), ("google_analytics", "UA-33523145"),
    ]) == [
        "Cloudflare", "Cloudflare", "Cloudflare", "GitHub Pages", "Shopify", "private networks",
        "Cloudflare", "Cloudflare", "Cloudflare", "Cloudflare", "themes that are on sale or free",
        "Analytics in the cloud, and codes that many sites carry by rule",
    ]  # fmt: skip
    # An address in a cloud is one customer's; its network is everybody's.
    assert _entry_names([("ip", "5.9.1.2")]) == [None]
    assert _entry_names([("subnet", "5.9.1.0/24")]) != [None]
    assert _entry_names([
        ("ip", "203.0.113.7"), ("name_server", "ns1.notcloudflare.com"), ("theme", "propio"),
        ("header", "x-redaccion: 1"), ("google_analytics", "UA-8812734"), ("cookie_name", "nodo_sur"),
    ]) == [None] * 6  # fmt: skip


def test_rarity_falls_with_holders_and_stays_for_accounts() -> None:
    assert rarity(2, 2, 3) == rarity(400, 2, 1) == 1
    falling = [rarity(100, holders, 2) for holders in (2, 5, 20, 100)]
    assert falling == sorted(falling, reverse=True)
    assert falling[-1] < 0.1
    assert rarity(100, 100, 1) == 0.75


def test_the_command_prints_sites_pairs_groups_and_a_summary(tmp_path: Path) -> None:
    sites = [
        MadeSite(f"{name}.example", head="<script>ym(89034417,'init')</script>") for name in "ab"
    ]
    written(tmp_path / "captures", sites)
    done = run_vric("forensics", "infrastructure", "captures", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    records = [orjson.loads(line) for line in done.stdout.splitlines()]
    assert [one["record"] for one in records] == ["site", "site", "pair", "group", "summary"]
    answer = analyse(tmp_path / "captures", MIN_SCORE)
    assert records[2] == {"record": "pair", **answer["pairs"][0]}
    assert records[4]["method"] == "shared_infrastructure"
    assert "1 told" in done.stderr
    told = run_vric("forensics", "infrastructure", "captures", cwd=tmp_path).stdout.splitlines()
    assert told[1].startswith("1.0")
    none = run_vric(
        "forensics", "infrastructure", "captures", "--min-score", "9", "--json", cwd=tmp_path
    )
    assert [orjson.loads(line)["record"] for line in none.stdout.splitlines()] == [
        "site",
        "site",
        "summary",
    ]


def test_the_command_fails_in_a_line(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for path in ("nowhere", "empty"):
        failure_of(run_vric("forensics", "infrastructure", path, cwd=tmp_path))

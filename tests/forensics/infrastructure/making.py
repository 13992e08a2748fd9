"""Captures of invented sites (synthetic, marked so in every page), and networks planted among them."""

import json
import random
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from io import BytesIO
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

SYNTHETIC = "<!-- synthetic: no such site -->"
STOCK_THEMES = ("newspaper", "astra", "jannah", "generatepress", "twentytwentyfour")
STOCK_PLUGINS = ("elementor", "contact-form-7", "wordpress-seo", "akismet")
HEADERS = (
    "HTTP/2 200\r\nserver: cloudflare\r\ncf-ray: 88a\r\ncontent-type: text/html; charset=UTF-8\r\n"
    "x-powered-by: PHP/8.1.2\r\nset-cookie: PHPSESSID=abc; path=/\r\n\r\n"
)
CLOUDFLARE = {"ips": ["104.21.5.9"], "name_servers": ["dora.ns.cloudflare.com"]}


@dataclass
class MadeSite:
    """The parts of one invented site; each is drawn at random where it is not given."""

    name: str
    head: str = ""
    theme: str = "newspaper"
    body: str = ""
    headers: str = HEADERS
    record: Mapping[str, object] = field(default_factory=lambda: CLOUDFLARE)
    certificate: bytes | None = None
    assets: dict[str, str] = field(default_factory=dict)

    def files(self) -> dict[str, bytes]:
        """Name and bytes of each file of its folder."""
        plugins = "".join(
            f'<script src="/wp-content/plugins/{one}/x.js"></script>' for one in STOCK_PLUGINS
        )
        page = (
            f'{SYNTHETIC}<!doctype html><html><head><meta name="generator" content="WordPress 6.4.2">'
            f'<link rel="stylesheet" href="/wp-content/themes/{self.theme}/style.css">{plugins}'
            f"{self.head}</head><body class='home blog'>{self.body}</body></html>"
        )
        made = {
            "index.html": page.encode(),
            "headers.txt": self.headers.encode(),
            "capture.json": json.dumps(self.record).encode(),
            **{name: text.encode() for name, text in self.assets.items()},
        }
        return made | ({"cert.pem": self.certificate} if self.certificate else {})


def stock_body(theme: str) -> str:
    """What a theme for sale makes of every site that has it."""
    blocks = "".join(
        f'<div class="td-block-{n} td_module_{n}"><h3 class="entry-title"><a href="/{n}">x</a></h3>'
        f'<section class="{theme}-box-{n} story{n}-{theme}"><img src="/{n}.jpg"></section></div>'
        for n in range(40)
    )
    return f'<div class="{theme}-wrap">{blocks}</div>'


def own_body(seed: int) -> str:
    """A design that somebody made for themselves."""
    chance = random.Random(seed)
    tags = ("div", "section", "article", "span", "aside", "ul", "h2", "figure", "em")
    return "".join(
        f'<{tag} class="q{chance.randrange(10**6)}zona">a</{tag}>'
        for tag in chance.choices(tags, k=120)
    )


def certificate_of(*names: str, seed: int = 1) -> bytes:
    """A certificate for these names as PEM, the same each time."""
    key = ec.derive_private_key(seed + 1000, ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0][:60])])
    issuer = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Let's Encrypt")])
    start = datetime(2026, 1, 1, tzinfo=UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(seed + 77)
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=90))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(one) for one in names]), False)
        .sign(ec.derive_private_key(5, ec.SECP256R1()), hashes.SHA256())
    )
    return made.public_bytes(Encoding.PEM)


@cache
def _cdn_certificate() -> bytes:
    return certificate_of(*(f"site{n}.example" for n in range(60)), seed=9)


def background(chance: random.Random, number: int) -> MadeSite:
    """A site of its own: common CDN, theme and plugins, own accounts, nothing shared but stock."""
    theme = chance.choice(STOCK_THEMES)
    site = MadeSite(
        f"fondo{number}.example",
        head=f'<script>gtag("config", "G-{chance.randrange(10**9, 10**10)}");</script>'
        f'<script src="https://www.googletagmanager.com/gtag/js?id=UA-{chance.randrange(10**7, 10**8)}-1">'
        f'</script><meta name="google-site-verification" content="v{chance.getrandbits(120):x}">',
        theme=theme,
        body=stock_body(theme),
    )
    site.certificate = chance.choice(
        [None, _cdn_certificate(), certificate_of(site.name, seed=number + 50)]
    )
    if chance.random() < 0.3:
        # A host that no list knows: several unrelated sites on one address, with its server.
        shared = chance.randrange(3)
        site.record = {
            "ips": [f"198.51.100.{shared}"],
            "name_servers": [f"ns{shared}.unlisted.example"],
        }
        site.headers = f"Server: Apache/2.4.{shared} (Unix)\r\nX-Unlisted-Node: n{shared}\r\n"
    return site


def planted(chance: random.Random, network: int, size: int) -> list[MadeSite]:
    """Sites of one operator, who shares some things among them in one of several ways."""
    sites = []
    way = network % 5
    account, wallet = chance.randrange(10**6, 10**7), chance.randrange(10**12)
    names = [f"red{network}-{number}.example" for number in range(size)]
    for number, name in enumerate(names):
        site = background(chance, 1000 * (network + 1) + number)
        site.name, site.certificate = name, None
        if way == 0:
            site.head += f'<script>ga("create", "UA-{account}-{number + 1}", "auto")</script>'
        elif way == 1:
            site.head += f"<script>ym({account}, 'init', {{}});</script>"
        elif way == 2:
            site.certificate = certificate_of(*names, seed=account)
        elif way == 3:
            site.head += f'<meta name="yandex-verification" content="{wallet:016x}"/>'
        else:
            site.theme, site.body = f"propio{account}", own_body(account)
            site.assets["main.css"] = f".q{{color:#{account:06x}}}" * 30
            site.record = {"ips": [f"203.0.113.{network}"]}
        sites.append(site)
    return sites


def zipped(sites: list[MadeSite], around: str = "") -> bytes:
    """A ZIP with a folder for each."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for site in sites:
            for name, data in site.files().items():
                archive.writestr(f"{around}{site.name}/{name}", data)
    return out.getvalue()


def written(folder: Path, sites: list[MadeSite]) -> Path:
    """A folder with a folder for each."""
    for site in sites:
        for name, data in site.files().items():
            path = folder / site.name / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    return folder

"""The same pictures as Vega-Lite 5 specifications, with their data inside."""

from collections.abc import Sequence
from typing import Any

import orjson

from app.forensics.evidence.pictures import style
from app.forensics.evidence.pictures.chains import chains_of
from app.forensics.evidence.pictures.network import network_of
from app.forensics.evidence.pictures.timeline import Posted
from app.forensics.evidence.source import FindingVersion, instant

_SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
_WIDTH, _HEIGHT = 900, 600


def vega_network(finding: FindingVersion) -> bytes:
    """Ties as rules, nodes as points at places that were worked out."""
    network = network_of(finding.document, _WIDTH, _HEIGHT)
    nodes = [
        {"name": one.name, "x": round(one.x, 1), "y": round(one.y, 1), "partners": one.ties,
         "group": one.group + 1, "colour": style.group_colour(one.group)}
        for one in network.nodes.values()
    ]  # fmt: skip
    ties = [
        {"a": tie.a, "b": tie.b, "weight": tie.weight, "benign": tie.benign,
         "x": round(network.nodes[tie.a].x, 1), "y": round(network.nodes[tie.a].y, 1),
         "x2": round(network.nodes[tie.b].x, 1), "y2": round(network.nodes[tie.b].y, 1)}
        for tie in network.ties
    ]  # fmt: skip
    place = {"type": "quantitative", "axis": None}
    ends = {
        "x": {"field": "x", **place, "scale": {"domain": [0, _WIDTH]}},
        "y": {"field": "y", **place, "scale": {"domain": [_HEIGHT, 0]}},
    }
    return _specification(
        finding,
        "Network",
        layer=[
            {
                "data": {"values": ties},
                "mark": {"type": "rule", "color": style.GREY, "opacity": 0.5},
                "encoding": {
                    **ends,
                    "x2": {"field": "x2"},
                    "y2": {"field": "y2"},
                    "size": {"field": "weight", "type": "quantitative",
                             "scale": {"range": [0.5, 4]}},
                    "tooltip": [{"field": name} for name in ("a", "b", "weight", "benign")],
                },
            },
            {
                "data": {"values": nodes},
                "mark": {"type": "point", "filled": True, "opacity": 1, "size": 120},
                "encoding": {
                    **ends,
                    "color": {"field": "colour", "type": "nominal", "scale": None},
                    "tooltip": [{"field": name} for name in ("name", "group", "partners")],
                },
            },
        ],
    )  # fmt: skip


def vega_timeline(finding: FindingVersion, posted: Sequence[Posted]) -> bytes:
    """A tick for each post of an account of a group."""
    groups = {one.account: one.group for one in finding.document.behaviour.accounts}
    values = [
        {"account": one.account, "at": instant(one.at), "group": groups[one.account]}
        for one in posted
        if one.account in groups
    ]
    return _specification(
        finding,
        "Timeline",
        data={"values": values},
        mark={"type": "tick", "thickness": 2},
        encoding={
            "x": {"field": "at", "type": "temporal", "scale": {"type": "utc"}, "title": "UTC"},
            "y": {"field": "account", "type": "nominal", "sort": "-x"},
            "color": {"field": "group", "type": "nominal"},
        },
    )


def vega_chains(finding: FindingVersion) -> bytes:
    """A point for each text of a chain, by time and language."""
    values = [
        {"chain": chain, "id": link.id, "at": instant(link.at), "kind": link.kind,
         "stage": link.stage, "language": link.lane, "similarity": link.similarity}
        for chain, links in chains_of(finding).items()
        for link in links
    ]  # fmt: skip
    stages = {"domain": list(style.STAGES), "range": list(style.STAGES.values())}
    return _specification(
        finding,
        "Chains",
        data={"values": values},
        mark={"type": "point", "filled": True, "size": 140},
        encoding={
            "x": {"field": "at", "type": "temporal", "scale": {"type": "utc"}, "title": "UTC"},
            "y": {"field": "language", "type": "nominal"},
            "row": {"field": "chain", "type": "nominal"},
            "color": {"field": "stage", "type": "nominal", "scale": stages},
            "shape": {"field": "kind", "type": "nominal"},
            "tooltip": [{"field": name} for name in ("id", "kind", "stage", "similarity")],
        },
    )


def _specification(finding: FindingVersion, what: str, **parts: Any) -> bytes:
    return orjson.dumps({
        "$schema": _SCHEMA,
        "title": f"{what}: {finding.title}",
        "description": finding.document.summary,
        "width": _WIDTH,
        **({"height": _HEIGHT} if what == "Network" else {}),
        "usermeta": {"finding": str(finding.id), "version": finding.number, "sha256": finding.sha256},
        **parts,
    })  # fmt: skip

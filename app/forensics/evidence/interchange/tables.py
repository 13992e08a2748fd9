"""The network of a finding as tables: edges as CSV, and the whole as GraphML."""

import csv
import io
import re
from xml.etree.ElementTree import Element, SubElement, tostring

from app.forensics.evidence.source import FindingVersion
from app.forensics.findings.document import Behaviour, Edge

EDGE_COLUMNS = (
    "account_a", "account_b", "trace", "weight", "avg_time_delta_s", "fast_objects", "expected", "p",
    "q", "benign", "group", "synthetic",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
# What XML 1.0 has no way to write, not even escaped.
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_GRAPHML = "http://graphml.graphdrawing.org/xmlns"
_NODE_KEYS = (
    ("group", "string"), ("partners", "int"), ("strength", "int"), ("core", "int"), ("posts", "int"),
)  # fmt: skip
_EDGE_KEYS = (
    ("trace", "string"),
    ("weight", "int"), ("avg_time_delta_s", "double"), ("fast_objects", "int"),
    ("expected", "double"), ("p", "double"), ("q", "double"), ("benign", "string"),
)  # fmt: skip


def edges_csv(finding: FindingVersion) -> bytes:
    """A row an edge; of chains and near-duplicates a row a record."""
    behaviour = finding.document.behaviour
    groups, text = _groups(behaviour), io.StringIO()
    rows = csv.writer(text, lineterminator="\r\n")
    if finding.document.kind != "coordination":
        names = sorted({name for record in behaviour.records for name in record})
        rows.writerow([*names, "synthetic"])
        for record in behaviour.records:
            values = [_cell(record.get(name)) for name in names]
            rows.writerow([*values, finding.is_synthetic])
        return text.getvalue().encode()
    rows.writerow(EDGE_COLUMNS)
    for edge in behaviour.edges:
        row = [*_edge_values(edge), groups.get(edge.account_a), finding.is_synthetic]
        rows.writerow([_cell(value) for value in row])
    return text.getvalue().encode()


def graphml(finding: FindingVersion) -> bytes:
    """The network as GraphML 1.0: accounts with their groups, edges with their numbers."""
    behaviour = finding.document.behaviour
    root = Element("graphml", {"xmlns": _GRAPHML})
    for kind, keys in (("node", _NODE_KEYS), ("edge", _EDGE_KEYS)):
        for name, type_ in keys:
            SubElement(root, "key", {
                "id": f"{kind}_{name}", "for": kind, "attr.name": name, "attr.type": type_,
            })  # fmt: skip
    SubElement(root, "key", {
        "id": "node_label", "for": "node", "attr.name": "label", "attr.type": "string",
    })  # fmt: skip
    graph = SubElement(root, "graph", {"id": str(finding.id), "edgedefault": "undirected"})
    SubElement(graph, "desc").text = _clean(f"{finding.title}. {finding.document.summary}")
    activities = {one.account: one for one in behaviour.accounts}
    names = sorted({name for e in behaviour.edges for name in (e.account_a, e.account_b)}
                   | set(activities))  # fmt: skip
    ids = {name: f"n{number}" for number, name in enumerate(names)}
    for name, id_ in ids.items():
        node = SubElement(graph, "node", {"id": id_})
        _data(node, "node_label", name)
        if name in activities:
            for key, _ in _NODE_KEYS:
                _data(node, f"node_{key}", getattr(activities[name], key))
    for edge in behaviour.edges:
        ends = {"source": ids[edge.account_a], "target": ids[edge.account_b]}
        made = SubElement(graph, "edge", ends)
        for key, _ in _EDGE_KEYS:
            _data(made, f"edge_{key}", getattr(edge, key))
    body: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return body


def _data(parent: Element, key: str, value: object) -> None:
    if value is not None:
        SubElement(parent, "data", {"key": key}).text = _clean(str(value))


def _edge_values(edge: Edge) -> list[object]:
    return [getattr(edge, name) for name in EDGE_COLUMNS[:-2]]


def _groups(behaviour: Behaviour) -> dict[str, str]:
    return {one.account: one.group for one in behaviour.accounts}


def _cell(value: object) -> object:
    """A text that a spreadsheet would take for a formula is set in quotation."""
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value


def _clean(text: str) -> str:
    return _NO_XML.sub("\ufffd", text)

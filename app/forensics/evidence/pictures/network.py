"""The network picture: who shared the same with whom, groups told apart, explained edges dashed."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.core.drawing.text import cut, width_of
from app.forensics.evidence.pictures import style
from app.forensics.evidence.pictures.layout import place
from app.forensics.evidence.pictures.page import INNER, TOP, Page, plain
from app.forensics.evidence.source import FindingVersion
from app.forensics.findings.document import FindingDocument

MAX_NODES, MAX_EDGES, MAX_LEGEND, MAX_LABELS = 240, 4_000, 8, 44
HEIGHT, SIDE = 600.0, 290.0


@dataclass(frozen=True, slots=True)
class Tie:
    """Two nodes, how strongly they are tied, and what else explains it."""

    a: str
    b: str
    weight: float
    benign: str | None


@dataclass(frozen=True, slots=True)
class Node:
    """A node with its place; `group` is the position of its group, -1 where it is in none."""

    name: str
    group: int
    x: float
    y: float
    ties: int


@dataclass(frozen=True, slots=True)
class Network:
    """What is drawn, and how much there is besides."""

    nodes: Mapping[str, Node]
    ties: Sequence[Tie]
    left_out: int
    unit: str


def network_of(document: FindingDocument, width: float, height: float) -> Network:
    """The heaviest ties of a finding, unexplained ones first, with a place for each node."""
    ties, unit = list(_ties(document)), "objects shared"
    if document.kind != "coordination":
        unit = "similarity"
    ties.sort(key=lambda tie: (tie.benign is not None, -tie.weight, tie.a, tie.b))
    kept: list[Tie] = []
    names: set[str] = set()
    for tie in ties[:MAX_EDGES]:
        if len(names | {tie.a, tie.b}) <= MAX_NODES:
            names |= {tie.a, tie.b}
            kept.append(tie)
    every = {name for tie in ties for name in (tie.a, tie.b)}
    groups = {
        account: position
        for position, group in enumerate(document.behaviour.groups)
        for account in group.accounts
    }
    nodes = _placed(kept, groups if document.kind == "coordination" else None, width, height)
    return Network(nodes, kept, len(every) - len(names), unit)


def draw_network(finding: FindingVersion) -> bytes:
    """The picture as SVG."""
    network = network_of(finding.document, INNER - SIDE - 40, HEIGHT - 40)
    page = Page(finding, "Network", _described(network))
    page.panel(TOP - 12, HEIGHT)
    if network.nodes:
        _draw_ties(page, network)
        _draw_nodes(page, network)
        _draw_legend(page, finding.document, network)
    else:
        page.write(
            INNER / 2, TOP + HEIGHT / 2, "Nothing was found.", 22, style.FAINT, anchor="middle"
        )
    return page.finish(TOP + HEIGHT - 12)


def _ties(document: FindingDocument) -> Iterator[Tie]:
    """Edges of accounts; of texts the pairs that are alike, or the links of chains."""
    summed: dict[tuple[str, str], tuple[float, str | None]] = {}
    for edge in document.behaviour.edges:
        key = (edge.account_a, edge.account_b)
        weight, benign = summed.get(key, (0.0, edge.benign))
        # A pair is explained where all of its traces are.
        summed[key] = (weight + edge.weight, benign if edge.benign else None)
    for (a, b), (weight, benign) in summed.items():
        yield Tie(a, b, weight, benign)
    for record in document.behaviour.records:
        if "id_a" in record:
            yield Tie(str(record["id_a"]), str(record["id_b"]), float(record["similarity"]), None)
        elif record.get("repeats") is not None:
            yield Tie(str(record["repeats"]), str(record["id"]), float(record["similarity"]), None)


def _placed(
    ties: Sequence[Tie], groups: Mapping[str, int] | None, width: float, height: float
) -> dict[str, Node]:
    """The nodes by name; without groups each component is one."""
    near: dict[str, set[str]] = defaultdict(set)
    for tie in ties:
        near[tie.a].add(tie.b)
        near[tie.b].add(tie.a)
    components = _components(near)
    edges: list[list[tuple[int, int]]] = [[] for _ in components]
    where = {name: (g, i) for g, names in enumerate(components) for i, name in enumerate(names)}
    for tie in ties:
        edges[where[tie.a][0]].append((where[tie.a][1], where[tie.b][1]))
    points = place(edges, [len(one) for one in components], width, height)
    return {
        name: Node(
            name, g if groups is None else groups.get(name, -1), float(points[g][i, 0]),
            float(points[g][i, 1]), len(near[name]),
        )
        for name, (g, i) in where.items()
    }  # fmt: skip


def _components(near: Mapping[str, set[str]]) -> list[list[str]]:
    """The nodes that hang together, largest component first."""
    left, found = set(near), []
    for start in sorted(near):
        if start not in left:
            continue
        reached, border = {start}, [start]
        while border:
            new = near[border.pop()] - reached
            reached |= new
            border += sorted(new)
        left -= reached
        found.append(sorted(reached))
    return sorted(found, key=lambda names: (-len(names), names[0]))


def _draw_ties(page: Page, network: Network) -> None:
    heaviest = max(tie.weight for tie in network.ties) or 1.0
    thin = 0.6 if len(network.ties) > 250 else 1.0
    for tie in reversed(network.ties):
        a, b = network.nodes[tie.a], network.nodes[tie.b]
        share = (tie.weight / heaviest) ** 0.5
        line: dict[str, float | str] = {
            "x1": a.x + 20, "y1": a.y + TOP + 8, "x2": b.x + 20, "y2": b.y + TOP + 8,
            "stroke": style.group_colour(a.group) if tie.benign is None else style.GREY,
            "stroke-width": (0.6 + 3.4 * share) * thin, "stroke-opacity": f"{0.18 + 0.42 * share:.2f}",
        }  # fmt: skip
        if tie.benign is not None:
            line["stroke-dasharray"] = "4 4"
        page.draw("line", line)


def _draw_nodes(page: Page, network: Network) -> None:
    ordered = sorted(network.nodes.values(), key=lambda node: (-node.ties, node.name))
    for node in ordered:
        circle = page.draw("circle", {
            "cx": node.x + 20, "cy": node.y + TOP + 8, "r": min(4 + node.ties**0.5, 11),
            "fill": style.group_colour(node.group), "stroke": "#ffffff", "stroke-width": "1.5",
        })  # fmt: skip
        title = circle.makeelement("title", {})
        title.text = plain(node.name)
        circle.append(title)
    taken: list[tuple[float, float, float]] = []
    for node in ordered[:MAX_LABELS]:
        text = cut(plain(node.name, 60), 12, 130)
        x, y, width = node.x + 20, node.y + TOP - 6 - node.ties**0.5, width_of(text, 12)
        if any(abs(x - a) < (width + w) / 2 + 4 and abs(y - b) < 13 for a, b, w in taken):
            continue
        taken.append((x, y, width))
        label = page.write(x, y, text, 12, anchor="middle")
        label.attrib.update({"paint-order": "stroke", "stroke": style.PANEL, "stroke-width": "3"})


def _draw_legend(page: Page, document: FindingDocument, network: Network) -> None:
    x, y, width = INNER - SIDE + 6, TOP + 22.0, SIDE - 26
    explained = [tie for tie in network.ties if tie.benign]
    groups: dict[int, list[Node]] = defaultdict(list)
    for node in network.nodes.values():
        groups[node.group].append(node)
    noun = "accounts" if document.kind == "coordination" else "texts"
    page.write(x, y, "Groups", 14, bold=True)
    shown = sorted(groups, key=lambda group: (group < 0, group))
    for group in [*shown[:MAX_LEGEND], *([-1] if -1 in shown[MAX_LEGEND:] else [])]:
        y += 23
        said = f"{len(groups[group]):,} {noun}{' in none' if group < 0 else ''}"
        page.draw("circle", {"cx": x + 7, "cy": y - 5, "r": 7, "fill": style.group_colour(group)})
        page.write(x + 22, y, cut(said, 14, width), 14)
    if len(shown) > MAX_LEGEND:
        y += 23
        page.write(x + 22, y, f"and {len(shown) - MAX_LEGEND:,} smaller groups", 14, style.FAINT)
    y += 36
    heaviest, lightest = (pick(tie.weight for tie in network.ties) for pick in (max, min))
    page.write(x, y, "Lines", 14, bold=True)
    for weight, stroke, dashes, said in (
        (3.5, style.INK, "", f"{heaviest:g} {network.unit}"),
        (1.0, style.INK, "", f"{lightest:g} {network.unit}"),
        *([(1.5, style.GREY, "4 4", "has a benign explanation")] if explained else []),
    ):
        y += 23
        page.draw("line", {"x1": x, "x2": x + 34, "y1": y - 5, "y2": y - 5, "stroke": stroke,
                           "stroke-width": weight, "stroke-dasharray": dashes or "none"})  # fmt: skip
        page.write(x + 46, y, cut(said, 14, width - 46), 14)
    if network.left_out:
        y += 36
        page.write(x, y, f"{network.left_out:,} more {noun} are not drawn.", 13, style.FAINT)


def _described(network: Network) -> str:
    groups = {node.group for node in network.nodes.values()} - {-1}
    explained = sum(tie.benign is not None for tie in network.ties)
    return (
        f"A network of {len(network.nodes):,} nodes in {len(groups):,} groups with"
        f" {len(network.ties):,} ties, {explained:,} of them with a benign explanation."
    )

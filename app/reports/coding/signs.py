"""Signs in a text that speak for or against a state as an actor or as a country of the event."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from app.reports.coding.acts import Acts
from app.reports.coding.gazetteer import HEZBOLLAH, Gazetteer
from app.reports.coding.mentions import Mention

_NAMES = ("country", "demonym")
_PEOPLE = ("person", "body")
_FAR = ("core", "outside")
# kinds of acts that tell who is a party and who a target; the others tell the instrument
_TELLING = frozenset(
    [
        "hostile",
        "visit",
        "joint",
        "listing",
        "receive",
        "meet",
        "ties",
        "court",
        "police",
        "seize",
        "sanction",
        "trade",
        "spy",
    ]
)


@dataclass(frozen=True, slots=True)
class Scene:
    """The names of a text with what they share: acts, classes of states, the block's state."""

    mentions: tuple[Mention, ...]
    acts: Acts
    classes: dict[str, str]
    block_state: str | None

    def of(self, state: str) -> list[Mention]:
        """The mentions of a state."""
        return [mention for mention in self.mentions if mention.state == state]


def read_scene(
    mentions: Iterable[Mention],
    acts: Acts,
    gazetteer: Gazetteer,
    block_state: str | None,
) -> Scene:
    """The scene of a text; regions that belong to no state take no part in it."""
    kept = tuple(mention for mention in mentions if mention.state)
    classes: dict[str, str] = {}
    for mention in kept:
        is_hezbollah = mention.state == HEZBOLLAH
        classes[mention.state] = (
            "hezbollah" if is_hezbollah else str(gazetteer.class_of(mention.state))
        )
    return Scene(kept, acts, classes, block_state)


def actor_signs(scene: Scene, state: str) -> list[str]:
    """Signs that a state acts; each is a row of `actor_weights.csv`."""
    kind = scene.classes[state]
    signs = _common(scene, state)
    own = scene.of(state)
    others = [other for other in scene.classes if other != state]
    rivals = [o for o in others if scene.classes[o] in ("core", "network", "outside", "us")]
    leads = [o for o in others if _leads(scene, o)]
    if _leads(scene, state):
        signs.append("leads")
    if not rivals:
        signs.append("no rival")
    if any(scene.classes[o] in _FAR for o in leads):
        signs.append("far state leads")
    if any(scene.classes[o] == "network" for o in leads):
        signs.append("network state leads")
    if any(scene.classes[o] == "us" for o in leads):
        signs.append("us leads")
    if any(scene.classes[o] == "americas" for o in leads):
        signs.append("host leads")
    if any(scene.classes[o] in ("core", "network", "hezbollah") for o in others):
        signs.append("monitored state present")
    if all(mention.kind == "media" for mention in own):
        signs.append("media only")
    signs += _acts_of(scene, state)
    return signs + [f"{kind}: {sign}" for sign in signs]


def country_signs(scene: Scene, state: str, actors: tuple[str, ...]) -> list[str]:
    """Signs that the event happens in a state or is aimed at it; rows of `country_weights.csv`."""
    kind = scene.classes[state]
    signs = _common(scene, state)
    others = [other for other in scene.classes if other not in (state, HEZBOLLAH)]
    acting = state in actors
    signs.append("acts" if acting else "does not act")
    if actors[:1] == (state,):
        signs.append("main actor")
    if not actors:
        signs.append("no actor")
    if not others:
        signs.append("alone")
    if any(scene.classes[o] == "americas" for o in others):
        signs.append("another host")
    if any(scene.classes[o] == "network" for o in others):
        signs.append("another network state")
    if any(o in actors and scene.classes[o] in _FAR for o in others):
        signs.append("far actor")
    if any(m.place and m.role in ("in", "to") for m in scene.mentions if m.state != state):
        signs.append("placed elsewhere")
    if any(o not in actors for o in others):
        signs.append("another that does not act")
    signs += _acts_of(scene, state)
    joined = [f"acts + {sign}" if acting else f"target + {sign}" for sign in signs]
    return signs + [f"{kind}: {sign}" for sign in signs + joined]


def _acts_of(scene: Scene, state: str) -> list[str]:
    """The kinds of acts, and whether the state leads in them or follows."""
    place = "leads" if _leads(scene, state) else "follows"
    kinds = sorted(scene.acts.kinds & _TELLING)
    return [f"act {kind}" for kind in kinds] + [f"act {kind} + {place}" for kind in kinds]


def _common(scene: Scene, state: str) -> list[str]:
    own = scene.of(state)
    signs = ["known"]
    if scene.mentions[0].state == state:
        signs.append("first")
    if own[0].sentence > 0:
        signs.append("later sentence")
    if len(own) > 1:
        signs.append("repeated")
    if scene.block_state == state:
        signs.append("block")
    for mention in own:
        signs += _parts(mention)
    if any(m.group for m in own):
        signs.append("listed")
        group = {m.group for m in own if m.group}
        beside = {scene.classes[m.state] for m in scene.mentions if m.group in group}
        signs += [f"listed with {name}" for name in beside if name != scene.classes[state]]
    if "visit" in scene.acts.kinds and any(
        m.role in ("to", "in") and m.kind != "person" for m in own
    ):
        signs.append("destination")
    if all(m.kind == "place" for m in own):
        signs.append("place only")
    if all(m.kind in _PEOPLE for m in own):
        signs.append("people only")
    if all(m.kind == "company" for m in own):
        signs.append("company only")
    if all(m.kind == "demonym" for m in own):
        signs.append("demonym only")
    if all(
        m.role in ("in", "to", "from", "against", "for", "of", "passing", "source") for m in own
    ):
        signs.append("never subject")
    return list(dict.fromkeys(signs))


def _parts(mention: Mention) -> list[str]:
    """What one mention is and the part it plays."""
    role = mention.role
    if mention.kind in _NAMES:
        return [f"name {role}", f"{mention.kind} {role}"]
    if mention.kind in _PEOPLE:
        return ["agent", f"agent {role}"]
    if mention.place is None:
        return [mention.kind]
    capital = [f"capital {role}"] if mention.place.kind == "capital" else []
    return [f"place {role}", "place", *capital]


def _leads(scene: Scene, state: str) -> bool:
    """Whether a state is the subject of the first sentence that names any."""
    first = scene.mentions[0].sentence
    return any(
        m.role in ("subject", "by") and m.sentence == first and m.kind != "media"
        for m in scene.of(state)
    )

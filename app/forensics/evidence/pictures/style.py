"""Colours and words of the pictures; what colour tells is told by form or text as well."""

PAPER, PANEL, INK, FAINT, RULE, GREY = (
    "#ffffff", "#f6f8fa", "#17212b", "#5b6975", "#dde3e8", "#9aa7b2",
)  # fmt: skip
FAMILY = "'Source Sans Pro', 'Segoe UI', 'Helvetica Neue', Arial, sans-serif"
# Paul Tol's "bright" and "muted" schemes, which colour-blind readers tell apart.
GROUPS = ("#4477aa", "#ee6677", "#228833", "#aa3377", "#ccbb44", "#66ccee", "#332288", "#999933")
STAGES = {"placement": "#4477aa", "layering": "#b8860b", "integration": "#aa3377"}
SIGNS = {"origin": "◆ origin", "copypasta": "● copy", "rewording": "▲ rewording",
         "translation": "■ translation"}  # fmt: skip


def group_colour(position: int) -> str:
    """Of the n-th largest group; what is in none (-1), or beyond the palette, is grey."""
    return GROUPS[position] if 0 <= position < len(GROUPS) else GREY

"""The demo's page: the pictures, and the story beneath them, in one static file."""

from collections.abc import Sequence
from html import escape
from pathlib import Path

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; color: #1c1c1c;
       background: #fafaf8 }
img { max-width: 100%; border: 1px solid #ddd } figure { margin: 1.5rem 0 } figcaption { color: #555 }
h2 { margin-top: 2rem; font-size: 1.1rem } pre { white-space: pre-wrap; overflow-wrap: anywhere; background: #fff;
       border: 1px solid #e5e5e0; padding: .8rem; font-size: .85rem }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(16rem, 1fr)); gap: 1rem }
@media (prefers-color-scheme: dark) { body { background: #161616; color: #e8e8e8 } pre { background: #1e1e1e;
       border-color: #333 } figcaption { color: #aaa } }
"""
_PICTURES = (
    ("input.png", "the picture: a made-up person who does not exist"),
    ("published.jpg", "published: edited, marked, signed"),
    ("stripped.jpg", "saved again at half the size, stripped of everything but its pixels"),
)


def write_page(path: Path, chapters: Sequence[tuple[str, Sequence[str]]]) -> None:
    """Write the page beside the pictures that it shows."""
    shown = "".join(
        f'<figure><img src="{name}" alt="{escape(said)}"><figcaption>{escape(said)}</figcaption></figure>'
        for name, said in _PICTURES
    )
    told = "".join(f"<h2>{escape(title)}</h2><pre>{escape(chr(10).join(lines))}</pre>" for title, lines in chapters)
    page = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>countenance: one edit</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head><body>'
        "<h1>One edit, from request to verification</h1>"
        '<figure><img src="sheet.png" alt="before, after, and a heat map of what changed">'
        "<figcaption>Before, after, and where the pixels differ by more than the watermark does.</figcaption></figure>"
        f'<div class="pair">{shown}</div>{told}</body></html>\n'
    )
    path.write_text(page, encoding="utf-8")

"""Bars as SVG, one file for light pages and one for dark ones."""

from html import escape
from pathlib import Path

COLORS = {
    "light": {"text": "#1f2328", "bar": "#8c959f", "ours": "#0969da"},
    "dark": {"text": "#e6edf3", "bar": "#6e7681", "ours": "#4493f8"},
}
OURS = ("ladder", "tree", "copier: the defaults", "copier: 1000 routes")


def bars(path: Path, title: str, values: dict[str, float], unit: str) -> None:
    """Write ``path``-light.svg and ``path``-dark.svg; the longest bar is the largest value."""
    largest = max(values.values())
    for theme, colors in COLORS.items():
        height = 44 + 26 * len(values)
        lines = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 720 {height}" role="img">',
            f"<title>{escape(title)}</title>",
            f'<g font-family="system-ui, sans-serif" font-size="14" fill="{colors["text"]}">',
            f'<text x="8" y="22" font-weight="600">{escape(title)}</text>',
        ]
        for row, (name, value) in enumerate(values.items()):
            y, width = 40 + 26 * row, max(1, round(330 * value / largest))
            fill = colors["ours" if name in OURS else "bar"]
            lines += [
                f'<text x="270" y="{y + 14}" text-anchor="end">{escape(name)}</text>',
                f'<rect x="280" y="{y}" width="{width}" height="18" rx="3" fill="{fill}"/>',
                f'<text x="{width + 288}" y="{y + 14}">{value:,g} {unit}</text>',
            ]
        path.with_name(f"{path.name}-{theme}.svg").write_text(
            "\n".join([*lines, "</g>", "</svg>\n"])
        )

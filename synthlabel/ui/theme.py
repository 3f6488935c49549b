"""The names of colours, sizes and fonts as Tailwind classes. Their values are CSS variables in ``assets/theme.css``.

The palette replaces Tailwind's: a class such as ``bg-red-500`` does not exist, so no colour can slip in beside ours.
Use: ``bg-canvas bg-surface bg-raised border-line text-ink text-muted text-amber bg-amber text-on-amber text-ok
text-warn text-bad``, with opacity where it helps (``bg-amber/10``). Sizes: ``text-xs`` 12, ``text-sm`` 13,
``text-base`` 14, ``text-lg`` 16, ``text-xl`` 20, ``text-2xl`` 28. Corners: ``rounded`` 6 px for controls,
``rounded-lg`` 8 px for panels.
"""

from typing import Any, Final

from reflex.plugins.shared_tailwind import TailwindConfig

COLOURS: Final = (
    "canvas", "surface", "raised", "line", "control", "ink", "muted", "amber", "on-amber", "ok", "warn", "bad", "scrim",
)  # fmt: skip

_THEME: Final[dict[str, Any]] = {
    "colors": {
        "transparent": "transparent",
        "current": "currentColor",
        **{name: f"var(--{name})" for name in COLOURS},
    },
    "fontFamily": {"sans": "var(--sans)", "mono": "var(--mono)"},
    "fontSize": {
        "xs": ["0.75rem", "1rem"],
        "sm": ["0.8125rem", "1.125rem"],
        "base": ["0.875rem", "1.25rem"],
        "lg": ["1rem", "1.5rem"],
        "xl": ["1.25rem", "1.75rem"],
        "2xl": ["1.75rem", "2.125rem"],
    },
    "borderRadius": {"none": "0", "sm": "4px", "DEFAULT": "6px", "lg": "8px", "full": "9999px"},
    "boxShadow": {"float": "var(--float)", "none": "none"},
}

TAILWIND: Final = TailwindConfig(
    # "public" is where Reflex puts our own JSX.
    content=[
        "./app/**/*.{js,ts,jsx,tsx}",
        "./components/**/*.{js,ts,jsx,tsx}",
        "./utils/**/*.{js,ts,jsx,tsx}",
        "./public/**/*.jsx",
    ],
    darkMode="class",
    theme=_THEME,
    plugins=[],
)

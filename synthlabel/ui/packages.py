"""The npm packages of the pages, pinned. Reflex brings its own beside these (React, React Router, lucide)."""

from typing import Final

PACKAGES: Final = (
    "@fontsource-variable/geist@5.3.0",
    "@fontsource-variable/geist-mono@5.3.0",
    "@radix-ui/react-dialog@1.3.1",
    "@radix-ui/react-dropdown-menu@2.2.1",
    "@tanstack/react-virtual@3.14.26",
    "cmdk@1.1.1",
    "justified-layout@4.1.0",
    "react-compare-slider@4.0.0",
    "react-zoom-pan-pinch@4.2.0",
    "thumbhash@0.1.1",
)

"""Links within the product: no page load, the address changes."""

import reflex as rx


class Link(rx.Component):
    """React Router's own link; ``aria-current="page"`` on the page that is open."""

    library = "react-router"
    tag = "NavLink"
    to: rx.Var[str]
    end: rx.Var[bool]

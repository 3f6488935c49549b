"""The page of a share link: all of it happens in the browser, over REST (``shared_page.jsx``)."""

from reflex.components.component import NoSSRComponent

from synthlabel.ui.components.js.sources import source


class SharedPage(NoSSRComponent):
    library = source("shared_page.jsx")
    tag = "SharedPage"

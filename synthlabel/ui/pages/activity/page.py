"""The activity page: all of it is one component of the browser, which also lists its own keys."""

import reflex as rx

from synthlabel.ui.components.js.activity import Activity
from synthlabel.ui.pages.activity.state import ActivityState


def page() -> rx.Component:
    return Activity.create(version=ActivityState.version)

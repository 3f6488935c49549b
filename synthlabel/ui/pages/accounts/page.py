"""The two pages that everybody may open."""

import reflex as rx

from synthlabel.ui.components import Link, notice, skeleton
from synthlabel.ui.components.js.kept import Kept
from synthlabel.ui.components.js.shell import AccountForm, ConnectionBar
from synthlabel.ui.pages.accounts.state import AccountsState

_LINK = "font-medium text-amber underline underline-offset-4 hover:no-underline"


def sign_in() -> rx.Component:
    register = rx.cond(
        AccountsState.registration == "open",
        rx.el.p("New here? ", Link.create("Create an account", to="/register", class_name=_LINK)),
        rx.el.p("No account? Ask the administrator of this installation."),
    )
    return _sheet("Sign in", AccountForm.create(mode="sign-in"), register)


def register() -> rx.Component:
    welcome = rx.cond(
        AccountsState.registration == "first",
        notice("Welcome. The first account becomes the administrator.", icon="sparkles", tone="active"),
        rx.fragment(),
    )
    closed = notice(
        "Registration is closed here. Ask the administrator of this installation for access.", icon="lock", tone="warn"
    )
    known = rx.cond(
        AccountsState.registration == "closed", closed, rx.fragment(welcome, AccountForm.create(mode="register"))
    )
    waiting = rx.el.div(
        *[skeleton("h-10 w-full") for _ in range(3)], aria_busy="true", class_name="flex flex-col gap-6"
    )
    back = rx.cond(
        AccountsState.registration == "first",
        rx.fragment(),
        rx.el.p("Have an account? ", Link.create("Sign in", to="/sign-in", class_name=_LINK)),
    )
    return _sheet("Create account", rx.cond(AccountsState.registration == "", waiting, known), back)


def _sheet(title: str, *content: rx.Component) -> rx.Component:
    *body, foot = content
    return rx.el.div(
        ConnectionBar.create(),
        Kept.create(name="sandbox", value=AccountsState.sandbox),
        rx.el.main(
            rx.el.div(
                rx.icon("aperture", size=28, aria_hidden="true", class_name="text-amber"),
                rx.el.span("SynthLabel", class_name="text-xl font-semibold tracking-tight"),
                class_name="flex items-center gap-3",
            ),
            rx.el.div(
                rx.el.h1(title, class_name="text-xl font-medium"),
                *body,
                class_name="flex flex-col gap-5 rounded-lg border border-line bg-surface p-6",
            ),
            rx.el.div(foot, class_name="text-sm text-muted"),
            id="content",
            class_name="mx-auto flex w-full max-w-sm flex-1 flex-col justify-center gap-6 px-4 py-10",
        ),
        data_hydrated=rx.State.is_hydrated,
        class_name="flex min-h-dvh flex-col",
    )

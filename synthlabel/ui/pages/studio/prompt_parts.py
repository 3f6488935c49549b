"""The form's texts, the presets above them, and what a prompt with alternatives comes to."""

from typing import Final

import reflex as rx

from synthlabel.ui.components import described_by, field, mono
from synthlabel.ui.pages.studio.form_state import StudioFormState
from synthlabel.ui.pages.studio.js import PresetBar, PromptHistory, PromptText, WordLists
from synthlabel.ui.pages.studio.preset_state import StudioPresetState

PROMPT_ID: Final = "prompt"
GENERATE_ID: Final = "generate"
CREATE_TAB_ID: Final = "show-create"

_form = StudioFormState.form
_mistakes = StudioFormState.form.mistakes
_batch = StudioFormState.batch


def preset_bar() -> rx.Component:
    return PresetBar.create(
        card=StudioFormState.presets,
        problem=StudioPresetState.problem,
        saved=StudioPresetState.saved,
        deleted_name=StudioPresetState.deleted_name,
        on_choose=StudioPresetState.choose,
        on_save=StudioPresetState.save,
        on_save_as=StudioPresetState.save_as,
        on_rename=StudioPresetState.rename,
        on_delete=StudioPresetState.delete,
        on_bring_back=StudioPresetState.bring_back,
    )


def prompt() -> rx.Component:
    control = PromptText.create(
        id=PROMPT_ID,
        value=_form.prompt,
        revision=StudioFormState.revision,
        storage_key=StudioFormState.storage_key + ":prompt",
        rows=4,
        limit=_form.max_prompt_chars,
        placeholder="What should the image show?",
        invalid=_mistakes.prompt != "",
        described_by=described_by(PROMPT_ID),
        submit_id=GENERATE_ID,
        tab_id=CREATE_TAB_ID,
        lines=_form.lines,
        on_save=StudioFormState.set_prompt,
        on_lines=StudioFormState.set_lines,
    )
    tools = rx.el.div(
        PromptHistory.create(on_take=StudioFormState.use_text),
        WordLists.create(prompt_id=PROMPT_ID, on_change=StudioFormState.price_again),
        class_name="-my-2 -mr-2.5 flex",
    )
    return field("Prompt", control, field_id=PROMPT_ID, error=_mistakes.prompt, aside=tools)


def negative_prompt() -> rx.Component:
    control = PromptText.create(
        id="negative-prompt",
        value=_form.negative_prompt,
        revision=StudioFormState.revision,
        storage_key=StudioFormState.storage_key + ":negative_prompt",
        rows=2,
        limit=_form.max_prompt_chars,
        placeholder="What should it not show?",
        invalid=_mistakes.negative_prompt != "",
        described_by=described_by("negative-prompt"),
        submit_id=GENERATE_ID,
        on_save=StudioFormState.set_negative_prompt,
    )
    return field("Negative prompt", control, field_id="negative-prompt", error=_mistakes.negative_prompt)


def batch_line() -> rx.Component:
    """Say what a press would make of a prompt with alternatives; opened, the first ones."""
    line = rx.el.details(
        rx.el.summary(
            rx.icon("layers", size=14, aria_hidden="true", class_name="text-amber"),
            rx.el.span(_batch.images, " · ", mono(StudioFormState.price.label), class_name="font-medium"),
            rx.el.span("show the prompts", class_name="ml-auto text-xs text-muted underline underline-offset-2"),
            class_name="flex min-h-8 list-none items-center gap-1.5 text-sm",
        ),
        rx.el.div(
            rx.el.ol(
                rx.foreach(_batch.prompts, lambda text, index: rx.el.li(text, key=index, class_name="break-words")),
                class_name="flex list-decimal flex-col gap-1 pl-6 text-sm marker:font-mono marker:text-muted",
            ),
            rx.el.p(_batch.rest, class_name="mt-1 pl-6 text-sm text-muted empty:hidden"),
            rx.el.p(_batch.limit, class_name="mt-1 text-sm text-bad empty:hidden"),
            tab_index=0,
            role="group",
            aria_label="The prompts that this makes",
            class_name=(
                "absolute inset-x-0 bottom-full z-10 mb-1 max-h-[50dvh] overflow-y-auto rounded-lg border border-line "
                "bg-surface p-3 shadow-float"
            ),
        ),
        class_name="relative mb-1.5",
    )
    return rx.cond(_batch.several, line, rx.fragment())

"""Settings as environment variables, for children."""

from collections.abc import Mapping

from pydantic import SecretStr

from synthlabel.settings import Settings


def environment_of(settings: Settings) -> Mapping[str, str]:
    """Return the variables that make ``Settings.load()`` in a child, wherever it runs, give the same settings."""
    values = {name: getattr(settings, name) for name in settings.model_fields_set}
    values["data_dir"] = settings.data_dir.absolute()
    return {Settings.variable_of(name): _text_of(value) for name, value in values.items() if value is not None}


def _text_of(value: object) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)

"""Every error that the product raises on purpose.

::

    SynthLabelError                 something a person should read
    ├── InvalidInputError           422  a field is wrong; ``errors`` says which and why
    ├── NotFoundError               404  absent, or somebody else's: never tell which
    ├── NotSignedInError            401  no valid session, token or password
    ├── ForbiddenError              403  signed in, but the role does not allow it
    ├── ConflictError               409  the request contradicts what is stored
    │   └── PriceChangedError            it costs more than whoever asks for it was shown
    ├── ThrottledError              429  too many tries; ``retry_after_s`` says when to come back
    ├── ConfigurationError          78   a setting is wrong (process exit code, never HTTP)
    ├── StorageError                503  the object store did not do what was asked
    ├── DatabaseUnavailableError    503  PostgreSQL can't be reached; nothing was stored
    └── ProviderError               502  the image provider said no, or did not answer
        ├── ProviderRefusedError         a definite refusal: nothing was queued or made
        ├── ProviderBusyError            certainly not accepted; the same request may be sent again
        ├── ProviderUnavailableError     reading (status, result, file) failed; reading again is safe
        └── SubmissionLostError          the answer to a paid POST was lost: it may have been accepted
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field. ``field`` is a dotted path such as ``params.guidance_scale``."""

    field: str
    message: str


class SynthLabelError(Exception):
    """Base of all errors that carry a text for people.

    ``code`` is stable and machine-readable; ``user_message`` says what happened and what to do;
    ``retryable`` says whether the same action may succeed later.
    """

    status = 500
    code = "internal_error"
    retryable = False

    def __init__(self, user_message: str, *, code: str | None = None, retryable: bool | None = None) -> None:
        super().__init__(user_message)
        self.user_message = user_message
        if code is not None:
            self.code = code
        if retryable is not None:
            self.retryable = retryable


class InvalidInputError(SynthLabelError):
    status = 422
    code = "invalid_input"

    def __init__(self, *errors: FieldError) -> None:
        super().__init__("; ".join(f"{error.field}: {error.message}" for error in errors))
        self.errors = errors


class NotFoundError(SynthLabelError):
    status = 404
    code = "not_found"


class NotSignedInError(SynthLabelError):
    status = 401
    code = "not_signed_in"


class ForbiddenError(SynthLabelError):
    status = 403
    code = "forbidden"


class ConflictError(SynthLabelError):
    status = 409
    code = "conflict"


class PriceChangedError(ConflictError):
    code = "price_changed"


class ThrottledError(SynthLabelError):
    status = 429
    code = "too_many_attempts"
    retryable = True

    def __init__(self, user_message: str, *, retry_after_s: int) -> None:
        super().__init__(user_message)
        self.retry_after_s = retry_after_s


class ConfigurationError(SynthLabelError):
    code = "configuration"


class StorageError(SynthLabelError):
    status = 503
    code = "storage_unavailable"
    retryable = True


class DatabaseUnavailableError(SynthLabelError):
    status = 503
    code = "database_unavailable"
    retryable = True


class ProviderError(SynthLabelError):
    status = 502
    code = "provider_error"


class ProviderRefusedError(ProviderError):
    """The provider answered with a definite no.

    ``errors`` names the fields it complained about; ``detail`` is the provider's own text, for the record;
    ``billable_units`` is what it bills all the same, where it says so.
    """

    code = "provider_refused"

    def __init__(
        self,
        user_message: str,
        *,
        code: str | None = None,
        retryable: bool | None = None,
        errors: tuple[FieldError, ...] = (),
        detail: str = "",
        billable_units: float | None = None,
    ) -> None:
        super().__init__(user_message, code=code, retryable=retryable)
        self.errors = errors
        self.detail = detail
        self.billable_units = billable_units


class ProviderBusyError(ProviderError):
    code = "provider_busy"
    retryable = True

    def __init__(self, user_message: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(user_message)
        self.retry_after_s = retry_after_s


class ProviderUnavailableError(ProviderError):
    code = "provider_unavailable"
    retryable = True


class SubmissionLostError(ProviderError):
    code = "submission_lost"

"""Errors an API call is answered with, worded as Stripe words them."""

from __future__ import annotations

from sandbox.store import Json


class StripeError(Exception):
    """A refusal, sent as `{"error": {"type", "message", "code"?, "param"?, …}}` with the HTTP status."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        kind: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message, self.status, self.kind, self.code, self.param = message, status, kind, code, param

    def body(self) -> Json:
        """Return the answer as Stripe writes it."""
        error: Json = {"message": self.message, "type": self.kind}
        if self.code:
            error |= {
                "code": self.code,
                "doc_url": f"https://stripe.com/docs/error-codes/{self.code.replace('_', '-')}",
            }
        if self.param:
            error["param"] = self.param
        return {"error": error}


class NotPlayed(StripeError):
    """400 for what Stripe knows and the sandbox does not, instead of a silent difference."""

    def __init__(self, text: str, param: str | None = None) -> None:
        super().__init__(f"{text} (refused by the sandbox only)", param=param)


def missing_resource(kind: str, object_id: str, param: str, status: int, other_mode: str | None) -> StripeError:
    """Return the refusal of an id nobody knows; `other_mode` (test, live) if it exists in the other mode."""
    message = f"No such {kind}: '{object_id}'"
    if other_mode:
        own = "live" if other_mode == "test" else "test"
        message += (
            f"; a similar object exists in {other_mode} mode, but a {own} mode key was used to make this request."
        )
    return StripeError(message, status=status, code="resource_missing", param=param)

"""OpenRouter: chat completions with a schema, models, key. https://openrouter.ai/docs/api-reference"""

from __future__ import annotations

import json
import re
import secrets

from aiohttp import web

from sandbox.store import Json
from sandbox.vendors.chat import Chat, check_chat
from sandbox.vendors.faults import WRITER_KINDS, Fault
from sandbox.vendors.visit import Refusal, Visit, Voice, add_call
from sandbox.vendors.writer import write

MODELS = ("sandbox/writer", "sandbox/writer:free", "google/gemini-3.5-flash-lite", "openai/gpt-5-mini")
FREE_A_MINUTE = 20
_ROOT = "/openrouter/api/v1"
_DOLLARS_A_TOKEN = 0.000_001
_KEY = re.compile(r"Bearer sk-or-\S+")
_TYPES = {
    400: "invalid_request", 401: "authentication", 402: "payment_required", 403: "permission_denied",
    404: "not_found", 408: "timeout", 429: "rate_limit_exceeded", 502: "provider_unavailable",
    503: "provider_overloaded",
}  # fmt: skip


def _let_in(request: web.Request) -> None:
    if not _KEY.fullmatch(request.headers.get("Authorization", "")):
        raise Refusal(401, _error(401, "No auth credentials found"))


def _error(status: int, sentence: str) -> Json:
    kind = _TYPES.get(status, "server")
    return {"error": {"code": status, "message": sentence, "metadata": {"error_type": kind}}}


_NO_CREDIT = "Insufficient credits. Add more using https://openrouter.ai/settings/credits"
VOICE = Voice("openrouter", _let_in, _error, (402, _NO_CREDIT))


def add_openrouter(app: web.Application) -> None:
    """Serve OpenRouter's calls."""
    add_call(app, VOICE, "write", f"POST {_ROOT}/chat/completions", _complete)
    add_call(app, VOICE, "read", f"GET {_ROOT}/models", _models)
    add_call(app, VOICE, "read", f"GET {_ROOT}/key", _key)
    add_call(app, VOICE, "read", f"GET {_ROOT}/credits", _credits)


async def _complete(visit: Visit) -> web.Response:
    chat, problem = check_chat(await visit.body())
    if chat is None:
        raise VOICE.refusal(400, problem)
    free = chat.model.endswith(":free")
    if free and _asked_lately(visit, chat.model) >= FREE_A_MINUTE:
        header = {"Retry-After": "60"}
        raise VOICE.refusal(429, "Rate limit exceeded: free-models-per-min", **header)
    visit.afford(-1.0 if free else 0.0)
    met = visit.house.faults.strike(WRITER_KINDS, "openrouter", chat.model, "write")
    if "moderate" in met:
        raise _moderated(chat)
    tokens = max(1, len(chat.text) // 4), 40
    cost = 0.0 if free else sum(tokens) * _DOLLARS_A_TOKEN
    visit.house.settings.spend("openrouter", cost)
    body: Json = {"id": f"gen-{secrets.token_hex(10)}", "provider": "Sandbox", "model": chat.model}
    body |= {"object": "chat.completion", "created": int(visit.house.clock()), "choices": _choices(chat, met)}
    body["usage"] = {"prompt_tokens": tokens[0], "completion_tokens": tokens[1], "total_tokens": sum(tokens)}
    body["usage"]["cost"] = cost
    return web.json_response(_spoilt(body, met))


def _choices(chat: Chat, met: dict[str, Fault]) -> list[Json]:
    if "empty_choices" in met:
        return []
    message: Json = {"role": "assistant", "content": None, "refusal": None, "reasoning": None}
    reason = "stop"
    if "refusal" in met:
        message["refusal"] = "I'm sorry, but I can't help with that."
        reason = "content_filter"
    elif "finish_error" in met:
        reason = "error"
        message["content"] = ""
    else:
        answer = write(chat, undecided="undecided" in met, obeys="obey" in met)
        text = answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False)
        message["content"] = text[: len(text) // 2] if "bad_json" in met else text
    return [{"index": 0, "finish_reason": reason, "native_finish_reason": reason, "message": message}]


def _spoilt(body: Json, met: dict[str, Fault]) -> Json:
    """Once the model has started, an error comes in an answer of status 200: beside the choices or in their place."""
    if "error_in_body" in met:
        fault = met["error_in_body"]
        status = fault.status or 502
        error = _error(status, fault.message or "Provider returned error")
        if fault.code:
            error["error"]["metadata"]["error_type"] = fault.code
        return body | error | {"choices": []}
    if "finish_error" in met:
        body["choices"][0]["error"] = _error(502, "Provider returned error")["error"]
    return body


def _moderated(chat: Chat) -> Refusal:
    metadata = {
        "error_type": "content_policy_violation", "reasons": ["sexual"], "flagged_input": chat.text[:100],
        "provider_name": "Sandbox", "model_slug": chat.model,
    }  # fmt: skip
    return Refusal(403, {"error": {"code": 403, "message": "Input was flagged by moderation", "metadata": metadata}})


def _asked_lately(visit: Visit, model: str) -> int:
    since = visit.house.clock() - 60
    return sum(one["at"] > since and one["model"] == model for one in visit.house.calls.after(0, "openrouter", "write"))


async def _models(_visit: Visit) -> web.Response:
    return web.json_response({"data": [_model(name) for name in MODELS]})


def _model(name: str) -> Json:
    price = "0" if name.endswith(":free") else f"{_DOLLARS_A_TOKEN:.6f}"
    return {
        "id": name, "name": name, "created": 1_700_000_000, "context_length": 128_000,
        "architecture": {"input_modalities": ["text", "image"], "output_modalities": ["text"]},
        "pricing": {"prompt": price, "completion": price},
        "supported_parameters": ["max_tokens", "temperature", "response_format", "structured_outputs", "seed"],
    }  # fmt: skip


async def _key(visit: Visit) -> web.Response:
    left = visit.settings.credits
    data = {"label": "sk-or-…", "limit": None, "limit_remaining": None, "usage": round(_used(left), 6)}
    return web.json_response({"data": data | {"is_free_tier": False, "limit_reset": None}})


async def _credits(visit: Visit) -> web.Response:
    left = visit.settings.credits
    return web.json_response({"data": {"total_credits": left + _used(left), "total_usage": _used(left)}})


def _used(left: float) -> float:
    return max(0.0, 100.0 - left)

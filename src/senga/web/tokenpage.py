"""The page that a browser without the token gets: what it needs, and a box to give it in."""

import hashlib
from base64 import b64encode
from html import escape

from starlette.responses import Response

STYLE = (
    ":root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}"
    "body{display:grid;place-items:center;min-height:100dvh;margin:0;background:light-dark(#b9b9b9,#4a4a4a)}"
    "main{box-sizing:border-box;width:min(460px,calc(100% - 32px));padding:28px;border-radius:14px;"
    "background:light-dark(#f1f1f1,#2b2b2b);color:light-dark(#1d1d1d,#ededed)}"
    "h1{margin:0 0 8px;font-size:21px}p{margin:0 0 16px}.wrong{color:light-dark(#a3211b,#ffb0a6)}"
    "form{display:grid;grid-template-columns:minmax(0,1fr) auto;gap:8px}"
    "input,button{box-sizing:border-box;min-width:0;height:40px;padding:0 12px;border:1px solid #8a8a8a;"
    "border-radius:7px;font:inherit}"
    "button{background:light-dark(#262626,#ececec);color:light-dark(#fff,#161616)}"
)

WORDS = {
    "en": (
        "This server needs its token",
        "Open the address that 'senga serve' printed, or give the token that is in it.",
        "Token",
        "Open",
        "That is not the token.",
    ),
    "zh": ("此服务器需要令牌", "请打开 senga serve 显示的地址，或输入其中的令牌。", "令牌", "打开", "令牌不正确。"),
    "ja": (
        "このサーバーにはトークンが必要です",
        "senga serve が表示したアドレスを開くか、その中のトークンを入力してください。",
        "トークン",
        "開く",
        "トークンが違います。",
    ),
}
"""By language: title, what to do, the box's name, the button's, and what is told of another token."""


def response(languages: str, *, wrong: bool = False) -> Response:
    """The page, status 401, in the first language of an Accept-Language header that it has.

    Args:
        languages: the header. wrong: whether a token was given, which is not the one.
    """
    wished = (part.split(";")[0].strip()[:2].lower() for part in languages[:1000].split(","))
    language = next((tag for tag in wished if tag in WORDS), "en")
    title, todo, name, go, bad = (escape(text) for text in WORDS[language])
    told = f'<p class="wrong" role="alert">{bad}</p>' if wrong else ""
    text = (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>senga</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head>'
        f'<body><main><h1>{title}</h1><p>{todo}</p>{told}<form action="/" method="get">'
        f'<input type="password" name="token" aria-label="{name}" placeholder="{name}" required autofocus '
        f'autocomplete="current-password"><button>{go}</button></form></main></body></html>'
    )
    return Response(text, 401, {"Content-Security-Policy": POLICY, "Cache-Control": "no-store"}, "text/html")


_DIGEST = b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()

POLICY = (
    f"default-src 'none'; style-src 'sha256-{_DIGEST}'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
"""Its Content-Security-Policy: its own style, its own form, nothing else."""

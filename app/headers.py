"""Headers and media types of the site; the service worker sends the same headers offline."""

from pathlib import Path

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self' 'wasm-unsafe-eval'",  # WebAssembly is the one extra
        "worker-src 'self'",
        "connect-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
    )
)
"""Policy of the page, which also stands in it: an exported site has no server to send it."""

DENIED_FEATURES = (
    "accelerometer",
    "autoplay",
    "camera",
    "display-capture",
    "encrypted-media",
    "geolocation",
    "gyroscope",
    "hid",
    "idle-detection",
    "local-fonts",
    "magnetometer",
    "midi",
    "payment",
    "publickey-credentials-get",
    "serial",
    "usb",
    "xr-spatial-tracking",
)
"""What neither the page nor anything in it may ever use."""

OWN_FEATURES = ("microphone", "on-device-speech-recognition")
"""What the page alone may use, for dictation that the browser recognises on the device."""

SECURITY_HEADERS = {
    # A meta element cannot say who may frame the page.
    "Content-Security-Policy": f"{CONTENT_SECURITY_POLICY}; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",  # this and the next: shared memory, so threads
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(
        [
            *(f"{feature}=()" for feature in DENIED_FEATURES),
            *(f"{feature}=(self)" for feature in OWN_FEATURES),
        ]
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-DNS-Prefetch-Control": "off",  # the policy does not cover look-ups of names
}

MEDIA_TYPES = {
    ".bin": "application/octet-stream",
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
}


def media_type(name: str) -> str:
    """Media type of a file of the site."""
    return MEDIA_TYPES.get(Path(name).suffix, "application/octet-stream")


def cache_control(path: str) -> str:
    """Cache-Control of a site path: hashed assets for good, all else asked for again each time."""
    if path.lstrip("/").startswith("assets/"):
        return "public, max-age=31536000, immutable"
    return "no-cache"

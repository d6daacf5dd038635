"""A provider of OpenID Connect for tests: it signs in whoever it is told to, and checks clients.

It is the real protocol, end to end: discovery, authorisation code with state and nonce, a token
signed with a key of its own, and the end of the session.
"""

import base64
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "simulator", "the-secret-of-the-client"


class Provider:
    """A running provider; ``person`` holds the claims of whoever signs in next."""

    def __init__(self) -> None:
        self.person: dict = {}
        self.key = RSAKey.generate_key(2048, {"kid": "1", "use": "sig", "alg": "RS256"})
        self.codes: dict[str, dict] = {}
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def _handler(provider):
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                place = urlsplit(self.path)
                given = {k: v[0] for k, v in parse_qs(place.query).items()}
                if place.path == "/.well-known/openid-configuration":
                    self.answer(provider.about())
                elif place.path == "/jwks":
                    self.answer({"keys": [provider.key.as_dict(private=False)]})
                elif place.path == "/authorize":
                    code = secrets.token_hex(8)
                    provider.codes[code] = given
                    back = urlencode({"code": code, "state": given["state"]})
                    self.go(f"{given['redirect_uri']}?{back}")
                elif place.path == "/logout":
                    self.go(given["post_logout_redirect_uri"])
                else:
                    self.send_error(404)

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                given = {k: v[0] for k, v in parse_qs(body).items()}
                asked = provider.codes.pop(given.get("code", ""), None)
                basic = base64.b64decode(self.headers.get("Authorization", "")[6:]).decode()
                if asked is None or basic != f"{CLIENT}:{SECRET}":
                    self.send_error(401)
                    return
                now = int(time.time())
                claims = {"iss": provider.address, "aud": CLIENT, "iat": now, "exp": now + 600}
                if "nonce" in asked:
                    claims["nonce"] = asked["nonce"]
                header = {"alg": "RS256", "kid": "1"}
                token = jwt.encode(header, claims | provider.person, provider.key)
                self.answer({"access_token": "x", "token_type": "Bearer", "id_token": token})

            def answer(self, content):
                text = json.dumps(content).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def go(self, place):
                self.send_response(302)
                self.send_header("Location", place)
                self.end_headers()

            def log_message(self, *_):
                pass

        return Handler

    def about(self) -> dict:
        return {
            "issuer": self.address,
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
            "jwks_uri": f"{self.address}/jwks",
            "end_session_endpoint": f"{self.address}/logout",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
        }

    def secrets(self, app: str) -> str:
        """Return a secrets.toml that sends sign-ins of the app at this address here."""
        return f"""
[auth]
redirect_uri = "{app}/oauth2callback"
cookie_secret = "{secrets.token_hex(32)}"
client_id = "{CLIENT}"
client_secret = "{SECRET}"
server_metadata_url = "{self.address}/.well-known/openid-configuration"

[access]
editors = ["li@plan.gov.cn"]
viewers = ["@plan.gov.cn"]
"""

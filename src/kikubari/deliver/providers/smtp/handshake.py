"""From a host name to a session ready for mail: connect, greeting, EHLO, STARTTLS, AUTH."""

import asyncio
import base64
import ssl
from ipaddress import ip_address

from kikubari.deliver.providers.smtp.outcomes import ConnectionLost, Phase, TemporaryRefusal
from kikubari.deliver.providers.smtp.settings import SmtpSettings, SmtpTimeouts, is_loopback
from kikubari.deliver.providers.smtp.wire import Reply, Wire, WireError

_READY, _AUTHENTICATED, _OK, _CONTINUE = 220, 235, 250, 334
_PERMANENT = 500


class SessionFailedError(Exception):
    """No session could be opened; ``outcome`` holds for the message that wanted it."""

    def __init__(self, outcome: TemporaryRefusal | ConnectionLost) -> None:
        super().__init__(outcome.text)
        self.outcome = outcome


class Handshake:
    """The opening of one session.

    Args:
        settings: which server.
        timeouts: how long to wait for it.
        tls: what `SmtpSettings.tls_context` returned, made once for many sessions.
    """

    def __init__(
        self, settings: SmtpSettings, timeouts: SmtpTimeouts, tls: ssl.SSLContext | None
    ) -> None:
        self._settings = settings
        self._timeouts = timeouts
        self._tls = tls
        self._wire = Wire()
        self._phase: Phase = "connect"
        self._features: dict[str, str] = {}
        self._is_secure = settings.is_implicit_tls

    async def open(self) -> tuple[Wire, dict[str, str]]:
        """Return the line and what the server offers: EHLO keywords with their parameters.

        Raises:
            SessionFailedError: the server is away, refuses us, or is not to be trusted.
        """
        try:
            await self._connect()
            await self._introduce()
        except BaseException as error:
            self._wire.abort()
            if isinstance(error, WireError):
                lost = ConnectionLost(self._phase, False, error.reason, error.text)  # noqa: FBT003 - before any dot
                raise SessionFailedError(lost) from error
            raise
        return self._wire, self._features

    async def _connect(self) -> None:
        settings = self._settings
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._timeouts.connect):
                await loop.create_connection(
                    lambda: self._wire,
                    settings.host,
                    settings.port,
                    ssl=self._tls if settings.is_implicit_tls else None,
                )
        except TimeoutError as error:
            raise WireError("timeout", "no connection in time") from error
        except ssl.SSLError as error:
            raise WireError("tls", str(error)) from error
        except OSError as error:
            raise WireError("closed", str(error)) from error

    async def _introduce(self) -> None:
        self._phase = "greeting"
        self._require(_READY, await self._wire.read_reply(self._timeouts.greeting))
        await self._say_hello()
        if not self._is_secure and self._settings.starttls != "none":
            await self._start_tls()
        if self._settings.username:
            await self._authenticate()

    async def _say_hello(self) -> None:
        self._phase = "ehlo"
        name = self._settings.ehlo_name or _address_literal(self._wire)
        reply = await self._ask(f"EHLO {name}")
        if reply.code >= _PERMANENT:
            # A server older than EHLO; it offers nothing.
            self._require(_OK, await self._ask(f"HELO {name}"))
            return
        self._require(_OK, reply)
        # Some old servers write "AUTH=LOGIN".
        offers = (line.replace("=", " ", 1).split(" ", 1) for line in reply.lines[1:] if line)
        self._features = {offer[0].upper(): " ".join(offer[1:]) for offer in offers}

    async def _start_tls(self) -> None:
        self._phase = "starttls"
        if "STARTTLS" not in self._features:
            if self._settings.starttls == "required":
                raise WireError("policy", "the server offers no STARTTLS and we require it")
            return
        self._require(_READY, await self._ask("STARTTLS"))
        if not self._wire.is_quiet:
            # Whatever was slipped in before the encryption would be read as if from inside it.
            raise WireError("protocol", "the server talked on before TLS started")
        try:
            transport = await asyncio.get_running_loop().start_tls(
                self._wire.transport,
                self._wire,
                self._tls,  # type: ignore[arg-type] # a context exists unless starttls is "none"
                server_hostname=self._settings.host,
                ssl_handshake_timeout=self._timeouts.connect,
            )
        except (OSError, ConnectionError) as error:
            raise WireError("tls", str(error) or "the handshake failed") from error
        if transport is None:
            raise WireError("closed", "closed during the TLS handshake")
        self._wire.use(transport)
        self._is_secure = True
        self._features = {}  # what was offered in the clear counts for nothing now
        await self._say_hello()

    async def _authenticate(self) -> None:
        self._phase = "auth"
        settings = self._settings
        if not (self._is_secure or settings.starttls == "none" or is_loopback(settings.host)):
            raise WireError("policy", "the password does not go over an unencrypted line")
        mechanisms = self._features.get("AUTH", "").upper().split()
        if "PLAIN" in mechanisms:
            token = f"\0{settings.username}\0{settings.password}"
            reply = await self._ask(f"AUTH PLAIN {_base64(token)}")
        elif "LOGIN" in mechanisms:
            self._require(_CONTINUE, await self._ask("AUTH LOGIN"))
            self._require(_CONTINUE, await self._ask(_base64(settings.username)))
            reply = await self._ask(_base64(settings.password))
        else:
            raise WireError("policy", "the server offers neither AUTH PLAIN nor AUTH LOGIN")
        self._require(_AUTHENTICATED, reply)

    async def _ask(self, command: str) -> Reply:
        self._wire.write(command.encode() + b"\r\n")
        return await self._wire.read_reply(self._timeouts.command)

    def _require(self, code: int, reply: Reply) -> None:
        if reply.code == code:
            return
        if reply.code < 400:  # noqa: PLR2004 - neither 4xx nor 5xx
            raise WireError("protocol", f"unexpected reply {reply.code} {reply.text}")
        raise SessionFailedError(TemporaryRefusal(self._phase, reply.code, reply.text))


def _address_literal(wire: Wire) -> str:
    """Introduce ourselves by address (RFC 5321 4.1.3): a name would need a look-up."""
    address = ip_address(wire.transport.get_extra_info("sockname")[0].partition("%")[0])
    return f"[IPv6:{address}]" if address.version == 6 else f"[{address}]"  # noqa: PLR2004 - IPv6


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode("ascii")

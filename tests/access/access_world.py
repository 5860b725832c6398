"""Who the tests of access are about."""

from kikubari.access import Access, Actor, MemberSession, Principal

ROOT = Actor("root@example.jp", "192.0.2.1")
EMAIL, PASSWORD = "hana@example.jp", "quiet tall cedar"


class Browser:
    """A browser that keeps the newest session token it was given."""

    def __init__(self, access: Access, token: str = "") -> None:
        self.access = access
        self.token = token

    def log_in(self, password: str = PASSWORD, email: str = EMAIL) -> "Browser":
        step = self.access.log_in.by_password(email, password, ROOT)
        assert step.session is not None
        self.token = step.session.token
        return self

    @property
    def principal(self) -> Principal | None:
        return self.access.sessions.find_principal(self.token)

    @property
    def session(self) -> MemberSession:
        principal = self.principal
        assert principal is not None
        assert principal.session is not None
        return principal.session

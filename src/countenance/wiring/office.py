"""The books and keys of a home, as registry acts need them."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

from countenance.audit.record import Actor
from countenance.core.clock import Clock
from countenance.core.ids import IdSource
from countenance.core.records.consent import Operator, Organisation, Role
from countenance.desk import add_operator, add_organisation, check_domain, check_name, default_operator, find_operator
from countenance.errors import ConfigError, StoreError
from countenance.settings import Settings, read_passphrase
from countenance.toolkit.pen import Pen
from countenance.wiring.plugins import has_books, load, open_books, screener


class Secrets:
    """The passphrases of a process: from the settings, or asked for once."""

    def __init__(
        self, settings: Settings, *, ask: Callable[[str], str], ask_new: Callable[..., str] | None = None
    ) -> None:
        """`ask_new`: asks for one that is being chosen; without it a new one is asked for like another."""
        self._settings = settings
        self._ask = ask
        self._ask_new = ask_new
        self._own: dict[str, str] = {}

    @cached_property
    def organisation(self) -> str:
        """Guards the claim signer, the roots and the log key."""
        found = self._organisation
        return found if found is not None else self._ask("the organisation")

    def choose_organisation(self) -> str:
        """The organisation's, for keys that do not exist yet."""
        if self._ask_new is not None and self._organisation is None and "organisation" not in self.__dict__:
            self.organisation = self._ask_new("the organisation")
        return self.organisation

    def operator(self, operator_id: str, *, own: bool) -> str:
        """Guards an operator's key; `own`: it is not the organisation's, and is asked for where no setting says it."""
        if self._operator is not None:
            return self._operator
        if not own:
            return self.organisation
        if operator_id not in self._own:
            self._own[operator_id] = self._ask("the operator")
        return self._own[operator_id]

    @cached_property
    def new_operator(self) -> str:
        """A new operator's: the organisation's where neither a setting nor a person says another."""
        organisation = self.organisation
        if self._operator is not None:
            return self._operator
        return (self._ask_new("the operator", shared=True) if self._ask_new is not None else "") or organisation

    @property
    def own(self) -> bool:
        """Whether a new operator's passphrase is not simply the organisation's."""
        return self.new_operator != self.organisation

    @property
    def _organisation(self) -> str | None:
        return read_passphrase(self._settings.passphrase, self._settings.passphrase_file)

    @property
    def _operator(self) -> str | None:
        return read_passphrase(self._settings.operator_passphrase, self._settings.operator_passphrase_file)


class Office:
    """An initialised home: its books, its keys, and the pen of whoever acts."""

    def __init__(self, settings: Settings, secrets: Secrets) -> None:
        self.settings = settings
        self.secrets = secrets
        self.keys: Any = load("signers", settings.signer, plugins=settings.plugins)(settings.keys)
        self.clock: Clock = load("clocks", "system")()
        self.ids: IdSource = load("ids", "system")()

    @property
    def origin(self) -> str:
        """The log's origin."""
        return str(self.keys.log_origin)

    @cached_property
    def books(self) -> Any:
        """Registry and log.

        Raises:
            ConfigError: this home is not initialised.
        """
        if not self.keys.exists or not has_books(self.settings):
            raise ConfigError("this home is not initialised", hint="run `countenance init --organisation NAME` first")
        return self._open_books()

    def pen(self, operator_id: str | None) -> Pen:
        """The pen of an operator who may act: the one named, or the only one."""
        return self.pen_of(self.operator(operator_id))

    def operator(self, wanted: str | None) -> Operator:
        """Who acts: the one named, by id or name, in the command or in the settings; or the only one."""
        return default_operator(self.books, wanted or self.settings.operator or None)

    def operator_id(self, wanted: str | None) -> str:
        """The same, and where one is named also of who may act no more: the refusal is signed and logged."""
        named = wanted or self.settings.operator
        return (find_operator(self.books, named) if named else self.operator(None)).id

    def pen_of(self, operator: Operator) -> Pen:
        """The pen of this operator, revoked or not: it signs the refusal too."""
        return self._pen(
            Actor(id=operator.id, key=self.keys.unlock_operator(operator.id, self.operator_passphrase(operator)))
        )

    def operator_passphrase(self, operator: Operator) -> str:
        """The operator's, as the books say now: their own, or the organisation's."""
        return self.secrets.operator(operator.id, own=self.books.passphrase_of(operator, self.clock.now()) == "own")

    def pen_for(self, actor: Actor) -> Pen:
        """The pen of someone who holds a key of their own: a person who withdraws."""
        return self._pen(actor)

    def organisation_pen(self) -> Pen:
        """The pen of the organisation itself: it adds and revokes operators."""
        return self._pen(self._organisation_actor())

    def unguarded_pen(self) -> Pen:
        """The pen of the organisation where no checkpoint is held, for the one act that accepts the books' own."""
        return self._pen_of(self._organisation_actor())

    def organisation(self) -> Organisation:
        """Whose home this is.

        Raises:
            ConfigError: this home is not initialised.
        """
        found: Organisation | None = self.books.organisation()
        if found is None:
            raise ConfigError("this home is not initialised", hint="run `countenance init --organisation NAME` again")
        return found

    def write_log(self) -> None:
        """Derive the tiles and the held checkpoint from the books, if these extend the one that is held."""
        self.books.require_held(self.settings.log_folder, self.keys.log_public)
        self.books.write_tiles(self.settings.log_folder, self.keys.log_public)

    def initialise(self, *, name: str, domain: str) -> Organisation:
        """Make keys, books and trust files. Picks up where a crash left off.

        Raises:
            ConfigError: initialised already, or a name or domain that will not do.
            StoreError: the home cannot be written.
        """
        check_name(name)
        check_domain(domain)
        try:
            self.settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise StoreError(f"the home folder cannot be made: {error.strerror}") from error
        self._require_room()
        passphrase = self.secrets.organisation if self.keys.exists else self.secrets.choose_organisation()
        self.keys.create_organisation(name, domain, passphrase, self.clock.now())
        self.books = books = self._open_books()
        if books.organisation() is not None:
            self._write_trust()
            self.write_log()
            raise ConfigError("this home is initialised already", hint="choose another --home")
        key = self.keys.unlock_claim(self.secrets.organisation)
        organisation = add_organisation(
            self._pen(Actor(id=self.ids.new("organisation"), key=key)),
            name=name,
            domain=domain,
            public_pem=key.public_pem,
            log_public_pem=self.keys.log_public,
        )
        self._write_trust()
        self.write_log()
        return organisation

    def hire(self, *, name: str, role: Role) -> Operator:
        """Make an operator's key and certificate, and add them to the books.

        Raises:
            ConfigError: the name is empty, too long or not text, or a passphrase is wrong.
        """
        check_name(name)
        operator_id = self.ids.new("operator")
        pseudonym, certificate = self.keys.add_operator(
            operator_id, self.secrets.new_operator, self.secrets.organisation, self.clock.now()
        )
        operator = add_operator(
            self.organisation_pen(),
            operator_id=operator_id,
            name=name,
            role=role,
            pseudonym=pseudonym,
            certificate_pem=certificate,
            own_passphrase=self.secrets.own,
        )
        self.write_log()
        return operator

    def _require_room(self) -> None:
        """A database on a server may hold the books of another home already."""
        if self.keys.exists or self.settings.database_url is None:
            return
        books = open_books(self.settings, "")
        try:
            if books.organisation() is not None:
                raise ConfigError(
                    "the database of `database_url` holds books already",
                    hint="name an empty one; another machine of the same organisation gets a copy of the key folder",
                )
        finally:
            books.close()

    def _open_books(self) -> Any:
        books = open_books(self.settings, self.origin)
        key = self.keys.registry_key(make=not books.holds_keys)
        if key is not None:
            books.unseal_with(key)
        books.screener = screener(self.settings)
        self._settle(books)
        books.guard(self.settings.log_folder, self.keys.log_public)
        return books

    def _settle(self, books: Any) -> None:
        """Finish or discard the change of keys that a crash cut short; one that is at work now is left alone."""
        changes = self.keys.changes
        if changes.unsettled:
            with changes.locked(wait=False) as mine:
                if mine:
                    changes.settle(lambda change_id: books.key_change(change_id) is not None)

    def _pen(self, actor: Actor) -> Pen:
        self.books.require_held(self.settings.log_folder, self.keys.log_public)
        if self.books.size() <= 1:
            self.write_log()  # which a crash may have left undone after the very first act
        return self._pen_of(actor)

    def _organisation_actor(self) -> Actor:
        return Actor(id=self.organisation().id, key=self.keys.unlock_claim(self.secrets.organisation))

    def _pen_of(self, actor: Actor) -> Pen:
        return Pen(
            books=self.books,
            actor=actor,
            log_key=self.keys.unlock_log(self.secrets.organisation),
            clock=self.clock,
            ids=self.ids,
        )

    def _write_trust(self) -> None:
        for path, pem in (
            (self.settings.trust, self.keys.claim_root_pem),
            (self.settings.operators_trust, self.keys.operators_root_pem),
        ):
            fresh = path.with_suffix(".new")
            try:
                fresh.write_text(pem, encoding="ascii")
                fresh.replace(path)
            except OSError as error:
                raise StoreError(f"`{path.name}` cannot be written: {error.strerror}") from error

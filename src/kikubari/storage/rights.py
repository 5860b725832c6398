"""What the account of the database may do beyond what the product needs."""

from sqlalchemy import text

from kikubari.storage.state import StateStore

# What somebody who found a hole in the product could then do to the server.
_ASKED = text(
    "SELECT rolsuper AS superuser, rolcreaterole AS create_roles, rolcreatedb AS create_databases,"
    " rolreplication AS replication, rolbypassrls AS bypass_row_security,"
    " pg_has_role(current_user, 'pg_execute_server_program', 'USAGE') AS run_programs,"
    " pg_has_role(current_user, 'pg_read_server_files', 'USAGE') AS read_files,"
    " pg_has_role(current_user, 'pg_write_server_files', 'USAGE') AS write_files"
    " FROM pg_roles WHERE rolname = current_user"
)


def list_needless_rights(store: StateStore) -> list[str]:
    """Return the rights that a database server gives its account needlessly; of a file, none.

    The product needs tables of its own in one schema, and nothing of the server.
    """
    if store.dialect == "sqlite":
        return []
    with store.read() as connection:
        row = connection.execute(_ASKED).mappings().one()
    return [name for name, is_given in row.items() if is_given]

"""What alembic runs for each command: one connection, one transaction, one migrator at a time."""

import psycopg
from alembic import context
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from db.tables import is_compared, metadata

url: str = context.config.attributes["url"]
# psycopg reads the address itself, so that it may be anything that libpq understands
engine = create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(url), poolclass=NullPool)

with engine.connect() as connection, connection.begin():
    connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('alembic'))"))  # replicas may start together
    context.configure(
        connection=connection,
        target_metadata=metadata,
        include_name=is_compared,
        include_schemas=True,
        version_table_schema="public",
    )
    context.run_migrations()

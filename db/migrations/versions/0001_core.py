"""The core: the whole schema. ``db.schema`` makes its SQL anew until the first release freezes it."""

from pathlib import Path
from typing import Final

from alembic import op

from db.migrations.scripts import run_script

revision: Final = "0001"
down_revision: Final = None

_HERE: Final = Path(__file__).parent


def upgrade() -> None:
    run_script(_HERE / "0001_core.sql")
    op.execute("GRANT SELECT ON public.alembic_version TO authenticated_users")  # the bot looks for pending migrations


def downgrade() -> None:
    op.execute("REVOKE SELECT ON public.alembic_version FROM authenticated_users")
    run_script(_HERE / "0001_core_down.sql")

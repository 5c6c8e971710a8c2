"""${message}."""

from pathlib import Path
from typing import Final

from db.migrations.scripts import run_script

revision: Final = ${repr(up_revision)}
down_revision: Final = ${repr(down_revision)}

_HERE: Final = Path(__file__).parent


def upgrade() -> None:
    run_script(_HERE / "${up_revision}_up.sql")


def downgrade() -> None:
    run_script(_HERE / "${up_revision}_down.sql")

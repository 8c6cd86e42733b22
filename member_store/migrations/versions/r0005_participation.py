"""Indexes in which the residents and the enrolled of a place are counted without looking at any of them."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_person_community", "person", ["community_id", "county", "registration_kind", "died_on", "erased_at"]
    )
    op.drop_index("ix_person_community_id", "person")
    op.create_index(
        "ix_enrolment_nowhere",
        "enrolment",
        ["county", "year", "state", "registration_kind", "community_id"],
        sqlite_where=sa.text("community_id IS NULL"),
        postgresql_where=sa.text("community_id IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_enrolment_nowhere", "enrolment")
    op.create_index("ix_person_community_id", "person", ["community_id"])
    op.drop_index("ix_person_community", "person")

"""People, enrolments, and who may act for whom."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "community",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("county", sa.String(32), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.UniqueConstraint("county", "name", name="uq_community_name"),
    )
    op.create_table(
        "contact",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("contact", sa.String(64), nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("account", sa.Text),
        sa.Column("locale", sa.String(32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("wrong_codes", sa.Integer, nullable=False),
        sa.Column("wrong_code_at", sa.DateTime(timezone=True)),
        sa.UniqueConstraint("contact", name="uq_contact_contact"),
    )
    op.create_table(
        "household",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("community_id", sa.Integer, sa.ForeignKey("community.id")),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_household_community_id", "household", ["community_id"])
    op.create_table(
        "staff_user",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("login", sa.String(32), nullable=False),
        sa.Column("name", sa.Text),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("county", sa.String(32)),
        sa.Column("community_id", sa.Integer, sa.ForeignKey("community.id")),
        sa.Column("contact_id", sa.Integer, sa.ForeignKey("contact.id")),
        sa.Column("code", sa.String(64)),
        sa.Column("code_expires_at", sa.DateTime(timezone=True)),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("code", name="uq_staff_code"),
        sa.UniqueConstraint("contact_id", name="uq_staff_contact"),
        sa.UniqueConstraint("login", name="uq_staff_login"),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("identity", sa.String(64)),
        sa.Column("personal", sa.Text),
        sa.Column("household_id", sa.Integer, sa.ForeignKey("household.id")),
        sa.Column("community_id", sa.Integer, sa.ForeignKey("community.id")),
        sa.Column("county", sa.String(32), nullable=False),
        sa.Column("registration_kind", sa.String(32)),
        sa.Column("notices", sa.String(16), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("died_on", sa.Date),
        sa.Column("erased_at", sa.DateTime(timezone=True)),
        sa.UniqueConstraint("identity", name="uq_person_identity"),
    )
    op.create_index("ix_person_community_id", "person", ["community_id"])
    op.create_index("ix_person_household_id", "person", ["household_id"])
    op.create_table(
        "delegation",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("person_id", sa.Integer, sa.ForeignKey("person.id"), nullable=False),
        sa.Column("contact_id", sa.Integer, sa.ForeignKey("contact.id")),
        sa.Column("relation", sa.String(32), nullable=False),
        sa.Column("basis", sa.String(16), nullable=False),
        sa.Column("scopes", sa.String(128), nullable=False),
        sa.Column("code", sa.String(64)),
        sa.Column("code_expires_at", sa.DateTime(timezone=True)),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_on", sa.Date),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
        sa.UniqueConstraint("code", name="uq_delegation_code"),
    )
    op.create_index("ix_delegation_contact", "delegation", ["contact_id", "revoked_at"])
    op.create_index("ix_delegation_person", "delegation", ["person_id", "revoked_at"])
    op.create_table(
        "consent",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("person_id", sa.Integer, sa.ForeignKey("person.id")),
        sa.Column("contact_id", sa.Integer, sa.ForeignKey("contact.id")),
        sa.Column("purpose", sa.String(32), nullable=False),
        sa.Column("wording", sa.String(32), nullable=False),
        sa.Column("locale", sa.String(32), nullable=False),
        sa.Column("given_as", sa.String(32), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True)),
    )
    op.create_index("ix_consent_contact_id", "consent", ["contact_id"])
    op.create_index("ix_consent_person_id", "consent", ["person_id"])
    op.create_table(
        "enrolment",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("person_id", sa.Integer, sa.ForeignKey("person.id"), nullable=False),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("county", sa.String(32), nullable=False),
        sa.Column("community_id", sa.Integer, sa.ForeignKey("community.id")),
        sa.Column("registration_kind", sa.String(32)),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("category", sa.String(64)),
        sa.Column("rules", sa.String(80), nullable=False),
        sa.Column("rules_on", sa.Date, nullable=False),
        sa.Column("facts", sa.Text),
        sa.Column("renews_id", sa.Integer, sa.ForeignKey("enrolment.id")),
        sa.Column("contact_id", sa.Integer, sa.ForeignKey("contact.id")),
        sa.Column("submitted_at", sa.DateTime(timezone=True)),
        sa.Column("ended_on", sa.Date),
        sa.Column("reason", sa.String(32)),
    )
    op.create_index(
        "ix_enrolment_community", "enrolment", ["community_id", "year", "state", "registration_kind", "person_id"]
    )
    op.create_index("ix_enrolment_person", "enrolment", ["person_id", "year"])
    op.create_index(
        "uq_enrolment_person_year",
        "enrolment",
        ["person_id", "year"],
        unique=True,
        sqlite_where=sa.text("state NOT IN ('rejected', 'withdrawn')"),
        postgresql_where=sa.text("state NOT IN ('rejected', 'withdrawn')"),
    )
    op.create_table(
        "certificate",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("person_id", sa.Integer, sa.ForeignKey("person.id"), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("number", sa.Text),
        sa.Column("valid_from", sa.Date),
        sa.Column("valid_until", sa.Date),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verified_on", sa.Date),
        sa.UniqueConstraint("person_id", "kind", name="uq_certificate_kind"),
    )
    op.create_table(
        "doubt",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("person_id", sa.Integer, sa.ForeignKey("person.id"), nullable=False),
        sa.Column("contact_id", sa.Integer, sa.ForeignKey("contact.id")),
        sa.Column("relation", sa.String(32), nullable=False),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("stated", sa.Text),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
    )
    op.create_index("ix_doubt_contact_id", "doubt", ["contact_id"])
    op.create_index("ix_doubt_person_id", "doubt", ["person_id"])
    op.create_index("ix_doubt_state", "doubt", ["state"])


def downgrade() -> None:
    for table in (
        "doubt",
        "certificate",
        "enrolment",
        "consent",
        "delegation",
        "person",
        "staff_user",
        "household",
        "contact",
        "community",
    ):
        op.drop_table(table)

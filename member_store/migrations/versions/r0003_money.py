"""Contributions, the ledger, agreements, hardship cases and settlements."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "imported_file",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.Column("report", sa.Text, nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("kind", "digest", name="uq_imported_file"),
    )
    op.create_table(
        "contribution",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("enrolment_id", sa.Integer, sa.ForeignKey("enrolment.id"), nullable=False),
        sa.Column("total_fen", sa.BigInteger),
        sa.Column("rules", sa.String(80), nullable=False),
        sa.Column("rules_on", sa.Date, nullable=False),
        sa.Column("illustrative", sa.Boolean, nullable=False),
        sa.Column("worked_out", sa.Text, nullable=False),
        sa.Column("worked_out_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True)),
    )
    op.create_index(
        "uq_contribution_enrolment",
        "contribution",
        ["enrolment_id"],
        unique=True,
        sqlite_where=sa.text("replaced_at IS NULL"),
        postgresql_where=sa.text("replaced_at IS NULL"),
    )
    op.create_table(
        "contribution_part",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("contribution_id", sa.Integer, sa.ForeignKey("contribution.id"), nullable=False),
        sa.Column("line", sa.String(32), nullable=False),
        sa.Column("payer", sa.String(32), nullable=False),
        sa.Column("amount_fen", sa.BigInteger),
        sa.UniqueConstraint("contribution_id", "line", "payer", name="uq_contribution_part"),
    )
    op.create_table(
        "ledger_entry",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("person_id", sa.Integer, sa.ForeignKey("person.id"), nullable=False),
        sa.Column("effective_on", sa.Date, nullable=False),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("contribution_id", sa.Integer, sa.ForeignKey("contribution.id")),
        sa.Column("reverses_id", sa.Integer, sa.ForeignKey("ledger_entry.id")),
        sa.Column("reference", sa.String(64)),
        sa.Column("file_id", sa.Integer, sa.ForeignKey("imported_file.id")),
        sa.Column("row", sa.Integer),
        sa.UniqueConstraint("reference", name="uq_ledger_reference"),
        sa.UniqueConstraint("reverses_id", name="uq_ledger_reverses"),
    )
    op.create_index("ix_ledger_entry_contribution_id", "ledger_entry", ["contribution_id"])
    op.create_index("ix_ledger_entry_file_id", "ledger_entry", ["file_id"])
    op.create_index("ix_ledger_entry_person_id", "ledger_entry", ["person_id"])
    op.create_table(
        "ledger_posting",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("entry_id", sa.Integer, sa.ForeignKey("ledger_entry.id"), nullable=False),
        sa.Column("account", sa.String(16), nullable=False),
        sa.Column("person_id", sa.Integer, sa.ForeignKey("person.id"), nullable=False),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("amount_fen", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_ledger_posting_entry", "ledger_posting", ["entry_id"])
    op.create_index("ix_ledger_posting_person", "ledger_posting", ["person_id", "year", "account", "amount_fen"])
    op.create_table(
        "agreement",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("person_id", sa.Integer, sa.ForeignKey("person.id"), nullable=False),
        sa.Column("from_year", sa.Integer, nullable=False),
        sa.Column("to_year", sa.Integer, nullable=False),
        sa.Column("account", sa.Text),
        sa.Column("signed_on", sa.Date, nullable=False),
        sa.Column("ended_on", sa.Date),
        sa.Column("reason", sa.String(32)),
    )
    op.create_index("ix_agreement_person", "agreement", ["person_id", "to_year"])
    op.create_table(
        "hardship_application",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("person_id", sa.Integer, sa.ForeignKey("person.id"), nullable=False),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("grounds", sa.Text),
        sa.Column("applied_on", sa.Date, nullable=False),
        sa.Column("reviewed_on", sa.Date),
        sa.Column("notice_from", sa.Date),
        sa.Column("notice_until", sa.Date),
        sa.Column("decided_on", sa.Date),
        sa.Column("reason", sa.String(32)),
    )
    op.create_index("ix_hardship_person", "hardship_application", ["person_id"])
    op.create_index("ix_hardship_state", "hardship_application", ["state", "notice_until"])
    op.create_table(
        "settlement",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("person_id", sa.Integer, sa.ForeignKey("person.id"), nullable=False),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("settled_on", sa.Date, nullable=False),
        sa.Column("care", sa.String(32), nullable=False),
        sa.Column("provider_level", sa.String(32)),
        sa.Column("bill_fen", sa.BigInteger),
        sa.Column("fund_paid_fen", sa.BigInteger, nullable=False),
        sa.Column("reference", sa.String(64)),
        sa.Column("reversed_at", sa.DateTime(timezone=True)),
        sa.Column("file_id", sa.Integer, sa.ForeignKey("imported_file.id")),
        sa.Column("row", sa.Integer),
        sa.UniqueConstraint("reference", name="uq_settlement_reference"),
    )
    op.create_index("ix_settlement_person", "settlement", ["person_id", "year"])


def downgrade() -> None:
    for table in (
        "settlement",
        "hardship_application",
        "agreement",
        "ledger_posting",
        "ledger_entry",
        "contribution_part",
        "contribution",
        "imported_file",
    ):
        op.drop_table(table)

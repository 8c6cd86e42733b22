"""Orders of payments through a platform."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pay_order",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("number", sa.String(32), nullable=False),
        sa.Column("person_id", sa.Integer, sa.ForeignKey("person.id"), nullable=False),
        sa.Column("enrolment_id", sa.Integer, sa.ForeignKey("enrolment.id"), nullable=False),
        sa.Column("contact_id", sa.Integer, sa.ForeignKey("contact.id"), nullable=False),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("amount_fen", sa.BigInteger, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("paid_at", sa.DateTime(timezone=True)),
        sa.Column("payment", sa.String(64)),
        sa.Column("payment_number", sa.Text),
        sa.Column("entry_id", sa.Integer, sa.ForeignKey("ledger_entry.id")),
        sa.Column("reason", sa.String(32)),
        sa.UniqueConstraint("number", name="uq_pay_order_number"),
        sa.UniqueConstraint("payment", name="uq_pay_order_payment"),
        sa.UniqueConstraint("entry_id", name="uq_pay_order_entry"),
    )
    op.create_index(
        "uq_pay_order_open",
        "pay_order",
        ["person_id", "year"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index("ix_pay_order_person", "pay_order", ["person_id"])
    op.create_index("ix_pay_order_state", "pay_order", ["state", "expires_at"])


def downgrade() -> None:
    op.drop_table("pay_order")

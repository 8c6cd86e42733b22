"""What is sent unasked: its ledger, the agreements to it, the platforms' tokens and logins."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "delivery",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("contact", sa.String(64), nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("payload", sa.Text),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("way", sa.String(32)),
        sa.Column("reason", sa.String(32)),
        sa.Column("code", sa.String(32)),
        sa.Column("platform_id", sa.String(64)),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("changed_at", _MOMENT, nullable=False),
    )
    op.create_index("ix_delivery_contact", "delivery", ["contact", "state"])
    op.create_index("ix_delivery_platform_id", "delivery", ["platform_id"])
    op.create_table(
        "subscription_consent",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("contact", sa.String(64), nullable=False),
        sa.Column("template", sa.String(64), nullable=False),
        sa.Column("standing", sa.Boolean, nullable=False),
        sa.Column("left", sa.Integer, nullable=False),
        sa.Column("changed_at", _MOMENT, nullable=False),
        sa.UniqueConstraint("contact", "template", name="uq_subscription_consent"),
    )
    op.create_table(
        "access_token",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("value", sa.Text),
        sa.Column("expires_at", _MOMENT),
        sa.Column("leased_until", _MOMENT),
        sa.Column("holder", sa.String(32)),
        sa.UniqueConstraint("name", name="uq_access_token_name"),
    )
    op.create_table(
        "login_state",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("state", sa.String(64), nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.UniqueConstraint("state", name="uq_login_state_state"),
    )
    op.add_column("conversation", sa.Column("heard_at", _MOMENT))
    op.add_column("conversation", sa.Column("window_kind", sa.String(16)))
    op.add_column("conversation", sa.Column("window_at", _MOMENT))
    op.add_column("conversation", sa.Column("waiting", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("inbox", sa.Column("answered_at", _MOMENT))
    op.add_column("contact", sa.Column("gone_at", _MOMENT))


def downgrade() -> None:
    op.drop_column("contact", "gone_at")
    op.drop_column("inbox", "answered_at")
    for column in ("waiting", "window_at", "window_kind", "heard_at"):
        op.drop_column("conversation", column)
    for table in ("login_state", "access_token", "subscription_consent", "delivery"):
        op.drop_table(table)

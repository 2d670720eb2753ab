"""Extractions: requests for footage, their decisions, jobs and hand-overs."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.create_table(
        "extraction",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.String(), nullable=False),
        sa.Column("incident_id", sa.String(), nullable=True),
        sa.Column("asking_body", sa.String(), nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("requester", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("requested_by", sa.String(), nullable=False),
        sa.Column("requested_ms", sa.BigInteger(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("decided_ms", sa.BigInteger(), nullable=True),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("fault", sa.String(), nullable=False),
        sa.Column("fault_detail", sa.String(), nullable=False),
        sa.Column("done_bytes", sa.BigInteger(), nullable=False),
        sa.Column("total_bytes", sa.BigInteger(), nullable=False),
        sa.Column("tried_ms", sa.BigInteger(), nullable=True),
        sa.Column("ready_ms", sa.BigInteger(), nullable=True),
        sa.Column("manifest_sha256", sa.String(), nullable=False),
        sa.Column("package_bytes", sa.BigInteger(), nullable=False),
        sa.Column("seal_number", sa.String(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("recipient_office", sa.String(), nullable=False),
        sa.Column("medium", sa.String(), nullable=False),
        sa.Column("handed_by", sa.String(), nullable=True),
        sa.Column("handed_ms", sa.BigInteger(), nullable=True),
        sa.Column("received_by", sa.String(), nullable=False),
        sa.Column("received_ms", sa.BigInteger(), nullable=True),
        sa.Column("receipt_note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["decided_by"], ["account.id"], name=op.f("fk_extraction_decided_by")),
        sa.ForeignKeyConstraint(["handed_by"], ["account.id"], name=op.f("fk_extraction_handed_by")),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_extraction_incident_id")),
        sa.ForeignKeyConstraint(["requested_by"], ["account.id"], name=op.f("fk_extraction_requested_by")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_extraction_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extraction")),
        sa.UniqueConstraint("year", "serial", name=op.f("uq_extraction_year_serial")),
    )
    op.create_index(op.f("ix_extraction_incident_id"), "extraction", ["incident_id"], unique=False)
    op.create_index(op.f("ix_extraction_state"), "extraction", ["state"], unique=False)
    op.create_index(op.f("ix_extraction_unit_id_requested_ms"), "extraction", ["unit_id", "requested_ms"], unique=False)
    op.create_table(
        "extraction_part",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("extraction_id", sa.String(), nullable=False),
        sa.Column("camera_id", sa.String(), nullable=False),
        sa.Column("from_ms", sa.BigInteger(), nullable=False),
        sa.Column("to_ms", sa.BigInteger(), nullable=False),
        sa.Column("regions", sa.JSON(), nullable=False),
        sa.Column("lock_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["camera_id"], ["camera.id"], name=op.f("fk_extraction_part_camera_id")),
        sa.ForeignKeyConstraint(["extraction_id"], ["extraction.id"], name=op.f("fk_extraction_part_extraction_id")),
        sa.ForeignKeyConstraint(["lock_id"], ["recording_lock.id"], name=op.f("fk_extraction_part_lock_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extraction_part")),
    )
    op.create_index(op.f("ix_extraction_part_extraction_id"), "extraction_part", ["extraction_id"], unique=False)

"""Alembic's entry point. Only ever run by `vms.db.migrate`, which brings the connection."""

from alembic import context

from vms.db.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,
    # SQLite can, once the driver leaves BEGIN to us (see `vms.db.engine`).
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()

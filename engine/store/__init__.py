"""The ledger: history, projections and working papers. The only importer of SQLAlchemy here."""

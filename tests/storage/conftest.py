from tests.support.database import db, db_url, postgres_database, sqlite_template

__all__ = ["db", "db_url", "postgres_database", "sqlite_template"]

"""Tables, engine and session, migrations, object stores."""

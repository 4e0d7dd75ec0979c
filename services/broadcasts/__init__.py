"""Messages to many: who gets one, how it is begun and ended, and how far it has come."""

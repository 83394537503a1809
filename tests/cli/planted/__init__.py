"""An app whose second migration does what none may: it asks on the usual connection, which is the
application's, for a table that only its owner knows of yet."""

"""What can go wrong with the store."""


class StoreError(Exception):
    """The database did not take or give what was asked; the text says what and where."""


class StoreUnavailableError(StoreError):
    """The database is away or too busy for the moment; nothing was written, and the same may be asked again later."""


class StoreFullError(StoreUnavailableError):
    """There is no room left on the database's disk; once there is, the same may be asked again."""


class NewerSchemaError(StoreError):
    """The database was made by a newer version of this program, so nothing in it was touched."""


class StaleBatchError(StoreError):
    """Another member of the group already wrote these records, so this batch was rolled back."""

"""What can go wrong with the store."""


class StoreError(Exception):
    """The database did not take or give what was asked; the text says what and where."""


class StaleBatchError(StoreError):
    """Another member of the group already wrote these records, so this batch was rolled back."""

"""What a file of arrays may fail with when it was cut, changed or never was one."""

import struct
import tokenize
import zipfile
import zlib

# NotImplementedError (a version of ZIP that nobody has) is a RuntimeError; NumPy reads the head of an array as Python.
BROKEN = (
    OSError, ValueError, KeyError, EOFError, IndexError, TypeError, RuntimeError, MemoryError,
    SyntaxError, tokenize.TokenError, struct.error, zipfile.BadZipFile, zlib.error,
)  # fmt: skip

"""The whole path of a fix, HTTP in to SSE out, under a played city: what is sent, what comes out, what it costs."""

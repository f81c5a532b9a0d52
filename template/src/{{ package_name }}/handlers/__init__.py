"""The handlers: one module for each first path segment, one function for each route."""

"""The same probes against the generated project, four frameworks and nine servers."""

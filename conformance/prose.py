"""What docs/http.md and docs/servers.md say around their tables."""

HTTP = """\
# HTTP, point by point

What a bare WSGI application must get right: a project that this template generates, beside the
same application written in Flask, Falcon, Bottle and Django. Each row is one probe: a call
of the WSGI callable in this process, without a server. ✓ and ✗ say whether the response is right,
followed by what was seen: a status, a header or a word.

The frameworks run as their documentation starts them, with a body limit of 1 MiB where they have
a setting for one. Bottle has no content negotiation, Django reads JSON with `json.loads`. Much of
what they get wrong can be put right in an application; the table shows what somebody gets who does
not know that. Each probe also runs against an application that does everything wrong.

This file is written by `.venv/bin/python -m conformance http`. The probes are in
`conformance/points.py`, the applications in `conformance/apps/`.
"""
SERVERS = """\
# Servers, case by case

The project that this template generates, as a process of its own under nine servers, spoken to in
raw HTTP/1.1 over a socket. gunicorn, uWSGI, waitress and granian run with the configuration that
comes with `server`, by the command in OPERATIONS.md; the others with their defaults, and
`wsgiref` is `python -m` with the package's name.

✓ is the right response; – is what a client gets instead if a server cannot do it. `closed` is a
connection that ends without a response, `none` one without a response for two seconds, and `a, b`
are two responses.

This file is written by `.venv/bin/python -m conformance servers`. The cases are in
`conformance/servers.py`, and `tests/servers/test_raw_requests.py` holds each server to them.
"""
NOTES = """
- *What a client says about its proxy is ignored.* uWSGI takes the scheme from `X-Forwarded-Proto`,
  and gunicorn does if a client is on the same machine. `route-run = setscheme:http` in the generated
  `uwsgi.ini` undoes that, and `forwarded_allow_ips` in `gunicorn.conf.py`. waitress removes these
  headers, unless the middleware `proxy` needs them.
- *Names with underscores.* With the middleware `proxy`, the development server drops them, too. In front
  of uWSGI, granian and cheroot, the proxy must: see [security.md](security.md).
- *The application's own limit counts.* It sends a 413, and drops what comes, up to `DROP_LIMIT`. uWSGI's `limit-post`
  would close the connection without a response, so it is not set. waitress reads a whole body
  first, so its limit is set, one byte above what `request.drop` reads.
- *A target that is not a path*, such as `x/notes`: most servers refuse it themselves. waitress and
  werkzeug take `http:/notes` for `/notes`.
- *A stream that fails before its first chunk* is a 500 on each server, because `streaming.stream`
  makes that chunk before the response starts. One that fails later is logged by each server. A
  client can only see it if the server marks the end of a body. wsgiref and uWSGI never do, and
  granian until 2.8.7 marks it even then, so let the content say where it ends. granian 2.8.9 cuts
  the response; if the stream fails early, it may send nothing at all.
- *A chunked body cut short*: granian passes on what came, as if it were all.
- *`sys.exit()` in a handler* is not turned into a 500: gunicorn's sync worker raises `SystemExit`
  itself, to end a request that takes too long. wsgiref, gunicorn sync and granian send a 500 of
  their own and go on. gevent sends one and ends; cheroot ends without. With gunicorn's threads,
  uWSGI, waitress and werkzeug the client gets no response: waitress leaves the connection open, and
  uWSGI may do so. gunicorn takes a worker that exits with 3 for one that could not start, and ends
  all of them. So raise an exception or `HTTPError`, never call `sys.exit()`, and beware of code that
  does, such as `argparse`.
- *Slow clients.* A server `pauses` if a request waits for some of the slow ones to time out, and
  `stops` if it gets no response for 15 seconds. waitress, gevent and the servers with a thread for
  each connection (wsgiref, werkzeug) go on. gunicorn, uWSGI, granian and cheroot have as many
  requests at a time as they have threads, and a slow client keeps one. uWSGI gives up on it after
  4 seconds (`socket-timeout`). cheroot does so after 10 seconds without a byte, so clients that
  send one more often stop it, too. granian reads headers without a thread, but not bodies. Put a
  reverse proxy that buffers requests in front, as nginx does by default: it waits for the slow
  clients, and the server only gets whole requests. `tests/servers/test_behind_nginx.py` holds the
  block in the generated OPERATIONS.md to that.
- *A handler that takes too long.* `timeout` in gunicorn.conf.py ends a sync worker during a
  request, and the client gets a 500. With threads it does not: it replaces a worker whose main
  thread hangs, and a slow handler keeps its thread. uWSGI, waitress and granian have no such limit.
  (`harakiri` of uWSGI is not set: it has one timer for all threads of a process, so it ends event
  streams, and misses requests that hang.)
- *A worker that is still starting* may miss a SIGTERM. gunicorn kills it after the 30 seconds of
  `graceful_timeout`, granian after those of `--workers-kill-timeout`; uWSGI waits for it, as for a
  request that hangs, until it is killed.
- *waitress marks the end of a stream to HEAD, too*, which has none: 5 bytes, before it closes the
  connection as announced.
- *The development servers* stop at once at SIGTERM. `waitress-serve` would drop the requests that
  have begun; the generated `serve.py` waits for them.
"""

"""An optional file that is broken in one place: its short test or its deep one must fail."""

from collections import Counter
from pathlib import Path

import pytest

from harness.projects import (
    Project,
    add_deep_tests,
    broken,
    broken_source,
    compile_files,
    deep_tests,
    generate,
    run_tests,
    shared,
)
from harness.sampling import often
from harness.shapes import SHAPES

pytestmark = pytest.mark.matrix

# What breaks, by file: what is there, and what replaces it.
FAULTS: dict[str, dict[str, tuple[str, str]]] = {
    "cookies.py": {
        "max_age=0 no longer deletes the cookie": ("if max_age is not None:", "if max_age:"),
        "a path with a semicolon is let through and adds attributes such as Domain to the cookie": (
            '_path = re.compile(r"/[ -:<-~]*").fullmatch',
            '_path = re.compile(r"/[ -:<-~]*").match',
        ),
        "a path is ignored": ("Path={path}", "Path=/"),
        "SameSite is ignored": ("SameSite={same_site}", "SameSite=Lax"),
        "it is not secure": ("    if secure:", "    if not secure:"),
        "scripts read it": ("    if http_only:", "    if not http_only:"),
        "it is not secure by default": ("secure: bool = True", "secure: bool = False"),
        "its value can hold a comma": (r"[!#-+\--:", "[!#-:"),
        "its value can hold a quote": ("[!#-+", r"[!\x22#-+"),
        "its name can hold a space": ("[!#$%&", "[ !#$%&"),
        "its name can be empty": ("A-Za-z-]+", "A-Za-z-]*"),
        "its path can be relative": ('r"/[ -:', 'r"[ -:'),
        "its path can hold a semicolon": ("/[ -:<-~]*", "/[ -~]*"),
        "its domain can hold a space": ("[A-Za-z0-9.-]*[A-Za-z0-9]", "[A-Za-z0-9 .-]*[A-Za-z0-9]"),
        "its domain is lost": ("    if domain:", "    if False:"),
        "its age can be text": ("{max_age:d}", "{max_age}"),
        "an age of 0 is lost": ("if max_age is not None", "if max_age"),
        "it can be too long": ("<= 4096", "<= 40960"),
        "a prefix in lower case is not seen": (
            'name.lower().startswith("__host-")',
            'name.startswith("__Host-")',
        ),
        "a prefix can be without secure": ('"__host-", "__secure-"', '"__host-"'),
        "a prefix can have a path": ('domain or path != "/"', "domain"),
        "SameSite None can be without secure": (' or (same_site == "None" and not secure)', ""),
    },
    "uploads.py": {
        "an empty file input of a browser": ("if part.filename is None:", "if not part.filename:"),
        "a ValueError of the handler inside the with statement becomes a 400 with its text, unlogged": (
            '                    found.files.setdefault(part.name, []).append(upload)\n        except ValueError as error:  # MultipartError is one\n            reason = str(error)[:100]  # it can repeat what the client sent\n            raise HTTPError(400, f"The body is not a multipart form: {reason}.") from error\n        yield found\n',
            '                    found.files.setdefault(part.name, []).append(upload)\n            yield found\n        except ValueError as error:  # MultipartError is one\n            reason = str(error)[:100]  # it can repeat what the client sent\n            raise HTTPError(400, f"The body is not a multipart form: {reason}.") from error\n',
        ),
        "a form with thousands of parts is accepted, each with a file of its own": (
            'parser = PushMultipartParser(boundary or "none", max_segment_count=PART_LIMIT)',
            'parser = PushMultipartParser(boundary or "none")',
        ),
        "a file stays open": (
            "opened.enter_context(SpooledTemporaryFile(MEMORY_LIMIT))",
            "SpooledTemporaryFile(MEMORY_LIMIT)",
        ),
        "the number of parts has no limit": (", max_segment_count=PART_LIMIT", ""),
        "the size has no limit": (", limit=UPLOAD_LIMIT", ""),
        "a part is kept in memory": (
            "SpooledTemporaryFile(MEMORY_LIMIT)",
            "SpooledTemporaryFile()",
        ),
        "any content type is read": ('"multipart/form-data", ', '"", '),
        "the second file is lost": (
            "found.files.setdefault(part.name, []).append(upload)",
            "found.files.setdefault(part.name, [upload])",
        ),
        "the second field is lost": (
            "found.fields.setdefault(part.name, []).append(file.read().decode())",
            "found.fields.setdefault(part.name, [file.read().decode()])",
        ),
        "the first file is lost": (
            "found.files.setdefault(part.name, []).append(upload)",
            "found.files[part.name] = [upload]",
        ),
        "a file is at its end": ("                file.seek(0)\n", ""),
        "a form can break off": ("    parser.close()", "    # parser.close()"),
        "an epilogue is refused": (
            "max_segment_count=PART_LIMIT)",
            "max_segment_count=PART_LIMIT, strict=True)",
        ),
        "the parser sees where a body is cut": ("in _blocks(chunks)", "in chunks"),
        "the last block is lost": ("    if buffer:\n", "    if not buffer:\n"),
        "a refusal repeats what was sent": ("str(error)[:100]", "str(error)"),
        "a form needs no boundary": ("if not boundary:", "if False:"),
        "a part needs no name": ("if not part.name:", "if False:"),
        "a size is wrong": ("size = file.tell()", "size = file.tell() + 1"),
        "a file has no type": ('part.content_type or ""', '""'),
        "an upload is in memory": ("for chunk in chunks:", 'for chunk in [b"".join(chunks)]:'),
        "a file without a name is a field": ("part.filename is None", "not part.filename"),
        "a field that is not UTF-8 is a 500": (
            "except ValueError",
            "except HTTPError",
        ),
    },
    "streaming.py": {
        "bytes beyond the announced Content-Length are sent, and taken for the next response": (
            "            if 0 <= self.length < made:\n                break\n            yield chunk\n",
            "            yield chunk\n            if 0 <= self.length < made:\n                break\n",
        ),
        "a stream is not closed": ("        response.close(self.source)", "        pass"),
        "a stream is not counted": ("made += len(chunk)", "made = self.length"),
        "a stream that is too short is completed": (
            "if self.length >= 0 and made != self.length:",
            "if 0 <= self.length < made:",
        ),
        "a stream that cannot be sent is not closed": ("        response.close(chunks)\n", ""),
        "a stream begins too late": ('b"".join([next(self.rest, b"")])', 'b""'),
        "a stream is gathered in memory": ("iter(source)", "iter(list(source))"),
        "the length of a stream is not sent": (
            "content_type, length, status, headers)\n    except",
            "content_type, -1, status, headers)\n    except",
        ),
        "the first chunk is sent twice": (
            "chain([self.first], self.rest)",
            "chain([self.first, self.first], self.rest)",
        ),
        "an empty stream fails": ('next(self.rest, b"")', "next(self.rest)"),
        "an unread body stays after a stream": ("request.drop(self.environ)", "pass"),
        "a stream that is too long is sent": ("if 0 <= self.length < made:", "if False:"),
        "a stream without a byte sends some": (
            "if 0 <= self.length < made:",
            "if 0 < self.length < made:",
        ),
        "a status without a body is a stream": (
            "content_type, length, status, headers)\n    except",
            "content_type, length, 200, headers)\n    except",
        ),
        "a stream loses its headers": (
            "content_type, length, status, headers)\n    except",
            "content_type, length, status, ())\n    except",
        ),
        "a source that fails to close leaves the rest of a request": (
            "        try:\n            response.close(self.source)\n        finally:\n    ",
            "        response.close(self.source)\n",
        ),
        "text is sent": ('b"".join([next(self.rest, b"")])', 'next(self.rest, b"")'),
        "a length is announced for any stream": ("length: int = -1", "length: int = 0"),
    },
    "csv_rows.py": {
        "a short row is followed by the rest of a longer row before it": (
            "            buffer.seek(0)\n            buffer.truncate()\n",
            "            buffer.seek(0)\n",
        ),
        "rows end with LF, not with CRLF as RFC 4180 says": (
            "writer = csv.writer(buffer)",
            'writer = csv.writer(buffer, lineterminator="\\n")',
        ),
        "a source stays open": ("response.close(rows)", "pass"),
        "rows are repeated": ("            buffer.truncate()\n", ""),
        "rows are gathered": ("for row in rows:", "for row in list(rows):"),
        "the charset is missing": ("text/csv; charset=utf-8", "text/csv"),
        "headers are lost": (", headers=headers\n", "\n"),
        "half a character is a 500": ('errors="replace"', 'errors="strict"'),
    },
    "ndjson.py": {
        "NaN and Infinity are sent, which clients cannot parse as JSON": (
            "_encode = JSONEncoder(allow_nan=False).encode",
            "_encode = JSONEncoder().encode",
        ),
        "when the client is gone or a value fails, the source": (
            '    try:\n        for value in values:\n            yield f"{_encode(value)}\\n".encode()\n    finally:\n        response.close(values)\n',
            '    for value in values:\n        yield f"{_encode(value)}\\n".encode()\n    response.close(values)\n',
        ),
        "a source stays open": ("response.close(values)", "pass"),
        "a value spans lines": ("allow_nan=False", "allow_nan=False, indent=1"),
        "a separator ends a line": ("allow_nan=False", "allow_nan=False, ensure_ascii=False"),
        "NaN is written": ("allow_nan=False", "allow_nan=True"),
        "values are gathered": ("for value in values:", "for value in list(values):"),
        "the status is lost": ("status=status, ", ""),
        "a line has no end": (r"}\n", "}"),
    },
    "sse.py": {
        "an event with empty data has no data line and never arrives; a final line end is lost": (
            "_line_ends.split(data)]",
            "data.splitlines()]",
        ),
        "an id with a line end is accepted": (
            "if _line_ends.search(event + id) or",
            "if _line_ends.search(event) or",
        ),
        "a source stays open": ("response.close(events)", "pass"),
        "an id can end an event": ("event + id", "event"),
        "an id can hold a NUL": (r' or "\0" in id', ""),
        "the first event waits": ("        yield HEARTBEAT\n", ""),
        "an event ends at a line separator": (
            "_line_ends.split(data)",
            "(data.splitlines() or [''])",
        ),
        "a retry can be text": ("{retry:d}", "{retry}"),
        "a retry of 0 is lost": ("if retry is not None", "if retry"),
        "an event has no end": (r'"\n\n")', r'"\n")'),
        "a proxy holds it back": (', ("X-Accel-Buffering", "no")', ""),
        "it is cached": ('("Cache-Control", "no-cache"), ', ""),
        "a carriage return is data": (r'"\r\n|\r|\n"', r'"\r\n|\n"'),
    },
    "config.py": {
        "an empty variable": (
            "return os.environ.get(variable) or default",
            "return os.environ.get(variable, default)",
        ),
        "other users of the machine can list and read the folder for data": (
            "Path(folder).mkdir(0o700, parents=True, exist_ok=True)",
            "Path(folder).mkdir(parents=True, exist_ok=True)",
        ),
        "a variable is misspelt": ('names("TRUSTED_HOSTS"', 'names("TRUSTED_HOST"'),
        "another variable is misspelt": ('"TRUSTED_PROXIES"', '"TRUSTED_PROXY"'),
        "the origins have another variable": ('"ALLOWED_ORIGINS"', '"ALLOW_ORIGINS"'),
        "any origin is allowed": ('names("ALLOWED_ORIGINS")', 'names("ALLOWED_ORIGINS", "*")'),
        "another format is the default": ('"text", "json"', '"json", "text"'),
        "a proxy is trusted": ('"TRUSTED_PROXIES", 0', '"TRUSTED_PROXIES", 1'),
        "more hosts are trusted": ("localhost,127.0.0.1,", "localhost,127.0.0.1,example.org,"),
        "any number of proxies": (", most=9", ""),
        "a choice is not looked at": ("if value not in values", "if not value"),
        "a number has no limit": (" or int(value) > most", ""),
        "a number can be of any script": ('"[0-9]{1,19}"', r'r"\\d{1,19}"'),
        "names keep their spaces": ("name.strip() for", "name for"),
        "a secret can be short": ("if len(value) < least", "if not value"),
        "a secret is repeated": ("not {len(value)}", "not {value}"),
        "a secret can be empty": ("if len(value) < least", "if 0 < len(value) < least"),
        "data has no folder": ("    if not folder:\n", "    if False:\n"),
        "anybody reads the data": ("mkdir(0o700, ", "mkdir("),
        "the folder for data is made once": (", exist_ok=True", ""),
        "only the last folder is made": ("parents=True, ", ""),
        "empty names are names": ("if name]", "]"),
        "an empty value is a value": (
            "os.environ.get(variable) or default",
            "os.environ.get(variable, default)",
        ),
    },
    "middleware/access_log.py": {
        "a logger that the logging configuration has disabled swallows the lines": (
            "if logger.hasHandlers() and not logger.disabled:",
            "if logger.hasHandlers():",
        ),
        "the logged path lacks SCRIPT_NAME": (
            'environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")',
            'environ.get("PATH_INFO", "")',
        ),
        "no line is logged when the body's close raises": (
            '        try:\n            response.close(self.body)\n        finally:\n            self.line["milliseconds"] = round((time.perf_counter() - self.began) * 1000, 3)\n            text = json.dumps(self.line) if self.is_json else LOG.format_map(self.line)\n            if logger.hasHandlers() and not logger.disabled:\n                logger.info(text, extra=self.line)\n            else:\n                self.errors.write(f"{text}\\n")\n                self.errors.flush()  # uWSGI would keep it\n',
            '        response.close(self.body)\n        self.line["milliseconds"] = round((time.perf_counter() - self.began) * 1000, 3)\n        text = json.dumps(self.line) if self.is_json else LOG.format_map(self.line)\n        if logger.hasHandlers() and not logger.disabled:\n            logger.info(text, extra=self.line)\n        else:\n            self.errors.write(f"{text}\\n")\n            self.errors.flush()  # uWSGI would keep it\n',
        ),
        "a path with %0A or spaces forges lines and fields of the log": (
            'quote(text[:100], punctuation, "latin-1", "replace")[:100] or "-"',
            'text[:100] or "-"',
        ),
        "a response that breaks off is logged without its last chunk, often with 0 bytes": (
            '            self.line["bytes"] += len(chunk)\n            yield chunk\n',
            '            yield chunk\n            self.line["bytes"] += len(chunk)\n',
        ),
        "an exception in the close of a response is swallowed": (
            "            response.close(self.body)\n        finally:\n",
            "            response.close(self.body)\n        except Exception:\n            pass\n        finally:\n",
        ),
        "the address is the client's word": (
            '"address": "REMOTE_ADDR"',
            '"address": "HTTP_X_FORWARDED_FOR"',
        ),
        "a worker that is ended logs nothing": ("except BaseException:", "except Exception:"),
        "the address is missing": ('"REMOTE_ADDR"', '"REMOTE_USER"'),
        "an empty part is lost": (' or "-"', ""),
        "what is sent is not counted": ('self.line["bytes"] += len(chunk)', "pass"),
        "a close that fails leaves no line": ("        finally:\n", "        except ValueError:\n"),
        "a stream that breaks off looks complete": ('"end": "broken off"', '"end": "complete"'),
        "a HEAD looks broken off": ('== "HEAD"', '== "HEADER"'),
        "everything looks broken off": ('        self.line["end"] = "complete"\n', ""),
        "a path can forge a line": (
            'self.line |= {"status": 500',
            'self.line |= {"path": sent["path"], "status": 500',
        ),
        "a method can forge a line": (
            'self.line |= {"status": 500',
            'self.line |= {"method": sent["method"], "status": 500',
        ),
        "an id can forge a line": (
            'self.line |= {"status": 500',
            'self.line |= {"request_id": sent["request_id"] or "-", "status": 500',
        ),
        "a long path is kept": ('"replace")[:100]', '"replace")'),
        "the line waits in a buffer": ("self.errors.flush()", "pass"),
        "a disabled logger is asked": (" and not logger.disabled", ""),
        "the owner's level is overwritten": ("if logger.level == logging.NOTSET:", "if True:"),
        "no level is set": ("logger.setLevel(logging.INFO)", "pass"),
        "the root's handlers are not seen": ("logger.hasHandlers()", "logger.handlers"),
        "the body stays open": ("            response.close(self.body)", "            pass"),
        "a failure is not logged": ("            logged.close()\n", ""),
        "a response that the server refuses has a status": (
            '            start_response(status, headers)\n            logged.line["status"] = int(status[:3])\n',
            '            logged.line["status"] = int(status[:3])\n            start_response(status, headers)\n',
        ),
        "a failure is a 200": ('{"status": 500', '{"status": 200'),
        "JSON is text": ("if self.is_json", "if False"),
        "the prefix is missing": ('environ.get("SCRIPT_NAME", "") + ', ""),
        "the query is logged": (
            'environ.get("PATH_INFO", "")',
            'environ.get("PATH_INFO", "") + environ["QUERY_STRING"]',
        ),
        "times are in seconds": ("* 1000, 3)", "* 1, 3)"),
        "parts are missing": (", extra=self.line", ""),
    },
    "middleware/cors.py": {
        "with *, every site can read responses with the user's cookies": (
            'if origin in listed - {"*"}:',
            'if origin in listed or (origin and "*" in listed):',
        ),
        "a response to a request without Origin lacks Vary": (
            'granted = [("Vary", "Origin")] if listed != {"*"} else []',
            'granted = [("Vary", "Origin")] if origin and listed != {"*"} else []',
        ),
        "capitals are taken": ("(?:[a-z0-9][a-z0-9_-]*", "(?i:[a-z0-9][a-z0-9_-]*"),
        "port 443 is taken": (r"|https://.*:443$", ""),
        "port 80 is taken": (r"http://.*:80$|", ""),
        "any port is taken": (" > 65_535", " > 99_999"),
        "an address is taken in any way": (
            "address == str(IPv6Address(address))",
            "bool(IPv6Address(address))",
        ),
        "a path is taken": ('{0,4}))?"\n', '{0,4}))?(?:/.*)?"\n'),
        "any origin gets cookies": ('if origin in listed - {"*"}:', "if origin:"),
        "the origin * gets cookies": ('in listed - {"*"}:', "in listed:"),
        "it does not vary": ('[("Vary", "Origin")] if listed != {"*"} else []', "[]"),
        "it always varies": (' if listed != {"*"} else []', ""),
        "a handler cannot decide": (
            'if "access-control-allow-origin" not in there',
            "if there or 1",
        ),
        "a preflight is allowed any name": ("if _names(wanted)", "if wanted"),
        "a GET is a preflight": ("allow and is_options and", "allow and"),
        "a resource without Allow is granted": ("allow and is_options and", "is_options and"),
        "scripts with cookies see no header": (
            '"ETag, Link, Location, Retry-After, X-Request-ID"',
            '"*"',
        ),
        "without origins it is wrapped": ("wrapped if listed else application", "wrapped"),
        "cookies are not allowed": ('"Access-Control-Allow-Credentials", "true"', '"X-A", "true"'),
    },
    "middleware/etags.py": {
        "a weak tag in If-None-Match never gives 304": (
            "return _is_among(known, tag, weak=True)",
            "return _is_among(known, tag)",
        ),
        "the same date gives 200 for If-Modified-Since, and 412 for If-Unmodified-Since": (
            "return first > second if first and second else unknown",
            "return first >= second if first and second else unknown",
        ),
        "PUT with If-None-Match": (
            '    if _is_among(request.header(environ, "If-None-Match"), current, weak=True):\n        raise HTTPError(412, "The resource exists already.")\n',
            "",
        ),
        "a tag can hold a quote": ('"[!#-~', '"[!-~'),
        "a garbled list of tags is read": ("if not _tags(sent)", "if not sent"),
        "304 replaces any status": ('status[:3] == "200"', "status"),
        "304 replaces a PUT": (' and environ.get("REQUEST_METHOD") in ("GET", "HEAD")', ""),
        "wsgiref announces a length for a 304": ('iter([b""])', "[]"),
        "304 has a Content-Type": (', "content-type")', ")"),
        "304 has a Content-Encoding": ('"content-encoding", ', ""),
        "a 412 leaves its body open": (
            "            if _has_changed(environ, tag, modified):\n                response.close(body)",
            "            if _has_changed(environ, tag, modified):\n                pass",
        ),
        "a 304 leaves its body open": (
            "tag, modified):\n                response.close(body)\n                status, body",
            "tag, modified):\n                pass\n                status, body",
        ),
        "a 412 to HEAD has a body": (
            'if environ["REQUEST_METHOD"] == "HEAD":',
            "if False:",
        ),
        "a weak tag matches strongly": (' and not tag.startswith("W/")', ""),
        "a weak tag never matches": ("(known, tag, weak=True)", "(known, tag)"),
        "If-Match does not beat a date": (
            "        return not _is_among(wanted, tag)\n",
            "        if not _is_among(wanted, tag):\n            return True\n",
        ),
        "If-None-Match does not beat a date": (
            "        return _is_among(known, tag, weak=True)\n",
            "        if _is_among(known, tag, weak=True):\n            return True\n",
        ),
        "dates are compared the other way": ("first > second", "first >= second"),
        "what is not a date is later": (
            "if first and second else unknown",
            "if first and second else True",
        ),
        "what is not a date is not later": (
            "if first and second else unknown",
            "if first and second else False",
        ),
        "If-Unmodified-Since is ignored": ('"If-Unmodified-Since"', '"If-Unmodified"'),
        "If-Modified-Since is ignored": ('"If-Modified-Since"', '"If-Modified"'),
        "304 before 412": ("_has_changed(environ, tag, modified):", "False:"),
        "a date is not asked for a change": ("if modified is None else", "if True else"),
        "a resource that exists is overwritten": ('"The resource exists already."', '""'),
        "a star anywhere is one": ('sent.strip(" \\t") == "*"', '"*" in sent'),
        "star is no tag": ('return sent.strip(" \\t") == "*"', "return False"),
        "anything is a tag": ('return sent.strip(" \\t") == "*"', "return True"),
        "a tag can be anything": ("if not _tag.fullmatch(value)", "if not value"),
    },
    "middleware/gzip.py": {
        "Vary: Accept-Encoding is missing where a compressible response is sent uncompressed": (
            '            headers = [*headers, ("Vary", "Accept-Encoding")]\n            if status[:3] != "304" and _accepts_gzip(environ.get("HTTP_ACCEPT_ENCODING", "")):\n',
            '            if status[:3] != "304" and _accepts_gzip(environ.get("HTTP_ACCEPT_ENCODING", "")):\n                headers = [*headers, ("Vary", "Accept-Encoding")]\n',
        ),
        "the plain response and the 304 lack Vary": (
            '            headers = [*headers, ("Vary", "Accept-Encoding")]\n            if status[:3] != "304" and _accepts_gzip(environ.get("HTTP_ACCEPT_ENCODING", "")):\n                headers = [pair for pair in headers if pair[0].lower() != "content-length"]\n',
            '            if status[:3] != "304" and _accepts_gzip(environ.get("HTTP_ACCEPT_ENCODING", "")):\n                headers = [pair for pair in headers if pair[0].lower() != "content-length"]\n                headers.append(("Vary", "Accept-Encoding"))\n',
        ),
        "gzip;q=0.5 is taken for a refusal": (
            '_zero = re.compile(r"q=0(\\.0*)?").fullmatch',
            '_zero = re.compile(r"q=0(\\.0*)?").match',
        ),
        "events and rows of a compressed stream are held back until much has gathered": (
            "yield packer.compress(chunk) + packer.flush(zlib.Z_SYNC_FLUSH)",
            "yield packer.compress(chunk)",
        ),
        "a strong tag is compressed": (".startswith('\"')", '.startswith("?")'),
        "a weak tag is not compressed": (".startswith('\"')", '.startswith(("W", \'"\'))'),
        "a secret is compressed": ('if "no-transform" in', 'if "no-transfer" in'),
        "it is compressed twice": (' or "content-encoding" in there', ""),
        "a part is compressed": ('("204", "205", "206")', '("204", "205")'),
        "anything is compressed": (
            '_text(there.get("content-type", "").lower()) is not None',
            "True",
        ),
        "a type in capitals is not": (
            'there.get("content-type", "").lower()',
            'there.get("content-type", "")',
        ),
        "a short text is compressed": ("int(length) >= least", "True"),
        "q=0 is gzip": ("not _zero(weight)", "True"),
        "a tab hides q=0": (r'.replace("\t", "")', ""),
        "star is not gzip": ('accepted.get("*", False)', "False"),
        "it does not vary": (
            'headers = [*headers, ("Vary", "Accept-Encoding")]',
            "headers = [*headers]",
        ),
        "a 304 is compressed": ('status[:3] != "304" and ', ""),
        "a 304 does not vary": (
            "        return True\n    length",
            "        return False\n    length",
        ),
        "the length is that of the text": ('if pair[0].lower() != "content-length"', "if pair"),
        "HEAD has a body": ('environ.get("REQUEST_METHOD") == "HEAD"', "False"),
        "wsgiref announces a length for a HEAD": ('Closing([b""], body)', "Closing([], body)"),
        "the body of HEAD stays open": ('body = Closing([b""], body)', "body = []"),
        "a stream is held back": ("zlib.Z_SYNC_FLUSH", "zlib.Z_NO_FLUSH"),
        "a stream has no end": ("    yield packer.flush()\n", ""),
        "a stream stays open": ("Closing(_packed(body), body)", "_packed(body)"),
        "a stream is gathered": (
            "Closing(_packed(body), body)",
            "Closing(list(_packed(body)), body)",
        ),
    },
    "middleware/mount.py": {
        "with fallback, HEAD of a GET route goes to the other application": (
            '(method in found[0] or (method == "HEAD" and "GET" in found[0]))',
            "method in found[0]",
        ),
        "the streamed body of a mounted application is never closed": (
            "        try:\n            response.close(self.body)\n        finally:\n            request.drop(self.environ)\n",
            "        request.drop(self.environ)\n",
        ),
        "/older goes to what is mounted at /old, with the PATH_INFO er": (
            'if path != prefix and not path.startswith(f"{prefix}/"):',
            "if not path.startswith(prefix):",
        ),
        "with fallback, HEAD for a GET route goes to the other application and gets its 404": (
            'return found is not None and (method in found[0] or (method == "HEAD" and "GET" in found[0]))',
            "return found is not None and method in found[0]",
        ),
        "an absolute URL gets past it": (
            'request.path(environ).encode().decode("latin-1")',
            'str(environ.get("PATH_INFO", ""))',
        ),
        "a longer name is under it": ('f"{prefix}/"', "prefix"),
        "the prefix itself is not": ("path != prefix and ", ""),
        "the prefix is lost": (
            'environ.get("SCRIPT_NAME", "") + prefix',
            'environ.get("SCRIPT_NAME", "")',
        ),
        "the path keeps the prefix": ("path.removeprefix(prefix)", "path"),
        "the outer prefix is lost": ('environ.get("SCRIPT_NAME", "") + prefix', "prefix"),
        "the rest of a body is not read": (
            "            request.drop(self.environ)",
            "            pass",
        ),
        "the body stays open": ("            response.close(self.body)", "            pass"),
        "a prefix that is there twice is lost": (
            "path.removeprefix(prefix)",
            'path.replace(prefix, "")',
        ),
        "a close that fails leaves a body unread": (
            "        finally:\n",
            "        except ValueError:\n",
        ),
        "what is read is not counted": (
            "BufferedReader(request.reader(environ))",
            'environ["wsgi.input"]',
        ),
        "lines are read byte by byte": (
            "BufferedReader(request.reader(environ))",
            "request.reader(environ)",
        ),
        "a preflight goes elsewhere": ('if method == "OPTIONS":', "if False:"),
        "a path that is not UTF-8 is a 500": (
            "except HTTPError:  # it is not",
            "except KeyError:  # it is not",
        ),
        "HEAD goes to the other": ('method == "HEAD" and', "False and"),
        "a route of HEAD goes to the other": ("method in found[0] or", "False or"),
        "any method is a route": ("method in found[0] or", "True or"),
        "a prefix can end with a slash": (' or prefix.endswith("/")', ""),
        "a prefix is ASCII": ('prefix = prefix.encode().decode("latin-1")', "prefix = prefix"),
    },
    "middleware/proxy.py": {
        "fewer elements than proxies: wrong element or IndexError (500)": (
            "elements[max(len(elements) - proxies, 0)]",
            "elements[len(elements) - proxies]",
        ),
        "a client can fake its address and scheme with an X-Forwarded-For of its own": (
            "return elements[max(len(elements) - proxies, 0)]",
            "return elements[0]",
        ),
        "IPv6 clients in X-Forwarded-For are not recognized": (
            'elif node.count(":") == 1:',
            'elif ":" in node:',
        ),
        "the client itself is believed": (
            "elements[max(len(elements) - proxies, 0)]",
            "elements[0]",
        ),
        "the last proxy is believed": ("elements[max(len(elements) - proxies, 0)]", "elements[-1]"),
        "one element too many": ("len(elements) - proxies, 0", "len(elements) - proxies - 1, 0"),
        "without a proxy all is believed": ("wrapped if proxies > 0 else application", "wrapped"),
        "the host is believed by default": (
            '("X-Forwarded-For", "X-Forwarded-Proto")',
            "tuple(KNOWN)",
        ),
        "any host is believed": ("and _host(value)", "and value"),
        "any scheme is believed": ('value.lower() in ("http", "https")', "value"),
        "any address is believed": ('        return ""', "        return node"),
        "a port stays": ('node = node.partition(":")[0]', "pass"),
        "brackets stay": ('node.startswith("[")', "not node"),
        "a zone stays": ('node.partition("%")[0]', "node"),
    },
    "middleware/request_id.py": {
        "the logs and handlers do not know the ID that the client gets": (
            'value = environ["HTTP_X_REQUEST_ID"] = os.urandom(16).hex()',
            "value = os.urandom(16).hex()",
        ),
        "an application that starts an error response with exc_info gets an AssertionError": (
            'return start_response(status, [*kept, ("X-Request-ID", value)], *exc_info)',
            'return start_response(status, [*kept, ("X-Request-ID", value)])',
        ),
        "an id can be guessed": ("os.urandom(16).hex()", 'f"{id(environ):032x}"'),
        "an id is random": (
            "os.urandom(16).hex()",
            '__import__("random").randbytes(16).hex()',
        ),
        "an id is the time": ("os.urandom(16).hex()", '__import__("uuid").uuid1().hex'),
        "a long id is kept": ("{1,100}", "{1,101}"),
        "any id is kept": ("if not _well_formed(value)", "if not name"),
        "no id is kept": ("if not _well_formed(value)", "if True"),
        "there are two": ('if pair[0].lower() != "x-request-id"', "if pair"),
        "handlers do not see it": ('environ["HTTP_X_REQUEST_ID"] = ', ""),
        "it is not sent": ('*kept, ("X-Request-ID", value)', "*kept"),
    },
    "middleware/security_headers.py": {
        "after the first https request, all responses over http have the headers for https, too": (
            '        wanted = HEADERS | OVER_HTTPS if environ["wsgi.url_scheme"] == "https" else HEADERS\n',
            '        wanted = HEADERS\n        if environ["wsgi.url_scheme"] == "https":\n            wanted |= OVER_HTTPS\n',
        ),
        "a header that the response has is sent twice, and a looser policy of a handler has no effect": (
            "if pair[0].lower() not in there]",
            "if pair[0] not in there]",
        ),
        "inline scripts run": ("default-src 'self'", "default-src 'self' 'unsafe-inline'"),
        "a site can frame it": ("frame-ancestors 'none'", "frame-ancestors 'self'"),
        "a header is sent twice": (" not in there]", "]"),
        "a name in capitals is another": ("pair[0].lower() not in there", "pair[0] not in there"),
        "https gets nothing more": ("HEADERS | OVER_HTTPS if", "HEADERS if"),
        "http gets it, too": ('if environ["wsgi.url_scheme"] == "https" else HEADERS', ""),
        "https for a day": ("max-age=31536000", "max-age=86400"),
        "the referrer is sent": ("strict-origin-when-cross-origin", "unsafe-url"),
    },
    "middleware/trusted_hosts.py": {
        "*.example.org trusts evilexample.org, and example.org itself": (
            'ends = tuple(name[1:] for name in names if name.startswith("*."))',
            'ends = tuple(name[2:] for name in names if name.startswith("*."))',
        ),
        "a HEAD request with a wrong Host is answered with a body": (
            'return [] if environ.get("REQUEST_METHOD") == "HEAD" else body',
            "return body",
        ),
        "a port is taken": ('rf"(?:\\*\\.)?{_name}"', 'rf"(?:\\*\\.)?{_name}(?::[0-9]+)?"'),
        "a port hides the end of a name": ("host[1].endswith(ends)", "host[0].endswith(ends)"),
        "a port without digits is refused": ("[0-9]*)?", "[0-9]+)?"),
        "a star is taken": ('rf"(?:\\*\\.)?', 'rf"(?:\\*\\.)?\\*?'),
        "an address is taken in any way": (
            'name == f"[{IPv6Address(name[1:-1])}]"',
            "bool(IPv6Address(name[1:-1]))",
        ),
        "no host is taken": ('sorted(names or {""})', "sorted(names)"),
        "any host is taken": ("if not _can_match(name):", "if not name:"),
        "the end of a name is enough": ("name[1:] for name", "name[2:] for name"),
        "capitals are another host": (
            'environ.get("HTTP_HOST", "").lower()',
            'environ.get("HTTP_HOST", "")',
        ),
        "capitals in the setting are": ("{host.lower() for", "{host for"),
        "the body is not read": ("        request.drop(environ)\n", ""),
        "HEAD has a body": ('[] if environ.get("REQUEST_METHOD") == "HEAD" else body', "body"),
        "every host is served": ("if host and (", "if True or ("),
    },
    "middleware/wrapping.py": {
        "what an application passes to write() comes after the first chunk of its body": (
            "return Closing(chain(written, [first], chunks), body)",
            "return Closing(chain([first], written, chunks), body)",
        ),
        "the close of a streamed body is never called": (
            "response.close(self.body)",
            "response.close(self.chunks)",
        ),
        "a late error is lost": ("(is_settled or any(written))", "False"),
        "an early error is raised": ("(is_settled or any(written))", "started"),
        "what is written is lost": ("chain(written, [first], chunks)", "chain([first], chunks)"),
        "a chunk is lost": ("chain(written, [first], chunks)", "chain(written, chunks)"),
        "an empty chunk settles it": ("filter(None, chunks)", "chunks"),
        "all is read at once": (
            'next(filter(None, chunks), b"")',
            'b"".join(chunks)',
        ),
        "a body that fails stays open": (
            "    except BaseException:\n        response.close(body)",
            "    except BaseException:\n        pass",
        ),
        "a body stays open": ("        response.close(self.body)", "        pass"),
        "one that never starts stays open": (
            "    if not started:\n        response.close(body)",
            "    if not started:\n        pass",
        ),
        "two starts are one": ("if started and not exc_info:", "if False:"),
        "a body is not looked at": (
            "if written or not isinstance(body, list)",
            "if written",
        ),
    },
    "__init__.py": {
        "LOG_FORMAT=json has no effect": (
            "application = access_log(application, config.LOG_FORMAT)",
            "application = access_log(application)",
        ),
        "behind a proxy, the log has the proxy's address, and Strict-Transport-Security is missing": (
            "application = security_headers(application)\napplication = access_log(application, config.LOG_FORMAT)\napplication = request_id(application)\napplication = proxy(application, config.TRUSTED_PROXIES)\n",
            "application = proxy(application, config.TRUSTED_PROXIES)\napplication = security_headers(application)\napplication = access_log(application, config.LOG_FORMAT)\napplication = request_id(application)\n",
        ),
        "etags is not wrapped": ("application = etags(application)\n", ""),
        "gzip is not wrapped": ("application = gzip(application)\n", ""),
        "hosts are not looked at": (
            "application = trusted_hosts(application, config.TRUSTED_HOSTS)\n",
            "",
        ),
        "no header is added": ("application = security_headers(application)\n", ""),
        "nothing is logged": ("application = access_log(application, config.LOG_FORMAT)\n", ""),
        "there is no id": ("application = request_id(application)\n", ""),
        "the id is made too late": (
            "application = access_log(application, config.LOG_FORMAT)\n"
            "application = request_id(application)\n",
            "application = request_id(application)\n"
            "application = access_log(application, config.LOG_FORMAT)\n",
        ),
        "a refused host gets no header": (
            "application = trusted_hosts(application, config.TRUSTED_HOSTS)\n"
            "application = security_headers(application)\n",
            "application = security_headers(application)\n"
            "application = trusted_hosts(application, config.TRUSTED_HOSTS)\n",
        ),
        "a tag is compared too late": (
            "application = etags(application)\napplication = gzip(application)\n",
            "application = gzip(application)\napplication = etags(application)\n",
        ),
    },
}
CASES = [(file, name) for file, faults in FAULTS.items() for name in faults]


@shared
def whole() -> Project:
    """A project with all optional files, and with the deep tests among its own."""
    project = generate(**SHAPES["everything"])
    add_deep_tests(project, *deep_tests(project), "cuts", "wiring")
    return compile_files(project)


def files_of(file: str) -> list[str]:
    """The tests that look at a file."""
    name = Path(file).stem
    if file == "__init__.py":
        return ["tests/test_wiring.py", "tests/test_deep_wiring.py"]
    short = f"test_middleware_{name}.py" if "/" in file else f"test_{name}.py"
    return [f"tests/{short}", f"tests/test_deep_{name}.py", "tests/test_deep_cuts.py"]


def test_each_fault_has_its_place() -> None:
    for file, name in CASES:
        broken_source(whole(), file, *FAULTS[file][name])


def test_no_fault_is_seeded_twice() -> None:
    seeded = Counter((file, *FAULTS[file][name]) for file, name in CASES)
    assert [fault for fault, count in seeded.items() if count > 1] == []


@pytest.mark.parametrize(
    "file, name",
    [pytest.param(*row, id=": ".join(row), marks=often(at)) for at, row in enumerate(CASES)],
)
def test_its_tests_fail(file: str, name: str, tmp_path: Path) -> None:
    changed = broken(whole(), tmp_path, file, *FAULTS[file][name])
    done = run_tests(changed, "-x", *files_of(file))
    assert done.returncode == 1, f"nothing fails if {name}\n{done.stdout[-500:]}"


@pytest.mark.parametrize("file", FAULTS)
def test_tests_pass_if_nothing_is_broken(file: str) -> None:
    assert run_tests(whole(), *files_of(file)).returncode == 0

"""Answers of very different shape."""

from typing import Any

from harness.rendering import constant

_KINDS = [
    "",
    "/{number:int}",
    "/{key:uuid}",
    "/{ratio:float}",
    "/{day:date}",
    "/{slug}",
    "/{rest:path}",
]
_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]

MIDDLEWARE = list(constant("choices", "MIDDLEWARE"))
EXTRAS = list(constant("choices", "EXTRAS"))
TYPES = constant("types", "OFFERED")

DEFAULT_ROUTES = """\
GET     /                       html         home
GET     /notes                  json         list_notes
POST    /notes                  json>json    create_note
GET     /notes/{note_id:int}    json,html    show_note
"""

_SITE = """\
GET   /                        html        home
GET   /about/                  html        about        # with its slash
GET   /sign-up                 html        sign_up_form
POST  /sign-up                 form>html   sign_up
GET   /search                  html        search
GET   /shop/{slug}             html        product
POST  /shop/{slug}/reviews     form>html   add_review
GET   /Grüße/{name}            html        greet
GET   /pages/{path:path}       html        page
"""

_API = """\
GET     /                                text,html                home
GET     /openapi                         json                     document
GET     /items                           json,csv,xml,ndjson      items
POST    /items                           json>json                create_item
GET     /items/new                       html                     new_item
GET     /items/{item:int}                json,html,text           item
PUT     /items/{item:int}                json>json                replace_item
PATCH   /items/{item:int}                application/merge-patch+json>json  patch_item
DELETE  /items/{item:int}                json                     delete_item
GET     /items/{ratio:float}             json                     item_by_ratio
GET     /items/{key:uuid}                json                     item_by_key
GET     /items/{name}                    json                     item_by_name
GET     /items/{rest:path}               bytes                    item_file
GET     /items/{item:int}/parts          json                     parts
POST    /items/{item:int}/parts          json>json                create_part
GET     /items/{item:int}/parts/{part:int}    json                part
PUT     /items/{item:int}/parts/{part:int}    json>json           replace_part
GET     /events                          sse                      events
GET     /events/{since:float}            sse,json                 events_since
GET     /log                             ndjson                   log
POST    /log                             ndjson>json              append_log
GET     /chart                           svg                      chart
GET     /chart/{name}/{size:int}         svg,html                 sized_chart
GET     /export                          csv                      export
POST    /import                          csv>csv                  import_rows
POST    /documents                       xml>xml                  create_document
GET     /documents/{key:uuid}            xml                      document_by_key
PUT     /documents/{key:uuid}            xml>xml,json             replace_document
POST    /echo                            text>text                echo
POST    /echo/form                       form>json                echo_form
PUT     /blobs/{path:path}               bytes>json               put_blob
GET     /blobs/{path:path}               bytes                    get_blob
GET     /style                           text/css                 style
GET     /calendar/{year:int}/{month:int} text/calendar            calendar
GET     /calendar/{day:date}             text/calendar,json       day
POST    /calendar                        text/calendar>text/calendar  add_event
GET     /picture/{name}                  image/png                picture
POST    /picture                         image/png>json           add_picture
GET     /manifest                        application/manifest+json  manifest
GET     /feed                            application/atom+xml     feed
GET     /{user}/{repository}             json                     repository
"""

_HUNDRED = "\n".join(
    f"{_METHODS[n % 5]} /group{n % 10}/part{n // 10}{_KINDS[n % 7]} json route_{n}"
    for n in range(100)
)


def fifty(letter: str) -> str:
    """A name of the greatest length that is allowed."""
    return f"{letter * 3}_{letter * 46}"


_KINDS_OF_FIFTY = "/".join(
    f"{{{fifty(letter)}:{kind}}}"
    for letter, kind in [("d", "int"), ("e", "float"), ("f", "uuid"), ("h", "date"), ("g", "path")]
)
_LONG = f"""\
GET     /{fifty("m")}                               json,html,text/x-{"t" * 48}  {fifty("a")}
POST    /{fifty("m")}                               json>json,csv                {fifty("b")}
DELETE  /{fifty("m")}/{{{fifty("c")}}}              none                         {fifty("c")}
PUT     /{fifty("m")}/{{{fifty("c")}}}              multipart>sse,ndjson         {fifty("d")}
PATCH   /{fifty("m")}/{{{fifty("m")}}}/{{{fifty("n")}}}  form>xml,html            {fifty("e")}
POST    /{fifty("n")}/{_KINDS_OF_FIFTY}             json>json                    {fifty("f")}
GET     /{fifty("n")}/{_KINDS_OF_FIFTY}             json,text                    {fifty("g")}
"""

_EVERYTHING = """\
GET     /                        html                  home
GET     /notes                   json,html,text        list_notes
POST    /notes                   json>json             create_note
DELETE  /notes/{note_id:int}     none                  drop_note
PUT     /notes/{note_id:int}     json>none             replace_note
GET     /notes/{key:uuid}        json                  note_by_key
GET     /ratios/{ratio:float}    json                  ratio
GET     /days/{date:date}        json,html             day
GET     /pages/{name}            html                  page
GET     /files/{path:path}       bytes                 download
POST    /files                   multipart>html        upload
POST    /sign-in                 form>html             sign_in
GET     /rows                    csv,ndjson            rows
POST    /rows                    csv>none              add_rows
GET     /events                  sse                   events
GET     /feed                    xml                   feed
GET     /settings                yaml,json             settings
PUT     /settings                yaml>none             replace_settings
GET     /chart                   svg                   chart
GET     /style                   text/css              style
GET     /healthz                 text                  healthz
"""

SHAPES: dict[str, dict[str, Any]] = {
    "one text route": {"routes": "GET / text home", "content_types": ["text"]},
    "defaults": {"routes": DEFAULT_ROUTES},
    "html site": {"routes": _SITE, "content_types": ["html"], "license": "MIT"},
    "api of forty": {"routes": _API, "content_types": TYPES, "server": "gunicorn"},
    "a hundred": {"routes": _HUNDRED, "content_types": ["json"], "server": "waitress"},
    "everything": {
        "routes": _EVERYTHING,
        "features": ["cookies", "openapi"],
        "middleware": MIDDLEWARE,
        "extras": EXTRAS,
        "server": "granian",
    },
    "names of fifty letters": {
        "routes": _LONG,
        "package_name": fifty("p"),
        "features": ["cookies"],
        "middleware": MIDDLEWARE,
    },
}

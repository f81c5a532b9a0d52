"""A description with most oddities, and routes whose paths differ only in a parameter."""

from typing import Any

ODD: dict[str, Any] = {
    "openapi": "3.2.0",
    "info": {"title": "\u0007Ünïcode; # \u2028 \U0001f600", "version": "1"},
    "paths": {
        "/": {"get": {"operationId": "def"}, "query": {}, "additionalOperations": {"COPY": {}}},
        "/a b": {"get": {}},
        "/v1/things:batch": {"post": {"operationId": "9lives", "summary": "a;b # c\nd"}},
        "/{environ}/{environ_}": {"get": {"operationId": "def_"}, "put": {"operationId": "def"}},
        "/{lang}/{lang}": {"get": {"operationId": "\u4e00"}},
        "/x/{id}": {"get": {"parameters": [{"$ref": "#/gone"}], "responses": {"default": {}}}},
        "/y/{id}": {"$ref": "elsewhere.yaml#/y"},
        "/z/{1st}/{2nd}": {"$ref": "#/components/pathItems/Z"},
        "/null": None,
        "/bad": {"get": "text", "options": {}, "head": {}},
        "/%7Bx%7D": {"get": {}},
        "/c\x80": {"get": {}},
        "/\u202ec": {"get": {}},
        "x-internal": {"get": {}},
    },
    "components": {
        "pathItems": {
            "Z": {
                "patch": {
                    "parameters": [
                        {"name": "1st", "in": "path", "schema": {"type": ["null", "number"]}},
                        {"name": "2nd", "in": "path", "schema": {"$ref": "#/components/schemas/S"}},
                    ],
                    "requestBody": {"content": {"multipart/form-data": {}, "text/plain": {}}},
                    "responses": {
                        "2XX": {"content": {"application/vnd.x+json; v=1": {}, "text/csv": {}}}
                    },
                }
            }
        },
        "schemas": {"S": {"$ref": "#/components/schemas/S"}},
    },
}

TWINS = """
GET /x/{a:int} json one
GET /x/{a} json,csv two
GET /x/{a:path} none three
PUT /x/{a} json>none four
POST /x/{a_int:float} text/x-foo>text five
GET /x/{a:uuid}/{b} json six
PATCH /x/{a:date} json eight
GET /x/{a}/{b:int} json seven
"""

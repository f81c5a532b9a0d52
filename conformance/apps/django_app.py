"""The probes' application in Django, with the middleware that every response should pass."""

import json

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import (
    Http404,
    HttpResponse,
    HttpResponseRedirect,
    JsonResponse,
    StreamingHttpResponse,
)
from django.urls import path
from django.utils.http import http_date
from django.views.decorators.http import require_POST, require_safe

from harness.chunks import MODIFIED, Chunks

settings.configure(
    ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=["*"],
    SECRET_KEY="only for probes",
    DATA_UPLOAD_MAX_MEMORY_SIZE=1_048_576,
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.http.ConditionalGetMiddleware",
    ],
)


@require_safe
def home(request):
    return HttpResponse("home")


@require_safe
def show_text(request, word):
    return HttpResponse(word, content_type="text/plain; charset=utf-8")


@require_safe
def show_int(request, number):
    return JsonResponse({"number": number})


@require_POST
def send_json(request):
    return JsonResponse({"value": json.loads(request.body)})


@require_POST
def send_bytes(request):
    return HttpResponse(request.body, content_type="application/octet-stream")


@require_POST
def send_form(request):
    return JsonResponse(dict(request.POST.lists()))


@require_safe
def show_query(request):
    return JsonResponse(dict(request.GET.lists()))


@require_safe
def show_cookies(request):
    return JsonResponse(request.COOKIES)


@require_safe
def show_types(request):
    best = request.get_preferred_type(["application/json", "text/html"])
    if not best:
        return HttpResponse(status=406, headers={"Vary": "Accept"})
    html = best == "text/html"
    response = HttpResponse("<p>html") if html else JsonResponse("json", safe=False)
    response["Vary"] = "Accept"
    return response


@require_safe
def show_status(request, number):
    return HttpResponse("text", status=number)


@require_safe
def show_empty(request, number):
    return HttpResponse(status=number)


@require_safe
def show_stream(request):
    return StreamingHttpResponse(Chunks(request.environ))


@require_safe
def show_length(request, number):
    return StreamingHttpResponse(Chunks(request.environ), headers={"Content-Length": str(number)})


@require_safe
def show_streamed(request, number):
    return StreamingHttpResponse(Chunks(request.environ), status=number)


@require_safe
def show_broken(request):
    return StreamingHttpResponse(Chunks(request.environ, error=RuntimeError("secret")))


@require_safe
def show_unbegun(request):
    chunks = Chunks(request.environ, first=b"", error=RuntimeError("secret"))
    return StreamingHttpResponse(chunks)


@require_safe
def show_missing(request):
    return StreamingHttpResponse(Chunks(request.environ, first=b"", error=Http404()))


@require_safe
def show_raise(request):
    raise RuntimeError("secret")


@require_safe
def show_unprintable(request):
    raise ValueError("secret \ud800")


@require_safe
def show_header(request):
    return HttpResponse("text", headers={request.GET["name"]: request.GET["value"]})


@require_safe
def show_redirect(request):
    return HttpResponseRedirect(request.GET["to"])


@require_safe
def show_etag(request):
    headers = {"ETag": '"a"', "Last-Modified": http_date(MODIFIED)}
    return HttpResponse("text", headers=headers)


@require_safe
def show_nan(request):
    return JsonResponse({"value": float("nan")})


@require_safe
def show_surrogate(request):
    return JsonResponse({"value": "\ud800"})


urlpatterns = [
    path("", home),
    path("probe/text/<str:word>", show_text),
    path("probe/int/<int:number>", show_int),
    path("probe/json", send_json),
    path("probe/bytes", send_bytes),
    path("probe/form", send_form),
    path("probe/query", show_query),
    path("probe/cookies", show_cookies),
    path("probe/types", show_types),
    path("probe/status/<int:number>", show_status),
    path("probe/empty/<int:number>", show_empty),
    path("probe/stream", show_stream),
    path("probe/length/<int:number>", show_length),
    path("probe/streamed/<int:number>", show_streamed),
    path("probe/broken", show_broken),
    path("probe/unbegun", show_unbegun),
    path("probe/missing", show_missing),
    path("probe/raise", show_raise),
    path("probe/unprintable", show_unprintable),
    path("probe/header", show_header),
    path("probe/redirect", show_redirect),
    path("probe/etag", show_etag),
    path("probe/nan", show_nan),
    path("probe/surrogate", show_surrogate),
]

django.setup()
application = get_wsgi_application()

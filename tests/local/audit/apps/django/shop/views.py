import time

from django.http import HttpResponse, JsonResponse


def index(request):
    return HttpResponse("Hello, world. You're at the shop index.")


def cart(request):
    if request.method == "POST":
        request.session["cart"] = [*request.session.get("cart", []), request.GET["sku"]]
    return JsonResponse({"cart": request.session.get("cart", [])})


def report(request):
    time.sleep(1.5)
    return JsonResponse({"report": "done"})

import time

from flask import Flask, request, session

app = Flask(__name__)

# Set the secret key to some random bytes. Keep this really secret!
app.secret_key = b'_5#y2L"F4Q8z\n\xec]/'


@app.route("/")
def hello_world():
    return "<p>Hello, World!</p>"


@app.route("/cart", methods=["GET"])
def cart():
    return {"cart": session.get("cart", [])}


@app.route("/cart", methods=["POST"])
def add():
    session["cart"] = [*session.get("cart", []), request.args["sku"]]
    return {"cart": session["cart"]}


@app.route("/report")
def report():
    time.sleep(1.5)
    return {"report": "done"}

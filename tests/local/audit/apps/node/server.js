const http = require("node:http");
const { randomUUID } = require("node:crypto");

const carts = new Map();

// Create a local server to receive data from
const server = http.createServer((req, res) => {
  const url = new URL(req.url, "http://localhost");
  const cookie = /visitor=([\w-]+)/.exec(req.headers.cookie || "");
  const visitor = cookie ? cookie[1] : randomUUID();
  const answer = (data) => {
    res.writeHead(200, { "Content-Type": "application/json", "Set-Cookie": `visitor=${visitor}` });
    res.end(JSON.stringify(data));
  };
  if (url.pathname === "/") {
    answer({ data: "Hello World!" });
  } else if (url.pathname === "/cart") {
    if (req.method === "POST") {
      carts.set(visitor, [...(carts.get(visitor) || []), url.searchParams.get("sku")]);
    }
    answer({ cart: carts.get(visitor) || [] });
  } else if (url.pathname === "/report") {
    setTimeout(() => answer({ report: "done" }), 1500);
  } else {
    res.writeHead(404);
    res.end();
  }
});

server.listen(process.env.PORT, () => {
  console.log(`Server running at port ${process.env.PORT}`);
});

-- One schema per module: the walls are drawn, and in one database nothing keeps anybody from walking through them.
-- A service that was cut out takes its own section alone: from its CREATE SCHEMA to the next blank line.

CREATE SCHEMA IF NOT EXISTS users;
CREATE TABLE IF NOT EXISTS users.customers (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email text NOT NULL UNIQUE,
    salt bytea NOT NULL,
    password bytea NOT NULL
);
CREATE TABLE IF NOT EXISTS users.sessions (
    token text PRIMARY KEY,
    customer_id integer NOT NULL REFERENCES users.customers,
    began_at timestamptz NOT NULL DEFAULT now()
);

-- received counts every piece that ever came in, so that on_hand + sold = received can be audited.
-- There is no CHECK (on_hand >= 0): the labs want to see what the code does, and the audit tells.
CREATE SCHEMA IF NOT EXISTS inventory;
CREATE TABLE IF NOT EXISTS inventory.items (
    sku text PRIMARY KEY,
    name text NOT NULL,
    price_cents integer NOT NULL CHECK (price_cents > 0),
    on_hand integer NOT NULL,
    received integer NOT NULL
);
CREATE TABLE IF NOT EXISTS inventory.reservations (
    order_id uuid PRIMARY KEY,
    prices jsonb NOT NULL
);

-- The unique key makes an order idempotent: a second writer waits for the first, then finds its row.
CREATE SCHEMA IF NOT EXISTS orders;
CREATE TABLE IF NOT EXISTS orders.orders (
    id uuid PRIMARY KEY,
    customer_id integer NOT NULL,
    key text NOT NULL,
    status text NOT NULL CHECK (status IN ('pending', 'paid', 'cancelled')),
    total_cents integer NOT NULL,
    placed_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (customer_id, key)
);
CREATE TABLE IF NOT EXISTS orders.lines (
    order_id uuid NOT NULL REFERENCES orders.orders,
    sku text NOT NULL,
    quantity integer NOT NULL CHECK (quantity > 0),
    price_cents integer NOT NULL,
    PRIMARY KEY (order_id, sku)
);
CREATE TABLE IF NOT EXISTS orders.past_weeks (
    sku text PRIMARY KEY,
    sold_by_week integer[] NOT NULL
);
-- counts how often the demand for an item was worked out, by whichever copy of the shop (see shop/demand.py)
CREATE SEQUENCE IF NOT EXISTS orders.demand_worked_out;

-- No foreign key to orders.orders: a charge may outlive the order that it belongs to, and then the audit says so.
CREATE SCHEMA IF NOT EXISTS payments;
CREATE TABLE IF NOT EXISTS payments.charges (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key text NOT NULL UNIQUE DEFAULT gen_random_uuid()::text,
    order_id uuid NOT NULL,
    amount_cents integer NOT NULL CHECK (amount_cents > 0),
    charged_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS charges_by_order ON payments.charges (order_id);
CREATE TABLE IF NOT EXISTS payments.steps (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    step text NOT NULL
);

-- The harbour is none of ours: a bank, a post office and others, with a ledger in which each of their deeds is one row.
-- The same key again is no deed; without a key every call is one. What the bank did reads as the audit's charges.
CREATE SCHEMA IF NOT EXISTS harbour;
CREATE TABLE IF NOT EXISTS harbour.calls (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    office text NOT NULL,
    order_id uuid NOT NULL,
    note text NOT NULL,
    came_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TABLE IF NOT EXISTS harbour.deeds (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    office text NOT NULL,
    key text NOT NULL DEFAULT gen_random_uuid()::text,
    order_id uuid NOT NULL,
    cents integer NOT NULL,
    note text NOT NULL,
    done_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    UNIQUE (office, key)
);
CREATE SCHEMA IF NOT EXISTS payments;
CREATE OR REPLACE VIEW payments.charges AS
    SELECT order_id, cents AS amount_cents FROM harbour.deeds WHERE office = 'bank';

-- Lines of logs, each under a key that its sender chose. ``times`` counts how often it came.
CREATE SCHEMA IF NOT EXISTS logbook;
CREATE TABLE IF NOT EXISTS logbook.lines (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key text NOT NULL UNIQUE,
    text text NOT NULL,
    times integer NOT NULL DEFAULT 1
);

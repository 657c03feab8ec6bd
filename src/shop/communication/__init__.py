"""Lab 04: one page of an order, asked for by REST, gRPC and GraphQL, and what each call costs."""

"""Ask this machine's own gRPC service whether it serves: ``python -m shop.grpc_probe`` exits 0 for yes and 1 for no.

The question is gRPC's own health check; Kubernetes asks the same one for a probe of the kind ``grpc``.
"""

from __future__ import annotations

import os
import sys

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

SECONDS = 2.0


def main() -> int:
    """Ask on $PORT, print the answer in one line, and return the exit code."""
    with grpc.insecure_channel(f"127.0.0.1:{os.environ.get('PORT', '50051')}") as channel:
        try:
            answer = health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest(), timeout=SECONDS)
        except grpc.RpcError as error:
            print(f"no answer: {error.code().name}")
            return 1
    print(health_pb2.HealthCheckResponse.ServingStatus.Name(answer.status))
    return 0 if answer.status == health_pb2.HealthCheckResponse.SERVING else 1


if __name__ == "__main__":
    sys.exit(main())

"""One question to one instance, and Kubernetes' rules about the answers."""

"""Manifests that are right, from which the tests of the reader depart."""

from __future__ import annotations

SHOP = """\
apiVersion: v1
kind: Secret
metadata:
  name: db
  annotations:
    capsize/random: password
stringData:
  password: chandlery
data:
  user: c2hvcA==
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: shop
data:
  LOG_LEVEL: info
  app.toml: |
    rooms = 6
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: shop
  labels: {app: shop}
spec:
  replicas: 3
  selector:
    matchLabels: {app: shop}
  strategy:
    type: RollingUpdate
    rollingUpdate:
      maxSurge: 25%
      maxUnavailable: 25%
  minReadySeconds: 2
  progressDeadlineSeconds: 60
  template:
    metadata:
      labels: {app: shop, tier: front}
    spec:
      terminationGracePeriodSeconds: 20
      containers:
        - name: shop
          image: capsize-shop
          command: ["python", "-m", "shop.serve"]
          args: ["shop.monolith.app:app", "--level=$(LOG_LEVEL)", "$$(LOG_LEVEL)"]
          envFrom:
            - configMapRef: {name: shop}
          env:
            - name: PORT
              value: "8000"
            - name: DB_PASSWORD
              valueFrom:
                secretKeyRef: {name: db, key: password}
            - name: DATABASE_URL
              value: postgresql://shop:$(DB_PASSWORD)@db.default.svc:5432/shop
            - name: PAYMENTS_URL
              value: http://payments
            - name: POD
              valueFrom:
                fieldRef: {fieldPath: metadata.name}
            - name: TIER
              valueFrom:
                fieldRef: {fieldPath: "metadata.labels['tier']"}
            - name: MAYBE
              valueFrom:
                configMapKeyRef: {name: shop, key: MAYBE, optional: true}
          ports:
            - name: http
              containerPort: 8000
          startupProbe:
            httpGet: {path: /started, port: http}
            failureThreshold: 30
            periodSeconds: 1
          livenessProbe:
            httpGet:
              path: live
              port: 8000
              httpHeaders: [{name: X-Probe, value: "yes"}]
            terminationGracePeriodSeconds: 5
          readinessProbe:
            exec:
              command: ["python", "-m", "shop.probe", "/ready"]
            successThreshold: 2
          lifecycle:
            preStop:
              sleep: {seconds: 5}
          resources:
            requests: {cpu: 100m, memory: 64Mi}
            limits: {cpu: 1, memory: 128Mi}
          volumeMounts:
            - {name: code, mountPath: /code, readOnly: true}
            - {name: settings, mountPath: /etc/shop}
            - {name: scratch, mountPath: /tmp/scratch}
      volumes:
        - name: code
          configMap: {name: code}
        - name: settings
          configMap:
            name: shop
            items: [{key: app.toml, path: app.toml}]
        - name: scratch
          emptyDir: {medium: Memory, sizeLimit: 16Mi}
---
apiVersion: v1
kind: Service
metadata:
  name: shop
spec:
  type: NodePort
  selector: {app: shop}
  ports:
    - port: 80
      targetPort: http
      nodePort: 30080
"""

OTHERS = """\
apiVersion: v1
kind: List
items:
  - apiVersion: apps/v1
    kind: Deployment
    metadata: {name: payments-v1}
    spec:
      selector: {matchLabels: {app: payments}}
      strategy: {type: Recreate}
      template:
        metadata: {labels: {app: payments}}
        spec:
          containers:
            - name: payments
              image: capsize-shop:2
              command: [python, -m, shop.serve]
              readinessProbe: {tcpSocket: {port: 9000}}
              livenessProbe: {tcpSocket: {port: 9000}}
              lifecycle: {preStop: {exec: {command: [sleep, "1"]}}}
  - apiVersion: v1
    kind: Service
    metadata: {name: payments}
    spec:
      selector: {app: payments}
      ports: [{port: 80, targetPort: 9000}]
  - apiVersion: apps/v1
    kind: Deployment
    metadata: {name: db}
    spec:
      selector: {matchLabels: {app: db}}
      template:
        metadata: {labels: {app: db}}
        spec:
          containers:
            - name: db
              image: postgres:18
              args: [-c, fsync=off]
              env:
                - {name: POSTGRES_USER, valueFrom: {secretKeyRef: {name: db, key: user}}}
                - {name: POSTGRES_PASSWORD, valueFrom: {secretKeyRef: {name: db, key: password}}}
  - apiVersion: v1
    kind: Service
    metadata: {name: db}
    spec: {selector: {app: db}, ports: [{port: 5432}]}
  - apiVersion: batch/v1
    kind: Job
    metadata: {name: migrate}
    spec:
      backoffLimit: 2
      template:
        spec:
          restartPolicy: Never
          containers:
            - name: migrate
              image: capsize-shop
              command: [python, migrate.py]
              envFrom: [{prefix: DB_, secretRef: {name: db}}]
"""

WHOLE = f"{SHOP}---\n{OTHERS}"

BALANCER = """\
apiVersion: v1
kind: Service
metadata:
  name: balancer
  annotations:
    alb.ingress.kubernetes.io/healthcheck-path: /healthz
    alb.ingress.kubernetes.io/healthcheck-protocol: HTTP
    alb.ingress.kubernetes.io/healthcheck-port: traffic-port
    alb.ingress.kubernetes.io/healthcheck-interval-seconds: "10"
    alb.ingress.kubernetes.io/healthcheck-timeout-seconds: "2"
    alb.ingress.kubernetes.io/healthy-threshold-count: "3"
    alb.ingress.kubernetes.io/unhealthy-threshold-count: "4"
    alb.ingress.kubernetes.io/target-group-attributes: deregistration_delay.timeout_seconds=30
    capsize/health-check-grace-period-seconds: "60"
spec:
  type: LoadBalancer
  selector: {app: shop}
  ports:
    - port: 80
      targetPort: http
"""

POD = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: kiosk}
spec:
  replicas: 2
  selector: {matchLabels: {app: kiosk}}
  template:
    metadata: {labels: {app: kiosk}}
    spec:
      terminationGracePeriodSeconds: 20
      initContainers:
        - name: proxy
          image: capsize-shop
          command: [proxy]
          restartPolicy: Always
          env: [{name: PORT, value: "9000"}]
        - {name: migrate, image: capsize-shop, command: [migrate], volumeMounts: [{name: scratch, mountPath: /scratch}]}
      containers:
        - name: kiosk
          image: capsize-shop
          command: [serve]
          env: [{name: PORT, value: "8000"}, {name: PAYMENTS_URL, value: "http://localhost:9000"}]
          volumeMounts: [{name: scratch, mountPath: /scratch}]
        - name: metrics
          image: capsize-shop
          command: [metrics]
          ports: [{name: metrics, containerPort: 9090}]
      volumes:
        - {name: scratch, emptyDir: {medium: Memory, sizeLimit: 16Mi}}
---
apiVersion: v1
kind: Service
metadata: {name: kiosk}
spec:
  type: NodePort
  selector: {app: kiosk}
  ports:
    - {name: http, port: 80, targetPort: 8000}
    - {name: proxy, port: 90, targetPort: 9000}
    - {name: metrics, port: 91, targetPort: metrics}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: caller}
spec:
  selector: {matchLabels: {app: caller}}
  template:
    metadata: {labels: {app: caller}}
    spec:
      containers:
        - {name: c, image: capsize-shop, command: [c], env: [{name: PROXY_URL, value: "http://kiosk:90"}]}
"""

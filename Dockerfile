# The service alone: the database and Redis are given by VRIC_DATABASE_URL and VRIC_REDIS_URL.
FROM python:3.13-slim AS build
WORKDIR /src
COPY requirements.lock ./
RUN python -m venv /opt/vric \
    && /opt/vric/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
COPY . .
RUN /opt/vric/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.13-slim
RUN useradd --system --uid 10001 --home-dir /var/lib/vric --create-home vric
COPY --from=build /opt/vric /opt/vric
ENV PATH=/opt/vric/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    VRIC_DATA_DIR=/var/lib/vric
USER 10001
WORKDIR /var/lib/vric
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=3s --start-period=10s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz', timeout=2)"]
CMD ["vric", "serve", "--host", "0.0.0.0", "--port", "8000"]

# Stage 1 installs the locked dependencies into an environment of their own; stage 2 carries only that and the code.
FROM python:3.11-slim AS build
WORKDIR /app
COPY requirements.lock ./
RUN python -m venv /app/.venv \
    && /app/.venv/bin/python -m pip install --no-cache-dir --require-hashes -r requirements.lock

FROM python:3.11-slim
RUN useradd --system --create-home --uid 10001 tickets && install -d -m 700 -o tickets -g tickets /var/lib/tickets
WORKDIR /app
COPY --from=build /app/.venv /app/.venv
COPY app_manifest.yml pyproject.toml ./
COPY bot ./bot
COPY db ./db
ENV DATA_DIR=/var/lib/tickets PATH=/app/.venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
USER tickets
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
    CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen(f'http://127.0.0.1:{os.environ.get(\"PORT\", \"3000\")}/healthz', timeout=2)"]
STOPSIGNAL SIGTERM
CMD ["python", "-m", "bot", "run"]

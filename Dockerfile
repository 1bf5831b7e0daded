# One image for web, worker, beat and migrations; what runs in it is decided by the command.

FROM python:3.11-slim AS build
WORKDIR /build
COPY requirements-uv.txt requirements.txt ./
RUN pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements-uv.txt \
    && python -m venv --without-pip /venv \
    && uv pip install --no-cache --python /venv/bin/python --require-hashes --compile-bytecode -r requirements.txt

FROM python:3.11-slim
RUN groupadd --system --gid 10001 claims && useradd --system --uid 10001 --gid claims --no-create-home claims \
    && install -d -o claims -g claims -m 0750 /data
COPY --from=build /venv /venv
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=config.settings.production \
    DATA_DIR=/data \
    STATIC_ROOT=/srv/static
WORKDIR /srv/app
COPY . .
# Owned by root and read-only to the process; the key is for this one command and stays in no layer's settings.
RUN SECRET_KEY=only-to-collect-static-files ALLOWED_HOSTS=build python -m config.prepare static \
    && python -m compileall -q .
USER claims
VOLUME /data
EXPOSE 8000
# Liveness without a database. The probe names a host that is allowed.
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 CMD ["python", "-c", "\
import os, urllib.request as r; \
r.urlopen(r.Request('http://127.0.0.1:8000/healthz', headers={'Host': os.environ['ALLOWED_HOSTS'].split(',')[0]}), timeout=2)"]
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", "--blocking-threads", "4", \
    "--blocking-threads-idle-timeout", "600", "--workers-kill-timeout", "30", "--respawn-failed-workers", "--log-level", "warning", \
    "config.wsgi:application"]

# docker build -t simulator . && docker run -p 127.0.0.1:8501:8501 -v simulator:/library simulator
# For a Dask cluster, here and for its workers: docker build --build-arg PACKAGES=cluster …, then
# docker run simulator dask worker tcp://HOST:8786 --nthreads 1 (README, Heavy work).
# Sign-in: mount a secrets.toml at /simulator/.streamlit/secrets.toml (README, Security).
FROM python:3.11-slim

ENV PYTHONUTF8=1 \
    PYTHONUNBUFFERED=1 \
    PYTHONPATH=/simulator \
    HOME=/library \
    SIMULATOR_LIBRARY=/library/library.sqlite \
    SIMULATOR_LOG=json

RUN groupadd --gid 10001 simulator \
    && useradd --uid 10001 --gid simulator --home-dir /library --no-create-home --no-log-init \
        --shell /usr/sbin/nologin simulator \
    && install -d -o simulator -g simulator -m 0700 /library

WORKDIR /simulator

# Before the program, so that a change of the program leaves this layer as it is.
ARG PACKAGES=server
COPY .ci/server.txt .ci/cluster.txt ./
RUN python -m pip install --no-cache-dir --disable-pip-version-check \
        --require-hashes --only-binary=:all: --requirement ${PACKAGES}.txt

COPY app.py LICENSE ./
COPY .streamlit/config.toml .streamlit/config.toml
COPY data data
COPY model model
COPY pages pages
RUN python -m compileall -q app.py model pages && python -m model check

USER 10001:10001
VOLUME /library
EXPOSE 8501

# A server that lost its library goes on, and is not restarted: it holds what is not yet written.
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import urllib.request as u; u.build_opener(u.ProxyHandler({})).open('http://127.0.0.1:8501/health', timeout=8)"]

# Told to stop, the server first writes what waits to be written.
STOPSIGNAL SIGTERM
CMD ["python", "-m", "streamlit", "run", "app.py", \
     "--server.port=8501", "--server.address=0.0.0.0", "--server.headless=true"]

# One person's server for a class's JupyterHub: the package, the models and the notebooks.
#
#   docker build --tag llm-viz .
#   docker run --rm --publish 8888:8888 llm-viz jupyter lab --ip 0.0.0.0     (to try it, without a hub)
#
# Options of the build, as in --build-arg JUPYTERHUB=5.2.1
#   JUPYTERHUB    the version of your hub; the two should agree
#   TORCH_INDEX   address of torch's CPU builds (README, "A smaller torch"): gigabytes smaller
#
# If your hub mounts an empty folder over the home, the notebooks are still in /opt/llm_viz/notebooks.

FROM python:3.12-slim AS package
WORKDIR /source
COPY . .
RUN pip wheel --no-cache-dir --no-deps --wheel-dir /wheels .

FROM python:3.12-slim
ARG JUPYTERHUB=5.*
ARG TORCH_INDEX=
# Without build tools and tests: the package's own needs and JupyterLab, at the lock's versions.
RUN --mount=type=bind,from=package,source=/wheels,target=/wheels \
    --mount=type=bind,source=requirements.txt,target=/lock.txt \
    pip install --no-cache-dir ${TORCH_INDEX:+--extra-index-url "$TORCH_INDEX"} \
    --constraint /lock.txt "llm-viz[lab] @ file://$(echo /wheels/*.whl)" "jupyterhub==$JUPYTERHUB"

RUN useradd --create-home --uid 1000 jovyan && install --directory --owner jovyan /opt/llm_viz
USER 1000
# Not in the home, which a hub keeps outside the image.
ENV LLM_VIZ_CACHE=/opt/llm_viz/models
RUN --mount=type=bind,source=tools/models.py,target=/models.py \
    python /models.py && rm "$LLM_VIZ_CACHE"/*.whl
COPY --chown=1000 notebooks /opt/llm_viz/notebooks
WORKDIR /home/jovyan
COPY --chown=1000 notebooks notebooks

EXPOSE 8888
CMD ["jupyterhub-singleuser"]

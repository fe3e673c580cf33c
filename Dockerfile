# Three images from one file:
#
#   docker build --target attestor -t supplychain-attestor .
#   docker build --target verifier -t supplychain-verifier .
#   docker build --target cli      -t supplychain .
#
# They run as user 1654 (no root, no shell, no package manager) and need nothing but what is mounted:
#
#   /etc/supplychain   configuration, policies, public keys; read-only
#   /data              what has to outlive the container: the attestor's ledger
#   /tmp               scratch space, e.g. a tmpfs
#
# so that the root file system can be read-only:
#
#   docker run --read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges \
#     -v "$PWD/config:/etc/supplychain:ro" -v ledger:/data -p 8080:8080 supplychain-attestor
#
# A HEALTHCHECK would need a program inside that asks; there is none. Probe from outside instead: GET /healthz says that
# the process lives, GET /readyz that policies are loaded and dependencies answer. In Kubernetes:
#
#   livenessProbe:  { httpGet: { path: /healthz, port: 8080 } }                     (verifier: port 8443, scheme HTTPS)
#   readinessProbe: { httpGet: { path: /readyz, port: 8080 } }

ARG DOTNET=10.0

# The build runs on the builder's own architecture. What it publishes runs on any: managed code, and the native SQLite
# library for each.
FROM --platform=$BUILDPLATFORM mcr.microsoft.com/dotnet/sdk:${DOTNET}-noble AS source
# Packages exactly as locked; paths of the build do not reach the binaries.
ENV CI=true ContinuousIntegrationBuild=true DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
WORKDIR /source
COPY . .
# The final stages have no shell to make folders with, and a new volume takes over owner and mode of the folder it covers.
RUN install -d -m 0750 /skeleton/data

FROM source AS publish-attestor
RUN dotnet publish src/Attestor.Api/SupplyChain.Attestor.Api.csproj -c Release -o /out -p:UseAppHost=false

FROM source AS publish-verifier
RUN dotnet publish src/Verifier.Webhook/SupplyChain.Verifier.Webhook.csproj -c Release -o /out -p:UseAppHost=false

FROM source AS publish-cli
RUN dotnet publish src/Cli/SupplyChain.Cli.csproj -c Release -o /out -p:UseAppHost=false

# Chiseled Ubuntu: the runtime, libssl with libcrypto.so.3 (Ed25519 is verified with it), certificate authorities, no ICU
# (the code is culture-invariant).
FROM mcr.microsoft.com/dotnet/aspnet:${DOTNET}-noble-chiseled AS runtime
# Without diagnostics the runtime opens no socket in /tmp, and nobody can attach.
ENV DOTNET_EnableDiagnostics=0 DOTNET_CLI_TELEMETRY_OPTOUT=1 TMPDIR=/tmp
COPY --from=source --chown=1654:1654 /skeleton/ /
# Number rather than name, so that Kubernetes can check runAsNonRoot.
USER 1654:1654
WORKDIR /data

FROM runtime AS attestor
LABEL org.opencontainers.image.title="SupplyChain attestor" \
      org.opencontainers.image.description="Signs container images that pass their checks" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=publish-attestor /out /app
VOLUME ["/data"]
EXPOSE 8080
ENTRYPOINT ["dotnet", "/app/SupplyChain.Attestor.Api.dll"]
CMD ["--config", "/etc/supplychain/attestor.json"]

# The webhook alone: no ledger, no signing key, no command line.
FROM runtime AS verifier
LABEL org.opencontainers.image.title="SupplyChain verifier" \
      org.opencontainers.image.description="Lets only container images run that meet the admission policy" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=publish-verifier /out /app
EXPOSE 8443
ENTRYPOINT ["dotnet", "/app/SupplyChain.Verifier.Webhook.dll"]
CMD ["--config", "/etc/supplychain/verifier.json"]

# For jobs: docker run --rm -v "$PWD:/data" supplychain verify IMAGE --policy policies
FROM runtime AS cli
LABEL org.opencontainers.image.title="supplychain" \
      org.opencontainers.image.description="The supplychain command" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=publish-cli /out /app
ENTRYPOINT ["dotnet", "/app/supplychain.dll"]
CMD ["--help"]

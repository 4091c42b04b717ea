# Both bases are arguments, so that the image also builds from local ones.
ARG BUILD_IMAGE=mcr.microsoft.com/dotnet/sdk:10.0-noble-aot
ARG RUNTIME_IMAGE=mcr.microsoft.com/dotnet/runtime-deps:10.0-noble-chiseled

FROM ${BUILD_IMAGE} AS build
ARG TARGETARCH=amd64
WORKDIR /source
COPY . .
RUN dotnet publish src/Sidecar -c Release -r linux-$([ "$TARGETARCH" = arm64 ] && echo arm64 || echo x64) -o /out

FROM ${RUNTIME_IMAGE}
COPY --from=build /out/sidecar /usr/bin/sidecar
USER 1654
EXPOSE 8080 9464
HEALTHCHECK CMD ["/usr/bin/sidecar", "health"]
ENTRYPOINT ["/usr/bin/sidecar"]
CMD ["serve"]

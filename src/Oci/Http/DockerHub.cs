// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Oci.Http;

/// <summary>
/// The one registry whose images are named after another host than the one that serves them. Its token server and blob
/// hosts are those that Docker publishes for firewalls ("Allowlist for Docker Desktop").
/// </summary>
internal static class DockerHub
{
    /// <summary>The host in image names.</summary>
    public const string Name = "docker.io";

    /// <summary>The host that speaks the protocol.</summary>
    public const string Server = "registry-1.docker.io";

    /// <summary>The name under which Docker stores its login.</summary>
    public const string LoginName = "https://index.docker.io/v1/";

    /// <summary>Where its tokens come from.</summary>
    public const string Realm = "https://auth.docker.io";

    /// <summary>Where its blobs lie.</summary>
    public static readonly string[] BlobHosts =
    [
        "production.cloudflare.docker.com",
        "production.cloudfront.docker.com",
        "docker-images-prod.6aa30f8b08e16409b46e0173d6de2f56.r2.cloudflarestorage.com",
    ];
}

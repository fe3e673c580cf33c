// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Testing.Registry;

/// <summary>How a simulated registry behaves while nothing is wrong with it.</summary>
public sealed record RegistrySetup
{
    /// <summary>With the referrers API, as OCI 1.1 describes it.</summary>
    public static RegistrySetup Modern { get; } = new();

    /// <summary>
    /// Without it, as docker-registry 2.8 behaves: 404 in plain text, no <c>OCI-Subject</c>, conditions ignored.
    /// </summary>
    public static RegistrySetup Classic { get; } = new() { HasReferrersApi = false, AnnouncesSubjects = false };

    /// <summary>Whether <c>/referrers/</c> answers.</summary>
    public bool HasReferrersApi { get; init; } = true;

    /// <summary>Whether storing a referrer is answered with <c>OCI-Subject</c>.</summary>
    public bool AnnouncesSubjects { get; init; } = true;

    /// <summary>Whether <c>If-Match</c> on a tag is honoured.</summary>
    public bool HonoursConditions { get; init; }

    /// <summary>How clients prove who they are.</summary>
    public RegistryAccess Access { get; init; } = RegistryAccess.Anonymous;

    /// <summary>The only name that is known.</summary>
    public string Username { get; init; } = "robot";

    /// <summary>Its password.</summary>
    public string Password { get; init; } = "correct horse";

    /// <summary>A refresh token the token server exchanges.</summary>
    public string IdentityToken { get; init; } = "refresh-me";

    /// <summary>The token server that challenges name; the registry's own when it is not set.</summary>
    public string? Realm { get; init; }

    /// <summary>How long a token is said to live, in seconds.</summary>
    public int TokenLifetime { get; init; } = 300;

    /// <summary>Referrers on one page.</summary>
    public int PageSize { get; init; } = 100;

    /// <summary>Serve TLS with a certificate of this authority; plain http when it is not set.</summary>
    public TestAuthority? Authority { get; init; }

    /// <summary>Whether that certificate has expired.</summary>
    public bool CertificateExpired { get; init; }
}

/// <summary>How a simulated registry wants to be asked.</summary>
public enum RegistryAccess
{
    /// <summary>By anybody.</summary>
    Anonymous,

    /// <summary>With the password in each request.</summary>
    Basic,

    /// <summary>With a token of its token server.</summary>
    Token,
}

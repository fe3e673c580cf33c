// SPDX-License-Identifier: Apache-2.0

using System.Globalization;

namespace SupplyChain.Sigstore;

/// <summary>A document of TUF metadata that a <see cref="TufTrust"/> verified.</summary>
public abstract class TufMetadata
{
    private protected TufMetadata(TufBody body)
    {
        Role = body.Role;
        Version = body.Signed.Required("version").Whole;
        Expires = body.Signed.Required("expires").Time;
        Content = body.Content;
        Canonical = body.Canonical;
        Signatures = body.Signatures;
    }

    /// <summary>Whose document it is.</summary>
    public TufRole Role { get; }

    /// <summary>Its version, from 1.</summary>
    public int Version { get; }

    /// <summary>From when on it counts no more.</summary>
    public DateTimeOffset Expires { get; }

    /// <summary>The document, byte for byte.</summary>
    public ReadOnlyMemory<byte> Content { get; }

    internal ReadOnlyMemory<byte> Canonical { get; }

    internal IReadOnlyDictionary<string, byte[]> Signatures { get; }

    /// <summary>The role and version.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Role.Name()} metadata of version {Version}");
}

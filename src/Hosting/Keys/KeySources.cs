// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Kms;

namespace SupplyChain.Hosting;

/// <summary>Makes the sources of keys that a configuration names: key files always, key services where they are configured.</summary>
public static class KeySources
{
    /// <summary>Sources of keys to sign with.</summary>
    /// <param name="kms">The key services.</param>
    /// <param name="password">The password of key files; without it only their public halves can be read.</param>
    /// <param name="clock">The time.</param>
    public static IReadOnlyList<ISigningKeySource> Create(KmsConfiguration? kms, KeyPassword? password, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(clock);
        var sources = new List<ISigningKeySource> { new FileKeys(password) };
        if (kms?.Aws is { } aws)
            sources.Add(new AwsKms(aws, clock));
        if (kms?.Vault is { } vault)
            sources.Add(new VaultTransit(vault, clock));
        if (kms?.Azure is { } azure)
            sources.Add(new AzureKeyVault(azure, clock));
        if (kms?.Google is { } google)
            sources.Add(new GoogleKms(google, clock));
        if (kms?.Pkcs11 is { } pkcs11)
            sources.Add(new Pkcs11Tokens(pkcs11));
        return sources;
    }

    /// <summary>Keys to sign with.</summary>
    public static SigningKeys ForSigning(KmsConfiguration? kms, KeyPassword? password, TimeProvider clock) =>
        new(Create(kms, password, clock), scheme => LimitsOf(scheme, kms), clock);

    /// <summary>Public keys alone.</summary>
    public static PublicKeys ForVerifying(KmsConfiguration? kms, TimeProvider clock) =>
        new(Create(kms, password: null, clock), clock);

    private static KeyLimits LimitsOf(string scheme, KmsConfiguration? kms)
    {
        var usual = KeyLimits.For(scheme);
        return kms?.Limits.TryGetValue(scheme, out var configured) == true
            ? usual with
            {
                CallsPerSecond = configured.CallsPerSecond ?? usual.CallsPerSecond,
                Burst = configured.Burst ?? usual.Burst,
                InFlight = configured.InFlight ?? usual.InFlight,
                Waiting = configured.Waiting ?? usual.Waiting,
                Deadline = configured.Deadline ?? usual.Deadline,
                TryTimeout = configured.TryTimeout ?? usual.TryTimeout,
            }
            : usual;
    }
}

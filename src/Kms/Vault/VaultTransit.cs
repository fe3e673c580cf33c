// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Kms.Vault;
using SupplyChain.Sigstore;

namespace SupplyChain.Kms;

/// <summary>
/// Keys in the transit engine of HashiCorp Vault or OpenBao: <c>hashivault://KEY</c>, <c>hashivault://KEY?version=N</c>.
/// </summary>
public sealed class VaultTransit : ISigningKeySource, IDisposable
{
    private readonly Lock _gate = new();
    private readonly VaultOptions _options;
    private readonly TimeProvider _clock;
    private readonly Func<string, string?> _environment;
    private VaultAccess? _access;

    /// <summary>Keys of one server and mount; nothing is asked for yet.</summary>
    /// <param name="options">How the server is reached.</param>
    /// <param name="clock">The time that calls are limited and tokens renewed by.</param>
    /// <exception cref="ArgumentException">The options have problems.</exception>
    public VaultTransit(VaultOptions options, TimeProvider clock)
        : this(options, clock, Environment.GetEnvironmentVariable)
    {
    }

    internal VaultTransit(VaultOptions options, TimeProvider clock, Func<string, string?> environment)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(clock);
        if (options.Problems().FirstOrDefault() is { Member: { } member } first)
            throw new ArgumentException($"{member}: {first.Problem}", nameof(options));

        (_options, _clock, _environment) = (options, clock, environment);
    }

    /// <inheritdoc/>
    public string Scheme => VaultKeyUri.Scheme;

    /// <inheritdoc/>
    public async ValueTask<PublicKey> ReadPublicKeyAsync(KeyUri uri, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(uri);
        return (await ReadAsync(Connect(), Parse(uri), cancellationToken)).PublicKey;
    }

    /// <inheritdoc/>
    public async ValueTask<ISigningKey> OpenAsync(KeyUri uri, SigningAlgorithm? algorithm, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(uri);
        var (access, read) = (Connect(), Parse(uri));
        var data = await ReadAsync(access, read, cancellationToken);
        return data.MayNotSign is null
            ? new VaultKey(
                access, read.Key, data.Version, data.PublicKey.For(algorithm, VaultKeyUri.Write(read.Key, data.Version)))
            : throw KmsException.Unusable(data.MayNotSign);
    }

    /// <summary>Closes the connections and forgets the token; it ends by itself.</summary>
    public void Dispose()
    {
        lock (_gate)
            _access?.Dispose();
    }

    private static VaultKeyUri Parse(KeyUri uri) =>
        VaultKeyUri.TryRead(uri, out var read, out var problem) ? read : throw KmsException.Unusable(problem);

    private static async ValueTask<VaultKeyData> ReadAsync(VaultAccess access, VaultKeyUri read, CancellationToken ct)
    {
        var name = access.Describe(read.Key);
        var data = await access.SendAsync($"keys/{read.Key}", body: null, $"the public half of {name}", ("read", $"keys/{read.Key}"), ct)
            ?? throw KmsException.Unusable($"{name} does not exist, or the engine is mounted elsewhere");
        return VaultKeyData.Read(data, read.Version, name);
    }

    private VaultAccess Connect()
    {
        lock (_gate)
            return _access ??= new VaultAccess(VaultSettings.Complete(_options, _environment), _clock);
    }
}

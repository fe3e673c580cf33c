// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Json;
using SupplyChain.Kms.Google;
using SupplyChain.Kms.Http;
using SupplyChain.Model;
using SupplyChain.Sigstore;

namespace SupplyChain.Kms;

/// <summary>
/// Keys in Google Cloud KMS: <c>gcpkms://projects/P/locations/L/keyRings/R/cryptoKeys/K[/cryptoKeyVersions/N]</c>.
/// </summary>
/// <remarks>
/// A key for signing has no primary version. A URI without a version means the enabled one of the highest number at the time it is
/// opened.
/// </remarks>
public sealed class GoogleKms : ISigningKeySource, IDisposable
{
    private const int VersionsOnPage = 50;

    private static readonly Uri Usual = new("https://cloudkms.googleapis.com");

    private readonly GoogleAccess _access;
    private readonly GoogleTokens? _tokens;

    /// <summary>Keys for whoever the options or the environment say we are; nothing is asked for yet.</summary>
    /// <param name="options">How the service is reached.</param>
    /// <param name="clock">The time that calls are limited by.</param>
    /// <exception cref="ArgumentException">The options have problems.</exception>
    public GoogleKms(GoogleKmsOptions options, TimeProvider clock)
        : this(options, clock, token: null)
    {
    }

    /// <summary>Keys for somebody else.</summary>
    /// <param name="options">How the service is reached.</param>
    /// <param name="clock">The time that calls are limited by.</param>
    /// <param name="token">Gives an access token; <see langword="null"/> for that of the options or the environment.</param>
    /// <exception cref="ArgumentException">The options have problems.</exception>
    public GoogleKms(GoogleKmsOptions options, TimeProvider clock, Func<CancellationToken, Task<string>>? token)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(clock);
        if (options.Problems().FirstOrDefault() is { Member: { } member } first)
            throw new ArgumentException($"{member}: {first.Problem}", nameof(options));

        if (token is null)
            _tokens = new GoogleTokens(options.CredentialsFile);
        _access = new GoogleAccess(options.Endpoint ?? Usual, clock, token ?? _tokens!.GetAsync);
    }

    /// <inheritdoc/>
    public string Scheme => GoogleKeyUri.Scheme;

    /// <inheritdoc/>
    public async ValueTask<PublicKey> ReadPublicKeyAsync(KeyUri uri, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(uri);
        return (await ReadAsync(uri, cancellationToken)).Key;
    }

    /// <inheritdoc/>
    public async ValueTask<ISigningKey> OpenAsync(KeyUri uri, SigningAlgorithm? algorithm, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(uri);
        var (version, key) = await ReadAsync(uri, cancellationToken);
        return new GoogleKey(_access, version, key.For(algorithm, GoogleKeyUri.Of(version)));
    }

    /// <summary>Closes the connections.</summary>
    public void Dispose()
    {
        _access.Dispose();
        _tokens?.Dispose();
    }

    private async ValueTask<(string Version, PublicKey Key)> ReadAsync(KeyUri uri, CancellationToken ct)
    {
        if (!GoogleKeyUri.TryRead(uri, out var read, out var problem))
            throw KmsException.Unusable(problem);

        var version = GoogleKeyUri.VersionOf(read.Key, read.Version ?? await FindVersionAsync(read.Key, ct));
        var name = GoogleKeyUri.Of(version);
        var key = await _access.GetAsync(
            $"{version}/publicKey", new(name, "cloudkms.cryptoKeyVersions.viewPublicKey", "roles/cloudkms.publicKeyViewer"),
            answer => ReadPublicKey(answer, version, name), ct);
        return (version, key);
    }

    private async ValueTask<string> FindVersionAsync(string key, CancellationToken ct)
    {
        var name = GoogleKeyUri.Of(key);
        var highest = 0L;
        var next = "";
        for (var page = 0; page < Limits.KmsVersionPages; page++)
        {
            var parameters = $"filter=state%3DENABLED&pageSize={VersionsOnPage}" + (next.Length > 0 ? $"&pageToken={Uri.EscapeDataString(next)}" : "");
            (var last, next) = await _access.GetAsync(
                $"{key}/cryptoKeyVersions?{parameters}",
                new(name, "cloudkms.cryptoKeyVersions.list, which a URI without a version needs,", "roles/cloudkms.viewer"),
                answer => (HighestEnabled(answer, key), answer.Text("nextPageToken") ?? ""), ct);
            highest = Math.Max(highest, last);
            if (next.Length == 0)
            {
                return highest > 0
                    ? highest.ToString(System.Globalization.CultureInfo.InvariantCulture)
                    : throw KmsException.Unusable($"{name} has no enabled version");
            }
        }

        throw KmsException.Unusable(
            $"{name} has more enabled versions than {Limits.KmsVersionPages * VersionsOnPage}; name one, as in {name}/cryptoKeyVersions/1");
    }

    private static long HighestEnabled(JsonElement answer, string key) =>
        answer.TryGetProperty("cryptoKeyVersions", out var versions) && versions.ValueKind is JsonValueKind.Array
            ? versions.EnumerateArray()
                .Where(version => version.ValueKind is JsonValueKind.Object && version.Text("state") is "ENABLED")
                .Select(version => GoogleKeyUri.NumberOf(version.Text("name"), key))
                .DefaultIfEmpty()
                .Max()
            : 0;

    private static PublicKey ReadPublicKey(JsonElement answer, string version, string name)
    {
        if (answer.Text("pem") is not { } pem || answer.Text("algorithm") is not { } algorithm)
            throw KmsException.Unavailable($"Google Cloud KMS answered for {name} without a public key");
        if (!string.Equals(answer.Text("name"), version, StringComparison.Ordinal))
        {
            throw KmsException.Unavailable(
                $"Google Cloud KMS answered for {name} with another key, {Printable.Escape(answer.Text("name"))}");
        }

        return string.Equals(answer.Text("pemCrc32c"), Crc32C.Text(Encoding.UTF8.GetBytes(pem)), StringComparison.Ordinal)
            ? GoogleKeyAlgorithm.Read(pem, algorithm, name)
            : throw KmsException.Unavailable($"the checksum of the public key of {name} is wrong: it was damaged on its way");
    }
}

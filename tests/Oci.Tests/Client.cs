// SPDX-License-Identifier: Apache-2.0

using System.Net;
using SupplyChain.Model;
using SupplyChain.Oci.Http;
using SupplyChain.Testing.Registry;

namespace SupplyChain.Oci.Tests;

/// <summary>The code under test, connected to a simulated registry's repository <c>team/app</c>.</summary>
internal sealed class Client : IDisposable
{
    private readonly Registries _registries;

    private Client(RegistryOptions options, ICredentialSource? credentials, TimeProvider? clock, HostLookup? lookup)
    {
        _registries = new Registries(
            [options], credentials ?? KnownCredentials.None, clock ?? TimeProvider.System,
            lookup ?? ((_, _) => Task.FromResult<IPAddress[]>([IPAddress.Loopback])));
        Repository = Repository.Parse($"{options.Host}/team/app");
        Registry = _registries.For(Repository);
    }

    public IRegistry Registry { get; }

    public Repository Repository { get; }

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>A client of a simulator that speaks plain http.</summary>
    public static Client Of(
        RegistrySimulator simulator, ICredentialSource? credentials = null, TimeProvider? clock = null,
        Func<RegistryOptions, RegistryOptions>? with = null)
    {
        var options = new RegistryOptions
        {
            Host = simulator.Host,
            PlainHttp = true,
            OperationTimeout = TimeSpan.FromSeconds(10),
            TagSettleTime = TimeSpan.FromMilliseconds(60),
        };
        return new Client(with is null ? options : with(options), credentials, clock, lookup: null);
    }

    public static Client Of(
        RegistryOptions options, ICredentialSource? credentials = null, TimeProvider? clock = null, HostLookup? lookup = null) =>
        new(options, credentials, clock, lookup);

    /// <summary>Time enough for a loaded machine, but for an effect that uses up all there is.</summary>
    public static Func<RegistryOptions, RegistryOptions> PatienceFor(FaultEffect effect) => options => options with
    {
        OperationTimeout = TimeSpan.FromSeconds(effect is FaultEffect.Hang or FaultEffect.Drip ? 10 : 90),
    };

    public static KnownCredentials Password(string host, string username, string password) => new(
        new Dictionary<string, RegistryCredential>(StringComparer.Ordinal) { [host] = new RegistryCredential.Password(username, password) });

    public ValueTask<Manifest?> FetchAsync(Digest digest) => Registry.FetchManifestAsync(Repository, digest, Token);

    public ValueTask<Manifest?> FetchAsync(string tag) => Registry.FetchManifestAsync(Repository, tag, Token);

    public ValueTask<byte[]?> FetchAsync(Descriptor blob, long limit = 1024 * 1024) =>
        Registry.FetchBlobAsync(Repository, blob, limit, Token);

    public ValueTask<IReadOnlyList<Descriptor>> ReferrersAsync(Digest subject) =>
        Registry.ListReferrersAsync(Repository, subject, Token);

    public void Dispose() => _registries.Dispose();
}

/// <summary>Content that tests store.</summary>
internal static class Samples
{
    /// <summary>A bundle-like referrer whose only blob is stored already.</summary>
    public static async Task<Manifest> ReferrerAsync(Client client, Manifest subject, string content)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(content);
        var layer = new Descriptor(MediaTypes.SigstoreBundle, Digest.Compute(bytes), bytes.Length);
        await client.Registry.PushBlobAsync(
            client.Repository, Manifest.EmptyConfig, Manifest.EmptyConfigContent, Client.Token);
        await client.Registry.PushBlobAsync(client.Repository, layer, bytes, Client.Token);
        return Manifest.WriteImage(MediaTypes.SigstoreBundle, Manifest.EmptyConfig, [layer], subject.Descriptor);
    }

    /// <summary>A signature layer for the tag layout.</summary>
    public static (Descriptor Layer, byte[] Content) Signature(string signature, string payload = "payload")
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(payload);
        var layer = new Descriptor(MediaTypes.SimpleSigning, Digest.Compute(bytes), bytes.Length)
        {
            Annotations = new Dictionary<string, string>(StringComparer.Ordinal) { ["dev.cosignproject.cosign/signature"] = signature },
        };
        return (layer, bytes);
    }
}

// SPDX-License-Identifier: Apache-2.0

using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using SupplyChain.Kms;
using SupplyChain.Model;
using SupplyChain.Policy;
using SupplyChain.Policy.Approving;
using SupplyChain.Sigstore;

namespace SupplyChain.Hosting;

/// <summary>Policies as found in files, with the public keys that they name.</summary>
public sealed record LoadedPolicies
{
    internal LoadedPolicies(PolicyLoadResult result, IReadOnlyList<string> keyProblems, string fingerprint)
    {
        Result = result;
        KeyProblems = keyProblems;
        Fingerprint = fingerprint;
    }

    /// <summary>The set, or every problem of every file.</summary>
    public PolicyLoadResult Result { get; internal init; }

    /// <summary>Why public keys could not be opened; each also shows as a problem of the member that names it.</summary>
    public IReadOnlyList<string> KeyProblems { get; internal init; }

    /// <summary>The policies; null when anything at all is wrong.</summary>
    public PolicySet? Set => Result.Set;

    /// <summary>Whether there is a set.</summary>
    [MemberNotNullWhen(true, nameof(Set))]
    public bool IsUsable => Result.IsUsable;

    /// <summary>As what the set is approved; null where nobody asked for it, or where it is not.</summary>
    public ApprovedPolicies? Approval { get; internal init; }

    /// <summary>The documents as they were read.</summary>
    internal IReadOnlyList<PolicyFile> Files { get; init; } = [];

    /// <summary>Differs whenever a file or a public key does.</summary>
    internal string Fingerprint { get; init; }

    /// <summary>Reads policies and the public keys they name.</summary>
    /// <param name="paths">Policy files and folders.</param>
    /// <param name="keyFolder">Where relative <c>file:</c> keys are taken from.</param>
    /// <param name="keys">Opens the public halves of keys.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="ConfigurationException">A path cannot be read.</exception>
    public static ValueTask<LoadedPolicies> ReadAsync(
        IReadOnlyList<string> paths, string keyFolder, PublicKeys keys, CancellationToken cancellationToken) =>
        ReadAsync(paths, keyFolder, keys, onFile: null, cancellationToken);

    internal static async ValueTask<LoadedPolicies> ReadAsync(
        IReadOnlyList<string> paths, string keyFolder, PublicKeys keys, Action<string>? onFile, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(keys);
        return await LoadAsync(await PolicyFolders.ReadAsync(paths, onFile, cancellationToken), keyFolder, keys, cancellationToken);
    }

    /// <summary>Loads what was read, and the public keys it names.</summary>
    internal static async ValueTask<LoadedPolicies> LoadAsync(
        IReadOnlyList<PolicyFile> files, string keyFolder, PublicKeys keys, CancellationToken cancellationToken)
    {
        var result = PolicyLoader.Load(files);
        if (!result.IsUsable)
            return new LoadedPolicies(result, [], FingerprintOf(files)) { Files = files };

        // All at once, so that services which do not answer are waited for together.
        var set = result.Set;
        var answers = await Task.WhenAll(
            set.KeyUris.Select(uri => OpenAsync(uri, set.NamesPublicKeyOf(uri), keyFolder, keys, cancellationToken)));
        var opened = answers.Where(answer => answer.Key is not null)
            .ToDictionary(answer => answer.Uri, answer => answer.Key!, StringComparer.Ordinal);
        return new LoadedPolicies(
            set.WithResolvedKeys(
                opened, answers.Where(answer => answer.IsUnreadable).Select(answer => answer.Uri).ToHashSet(StringComparer.Ordinal)),
            [.. answers.Select(answer => answer.Problem).OfType<string>()],
            FingerprintOf(files, opened)) { Files = files };
    }

    internal static string FingerprintOf(IReadOnlyList<PolicyFile> files, IReadOnlyDictionary<string, PublicKey>? opened = null)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in files)
            Add(file.Path, file.Content.Span);
        foreach (var (uri, key) in (opened ?? ImmutableDictionary<string, PublicKey>.Empty).OrderBy(pair => pair.Key, StringComparer.Ordinal))
            Add(uri, key.Spki.Span);
        return Convert.ToHexStringLower(hash.GetHashAndReset());

        void Add(string name, ReadOnlySpan<byte> content)
        {
            hash.AppendData(SHA256.HashData(Encoding.UTF8.GetBytes(name)));
            hash.AppendData(SHA256.HashData(content));
        }
    }

    // A key that cannot be opened is left out: resolving then says which member lacks it, and no set comes of it. Where the policy
    // says what the public key is no service is asked: those that verify need none, and whoever signs compares when it opens the key.
    private static async Task<Answer> OpenAsync(
        string text, bool isNamed, string keyFolder, PublicKeys keys, CancellationToken cancellationToken)
    {
        if (!KeyUri.TryParse(text, out var uri, out var problem))
            return new Answer(text, Problem: problem);

        uri = uri.From(keyFolder);
        if (isNamed && !(uri.Scheme is KeyUri.FileScheme && File.Exists(FileKey.PublicPath(uri.Rest))))
            return new Answer(text);

        try
        {
            return new Answer(text, Key: await keys.OpenAsync(uri, Limits.KmsLook, cancellationToken));
        }
        catch (KmsException unusable)
        {
            return new Answer(
                text, Problem: unusable.Message, IsUnreadable: uri.Scheme is not KeyUri.FileScheme && !unusable.IsNotConfigured);
        }
    }

    private sealed record Answer(string Uri, PublicKey? Key = null, string? Problem = null, bool IsUnreadable = false);
}

// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using System.Text;
using SupplyChain.Model;
using SupplyChain.Sigstore;

namespace SupplyChain.Kms;

/// <summary>
/// A private key in an encrypted file of its owner's, with its public half beside it: <c>release.key</c> and
/// <c>release.pub</c>. For development, small installations and tests; a key service never lets a key out.
/// </summary>
public sealed class FileKey : ISigningKey, IDisposable
{
    private const string PublicExtension = ".pub";

    private readonly PrivateKey _key;

    private FileKey(PrivateKey key, PublicKey publicKey, string path)
    {
        _key = key;
        PublicKey = publicKey;
        Id = $"file:{path}";
    }

    /// <summary>The key's URI. A file holds one version of a key, so its public key tells versions apart.</summary>
    public string Id { get; }

    /// <inheritdoc/>
    public PublicKey PublicKey { get; }

    /// <summary>
    /// Where the public half of the key at <paramref name="path"/> is: <c>.key</c> or <c>.pem</c> at its end becomes
    /// <c>.pub</c>, to any other name <c>.pub</c> is added, and a name that has it already stays.
    /// </summary>
    public static string PublicPath(string path) => Path.GetExtension(path) switch
    {
        ".key" or ".pem" => Path.ChangeExtension(path, PublicExtension),
        PublicExtension => path,
        _ => path + PublicExtension,
    };

    /// <summary>
    /// Makes a key: the private half at <paramref name="path"/>, encrypted and readable only by its owner, the public
    /// half at <see cref="PublicPath"/>. Neither file may exist.
    /// </summary>
    /// <exception cref="KmsException">
    /// KEY_UNUSABLE: a file exists or cannot be written; nothing is left behind.
    /// </exception>
    public static PublicKey Generate(string path, KeyType type, KeyPassword password)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(password);
        var publicPath = PublicPath(path);
        if (string.Equals(path, publicPath, StringComparison.Ordinal))
            throw KmsException.Unusable($"{Printable.Escape(path)} is a name for the public half of a key");
        if ((Path.Exists(path) ? path : Path.Exists(publicPath) ? publicPath : null) is { } existing)
            throw KmsException.Unusable($"{Printable.Escape(existing)} exists; a key is never replaced");

        var pkcs8 = PrivateKey.Generate(type);
        try
        {
            using var key = PrivateKey.Import(pkcs8);
            var publicKey = PublicHalf(key, path);
            WriteBoth(path, EncryptedKey.Write(pkcs8, password), publicPath, publicKey.ToPem());
            return publicKey;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pkcs8);
        }
    }

    /// <summary>Opens the private key at <paramref name="path"/>.</summary>
    /// <exception cref="KmsException">
    /// KEY_UNUSABLE: the file is missing, open to other users, not encrypted, under another password, no key that signs
    /// here, or not the private half of the public key beside it.
    /// </exception>
    public static ValueTask<FileKey> OpenAsync(string path, KeyPassword password, CancellationToken ct) =>
        OpenAsync(path, password, algorithm: null, ct);

    internal static async ValueTask<FileKey> OpenAsync(
        string path, KeyPassword password, SigningAlgorithm? algorithm, CancellationToken ct)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(password);
        var name = $"the key file {Printable.Escape(path)}";
        var content = await KeyFiles.ReadSecretAsync(path, "key file", Limits.KeyBytes, ct);
        var pkcs8 = EncryptedKey.Read(Encoding.ASCII.GetString(content), password, name);
        try
        {
            var key = PrivateKey.Import(pkcs8);
            var publicKey = PublicHalf(key, path);
            await CheckPairAsync(publicKey, path, ct);
            return new FileKey(key, publicKey.For(algorithm, name), path);
        }
        catch (Exception refused) when (refused is CryptographicException or PlatformNotSupportedException)
        {
            throw KmsException.Unusable($"{name} cannot be used: {Printable.Escape(refused.Message)}", refused);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pkcs8);
        }
    }

    /// <inheritdoc/>
    public ValueTask<byte[]> SignAsync(ToBeSigned message, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(message);
        ct.ThrowIfCancellationRequested();
        return ValueTask.FromResult(_key.Sign(message, PublicKey.Algorithm));
    }

    /// <summary>Forgets the private key.</summary>
    public void Dispose() => _key.Dispose();

    private static PublicKey PublicHalf(PrivateKey key, string path) =>
        PublicKey.TryReadSpki(key.ExportSpki(), out var publicKey, out var problem)
            ? publicKey
            : throw KmsException.Unusable($"the key file {Printable.Escape(path)} cannot be used: {problem}");

    // The file's encryption does not notice every damage: an Ed25519 key would become another one.
    private static async ValueTask CheckPairAsync(PublicKey publicKey, string path, CancellationToken ct)
    {
        var publicPath = PublicPath(path);
        if (File.Exists(publicPath) && !publicKey.Equals(await FileKeys.ReadPublicAsync(publicPath, ct)))
        {
            throw KmsException.Unusable(
                $"the key file {Printable.Escape(path)} is not the private half of {Printable.Escape(publicPath)}");
        }
    }

    private static void WriteBoth(string path, string privatePem, string publicPath, string publicPem)
    {
        var created = new List<string>();
        try
        {
            KeyFiles.Create(path, Encoding.ASCII.GetBytes(privatePem), isSecret: true);
            created.Add(path);
            KeyFiles.Create(publicPath, Encoding.ASCII.GetBytes(publicPem), isSecret: false);
        }
        catch (Exception unwritable) when (unwritable is IOException or UnauthorizedAccessException)
        {
            // A private key whose public half is missing would only be in the way of the next try.
            created.ForEach(File.Delete);
            throw KmsException.Unusable(
                $"the key {Printable.Escape(path)} cannot be written: {Printable.Escape(unwritable.Message)}",
                unwritable);
        }
    }
}

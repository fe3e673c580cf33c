// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Kms;

namespace SupplyChain.Hosting;

/// <summary>The key services that may be used; a scheme whose service is not configured is refused.</summary>
public sealed record KmsConfiguration
{
    /// <summary>
    /// Every key service, each as its own tools find it in the environment: for commands, which have no configuration
    /// file.
    /// </summary>
    public static KmsConfiguration OfEnvironment => new()
    {
        Aws = new AwsKmsOptions(),
        Azure = new AzureKeyVaultOptions(),
        Google = new GoogleKmsOptions(),
        Vault = new VaultOptions(),
        Pkcs11 = new Pkcs11Options(),
    };

    /// <summary>AWS KMS: <c>awskms:</c>.</summary>
    public AwsKmsOptions? Aws { get; init; }

    /// <summary>Azure Key Vault and Managed HSM: <c>azurekms:</c>.</summary>
    public AzureKeyVaultOptions? Azure { get; init; }

    /// <summary>Google Cloud KMS: <c>gcpkms:</c>.</summary>
    public GoogleKmsOptions? Google { get; init; }

    /// <summary>HashiCorp Vault or OpenBao: <c>hashivault:</c>.</summary>
    public VaultOptions? Vault { get; init; }

    /// <summary>PKCS#11 tokens: <c>pkcs11:</c>.</summary>
    public Pkcs11Options? Pkcs11 { get; init; }

    /// <summary>What a key's service is asked for at most, by scheme; what is left out keeps the scheme's default.</summary>
    public IReadOnlyDictionary<string, KeyLimitsConfiguration> Limits { get; init => field = value ?? None; } = None;

    private static IReadOnlyDictionary<string, KeyLimitsConfiguration> None { get; } =
        new Dictionary<string, KeyLimitsConfiguration>(StringComparer.Ordinal);
}

/// <summary>Limits of one scheme. See <see cref="KeyLimits"/>.</summary>
public sealed record KeyLimitsConfiguration
{
    /// <summary>Calls a second for one key.</summary>
    public double? CallsPerSecond { get; init; }

    /// <summary>Calls at once after a pause.</summary>
    public int? Burst { get; init; }

    /// <summary>Calls on their way at the same time.</summary>
    public int? InFlight { get; init; }

    /// <summary>How many may wait for their turn.</summary>
    public int? Waiting { get; init; }

    /// <summary>Time for one signature.</summary>
    public TimeSpan? Deadline { get; init; }

    /// <summary>Time for one try.</summary>
    public TimeSpan? TryTimeout { get; init; }
}

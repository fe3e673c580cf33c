// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Kms;

/// <summary>How PKCS#11 tokens are reached.</summary>
public sealed record Pkcs11Options
{
    /// <summary>The environment variable that names the module, which OpenSSL's engine knows as well.</summary>
    public const string ModuleVariable = "PKCS11_MODULE_PATH";

    /// <summary>The environment variable that names the folder of PIN files that URIs may name.</summary>
    public const string PinFolderVariable = "SUPPLYCHAIN_PKCS11_PIN_FOLDER";

    /// <summary>The environment variable that holds the PIN.</summary>
    public const string PinVariable = "SUPPLYCHAIN_PKCS11_PIN";

    /// <summary>
    /// The token's library, by its whole path; without it <see cref="ModuleVariable"/>. A URI names no other one: that would be
    /// code to run.
    /// </summary>
    public string? Module { get; init; }

    /// <summary>
    /// The file that holds the user's PIN, readable by its owner alone; without it <see cref="PinVariable"/>. A URI may name another
    /// one by <c>pin-source</c>, if it is in <see cref="PinFolder"/>.
    /// </summary>
    public string? PinFile { get; init; }

    /// <summary>
    /// The folder below which files count that URIs name by <c>pin-source</c>; without it <see cref="PinFolderVariable"/>, and without
    /// both none does but <see cref="PinFile"/>.
    /// </summary>
    public string? PinFolder { get; init; }

    /// <summary>
    /// The files of PINs by the token that each is for, named by its serial number or its label as the module shows them. Where there are
    /// any, no other PIN is offered to any token: not <see cref="PinFile"/>, not what a URI names, not <see cref="PinVariable"/>.
    /// </summary>
    public IReadOnlyDictionary<string, string> Pins { get; init => field = value ?? NoPins; } = NoPins;

    private static IReadOnlyDictionary<string, string> NoPins { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>What is wrong with the options, by member as configuration files name it.</summary>
    public IEnumerable<(string Member, string Problem)> Problems()
    {
        // A bare name would be searched for wherever the dynamic linker looks.
        if (Module is not null && !Path.IsPathFullyQualified(Module))
            yield return ("module", "expected the whole path of the token's library");
        if (PinFile is not null && string.IsNullOrWhiteSpace(PinFile))
            yield return ("pinFile", "is empty");
        if (PinFolder is not null && string.IsNullOrWhiteSpace(PinFolder))
            yield return ("pinFolder", "is empty");
        if (Pins.Count > 0 && (PinFile is not null || PinFolder is not null))
            yield return ("pins", "goes without pinFile and pinFolder: it says of each token what is offered to it");
        if (Pins.Any(pin => string.IsNullOrWhiteSpace(pin.Key) || string.IsNullOrWhiteSpace(pin.Value)))
            yield return ("pins", "expected the label or serial number of a token, and the file with its PIN");
    }
}

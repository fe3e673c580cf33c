// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Kms.Tests;

/// <summary>Whether a URI is in its provider's form, without asking anybody.</summary>
public sealed class KeyUriFormTests
{
    public static TheoryData<string> Good =>
    [
        "file:keys/release",
        "awskms:///alias/release",
        "azurekms://vault.vault.azure.net/release",
        "gcpkms://projects/p/locations/global/keyRings/r/cryptoKeys/k",
        "hashivault://release?version=2",
        "pkcs11:token=hsm;object=release",
    ];

    [Theory, MemberData(nameof(Good))]
    public void What_a_provider_reads_has_no_problem(string uri) => Assert.Null(KeyUriForm.FindProblem(uri));

    public static TheoryData<string, string> Bad => new()
    {
        { "awskms:alias/release", "expected awskms:///KEY_ID" },
        { "azurekms://vault/release", "write azurekms://vault.vault.azure.net/release" },
        { "gcpkms://projects/p/cryptoKeys/k", "names no key of Google Cloud KMS" },
        { "hashivault://release?version=0", "hashivault://KEY?version=N" },
        { "pkcs11:object=release", "expected token or serial" },
        { "vault://release", "is not a key" },
        { "file://keys/release", "names no file" },
    };

    [Theory, MemberData(nameof(Bad))]
    public void What_no_provider_reads_says_what_was_expected(string uri, string expected) =>
        Assert.Contains(expected, KeyUriForm.FindProblem(uri), StringComparison.Ordinal);

    [Fact]
    public void Every_scheme_has_a_form()
    {
        foreach (var scheme in KeyUri.Schemes)
            KeyUriForm.FindProblem($"{scheme}:x");
    }
}

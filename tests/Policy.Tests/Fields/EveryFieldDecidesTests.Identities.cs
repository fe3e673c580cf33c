// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Policy.Tests.Fields;

public sealed partial class EveryFieldDecidesTests
{
    private const string Member = "spec.members[1]";

    private static (string, string?)[] WithIdentity =>
    [
        ("spec.members[+]", $$"""{ "trustRoot": "private", "identity": {{Keyless.Identity}}}"""),
    ];

    private static string[] IdentityTexts =>
    [
        "issuer", "subject", "buildSigner", "buildSignerDigest", "runnerEnvironment", "sourceRepository", "sourceRepositoryDigest", "sourceRepositoryRef",
        "sourceRepositoryId", "sourceRepositoryOwner", "sourceRepositoryOwnerId", "buildConfig", "buildConfigDigest", "buildTrigger",
        "sourceRepositoryVisibility", "deploymentEnvironment", "tokenSubject",
    ];

    private static IEnumerable<Flip> IdentityFlips =>
    [
        new("Attestor", "spec.members[].identity", "spec.members[+]", WithIdentity[0].Item2, """{ "key": "file:keys/other", "state": "verifying" }"""),
        .. IdentityTexts.Select(name => new Flip("Attestor", $"spec.members[].identity.{name}", $"{Member}.identity.{name}", "\"other\"", Given: WithIdentity)),
        Pattern("issuer", "https://token\\\\.actions\\\\.githubusercontent\\\\.com"),
        Pattern("subject", "https://github\\\\.com/example/.+"),
        new("Attestor", "spec.members[].trustRoot", $"{Member}.trustRoot", "\"other\"", Given: [.. WithIdentity, ($"{Member}.certificateLog", "\"none\"")]),
        Witnesses("transparencyLog"), AtLeast("transparencyLog"),
        Witnesses("timestamp"), AtLeast("timestamp"),
        Witnesses("certificateLog"), AtLeast("certificateLog"),

        new("TrustRoot", "apiVersion", "apiVersion", "\"supplychain/v2\"") { Refuses = true },
        new("TrustRoot", "kind", "kind", "\"SigningPolicy\"") { Refuses = true },
        new("TrustRoot", "metadata", "metadata", null) { Refuses = true },
        new("TrustRoot", "metadata.name", "metadata.name", "\"other\"") { Refuses = true },
        new("TrustRoot", "metadata.description", "metadata.description", "\"other\"", "\"words\"") { OnlyTold = true },
        new("TrustRoot", "spec", "spec", null) { Refuses = true },
        new("TrustRoot", "spec.trustedRoot", "spec.trustedRoot", "\"{}\"") { Refuses = true },
    ];

    private static Flip Pattern(string name, string pattern) => new(
        "Attestor", $"spec.members[].identity.{name}Pattern", $"{Member}.identity.{name}Pattern", "\"other.*\"", $"\"{pattern}\"",
        [.. WithIdentity, ($"{Member}.identity.{name}", null)]);

    private static Flip Witnesses(string name) => new(
        "Attestor", $"spec.members[].{name}", $"{Member}.{name}", """{ "atLeast": 2 }""", "\"none\"", WithIdentity);

    private static Flip AtLeast(string name) => new(
        "Attestor", $"spec.members[].{name}.atLeast", $"{Member}.{name}.atLeast", "2", Given: [.. WithIdentity, ($"{Member}.{name}", """{ "atLeast": 1 }""")]);
}

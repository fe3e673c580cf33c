// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Json.Nodes;
using SupplyChain.Evidence;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Oci;
using SupplyChain.Policy;
using SupplyChain.Sigstore;

namespace SupplyChain.Attestor.Tests;

/// <summary>Requests with documents, and policies that ask for them.</summary>
internal static class Submitting
{
    public const string SbomType = "https://cyclonedx.org/bom";

    public static readonly string Submitted = Checked("source: submitted");

    public static readonly string Attested = Checked("signedBy: [ci]");

    public static readonly PolicyFile Release = new("release.json", """
        {"apiVersion":"supplychain/v1","kind":"Attestor","metadata":{"name":"release"},"spec":{"purpose":"approval","members":[{"key":"file:approval.key"}]}}
        """u8.ToArray());

    public static string Checked(string vouching) => World.SigningPolicyText.Replace(
        "  produce:", $"    - {{ name: parts, sbom: {{ formats: [cyclonedx], {vouching}, deniedPackages: [log4j] }} }}\n  produce:", StringComparison.Ordinal);

    public static string Produced(string policy, string produce) => policy[..policy.IndexOf("  produce:", StringComparison.Ordinal)] + $"  produce: {{ {produce} }}\n";

    public static async ValueTask<Decision> DecideAsync(World world, Manifest image, params SubmittedPart[] documents) =>
        Assert.IsType<AttestationAnswer.Decided>(await AskAsync(world, image, key: null, documents)).Decision;

    public static ValueTask<AttestationAnswer> AskAsync(World world, Manifest image, string? key, params SubmittedPart[] documents) =>
        world.Cycle().AttestAsync(
            world.Request(image.Digest, SampleReport.Of(image.Config!.Digest, world.Clock.GetUtcNow())) with { Documents = documents, IdempotencyKey = key },
            CancellationToken.None);

    public static SubmittedPart Sbom(string text) => new(DocumentKind.Sbom, SampleReport.Raw(text));

    public static string SbomOf(Digest image, string package = "openssl") => $$$"""
        {"bomFormat":"CycloneDX","specVersion":"1.6","metadata":{"component":{"type":"container","name":"shop","purl":"pkg:oci/shop@{{{image}}}"}},"components":[{"name":"{{{package}}}","version":"3"}]}
        """;

    public static string Statement(string type, string predicate, Digest about) => Encoding.UTF8.GetString(StatementWriter.Write(
        [StatementSubject.Of(about)], type, writer => JsonNode.Parse(predicate)!.WriteTo(writer), 1024));

    public static async ValueTask<string> SealAsync(MemoryKey key, string statement)
    {
        var payload = Encoding.UTF8.GetBytes(statement);
        var signature = await key.SignAsync(Envelope.ToBeSigned(Envelope.InTotoPayloadType, payload), CancellationToken.None);
        return Encoding.UTF8.GetString(new Envelope(Envelope.InTotoPayloadType, payload, signature, "").Write());
    }
}

// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Json.Nodes;
using SupplyChain.Model;
using SupplyChain.Sigstore;
using static SupplyChain.Policy.Tests.Evidence;

namespace SupplyChain.Policy.Tests;

/// <summary>Documents as pipelines send them.</summary>
internal static class SubmittedDocumentText
{
    /// <summary>A bare SBOM that names no image.</summary>
    public const string Sbom = """
        { "bomFormat": "CycloneDX", "specVersion": "1.6",
          "components": [{ "name": "openssl", "version": "3", "licenses": [{ "license": { "id": "MIT" } }] }] }
        """;

    /// <summary>A bare SBOM of the image with that digest.</summary>
    public static string SbomOf(Digest image, string package = "openssl") => $$"""
        { "bomFormat": "CycloneDX", "specVersion": "1.6",
          "metadata": { "component": { "type": "container", "name": "api", "purl": "pkg:oci/api@{{image}}" } },
          "components": [{ "name": "{{package}}", "version": "3" }] }
        """;

    /// <summary>A bare SPDX document of the image with that digest.</summary>
    public static string SpdxOf(Digest image) => $$"""
        { "spdxVersion": "SPDX-2.3", "name": "api",
          "packages": [{ "SPDXID": "SPDXRef-image", "name": "api", "primaryPackagePurpose": "CONTAINER", "versionInfo": "{{image}}" },
                       { "SPDXID": "SPDXRef-openssl", "name": "openssl", "versionInfo": "3" }] }
        """;

    /// <summary>A bare SPDX 3 document of the image with that digest.</summary>
    public static string Spdx3Of(Digest image) => $$"""
        { "@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld",
          "@graph": [{ "type": "software_Package", "spdxId": "urn:image", "name": "api", "software_primaryPurpose": "container",
                       "software_packageUrl": "pkg:oci/api@{{image}}" },
                     { "type": "software_Package", "spdxId": "urn:openssl", "name": "openssl", "software_packageVersion": "3" }] }
        """;

    /// <summary>An unsigned statement; about the image, unless others are named.</summary>
    public static string Statement(string type, string predicate, params Digest[] about) => Encoding.UTF8.GetString(StatementWriter.Write(
        [.. (about.Length == 0 ? [Image.Manifest.Digest] : about).Select(digest => StatementSubject.Of(digest, Deployed))],
        type, writer => JsonNode.Parse(predicate)!.WriteTo(writer)));

    /// <summary>The bytes of a part.</summary>
    public static SentDocument Part(DocumentKind kind, string text)
    {
        var content = Encoding.UTF8.GetBytes(text);
        return new SentDocument(kind, "the document", Digest.Compute(content), content);
    }

    /// <summary>What is read of documents that are in order.</summary>
    public static IReadOnlyList<SubmittedDocument> Read(ImageSubject subject, params (DocumentKind Kind, string Text)[] documents)
    {
        var read = new SubmittedDocuments(subject, new SignerCandidates([], []), _ => false);
        foreach (var (kind, text) in documents)
            read.Add(Part(kind, text));
        Assert.Empty(read.Problems);
        return read.Documents;
    }

    /// <summary>A statement in an envelope.</summary>
    public static string Signed(TestKey key, string statement) => Encoding.UTF8.GetString(key.Seal(Encoding.UTF8.GetBytes(statement)));

    /// <summary>What is read of one document, and what is wrong with it.</summary>
    public static SubmittedDocuments ReadOne(string text, DocumentKind kind, params PublicKey[] keys) => ReadOne(Image, text, kind, keys);

    /// <summary>The same for another image.</summary>
    public static SubmittedDocuments ReadOne(ImageSubject subject, string text, DocumentKind kind, params PublicKey[] keys)
    {
        var read = new SubmittedDocuments(subject, new SignerCandidates(keys, []), _ => false);
        read.Add(Part(kind, text));
        return read;
    }
}

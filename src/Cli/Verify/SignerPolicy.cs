// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Json;
using SupplyChain.Cli.Rendering;
using SupplyChain.Policy;
using SupplyChain.Sigstore;

namespace SupplyChain.Cli.Verify;

/// <summary>
/// The policy behind <c>verify --key</c> and <c>verify --certificate-identity</c>, written out like any other, so that it goes the way of any
/// other: one of these keys, or somebody with this identity, has signed the image.
/// </summary>
internal static class SignerPolicy
{
    private const string Attestor = "command-line";

    /// <summary>One of <paramref name="keys"/> has signed, in either layout.</summary>
    /// <param name="keys">The keys; one of them suffices.</param>
    /// <param name="hosts">The registries of the images in question.</param>
    /// <param name="repositoryBound">Whether the signature has to name the image's repository.</param>
    public static IReadOnlyList<PolicyFile> OfKeys(IReadOnlyList<PublicKey> keys, IReadOnlyList<string> hosts, bool repositoryBound) =>
    [
        OfMembers(json =>
        {
            foreach (var key in keys)
            {
                json.WriteStartObject();
                json.WriteString("publicKey", key.ToPem());
                json.WriteString("algorithm", key.Algorithm.Name());
                json.WriteString("state", "verifying");
                json.WriteEndObject();
            }
        }),
        OfRule("signed-by-key", hosts, repositoryBound, layouts: null),
    ];

    /// <summary>Somebody with <paramref name="identity"/> has signed, in any layout.</summary>
    /// <param name="identity">The identity.</param>
    /// <param name="trustedRoot">The trust root, as a document; null for the one that is built in.</param>
    /// <param name="hosts">The registries of the images in question.</param>
    /// <param name="repositoryBound">Whether the signature has to name the image's repository.</param>
    public static IReadOnlyList<PolicyFile> OfIdentity(
        TrustedIdentity identity, string? trustedRoot, IReadOnlyList<string> hosts, bool repositoryBound)
    {
        var member = OfMembers(json =>
        {
            json.WriteStartObject();
            json.WriteString("trustRoot", trustedRoot is null ? PolicySet.PublicGoodName : Attestor);
            json.WriteStartObject("identity");
            WriteIdentity(json, identity);
            json.WriteEndObject();
            json.WriteEndObject();
        });
        var rule = OfRule("signed-by-identity", hosts, repositoryBound, ["bundle", "tag", "referrer"]);
        return trustedRoot is null
            ? [member, rule]
            : [member, rule, File("trust-root.json", "TrustRoot", Attestor, json => json.WriteString("trustedRoot", trustedRoot))];
    }

    private static void WriteIdentity(Utf8JsonWriter json, TrustedIdentity identity)
    {
        json.WriteString(identity.Issuer.IsPattern ? "issuerPattern" : "issuer", identity.Issuer.Text);
        json.WriteString(identity.Subject.IsPattern ? "subjectPattern" : "subject", identity.Subject.Text);
        foreach (var (property, value) in identity.Claims)
            json.WriteString(JsonNamingPolicy.CamelCase.ConvertName(property), value);
    }

    private static PolicyFile OfMembers(Action<Utf8JsonWriter> members) => File("attestor.json", "Attestor", Attestor, json =>
    {
        json.WriteString("purpose", "approval");
        json.WriteStartArray("members");
        members(json);
        json.WriteEndArray();
    });

    private static PolicyFile OfRule(string name, IReadOnlyList<string> hosts, bool repositoryBound, string[]? layouts) =>
        File("admission.json", "AdmissionPolicy", name, json =>
        {
            WriteTexts(json, "registries", hosts);
            json.WriteStartObject("default");
            json.WriteString("repository", repositoryBound ? "bound" : "any");
            if (layouts is not null)
                WriteTexts(json, "layouts", layouts);
            json.WriteStartObject("require");
            json.WriteStartObject("signature");
            json.WriteString("attestor", Attestor);
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndObject();
        });

    private static void WriteTexts(Utf8JsonWriter json, string name, IReadOnlyList<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
            json.WriteStringValue(text);
        json.WriteEndArray();
    }

    private static PolicyFile File(string file, string kind, string name, Action<Utf8JsonWriter> specification)
    {
        var text = JsonText.Write(indented: false, json =>
        {
            json.WriteStartObject();
            json.WriteString("apiVersion", "supplychain/v1");
            json.WriteString("kind", kind);
            json.WriteStartObject("metadata");
            json.WriteString("name", name);
            json.WriteEndObject();
            json.WriteStartObject("spec");
            specification(json);
            json.WriteEndObject();
            json.WriteEndObject();
        });
        return new PolicyFile($"(options)/{file}", Encoding.UTF8.GetBytes(text));
    }
}

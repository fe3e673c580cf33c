// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Json;
using SupplyChain.Cli.Rendering;
using SupplyChain.Policy;
using SupplyChain.Sigstore;

namespace SupplyChain.Cli.Verify;

/// <summary>
/// The policy behind <c>verify --key</c>, written out like any other: one of these keys has signed the image, in either
/// layout.
/// </summary>
internal static class KeyPolicy
{
    public const string Name = "signed-by-key";

    private const string Attestor = "command-line";

    /// <summary>Writes the policy as the documents it is read from, so that it goes the way of any other.</summary>
    /// <param name="keys">The keys; one of them suffices.</param>
    /// <param name="hosts">The registries of the images in question.</param>
    /// <param name="repositoryBound">Whether the signature has to name the image's repository.</param>
    public static IReadOnlyList<PolicyFile> Write(
        IReadOnlyList<PublicKey> keys, IReadOnlyList<string> hosts, bool repositoryBound) =>
    [
        File("attestor.json", "Attestor", Attestor, json =>
        {
            json.WriteString("purpose", "approval");
            json.WriteStartArray("members");
            foreach (var key in keys)
            {
                json.WriteStartObject();
                json.WriteString("publicKey", key.ToPem());
                json.WriteString("algorithm", key.Algorithm.Name());
                json.WriteString("state", "verifying");
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }),
        File("admission.json", "AdmissionPolicy", Name, json =>
        {
            json.WriteStartArray("registries");
            foreach (var host in hosts)
                json.WriteStringValue(host);
            json.WriteEndArray();
            json.WriteStartObject("default");
            json.WriteString("repository", repositoryBound ? "bound" : "any");
            json.WriteStartObject("require");
            json.WriteStartObject("signature");
            json.WriteString("attestor", Attestor);
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndObject();
        }),
    ];

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
        return new PolicyFile($"--key/{file}", Encoding.UTF8.GetBytes(text));
    }
}

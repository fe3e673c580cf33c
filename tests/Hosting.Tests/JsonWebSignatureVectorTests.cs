// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using SupplyChain.Hosting.Identity;
using SupplyChain.Testing;

namespace SupplyChain.Hosting.Tests;

/// <summary>The JSON Web Signature cases of Wycheproof, all of them.</summary>
public sealed class JsonWebSignatureVectorTests
{
    private static readonly string[] Algorithms = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384"];

    [Fact]
    public void Every_case_is_judged_as_expected()
    {
        using var document = JsonDocument.Parse(
            File.ReadAllBytes(SharedFiles.Require("vectors/crypto/wycheproof/json_web_signature_test.json")));
        var judged = 0;
        var accepted = 0;
        var wrong = new List<string>();
        foreach (var group in document.RootElement.GetProperty("testGroups").EnumerateArray())
        {
            var jwk = group.TryGetProperty("public", out var known) ? known : group.GetProperty("private");
            var key = IssuerKey.Read(jwk);
            foreach (var test in group.GetProperty("tests").EnumerateArray())
            {
                var expected = test.GetProperty("result").ValueEquals("valid") && IsOurs(jwk, test.GetProperty("jws").GetString()!);
                var verified = JsonWebSignature.TryRead(test.GetProperty("jws").GetString()!, out var jws, out _)
                    && key is not null && key.KeyId == jws.KeyId && key.Verify(jws);
                if (verified != expected)
                    wrong.Add($"{test.GetProperty("tcId")} {test.GetProperty("comment")}: {verified}");
                judged++;
                accepted += verified ? 1 : 0;
            }
        }

        Assert.Empty(wrong);
        Assert.Equal(document.RootElement.GetProperty("numberOfTests").GetInt32(), judged);
        Assert.InRange(accepted, 10, judged);
    }

    // We accept six asymmetric algorithms, and none that the key's own "alg" does not name.
    private static bool IsOurs(JsonElement jwk, string jws)
    {
        using var header = JsonDocument.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(jws.Split('.')[0]));
        var algorithm = header.RootElement.GetProperty("alg").GetString()!;
        return Algorithms.Contains(algorithm, StringComparer.Ordinal)
            && (!jwk.TryGetProperty("alg", out var stated) || stated.ValueEquals(algorithm));
    }
}

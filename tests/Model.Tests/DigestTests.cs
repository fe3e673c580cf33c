// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using SupplyChain.Model;
using SupplyChain.Testing;

namespace SupplyChain.Model.Tests;

public sealed class DigestTests
{
    private const string Zeros = "0000000000000000000000000000000000000000000000000000000000000000";

    public static TheoryData<string, string?, string> Rejected => new()
    {
        { "nothing", null, "empty" },
        { "empty", "", "empty" },
        { "no algorithm", Zeros, "sha256:" },
        { "unknown algorithm", $"md5:{Zeros}", "sha256:" },
        { "algorithm in capitals", $"SHA256:{Zeros}", "sha256:" },
        { "too short", "sha256:00", "64" },
        { "too long", $"sha256:{Zeros}0", "64" },
        { "two colons", $"sha256::{Zeros}", "64" },
        { "capital digits", $"sha256:A{Zeros[1..]}", "lower-case" },
        { "a letter that is no digit", $"sha256:g{Zeros[1..]}", "lower-case" },
        { "space around", $" sha256:{Zeros}", "sha256:" },
        { "sha512 with the length of sha256", $"sha512:{Zeros}", "128" },
        { "endless", "sha256:" + new string('0', 10_000), "longer" },
    };

    [Theory, MemberData(nameof(Rejected))]
    public void Says_what_is_wrong(string because, string? text, string expected)
    {
        Assert.False(Digest.TryParse(text, out _, out var problem), because);
        Assert.Contains(expected, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Is_computed_from_bytes()
    {
        var digest = Digest.Compute("{}"u8);

        Assert.Equal("sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a", digest.ToString());
        Assert.Equal(digest, Digest.Parse(digest.ToString()));
    }

    [Fact]
    public void Of_another_algorithm_is_another_digest()
    {
        var expected = Digest.FromSha512(System.Security.Cryptography.SHA512.HashData("{}"u8));

        Assert.Equal(expected, Digest.ComputeLike(expected, "{}"u8));
        Assert.NotEqual(Digest.Compute("{}"u8), Digest.ComputeLike(expected, "{}"u8));
    }

    [Fact]
    public void The_reference_implementations_cases_come_out_the_same_but_for_sha384()
    {
        using var vectors = JsonDocument.Parse(
            File.ReadAllBytes(SharedFiles.Require("vectors/oci/digest.go-digest.json")));
        foreach (var row in vectors.RootElement.GetProperty("cases").EnumerateArray())
        {
            var input = row.GetProperty("input").GetString();

            // OCI registers sha256 and sha512; sha384 is an extra of that library.
            var valid = row.GetProperty("error").ValueKind == JsonValueKind.Null && !input!.StartsWith("sha384:", StringComparison.Ordinal);

            Assert.True(Digest.TryParse(input, out var digest, out var problem) == valid, $"{input}: {problem}");
            Assert.Equal(valid ? row.GetProperty("encoded").GetString() : null, digest?.Hex);
        }
    }
}

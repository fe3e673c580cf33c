// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using SupplyChain.Conformance;
using SupplyChain.Model;
using SupplyChain.Sigstore;
using SupplyChain.Testing;
using SupplyChain.Testing.Sigstore;

namespace SupplyChain.Cli.Tests.Bundles;

/// <summary>The client that Sigstore's conformance suite calls: every case of it, and signing against simulated services.</summary>
public sealed class ConformanceClientTests : IDisposable
{
    private const string Folder = "vectors/sigstore/conformance/bundle-verify";

    private static readonly string Token = $"{Segment("{}")}.{Segment("""{"iss":"https://token.actions.githubusercontent.com","sub":"repo:example/scanner"}""")}.AAAA";

    private readonly ManualClock _clock = new();
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string, bool> Cases
    {
        get
        {
            var cases = new TheoryData<string, bool>();
            if (SharedFiles.Find(Folder + "/cases.json") is not { } file)
                return new TheoryData<string, bool> { { "(absent)", false } };
            foreach (var found in ReadCases(file))
            {
                cases.Add(found.GetProperty("id").GetString()!, false);
                cases.Add(found.GetProperty("id").GetString()!, true);
            }

            return cases;
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public async Task Every_case_comes_out_as_the_suite_has_it_by_path_and_by_digest(string id, bool isByDigest)
    {
        var found = ReadCases(SharedFiles.Require(Folder + "/cases.json")).Single(known => known.GetProperty("id").GetString() == id);
        string Path(string name) => System.IO.Path.Combine(SharedFiles.Require(Folder), found.GetProperty(name).GetString()!);
        string[] signer = found.GetProperty("key").GetString() is not null
            ? ["--key", Path("key")]
            : ["--certificate-identity", found.GetProperty("identity").GetString()!, "--certificate-oidc-issuer", found.GetProperty("issuer").GetString()!];
        var artifact = isByDigest ? Digest.Compute(File.ReadAllBytes(Path("artifact"))).ToString() : Path("artifact");

        var (exitCode, error) = await CallAsync(
            ["verify-bundle", "--bundle", Path("bundle"), .. signer, "--trusted-root", Path("trustedRoot"), artifact]);

        if (found.GetProperty("expect").GetString() == "pass")
        {
            Assert.True(exitCode == ExitCodes.Done, error);
            Assert.StartsWith("VERIFIED  sha256:", error, StringComparison.Ordinal);
            return;
        }

        var (code, message) = ConformanceReasons.Of(id).Split(": ", 2) is [var first, var rest] ? (first, rest) : throw new InvalidOperationException(id);
        Assert.Equal(code == "key" ? ExitCodes.BadInput : ExitCodes.Refused, exitCode);
        Assert.Contains(message, error, StringComparison.Ordinal);
        if (code != "key")
            Assert.Contains($"  {code}\n", error, StringComparison.Ordinal);
    }

    public static TheoryData<string, string[]> Wrong => new()
    {
        { "'' is neither verify-bundle nor sign-bundle", [] },
        { "'verify' is neither verify-bundle nor sign-bundle", ["verify"] },
        { "the file is missing", ["verify-bundle"] },
        { "unexpected argument '--offline'", ["verify-bundle", "--offline", "x"] },
        { "unexpected argument '--in-toto'", ["verify-bundle", "--in-toto", "x"] },
        { "unexpected argument '--key'", ["sign-bundle", "--key", "k", "x"] },
        { "--staging is there twice", ["verify-bundle", "--staging", "--staging", "x"] },
        { "--bundle is there twice", ["verify-bundle", "--bundle", "a", "--bundle", "b", "x"] },
        { "--bundle has no value, or no file follows it", ["verify-bundle", "--bundle", "x"] },
        { "no trust root and no signing configuration of the staging instance is embedded", ["verify-bundle", "--staging", "--bundle", "b", "x"] },
        { "no trust root and no signing configuration of the staging instance is embedded", ["sign-bundle", "--staging", "--trusted-root", "r", "x"] },
        { "--identity-token and --bundle are needed to sign", ["sign-bundle", "x"] },
        { "no signing configuration is embedded", ["sign-bundle", "--identity-token", "t", "--bundle", "b", "x"] },
        { "trust root 'nowhere' cannot be read", ["sign-bundle", "--identity-token", "t", "--bundle", "b", "--trusted-root", "nowhere", "x"] },
    };

    [Theory, MemberData(nameof(Wrong))]
    public async Task A_call_that_is_not_of_the_protocol_fails_by_name(string expected, string[] arguments)
    {
        var (exitCode, error) = await CallAsync(arguments);

        Assert.Equal(ExitCodes.BadInput, exitCode);
        Assert.StartsWith("client: " + expected, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SigstoreService.Rekor1, false)]
    [InlineData(SigstoreService.Rekor1, true)]
    [InlineData(SigstoreService.Rekor2, false)]
    [InlineData(SigstoreService.Rekor2, true)]
    public async Task What_it_signs_it_verifies(SigstoreService log, bool isStatement)
    {
        using var world = new TrustWorld(_clock);
        await using var services = await SigstoreServices.StartAsync(world);
        var content = isStatement
            ? Encoding.UTF8.GetBytes($$$"""{ "_type":"{{{Statement.TypeV1}}}", "subject":[{"digest":{"sha256":"{{{Digest.Compute("x"u8).Hex}}}"}}],"predicateType":"t"}""")
            : "an artifact"u8.ToArray();
        File.WriteAllBytes(_folder["file"], content);

        var (exitCode, error) = await SignAsync(services, log, isStatement ? ["--in-toto"] : []);

        Assert.True(exitCode == ExitCodes.Done, error);
        Assert.Equal($"client: certificate of {LeafDraft.Workflow}, issuer https://token.actions.githubusercontent.com\n", error);
        Assert.DoesNotContain(Token, error, StringComparison.Ordinal);
        Assert.True(Bundle.TryReadWithMaterial(File.ReadAllBytes(_folder["bundle"]), out var bundle, out _));
        Assert.Equal(isStatement ? content : null, bundle.Envelope?.Payload.ToArray());
        Assert.Equal(isStatement, bundle.Message is null);
        Assert.Equal(log == SigstoreService.Rekor1 && isStatement ? "dsse" : "hashedrekord", Assert.Single(bundle.Material!.LogEntries).Kind);
        Assert.False(bundle.Material.IsChain);

        (exitCode, error) = await CallAsync(
            "verify-bundle", "--bundle", _folder["bundle"], "--certificate-identity", LeafDraft.Workflow, "--certificate-oidc-issuer",
            "https://token.actions.githubusercontent.com", "--trusted-root", _folder["root.json"],
            isStatement ? Digest.Compute("x"u8).ToString() : _folder["file"]);
        Assert.True(exitCode == ExitCodes.Done, error);
    }

    [Theory]
    [InlineData(SigstoreService.Certificates, SigstoreFault.OtherAuthority, "CERT_INVALID: ")]
    [InlineData(SigstoreService.Rekor1, SigstoreFault.ServerError, "TRANSPARENCY_UNAVAILABLE: ")]
    [InlineData(SigstoreService.Timestamps, SigstoreFault.ServerError, "TRANSPARENCY_UNAVAILABLE: ")]
    public async Task Nothing_is_written_that_does_not_hold(SigstoreService service, SigstoreFault fault, string expected)
    {
        using var world = new TrustWorld(_clock);
        await using var services = await SigstoreServices.StartAsync(world);
        services.Break(service, fault);
        File.WriteAllBytes(_folder["file"], "an artifact"u8);

        var (exitCode, error) = await SignAsync(services, SigstoreService.Rekor1, []);

        Assert.NotEqual(ExitCodes.Done, exitCode);
        Assert.Contains("client: " + expected, error, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder["bundle"]));
    }

    private Task<(int ExitCode, string Error)> SignAsync(SigstoreServices services, SigstoreService log, string[] more)
    {
        File.WriteAllText(_folder["root.json"], services.World.Root().ToJsonString());
        File.WriteAllText(_folder["config.json"], services.Config(log).ToJsonString());
        return CallAsync(
        [
            "sign-bundle", .. more, "--identity-token", Token, "--bundle", _folder["bundle"], "--trusted-root", _folder["root.json"],
            "--signing-config", _folder["config.json"], _folder["file"],
        ]);
    }

    private async Task<(int ExitCode, string Error)> CallAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        using var signals = new Signals();
        var exitCode = await new ConformanceClient(new Surroundings { Out = output, Error = error, Clock = _clock }).RunAsync(arguments, signals);
        Assert.Equal("", output.ToString());
        return (exitCode, error.ToString());
    }

    private static string Segment(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));

    private static List<JsonElement> ReadCases(string file)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(file));
        return [.. document.RootElement.GetProperty("cases").EnumerateArray().Select(found => found.Clone())];
    }
}

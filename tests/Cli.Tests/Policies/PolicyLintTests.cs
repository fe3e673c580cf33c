// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using SupplyChain.Testing;

namespace SupplyChain.Cli.Tests.Policies;

public sealed class PolicyLintTests : IDisposable
{
    private const string Attestor = """
        apiVersion: supplychain/v1
        kind: Attestor
        metadata: { name: release }
        spec:
          purpose: approval
          members:
            - key: file:keys/release
              state: signing

        """;

    private const string Admission = """
        apiVersion: supplychain/v1
        kind: AdmissionPolicy
        metadata: { name: production }
        spec:
          registries: [registry.example.com]
          default:
            require: { signature: { attestor: release } }

        """;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Policies_without_a_problem_end_with_0_and_need_no_key()
    {
        Write("attestor.yaml", Attestor);
        Write("admission.yaml", Admission);

        var run = await Invoked.RunAsync("policy", "lint", _folder.Path);

        Assert.True(run.ExitCode == ExitCodes.Done, run.Out + run.Error);
        Assert.EndsWith("2 files: 0 errors, 0 warnings\n", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_error_is_shown_with_its_place_and_ends_with_2()
    {
        Write("attestor.yaml", Attestor);
        Write("admission.yaml", Admission.Replace("registries:", "registry:", StringComparison.Ordinal));

        var run = await Invoked.RunAsync("policy", "lint", _folder.Path);

        Assert.Equal(ExitCodes.BadInput, run.ExitCode);
        Assert.Matches($"(?m)^{_folder["admission.yaml"]}:5:3: error: .*registry", run.Out);
    }

    [Fact]
    public async Task A_dangling_name_is_found_across_files()
    {
        Write("admission.yaml", Admission);

        var run = await Invoked.RunAsync("policy", "lint", _folder["admission.yaml"], "--output", "json");

        Assert.Equal(ExitCodes.BadInput, run.ExitCode);
        using var json = JsonDocument.Parse(run.Out);
        var problem = Assert.Single(json.RootElement.EnumerateArray());
        Assert.Equal(_folder["admission.yaml"], problem.GetProperty("file").GetString());
        Assert.Equal(7, problem.GetProperty("line").GetInt32());
        Assert.Equal("error", problem.GetProperty("severity").GetString());
        Assert.Contains("release", problem.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_of_a_service_without_its_public_half_is_a_warning_that_says_what_to_add()
    {
        Write("attestor.yaml", Attestor.Replace("file:keys/release", "awskms:///alias/release", StringComparison.Ordinal));
        Write("admission.yaml", Admission);

        var run = await Invoked.RunAsync("policy", "lint", _folder.Path);

        Assert.True(run.ExitCode == ExitCodes.Done, run.Out);
        Assert.Contains($"{_folder["attestor.yaml"]}:7:12: warning: a key of release has no publicKey", run.Out, StringComparison.Ordinal);
        Assert.Contains(
            "add 'publicKey: |' with what supplychain keys public 'awskms:///alias/release' prints", run.Out, StringComparison.Ordinal);
        Assert.EndsWith("2 files: 0 errors, 1 warning\n", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_its_public_half_beside_it_a_key_of_a_service_is_no_problem()
    {
        using var key = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
        var pem = key.ExportSubjectPublicKeyInfoPem().Replace("\n", "\\n", StringComparison.Ordinal);
        Write("attestor.yaml", Attestor.Replace(
            "file:keys/release", $"awskms:///alias/release\n      publicKey: \"{pem}\\n\"", StringComparison.Ordinal));
        Write("admission.yaml", Admission);

        var run = await Invoked.RunAsync("policy", "lint", _folder.Path);

        Assert.EndsWith("2 files: 0 errors, 0 warnings\n", run.Out, StringComparison.Ordinal);
    }

    public static TheoryData<string, string> KeysOfNobody => new()
    {
        { "awskms:alias/release", "names no key of AWS KMS; expected awskms:///KEY_ID" },
        { "azurekms://vault/release", "names a vault without its domain" },
        { "gcpkms://projects/p", "names no key of Google Cloud KMS" },
        { "hashivault://release?version=0", "names no key of Vault's transit engine" },
        { "pkcs11:object=release", "expected token or serial, which name the token" },
        { "vault:release", "'vault:release' is not a key" },
    };

    [Theory, MemberData(nameof(KeysOfNobody))]
    public async Task A_key_that_no_provider_reads_is_an_error_at_its_place(string uri, string expected)
    {
        Write("attestor.yaml", Attestor.Replace("file:keys/release", uri, StringComparison.Ordinal));
        Write("admission.yaml", Admission);

        var run = await Invoked.RunAsync("policy", "lint", _folder.Path, "--output", "json");

        Assert.Equal(ExitCodes.BadInput, run.ExitCode);
        using var json = JsonDocument.Parse(run.Out);
        var problem = Assert.Single(json.RootElement.EnumerateArray());
        Assert.Equal(
            (_folder["attestor.yaml"], 7, 12, "error"),
            (problem.GetProperty("file").GetString()!, problem.GetProperty("line").GetInt32(),
                problem.GetProperty("column").GetInt32(), problem.GetProperty("severity").GetString()!));
        Assert.Contains(expected, problem.GetProperty("message").GetString()!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hostile_policies_cannot_forge_lines()
    {
        Write("admission.yaml", "apiVersion: supplychain/v1\nkind: \"x\\e[2J\\nok\"\n");

        var run = await Invoked.RunAsync("policy", "lint", _folder.Path);

        Assert.Equal(ExitCodes.BadInput, run.ExitCode);
        Assert.DoesNotContain('\u001b', run.Out);
        Assert.DoesNotContain("\nok", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_path_that_is_not_there_ends_with_2()
    {
        var run = await Invoked.RunAsync("policy", "lint", "/nowhere/policies");

        Assert.Equal(ExitCodes.BadInput, run.ExitCode);
        Assert.Contains("/nowhere/policies", run.Error, StringComparison.Ordinal);
    }

    private void Write(string name, string content) => File.WriteAllText(_folder[name], content);
}

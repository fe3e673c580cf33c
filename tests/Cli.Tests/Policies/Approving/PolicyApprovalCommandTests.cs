// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using System.Text.RegularExpressions;
using SupplyChain.Kms;
using SupplyChain.Policy.Approving;
using SupplyChain.Sigstore;
using SupplyChain.Testing;

namespace SupplyChain.Cli.Tests.Policies.Approving;

/// <summary><c>policy approve</c> and <c>policy verify</c>, one after the other as release managers use them.</summary>
public sealed class PolicyApprovalCommandTests : IDisposable
{
    private const string Password = "password of a test";

    private static readonly Dictionary<string, string> Variables = new(StringComparer.Ordinal) { [KeyPassword.Variable] = Password };

    private readonly TempFolder _folder = new();
    private readonly ManualClock _clock = new();

    public PolicyApprovalCommandTests()
    {
        Directory.CreateDirectory(_folder["policies"]);
        using var password = KeyPassword.From(Password);
        foreach (var name in (string[])["first", "second", "release"])
            FileKey.Generate(_folder[name], KeyType.EcdsaP256, password);
        WritePolicy("24h");
        File.WriteAllText(
            Managers,
            $$"""
            apiVersion: supplychain/v1
            kind: Attestor
            metadata: { name: managers }
            spec:
              purpose: policy
              members:
                - { key: "file:{{_folder["first"]}}", state: verifying }
                - { key: "file:{{_folder["second"]}}", state: verifying }
            """);
    }

    private string Managers => _folder["managers.yaml"];

    private string Policies => _folder["policies"];

    private string Envelope => Path.Combine(Policies, PolicyApproval.FileName);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Two_managers_approve_and_verify_says_so()
    {
        var first = await ApproveAsync("first");
        Assert.True(first.ExitCode == ExitCodes.Done, first.Error);
        Assert.Matches($"(?m)^  Version +1$", first.Out);
        Assert.Matches("(?m)^  new  release.yaml  sha256:", first.Out);
        Assert.Matches("(?m)^APPROVED  by sha256:[0-9a-f]{64}, in ", first.Out);
        var alone = await VerifyAsync("--approvals", "2");
        var second = await ApproveAsync("second");
        var together = await VerifyAsync("--approvals", "2", "--name", "production");

        Assert.Equal(ExitCodes.Refused, alone.ExitCode);
        Assert.Contains("POLICY_UNAPPROVED: expected 2 of the keys of managers, each counted once; found 1", alone.Out, StringComparison.Ordinal);
        Assert.True(second.ExitCode == ExitCodes.Done, second.Error);
        Assert.Equal(Documents("new", first.Out), Documents("unchanged", second.Out));
        Assert.True(together.ExitCode == ExitCodes.Done, together.Out);
        Assert.StartsWith($"APPROVED  {Policies}\n", together.Out, StringComparison.Ordinal);
        Assert.Equal(2, together.Out.Split("  by sha256:").Length - 1);
    }

    [Fact]
    public async Task Json_names_set_version_and_approvers()
    {
        await ApproveAsync("first", "--valid-for", "90d");

        var run = await VerifyAsync("--output", "json");

        using var json = JsonDocument.Parse(run.Out);
        var root = json.RootElement;
        Assert.Equal(
            (true, "production", 1, "2026-11-22T10:00:00Z", "2027-02-20T10:00:00Z", 1, 0),
            (root.GetProperty("approved").GetBoolean(), root.GetProperty("name").GetString()!, root.GetProperty("version").GetInt64(),
                root.GetProperty("issued").GetString()!, root.GetProperty("expires").GetString()!,
                root.GetProperty("approvers").GetArrayLength(), root.GetProperty("problems").GetArrayLength()));
    }

    [Fact]
    public async Task A_second_signature_by_the_same_key_is_refused()
    {
        await ApproveAsync("first");
        var before = await File.ReadAllBytesAsync(Envelope);

        AssertRefused(await ApproveAsync("first"), "has approved version 1 already; it counts once");
        Assert.Equal(before, await File.ReadAllBytesAsync(Envelope));
    }

    [Fact]
    public async Task Nobody_adds_a_signature_to_content_that_changed()
    {
        await ApproveAsync("first");
        var before = await File.ReadAllBytesAsync(Envelope);
        WritePolicy("changed");
        var release = await File.ReadAllTextAsync(Path.Combine(Policies, "release.yaml"));
        await File.WriteAllTextAsync(Path.Combine(Policies, "added.yaml"), release.Replace("name: release", "name: added", StringComparison.Ordinal));

        AssertRefused(await ApproveAsync("second"), "is not what version 1 approves: added.yaml added, release.yaml changed; a change is a new version, --version 2");
        AssertRefused(await ApproveAsync("second", "--version", "1"), "a change is a new version, --version 2");
        Assert.Equal(before, await File.ReadAllBytesAsync(Envelope));

        var next = await ApproveAsync("second", "--version", "2");
        Assert.True(next.ExitCode == ExitCodes.Done, next.Error);
        Assert.Matches("(?m)^  added +added.yaml +sha256:", next.Out);
        Assert.Matches("(?m)^  changed +release.yaml +sha256:", next.Out);
        Assert.True(JointEnvelope.TryRead(await File.ReadAllBytesAsync(Envelope), out var envelope, out _));
        Assert.Single(envelope.Signatures);
    }

    [Fact]
    public async Task Versions_only_go_up_and_other_ends_and_names_are_other_versions()
    {
        await ApproveAsync("first", "--version", "5");

        AssertRefused(await ApproveAsync("second", "--version", "4"), "version 5 is approved already; expected --version 6 or higher, found 4");
        AssertRefused(await ApproveAsync("second", "--valid-for", "1d"), "when version 5 ends is signed already");
        AssertRefused(await ApproveAsync("second", "--version", "0"), "--version is a whole number from 1");
        AssertRefused(await RunAsync("policy", "approve", Policies, "--key", Key("second"), "--name", "staging"), "the folder is approved as production, not staging");
        AssertRefused(await RunAsync("policy", "approve", Policies, "--key", Key("second"), "--name", "Staging"), "is no name of a policy set");
        Assert.Equal(ExitCodes.Done, (await ApproveAsync("second", "--version", "6", "--valid-for", "1d")).ExitCode);
    }

    [Fact]
    public async Task What_changes_is_shown_field_by_field_and_a_dry_run_signs_nothing()
    {
        Directory.CreateDirectory(_folder["before"]);
        File.Copy(Path.Combine(Policies, "release.yaml"), _folder["before/release.yaml"]);
        WritePolicy("changed");

        var run = await ApproveAsync("first", "--against", _folder["before"], "--dry-run");

        Assert.Equal(ExitCodes.Done, run.ExitCode);
        Assert.Matches("(?m)^  changed  metadata.description  24h  →  changed$", run.Out);
        Assert.EndsWith("Nothing was signed.\n", run.Out, StringComparison.Ordinal);
        Assert.False(File.Exists(Envelope));
    }

    [Fact]
    public async Task A_set_that_does_not_load_is_not_signed()
    {
        await File.WriteAllTextAsync(Path.Combine(Policies, "broken.yaml"), "kind: Nonsense\n");

        AssertRefused(await ApproveAsync("first"), "cannot be used; nothing was signed");

        Assert.False(File.Exists(Envelope));
    }

    [Fact]
    public async Task A_key_that_is_named_by_its_place_alone_is_not_approved()
    {
        WritePolicy("24h", "key: file:keys/release");

        var run = await ApproveAsync("first");

        AssertRefused(run, "release.yaml:7:7: error: POLICY_UNAPPROVED: the key file:keys/release of release has no publicKey");
        Assert.False(File.Exists(Envelope));
    }

    [Fact]
    public async Task A_key_of_the_policies_themselves_approves_none()
    {
        WritePolicy("24h", PublicKey("first"));
        AssertRefused(await ApproveAsync("first"), "is of release, an attestor of these policies; a key has one purpose");

        WritePolicy("24h", $"key: \"{Key("first")}\"\n      {PublicKey("release")}");
        AssertRefused(await ApproveAsync("first"), "a key has one purpose");
        Assert.False(File.Exists(Envelope));
    }

    [Fact]
    public async Task What_is_no_approval_is_not_added_to()
    {
        await File.WriteAllTextAsync(Envelope, "{}");
        AssertRefused(await ApproveAsync("first"), "is no approval: the envelope has no payload; take it away to begin anew");

        await File.WriteAllBytesAsync(Envelope, new JointEnvelope("application/vnd.in-toto+json", "{}"u8.ToArray(), [new byte[] { 1 }]).Write());
        AssertRefused(await ApproveAsync("first"), "it carries application/vnd.in-toto+json; expected application/vnd.supplychain.policy-set+json");
    }

    [Fact]
    public async Task Verify_tells_no_from_what_cannot_be_used()
    {
        Assert.Equal(ExitCodes.Refused, (await VerifyAsync()).ExitCode);
        await ApproveAsync("first");
        Assert.Equal(ExitCodes.Done, (await VerifyAsync()).ExitCode);
        Assert.Equal(ExitCodes.Refused, (await VerifyAsync("--name", "staging")).ExitCode);
        Assert.Equal(ExitCodes.BadInput, (await VerifyAsync("--approvals", "0")).ExitCode);
        Assert.Equal(ExitCodes.BadInput, (await RunAsync("policy", "verify", _folder["nowhere"], "--attestor", Managers)).ExitCode);
        Assert.Equal(ExitCodes.BadInput, (await RunAsync("policy", "verify", Policies, "--attestor", _folder["nowhere.yaml"])).ExitCode);

        await File.WriteAllTextAsync(Managers, "kind: Nonsense\n");
        Assert.Equal(ExitCodes.BadInput, (await VerifyAsync()).ExitCode);
    }

    [Fact]
    public async Task Other_commands_pass_over_the_envelope_and_lint_says_where_managers_belong()
    {
        await ApproveAsync("first");

        var lint = await RunAsync("policy", "lint", Policies);
        var diff = await RunAsync("policy", "diff", Policies, Policies);
        File.Copy(Managers, Path.Combine(Policies, "managers.yaml"));
        var misplaced = await RunAsync("policy", "lint", Policies);

        Assert.EndsWith("1 file: 0 errors, 1 warning\n", lint.Out, StringComparison.Ordinal);
        Assert.Equal((ExitCodes.Done, "no difference\n"), (diff.ExitCode, diff.Out));
        Assert.Contains("managers approves nothing by lying among policies; a service's policyApproval.attestor names its file", misplaced.Out, StringComparison.Ordinal);
    }

    private static string Documents(string word, string shown)
    {
        var listed = Regex.Match(shown, $"(?m)^  {word}  (release.yaml  sha256:[0-9a-f]{{64}})$", RegexOptions.NonBacktracking);
        Assert.True(listed.Success, shown);
        return listed.Groups[1].Value;
    }

    private static void AssertRefused(Invoked run, string expected)
    {
        Assert.True(run.ExitCode == ExitCodes.BadInput, run.Out + run.Error);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }

    private Task<Invoked> ApproveAsync(string key, params string[] more) =>
        RunAsync(["policy", "approve", Policies, "--key", Key(key), "--name", "production", .. more]);

    private Task<Invoked> VerifyAsync(params string[] more) => RunAsync(["policy", "verify", Policies, "--attestor", Managers, .. more]);

    private Task<Invoked> RunAsync(params string[] arguments) => Invoked.RunAsync(Variables, arguments, clock: _clock);

    private string Key(string name) => $"file:{_folder[name]}";

    private string PublicKey(string name) =>
        $"publicKey: \"{File.ReadAllText(_folder[$"{name}.pub"]).Replace("\n", "\\n", StringComparison.Ordinal)}\"";

    private void WritePolicy(string description, string? member = null) => File.WriteAllText(
        Path.Combine(Policies, "release.yaml"),
        $$"""
        apiVersion: supplychain/v1
        kind: Attestor
        metadata: { name: release, description: {{description}} }
        spec:
          purpose: approval
          members:
            - {{member ?? PublicKey("release")}}
        """);
}

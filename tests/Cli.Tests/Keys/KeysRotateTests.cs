// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Json.Nodes;
using SupplyChain.Cli.Keys.Editing;
using SupplyChain.Cli.Policies;
using SupplyChain.Policy;
using SupplyChain.Sigstore;
using SupplyChain.Testing.Kms;

namespace SupplyChain.Cli.Tests.Keys;

/// <summary>One step of a rotation at a time, and what becomes of the file.</summary>
public sealed class KeysRotateTests : IDisposable
{
    private readonly KeyFolder _keys = new();
    private readonly PublicKey _old;
    private readonly PublicKey _new;

    public KeysRotateTests() => (_old, _new) = (_keys.Make("old"), _keys.Make("new"));

    public void Dispose() => _keys.Dispose();

    [Fact]
    public async Task A_rotation_goes_from_announced_to_signing_to_retired_and_leaves_the_rest_as_it_was()
    {
        _keys.Write($"""
                # The key of 2025, see the ceremony's protocol.
                - key: {_keys.Uri("old")}   # on the shelf
                  state: signing
                  validFrom: 2025-01-01     # new year

            # End of members.
            """);

        var announced = await _keys.EditAsync("rotate", "--to", _keys.Uri("new"));
        Assert.True(announced.ExitCode == ExitCodes.Done, announced.Error);
        Assert.Contains("\n+      state: announced\n", announced.Out, StringComparison.Ordinal);
        Assert.Contains($"keys check {_keys.Uri("new")}", announced.Out, StringComparison.Ordinal);
        Assert.Contains(
            $"Then: supplychain keys rotate --attestor release --policy {_keys.Policy}\n", announced.Out, StringComparison.Ordinal);

        var switched = await _keys.EditAsync("rotate");
        Assert.Contains("\n-      state: signing\n+      state: verifying\n", switched.Out, StringComparison.Ordinal);
        Assert.Contains("\n-      state: announced\n+      state: signing\n", switched.Out, StringComparison.Ordinal);

        var retired = await _keys.EditAsync("rotate", "--retire");
        Assert.Contains("KEY_NOT_VALID_AT_TIME", retired.Out, StringComparison.Ordinal);
        Assert.Equal(
            Document($"""
                    # The key of 2025, see the ceremony's protocol.
                    - key: {_keys.Uri("old")}   # on the shelf
                      state: retired
                {Pem(_old)}
                      validFrom: 2025-01-01     # new year
                    - key: {_keys.Uri("new")}
                      state: signing
                {Pem(_new)}

                # End of members.
                """),
            await File.ReadAllTextAsync(_keys.Policy));
    }

    public static TheoryData<string, string> Layouts => new()
    {
        { "a state between quotes", "    - key: OLD\n      state: \"signing\"  # so far\n" },
        { "a state before the key", "    - state: signing\n      key: OLD\n" },
        { "no state at all", "    - key: OLD\n" },
        { "no state, and a key that stands below its name", "    - key:\n        OLD\n" },
        { "no state, and a public key first", "    - publicKey: |\nPEM\n      key: OLD\n" },
        { "a dash alone on its line", "    -\n      key: OLD\n      state: signing\n" },
        { "a list that is not indented", "  - key: OLD\n    state: signing\n" },
        { "more room after the dash", "    -   key: OLD\n        state: signing\n" },
        { "a field of several lines at the end", "    - key: OLD\n      publicKey: |\nPEM\n" },
        { "a folded public key at the end", "    - key: OLD\n      state: signing\n      publicKey: \"ESCAPED\"\n" },
        { "fields behind the members", "    - key: OLD\n  verifierId: urn:example:release\n" },
        { "a comment as deep as the members at the end", "    - key: OLD\n    # the end\n  # really\n" },
        { "empty lines in between", "\n    - key: OLD\n\n      state: signing\n\n\n  verifierId: urn:example:release\n" },
        { "no line feed at the end", "    - key: OLD\n      state: signing" },
        { "the end of a document", "    - key: OLD\n...\n" },
        { "a window", "    - key: OLD\n      validFrom: 2026-01-01\n      state: signing\n      validUntil: 2027-01-01\n" },
    };

    [Theory, MemberData(nameof(Layouts))]
    public async Task Whatever_block_layout_a_file_has_it_is_understood_and_only_lines_of_the_change_differ(
        string because, string members)
    {
        foreach (var lineEnd in (string[])["\n", "\r\n"])
        {
            var text = members.Replace("OLD", _keys.Uri("old"), StringComparison.Ordinal)
                .Replace("PEM", Body(_old), StringComparison.Ordinal)
                .Replace("ESCAPED", _old.ToPem().Replace("\n", "\\n\\\n        ", StringComparison.Ordinal), StringComparison.Ordinal);
            var before = (Head + text).Replace("\n", lineEnd, StringComparison.Ordinal);
            await File.WriteAllTextAsync(_keys.Policy, before);

            var announced = await _keys.EditAsync("rotate", "--to", _keys.Uri("new"));
            var switched = await _keys.EditAsync("rotate");

            Assert.True((announced.ExitCode, switched.ExitCode) == (0, 0), because + announced.Error + switched.Error);
            var after = await File.ReadAllTextAsync(_keys.Policy);
            Assert.True(
                Load().Members.Select(member => (member.State, member.PublicKey))
                    .SequenceEqual([(MemberState.Verifying, _old), (MemberState.Signing, _new)]),
                because + after);
            // Of what was there only the state is gone; it may have got a place of its own.
            var kept = before.Split(lineEnd).Where(line => !line.Contains("state:", StringComparison.Ordinal)
                && !line.Contains("- key:", StringComparison.Ordinal) && !line.Contains("- publicKey:", StringComparison.Ordinal));
            Assert.True(IsSubsequence(kept, after.Split(lineEnd)), because + after);
            Assert.Equal(lineEnd == "\r\n", after.Contains('\r'));
        }
    }

    public static TheoryData<string, string, string, string> Unsafe => new()
    {
        { "members on one line", "attestor.yaml", "[{ key: OLD, state: signing }]", "is not written one field a line" },
        { "a member on one line", "attestor.yaml", "\n    - { key: OLD, state: signing }", "is not written one field a line" },
        { "JSON", "attestor.json", "", "is JSON" },
    };

    [Theory, MemberData(nameof(Unsafe))]
    public async Task What_cannot_be_changed_safely_is_left_alone_and_the_change_is_shown(
        string because, string name, string members, string expected)
    {
        var text = name.EndsWith("json", StringComparison.Ordinal)
            ? Json()
            : Head.TrimEnd('\n') + " " + members.Replace("OLD", $"\"{_keys.Uri("old")}\"", StringComparison.Ordinal) + "\n";
        await File.WriteAllTextAsync(_keys[name], text);

        var run = await _keys.RunAsync(
            "rotate", "--attestor", "release", "--policy", _keys[name], "--to", _keys.Uri("new"));

        Assert.True(run.ExitCode == ExitCodes.BadInput, because);
        Assert.Contains($"{_keys[name]} {expected}; make the change above by hand", run.Error, StringComparison.Ordinal);
        Assert.Contains($"    key: {_keys.Uri("new")}\n    state: announced\n    publicKey: |\n", run.Error, StringComparison.Ordinal);
        Assert.Equal(text, await File.ReadAllTextAsync(_keys[name]));
    }

    [Fact]
    public async Task A_dry_run_shows_the_change_and_writes_nothing()
    {
        _keys.Write($"    - key: {_keys.Uri("old")}\n");
        var before = await File.ReadAllBytesAsync(_keys.Policy);

        var run = await _keys.EditAsync("rotate", "--to", _keys.Uri("new"), "--dry-run");

        Assert.Equal(ExitCodes.Done, run.ExitCode);
        Assert.Contains($"+    - key: {_keys.Uri("new")}\n", run.Out, StringComparison.Ordinal);
        Assert.EndsWith("Nothing was written (--dry-run).\n", run.Out, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(_keys.Policy));
    }

    [Fact]
    public async Task A_file_keeps_its_mode_and_a_link_stays_a_link_and_nothing_is_left_beside_it()
    {
        _keys.Write($"    - key: {_keys.Uri("old")}\n");
        Directory.CreateDirectory(_keys["behind"]);
        File.Move(_keys.Policy, _keys["behind/a.yaml"]);
        File.CreateSymbolicLink(_keys.Policy, _keys["behind/a.yaml"]);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(_keys["behind/a.yaml"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);

        var run = await _keys.EditAsync("rotate", "--to", _keys.Uri("new"));

        Assert.True(run.ExitCode == ExitCodes.Done, run.Error);
        Assert.NotNull(new FileInfo(_keys.Policy).LinkTarget);
        Assert.Equal([_keys["behind/a.yaml"]], Directory.GetFiles(_keys["behind"]));
        Assert.Equal(2, Load().Members.Count);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead,
                File.GetUnixFileMode(_keys["behind/a.yaml"]));
        }
    }

    [Fact]
    public async Task A_key_of_a_service_is_announced_with_its_public_half()
    {
        await using var vault = await VaultSimulator.StartAsync();
        _keys.Write($"    - key: {_keys.Uri("old")}\n");

        var run = await _keys.EditAsync(
            "rotate", "--to", "hashivault://p256?version=1", "--config", _keys.WriteConfiguration(vault));

        Assert.True(run.ExitCode == ExitCodes.Done, run.Error);
        var added = Load().Members[1];
        Assert.Equal(("hashivault://p256?version=1", MemberState.Announced), (added.KeyUri, added.State));
        Assert.NotNull(added.PublicKey);
        Assert.Equal(0, vault.SignCalls);
    }

    public static TheoryData<string, string, string[], string> Refused => new()
    {
        { "nothing is announced", "- key: OLD", [], "no key of release is announced; announce one with --to KEY_URI" },
        {
            "two are announced", "- { key: OLD, state: announced }\n    - { key: NEW, state: announced }", [],
            "several keys of release are announced"
        },
        { "one is announced already", "- { key: OLD, state: announced }", ["--to", "NEW"], "is announced already" },
        { "the key is a member already", "- key: OLD", ["--to", "OLD"], "which is a member of release already" },
        { "the same key by another name", "- key: OLD", ["--to", "OLD.pub"], "which is a member of release already" },
        { "the key is not there", "- key: OLD", ["--to", "file:/nowhere/key"], "it does not exist" },
        { "the key is no URI", "- key: OLD", ["--to", "/nowhere/key"], "is not a key" },
        {
            "its window has not begun", "- { key: OLD, state: announced, validFrom: 2027-01-01 }", [],
            "the window of OLD is from 2027-01-01T00:00:00Z"
        },
        { "a public key alone", "- { publicKey: \"PEM\", state: announced }", [], "is a public key alone" },
        { "none only verifies", "- key: OLD", ["--retire"], "no key of release is in state verifying" },
        {
            "several only verify", "- { key: OLD, state: verifying }\n    - { key: NEW, state: verifying }", ["--retire"],
            "several keys of release only verify; name one: --retire KEY"
        },
        { "the key that signs", "- key: OLD", ["--retire", "OLD"], "is signing; only a key in state verifying is retired" },
        { "both steps at once", "- key: OLD", ["--to", "NEW", "--retire"], "one of the two" },
        { "another attestor", "- key: OLD", ["--attestor", "security"], "'--attestor'" },
    };

    [Theory, MemberData(nameof(Refused))]
    public async Task A_step_that_makes_no_sense_is_refused(string because, string members, string[] options, string expected)
    {
        _keys.Write("    " + Fill(members));
        var before = await File.ReadAllTextAsync(_keys.Policy);

        var run = await _keys.EditAsync(["rotate", .. options.Select(Fill)]);

        Assert.True(run.ExitCode == ExitCodes.BadInput, because + run.Out);
        Assert.True(run.Error.Contains(Fill(expected), StringComparison.Ordinal), because + run.Error);
        Assert.Equal(before, await File.ReadAllTextAsync(_keys.Policy));
    }

    [Fact]
    public async Task Images_in_the_ledger_that_depend_on_a_key_are_a_warning_when_it_is_retired()
    {
        _keys.Write($"    - key: {_keys.Uri("old")}\n      state: verifying\n    - key: {_keys.Uri("new")}");
        await _keys.RecordAsync(_keys.Uri("new"), _new, "registry.local/demo/shop", "b");
        var unused = await _keys.EditAsync("rotate", "--retire", "--ledger", _keys.Ledger, "--dry-run");
        await _keys.RecordAsync(_keys.Uri("old"), _old, "registry.local/demo/shop", "a");

        var run = await _keys.EditAsync("rotate", "--retire", "--ledger", _keys.Ledger);

        Assert.True((unused.ExitCode, run.ExitCode) == (ExitCodes.Done, ExitCodes.Done), unused.Error + run.Error);
        Assert.Contains("warning: 1 image in the ledger was signed with it; what of them still runs is denied", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("images in the ledger", unused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_several_that_only_verify_the_named_one_is_retired()
    {
        _keys.Write(Fill("    - key: OLD\n      state: verifying\n    - key: NEW\n      state: verifying\n"));

        var run = await _keys.EditAsync("rotate", "--retire", _new.Id.Hex[..10]);

        Assert.True(run.ExitCode == ExitCodes.Done, run.Error);
        Assert.Equal([MemberState.Verifying, MemberState.Retired], Load().Members.Select(member => member.State));
    }

    [Fact]
    public async Task A_result_that_no_service_would_load_is_not_written()
    {
        Directory.CreateDirectory(_keys["policies"]);
        _keys.Write(Fill("    - key: OLD\n"));
        File.Move(_keys.Policy, _keys["policies/release.yaml"]);
        await File.WriteAllTextAsync(_keys["policies/scanner.yaml"], $$"""
            apiVersion: supplychain/v1
            kind: Attestor
            metadata: { name: scanner }
            spec:
              purpose: evidence
              members:
                - publicKey: "{{_new.ToPem().Replace("\n", "\\n", StringComparison.Ordinal)}}"
            """);
        var before = await File.ReadAllTextAsync(_keys["policies/release.yaml"]);

        var run = await _keys.RunAsync(
            "rotate", "--attestor", "release", "--policy", _keys["policies"], "--to", _keys.Uri("new"));

        Assert.True(run.ExitCode == ExitCodes.BadInput, run.Out);
        Assert.Contains("could not be used; nothing was written", run.Error, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllTextAsync(_keys["policies/release.yaml"]));
    }

    [Fact]
    public async Task A_file_that_somebody_else_changed_meanwhile_is_left_alone()
    {
        _keys.Write(Fill("    - key: OLD\n"));
        using var errors = new StringWriter();
        var surroundings = new Surroundings { Out = errors, Error = errors };
        var file = await AttestorFile.ReadAsync(
            _keys.Policy, "release", new PolicyArguments(surroundings), TestContext.Current.CancellationToken);
        Assert.True(file.TryRevise(
            [new MemberChange(0, MemberState.Verifying)], addition: null, out var revision, out _));
        await File.AppendAllTextAsync(_keys.Policy, "# by somebody else\n");
        var theirs = await File.ReadAllTextAsync(_keys.Policy);

        var failure = Assert.Throws<CommandFailure>(revision.Write);

        Assert.Contains("was changed by somebody else meanwhile", failure.Message, StringComparison.Ordinal);
        Assert.Equal(theirs, await File.ReadAllTextAsync(_keys.Policy));
        Assert.DoesNotContain(
            Directory.GetFiles(Path.GetDirectoryName(_keys.Policy)!), path => Path.GetFileName(path).StartsWith('.'));
    }

    private const string Head = """
        apiVersion: supplychain/v1
        kind: Attestor
        metadata: { name: release }
        spec:
          purpose: approval
          members:

        """;

    private static string Document(string members) => Head + members;

    private static string Pem(PublicKey key) => "      publicKey: |\n" + Body(key);

    private static string Body(PublicKey key) =>
        string.Join('\n', key.ToPem().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => "        " + line));

    private string Json() => new JsonObject
    {
        ["apiVersion"] = "supplychain/v1",
        ["kind"] = "Attestor",
        ["metadata"] = new JsonObject { ["name"] = "release" },
        ["spec"] = new JsonObject
        {
            ["purpose"] = "approval",
            ["members"] = new JsonArray(new JsonObject { ["key"] = _keys.Uri("old") }),
        },
    }.ToJsonString();

    private string Fill(string text) => text
        .Replace("PEM", _old.ToPem().Replace("\n", "\\n", StringComparison.Ordinal), StringComparison.Ordinal)
        .Replace("OLD", _keys.Uri("old"), StringComparison.Ordinal)
        .Replace("NEW", _keys.Uri("new"), StringComparison.Ordinal);

    private AttestorDefinition Load()
    {
        var loaded = PolicyLoader.Load([new PolicyFile(_keys.Policy, File.ReadAllBytes(_keys.Policy))]);
        Assert.True(loaded.IsUsable, string.Join('\n', loaded.Problems) + Encoding.UTF8.GetString(File.ReadAllBytes(_keys.Policy)));
        return loaded.Set.FindAttestor("release")!;
    }

    private static bool IsSubsequence(IEnumerable<string> part, IEnumerable<string> whole)
    {
        using var rest = whole.GetEnumerator();
        foreach (var line in part)
        {
            do
            {
                if (!rest.MoveNext())
                    return false;
            }
            while (!string.Equals(rest.Current, line, StringComparison.Ordinal));
        }

        return true;
    }
}

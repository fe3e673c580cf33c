// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Json;
using SupplyChain.Sigstore;
using SupplyChain.Testing;
using SupplyChain.Testing.Sigstore;
using SupplyChain.Testing.Tuf;

namespace SupplyChain.Cli.Tests.Trust;

/// <summary>Trust roots from the command line, with a repository on loopback.</summary>
public sealed class TrustTests : IAsyncLifetime
{
    private readonly ManualClock _clock = new();
    private readonly TempFolder _folder = new();
    private readonly TrustWorld _world;
    private readonly TufRepository _repository;
    private TufServer _server = null!;

    public TrustTests()
    {
        _world = new TrustWorld(_clock);
        _repository = new TufRepository(_clock, target: _world.Root().ToJsonString());
        File.WriteAllBytes(_folder["root.json"], _repository.FirstRoot);
    }

    public async ValueTask InitializeAsync() => _server = await TufServer.StartAsync(_repository);

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _world.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Update_keeps_shows_and_writes_the_trust_root()
    {
        _repository.PublishRoot();
        var update = await UpdateAsync("--out", _folder["trusted_root.json"], "--root-out", _folder["newest.json"]);

        Assert.True(update.ExitCode == 0, update.Error);
        Assert.Equal(_repository.Targets["trusted_root.json"], await File.ReadAllBytesAsync(_folder["trusted_root.json"]));
        Assert.Equal(_repository.Files["2.root.json"], await File.ReadAllBytesAsync(_folder["newest.json"]));
        Assert.Contains("root       version 2  until 2027-05-21T10:00:00Z", update.Out, StringComparison.Ordinal);
        Assert.Contains("timestamp  version 1  until 2026-11-29T10:00:00Z", update.Out, StringComparison.Ordinal);
        Assert.Contains("https://rekor.example.com", update.Out, StringComparison.Ordinal);
        Assert.Contains("ecdsa-p256-sha256  2026-11-21T10:00:00Z to further notice", update.Out, StringComparison.Ordinal);
        Assert.Contains("2 certificates", update.Out, StringComparison.Ordinal);
        Assert.Empty(update.Error);

        Assert.Equal(update.Out, (await RunAsync("show")).Out);
    }

    [Fact]
    public async Task Show_tells_programs_the_same()
    {
        await UpdateAsync();
        _clock.Advance(TimeSpan.FromDays(7));

        var show = await RunAsync("show", "--output", "json");

        Assert.Equal(0, show.ExitCode);
        using var json = JsonDocument.Parse(show.Out);
        var root = json.RootElement;
        Assert.False(root.GetProperty("builtIn").GetBoolean());
        Assert.Equal(Model.Digest.Compute(_repository.Targets["trusted_root.json"]).ToString(), root.GetProperty("digest").GetString());
        Assert.Equal(1, root.GetProperty("metadata").GetProperty("root").GetProperty("version").GetInt32());
        Assert.True(root.GetProperty("metadata").GetProperty("timestamp").GetProperty("expired").GetBoolean());
        Assert.False(root.GetProperty("metadata").GetProperty("targets").GetProperty("expired").GetBoolean());
        Assert.Equal("https://rekor.example.com", root.GetProperty("logs")[0].GetProperty("url").GetString());
        Assert.Equal("2026-11-21T10:00:00Z", root.GetProperty("logs")[0].GetProperty("validFor").GetProperty("start").GetString());
        Assert.Equal(2, root.GetProperty("certificateAuthorities")[0].GetProperty("certificates").GetArrayLength());
        Assert.StartsWith("TRUST_ROOT_EXPIRED: timestamp metadata of version 1 expired at 2026-11-29T10:00:00Z", root.GetProperty("warnings")[0].GetString(), StringComparison.Ordinal);
        Assert.StartsWith("! TRUST_ROOT_EXPIRED: timestamp metadata", show.Error, StringComparison.Ordinal);
    }

    /// <summary>How much later somebody looks, and what is said then.</summary>
    public static TheoryData<double, string> Ages => new()
    {
        { 5.9, "" },
        { 6, "! timestamp metadata of version 1 expires soon, at 2026-11-29T10:00:00Z\n" },
        { 75.9, "! TRUST_ROOT_EXPIRED: timestamp metadata of version 1 expired at 2026-11-29T10:00:00Z" },
        { 76, "! snapshot metadata of version 1 expires soon, at 2027-02-20T10:00:00Z\n" },
        { 180, "! TRUST_ROOT_EXPIRED: root metadata of version 1 expired at 2027-05-21T10:00:00Z" },
    };

    [Theory, MemberData(nameof(Ages))]
    public async Task Show_warns_of_what_expired_or_will_soon(double days, string warning)
    {
        await UpdateAsync();
        _clock.Advance(TimeSpan.FromDays(days));

        var show = await RunAsync("show");

        Assert.Equal(0, show.ExitCode);
        Assert.Contains(warning, show.Error, StringComparison.Ordinal);
        Assert.Equal(days < 6, show.Error.Length == 0);
        Assert.Equal(days >= 76, show.Error.Contains("snapshot", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_does_not_verify_ends_with_1_and_changes_nothing()
    {
        await UpdateAsync("--out", _folder["trusted_root.json"]);
        _repository.Targets["trusted_root.json"] = "{}"u8.ToArray();
        _repository.Timestamp.Signers = [];
        _repository.Publish();

        var update = await UpdateAsync("--out", _folder["trusted_root.json"]);

        Assert.Equal(1, update.ExitCode);
        Assert.Empty(update.Out);
        Assert.Equal(
            "supplychain: TRUST_ROOT_INVALID: timestamp metadata of version 2 is signed by 0 distinct keys of the timestamp role of root metadata "
            + "of version 1; expected 1 of 1 (TUF 5.4.2)\n", update.Error);
        Assert.NotEqual("{}", await File.ReadAllTextAsync(_folder["trusted_root.json"]));
        Assert.Equal(0, (await RunAsync("show")).ExitCode);
    }

    [Fact]
    public async Task What_is_signed_and_no_trust_root_ends_with_1()
    {
        _repository.Targets["trusted_root.json"] = "{}"u8.ToArray();
        _repository.Publish();

        var update = await UpdateAsync("--out", _folder["trusted_root.json"]);

        Assert.Equal((1, "supplychain: TRUST_ROOT_INVALID: trusted_root.json: the trust root has no mediaType\n"), (update.ExitCode, update.Error));
        Assert.False(File.Exists(_folder["trusted_root.json"]));
    }

    [Fact]
    public async Task A_trust_root_is_no_TUF_root_and_said_to_be_one()
    {
        await File.WriteAllTextAsync(_folder["root.json"], _world.Root().ToJsonString(), TestContext.Current.CancellationToken);

        var show = await RunAsync("show");

        Assert.Equal(
            (2, $"supplychain: --tuf-root expects TUF root metadata (root.json), and '{_folder["root.json"]}' seems to list logs and authorities "
                + "(trusted_root.json): verify and bundle verify take that with --trusted-root\n"),
            (show.ExitCode, show.Error));
    }

    [Fact]
    public async Task What_is_neither_kind_of_root_is_bad_input_by_name()
    {
        await File.WriteAllTextAsync(_folder["root.json"], "{}", TestContext.Current.CancellationToken);

        var update = await UpdateAsync();

        Assert.Equal(2, update.ExitCode);
        Assert.StartsWith(
            $"supplychain: the TUF root '{_folder["root.json"]}' cannot be used: TRUST_ROOT_INVALID: ", update.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_root_that_is_missing_is_said_before_the_folder_it_would_need()
    {
        var absent = await InvokeAsync("show", "--tuf-root", _folder["absent.json"]);
        var present = await InvokeAsync("show", "--tuf-root", _folder["root.json"]);

        Assert.Equal((2, $"supplychain: the root '{_folder["absent.json"]}' cannot be read: there is no such file\n"), (absent.ExitCode, absent.Error));
        Assert.Equal(2, present.ExitCode);
        Assert.Contains("say which with --state", present.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_column_of_logs_and_authorities_has_a_heading()
    {
        var show = await InvokeAsync("show");

        Assert.Matches("(?m)^Logs of signatures\n  address +operator +algorithm +trusted from$", show.Out);
        Assert.Matches("(?m)^Certificate authorities\n  address +operator +chain +trusted from$", show.Out);
    }

    [Fact]
    public async Task No_answer_ends_with_3()
    {
        _server.Fault = TufFault.ServerError;

        var update = await UpdateAsync();

        Assert.Equal(3, update.ExitCode);
        Assert.Contains("TRUST_ROOT_UNAVAILABLE: http://127.0.0.1:", update.Error, StringComparison.Ordinal);
        Assert.Contains("was answered with 503; expected 200", update.Error, StringComparison.Ordinal);
        Assert.EndsWith(
            "; where there is no network, run supplychain trust import with what trust export wrote on a machine that has one\n",
            update.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_one_machine_exports_another_imports_by_the_same_rules()
    {
        _repository.PublishRoot();
        await UpdateAsync();
        Assert.Equal(0, (await RunAsync("export", _folder["earlier.json"])).ExitCode);
        _repository.PublishTimestamp();
        await UpdateAsync();
        Assert.Equal(0, (await RunAsync("export", _folder["later.json"])).ExitCode);

        var import = await InvokeAsync("import", _folder["later.json"], "--tuf-root", _folder["root.json"], "--state", _folder["elsewhere"]);
        Assert.True(import.ExitCode == 0, import.Error);
        Assert.Equal((await RunAsync("show")).Out, import.Out);

        var rollback = await InvokeAsync("import", _folder["earlier.json"], "--tuf-root", _folder["root.json"], "--state", _folder["elsewhere"]);
        Assert.Equal(1, rollback.ExitCode);
        Assert.Contains("TRUST_ROOT_INVALID: the timestamp went back to version 1; expected 2 or later (TUF 5.4.3.1)", rollback.Error, StringComparison.Ordinal);

        _clock.Advance(TimeSpan.FromDays(8));
        var stale = await InvokeAsync("import", _folder["later.json"], "--tuf-root", _folder["root.json"], "--state", _folder["third"]);
        Assert.Equal(1, stale.ExitCode);
        Assert.Contains("TRUST_ROOT_EXPIRED: timestamp metadata of version 2 expired at 2026-11-29T10:00:00Z", stale.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_copy_of_the_repository_is_imported_too_and_what_is_none_is_bad_input()
    {
        foreach (var (path, content) in _repository.Files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(_folder["copy"], path))!);
            await File.WriteAllBytesAsync(Path.Combine(_folder["copy"], path), content);
        }

        var import = await RunAsync("import", _folder["copy"]);
        Assert.True(import.ExitCode == 0, import.Error);

        File.Delete(Path.Combine(_folder["copy"], "timestamp.json"));
        var incomplete = await RunAsync("import", _folder["copy"]);
        Assert.Equal(2, incomplete.ExitCode);
        Assert.Contains("timestamp.json is not there; expected a whole repository", incomplete.Error, StringComparison.Ordinal);

        var other = await RunAsync("import", _folder["root.json"]);
        Assert.Equal(2, other.ExitCode);
        Assert.Contains("TRUST_ROOT_INVALID: '", other.Error, StringComparison.Ordinal);
        Assert.Contains("the archive has an unknown member", other.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_trust_root_becomes_a_policy_document()
    {
        await UpdateAsync();

        var policy = await RunAsync("show", "--as-policy", "ours");

        Assert.Equal(0, policy.ExitCode);
        Assert.StartsWith("apiVersion: supplychain/v1\nkind: TrustRoot\nmetadata:\n  name: ours\nspec:\n  trustedRoot: |\n    {", policy.Out, StringComparison.Ordinal);
        await File.WriteAllTextAsync(_folder["policy.yaml"], policy.Out);
        var lint = await Invoked.RunAsync("policy", "lint", _folder["policy.yaml"]);
        Assert.True(lint.ExitCode == 0, lint.Out + lint.Error);
    }

    [Fact]
    public async Task The_built_in_trust_root_is_a_policy_document_line_by_line()
    {
        var policy = await InvokeAsync("show", "--as-policy", "public-good");

        var lines = policy.Out.Split('\n')[6..^1].Select(line => line[4..]);
        Assert.Equal(Encoding.UTF8.GetString(PublicGoodRoot.Document.Span), string.Join('\n', lines) + "\n");
    }

    [Theory]
    [InlineData("{\"a\":\"\\u00e9\"}", "    {\"a\":\"\\u00e9\"}\n")]
    [InlineData("{\"a\":\"é\"}", "    {\n      \"a\": \"\\u00E9\"\n    }\n")]
    [InlineData("  {\"a\":1}", "    {\n      \"a\": 1\n    }\n")]
    [InlineData("{\n\t\"a\":1\r\n}", "    {\n      \"a\": 1\n    }\n")]
    public void Text_that_YAML_would_change_is_written_anew(string document, string lines)
    {
        Assert.EndsWith("  trustedRoot: |\n" + lines, Cli.Trust.TrustPolicy.Write("ours", Encoding.UTF8.GetBytes(document)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Ours")]
    [InlineData("-ours")]
    [InlineData("a: b")]
    [InlineData("")]
    public async Task A_policy_has_a_name_that_policies_may_have(string name)
    {
        var show = await InvokeAsync("show", $"--as-policy={name}");

        Assert.Equal(2, show.ExitCode);
        Assert.Empty(show.Out);
        Assert.Contains(
            name.Length > 0 ? $"'{name}' is no name of a policy; expected lower-case letters, digits and inner dashes, at most 63\n" : "--as-policy", show.Error,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_policy_does_not_have_the_name_of_the_trust_root_that_is_built_in()
    {
        var show = await InvokeAsync("show", "--as-policy", "sigstore-public-good");

        Assert.Equal((2, ""), (show.ExitCode, show.Out));
        Assert.Equal("supplychain: 'sigstore-public-good' is the name of the trust root that is built in; expected another\n", show.Error);
        Assert.Equal(0, (await InvokeAsync("show", "--as-policy", new string('a', 63))).ExitCode);
        Assert.Equal(2, (await InvokeAsync("show", "--as-policy", new string('a', 64))).ExitCode);
    }

    [Fact]
    public async Task What_came_with_the_program_is_shown_where_nothing_is_kept()
    {
        var show = await InvokeAsync("show");

        Assert.Equal(0, show.ExitCode);
        Assert.Contains("as it was when this program was built", show.Out, StringComparison.Ordinal);
        Assert.Contains("https://rekor.sigstore.dev", show.Out, StringComparison.Ordinal);
        Assert.Contains($"root  version {PublicGoodRoot.RootVersion}", show.Out, StringComparison.Ordinal);
        Assert.Equal(_clock.GetUtcNow() >= PublicGoodRoot.RootExpires, show.Error.Contains("TRUST_ROOT_EXPIRED", StringComparison.Ordinal));

        // Whoever says where to look gets that or nothing.
        var nothing = await RunAsync("show");
        Assert.Equal(2, nothing.ExitCode);
        Assert.Contains("run supplychain trust update first", nothing.Error, StringComparison.Ordinal);
        Assert.Equal(2, (await RunAsync("export", _folder["x"])).ExitCode);
    }

    [Fact]
    public async Task What_was_kept_and_damaged_is_not_shown()
    {
        await UpdateAsync();
        await File.WriteAllTextAsync(Path.Combine(_folder["state"], "repository.json"), "{}");

        foreach (var command in new[] { await RunAsync("show"), await RunAsync("export", _folder["x"]), await UpdateAsync() })
        {
            Assert.Equal(1, command.ExitCode);
            Assert.Contains("repository.json cannot be used: the archive has no mediaType", command.Error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("--repository is https", "update", "--repository", "http://tuf.example.com")]
    [InlineData("a root of another repository needs a folder", "show", "--tuf-root", "root.json")]
    [InlineData("a root has to be there", "show", "--tuf-root", "absent.json", "--state", "state")]
    public async Task Wrong_usage_ends_with_2(string because, params string[] arguments)
    {
        await UpdateAsync();

        var run = await InvokeAsync([.. arguments.Select(argument => argument is "state" || argument.EndsWith(".json", StringComparison.Ordinal) ? _folder[argument] : argument)]);

        Assert.True(run.ExitCode == 2, $"{because}: {run.ExitCode} {run.Error}");
    }

    [Theory]
    [InlineData("update")]
    [InlineData("update", "--root=root.json")]
    [InlineData("import", "state", "--root", "root.json")]
    [InlineData("export", "state", "--root", "root.json", "--state", "state")]
    [InlineData("show", "--root", "root.json")]
    public async Task The_former_name_of_the_root_is_answered_with_the_new_one(params string[] arguments)
    {
        var run = await InvokeAsync(arguments is [var alone] ? [alone, "--root"] : arguments);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(
            "supplychain: there is no --root: the TUF root metadata (root.json) is given by --tuf-root\n", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_names_the_root_and_not_its_former_name()
    {
        var help = await InvokeAsync("show", "--help");

        Assert.Contains("--tuf-root <FILE>", help.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("--root <", help.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("--root ", help.Out, StringComparison.Ordinal);
    }

    private Task<Invoked> UpdateAsync(params string[] more) => RunAsync(["update", "--repository", _server.Address, .. more]);

    private Task<Invoked> RunAsync(params string[] arguments) =>
        InvokeAsync([.. arguments, "--tuf-root", _folder["root.json"], "--state", _folder["state"]]);

    private Task<Invoked> InvokeAsync(params string[] arguments) => Invoked.RunAsync(
        new Dictionary<string, string>(StringComparer.Ordinal) { ["XDG_STATE_HOME"] = _folder["home"] }, ["trust", .. arguments], clock: _clock);
}
